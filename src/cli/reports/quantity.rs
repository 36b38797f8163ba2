//! The words in which figures and expectations ask for something of all runs of a sweep: shares of them, and numbers
//! that each has.

use indicatif::HumanCount;
use xorsweep::kernel::derivatives::{outputs, right_sides};
use xorsweep::kernel::outcome::{Outcome, Plateau, RunResult};
use xorsweep::kernel::theta::Shape;
use xorsweep::results::summary::wilson_interval;
use xorsweep::sweep::spec::Sweep;
use xorsweep::sweep::text::percent;

use crate::cli::experiments::figure::{Ours, median_within};

/// All runs of a sweep; there are few.
pub struct Ran {
    /// The runs.
    pub runs: Vec<Ended>,
    /// The most steps they may take.
    pub steps: u64,
}

/// A run, and where it ended.
pub struct Ended {
    /// What became of it.
    pub finished: RunResult,
    /// Its output for each sample.
    outputs: Vec<f64>,
    /// Whether all of these are on the right side of the middle between two targets.
    is_right: bool,
    /// The shape of its network.
    shape: Shape,
    /// How many times as large as with targets 0 and 1 errors are.
    scale: f64,
}

impl Ended {
    /// A run of a sweep.
    pub fn of(sweep: &Sweep, finished: RunResult) -> Self {
        let (set_up, _) = sweep.set_up_from(finished.run);
        let outputs = outputs(set_up, &finished.end);
        let targets = set_up.task.two_targets();
        Self {
            is_right: right_sides(set_up, &finished.end).is_some_and(|sides| !sides.contains(&false)),
            scale: targets.map_or(1.0, |[low, high]| (high - low) * (high - low)),
            shape: set_up.shape(),
            outputs,
            finished,
        }
    }

    /// What became of it.
    fn told(&self) -> String {
        let RunResult { outcome, solved_at, error_last, .. } = &self.finished;
        let solved = match solved_at {
            Some(step) => format!("solved at step {}", HumanCount(*step)),
            None => "not solved".to_owned(),
        };
        let outcome = match outcome.plateau() {
            Some(plateau) => format!("on a plateau ({})", plateau.kind()),
            None => outcome.word().to_owned(),
        };
        let outputs: Vec<String> = self.outputs.iter().map(|output| format!("{output:.3}")).collect();
        format!("{solved}; {outcome}; outputs {}; error {}", outputs.join(" "), short(*error_last))
    }

    fn is(&self, outcome: Outcome) -> bool {
        self.finished.outcome == outcome
    }

    fn is_on(&self, kind: &str) -> bool {
        self.finished.outcome.plateau().is_some_and(|plateau| plateau.kind() == kind)
    }

    /// Whether it did not converge, and of 1/8, 1/6 and 1/4, its error at the end is nearest to the one with an
    /// index; one below 1/10 is near none.
    fn is_near(&self, level: usize) -> bool {
        const MIDDLES: [f64; 4] = [0.1, 7.0 / 48.0, 5.0 / 24.0, f64::INFINITY];
        let error = self.finished.error_last / self.scale;
        !self.is(Outcome::Converged) && MIDDLES[level] <= error && error < MIDDLES[level + 1]
    }
}

/// Something to ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Quantity {
    /// The share of the runs for which this holds.
    Share(&'static Share),
    /// A number that runs have.
    Number(Number, Statistic),
}

/// Something that holds for a run or not.
#[derive(Debug)]
pub struct Share {
    /// Its word.
    word: &'static str,
    /// What it means.
    pub about: &'static str,
    holds: fn(&Ended) -> bool,
}

impl Share {
    /// Its word.
    pub fn word(&self) -> &'static str {
        self.word
    }
}

impl PartialEq for Share {
    fn eq(&self, other: &Self) -> bool {
        self.word == other.word
    }
}

/// All there are.
pub const SHARES: &[Share] = &[
    Share {
        word: "solved",
        about: "all outputs on the right side at some step",
        holds: |run| run.finished.solved_at.is_some(),
    },
    Share { word: "right", about: "all outputs on the right side at the end", holds: |run| run.is_right },
    Share { word: "converged", about: "within the tolerance", holds: |run| run.is(Outcome::Converged) },
    Share {
        word: "escaped",
        about: "hidden units that proved different",
        holds: |run| run.finished.escaped_at.is_some(),
    },
    Share { word: "diverged", about: "diverged", holds: |run| run.is(Outcome::Diverged) },
    Share { word: "oscillating", about: "oscillating", holds: |run| run.is(Outcome::Oscillating) },
    Share { word: "unfinished", about: "still descending", holds: |run| run.is(Outcome::Unfinished) },
    Share { word: "plateau", about: "on a plateau", holds: |run| run.finished.outcome.plateau().is_some() },
    Share { word: "constant", about: "on the plateau of this name", holds: |run| run.is_on("constant") },
    Share { word: "one-unit", about: "on the plateau of this name", holds: |run| run.is_on("one-unit") },
    Share { word: "saturated", about: "on the plateau of this name", holds: |run| run.is_on("saturated") },
    Share { word: "wrong", about: "on a plateau of this name", holds: |run| run.is_on("wrong") },
    Share {
        word: "near-1/8",
        about: "not converged, with an error nearest to this level",
        holds: |run| run.is_near(0),
    },
    Share {
        word: "near-1/6",
        about: "not converged, with an error nearest to this level",
        holds: |run| run.is_near(1),
    },
    Share {
        word: "near-1/4",
        about: "not converged, with an error nearest to this level, or above it",
        holds: |run| run.is_near(2),
    },
];

