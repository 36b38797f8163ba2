//! Shows which pictures the program leaves where, that they are those of the tables beside them, and that drawing
//! them again gives the same bytes.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use common::sweep;
use xorsweep::kernel::outcome::Outcome;
use xorsweep::picture::chart::outcomes;
use xorsweep::picture::color;
use xorsweep::sweep::engine::{Options, Progress};
use xorsweep::table::{Destination, Group, Table, save};

/// A plane of 24 runs.
const PLANE: &str = "name = 'plane'\nsteps = 400\ntolerance = 1e-3\ninit = 'normal(1)'\nseeds = 3\n\
                     [plane]\nx = 'w1'\nx_range = '-4:4:6'\ny = 'alpha'\ny_range = '0.2:1.1:4'\n";

const CHARTS: [&str; 4] =
    ["chart-convergence.png", "chart-convergence.svg", "chart-outcomes.png", "chart-outcomes.svg"];

/// Runs the program where no other program is found; its code, and what it said.
fn run(folder: &Path, path: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xorsweep"));
    let output =
        command.current_dir(folder).env("PATH", path).args(arguments).stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn succeed(folder: &Path, arguments: &[&str]) -> String {
    let (code, out, err) = run(folder, Path::new("nowhere"), arguments);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{arguments:?}: {out}");
    out
}

/// The files of a folder, without those in folders below.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.is_file())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect()
}

fn with_spec() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("plane.toml"), PLANE).unwrap();
    folder
}

#[test]
fn a_sweep_of_a_plane_has_a_map_and_charts_which_can_be_drawn_again() {
    let folder = with_spec();
    succeed(folder.path(), &["plane.toml"]);
    let results = folder.path().join("results/plane");
    let drawn = files(&results);
    for name in CHARTS.iter().chain(&["map.png"]) {
        assert!(drawn.contains_key(*name), "{name} is missing");
    }
    let out = succeed(folder.path(), &["map", "results/plane", "--out", "again"]);
    assert_eq!(out, "again/map.png\n");
    succeed(folder.path(), &["chart", "results/plane", "--out", "again"]);
    for (name, bytes) in files(&folder.path().join("again")) {
        assert!(drawn[&name] == bytes, "{name} is another picture");
    }
    // As `map` leaves it, and from tables that are written in another way.
    let other = ["--delimiter", "semicolon", "--decimal-comma", "--rows-per-file", "7", "--out", "other"];
    succeed(folder.path(), &[&["map", "plane.toml"], other.as_slice()].concat());
    let others = files(&folder.path().join("other"));
    for name in CHARTS.iter().chain(&["map.png"]) {
        assert!(drawn[*name] == others[*name], "{name} depends on how the table is written");
    }
}

#[test]
fn a_plane_with_the_momentum_as_a_side_has_a_map_and_no_charts() {
    let folder = tempfile::tempdir().unwrap();
    let spec = PLANE.replace("x = 'w1'", "x = 'momentum'").replace("-4:4:6", "0:0.9:6");
    fs::write(folder.path().join("plane.toml"), spec).unwrap();
    succeed(folder.path(), &["plane.toml"]);
    let names: Vec<String> = files(&folder.path().join("results/plane")).into_keys().collect();
    assert_eq!(names, ["convergence.csv", "map.png", "summary.csv", "summary.xlsx", "sweep.toml"]);
    let (code, out, err) = run(folder.path(), Path::new("nowhere"), &["chart", "results/plane"]);
    assert_eq!((code, out.as_str()), (Some(0), ""));
    assert!(err.starts_with("note: no chart"), "{err}");
}

#[test]
fn a_sweep_takes_the_pictures_of_a_former_one_away_but_nothing_else() {
    let folder = with_spec();
    succeed(folder.path(), &["map", "plane.toml", "--bare", "--out", "out"]);
    let results = folder.path().join("out");
    assert!(files(&results).contains_key("map-bare.png"));
    fs::write(results.join("map-mine.png"), "mine").unwrap();
    succeed(folder.path(), &["--alpha", "0.3", "--seeds", "0..3", "--steps", "5", "--out", "out"]);
    let left: Vec<String> = files(&results).into_keys().collect();
    assert_eq!(left, ["convergence.csv", "map-mine.png", "summary.csv", "summary.xlsx", "sweep.toml"]);
    succeed(folder.path(), &["plane.toml", "--out", "out", "--no-pictures"]);
    assert_eq!(files(&results).len(), 5);
}

#[test]
fn a_zoom_leaves_a_spec_that_runs_again() {
    let folder = with_spec();
    succeed(folder.path(), &["map", "plane.toml", "--zoom", "-1,0.5,10"]);
    let zoomed = files(&folder.path().join("results/plane-zoom--1_0.5_10"));
    assert!(zoomed.contains_key("map.png"));
    let spec = "results/plane-zoom--1_0.5_10/sweep.toml";
    succeed(folder.path(), &["map", spec, "--out", "again"]);
    assert!(files(&folder.path().join("again")) == zoomed);
    let rows = String::from_utf8(zoomed["convergence.csv"].clone()).unwrap();
    assert_eq!(rows.lines().count(), 25);
    assert!(rows.lines().nth(1).unwrap().ends_with(",-1.4,0.455"), "{rows}");
}

