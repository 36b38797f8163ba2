//! Shows that the page of a sweep's results is whole, well-formed and always the same, says what the tables say, and
//! that no text from a file becomes a part of it.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use html5ever::tendril::TendrilSink as _;
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use sha2::{Digest as _, Sha256};
use xorsweep::results::summary::COLUMNS;
use xorsweep::sweep::text::shortest;

use crate::files::contents;
use crate::plane::PLANE;
use crate::program::{Ran, folder, run, succeed};

const RATES: &str = "name = 'rates'\nsteps = 300\ninit = ['constant(0.1)+normal(0.5)', 'normal(1)']\nalpha = [0.3, 1, 1.2]\nseeds = '0..5'\n";

/// A folder with the results of a spec in `results`.
fn swept(spec: &str, flags: &[&str]) -> tempfile::TempDir {
    let folder = folder();
    fs::write(folder.path().join("spec.toml"), spec).unwrap();
    succeed(folder.path(), &[&["spec.toml", "--out", "results", "--no-pictures"], flags].concat());
    folder
}

/// The page of the results in a folder.
fn page(folder: &Path) -> String {
    assert_eq!(succeed(folder, &["report", "results"]), "results/report.html\n");
    fs::read_to_string(folder.join("results/report.html")).unwrap()
}

/// A page as a browser understands it.
struct Parsed(RcDom);

impl Parsed {
    fn new(html: &str) -> Self {
        Self(html5ever::parse_document(RcDom::default(), Default::default()).one(html))
    }

    /// All elements of a name.
    fn all(&self, name: &str) -> Vec<Handle> {
        let mut found = Vec::new();
        collect(&self.0.document, name, &mut found);
        found
    }

    /// The names of the columns of a section's table.
    fn heads(&self, section: &str) -> Vec<String> {
        let sections = self.all("section");
        let section = sections.iter().find(|element| attribute(element, "id").as_deref() == Some(section));
        let mut heads = Vec::new();
        collect(section.expect("the section is there"), "th", &mut heads);
        heads.iter().filter_map(|head| attribute(head, "data-name")).collect()
    }

    /// The rows of the body of a section's table, as texts, or with all digits where there are more.
    fn rows(&self, section: &str) -> Vec<Vec<String>> {
        let sections = self.all("section");
        let section = sections.iter().find(|element| attribute(element, "id").as_deref() == Some(section));
        let (mut bodies, mut rows) = (Vec::new(), Vec::new());
        collect(section.expect("the section is there"), "tbody", &mut bodies);
        collect(&bodies[0], "tr", &mut rows);
        let cells = |row: &Handle| {
            let mut cells = Vec::new();
            collect(row, "td", &mut cells);
            cells.iter().map(|cell| attribute(cell, "title").unwrap_or_else(|| text(cell))).collect()
        };
        rows.iter().map(cells).collect()
    }
}

fn collect(node: &Handle, wanted: &str, found: &mut Vec<Handle>) {
    if matches!(&node.data, NodeData::Element { name, .. } if &*name.local == wanted) {
        found.push(node.clone());
    }
    node.children.borrow().iter().for_each(|child| collect(child, wanted, found));
}

fn attribute(node: &Handle, wanted: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else { return None };
    attrs.borrow().iter().find(|known| &*known.name.local == wanted).map(|known| known.value.to_string())
}

fn text(node: &Handle) -> String {
    match &node.data {
        NodeData::Text { contents } => contents.borrow().to_string(),
        _ => node.children.borrow().iter().map(text).collect(),
    }
}

/// What a page says, block by block, without pictures; `|` is between cells.
fn said(node: &Handle, told: &mut String) {
    let name = match &node.data {
        NodeData::Element { name, .. } => name.local.to_string(),
        NodeData::Text { contents } => {
            told.push_str(&contents.borrow().split_whitespace().collect::<Vec<_>>().join(" "));
            return told.push(' ');
        }
        _ => String::new(),
    };
    if ["script", "style", "svg"].contains(&name.as_str()) {
        return;
    }
    node.children.borrow().iter().for_each(|child| said(child, told));
    match name.as_str() {
        "td" | "th" => told.push_str("| "),
        "title" | "h1" | "h2" | "h3" | "p" | "tr" | "li" | "caption" | "figcaption" | "div" | "section"
        | "dt" | "dd" | "summary" | "label" | "pre" => told.push('\n'),
        _ => (),
    }
}

