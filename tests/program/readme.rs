//! The README and the page of the tables say what the program says: every key of a spec and every column, in the same
//! words, and what traces print, digit for digit. The pages of `src/why` show what their commands bring out.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::thread;

use tempfile::TempDir;
use xorsweep::results::convergence::{COLUMNS, Column};
use xorsweep::results::summary;
use xorsweep::sweep::spec::KEYS;
use xorsweep::sweep::text::percent;

use crate::program::{folder, succeed};
use crate::table;
use crate::words::words;

const README: &str = include_str!("../../README.md");
const TABLES: &str = include_str!("../../src/columns.md");

/// Fails with the lines to be put into a page.
fn assert_has_rows(page: &str, rows: impl IntoIterator<Item = String>) {
    let missing: Vec<String> = rows.into_iter().filter(|row| !page.lines().any(|line| line == row)).collect();
    assert!(missing.is_empty(), "the page should have these lines:\n{}", missing.join("\n"));
}

#[test]
fn every_key_of_a_spec_is_explained() {
    let rows = KEYS.iter().map(|key| {
        let default =
            if key.default.is_empty() { String::new() } else { format!("`{}`", key.default.join(",")) };
        format!("| `{}` | {} | {} | {} |", key.name, if key.list { "list" } else { "one" }, default, key.help)
    });
    assert_has_rows(README, rows);
}

#[test]
fn every_column_of_the_convergence_table_is_explained() {
    let is_parameter = |name: &str| name.starts_with("start_") || name.starts_with("end_");
    let (parameters, others): (Vec<&Column>, Vec<&Column>) =
        COLUMNS.iter().partition(|column| is_parameter(column.name));
    assert_has_rows(TABLES, others.iter().map(|column| format!("| `{}` | {} |", column.name, column.about)));
    for column in parameters {
        assert!(
            TABLES.contains(&format!("`{}`", column.name)),
            "src/columns.md should explain {}",
            column.name
        );
    }
}

#[test]
fn every_column_of_the_summary_is_explained() {
    let all = summary::COLUMNS.iter().chain(&summary::AXES);
    let rows = all.map(|column| format!("| `{}` | {} |", column.name, column.about));
    assert_has_rows(TABLES, rows);
}

/// What the program prints, in a folder.
fn printed(folder: &Path, arguments: &[String]) -> String {
    succeed(folder, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn every_trace_prints_what_is_quoted() {
    const PROMPT: &str = "$ xorsweep ";
    let quotes: Vec<&str> = README.split(PROMPT).skip(1).collect();
    assert_eq!(quotes.len(), 3, "traces are quoted");
    for quote in quotes {
        let (command, rest) = quote.split_once('\n').unwrap();
        let quoted = rest.split("```").next().unwrap();
        let printed = printed(folder().path(), &words(command));
        assert!(printed == quoted, "README.md should quote what `{command}` prints:\n{printed}");
    }
}

/// The pages of `src/why` but its index, by name.
fn reasons() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/why");
    let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name != "README.md").collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), fs::read_to_string(folder.join(name)).unwrap())).collect()
}

/// A block of code, and the text up to the next one.
struct Block<'a> {
    language: &'a str,
    code: &'a str,
    text: &'a str,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let pieces: Vec<&str> = page.split("```").collect();
    assert!(pieces.len() % 2 == 1, "a block of code is left open");
    let blocks = pieces[1..].chunks(2).map(|pair| {
        let (language, code) = pair[0].split_once('\n').unwrap();
        Block { language, code, text: pair[1] }
    });
    blocks.collect()
}

/// The blocks of a page, and a folder with the file that one of them shows, if one does.
fn opened(page: &str) -> (TempDir, Vec<Block<'_>>) {
    let folder = folder();
    let blocks = blocks(page);
    for block in blocks.iter().filter(|block| block.language == "csv") {
        fs::write(folder.path().join("three-patterns.csv"), block.code).unwrap();
    }
    (folder, blocks)
}

/// A row of a summary, and the words of the command that made it.
struct Row {
    command: Vec<String>,
    cells: HashMap<String, String>,
}

/// Outcomes of a summary: every run has one of them.
const OUTCOMES: [(&str, &str); 9] = [
    ("converged", "converged"),
    ("constant", "plateau_constant"),
    ("one-unit", "plateau_one_unit"),
    ("saturated", "plateau_saturated"),
    ("wrong", "plateau_wrong"),
    ("other", "plateau_other"),
    ("oscillating", "oscillating"),
    ("diverged", "diverged"),
    ("unfinished", "unfinished"),
];

