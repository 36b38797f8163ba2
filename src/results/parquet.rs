//! The table as Parquet: the cells of `convergence.csv`, typed, compressed, in groups of rows that are each written
//! column after column.
//!
//! A [`ParquetFile`] holds no rows, and of the groups written only what the end of the file must say of them. That end
//! can be had at any time, as [`footer`](ParquetFile::footer), and a file that was interrupted is
//! [`resumed`](ParquetFile::resumed) from it. The bytes of a file follow from its rows and the length of its groups
//! alone: a resumed file, and one [copied](ParquetFile::copy_group) from several, end with those of a file written at once.
//!
//! Readers check no more of a file than they must, so every group has a checksum in the footer, which is compared
//! before its rows are copied. It finds what a disk or a network did, not what somebody forged: pages that were made
//! to fit their checksum can make the library panic.
//!
//! Counts and steps are integers of 64 bits with a sign, so that a difference of two is what it should be; seeds have
//! none. pandas makes doubles of a column of integers with empty cells, which do not hold every seed;
//! `dtype_backend="pyarrow"` keeps them as they are.
//!
//! The footer holds the sweep's spec, as it stands in `sweep.toml`, under the key [`SPEC_KEY`].

pub(super) mod cells;
pub(super) mod read;
mod whole_file;

pub use whole_file::WholeFile;

use std::hash::Hasher as _;
use std::io::{self, Read, Write};
use std::ops::Range;
use std::sync::Arc;

use parquet::basic::{Compression, Encoding, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::{get_column_writer, get_typed_column_writer};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    ColumnChunkMetaData, FileMetaData, FooterTail, KeyValue, ParquetMetaData, ParquetMetaDataBuilder,
    ParquetMetaDataReader, ParquetMetaDataWriter, RowGroupMetaData,
};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::reader::ChunkReader;
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::{ColumnDescPtr, ColumnPath, SchemaDescPtr, SchemaDescriptor, Type};
use twox_hash::XxHash64;

use self::cells::{Cells, Stretch, encoded_cells};
use self::whole_file::{PartSource, stretches};
use super::cell::{Cell, Kind};
use super::convergence::{Column, Row};
use crate::sweep::engine::Errands;

/// Rows in a group, but for the last one.
pub const GROUP_ROWS: u64 = 65_536;

/// What a file begins and ends with.
const MAGIC: &[u8; 4] = b"PAR1";
/// Bytes at the end that say how long the footer is, and the magic ones.
const TAIL_BYTES: usize = 8;
/// Rows handed over at once. Pages may end only where such a batch does, so that it decides about the bytes.
const BATCH_ROWS: usize = 1_024;
/// A column with more different numbers in a group than fit here is not worth a dictionary.
const NUMBER_DICTIONARY_BYTES: usize = 1 << 14;
/// The number of rows and the list of groups, as they stand in a footer without any.
const NO_GROUPS: [u8; 3] = [0, LIST_FIELD, LIST_OF_STRUCTS];
/// What announces a list as the next field, in Thrift's compact protocol.
const LIST_FIELD: u8 = 0x19;
/// What announces a list of structures of fewer than 15; their number stands in the upper half.
const LIST_OF_STRUCTS: u8 = 0x0c;
/// How long what a footer says of a column's order is, and how it begins: with the field of a union.
const ORDER_BYTES: usize = 3;
const ORDER_OF_TYPE: u8 = 0x1c;
const TOTAL_ORDER: u8 = 0x2c;
/// What the checksums of the groups are called in the footer.
const CHECKSUMS: &str = "xorsweep.xxh64";
/// What the spec is called in the footer.
pub const SPEC_KEY: &str = "xorsweep.spec";

/// One file of the table in the making. It knows no file: it writes to whatever it is given.
#[derive(Debug)]
pub struct ParquetFile {
    columns: Vec<Column>,
    spec: String,
    schema: SchemaDescPtr,
    properties: WriterPropertiesPtr,
    groups: Vec<RowGroup>,
    /// What the footer says of the groups, as it stands there, which takes a sixth of the room in memory.
    described: Vec<u8>,
    /// Where the number of rows stands in the footer, once there is a group.
    rows_at: usize,
    bytes: u64,
}

/// A group that was written.
#[derive(Clone, Copy, Debug)]
struct RowGroup {
    /// How many rows it has.
    rows: u64,
    checksum: u64,
}