#[test]
fn the_page_says_this() {
    let folder = swept(RATES, &[]);
    let parsed = Parsed::new(&page(folder.path()));
    let mut told = String::new();
    said(&parsed.0.document, &mut told);
    let lines: Vec<&str> = told.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let said = lines.join("\n").replace(env!("CARGO_PKG_VERSION"), "…");
    insta::assert_snapshot!(said);
}

/// The lines of a table that need no quotes but around words, as cells.
fn table(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    // A page shows numbers without the point that tells programs what they are.
    let shown = |cell: &str| cell.parse().map_or_else(|_| cell.to_owned(), shortest);
    let cells = |record: csv::StringRecord| record.iter().map(shown).collect();
    reader.records().map(|record| cells(record.unwrap())).collect()
}

#[test]
fn the_page_is_well_formed_and_needs_nothing_else() {
    for spec in [PLANE, RATES] {
        let folder = swept(spec, &[]);
        let html = page(folder.path());
        let parsed = Parsed::new(&html);
        assert!(parsed.0.errors.borrow().is_empty(), "{:?}", parsed.0.errors.borrow());
        assert!(!html.replace("http://www.w3.org/2000/svg", "").contains("://"), "an address is there");
        for name in ["link", "iframe", "object", "base"] {
            assert!(parsed.all(name).is_empty(), "{name}");
        }
        assert!(parsed.all("script").iter().all(|script| attribute(script, "src").is_none()));
        let sources =
            parsed.all("img").iter().filter_map(|image| attribute(image, "src")).collect::<Vec<_>>();
        assert!(sources.iter().all(|source| source.starts_with("data:image/png;base64,iVBOR")));
        assert_eq!(sources.len(), usize::from(spec == PLANE), "a plane has a map");
        assert!(!parsed.all("svg").is_empty());
        // Each picture says what is to be seen.
        let told = |element: &Handle, name| attribute(element, name).is_some_and(|text| text.contains(" %"));
        assert!(parsed.all("img").iter().all(|image| told(image, "alt")));
        let is_told =
            |svg: &Handle| attribute(svg, "role").as_deref() == Some("img") && told(svg, "aria-label");
        assert!(parsed.all("svg").iter().all(is_told));
    }
}

#[test]
fn the_page_may_do_nothing_but_run_its_own_script() {
    let folder = swept(RATES, &[]);
    let parsed = Parsed::new(&page(folder.path()));
    let policy = parsed.all("meta").iter().find_map(|meta| {
        attribute(meta, "http-equiv").filter(|name| name == "Content-Security-Policy")?;
        attribute(meta, "content")
    });
    let policy = policy.unwrap();
    let rules: Vec<&str> = policy.split(';').map(str::trim).collect();
    for rule in ["default-src 'none'", "form-action 'none'", "base-uri 'none'", "img-src data:"] {
        assert!(rules.contains(&rule), "{rule}: {policy}");
    }
    let scripts = parsed.all("script");
    assert_eq!(scripts.len(), 1);
    let hash = BASE64_STANDARD.encode(Sha256::digest(text(&scripts[0])));
    assert!(rules.contains(&format!("script-src 'sha256-{hash}'").as_str()), "{policy}");
}

