//! The table `summary.csv`: what became of each group of runs, for a spreadsheet.
//!
//! A [`Tally`] takes runs in any order and can be merged with others; its memory does not grow with their number.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::cell::{self, Cell, Kind, append_line};
use super::{Format, Quantiles};
use crate::kernel::outcome::{Outcome, Plateau, RunResult};
use crate::sweep::set_ups::Axis;
use crate::sweep::spec::{self, Sweep};

/// A column: its name, what its cells hold, and where they come from.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// What its cells hold.
    pub kind: Kind,
    /// What it says, with unit and range, in one line.
    pub about: &'static str,
    /// The cell of a group.
    pub cell: for<'a> fn(&'a Group) -> Cell<'a>,
}

/// The columns that every summary has, in order; those of axes with several values, [`AXES`], stand behind the first.
pub const COLUMNS: [Column; 24] = {
    use Kind::{Integer, Number, Word};
    [
        column("init", Word, "how the runs of the group started", |group| Cell::Word(&group.init)),
        column("momentum", Number, "momentum μ, from 0", |group| Cell::Number(group.momentum)),
        column("alpha", Number, "learning rate α, above 0", |group| Cell::Number(group.alpha)),
        column("runs", Integer, "how many runs the group has", |group| Cell::Integer(group.tally.runs())),
        column("converged", Integer, "runs whose error stayed within the tolerance", |group| {
            group.count(Outcome::Converged)
        }),
        column(
            "plateau_constant",
            Integer,
            "runs on a plateau with all outputs near the mean of the targets",
            |group| group.count(Outcome::Plateau(Plateau::Constant)),
        ),
        column(
            "plateau_one_unit",
            Integer,
            "runs on a plateau with one output right and the others near their targets' mean",
            |group| group.count(Outcome::Plateau(Plateau::OneUnit)),
        ),
        column(
            "plateau_saturated",
            Integer,
            "runs on a plateau with one output of each target right and the others near the middle",
            |group| group.count(Outcome::Plateau(Plateau::Saturated)),
        ),
        column(
            "plateau_wrong",
            Integer,
            "runs on a plateau with some outputs near the opposite target and the others right",
            |group| group.count(Outcome::Plateau(Plateau::Wrong(1))),
        ),
        column("plateau_other", Integer, "runs on any other plateau", |group| {
            group.count(Outcome::Plateau(Plateau::Other))
        }),
        column("oscillating", Integer, "runs whose error still went up and down at the end", |group| {
            group.count(Outcome::Oscillating)
        }),
        column("diverged", Integer, "runs whose error left all bounds", |group| {
            group.count(Outcome::Diverged)
        }),
        column("unfinished", Integer, "runs that were still descending", |group| {
            group.count(Outcome::Unfinished)
        }),
        column(
            "escaped",
            Integer,
            "runs whose error fell below that of one hidden unit at some step",
            |group| Cell::integer(group.can_escape.then(|| group.tally.escaped_at.len())),
        ),
        column("solved", Integer, "runs whose outputs were all on the right side at some step", |group| {
            Cell::integer(group.is_solvable.then_some(group.tally.solved))
        }),
        column("converged_share", Number, "converged runs among all, 0 to 1", |group| {
            Cell::number(group.tally.converged_share())
        }),
        column("converged_low", Number, "lower end of the share's Wilson 95 % interval, 0 to 1", |group| {
            Cell::number(group.tally.converged_interval().map(|(low, _)| low))
        }),
        column("converged_high", Number, "upper end of the share's Wilson 95 % interval, 0 to 1", |group| {
            Cell::number(group.tally.converged_interval().map(|(_, high)| high))
        }),
        column("solved_share", Number, "runs that solved the task among all, 0 to 1", |group| {
            Cell::number(group.tally.solved_share().filter(|_| group.is_solvable))
        }),
        column(
            "escaped_at_median",
            Number,
            "median of the steps at which runs escaped; error up to 2⁻¹³",
            |group| Cell::number(group.tally.escaped_at.percentile(50)),
        ),
        column("converged_at_p10", Number, "10th percentile of the steps at which runs converged", |group| {
            Cell::number(group.tally.converged_at.percentile(10))
        }),
        column("converged_at_median", Number, "median of the steps at which runs converged", |group| {
            Cell::number(group.tally.converged_at.percentile(50))
        }),
        column("converged_at_p90", Number, "90th percentile of the steps at which runs converged", |group| {
            Cell::number(group.tally.converged_at.percentile(90))
        }),
        column(
            "error_peak_median",
            Number,
            "median of the runs' largest errors, from 0, also inf",
            |group| Cell::number(group.tally.error_peak.percentile(50)),
        ),
    ]
};