impl Row {
    fn count(&self, column: &str) -> u64 {
        self.cells[column].parse().unwrap()
    }

    fn share(&self, column: &str) -> String {
        match self.count(column) {
            0 => "-".to_owned(),
            some => percent(some, self.count("runs"), 0),
        }
    }

    /// What the command says of a key, or else its default.
    fn said(&self, key: &str) -> String {
        let flag = format!("--{}", key.replace('_', "-"));
        if let Some(at) = self.command.iter().position(|word| *word == flag) {
            return self.command[at + 1].clone();
        }
        let known = KEYS.iter().find(|known| known.name == key).unwrap_or_else(|| panic!("no column {key}"));
        known.default.join(",")
    }

    /// The cell of a page's table under a heading.
    fn cell(&self, heading: &str) -> String {
        if let Some((_, column)) = OUTCOMES.iter().find(|(name, _)| *name == heading) {
            return self.share(column);
        }
        let value = match heading {
            "solved" => return self.share("solved"),
            "converged at" => self.cells["converged_at_median"].clone(),
            key => self.cells.get(key).cloned().unwrap_or_else(|| self.said(key)),
        };
        match value.parse::<f64>() {
            Ok(number) => number.to_string(),
            Err(_) if value.is_empty() => "-".to_owned(),
            Err(_) => value,
        }
    }
}

/// Runs the sweeps of a block, one a line, with these seeds where the line names none, and reads their summaries.
fn sweep(block: &Block<'_>, folder: &Path, seeds: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for line in block.code.lines() {
        let row = Row { command: words(line).split_off(1), cells: HashMap::new() };
        let is_drawn =
            !["--seeds", "--starts"].iter().any(|flag| row.command.iter().any(|word| word == flag));
        let seeds = ["--seeds", seeds].into_iter().filter(|_| is_drawn);
        let others = seeds.chain(["--quiet", "--no-pictures", "--no-xlsx"]).map(str::to_owned);
        printed(folder, &row.command.iter().cloned().chain(others).collect::<Vec<_>>());
        let summary = folder.join("results").join(row.said("name")).join("summary.csv");
        for cells in table::rows(&fs::read_to_string(summary).unwrap()) {
            rows.push(Row { command: row.command.clone(), cells });
        }
    }
    rows
}

/// A table of a page.
struct Table<'a> {
    page: &'a str,
    headings: Vec<&'a str>,
    rows: Vec<Vec<&'a str>>,
}

