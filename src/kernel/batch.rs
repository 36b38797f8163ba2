//! Lanes full of runs: each lane advances its run window by window and takes the next one when it is over.
//!
//! A lane that waited for the slowest of its neighbours would idle most of the time, since runs differ in length a
//! hundredfold. Between two windows the batch compares a few numbers a lane with what its tracker watches for; only
//! a lane in which something happened is looked at step by step. If runs end inside a window, the lanes do it once more
//! up to the last of these ends, and θ is kept on the way: so what is recorded is exact, and costs nothing else.

use super::outcome::{Budget, Finished, Levels, Outcome, Seen, Tracker, Watch};
use crate::descent::{Observer, WINDOW, Walk, window};
use crate::formula::Variant;
use crate::lanes::{Lanes, Mask, each};
use crate::theta::{PARAMETERS, Theta};

/// A run to be done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Job {
    /// Its number in the sweep.
    pub run: u64,
    /// Where it starts.
    pub start: Theta,
    /// The learning rate.
    pub alpha: f64,
    /// The momentum.
    pub momentum: f64,
}

/// Where a batch gets its runs from and brings them to.
pub trait Feed {
    /// The next run, if one may be begun now.
    fn next(&mut self) -> Option<Job>;
    /// Called when no lane has a run: waits until there may be one. False: there will be none.
    fn wait(&mut self) -> bool;
    /// Takes a run that is over.
    fn done(&mut self, finished: Finished);
    /// Called after each window with the steps done in lanes that have a run, and in all. False: stop here.
    fn advanced(&mut self, run_steps: usize, lane_steps: usize) -> bool;
}

/// What the lanes' trackers watch for, in registers.
struct Watches<L> {
    peak: L,
    low: L,
    solved: L,
    until_step: L,
}

impl<L: Lanes> Watches<L> {
    #[inline(always)]
    fn set(&mut self, lane: usize, watch: &Watch) {
        self.peak.set_lane(lane, watch.peak);
        self.low.set_lane(lane, watch.low);
        self.solved.set_lane(lane, watch.solved);
        self.until_step.set_lane(lane, watch.until_step);
    }
}

/// The extremes of a window; see [`Seen`].
#[derive(Clone, Copy)]
struct Extremes<L> {
    lowest: L,
    highest: L,
    best: L,
}

/// Keeps the errors of a window and their extremes.
struct Recorder<'a, L> {
    errors: &'a mut [L; WINDOW],
    astray: &'a mut [L; WINDOW],
    extremes: Extremes<L>,
}

impl<L: Lanes> Observer<L> for Recorder<'_, L> {
    const RARE: bool = false;

    #[inline(always)]
    fn see(&mut self, index: usize, _: &[L; PARAMETERS], error: L, astray: L) {
        self.errors[index] = error;
        self.astray[index] = astray;
        let Extremes { lowest, highest, best } = self.extremes;
        self.extremes = Extremes {
            lowest: lowest.minimum(error),
            highest: highest.maximum(error),
            best: best.minimum(astray),
        };
    }
}

/// Keeps θ at the steps whose bit is set.
struct Keeper<'a, L> {
    wanted: u32,
    thetas: &'a mut [[L; PARAMETERS]; WINDOW],
}

const _: () = assert!(WINDOW <= u32::BITS as usize);

impl<L: Lanes> Observer<L> for Keeper<'_, L> {
    const RARE: bool = true;

    #[inline(always)]
    fn see(&mut self, index: usize, theta: &[L; PARAMETERS], _: L, _: L) {
        if self.wanted >> index & 1 == 1 {
            self.thetas[index] = *theta;
        }
    }
}

/// The end of a run in a window.
struct End {
    lane: usize,
    index: usize,
    outcome: Outcome,
    tracker: Tracker,
}

struct Batch<L: Lanes> {
    walk: Walk<L>,
    watches: Watches<L>,
    /// The step the next window starts at; whole numbers.
    step: L,
    /// The error at the step before the window.
    before: L,
    errors: [L; WINDOW],
    astray: [L; WINDOW],
    extremes: Extremes<L>,
    trackers: Vec<Option<Tracker>>,
    live: usize,
}

