//! What became of a run: the exact steps of its events, and the word for its end.
//!
//! A [`Tracker`] follows one run through windows of errors. It is told only of windows in which something may have
//! happened (its [`EventBounds`] says when), so a run that quietly descends costs a comparison of a few numbers a window.

use std::fmt;
use std::sync::LazyLock;

use crate::WINDOW;
use crate::derivatives::outputs;
use crate::setup::{Loss, Output, SetUp, Update, choice};
use crate::theta::Theta;

choice! {
    /// What a run has to reach to converge.
    Criterion {
        /// E ≤ tolerance.
        Error = "error",
        /// The loss that is descended ≤ tolerance.
        Loss = "loss",
        /// The largest |target − output| ≤ tolerance.
        Residual = "residual",
        /// All outputs strictly on the right side of the middle between the two targets.
        Solved = "solved",
    }
}

/// When a run ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StoppingRule {
    /// The most updates a run may use.
    pub steps: u64,
    /// What must be reached for a run to count as converged …
    pub criterion: Criterion,
    /// … and within which bound; 0 or more, of no meaning for [`Criterion::Solved`].
    pub tolerance: f64,
    /// For how many consecutive steps; at least 1.
    pub hold: u64,
    /// The error above which a run has diverged and stops; above 0.
    pub blow_up: f64,
}

/// The errors that have a meaning of their own for a set-up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// The error of the best constant answer, for XOR 1/4. Above it a run does worse than a constant.
    pub constant: f64,
    /// 1/6 of the squared distance of the targets: no network with two equal hidden units has a lower error. Below it a
    /// run has escaped. For XOR with two hidden units only.
    pub one_unit: Option<f64>,
    /// 1/8 of it: outputs 0, ½, 1, ½. For XOR only.
    pub saturated: Option<f64>,
    /// The distance between a target and the middle of both, where there are two.
    pub half: Option<f64>,
    /// Whether outputs are bounded, so that they cannot diverge.
    pub is_bounded: bool,
}

impl Levels {
    /// The levels of a set-up.
    #[must_use]
    pub fn of(set_up: &SetUp) -> Self {
        let half = set_up.task.two_targets().map(|[low, high]| high / 2.0 - low / 2.0);
        let scale = half.map_or(f64::NAN, |half| 4.0 * half * half);
        Self {
            constant: set_up.task.constant_error(),
            one_unit: set_up.task.one_unit_error().filter(|_| set_up.is_xor_of_two()),
            saturated: set_up.task.is_xor().then_some(scale / 8.0),
            half,
            is_bounded: set_up.output != Output::Linear,
        }
    }
}

/// All that decides what becomes of a run.
#[derive(Clone, Debug)]
pub struct Judge<'a> {
    set_up: &'a SetUp,
    stopping_rule: &'a StoppingRule,
    levels: Levels,
    /// What `criterion` is compared with, and the loss as a multiple of the error, where it is one.
    loss_scale: Option<f64>,
}

impl<'a> Judge<'a> {
    /// For the runs of a set-up within a budget.
    #[must_use]
    pub fn new(set_up: &'a SetUp, stopping_rule: &'a StoppingRule) -> Self {
        let loss_scale = set_up.loss.scale(set_up.task.samples().len());
        Self { set_up, stopping_rule, levels: Levels::of(set_up), loss_scale }
    }

    /// Below which residual towards the other target a run has solved its task.
    fn half(&self) -> f64 {
        self.levels.half.unwrap_or(f64::NEG_INFINITY)
    }

    /// Below which error a run has escaped.
    fn escape(&self) -> f64 {
        self.levels.one_unit.unwrap_or(f64::NEG_INFINITY)
    }

    /// Whether the criterion is a loss that the error does not tell.
    pub(crate) fn watches_loss(&self) -> bool {
        self.stopping_rule.criterion == Criterion::Loss && self.loss_scale.is_none()
    }

    /// Whether the criterion is the largest residual.
    pub(crate) fn watches_residual(&self) -> bool {
        self.stopping_rule.criterion == Criterion::Residual
    }

