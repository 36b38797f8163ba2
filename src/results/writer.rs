//! The table of runs as one file or as several, in the making or resumed.

use std::io::{self, Write};
use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};

use super::convergence;
use super::failure::Failure;
use super::files::{Mark, PartialFile};
use super::folder::OutputFolder;
use super::layout::{FileFormat, Layout};
use super::parquet::cells::Stretch;
use super::parquet::{GROUP_ROWS, ParquetFile, WholeFile};
use crate::sweep::engine::Errands;

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
    /// Its groups of rows, if the format has such.
    pub(super) groups: usize,
}

/// A table of many rows, as one file or as several of so many rows each, all with the header.
#[derive(Debug)]
pub struct TableWriter {
    folder: OutputFolder,
    layout: Layout,
    /// The sweep's spec, which some formats hold.
    spec: String,
    encoding: Encoding,
    /// All files begun; rows go to the last. Empty where there is to be no table.
    files: Vec<PartialFile>,
    rows_in_last: u64,
}

/// How rows become bytes.
#[derive(Debug)]
enum Encoding {
    None,
    /// With the line that each file begins with.
    Text(Vec<u8>),
    /// With the last file.
    Parquet(Box<ParquetFile>),
}

impl TableWriter {
    /// Begins the table `convergence.csv`, or `convergence-0001.csv`, `convergence-0002.csv`, … with so many rows each;
    /// or none, if the layout has none: then a former one goes when the rest is committed. `spec` is the sweep's.
    ///
    /// # Errors
    /// If its first file cannot be written.
    pub fn create(folder: &OutputFolder, layout: &Layout, spec: &str) -> Result<Self, Failure> {
        let mut table = Self::empty(folder, layout, spec);
        if layout.file_format != FileFormat::None {
            table.begin(folder.file(&layout.file_name(0))?)?;
        }
        Ok(table)
    }

    fn empty(folder: &OutputFolder, layout: &Layout, spec: &str) -> Self {
        let columns = layout.columns();
        let encoding = match layout.file_format {
            FileFormat::None => Encoding::None,
            FileFormat::Csv => {
                let mut header = Vec::new();
                convergence::append_header(&mut header, &columns, layout.format);
                Encoding::Text(header)
            }
            FileFormat::Parquet => Encoding::Parquet(Box::new(ParquetFile::new(&columns, spec))),
        };
        let (folder, layout, spec) = (folder.clone(), layout.clone(), spec.to_owned());
        Self { folder, layout, spec, encoding, files: Vec::new(), rows_in_last: 0 }
    }

    /// Goes on with a table that was interrupted: `whole` are the marks of the files before the last one, and `footer`
    /// says what the last one has, if the format needs that.
    pub(super) fn resume(
        folder: &OutputFolder,
        layout: &Layout,
        spec: &str,
        whole: &[Mark],
        position: &Position,
        footer: &[u8],
    ) -> io::Result<Self> {
        let mut table = Self::empty(folder, layout, spec);
        let marks = whole[..position.files.saturating_sub(1)].iter().chain([&position.last]);
        for (index, mark) in marks.take(position.files).enumerate() {
            table.files.push(PartialFile::reopen(folder, &layout.file_name(index), *mark)?);
            if index + 1 < position.files {
                table.last().seal()?;
            }
        }
        if let Encoding::Parquet(file) = &mut table.encoding {
            **file = ParquetFile::resumed(&layout.columns(), spec, footer, position.groups)?;
        }
        table.rows_in_last = position.rows;
        Ok(table)
    }

    /// How many rows to give at once, at least: as many as are written together. 0 if there is no table.
    pub(super) fn rows_together(&self) -> u64 {
        match self.encoding {
            Encoding::None => 0,
            Encoding::Text(_) => 1,
            Encoding::Parquet(_) => match self.layout.rows_per_file.map(NonZeroU64::get) {
                // A full file is followed by an empty one.
                Some(most) if self.rows_in_last < most => GROUP_ROWS.min(most - self.rows_in_last),
                Some(most) => GROUP_ROWS.min(most),
                None => GROUP_ROWS,
            },
        }
    }

