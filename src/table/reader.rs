//! Chosen columns of a table in a folder, row by row, whatever its split, its delimiter and its decimal mark.
//!
//! Wins over [`super::read_rows`] where few of the columns are wanted: what follows the last of them is passed over
//! at the speed of memory, several gigabytes a second, and cells that nobody wants are not checked. It needs no more
//! memory than the longest row.

use std::borrow::Cow;
use std::cell::Cell;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use memchr::{memchr_iter, memchr2_iter};

use super::cell::{self, Kind, Text};
use super::convergence::outcome_of_words;
use super::layout::{FORMATS, FileFormat, SPEC, TABLE, is_part_of};
use super::list::List;
use super::{Format, delimiter_of};
use crate::kernel::outcome::Outcome;
use crate::problem::Problem;

/// How much is read at a time, in bytes.
const BLOCK: usize = 1 << 20;
/// The longest row, in bytes: far more than any table of ours has, so that a file of another kind is refused early.
const LONGEST_ROW: usize = 1 << 24;

/// A table in a folder: its file, or its files in the order of their rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    files: Vec<PathBuf>,
}

impl Table {
    /// The table `<stem>.csv` of a folder, or `<stem>-0001.csv`, `<stem>-0002.csv`, ….
    ///
    /// # Errors
    /// If there is none, or a part of it is missing.
    pub fn find(folder: &Path, stem: &str) -> Result<Self, Problem> {
        let is_of_stem = |name: &str, format| is_part_of(name, stem, format);
        if let Some(list) = List::of(folder)
            && list.files.keys().any(|name| FORMATS.iter().any(|format| is_of_stem(name, *format)))
        {
            // What else is there with such a name is none of its own. While files are replaced, former ones are listed too.
            let is_changing = !list.making.is_empty();
            let listed = list.files.into_keys().filter(|name| is_of_stem(name, FileFormat::Csv));
            let names = listed.filter(|name| !is_changing || folder.join(name).exists());
            return Self::of(folder, stem, by_number(names.collect()));
        }
        let entries = fs::read_dir(folder)
            .map_err(|error| Problem::of_file("folder", folder.display(), "it cannot be read", &error))?;
        // A name that is no Unicode is none of ours.
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        Self::of(folder, stem, by_number(names.filter(|name| is_of_stem(name, FileFormat::Csv)).collect()))
    }

    /// The table of these files of a folder.
    fn of(folder: &Path, stem: &str, names: Vec<String>) -> Result<Self, Problem> {
        let refused = |remedy: String| Problem::new("folder", folder.display(), remedy);
        let whole = format!("{stem}.csv");
        let gap = match names.as_slice() {
            [] => return Err(refused(missing_table(folder, stem))),
            [only] if *only == whole => None,
            [first, ..] if *first == whole => {
                return Err(refused(format!("it has {whole} and {} as well: keep one table", names[1])));
            }
            parts => {
                (1..=parts.len()).map(|n| format!("{stem}-{n:04}.csv")).find(|name| !parts.contains(name))
            }
        };
        if let Some(missing) = gap.or_else(|| names.iter().find(|name| !folder.join(name).exists()).cloned())
        {
            return Err(refused(format!("{missing} is missing, a part of the table: run the sweep again")));
        }
        Ok(Self { files: names.iter().map(|name| folder.join(name)).collect() })
    }

    /// The table of one file.
    pub(super) fn of_file(file: PathBuf) -> Self {
        Self { files: vec![file] }
    }