    /// Fills in the criterion where errors and residuals of the window tell it.
    pub(crate) fn fill(&self, seen: &mut WindowErrors) {
        match (self.stopping_rule.criterion, self.loss_scale) {
            (Criterion::Loss, Some(scale)) => seen.criterion = seen.errors.map(|error| error * scale),
            // A window that was not computed anew has no residual within the tolerance.
            (Criterion::Residual, _) => seen.criterion = [f64::INFINITY; WINDOW],
            _ => seen.criterion = seen.errors,
        }
    }

    /// Whether the criterion is met at a step of a window.
    fn is_met(&self, seen: &WindowErrors, index: usize) -> bool {
        if self.stopping_rule.criterion == Criterion::Solved {
            self.is_solved(seen, index)
        } else {
            // A NaN hides from the largest residual.
            seen.criterion[index] <= self.stopping_rule.tolerance && !seen.errors[index].is_nan()
        }
    }

    fn is_solved(&self, seen: &WindowErrors, index: usize) -> bool {
        // A NaN hides from the farthest residual.
        seen.astray[index] < self.half() && !seen.errors[index].is_nan()
    }

    /// The largest error at which the criterion may be met.
    fn error_when_met(&self) -> f64 {
        let StoppingRule { criterion, tolerance, .. } = *self.stopping_rule;
        match (criterion, self.loss_scale) {
            (Criterion::Error, _) => tolerance,
            // A little more, since both sides are rounded.
            (Criterion::Loss, Some(scale)) => tolerance / scale * (1.0 + 1e-9),
            (Criterion::Residual, _) => tolerance * tolerance * (1.0 + 1e-9),
            (Criterion::Loss, None) | (Criterion::Solved, _) => f64::NEG_INFINITY,
        }
    }

    /// By how much of itself the error may rise in a calm run's last steps.
    fn rise(&self) -> f64 {
        if self.set_up.update == Update::Batch { RISE } else { RISE_OF_SAMPLES }
    }

    /// By how much of itself the error may change on a plateau.
    fn change(&self) -> f64 {
        if self.set_up.update == Update::Batch { PLATEAU_CHANGE } else { PLATEAU_CHANGE_OF_SAMPLES }
    }
}

/// The last steps in which the error must not rise …
const CALM_STEPS: u64 = 64;
/// … by more than this part of itself, or the run is oscillating.
const RISE: f64 = 1e-9;
/// The same where each sample is an update of its own: the error then also rises and falls a little in a run that comes
/// down, by the order of the samples, and settles to a cycle from either side. A rise by a tenth is no such thing.
const RISE_OF_SAMPLES: f64 = 0.1;
/// A run is on a plateau if its error changed by at most this part over the last tenth of the budget. An error that
/// falls as a power t^−p of the step has p ≤ 0.095 then; a mean over up to [`CALM_STEPS`] is compared, not one step.
const PLATEAU_CHANGE: f64 = 0.01;
/// The same where each sample is an update of its own, since that makes the means uncertain.
const PLATEAU_CHANGE_OF_SAMPLES: f64 = 0.05;
/// An output is near a value within this part of the distance of the targets.
const NEAR: f64 = 0.1;
/// Where rounding alone may move an output by this part of the distance of the targets, it tells nothing.
const UNTOLD: f64 = 0.25;

/// What a run's outputs look like on a plateau, up to the symmetries of the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Plateau {
    /// All outputs near the mean of the targets: ½.
    Constant,
    /// One output right, the others near the mean of their targets: 0, ⅔, ⅔, ⅔ or 1, ⅓, ⅓, ⅓.
    OneUnit,
    /// Two outputs right, one of each target, the others near ½.
    Saturated,
    /// So many outputs near the opposite target, the others right.
    Wrong(u8),
    /// Anything else.
    Other,
}

impl Plateau {
    /// One of each kind, in the order of [`Plateau::index`].
    pub const KINDS: [Self; 5] =
        [Self::Constant, Self::OneUnit, Self::Saturated, Self::Wrong(1), Self::Other];