impl ParquetFile {
    /// A file of which nothing is written, with the rows of the sweep that `spec` asks for.
    ///
    /// # Panics
    /// If two columns have one name.
    #[must_use]
    pub fn new(columns: &[Column], spec: &str) -> Self {
        let schema = Arc::new(SchemaDescriptor::new(Arc::new(schema_of(columns))));
        let properties = Arc::new(properties_of(columns));
        let (columns, spec) = (columns.to_vec(), spec.to_owned());
        Self {
            columns,
            spec,
            schema,
            properties,
            groups: Vec::new(),
            described: Vec::new(),
            rows_at: 0,
            bytes: 0,
        }
    }

    /// Writes what comes before the first group.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn begin(&mut self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(MAGIC)?;
        self.bytes = MAGIC.len() as u64;
        Ok(())
    }

    /// Writes a group of rows; none if there are no rows.
    ///
    /// Groups of any length can be read; those of a table have [`GROUP_ROWS`], but for the last one.
    ///
    /// # Errors
    /// If it cannot be written. It then counts as not written: what stands beyond [`bytes`](Self::bytes) is waste.
    pub fn write_group(&mut self, out: &mut impl Write, rows: &[Row<'_>]) -> io::Result<()> {
        let stretch = Stretch::of(&self.columns, rows);
        self.write_stretches(out, vec![stretch], &Errands::default())
    }

    /// As [`write_group`](Self::write_group), of rows in columns; threads that do errands encode some of these.
    pub(super) fn write_stretches(
        &mut self,
        out: &mut impl Write,
        rows: Vec<Stretch>,
        errands: &Errands,
    ) -> io::Result<()> {
        let count: usize = rows.iter().map(Stretch::rows).sum();
        let rows = Arc::new(rows);
        let columns = self.columns.iter().zip(self.schema.columns()).enumerate();
        let encode = columns.map(|(place, (column, described))| {
            let (rows, kind) = (rows.clone(), column.kind);
            let (described, properties) = (described.clone(), self.properties.clone());
            move || encoded_cells(&rows, place, kind, described, properties)
        });
        let encoded = errands.do_all(encode);
        self.append(out, count as u64, encoded)
    }

    /// Writes a group of rows of other tables: of those of `parts`, one behind the other and counted from 0, the
    /// `rows`; no group if there are none. Every group that is read is checked first.
    ///
    /// # Errors
    /// If a part cannot be read or is damaged, which the error names, or the group cannot be written.
    ///
    /// # Panics
    /// If there are no such rows, or a part was opened with other columns.
    pub fn copy_group<R: ChunkReader + 'static>(
        &mut self,
        out: &mut impl Write,
        parts: &mut [WholeFile<R>],
        rows: Range<u64>,
    ) -> io::Result<()> {
        let stretches = stretches(parts, &rows);
        assert_eq!(stretches.iter().map(|stretch| stretch.rows as u64).sum::<u64>(), rows.end - rows.start);
        for stretch in &stretches {
            parts[stretch.part].check(stretch.group)?;
        }
        let (columns, schema, properties) =
            (self.columns.clone(), self.schema.clone(), self.properties.clone());
        let source = PartSource { columns: &columns, parts, stretches };
        let encoded = schema.columns().iter().enumerate().map(|(place, column)| {
            let (column, properties) = (column.clone(), properties.clone());
            match columns[place].kind {
                Kind::Integer | Kind::Seed => {
                    encoded::<Int64Type>(column, properties, |take| source.batches::<Int64Type>(place, take))
                }
                Kind::Number => encoded::<DoubleType>(column, properties, |take| {
                    source.batches::<DoubleType>(place, take)
                }),
                Kind::Word => encoded::<ByteArrayType>(column, properties, |take| {
                    source.batches::<ByteArrayType>(place, take)
                }),
            }
        });
        self.append(out, rows.end - rows.start, encoded)
    }

    /// Appends a group of so many rows, if there are any, column after column.
    fn append(
        &mut self,
        out: &mut impl Write,
        rows: u64,
        columns: impl IntoIterator<Item = io::Result<EncodedColumn>>,
    ) -> io::Result<()> {
        if rows == 0 {
            return Ok(());
        }
        let number =
            i32::try_from(self.groups.len()).map_err(|_| io::Error::other("too many groups of rows"))?;
        let begin = i64::try_from(self.bytes).map_err(|_| io::Error::other("the file is too long"))?;
        let mut out = Checked { inner: out, checksum: XxHash64::with_seed(0) };
        let (mut at, mut size, mut chunks) = (begin, 0, Vec::with_capacity(self.columns.len()));
        for column in columns {
            let column = column?;
            out.write_all(&column.bytes)?;
            size += column.chunk.uncompressed_size();
            chunks.push(placed(column.chunk, at, column.with_nan).map_err(failed)?);
            at += column.bytes.len() as i64;
        }
        let group = RowGroupMetaData::builder(self.schema.clone())
            .set_column_metadata(chunks)
            .set_total_byte_size(size)
            .set_num_rows(rows.cast_signed())
            .set_ordinal(number)
            .set_file_offset(begin)
            .build()
            .map_err(failed)?;
        self.push(group, out.checksum.finish(), at.unsigned_abs());
        Ok(())
    }

    /// Adds a group that stands in the file.
    fn push(&mut self, group: RowGroupMetaData, checksum: u64, end: u64) {
        let rows = group.num_rows().unsigned_abs();
        let none = self.encoded(Vec::new(), None);
        let one = self.encoded(vec![group], None);
        // They differ from the number of rows on, and end with the same.
        self.rows_at = none.iter().zip(&one).take_while(|(none, one)| none == one).count();
        let behind = none.len() - self.rows_at - NO_GROUPS.len();
        let begin = self.rows_at + counts(rows, 1).len();
        self.described.extend_from_slice(&one[begin..one.len() - behind]);
        self.groups.push(RowGroup { rows, checksum });
        self.bytes = end;
    }

    /// The footer of a file with these groups, without length and magic bytes.
    fn encoded(&self, groups: Vec<RowGroupMetaData>, values: Option<Vec<KeyValue>>) -> Vec<u8> {
        let (version, schema) = (self.properties.writer_version().as_num(), self.schema.clone());
        let created_by = Some(self.properties.created_by().to_owned());
        let rows = groups.iter().map(RowGroupMetaData::num_rows).sum();
        let file = FileMetaData::new(version, rows, created_by, values, schema, None);
        let metadata = ParquetMetaDataBuilder::new(file).set_row_groups(groups).build();
        let mut bytes = Vec::new();
        ParquetMetaDataWriter::new(&mut bytes, &metadata).finish().expect("a vector takes every write");
        bytes.truncate(bytes.len() - TAIL_BYTES);
        // The footer ends with the orders of the columns, an empty structure each, and the end of its own. Of doubles the
        // library tells an order that older readers do not know: polars 1.36 cannot read a file with it. The least and
        // greatest values are the same in that of the type, since there are none where there is a NaN.
        let end = bytes.len() - 1;
        for order in bytes[end - ORDER_BYTES * self.columns.len()..end].chunks_exact_mut(ORDER_BYTES) {
            if order[0] == TOTAL_ORDER {
                order[0] = ORDER_OF_TYPE;
            }
        }
        bytes
    }

    /// Writes what comes behind the last group.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&self.footer())?;
        out.flush()
    }

    /// What would come behind the last group if it were this one: the bytes that [`finish`](Self::finish) would write.
    ///
    /// # Panics
    /// If it were longer than 4 GiB, which takes tens of billions of rows.
    #[must_use]
    pub fn footer(&self) -> Vec<u8> {
        let checksums: Vec<String> =
            self.groups.iter().map(|group| format!("{:016x}", group.checksum)).collect();
        let values = [(CHECKSUMS, checksums.join(" ")), (SPEC_KEY, self.spec.clone())];
        let values = values.map(|(key, value)| KeyValue::new(key.to_owned(), value)).to_vec();
        let mut bytes = self.encoded(Vec::new(), Some(values));
        if !self.groups.is_empty() {
            let behind = bytes.split_off(self.rows_at + NO_GROUPS.len());
            bytes.truncate(self.rows_at);
            bytes.extend(counts(self.rows(), self.groups.len()));
            bytes.extend_from_slice(&self.described);
            bytes.extend(behind);
        }
        let length = u32::try_from(bytes.len()).expect("the footer's length has 32 bits");
        bytes.extend(length.to_le_bytes());
        bytes.extend(MAGIC);
        bytes
    }

    /// Goes on with a file that was interrupted, behind its first `groups` groups. `footer` is what
    /// [`footer`](Self::footer) said when there were as many or more.
    ///
    /// The file is to be cut to [`bytes`](Self::bytes). Whether the groups are whole is not looked at;
    /// nothing here could tell that the least or greatest value of a column, as it stands in `footer`, was changed.
    ///
    /// # Errors
    /// If `footer` is damaged, or of a table with other columns, of another version or with fewer groups.
    pub fn resumed(columns: &[Column], spec: &str, footer: &[u8], groups: usize) -> io::Result<Self> {
        let mut file = Self::new(columns, spec);
        let (metadata, tail) =
            footer.split_at_checked(footer.len().wrapping_sub(TAIL_BYTES)).ok_or_else(short)?;
        let tail = FooterTail::try_new(tail.try_into().expect("split there")).map_err(damaged)?;
        if tail.metadata_length() != metadata.len() {
            return Err(short());
        }
        let metadata = ParquetMetaDataReader::decode_metadata(metadata).map_err(damaged)?;
        if metadata.file_metadata().created_by() != Some(file.properties.created_by()) {
            let by = metadata.file_metadata().created_by().unwrap_or("another program");
            return Err(invalid(format!("written by {by}, not by {}", file.properties.created_by())));
        }
        let checksums = checked(&metadata, &file.schema)?;
        if checksums.len() < groups {
            return Err(invalid(format!("there are {} groups of rows, not {groups}", checksums.len())));
        }
        file.bytes = MAGIC.len() as u64;
        for (group, checksum) in
            metadata.into_builder().take_row_groups().into_iter().zip(checksums).take(groups)
        {
            let end = bytes_of(&group).end;
            file.push(group, checksum, end);
        }
        Ok(file)
    }

    /// How many groups it has so far.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// How many rows it has so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.groups.iter().map(|group| group.rows).sum()
    }

    /// How many bytes it has so far: those of [`begin`](Self::begin) and of the groups.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// How the cells of a kind of column are stored.