    /// Its files, in the order of their rows.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Shows the columns of these names, row by row, to `see`; returns how many rows there are.
    ///
    /// # Errors
    /// If a file cannot be read or has no such column, a row is too short, or the first error of `see`.
    pub fn read<const N: usize>(
        &self,
        names: [&str; N],
        mut see: impl FnMut(&Row<'_>) -> Result<(), Problem>,
    ) -> Result<u64, Problem> {
        self.each(&names, |line| {
            let mut cells = [const { Cow::Borrowed(&[] as &[u8]) }; N];
            see(&line.row(&mut cells)?)
        })
    }

    /// As [`Table::read`], for any number of columns.
    ///
    /// # Errors
    /// As [`Table::read`].
    pub fn read_columns(
        &self,
        names: &[&str],
        mut see: impl FnMut(&Row<'_>) -> Result<(), Problem>,
    ) -> Result<u64, Problem> {
        self.each(names, |line| {
            let mut cells = vec![Cow::Borrowed(&[] as &[u8]); names.len()];
            see(&line.row(&mut cells)?)
        })
    }

    /// The names of its columns.
    ///
    /// # Errors
    /// If its first file cannot be read.
    pub fn names(&self) -> Result<Vec<String>, Problem> {
        let Some(path) = self.files.first() else { return Ok(Vec::new()) };
        let unreadable = |error: io::Error| {
            Problem::of_file(path.display().to_string(), "", "the file cannot be read", &error)
        };
        let mut lines = Lines::new(File::open(path).map_err(unreadable)?);
        let header = lines.next().map_err(unreadable)?;
        let (_, cells) = header.map_or((b',', Vec::new()), |line| header_cells(line.bytes));
        Ok(cells.into_iter().map(|cell| String::from_utf8_lossy(&cell).into_owned()).collect())
    }

    /// Shows the rows as lines that know where the columns of these names stand.
    fn each(
        &self,
        names: &[&str],
        mut see: impl FnMut(&RowLine<'_>) -> Result<(), Problem>,
    ) -> Result<u64, Problem> {
        let decimal_comma = Cell::new(None);
        let mut rows = 0;
        for path in &self.files {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let unreadable = |error: io::Error| {
                Problem::of_file(path.display().to_string(), "", "the file cannot be read", &error)
            };
            let file = File::open(path).map_err(unreadable)?;
            let mut lines = Lines::new(file);
            let mut header: Option<Header> = None;
            while let Some(line) = lines.next().map_err(unreadable)? {
                let place = Place { file: &name, line: line.number };
                let Some(header) = &header else {
                    header = Some(Header::read(line.bytes, names, &name)?);
                    continue;
                };
                if !line.is_whole {
                    return Err(place.problem("the row has no line end: the file was cut short"));
                }
                see(&RowLine { header, bytes: line.bytes, place, names, decimal_comma: &decimal_comma })?;
                rows += 1;
            }
            if header.is_none() {
                return Err(Problem::new(name.as_ref(), "", "the header is missing: run the sweep again"));
            }
        }
        Ok(rows)
    }
}

/// The names of a table's files in the order of their rows.
fn by_number(mut names: Vec<String>) -> Vec<String> {
    // By length first, since more than 9,999 parts have longer numbers.
    names.sort_by(|one, two| (one.len(), one).cmp(&(two.len(), two)));
    names
}

/// Why there is no table, and what to do.
fn missing_table(folder: &Path, stem: &str) -> String {
    if folder.join(format!("{stem}.parquet")).exists() {
        format!("its table is {stem}.parquet: pictures are drawn from {stem}.csv, so write that as well")
    } else if folder.join(SPEC).exists() {
        let keeping = if stem == TABLE { ", and keep its table" } else { "" };
        format!("it has no {stem}.csv: run the sweep again{keeping}")
    } else {
        format!("it has no {stem}.csv: give the folder of a sweep's results")
    }
}

/// Where a row stands.
#[derive(Clone, Copy, Debug)]
struct Place<'a> {
    file: &'a str,
    line: u64,
}

impl Place<'_> {
    fn problem(self, remedy: &str) -> Problem {
        Problem::new(format!("{}, line {}", self.file, self.line), "", remedy)
    }
}

/// Where the wanted columns of a file stand.
struct Header {
    delimiter: u8,
    /// The columns' places, and which of the wanted ones each is, by rising place.
    wanted: Vec<(usize, usize)>,
}

/// The delimiter of a header, and what its cells say.
fn header_cells(line: &[u8]) -> (u8, Vec<Cow<'_, [u8]>>) {
    let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
    let delimiter = delimiter_of(line);
    (delimiter, cells_of(line, delimiter).map(unquoted).collect())
}

impl Header {
    fn read(line: &[u8], names: &[&str], file: &str) -> Result<Self, Problem> {
        let (delimiter, cells) = header_cells(line);
        let mut wanted = Vec::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            let mut places = (0..cells.len()).filter(|&place| *cells[place] == *name.as_bytes());
            let problem = |remedy: &str| Problem::new(format!("{file}, column"), name, remedy);
            let Some(place) = places.next() else {
                return Err(problem("it is missing: run the sweep again with this column"));
            };
            if places.next().is_some() {
                return Err(problem("it is there twice: keep one"));
            }
            wanted.push((place, index));
        }
        wanted.sort_unstable();
        Ok(Self { delimiter, wanted })
    }
}

