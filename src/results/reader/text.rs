//! Tables of text.

use std::cell::Cell as Once;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};

use csv::ByteRecord;

use super::super::cell::{Cell, Kind, Text};
use super::super::format::{Format, delimiter_of};
use super::{Place, See, lacking, unread};
use crate::problem::Problem;

/// How much is read at a time, in bytes.
const BLOCK: usize = 1 << 20;
/// The longest row, in bytes: far more than any table of ours has, so that a file of another kind is refused early.
const LONGEST_ROW: usize = 1 << 24;

/// The names of a file's columns.
pub(super) fn names(path: &Path) -> Result<Vec<String>, Problem> {
    let header = Rows::open(path)?.header;
    Ok(header.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect())
}

/// Shows the cells of some columns of all rows; returns how many there are.
pub(super) fn each(
    files: &[PathBuf],
    names: &[&str],
    kinds: &[Kind],
    see: &mut See<'_>,
) -> Result<u64, Problem> {
    // Whether the table has decimal commas, once a number has told.
    let decimal_comma = Once::new(None);
    let mut count = 0;
    for path in files {
        let mut rows = Rows::open(path)?;
        let (delimiter, columns) = (rows.delimiter, rows.columns(names)?);
        while let Some((record, place)) = rows.next()? {
            let mut cells = Vec::with_capacity(names.len());
            for ((&column, &kind), name) in columns.iter().zip(kinds).zip(names) {
                let bytes =
                    record.get(column).ok_or_else(|| place.problem(None, "", "the row has too few cells"))?;
                let wrong = |remedy: &str| place.problem(Some(name), &String::from_utf8_lossy(bytes), remedy);
                cells.push(cell(bytes, kind, delimiter, &decimal_comma).map_err(wrong)?);
            }
            see(&cells, place)?;
            count += 1;
        }
    }
    Ok(count)
}

/// What a cell of a column says, or what would do.
fn cell<'a>(
    bytes: &'a [u8],
    kind: Kind,
    delimiter: u8,
    decimal_comma: &Once<Option<bool>>,
) -> Result<Cell<'a>, &'static str> {
    if bytes.is_empty() {
        return Ok(Cell::Empty);
    }
    if kind == Kind::Number
        && let Some(mark) = bytes.iter().find(|byte| matches!(byte, b'.' | b','))
    {
        let is_comma = *mark == b',' && delimiter != b',';
        if decimal_comma.get().is_some_and(|before| before != is_comma) {
            return Err("the numbers before it have another decimal mark");
        }
        decimal_comma.set(Some(is_comma));
    }
    let text =
        Text { bytes, format: Format { delimiter, decimal_comma: decimal_comma.get().unwrap_or(false) } };
    match kind {
        Kind::Integer | Kind::Seed => text.integer().map(Cell::Integer).ok_or("give a whole number"),
        Kind::Number => text.number().map(Cell::Number).ok_or("give a number"),
        Kind::Word => text.word().map(Cell::Word).ok_or("give a word in UTF-8"),
    }
}

/// The rows of a file.
struct Rows {
    file: String,
    delimiter: u8,
    header: ByteRecord,
    reader: csv::Reader<Watched>,
    record: ByteRecord,
    path: PathBuf,
}

impl Rows {
    fn open(path: &Path) -> Result<Self, Problem> {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut source =
            BufReader::with_capacity(BLOCK, File::open(path).map_err(|error| unread(path, &error))?);
        let begin = source.fill_buf().map_err(|error| unread(path, &error))?;
        let delimiter = delimiter_of(begin.split(|&byte| byte == b'\n').next().unwrap_or_default());
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(Watched { source, since: 0, is_over: false });
        let header = reader.byte_headers().map_err(|error| unread(path, &error.into()))?.clone();
        if header.is_empty() {
            return Err(Problem::new(file, "", "the header is missing: run the sweep again"));
        }
        Ok(Self { file, delimiter, header, reader, record: ByteRecord::new(), path: path.to_owned() })
    }

    /// The places of columns.
    fn columns(&self, names: &[&str]) -> Result<Vec<usize>, Problem> {
        let of = |name: &&str| {
            let mut places = (0..self.header.len()).filter(|&place| self.header[place] == *name.as_bytes());
            let place = places.next().ok_or_else(|| lacking(&self.file, name))?;
            if places.next().is_some() {
                return Err(Problem::new(
                    format!("{}, column", self.file),
                    name,
                    "it is there twice: keep one",
                ));
            }
            Ok(place)
        };
        names.iter().map(of).collect()
    }

    /// The next row, and where it stands.
    fn next(&mut self) -> Result<Option<(&ByteRecord, Place<'_>)>, Problem> {
        self.reader.get_mut().since = 0;
        if !self
            .reader
            .read_byte_record(&mut self.record)
            .map_err(|error| unread(&self.path, &error.into()))?
        {
            return Ok(None);
        }
        let place = Place::Line(&self.file, self.record.position().map_or(0, csv::Position::line));
        if self.reader.get_ref().is_over {
            return Err(place.problem(None, "", "the row has no line end: the file was cut short"));
        }
        Ok(Some((&self.record, place)))
    }
}

