//! Shows which pictures the program leaves where, that they are those of the tables beside them, and that drawing
//! them again gives the same bytes.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use xorsweep::execution::{Destination, save};
use xorsweep::kernel::outcome::Outcome;
use xorsweep::picture::drawing::Drawing;
use xorsweep::picture::files::{MapStyle, Pictures, write_all};
use xorsweep::picture::map::Coloring;
use xorsweep::picture::{color, report};
use xorsweep::results::{Group, OutputFolder};
use xorsweep::sweep::engine::{Options, Progress};
use xorsweep::sweep::spec::Sweep;

use crate::drawing::{chart, draw, maps_with_captions};
use crate::files::files;
use crate::plane::PLANE;
use crate::program::{Ran, command, run, succeed};
use crate::sweep::sweep;

const CHARTS: [&str; 4] =
    ["chart-convergence.png", "chart-convergence.svg", "chart-outcomes.png", "chart-outcomes.svg"];

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
        assert!(name == "files.txt" || drawn[&name] == bytes, "{name} is another picture");
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
fn pictures_are_the_same_whatever_of_the_runs_is_written() {
    let folder = with_spec();
    succeed(folder.path(), &["plane.toml"]);
    let drawn = files(&folder.path().join("results/plane"));
    let is_picture = |name: &str| [".png", ".svg"].iter().any(|ending| name.ends_with(ending));
    let ways: [&[&str]; 4] = [
        &["--summary-only"],
        &["--format", "parquet"],
        &["--columns", "steps,alpha"],
        &[
            "--format",
            "parquet",
            "--columns",
            "run,outcome,plateau,solved_at,converged_at,steps",
            "--rows-per-file",
            "5",
        ],
    ];
    for way in ways {
        succeed(folder.path(), &[&["plane.toml", "--out", "other", "--force"], way].concat());
        let other = files(&folder.path().join("other"));
        for (name, bytes) in drawn.iter().filter(|(name, _)| is_picture(name)) {
            assert!(other[name] == *bytes, "{name} is another picture with {way:?}");
        }
    }
    // From the last of these tables, which lacks no column for the map and the convergence.
    let Ran { code, out, err } = run(folder.path(), &["chart", "other", "--out", "again"]);
    assert!(code == 0 && out.lines().count() == 4, "{out}{err}");
    assert!(err.contains("note: chart-escape is not drawn: ") && err.contains("escaped_at"), "{err}");
    succeed(folder.path(), &["map", "other", "--out", "again"]);
    for (name, bytes) in files(&folder.path().join("again")).iter().filter(|(name, _)| is_picture(name)) {
        assert!(drawn[name] == *bytes, "{name} is another picture if drawn again");
    }
    let Ran { code, err, .. } =
        run(folder.path(), &["map", "other", "--color", "solution", "--out", "again"]);
    assert!(code == 2 && err.contains("column = solution: it is missing"), "{err}");
}

#[test]
fn a_plane_with_the_momentum_as_a_side_has_a_map_and_no_charts() {
    let folder = tempfile::tempdir().unwrap();
    let spec = PLANE.replace("x = 'w1'", "x = 'momentum'").replace("-4:4:6", "0:0.9:6");
    fs::write(folder.path().join("plane.toml"), spec).unwrap();
    succeed(folder.path(), &["plane.toml"]);
    let names: Vec<String> = files(&folder.path().join("results/plane")).into_keys().collect();
    assert_eq!(
        names,
        ["convergence.csv", "files.txt", "map.png", "summary.csv", "summary.xlsx", "sweep.toml"]
    );
    let Ran { code, out, err } = run(folder.path(), &["chart", "results/plane"]);
    assert_eq!((code, out.as_str()), (0, ""));
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
    assert_eq!(
        left,
        ["convergence.csv", "files.txt", "map-mine.png", "summary.csv", "summary.xlsx", "sweep.toml"]
    );
    succeed(folder.path(), &["plane.toml", "--out", "out", "--no-pictures"]);
    assert_eq!(files(&results).len(), 6);
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
    let Ran { code, out, err } = run(folder.path(), &arguments);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("3 frames") && err.contains("ffmpeg is not installed"), "{out}{err}");
    let film = folder.path().join("film");
    assert_eq!(
        files(&film).into_keys().collect::<Vec<_>>(),
        ["files.txt", "frame-0001.png", "frame-0002.png", "frame-0003.png"]
    );
    let names: Vec<String> = files(&film.join("frame-0002")).into_keys().collect();
    assert_eq!(names, ["files.txt", "summary.csv", "sweep.toml"]);
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
        let ran = Ran::from(command(folder.path(), &arguments).env("PATH", &programs).output().unwrap());
        assert_eq!(ran.code, code, "{ran:?}");
        let err = ran.err;
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