/// A number that a run has.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    /// The step at which it was solved, if it was.
    SolvedAt,
    /// The step at which it converged, if it did.
    ConvergedAt,
    /// The error at the end.
    Error,
    /// The output for a sample at the end, counted from 0.
    Output(usize),
    /// A parameter at the end, by its name.
    Parameter(String),
}

/// One number for those of all runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statistic {
    /// Their mean.
    Mean,
    /// A percentile.
    Percentile(u8),
}

impl Quantity {
    /// Reads `solved`, `converged-at`, `mean-converged-at`, `solved-at-p90`, `output-1`, `b3`.
    pub fn of_word(word: &str) -> Option<Self> {
        if let Some(share) = SHARES.iter().find(|share| share.word == word) {
            return Some(Self::Share(share));
        }
        let percentile = word.rsplit_once("-p").and_then(|(rest, digits)| {
            let percent = digits.parse().ok().filter(|percent| *percent <= 100)?;
            Some((rest, Statistic::Percentile(percent)))
        });
        let mean = || word.strip_prefix("mean-").map(|rest| (rest, Statistic::Mean));
        let (name, statistic) = percentile.or_else(mean).unwrap_or((word, Statistic::Percentile(50)));
        Some(Self::Number(Number::of_word(name)?, statistic))
    }

    /// Whether it is a share of runs.
    pub fn is_share(&self) -> bool {
        matches!(self, Self::Share(_))
    }

    /// Whether it is a step.
    pub fn is_step(&self) -> bool {
        matches!(self, Self::Number(Number::SolvedAt | Number::ConvergedAt, _))
    }

    /// What it is of these runs; not a number where no run has it.
    pub fn value(&self, ran: &Ran) -> f64 {
        match self {
            Self::Share(share) => {
                ran.runs.iter().filter(|run| (share.holds)(run)).count() as f64 / ran.runs.len() as f64
            }
            Self::Number(number, Statistic::Percentile(percent)) => percentile(&number.all(ran), *percent),
            Self::Number(number, Statistic::Mean) => {
                let all = number.all(ran);
                all.iter().sum::<f64>() / all.len() as f64
            }
        }
    }

    /// The same, to be compared with what was published of so many runs, or of nobody knows how many.
    pub fn ours(&self, ran: &Ran, published: Option<u64>) -> Ours {
        let value = self.value(ran);
        match self {
            Self::Share(_) => {
                let runs = ran.runs.len() as u64;
                let (low, high) =
                    wilson_interval((value * runs as f64).round() as u64, runs).unwrap_or((0.0, 1.0));
                Ours { value, margins: [value - low, high - value], between: None }
            }
            Self::Number(number, _) => {
                let all = number.all(ran);
                if all.len() <= 1 {
                    return Ours::exact(value);
                }
                // A number of one run agrees with a distribution if it lies within its central 95 %.
                if published == Some(1) {
                    let ends = (percentile(&all, 3), percentile(&all, 97));
                    return Ours { value, margins: [value - ends.0, ends.1 - value], between: Some(ends) };
                }
                // As of a median, for means as well.
                let within = median_within([Some(all.len() as u64), published].into_iter().flatten());
                let [low, high] = within.map(|percent| percentile(&all, percent));
                Ours { value, margins: [value - low, high - value].map(|side| side.max(0.0)), between: None }
            }
        }
    }
}

/// A percentile of sorted numbers by the nearest rank; not a number if there are none.
fn percentile(sorted: &[f64], percent: u8) -> f64 {
    let rank = (sorted.len() * usize::from(percent)).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(f64::NAN)
}

impl Number {
    fn of_word(word: &str) -> Option<Self> {
        let is_parameter = |word: &str| {
            word.strip_prefix(['w', 'b'])
                .is_some_and(|digits| digits.parse().is_ok_and(|place: u8| place > 0))
        };
        match word {
            "solved-at" => Some(Self::SolvedAt),
            "converged-at" => Some(Self::ConvergedAt),
            "error" => Some(Self::Error),
            _ if is_parameter(word) => Some(Self::Parameter(word.to_owned())),
            _ => {
                let place: usize = word.strip_prefix("output-")?.parse().ok()?;
                Some(Self::Output(place.checked_sub(1)?))
            }
        }
    }

