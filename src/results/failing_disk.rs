//! Sweeps executed on disks that fail.

use super::checkpoint::CHECKPOINT;
use super::disk::faulty::{Fault, FaultyDisk};
use super::files::tests::names;
use super::list::LIST;
use super::{Failure, Group, Layout, Left, OutputFolder};
use crate::execution::{Destination, Unfinished, save, save_in};
use crate::sweep::engine::{Options, Progress};
use crate::sweep::spec::Spec;
use crate::sweep::spec::Sweep;
use std::fs;
use std::num::NonZeroU64;
use std::path::Path;
use std::time::Duration;

fn sweep(alpha: &str) -> Sweep {
    let mut spec = Spec::default();
    for (key, value) in
        [("alpha", alpha), ("seeds", "0..6"), ("steps", "150"), ("init", "normal(1),constant(0.1)")]
    {
        spec.set(key, &[value]).unwrap();
    }
    spec.resolve(Path::new("")).unwrap()
}

/// A folder on a disk without faults.
fn sound(path: &Path) -> OutputFolder {
    OutputFolder::on(Box::new(FaultyDisk::sound()), path).unwrap()
}

fn failing(path: &Path, fault: Fault, after: u64) -> OutputFolder {
    OutputFolder::on(Box::new(FaultyDisk::new(fault, after)), path).unwrap()
}

/// Runs with a checkpoint after every chunk, and rows split over files.
fn run(folder: &OutputFolder, sweep: &Sweep, unfinished: Unfinished) -> Result<(), Failure> {
    let destination = Destination {
        layout: Layout { rows_per_file: NonZeroU64::new(3), ..Layout::default() },
        checkpoint_every: Duration::ZERO,
        unfinished,
        ..Destination::new(folder.path())
    };
    let options = Options { threads: 1, ..Options::default() };
    save_in(folder, sweep, &destination, &options, &Progress::default(), &mut |_: &Group| ()).map(drop)
}

fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    names(folder).into_iter().map(|name| (name.clone(), fs::read(folder.join(&name)).unwrap())).collect()
}

/// All files of a sweep that nothing interrupted.
fn whole(sweep: &Sweep) -> Vec<(String, Vec<u8>)> {
    let root = tempfile::tempdir().unwrap();
    run(&sound(root.path()), sweep, Unfinished::Keep).unwrap();
    contents(root.path())
}

/// What is in the folder that has its final name.
fn results(folder: &Path) -> Vec<(String, Vec<u8>)> {
    named(contents(folder))
}

fn named(mut files: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    let ends = [".partial", ".former", ".json", LIST];
    files.retain(|(name, _)| !ends.iter().any(|end| name.ends_with(end)));
    files
}

/// Asserts that what a failure says is true of the folder, where the results were `before` and `after` are those of
/// the sweep that failed.
fn assert_is_true(told: &str, folder: &Path, before: &[(String, Vec<u8>)], after: &[(String, Vec<u8>)]) {
    let left = results(folder);
    let is_former = |(name, bytes): &(String, Vec<u8>)| {
        let aside = folder.join(format!("{name}.former"));
        let is_told = told.contains(aside.to_str().unwrap());
        fs::read(if is_told { aside } else { folder.join(name) }).is_ok_and(|now| now == *bytes)
    };
    let names = names(folder).into_iter().chain(before.iter().chain(after).map(|(name, _)| name.clone()));
    let is_named = names.chain([CHECKPOINT.to_owned()]).any(|name| told.contains(&name));
    assert!(is_named, "{told}");
    assert_eq!(left == before, told.contains("results that were there before are as they were"), "{told}");
    assert_eq!(left == after, told.contains("are complete"), "{told}");
    assert!(left == after || before.iter().all(is_former), "{told}");
    for (name, bytes) in after.iter().filter(|(name, _)| fs::read(folder.join(name)).is_ok()) {
        let is_new = fs::read(folder.join(name)).unwrap() == *bytes && left != after;
        let is_told = told.contains(&format!("{}", folder.join(name).display()));
        assert!(!is_new || before.contains(&(name.clone(), bytes.clone())) || is_told, "{name}: {told}");
    }
    assert_eq!(
        folder.join(CHECKPOINT).exists() && left != after,
        told.contains("what is done is kept"),
        "{told}"
    );
}