pub(in crate::results) trait Stored: DataType {
    /// The value of a cell, unless it is empty; `former` is a value that came before.
    fn of(cell: Cell<'_>, former: Option<&Self::T>) -> Option<Self::T>;

    /// Those of the cells of its kind.
    fn values(cells: &Cells) -> &[Self::T];

    /// Those of the cells of its kind, to append some.
    fn values_mut(cells: &mut Cells) -> &mut Vec<Self::T>;

    /// Whether it is a NaN, which has no place between the least value and the greatest.
    fn is_nan(_: &Self::T) -> bool {
        false
    }

    /// Whether a cell could have it.
    fn is_valid(_: &Self::T) -> bool {
        true
    }
}

impl Stored for Int64Type {
    fn of(cell: Cell<'_>, _: Option<&i64>) -> Option<i64> {
        match cell {
            Cell::Empty => None,
            Cell::Integer(value) => Some(value.cast_signed()), // no count is as large, and a seed's column has no sign
            Cell::Number(_) | Cell::Word(_) => unreachable!("a cell is of its column's kind"),
        }
    }

    fn values(cells: &Cells) -> &[i64] {
        &cells.integers
    }

    fn values_mut(cells: &mut Cells) -> &mut Vec<i64> {
        &mut cells.integers
    }
}

impl Stored for DoubleType {
    fn of(cell: Cell<'_>, _: Option<&f64>) -> Option<f64> {
        match cell {
            Cell::Empty => None,
            // There is one NaN: which one a processor made says nothing.
            Cell::Number(value) => Some(if value.is_nan() { f64::NAN } else { value }),
            Cell::Integer(_) | Cell::Word(_) => unreachable!("a cell is of its column's kind"),
        }
    }

