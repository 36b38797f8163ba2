//! A sweep executed into a folder: `convergence.csv`, `summary.csv` and `sweep.toml`.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::Format;
use super::checkpoint::{Begun, CHECKPOINT, Checkpoint, Entry, Request, SHARD, other_request};
use super::commit::{can_be_replaced, commit, is_of_sweep, undo};
use super::convergence::{self, Column, Extras, Part, Row, SOLUTION};
use super::failure::{Failure, Left};
use super::files::{Mark, PartialFile, partial};
use super::folder::OutputFolder;
use super::layout::{FileFormat, Layout, SPEC, SUMMARY};
use super::summary::{self, Group};
use super::workbook::workbook_of;
use super::writer::TableWriter;
use crate::Problem;
use crate::kernel::batch::Job;
use crate::kernel::derivatives::Curvature;
use crate::kernel::outcome::{Finished, Outcome};
use crate::kernel::solution::Solution;
use crate::sweep::engine::{Options, Progress, Sink, execute_from};
use crate::sweep::input::Input;
use crate::sweep::measure::measure;
use crate::sweep::set_ups::varying;
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

/// What to do with an unfinished sweep in the folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unfinished {
    /// Leave it alone, and refuse to begin.
    #[default]
    Keep,
    /// Go on with it; begin if there is none.
    Resume,
    /// Begin anew.
    Replace,
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

/// Sees a sweep being written.
pub trait Watcher {
    /// The columns of the runs that it needs besides those of the table.
    fn columns(&self) -> &[Column] {
        &[]
    }

    /// A run is in the table; they come in their order, but for those that were there before.
    fn run(&mut self, _row: &Row<'_>) {}

    /// A group is complete.
    fn group(&mut self, _group: &Group) {}

    /// An unfinished sweep is gone on with.
    fn resumed(&mut self, _resumed: &Resumed) {}
}

impl<F: FnMut(&Group)> Watcher for F {
    fn group(&mut self, group: &Group) {
        self(group);
    }
}

/// What was found of an unfinished sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resumed {
    /// How many of the runs wanted are in the files.
    pub done: u64,
    /// How many more are over.
    pub ahead: u64,
    /// Whether files were damaged, so that some of what they had has to be done again.
    pub damaged: bool,
}

/// Consecutive runs on their way to the writer.
#[derive(Default)]
pub(super) struct Piece {
    finished: Vec<Finished>,
    /// What the rows say besides.
    described: Vec<Described>,
    /// The rows, if the table is one of text.
    pub(super) text: Vec<u8>,
    /// Where each row ends in the text.
    ends: Vec<usize>,
}

/// What costs something to find out about a run that is over.
pub(super) struct Described {
    solution: Option<String>,
    curvature: Option<Curvature>,
    measure: Option<f64>,
}

/// Executes a sweep and writes its results, all or nothing, showing it to `watcher`.
///
/// The files of a former sweep in the folder stay until the new ones are whole. The memory needed does not grow with
/// the number of runs or groups. What is done is kept if the sweep is stopped or fails, and gone on with if the
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
    nothing_read_is_replaced(folder, sweep, destination)?;
    let begun = unfinished(folder, sweep, &request, destination.unfinished)?;
    let known = begun.as_ref().map_or_else(Vec::new, Found::ahead);
    let mut writer = match begun {
        Some(found) => {
            let resumed = found.told(&runs, known.len());
            watcher.resumed(&resumed);
            progress.add_known(resumed.done + resumed.ahead);
            Writer::resume(folder, sweep, destination, found.checkpoint, watcher)?
        }
        None => {
            if let Done::Damaged = done {
                watcher.resumed(&Resumed { done: 0, ahead: 0, damaged: true });
            }
            if forget(folder)? {
                *left = Left::Discarded;
            }
            Writer::begin(folder, sweep, destination, request, watcher)?
        }
    };
    let columns = layout.columns();
    let details = Details::of(columns.iter().chain(writer.watcher.columns()));
    execute_from(
        sweep,
        writer.next..runs.end,
        &known,
        options,
        progress,
        |finished| match layout.file_format {
            FileFormat::Csv => in_text(sweep, finished, details, &columns, layout.format),
            FileFormat::None | FileFormat::Parquet => described(sweep, finished, details),
        },
        &mut writer,
    )?;
    if !writer.has_all_before(runs.end) {
        return Err(Failure::Stopped(Left::Unsaid));
    }
    writer.finish()?;
    Ok(Saved::Now)
}