    /// Those of all runs that have it, sorted.
    fn all(&self, ran: &Ran) -> Vec<f64> {
        let mut all: Vec<f64> = ran.runs.iter().filter_map(|run| self.of(run)).collect();
        all.sort_by(f64::total_cmp);
        all
    }

    fn of(&self, run: &Ended) -> Option<f64> {
        match self {
            Self::SolvedAt => run.finished.solved_at.map(|step| step as f64),
            Self::ConvergedAt => run.finished.converged_at.map(|step| step as f64),
            Self::Error => Some(run.finished.error_last),
            Self::Output(place) => run.outputs.get(*place).copied(),
            Self::Parameter(name) => {
                let place = run.shape.names().iter().position(|known| known == name)?;
                Some(run.finished.end[place])
            }
        }
    }
}

impl Ran {
    /// What became of the runs, in a line.
    pub fn told(&self) -> String {
        let steps = match self.steps {
            1 => "1 step".to_owned(),
            steps => format!("{} steps", HumanCount(steps)),
        };
        match &*self.runs {
            [run] => format!("1 run of {steps}: {}", run.told()),
            runs => format!("{} runs of {steps}: {}", HumanCount(runs.len() as u64), self.told_of_many()),
        }
    }

    /// How many are right at the end, in a few words.
    pub fn told_briefly(&self) -> String {
        let (all, right) = (self.runs.len() as u64, self.count("right"));
        match all {
            1 => ["not right", "right"][right as usize].to_owned(),
            _ => format!("{} of {} right", percent(right, all, 0), HumanCount(all)),
        }
    }

    fn told_of_many(&self) -> String {
        let all = self.runs.len() as u64;
        let share = |count: u64| percent(count, all, 0);
        let median = |number: Number| percentile(&number.all(self), 50);
        let steps = |number: Number| match median(number) {
            step if step.is_nan() => String::new(),
            step => format!(" (median step {})", HumanCount(step as u64)),
        };
        let [solved, right, converged] = ["solved", "right", "converged"].map(|word| self.count(word));
        let mut pieces = vec![format!("{} solved{}", share(solved), steps(Number::SolvedAt))];
        if right != solved {
            pieces.push(format!("{} right at the end", share(right)));
        }
        pieces.push(format!("{} converged{}", share(converged), steps(Number::ConvergedAt)));
        let kinds = Plateau::KINDS.map(Plateau::kind);
        let counts = kinds.map(|kind| (kind, self.runs.iter().filter(|run| run.is_on(kind)).count() as u64));
        let on = counts.iter().filter(|(_, count)| *count > 0);
        let on: Vec<String> = on.map(|(kind, count)| format!("{kind} {}", share(*count))).collect();
        if !on.is_empty() {
            pieces.push(format!("on a plateau: {}", on.join(", ")));
        }
        let others = ["oscillating", "diverged", "unfinished"].map(|word| (word, self.count(word)));
        let others = others.iter().filter(|(_, count)| *count > 0);
        pieces.extend(others.map(|(word, count)| format!("{} {word}", share(*count))));
        pieces.push(format!("median error {}", short(median(Number::Error))));
        pieces.join("; ")
    }

    /// For how many runs the word of a share holds.
    fn count(&self, word: &str) -> u64 {
        let share = SHARES.iter().find(|share| share.word == word).expect("a word of the program's own");
        self.runs.iter().filter(|run| (share.holds)(run)).count() as u64
    }
}

/// An error with a few digits.
fn short(value: f64) -> String {
    if (0.001..1000.0).contains(&value) { format!("{value:.3}") } else { format!("{value:.1e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read() {
        let number = |number, statistic| Some(Quantity::Number(number, statistic));
        assert!(Quantity::of_word("near-1/8").unwrap().is_share());
        assert_eq!(Quantity::of_word("converged-at"), number(Number::ConvergedAt, Statistic::Percentile(50)));
        assert_eq!(Quantity::of_word("solved-at-p90"), number(Number::SolvedAt, Statistic::Percentile(90)));
        assert_eq!(Quantity::of_word("mean-error"), number(Number::Error, Statistic::Mean));
        assert_eq!(Quantity::of_word("output-4"), number(Number::Output(3), Statistic::Percentile(50)));
        assert_eq!(
            Quantity::of_word("b3"),
            number(Number::Parameter("b3".into()), Statistic::Percentile(50))
        );
        for wrong in ["", "solve", "output-0", "b0", "w", "x1", "solved-at-p101", "mean-solved"] {
            assert_eq!(Quantity::of_word(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let sorted = [1.0, 2.0, 3.0, 4.0];
        for (percent, expected) in [(0, 1.0), (25, 1.0), (26, 2.0), (50, 2.0), (51, 3.0), (100, 4.0)] {
            assert_eq!(percentile(&sorted, percent), expected, "{percent}");
        }
        assert!(percentile(&[], 50).is_nan());
    }
}
