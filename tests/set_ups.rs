//! Sweeps with several set-ups: the same bytes however they are executed, and each set-up's rows those of a sweep of its
//! own.

mod common;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use common::{Tables, assert_same, instruction_sets, sweep, tables};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use xorsweep::kernel::isa::Isa;
use xorsweep::sweep::engine::{Options, Progress};
use xorsweep::sweep::set_ups::{Axis, varying};
use xorsweep::sweep::shard::Shard;
use xorsweep::sweep::spec::Sweep;
use xorsweep::table::layout::FileFormat;
use xorsweep::table::{Destination, Group, Layout, Unfinished, merge, save};

/// Two tasks with other inputs, three sizes, and update orders and inits of which some draw and some do not.
const MIXED: &str = "task = ['xor', 'parity-3']\nhidden_units = [1, 2, 3]\nupdate = ['batch', 'shuffled']\n\
                     optimizer = ['gradient-descent', 'adam']\ninit = ['constant(0.1)', 'normal(1)']\nseeds = '0..7'\n\
                     alpha = [0.05, 0.5]\nsteps = 150\n";

/// The output unit and the loss are lists, of which no combination is refused.
const LOSSES: &str = "output = 'sigmoid'\nloss = ['mse', 'cross-entropy']\nhidden = ['sigmoid', 'tanh', 'relu']\n\
                      init = ['point(1,-1,1,-1,2,2,-0.5,1.5,-1)', 'glorot']\nseeds = '0..5'\nalpha = [1, 4]\nsteps = 200\n\
                      spectrum = true\n";

const ALONE: Options = Options { threads: 1, isa: Isa::Scalar };

/// The rows of a table by the names of its columns, without `left_out`.
fn rows(table: &str, left_out: &[&str]) -> Vec<Vec<(String, String)>> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    reader
        .records()
        .map(|row| {
            // A word that could be taken for a number is marked.
            let texts = row.unwrap();
            let texts = texts.iter().map(|text| text.strip_prefix('\'').unwrap_or(text).to_owned());
            let cells = names.iter().cloned().zip(texts.collect::<Vec<_>>());
            cells.filter(|(name, text)| !left_out.contains(&name.as_str()) && !text.is_empty()).collect()
        })
        .collect()
}

/// Whether the rows of each set-up are those of a sweep that has it alone.
fn check_against_sweeps_of_one(whole: &Sweep, made: &Tables) {
    let axes = varying(&whole.set_ups);
    let keys: Vec<&str> = axes.iter().map(|axis| axis.key()).collect();
    let left_out: Vec<&str> = [&keys[..], &["run"]].concat();
    let [mut all, mut groups] =
        [&made.convergence, &made.summary].map(|table| rows(table, &left_out).into_iter());
    let [mut named, mut named_groups] =
        [&made.convergence, &made.summary].map(|table| rows(table, &[]).into_iter());
    for set_up in &whole.set_ups {
        let mut spec = whole.to_spec();
        let mut flags = xorsweep::Spec::default();
        for axis in Axis::ALL {
            flags.set(axis.key(), &[&axis.text(set_up)]).unwrap();
        }
        spec = flags.over(spec);
        let alone = tables(&spec.resolve(Path::new("")).unwrap(), &ALONE);
        for (table, of_whole, with_names) in
            [(&alone.convergence, &mut all, &mut named), (&alone.summary, &mut groups, &mut named_groups)]
        {
            for row in rows(table, &left_out) {
                assert_eq!(of_whole.next().unwrap(), row, "{set_up:?}");
                let cells: HashMap<String, String> = with_names.next().unwrap().into_iter().collect();
                for axis in &axes {
                    assert_eq!(cells[axis.key()], axis.text(set_up));
                }
            }
        }
    }
    assert!(all.next().is_none() && groups.next().is_none());
}

/// Runs a sweep in shards and merges them.
fn in_shards(sweep: &Sweep, of: u64, layout: &Layout) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for shard in Shard::all(of.try_into().unwrap()) {
        let layout = layout.clone();
        let destination = Destination { layout, shard: Some(shard), ..Destination::new(folder.path()) };
        save(sweep, &destination, &Options::default(), &Progress::default(), &mut |_: &Group| ()).unwrap();
    }
    merge(folder.path(), &folder.path().join("whole")).unwrap();
    folder
}