/// Refuses to put results in the place of a file that the sweep was read from, unless they are the same.
fn nothing_read_is_replaced(
    folder: &OutputFolder,
    sweep: &Sweep,
    destination: &Destination,
) -> Result<(), Failure> {
    let own: Vec<String> = folder.listed().into_iter().filter(|name| is_of_sweep(name)).collect();
    let replaced = |path: &Path| folder.name_of(path).filter(|name| own.contains(name));
    let refused = |key: &str, path: &Path| {
        let remedy = "a result would take its place: copy it elsewhere, or give another folder";
        Err(Problem::new(key, path.display(), remedy).into())
    };
    if let Some(path) = &destination.spec
        && let Some(name) = replaced(path)
        && (name != SPEC || !has_same_spec(folder, sweep)?)
    {
        return refused("spec", path);
    }
    for input in sweep.inputs() {
        // What the folder keeps of it is the same; a file that was changed is in the way of any sweep.
        if replaced(&input.file.path).is_some_and(|name| name != input.file.kept_name()) {
            return refused(input.file.key, &input.file.path);
        }
    }
    Ok(())
}

/// Whether the spec in the folder says the same, but for comments.
fn has_same_spec(folder: &OutputFolder, sweep: &Sweep) -> io::Result<bool> {
    let Some(mut file) = folder.read(SPEC)? else { return Ok(false) };
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|error| folder.naming(SPEC, error))?;
    let wanted = spec_text(sweep);
    let says = |text: &str| {
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>()
    };
    Ok(says(&text) == says(&wanted))
}

/// Whether what is asked for is done.
enum Done {
    Yes,
    No,
    /// It was, but files are missing.
    Damaged,
}

/// Whether the folder has all results of this request.
fn is_done(folder: &OutputFolder, sweep: &Sweep, request: &Request) -> Result<Done, Failure> {
    if request.shard.is_some() {
        return shard_is_done(folder, sweep, request);
    }
    if folder.request() != Some(request.check()) || folder.has(CHECKPOINT)? {
        return Ok(Done::No);
    }
    let listed = folder.listed().into_iter().filter(|name| is_of_sweep(name)).count();
    Ok(if folder.own(is_of_sweep)?.len() == listed { Done::Yes } else { Done::Damaged })
}

/// Whether the folder has this shard, done. A spec that is missing, or an input, is written again.
fn shard_is_done(folder: &OutputFolder, sweep: &Sweep, request: &Request) -> Result<Done, Failure> {
    let Some(Some(done)) = Checkpoint::find(folder, SHARD)? else { return Ok(Done::No) };
    if done.request != *request || folder.has(CHECKPOINT)? {
        return Ok(Done::No);
    }
    for (name, mark) in done.files() {
        let missing =
            if folder.has(&name)? { None } else { Beside::of(sweep).find(|file| file.name() == name) };
        if let Some(missing) = missing {
            missing.file(folder, sweep)?.finish()?;
        } else if !folder.is_as(&name, mark)? {
            return Ok(Done::Damaged);
        }
    }
    Ok(Done::Yes)
}

/// An unfinished sweep that can be gone on with.
struct Found {
    checkpoint: Checkpoint,
    damaged: bool,
}

impl Found {
    fn next(&self) -> Option<u64> {
        self.checkpoint.entries.last().map(|entry| entry.next)
    }

    /// The runs that are over but not in the files.
    fn ahead(&self) -> Vec<Finished> {
        self.checkpoint.ahead(self.next().unwrap_or(0))
    }

    fn told(&self, runs: &Range<u64>, ahead: usize) -> Resumed {
        let done = self.next().map_or(0, |next| next - runs.start);
        Resumed { done, ahead: ahead as u64, damaged: self.damaged }
    }
}

