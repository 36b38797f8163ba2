//! Shows that `xorsweep dimension` finds one for smooth boundaries, whether drawn or decided by runs, that its counts
//! depend on nothing but the plane, and that it says what is wrong with a request.

use std::collections::HashMap;
#[cfg(unix)]
use std::process::Stdio;

#[cfg(unix)]
use crate::program::command;
use crate::program::{Ran, folder, run};
use crate::table::rows;
#[cfg(unix)]
use crate::waiting::{send, wait_until_interruptible};

fn dimension(arguments: &[&str]) -> Ran {
    run(folder().path(), &[&["dimension"], arguments].concat())
}

/// Standard output of a command that must succeed.
fn counts(arguments: &[&str]) -> String {
    let ran = dimension(arguments);
    assert!(ran.code == 0 && !ran.err.is_empty(), "{ran:?}");
    ran.out
}

/// The dimensions told, by what was measured, how, and at which level.
fn dimensions(table: &str) -> HashMap<[String; 3], f64> {
    let key =
        |row: &HashMap<String, String>| ["boundary_of", "method", "level"].map(|name| row[name].clone());
    let rows: Vec<HashMap<String, String>> = rows(table);
    let found = rows.into_iter().filter(|row| !row["dimension"].is_empty());
    found.map(|row| (key(&row), row["dimension"].parse().unwrap())).collect()
}

fn of(dimensions: &HashMap<[String; 3], f64>, key: [&str; 3]) -> f64 {
    *dimensions.get(&key.map(str::to_owned)).unwrap_or_else(|| panic!("no {key:?} in {dimensions:?}"))
}

/// Runs of no step: those that start with an error of at most 0.3 have converged. In w5 and b3 the error is a quadratic
/// form, so the boundary is an ellipse.
const ELLIPSE: [&str; 13] = [
    "--init=constant(0.5)",
    "--steps=0",
    "--hold=1",
    "--tolerance=0.3",
    "--plane-x=w5",
    "--plane-x-range=-2:2:257",
    "--plane-y=b3",
    "--plane-y-range=-1:1.5:257",
    "--pairs=60000",
    "--distances=log:0.001:0.1:7",
    "--boundary=converged",
    "--isa=auto",
    "--threads=2",
];

#[test]
fn smooth_boundaries_have_dimension_one() {
    let found = dimensions(&counts(&ELLIPSE));
    assert_eq!(found.len(), 4);
    for what in ["runs", "circle"] {
        for method in ["boxes", "pairs"] {
            let dimension = of(&found, [what, method, "0"]);
            assert!((dimension - 1.0).abs() < 0.05, "{what}, {method}: {dimension}");
        }
    }
}

#[test]
fn the_circle_has_dimension_one_in_every_size() {
    for side in [65, 100, 257, 400] {
        let ranges = [format!("--plane-x-range=-2:2:{side}"), format!("--plane-y-range=-1:1.5:{side}")];
        let mut arguments: Vec<&str> = ELLIPSE.to_vec();
        (arguments[5], arguments[7], arguments[8]) = (&ranges[0], &ranges[1], "--pairs=0");
        let found = of(&dimensions(&counts(&arguments)), ["circle", "boxes", "0"]);
        assert!((found - 1.0).abs() < 0.05, "{side}: {found}");
    }
}

#[test]
fn boxes_and_pairs_count_what_they_say() {
    let table = counts(&ELLIPSE);
    let rows: Vec<HashMap<String, String>> = rows(&table);
    let boxes: Vec<_> =
        rows.iter().filter(|row| row["boundary_of"] == "runs" && row["method"] == "boxes").collect();
    let column = |name: &str| -> Vec<f64> { boxes.iter().map(|row| row[name].parse().unwrap()).collect() };
    assert_eq!(column("scale"), [1.0, 2.0, 4.0, 8.0, 16.0, 32.0].map(|size| size / 256.0));
    assert_eq!(column("of"), [65536.0, 16384.0, 4096.0, 1024.0, 256.0, 64.0]);
    assert!(column("count").is_sorted_by(|small, large| small > large), "{table}");
    let fitted: Vec<_> = boxes.iter().map(|row| row["fitted"].as_str()).collect();
    assert_eq!(fitted, ["true", "true", "true", "true", "true", "false"]);
    let pairs: Vec<_> = rows.iter().filter(|row| row["method"] == "pairs").collect();
    assert_eq!(pairs.len(), 14);
    assert!(pairs.iter().all(|row| row["of"] == "60000"), "{table}");
}

/// A plane with all outcomes, and a boundary that is not smooth.
const ROUGH: [&str; 9] = [
    "--init=constant(0.1)+normal(0.5)",
    "--seeds=3",
    "--steps=300",
    "--tolerance=1e-2",
    "--alpha=0.8",
    "--plane-x=w1",
    "--plane-x-range=-9:9:66",
    "--plane-y=w5",
    "--plane-y-range=-9:9:70",
];

#[test]
fn the_counts_depend_on_neither_threads_nor_instructions() {
    for boundary in ["converged", "diverged", "outcome", "solution", "units"] {
        let with = |more: [&str; 4]| {
            let rest =
                ["--pairs=300", "--distances=0.3,0.1,log:0.01:0.05:3", "--levels=2", "--boundary", boundary];
            let ran = dimension(&[&ROUGH[..], &rest, &more].concat());
            // Not every boundary is there; that must not depend on them either.
            (ran.code, ran.out)
        };
        let expected = with(["--threads", "1", "--isa", "scalar"]);
        assert!([0, 2].contains(&expected.0) && expected == with(["--threads", "3", "--isa", "auto"]));
    }
}

