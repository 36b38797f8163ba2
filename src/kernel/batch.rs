//! Lanes full of runs: each lane advances its run window by window and takes the next one when it is over.
//!
//! A lane that waited for the slowest of its neighbours would idle most of the time, since runs differ in length a
//! hundredfold. Between two windows the batch compares a few numbers a lane with what its tracker watches for; only
//! a lane in which something happened is looked at step by step. If runs end inside a window, the lanes do it once more
//! up to the last of these ends, and θ is kept on the way: so what is recorded is exact, and costs nothing else. They
//! wait until there are as many ends as lanes, and do that together.

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

/// A run that is over, and where in the window.
struct End {
    /// The lane it was in.
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
    /// The runs that are over and do their last window again: the kernel's first blocks have them, in this order.
    ends: Vec<End>,
    /// Bit `i` is set if lane `i` made its block go a slower way.
    rough: u64,
}

const _: () = assert!(WINDOW == u32::BITS as usize);

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
            rough: 0,
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
            let ends = self.ends.iter_mut().take(L::LANES).enumerate();
            for (lane, end) in ends.filter(|(_, end)| end.index == index) {
                end.theta = theta(lane);
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

/// A lane of a block.
type Place = (usize, usize);

/// Blocks of lanes with runs, and how they advance.
pub(crate) trait Kernel<L: Lanes> {
    /// Adds a block of lanes that stand still.
    fn add_block(&mut self);
    /// Puts a run into a lane, at its start.
    fn enter(&mut self, place: Place, job: &Job);
    /// Makes a lane stand still.
    fn leave(&mut self, place: Place);
    /// Swaps the runs in lanes of two blocks, the former before the latter.
    fn swap(&mut self, former: Place, latter: Place);
    /// Does `steps` steps of a block, and remembers where it was.
    fn window(&mut self, block: usize, steps: usize, record: &mut Record<L>);
    /// The run that was in a lane of that block before that window, by itself.
    fn alone(&self, lane: usize) -> OneRun<'_>;
    /// The same run, put into a lane.
    fn recall(&mut self, lane: usize, place: Place);
    /// All of them, put into a block.
    fn recall_all(&mut self, block: usize);
}

/// The fused kernel's lanes.
pub(crate) struct Fused<L: Lanes, const MOMENTUM: bool> {
    token: L::Token,
    blocks: Vec<LaneState<L>>,
    begun: LaneState<L>,
    /// α times this is [`LaneState::half_rate`].
    rate: f64,
}

impl<L: Lanes, const MOMENTUM: bool> Fused<L, MOMENTUM> {
    #[inline(always)]
    pub(crate) fn new(token: L::Token, rate: f64) -> Self {
        Self { token, blocks: Vec::new(), begun: LaneState::idle(token), rate }
    }
}

impl<L: Lanes, const MOMENTUM: bool> Kernel<L> for Fused<L, MOMENTUM> {
    #[inline(always)]
    fn add_block(&mut self) {
        self.blocks.push(LaneState::idle(self.token));
    }
    #[inline(always)]
    fn enter(&mut self, (block, lane): Place, job: &Job) {
        self.blocks[block].enter(lane, &job.start, job.alpha * self.rate, job.momentum);
    }
    #[inline(always)]
    fn leave(&mut self, (block, lane): Place) {
        self.blocks[block].enter(lane, &[0.0; PARAMETERS], 0.0, 0.0);
    }
    #[inline(always)]
    fn swap(&mut self, former: Place, latter: Place) {
        let (one, other) = two_of(&mut self.blocks, former.0, latter.0);
        self.begun.take_lane(0, one, former.1);
        one.take_lane(former.1, other, latter.1);
        other.take_lane(latter.1, &self.begun, 0);
    }
    #[inline(always)]
    fn window(&mut self, block: usize, steps: usize, record: &mut Record<L>) {
        let state = &mut self.blocks[block];
        self.begun = *state;
        record.rough = descent::window::<L, MOMENTUM, _>(state, steps, record);
    }
    #[inline(always)]
    fn alone(&self, lane: usize) -> OneRun<'_> {
        OneRun::Fused(self.begun.alone(lane))
    }
    #[inline(always)]
    fn recall(&mut self, lane: usize, (block, to): Place) {
        self.blocks[block].take_lane(to, &self.begun, lane);
    }
    #[inline(always)]
    fn recall_all(&mut self, block: usize) {
        self.blocks[block] = self.begun;
    }
}

