//! A sweep that is interrupted, or cut into shards, ends with the bytes of one that is not.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use xorsweep::execution::{Destination, Unfinished, save};
use xorsweep::results::layout::FileFormat;
use xorsweep::results::list::LIST;
use xorsweep::results::{Failure, Group, Layout, Left, merge};
use xorsweep::sweep::shard::Shard;
use xorsweep::{Isa, Options, Progress, Sweep};

use crate::files::files;
use crate::sweep::sweep;

/// Groups that shards share, runs of very different length, and all outcomes.
const SPEC: &str = r#"
    alpha = [0.1, 0.9, 1.0]
    momentum = [0.0, 0.5]
    init = ["constant(0.1)", "normal(1)", "uniform(0,1)"]
    seeds = "0..120"
    steps = 1500
"#;

/// A plane with learning rates on a side, so that many groups are begun at once.
const PLANE: &str = r#"
    init = "constant(0.1)"
    steps = 300
    spectrum = true
    plane_x = "alpha"
    plane_x_range = "0.1:1:12"
    plane_y = "w1"
    plane_y_range = "-1:1:25"
"#;

fn layouts() -> [Layout; 4] {
    let of =
        |file_format, rows| Layout { file_format, rows_per_file: NonZeroU64::new(rows), ..Layout::default() };
    let columns = Some(["outcome", "run", "solution", "end_b3"].map(String::from).into());
    [
        of(FileFormat::Csv, 0),
        Layout { columns, ..of(FileFormat::Csv, 100) },
        of(FileFormat::Parquet, 130),
        of(FileFormat::None, 0),
    ]
}

/// The files of a folder by name.
type Files = BTreeMap<String, Vec<u8>>;

fn assert_same(expected: &Files, actual: &Files, what: &str) {
    assert!(expected.keys().eq(actual.keys()), "{what}: {:?}, {:?}", expected.keys(), actual.keys());
    for (name, expected) in expected {
        assert!(*expected == actual[name], "{what}: {name} differs");
    }
}

fn run(sweep: &Sweep, destination: &Destination, options: &Options) -> Result<(), Failure> {
    loop {
        let result = save(sweep, destination, options, &Progress::default(), &mut |_: &Group| ());
        // A process that another test starts holds the lock as well until it has become its program.
        match result {
            Err(Failure::Busy(_)) => thread::sleep(Duration::from_millis(1)),
            result => return result,
        }
    }
}

/// The files of a sweep that nothing disturbed.
fn undisturbed(sweep: &Sweep, layout: &Layout) -> Files {
    let folder = tempfile::tempdir().unwrap();
    let destination = Destination { layout: layout.clone(), ..Destination::new(folder.path()) };
    run(sweep, &destination, &Options::default()).unwrap();
    files(folder.path())
}

/// Runs a sweep to its end, stopping it whenever so many more runs are over. Returns how often.
fn run_with_stops(sweep: &Sweep, destination: &Destination, options: &[Options], every: u64) -> u64 {
    for stops in 0.. {
        let progress = Progress::default();
        let destination = Destination { unfinished: Unfinished::Resume, ..destination.clone() };
        let is_over = AtomicU64::new(0);
        let result = thread::scope(|scope| {
            scope.spawn(|| {
                // The count of runs is all that tells when it is time.
                let mut first = None;
                while is_over.load(Relaxed) == 0
                    && progress.runs() < *first.get_or_insert(progress.runs()) + every
                {
                    thread::sleep(Duration::from_micros(200));
                }
                progress.stop();
            });
            let options = &options[stops as usize % options.len()];
            let result = save(sweep, &destination, options, &progress, &mut |_: &Group| ());
            is_over.store(1, Relaxed);
            result
        });
        match result {
            Ok(()) => return stops,
            Err(Failure::Stopped(_)) => assert!(stops < 10_000, "it does not get on"),
            // A process that another test starts holds the lock as well until it has become its program.
            Err(Failure::Busy(_)) => thread::sleep(Duration::from_millis(1)),
            Err(failure) => panic!("{failure}"),
        }
    }
    unreachable!()
}

/// One and three threads, each with every instruction set.
fn all_options() -> Vec<Options> {
    Isa::available().flat_map(|isa| [1, 3].map(|threads| Options { threads, isa })).collect()
}