/// A line of a table, and where its wanted columns stand.
struct RowLine<'a> {
    header: &'a Header,
    bytes: &'a [u8],
    place: Place<'a>,
    names: &'a [&'a str],
    decimal_comma: &'a Cell<Option<bool>>,
}

impl<'a> RowLine<'a> {
    /// Its wanted cells, in as many as are wanted.
    fn row<'b>(&'b self, cells: &'b mut [Cow<'a, [u8]>]) -> Result<Row<'b>, Problem> {
        let Self { header: Header { delimiter, wanted }, bytes, place, names, decimal_comma } = *self;
        let mut all = cells_of(bytes, *delimiter);
        let mut passed = 0;
        for &(column, index) in wanted {
            let Some(cell) = all.nth(column - passed) else {
                return Err(place.problem("the row has too few cells"));
            };
            passed = column + 1;
            cells[index] = unquoted(cell);
        }
        Ok(Row { cells, names, place, has_comma: *delimiter == b',', decimal_comma })
    }
}

/// The wanted cells of a row.
#[derive(Debug)]
pub struct Row<'a> {
    cells: &'a [Cow<'a, [u8]>],
    names: &'a [&'a str],
    place: Place<'a>,
    /// Whether cells are separated by commas, so that none can be a decimal mark.
    has_comma: bool,
    /// Whether the table has decimal commas, once a number has told.
    decimal_comma: &'a Cell<Option<bool>>,
}