    /// Its place among [`Plateau::KINDS`].
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::Constant => 0,
            Self::OneUnit => 1,
            Self::Saturated => 2,
            Self::Wrong(_) => 3,
            Self::Other => 4,
        }
    }

    /// The word for its kind.
    #[must_use]
    pub fn kind(self) -> &'static str {
        ["constant", "one-unit", "saturated", "wrong", "other"][self.index()]
    }

    /// The word in the table; empty for [`Plateau::Other`].
    #[must_use]
    pub fn word(self) -> &'static str {
        static WRONG: LazyLock<Vec<String>> =
            LazyLock::new(|| (0..=u8::MAX).map(|outputs| format!("wrong-{outputs}")).collect());
        match self {
            Self::Wrong(outputs) => &WRONG[usize::from(outputs)],
            Self::Other => "",
            named => named.kind(),
        }
    }

    /// The plateau of a word in the table.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        let named = Self::KINDS.into_iter().find(|plateau| plateau.word() == word);
        named.or_else(|| {
            let outputs = word.strip_prefix("wrong-")?.parse().ok()?;
            Some(Self::Wrong(outputs)).filter(|plateau| outputs > 0 && plateau.word() == word)
        })
    }

    /// By the samples' targets and outputs.
    #[must_use]
    pub fn of_outputs(targets: &[f64], outputs: &[f64]) -> Self {
        let low = targets.iter().copied().fold(f64::INFINITY, f64::min);
        let high = targets.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let near = NEAR * (high - low);
        let mean = |values: &mut dyn Iterator<Item = f64>| {
            let (count, sum) = values.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
            sum / count
        };
        let samples = || targets.iter().copied().zip(outputs.iter().copied());
        let all_near = |samples: &mut dyn Iterator<Item = (f64, f64)>, value: f64| {
            samples.fold(true, |all, (_, output)| all & ((output - value).abs() <= near))
        };
        if low < high && all_near(&mut samples(), mean(&mut targets.iter().copied())) {
            return Self::Constant;
        }
        if !targets.iter().all(|&target| target == low || target == high) {
            return Self::Other;
        }
        let is_right = |(target, output): &(f64, f64)| (output - target).abs() <= near;
        let is_opposite = |(target, output): &(f64, f64)| (output - (low + high - target)).abs() <= near;
        let opposite = samples().filter(is_opposite).count();
        let right = samples().filter(is_right).count();
        if opposite > 0 && opposite + right == targets.len() {
            return Self::Wrong(opposite as u8);
        }
        // The two others are known for XOR and XNOR only.
        if targets.len() != 4 || targets[0] != targets[3] || targets[1] != targets[2] {
            return Self::Other;
        }
        let rest = || samples().filter(|sample| !is_right(sample));
        let is_level = all_near(&mut rest(), mean(&mut rest().map(|(target, _)| target)));
        let high_left = rest().filter(|(target, _)| *target == high).count();
        match (right, high_left) {
            (1, _) if is_level => Self::OneUnit,
            (2, 1) if is_level => Self::Saturated,
            _ => Self::Other,
        }
    }
}

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The criterion was met for `hold` steps.
    Converged,
    /// The error left all bounds, or was still setting records above the `constant` level at the budget's end, or the
    /// parameters are so large that the outputs are nothing but rounding.
    Diverged,
    /// The error still went up and down at the budget's end.
    Oscillating,
    /// The error hardly changed over the last tenth of the budget.
    Plateau(Plateau),
    /// None of these: still descending.
    Unfinished,
}

impl Outcome {
    /// The words of the table's column `outcome`, in the order of [`Outcome::index`].
    pub const WORDS: [&'static str; 5] = ["converged", "diverged", "oscillating", "plateau", "unfinished"];

    /// Where its word stands in [`Outcome::WORDS`].
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::Converged => 0,
            Self::Diverged => 1,
            Self::Oscillating => 2,
            Self::Plateau(_) => 3,
            Self::Unfinished => 4,
        }
    }

    /// The word in the table.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self.index()]
    }

    /// The plateau it is on.
    #[must_use]
    pub fn plateau(self) -> Option<Plateau> {
        if let Self::Plateau(plateau) = self { Some(plateau) } else { None }
    }
}