/// The unfinished sweep in the folder, if it is to be gone on with.
fn unfinished(
    folder: &OutputFolder,
    sweep: &Sweep,
    request: &Request,
    wish: Unfinished,
) -> Result<Option<Found>, Failure> {
    let refused = |remedy: &str| Failure::from(Problem::new("out", folder.path().display(), remedy));
    let Some(found) = Checkpoint::find(folder, CHECKPOINT)? else { return Ok(None) };
    match &found {
        Some(checkpoint) => {
            folder.adopt(checkpoint.made());
            let tables = request.layout.file_names(request.runs).map(|name| partial(&name));
            folder.adopt(tables.take_while(|name| folder.has(name).is_ok_and(|is_there| is_there)));
        }
        // It is damaged, or somebody else's.
        None => folder.can_have(CHECKPOINT)?,
    }
    match (wish, found) {
        (Unfinished::Keep, _) => Err(refused(
            "an unfinished sweep is there: give --resume to go on with it, --force to begin anew, or another --out",
        )),
        (Unfinished::Replace, Some(checkpoint)) => {
            undo(folder, &checkpoint.files())?;
            Ok(None)
        }
        (Unfinished::Replace, None) => Ok(None),
        (Unfinished::Resume, Some(mut checkpoint)) => {
            if let Some(difference) = request.difference(&checkpoint.request) {
                return Err(other_request(folder.path(), &difference).into());
            }
            folder.keep();
            undo(folder, &checkpoint.files())?;
            let damaged = checkpoint.check(folder)?;
            Ok(Some(Found { checkpoint, damaged }))
        }
        (Unfinished::Resume, None) => {
            if !folder.is_as(&partial(SPEC), Mark::of(spec_text(sweep).as_bytes()))? {
                return Err(refused(
                    "the unfinished sweep there is another one, as far as its damaged checkpoint lets tell: give \
                     --force to begin anew, or another --out",
                ));
            }
            folder.keep();
            Ok(Some(Found { checkpoint: Checkpoint::new(request.clone()), damaged: true }))
        }
    }
}

/// Removes the checkpoint; returns whether there was one.
fn forget(folder: &OutputFolder) -> io::Result<bool> {
    let is_there = folder.has(CHECKPOINT)?;
    if is_there {
        folder.remove(CHECKPOINT)?;
    }
    Ok(is_there)
}

/// What the rows of some runs say, besides the runs themselves.
fn described(sweep: &Sweep, finished: Vec<Finished>, details: Details) -> Piece {
    let described = finished.iter().map(|finished| Described::of(sweep, finished, details)).collect();
    Piece { finished, described, ..Piece::default() }
}

pub(super) fn in_text(
    sweep: &Sweep,
    finished: Vec<Finished>,
    details: Details,
    columns: &[Column],
    format: Format,
) -> Piece {
    let mut piece = described(sweep, finished, details);
    piece.text.reserve(piece.finished.len() * 512);
    for (finished, described) in piece.finished.iter().zip(&piece.described) {
        convergence::append_row(&mut piece.text, columns, &described.row(sweep, finished), format);
        piece.ends.push(piece.text.len());
    }
    piece
}

/// What somebody wants to know of runs that costs something to find out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Details {
    solution: bool,
    curvature: bool,
    measure: bool,
}

impl Details {
    /// Those that these columns say.
    pub(super) fn of<'a>(columns: impl Iterator<Item = &'a Column>) -> Self {
        let mut details = Self { solution: false, curvature: false, measure: false };
        for column in columns {
            details.solution |= column.name == SOLUTION;
            details.curvature |= column.part == Part::Spectrum;
            details.measure |= column.part == Part::Measure;
        }
        details
    }
}

impl Described {
    pub(super) fn of(sweep: &Sweep, finished: &Finished, details: Details) -> Self {
        let run = sweep.run(finished.run);
        let set_up = sweep.set_up(&run);
        let is_solution =
            details.solution && set_up.has_solutions() && finished.outcome == Outcome::Converged;
        let solution = is_solution.then(|| Solution::of(set_up, &finished.end).to_string());
        let measure = (details.measure && sweep.measure).then(|| {
            let job = Job {
                run: run.number,
                start: finished.start.clone(),
                alpha: run.alpha,
                momentum: run.momentum,
                seed: run.seed.unwrap_or(0),
            };
            measure(set_up, &job, sweep.budget.steps)
        });
        let has_curvature = details.curvature && sweep.spectrum;
        let curvature = has_curvature.then(|| Curvature::at(set_up, &finished.end));
        Self { solution, curvature, measure }
    }

    pub(super) fn row<'a>(&'a self, sweep: &'a Sweep, finished: &'a Finished) -> Row<'a> {
        let row = Row::of(sweep, finished);
        let Self { solution, curvature, measure } = self;
        let solution = solution.as_deref();
        Row {
            extras: Extras { solution, curvature: curvature.clone(), measure: *measure, ..row.extras },
            ..row
        }
    }
}

/// Writes the results of a sweep, and a checkpoint now and then.
struct Writer<'a> {
    folder: &'a OutputFolder,
    sweep: &'a Sweep,
    table: TableWriter,
    summary: PartialFile,
    /// What says which sweep it is, the spec last.
    beside: Vec<PartialFile>,
    /// The run that comes next in the files.
    next: u64,
    /// Runs from there on that wait for those that are written together with them.
    waiting: Piece,
    groups: Groups<'a>,
    checkpoint: Checkpoint,
    every: Duration,
    /// When the next checkpoint is due.
    due: Instant,
    watcher: &'a mut (dyn Watcher + Send),
    line: Vec<u8>,
}

