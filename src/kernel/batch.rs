//! Lanes full of runs: each lane advances its run window by window and takes the next one when it is over.
//!
//! A lane that waited for the slowest of its neighbours would idle most of the time, since runs differ in length a
//! hundredfold. Between two windows the batch compares a few numbers a lane with what its tracker watches for; only
//! a lane in which something happened is looked at step by step. If runs end inside a window, the lanes do it once more
//! up to the last of these ends, and θ is kept on the way: so what is recorded is exact, and costs nothing else.

use crate::WINDOW;
use crate::fused::descent::{self, LaneState, Observer};
use crate::fused::{PARAMETERS, formula};
use crate::general::{self, Plan, State};
use crate::lanes::{Lanes, Mask};
use crate::one::OneRun;
use crate::outcome::{EventBounds, Judge, Outcome, RunResult, Tracker, WindowErrors};
use crate::theta::Theta;

/// A run to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its number in the sweep.
    pub run: u64,
    /// Where it starts.
    pub start: Theta,
    /// The learning rate.
    pub alpha: f64,
    /// The momentum.
    pub momentum: f64,
    /// What orders of samples are drawn from.
    pub seed: u64,
}

/// Where a batch gets its runs from and brings them to.
pub trait Feed {
    /// The next run, if one may be begun now.
    fn next(&mut self) -> Option<Job>;
    /// Called when no lane has a run: waits until there may be one. False: there will be none.
    fn wait(&mut self) -> bool;
    /// Takes a run that is over.
    fn done(&mut self, finished: RunResult);
    /// Called after each window with the steps done in lanes that have a run, and in all. False: stop here.
    fn advanced(&mut self, run_steps: usize, lane_steps: usize) -> bool;
}

/// What the lanes' trackers watch for, in registers.
struct Watches<L> {
    peak: L,
    low: L,
    solved: L,
    loss: L,
    until_step: L,
}

impl<L: Lanes> Watches<L> {
    #[inline(always)]
    fn set(&mut self, lane: usize, watch: &EventBounds) {
        self.peak.set_lane(lane, watch.peak);
        self.low.set_lane(lane, watch.low);
        self.solved.set_lane(lane, watch.solved);
        self.loss.set_lane(lane, watch.loss);
        self.until_step.set_lane(lane, watch.until_step);
    }
}

/// The end of a run in a window.
struct End {
    lane: usize,
    index: usize,
    outcome: Outcome,
    tracker: Tracker,
    /// θ there, once it is known.
    theta: Theta,
}

/// The extremes of a window; see [`WindowErrors`].
struct Extremes<L> {
    lowest: L,
    highest: L,
    best: L,
    least_loss: L,
}

/// The numbers of a window.
pub(crate) struct Record<L> {
    errors: [L; WINDOW],
    astray: [L; WINDOW],
    /// Of cross-entropy, where that is descended.
    losses: [L; WINDOW],
    /// Bit `i`: runs end at step `i`, so θ is kept there.
    wanted: u32,
    ends: Vec<End>,
}

const _: () = assert!(WINDOW <= u32::BITS as usize);

impl<L: Lanes> Record<L> {
    #[inline(always)]
    fn new(token: L::Token) -> Self {
        let zero = L::splat(token, 0.0);
        Self {
            errors: [zero; WINDOW],
            astray: [zero; WINDOW],
            losses: [zero; WINDOW],
            wanted: 0,
            ends: Vec::new(),
        }
    }

    /// Of the whole window, scanned once: in its steps the kernel needs the registers.
    #[inline(always)]
    fn extremes(&self, has_losses: bool) -> Extremes<L> {
        let [error, astray, loss] = [self.errors[0], self.astray[0], self.losses[0]];
        let mut extremes = Extremes { lowest: error, highest: error, best: astray, least_loss: loss };
        for (error, astray) in self.errors[1..].iter().zip(&self.astray[1..]) {
            extremes.lowest = extremes.lowest.minimum(*error);
            extremes.highest = extremes.highest.maximum(*error);
            extremes.best = extremes.best.minimum(*astray);
        }
        if has_losses {
            for loss in &self.losses[1..] {
                extremes.least_loss = extremes.least_loss.minimum(*loss);
            }
        }
        extremes
    }

