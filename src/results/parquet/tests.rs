use super::*;
use crate::kernel::derivatives::Curvature;
use crate::kernel::fused::PARAMETERS;
use crate::kernel::outcome::Outcome;
use crate::results::convergence::tests::{Record, any_record, sample};
use crate::results::convergence::{COLUMNS, Extras};
use crate::results::reader::Table;
use bytes::Bytes;
use parquet::basic::ColumnOrder;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use proptest::prelude::*;

/// The spec that these files hold.
const SPEC: &str = "name = \"test\"\n";

/// Rows with cells that not all tables have, some of them empty.
fn rows(records: &[Record]) -> Vec<Row<'_>> {
    records.iter().enumerate().map(|(number, record)| row(number, record)).collect()
}

fn row(number: usize, record: &Record) -> Row<'_> {
    let value = record.finished.error_first;
    let curvature = Curvature { error: value, gradient_norm: value, eigenvalues: vec![value; PARAMETERS] };
    let extras = Extras {
        set_up: None,
        name: ["near", "", "\"far\" off"].get(number % 5).copied(),
        solution: ["or+nand", "", "é\n\""].get(number % 4).copied(),
        curvature: (!number.is_multiple_of(3)).then_some(curvature),
        point: (!number.is_multiple_of(2)).then_some([record.alpha, -0.0]),
        measure: None,
    };
    Row { extras, ..record.row() }
}

/// A record like many others, that differs from its neighbours.
fn record(number: u64) -> Record {
    let mut record = sample();
    record.init = format!("normal({})", number / 100);
    record.seed = Some(u64::MAX - number);
    let run = &mut record.finished;
    run.run = number;
    run.outcome = if number.is_multiple_of(3) { Outcome::Converged } else { Outcome::Unfinished };
    run.escaped_at = (!number.is_multiple_of(5)).then_some(number);
    run.steps = number % 7;
    run.error_last = if number == 1_234 { f64::NAN } else { 1.0 / number as f64 };
    run.start = [(number as f64).sin(); PARAMETERS].into();
    run.end = run.start.clone();
    record
}

fn records(count: u64) -> Vec<Record> {
    (0..count).map(record).collect()
}

