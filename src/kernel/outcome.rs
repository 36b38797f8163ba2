//! What became of a run: the exact steps of its events, and the word for its end.
//!
//! A [`Tracker`] follows one run through windows of errors. It is told only of windows in which something may have
//! happened (its [`Watch`] says when), so a run that quietly descends costs a comparison of a few numbers a window.

use crate::descent::WINDOW;
use std::sync::LazyLock;

use crate::formula::{samples, targets};
use crate::lanes::each;
use crate::theta::Theta;
use crate::theta::at::{B3, W5, W6};
use crate::variant::{Coding, Network, Output};

/// When a run ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// The most updates a run may use.
    pub steps: u64,
    /// The error at or below which a run may count as converged; 0 or more.
    pub tolerance: f64,
    /// How many consecutive steps the error must stay at or below `tolerance`; at least 1.
    pub hold: u64,
    /// The error above which a run has diverged and stops; above 0.
    pub blow_up: f64,
}

/// The errors that have a meaning of their own; four times as large with ±1 coding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// 1/4: all outputs ½. Above it a run does worse than a constant.
    pub constant: f64,
    /// 1/6: the least error of a network with two equal hidden units, never reached. Below it a run has escaped.
    pub one_unit: f64,
    /// 1/8: outputs 0, ½, 1, ½.
    pub saturated: f64,
    /// ½: the distance between a target and the middle of both.
    pub half: f64,
    /// Whether outputs are bounded, so that they cannot diverge.
    pub is_bounded: bool,
}

impl Levels {
    /// The levels of a network.
    #[must_use]
    pub fn of(network: &Network) -> Self {
        let half = match network.coding {
            Coding::ZeroOne => 0.5,
            Coding::PlusMinus => 1.0,
        };
        let scale = 4.0 * half * half;
        Self {
            constant: scale / 4.0,
            one_unit: scale / 6.0,
            saturated: scale / 8.0,
            half,
            is_bounded: network.output == Output::Sigmoid,
        }
    }
}