/// The columns of the axes, of which a summary has those with several values.
pub const AXES: [Column; Axis::ALL.len()] = {
    use Kind::{Integer, Word};
    [
        varied(Axis::Task, Word, |group| group.word(Axis::Task)),
        varied(Axis::HiddenUnits, Integer, |group| {
            Cell::integer(group.text(Axis::HiddenUnits).and_then(|text| text.parse().ok()))
        }),
        varied(Axis::Hidden, Word, |group| group.word(Axis::Hidden)),
        varied(Axis::Output, Word, |group| group.word(Axis::Output)),
        varied(Axis::Loss, Word, |group| group.word(Axis::Loss)),
        varied(Axis::Update, Word, |group| group.word(Axis::Update)),
        varied(Axis::Optimizer, Word, |group| group.word(Axis::Optimizer)),
    ]
};

/// The column of this name.
#[must_use]
pub fn column_named(name: &str) -> Option<&'static Column> {
    static ALL: LazyLock<Vec<Column>> = LazyLock::new(|| columns(&Axis::ALL).collect());
    ALL.iter().find(|column| column.name == name)
}

/// The columns of a summary in which these axes have several values.
pub fn columns(axes: &[Axis]) -> impl Iterator<Item = Column> {
    let of_axes = AXES.into_iter().zip(Axis::ALL).filter(|(_, axis)| axes.contains(axis));
    let (init, others) = COLUMNS.split_first().expect("there are some");
    [*init].into_iter().chain(of_axes.map(|(column, _)| column)).chain(others.iter().copied())
}

const fn varied(axis: Axis, kind: Kind, cell: for<'a> fn(&'a Group) -> Cell<'a>) -> Column {
    column(axis.key(), kind, axis.about(), cell)
}

const fn column(
    name: &'static str,
    kind: Kind,
    about: &'static str,
    cell: for<'a> fn(&'a Group) -> Cell<'a>,
) -> Column {
    Column { name, kind, about, cell }
}

/// Runs that differ in their seeds only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Which of the sweep's set-ups they have.
    pub set_up_index: usize,
    /// Its values on the axes with several values.
    pub set_up: Vec<(Axis, String)>,
    /// Whether its task has two targets, so that outputs are on the right side or not.
    pub is_solvable: bool,
    /// Whether its error can fall below that of one hidden unit: XOR with two.
    pub can_escape: bool,
    /// How they started.
    pub init: String,
    /// Their momentum.
    pub momentum: f64,
    /// Their learning rate.
    pub alpha: f64,
    /// What became of them.
    pub tally: Tally,
}

impl Group {
    /// A group of a sweep of the question's set-up, without runs.
    #[must_use]
    pub fn new(init: impl Into<String>, momentum: f64, alpha: f64) -> Self {
        let (init, tally) = (init.into(), Tally::new());
        let (set_up_index, set_up, is_solvable, can_escape) = (0, Vec::new(), true, true);
        Self { set_up_index, set_up, is_solvable, can_escape, init, momentum, alpha, tally }
    }

    /// A group of a sweep, without runs.
    #[must_use]
    pub fn of(sweep: &Sweep, group: &spec::GroupKey) -> Self {
        let values = sweep.set_up_values(group.set_up_index).into_iter();
        Self {
            set_up_index: group.set_up_index,
            set_up: values.map(|(axis, text)| (axis, text.into_owned())).collect(),
            is_solvable: spec::is_solvable(&sweep.set_ups[group.set_up_index]),
            can_escape: sweep.set_ups[group.set_up_index].is_xor_of_two(),
            ..Self::new(group.init_name.as_str(), group.momentum, group.alpha)
        }
    }