/// The results of a sweep in a folder, and its groups.
fn results(sweep: &Sweep) -> (tempfile::TempDir, Vec<Group>) {
    let folder = tempfile::tempdir().unwrap();
    let destination = Destination::new(folder.path());
    let mut groups = Vec::new();
    let mut keep = |group: &Group| groups.push(group.clone());
    save(sweep, &destination, &Options::default(), &Progress::default(), &mut keep).unwrap();
    (folder, groups)
}

fn drawn(sweep: &Sweep, folder: &Path) -> [Option<Drawing>; 3] {
    ["chart-outcomes", "chart-convergence", "chart-escape"].map(|name| chart(name, sweep, folder))
}

/// The value of an attribute of an element of a drawing.
fn value<'a>(element: &'a str, name: &str) -> &'a str {
    let (_, rest) = element.split_once(&format!(" {name}=\"")).unwrap_or_else(|| panic!("{name}: {element}"));
    rest.split('"').next().unwrap()
}

/// The elements of a drawing of this kind that have a part.
fn elements<'a>(svg: &'a str, kind: &str, part: &str) -> Vec<&'a str> {
    let of_kind = svg.lines().filter(|line| line.starts_with(&format!("<{kind} ")));
    of_kind.filter(|line| line.contains(part)).collect()
}

/// The rectangles of a drawing that have a colour, from the left: where they begin, how wide and how high they are.
fn bars(svg: &str, [red, green, blue]: color::Rgb) -> Vec<[f64; 3]> {
    let bars = elements(svg, "rect", &format!("fill=\"#{red:02x}{green:02x}{blue:02x}\""));
    let mut bars: Vec<[f64; 3]> = bars
        .iter()
        .map(|bar| ["x", "width", "height"].map(|name| value(bar, name).parse().unwrap()))
        .collect();
    bars.sort_by(|one, two| one[0].total_cmp(&two[0]));
    bars
}

/// The texts of a drawing.
fn texts(svg: &str) -> Vec<&str> {
    let all = elements(svg, "text", "");
    all.into_iter().map(|text| text.split(['<', '>']).nth(2).unwrap()).collect()
}

#[test]
fn the_bars_of_the_outcomes_are_as_high_as_the_shares() {
    let sweep = sweep("alpha = '0.1:1.2:12'\nseeds = '0..40'\nsteps = 3000\ntolerance = 1e-3");
    let (folder, groups) = results(&sweep);
    let drawing = chart("chart-outcomes", &sweep, folder.path()).unwrap();
    for outcome in [Outcome::Converged, Outcome::Diverged, Outcome::Oscillating] {
        let expected =
            groups.iter().map(|group| group.tally.count(outcome) as f64 / 40.0).filter(|share| *share > 0.0);
        let expected: Vec<f64> = expected.collect();
        let bars = bars(&drawing.svg(), color::of(outcome));
        // The last one, on the right, is the legend's.
        assert_eq!(bars.len(), expected.len() + 1, "{outcome:?}");
        for ([_, _, height], share) in bars.iter().zip(expected) {
            assert!((height / 380.0 - share).abs() < 0.003, "{outcome:?}: {height} for {share}");
        }
    }
}