/// How many times as long as a checkpoint took there is none.
const SELDOM: u32 = 20;

impl<'a> Writer<'a> {
    fn begin(
        folder: &'a OutputFolder,
        sweep: &'a Sweep,
        destination: &Destination,
        request: Request,
        watcher: &'a mut (dyn Watcher + Send),
    ) -> Result<Self, Failure> {
        let table = TableWriter::create(folder, &request.layout, &spec_text(sweep))?;
        let mut summary = folder.file(SUMMARY)?;
        let mut line = Vec::new();
        summary::append_header(&mut line, &varying(&sweep.set_ups), request.layout.format);
        summary.write_all(&line)?;
        let beside = beside(folder, sweep)?;
        let mut checkpoint = Checkpoint::new(request);
        checkpoint.others.extend(beside.iter().map(|file| (file.name().to_owned(), file.mark())));
        Ok(Self {
            folder,
            sweep,
            table,
            summary,
            beside,
            next: destination.runs(sweep).start,
            waiting: Piece::default(),
            groups: Groups { sweep, begun: BTreeMap::new(), complete: 0 },
            checkpoint,
            every: destination.checkpoint_every,
            due: Instant::now() + destination.checkpoint_every,
            watcher,
            line,
        })
    }

    fn resume(
        folder: &'a OutputFolder,
        sweep: &'a Sweep,
        destination: &Destination,
        checkpoint: Checkpoint,
        watcher: &'a mut (dyn Watcher + Send),
    ) -> Result<Self, Failure> {
        let Some(newest) = checkpoint.entries.last() else {
            return Self::begin(folder, sweep, destination, checkpoint.request, watcher);
        };
        let (layout, footer) = (&checkpoint.request.layout, checkpoint.footer());
        let begun = newest.begun.iter().map(|begun| (begun.number, begun.clone())).collect();
        Ok(Self {
            folder,
            sweep,
            table: TableWriter::resume(
                folder,
                layout,
                &spec_text(sweep),
                &checkpoint.whole,
                &newest.table,
                &footer,
            )?,
            summary: PartialFile::reopen(folder, SUMMARY, newest.summary)?,
            beside: beside(folder, sweep)?,
            next: newest.next,
            waiting: Piece::default(),
            groups: Groups { sweep, begun, complete: newest.complete },
            every: destination.checkpoint_every,
            due: Instant::now() + destination.checkpoint_every,
            checkpoint,
            watcher,
            line: Vec::new(),
        })
    }

    /// Whether all runs before this one are here.
    fn has_all_before(&self, end: u64) -> bool {
        self.next + self.waiting.finished.len() as u64 == end
    }

    /// Writes the first `count` of the runs that wait.
    fn write_waiting(&mut self, count: usize) -> io::Result<()> {
        let finished: Vec<Finished> = self.waiting.finished.drain(..count).collect();
        let described: Vec<Described> = self.waiting.described.drain(..count).collect();
        let rows: Vec<Row<'_>> = described
            .iter()
            .zip(&finished)
            .map(|(described, finished)| described.row(self.sweep, finished))
            .collect();
        self.table.write_group(&rows)?;
        self.count(&finished, &described)
    }

    /// Counts runs whose rows are written, and writes the groups that are now complete.
    fn count(&mut self, finished: &[Finished], described: &[Described]) -> io::Result<()> {
        let has_watched_runs = !self.watcher.columns().is_empty();
        for (finished, described) in finished.iter().zip(described) {
            if has_watched_runs {
                self.watcher.run(&described.row(self.sweep, finished));
            }
            if let Some(group) = self.groups.add(finished) {
                self.line.clear();
                summary::append_group(&mut self.line, &group, self.checkpoint.request.layout.format);
                self.summary.write_all(&self.line)?;
                self.watcher.group(&group);
            }
            self.next = finished.run + 1;
        }
        Ok(())
    }

    /// Brings all to the disk, and says so.
    fn save(&mut self, mut ahead: Vec<Finished>) -> io::Result<()> {
        ahead.extend_from_slice(&self.waiting.finished);
        let begun = Instant::now();
        self.table.save()?;
        self.summary.save()?;
        self.checkpoint.whole.extend(self.table.whole_since(self.checkpoint.whole.len()));
        let entry = Entry {
            next: self.next,
            table: self.table.position(),
            summary: self.summary.mark(),
            complete: self.groups.complete,
            begun: self.groups.begun(),
        };
        self.checkpoint.push(entry, &self.table.footer(), ahead);
        self.checkpoint.save(self.folder)?;
        self.folder.keep();
        let pause = if self.every.is_zero() { self.every } else { self.every.max(begun.elapsed() * SELDOM) };
        self.due = Instant::now() + pause;
        Ok(())
    }