/// The general kernel's lanes.
pub(crate) struct General<'a, L: Lanes> {
    token: L::Token,
    plan: &'a Plan,
    blocks: Vec<State<L>>,
    /// Where a window is done; afterwards its runs are where they were before.
    state: State<L>,
}

impl<'a, L: Lanes> General<'a, L> {
    #[inline(always)]
    pub(crate) fn new(token: L::Token, plan: &'a Plan) -> Self {
        Self { token, plan, blocks: Vec::new(), state: State::new(token, plan) }
    }
}

impl<L: Lanes> Kernel<L> for General<'_, L> {
    #[inline(always)]
    fn add_block(&mut self) {
        self.blocks.push(State::parked(self.token, self.plan));
    }
    #[inline(always)]
    fn enter(&mut self, (block, lane): Place, job: &Job) {
        self.blocks[block].enter(self.plan, lane, job);
    }
    #[inline(always)]
    fn leave(&mut self, (block, lane): Place) {
        self.blocks[block].leave(lane);
    }
    #[inline(always)]
    fn swap(&mut self, former: Place, latter: Place) {
        let (one, other) = two_of(&mut self.blocks, former.0, latter.0);
        self.state.take_lane(0, one, former.1);
        one.take_lane(former.1, other, latter.1);
        other.take_lane(latter.1, &self.state, 0);
    }
    #[inline(always)]
    fn window(&mut self, block: usize, steps: usize, record: &mut Record<L>) {
        let plan = self.plan;
        self.state.take(&self.blocks[block]);
        general::window(plan, &mut self.state, steps, |index, state| {
            let seen = state.seen(plan);
            record.see(index, seen.error, seen.astray);
            if plan.is_cross_entropy() {
                record.see_loss(index, seen.loss);
            }
            record.keep(index, |lane| state.theta(plan, lane));
        });
        self.blocks[block].swap(&mut self.state);
        record.rough = self.state.rough();
    }
    #[inline(always)]
    fn alone(&self, lane: usize) -> OneRun<'_> {
        OneRun::general(self.plan, self.state.alone(self.plan, lane))
    }
    #[inline(always)]
    fn recall(&mut self, lane: usize, (block, to): Place) {
        self.blocks[block].take_lane(to, &self.state, lane);
    }
    #[inline(always)]
    fn recall_all(&mut self, block: usize) {
        self.blocks[block].take(&self.state);
    }
}

/// One run at a time, by the code of [`OneRun`].
pub(crate) struct Alone<'a> {
    make: &'a dyn Fn(&Job) -> OneRun<'a>,
    runs: Vec<Option<OneRun<'a>>>,
    begun: Option<OneRun<'a>>,
}

impl<'a> Alone<'a> {
    pub(crate) fn new(make: &'a dyn Fn(&Job) -> OneRun<'a>) -> Self {
        Self { make, runs: Vec::new(), begun: None }
    }
}

impl Kernel<f64> for Alone<'_> {
    fn add_block(&mut self) {
        self.runs.push(None);
    }
    fn enter(&mut self, (block, _): Place, job: &Job) {
        self.runs[block] = Some((self.make)(job));
    }
    fn leave(&mut self, (block, _): Place) {
        self.runs[block] = None;
    }
    fn swap(&mut self, former: Place, latter: Place) {
        self.runs.swap(former.0, latter.0);
    }
    fn window(&mut self, block: usize, steps: usize, record: &mut Record<f64>) {
        self.begun.clone_from(&self.runs[block]);
        let Some(run) = &mut self.runs[block] else { return };
        run.window(steps, &mut |index, seen, theta| {
            record.see(index, seen.error, seen.astray);
            record.see_loss(index, seen.loss);
            record.keep(index, |_| theta());
        });
    }
    fn alone(&self, _: usize) -> OneRun<'_> {
        self.begun.clone().expect("a run is looked at only while there is one")
    }
    fn recall(&mut self, _: usize, (block, _): Place) {
        self.recall_all(block);
    }
    fn recall_all(&mut self, block: usize) {
        self.runs[block].clone_from(&self.begun);
    }
}

/// Two of them, by rising places.
#[inline(always)]
fn two_of<T>(all: &mut [T], former: usize, latter: usize) -> (&mut T, &mut T) {
    let (before, from) = all.split_at_mut(latter);
    (&mut before[former], &mut from[0])
}

/// The kernel's blocks of ended runs that do their last windows again: one, and what is too many for it.
const AGAIN: [usize; 2] = [0, 1];
/// The most blocks that runs are sorted into: more gained nothing.
const BLOCKS: usize = 4;
/// There is one more block after so many more windows with rough and calm lanes than others,
const MIXED: usize = 64;
/// and after so many runs for each lane there is: more lanes have more runs in them when no more come.
const RUNS_A_LANE: usize = 8;