    #[inline(always)]
    fn see(&mut self, index: usize, error: L, astray: L) {
        self.errors[index] = error;
        self.astray[index] = astray;
    }

    #[inline(always)]
    fn see_loss(&mut self, index: usize, loss: L) {
        self.losses[index] = loss;
    }

    /// Keeps θ where runs end.
    #[inline(always)]
    fn keep(&mut self, index: usize, theta: impl Fn(usize) -> Theta) {
        if self.wanted >> index & 1 == 1 {
            for end in self.ends.iter_mut().filter(|end| end.index == index) {
                end.theta = theta(end.lane);
            }
        }
    }
}

impl<L: Lanes> Observer<L> for Record<L> {
    #[inline(always)]
    fn see(&mut self, index: usize, _: &[L; PARAMETERS], residual: &[L; 4]) {
        self.see(index, formula::error(residual), formula::farthest_astray(residual));
    }
    #[inline(always)]
    fn next_kept(&self, from: usize) -> usize {
        let later = self.wanted.checked_shr(from as u32).unwrap_or(0);
        if later == 0 { usize::MAX } else { from + later.trailing_zeros() as usize }
    }
    #[inline(always)]
    fn keep(&mut self, index: usize, theta: &[L; PARAMETERS]) {
        self.keep(index, |lane| theta.iter().map(|register| register.lane(lane)).collect());
    }
}

/// Runs in lanes, and how they advance.
pub(crate) trait Kernel<L: Lanes> {
    /// Puts a run into a lane, at its start.
    fn enter(&mut self, lane: usize, job: &Job);
    /// Makes a lane stand still.
    fn leave(&mut self, lane: usize);
    /// Remembers where the lanes are.
    fn mark(&mut self);
    /// Goes back there, once; where it was meanwhile is for [`Kernel::forth`].
    fn back(&mut self);
    /// Ends what [`Kernel::back`] began.
    fn forth(&mut self);
    /// Does `steps` steps.
    fn window(&mut self, steps: usize, record: &mut Record<L>);
    /// The run that was in a lane at the mark, by itself.
    fn alone(&self, lane: usize) -> OneRun<'_>;
}

/// The fused kernel's lanes.
pub(crate) struct Fused<L, const MOMENTUM: bool> {
    state: LaneState<L>,
    marked: LaneState<L>,
    /// α times this is [`LaneState::half_rate`].
    rate: f64,
}

impl<L: Lanes, const MOMENTUM: bool> Fused<L, MOMENTUM> {
    #[inline(always)]
    pub(crate) fn new(token: L::Token, rate: f64) -> Self {
        Self { state: LaneState::idle(token), marked: LaneState::idle(token), rate }
    }
}

impl<L: Lanes, const MOMENTUM: bool> Kernel<L> for Fused<L, MOMENTUM> {
    #[inline(always)]
    fn enter(&mut self, lane: usize, job: &Job) {
        self.state.enter(lane, &job.start, job.alpha * self.rate, job.momentum);
    }
    #[inline(always)]
    fn leave(&mut self, lane: usize) {
        self.state.enter(lane, &[0.0; PARAMETERS], 0.0, 0.0);
    }
    #[inline(always)]
    fn mark(&mut self) {
        self.marked = self.state;
    }
    #[inline(always)]
    fn back(&mut self) {
        std::mem::swap(&mut self.state, &mut self.marked);
    }
    #[inline(always)]
    fn forth(&mut self) {
        self.state = self.marked;
    }
    #[inline(always)]
    fn window(&mut self, steps: usize, record: &mut Record<L>) {
        descent::window::<L, MOMENTUM, _>(&mut self.state, steps, record);
    }
    #[inline(always)]
    fn alone(&self, lane: usize) -> OneRun<'_> {
        OneRun::Fused(self.marked.alone(lane))
    }
}

/// The general kernel's lanes.
pub(crate) struct General<'a, L> {
    plan: &'a Plan,
    state: State<L>,
    marked: State<L>,
}

impl<'a, L: Lanes> General<'a, L> {
    #[inline(always)]
    pub(crate) fn new(token: L::Token, plan: &'a Plan) -> Self {
        Self { plan, state: State::new(token, plan), marked: State::new(token, plan) }
    }
}

