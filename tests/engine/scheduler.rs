//! Shows that runs are handed on in order, none lost and none twice, however lanes, chunks and threads share them:
//! with runs of known length ("run k needs k mod 7 windows"), with a feed that is slow and forgetful, with stops,
//! errors and panics in the middle.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use xorsweep::kernel::WINDOW;
use xorsweep::kernel::batch::{Feed, Job};
use xorsweep::kernel::isa::{self, Isa};
use xorsweep::kernel::outcome::{Outcome, RunResult, StoppingRule};
use xorsweep::kernel::theta::Theta;
use xorsweep::kernel::{Criterion, SetUp};
use xorsweep::sweep::engine::{Options, Progress, execute};
use xorsweep::sweep::spec::Sweep;

use crate::sweep::sweep;
use crate::sweeps::instruction_sets;

/// At this rate the output bias of a dead network moves away from ½ by this factor a step.
const ALPHA: f64 = 1.01;
const FACTOR: f64 = 2.0 * ALPHA - 1.0;
/// A distance of 1000 from ½ is an error above this.
const BLOW_UP: f64 = 1e6;

/// A start whose run is over in the middle of its window `windows`, from 0: both hidden units are dead (their biases
/// are −400), so all outputs are the output bias d + ½, the error is ¼ + d², and d grows by a fixed factor.
fn start_of(windows: u64) -> Theta {
    let steps = WINDOW as f64 * (windows as f64 + 0.5);
    let distance = BLOW_UP.sqrt() / FACTOR.powf(steps);
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -400.0, -400.0, 0.5 + distance].into()
}

/// How many whole windows run `k` needs before its last one.
fn windows_of(run: u64) -> u64 {
    run % 7
}

fn assert_has_its_length(row: &RunResult) {
    assert_eq!(row.outcome, Outcome::Diverged, "{row:?}");
    assert_eq!(row.steps / WINDOW as u64, windows_of(row.run), "{row:?}");
    assert_eq!(row.start, start_of(windows_of(row.run)));
}

fn stopping_rule() -> StoppingRule {
    StoppingRule { criterion: Criterion::Error, steps: 100_000, tolerance: 0.0, hold: 1, blow_up: BLOW_UP }
}

/// Gives out so many runs, now and then none, and never more than `most_open` at once.
struct FakeFeed {
    runs: u64,
    most_open: usize,
    begun: u64,
    open: BTreeSet<u64>,
    done: Vec<RunResult>,
    refusals: u64,
    waits: u64,
    run_steps: u64,
    windows: u64,
    stop_after: u64,
    is_over: bool,
}

impl FakeFeed {
    fn new(runs: u64, most_open: usize) -> Self {
        Self {
            runs,
            most_open,
            begun: 0,
            open: BTreeSet::new(),
            done: Vec::new(),
            refusals: 0,
            waits: 0,
            run_steps: 0,
            windows: 0,
            stop_after: u64::MAX,
            is_over: false,
        }
    }
}

impl Feed for FakeFeed {
    fn next(&mut self) -> Option<Job> {
        assert!(!self.is_over, "no run is asked for after the end");
        let refuses = self.begun % 11 == 5 && self.refusals % 3 != 2;
        if self.begun == self.runs || self.open.len() >= self.most_open || refuses {
            self.refusals += 1;
            return None;
        }
        let run = self.begun;
        self.begun += 1;
        self.open.insert(run);
        Some(Job { run, start: start_of(windows_of(run)), alpha: ALPHA, momentum: 0.0, seed: 0 })
    }

    fn wait(&mut self) -> bool {
        assert!(self.open.is_empty(), "a batch waits only when it has nothing to do");
        assert!(!self.is_over, "nobody waits after the end");
        self.waits += 1;
        self.is_over = self.begun == self.runs;
        !self.is_over
    }

    fn done(&mut self, finished: RunResult) {
        assert!(self.open.remove(&finished.run), "run {} is done once, after it was begun", finished.run);
        self.done.push(finished);
    }

    fn advanced(&mut self, run_steps: usize, lane_steps: usize) -> bool {
        assert!(!self.is_over);
        // Among the open ones are runs that end in this window, or wait until what became of them is told.
        assert!(run_steps <= self.open.len() * WINDOW);
        assert!(run_steps > 0 && run_steps <= lane_steps);
        self.run_steps += run_steps as u64;
        self.windows += 1;
        self.is_over = self.windows == self.stop_after;
        !self.is_over
    }
}