/// Shows every table of the pages, and what its sweeps make with these seeds, to a test.
fn tables(seeds: &str, check: impl Fn(&Table<'_>, &[Row])) {
    for (name, page) in reasons() {
        let (folder, blocks) = opened(&page);
        let mut tables = 0;
        for block in blocks.iter().filter(|block| block.code.starts_with("xorsweep sweep ")) {
            let lines = block.text.lines().filter(|line| line.starts_with('|'));
            let mut rows = lines.map(|line| line.trim_matches('|').split('|').map(str::trim).collect());
            let headings: Vec<&str> = rows.next().unwrap_or_else(|| panic!("{name}: a table is missing"));
            let table = Table { page: &name, headings, rows: rows.skip(1).collect() };
            check(&table, &sweep(block, folder.path(), seeds));
            tables += 1;
        }
        assert!(tables > 0, "{name} has no sweep");
    }
}

/// Whether a share or a median of a table is what so many of its runs may make.
fn is_likely(heading: &str, shown: &str, made: &Row) -> bool {
    let column = OUTCOMES.iter().chain(&[("solved", "solved")]).find(|(name, _)| *name == heading);
    let Some((_, column)) = column else {
        let cell = made.cell(heading);
        return match heading {
            "runs" => true,
            // Of few runs a median tells little.
            "converged at" if made.count("converged") < 25 => true,
            "converged at" => {
                let [shown, cell]: [f64; 2] = [shown, &cell].map(|text| text.parse().unwrap());
                (0.75..1.34).contains(&(cell / shown))
            }
            _ => cell == shown,
        };
    };
    let (some, runs) = (made.count(column), made.count("runs"));
    // These runs are among those that are shown.
    match shown {
        "-" => some == 0,
        "100 %" => some == runs,
        _ => {
            let percent: f64 = shown.trim_end_matches(" %").replace("<1", "0.5").parse().unwrap();
            let share = percent / 100.0;
            let error = (share * (1.0 - share) / runs as f64).sqrt();
            (some as f64 / runs as f64 - share).abs() < 3.0 * error + 0.006
        }
    }
}

#[test]
fn every_reason_is_about_as_frequent_as_its_page_says() {
    tables("0..150", |table, made| {
        assert_eq!(table.rows.len(), made.len(), "src/why/{}", table.page);
        for (shown, made) in table.rows.iter().zip(made) {
            for (heading, shown) in table.headings.iter().zip(shown) {
                assert!(
                    is_likely(heading, shown, made),
                    "src/why/{}: {heading} is {shown}, and {} here, of {:?}: `cargo test --test program readme:: -- \
                     --ignored` tells what it should be",
                    table.page,
                    made.cell(heading),
                    made.cells
                );
            }
        }
    });
}

#[test]
#[ignore = "all runs of all pages, exactly: half a minute"]
fn every_reason_is_exactly_as_frequent_as_its_page_says() {
    tables("0..1000", |table, made| {
        for row in made {
            let left_out = OUTCOMES.iter().filter(|(outcome, _)| !table.headings.contains(outcome));
            let count: u64 = left_out.map(|(_, column)| row.count(column)).sum();
            assert!(50 * count <= row.count("runs"), "src/why/{} leaves out: {:?}", table.page, row.cells);
        }
        let made: Vec<Vec<String>> =
            made.iter().map(|row| table.headings.iter().map(|heading| row.cell(heading)).collect()).collect();
        let lines: Vec<String> = made.iter().map(|cells| format!("| {} |", cells.join(" | "))).collect();
        assert!(
            table.rows == made,
            "src/why/{} should have these lines:\n| {} |\n{}",
            table.page,
            table.headings.join(" | "),
            lines.join("\n")
        );
    });
}

/// Without differences of blanks and ends of lines.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Fails if `xorsweep inspect` does not print what a page quotes.
fn assert_quotes(name: &str, page: &str) {
    let (folder, blocks) = opened(page);
    let mut quotes = 0;
    for pair in blocks.windows(2).filter(|pair| pair[0].code.starts_with("xorsweep inspect ")) {
        assert_eq!(pair[1].language, "text", "src/why/{name}");
        let told = squeezed(&printed(folder.path(), &words(pair[0].code.trim_end())[1..]));
        let mut rest = told.as_str();
        // `…` stands for what is left out.
        for quote in pair[1].code.split('…').map(squeezed) {
            let Some(at) = rest.find(&quote) else {
                panic!("src/why/{name} should quote what `{}` prints:\n{told}", pair[0].code.trim_end())
            };
            rest = &rest[at + quote.len()..];
        }
        quotes += 1;
    }
    assert!(quotes > 0, "src/why/{name} quotes nothing");
}

#[test]
fn what_inspect_tells_of_a_reason_is_quoted() {
    let reasons = reasons();
    thread::scope(|scope| {
        for (name, page) in &reasons {
            scope.spawn(move || assert_quotes(name, page));
        }
    });
}

#[test]
fn every_reason_is_linked_and_names_reports_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let index = fs::read_to_string(root.join("src/why/README.md")).unwrap();
    let reports: Vec<String> = fs::read_dir(root.join("results/reports"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let mut named: Vec<&str> = Vec::new();
    let reasons = reasons();
    for (name, page) in &reasons {
        let stem = name.strip_suffix(".md").unwrap();
        assert!(index.contains(&format!("][{stem}]")) && index.contains(&format!("\n[{stem}]: {name}\n")));
        let (_, ids) =
            page.split_once("`xorsweep reports ").unwrap_or_else(|| panic!("{name} names no report"));
        named.extend(ids.split('`').next().unwrap().split(' '));
    }
    for id in &named {
        let begin = format!("{:03}-", id.parse::<u32>().unwrap());
        assert!(reports.iter().any(|report| report.starts_with(&begin)), "there is no report {id}");
    }
    let unnamed: Vec<&String> = reports
        .iter()
        .filter(|report| {
            let id = report.split('-').next().unwrap();
            id.parse::<u32>().is_ok_and(|id| !named.contains(&id.to_string().as_str()))
        })
        .collect();
    assert!(unnamed.is_empty(), "no reason names the reports {unnamed:?}");
    let count =
        reports.iter().filter(|report| report.starts_with(|first: char| first.is_ascii_digit())).count();
    assert!(index.contains(&format!("Behind {count} public reports ")));
}