impl<L: Lanes> Kernel<L> for General<'_, L> {
    #[inline(always)]
    fn enter(&mut self, lane: usize, job: &Job) {
        self.state.enter(self.plan, lane, job);
    }
    #[inline(always)]
    fn leave(&mut self, lane: usize) {
        self.state.leave(lane);
    }
    #[inline(always)]
    fn mark(&mut self) {
        self.marked.take(&self.state);
    }
    #[inline(always)]
    fn back(&mut self) {
        std::mem::swap(&mut self.state, &mut self.marked);
    }
    #[inline(always)]
    fn forth(&mut self) {
        std::mem::swap(&mut self.state, &mut self.marked);
    }
    #[inline(always)]
    fn window(&mut self, steps: usize, record: &mut Record<L>) {
        let plan = self.plan;
        general::window(plan, &mut self.state, steps, |index, state| {
            let seen = state.seen(plan);
            record.see(index, seen.error, seen.astray);
            if plan.is_cross_entropy() {
                record.see_loss(index, seen.loss);
            }
            record.keep(index, |lane| state.theta(plan, lane));
        });
    }
    #[inline(always)]
    fn alone(&self, lane: usize) -> OneRun<'_> {
        OneRun::general(self.plan, self.marked.alone(self.plan, lane))
    }
}

/// One run at a time, by the code of [`OneRun`].
pub(crate) struct Alone<'a> {
    make: &'a dyn Fn(&Job) -> OneRun<'a>,
    run: Option<OneRun<'a>>,
    marked: Option<OneRun<'a>>,
}

impl<'a> Alone<'a> {
    pub(crate) fn new(make: &'a dyn Fn(&Job) -> OneRun<'a>) -> Self {
        Self { make, run: None, marked: None }
    }
}

impl Kernel<f64> for Alone<'_> {
    fn enter(&mut self, _: usize, job: &Job) {
        self.run = Some((self.make)(job));
    }
    fn leave(&mut self, _: usize) {
        self.run = None;
    }
    fn mark(&mut self) {
        self.marked.clone_from(&self.run);
    }
    fn back(&mut self) {
        std::mem::swap(&mut self.run, &mut self.marked);
    }
    fn forth(&mut self) {
        std::mem::swap(&mut self.run, &mut self.marked);
    }
    fn window(&mut self, steps: usize, record: &mut Record<f64>) {
        let Some(run) = &mut self.run else { return };
        run.window(steps, &mut |index, seen, theta| {
            record.see(index, seen.error, seen.astray);
            record.see_loss(index, seen.loss);
            record.keep(index, |_| theta());
        });
    }
    fn alone(&self, _: usize) -> OneRun<'_> {
        self.marked.clone().expect("a run is looked at only while there is one")
    }
}

/// Lanes of runs with their trackers.
struct Batch<L> {
    watches: Watches<L>,
    /// The step the next window starts at; whole numbers.
    step: L,
    /// The error at the step before the window.
    before: L,
    trackers: Vec<Option<Tracker>>,
    live: usize,
}

/// Runs all that `feed` has.
#[inline(always)]
pub(crate) fn work<L: Lanes>(
    token: L::Token,
    mut kernel: impl Kernel<L>,
    judge: &Judge<'_>,
    feed: &mut dyn Feed,
) {
    let mut batch = Batch::<L>::new(token);
    let mut record = Record::<L>::new(token);
    loop {
        // The kernel's window stands here once, since each call would be compiled by itself: a window of all lanes, or
        // the last one again up to where runs ended.
        let again = record.ends.iter().map(|end| end.index).max();
        if again.is_some() {
            kernel.back();
        } else {
            batch.refill(&mut kernel, judge, feed);
            if batch.live == 0 {
                if feed.wait() {
                    continue;
                }
                return;
            }
            kernel.mark();
            batch.before = record.errors[WINDOW - 1];
        }
        kernel.window(again.map_or(WINDOW, |last| last + 1), &mut record);
        if again.is_some() {
            kernel.forth();
            record.wanted = 0;
            for End { lane, index, outcome, tracker, theta } in record.ends.drain(..) {
                kernel.leave(lane);
                let lane = |numbers: &[L; WINDOW]| numbers[index].lane(lane);
                feed.done(tracker.finish(
                    judge,
                    index,
                    outcome,
                    lane(&record.errors),
                    lane(&record.losses),
                    theta,
                ));
            }
        } else {
            let extremes = record.extremes(judge.watches_loss());
            let eventful = batch.eventful(&record, &extremes);
            if !feed.advanced(batch.live * WINDOW, L::LANES * WINDOW) {
                return;
            }
            batch.look_through(eventful, &kernel, &mut record, &extremes, judge);
            batch.step = batch.step + batch.step.like(WINDOW as f64);
        }
    }
}

