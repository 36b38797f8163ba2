//! Shows that `xorsweep published` compares with what others published, in the sizes of `--quick`, and that the
//! committed specs and pages are its own.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

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

fn published(folder: &Path, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_xorsweep");
    Command::new(program).arg("published").args(arguments).current_dir(folder).output().unwrap()
}

/// Standard output of a command that must succeed without a word on standard error.
fn told(folder: &Path, arguments: &[&str]) -> String {
    let output = published(folder, arguments);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The line that begins with `what`, without the space between its cells.
fn line(text: &str, what: &str) -> String {
    let line = text.lines().find(|line| line.trim_start().starts_with(what));
    let line = line.unwrap_or_else(|| panic!("no line {what} in\n{text}"));
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn committed(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("results/published").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn quick_comparisons_agree_where_a_few_runs_can_tell() {
    let folder = tempfile::tempdir().unwrap();
    let text = told(folder.path(), &["--quick"]);
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
    let folder = tempfile::tempdir().unwrap();
    let figures = |arguments: &[&str]| {
        let text =
            told(folder.path(), &[&["outcome-basins", "hinton-problems-xor", "--quick"], arguments].concat());
        // Without the lines that tell the time.
        text.lines().filter(|line| !line.contains(" s, ")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(figures(&["--threads", "1", "--isa", "scalar"]), figures(&["--threads", "3"]));
}

#[test]
fn a_record_is_a_page_a_summary_and_the_committed_spec() {
    let folder = tempfile::tempdir().unwrap();
    let text = told(folder.path(), &["the-question", "hinton-problems-xor", "--record"]);
    let count =
        "of 2 figures that others published 2 agree, of 10 figures from notes and programs at hand 10 agree";
    assert!(text.contains(count), "{text}");
    let made = folder.path().join("results/published");
    let read = |path: &str| fs::read_to_string(made.join(path)).unwrap();
    for name in ["the-question", "hinton-problems-xor"] {
        for file in ["sweep.toml", "summary.csv"] {
            assert!(read(&format!("{name}/{file}")) == committed(&format!("{name}/{file}")), "{name}/{file}");
        }
        assert_eq!(
            figures(&read(&format!("{name}/README.md"))),
            figures(&committed(&format!("{name}/README.md")))
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
    let all = committed("README.md");
    let each = NAMES.map(|name| committed(&format!("{name}/README.md")));
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
    for name in NAMES {
        let path = format!("results/published/{name}/sweep.toml");
        assert!(list.lines().any(|line| line == path), "{path} is missing in\n{list}");
    }
}

#[test]
fn an_unknown_name_is_refused_before_anything_is_run() {
    let folder = tempfile::tempdir().unwrap();
    for wrong in
        [["no-such-comparison", "--quick"], ["--threads", "0"], ["--isa", "abacus"], ["--record", "--quick"]]
    {
        let output = published(folder.path(), &wrong);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(output.stdout.is_empty() && output.stderr.starts_with(b"xorsweep: "), "{output:?}");
    }
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
}
