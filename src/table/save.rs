//! A sweep executed into a folder: `convergence.csv`, `summary.csv` and `sweep.toml`.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};
use std::num::NonZeroU64;
use std::path::PathBuf;

use super::Format;
use super::commit::commit;
use super::convergence::{self, Column, Extras, Row};
use super::files::{OutputFolder, TableWriter};
use super::summary::{self, Group};
use crate::Problem;
use crate::network::curvature::Curvature;
use crate::network::solution::Solution;
use crate::sweep::batch::Job;
use crate::sweep::engine::{self, Options, Progress};
use crate::sweep::measure::measure;
use crate::sweep::outcome::{Finished, Outcome};
use crate::sweep::spec::Sweep;

/// The table's file, without its ending.
pub const TABLE: &str = "convergence";
/// The summary's file.
pub const SUMMARY: &str = "summary.csv";
/// The spec's file.
pub const SPEC: &str = "sweep.toml";

/// Where and how results are written.
#[derive(Clone, Debug)]
pub struct Destination {
    /// The folder.
    pub folder: PathBuf,
    /// How the tables look.
    pub format: Format,
    /// The most rows in a file of the table; one file if none.
    pub rows_per_file: Option<NonZeroU64>,
    /// Whether only the summary is written, and no table.
    pub summary_only: bool,
}

/// Why there are no results.
#[derive(Debug)]
pub enum Failure {
    /// The request was wrong; nothing was begun.
    Refused(Problem),
    /// Writing failed; what was there before is as it was.
    Failed(io::Error),
    /// The sweep was stopped.
    Stopped,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(problem) => problem.fmt(f),
            Self::Failed(error) => write!(f, "writing failed: {error}; what was there before is as it was"),
            Self::Stopped => f.write_str("stopped before the end; what was there before is as it was"),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// Consecutive runs on their way to the writer.
struct Piece {
    finished: Vec<Finished>,
    text: Vec<u8>,
    /// Where each row ends in the text.
    ends: Vec<usize>,
}

/// Executes a sweep and writes its results, all or nothing. Each group is shown to `on_group` when it is complete.
///
/// The files of a former sweep in the folder stay until the new ones are whole. The memory needed does not grow with
/// the number of runs or groups.
///
/// # Errors
/// If the folder cannot be written, before anything is run; if writing fails; if the sweep is stopped.
pub fn save(
    sweep: &Sweep,
    destination: &Destination,
    options: &Options,
    progress: &Progress,
    mut on_group: impl FnMut(&Group) + Send,
) -> Result<(), Failure> {
    let Destination { format, rows_per_file, summary_only, .. } = *destination;
    let folder = OutputFolder::create(&destination.folder)?;
    let mut header = Vec::new();
    let columns = convergence::columns(sweep.spectrum, sweep.plane.is_some(), sweep.measure);
    convergence::append_header(&mut header, &columns, format);
    let mut table = if summary_only {
        TableWriter::none(&folder, TABLE)
    } else {
        TableWriter::create(&folder, TABLE, header, rows_per_file)?
    };
    let mut summary = folder.file(SUMMARY)?;
    let mut spec = folder.file(SPEC)?;
    let mut line = Vec::new();
    summary::append_header(&mut line, format);
    summary.write_all(&line)?;
    write!(spec, "# xorsweep {}\n{}", env!("CARGO_PKG_VERSION"), sweep.to_toml())?;

    let mut groups = Groups { sweep, begun: BTreeMap::new() };
    engine::execute(
        sweep,
        0..sweep.runs(),
        options,
        progress,
        |finished| {
            if summary_only {
                return Piece { finished, text: Vec::new(), ends: Vec::new() };
            }
            prepare(sweep, finished, &columns, format)
        },
        |piece: Piece| -> io::Result<()> {
            table.write_rows(&piece.text, &piece.ends)?;
            for finished in &piece.finished {
                if let Some(group) = groups.add(finished) {
                    line.clear();
                    summary::append_group(&mut line, &group, format);
                    summary.write_all(&line)?;
                    on_group(&group);
                }
            }
            Ok(())
        },
    )?;
    if progress.is_stopped() {
        return Err(Failure::Stopped);
    }
    Ok(commit(&folder, table, vec![summary, spec])?)
}

fn prepare(sweep: &Sweep, finished: Vec<Finished>, columns: &[Column], format: Format) -> Piece {
    let mut text = Vec::with_capacity(finished.len() * 512);
    let mut ends = Vec::with_capacity(finished.len());
    for finished in &finished {
        let run = sweep.run(finished.run);
        let (init, seed) = (sweep.init_name(run.init_index), run.seed);
        let solution = (finished.outcome == Outcome::Converged)
            .then(|| Solution::of(&sweep.network, &finished.end).to_string());
        let curvature = sweep.spectrum.then(|| Curvature::at(&sweep.network, &finished.end));
        let job = Job { run: run.number, start: finished.start, alpha: run.alpha, momentum: run.momentum };
        let measure = sweep.measure.then(|| measure(&sweep.network, &job, sweep.budget.steps));
        let extras = Extras { solution: solution.as_deref(), curvature, point: run.point, measure };
        let row = Row { init, seed, alpha: run.alpha, momentum: run.momentum, finished, extras };
        convergence::append_row(&mut text, columns, &row, format);
        ends.push(text.len());
    }
    Piece { finished, text, ends }
}

/// Sorts runs, which come in order, into groups. Only those begun and not complete are kept: one, or with learning
/// rates on a side of a plane one for each.
struct Groups<'a> {
    sweep: &'a Sweep,
    /// Each with the runs still to come.
    begun: BTreeMap<u64, (Group, u64)>,
}

impl Groups<'_> {
    /// Adds a run; returns its group if that is now complete.
    fn add(&mut self, finished: &Finished) -> Option<Group> {
        let number = self.sweep.run(finished.run).group;
        let (group, left) = self.begun.entry(number).or_insert_with(|| {
            let group = self.sweep.group(number);
            (Group::new(group.init_name, group.momentum, group.alpha), group.runs)
        });
        group.tally.add(finished);
        *left -= 1;
        if *left > 0 { None } else { self.begun.remove(&number).map(|(group, _)| group) }
    }
}