#[test]
fn lanes_take_and_return_each_run_once_whatever_the_feed_does() {
    for isa in instruction_sets() {
        for runs in [0, 1, 7, 8, 9, 15, 16, 17, 33, 100] {
            for most_open in [1, 2, 5, 8, 1000] {
                let mut feed = FakeFeed::new(runs, most_open);
                isa::run(isa, &SetUp::default(), false, &stopping_rule(), &mut feed);
                let mut done: Vec<u64> = feed.done.iter().map(|row| row.run).collect();
                done.sort_unstable();
                assert!(done.iter().copied().eq(0..runs), "{isa}, {runs} runs, {most_open} open");
                assert!(feed.open.is_empty() && feed.is_over && feed.waits > 0);
                feed.done.iter().for_each(assert_has_its_length);
                let windows: u64 = (0..runs).map(|run| windows_of(run) + 1).sum();
                assert_eq!(feed.run_steps, windows * WINDOW as u64);
            }
        }
    }
}

/// A few runs that end at once, and so many that never do that no lane is ever without one.
struct FewEnd {
    begun: u64,
    done: usize,
    windows: u64,
}

impl FewEnd {
    const FEW: u64 = 3;
    const LONGEST: u64 = 2_000;
}

impl Feed for FewEnd {
    fn next(&mut self) -> Option<Job> {
        let run = self.begun;
        self.begun += 1;
        // At ½ a dead network's bias stays: the error does not change.
        let mut start = start_of(1);
        if run >= Self::FEW {
            start[8] = 0.5;
        }
        Some(Job { run, start, alpha: ALPHA, momentum: 0.0, seed: 0 })
    }

    fn wait(&mut self) -> bool {
        unreachable!("no lane is without a run")
    }

    fn done(&mut self, finished: RunResult) {
        assert!(finished.run < Self::FEW);
        self.done += 1;
    }

    fn advanced(&mut self, _: usize, _: usize) -> bool {
        self.windows += 1;
        // A stop would tell of those that wait.
        self.done < Self::FEW as usize && self.windows < Self::LONGEST
    }
}

#[test]
fn runs_that_end_are_told_of_though_no_others_end() {
    for isa in instruction_sets() {
        let mut feed = FewEnd { begun: 0, done: 0, windows: 0 };
        let rule = StoppingRule { steps: 1 << 40, ..stopping_rule() };
        isa::run(isa, &SetUp::default(), false, &rule, &mut feed);
        assert_eq!(feed.done, FewEnd::FEW as usize);
        assert!(feed.windows < FewEnd::LONGEST, "{isa}: they were told of at the stop alone");
    }
}

#[test]
fn short_runs_overtake_long_ones_in_the_lanes() {
    for isa in instruction_sets() {
        let mut feed = FakeFeed::new(100, 1000);
        isa::run(isa, &SetUp::default(), false, &stopping_rule(), &mut feed);
        // 100 runs take 15 × (1 + … + 7) − … windows alone; lanes that waited for the slowest would take 7 each time.
        let alone: u64 = (0..100).map(|run| windows_of(run) + 1).sum();
        let in_order = feed.done.windows(2).all(|pair| pair[0].run < pair[1].run);
        match isa {
            Isa::Scalar => assert!(in_order && feed.windows == alone),
            _ => assert!(!in_order && feed.windows <= alone / 8 + 14, "{isa}: {} windows", feed.windows),
        }
    }
}

#[test]
fn lanes_stop_within_a_window_when_they_are_told_to() {
    for isa in instruction_sets() {
        for stop_after in [1, 2, 5] {
            let mut feed = FakeFeed::new(100, 1000);
            feed.stop_after = stop_after;
            isa::run(isa, &SetUp::default(), false, &stopping_rule(), &mut feed);
            assert_eq!(feed.windows, stop_after);
            assert!(feed.begun < 100);
        }
    }
}

/// A sweep of runs of known lengths, by way of a file of starts.
fn known_lengths(runs: u64) -> Sweep {
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    let mut text = "w1,w2,w3,w4,w5,w6,b1,b2,b3\n".to_owned();
    for run in 0..runs {
        let cells: Vec<String> = start_of(windows_of(run)).iter().map(f64::to_string).collect();
        text += &(cells.join(",") + "\n");
    }
    file.write_all(text.as_bytes()).unwrap();
    sweep(&format!(
        "starts = '{}'\nalpha = {ALPHA}\nsteps = 100000\ntolerance = 0\nblow_up = {BLOW_UP:?}",
        file.path().display()
    ))
}

/// Very many runs of one step each.
fn short(runs: u64) -> Sweep {
    sweep(&format!("seeds = '0..{runs}'\nsteps = 1"))
}

fn options(threads: usize) -> Options {
    Options { threads, isa: Isa::best() }
}

#[test]
fn rows_come_in_order_none_lost_and_none_twice() {
    let sweep = known_lengths(2000);
    for threads in [1, 2, 3, 7] {
        for range in [0..2000, 0..1, 3..4, 100..777, 1999..2000, 0..128, 0..129, 5..5] {
            let mut next = range.start;
            let progress = Progress::default();
            let accept = |piece: Vec<RunResult>| {
                assert!(!piece.is_empty());
                for row in &piece {
                    assert_eq!(row.run, next);
                    assert_has_its_length(row);
                    next += 1;
                }
                io::Result::Ok(())
            };
            execute(&sweep, range.clone(), &options(threads), &progress, |piece| piece, accept).unwrap();
            assert_eq!(next, range.end, "{threads} threads");
            assert_eq!(progress.runs(), range.end - range.start);
            assert_eq!(progress.outcomes().iter().sum::<u64>(), progress.runs());
            assert!(progress.run_steps() <= progress.lane_steps());
        }
    }
}