#[test]
fn every_learning_rate_has_a_bar_of_the_same_width_and_a_mark() {
    let rates = [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0, 1.05, 1.2];
    let list = rates.map(|rate| rate.to_string()).join(",");
    let sweep = sweep(&format!("alpha = [{list}]\nseeds = '0..4'\nsteps = 9\ntolerance = 1e9\nhold = 1"));
    let (folder, _) = results(&sweep);
    let svg = chart("chart-outcomes", &sweep, folder.path()).unwrap().svg();
    let mut bars = bars(&svg, color::of(Outcome::Converged));
    let legend = bars.pop().unwrap();
    assert_eq!(bars.len(), rates.len());
    assert!(bars.iter().all(|bar| bar[1] == bars[0][1] && bar[0] < legend[0]), "{bars:?}");
    let apart: Vec<f64> = bars.windows(2).map(|two| two[1][0] - two[0][0]).collect();
    assert!(apart.iter().all(|&step| step == apart[0] && step > bars[0][1]), "{apart:?}");
    for rate in rates {
        assert!(texts(&svg).contains(&rate.to_string().as_str()), "{rate}");
    }
}

#[test]
fn the_share_that_solved_the_task_stands_beside_that_which_converged() {
    // None of these converges, and most of them solve the task.
    let sweep = sweep(
        "alpha = [1, 3]\ninit = 'uniform(0,1)'\noutput = 'sigmoid'\nseeds = '0..30'\nsteps = 4000\n[plane]\n\
         x = 'w1'\nx_range = [0, 1]\ny = 'w2'\ny_range = [0, 1]",
    );
    let (folder, groups) = results(&sweep);
    let solved: Vec<u64> = groups.iter().map(|group| group.tally.solved()).collect();
    assert!(groups.iter().all(|group| group.tally.count(Outcome::Converged) == 0));
    assert!(solved.iter().all(|&solved| solved > 60), "{solved:?}");
    let [outcomes, convergence, _] =
        drawn(&sweep, folder.path()).map(|chart| chart.expect("it has something to show"));
    for (group, solved) in groups.iter().zip(solved) {
        let percent = format!("{:.0} %", 100.0 * solved as f64 / 120.0);
        let told = format!("0 % converged and {percent} solved at α = {}", group.alpha);
        assert!(outcomes.about().contains(&told), "{told}: {}", outcomes.about());
        let told = format!("at α = {} 0 % converged, and {percent} solved the task", group.alpha);
        assert!(convergence.about().contains(&told), "{told}: {}", convergence.about());
    }
    assert!(texts(&outcomes.svg()).contains(&"solved"));
    let maps = maps_with_captions(&sweep, folder.path(), Coloring::Both);
    let of_maps: u64 = maps.iter().map(|(map, _)| map.solved().unwrap()).sum();
    assert_eq!(of_maps, groups.iter().map(|group| group.tally.solved()).sum::<u64>());
}

#[test]
fn a_task_with_more_than_two_targets_has_no_share_that_solved_it() {
    let folder = tempfile::tempdir().unwrap();
    let task = folder.path().join("task.csv");
    fs::write(&task, "x1,x2,y\n0,0,0.1\n1,0,0.5\n0,1,1\n").unwrap();
    let sweep = sweep(&format!(
        "task = '{}'\nalpha = [0.5, 0.9]\ninit = 'normal(0.5)'\nseeds = '0..20'\nsteps = 20000\n[plane]\nx = 'w1'\n\
         x_range = [0, 1]\ny = 'w2'\ny_range = [0, 1]",
        task.display()
    ));
    let (folder, groups) = results(&sweep);
    assert!(groups.iter().any(|group| group.tally.count(Outcome::Converged) > 0));
    for chart in drawn(&sweep, folder.path()).into_iter().flatten() {
        assert!(!chart.svg().contains("solved"), "{}", chart.about());
    }
    let maps = maps_with_captions(&sweep, folder.path(), Coloring::Both);
    assert!(
        maps.iter().all(|(map, caption)| map.solved().is_none() && !caption.about(map).contains("solved"))
    );
    let page = report::page(&Arc::new(sweep.clone()), folder.path()).unwrap().html;
    assert!(!page.contains("solved_share") && page.contains("converged_share"));
}