    fn text(&self, axis: Axis) -> Option<&str> {
        self.set_up.iter().find(|(other, _)| *other == axis).map(|(_, text)| text.as_str())
    }

    fn word(&self, axis: Axis) -> Cell<'_> {
        Cell::word(self.text(axis))
    }

    fn count(&self, outcome: Outcome) -> Cell<'static> {
        Cell::Integer(self.tally.count(outcome))
    }
}

/// What became of some runs, counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    counts: [u64; 4 + Plateau::KINDS.len()],
    solved: u64,
    escaped_at: Quantiles,
    converged_at: Quantiles,
    error_peak: Quantiles,
}

impl Tally {
    /// No runs yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a run.
    pub fn add(&mut self, finished: &RunResult) {
        self.counts[place(finished.outcome)] += 1;
        self.solved += u64::from(finished.solved_at.is_some());
        if let Some(step) = finished.escaped_at {
            self.escaped_at.add(step as f64);
        }
        if let Some(step) = finished.converged_at {
            self.converged_at.add(step as f64);
        }
        self.error_peak.add(finished.error_peak); // which leaves out NaN
    }

    /// Adds all runs of another tally.
    pub fn merge(&mut self, other: &Self) {
        for (ours, theirs) in self.counts.iter_mut().zip(other.counts) {
            *ours += theirs;
        }
        self.solved += other.solved;
        self.escaped_at.merge(&other.escaped_at);
        self.converged_at.merge(&other.converged_at);
        self.error_peak.merge(&other.error_peak);
    }

    /// How many runs there are.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How many runs had this outcome.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.counts[place(outcome)]
    }

    /// How many runs had all outputs on the right side at some step.
    #[must_use]
    pub fn solved(&self) -> u64 {
        self.solved
    }

    /// The steps at which runs escaped.
    #[must_use]
    pub fn escaped_at(&self) -> &Quantiles {
        &self.escaped_at
    }

    /// The steps at which runs converged.
    #[must_use]
    pub fn converged_at(&self) -> &Quantiles {
        &self.converged_at
    }

    /// The largest errors of the runs.
    #[must_use]
    pub fn error_peak(&self) -> &Quantiles {
        &self.error_peak
    }

    /// The share of runs that converged, if there are runs.
    #[must_use]
    pub fn converged_share(&self) -> Option<f64> {
        (self.runs() > 0).then(|| self.count(Outcome::Converged) as f64 / self.runs() as f64)
    }

    /// The share of runs that had all outputs on the right side at some step, if there are runs.
    #[must_use]
    pub fn solved_share(&self) -> Option<f64> {
        (self.runs() > 0).then(|| self.solved as f64 / self.runs() as f64)
    }

    /// The Wilson 95 % interval of the share that converged, if there are runs.
    #[must_use]
    pub fn converged_interval(&self) -> Option<(f64, f64)> {
        wilson_interval(self.count(Outcome::Converged), self.runs())
    }
}

/// Where an outcome is counted.
fn place(outcome: Outcome) -> usize {
    match outcome {
        Outcome::Converged => 0,
        Outcome::Plateau(plateau) => 1 + plateau.index(),
        Outcome::Oscillating => 6,
        Outcome::Diverged => 7,
        Outcome::Unfinished => 8,
    }
}

/// The 97.5 % quantile of the standard normal distribution: 2.5 % lie above it, and 2.5 % below its negative.
const NORMAL_QUANTILE: f64 = 1.959_963_984_540_054;

/// The interval that holds a share with 95 % confidence when `successes` of `trials` were seen; none without trials.
///
/// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
/// Statistical Association 22 (1927), 209–212. Unlike the usual ± it stays within 0 and 1 and is honest at both ends.
#[must_use]
pub fn wilson_interval(successes: u64, trials: u64) -> Option<(f64, f64)> {
    if trials == 0 {
        return None;
    }
    let n = trials as f64;
    let share = successes as f64 / n;
    let squared = NORMAL_QUANTILE * NORMAL_QUANTILE;
    let centre = share + squared / (2.0 * n);
    let half = NORMAL_QUANTILE * (share * (1.0 - share) / n + squared / (4.0 * n * n)).sqrt();
    let scale = 1.0 + squared / n;
    // At the ends rounding must not leave a hair between the interval and the share.
    let low = if successes == 0 { 0.0 } else { (centre - half) / scale };
    let high = if successes == trials { 1.0 } else { (centre + half) / scale };
    Some((low, high))
}

