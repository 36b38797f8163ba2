//! Chosen columns of a table in files of Parquet, row by row.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::types::{Type, TypePtr};

use super::{WholeFile, damaged};
use crate::problem::Problem;
use crate::results::cell::{Cell, Kind};
use crate::results::reader::{Place, See, lacking, unread};

/// The names of a file's columns.
pub(in crate::results) fn names(path: &Path) -> Result<Vec<String>, Problem> {
    let reader = open(path)?;
    Ok(columns_of(&reader).iter().map(|column| column.name().to_owned()).collect())
}

/// Shows the cells of some columns of all rows; returns how many there are. A group of rows is compared with its
/// checksum before any of it is shown.
pub(in crate::results) fn each(
    files: &[PathBuf],
    names: &[&str],
    kinds: &[Kind],
    see: &mut See<'_>,
) -> Result<u64, Problem> {
    let mut count = 0;
    for path in files {
        let unreadable = |error| unread(path, &damaged(error));
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let reader = open(path)?;
        let source = File::open(path).map_err(|error| unread(path, &error))?;
        let mut part = WholeFile::of_any_columns(file.clone(), source).map_err(|error| of_table(&error))?;
        let projection = projection(&reader, names, &file)?;
        let mut number = 0;
        for group in 0..reader.num_row_groups() {
            part.check(group).map_err(|error| of_table(&error))?;
            let rows = reader.get_row_group(group).map_err(unreadable)?;
            let rows = RowIter::from_row_group(Some(projection.clone()), &*rows).map_err(unreadable)?;
            for row in rows {
                let place = Place::Row(&file, number);
                let row = row.map_err(unreadable)?;
                see(&cells(&row, names, kinds, place)?, place)?;
                number += 1;
            }
        }
        count += number;
    }
    Ok(count)
}

fn cells<'a>(
    row: &'a Row,
    names: &[&str],
    kinds: &[Kind],
    place: Place<'_>,
) -> Result<Vec<Cell<'a>>, Problem> {
    let columns = row.get_column_iter().zip(kinds).zip(names);
    columns
        .map(|(((_, field), kind), name)| {
            cell(field, *kind).ok_or_else(|| {
                place.problem(Some(name), &field.to_string(), "the column has cells of another kind")
            })
        })
        .collect()
}

/// What a cell of a column of this kind says.
fn cell(field: &Field, kind: Kind) -> Option<Cell<'_>> {
    Some(match (field, kind) {
        (Field::Null, _) => Cell::Empty,
        (Field::Long(value), Kind::Integer) => Cell::Integer(u64::try_from(*value).ok()?),
        (Field::ULong(value), Kind::Seed) => Cell::Integer(*value),
        (Field::Double(value), Kind::Number) => Cell::Number(*value),
        (Field::Str(word), Kind::Word) => Cell::Word(word),
        _ => return None,
    })
}

fn open(path: &Path) -> Result<SerializedFileReader<File>, Problem> {
    let file = File::open(path).map_err(|error| unread(path, &error))?;
    SerializedFileReader::new(file).map_err(|error| unread(path, &damaged(error)))
}

fn columns_of(reader: &SerializedFileReader<File>) -> &[TypePtr] {
    reader.metadata().file_metadata().schema().get_fields()
}

/// The columns of these names, in this order, as the library wants to have them.
fn projection(reader: &SerializedFileReader<File>, names: &[&str], file: &str) -> Result<Type, Problem> {
    let all = columns_of(reader);
    let of = |name: &&str| {
        all.iter().find(|column| column.name() == *name).map(Arc::clone).ok_or_else(|| lacking(file, name))
    };
    let fields = names.iter().map(of).collect::<Result<Vec<_>, _>>()?;
    let root = reader.metadata().file_metadata().schema().name();
    let group = Type::group_type_builder(root).with_fields(fields).build();
    group.map_err(|error| Problem::new(file, "", error.to_string()))
}

fn of_table(error: &std::io::Error) -> Problem {
    Problem::of_file("table", "", "it cannot be read", error)
}