#[test]
fn frames_come_with_their_specs_and_without_ffmpeg_without_a_film() {
    let folder = with_spec();
    let arguments = ["map", "plane.toml", "--zoom", "-1,0.5,9", "--frames", "3", "--out", "film"];
    let (code, out, err) = run(folder.path(), Path::new("nowhere"), &arguments);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("3 frames") && err.contains("ffmpeg is not installed"), "{out}{err}");
    let film = folder.path().join("film");
    assert_eq!(
        files(&film).into_keys().collect::<Vec<_>>(),
        ["frame-0001.png", "frame-0002.png", "frame-0003.png"]
    );
    let names: Vec<String> = files(&film.join("frame-0002")).into_keys().collect();
    assert_eq!(names, ["summary.csv", "sweep.toml"]);
    // The middle frame is the map of its own spec, three times closer than the first.
    let spec = fs::read_to_string(film.join("frame-0002/sweep.toml")).unwrap();
    let range = spec.lines().find(|line| line.starts_with("plane_x_range")).unwrap();
    assert!(range.starts_with("plane_x_range = [-2.333333333333333"), "{range}");
}

#[cfg(unix)]
#[test]
fn a_film_is_there_when_it_is_whole() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = with_spec();
    let programs = folder.path().join("programs");
    fs::create_dir(&programs).unwrap();
    let ffmpeg = programs.join("ffmpeg");
    let arguments = ["map", "plane.toml", "--zoom", "-1,0.5,9", "--frames", "2", "--out", "film"];
    for (script, code, film) in [
        ("#!/bin/sh\nfor last; do :; done\necho film > \"$last\"\n", 0, true),
        ("#!/bin/sh\necho 'no such codec' >&2\nexit 1\n", 1, false),
    ] {
        let _ = fs::remove_dir_all(folder.path().join("film"));
        fs::write(&ffmpeg, script).unwrap();
        fs::set_permissions(&ffmpeg, fs::Permissions::from_mode(0o755)).unwrap();
        let (actual, _, err) = run(folder.path(), &programs, &arguments);
        assert_eq!(actual, Some(code), "{err}");
        assert_eq!(film, !err.contains("no such codec"), "{err}");
        let names: Vec<String> = files(&folder.path().join("film")).into_keys().collect();
        assert_eq!(names.contains(&"zoom.mp4".to_owned()), film, "{names:?}");
        assert!(!names.iter().any(|name| name.contains("partial")), "{names:?}");
    }
}

#[test]
fn a_trace_draws_the_errors_of_chosen_runs() {
    let folder = tempfile::tempdir().unwrap();
    let keys = ["trace", "--init", "constant(0.1)", "--alpha", "0.3,1", "--steps", "500"];
    for name in ["error.svg", "error.png"] {
        let out = succeed(folder.path(), &[keys.as_slice(), &["--chart", name]].concat());
        assert_eq!(out, "");
    }
    let svg = fs::read_to_string(folder.path().join("error.svg")).unwrap();
    for text in ["constant(0.1)", "α = 0.3", "α = 1", "1/4"] {
        assert!(svg.contains(text), "{text}");
    }
    let one = ["--run", "1", "--out", "trace.csv", "--chart", "one.svg"];
    succeed(folder.path(), &[keys.as_slice(), &one].concat());
    assert_eq!(fs::read_to_string(folder.path().join("trace.csv")).unwrap().lines().count(), 502);
    assert!(!fs::read_to_string(folder.path().join("one.svg")).unwrap().contains("α = 0.3"));
}

/// The rectangles of a drawing that have a colour: where they begin, and how high they are.
fn bars(svg: &str, [red, green, blue]: color::Rgb) -> Vec<(f64, f64)> {
    let fill = format!("fill=\"#{red:02X}{green:02X}{blue:02X}\"");
    let rectangles = svg.split("<rect ").skip(1).map(|rest| rest.split("/>").next().unwrap());
    let value = |rectangle: &str, name: &str| {
        let (_, rest) = rectangle.split_once(&format!("{name}=\"")).unwrap();
        rest.split('"').next().unwrap().parse::<f64>().unwrap()
    };
    rectangles
        .filter(|rectangle| rectangle.contains(&fill))
        .map(|rectangle| (value(rectangle, "x"), value(rectangle, "height")))
        .collect()
}

#[test]
fn the_bars_of_the_outcomes_are_as_high_as_the_shares() {
    let sweep = sweep("alpha = '0.1:1.2:12'\nseeds = '0..40'\nsteps = 3000\ntolerance = 1e-3");
    let folder = tempfile::tempdir().unwrap();
    let destination = Destination::new(folder.path());
    let mut groups = Vec::new();
    save(&sweep, &destination, &Options::default(), &Progress::default(), &mut |group: &Group| {
        groups.push(group.clone())
    })
    .unwrap();
    let drawing = outcomes::draw(&sweep, &Table::find(folder.path(), "summary").unwrap()).unwrap().unwrap();
    for outcome in [Outcome::Converged, Outcome::Diverged, Outcome::Oscillating] {
        let expected =
            groups.iter().map(|group| group.tally.count(outcome) as f64 / 40.0).filter(|share| *share > 0.0);
        let expected: Vec<f64> = expected.collect();
        let mut bars = bars(drawing.svg(), color::of(outcome));
        bars.sort_by(|one, two| one.0.total_cmp(&two.0));
        // The last one, on the right, is the legend's.
        assert_eq!(bars.len(), expected.len() + 1, "{outcome:?}");
        let full = 4.0 * 380.0;
        for ((_, height), share) in bars.iter().zip(expected) {
            assert!((height / full - share).abs() < 0.003, "{outcome:?}: {height} for {share}");
        }
    }
}
