//! Starts that a file lists: comma-separated, one a row.

use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use csv::StringRecord;

use crate::Problem;
use crate::network::theta::{NAMES, PARAMETERS, Theta};
use crate::sweep::text::finite_number;

/// The most rows a file of starts may have.
pub const MOST_ROWS: usize = 10_000_000;

/// The most bytes a file of starts may have: far more than [`MOST_ROWS`] rows need.
const MOST_BYTES: u64 = 8 << 30;

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
        let unreadable = |error: std::io::Error| problem(format!("the file cannot be read: {error}"));
        if std::fs::metadata(path).map_err(unreadable)?.len() > MOST_BYTES {
            return Err(problem(format!("give a file of at most {MOST_BYTES} bytes")));
        }
        let bytes = std::fs::read(path).map_err(unreadable)?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let line = line_at(error.as_bytes(), error.utf8_error().valid_up_to());
            problem(format!("line {line} is not UTF-8; save the file as UTF-8"))
        })?;
        let path = std::path::absolute(path).map_err(unreadable)?;
        if path.to_str().is_none() {
            return Err(not_unicode(&path));
        }
        let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (rows, groups) = parse(&text, &file_name).map_err(problem)?;
        Ok(Self { path, rows, groups })
    }
}

/// The problem of a path that no spec file could hold.
pub(in crate::sweep) fn not_unicode(path: &Path) -> Problem {
    Problem::new("starts", path.display(), "the path is not Unicode; rename the file or its folder")
}

type Rows = (Vec<Theta>, Vec<(String, Range<usize>)>);

/// Reads the text of a file; the error is a remedy.
fn parse(text: &str, file_name: &str) -> Result<Rows, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let columns = Columns::find(reader.headers().map_err(|error| error.to_string())?)?;
    let mut rows = Vec::new();
    let mut groups = Groups::default();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| error.to_string())? {
        let begin = record_begin(text, &record)?;
        let at_line = |reason| format!("line {}{reason}", line_at(text.as_bytes(), begin));
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
        let mut theta = [0.0; PARAMETERS];
        for ((value, column), name) in theta.iter_mut().zip(self.parameters).zip(NAMES) {
            let cell = record[column].trim();
            *value = finite_number(cell)
                .ok_or_else(|| format!(", column {name}, holds `{cell}`; give a finite number"))?;
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
        if name.starts_with(['=', '+', '-', '@']) || name.contains(char::is_control) {
            let name = name.escape_debug();
            return Err(format!(", name `{name}`: a spreadsheet could run it; begin names with a letter"));
        }
        if !self.seen.insert(name.to_owned()) {
            return Err(format!(", name `{name}`: put all rows of one name together"));
        }
        self.list.push((name.to_owned(), row..row + 1));
        Ok(())
    }
}

/// The byte at which `record` begins; an error if there is an empty line before it.
fn record_begin(text: &str, record: &StringRecord) -> Result<usize, String> {
    let offset = record.position().map_or(0, csv::Position::byte);
    let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(text.len());
    let rest = &text.as_bytes()[offset..];
    // The reader stops between the two bytes of a line end of Windows.
    let after_return = offset > 0 && text.as_bytes()[offset - 1] == b'\r' && rest.first() == Some(&b'\n');
    let begin = offset + usize::from(after_return);
    if matches!(text.as_bytes().get(begin), Some(b'\n' | b'\r')) {
        return Err(format!("line {} is empty; remove it", line_at(text.as_bytes(), begin)));
    }
    Ok(begin)
}

/// The number of the line, from 1, that holds the byte at `offset`.
fn line_at(text: &[u8], offset: usize) -> usize {
    1 + text[..offset].iter().filter(|byte| **byte == b'\n').count()
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
        let (rows, groups) = parse(text, "starts.csv").unwrap();
        assert_eq!(rows[0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
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
            (format!("{HEADER},name\n{good},\"a\nb\"\n"), "line 2, name `a\\nb`"),
            (format!("{HEADER},name\n{good},a\n{good},b\n{good},a\n"), "line 4, name `a`"),
        ];
        for (text, part) in cases {
            let remedy = parse(&text, "starts.csv").unwrap_err();
            assert!(remedy.contains(part), "{text:?}: {remedy}");
        }
        assert!(parse(&row(""), "@starts.csv").is_err());
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("starts.csv");
        let problem = Starts::read(&path).unwrap_err();
        assert_eq!((problem.key.as_str(), problem.value), ("starts", path.display().to_string()));
        std::fs::write(&path, b"w1\n\xff").unwrap();
        assert!(Starts::read(&path).unwrap_err().remedy.contains("line 2 is not UTF-8"));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC*", rows in "[-0-9,.e\"\r\n]{0,60}") {
            let _ = parse(&text, "starts.csv");
            let _ = parse(&format!("{HEADER}\n{rows}"), "starts.csv");
        }
    }
}