/// A run that is over: all that a row of the table says of it but the words of its axes.
#[derive(Clone, Debug, PartialEq)]
pub struct RunResult {
    /// Its number in the sweep.
    pub run: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// The first step with an error below the `one_unit` level.
    pub escaped_at: Option<u64>,
    /// The first step at which all outputs were on the right side.
    pub solved_at: Option<u64>,
    /// The first step of the stretch in which it converged.
    pub converged_at: Option<u64>,
    /// How many updates were done.
    pub steps: u64,
    /// The error at the start.
    pub error_first: f64,
    /// The error at the end.
    pub error_last: f64,
    /// The mean cross-entropy at the start and at the end, where that is descended.
    pub losses: Option<[f64; 2]>,
    /// The largest error seen; NaN only where the first one is.
    pub error_peak: f64,
    /// Its step.
    pub peak_at: u64,
    /// Where it started.
    pub start: Theta,
    /// Where it ended.
    pub end: Theta,
}

/// What one run's window of steps looked like.
#[derive(Clone, Debug)]
pub struct WindowErrors {
    /// The error at the step before the window; of no meaning at step 0.
    pub before: f64,
    /// The error at each step.
    pub errors: [f64; WINDOW],
    /// The largest residual towards the other target at each step; see [`crate::fused::formula::farthest_astray`].
    pub astray: [f64; WINDOW],
    /// What the criterion is about, at each step; of no meaning for [`Criterion::Solved`].
    pub criterion: [f64; WINDOW],
    /// The least error. Not to be trusted if the last error is NaN, as are the next two: a NaN may hide others, but it
    /// stays in a run for good.
    pub lowest: f64,
    /// The largest error.
    pub highest: f64,
    /// The least of `astray`.
    pub best: f64,
}

impl WindowErrors {
    /// Whether the extremes are to be trusted.
    fn is_sound(&self) -> bool {
        !self.errors[WINDOW - 1].is_nan()
    }
}

/// The bounds within which a window holds nothing new for a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventBounds {
    /// An error above this is a new peak.
    pub peak: f64,
    /// An error below this is an escape, or a step within the tolerance, or ends a stretch of such steps.
    pub low: f64,
    /// A residual towards the other target below this is a solution.
    pub solved: f64,
    /// A cross-entropy below this meets the criterion.
    pub loss: f64,
    /// A window that starts after this step matters in any case.
    pub until_step: f64,
}

impl EventBounds {
    /// For a lane without a run: nothing matters.
    pub const NOTHING: Self = Self {
        peak: f64::INFINITY,
        low: f64::NEG_INFINITY,
        solved: f64::NEG_INFINITY,
        loss: f64::NEG_INFINITY,
        until_step: f64::INFINITY,
    };
}

/// Follows one run.
#[derive(Clone, Debug)]
pub struct Tracker {
    run: u64,
    start: Theta,
    window_at: u64,
    escaped_at: Option<u64>,
    solved_at: Option<u64>,
    stretch: u64,
    error_first: f64,
    loss_first: f64,
    error_peak: f64,
    peak_at: u64,
    rose: bool,
    /// Σ of the errors of the steps before and at the end of the last tenth that a plateau compares.
    level_before: f64,
    level_after: f64,
}

/// The steps whose errors a plateau compares.
struct Spans {
    /// How many steps each has: 0 if the budget is too short to tell.
    length: u64,
    /// The last step of the former.
    before: u64,
}

impl Spans {
    fn of(stopping_rule: &StoppingRule) -> Self {
        let tenth = stopping_rule.steps / 10;
        Self { length: tenth.min(CALM_STEPS), before: stopping_rule.steps - tenth }
    }
}