#[test]
fn each_level_is_a_zoom_into_the_one_before() {
    let table =
        counts(&[&ROUGH[..], &["--levels=3", "--factor=4", "--pairs=0", "--boundary=outcome"]].concat());
    let ends = |row: &HashMap<String, String>| -> [f64; 4] {
        ["x_from", "x_to", "y_from", "y_to"].map(|name| row[name].parse().unwrap())
    };
    let levels: Vec<[f64; 4]> = (0..3)
        .map(|level| {
            let is_of_level = |row: &HashMap<String, String>| row["level"] == level.to_string();
            ends(&rows(&table).into_iter().find(is_of_level).unwrap())
        })
        .collect();
    assert_eq!(levels[0], [-9.0, 9.0, -9.0, 9.0]);
    for pair in levels.windows(2) {
        let ([a, b, c, d], [e, f, g, h]) = (pair[0], pair[1]);
        assert!(a < e && f < b && c < g && h < d, "{levels:?}");
        assert!(
            ((b - a) / (f - e) - 4.0).abs() < 1e-6 && ((d - c) / (h - g) - 4.0).abs() < 1e-6,
            "{levels:?}"
        );
    }
    // A zoom asked for is the first plane.
    let zoomed = counts(&[&ROUGH[..], &["--zoom=-1,2,9", "--pairs=0", "--boundary=outcome"]].concat());
    assert_eq!(ends(&rows(&zoomed)[0]), [-2.0, 0.0, 1.0, 3.0]);
}

#[test]
fn a_wrong_request_is_refused_in_one_line_that_names_the_fault() {
    for (wrong, key) in [
        (vec!["--pairs=0"], "maps"),
        (vec!["--seeds=0..2"], "maps"),
        (vec!["--plane-x-range=-9:9:64"], "plane_x_range"),
        (vec!["--plane-y-range=1"], "plane_y_range"),
        (vec!["--boxes=1"], "boxes"),
        (vec!["--boxes=0:8"], "boxes"),
        (vec!["--boxes=1:3"], "boxes"),
        (vec!["--boxes=3:8"], "boxes"),
        (vec!["--boxes=1:9"], "boxes"),
        (vec!["--boxes=18446744073709551615:18446744073709551615"], "boxes"),
        (vec!["--factor=1"], "factor"),
        (vec!["--factor=nan"], "factor"),
        (vec!["--distances=0"], "distances"),
        (vec!["--distances=0.1,0.6"], "distances"),
        (vec!["--distances=near"], "distances"),
        (vec!["--pairs=18446744073709551615"], "pairs"),
        (vec!["--pairs=few"], "pairs = few"),
        (vec!["--boundary=edge"], "boundary = edge"),
        (vec!["--levels=0"], "levels = 0"),
        (vec!["--zoom=1,2"], "zoom"),
        (vec!["--zoom=1,2,1e20"], "zoom"),
        (vec!["--threads=0"], "threads"),
        (vec!["--steps=0", "--boundary=converged"], "boundary"),
    ] {
        // Of the first one the plane itself is missing.
        let mut arguments: Vec<&str> = if key == "maps" && wrong[0] == "--pairs=0" {
            vec![
                "--alpha=0.1,0.2",
                "--plane-x=w1",
                "--plane-y=w2",
                "--plane-x-range=0:1:70",
                "--plane-y-range=0:1:70",
                "--seeds=0",
            ]
        } else {
            let is_given = |argument: &&&str| {
                !wrong.iter().any(|wrong| wrong.split('=').next() == argument.split('=').next())
            };
            ROUGH.iter().filter(is_given).copied().collect()
        };
        arguments.extend(&wrong);
        let ran = dimension(&arguments);
        ran.says(2, &[]);
        assert_eq!(ran.out, "", "{wrong:?}");
        let expected = format!("xorsweep: {key}");
        // A flag that is no number at all is named with its dashes.
        assert!(ran.err.replacen("--", "", 1).starts_with(&expected), "{wrong:?}: {ran:?}");
    }
    let without = dimension(&["--alpha=0.3"]);
    assert!(without.err.starts_with("xorsweep: plane: "), "{without:?}");
}

#[test]
fn without_a_boundary_that_is_said() {
    let ran = dimension(&[&ROUGH[..], &["--tolerance=0", "--steps=3"]].concat());
    assert_eq!(ran.code, 2, "{ran:?}");
    let ran = dimension(&[&ROUGH[..2], &ROUGH[4..], &["--tolerance=0", "--steps=3"]].concat());
    assert_eq!(ran.code, 2);
    let told = "boundary = converged: all 4,620 runs of the plane are on one side";
    assert!(ran.err.contains(told), "{ran:?}");
}

#[test]
#[cfg(unix)]
fn an_interruption_ends_it_with_130() {
    let endless = [
        "dimension",
        "--init=normal(1)",
        "--seeds=1",
        "--steps=1000000",
        "--tolerance=0",
        "--alpha=0.8",
        "--plane-x=w1",
        "--plane-y=w5",
        "--plane-x-range=-9:9:900",
        "--plane-y-range=-9:9:900",
    ];
    let folder = folder();
    let mut command = command(folder.path(), &endless);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until_interruptible(&child);
    send("INT", &child);
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert!(ran.code == 130 && ran.out.is_empty() && ran.err.starts_with("xorsweep: stopped"), "{ran:?}");
}
