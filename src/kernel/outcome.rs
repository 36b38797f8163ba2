//! What became of a run: the exact steps of its events, and the word for its end.
//!
//! A [`Tracker`] follows one run through windows of errors. It is told only of windows in which something may have
//! happened (its [`Watch`] says when), so a run that quietly descends costs a comparison of a few numbers a window.

use crate::descent::WINDOW;
use crate::theta::Theta;
use crate::variant::{Coding, Network};

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
    /// ¼: the squared residual below which an output is on the right side of ½.
    pub right_side: f64,
}

impl Levels {
    /// The levels of a network.
    #[must_use]
    pub fn of(network: &Network) -> Self {
        let scale = match network.coding {
            Coding::ZeroOne => 1.0,
            Coding::PlusMinus => 4.0,
        };
        Self { constant: scale / 4.0, one_unit: scale / 6.0, saturated: scale / 8.0, right_side: scale / 4.0 }
    }
}

/// Within this part of a level a run is said to be trapped at it.
const TRAPPED_WITHIN: f64 = 0.02;
/// The last steps in which the error must not rise …
const CALM_STEPS: u64 = 64;
/// … by more than this part of itself, or the run is oscillating.
const RISE: f64 = 1e-9;

/// The level a trapped run sits at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trap {
    /// 1/4
    Constant,
    /// 1/6
    OneUnit,
    /// 1/8
    Saturated,
}

impl Trap {
    /// All levels, from high to low.
    pub const ALL: [Self; 3] = [Self::Constant, Self::OneUnit, Self::Saturated];

    /// The word in the table.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::OneUnit => "one-unit",
            Self::Saturated => "saturated",
        }
    }

    fn at(error: f64, levels: &Levels) -> Option<Self> {
        Self::ALL
            .into_iter()
            .zip([levels.constant, levels.one_unit, levels.saturated])
            .find_map(|(trap, level)| ((error - level).abs() <= TRAPPED_WITHIN * level).then_some(trap))
    }
}

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The error stayed at or below the tolerance for `hold` steps.
    Converged,
    /// The error left all bounds, or was still setting records above the `constant` level at the budget's end.
    Diverged,
    /// The error still went up and down at the budget's end.
    Oscillating,
    /// The error sat near one of the three levels at the budget's end.
    Trapped(Trap),
    /// None of these: still descending.
    Unfinished,
}

impl Outcome {
    /// The words of the table's column `outcome`, in the order of [`Outcome::index`].
    pub const WORDS: [&'static str; 5] = ["converged", "diverged", "oscillating", "trapped", "unfinished"];

    /// Where its word stands in [`Outcome::WORDS`].
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::Converged => 0,
            Self::Diverged => 1,
            Self::Oscillating => 2,
            Self::Trapped(_) => 3,
            Self::Unfinished => 4,
        }
    }

    /// The word in the table.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self.index()]
    }

    /// The level it is trapped at.
    #[must_use]
    pub fn trap(self) -> Option<Trap> {
        if let Self::Trapped(trap) = self { Some(trap) } else { None }
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
    /// The largest squared residual at each step.
    pub worst: [f64; WINDOW],
    /// The least error. Not to be trusted if the last error is NaN, as are the next two: a NaN may hide others, but it
    /// stays in a run for good.
    pub lowest: f64,
    /// The largest error.
    pub highest: f64,
    /// The least of `worst`.
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
    /// A largest squared residual below this is a solution.
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
        }
    }

    /// What must happen in a window for it to matter.
    #[must_use]
    pub fn watch(&self, budget: &Budget, levels: &Levels) -> Watch {
        // The least double above x makes "at most x" of "below".
        let tolerated = if self.stretch > 0 { f64::INFINITY } else { budget.tolerance.next_up() };
        let escape = if self.escaped_at.is_none() { levels.one_unit } else { 0.0 };
        Watch {
            peak: if self.error_peak.is_nan() { f64::NEG_INFINITY } else { self.error_peak },
            low: tolerated.max(escape),
            solved: if self.solved_at.is_none() { levels.right_side } else { f64::NEG_INFINITY },
            until_step: budget.steps as f64 - (CALM_STEPS + WINDOW as u64) as f64,
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
        if self.solved_at.is_none() && (is_unsound || seen.best < levels.right_side) {
            // A NaN hides from the largest residual.
            let is_solved = |(&error, &worst): (&f64, &f64)| worst < levels.right_side && !error.is_nan();
            self.solved_at = errors.iter().zip(&seen.worst).position(is_solved).map(at);
        }
        let is_last = |index: usize| at(index) + CALM_STEPS > budget.steps;
        if is_last(last) {
            let mut previous = seen.before;
            for (index, &error) in errors.iter().enumerate() {
                self.rose |= at(index) > 0 && is_last(index) && error > previous * (1.0 + RISE);
                previous = error;
            }
        }
    }

    fn at_budget_end(&self, error: f64, budget: &Budget, levels: &Levels) -> Outcome {
        let still_setting_records = self.peak_at > 0 && budget.steps - self.peak_at <= budget.steps / 10;
        if error > levels.constant && still_setting_records {
            Outcome::Diverged
        } else if self.rose {
            Outcome::Oscillating
        } else {
            Trap::at(error, levels).map_or(Outcome::Unfinished, Outcome::Trapped)
        }
    }

    /// The finished run: over at `index` of the window just looked at, with this error and these parameters there.
    #[must_use]
    pub fn finish(self, index: usize, outcome: Outcome, error_last: f64, end: Theta) -> Finished {
        let steps = self.window_at + index as u64;
        Finished {
            run: self.run,
            outcome,
            escaped_at: self.escaped_at,
            solved_at: self.solved_at,
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
