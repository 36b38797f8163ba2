//! How long a sweep will take and how large its table will be, from a sample of its runs.

use std::io;
use std::time::{Duration, Instant};

use super::Destination;
use crate::kernel::outcome::RunResult;
use crate::results::Failure;
use crate::results::details::{Described, Details, in_text};
use crate::results::layout::FileFormat;
use crate::results::parquet::ParquetFile;
use crate::sweep::engine::{Options, Progress, Sink, execute_from};
use crate::sweep::spec::Sweep;

/// What a sweep will take, about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// How long, in seconds.
    pub seconds: f64,
    /// Whether that is how long at most, since the sample could not be finished.
    pub at_most: bool,
    /// How large the table will be, in bytes; none if no run of the sample was finished.
    pub bytes: Option<f64>,
}

/// At how many places of the sweep runs are taken.
const PLACES: u64 = 16;
/// How many runs at each place: enough to fill the lanes for most of the time.
const RUNS: u64 = 1024;

/// Keeps runs, and ends the sweep when it is time.
struct Sample<'a> {
    sample: &'a mut Vec<RunResult>,
    progress: &'a Progress,
    until: Instant,
}

impl Sink<Vec<RunResult>> for Sample<'_> {
    type Error = io::Error;

    fn accept(&mut self, finished: Vec<RunResult>) -> io::Result<()> {
        self.sample.extend(finished);
        Ok(())
    }

    fn pause(&mut self, _: &dyn Fn(&Self) -> Vec<RunResult>) -> io::Result<()> {
        if Instant::now() >= self.until {
            self.progress.stop();
        }
        Ok(())
    }
}

/// Executes some of the runs wanted, for at most about as long as `patience` says, and concludes from them.
///
/// # Errors
/// If the layout asks for columns that the sweep does not have; if the machine lets no thread start.
pub fn estimate(
    sweep: &Sweep,
    destination: &Destination,
    options: &Options,
    patience: Duration,
) -> Result<Estimate, Failure> {
    let layout = destination.layout.for_sweep(sweep)?;
    let wanted = destination.runs(sweep);
    let all = (wanted.end - wanted.start) as f64;
    let begun = Instant::now();
    let mut sample: Vec<RunResult> = Vec::new();
    let mut next = wanted.start;
    // How many runs were to be done at all places, and how long they would take.
    let (mut tried, mut seconds, mut is_whole) = (0.0, 0.0, true);
    for place in 0..PLACES {
        let at = wanted.start
            + ((wanted.end - wanted.start) as u128 * u128::from(place) / u128::from(PLACES)) as u64;
        let runs = at.max(next)..wanted.end.min(at.saturating_add(RUNS)).max(next);
        next = runs.end;
        if runs.is_empty() {
            continue;
        }
        // Set-ups differ in speed, so each place has its share of the time, and what others left of theirs.
        let until = begun + patience * (place as u32 + 1) / PLACES as u32;
        let (progress, at, before) = (Progress::default(), Instant::now(), sample.len());
        let count = (runs.end - runs.start) as f64;
        let mut some = Sample { sample: &mut sample, progress: &progress, until };
        execute_from(sweep, runs, &[], options, &progress, Vec::from, &mut some)?;
        // Lanes are almost always busy in a long sweep, though not in so short ones.
        let steps_a_second = progress.lane_steps() as f64 / at.elapsed().as_secs_f64();
        let done = &sample[before..];
        if progress.lane_steps() == 0 && tried > 0.0 {
            // There was no time for it.
            is_whole = false;
            continue;
        }
        let steps = if done.len() as f64 == count {
            done.iter().map(|finished| finished.steps as f64).sum::<f64>() / count
        } else {
            is_whole = false;
            sweep.stopping_rule.steps as f64
        };
        tried += count;
        seconds += count * steps / steps_a_second.max(1.0);
    }
    let seconds = if tried > 0.0 { all * seconds / tried } else { 0.0 };
    let rows = sample.len() as f64;
    let columns = layout.columns();
    let details = Details::of(columns.iter());
    let bytes = match layout.file_format {
        FileFormat::None => 0,
        FileFormat::Csv => in_text(sweep, sample, details, &columns, layout.format).text.len(),
        FileFormat::Parquet => {
            let described: Vec<Described> =
                sample.iter().map(|finished| Described::of(sweep, finished, details)).collect();
            let rows: Vec<_> = described
                .iter()
                .zip(&sample)
                .map(|(described, finished)| described.row(sweep, finished))
                .collect();
            let mut group = Vec::new();
            ParquetFile::new(&columns, "").write_group(&mut group, &rows).map_or(0, |()| group.len())
        }
    };
    let bytes = (rows > 0.0).then_some(bytes as f64 / rows * all);
    Ok(Estimate { seconds, at_most: !is_whole, bytes })
}