    /// Appends a group of rows that are written together; for formats that have such groups.
    /// Threads that do errands help.
    ///
    /// # Errors
    /// If it cannot be written; the error names the file.
    pub(super) fn write_group(&mut self, rows: Vec<Stretch>, errands: &Errands) -> io::Result<()> {
        let count: usize = rows.iter().map(Stretch::rows).sum();
        self.write_parquet(count as u64, |file, out| file.write_stretches(out, rows, errands))
    }

    /// Appends the rows of the parts, groups of which are cut anew.
    ///
    /// # Errors
    /// If a part is damaged or the rows cannot be written; the error names the file.
    pub(super) fn copy(&mut self, parts: &mut [WholeFile<std::fs::File>]) -> io::Result<()> {
        let rows: u64 = parts.iter().map(WholeFile::rows).sum();
        let mut begin = 0;
        while begin < rows {
            let end = rows.min(begin + self.rows_together());
            self.write_parquet(end - begin, |file, out| file.copy_group(out, parts, begin..end))?;
            begin = end;
        }
        Ok(())
    }

    fn write_parquet(
        &mut self,
        rows: u64,
        write: impl FnOnce(&mut ParquetFile, &mut PartialFile) -> io::Result<()>,
    ) -> io::Result<()> {
        if self.is_full() {
            self.begin_next()?;
        }
        let out = self.files.last_mut().expect("a table has a file from the start");
        let Encoding::Parquet(file) = &mut self.encoding else { unreachable!("only Parquet has groups") };
        write(file, out)?;
        self.rows_in_last += rows;
        Ok(())
    }

    /// What a file begins with, if it is text.
    pub(super) fn header(&self) -> &[u8] {
        if let Encoding::Text(header) = &self.encoding { header } else { &[] }
    }

    fn is_full(&self) -> bool {
        self.layout.rows_per_file.is_some_and(|most| self.rows_in_last == most.get())
    }

    /// Appends one row, with its line end.
    ///
    /// # Errors
    /// If it cannot be written; the error names the file.
    pub fn write_row(&mut self, row: &[u8]) -> io::Result<()> {
        if self.is_full() {
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
        self.end()?;
        let name = self.layout.file_name(self.files.len());
        let next = self.folder.file(&name).map_err(Failure::into_error)?;
        self.begin(next)
    }

    fn begin(&mut self, mut file: PartialFile) -> io::Result<()> {
        self.rows_in_last = 0;
        match &mut self.encoding {
            Encoding::None => (),
            Encoding::Text(header) => file.write_all(header)?,
            Encoding::Parquet(parquet) => {
                **parquet = ParquetFile::new(&self.layout.columns(), &self.spec);
                parquet.begin(&mut file)?;
            }
        }
        self.files.push(file);
        Ok(())
    }

    /// Ends the last file.
    pub(super) fn end(&mut self) -> io::Result<()> {
        let Some(file) = self.files.last_mut() else { return Ok(()) };
        if let Encoding::Parquet(parquet) = &self.encoding {
            file.write_all(&parquet.footer())?;
        }
        file.seal()
    }

    fn last(&mut self) -> &mut PartialFile {
        self.files.last_mut().expect("a table has a file from the start")
    }

    /// Brings all rows so far to the disk.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.files.last_mut().map_or(Ok(()), PartialFile::sync)
    }

    /// Where it stands.
    pub(super) fn position(&self) -> Position {
        let last = self.files.last().map_or(Mark { bytes: 0, crc: 0 }, PartialFile::mark);
        let groups = if let Encoding::Parquet(file) = &self.encoding { file.groups() } else { 0 };
        Position { files: self.files.len(), last, rows: self.rows_in_last, groups }
    }

    /// What has to be known of the last file, besides where it stands.
    pub(super) fn footer(&self) -> Vec<u8> {
        if let Encoding::Parquet(file) = &self.encoding { file.footer() } else { Vec::new() }
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
