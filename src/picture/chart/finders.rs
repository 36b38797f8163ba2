//! Which groups and runs a chart shows, found by their rows.

use std::sync::Arc;

use super::{ShownGroup, Starts, alphas, outcomes, place_of, some_of};
use crate::picture::color;
use crate::problem::Problem;
use crate::results::reader::Row;
use crate::sweep::set_ups::{Axis, Finder};
use crate::sweep::spec::Sweep;

/// Finds the groups of a summary that have one of some starts.
pub(super) struct GroupFinder {
    pub(super) sweep: Arc<Sweep>,
    pub(super) starts: Vec<Starts>,
    pub(super) alphas: Vec<f64>,
    pub(super) set_ups: Finder,
}

impl GroupFinder {
    /// The columns of every summary that it needs.
    pub(super) const OWN: [&'static str; 6] = ["init", "momentum", "alpha", "runs", "solved", "escaped"];

    pub(super) fn new(sweep: &Arc<Sweep>, starts: Vec<Starts>) -> Self {
        Self { sweep: Arc::clone(sweep), starts, alphas: alphas(sweep), set_ups: Finder::new(&sweep.set_ups) }
    }

    pub(super) fn columns(&self) -> Vec<&'static str> {
        let counts = color::ALL.map(outcomes::column_of);
        let axes = self.set_ups.axes().map(Axis::key);
        Self::OWN.into_iter().chain(counts).chain(axes).collect()
    }

    /// The group that a row says, if it has one of the starts.
    pub(super) fn group(&self, row: &Row<'_>) -> Result<Option<ShownGroup>, Problem> {
        let (init, momentum, alpha) = (row.text(0), row.number(1)?, row.number(2)?);
        let of_set_up = Self::OWN.len() + color::ALL.len();
        let set_up =
            self.set_ups.place((of_set_up..).zip(self.set_ups.axes()).map(|(place, _)| row.text(place)));
        let names = self.sweep.axes.init_names();
        let is_of =
            |of: &Starts| Some(of.set_up) == set_up && names[of.init] == *init && of.momentum == momentum;
        let starts = self.starts.iter().position(is_of);
        let (Some(starts), Some(rate)) = (starts, place_of(&self.alphas, alpha)) else { return Ok(None) };
        let mut counts = [0; color::ALL.len()];
        for (place, count) in counts.iter_mut().enumerate() {
            *count = row.integer(Self::OWN.len() + place)?;
        }
        let solved = row.optional_integer(4)?.unwrap_or_default();
        Ok(Some(ShownGroup { starts, rate, runs: row.integer(3)?, counts, solved }))
    }
}

/// Finds the runs that have one of some starts, and at which of some learning rates.
pub(super) struct RunFinder {
    pub(super) sweep: Arc<Sweep>,
    pub(super) starts: Vec<Starts>,
    /// All learning rates.
    pub(super) alphas: Vec<f64>,
    /// The place of each among those that are looked at, if it is.
    pub(super) looked_at: Vec<Option<usize>>,
}

impl RunFinder {
    /// The most lines that are drawn up, from which those that are shown are chosen once all runs have come.
    pub(super) const MAX_LINES: usize = 1024;

    pub(super) fn new(sweep: &Arc<Sweep>, starts: Vec<Starts>) -> Self {
        let alphas = alphas(sweep);
        let all: Vec<usize> = (0..alphas.len()).collect();
        let mut looked_at = vec![None; alphas.len()];
        for (place, rate) in some_of(&all, Self::MAX_LINES / starts.len().max(1)).into_iter().enumerate() {
            looked_at[rate] = Some(place);
        }
        Self { sweep: Arc::clone(sweep), starts, alphas, looked_at }
    }

    /// For all starts and learning rates that are looked at, what `of` makes.
    pub(super) fn lines<T>(&self, of: impl Fn() -> T) -> Vec<Vec<T>> {
        let rates = || (0..self.looked_at.iter().flatten().count()).map(|_| of()).collect();
        self.starts.iter().map(|_| rates()).collect()
    }

    /// The places of `wanted` learning rates that are looked at.
    pub(super) fn able(&self, wanted: impl Fn(usize) -> bool) -> Vec<usize> {
        (0..self.alphas.len()).filter(|&rate| self.looked_at[rate].is_some() && wanted(rate)).collect()
    }

    /// The places of the starts and of the learning rate of a row whose first cell is the number of the run.
    pub(super) fn find(&self, row: &Row<'_>) -> Result<Option<(usize, usize)>, Problem> {
        let number = row.integer(0)?;
        if number >= self.sweep.runs() {
            return Err(row.problem(0, "the sweep has no such run: run it again"));
        }
        let run = self.sweep.run(number);
        let is_of = |of: &Starts| {
            (of.set_up, of.init, of.momentum) == (run.set_up_index, run.init_index, run.momentum)
        };
        let Some(starts) = self.starts.iter().position(is_of) else { return Ok(None) };
        Ok(place_of(&self.alphas, run.alpha).map(|rate| (starts, rate)))
    }
}