    fn values(cells: &Cells) -> &[f64] {
        &cells.numbers
    }

    fn values_mut(cells: &mut Cells) -> &mut Vec<f64> {
        &mut cells.numbers
    }

    fn is_nan(value: &f64) -> bool {
        value.is_nan()
    }
}

impl Stored for ByteArrayType {
    fn of(cell: Cell<'_>, former: Option<&ByteArray>) -> Option<ByteArray> {
        match cell {
            Cell::Empty => None,
            // Words mostly come in a row, and then share their memory.
            Cell::Word(word) => Some(match former {
                Some(former) if former.data() == word.as_bytes() => former.clone(),
                _ => word.into(),
            }),
            Cell::Integer(_) | Cell::Number(_) => unreachable!("a cell is of its column's kind"),
        }
    }

    fn values(cells: &Cells) -> &[ByteArray] {
        &cells.words
    }

    fn values_mut(cells: &mut Cells) -> &mut Vec<ByteArray> {
        &mut cells.words
    }

    fn is_valid(value: &ByteArray) -> bool {
        str::from_utf8(value.data()).is_ok()
    }
}

/// A column of a group as it stands in a file.
struct EncodedColumn {
    bytes: Vec<u8>,
    /// What the footer says of it if it begins the file.
    chunk: ColumnChunkMetaData,
    /// Whether there is a NaN.
    with_nan: bool,
}

/// What takes a column's cells, [`BATCH_ROWS`] at a time: the values that there are, and for each row 1 if there is one and
/// 0 if it is empty.
type Take<'a, T> = dyn FnMut(&[T], &[i16]) -> io::Result<()> + 'a;

/// Encodes a column of a group, whose cells `batches` hands over.
fn encoded<T: Stored>(
    column: ColumnDescPtr,
    properties: WriterPropertiesPtr,
    batches: impl FnOnce(&mut Take<'_, T::T>) -> io::Result<()>,
) -> io::Result<EncodedColumn> {
    let mut bytes = TrackedWrite::new(Vec::new());
    let pages = Box::new(SerializedPageWriter::new(&mut bytes));
    let mut writer = get_typed_column_writer::<T>(get_column_writer(column, properties, pages));
    let mut with_nan = false;
    batches(&mut |values, levels| {
        with_nan |= values.iter().any(T::is_nan);
        writer.write_batch(values, Some(levels), None).map(drop).map_err(failed)
    })?;
    let chunk = writer.close().map_err(failed)?.metadata;
    Ok(EncodedColumn { bytes: bytes.into_inner().map_err(failed)?, chunk, with_nan })
}

/// What the footer says of a column that was encoded as if it began the file, but begins at `begin`.
fn placed(
    chunk: ColumnChunkMetaData,
    begin: i64,
    with_nan: bool,
) -> Result<ColumnChunkMetaData, ParquetError> {
    let statistics = chunk.statistics().cloned().map(|statistics| match statistics {
        // Without a copy for readers from before 2018, which is lost when the footer is read again.
        Statistics::Int64(values) => Statistics::Int64(values.with_backwards_compatible_min_max(false)),
        others => others,
    });
    let (data, dictionary) = (chunk.data_page_offset(), chunk.dictionary_page_offset());
    let placed = chunk
        .into_builder()
        .set_data_page_offset(begin + data)
        .set_dictionary_page_offset(dictionary.map(|offset| begin + offset))
        // What only sizes say is left out: it would be as long as all the rest.
        .clear_page_encoding_stats()
        .set_definition_level_histogram(None)
        .set_repetition_level_histogram(None)
        .set_unencoded_byte_array_data_bytes(None);
    match statistics {
        // A reader that skips a group by its least and greatest value would skip its NaNs as well.
        Some(statistics) if !with_nan => placed.set_statistics(statistics),
        _ => placed.clear_statistics(),
    }
    .build()
}

/// What stands before the groups in a footer: the number of rows, and that of groups.
fn counts(rows: u64, groups: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    append_varint(&mut bytes, 2 * rows); // a number with a sign is doubled
    bytes.push(LIST_FIELD);
    match u8::try_from(groups) {
        Ok(few @ 0..15) => bytes.push(few << 4 | LIST_OF_STRUCTS),
        _ => {
            bytes.push(0xf0 | LIST_OF_STRUCTS);
            append_varint(&mut bytes, groups as u64);
        }
    }
    bytes
}

/// Appends a number in groups of seven bits, the lowest first; the last has no upper bit.
fn append_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// The bytes of a group within its file. It must have been checked.
fn bytes_of(group: &RowGroupMetaData) -> Range<u64> {
    let begin = group.columns().first().map_or(0, |chunk| chunk.byte_range().0);
    begin..begin + group.compressed_size().unsigned_abs()
}

/// Fails unless the groups are such as a [`ParquetFile`] writes, with nothing between them; returns their checksums.
fn checked(metadata: &ParquetMetaData, schema: &SchemaDescriptor) -> io::Result<Vec<u64>> {
    if metadata.file_metadata().schema() != schema.root_schema() {
        return Err(invalid("the columns are others"));
    }
    let mut position = Some(MAGIC.len() as i64);
    for (number, group) in metadata.row_groups().iter().enumerate() {
        let wrong = || invalid(format!("damaged: group {number} of rows is not where it should be"));
        if group.num_rows() < 1 || group.num_columns() != schema.num_columns() {
            return Err(wrong());
        }
        for chunk in group.columns() {
            let begin = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
            let end = begin.checked_add(chunk.compressed_size());
            let data = chunk.data_page_offset();
            let fits = position == Some(begin)
                && chunk.compressed_size() > 0
                && end.is_some_and(|end| (begin..end).contains(&data))
                && chunk.compression() == Compression::SNAPPY
                && chunk.num_values() == group.num_rows();
            if !fits {
                return Err(wrong());
            }
            position = end;
        }
    }
    let values = metadata.file_metadata().key_value_metadata();
    let checksums = values.and_then(|values| values.iter().find(|value| value.key == CHECKSUMS));
    let checksums = checksums.and_then(|checksums| checksums.value.as_deref()).unwrap_or_default();
    let checksums: Result<Vec<u64>, _> =
        checksums.split_ascii_whitespace().map(|checksum| u64::from_str_radix(checksum, 16)).collect();
    checksums
        .ok()
        .filter(|checksums| checksums.len() == metadata.num_row_groups())
        .ok_or_else(|| invalid("damaged: the checksums of the groups of rows are missing"))
}

/// The checksum of the next bytes; nothing if there are fewer.
fn checksum(source: &mut impl Read, bytes: u64) -> io::Result<Option<u64>> {
    let mut sink = Checked { inner: io::sink(), checksum: XxHash64::with_seed(0) };
    let copied = io::copy(&mut source.take(bytes), &mut sink)?;
    Ok((copied == bytes).then(|| sink.checksum.finish()))
}

/// Where bytes go, with their checksum.
struct Checked<W> {
    inner: W,
    checksum: XxHash64,
}

impl<W: Write> Write for Checked<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.checksum.write(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Every column may have empty cells: the list of columns does not say which never do.
fn schema_of(columns: &[Column]) -> Type {
    let field = |column: &Column| {
        let (physical, logical) = match column.kind {
            Kind::Integer => (Physical::INT64, Some(LogicalType::integer(64, true))),
            Kind::Seed => (Physical::INT64, Some(LogicalType::integer(64, false))),
            Kind::Number => (Physical::DOUBLE, None),
            Kind::Word => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        };
        let field = Type::primitive_type_builder(column.name, physical)
            .with_logical_type(logical)
            .with_repetition(Repetition::OPTIONAL);
        Arc::new(field.build().expect("the types go together"))
    };
    let fields = columns.iter().map(field).collect();
    Type::group_type_builder("convergence").with_fields(fields).build().expect("a group of columns")
}

fn properties_of(columns: &[Column]) -> WriterProperties {
    let mut builder = WriterProperties::builder()
        .set_created_by(concat!("xorsweep ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::SNAPPY)
        .set_write_batch_size(BATCH_ROWS)
        // For each group as a whole; those of pages would make the end of the file many times as long.
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true);
    for column in columns {
        let path = ColumnPath::from(column.name);
        builder = match column.kind {
            // Run and seed count up, and steps are small.
            Kind::Integer | Kind::Seed => builder
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
            // Few numbers, such as learning rates, go to the dictionary; of others the exponents can be compressed
            // once they stand together.
            Kind::Number => builder
                .set_column_dictionary_page_size_limit(path.clone(), NUMBER_DICTIONARY_BYTES)
                .set_column_encoding(path, Encoding::BYTE_STREAM_SPLIT),
            Kind::Word => builder,
        };
    }
    builder.build()
}

/// What went wrong while writing; an error of the file itself stays what it was.
fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(source) => io::Error::other(source),
        },
        other => io::Error::other(other),
    }
}

/// What went wrong while reading.
fn damaged(error: ParquetError) -> io::Error {
    match failed(error) {
        error if error.kind() == io::ErrorKind::Other => invalid(format!("damaged: {error}")),
        error => error,
    }
}

fn short() -> io::Error {
    invalid("damaged: the end of the file is not whole")
}

fn invalid(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}

fn naming(name: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{name}: {error}"))
}

#[cfg(test)]
mod tests;
