//! A sweep executed into a folder: `convergence.csv`, `summary.csv` and `sweep.toml`.

mod estimate;

use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

pub use estimate::{Estimate, estimate};

pub use crate::results::begun::Unfinished;
use crate::results::begun::{Done, Found, forget, is_done, nothing_read_is_replaced, unfinished};
use crate::results::checkpoint::{Checkpoint, Request};
use crate::results::commit::can_be_replaced;
use crate::results::details::{Details, described, in_columns, in_text};
use crate::results::layout::FileFormat;
use crate::results::recorder::Recorder;
use crate::results::{Failure, Layout, Left, OutputFolder, Resumed, Watcher};
use crate::sweep::engine::{Options, Progress, execute_from};
use crate::sweep::shard::Shard;
use crate::sweep::spec::Sweep;

/// Where and how results are written.
#[derive(Clone, Debug)]
pub struct Destination {
    /// The folder; that of a shard is in it.
    pub folder: PathBuf,
    /// The file that the spec was read from, if it was.
    pub spec: Option<PathBuf>,
    /// What the table of runs looks like.
    pub layout: Layout,
    /// The part of the sweep that is wanted; all of it if none.
    pub shard: Option<Shard>,
    /// What to do with an unfinished sweep in the folder.
    pub unfinished: Unfinished,
    /// How often to bring what is done to the disk, seldom enough to cost little; if zero, at every occasion.
    pub checkpoint_every: Duration,
}

impl Destination {
    /// How often what is done is brought to the disk unless somebody asks otherwise.
    pub const CHECKPOINT_EVERY: Duration = Duration::from_secs(2);

    /// A folder for the whole sweep, with everything else as it is if nobody asks.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            spec: None,
            layout: Layout::default(),
            shard: None,
            unfinished: Unfinished::Keep,
            checkpoint_every: Self::CHECKPOINT_EVERY,
        }
    }

    /// Where the files go.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.shard.map_or_else(|| self.folder.clone(), |shard| self.folder.join(shard.folder()))
    }

    /// The runs that are wanted.
    #[must_use]
    pub fn runs(&self, sweep: &Sweep) -> Range<u64> {
        self.shard.map_or(0..sweep.runs(), |shard| shard.range(sweep.runs()))
    }
}

/// Executes a sweep and writes its results, all or nothing, showing it to `watcher`.
///
/// The files of a former sweep in the folder stay until the new ones are whole. The memory needed does not grow with
/// the number of runs or groups. What is done is kept if the sweep is stopped or fails, and resumed if the
/// destination says so.
///
/// # Errors
/// If the folder cannot be written or has another unfinished sweep, before anything is run; if writing fails; if the
/// sweep is stopped.
pub fn save(
    sweep: &Sweep,
    destination: &Destination,
    options: &Options,
    progress: &Progress,
    watcher: &mut (dyn Watcher + Send),
) -> Result<(), Failure> {
    let folder = OutputFolder::create(&destination.path())?;
    save_in(&folder, sweep, destination, options, progress, watcher).map(drop)
}

/// Whose results are in the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// They are new.
    Now,
    /// They were there before, complete, and it was asked to go on: nothing was run.
    Before,
}

/// As [`save`], in a folder that is the destination's and stays locked for what comes afterwards.
///
/// # Errors
/// As [`save`].
pub fn save_in(
    folder: &OutputFolder,
    sweep: &Sweep,
    destination: &Destination,
    options: &Options,
    progress: &Progress,
    watcher: &mut (dyn Watcher + Send),
) -> Result<Saved, Failure> {
    let mut left = Left::Before;
    let result = run(folder, sweep, destination, options, progress, watcher, &mut left);
    result.map_err(|failure| {
        failure.leaving(match left {
            _ if !folder.is_there() => Left::Gone,
            _ if folder.keeps() => Left::Unfinished,
            left => left,
        })
    })
}

/// Does it; `left` is what is there if it fails before anything of it is kept.
fn run(
    folder: &OutputFolder,
    sweep: &Sweep,
    destination: &Destination,
    options: &Options,
    progress: &Progress,
    watcher: &mut (dyn Watcher + Send),
    left: &mut Left,
) -> Result<Saved, Failure> {
    let layout = &destination.layout.for_sweep(sweep)?;
    let runs = destination.runs(sweep);
    let request = Request::new(sweep, layout, destination.shard);
    let resumes = destination.unfinished == Unfinished::Resume;
    let done = if resumes { is_done(folder, sweep, &request)? } else { Done::No };
    if let Done::Yes = done {
        // Who did it may have had no time to.
        folder.tidy();
        return Ok(Saved::Before);
    }
    let kept = sweep.inputs().into_iter().map(|input| input.file.kept_name());
    can_be_replaced(folder, layout, runs.end - runs.start, destination.shard.is_some(), kept)?;
    nothing_read_is_replaced(folder, sweep, destination.spec.as_deref())?;
    let begun = unfinished(folder, sweep, &request, destination.unfinished)?;
    let known = begun.as_ref().map_or_else(Vec::new, Found::ahead);
    let checkpoint = match begun {
        Some(found) => {
            let resumed = found.told(&runs, known.len());
            watcher.resumed(&resumed);
            progress.add_known(resumed.done + resumed.ahead);
            found.checkpoint
        }
        None => {
            if let Done::Damaged = done {
                watcher.resumed(&Resumed { done: 0, ahead: 0, damaged: true });
            }
            if forget(folder)? {
                *left = Left::Discarded;
            }
            Checkpoint::new(request)
        }
    };
    let every = destination.checkpoint_every;
    let mut writer = Recorder::new(folder, sweep, checkpoint, runs.start, every, watcher)?;
    let columns = layout.columns();
    let watched = writer.watcher.columns();
    let (details, are_watched) = (Details::of(columns.iter().chain(watched)), !watched.is_empty());
    let prepare = |finished| {
        let mut batch = match layout.file_format {
            FileFormat::Csv => in_text(sweep, finished, details, &columns, layout.format),
            FileFormat::Parquet => in_columns(sweep, finished, details, &columns),
            FileFormat::None => described(sweep, finished, details),
        };
        if !are_watched {
            batch.described = Vec::new();
        }
        batch
    };
    execute_from(sweep, writer.next..runs.end, &known, options, progress, prepare, &mut writer)?;
    if !writer.has_all_before(runs.end) {
        return Err(Failure::Stopped(Left::Unsaid));
    }
    writer.finish()?;
    Ok(Saved::Now)
}