impl Row<'_> {
    /// The integer in a cell, by its place among the wanted columns.
    ///
    /// # Errors
    /// If it is none.
    pub fn integer(&self, index: usize) -> Result<u64, Problem> {
        self.text(index).integer().ok_or_else(|| self.problem(index, "give a whole number"))
    }

    /// The integer in a cell, if it has any.
    ///
    /// # Errors
    /// If it has anything else.
    pub fn optional_integer(&self, index: usize) -> Result<Option<u64>, Problem> {
        self.text(index)
            .optional_integer()
            .ok_or_else(|| self.problem(index, "give a whole number or nothing"))
    }

    /// The number in a cell, also inf or NaN.
    ///
    /// # Errors
    /// If it is none, or has another decimal mark than the numbers before it.
    pub fn number(&self, index: usize) -> Result<f64, Problem> {
        let bytes = &self.cells[index];
        let mark = bytes.iter().find(|byte| matches!(byte, b'.' | b','));
        if let Some(&mark) = mark {
            let is_comma = mark == b',' && !self.has_comma;
            if self.decimal_comma.get().is_some_and(|before| before != is_comma) {
                return Err(self.problem(index, "the numbers before it have another decimal mark"));
            }
            self.decimal_comma.set(Some(is_comma));
        }
        self.text(index).number().ok_or_else(|| self.problem(index, "give a number"))
    }

    /// The cell of a column whose cells are of a kind.
    ///
    /// # Errors
    /// If it holds anything else.
    pub fn cell(&self, index: usize, kind: Kind) -> Result<cell::Cell<'_>, Problem> {
        Ok(match kind {
            _ if self.cells[index].is_empty() => cell::Cell::Empty,
            Kind::Integer | Kind::Seed => cell::Cell::Integer(self.integer(index)?),
            Kind::Number => cell::Cell::Number(self.number(index)?),
            Kind::Word => cell::Cell::Word(self.word(index)?),
        })
    }

    /// The word in a cell; empty if it has none.
    ///
    /// # Errors
    /// If it is no Unicode.
    pub fn word(&self, index: usize) -> Result<&str, Problem> {
        self.text(index).word().ok_or_else(|| self.problem(index, "give a word in UTF-8"))
    }

    /// The outcome that the cells of `outcome` and `plateau` say together.
    ///
    /// # Errors
    /// If they say none, or contradict each other.
    pub fn outcome(&self, outcome: usize, plateau: usize) -> Result<Outcome, Problem> {
        outcome_of_words(self.word(outcome)?, self.word(plateau)?).ok_or_else(|| {
            self.problem(outcome, "give an outcome, and the name of a plateau only for a run on one")
        })
    }

    /// What is wrong with a cell.
    #[must_use]
    pub fn problem(&self, index: usize, remedy: &str) -> Problem {
        let Place { file, line } = self.place;
        let value = String::from_utf8_lossy(&self.cells[index]);
        let key = format!("{file}, line {line}, {}", self.names[index]);
        if value.is_empty() {
            return Problem::new(key, "", format!("the cell is empty: {remedy}"));
        }
        Problem::new(key, value, remedy)
    }

    fn text(&self, index: usize) -> Text<'_> {
        let delimiter = if self.has_comma { b',' } else { b';' };
        let decimal_comma = self.decimal_comma.get().unwrap_or(false);
        Text { bytes: &self.cells[index], format: Format { delimiter, decimal_comma } }
    }
}

/// The cells of a row, with their quotes.
fn cells_of(line: &[u8], delimiter: u8) -> impl Iterator<Item = &[u8]> {
    let mut is_quoted = false;
    let ends = memchr2_iter(delimiter, b'"', line).filter(move |&at| {
        is_quoted ^= line[at] == b'"';
        line[at] == delimiter && !is_quoted
    });
    let mut begin = 0;
    ends.chain([line.len()]).map(move |end| {
        let cell = &line[begin..end];
        begin = end + 1;
        cell
    })
}

/// What a cell says, without the quotes around it and with those in it once.
fn unquoted(cell: &[u8]) -> Cow<'_, [u8]> {
    let Some(inner) = cell.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else {
        return Cow::Borrowed(cell);
    };
    if memchr_iter(b'"', inner).next().is_none() {
        return Cow::Borrowed(inner);
    }
    let mut is_second = false;
    let kept = inner.iter().copied().filter(|&byte| {
        is_second = byte == b'"' && !is_second;
        byte != b'"' || !is_second
    });
    Cow::Owned(kept.collect())
}

/// A line that was read, without its end.
struct Line<'a> {
    bytes: &'a [u8],
    /// Its number in the file, from 1; of the first if a quoted cell goes over several.
    number: u64,
    /// Whether it has an end.
    is_whole: bool,
}

/// The lines of a file that are not blank; a line end in a quoted cell ends none.
struct Lines<R> {
    source: R,
    buffer: Vec<u8>,
    /// What of the buffer is still to be shown.
    begin: usize,
    end: usize,
    is_over: bool,
    number: u64,
}

impl<R: Read> Lines<R> {
    fn new(source: R) -> Self {
        Self { source, buffer: vec![0; BLOCK], begin: 0, end: 0, is_over: false, number: 1 }
    }

    fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        loop {
            let length = line_length(&self.buffer[self.begin..self.end]);
            if length.is_none() && !self.is_over {
                self.fill()?;
                continue;
            }
            let (begin, number) = (self.begin, self.number);
            let end = length.map_or(self.end, |length| begin + length);
            self.begin = end + usize::from(length.is_some());
            // Line ends in quoted cells count as well.
            self.number += 1 + memchr_iter(b'\n', &self.buffer[begin..end]).count() as u64;
            let is_return = end > begin && self.buffer[end - 1] == b'\r';
            let range = begin..end - usize::from(is_return);
            if !range.is_empty() {
                return Ok(Some(Line { bytes: &self.buffer[range], number, is_whole: length.is_some() }));
            }
            if length.is_none() {
                return Ok(None);
            }
        }
    }

    /// Reads on, behind what is still to be shown.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.begin..self.end, 0);
        self.end -= self.begin;
        self.begin = 0;
        if self.end == self.buffer.len() {
            if self.end >= LONGEST_ROW {
                let reason = format!("line {} has more than {LONGEST_ROW} bytes", self.number);
                return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
            }
            self.buffer.resize(2 * self.end, 0);
        }
        let read = self.source.read(&mut self.buffer[self.end..])?;
        self.end += read;
        self.is_over = read == 0;
        Ok(())
    }
}

