//! Labels of the runs in a plane, and of a circle in their place.

use std::io;
use std::str::FromStr;

use super::Count;
use super::pairs::Pairs;
use crate::kernel::SetUp;
use crate::kernel::outcome::{Outcome, RunResult};
use crate::kernel::solution::{Logic, Solution, logic};
use crate::problem::Problem;
use crate::sweep::engine::{Options, Progress, Runs, execute};
use crate::sweep::text::value_of;

/// Which runs a boundary separates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Boundary {
    /// Those that converged from all others.
    #[default]
    Converged,
    /// Those that diverged from all others.
    Diverged,
    /// Those with different outcomes, by their words.
    Outcome,
    /// Those that converged to different solutions, whatever the symmetries of the network; those that diverged; and
    /// all others.
    Solution,
    /// As `Solution`, but what each hidden unit computes counts, in their order and with its sign.
    Units,
}

/// What stands for an outcome where converged runs are told by their units. Of a unit's bits, 6 and 9 are no others':
/// no unit that sees a weighted sum of its inputs computes `xor` or `xnor`.
const NOT_UNITS: u8 = 0x60;

impl Boundary {
    /// All there are, with their words.
    pub const ALL: [(&'static str, Self); 5] = [
        ("converged", Self::Converged),
        ("diverged", Self::Diverged),
        ("outcome", Self::Outcome),
        ("solution", Self::Solution),
        ("units", Self::Units),
    ];

    /// The label of a run: runs on different sides of the boundary have different ones.
    #[must_use]
    pub fn label(self, network: &SetUp, finished: &RunResult) -> u8 {
        let outcome = finished.outcome;
        let units = match (self, outcome) {
            (Self::Converged, _) => return u8::from(outcome == Outcome::Converged),
            (Self::Diverged, _) => return u8::from(outcome == Outcome::Diverged),
            (Self::Outcome, _) => return outcome.index() as u8,
            (Self::Solution, Outcome::Converged) => Solution::of(network, &finished.end).units(),
            (Self::Units, Outcome::Converged) => logic(network, &finished.end),
            _ => return NOT_UNITS | u8::from(outcome == Outcome::Diverged),
        };
        let [one, two] = units.map(Logic::bits);
        one << 4 | two
    }
}

impl FromStr for Boundary {
    type Err = Problem;

    fn from_str(word: &str) -> Result<Self, Problem> {
        value_of("boundary", word, &Self::ALL)
    }
}

/// Executes the first `count` runs and calls `see` with their labels, in order; false if it was stopped before the end.
fn see_labels(
    runs: &impl Runs,
    count: u64,
    boundary: Boundary,
    options: &Options,
    progress: &Progress,
    mut see: impl FnMut(u8),
) -> io::Result<bool> {
    let label = |finished: Vec<RunResult>| -> Vec<u8> {
        finished.iter().map(|finished| boundary.label(runs.set_up_from(finished.run).0, finished)).collect()
    };
    let accept = |labels: Vec<u8>| {
        labels.into_iter().for_each(&mut see);
        io::Result::Ok(())
    };
    execute(runs, 0..count, options, progress, label, accept)?;
    Ok(!progress.is_stopped())
}

/// The labels of the first `count` runs, a byte each; none if `progress` was stopped before the end.
///
/// # Errors
/// If the machine lets no thread start.
pub fn labels(
    runs: &impl Runs,
    count: u64,
    boundary: Boundary,
    options: &Options,
    progress: &Progress,
) -> io::Result<Option<Vec<u8>>> {
    let mut labels = Vec::with_capacity(usize::try_from(count).expect("the labels are in memory"));
    let is_whole = see_labels(runs, count, boundary, options, progress, |label| labels.push(label))?;
    Ok(is_whole.then_some(labels))
}

/// Counts the pairs whose partners have different labels, from labels in the order of [`Pairs`].
#[derive(Clone, Debug)]
pub struct PairCounter<L> {
    points: usize,
    labels: Vec<L>,
    partners: usize,
    counts: Vec<u64>,
}

impl<L: PartialEq> PairCounter<L> {
    /// For the labels of `points` points, and of their partners at each of so many `distances`.
    #[must_use]
    pub fn new(points: usize, distances: usize) -> Self {
        Self { points, labels: Vec::with_capacity(points), partners: 0, counts: vec![0; distances] }
    }

    /// Takes the next label.
    ///
    /// # Panics
    /// If there are no more.
    pub fn see(&mut self, label: L) {
        if self.labels.len() < self.points {
            self.labels.push(label);
            return;
        }
        let (round, point) = (self.partners / self.points, self.partners % self.points);
        self.counts[round] += u64::from(label != self.labels[point]);
        self.partners += 1;
    }

    /// The counts at these distances.
    #[must_use]
    pub fn counts(&self, distances: &[f64]) -> Vec<Count> {
        let counts = distances.iter().zip(&self.counts);
        counts.map(|(&scale, &count)| Count { scale, count, of: self.points as u64 }).collect()
    }
}

impl PairCounter<u8> {
    fn of(pairs: &Pairs) -> Self {
        Self::new(usize::try_from(pairs.points()).expect("the labels are in memory"), pairs.distances().len())
    }
}

/// At each distance, how many partners have another label than their points; none if `progress` was stopped before the
/// end. Holds a byte for each point.
///
/// # Errors
/// If the machine lets no thread start.
pub fn pairs_of_runs(
    pairs: &Pairs,
    boundary: Boundary,
    options: &Options,
    progress: &Progress,
) -> io::Result<Option<Vec<Count>>> {
    let mut counter = PairCounter::of(pairs);
    let is_whole = see_labels(pairs, pairs.runs(), boundary, options, progress, |label| counter.see(label))?;
    Ok(is_whole.then(|| counter.counts(pairs.distances())))
}

/// The same where the boundary is the circle.
#[must_use]
pub fn pairs_of_circle(pairs: &Pairs) -> Vec<Count> {
    let mut counter = PairCounter::of(pairs);
    (0..pairs.runs()).for_each(|number| counter.see(u8::from(Circle::holds(pairs.place(number)))));
    counter.counts(pairs.distances())
}

/// A circle in a plane: a boundary known to be smooth, to be measured in the place of outcomes.
pub struct Circle;

impl Circle {
    /// Its middle, in parts of the sides. In the middle of the plane its four ends would touch edges of boxes at once.
    pub const MIDDLE: [f64; 2] = [0.483, 0.527];
    /// Its radius, as a part of the sides.
    pub const RADIUS: f64 = 0.347;

    /// Whether a place, in parts of the sides from 0 to 1, is inside.
    #[must_use]
    pub fn holds(place: [f64; 2]) -> bool {
        let [x, y] = std::array::from_fn(|side| place[side] - Self::MIDDLE[side]);
        x * x + y * y < Self::RADIUS * Self::RADIUS
    }

    /// Which points of a plane with so many columns and rows are inside, row by row.
    #[must_use]
    pub fn labels(columns: usize, rows: usize) -> Vec<bool> {
        let part = |at: usize, of: usize| at as f64 / (of - 1).max(1) as f64;
        let row = |row| (0..columns).map(move |column| [part(column, columns), part(row, rows)]);
        (0..rows).flat_map(row).map(Self::holds).collect()
    }
}
