//! What the program shows, letter for letter, in `tests/program/snapshots`. After a change that is meant to show,
//! `INSTA_UPDATE=always cargo test --test program screens::` writes it anew, and `git diff` tells what has changed.

use std::fs;

use insta::assert_snapshot;

use crate::program::{command, folder, run, succeed};
use crate::small::SMALL;
#[cfg(target_os = "linux")]
use crate::terminal::{on_terminal, seen};

/// What stands before how long a small sweep took, and after it.
fn without_speed(shown: &str) -> String {
    let (table, rest) = shown.split_once("\n24 runs, ").unwrap();
    let (_, rest) = rest.split_once("The tables are in").unwrap();
    format!("{}\n\n24 runs, …\nThe tables are in{rest}", table.trim_end())
}

#[test]
fn the_help_of_every_command() {
    let folder = folder();
    let of = |arguments: &[&str]| {
        let output = command(folder.path(), arguments).env("COLUMNS", "80").output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let help = of(&["--help"]);
    let list = help.split("\nCommands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let is_name = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let names = list.lines().filter(is_name).map(|line| line.split_whitespace().next().unwrap());
    let names: Vec<&str> = names.filter(|name| *name != "help").collect();
    assert!(names.len() >= 13, "{names:?}");
    assert_snapshot!("help", help);
    for name in names {
        let help = of(&[name, "--help"]);
        assert_snapshot!(format!("help-{name}"), help);
    }
}

#[test]
fn the_table_of_a_sweep() {
    let table = without_speed(&succeed(folder().path(), &SMALL));
    assert_snapshot!(table);
}

#[cfg(target_os = "linux")]
#[test]
fn the_table_of_a_sweep_on_a_terminal() {
    let folder = folder();
    let Some(text) = on_terminal(folder.path(), 80, &SMALL, &[]) else { return };
    let text = seen(&text).replace("\r\n", "\n");
    // What comes before is the bar of its progress.
    let table = without_speed(text.rsplit('\r').next().unwrap());
    assert_snapshot!(table);
}

#[test]
fn what_is_explained_of_the_question() {
    let folder = folder();
    for alpha in ["0.3", "1"] {
        let of =
            |start: [&str; 2]| succeed(folder.path(), &["inspect", start[0], start[1], "--alpha", alpha]);
        let text = of(["--init", "constant(0.1)"]);
        assert_snapshot!(format!("inspect-question-{alpha}"), text);
        let point = "0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1";
        let same = of(["--theta", point]);
        let without_name = |text: &str| -> Vec<String> {
            text.lines().filter(|line| !line.starts_with("The point is ")).map(str::to_owned).collect()
        };
        assert_eq!(without_name(&text), without_name(&same));
    }
}

#[test]
fn what_is_explained_of_a_run() {
    let folder = folder();
    fs::write(folder.path().join("my.toml"), "alpha = [0.3, 0.9]\nseeds = '0..5'\nsteps = 500").unwrap();
    let text = succeed(folder.path(), &["inspect", "my.toml", "--run", "7", "--end"]);
    assert_snapshot!(text);
}

#[test]
fn a_refusal() {
    let told = run(folder().path(), &["--learning-rate", "0.1"]).err;
    assert_snapshot!(told);
}