/// The last steps in which the error must not rise …
const CALM_STEPS: u64 = 64;
/// … by more than this part of itself, or the run is oscillating.
const RISE: f64 = 1e-9;
/// A run is on a plateau if its error changed by at most this part over the last tenth of the budget. An error that
/// falls as a power t^−p of the step has p ≤ 0.095 then; a mean over up to [`CALM_STEPS`] is compared, not one step.
const PLATEAU_CHANGE: f64 = 0.01;
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
        if all_near(&mut samples(), mean(&mut targets.iter().copied())) {
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
        // The two others are known for two of each target only.
        if targets.len() != 4 || targets.iter().filter(|&&target| target == high).count() != 2 {
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
    /// The error stayed at or below the tolerance for `hold` steps.
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
pub struct Finished {
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
pub struct Seen {
    /// The error at the step before the window; of no meaning at step 0.
    pub before: f64,
    /// The error at each step.
    pub errors: [f64; WINDOW],
    /// The largest residual towards the other target at each step; see [`crate::formula::farthest_astray`].
    pub astray: [f64; WINDOW],
    /// The least error. Not to be trusted if the last error is NaN, as are the next two: a NaN may hide others, but it
    /// stays in a run for good.
    pub lowest: f64,
    /// The largest error.
    pub highest: f64,
    /// The least of `astray`.
    pub best: f64,
}

impl Seen {
    /// Whether the extremes are to be trusted.
    fn is_sound(&self) -> bool {
        !self.errors[WINDOW - 1].is_nan()
    }
}

/// The bounds within which a window holds nothing new for a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Watch {
    /// An error above this is a new peak.
    pub peak: f64,
    /// An error below this is an escape, or a step within the tolerance, or ends a stretch of such steps.
    pub low: f64,
    /// A residual towards the other target below this is a solution.
    pub solved: f64,
    /// A window that starts after this step matters in any case.
    pub until_step: f64,
}

impl Watch {
    /// For a lane without a run: nothing matters.
    pub const NOTHING: Self = Self {
        peak: f64::INFINITY,
        low: f64::NEG_INFINITY,
        solved: f64::NEG_INFINITY,
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
    fn of(budget: &Budget) -> Self {
        let tenth = budget.steps / 10;
        Self { length: tenth.min(CALM_STEPS), before: budget.steps - tenth }
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
            error_peak: f64::NAN,
            peak_at: 0,
            rose: false,
            level_before: 0.0,
            level_after: 0.0,
        }
    }

    /// What must happen in a window for it to matter.
    #[must_use]
    pub fn watch(&self, budget: &Budget, levels: &Levels) -> Watch {
        // The least double above x makes "at most x" of "below".
        let tolerated = if self.stretch > 0 { f64::INFINITY } else { budget.tolerance.next_up() };
        let escape = if self.escaped_at.is_none() { levels.one_unit } else { 0.0 };
        let spans = Spans::of(budget);
        // The first step of what is looked at next in any case, and the one before it.
        let next = if self.window_at + WINDOW as u64 <= spans.before {
            spans.before - spans.length
        } else {
            budget.steps - CALM_STEPS.min(budget.steps)
        };
        Watch {
            peak: if self.error_peak.is_nan() { f64::NEG_INFINITY } else { self.error_peak },
            low: tolerated.max(escape),
            solved: if self.solved_at.is_none() { levels.half } else { f64::NEG_INFINITY },
            until_step: next as f64 - WINDOW as f64,
        }
    }

    /// Looks through the window that starts at `step`. Returns the index of the step at which the run is over, with
    /// the outcome.
    pub fn look(
        &mut self,
        step: u64,
        seen: &Seen,
        budget: &Budget,
        levels: &Levels,
    ) -> Option<(usize, Outcome)> {
        self.window_at = step;
        let end = self.end(step, seen, budget);
        let last = end.map_or(WINDOW - 1, |(index, _)| index);
        self.note(step, seen, last, budget, levels);
        let (index, outcome) = end?;
        Some((index, outcome.unwrap_or_else(|| self.at_budget_end(seen.errors[index], budget, levels))))
    }

    /// The step at which the run is over, and how; without an outcome the budget is used up.
    fn end(&mut self, step: u64, seen: &Seen, budget: &Budget) -> Option<(usize, Option<Outcome>)> {
        let left = budget.steps - step;
        let is_beyond = self.stretch == 0 && seen.lowest > budget.tolerance;
        let is_bounded = seen.highest <= budget.blow_up && seen.highest.is_finite();
        if seen.is_sound() && is_beyond && is_bounded && left >= WINDOW as u64 {
            return None;
        }
        for (index, &error) in seen.errors.iter().enumerate() {
            self.stretch = if error <= budget.tolerance { self.stretch + 1 } else { 0 };
            if self.stretch == budget.hold {
                return Some((index, Some(Outcome::Converged)));
            }
            if !(error <= budget.blow_up && error.is_finite()) {
                return Some((index, Some(Outcome::Diverged)));
            }
            if index as u64 == left {
                return Some((index, None));
            }
        }
        None
    }

    /// Takes down the events up to the step of index `last`. Each kind is looked for only where the extremes tell of one.
    fn note(&mut self, step: u64, seen: &Seen, last: usize, budget: &Budget, levels: &Levels) {
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
        if self.escaped_at.is_none() && (is_unsound || seen.lowest < levels.one_unit) {
            self.escaped_at = errors.iter().position(|&error| error < levels.one_unit).map(at);
        }
        if self.solved_at.is_none() && (is_unsound || seen.best < levels.half) {
            // A NaN hides from the farthest residual.
            let is_solved = |(&error, &astray): (&f64, &f64)| astray < levels.half && !error.is_nan();
            self.solved_at = errors.iter().zip(&seen.astray).position(is_solved).map(at);
        }
        let is_last = |index: usize| at(index) + CALM_STEPS > budget.steps;
        if is_last(last) {
            let mut previous = seen.before;
            for (index, &error) in errors.iter().enumerate() {
                self.rose |= at(index) > 0 && is_last(index) && error > previous * (1.0 + RISE);
                previous = error;
            }
        }
        let spans = Spans::of(budget);
        for (index, &error) in errors.iter().enumerate() {
            let step = at(index);
            if step <= spans.before && step + spans.length > spans.before {
                self.level_before += error;
            }
            if step + spans.length > budget.steps {
                self.level_after += error;
            }
        }
    }

    /// What it is named is told by its outputs later.
    fn at_budget_end(&self, error: f64, budget: &Budget, levels: &Levels) -> Outcome {
        let change = (self.level_after - self.level_before).abs();
        let is_level = Spans::of(budget).length > 0 && change <= PLATEAU_CHANGE * self.level_before;
        let still_setting_records = self.peak_at > 0 && budget.steps - self.peak_at <= budget.steps / 10;
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

    /// The finished run: over at `index` of the window just looked at, with this error and these parameters there.
    #[must_use]
    pub fn finish(
        self,
        network: &Network,
        index: usize,
        outcome: Outcome,
        error_last: f64,
        end: Theta,
    ) -> Finished {
        let steps = self.window_at + index as u64;
        let outcome = match outcome {
            Outcome::Converged if is_rounding(network, &end) => Outcome::Diverged,
            Outcome::Plateau(_) => {
                let targets = targets(network);
                let residuals = samples(network, &end).residuals;
                let outputs: [f64; 4] = each!(sample => targets[sample] - residuals[sample]);
                Outcome::Plateau(Plateau::of_outputs(&targets, &outputs))
            }
            outcome => outcome,
        };
        // What was computed at such a start tells nothing either.
        let is_told = !is_rounding(network, &self.start);
        Finished {
            run: self.run,
            outcome,
            escaped_at: self.escaped_at.filter(|_| is_told),
            solved_at: self.solved_at.filter(|_| is_told),
            converged_at: (outcome == Outcome::Converged).then(|| steps + 1 - self.stretch),
            steps,
            error_first: self.error_first,
            error_last,
            error_peak: self.error_peak,
            peak_at: self.peak_at,
            start: self.start,
            end,
        }
    }
}

/// Whether the parameters are so large that rounding alone may move the output unit's sum by [`UNTOLD`] of the distance
/// of the targets, which are then not told apart: from |b3| of about 1e15.
fn is_rounding(network: &Network, theta: &Theta) -> bool {
    let Levels { half, .. } = Levels::of(network);
    // Activations are at most 1.
    let size = theta[B3].abs() + theta[W5].abs() + theta[W6].abs();
    size * f64::EPSILON >= UNTOLD * 2.0 * half
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
        let network = Network::default();
        assert!(is_rounding(&network, &[0.0, 0.0, 0.0, 0.0, -2e16, 0.0, 0.0, 0.0, 1e16]));
        assert!(!is_rounding(&network, &[1e300, 0.0, 0.0, 0.0, -2e12, 0.0, 0.0, 0.0, 1e12]));
    }
}
