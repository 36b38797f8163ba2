//! The table of runs as one file or as several, in the making or gone on with.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::convergence::{self, Column};
use super::files::{Mark, OutputFolder, PartialFile, naming};
use super::layout::{FileFormat, Layout};
use crate::problem::Problem;

/// The table's file, without its number and ending.
pub const TABLE: &str = "convergence";

/// The most rows below a header that a spreadsheet opens: 2²⁰ lines.
pub const SPREADSHEET_ROWS: u64 = 1_048_575;

/// Where a table that is being written stands: what has to be known to go on from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    /// How many files have been begun; all but the last are whole.
    pub(super) files: usize,
    /// What the last one has.
    pub(super) last: Mark,
    /// Its rows.
    pub(super) rows: u64,
}

/// A table of many rows, as one file or as several of so many rows each, all with the header.
#[derive(Debug)]
pub struct TableWriter {
    folder: OutputFolder,
    layout: Layout,
    header: Vec<u8>,
    /// All files begun; rows go to the last. Empty where there is to be no table.
    files: Vec<PartialFile>,
    rows_in_last: u64,
}

impl TableWriter {
    /// Begins the table `convergence.csv`, or `convergence-0001.csv`, `convergence-0002.csv`, … with so many rows each;
    /// or none, if the layout has none: then a former one goes when the rest is committed.
    ///
    /// # Errors
    /// If its first file cannot be written.
    pub fn create(folder: &OutputFolder, layout: &Layout, columns: &[Column]) -> Result<Self, Problem> {
        let mut table = Self::empty(folder, layout, columns);
        if table.layout.file_format != FileFormat::None {
            let mut first = folder.file(&layout.file_name(0))?;
            first
                .write_all(&table.header)
                .map_err(|error| Problem::new("out", first.path().display(), error.to_string()))?;
            table.files.push(first);
        }
        Ok(table)
    }

    fn empty(folder: &OutputFolder, layout: &Layout, columns: &[Column]) -> Self {
        let mut header = Vec::new();
        convergence::append_header(&mut header, columns, layout.format);
        let (folder, layout) = (folder.clone(), layout.clone());
        Self { folder, layout, header, files: Vec::new(), rows_in_last: 0 }
    }

    /// Goes on with a table that was interrupted: `whole` are the marks of the files before the last one.
    pub(super) fn resume(
        folder: &OutputFolder,
        layout: &Layout,
        columns: &[Column],
        whole: &[Mark],
        position: &Position,
    ) -> io::Result<Self> {
        let mut table = Self::empty(folder, layout, columns);
        let marks = whole[..position.files.saturating_sub(1)].iter().chain([&position.last]);
        for (index, mark) in marks.take(position.files).enumerate() {
            table.files.push(PartialFile::reopen(folder, &layout.file_name(index), *mark)?);
            if index + 1 < position.files {
                table.last().seal()?;
            }
        }
        table.rows_in_last = position.rows;
        Ok(table)
    }

    /// Appends one row, with its line end.
    ///
    /// # Errors
    /// If it cannot be written; the error names the file.
    pub fn write_row(&mut self, row: &[u8]) -> io::Result<()> {
        if self.layout.rows_per_file.is_some_and(|most| self.rows_in_last == most.get()) {
            self.begin_next()?;
        }
        self.rows_in_last += 1;
        self.last().write_all(row)
    }

    /// Appends several rows, which end at these places of `text`.
    ///
    /// # Errors
    /// If they cannot be written; the error names the file.
    ///
    /// # Panics
    /// If the ends do not rise, or lie outside of `text`.
    pub fn write_rows(&mut self, text: &[u8], ends: &[usize]) -> io::Result<()> {
        let mut start = 0;
        for &end in ends {
            self.write_row(&text[start..end])?;
            start = end;
        }
        Ok(())
    }

    fn begin_next(&mut self) -> io::Result<()> {
        self.last().seal()?;
        let name = self.layout.file_name(self.files.len());
        let path = self.folder.path().join(&name);
        self.files.push(PartialFile::open(&self.folder, &name).map_err(|error| naming(&path, &error))?);
        self.rows_in_last = 0;
        let header = std::mem::take(&mut self.header);
        let written = self.last().write_all(&header);
        self.header = header;
        written
    }

    fn last(&mut self) -> &mut PartialFile {
        self.files.last_mut().expect("a table has a file from the start")
    }

    /// Brings all rows so far to the disk.
    pub(super) fn save(&mut self) -> io::Result<()> {
        self.files.last_mut().map_or(Ok(()), PartialFile::save)
    }

    /// Where it stands.
    pub(super) fn position(&self) -> Position {
        let last = self.files.last().map_or(Mark { bytes: 0, crc: 0 }, PartialFile::mark);
        Position { files: self.files.len(), last, rows: self.rows_in_last }
    }

    /// The marks of the files before the last one, from the `from`-th.
    pub(super) fn whole_since(&self, from: usize) -> impl Iterator<Item = Mark> {
        let whole = self.files.len().saturating_sub(1);
        self.files[from.min(whole)..whole].iter().map(PartialFile::mark)
    }

    pub(super) fn into_files(self) -> Vec<PartialFile> {
        self.files
    }
}