impl Tracker {
    /// A run at its start.
    #[must_use]
    pub fn new(run: u64, start: Theta) -> Self {
        Self {
            run,
            start,
            window_at: 0,
            escaped_at: None,
            solved_at: None,
            stretch: 0,
            error_first: f64::NAN,
            loss_first: f64::NAN,
            error_peak: f64::NAN,
            peak_at: 0,
            rose: false,
            level_before: 0.0,
            level_after: 0.0,
        }
    }

    /// The cross-entropy at the start, where that is descended.
    pub(crate) fn begin(&mut self, loss: f64) {
        self.loss_first = loss;
    }

    /// What must happen in a window for it to matter.
    #[must_use]
    pub fn watch(&self, judge: &Judge<'_>) -> EventBounds {
        let stopping_rule = judge.stopping_rule;
        // The least double above x makes "at most x" of "below".
        let met = if self.stretch > 0 { f64::INFINITY } else { judge.error_when_met().next_up() };
        let escape = if self.escaped_at.is_none() { judge.escape() } else { f64::NEG_INFINITY };
        let spans = Spans::of(stopping_rule);
        // The step before what is looked at next in any case. In a short budget the last steps begin before the spans.
        let calm = stopping_rule.steps - CALM_STEPS.min(stopping_rule.steps);
        let is_before_spans = self.window_at + WINDOW as u64 <= spans.before;
        let next = if is_before_spans { calm.min(spans.before - spans.length) } else { calm };
        let waits_for_solution = self.solved_at.is_none() || stopping_rule.criterion == Criterion::Solved;
        EventBounds {
            peak: if self.error_peak.is_nan() { f64::NEG_INFINITY } else { self.error_peak },
            low: met.max(escape),
            solved: if waits_for_solution { judge.half() } else { f64::NEG_INFINITY },
            loss: if judge.watches_loss() { stopping_rule.tolerance.next_up() } else { f64::NEG_INFINITY },
            until_step: next as f64 - WINDOW as f64,
        }
    }

    /// Whether the largest residual may be within the tolerance somewhere in the window.
    pub(crate) fn may_be_within(&self, seen: &WindowErrors, judge: &Judge<'_>) -> bool {
        self.stretch > 0 || !seen.is_sound() || seen.lowest <= judge.error_when_met()
    }

    /// Looks through the window that starts at `step`. Returns the index of the step at which the run is over, with
    /// the outcome.
    pub fn look(&mut self, step: u64, seen: &WindowErrors, judge: &Judge<'_>) -> Option<(usize, Outcome)> {
        self.window_at = step;
        let end = self.end(step, seen, judge);
        let last = end.map_or(WINDOW - 1, |(index, _)| index);
        self.note(step, seen, last, judge);
        let (index, outcome) = end?;
        Some((index, outcome.unwrap_or_else(|| self.at_budget_end(seen.errors[index], judge))))
    }

    /// The step at which the run is over, and how; without an outcome the budget is used up.
    fn end(&mut self, step: u64, seen: &WindowErrors, judge: &Judge<'_>) -> Option<(usize, Option<Outcome>)> {
        let stopping_rule = judge.stopping_rule;
        let left = stopping_rule.steps - step;
        let is_told_by_error = matches!(stopping_rule.criterion, Criterion::Error | Criterion::Residual);
        let is_beyond = is_told_by_error && self.stretch == 0 && seen.lowest > judge.error_when_met();
        let is_bounded = seen.highest <= stopping_rule.blow_up && seen.highest.is_finite();
        if seen.is_sound() && is_beyond && is_bounded && left >= WINDOW as u64 {
            return None;
        }
        for (index, &error) in seen.errors.iter().enumerate() {
            self.stretch = if judge.is_met(seen, index) { self.stretch + 1 } else { 0 };
            if self.stretch == stopping_rule.hold {
                return Some((index, Some(Outcome::Converged)));
            }
            if !(error <= stopping_rule.blow_up && error.is_finite()) {
                return Some((index, Some(Outcome::Diverged)));
            }
            if index as u64 == left {
                return Some((index, None));
            }
        }
        None
    }

