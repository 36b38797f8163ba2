//! Shows that `xorsweep published` compares with what others published and `xorsweep reports` answers what others
//! reported, in the sizes of `--quick`, and that the committed specs and pages are theirs.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::program::{folder, run, succeed};

const NAMES: [&str; 9] = [
    "hinton-problems-xor",
    "hinton-problems-xor-many",
    "kolen-pollack",
    "outcome-basins-above",
    "outcome-basins-rates",
    "outcome-basins",
    "the-question",
    "facts-shares",
    "facts-medians",
];

/// The line that begins with `what`, without the space between its cells.
fn line(text: &str, what: &str) -> String {
    let line = text.lines().find(|line| line.trim_start().starts_with(what));
    let line = line.unwrap_or_else(|| panic!("no line {what} in\n{text}"));
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn committed(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("results").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn quick_comparisons_agree_where_a_few_runs_can_tell() {
    let folder = folder();
    let text = succeed(folder.path(), &["published", "--quick"]);
    let titles =
        NAMES.map(|name| text.find(&format!("{name}: ")).unwrap_or_else(|| panic!("{name}\n{text}")));
    assert!(titles.is_sorted());
    for what in [
        "α = 0.3: E after",
        "α = 0.3: b3 after",
        "α = 1: E after",
        "α = 1: w1 to w4 after",
        "runs that are solved, of 30",
        "median of the steps",
        "share of runs that are solved",
        "ρ = 2: share not solved",
        "ρ = 2, rate 1, momentum 0",
        "α = 0.3: converged",
        "α = 1: converged",
        "noise normal(1e-12)",
        "noise normal(0.01)",
        "η = 1.3: converged",
        "η = 1.2: diverged",
        "η = 1.2: on a plateau",
        "η = 1.2: solutions but for symmetries",
        "η = 1.25: converged",
    ] {
        assert!(line(&text, what).ends_with("agrees"), "{}", line(&text, what));
    }
    assert_eq!(line(&text, "runs that are solved, of 30"), "runs that are solved, of 30 25 25 agrees");
    assert_eq!(line(&text, "median of the steps"), "median of the steps at which they are 730 730 agrees");
    assert!(
        fs::read_dir(folder.path()).unwrap().next().is_none(),
        "nothing is written unless it is asked for"
    );
}

#[test]
fn figures_do_not_depend_on_threads_and_instruction_set() {
    let folder = folder();
    let figures = |arguments: &[&str]| {
        let text = succeed(
            folder.path(),
            &[&["published", "outcome-basins", "hinton-problems-xor", "--quick"], arguments].concat(),
        );
        // Without the lines that tell the time.
        text.lines().filter(|line| !line.contains(" s, ")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(figures(&["--threads", "1", "--isa", "scalar"]), figures(&["--threads", "3"]));
}

#[test]
fn a_record_is_a_page_a_summary_and_the_committed_spec() {
    let folder = folder();
    let text = succeed(folder.path(), &["published", "the-question", "hinton-problems-xor", "--record"]);
    let count =
        "of 2 figures that others published 2 agree, of 10 figures from notes and programs at hand 10 agree";
    assert!(text.contains(count), "{text}");
    let made = folder.path().join("results/published");
    let read = |path: &str| fs::read_to_string(made.join(path)).unwrap();
    for name in ["the-question", "hinton-problems-xor"] {
        for file in ["sweep.toml", "summary.csv"] {
            assert!(
                read(&format!("{name}/{file}")) == committed(&format!("published/{name}/{file}")),
                "{name}/{file}"
            );
        }
        assert_eq!(
            figures(&read(&format!("{name}/README.md"))),
            figures(&committed(&format!("published/{name}/README.md")))
        );
    }
    assert!(!made.join("README.md").exists(), "the page of all is for a run of all");
}

/// The rows of the tables of a page.
fn figures(page: &str) -> Vec<&str> {
    page.lines().filter(|line| line.starts_with('|')).collect()
}

#[test]
fn the_page_of_all_holds_the_tables_of_each() {
    let all = committed("published/README.md");
    let each = NAMES.map(|name| committed(&format!("published/{name}/README.md")));
    assert_eq!(figures(&all), each.iter().flat_map(|page| figures(page)).collect::<Vec<_>>());
}

#[test]
fn the_package_has_every_spec_that_the_program_includes() {
    let output = Command::new(env!("CARGO"))
        .args(["package", "--package", "xorsweep", "--list", "--allow-dirty", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let list = String::from_utf8(output.stdout).unwrap();
    let specs = NAMES.map(|name| format!("results/published/{name}/sweep.toml"));
    let reports = report_files().into_iter().map(|name| format!("results/reports/{name}"));
    for path in specs.into_iter().chain(reports) {
        assert!(list.lines().any(|line| line == path), "{path} is missing in\n{list}");
    }
}

#[test]
fn a_wrong_request_is_refused_before_anything_is_run() {
    let folder = folder();
    for wrong in [
        ["published", "no-such-comparison", "--quick"].as_slice(),
        &["published", "--threads", "0"],
        &["published", "--isa", "abacus"],
        &["published", "--record", "--quick"],
        &["reports", "3"],
        &["reports", "no-such-report"],
        &["reports", "--record", "--quick"],
        &["reports", "64", "--record"],
        &["reports", "--list", "--record"],
    ] {
        let ran = run(folder.path(), wrong);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{wrong:?}: {ran:?}");
        assert!(ran.err.starts_with("xorsweep: "), "{ran:?}");
    }
    // What is left out says why.
    let ran = run(folder.path(), &["reports", "105"]);
    assert!(ran.err.contains("skip the hidden layer"), "{ran:?}");
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
}

/// The files of the folder of reports that hold one, or those that are left out.
fn report_files() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("results/reports");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".toml")).collect();
    names.sort();
    names
}

/// The files of reports, as tables.
fn reports() -> Vec<(String, toml::Table)> {
    let names = report_files().into_iter().filter(|name| name != "left-out.toml");
    names.map(|name| (name.clone(), committed(&format!("reports/{name}")).parse().unwrap())).collect()
}

#[test]
fn quick_reports_come_out_as_said() {
    let folder = folder();
    let text = succeed(folder.path(), &["reports", "--quick"]);
    let wrong: Vec<&str> = text.lines().filter(|line| line.starts_with("not so")).collect();
    assert!(wrong.is_empty(), "{wrong:?}\n{text}");
    let count = reports().len();
    assert!(count >= 60);
    assert_eq!(text.lines().filter(|line| *line == "as said").count(), count);
    assert!(text.contains(&format!("\n{count} reports; of ")), "{text}");
    // A word of more than a line there is none.
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
}

#[test]
fn a_report_does_not_depend_on_threads_instruction_set_and_place() {
    let folder = folder();
    let of = |arguments: &[&str]| {
        let text = succeed(
            folder.path(),
            &[&["reports", "15", "064-hinton-problems", "--quick"], arguments].concat(),
        );
        // Without what it took.
        text.split("claims in the answers").next().unwrap().to_owned()
    };
    let one = of(&["--threads", "1", "--isa", "scalar"]);
    assert_eq!(one, of(&["--threads", "3"]));
    assert!(one.contains("published 0.599987, ours 0.599987: agrees"), "{one}");
}

#[test]
fn all_reports_are_listed_with_those_that_are_left_out() {
    let folder = folder();
    let text = succeed(folder.path(), &["reports", "--list"]);
    let (listed, left_out) = text.split_once("\nleft out:\n").unwrap();
    let heads =
        |text: &str| text.lines().filter(|line| line.trim_start().starts_with(char::is_numeric)).count();
    let table: toml::Table = committed("reports/left-out.toml").parse().unwrap();
    assert_eq!(heads(listed), reports().len(), "{text}");
    assert_eq!(heads(left_out), table["report"].as_array().unwrap().len(), "{text}");
}

#[test]
fn the_page_of_reports_says_what_their_files_say() {
    let page = committed("reports/README.md");
    for (name, table) in reports() {
        let row = page.lines().find(|line| line.contains(&format!("]({name}) |")));
        let row = row.unwrap_or_else(|| panic!("{name} is missing: run `xorsweep reports --record`"));
        for key in ["source", "reported", "answer", "differs"] {
            let text = table["report"].get(key).map_or("", |text| text.as_str().unwrap());
            assert!(
                row.contains(&text.replace('|', "\\|")),
                "{name}: {key}: run `xorsweep reports --record`"
            );
        }
    }
    assert!(!page.contains("Not so"), "an answer claims what is not so");
}