#[test]
fn the_page_says_what_the_tables_say() {
    let folder = swept(RATES, &[]);
    let parsed = Parsed::new(&page(folder.path()));
    let results = folder.path().join("results");
    let heads = parsed.heads("groups");
    assert_eq!(
        heads[..7],
        ["init", "momentum", "alpha", "runs", "outcomes", "converged_share", "solved_share"]
    );
    let shown = parsed.rows("groups");
    let of_table = table(&results.join("summary.csv"));
    assert_eq!(shown.len(), of_table.len());
    for (place, column) in COLUMNS.iter().enumerate() {
        let at = heads.iter().position(|head| head == column.name).expect("the column is shown");
        for (shown, row) in shown.iter().zip(&of_table) {
            assert_eq!(shown[at], row[place], "{}", column.name);
        }
    }
    for row in &shown {
        let number = |name| row[heads.iter().position(|head| head == name).unwrap()].parse::<f64>().unwrap();
        assert_eq!(number("solved_share"), number("solved") / number("runs"));
    }
    let runs = parsed.rows("runs");
    let rows = table(&results.join("convergence.csv"));
    assert_eq!(runs.len(), rows.len());
    for (shown, row) in runs.iter().zip(&rows) {
        assert_eq!(shown[..4], row[..4], "run, init, seed, alpha");
    }
    let titles: Vec<_> = parsed.all("th").iter().filter_map(|head| attribute(head, "title")).collect();
    assert!(COLUMNS.iter().all(|column| titles.iter().any(|title| title == column.about)));
    assert!(shown.iter().any(|row| row[2] == shortest(1.2)));
}

#[test]
fn the_page_tells_what_the_terminal_tells() {
    let folder = folder();
    fs::write(folder.path().join("spec.toml"), RATES).unwrap();
    let told = succeed(folder.path(), &["spec.toml", "--out", "results", "--no-pictures"]);
    let parsed = Parsed::new(&page(folder.path()));
    let found =
        parsed.all("section").into_iter().find(|section| attribute(section, "id").unwrap() == "found");
    // The page has lines where the terminal has marks.
    let letters = |text: &str| text.replace([';', '.', ':'], "").split_whitespace().collect::<String>();
    let found = letters(&text(&found.unwrap()));
    let begins = [
        "Who escapes the symmetric saddle",
        "At a learning rate of exactly 1,",
        "Where no resting point is stable",
    ];
    let is_one = |line: &&str| begins.iter().any(|begin| line.starts_with(begin));
    let sentences: Vec<&str> = told.lines().filter(is_one).collect();
    assert_eq!(sentences.len(), begins.len(), "{told}");
    assert!(sentences.iter().all(|sentence| found.contains(&letters(sentence))), "{found}");
}

#[test]
fn the_same_tables_make_the_same_page() {
    let folder = swept(PLANE, &[]);
    let first = page(folder.path());
    assert!(page(folder.path()) == first);
    succeed(folder.path(), &["report", "results", "--out", "elsewhere/page.html"]);
    assert!(fs::read_to_string(folder.path().join("elsewhere/page.html")).unwrap() == first);
    let other = swept(PLANE, &["--threads", "1"]);
    assert!(page(other.path()) == first);
    assert!(
        !first.contains(other.path().to_str().unwrap()) && !first.contains(folder.path().to_str().unwrap())
    );
}

#[test]
fn no_text_of_a_file_becomes_a_part_of_the_page() {
    let folder = folder();
    let evil = "<script>alert(1)</script>";
    let quoted = "\"\" onmouseover=\"\"alert(2)\"\" '{{ runs }}{% raw %}&lt;";
    let starts = format!(
        "name,w1,w2,w3,w4,w5,w6,b1,b2,b3\n{evil},1,2,3,4,5,6,7,8,9\n\"</title></style>{quoted}\",1,-2,3,4,5,6,7,8,9\n"
    );
    fs::write(folder.path().join("starts.csv"), starts).unwrap();
    let spec = "starts = 'starts.csv'\nalpha = [0.1, 0.3]\nsteps = 200\ntolerance = 1";
    fs::write(folder.path().join("spec.toml"), spec).unwrap();
    let Ran { code, err, .. } = run(folder.path(), &["spec.toml", "--out", "results"]);
    assert_eq!(code, 0, "{err}");
    let html = page(folder.path());
    let parsed = Parsed::new(&html);
    assert!(parsed.0.errors.borrow().is_empty(), "{:?}", parsed.0.errors.borrow());
    assert!(!html.contains(evil));
    assert_eq!(parsed.all("script").len(), 1);
    assert_eq!(parsed.all("style").len(), 1);
    assert!(!parsed.all("td").iter().any(|cell| attribute(cell, "onmouseover").is_some()));
    let names: Vec<String> = parsed.rows("runs").into_iter().map(|mut row| row.remove(3)).collect();
    assert_eq!(names[0], evil);
    assert_eq!(names[1], format!("</title></style>{}", quoted.replace("\"\"", "\"")));
}