/// Appends the line of the columns' names, with those of these axes.
pub fn append_header(out: &mut Vec<u8>, axes: &[Axis], format: Format) {
    let columns: Vec<Column> = columns(axes).collect();
    cell::append_header(out, columns.iter().map(|column| (column.name, column.kind)), format);
}

/// Appends the line of a group.
pub fn append_group(out: &mut Vec<u8>, group: &Group, format: Format) {
    let axes: Vec<Axis> = group.set_up.iter().map(|(axis, _)| *axis).collect();
    append_line(out, columns(&axes).map(|column| (column.cell)(group)), format);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::convergence::tests::any_finished;
    use proptest::prelude::*;

    fn table(groups: &[Group], format: Format) -> String {
        let mut out = Vec::new();
        append_header(&mut out, &[], format);
        for group in groups {
            append_group(&mut out, group, format);
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_header_is_the_designs() {
        assert_eq!(
            table(&[], Format::PLAIN),
            "\"init\",momentum,alpha,runs,converged,plateau_constant,plateau_one_unit,plateau_saturated,plateau_wrong,plateau_other,oscillating,\
             diverged,unfinished,escaped,solved,converged_share,converged_low,converged_high,solved_share,escaped_at_median,\
             converged_at_p10,converged_at_median,converged_at_p90,error_peak_median\n"
        );
    }

    #[test]
    fn the_interval_agrees_with_published_values() {
        // Brown, Cai, DasGupta, "Interval estimation for a binomial proportion" (2001); R's binom::binom.wilson.
        for (successes, trials, low, high) in [
            (0, 10, 0.0, 0.277_5),
            (5, 10, 0.236_6, 0.763_4),
            (10, 10, 0.722_5, 1.0),
            (81, 263, 0.255_3, 0.366_2),
        ] {
            let told = wilson_interval(successes, trials).unwrap();
            assert!((told.0 - low).abs() < 6e-5 && (told.1 - high).abs() < 6e-5, "{told:?}");
        }
        assert_eq!(wilson_interval(0, 10).unwrap().0, 0.0);
        assert_eq!(wilson_interval(10, 10).unwrap().1, 1.0);
        assert_eq!(wilson_interval(0, 0), None);
    }

    #[test]
    fn a_group_without_runs_has_empty_cells() {
        let text = table(&[Group::new("uniform(0,1)", 0.0, 0.3)], Format::PLAIN);
        assert_eq!(text.lines().nth(1).unwrap(), "\"uniform(0,1)\",0.0,0.3,0,0,0,0,0,0,0,0,0,0,0,0,,,,,,,,,");
    }

    proptest! {
        #[test]
        fn a_summary_does_not_depend_on_the_order_of_runs(
            mut runs in prop::collection::vec(any_finished(), 0..16),
            cuts in (0usize..16, 0usize..16),
        ) {
            let tally = |runs: &[RunResult]| {
                let mut tally = Tally::new();
                runs.iter().for_each(|run| tally.add(run));
                tally
            };
            let whole = tally(&runs);
            runs.reverse();
            let (first, second) = (cuts.0.min(runs.len()), cuts.1.min(runs.len()));
            let (first, second) = (first.min(second), first.max(second));
            let (a, b, c) = (tally(&runs[..first]), tally(&runs[first..second]), tally(&runs[second..]));
            let mut left = a.clone();
            left.merge(&b);
            left.merge(&c);
            let mut right = b.clone();
            right.merge(&c);
            right.merge(&a);
            prop_assert!(left == whole && right == whole);
            prop_assert_eq!(whole.runs(), runs.len() as u64);
        }

        #[test]
        fn the_share_lies_within_its_interval(trials in 1u64..1_000_000_000, part in 0.0..=1.0) {
            let successes = (trials as f64 * part) as u64;
            let (low, high) = wilson_interval(successes, trials).unwrap();
            let share = successes as f64 / trials as f64;
            prop_assert!(0.0 <= low && low <= share && share <= high && high <= 1.0);
        }
    }
}