    /// Takes down the events up to the step of index `last`. Each kind is looked for only where the extremes tell of one.
    fn note(&mut self, step: u64, seen: &WindowErrors, last: usize, judge: &Judge<'_>) {
        let stopping_rule = judge.stopping_rule;
        let errors = &seen.errors[..=last];
        let at = |index: usize| step + index as u64;
        if step == 0 {
            (self.error_first, self.error_peak) = (errors[0], errors[0]);
        }
        let is_unsound = !seen.is_sound();
        if is_unsound || seen.highest > self.error_peak {
            for (index, &error) in errors.iter().enumerate() {
                if error > self.error_peak {
                    (self.error_peak, self.peak_at) = (error, at(index));
                }
            }
        }
        if self.escaped_at.is_none() && (is_unsound || seen.lowest < judge.escape()) {
            self.escaped_at = errors.iter().position(|&error| error < judge.escape()).map(at);
        }
        if self.solved_at.is_none() && (is_unsound || seen.best < judge.half()) {
            self.solved_at = (0..=last).find(|&index| judge.is_solved(seen, index)).map(at);
        }
        let is_last = |index: usize| at(index) + CALM_STEPS > stopping_rule.steps;
        if is_last(last) {
            let mut previous = seen.before;
            for (index, &error) in errors.iter().enumerate() {
                self.rose |= at(index) > 0 && is_last(index) && error > previous * (1.0 + judge.rise());
                previous = error;
            }
        }
        let spans = Spans::of(stopping_rule);
        for (index, &error) in errors.iter().enumerate() {
            let step = at(index);
            if step <= spans.before && step + spans.length > spans.before {
                self.level_before += error;
            }
            if step + spans.length > stopping_rule.steps {
                self.level_after += error;
            }
        }
    }

    /// What it is named is told by its outputs later.
    fn at_budget_end(&self, error: f64, judge: &Judge<'_>) -> Outcome {
        let (stopping_rule, levels) = (judge.stopping_rule, &judge.levels);
        let still_setting_records =
            self.peak_at > 0 && stopping_rule.steps - self.peak_at <= stopping_rule.steps / 10;
        let change = (self.level_after - self.level_before).abs();
        let is_level = Spans::of(stopping_rule).length > 0 && change <= judge.change() * self.level_before;
        if error > levels.constant && still_setting_records && !levels.is_bounded {
            Outcome::Diverged
        } else if self.rose {
            Outcome::Oscillating
        } else if is_level {
            Outcome::Plateau(Plateau::Other)
        } else {
            Outcome::Unfinished
        }
    }

    /// The finished run: over at `index` of the window just looked at, with this error, loss and parameters there.
    #[must_use]
    pub fn finish(
        self,
        judge: &Judge<'_>,
        index: usize,
        outcome: Outcome,
        error_last: f64,
        loss_last: f64,
        end: Theta,
    ) -> RunResult {
        let set_up = judge.set_up;
        let steps = self.window_at + index as u64;
        let outcome = match outcome {
            Outcome::Converged if is_rounding(set_up, &end) => Outcome::Diverged,
            Outcome::Plateau(_) if is_huge(set_up, &end) => Outcome::Plateau(Plateau::Other),
            Outcome::Plateau(_) => {
                Outcome::Plateau(Plateau::of_outputs(&set_up.task.targets(), &outputs(set_up, &end)))
            }
            outcome => outcome,
        };
        // What was computed at such a start tells nothing either.
        let is_told =
            (self.escaped_at.is_none() && self.solved_at.is_none()) || !is_rounding(set_up, &self.start);
        RunResult {
            run: self.run,
            outcome,
            escaped_at: self.escaped_at.filter(|_| is_told),
            solved_at: self.solved_at.filter(|_| is_told),
            converged_at: (outcome == Outcome::Converged).then(|| steps + 1 - self.stretch),
            steps,
            error_first: self.error_first,
            error_last,
            losses: (set_up.loss == Loss::CrossEntropy).then_some([self.loss_first, loss_last]),
            error_peak: self.error_peak,
            peak_at: self.peak_at,
            start: self.start,
            end,
        }
    }
}