#[test]
fn a_sweep_that_is_interrupted_goes_on_in_any_set_up() {
    let sweep = sweep(&MIXED.replace("150", "4000"));
    let expected = tables(&sweep, &Options::default());
    let mut interrupted = 0;
    for before in [1, 100, 250, 400] {
        let folder = tempfile::tempdir().unwrap();
        let destination = Destination { unfinished: Unfinished::Resume, ..Destination::new(folder.path()) };
        let progress = Progress::default();
        let is_over = AtomicBool::new(false);
        let saved = thread::scope(|scope| {
            scope.spawn(|| {
                while progress.runs() < before && !is_over.load(Relaxed) {
                    thread::yield_now();
                }
                progress.stop();
            });
            let options = Options { threads: 2, isa: Isa::Scalar };
            let saved = save(&sweep, &destination, &options, &progress, &mut |_: &Group| ());
            is_over.store(true, Relaxed);
            saved
        });
        interrupted += u64::from(saved.is_err());
        save(&sweep, &destination, &Options::default(), &Progress::default(), &mut |_: &Group| ()).unwrap();
        let read = |name| fs::read_to_string(folder.path().join(name)).unwrap();
        let made = Tables { convergence: read("convergence.csv"), summary: read("summary.csv") };
        assert_same(&expected, &made, &format!("after {before} runs"));
    }
    assert!(interrupted > 0, "none was interrupted");
}

fn check(text: &str) {
    let sweep = sweep(text);
    let expected = tables(&sweep, &ALONE);
    for (isa, threads) in
        instruction_sets().into_iter().flat_map(|isa| [1, 2, 3].map(|threads| (isa, threads)))
    {
        let made = tables(&sweep, &Options { threads, isa });
        assert_same(&expected, &made, &format!("{isa}, {threads} threads, {text}"));
    }
    for of in [2, 5] {
        let folder = in_shards(&sweep, of, &Layout::default());
        let read = |name| fs::read_to_string(folder.path().join("whole").join(name)).unwrap();
        let made = Tables { convergence: read("convergence.csv"), summary: read("summary.csv") };
        assert_same(&expected, &made, &format!("{of} shards, {text}"));
    }
    check_against_sweeps_of_one(&sweep, &expected);
}

#[test]
fn the_bytes_of_several_set_ups_do_not_depend_on_how_they_are_executed() {
    check(MIXED);
    check(LOSSES);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn any_product_of_set_ups_has_the_rows_of_its_parts(
        tasks in subsequence(vec!["xor", "and", "parity-3", "01"], 1..4),
        units in subsequence(vec!["1", "2", "3", "4"], 1..3),
        hidden in subsequence(vec!["sigmoid", "tanh", "relu", "leaky-relu"], 1..3),
        updates in subsequence(vec!["batch", "in-order", "shuffled", "random"], 1..3),
        optimizers in subsequence(vec!["gradient-descent", "nesterov", "rmsprop", "adam"], 1..3),
        init in select(vec!["'constant(0.1)'", "'normal(1)'", "'normal(1)', 'constant(-1)'"]),
    ) {
        let list = |values: &[&str]| values.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(", ");
        let sweep = sweep(&format!(
            "task = [{}]\nhidden_units = [{}]\nhidden = [{}]\nupdate = [{}]\noptimizer = [{}]\ninit = [{init}]\n\
             seeds = '0..3'\nalpha = [0.1, 0.7]\nsteps = 70",
            list(&tasks), units.join(", "), list(&hidden), list(&updates), list(&optimizers),
        ));
        let made = tables(&sweep, &Options { threads: 2, isa: Isa::best() });
        check_against_sweeps_of_one(&sweep, &made);
    }
}

#[test]
fn the_axes_stand_behind_the_seed_and_parameters_under_their_own_names() {
    let made = tables(&sweep(MIXED), &Options::default());
    let (header, rest) = made.convergence.split_once('\n').unwrap();
    assert!(
        header
            .starts_with("run,\"init\",seed,\"task\",hidden_units,\"update\",\"optimizer\",alpha,momentum,"),
        "{header}"
    );
    // The largest network has three inputs and three units.
    let of_start = header.split(',').filter(|name| name.starts_with("start_"));
    let mut names: Vec<String> = (1..=12).map(|number| format!("start_w{number}")).collect();
    names.extend((1..=4).map(|number| format!("start_b{number}")));
    assert_eq!(of_start.collect::<Vec<_>>(), names);
    assert!(rest.starts_with("0,constant(0.1),,xor,1,batch,gradient-descent,0.05,0.0,"), "{rest:.200}");
    let first = &rows(&made.convergence, &[])[0];
    let parameters: Vec<&str> =
        first.iter().map(|(name, _)| name.as_str()).filter(|name| name.starts_with("start_")).collect();
    assert_eq!(parameters, ["start_w1", "start_w2", "start_w3", "start_b1", "start_b2"]);
    assert!(
        made.summary
            .starts_with("\"init\",\"task\",hidden_units,\"update\",\"optimizer\",momentum,alpha,runs,"),
        "{:.200}",
        made.summary
    );
    let losses = tables(&sweep(LOSSES), &Options::default());
    for row in rows(&losses.convergence, &[]) {
        let cells: HashMap<String, String> = row.into_iter().collect();
        assert_eq!(cells.contains_key("loss_first"), cells["loss"] == "cross-entropy");
    }
}