    /// Gives all files their names.
    fn finish(mut self) -> Result<(), Failure> {
        while !self.waiting.finished.is_empty() {
            self.write_waiting(self.table.rows_together().min(self.waiting.finished.len() as u64) as usize)?;
        }
        self.save(Vec::new())?;
        self.table.end()?;
        self.summary.seal()?;
        let is_shard = self.checkpoint.request.shard.is_some();
        // That of a shard would be of the groups that happen to be complete in it.
        let workbook =
            if is_shard { None } else { workbook_of(self.folder, &self.checkpoint.request.layout)? };
        let mut others = vec![self.summary];
        others.extend(workbook);
        if is_shard {
            let mut shard = self.folder.file(SHARD)?;
            self.checkpoint.write(&mut shard)?;
            others.push(shard);
        }
        others.extend(self.beside);
        let request = &self.checkpoint.request;
        // A shard has its own file that says so.
        let request = request.shard.is_none().then(|| request.check());
        commit(self.folder, self.table, others, request)?;
        self.folder.keep_no_more();
        let done = || Left::Done(format!("the results in {} are complete", self.folder.path().display()));
        forget(self.folder).map_err(|error| Failure::Failed(error, done()))?;
        self.folder.tidy();
        Ok(())
    }
}

/// The spec that makes the same results again.
fn spec_text(sweep: &Sweep) -> String {
    format!("# xorsweep {}\n{}", env!("CARGO_PKG_VERSION"), sweep.to_kept_spec().to_toml())
}

/// A file that says which sweep it is.
enum Beside<'a> {
    Input(Input<'a>),
    Spec,
}

impl Beside<'_> {
    /// All of a sweep, the spec last.
    fn of(sweep: &Sweep) -> impl Iterator<Item = Beside<'_>> {
        sweep.inputs().into_iter().map(Beside::Input).chain([Beside::Spec])
    }

    fn name(&self) -> String {
        match self {
            Self::Input(input) => input.file.kept_name(),
            Self::Spec => SPEC.to_owned(),
        }
    }

    /// The file, whole.
    fn file(&self, folder: &OutputFolder, sweep: &Sweep) -> Result<PartialFile, Failure> {
        let mut file = folder.file(&self.name())?;
        match self {
            Self::Input(input) => input.write(&mut file)?,
            Self::Spec => file.write_all(spec_text(sweep).as_bytes())?,
        }
        file.save()?;
        Ok(file)
    }
}

/// All files that say which sweep it is, whole, the spec last.
fn beside(folder: &OutputFolder, sweep: &Sweep) -> Result<Vec<PartialFile>, Failure> {
    Beside::of(sweep).map(|file| file.file(folder, sweep)).collect()
}

impl Sink<Piece> for Writer<'_> {
    type Error = io::Error;

    fn accept(&mut self, mut piece: Piece) -> io::Result<()> {
        // Without rows that wait to be written together.
        if !piece.ends.is_empty() || self.table.rows_together() == 0 {
            self.table.write_rows(&piece.text, &piece.ends)?;
            return self.count(&piece.finished, &piece.described);
        }
        self.waiting.finished.append(&mut piece.finished);
        self.waiting.described.append(&mut piece.described);
        while self.waiting.finished.len() as u64 >= self.table.rows_together() {
            self.write_waiting(self.table.rows_together() as usize)?;
        }
        Ok(())
    }

    fn finished<'a>(&self, piece: &'a Piece) -> &'a [Finished] {
        &piece.finished
    }

    fn pause(&mut self, ahead: &dyn Fn(&Self) -> Vec<Finished>) -> io::Result<()> {
        if Instant::now() < self.due { Ok(()) } else { self.save(ahead(self)) }
    }

    fn stopped(&mut self, ahead: Vec<Finished>) -> io::Result<()> {
        // Nothing is left of a sweep that has done nothing.
        let is_idle = ahead.is_empty() && self.waiting.finished.is_empty() && self.groups.is_untouched();
        if is_idle && !self.folder.keeps() { Ok(()) } else { self.save(ahead) }
    }
}

/// Sorts runs, which come in order, into groups. Only those begun and not complete are kept: one, or with learning
/// rates on a side of a plane one for each.
struct Groups<'a> {
    sweep: &'a Sweep,
    /// Those that are begun, by number.
    begun: BTreeMap<u64, Begun>,
    /// How many were complete.
    complete: u64,
}

