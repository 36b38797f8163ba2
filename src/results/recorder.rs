//! The files of a sweep while its runs come.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::begun::forget;
use super::checkpoint::{Checkpoint, Entry, SHARD};
use super::commit::commit;
use super::details::{Batch, Described};
use super::failure::{Failure, Left};
use super::files::PartialFile;
use super::folder::OutputFolder;
use super::groups::Groups;
use super::layout::{SPEC, SUMMARY};
use super::summary;
use super::watcher::Watcher;
use super::workbook::workbook_of;
use super::writer::TableWriter;
use crate::kernel::outcome::RunResult;
use crate::sweep::engine::{Errands, Sink};
use crate::sweep::input::Input;
use crate::sweep::set_ups::varying;
use crate::sweep::spec::Sweep;

/// Writes the results of a sweep, and a checkpoint now and then.
pub(crate) struct Recorder<'a> {
    folder: &'a OutputFolder,
    sweep: &'a Sweep,
    table: TableWriter,
    summary: PartialFile,
    /// What says which sweep it is, the spec last.
    beside: Vec<PartialFile>,
    /// The run that comes next in the files.
    pub(crate) next: u64,
    /// Runs from there on that wait for those that are written together with them.
    waiting: VecDeque<Batch>,
    waiting_runs: usize,
    /// Groups of rows are encoded on the sweep's threads.
    errands: Arc<Errands>,
    groups: Groups<'a>,
    checkpoint: Checkpoint,
    every: Duration,
    /// When the next checkpoint is due.
    due: Instant,
    pub(crate) watcher: &'a mut (dyn Watcher + Send),
    line: Vec<u8>,
}

/// How many times as long as a checkpoint took there is none.
const SELDOM: u32 = 20;

impl<'a> Recorder<'a> {
    /// Begins the files, or goes on with them where a checkpoint has entries; `first` is the first of the runs wanted.
    pub(crate) fn new(
        folder: &'a OutputFolder,
        sweep: &'a Sweep,
        mut checkpoint: Checkpoint,
        first: u64,
        every: Duration,
        watcher: &'a mut (dyn Watcher + Send),
    ) -> Result<Self, Failure> {
        let (layout, spec) = (&checkpoint.request.layout, spec_text(sweep));
        let (table, summary, next, groups) = match checkpoint.entries.last() {
            Some(newest) => {
                let (whole, footer) = (&checkpoint.whole, checkpoint.footer());
                let table = TableWriter::resume(folder, layout, &spec, whole, &newest.table, &footer)?;
                let summary = PartialFile::reopen(folder, SUMMARY, newest.summary)?;
                let begun = newest.begun.iter().map(|begun| (begun.number, begun.clone())).collect();
                (table, summary, newest.next, Groups { sweep, begun, complete: newest.complete })
            }
            None => {
                let table = TableWriter::create(folder, layout, &spec)?;
                let mut summary = folder.file(SUMMARY)?;
                let mut header = Vec::new();
                summary::append_header(&mut header, &varying(&sweep.set_ups), layout.format);
                summary.write_all(&header)?;
                (table, summary, first, Groups { sweep, begun: BTreeMap::new(), complete: 0 })
            }
        };
        let beside = beside(folder, sweep)?;
        if checkpoint.entries.is_empty() {
            checkpoint.others = beside.iter().map(|file| (file.name().to_owned(), file.mark())).collect();
        }
        Ok(Self {
            folder,
            sweep,
            table,
            summary,
            beside,
            next,
            waiting: VecDeque::new(),
            waiting_runs: 0,
            errands: Arc::default(),
            groups,
            checkpoint,
            every,
            due: Instant::now() + every,
            watcher,
            line: Vec::new(),
        })
    }

    /// Whether all runs before this one are here.
    pub(crate) fn has_all_before(&self, end: u64) -> bool {
        self.next + self.waiting_runs as u64 == end
    }

    /// Writes the first `count` of the runs that wait.
    fn write_waiting(&mut self, count: usize) -> io::Result<()> {
        self.waiting_runs -= count;
        let (mut together, mut left) = (Vec::new(), count);
        while left > 0 {
            let mut batch = self.waiting.pop_front().expect("so many runs wait");
            if batch.finished.len() > left {
                self.waiting.push_front(batch.split_off(left));
            }
            left -= batch.finished.len();
            together.push(batch);
        }
        let rows = together.iter_mut().filter_map(|batch| batch.in_columns.take()).collect();
        self.table.write_group(rows, &self.errands)?;
        together.iter().try_for_each(|batch| self.count(&batch.finished, &batch.described))
    }

