//! The README and the page of the tables say what the program says: every key of a spec and every column, in the same
//! words, and what traces print, digit for digit.

use std::process::Command;

use xorsweep::sweep::spec::KEYS;
use xorsweep::table::convergence::{COLUMNS, Column};
use xorsweep::table::summary;

const README: &str = include_str!("../README.md");
const TABLES: &str = include_str!("../src/columns.md");

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

/// The words of a command, as a shell splits them: at spaces outside double quotes.
fn words(command: &str) -> Vec<String> {
    let mut is_quoted = false;
    let pieces = command.split(|letter| {
        is_quoted ^= letter == '"';
        letter == ' ' && !is_quoted
    });
    pieces.map(|word| word.replace('"', "")).collect()
}

#[test]
fn every_trace_prints_what_is_quoted() {
    const PROMPT: &str = "$ xorsweep ";
    let quotes: Vec<&str> = README.split(PROMPT).skip(1).collect();
    assert_eq!(quotes.len(), 3, "traces are quoted");
    for quote in quotes {
        let (command, rest) = quote.split_once('\n').unwrap();
        let quoted = rest.split("```").next().unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_xorsweep")).args(words(command)).output().unwrap();
        assert!(output.status.success(), "{command}");
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(printed == quoted, "README.md should quote what `{command}` prints:\n{printed}");
    }
}