#[test]
fn a_truth_table_in_digits_is_a_word_in_both_tables() {
    let made = tables(&sweep("task = ['0110', '0001']\nseeds = 2\nsteps = 50"), &Options::default());
    assert!(made.convergence.lines().nth(1).unwrap().contains(",\"'0110\","), "{}", made.convergence);
    assert!(made.summary.contains("\"'0001\""), "{}", made.summary);
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xorsweep")).current_dir(folder).args(arguments).output().unwrap()
}

fn told(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn groups_charts_and_single_runs_say_which_set_up_they_are_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let lists = ["--hidden", "sigmoid,relu", "--optimizer", "gradient-descent,adam", "--hidden-units", "1,2"];
    let others = ["--alpha", "0.1,1.5", "--seeds", "0..20", "--steps", "3000", "--out", "made"];
    let printed = told(path, &[&lists[..], &others].concat());
    let headings: Vec<&str> = printed.lines().filter(|line| line.contains(" · normal(1)")).collect();
    let mut heads: Vec<&str> = headings.iter().copied().filter(|line| line.ends_with("normal(1)")).collect();
    assert_eq!(heads[0], "1 unit, sigmoid, gradient-descent · normal(1)");
    assert_eq!(heads.len(), 8, "{printed}");
    heads.sort_unstable();
    heads.dedup();
    assert_eq!(heads.len(), 8);
    // A limit is known of gradient descent alone.
    assert!(printed.contains("(above a learning rate of 1; 4 of 8 set-ups)"), "{printed}");
    for one in ["1 unit, relu, adam · normal(1)", "2 units, sigmoid, gradient-descent · normal(1)"] {
        for chart in ["chart-outcomes.svg", "chart-convergence.svg"] {
            let svg = fs::read_to_string(path.join("made").join(chart)).unwrap();
            assert!(svg.contains(one) || chart == "chart-convergence.svg", "{chart}: {one}");
        }
    }
    // No axis has more than two values: the first is drawn, and the others make lines.
    let solved = fs::read_to_string(path.join("made/chart-solved.svg")).unwrap();
    let summary = fs::read_to_string(path.join("made/summary.csv")).unwrap();
    let of = |units: &str, alpha: &str| {
        let is_of = |row: &HashMap<String, String>| {
            row["hidden_units"] == units
                && row["alpha"] == alpha
                && row["hidden"] == "relu"
                && row["optimizer"] == "adam"
        };
        let all = rows(&summary, &[]).into_iter().map(|row| row.into_iter().collect::<HashMap<_, _>>());
        let row = all.into_iter().find(is_of).unwrap();
        row["solved"].parse::<f64>().unwrap() / row["runs"].parse::<f64>().unwrap()
    };
    let line = format!(
        "relu, adam, α = 0.1: {:.0} % at 1, {:.0} % at 2.",
        100.0 * of("1", "0.1"),
        100.0 * of("2", "0.1")
    );
    assert!(solved.contains(&line) && solved.contains("of 20 each"), "{line}: {solved}");
    told(path, &["report", "made"]);
    let page = fs::read_to_string(path.join("made/report.html")).unwrap();
    assert!(page.contains("data-name=\"hidden_units\""), "the columns of axes are shown");
    told(path, &["chart", "made"]);
    // The last run has the last set-up.
    let sweep =
        xorsweep::Spec::from_toml(&fs::read_to_string(path.join("made/sweep.toml")).unwrap()).unwrap();
    let sweep = sweep.resolve(path).unwrap();
    let last = (sweep.runs() - 1).to_string();
    let inspected = told(path, &["inspect", "made", "--run", &last]);
    assert!(inspected.contains("2 relu hidden units"), "{inspected}");
    assert!(inspected.contains("2 units, relu, adam · normal(1), seed 19"), "{inspected}");
    let traced = told(path, &["trace", "made", "--run", "0", "--every", "3000"]);
    assert!(traced.starts_with("step,error,w1,w2,w3,b1,b2\n"), "{traced}");
    let row = |run: u64| {
        let table = fs::read_to_string(path.join("made/convergence.csv")).unwrap();
        rows(&table, &[]).swap_remove(run as usize).into_iter().collect::<HashMap<_, _>>()
    };
    let traced = told(path, &["trace", "made", "--run", &last, "--every", "3000"]);
    let first: Vec<&str> = traced.lines().nth(1).unwrap().split(',').collect();
    assert_eq!(first[1], row(sweep.runs() - 1)["error_first"]);
    let drawn = ["--seed", "1", "--steps", "100", "--chart", "errors.svg"];
    told(path, &[&["trace", "--hidden", "tanh,relu", "--output", "tanh,linear"], &drawn[..]].concat());
    let svg = fs::read_to_string(path.join("errors.svg")).unwrap();
    for name in ["tanh hidden, linear output", "relu hidden, tanh output"] {
        assert!(svg.contains(name), "{svg}");
    }
    told(path, &["check-gradient", "--hidden", "tanh,relu", "--hidden-units", "1,3", "--seeds", "0..5"]);
}