impl<L: Lanes> Batch<L> {
    #[inline(always)]
    fn new(token: L::Token) -> Self {
        let zero = L::splat(token, 0.0);
        let mut watches = Watches { peak: zero, low: zero, solved: zero, loss: zero, until_step: zero };
        for lane in 0..L::LANES {
            watches.set(lane, &EventBounds::NOTHING);
        }
        Self { watches, step: zero, before: zero, trackers: vec![None; L::LANES], live: 0 }
    }

    #[inline(always)]
    fn refill(&mut self, kernel: &mut impl Kernel<L>, judge: &Judge<'_>, feed: &mut dyn Feed) {
        if self.live == L::LANES {
            return;
        }
        for lane in 0..L::LANES {
            if self.trackers[lane].is_some() {
                continue;
            }
            let Some(job) = feed.next() else { return };
            kernel.enter(lane, &job);
            let tracker = Tracker::new(job.run, job.start);
            self.watches.set(lane, &tracker.watch(judge));
            self.step.set_lane(lane, 0.0);
            self.trackers[lane] = Some(tracker);
            self.live += 1;
        }
    }

    /// Bit `i` is set if something happened in lane `i`.
    #[inline(always)]
    fn eventful(&self, record: &Record<L>, extremes: &Extremes<L>) -> u64 {
        let watches = &self.watches;
        // The extremes may miss a NaN, but a NaN stays in a run for good: the last error tells.
        let last = record.errors[WINDOW - 1];
        let quiet = extremes.highest.at_most(watches.peak)
            & watches.low.at_most(extremes.lowest)
            & watches.solved.at_most(extremes.best)
            & watches.loss.at_most(extremes.least_loss)
            & self.step.at_most(watches.until_step)
            & last.at_most(last.like(f64::INFINITY));
        !quiet.bits() & (u64::MAX >> (64 - L::LANES))
    }

    /// Looks through the windows of these lanes; a lane whose run is over has no tracker then.
    #[inline(always)]
    fn look_through(
        &mut self,
        mut eventful: u64,
        kernel: &impl Kernel<L>,
        record: &mut Record<L>,
        extremes: &Extremes<L>,
        judge: &Judge<'_>,
    ) {
        while eventful != 0 {
            let lane = eventful.trailing_zeros() as usize;
            eventful &= eventful - 1;
            let Some(tracker) = self.trackers[lane].as_mut() else { continue };
            let mut seen = WindowErrors {
                before: self.before.lane(lane),
                errors: [0.0; WINDOW],
                astray: [0.0; WINDOW],
                criterion: [0.0; WINDOW],
                lowest: extremes.lowest.lane(lane),
                highest: extremes.highest.lane(lane),
                best: extremes.best.lane(lane),
            };
            for index in 0..WINDOW {
                seen.errors[index] = record.errors[index].lane(lane);
                seen.astray[index] = record.astray[index].lane(lane);
            }
            if judge.watches_loss() {
                for index in 0..WINDOW {
                    seen.criterion[index] = record.losses[index].lane(lane);
                }
            } else if judge.watches_residual() && tracker.may_be_within(&seen, judge) {
                let criterion = &mut seen.criterion;
                kernel.alone(lane).window(WINDOW, &mut |index, seen, _| criterion[index] = seen.residual);
            } else {
                judge.fill(&mut seen);
            }
            let step = self.step.lane(lane) as u64;
            if step == 0 {
                tracker.begin(record.losses[0].lane(lane));
            }
            let over = tracker.look(step, &seen, judge);
            let Some((index, outcome)) = over else {
                self.watches.set(lane, &tracker.watch(judge));
                continue;
            };
            self.live -= 1;
            self.watches.set(lane, &EventBounds::NOTHING);
            if let Some(tracker) = self.trackers[lane].take() {
                record.wanted |= 1 << index;
                record.ends.push(End { lane, index, outcome, tracker, theta: Theta::new() });
            }
        }
    }
}
