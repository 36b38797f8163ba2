//! Starts that a file lists: comma-separated, one a row.
//!
//! A file is read row by row, so that one that never ends, or holds anything else, is refused as soon as that shows.

use std::collections::{HashSet, VecDeque};
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use csv::StringRecord;

use crate::Problem;
use crate::kernel::Theta;
use crate::kernel::fused::{NAMES, PARAMETERS};
use crate::sweep::text::{finite_number, starts_a_formula};

/// The most rows a file of starts may have.
pub const MOST_ROWS: usize = 10_000_000;

/// The most bytes a row of such a file may have.
const MOST_ROW_BYTES: usize = 1 << 16;

/// The most names such a file may have.
const MOST_NAMES: usize = 1_000_000;

/// The most bytes a name may have.
const MOST_NAME_BYTES: usize = 200;

/// What some editors write in front of UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The starts of a file, in its order.
#[derive(Clone, Debug, PartialEq)]
pub struct Starts {
    /// The file, by a path that does not depend on the working folder.
    pub path: PathBuf,
    /// A start for each row.
    pub rows: Vec<Theta>,
    /// The names, each with its rows, which follow one another.
    pub groups: Vec<(String, Range<usize>)>,
}

impl Starts {
    /// Reads the file at `path`.
    ///
    /// # Errors
    ///
    /// If it cannot be read, a column w1…b3 is missing, a cell is no finite number, a name is unsafe in a
    /// spreadsheet or comes back after another one, or there are no or too many rows.
    pub fn read(path: &Path) -> Result<Self, Problem> {
        let shown = path.display().to_string();
        let problem = |remedy: String| Problem::new("starts", &shown, remedy);
        let unreadable =
            |error: io::Error| Problem::of_file("starts", &shown, "the file cannot be read", &error);
        let source = File::open(path).map_err(unreadable)?;
        let path = std::path::absolute(path).map_err(unreadable)?;
        if path.to_str().is_none() {
            return Err(not_unicode("starts", &path));
        }
        let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (rows, groups) = parse(source, &file_name).map_err(problem)?;
        Ok(Self { path, rows, groups })
    }
}

/// The problem of a path that no spec file could hold.
pub(in crate::sweep) fn not_unicode(key: &str, path: &Path) -> Problem {
    Problem::new(key, path.display(), "the path is not Unicode; rename the file or its folder")
}

type Rows = (Vec<Theta>, Vec<(String, Range<usize>)>);

/// Reads a file; the error is a remedy.
fn parse(mut source: impl Read, file_name: &str) -> Result<Rows, String> {
    let unreadable = |error: io::Error| format!("the file cannot be read: {error}");
    let mut head = Vec::new();
    source.by_ref().take(BYTE_ORDER_MARK.len() as u64).read_to_end(&mut head).map_err(unreadable)?;
    if head == BYTE_ORDER_MARK {
        head.clear();
    }
    let source = Recent::new(head.as_slice().chain(source));
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(source);
    let header = reader.headers().cloned();
    let columns = Columns::find(&header.map_err(|error| told(&mut reader, &error, 0))?)?;
    let mut rows = Vec::new();
    let mut groups = Groups::default();
    let mut record = StringRecord::new();
    loop {
        let begin = reader.position().byte();
        let more = reader.read_record(&mut record);
        if !more.map_err(|error| told(&mut reader, &error, begin))? {
            break;
        }
        let (line, is_empty) = reader.get_mut().record_at(begin);
        let at_line = |reason| format!("line {line}{reason}");
        if is_empty {
            return Err(at_line(" is empty; remove it".to_owned()));
        }
        if rows.len() == MOST_ROWS {
            return Err(format!("give at most {MOST_ROWS} rows"));
        }
        let (theta, name) = columns.read(&record).map_err(at_line)?;
        groups.add(name.unwrap_or(file_name), rows.len()).map_err(at_line)?;
        rows.push(theta);
    }
    if rows.is_empty() {
        return Err("the file has no rows; give one start a row below the header".to_owned());
    }
    Ok((rows, groups.list))
}

/// Why the record that begins at the byte `begin` cannot be read, as a remedy.
fn told<R: Read>(reader: &mut csv::Reader<Recent<R>>, error: &csv::Error, begin: u64) -> String {
    let (line, _) = reader.get_mut().record_at(begin);
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => format!("line {line} is not UTF-8; save the file as UTF-8"),
        csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            format!("line {line} begins a row of more than {MOST_ROW_BYTES} bytes; give one start a row")
        }
        csv::ErrorKind::Io(error) => format!("the file cannot be read: {error}"),
        _ => error.to_string(),
    }
}

/// A source of which the last bytes are kept, from where the record that is being read may begin.
struct Recent<R> {
    source: R,
    kept: VecDeque<u8>,
    /// How many bytes came before those.
    before: u64,
    /// The last of them.
    former: u8,
    /// The line, from 1, that the first byte kept is on.
    line: u64,
}

impl<R: Read> Recent<R> {
    fn new(source: R) -> Self {
        Self { source, kept: VecDeque::new(), before: 0, former: b'\n', line: 1 }
    }