    /// Counts runs whose rows are written, and writes the groups that are now complete.
    fn count(&mut self, finished: &[RunResult], described: &[Described]) -> io::Result<()> {
        for (place, finished) in finished.iter().enumerate() {
            // They are kept where runs are watched.
            if let Some(described) = described.get(place) {
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
    fn make_checkpoint(&mut self, mut ahead: Vec<RunResult>) -> io::Result<()> {
        self.waiting.iter().for_each(|batch| ahead.extend_from_slice(&batch.finished));
        let begun = Instant::now();
        self.table.sync()?;
        self.summary.sync()?;
        self.checkpoint.whole.extend(self.table.whole_since(self.checkpoint.whole.len()));
        let entry = Entry {
            next: self.next,
            table: self.table.position(),
            summary: self.summary.mark(),
            complete: self.groups.complete,
            begun: self.groups.begun(),
        };
        self.checkpoint.push(entry, &self.table.footer(), ahead);
        self.checkpoint.write_to(self.folder)?;
        self.folder.keep();
        let pause = if self.every.is_zero() { self.every } else { self.every.max(begun.elapsed() * SELDOM) };
        self.due = Instant::now() + pause;
        Ok(())
    }

    /// Gives all files their names.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        while self.waiting_runs > 0 {
            self.write_waiting(self.table.rows_together().min(self.waiting_runs as u64) as usize)?;
        }
        self.make_checkpoint(Vec::new())?;
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
pub(crate) fn spec_text(sweep: &Sweep) -> String {
    format!("# xorsweep {}\n{}", env!("CARGO_PKG_VERSION"), sweep.to_kept_spec().to_toml())
}

/// A file that says which sweep it is.
pub(crate) enum Beside<'a> {
    Input(Input<'a>),
    Spec,
}

impl Beside<'_> {
    /// All of a sweep, the spec last.
    pub(crate) fn of(sweep: &Sweep) -> impl Iterator<Item = Beside<'_>> {
        sweep.inputs().into_iter().map(Beside::Input).chain([Beside::Spec])
    }

    pub(crate) fn name(&self) -> String {
        match self {
            Self::Input(input) => input.file.kept_name(),
            Self::Spec => SPEC.to_owned(),
        }
    }

    /// The file, whole.
    pub(crate) fn file(&self, folder: &OutputFolder, sweep: &Sweep) -> Result<PartialFile, Failure> {
        let mut file = folder.file(&self.name())?;
        match self {
            Self::Input(input) => input.write(&mut file)?,
            Self::Spec => file.write_all(spec_text(sweep).as_bytes())?,
        }
        file.sync()?;
        Ok(file)
    }
}

/// All files that say which sweep it is, whole, the spec last.
fn beside(folder: &OutputFolder, sweep: &Sweep) -> Result<Vec<PartialFile>, Failure> {
    Beside::of(sweep).map(|file| file.file(folder, sweep)).collect()
}

impl Sink<Batch> for Recorder<'_> {
    type Error = io::Error;

    fn accept(&mut self, batch: Batch) -> io::Result<()> {
        // Without rows that wait to be written together.
        if !batch.ends.is_empty() || self.table.rows_together() == 0 {
            self.table.write_rows(&batch.text, &batch.ends)?;
            return self.count(&batch.finished, &batch.described);
        }
        self.waiting_runs += batch.finished.len();
        self.waiting.push_back(batch);
        while self.waiting_runs as u64 >= self.table.rows_together() {
            self.write_waiting(self.table.rows_together() as usize)?;
        }
        Ok(())
    }

    fn errands(&self) -> Arc<Errands> {
        self.errands.clone()
    }

    fn finished<'a>(&self, batch: &'a Batch) -> &'a [RunResult] {
        &batch.finished
    }

    fn pause(&mut self, ahead: &dyn Fn(&Self) -> Vec<RunResult>) -> io::Result<()> {
        if Instant::now() < self.due { Ok(()) } else { self.make_checkpoint(ahead(self)) }
    }

    fn stopped(&mut self, ahead: Vec<RunResult>) -> io::Result<()> {
        // Nothing is left of a sweep that has done nothing.
        let is_idle = ahead.is_empty() && self.waiting_runs == 0 && self.groups.is_untouched();
        if is_idle && !self.folder.keeps() { Ok(()) } else { self.make_checkpoint(ahead) }
    }
}
