//! Cells in columns, of which groups of rows are encoded.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::properties::WriterPropertiesPtr;
use parquet::schema::types::ColumnDescPtr;

use super::{BATCH_ROWS, EncodedColumn, Stored, encoded};
use crate::results::cell::Kind;
use crate::results::convergence::{Column, Row};

/// The cells of consecutive rows, column after column. They take few allocations, since they are made by one thread and
/// freed by another.
#[derive(Default)]
pub(in crate::results) struct Cells {
    rows: usize,
    /// What the cells of integers and seeds hold that are not empty.
    pub(super) integers: Vec<i64>,
    /// What those of numbers hold.
    pub(super) numbers: Vec<f64>,
    /// What those of words hold.
    pub(super) words: Vec<ByteArray>,
    /// For each column the place of its first value among those of its kind.
    begins: Vec<usize>,
    /// For each cell whether it holds something.
    filled: Vec<bool>,
}

impl Cells {
    /// Those that rows have in these columns.
    fn of(columns: &[Column], rows: &[Row<'_>]) -> Self {
        let mut cells = Self { rows: rows.len(), ..Self::default() };
        cells.filled.reserve_exact(columns.len() * rows.len());
        let most = |kinds: &[Kind]| {
            columns.iter().filter(|column| kinds.contains(&column.kind)).count() * rows.len()
        };
        cells.integers.reserve_exact(most(&[Kind::Integer, Kind::Seed]));
        cells.numbers.reserve_exact(most(&[Kind::Number]));
        cells.words.reserve_exact(most(&[Kind::Word]));
        for column in columns {
            match column.kind {
                Kind::Integer | Kind::Seed => cells.append::<Int64Type>(column, rows),
                Kind::Number => cells.append::<DoubleType>(column, rows),
                Kind::Word => cells.append::<ByteArrayType>(column, rows),
            }
        }
        // Columns may be empty, and very many rows wait.
        cells.integers.shrink_to_fit();
        cells.numbers.shrink_to_fit();
        cells.words.shrink_to_fit();
        cells
    }

    fn append<T: Stored>(&mut self, column: &Column, rows: &[Row<'_>]) {
        self.begins.push(T::values(self).len());
        for row in rows {
            let values = T::values_mut(self);
            let value = T::of(column.cell(row), values.last());
            let is_filled = value.is_some();
            values.extend(value);
            self.filled.push(is_filled);
        }
    }
}

/// Some consecutive rows of cells.
pub(in crate::results) struct Stretch {
    cells: Arc<Cells>,
    rows: Range<usize>,
}

impl Stretch {
    pub(in crate::results) fn of(columns: &[Column], rows: &[Row<'_>]) -> Self {
        Self { cells: Arc::new(Cells::of(columns, rows)), rows: 0..rows.len() }
    }

    /// Leaves the first `count` rows, and returns the others.
    pub(in crate::results) fn split_off(&mut self, count: usize) -> Self {
        let at = self.rows.start + count;
        let rest = Self { cells: self.cells.clone(), rows: at..self.rows.end };
        self.rows.end = at;
        rest
    }

    pub(in crate::results) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The values of a column, and for each row whether there is one.
    fn column<T: Stored>(&self, place: usize) -> (&[T::T], &[bool]) {
        let filled = &self.cells.filled[place * self.cells.rows..][..self.cells.rows];
        let begin = self.cells.begins[place] + count(&filled[..self.rows.start]);
        let filled = &filled[self.rows.clone()];
        (&T::values(&self.cells)[begin..][..count(filled)], filled)
    }
}

fn count(filled: &[bool]) -> usize {
    filled.iter().map(|&filled| usize::from(filled)).sum()
}

/// Encodes a column of a group of rows, which are these, one behind the other.
pub(super) fn encoded_cells(
    rows: &[Stretch],
    place: usize,
    kind: Kind,
    column: ColumnDescPtr,
    properties: WriterPropertiesPtr,
) -> io::Result<EncodedColumn> {
    match kind {
        Kind::Integer | Kind::Seed => encoded_values::<Int64Type>(rows, place, column, properties),
        Kind::Number => encoded_values::<DoubleType>(rows, place, column, properties),
        Kind::Word => encoded_values::<ByteArrayType>(rows, place, column, properties),
    }
}

fn encoded_values<T: Stored>(
    rows: &[Stretch],
    place: usize,
    column: ColumnDescPtr,
    properties: WriterPropertiesPtr,
) -> io::Result<EncodedColumn> {
    encoded::<T>(column, properties, |take| {
        let (mut batch, mut levels) = (Vec::with_capacity(BATCH_ROWS), Vec::with_capacity(BATCH_ROWS));
        for (mut values, mut filled) in rows.iter().map(|stretch| stretch.column::<T>(place)) {
            while !filled.is_empty() {
                let (some, rest) = filled.split_at(filled.len().min(BATCH_ROWS - levels.len()));
                let (theirs, others) = values.split_at(count(some));
                levels.extend(some.iter().map(|&filled| i16::from(filled)));
                batch.extend_from_slice(theirs);
                (values, filled) = (others, rest);
                if levels.len() == BATCH_ROWS {
                    take(&batch, &levels)?;
                    batch.clear();
                    levels.clear();
                }
            }
        }
        if levels.is_empty() { Ok(()) } else { take(&batch, &levels) }
    })
}