#[test]
fn every_failure_of_the_disk_is_told_truly_and_leaves_a_sweep_to_go_on_with() {
    let (former, wanted) = (sweep("0.5"), sweep("0.3"));
    let all = whole(&wanted);
    let (before, after) = (named(whole(&former)), named(all.clone()));
    for (fault, is_forced) in [
        (Fault::Once, false),
        (Fault::Full, false),
        (Fault::Cut, false),
        (Fault::Once, true),
        (Fault::Cut, true),
    ] {
        let (mut failures, mut successes, mut torn) = (0, 0, 0);
        // All of them where the folder has finished results, some where it has unfinished ones as well.
        for point in (0..).step_by(if is_forced { 5 } else { 1 }) {
            let root = tempfile::tempdir().unwrap();
            run(&sound(root.path()), &former, Unfinished::Keep).unwrap();
            let wish = if is_forced {
                // Something unfinished is there, too.
                let failed = run(&failing(root.path(), Fault::Cut, 120), &sweep("0.7"), Unfinished::Keep);
                assert!(failed.unwrap_err().can_be_resumed());
                Unfinished::Replace
            } else {
                Unfinished::Keep
            };
            let result = run(&failing(root.path(), fault, point), &wanted, wish);
            let what = format!("{fault:?} at operation {point}: {result:?}");
            match &result {
                // What failed was tidying up, if anything.
                Ok(()) => assert!(results(root.path()) == after, "{what}"),
                Err(failure) => {
                    let told = failure.to_string();
                    let is_first = told.contains("the unfinished sweep");
                    let is_other = is_forced && !is_first && !failure.can_be_resumed();
                    if is_other && !told.contains("are complete") {
                        // It was not yet discarded.
                        run(&sound(root.path()), &sweep("0.7"), Unfinished::Resume).unwrap();
                        continue;
                    }
                    assert_is_true(&told, root.path(), &before, &after);
                    torn += u64::from(matches!(failure, Failure::Failed(_, Left::Torn { .. })));
                    if failure.can_be_resumed() {
                        let refused = run(&sound(root.path()), &wanted, Unfinished::Keep).unwrap_err();
                        assert!(
                            refused
                                .to_string()
                                .contains("resume it, begin anew in its place, or give another folder"),
                            "{refused}"
                        );
                        let refused = run(&sound(root.path()), &former, Unfinished::Resume).unwrap_err();
                        assert!(refused.to_string().starts_with("alpha = 0.5: "), "{refused}");
                    }
                }
            }
            run(&sound(root.path()), &wanted, Unfinished::Resume).unwrap();
            assert!(contents(root.path()) == all, "{what}: {:?}", names(root.path()));
            failures += u64::from(result.is_err());
            successes += u64::from(result.is_ok());
            if successes > 20 {
                break; // the sweep has fewer operations
            }
        }
        assert!(failures > if is_forced { 20 } else { 100 }, "{failures} points failed");
        assert!(is_forced || (torn > 0) == (fault == Fault::Cut), "{torn} commits were torn");
    }
}

#[test]
fn failures_while_going_on_can_be_gone_on_with() {
    let wanted = sweep("0.3");
    let after = whole(&wanted);
    for operations in (120..460).step_by(7) {
        let root = tempfile::tempdir().unwrap();
        let mut tries = 1;
        while run(&failing(root.path(), Fault::Cut, operations), &wanted, Unfinished::Resume).is_err() {
            tries += 1;
            assert!(tries < 100, "{operations} operations do not get on");
        }
        // The cut may have come when nothing was left to do but to tidy the list.
        assert!(results(root.path()) == named(after.clone()), "{operations} operations, {tries} tries");
        run(&sound(root.path()), &wanted, Unfinished::Resume).unwrap();
        assert!(contents(root.path()) == after, "{operations} operations, {tries} tries");
    }
}