/// Whether the parameters are so large that rounding alone may move a linear output by [`UNTOLD`] of the distance of the
/// targets, which are then not told apart: for XOR from |b3| of about 1e15.
fn is_rounding(set_up: &SetUp, theta: &[f64]) -> bool {
    set_up.output == Output::Linear && is_huge(set_up, theta)
}

/// Whether rounding alone may move the output unit's sum so far.
fn is_huge(set_up: &SetUp, theta: &[f64]) -> bool {
    let shape = set_up.shape();
    let [low, high] = set_up.task.target_range();
    let output_weights = &theta[shape.output_weights()];
    let largest = |unit: usize| {
        if let Some(bound) = set_up.hidden.bound() {
            return bound;
        }
        set_up.task.samples().iter().fold(0.0, |largest: f64, sample| {
            let inputs = sample.inputs.iter().enumerate();
            let sum: f64 = inputs.map(|(input, x)| x * theta[shape.input_weight(input, unit)]).sum();
            largest.max((sum + theta[shape.bias(unit)]).abs())
        })
    };
    let units = output_weights.iter().enumerate().map(|(unit, weight)| weight.abs() * largest(unit));
    let size = theta[shape.output_bias()].abs() + units.sum::<f64>();
    low < high && size * f64::EPSILON >= UNTOLD * (high - low)
}

#[cfg(test)]
mod tests {
    use super::*;

    const XOR: [f64; 4] = [0.0, 1.0, 1.0, 0.0];

    #[test]
    fn a_plateau_is_named_by_its_outputs() {
        let third = 1.0 / 3.0;
        for (outputs, name) in [
            ([0.5, 0.49, 0.51, 0.5], "constant"),
            ([0.02, 0.66, 0.67, 0.65], "one-unit"),
            ([third, 0.99, third, third], "one-unit"),
            ([third, third, 1.0, third], "one-unit"),
            ([0.0, 0.5, 1.0, 0.5], "saturated"),
            ([0.5, 0.5, 0.97, 0.01], "saturated"),
            ([1.0, 1.0, 0.99, 0.01], "wrong-1"),
            ([0.0, 0.0, 0.0, 0.0], "wrong-2"),
            ([1.0, 1.0, 1.0, 1.0], "wrong-2"),
            ([1.0, 0.0, 0.0, 1.0], "wrong-4"),
            // Right, or nothing in particular.
            ([0.0, 1.0, 1.0, 0.0], ""),
            ([0.0, 0.8, 0.5, 0.3], ""),
            ([0.5, 1.0, 1.0, 0.5], ""),
            ([f64::NAN; 4], ""),
        ] {
            assert_eq!(Plateau::of_outputs(&XOR, &outputs).word(), name, "{outputs:?}");
            let coded = |values: [f64; 4]| values.map(|value| 2.0 * value - 1.0);
            assert_eq!(Plateau::of_outputs(&coded(XOR), &coded(outputs)).word(), name, "{outputs:?}");
        }
    }

    #[test]
    fn a_plateau_is_read_back_from_its_word() {
        for plateau in Plateau::KINDS.into_iter().chain((1..=u8::MAX).map(Plateau::Wrong)) {
            assert_eq!(Plateau::of_word(plateau.word()), Some(plateau));
        }
        for word in ["wrong-0", "wrong-01", "wrong-256", "wrong-", "wrong", "other", "trapped"] {
            assert_eq!(Plateau::of_word(word), None, "{word}");
        }
    }

    #[test]
    fn outputs_that_are_nothing_but_rounding_tell_nothing() {
        let set_up = SetUp::default();
        assert!(is_rounding(&set_up, &[0.0, 0.0, 0.0, 0.0, -2e16, 0.0, 0.0, 0.0, 1e16]));
        assert!(!is_rounding(&set_up, &[1e300, 0.0, 0.0, 0.0, -2e12, 0.0, 0.0, 0.0, 1e12]));
    }
}