#[test]
fn what_is_known_of_some_set_ups_is_drawn_of_these_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    // Neither XOR with one or three units nor AND has a level of escape, and three targets have no right side.
    fs::write(path.join("three.csv"), "x1,x2,y\n0,0,0\n1,0,1\n0,1,2\n").unwrap();
    let lists = ["--task", "xor,and,three.csv", "--hidden-units", "1,2,3", "--alpha", "0.3,0.6,1.5"];
    let starts = ["--init", "constant(0.1)+normal(0.1),normal(1)", "--seeds", "0..200", "--steps", "4000"];
    let printed = told(path, &[&["--out", "made"], &lists[..], &starts].concat());
    let whole = printed.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(whole.contains("of 7,200 runs whose task has two targets solved it"), "{whole}");
    assert!(whole.contains("of all 10,800 runs"), "{whole}");
    assert!(printed.contains("\nthree.csv, 1 unit · normal(1)\n"), "{printed}");
    assert!(whole.contains("xor, 2 units · normal(1)") && whole.contains("Who escapes"), "{whole}");
    let svg = |chart: &str| fs::read_to_string(path.join("made").join(chart)).unwrap();
    let escape = svg("chart-escape.svg");
    assert!(escape.contains("of XOR with two hidden units alone"), "{escape}");
    assert!(escape.contains("xor, 2 units · normal(1)"), "{escape}");
    for other in ["1 unit", "3 units", "and, 2 units"] {
        assert!(!escape.contains(other), "{other}");
    }
    let outcomes = svg("chart-outcomes.svg");
    assert!(outcomes.contains("the first 12 of 18 set-ups, inits and momenta"), "{outcomes}");
    assert!(outcomes.contains("xor, 3 units · normal(1)") && outcomes.contains("no point of rest is"));
    // A fact of the question's network stands above its panels alone: one for each of two inits.
    assert_eq!(outcomes.matches(">0.667<").count(), 2);
    told(path, &["report", "made"]);
}

#[test]
fn what_is_of_one_set_up_refuses_several() {
    let folder = tempfile::tempdir().unwrap();
    let plane =
        ["--plane-x", "w1", "--plane-x-range", "0:1:2", "--plane-y", "w2", "--plane-y-range", "0:1:2"];
    let several = ["--hidden", "tanh,relu", "--loss", "mse,sse"];
    let one = "plane_x = w1: a plane is of one set-up: give one value for hidden, loss";
    let point = "hidden = tanh,relu: a point is inspected in one set-up: give one value";
    for (arguments, remedy) in [
        ([&["sweep"], &several[..], &plane].concat(), one),
        ([&["map"], &several[..], &plane].concat(), one),
        ([&["dimension"], &several[..], &plane].concat(), one),
        ([&["inspect", "--theta", "1,2,3,4,5,6,7,8,9"], &several[..]].concat(), point),
        (
            [&["trace", "--seed", "3"], &several[..]].concat(),
            "run: there are 4 runs: give the number of one, or one value for each key",
        ),
        (
            vec!["sweep", "--columns", "run,hidden"],
            "columns = hidden: only a sweep with several values of hidden has it; leave it out or ask for that",
        ),
    ] {
        let output = run(folder.path(), &arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        assert!(error.contains(remedy), "{arguments:?}: {error}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is written");
}

#[test]
fn a_table_of_several_set_ups_is_whole_as_parquet_too() {
    let sweep = sweep(MIXED);
    let layout = Layout { file_format: FileFormat::Parquet, ..Layout::default() };
    let folder = tempfile::tempdir().unwrap();
    let destination = Destination { layout: layout.clone(), ..Destination::new(folder.path()) };
    save(&sweep, &destination, &ALONE, &Progress::default(), &mut |_: &Group| ()).unwrap();
    let merged = in_shards(&sweep, 3, &layout);
    let read = |folder: &Path| fs::read(folder.join("convergence.parquet")).unwrap();
    assert!(read(folder.path()) == read(&merged.path().join("whole")));
}