#[test]
fn damage_costs_what_was_written_after_it() {
    let wanted = sweep("0.3");
    let after = whole(&wanted);
    let broken = tempfile::tempdir().unwrap();
    run(&failing(broken.path(), Fault::Cut, 190), &wanted, Unfinished::Keep).unwrap_err();
    let left = contents(broken.path());
    assert!(
        left.iter().any(|(name, _)| name == "convergence-0002.csv.partial"),
        "{:?}",
        names(broken.path())
    );
    let resumed = |damaged: &str, bytes: Option<&[u8]>| {
        let root = tempfile::tempdir().unwrap();
        for (name, sound) in &left {
            let bytes = if name == damaged { bytes } else { Some(&sound[..]) };
            if let Some(bytes) = bytes {
                fs::write(root.path().join(name), bytes).unwrap();
            }
        }
        let resume = || {
            let disk = Box::new(FaultyDisk::sound());
            run(&OutputFolder::on(disk, root.path())?, &wanted, Unfinished::Resume)
        };
        if let Err(failure) = resume() {
            // A list that is another file now is not touched.
            assert!(matches!(failure, Failure::Refused(_)) && damaged == LIST, "{damaged}: {failure}");
            fs::remove_file(root.path().join(LIST)).unwrap();
            resume().unwrap();
        }
        assert!(contents(root.path()) == after, "{damaged} damaged: {bytes:?}");
    };
    for (name, bytes) in &left {
        resumed(name, None);
        for cut in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            resumed(name, Some(&bytes[..cut]));
            resumed(name, Some(&[&bytes[..cut], b"1,2,3\n"].concat()));
            let mut flipped = bytes.clone();
            flipped[cut] ^= 1;
            resumed(name, Some(&flipped));
        }
        resumed(name, Some(&[bytes, &b"more"[..]].concat()));
    }
}

#[test]
fn another_sweep_does_not_go_on_with_one_whose_checkpoint_is_damaged() {
    let begun = sweep("0.7");
    let broken = tempfile::tempdir().unwrap();
    run(&failing(broken.path(), Fault::Cut, 190), &begun, Unfinished::Keep).unwrap_err();
    let checkpoint = fs::read(broken.path().join(CHECKPOINT)).unwrap();
    fs::write(broken.path().join(CHECKPOINT), &checkpoint[1..]).unwrap();
    let before = contents(broken.path());
    for wish in [Unfinished::Keep, Unfinished::Resume] {
        let refused = run(&sound(broken.path()), &sweep("0.3"), wish).unwrap_err();
        assert!(
            matches!(refused, Failure::Refused(_)) && refused.to_string().contains("begin anew"),
            "{refused}"
        );
        assert!(contents(broken.path()) == before);
    }
    run(&sound(broken.path()), &begun, Unfinished::Resume).unwrap();
    assert!(contents(broken.path()) == whole(&begun));
}

#[test]
fn a_checkpoint_of_something_else_is_left_alone() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join(CHECKPOINT), "{}").unwrap();
    for wish in [Unfinished::Keep, Unfinished::Resume, Unfinished::Replace] {
        let refused = run(&sound(root.path()), &sweep("0.3"), wish).unwrap_err();
        assert!(refused.to_string().contains("checkpoint.json: it is in the way"), "{refused}");
        assert_eq!(names(root.path()), [CHECKPOINT]);
    }
}

#[test]
fn to_begin_anew_restores_what_a_torn_commit_had_set_aside() {
    let (former, torn) = (sweep("0.5"), sweep("0.3"));
    let before = named(whole(&former));
    let mut restored = 0;
    for point in 0.. {
        let root = tempfile::tempdir().unwrap();
        run(&sound(root.path()), &former, Unfinished::Keep).unwrap();
        match run(&failing(root.path(), Fault::Cut, point), &torn, Unfinished::Keep) {
            Ok(()) => break,
            Err(Failure::Failed(_, Left::Torn { .. })) => (),
            Err(_) => continue,
        }
        // The sweep that begins anew fails at its first checkpoint, too.
        let stopped = Progress::default();
        stopped.stop();
        let destination = Destination { unfinished: Unfinished::Replace, ..Destination::new(root.path()) };
        let options = Options { threads: 1, ..Options::default() };
        let result = save(&torn, &destination, &options, &stopped, &mut |_: &Group| ());
        assert!(matches!(result, Err(Failure::Stopped(_))), "{result:?}");
        assert!(results(root.path()) == before, "{point}: {:?}", names(root.path()));
        restored += 1;
    }
    assert!(restored > 5, "{restored}");
}
