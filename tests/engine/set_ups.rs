//! Sweeps with several set-ups: the same bytes however they are executed, and each set-up's rows those of a sweep of its
//! own.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use xorsweep::execution::{Destination, Unfinished, save};
use xorsweep::kernel::isa::Isa;
use xorsweep::results::layout::FileFormat;
use xorsweep::results::{Group, Layout, merge};
use xorsweep::sweep::engine::{Options, Progress};
use xorsweep::sweep::set_ups::{Axis, varying};
use xorsweep::sweep::shard::Shard;
use xorsweep::sweep::spec::Sweep;

use crate::sweep::sweep;
use crate::sweeps::{Tables, assert_same, instruction_sets, tables};
use crate::table;

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
    let mut rows: Vec<Vec<(String, String)>> = table::rows(table);
    for row in &mut rows {
        // A word that could be taken for a number is marked.
        row.iter_mut().for_each(|(_, text)| *text = text.strip_prefix('\'').unwrap_or(text).to_owned());
        row.retain(|(name, text)| !left_out.contains(&name.as_str()) && !text.is_empty());
    }
    rows
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