    /// The line on which the record at the byte `begin` begins, and whether that line is empty, which the reader
    /// passes over. What comes before it is forgotten.
    fn record_at(&mut self, begin: u64) -> (u64, bool) {
        let passed = begin.saturating_sub(self.before);
        let passed = usize::try_from(passed).unwrap_or(usize::MAX).min(self.kept.len());
        for byte in self.kept.drain(..passed) {
            self.line += u64::from(byte == b'\n');
            self.former = byte;
        }
        self.before += passed as u64;
        // The reader stops between the two bytes of a line end of Windows.
        let after_return = self.former == b'\r' && self.kept.front() == Some(&b'\n');
        let first = self.kept.get(usize::from(after_return));
        (self.line + u64::from(after_return), matches!(first, Some(b'\n' | b'\r')))
    }
}

impl<R: Read> Read for Recent<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.kept.len() > MOST_ROW_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let count = self.source.read(buffer)?;
        self.kept.extend(&buffer[..count]);
        Ok(count)
    }
}

/// Where the columns are.
struct Columns {
    parameters: [usize; PARAMETERS],
    name: Option<usize>,
    count: usize,
}

impl Columns {
    fn find(header: &StringRecord) -> Result<Self, String> {
        let mut parameters = [0; PARAMETERS];
        for (place, wanted) in parameters.iter_mut().zip(NAMES) {
            *place = column(header, wanted)?.ok_or_else(|| missing(header, wanted))?;
        }
        Ok(Self { parameters, name: column(header, "name")?, count: header.len() })
    }

    /// The start of a row and its name, if it has one; the error is the end of a sentence that names the line.
    fn read<'a>(&self, record: &'a StringRecord) -> Result<(Theta, Option<&'a str>), String> {
        if record.len() != self.count {
            return Err(format!(" has {} cells; give {}, as in the header", record.len(), self.count));
        }
        let mut theta = Theta::from([0.0; PARAMETERS]);
        for ((value, column), name) in theta.iter_mut().zip(self.parameters).zip(NAMES) {
            let cell = record[column].trim();
            *value = finite_number(cell).ok_or_else(|| {
                format!(", column {name}, holds `{}`; give a finite number", first_letters(cell))
            })?;
        }
        let name = self.name.map(|column| record[column].trim()).filter(|name| !name.is_empty());
        Ok((theta, name))
    }
}

/// Where the column `wanted` is, if there is one.
fn column(header: &StringRecord, wanted: &str) -> Result<Option<usize>, String> {
    let mut places =
        header.iter().enumerate().filter(|(_, name)| name.trim() == wanted).map(|(place, _)| place);
    let place = places.next();
    if places.next().is_some() { Err(format!("the column {wanted} stands there twice")) } else { Ok(place) }
}

fn missing(header: &StringRecord, wanted: &str) -> String {
    let prefixed = format!("start_{wanted}");
    if header.iter().any(|name| name.trim() == prefixed) {
        return format!(
            "the column {wanted} is missing; rename {prefixed}, and the others likewise, to {wanted}"
        );
    }
    format!("the column {wanted} is missing; give columns w1,w2,w3,w4,w5,w6,b1,b2,b3 separated by commas")
}

/// The names so far: rows of one name must follow one another, for they become one stretch of the tables.
#[derive(Default)]
struct Groups {
    list: Vec<(String, Range<usize>)>,
    seen: HashSet<String>,
}

impl Groups {
    fn add(&mut self, name: &str, row: usize) -> Result<(), String> {
        if let Some((last, rows)) = self.list.last_mut()
            && last == name
        {
            rows.end = row + 1;
            return Ok(());
        }
        if name.len() > MOST_NAME_BYTES {
            return Err(format!(", name `{}…`: give at most {MOST_NAME_BYTES} bytes", first_letters(name)));
        }
        // Some spreadsheets split at a semicolon or a bar whatever the file says.
        let could_run = name.split([';', '|']).any(|part| part.trim_start().starts_with(starts_a_formula));
        let refused = |why: &str| Err(format!(", name `{}`: {why}", name.escape_debug()));
        if could_run {
            return refused(
                "a spreadsheet could run it; begin it with a letter, and what follows ; or | as well",
            );
        }
        if name.contains(char::is_control) {
            return refused("it has a line break or another control character; leave that out");
        }
        if self.list.len() == MOST_NAMES {
            return Err(format!(", name `{name}`: give at most {MOST_NAMES} names"));
        }
        if !self.seen.insert(name.to_owned()) {
            return Err(format!(", name `{name}`: put all rows of one name together"));
        }
        self.list.push((name.to_owned(), row..row + 1));
        Ok(())
    }
}