impl Groups<'_> {
    /// Adds a run; returns its group if that is now complete.
    fn add(&mut self, finished: &Finished) -> Option<Group> {
        let number = self.sweep.run(finished.run).group;
        let begun = self.begun.entry(number).or_insert_with(|| {
            let group = self.sweep.group(number);
            Begun { number, of: group.runs, after: 0, last: 0, group: Group::of(self.sweep, &group) }
        });
        begun.group.tally.add(finished);
        (begun.after, begun.last) = (self.complete, finished.run);
        if begun.group.tally.runs() < begun.of {
            return None;
        }
        self.complete += 1;
        self.begun.remove(&number).map(|begun| begun.group)
    }

    /// Whether no run has been added.
    fn is_untouched(&self) -> bool {
        self.complete == 0 && self.begun.is_empty()
    }

    /// Those that are begun, in the order in which their last runs came.
    fn begun(&self) -> Vec<Begun> {
        let mut begun: Vec<Begun> = self.begun.values().cloned().collect();
        begun.sort_by_key(|begun| begun.last);
        begun
    }
}

#[cfg(test)]
mod tests {
    use super::super::disk::faulty::{Fault, FaultyDisk};
    use super::super::files::tests::names;
    use super::super::list::LIST;
    use super::*;
    use crate::sweep::spec::Spec;
    use std::fs;
    use std::num::NonZeroU64;
    use std::path::Path;

    fn sweep(alpha: &str) -> Sweep {
        let mut spec = Spec::default();
        for (key, value) in
            [("alpha", alpha), ("seeds", "0..6"), ("steps", "150"), ("init", "normal(1),constant(0.1)")]
        {
            spec.set(key, &[value]).unwrap();
        }
        spec.resolve(Path::new("")).unwrap()
    }

    /// A folder on a disk without faults.
    fn sound(path: &Path) -> OutputFolder {
        OutputFolder::on(Box::new(FaultyDisk::sound()), path).unwrap()
    }

    fn failing(path: &Path, fault: Fault, after: u64) -> OutputFolder {
        OutputFolder::on(Box::new(FaultyDisk::new(fault, after)), path).unwrap()
    }

    /// Runs with a checkpoint after every chunk, and rows split over files.
    fn run(folder: &OutputFolder, sweep: &Sweep, unfinished: Unfinished) -> Result<(), Failure> {
        let destination = Destination {
            layout: Layout { rows_per_file: NonZeroU64::new(3), ..Layout::default() },
            checkpoint_every: Duration::ZERO,
            unfinished,
            ..Destination::new(folder.path())
        };
        let options = Options { threads: 1, ..Options::default() };
        save_in(folder, sweep, &destination, &options, &Progress::default(), &mut |_: &Group| ()).map(drop)
    }

    fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
        names(folder).into_iter().map(|name| (name.clone(), fs::read(folder.join(&name)).unwrap())).collect()
    }

    /// All files of a sweep that nothing interrupted.
    fn whole(sweep: &Sweep) -> Vec<(String, Vec<u8>)> {
        let root = tempfile::tempdir().unwrap();
        run(&sound(root.path()), sweep, Unfinished::Keep).unwrap();
        contents(root.path())
    }

    /// What is in the folder that has its final name.
    fn results(folder: &Path) -> Vec<(String, Vec<u8>)> {
        named(contents(folder))
    }

    fn named(mut files: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
        let ends = [".partial", ".former", ".json", LIST];
        files.retain(|(name, _)| !ends.iter().any(|end| name.ends_with(end)));
        files
    }

    /// Asserts that what a failure says is true of the folder, where the results were `before` and `after` are those of
    /// the sweep that failed.
    fn assert_is_true(told: &str, folder: &Path, before: &[(String, Vec<u8>)], after: &[(String, Vec<u8>)]) {
        let left = results(folder);
        let is_former = |(name, bytes): &(String, Vec<u8>)| {
            let aside = folder.join(format!("{name}.former"));
            let is_told = told.contains(aside.to_str().unwrap());
            fs::read(if is_told { aside } else { folder.join(name) }).is_ok_and(|now| now == *bytes)
        };
        let names = names(folder).into_iter().chain(before.iter().chain(after).map(|(name, _)| name.clone()));
        let is_named = names.chain([CHECKPOINT.to_owned()]).any(|name| told.contains(&name));
        assert!(is_named, "{told}");
        assert_eq!(
            left == before,
            told.contains("results that were there before are as they were"),
            "{told}"
        );
        assert_eq!(left == after, told.contains("are complete"), "{told}");
        assert!(left == after || before.iter().all(is_former), "{told}");
        for (name, bytes) in after.iter().filter(|(name, _)| fs::read(folder.join(name)).is_ok()) {
            let is_new = fs::read(folder.join(name)).unwrap() == *bytes && left != after;
            let is_told = told.contains(&format!("{}", folder.join(name).display()));
            assert!(!is_new || before.contains(&(name.clone(), bytes.clone())) || is_told, "{name}: {told}");
        }
        assert_eq!(
            folder.join(CHECKPOINT).exists() && left != after,
            told.contains("what is done is kept"),
            "{told}"
        );
    }

    #[test]
    fn every_failure_of_the_disk_is_told_truly_and_leaves_a_sweep_to_go_on_with() {
        let (former, wanted) = (sweep("0.5"), sweep("0.3"));
        let all = whole(&wanted);
        let (before, after) = (named(whole(&former)), named(all.clone()));
        for (fault, is_forced) in [
            (Fault::Once, false),
            (Fault::Full, false),
            (Fault::Cut, false),
            (Fault::Once, true),
            (Fault::Cut, true),
        ] {
            let (mut failures, mut successes, mut torn) = (0, 0, 0);
            // All of them where the folder has finished results, some where it has unfinished ones as well.
            for point in (0..).step_by(if is_forced { 5 } else { 1 }) {
                let root = tempfile::tempdir().unwrap();
                run(&sound(root.path()), &former, Unfinished::Keep).unwrap();
                let wish = if is_forced {
                    // Something unfinished is there, too.
                    let failed = run(&failing(root.path(), Fault::Cut, 120), &sweep("0.7"), Unfinished::Keep);
                    assert!(failed.unwrap_err().can_be_gone_on_with());
                    Unfinished::Replace
                } else {
                    Unfinished::Keep
                };
                let result = run(&failing(root.path(), fault, point), &wanted, wish);
                let what = format!("{fault:?} at operation {point}: {result:?}");
                match &result {
                    // What failed was tidying up, if anything.
                    Ok(()) => assert!(results(root.path()) == after, "{what}"),
                    Err(failure) => {
                        let told = failure.to_string();
                        let is_first = told.contains("the unfinished sweep");
                        let is_other = is_forced && !is_first && !failure.can_be_gone_on_with();
                        if is_other && !told.contains("are complete") {
                            // It was not yet discarded.
                            run(&sound(root.path()), &sweep("0.7"), Unfinished::Resume).unwrap();
                            continue;
                        }
                        assert_is_true(&told, root.path(), &before, &after);
                        torn += u64::from(matches!(failure, Failure::Failed(_, Left::Torn { .. })));
                        if failure.can_be_gone_on_with() {
                            let refused = run(&sound(root.path()), &wanted, Unfinished::Keep).unwrap_err();
                            assert!(refused.to_string().contains("--resume"), "{refused}");
                            let refused = run(&sound(root.path()), &former, Unfinished::Resume).unwrap_err();
                            assert!(refused.to_string().starts_with("alpha = 0.5: "), "{refused}");
                        }
                    }
                }
                run(&sound(root.path()), &wanted, Unfinished::Resume).unwrap();
                assert!(contents(root.path()) == all, "{what}: {:?}", names(root.path()));
                failures += u64::from(result.is_err());
                successes += u64::from(result.is_ok());
                if successes > 20 {
                    break; // the sweep has fewer operations
                }
            }
            assert!(failures > if is_forced { 20 } else { 100 }, "{failures} points failed");
            assert!(is_forced || (torn > 0) == (fault == Fault::Cut), "{torn} commits were torn");
        }
    }

    #[test]
    fn failures_while_going_on_can_be_gone_on_with() {
        let wanted = sweep("0.3");
        let after = whole(&wanted);
        for operations in (120..460).step_by(7) {
            let root = tempfile::tempdir().unwrap();
            let mut tries = 1;
            while run(&failing(root.path(), Fault::Cut, operations), &wanted, Unfinished::Resume).is_err() {
                tries += 1;
                assert!(tries < 100, "{operations} operations do not get on");
            }
            // The cut may have come when nothing was left to do but to tidy the list.
            assert!(results(root.path()) == named(after.clone()), "{operations} operations, {tries} tries");
            run(&sound(root.path()), &wanted, Unfinished::Resume).unwrap();
            assert!(contents(root.path()) == after, "{operations} operations, {tries} tries");
        }
    }

    #[test]
    fn damage_costs_what_was_written_after_it() {
        let wanted = sweep("0.3");
        let after = whole(&wanted);
        let broken = tempfile::tempdir().unwrap();
        run(&failing(broken.path(), Fault::Cut, 190), &wanted, Unfinished::Keep).unwrap_err();
        let left = contents(broken.path());
        assert!(
            left.iter().any(|(name, _)| name == "convergence-0002.csv.partial"),
            "{:?}",
            names(broken.path())
        );
        let resumed = |damaged: &str, bytes: Option<&[u8]>| {
            let root = tempfile::tempdir().unwrap();
            for (name, sound) in &left {
                let bytes = if name == damaged { bytes } else { Some(&sound[..]) };
                if let Some(bytes) = bytes {
                    fs::write(root.path().join(name), bytes).unwrap();
                }
            }
            let resume = || {
                let disk = Box::new(FaultyDisk::sound());
                run(&OutputFolder::on(disk, root.path())?, &wanted, Unfinished::Resume)
            };
            if let Err(failure) = resume() {
                // A list that is another file now is not touched.
                assert!(matches!(failure, Failure::Refused(_)) && damaged == LIST, "{damaged}: {failure}");
                fs::remove_file(root.path().join(LIST)).unwrap();
                resume().unwrap();
            }
            assert!(contents(root.path()) == after, "{damaged} damaged: {bytes:?}");
        };
        for (name, bytes) in &left {
            resumed(name, None);
            for cut in [0, 1, bytes.len() / 2, bytes.len() - 1] {
                resumed(name, Some(&bytes[..cut]));
                resumed(name, Some(&[&bytes[..cut], b"1,2,3\n"].concat()));
                let mut flipped = bytes.clone();
                flipped[cut] ^= 1;
                resumed(name, Some(&flipped));
            }
            resumed(name, Some(&[bytes, &b"more"[..]].concat()));
        }
    }

    #[test]
    fn another_sweep_does_not_go_on_with_one_whose_checkpoint_is_damaged() {
        let begun = sweep("0.7");
        let broken = tempfile::tempdir().unwrap();
        run(&failing(broken.path(), Fault::Cut, 190), &begun, Unfinished::Keep).unwrap_err();
        let checkpoint = fs::read(broken.path().join(CHECKPOINT)).unwrap();
        fs::write(broken.path().join(CHECKPOINT), &checkpoint[1..]).unwrap();
        let before = contents(broken.path());
        for wish in [Unfinished::Keep, Unfinished::Resume] {
            let refused = run(&sound(broken.path()), &sweep("0.3"), wish).unwrap_err();
            assert!(
                matches!(refused, Failure::Refused(_)) && refused.to_string().contains("--force"),
                "{refused}"
            );
            assert!(contents(broken.path()) == before);
        }
        run(&sound(broken.path()), &begun, Unfinished::Resume).unwrap();
        assert!(contents(broken.path()) == whole(&begun));
    }

    #[test]
    fn a_checkpoint_of_something_else_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join(CHECKPOINT), "{}").unwrap();
        for wish in [Unfinished::Keep, Unfinished::Resume, Unfinished::Replace] {
            let refused = run(&sound(root.path()), &sweep("0.3"), wish).unwrap_err();
            assert!(refused.to_string().contains("checkpoint.json: it is in the way"), "{refused}");
            assert_eq!(names(root.path()), [CHECKPOINT]);
        }
    }

    #[test]
    fn to_begin_anew_restores_what_a_torn_commit_had_set_aside() {
        let (former, torn) = (sweep("0.5"), sweep("0.3"));
        let before = named(whole(&former));
        let mut restored = 0;
        for point in 0.. {
            let root = tempfile::tempdir().unwrap();
            run(&sound(root.path()), &former, Unfinished::Keep).unwrap();
            match run(&failing(root.path(), Fault::Cut, point), &torn, Unfinished::Keep) {
                Ok(()) => break,
                Err(Failure::Failed(_, Left::Torn { .. })) => (),
                Err(_) => continue,
            }
            // The sweep that begins anew fails at its first checkpoint, too.
            let stopped = Progress::default();
            stopped.stop();
            let destination =
                Destination { unfinished: Unfinished::Replace, ..Destination::new(root.path()) };
            let options = Options { threads: 1, ..Options::default() };
            let result = save(&torn, &destination, &options, &stopped, &mut |_: &Group| ());
            assert!(matches!(result, Err(Failure::Stopped(_))), "{result:?}");
            assert!(results(root.path()) == before, "{point}: {:?}", names(root.path()));
            restored += 1;
        }
        assert!(restored > 5, "{restored}");
    }
}