fn written(columns: &[Column], rows: &[Row<'_>], group_rows: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut file = ParquetFile::new(columns, SPEC);
    file.begin(&mut out).unwrap();
    for group in rows.chunks(group_rows) {
        file.write_group(&mut out, group).unwrap();
        assert_eq!(file.bytes(), out.len() as u64);
    }
    assert_eq!(file.rows(), rows.len() as u64);
    file.finish(&mut out).unwrap();
    out
}

fn part(columns: &[Column], bytes: Vec<u8>) -> io::Result<WholeFile<Bytes>> {
    WholeFile::open(columns, "part", Bytes::from(bytes))
}

/// The parts' rows in one file.
fn merged(columns: &[Column], parts: &[Vec<u8>], group_rows: u64) -> io::Result<Vec<u8>> {
    let parts: io::Result<Vec<_>> = parts.iter().map(|bytes| part(columns, bytes.clone())).collect();
    let mut parts = parts?;
    let rows: u64 = parts.iter().map(WholeFile::rows).sum();
    let mut out = Vec::new();
    let mut file = ParquetFile::new(columns, SPEC);
    file.begin(&mut out)?;
    for first in (0..rows).step_by(usize::try_from(group_rows).unwrap()) {
        file.copy_group(&mut out, &mut parts, first..rows.min(first + group_rows))?;
    }
    file.finish(&mut out)?;
    Ok(out)
}

/// Panics unless a reader that knows nothing of this module finds the cells of these rows.
fn assert_read(columns: &[Column], bytes: Vec<u8>, rows: &[Row<'_>]) {
    let reader = SerializedFileReader::new(Bytes::from(bytes)).unwrap();
    let mut read = reader.get_row_iter(None).unwrap();
    for (number, row) in rows.iter().enumerate() {
        let found = read.next().unwrap().unwrap();
        for (column, (name, field)) in columns.iter().zip(found.get_column_iter()) {
            assert_eq!(name, column.name);
            let same = match (column.cell(row), field) {
                (Cell::Empty, Field::Null) => true,
                (Cell::Integer(cell), Field::ULong(value)) => column.kind == Kind::Seed && cell == *value,
                (Cell::Integer(cell), Field::Long(value)) => {
                    column.kind == Kind::Integer && cell.cast_signed() == *value
                }
                (Cell::Number(cell), Field::Double(value)) => {
                    cell.to_bits() == value.to_bits() || cell.is_nan() && value.is_nan()
                }
                (Cell::Word(cell), Field::Str(value)) => cell == value,
                _ => false,
            };
            assert!(same, "row {number}, {name}: {:?} became {field:?}", column.cell(row));
        }
    }
    assert!(read.next().is_none());
}

#[test]
fn rows_come_back_from_many_groups_and_batches() {
    let records = records(5_000);
    let rows = rows(&records);
    for group_rows in [1, 999, BATCH_ROWS, BATCH_ROWS + 1, 4_000, 5_000] {
        let rows = &rows[..rows.len().min(group_rows * 10)];
        assert_read(&COLUMNS, written(&COLUMNS, rows, group_rows), rows);
    }
}

#[test]
fn chosen_columns_are_read_from_several_files_in_any_order() {
    let records = records(50);
    let all = rows(&records);
    let folder = tempfile::tempdir().unwrap();
    for (number, rows) in all.chunks(20).enumerate() {
        let name = format!("t-{:04}.parquet", number + 1);
        std::fs::write(folder.path().join(name), written(&COLUMNS, rows, 7)).unwrap();
    }
    let table = Table::find(folder.path(), "t").unwrap();
    assert_eq!(table.names().unwrap(), COLUMNS.iter().map(|column| column.name).collect::<Vec<_>>());
    let chosen: Vec<Column> = ["solution", "seed", "run", "x", "escaped_at"]
        .map(|name| crate::results::convergence::column_named(name).unwrap())
        .to_vec();
    let names: Vec<&str> = chosen.iter().map(|column| column.name).collect();
    let mut number = 0;
    let read = table.read(&names, |row| {
        for (place, column) in chosen.iter().enumerate() {
            assert_eq!(row.cell(place), column.cell(&all[number]), "row {number}, {}", column.name);
        }
        number += 1;
        Ok(())
    });
    assert_eq!(read.unwrap(), 50);
    assert!(table.read(&["solved"], |_| Ok(())).unwrap_err().remedy.contains("missing"));
    let path = folder.path().join("t-0002.parquet");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[200] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let problem = table.read(&["run"], |_| Ok(())).unwrap_err();
    assert!(problem.to_string().contains("rows 0 to 6 are damaged"), "{problem}");
}

#[test]
fn every_column_has_an_order_that_older_readers_know() {
    let file = part(&COLUMNS, written(&COLUMNS, &rows(&records(3)), 2)).unwrap();
    let orders = file.metadata.file_metadata().column_orders().unwrap();
    assert_eq!(orders.len(), COLUMNS.len());
    for (order, column) in orders.iter().zip(COLUMNS.iter()) {
        assert!(matches!(order, ColumnOrder::TYPE_DEFINED_ORDER(_)), "{}: {order:?}", column.name);
    }
}

#[test]
fn the_spec_is_in_the_file() {
    for count in [0, 3] {
        let bytes = written(&COLUMNS, &rows(&records(count)), 2);
        let reader = SerializedFileReader::new(Bytes::from(bytes)).unwrap();
        let values = reader.metadata().file_metadata().key_value_metadata().unwrap();
        let spec = values.iter().find(|value| value.key == SPEC_KEY).unwrap();
        assert_eq!(spec.value.as_deref(), Some(SPEC));
    }
}

#[test]
fn a_table_without_rows_is_a_file() {
    let bytes = written(&COLUMNS, &[], 10);
    assert_read(&COLUMNS, bytes.clone(), &[]);
    assert_eq!(merged(&COLUMNS, &[], 10).unwrap(), bytes);
    assert_eq!(merged(&COLUMNS, &[bytes.clone(), bytes.clone()], 10).unwrap(), bytes);
}

#[test]
fn an_interrupted_file_ends_with_the_same_bytes() {
    let records = records(2_500);
    let rows = rows(&records);
    let whole = written(&COLUMNS, &rows, 600);
    let groups: Vec<&[Row<'_>]> = rows.chunks(600).collect();
    for known in 0..=groups.len() {
        let mut out = Vec::new();
        let mut file = ParquetFile::new(&COLUMNS, SPEC);
        file.begin(&mut out).unwrap();
        groups[..known].iter().for_each(|group| file.write_group(&mut out, group).unwrap());
        let footer = file.footer();
        out.extend(b"what a crash left behind");
        for kept in 0..=known {
            let mut resumed = ParquetFile::resumed(&COLUMNS, SPEC, &footer, kept).unwrap();
            assert_eq!(resumed.groups(), kept);
            assert_eq!(resumed.rows(), rows.len().min(600 * kept) as u64);
            let mut out = out[..usize::try_from(resumed.bytes()).unwrap()].to_vec();
            groups[kept..].iter().for_each(|group| resumed.write_group(&mut out, group).unwrap());
            resumed.finish(&mut out).unwrap();
            assert!(out == whole, "{kept} of {known} groups");
        }
        assert!(ParquetFile::resumed(&COLUMNS, SPEC, &footer, known + 1).is_err());
    }
}

/// The library's own writer, which wants all groups at once, is the oracle.
#[test]
fn the_footer_is_what_the_library_writes() {
    let records = records(300);
    for count in [0, 1, 14, 15, 16, 127, 128, 300] {
        let bytes = written(&COLUMNS, &rows(&records[..count]), 1);
        let part = part(&COLUMNS, bytes.clone()).unwrap();
        let file = ParquetFile::new(&COLUMNS, SPEC);
        let values = part.metadata.file_metadata().key_value_metadata().cloned();
        let expected = file.encoded(part.metadata.row_groups().to_vec(), values);
        assert!(bytes[..bytes.len() - TAIL_BYTES].ends_with(&expected), "{count} groups");
    }
}

#[test]
fn merged_batches_are_those_of_one_file() {
    let records = records(5_000);
    let rows = rows(&records);
    let whole = written(&COLUMNS, &rows, 3_000);
    for cuts in [vec![2_999], vec![1, 1_500, 1_500, 4_999], vec![1_024, 2_048]] {
        let mut parts = Vec::new();
        let mut begin = 0;
        for end in cuts.iter().copied().chain([rows.len()]) {
            parts.push(written(&COLUMNS, &rows[begin..end], 3_000));
            begin = end;
        }
        assert!(merged(&COLUMNS, &parts, 3_000).unwrap() == whole, "{cuts:?}");
    }
}

#[test]
fn a_group_that_is_not_as_it_was_written_is_found() {
    let records = records(30);
    let whole = written(&COLUMNS, &rows(&records), 10);
    let part = part(&COLUMNS, whole.clone()).unwrap();
    let ends: Vec<u64> = part.metadata.row_groups().iter().map(|group| bytes_of(group).end).collect();
    for (place, _) in whole.iter().enumerate().take(usize::try_from(ends[2]).unwrap()).step_by(7) {
        let mut damaged = whole.clone();
        damaged[place] ^= 16;
        let expected = ends.iter().filter(|&&end| end <= place as u64).count();
        if place >= 4 {
            let error = merged(&COLUMNS, &[whole.clone(), damaged], 100).unwrap_err().to_string();
            let rows = format!("part: rows {} to {} are damaged", 10 * expected, 10 * expected + 9);
            assert!(error.starts_with(&rows), "{error}");
        }
    }
}

#[test]
fn a_footer_cut_anywhere_is_an_error() {
    let records = records(20);
    let mut out = Vec::new();
    let mut file = ParquetFile::new(&COLUMNS, SPEC);
    file.begin(&mut out).unwrap();
    file.write_group(&mut out, &rows(&records)).unwrap();
    let footer = file.footer();
    for cut in 0..footer.len() {
        assert!(ParquetFile::resumed(&COLUMNS, SPEC, &footer[..cut], 1).is_err());
        assert!(ParquetFile::resumed(&COLUMNS, SPEC, &footer[cut + 1..], 1).is_err());
    }
}

#[test]
fn a_file_of_other_columns_is_refused() {
    let bytes = written(&COLUMNS[..5], &[], 10);
    for others in [&COLUMNS[..4], &COLUMNS[1..6], &COLUMNS[..6]] {
        assert!(part(others, bytes.clone()).unwrap_err().to_string().contains("the columns are others"));
    }
    let error = ParquetFile::resumed(&COLUMNS[..4], SPEC, &bytes[4..], 0).unwrap_err();
    assert!(error.to_string().contains("the columns are others"));
}

#[test]
fn least_and_greatest_values_are_given_where_there_is_no_nan() {
    let records = records(2_000);
    let part = part(&COLUMNS, written(&COLUMNS, &rows(&records), 1_000)).unwrap();
    let place = |name| COLUMNS.iter().position(|column| column.name == name).unwrap();
    let statistics = |group: usize, name| part.metadata.row_group(group).column(place(name)).statistics();
    assert!(statistics(0, "error_last").is_some());
    assert!(statistics(1, "error_last").is_none(), "row 1234 has a NaN");
    let bytes = |value: u64| value.to_le_bytes();
    let seeds = statistics(0, "seed").unwrap();
    assert_eq!(seeds.min_bytes_opt().unwrap(), bytes(u64::MAX - 999));
    assert_eq!(seeds.max_bytes_opt().unwrap(), bytes(u64::MAX));
}

/// Takes so many bytes and then fails.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(self.0);
        self.0 -= count;
        if count == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(count) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_stays_a_full_disk() {
    let records = records(20);
    let length = written(&COLUMNS, &rows(&records), 20).len();
    for room in (0..length).step_by(101) {
        let mut full = Full(room);
        let mut file = ParquetFile::new(&COLUMNS, SPEC);
        let mut write = || -> io::Result<()> {
            file.begin(&mut full)?;
            file.write_group(&mut full, &rows(&records))
        };
        let error = match write() {
            Err(error) => {
                assert_eq!(file.groups(), 0);
                error
            }
            Ok(()) => file.finish(&mut full).unwrap_err(),
        };
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}

proptest! {
    #[test]
    fn all_values_come_back(
        records in prop::collection::vec(any_record(), 0..12),
        group_rows in 1usize..6,
        columns in prop::sample::subsequence(COLUMNS.to_vec(), 1..=COLUMNS.len()),
    ) {
        let rows = rows(&records);
        assert_read(&columns, written(&columns, &rows, group_rows), &rows);
    }

    #[test]
    fn parts_merge_to_the_bytes_of_one_file(
        records in prop::collection::vec(any_record(), 0..40),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        lengths in (1usize..20, 1usize..20),
    ) {
        let rows = rows(&records);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(rows.len() + 1)).collect();
        cuts.extend([0, rows.len()]);
        cuts.sort_unstable();
        let parts: Vec<Vec<u8>> = cuts
            .windows(2)
            .map(|ends| written(&COLUMNS, &rows[ends[0]..ends[1]], lengths.0))
            .collect();
        let whole = written(&COLUMNS, &rows, lengths.1);
        prop_assert!(merged(&COLUMNS, &parts, lengths.1 as u64).unwrap() == whole);
    }

    #[test]
    fn a_damaged_file_makes_no_panic_and_no_other_numbers(
        records in prop::collection::vec(any_record(), 1..5),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let rows = rows(&records);
        let whole = written(&COLUMNS, &rows, 2);
        let mut bytes = whole.clone();
        // Most of a small file is its footer.
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(copy) = merged(&COLUMNS, &[bytes], 2) {
            prop_assert!(copy == whole);
        }
    }

    #[test]
    fn no_footer_makes_a_panic(
        record in any_record(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        groups in 0usize..4,
    ) {
        let records = [record.clone(), record];
        let mut footer = written(&COLUMNS, &rows(&records), 1).split_off(4);
        for (place, byte) in damage {
            let place = place.index(footer.len());
            footer[place] = byte;
        }
        if let Ok(file) = ParquetFile::resumed(&COLUMNS, SPEC, &footer, groups) {
            drop(file.footer());
        }
    }
}