/// What a message shows of a long text.
fn first_letters(text: &str) -> String {
    text.chars().take(20).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEADER: &str = "w1,w2,w3,w4,w5,w6,b1,b2,b3";

    #[test]
    fn columns_stand_in_any_order_and_rows_of_one_name_form_a_group() {
        let text = "\u{feff}b3,name,note,w1,w2,w3,w4,w5,w6,b1,b2\r\n\
                    9,near,\"two\r\n\r\nlines\",1,2,3,4,5,6,7,8\r\n\
                    -9e-1,near,,1,2,3,4,5,6,7, 8\r\n\
                    0,,,1,2,3,4,5,6,7,8\r\n\r\n";
        let (rows, groups) = parse(text.as_bytes(), "starts.csv").unwrap();
        assert_eq!(rows[0][..], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
        assert_eq!((rows[1][8], rows.len()), (-0.9, 3));
        assert_eq!(groups, [("near".to_owned(), 0..2), ("starts.csv".to_owned(), 2..3)]);
    }

    #[test]
    fn a_bad_file_is_refused_with_its_line_and_column() {
        let good = "1,2,3,4,5,6,7,8,9";
        let row = |row: &str| format!("{HEADER}\n{good}\n{row}\n");
        let cases = [
            (row("1,2,3,4,5,6,7,8,nan"), "line 3, column b3, holds `nan`"),
            (row("1,inf,3,4,5,6,7,8,9"), "line 3, column w2, holds `inf`"),
            (row("1,2,x,4,5,6,7,8,9"), "line 3, column w3, holds `x`"),
            (row("1,2,3,4,,6,7,8,9"), "line 3, column w5, holds ``"),
            (row("1,2,3,4,5,6,7,8,1e999"), "line 3, column b3, holds `1e999`"),
            (row(",,,,,,,,"), "line 3, column w1"),
            (row(&format!("\n{good}")), "line 3 is empty"),
            (row(&format!("\n{good}")).replace('\n', "\r\n"), "line 3 is empty"),
            (row("1,2,3"), "line 3 has 3 cells; give 9"),
            (row("1,2,3").replace('\n', "\r\n"), "line 3 has 3 cells; give 9"),
            (row("1,2,3,4,5,6,7,8,9,10"), "line 3 has 10 cells"),
            (HEADER.to_owned(), "no rows"),
            (String::new(), "column w1 is missing"),
            (row("").replace("b2", "b4"), "column b2 is missing"),
            (row("").replace("b2", "w1"), "column w1 stands there twice"),
            (row("").replace(',', ",start_").replace("w1", "start_w1"), "rename start_w1"),
            (format!("{HEADER},name\n{good},=cmd()\n"), "line 2, name `=cmd()`"),
            (format!("{HEADER},name\n{good},a; =cmd()\n"), "line 2, name `a; =cmd()`"),
            (format!("{HEADER},name\n{good},＝cmd()\n"), "line 2, name `＝cmd()`"),
            (format!("{HEADER},name\n{good},{}\n", "é".repeat(101)), "give at most 200 bytes"),
            (
                row(&format!("{good}\n{}", "1".repeat(200_000))),
                "line 4 begins a row of more than 65536 bytes",
            ),
            (row(&format!("\"{}", "1\n".repeat(50_000))), "line 3 begins a row of more than 65536 bytes"),
            (format!("{HEADER},name\n{good},\"a\nb\"\n"), "line 2, name `a\\nb`"),
            (format!("{HEADER},name\n{good},a\n{good},b\n{good},a\n"), "line 4, name `a`"),
        ];
        for (text, part) in cases {
            let remedy = parse(text.as_bytes(), "starts.csv").unwrap_err();
            assert!(remedy.contains(part), "{text:?}: {remedy}");
        }
        assert!(parse(row("").as_bytes(), "@starts.csv").is_err());
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("starts.csv");
        let problem = Starts::read(&path).unwrap_err();
        assert_eq!((problem.key.as_str(), problem.value), ("starts", path.display().to_string()));
        std::fs::write(
            &path,
            format!("{HEADER}\r\n1,2,3,4,5,6,7,8,9\r\n\u{0}")
                .as_bytes()
                .iter()
                .map(|byte| byte | (u8::from(*byte == 0) * 0xff))
                .collect::<Vec<u8>>(),
        )
        .unwrap();
        assert!(Starts::read(&path).unwrap_err().remedy.contains("line 3 is not UTF-8"));
        std::fs::write(&path, b"w1\xff\n").unwrap();
        assert!(Starts::read(&path).unwrap_err().remedy.contains("line 1 is not UTF-8"));
    }

    /// Neither has an end, and memory has one.
    #[test]
    fn a_file_without_end_is_refused() {
        let nothing = parse(io::repeat(0), "starts.csv").unwrap_err();
        assert!(nothing.contains("line 1 begins a row of more than 65536 bytes"), "{nothing}");
        let header = format!("{HEADER}\n");
        let nothing = parse(header.as_bytes().chain(io::repeat(b'1')), "starts.csv").unwrap_err();
        assert!(nothing.contains("line 2 begins a row"), "{nothing}");
        let lines = parse(header.as_bytes().chain(io::repeat(b'\n')), "starts.csv").unwrap_err();
        assert!(lines.contains("line 2 begins a row"), "{lines}");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC*", rows in "[-0-9,.e\"\r\n]{0,60}") {
            let _ = parse(text.as_bytes(), "starts.csv");
            let _ = parse(format!("{HEADER}\n{rows}").as_bytes(), "starts.csv");
        }
    }
}
