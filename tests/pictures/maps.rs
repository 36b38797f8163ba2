//! Shows that a map says what the table says: every pixel is compared with its row, in the right place and the right
//! way up, in bare maps and in framed ones.

use std::fs;
use std::path::Path;

use xorsweep::execution::{Destination, save};
use xorsweep::kernel::batch::Job;
use xorsweep::kernel::outcome::{Outcome, RunResult};
use xorsweep::picture::files::{MapStyle, write_all};
use xorsweep::picture::map::{Coloring, Entry, Map, Shades};
use xorsweep::picture::{Rgb, color};
use xorsweep::results::{Format, Group, Layout, OutputFolder};
use xorsweep::run_all;
use xorsweep::sweep::engine::{Options, Progress};
use xorsweep::sweep::measure::measure;
use xorsweep::sweep::spec::Sweep;

use crate::drawing::{self, draw_maps};
use crate::sweep::sweep;

/// Seven by five runs with all kinds of outcomes: x is a weight, y the learning rate.
const PLANE: &str = "init = 'constant(0.3)+normal(0.5)'\nseeds = 7\nsteps = 800\ntolerance = 1e-3\n\
                     [plane]\nx = 'w1'\nx_range = '-20:10:7'\ny = 'alpha'\ny_range = '0.2:1.4:5'";

fn run_into(folder: &Path, sweep: &Sweep, format: Format) -> Vec<RunResult> {
    let layout = Layout { format, ..Layout::default() };
    let destination = Destination { layout, ..Destination::new(folder) };
    save(sweep, &destination, &Options::default(), &Progress::default(), &mut |_: &Group| ()).unwrap();
    // What the rows are to say, of runs that never were rows.
    run_all(sweep, &Options::default())
}

/// Width, and the colours from the top left on.
fn pixels(path: &Path) -> (usize, Vec<Rgb>) {
    let mut decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(path).unwrap()));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgb);
    bytes.truncate(info.buffer_size());
    (info.width as usize, bytes.as_chunks::<3>().0.to_vec())
}

fn maps(folder: &Path, sweep: &Sweep, coloring: Coloring) -> Vec<Map> {
    drawing::maps(sweep, folder, coloring).unwrap()
}

fn entry<'a>(map: &'a Map, label: &str) -> &'a Entry {
    map.legend().iter().find(|entry| entry.label == label).unwrap_or_else(|| panic!("no {label}"))
}

/// The colour that is due to a run, by its place among all steps of its outcome.
fn assert_is_shade(entry: &Entry, steps: u64, actual: Rgb) {
    let Shades::Steps(steps_there) = entry.shades else { panic!("{} has no steps", entry.label) };
    let [fewest, most] = steps_there.map(|steps| (1.0 + steps as f64).ln());
    let part = ((1.0 + steps as f64).ln() - fewest) / (most - fewest);
    let place = part * (entry.colors.len() - 1) as f64;
    let found = entry.colors.iter().position(|&color| color == actual).expect("a colour of the scale");
    assert!((found as f64 - place).abs() <= 1.0, "{steps} steps: shade {found} instead of {place}");
}

#[test]
fn every_pixel_has_the_colour_of_its_run() {
    let sweep = sweep(PLANE);
    for format in [Format::PLAIN, Format::new(";", true).unwrap()] {
        let folder = tempfile::tempdir().unwrap();
        let runs = run_into(folder.path(), &sweep, format);
        let map = &maps(folder.path(), &sweep, Coloring::Both)[0];
        assert_eq!((map.columns(), map.rows()), (7, 5));
        for run in &runs {
            let actual = map.color(run.run as usize % 7, run.run as usize / 7);
            if color::is_shaded(run.outcome) {
                let entry = entry(map, run.outcome.word());
                assert_is_shade(entry, run.converged_at.unwrap_or(run.steps), actual);
            } else {
                assert_eq!(actual, color::of(run.outcome), "run {}", run.run);
            }
        }
        for entry in map.legend() {
            let of = |run: &&RunResult| color::label(run.outcome) == entry.label;
            assert_eq!(runs.iter().filter(of).count() as u64, entry.runs, "{}", entry.label);
        }
        let kinds = map.legend().len();
        assert!(kinds >= 4, "the map shows {kinds} outcomes only, which proves little");
    }
}

#[test]
fn the_other_colours_tell_what_they_say() {
    let sweep = sweep(PLANE);
    let folder = tempfile::tempdir().unwrap();
    let runs = run_into(folder.path(), &sweep, Format::PLAIN);
    let at = |map: &Map, run: &RunResult| map.color(run.run as usize % 7, run.run as usize / 7);
    let steps = &maps(folder.path(), &sweep, Coloring::Steps)[0];
    let outcome = &maps(folder.path(), &sweep, Coloring::Outcome)[0];
    let solution = &maps(folder.path(), &sweep, Coloring::Solution)[0];
    for run in &runs {
        assert_is_shade(&steps.legend()[0], run.steps, at(steps, run));
        assert_eq!(at(outcome, run), color::of(run.outcome));
        let word = match run.outcome {
            Outcome::Converged => {
                xorsweep::kernel::solution::Solution::of(&sweep.set_ups[0], &run.end).to_string()
            }
            other => color::label(other),
        };
        assert_eq!(at(solution, run), entry(solution, &word).colors[0], "run {}", run.run);
    }
}