#[test]
fn stops_do_not_show_in_the_results() {
    let mut all_stops = 0;
    for (spec, every) in [(SPEC, 97), (PLANE, 31)] {
        let sweep = sweep(spec);
        for layout in layouts() {
            let expected = undisturbed(&sweep, &layout);
            let folder = tempfile::tempdir().unwrap();
            let destination = Destination {
                layout: layout.clone(),
                checkpoint_every: Duration::from_millis(5),
                ..Destination::new(folder.path())
            };
            let stops = run_with_stops(&sweep, &destination, &all_options(), every);
            assert_same(&expected, &files(folder.path()), &format!("{layout:?} after {stops} stops"));
            all_stops += stops;
        }
    }
    assert!(all_stops > 20, "{all_stops} stops");
}

#[test]
fn merged_shards_are_the_whole_sweep() {
    for spec in [SPEC, PLANE] {
        let sweep = sweep(spec);
        for layout in layouts() {
            let expected = undisturbed(&sweep, &layout);
            for of in [1, 3, 16] {
                let root = tempfile::tempdir().unwrap();
                let of = NonZeroU64::new(of).unwrap();
                for (shard, options) in Shard::all(of).zip(all_options().into_iter().cycle()) {
                    let layout = layout.clone();
                    let destination =
                        Destination { layout, shard: Some(shard), ..Destination::new(root.path()) };
                    run(&sweep, &destination, &options).unwrap();
                }
                // Done once more, a shard is left alone.
                let again = Destination {
                    layout: layout.clone(),
                    shard: Shard::all(of).last(),
                    unfinished: Unfinished::Resume,
                    ..Destination::new(root.path())
                };
                let progress = Progress::default();
                save(&sweep, &again, &Options::default(), &progress, &mut |_: &Group| ()).unwrap();
                assert_eq!(progress.lane_steps(), 0);
                let merged = merge(root.path(), root.path()).unwrap();
                assert_eq!(
                    (merged.shards, merged.runs, merged.groups),
                    (of.get(), sweep.runs(), sweep.groups())
                );
                assert_same(&expected, &files(root.path()), &format!("{layout:?} of {of} shards"));
            }
        }
    }
}

#[test]
fn more_shards_than_runs_are_merged_too() {
    let sweep = sweep("init = [\"constant(0.1)\", \"constant(0.2)\"]\nsteps = 10");
    for layout in layouts() {
        let root = tempfile::tempdir().unwrap();
        for shard in Shard::all(NonZeroU64::new(5).unwrap()) {
            let layout = layout.clone();
            let destination = Destination { layout, shard: Some(shard), ..Destination::new(root.path()) };
            run(&sweep, &destination, &Options::default()).unwrap();
        }
        merge(root.path(), root.path()).unwrap();
        assert_same(&undisturbed(&sweep, &layout), &files(root.path()), &format!("{layout:?}"));
    }
}