#[test]
fn without_a_table_of_runs_the_page_names_what_is_missing() {
    for flags in [&["--summary-only"][..], &["--columns", "run,alpha,outcome"]] {
        let folder = swept(PLANE, flags);
        let Ran { code, out, err } = run(folder.path(), &["report", "results"]);
        assert_eq!((code, out.as_str()), (0, "results/report.html\n"));
        assert!(err.starts_with("note: ") && err.contains("not here"), "{err}");
        let html = fs::read_to_string(folder.path().join("results/report.html")).unwrap();
        let parsed = Parsed::new(&html);
        assert!(parsed.0.errors.borrow().is_empty());
        assert_eq!(parsed.rows("groups").len(), 4);
        assert!(html.contains("class=\"missing\""));
        assert!(!html.contains("<h2>Runs</h2>"));
    }
}

#[test]
fn a_table_that_lacks_rows_makes_a_page_without_the_map() {
    let folder = swept(PLANE, &[]);
    let table = folder.path().join("results/convergence.csv");
    let whole = fs::read_to_string(&table).unwrap();
    fs::write(&table, whole.split_inclusive('\n').take(20).collect::<String>()).unwrap();
    let Ran { code, err, .. } = run(folder.path(), &["report", "results"]);
    assert!(code == 0 && err.contains("The map is not here: ") && err.contains("19 rows"), "{err}");
    let html = fs::read_to_string(folder.path().join("results/report.html")).unwrap();
    assert!(html.contains("<h2>Runs</h2>") && html.contains("class=\"missing\""));
}

#[test]
fn very_many_groups_are_cut_and_the_page_says_so() {
    let folder = swept("alpha = '0.001:3:3000'\nsteps = 1\nseeds = 0\n", &[]);
    let html = page(folder.path());
    assert!(html.contains("The first 2,000 of 3,000 groups."));
    assert_eq!(Parsed::new(&html).rows("groups").len(), 2000);
    assert!(html.contains("1,000 of 3,000 runs, evenly chosen."));
    assert!(html.contains("3,000 runs in 3,000 groups"));
}

#[test]
fn a_new_sweep_takes_the_page_of_a_former_one_away() {
    let folder = swept(RATES, &[]);
    page(folder.path());
    succeed(folder.path(), &["spec.toml", "--out", "results", "--no-pictures"]);
    assert!(!folder.path().join("results/report.html").exists());
}

#[test]
fn bad_requests_are_refused_and_nothing_is_written() {
    let folder = swept(RATES, &[]);
    fs::create_dir(folder.path().join("empty")).unwrap();
    let before = contents(folder.path());
    for (arguments, told) in [
        (&["report", "nowhere"][..], "DIR = nowhere: give the folder"),
        (&["report", "spec.toml"], "DIR = spec.toml: give the folder"),
        (&["report", "empty"], "sweep.toml"),
        (
            &["report", "results", "--out", "empty"],
            "out = empty: give the name of a file, such as empty/report.html",
        ),
        (&["report", "results", "--out", "results/summary.csv"], "give a file that ends in .html"),
        (&["report", "results", "--out", "spec.toml/page.html"], "out = "),
        (&["report"], "DIR"),
    ] {
        let ran = run(folder.path(), arguments);
        ran.says(2, &[told]);
        assert_eq!(ran.out, "", "{arguments:?}");
        assert!(contents(folder.path()) == before, "{arguments:?}");
    }
    fs::remove_file(folder.path().join("results/summary.csv")).unwrap();
    let Ran { code, err, .. } = run(folder.path(), &["report", "results"]);
    assert!(code == 2 && err.contains("summary.csv"), "{err}");
    assert!(!folder.path().join("results/report.html").exists());
}