/// A file of which is known whether its end was seen, and which refuses rows without end.
struct Watched {
    source: BufReader<File>,
    /// How many bytes were read since the row began.
    since: usize,
    is_over: bool,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since > LONGEST_ROW {
            let reason = format!("a row has more than {LONGEST_ROW} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
        let count = self.source.read(buffer)?;
        self.since += count;
        self.is_over = count == 0;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Table;
    use super::super::tests::{folder_with, words};
    use super::*;
    use proptest::prelude::*;
    use std::fs;

    fn words_of(text: &str, names: &[&str]) -> Result<Vec<Vec<String>>, Problem> {
        words(folder_with(&[("t.csv", text)]).path(), names)
    }

    #[test]
    fn columns_are_found_by_name_in_any_order_and_format() {
        for text in [
            "a,b,c\n1,2,3\n4,5,6\n",
            "c;a;b\n3;1;2\n6;4;5\n",
            "\u{feff}b\ta\tc\r\n2\t1\t3\r\n\r\n5\t4\t6\r\n",
            "\"a\"|\"b\"|c\n\"1\"|2|3\n4|\"5\"|6\n\n",
        ] {
            assert_eq!(words_of(text, &["c", "a"]).unwrap(), [["3", "1"], ["6", "4"]], "{text:?}");
        }
        assert_eq!(words_of("a\n1\n", &["a"]).unwrap(), [["1"]]);
        assert!(words_of("a,b\n", &["b"]).unwrap().is_empty());
    }

    #[test]
    fn quoted_cells_may_hold_anything() {
        let text = "a,b,c\n\"uniform(0,1)\",\"two\nlines\",\"say \"\"so\"\"\"\n\"\",\"'=1\",\"\"\"\"\n";
        let rows = words_of(text, &["a", "b", "c"]).unwrap();
        assert_eq!(rows, [["uniform(0,1)", "two\nlines", "say \"so\""], ["", "=1", "\""]]);
    }

    #[test]
    fn numbers_have_points_or_commas_but_not_both() {
        let numbers = |text: &str| {
            let folder = folder_with(&[("t.csv", text)]);
            let mut numbers = Vec::new();
            let read = Table::find(folder.path(), "t")?.read(&["alpha"], |row| {
                numbers.push(row.number(0)?);
                Ok(())
            });
            read.map(|_| numbers)
        };
        let commas = numbers("alpha;b\n0,5;x\n2;x\n-1e-3;x\ninf;x\n");
        assert_eq!(commas.unwrap(), [0.5, 2.0, -1e-3, f64::INFINITY]);
        assert_eq!(numbers("alpha;b\n0.5;x\n").unwrap(), [0.5]);
        assert_eq!(numbers("alpha,b\n0.5,x\n").unwrap(), [0.5]);
        let problem = numbers("alpha;b\n0,5;x\n1.500;x\n").unwrap_err();
        assert_eq!((problem.key.as_str(), problem.value.as_str()), ("t.csv, line 3, alpha", "1.500"));
        for wrong in ["alpha;b\n1,000,5;x\n", "alpha;b\n;x\n", "alpha,b\nword,x\n"] {
            assert_eq!(numbers(wrong).unwrap_err().key, "t.csv, line 2, alpha");
        }
    }

    #[test]
    fn what_is_wrong_with_a_table_is_told_with_its_place() {
        for (text, part) in [
            ("", "t.csv: the header is missing"),
            ("a,c\n1,2\n", "t.csv, column = b: it is missing"),
            ("a,b,b\n1,2,3\n", "t.csv, column = b: it is there twice"),
            ("a,b\n1,2\n3\n", "t.csv, line 3: the row has too few cells"),
            ("a,b\n1,2\n3,4", "t.csv, line 3: the row has no line end"),
            ("a,b\n\"1\n\",2\n3\n", "t.csv, line 4: the row has too few cells"),
            ("a,b\n1,\"2\n", "t.csv, line 2: the row has no line end"),
        ] {
            let problem = words_of(text, &["a", "b"]).unwrap_err().to_string();
            assert!(problem.starts_with(part), "{text:?}: {problem}");
        }
    }

    #[test]
    fn rows_longer_than_what_is_read_at_a_time_are_whole() {
        let long = "x".repeat(BLOCK + 5);
        let text = format!("a,b\n1,{long}\n2,{long}{long}\n3,short\n");
        let rows = words_of(&text, &["b", "a"]).unwrap();
        assert_eq!(rows.iter().map(|row| row[0].len()).collect::<Vec<_>>(), [BLOCK + 5, 2 * BLOCK + 10, 5]);
        let endless = format!("a\n{}", "x".repeat(2 * LONGEST_ROW));
        assert!(words_of(&endless, &["a"]).unwrap_err().remedy.contains("more than"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("t.csv"), [b"alpha,b\n".as_slice(), &bytes].concat()).unwrap();
            let table = Table::find(folder.path(), "t").unwrap();
            let _ = table.read(&["b", "alpha"], |row| row.number(1).map(|_| drop(row.text(0))));
        }
    }
}
