//! Files that are whole, to be copied from.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use parquet::column::reader::ColumnReaderImpl;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::ChunkReader;
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::schema::types::SchemaDescriptor;

use super::{BATCH_ROWS, Stored, Take, bytes_of, checked, checksum, damaged, invalid, naming, schema_of};
use crate::results::convergence::Column;

/// A finished file of a table, to be copied from.
#[derive(Debug)]
pub struct WholeFile<R> {
    name: String,
    source: Arc<R>,
    pub(super) metadata: ParquetMetaData,
    checksums: Vec<u64>,
    /// The first row of each group, and behind them the number of all rows.
    begins: Vec<u64>,
    /// So many of the first groups were found whole.
    checked: usize,
}

impl<R: ChunkReader + 'static> WholeFile<R> {
    /// Reads the footer of a file, which problems call `name`.
    ///
    /// # Errors
    /// If it cannot be read, is damaged, or does not have these columns.
    pub fn open(columns: &[Column], name: impl Into<String>, source: R) -> io::Result<Self> {
        Self::with(Some(SchemaDescriptor::new(Arc::new(schema_of(columns)))), name.into(), source)
    }

    /// As [`open`](Self::open), whatever columns it has.
    pub(super) fn of_any_columns(name: impl Into<String>, source: R) -> io::Result<Self> {
        Self::with(None, name.into(), source)
    }

    fn with(schema: Option<SchemaDescriptor>, name: String, source: R) -> io::Result<Self> {
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&source).map_err(damaged);
        let (metadata, checksums) = metadata
            .and_then(|metadata| {
                let own = metadata.file_metadata().schema_descr();
                checked(&metadata, schema.as_ref().unwrap_or(own)).map(|checksums| (metadata, checksums))
            })
            .map_err(|error| naming(&name, &error))?;
        let mut begins = vec![0];
        for group in metadata.row_groups() {
            begins.push(begins[begins.len() - 1] + group.num_rows().unsigned_abs());
        }
        Ok(Self { name, source: Arc::new(source), metadata, checksums, begins, checked: 0 })
    }

    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.begins[self.begins.len() - 1]
    }

    /// Fails unless the bytes of this group and those before are what they were.
    pub(super) fn check(&mut self, group: usize) -> io::Result<()> {
        while self.checked <= group {
            let number = self.checked;
            let bytes = bytes_of(self.metadata.row_group(number));
            let mut source =
                self.source.get_read(bytes.start).map_err(|error| naming(&self.name, &damaged(error)))?;
            let found = checksum(&mut source, bytes.end - bytes.start);
            if found.map_err(|error| naming(&self.name, &error))? != Some(self.checksums[number]) {
                return Err(self.damaged(number, "the bytes are not those that were written"));
            }
            self.checked += 1;
        }
        Ok(())
    }

    fn damaged(&self, group: usize, what: impl std::fmt::Display) -> io::Error {
        let (first, end) = (self.begins[group], self.begins[group + 1]);
        invalid(format!("{}: rows {first} to {} are damaged: {what}", self.name, end - 1))
    }
}

pub(super) struct PartSource<'a, R> {
    pub(super) columns: &'a [Column],
    pub(super) parts: &'a [WholeFile<R>],
    pub(super) stretches: Vec<Stretch>,
}

/// Consecutive rows of one group of one part.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) part: usize,
    pub(super) group: usize,
    /// Rows of the group before it.
    before: usize,
    pub(super) rows: usize,
}

/// Where the rows of several parts stand.
pub(super) fn stretches<R>(parts: &[WholeFile<R>], rows: &Range<u64>) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    let mut offset = 0;
    for (number, part) in parts.iter().enumerate() {
        for (group, ends) in part.begins.windows(2).enumerate() {
            let (begin, end) = (offset + ends[0], offset + ends[1]);
            let (from, to) = (begin.max(rows.start), end.min(rows.end));
            if from < to {
                let [before, rows] = [from - begin, to - from]
                    .map(|count| usize::try_from(count).expect("a group has fewer rows"));
                stretches.push(Stretch { part: number, group, before, rows });
            }
        }
        offset += part.begins[part.begins.len() - 1];
    }
    stretches
}

impl<R: ChunkReader + 'static> PartSource<'_, R> {
    /// Hands over a column's cells.
    pub(super) fn batches<T: Stored>(&self, column: usize, take: &mut Take<'_, T::T>) -> io::Result<()> {
        let (mut values, mut levels) = (Vec::with_capacity(BATCH_ROWS), Vec::with_capacity(BATCH_ROWS));
        for stretch in &self.stretches {
            let part = &self.parts[stretch.part];
            let damaged = |what: &dyn std::fmt::Display| {
                part.damaged(stretch.group, format!("column {}: {what}", self.columns[column].name))
            };
            let group = part.metadata.row_group(stretch.group);
            let chunk = group.column(column);
            let rows = usize::try_from(group.num_rows()).expect("checked when it was opened");
            let pages = SerializedPageReader::new(part.source.clone(), chunk, rows, None)
                .map_err(|error| damaged(&error))?;
            let mut reader = ColumnReaderImpl::<T>::new(chunk.column_descr_ptr(), Box::new(pages));
            let skipped = reader.skip_records(stretch.before).map_err(|error| damaged(&error))?;
            let mut left = stretch.rows;
            while skipped == stretch.before && left > 0 {
                let wanted = left.min(BATCH_ROWS - levels.len());
                let before = values.len();
                let (read, ..) = reader
                    .read_records(wanted, Some(&mut levels), None, &mut values)
                    .map_err(|error| damaged(&error))?;
                if !values[before..].iter().all(T::is_valid) {
                    return Err(damaged(&"a word is not UTF-8"));
                }
                if read < wanted {
                    break;
                }
                left -= wanted;
                if levels.len() == BATCH_ROWS {
                    take(&values, &levels)?;
                    values.clear();
                    levels.clear();
                }
            }
            if left > 0 {
                return Err(damaged(&"rows are missing"));
            }
        }
        if levels.is_empty() { Ok(()) } else { take(&values, &levels) }
    }
}