#[test]
fn what_does_not_add_up_is_not_merged() {
    let sweep = sweep(SPEC);
    for layout in layouts() {
        let root = tempfile::tempdir().unwrap();
        let destination = |text: &str| Destination {
            layout: layout.clone(),
            shard: Some(text.parse().unwrap()),
            ..Destination::new(root.path())
        };
        let refused = |told: &[&str]| {
            let before = files(root.path());
            let message = merge(root.path(), root.path()).unwrap_err().to_string();
            for told in told {
                assert!(message.contains(told), "{told}: {message}");
            }
            assert_same(&before, &files(root.path()), &message);
        };
        refused(&["no shards"]);
        for shard in ["1/4", "3/4"] {
            run(&sweep, &destination(shard), &Options::default()).unwrap();
        }
        refused(&["missing shards: 2/4, 4/4"]);
        let stopped = Progress::default();
        stopped.stop();
        let result = save(&sweep, &destination("2/4"), &Options::default(), &stopped, &mut |_: &Group| ());
        assert!(matches!(result, Err(Failure::Stopped(Left::Before))));
        refused(&["missing shards: 2/4, 4/4"]);
        let options = Options { threads: 1, ..Options::default() };
        let progress = Progress::default();
        let result = save(&sweep, &destination("2/4"), &options, &progress, &mut |_: &Group| progress.stop());
        assert!(matches!(result, Err(Failure::Stopped(Left::Unfinished))));
        refused(&["missing shards: 2/4, 4/4", "resume it", "shard-2-of-4"]);
        let again = Destination { unfinished: Unfinished::Resume, ..destination("2/4") };
        run(&sweep, &again, &Options::default()).unwrap();
        run(&sweep, &destination("4/4"), &Options::default()).unwrap();

        let (shard, copy) = (root.path().join("shard-3-of-4"), root.path().join("copy"));
        fs::create_dir(&copy).unwrap();
        for (name, bytes) in files(&shard) {
            fs::write(copy.join(name), bytes).unwrap();
        }
        refused(&["3/4 is there twice", "copy", "shard-3-of-4"]);
        fs::remove_dir_all(&copy).unwrap();

        let other = self::sweep(&SPEC.replace("1500", "1400"));
        let elsewhere = tempfile::tempdir().unwrap();
        let there = Destination { folder: elsewhere.path().to_owned(), ..destination("3/4") };
        run(&other, &there, &Options::default()).unwrap();
        run(&other, &destination("1/4"), &Options::default()).unwrap();
        refused(&["different sweeps: steps is 1400 in", "and 1500 in"]);
        run(&sweep, &destination("1/4"), &Options::default()).unwrap();
        run(&sweep, &destination("1/5"), &Options::default()).unwrap();
        refused(&["different sweeps: number of shards is"]);
        fs::remove_dir_all(root.path().join("shard-1-of-5")).unwrap();

        let first = root.path().join("shard-1-of-4");
        for (name, bytes) in files(&shard).iter().filter(|(name, _)| *name != LIST) {
            let path = shard.join(name);
            // Another shard's file of the same name, and another sweep's.
            for other in [first.join(name), elsewhere.path().join("shard-3-of-4").join(name)] {
                let other = fs::read(other).unwrap();
                // The same runs may be in groups of which none is complete, so that the file is the same.
                if other != *bytes {
                    fs::write(&path, other).unwrap();
                    refused(&[if name == "shard.json" { "shard" } else { name }]);
                }
            }
            for damaged in [
                &bytes[..bytes.len() - 1],
                &[bytes, &b"1"[..]].concat(),
                &[&bytes[..bytes.len() / 2], b"!", &bytes[bytes.len() / 2 + 1..]].concat(),
            ] {
                fs::write(&path, damaged).unwrap();
                refused(&[name]);
            }
            fs::remove_file(&path).unwrap();
            if name == "shard.json" {
                refused(&["missing shards: 3/4"])
            } else {
                refused(&[name])
            }
            fs::write(&path, bytes).unwrap();
        }
        merge(root.path(), root.path()).unwrap();
        assert_same(&undisturbed(&sweep, &layout), &files(root.path()), "all is well again");
    }
}

#[test]
fn a_finished_shard_that_lacks_a_file_is_mended() {
    let sweep = sweep(SPEC);
    for layout in layouts() {
        let root = tempfile::tempdir().unwrap();
        let destination = Destination {
            layout,
            shard: Some("2/4".parse().unwrap()),
            unfinished: Unfinished::Resume,
            ..Destination::new(root.path())
        };
        run(&sweep, &destination, &Options::default()).unwrap();
        let folder = destination.path();
        let whole = files(&folder);
        for (name, bytes) in whole.iter().filter(|(name, _)| *name != LIST) {
            fs::remove_file(folder.join(name)).unwrap();
            let progress = Progress::default();
            save(&sweep, &destination, &Options::default(), &progress, &mut |_: &Group| ()).unwrap();
            assert_same(&whole, &files(&folder), name);
            assert_eq!(progress.lane_steps() == 0, name == "sweep.toml", "{name}");
            // What somebody changed is not overwritten.
            if name != "shard.json" {
                let changed = [&bytes[..], b"1"].concat();
                fs::write(folder.join(name), &changed).unwrap();
                let refused = run(&sweep, &destination, &Options::default()).unwrap_err();
                let told = refused.to_string();
                assert!(matches!(refused, Failure::Refused(_)) && told.contains(name), "{told}");
                assert!(fs::read(folder.join(name)).unwrap() == changed);
                fs::write(folder.join(name), bytes).unwrap();
            }
        }
    }
}