/// Ended runs wait for so many windows at most until they fill a block: others may never end.
const PATIENCE: usize = 256;

/// A block of lanes with its trackers.
struct Batch<L> {
    /// The kernel's block.
    block: usize,
    watches: Watches<L>,
    /// The step the next window starts at; whole numbers.
    step: L,
    /// The error at the step before the window.
    before: L,
    trackers: Vec<Option<Tracker>>,
    /// Bit `i` is set if lane `i` has a run.
    live: u64,
    /// Of the last window; see [`Record::rough`].
    rough: u64,
}

/// The bits of all lanes.
#[inline(always)]
fn all<L: Lanes>() -> u64 {
    u64::MAX >> (64 - L::LANES)
}

/// Runs all that `feed` has.
///
/// A lane whose steps or weights are large makes its whole block go a slower way. Where that happens to blocks of which
/// other lanes are calm, there come to be more blocks, and runs are sorted into them. Calm sweeps keep to one.
#[inline(always)]
pub(crate) fn work<L: Lanes>(
    token: L::Token,
    mut kernel: impl Kernel<L>,
    judge: &Judge<'_>,
    feed: &mut dyn Feed,
) {
    for _ in AGAIN {
        kernel.add_block();
    }
    kernel.add_block();
    let mut batches = vec![Batch::<L>::new(token, AGAIN.len())];
    let mut record = Record::<L>::new(token);
    let (mut mixed, mut done) = (0_usize, 0);
    let (mut turn, mut lacks_runs, mut is_stopped) = (0, false, false);
    // For how many windows runs have waited.
    let mut waited = 0;
    loop {
        // Ended runs wait until they fill a block, but not for ever, and not where a lane waits for a run.
        let waiting = record.ends.len();
        let is_time = lacks_runs || is_stopped || waited >= PATIENCE;
        let again = waiting >= L::LANES || (is_time && waiting > 0);
        waited = if again || waiting == 0 { 0 } else { waited + 1 };
        let (block, steps) = if again {
            let ends = &record.ends[..waiting.min(L::LANES)];
            record.wanted = ends.iter().fold(0, |wanted, end| wanted | 1 << end.index);
            // Others may still be there from the last time.
            (ends.len()..L::LANES).for_each(|lane| kernel.leave((AGAIN[0], lane)));
            (AGAIN[0], WINDOW - record.wanted.leading_zeros() as usize)
        } else {
            if is_stopped {
                return;
            }
            lacks_runs = !batches[turn].refill(&mut kernel, judge, feed);
            if batches[turn].live == 0 {
                if let Some(next) = batches.iter().position(|batch| batch.live != 0) {
                    turn = next;
                } else if waiting > 0 || feed.wait() {
                    continue;
                } else {
                    return;
                }
            }
            (batches[turn].block, WINDOW)
        };
        // The kernel's window stands here once, since each call would be compiled by itself.
        kernel.window(block, steps, &mut record);
        if again {
            record.wanted = 0;
            let rest = waiting.saturating_sub(L::LANES);
            for (lane, end) in record.ends.drain(..waiting - rest).enumerate() {
                let End { index, outcome, tracker, theta, .. } = end;
                let number = |numbers: &[L; WINDOW]| numbers[index].lane(lane);
                let (error, loss) = (number(&record.errors), number(&record.losses));
                feed.done(tracker.finish(judge, index, outcome, error, loss, theta));
                done += 1;
            }
            (0..rest).for_each(|lane| kernel.swap((AGAIN[0], lane), (AGAIN[1], lane)));
            continue;
        }
        let batch = &mut batches[turn];
        is_stopped = !feed.advanced(batch.live.count_ones() as usize * WINDOW, L::LANES * WINDOW);
        if is_stopped {
            continue;
        }
        batch.look(&mut kernel, &mut record, judge);
        let is_mixed = batch.rough != 0 && batch.rough != all::<L>();
        mixed = if is_mixed { mixed + 1 } else { mixed.saturating_sub(1) };
        turn += 1;
        if turn < batches.len() {
            continue;
        }
        turn = 0;
        regroup(&mut batches, &mut kernel);
        if mixed > MIXED && batches.len() < BLOCKS && done > RUNS_A_LANE * L::LANES * batches.len() {
            mixed = 0;
            kernel.add_block();
            batches.push(Batch::new(token, AGAIN.len() + batches.len()));
        }
    }
}