#[test]
fn the_measure_is_shown_by_its_rank_on_either_side() {
    let sweep = sweep(&PLANE.replace("steps = 800", "steps = 800\nmeasure = true"));
    let folder = tempfile::tempdir().unwrap();
    let runs = run_into(folder.path(), &sweep, Format::PLAIN);
    let map = &maps(folder.path(), &sweep, Coloring::Measure)[0];
    let measure = |run: &RunResult| {
        let of = sweep.run(run.run);
        let job =
            Job { run: run.run, start: run.start.clone(), alpha: of.alpha, momentum: of.momentum, seed: 0 };
        measure(&sweep.set_ups[0], &job, 800)
    };
    let measures: Vec<f64> = runs.iter().map(measure).collect();
    for (label, sign) in [("comes down", -1.0), ("does not", 1.0)] {
        let mut side: Vec<usize> = (0..runs.len()).filter(|&run| measures[run] * sign > 0.0).collect();
        side.sort_by(|&one, &two| measures[one].abs().total_cmp(&measures[two].abs()));
        let entry = entry(map, label);
        assert_eq!(entry.runs, side.len() as u64);
        assert!(side.len() > 3, "{} runs prove little", side.len());
        for (rank, &run) in side.iter().enumerate() {
            let place = rank as f64 / (side.len() - 1) as f64 * (entry.colors.len() - 1) as f64;
            let actual = map.color(run % 7, run / 7);
            let found =
                entry.colors.iter().position(|&color| color == actual).expect("a colour of the scale");
            assert!((found as f64 - place).abs() <= 1.0, "run {run}: shade {found} instead of {place}");
        }
    }
}

#[test]
fn a_bare_map_has_one_pixel_a_run_with_y_upwards() {
    let sweep = sweep(PLANE);
    let folder = tempfile::tempdir().unwrap();
    run_into(folder.path(), &sweep, Format::PLAIN);
    let map = &maps(folder.path(), &sweep, Coloring::Both)[0];
    let style = MapStyle { coloring: Coloring::Both, is_bare: true, steps: None };
    let out = OutputFolder::create(folder.path()).unwrap();
    let paths = write_all(&draw_maps(&sweep, folder.path(), style), &out).unwrap();
    assert_eq!(paths, [folder.path().join("map-bare.png")]);
    let (width, pixels) = pixels(&paths[0]);
    assert_eq!((width, pixels.len()), (7, 35));
    for (place, pixel) in pixels.into_iter().enumerate() {
        assert_eq!(pixel, map.color(place % 7, 4 - place / 7), "pixel {place}");
    }
}

#[test]
fn a_framed_map_holds_every_run_as_a_square() {
    let sweep = sweep(PLANE);
    let folder = tempfile::tempdir().unwrap();
    run_into(folder.path(), &sweep, Format::PLAIN);
    let map = &maps(folder.path(), &sweep, Coloring::Both)[0];
    let out = OutputFolder::create(folder.path()).unwrap();
    let paths = write_all(&draw_maps(&sweep, folder.path(), MapStyle::default()), &out).unwrap();
    let (width, pixels) = pixels(&paths[0]);
    // Seven columns on at least 512 pixels.
    let side = 74;
    let is_map = |first: usize| {
        (0..5 * side).all(|line| {
            (0..7 * side).all(|dot| {
                let expected = map.color(dot / side, 4 - line / side);
                pixels.get(first + line * width + dot) == Some(&expected)
            })
        })
    };
    let corner = map.color(0, 4);
    let found = (0..pixels.len()).filter(|&first| pixels[first] == corner).any(is_map);
    assert!(found, "the map is not in the picture");
    let once_more = fs::read(&paths[0]).unwrap();
    write_all(&draw_maps(&sweep, folder.path(), MapStyle::default()), &out).unwrap();
    assert!(fs::read(&paths[0]).unwrap() == once_more, "the same table gives the same bytes");
}

#[test]
fn every_start_has_a_map_of_its_own() {
    let sweep = sweep(&PLANE.replace("seeds = 7", "seeds = [7, 8]\nmomentum = [0, 0.5]"));
    let folder = tempfile::tempdir().unwrap();
    let runs = run_into(folder.path(), &sweep, Format::PLAIN);
    let maps = maps(folder.path(), &sweep, Coloring::Outcome);
    assert_eq!(maps.len(), 4);
    for run in &runs {
        let (number, point) = (run.run as usize / 35, run.run as usize % 35);
        assert_eq!(maps[number].color(point % 7, point / 7), color::of(run.outcome));
    }
    let out = OutputFolder::create(folder.path()).unwrap();
    let style = MapStyle { coloring: Coloring::Outcome, is_bare: true, steps: None };
    let paths = write_all(&draw_maps(&sweep, folder.path(), style), &out).unwrap();
    assert!(paths[3].ends_with("map-outcome-bare-04.png"));
}

#[test]
fn a_table_that_is_not_the_sweeps_makes_no_map() {
    let sweep = sweep(PLANE);
    let folder = tempfile::tempdir().unwrap();
    run_into(folder.path(), &sweep, Format::PLAIN);
    let path = folder.path().join("convergence.csv");
    let whole = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let row = lines[3];
    let (number, rest) = row.split_once(',').unwrap();
    for (damaged, part) in [
        (lines[..35].concat(), "34 rows"),
        (lines.concat() + row, "there twice"),
        (whole.replacen(row, &format!("35,{rest}"), 1), "no such run"),
        (whole.replacen(row, &format!("-{number},{rest}"), 1), "whole number"),
        (whole.replacen(",\"outcome\",", ",\"result\",", 1), "outcome: it is missing"),
    ] {
        fs::write(&path, damaged).unwrap();
        let problem = drawing::maps(&sweep, folder.path(), Coloring::Both).unwrap_err().to_string();
        assert!(problem.contains(part), "{problem}");
    }
}