/// How long the first line is, if it has an end.
fn line_length(bytes: &[u8]) -> Option<usize> {
    let mut is_quoted = false;
    memchr2_iter(b'\n', b'"', bytes).find(|&at| {
        is_quoted ^= bytes[at] == b'"';
        bytes[at] == b'\n' && !is_quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tempfile::TempDir;

    fn folder_with(files: &[(&str, &str)]) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    /// The words of these columns.
    fn words<const N: usize>(folder: &Path, names: [&str; N]) -> Result<Vec<[String; N]>, Problem> {
        let mut rows = Vec::new();
        let count = Table::find(folder, "t")?.read(names, |row| {
            let mut words = [const { String::new() }; N];
            for (index, word) in words.iter_mut().enumerate() {
                row.word(index)?.clone_into(word);
            }
            rows.push(words);
            Ok(())
        })?;
        assert_eq!(count, rows.len() as u64);
        Ok(rows)
    }

    fn words_of<const N: usize>(text: &str, names: [&str; N]) -> Result<Vec<[String; N]>, Problem> {
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
            assert_eq!(words_of(text, ["c", "a"]).unwrap(), [["3", "1"], ["6", "4"]], "{text:?}");
        }
        assert_eq!(words_of("a\n1\n", ["a"]).unwrap(), [["1"]]);
        assert!(words_of("a,b\n", ["b"]).unwrap().is_empty());
    }

    #[test]
    fn quoted_cells_may_hold_anything() {
        let text = "a,b,c\n\"uniform(0,1)\",\"two\nlines\",\"say \"\"so\"\"\"\n\"\",\"'=1\",\"\"\"\"\n";
        let rows = words_of(text, ["a", "b", "c"]).unwrap();
        assert_eq!(rows, [["uniform(0,1)", "two\nlines", "say \"so\""], ["", "=1", "\""]]);
    }

    #[test]
    fn a_table_of_parts_is_read_in_order() {
        let parts: Vec<(String, String)> =
            (1..=12).map(|part| (format!("t-{part:04}.csv"), format!("a\n{part}\n"))).collect();
        let mut files: Vec<(&str, &str)> = parts.iter().map(|(name, text)| (&**name, &**text)).collect();
        files.extend([("t-notes.csv", "x"), ("t-0001.csv.partial", "x")]);
        let folder = folder_with(&files);
        let rows = words(folder.path(), ["a"]).unwrap().concat();
        assert_eq!(rows, (1..=12).map(|part| part.to_string()).collect::<Vec<_>>());
        fs::remove_file(folder.path().join("t-0007.csv")).unwrap();
        assert!(words(folder.path(), ["a"]).unwrap_err().remedy.contains("t-0007.csv is missing"));
    }

    #[test]
    fn numbers_have_points_or_commas_but_not_both() {
        let numbers = |text: &str| {
            let folder = folder_with(&[("t.csv", text)]);
            let mut numbers = Vec::new();
            let read = Table::find(folder.path(), "t")?.read(["a"], |row| {
                numbers.push(row.number(0)?);
                Ok(())
            });
            read.map(|_| numbers)
        };
        assert_eq!(numbers("a;b\n0,5;x\n2;x\n-1e-3;x\ninf;x\n").unwrap(), [0.5, 2.0, -1e-3, f64::INFINITY]);
        assert_eq!(numbers("a;b\n0.5;x\n").unwrap(), [0.5]);
        assert_eq!(numbers("a,b\n0.5,x\n").unwrap(), [0.5]);
        let problem = numbers("a;b\n0,5;x\n1.500;x\n").unwrap_err();
        assert_eq!((problem.key.as_str(), problem.value.as_str()), ("t.csv, line 3, a", "1.500"));
        for wrong in ["a;b\n1,000,5;x\n", "a;b\n;x\n", "a,b\nword,x\n"] {
            assert_eq!(numbers(wrong).unwrap_err().key, "t.csv, line 2, a");
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
            let problem = words_of(text, ["a", "b"]).unwrap_err().to_string();
            assert!(problem.starts_with(part), "{text:?}: {problem}");
        }
        let folder = folder_with(&[]);
        let told = |folder: &TempDir| Table::find(folder.path(), "t").unwrap_err().remedy;
        assert!(told(&folder).contains("give the folder of a sweep's results"));
        let folder = folder_with(&[("sweep.toml", "")]);
        assert!(told(&folder).contains("run the sweep again"));
        let folder = folder_with(&[("t.parquet", "")]);
        assert!(told(&folder).contains("t.parquet"));
        let folder = folder_with(&[("t.csv", "a\n"), ("t-0001.csv", "a\n")]);
        assert!(told(&folder).contains("keep one table"));
        assert!(Table::find(Path::new("no such folder"), "t").unwrap_err().remedy.contains("cannot be read"));
    }

    #[test]
    fn rows_longer_than_what_is_read_at_a_time_are_whole() {
        let long = "x".repeat(BLOCK + 5);
        let text = format!("a,b\n1,{long}\n2,{long}{long}\n3,short\n");
        let rows = words_of(&text, ["b", "a"]).unwrap();
        assert_eq!(rows.iter().map(|row| row[0].len()).collect::<Vec<_>>(), [BLOCK + 5, 2 * BLOCK + 10, 5]);
        let endless = format!("a\n{}", "x".repeat(LONGEST_ROW + 1));
        assert!(words_of(&endless, ["a"]).unwrap_err().remedy.contains("more than"));
    }

    proptest! {
        #[test]
        fn any_words_are_read_as_the_csv_library_reads_them(
            rows in prop::collection::vec(prop::array::uniform3("[a\",;\n|é ]{0,6}"), 0..6),
            delimiter in prop::sample::select(&b",;\t|"[..]),
        ) {
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
            writer.write_record(["p", "q", "r"]).unwrap();
            rows.iter().for_each(|row| writer.write_record(row).unwrap());
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let read = words_of(&text, ["r", "p", "q"]).unwrap();
            let expected: Vec<_> = rows.into_iter().map(|[p, q, r]| [r, p, q]).collect();
            prop_assert_eq!(read, expected);
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("t.csv"), [b"a,b\n".as_slice(), &bytes].concat()).unwrap();
            let table = Table::find(folder.path(), "t").unwrap();
            let _ = table.read(["b"], |row| row.number(0).and(row.word(0).map(drop)));
        }
    }
}