/// Swaps lanes until calm runs are in the first blocks, rough ones behind, and lanes without a run last.
#[inline(always)]
fn regroup<L: Lanes>(batches: &mut [Batch<L>], kernel: &mut impl Kernel<L>) {
    for with_rough in [false, true] {
        let behind = |batch: &Batch<L>| (!batch.live | if with_rough { batch.rough } else { 0 }) & all::<L>();
        let (mut low, mut high) = (0, batches.len() - 1);
        while low < high {
            let (one, other) = two_of(batches, low, high);
            if behind(one) == 0 {
                low += 1;
            } else if behind(other) == all::<L>() {
                high -= 1;
            } else {
                let (here, there) =
                    (behind(one).trailing_zeros() as usize, behind(other).trailing_ones() as usize);
                kernel.swap((one.block, here), (other.block, there));
                one.swap(here, other, there);
            }
        }
    }
}

impl<L: Lanes> Batch<L> {
    #[inline(always)]
    fn new(token: L::Token, block: usize) -> Self {
        let zero = L::splat(token, 0.0);
        let mut watches = Watches { peak: zero, low: zero, solved: zero, loss: zero, until_step: zero };
        for lane in 0..L::LANES {
            watches.set(lane, &EventBounds::NOTHING);
        }
        Self { block, watches, step: zero, before: zero, trackers: vec![None; L::LANES], live: 0, rough: 0 }
    }

    /// Swaps what belongs to a lane's run with that of another batch.
    #[inline(always)]
    fn swap(&mut self, here: usize, other: &mut Self, there: usize) {
        let swap = |one: &mut L, other: &mut L| {
            let value = one.lane(here);
            one.set_lane(here, other.lane(there));
            other.set_lane(there, value);
        };
        swap(&mut self.watches.peak, &mut other.watches.peak);
        swap(&mut self.watches.low, &mut other.watches.low);
        swap(&mut self.watches.solved, &mut other.watches.solved);
        swap(&mut self.watches.loss, &mut other.watches.loss);
        swap(&mut self.watches.until_step, &mut other.watches.until_step);
        swap(&mut self.step, &mut other.step);
        swap(&mut self.before, &mut other.before);
        std::mem::swap(&mut self.trackers[here], &mut other.trackers[there]);
        for (one, other) in [(&mut self.live, &mut other.live), (&mut self.rough, &mut other.rough)] {
            let differs = (*one >> here ^ *other >> there) & 1;
            *one ^= differs << here;
            *other ^= differs << there;
        }
    }

    /// Looks at the window that was just done.
    #[inline(always)]
    fn look(&mut self, kernel: &mut impl Kernel<L>, record: &mut Record<L>, judge: &Judge<'_>) {
        let extremes = record.extremes(judge.watches_loss());
        let eventful = self.eventful(record, &extremes);
        let waiting = record.ends.len();
        self.look_through(eventful, kernel, record, &extremes, judge);
        let ended = &record.ends[waiting..];
        if waiting == 0 && ended.len() == L::LANES {
            kernel.recall_all(AGAIN[0]);
        } else {
            for (end, slot) in ended.iter().zip(waiting..) {
                kernel.recall(end.lane, (AGAIN[slot / L::LANES], slot % L::LANES));
            }
        }
        self.before = record.errors[WINDOW - 1];
        self.step = self.step + self.step.like(WINDOW as f64);
        self.rough = record.rough & all::<L>();
    }

    /// Fills lanes without a run; false if there are not enough.
    #[inline(always)]
    fn refill(&mut self, kernel: &mut impl Kernel<L>, judge: &Judge<'_>, feed: &mut dyn Feed) -> bool {
        while self.live != all::<L>() {
            let lane = self.live.trailing_ones() as usize;
            let Some(job) = feed.next() else { return false };
            kernel.enter((self.block, lane), &job);
            let tracker = Tracker::new(job.run, job.start);
            self.watches.set(lane, &tracker.watch(judge));
            self.step.set_lane(lane, 0.0);
            self.trackers[lane] = Some(tracker);
            self.live |= 1 << lane;
        }
        true
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
        !quiet.bits() & all::<L>()
    }

    /// Looks through the windows of these lanes; a lane whose run is over has no tracker then.
    #[inline(always)]
    fn look_through(
        &mut self,
        mut eventful: u64,
        kernel: &mut impl Kernel<L>,
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
            self.live &= !(1 << lane);
            self.watches.set(lane, &EventBounds::NOTHING);
            if let Some(tracker) = self.trackers[lane].take() {
                kernel.leave((self.block, lane));
                record.ends.push(End { lane, index, outcome, tracker, theta: Theta::new() });
            }
        }
    }
}
