//! What rows say of runs besides the runs themselves, found out on the threads that execute them.

use super::Format;
use super::convergence::{self, Column, Extras, Presence, Row, SOLUTION};
use super::parquet::cells::Stretch;
use crate::kernel::derivatives::Curvature;
use crate::kernel::outcome::{Outcome, RunResult};
use crate::kernel::solution::Solution;
use crate::sweep::engine::Runs as _;
use crate::sweep::measure::measure;
use crate::sweep::spec::Sweep;

/// Consecutive runs on their way to the writer.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) finished: Vec<RunResult>,
    /// What the rows say besides; nothing once nobody wants to know.
    pub(crate) described: Vec<Described>,
    /// The rows, if the table is one of text.
    pub(crate) text: Vec<u8>,
    /// Where each row ends in the text.
    pub(crate) ends: Vec<usize>,
    /// The rows in columns, if the table has groups of rows.
    pub(super) in_columns: Option<Stretch>,
}

impl Batch {
    /// Leaves the first `count` runs, and returns the others; for tables that are not text.
    pub(super) fn split_off(&mut self, count: usize) -> Self {
        Self {
            finished: self.finished.split_off(count),
            described: self.described.split_off(count.min(self.described.len())),
            in_columns: self.in_columns.as_mut().map(|rows| rows.split_off(count)),
            ..Self::default()
        }
    }
}

/// What costs something to find out about a run that is over.
pub(crate) struct Described {
    solution: Option<String>,
    curvature: Option<Curvature>,
    measure: Option<f64>,
}

/// What the rows of some runs say, besides the runs themselves.
pub(crate) fn described(sweep: &Sweep, finished: Vec<RunResult>, details: Details) -> Batch {
    let described = finished.iter().map(|finished| Described::of(sweep, finished, details)).collect();
    Batch { finished, described, ..Batch::default() }
}

pub(crate) fn in_text(
    sweep: &Sweep,
    finished: Vec<RunResult>,
    details: Details,
    columns: &[Column],
    format: Format,
) -> Batch {
    let mut batch = described(sweep, finished, details);
    batch.text.reserve(batch.finished.len() * 512);
    for (finished, described) in batch.finished.iter().zip(&batch.described) {
        convergence::append_row(&mut batch.text, columns, &described.row(sweep, finished), format);
        batch.ends.push(batch.text.len());
    }
    batch
}

/// With rows of these columns.
pub(crate) fn in_columns(
    sweep: &Sweep,
    finished: Vec<RunResult>,
    details: Details,
    columns: &[Column],
) -> Batch {
    let mut batch = described(sweep, finished, details);
    let rows = batch.described.iter().zip(&batch.finished);
    let rows: Vec<Row<'_>> = rows.map(|(described, finished)| described.row(sweep, finished)).collect();
    batch.in_columns = Some(Stretch::of(columns, &rows));
    batch
}

/// What somebody wants to know of runs that costs something to find out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Details {
    solution: bool,
    curvature: bool,
    measure: bool,
}

impl Details {
    /// Those that these columns say.
    pub(crate) fn of<'a>(columns: impl Iterator<Item = &'a Column>) -> Self {
        let mut details = Self { solution: false, curvature: false, measure: false };
        for column in columns {
            details.solution |= column.name == SOLUTION;
            details.curvature |= column.presence == Presence::Spectrum;
            details.measure |= column.presence == Presence::Measure;
        }
        details
    }
}

impl Described {
    pub(crate) fn of(sweep: &Sweep, finished: &RunResult, details: Details) -> Self {
        let run = sweep.run(finished.run);
        let set_up = sweep.set_up(&run);
        let is_solution =
            details.solution && set_up.has_solutions() && finished.outcome == Outcome::Converged;
        let solution = is_solution.then(|| Solution::of(set_up, &finished.end).to_string());
        let measure = (details.measure && sweep.measure)
            .then(|| measure(set_up, &sweep.job(run.number), sweep.stopping_rule.steps));
        let has_curvature = details.curvature && sweep.spectrum;
        let curvature = has_curvature.then(|| Curvature::at(set_up, &finished.end));
        Self { solution, curvature, measure }
    }

    pub(crate) fn row<'a>(&'a self, sweep: &'a Sweep, finished: &'a RunResult) -> Row<'a> {
        let row = Row::of(sweep, finished);
        let Self { solution, curvature, measure } = self;
        let solution = solution.as_deref();
        Row {
            extras: Extras { solution, curvature: curvature.clone(), measure: *measure, ..row.extras },
            ..row
        }
    }
}