#[test]
fn workers_do_not_run_far_ahead_of_the_rows_accepted() {
    const RUNS: u64 = 200_000;
    let sweep = short(RUNS);
    let progress = Progress::default();
    let mut most_ahead = 0;
    let mut accepted = 0;
    let accept = |piece: Vec<RunResult>| {
        if accepted == 0 || accepted == piece.len() as u64 {
            // Whoever waits long enough sees how far the workers dare to go; nothing tells that they wait.
            let mut before = u64::MAX;
            while progress.runs() != before {
                before = progress.runs();
                thread::sleep(Duration::from_millis(300));
            }
        }
        most_ahead = most_ahead.max(progress.runs() - accepted);
        accepted += piece.len() as u64;
        io::Result::Ok(())
    };
    execute(&sweep, 0..RUNS, &options(3), &progress, |piece| piece, accept).unwrap();
    assert_eq!(accepted, RUNS);
    assert!((1000..=70_000).contains(&most_ahead), "{most_ahead} runs ahead");
}

#[test]
fn a_sweep_that_is_stopped_leaves_a_beginning_without_gaps() {
    for threads in [1, 2, 7] {
        for stop_at in [0, 1, 500, 1500] {
            let sweep = known_lengths(5000);
            let progress = Progress::default();
            let mut next = 0;
            if stop_at == 0 {
                progress.stop();
            }
            let accept = |piece: Vec<RunResult>| {
                for row in &piece {
                    assert_eq!(row.run, next);
                    next += 1;
                }
                if next >= stop_at {
                    progress.stop();
                }
                io::Result::Ok(())
            };
            execute(&sweep, 0..5000, &options(threads), &progress, |piece| piece, accept).unwrap();
            assert!(progress.is_stopped());
            assert!(next >= stop_at, "what was finished before is accepted");
        }
    }
    // From outside, in the middle of a run that would take days.
    let sweep = sweep("alpha = 1e-9\nseeds = '0..10'\nsteps = 1e12");
    let progress = Progress::default();
    let begun = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| {
            // The count is all that tells; the end of the test is the deadline.
            while progress.run_steps() < 1000 && begun.elapsed() < Duration::from_secs(20) {
                thread::sleep(Duration::from_millis(1));
            }
            progress.stop();
        });
        let nothing = |_: Vec<RunResult>| -> io::Result<()> { panic!("no run is over") };
        execute(&sweep, 0..10, &options(2), &progress, |piece| piece, nothing).unwrap();
    });
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn an_error_of_the_reader_ends_the_sweep_and_is_returned() {
    for threads in [1, 3] {
        let sweep = short(150_000);
        let progress = Progress::default();
        let mut calls = 0;
        let accept = |_: Vec<RunResult>| {
            calls += 1;
            if calls == 3 { Err(io::Error::other("the disk is full")) } else { Ok(()) }
        };
        let result = execute(&sweep, 0..150_000, &options(threads), &progress, |piece| piece, accept);
        assert_eq!(result.unwrap_err().to_string(), "the disk is full");
        assert_eq!(calls, 3, "nothing is accepted after an error");
        assert!(progress.runs() < 150_000);
    }
}

/// The work's result, or none if it has not come to an end after half a minute.
fn within_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let _ = sender.send(work());
    });
    receiver.recv_timeout(Duration::from_secs(30)).ok()
}

#[test]
fn a_panic_ends_the_sweep_instead_of_leaving_it_waiting() {
    const RUNS: u64 = 200_000;
    let in_prepare = within_time(|| {
        let prepare =
            |piece: Vec<RunResult>| if piece[0].run == 0 { panic!("as the test wants it") } else { piece };
        let ignore = |_: Vec<RunResult>| io::Result::Ok(());
        let work = || execute(&short(RUNS), 0..RUNS, &options(2), &Progress::default(), prepare, ignore);
        catch_unwind(AssertUnwindSafe(work)).is_err()
    });
    assert_eq!(in_prepare, Some(true), "a panic of a worker");
    let in_accept = within_time(|| {
        let accept = |_: Vec<RunResult>| -> io::Result<()> { panic!("as the test wants it") };
        let work =
            || execute(&short(RUNS), 0..RUNS, &options(2), &Progress::default(), |piece| piece, accept);
        catch_unwind(AssertUnwindSafe(work)).is_err()
    });
    assert_eq!(in_accept, Some(true), "a panic of the reader");
}