/// Runs all that `feed` has, with momentum only if `MOMENTUM`.
#[inline(always)]
pub fn work<V: Variant, L: Lanes, const MOMENTUM: bool>(
    token: L::Token,
    budget: &Budget,
    feed: &mut dyn Feed,
) {
    let levels = Levels::of(&V::NETWORK);
    let mut batch = Batch::<L>::new(token);
    let mut thetas = [[L::splat(token, 0.0); PARAMETERS]; WINDOW];
    loop {
        batch.refill(budget, &levels, feed);
        if batch.live == 0 {
            if feed.wait() {
                continue;
            }
            return;
        }
        let begun = batch.walk;
        let mut eventful = batch.advance::<V, MOMENTUM>();
        if !feed.advanced(batch.live * WINDOW, L::LANES * WINDOW) {
            return;
        }
        let mut over = Vec::new();
        while eventful != 0 {
            let lane = eventful.trailing_zeros() as usize;
            eventful &= eventful - 1;
            over.extend(batch.look(lane, budget, &levels));
        }
        if let Some(last) = over.iter().map(|end| end.index).max() {
            let wanted = over.iter().fold(0, |wanted, end| wanted | 1 << end.index);
            let mut keeper = Keeper { wanted, thetas: &mut thetas };
            window::<V, L, MOMENTUM, _>(&mut { begun }, last + 1, &mut keeper);
            for End { lane, index, outcome, tracker } in over {
                let theta = each!(parameter => thetas[index][parameter].lane(lane));
                feed.done(tracker.finish(&V::NETWORK, index, outcome, batch.errors[index].lane(lane), theta));
            }
        }
        batch.step = batch.step + batch.step.like(WINDOW as f64);
    }
}

impl<L: Lanes> Batch<L> {
    #[inline(always)]
    fn new(token: L::Token) -> Self {
        let zero = L::splat(token, 0.0);
        let mut watches = Watches { peak: zero, low: zero, solved: zero, until_step: zero };
        for lane in 0..L::LANES {
            watches.set(lane, &Watch::NOTHING);
        }
        Self {
            walk: Walk::idle(token),
            watches,
            step: zero,
            before: zero,
            errors: [zero; WINDOW],
            astray: [zero; WINDOW],
            extremes: Extremes { lowest: zero, highest: zero, best: zero },
            trackers: vec![None; L::LANES],
            live: 0,
        }
    }

    #[inline(always)]
    fn refill(&mut self, budget: &Budget, levels: &Levels, feed: &mut dyn Feed) {
        if self.live == L::LANES {
            return;
        }
        for lane in 0..L::LANES {
            if self.trackers[lane].is_some() {
                continue;
            }
            let Some(job) = feed.next() else { return };
            let tracker = Tracker::new(job.run, job.start);
            self.walk.enter(lane, &job.start, job.alpha, job.momentum);
            self.watches.set(lane, &tracker.watch(budget, levels));
            self.step.set_lane(lane, 0.0);
            self.trackers[lane] = Some(tracker);
            self.live += 1;
        }
    }

    /// Does one window in all lanes; bit `i` of the result is set if something happened in lane `i`.
    #[inline(always)]
    fn advance<V: Variant, const MOMENTUM: bool>(&mut self) -> u64 {
        let (infinite, watches) = (self.step.like(f64::INFINITY), &self.watches);
        self.before = self.errors[WINDOW - 1];
        let mut recorder = Recorder {
            errors: &mut self.errors,
            astray: &mut self.astray,
            extremes: Extremes { lowest: infinite, highest: -infinite, best: infinite },
        };
        window::<V, L, MOMENTUM, _>(&mut self.walk, WINDOW, &mut recorder);
        self.extremes = recorder.extremes;
        let Extremes { lowest, highest, best } = self.extremes;
        // The extremes may miss a NaN, but a NaN stays in a run for good: the last error tells.
        let last = self.errors[WINDOW - 1];
        let quiet = highest.at_most(watches.peak)
            & watches.low.at_most(lowest)
            & watches.solved.at_most(best)
            & self.step.at_most(watches.until_step)
            & last.at_most(infinite);
        !quiet.bits() & (u64::MAX >> (64 - L::LANES))
    }

    /// Looks through a lane's window; if its run is over, empties the lane.
    #[inline(always)]
    fn look(&mut self, lane: usize, budget: &Budget, levels: &Levels) -> Option<End> {
        let tracker = self.trackers[lane].as_mut()?;
        let mut seen = Seen {
            before: self.before.lane(lane),
            errors: [0.0; WINDOW],
            astray: [0.0; WINDOW],
            lowest: self.extremes.lowest.lane(lane),
            highest: self.extremes.highest.lane(lane),
            best: self.extremes.best.lane(lane),
        };
        for index in 0..WINDOW {
            seen.errors[index] = self.errors[index].lane(lane);
            seen.astray[index] = self.astray[index].lane(lane);
        }
        let over = tracker.look(self.step.lane(lane) as u64, &seen, budget, levels);
        let Some((index, outcome)) = over else {
            self.watches.set(lane, &tracker.watch(budget, levels));
            return None;
        };
        self.live -= 1;
        self.watches.set(lane, &Watch::NOTHING);
        self.walk.enter(lane, &[0.0; PARAMETERS], 0.0, 0.0);
        self.trackers[lane].take().map(|tracker| End { lane, index, outcome, tracker })
    }
}