#[test]
fn a_chart_has_no_empty_panels_or_keys_without_lines_and_tells_what_it_leaves_out() {
    let sweep = sweep(
        "alpha = [0.2, 0.5, 1, 1.1]\ninit = ['constant(0.1)', 'normal(1)']\nseeds = '0..60'\nsteps = 4000\n\
         tolerance = 1e-3",
    );
    let (folder, _) = results(&sweep);
    let [_, convergence, escape] = drawn(&sweep, folder.path()).map(Option::unwrap);
    let svg = convergence.svg();
    assert!(texts(&svg).contains(&"normal(1)"));
    assert!(!texts(&svg).contains(&"constant(0.1)"), "it would be empty");
    let told = texts(&svg).join(" ");
    for part in
        ["no run converged or solved the task from constant(0.1)", "2 of 4 learning rates, no run converged"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    // Each colour of the legend is that of a line in the panel: two lines and a mark each.
    for rate in ["0.2", "0.5"] {
        assert!(texts(&svg).contains(&rate));
    }
    for place in [0.0, 0.88] {
        let [red, green, blue] = color::scale(place);
        let stroke = format!("stroke=\"#{red:02x}{green:02x}{blue:02x}\"");
        assert_eq!(elements(&svg, "polyline", &stroke).len(), 3, "{stroke}");
    }
    let svg = escape.svg();
    assert!(
        texts(&svg).contains(&"α = 0.2") && !texts(&svg).contains(&"constant(0.1)"),
        "equal units stay equal"
    );
}

#[test]
fn a_rate_at_which_most_runs_stay_has_no_panel() {
    let sweep = sweep("alpha = [0.2, 0.98]\ninit = 'normal(1)'\nseeds = '0..200'\nsteps = 4000");
    let (folder, groups) = results(&sweep);
    let escaped = groups[1].tally.escaped_at().len();
    assert!((30..100).contains(&escaped), "{escaped} of 200 escape, which is some but not half");
    let [_, _, escape] = drawn(&sweep, folder.path()).map(Option::unwrap);
    let svg = escape.svg();
    assert!(texts(&svg).contains(&"α = 0.2") && !texts(&svg).contains(&"α = 0.98"));
    assert!(
        texts(&svg).join(" ").contains("1 of 2 learning rates, too few runs escape at the other"),
        "{svg}"
    );
}

#[test]
fn every_picture_is_told_in_words_as_well() {
    let folder = with_spec();
    let spec = "title = 'A <title>'\n".to_owned() + PLANE + "x_name = 'weight'\norigin_name = 'a point'\n";
    fs::write(folder.path().join("plane.toml"), spec).unwrap();
    succeed(folder.path(), &["plane.toml"]);
    let drawn = files(&folder.path().join("results/plane"));
    for name in CHARTS.iter().filter(|name| name.ends_with(".svg")) {
        let svg = String::from_utf8(drawn[*name].clone()).unwrap();
        let sheet = svg.lines().next().unwrap();
        let told = value(sheet, "aria-label");
        assert!(value(sheet, "role") == "img" && told.starts_with("A &lt;title&gt;: "), "{told}");
        assert!(told.contains("a point") && told.contains(" % "), "{told}");
    }
    let png = &drawn["map.png"];
    let reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let told = reader
        .info()
        .utf8_text
        .iter()
        .find(|text| text.keyword == "Description")
        .unwrap()
        .get_text()
        .unwrap();
    for part in [
        "A <title>: ",
        "weight from −4 to 4",
        "learning rate α from 0.2 to 1.1",
        "a point",
        "solved at some step",
    ] {
        assert!(told.replace('-', "−").contains(&part.replace('-', "−")), "{part}: {told}");
    }
}

/// Sweeps at the ends of what doubles hold, and with hardly anything to show.
const HOSTILE: [&str; 24] = [
    "alpha = 'log:1e-307:1:3'",
    "alpha = [1, 1.7976931348623157e308]",
    "alpha = [5e-324, 1e-323, 2.5e-323]",
    "alpha = [5e-324, 1.7976931348623157e308]",
    "alpha = [1, 1.0000000000000002]",
    "alpha = [1e-320, 1e-310, 1e-300]",
    "alpha = 'log:5e-324:1.7976931348623157e308:7'",
    "alpha = 1.7976931348623157e308",
    "alpha = 5e-324",
    "alpha = '0.1:1:3'\nmomentum = [0, 1e-320, 1e308]",
    "alpha = [0.3, 0.5]\nsteps = 0",
    "alpha = [0.3, 0.5]\nsteps = 0\ntolerance = 1e308",
    "alpha = [0.3, 0.5]\nsteps = 1\nhold = 1\ntolerance = 1e308",
    "alpha = [0.3, 0.5]\ninit = 'constant(0)'",
    "alpha = [0.3, 0.5]\ninit = ['constant(1e308)', 'normal(1e-320)', 'normal(1e300)', 'constant(0.1)+normal(5e-324)']",
    "alpha = [0.3, 0.5]\ninit = ['constant(0.1)+normal(1e-300)', 'constant(0.1)+normal(1e-160)', 'normal(1e160)']",
    "alpha = [0.3, 1.5]\nblow_up = inf",
    "alpha = [0.3, 1.5]\nblow_up = 5e-324",
    "alpha = 0.3\nseeds = 0\nplane_x = 'w1'\nplane_x_range = 0\nplane_y = 'w2'\nplane_y_range = 0",
    "seeds = 0\nplane_x = 'w1'\nplane_x_range = [-1e308, 0, 1e308]\nplane_y = 'alpha'\nplane_y_range = 'log:1e-307:1:3'",
    "seeds = 0\nplane_x = 'alpha'\nplane_x_range = [1, 1.7976931348623157e308]\nplane_y = 'b3'\nplane_y_range = [5e-324, 0]",
    "seeds = 0\nplane_x = 'alpha'\nplane_x_range = [0.3, 5e-324, 1e300]\nplane_y = 'momentum'\nplane_y_range = [1e300, 0]",
    "seeds = 0\nplane_x = 'w1'\nplane_x_range = [3, 1, 2]\nplane_y = 'w2'\nplane_y_range = '1:1.0000000000000004:3'",
    "seeds = 0\nmeasure = true\nplane_x = 'w1'\nplane_x_range = [-1e300, -1, 1, 1e300]\nplane_y = 'w2'\nplane_y_range = [0, 5e-324]",
];

#[test]
fn no_sweep_makes_a_picture_panic() {
    for keys in HOSTILE {
        let default = |key: &str, value: &str| {
            if keys.contains(key) { String::new() } else { format!("{key} = {value}\n") }
        };
        let text = default("steps", "40") + &default("seeds", "'0..40'") + keys;
        let sweep = sweep(&text);
        let (folder, _) = results(&sweep);
        let out = OutputFolder::create(folder.path()).unwrap();
        let maps_style = sweep.plane.as_ref().map(|_| MapStyle::default());
        let pictures = Pictures { maps: maps_style, charts: true };
        let drawn = draw(&sweep, folder.path(), pictures);
        write_all(&drawn, &out).unwrap_or_else(|failure| panic!("{keys}: {failure:?}"));
        if sweep.plane.is_some() {
            for (_, coloring) in
                Coloring::ALL.into_iter().filter(|(name, _)| *name != "measure" || sweep.measure)
            {
                let maps = maps_with_captions(&sweep, folder.path(), coloring);
                assert!(!maps.is_empty() && maps.iter().all(|(map, _)| map.columns() > 0), "{keys}");
            }
        }
        let page = report::page(&Arc::new(sweep.clone()), folder.path()).unwrap();
        assert!(page.missing.is_empty(), "{keys}: {:?}", page.missing);
        for (name, bytes) in files(folder.path()).into_iter().filter(|(name, _)| name.ends_with(".svg")) {
            let svg = String::from_utf8(bytes).unwrap();
            let shapes = svg.lines().skip(1).filter(|line| !line.starts_with("<text"));
            let numbers = |shape: &str| !shape.contains("NaN") && !shape.contains("inf");
            assert!(shapes.clone().all(numbers), "{keys}: {name} has a place that is no number");
            // An axis without a single tick says nothing.
            assert!(texts(&svg).len() > 4, "{keys}: {name}");
        }
    }
}
