//! Starts in a table of text: a row each, with a header of names or with none.
//!
//! Cells are separated by semicolons, tabs, bars, commas or blanks, whichever of these makes sense of the first line;
//! unless it is commas, numbers may have a decimal comma. Lines that begin with `#` are comments where the table has
//! no header line of its own, and the names may stand in one of them, as `np.savetxt` writes them.

use std::borrow::Cow;
use std::io::BufRead;

use memchr::memchr3;

use super::{Found, MAX_ROWS, Names, first_letters, order_of_unnamed};
use crate::kernel::Shape;
use crate::sweep::start::layout::StartsLayout;
use crate::sweep::text::finite_number;

/// The most bytes a row may have.
pub(super) const MAX_ROW_BYTES: usize = 1 << 16;

/// The most bytes all comments together may have.
const MAX_COMMENT_BYTES: usize = 1 << 20;

/// What the columns' names may begin with, by order of preference.
const PREFIXES: [&str; 3] = ["", "start_", "end_"];

/// The column of the starts' names.
const NAME: &str = "name";

/// Reads a whole table; the error is a remedy.
pub(super) fn read(
    source: impl BufRead,
    shape: Shape,
    layout: Option<StartsLayout>,
) -> Result<Found, String> {
    let wanted = Wanted { shape, names: shape.names(), layout };
    let mut records = Records::new(source);
    let mut comments = Comments::default();
    let mut header = None;
    let first = loop {
        let Some(record) = records.next(None)? else {
            return Err("the file has no rows; give one start a row".to_owned());
        };
        let Some(comment) = comments.take(record)? else { break record.to_owned() };
        for separator in SEPARATORS {
            if let Header::Whole(columns) = wanted.header(&separator.cells(comment)) {
                header = Some(columns);
                break;
            }
        }
    };
    let at_first = |reason| format!("line {}{reason}", records.line());
    let table = match header {
        Some(columns) => {
            wanted.check_named().map_err(at_first)?;
            Table { separator: columns.separator_of(&first), columns, is_headed: false }
        }
        None => wanted.table(&first).map_err(at_first)?,
    };
    Rows { table, shape, records, comments, mark: None }.read(&first)
}

/// What may stand between cells.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Separator {
    /// This character.
    Byte(u8),
    /// Blanks, any number of them.
    Blanks,
}

/// Those there are, in the order in which they are tried: numbers may hold a comma, and cells blanks.
const SEPARATORS: [Separator; 5] = [
    Separator::Byte(b';'),
    Separator::Byte(b'\t'),
    Separator::Byte(b'|'),
    Separator::Byte(b','),
    Separator::Blanks,
];

impl Separator {
    /// Whether a quote that comes after this byte, or none, begins a cell.
    fn may_open(self, before: Option<u8>) -> bool {
        before.is_none_or(|byte| match self {
            Self::Byte(separator) => byte == separator,
            Self::Blanks => byte == b' ' || byte == b'\t',
        })
    }

    /// The cells of a record, without blanks around them.
    fn cells(self, record: &str) -> Vec<Cow<'_, str>> {
        let mut cells = Vec::new();
        let mut rest = Some(record);
        while let Some(text) = rest {
            let text = if self == Self::Blanks { text.trim_start() } else { text };
            if self == Self::Blanks && text.is_empty() {
                break;
            }
            let (cell, after) = if text.starts_with('"') { self.quoted(text) } else { self.plain(text) };
            cells.push(cell);
            rest = after;
        }
        cells
    }

    /// A cell up to the next separator, and what comes after that.
    fn plain(self, text: &str) -> (Cow<'_, str>, Option<&str>) {
        let split = match self {
            Self::Byte(separator) => text.split_once(char::from(separator)),
            Self::Blanks => text.split_once([' ', '\t']),
        };
        let (cell, after) = split.map_or((text, None), |(cell, after)| (cell, Some(after)));
        (Cow::Borrowed(cell.trim()), after)
    }

    /// A cell in quotes, in which two quotes are one, and what comes after the separator behind it.
    fn quoted(self, text: &str) -> (Cow<'_, str>, Option<&str>) {
        let mut cell = String::new();
        let mut rest = &text[1..];
        while let Some((inner, after)) = rest.split_once('"') {
            cell += inner;
            let Some(again) = after.strip_prefix('"') else {
                let (tail, after) = self.plain(after);
                return (Cow::Owned((cell + &tail).trim().to_owned()), after);
            };
            cell.push('"');
            rest = again;
        }
        (Cow::Owned((cell + rest).trim().to_owned()), None)
    }
}

/// The records of a text: its lines, save that a cell in quotes may go over several.
struct Records<R> {
    source: R,
    text: Vec<u8>,
    /// The line, from 1, on which the record begins that was read last.
    line: u64,
    /// How many lines there were up to its end.
    lines: u64,
    /// Whether it ended with a carriage return, which a line feed may follow.
    after_return: bool,
}

impl<R: BufRead> Records<R> {
    fn new(source: R) -> Self {
        Self { source, text: Vec::new(), line: 0, lines: 0, after_return: false }
    }

    fn line(&self) -> u64 {
        self.line
    }

    /// The next record, or none at the end; lines that are empty may only stand there.
    fn next(&mut self, separator: Option<Separator>) -> Result<Option<&str>, String> {
        let mut first_empty = None;
        while self.fill(separator)? {
            if self.text.iter().all(u8::is_ascii_whitespace) {
                let first = *first_empty.get_or_insert(self.line);
                if self.line - first > MAX_ROW_BYTES as u64 {
                    return Err(format!("line {first} is empty, and so are all after it; remove them"));
                }
                continue;
            }
            if let Some(line) = first_empty {
                return Err(format!("line {line} is empty; remove it"));
            }
            let text = std::str::from_utf8(&self.text);
            return text
                .map(Some)
                .map_err(|_| format!("line {} is not UTF-8; save the file as UTF-8", self.line));
        }
        Ok(None)
    }

    /// Reads the next line, or lines if quotes join them; false if there is none.
    fn fill(&mut self, separator: Option<Separator>) -> Result<bool, String> {
        self.text.clear();
        self.line = self.lines + 1;
        let may_open = |before: Option<u8>| match separator {
            Some(separator) => separator.may_open(before),
            None => SEPARATORS.iter().any(|separator| separator.may_open(before)),
        };
        let mut is_quoted = false;
        let mut closed_at = None;
        let mut is_begun = false;
        loop {
            if self.text.len() > MAX_ROW_BYTES {
                let line = self.line;
                return Err(format!(
                    "line {line} begins a row of more than {MAX_ROW_BYTES} bytes; give one start a row"
                ));
            }
            let chunk = self.source.fill_buf().map_err(|error| super::unreadable(&error))?;
            let Some(&head) = chunk.first() else {
                self.lines += u64::from(is_begun);
                return Ok(is_begun);
            };
            if std::mem::take(&mut self.after_return) && head == b'\n' {
                if is_quoted {
                    self.text.push(head);
                }
                self.source.consume(1);
                continue;
            }
            is_begun = true;
            let at = memchr3(b'\n', b'\r', b'"', chunk);
            self.text.extend_from_slice(&chunk[..at.unwrap_or(chunk.len())]);
            let Some(at) = at else {
                let all = chunk.len();
                self.source.consume(all);
                continue;
            };
            let byte = chunk[at];
            self.source.consume(at + 1);
            if byte == b'"' {
                let here = self.text.len();
                // The second of two quotes within a cell opens what the first one closed.
                let opens = closed_at == Some(here) || may_open(self.text.last().copied());
                closed_at = is_quoted.then_some(here + 1);
                is_quoted = !is_quoted && opens;
            } else {
                self.lines += 1;
                self.after_return = byte == b'\r';
                if !is_quoted {
                    return Ok(true);
                }
            }
            self.text.push(byte);
        }
    }
}

/// Counts the bytes of comments.
#[derive(Default)]
struct Comments {
    bytes: usize,
}

impl Comments {
    /// What a record says behind its `#`, if it begins with one.
    fn take<'a>(&mut self, record: &'a str) -> Result<Option<&'a str>, String> {
        let Some(comment) = record.trim_start().strip_prefix('#') else { return Ok(None) };
        self.bytes += record.len() + 1;
        if self.bytes > MAX_COMMENT_BYTES {
            return Err(format!("its comments have more than {MAX_COMMENT_BYTES} bytes; shorten them"));
        }
        Ok(Some(comment.trim_start_matches('#').trim()))
    }
}

/// What a table has to say.
struct Wanted {
    shape: Shape,
    /// The parameters' names.
    names: Vec<String>,
    layout: Option<StartsLayout>,
}

/// Where the columns are.
#[derive(Clone, Debug)]
struct Columns {
    /// The place of each parameter.
    places: Vec<usize>,
    /// The place of the starts' names.
    name: Option<usize>,
    /// Whether the column of names has no name itself, so that it may be a count.
    is_name_doubtful: bool,
    /// How many cells a row has.
    count: usize,
    /// Which columns are read, and in which way: what stands before and behind how they are separated.
    understood: [String; 2],
}

/// What a line says that may be a header.
enum Header {
    /// Where all parameters are.
    Whole(Columns),
    /// It names some, and this is wrong with it: the end of a sentence.
    Partly(String),
    /// It names none.
    None,
}

/// How the lines of a table are to be taken.
struct Table {
    separator: Separator,
    columns: Columns,
    /// Whether the first line is the header.
    is_headed: bool,
}

impl Columns {
    /// The separator that gives this record as many cells as there are columns.
    fn separator_of(&self, record: &str) -> Separator {
        let fits = |separator: &&Separator| separator.cells(record).len() == self.count;
        *SEPARATORS.iter().find(fits).unwrap_or(&Separator::Blanks)
    }
}

impl Wanted {
    /// What the first line of a table without comments says; the error is the end of a sentence.
    fn table(&self, first: &str) -> Result<Table, String> {
        let mut partly = None;
        for separator in SEPARATORS {
            let cells = separator.cells(first);
            match self.header(&cells) {
                Header::Whole(columns) => {
                    self.check_named()?;
                    return Ok(Table { separator, columns, is_headed: true });
                }
                Header::Partly(reason) => partly = partly.or(Some(reason)),
                Header::None => {}
            }
            if let Some(columns) = self.counted(&cells)? {
                return Ok(Table { separator, columns, is_headed: true });
            }
        }
        if let Some(reason) = partly {
            return Err(reason);
        }
        let all_numbers = |separator: &&Separator| separator.cells(first).iter().all(|cell| is_number(cell));
        let separator = SEPARATORS.iter().find(all_numbers);
        let separator = *separator.ok_or_else(|| self.missing(self.prefixes()[0], 0))?;
        let count = separator.cells(first).len();
        let parameters = self.shape.parameters();
        if count != parameters && count != 1 {
            return Err(format!(
                " has {count} numbers; give {parameters}, or a header that names the columns"
            ));
        }
        let (layout, order) =
            order_of_unnamed(self.layout, self.shape, "a table without names").map_err(apart)?;
        let columns = Columns {
            places: layout.places(self.shape),
            name: None,
            is_name_doubtful: false,
            count,
            understood: ["no header".to_owned(), format!(", numbers {order}")],
        };
        Ok(Table { separator, columns, is_headed: false })
    }

    /// Refuses an order for numbers without names where there are names.
    fn check_named(&self) -> Result<(), String> {
        match self.layout.filter(|layout| layout.is_order()) {
            Some(layout) => Err(format!(
                " belongs to a table with names, and starts_layout = {} is for numbers without: leave it out",
                layout.word()
            )),
            None => Ok(()),
        }
    }

    /// What the columns' names begin with, by order of preference.
    fn prefixes(&self) -> &'static [&'static str] {
        match self.layout {
            Some(StartsLayout::Start) => &["start_"],
            Some(StartsLayout::End) => &["end_"],
            _ => &PREFIXES,
        }
    }

    /// The error for a table that lacks the column `place`.
    fn missing(&self, prefix: &str, place: usize) -> String {
        let all: Vec<String> = self.names.iter().map(|name| format!("{prefix}{name}")).collect();
        format!(
            ": the column {} is missing; give columns {}, or rows of numbers alone",
            all[place],
            all.join(",")
        )
    }

    /// What a header says.
    fn header(&self, header: &[Cow<'_, str>]) -> Header {
        let places = |prefix: &str| -> Vec<Option<usize>> {
            let place = |name: &String| position(header, &format!("{prefix}{name}"));
            self.names.iter().map(place).collect()
        };
        let known = |prefix: &str| places(prefix).iter().flatten().count();
        let best = self.prefixes().iter().rev().max_by_key(|prefix| known(prefix)).expect("there are some");
        if known(best) == 0 {
            return Header::None;
        }
        let places_found = places(best);
        let Some(places_found) = places_found.iter().copied().collect::<Option<Vec<usize>>>() else {
            let place = places_found.iter().position(Option::is_none).expect("it is not whole");
            return Header::Partly(self.missing(best, place));
        };
        for (name, place) in self.names.iter().zip(&places_found) {
            if position(&header[place + 1..], &format!("{best}{name}")).is_some() {
                return Header::Partly(format!(": the column {best}{name} stands there twice"));
            }
        }
        let (first, last) = (&self.names[0], &self.names[self.names.len() - 1]);
        let mut understood = format!("columns {best}{first} to {best}{last}");
        for other in PREFIXES.iter().filter(|other| *other != best && known(other) == self.names.len()) {
            understood += &match other.trim_end_matches('_') {
                "" => format!(", not {first} to {last}"),
                word => format!(", not {other}{first} to {other}{last} (starts_layout = {word} takes these)"),
            };
        }
        let name = position(header, NAME);
        // An index without a name, as pandas and R write it.
        let index = header[0].is_empty().then_some(0);
        Header::Whole(Columns {
            places: places_found,
            name: name.or(index),
            is_name_doubtful: name.is_none(),
            count: header.len(),
            understood: [understood, String::new()],
        })
    }

    /// The columns of a header that counts the numbers of a row, from 0 or 1, behind the index that pandas writes or
    /// behind letters such as the V of R.
    fn counted(&self, header: &[Cow<'_, str>]) -> Result<Option<Columns>, String> {
        let parameters = self.shape.parameters();
        let has_index = header.len() == parameters + 1 && header[0].is_empty();
        let columns = &header[usize::from(has_index)..];
        let letters = columns[0].trim_end_matches(|letter: char| letter.is_ascii_digit());
        let counts_from = |from: usize| {
            let is_next = |(count, cell): (usize, &Cow<'_, str>)| **cell == format!("{letters}{count}");
            columns.len() == parameters && (from..).zip(columns).all(is_next)
        };
        // 1, 2, 3, … without letters could be a start.
        let is_pandas = letters.is_empty() && counts_from(0);
        let has_letters = !letters.is_empty() && finite_number(letters).is_none();
        if !is_pandas && !(has_letters && (counts_from(0) || counts_from(1))) {
            return Ok(None);
        }
        let (layout, order) =
            order_of_unnamed(self.layout, self.shape, "a table whose columns are counted").map_err(apart)?;
        let index = usize::from(has_index);
        Ok(Some(Columns {
            places: layout.places(self.shape).into_iter().map(|place| place + index).collect(),
            name: has_index.then_some(0),
            is_name_doubtful: true,
            count: header.len(),
            understood: [
                format!("columns {} to {}", columns[0], columns[parameters - 1]),
                format!(", numbers {order}"),
            ],
        }))
    }
}

/// Where the column `name` is, in any case.
fn position(header: &[Cow<'_, str>], name: &str) -> Option<usize> {
    header.iter().position(|cell| cell.eq_ignore_ascii_case(name))
}

/// A message of its own as the end of a sentence that names the line.
fn apart(message: String) -> String {
    format!(": {message}")
}

/// Whether a cell is a number, also one that is not finite.
fn is_number(cell: &str) -> bool {
    let size = cell.trim_start_matches(['+', '-']);
    let is_word = ["nan", "inf", "infinity"].iter().any(|word| size.eq_ignore_ascii_case(word));
    is_word || with_point(cell).is_some_and(|cell| cell.parse::<f64>().is_ok())
}

/// A number's text with a decimal point, also if it has a comma; none if it has both, or several.
fn with_point(cell: &str) -> Option<Cow<'_, str>> {
    match cell.bytes().filter(|byte| b",.".contains(byte)).count() {
        1 if cell.contains(',') => Some(Cow::Owned(cell.replace(',', "."))),
        0 | 1 => Some(Cow::Borrowed(cell)),
        _ => None,
    }
}

/// The rows below the first line.
struct Rows<R> {
    table: Table,
    shape: Shape,
    records: Records<R>,
    comments: Comments,
    /// Whether numbers have a decimal comma, once one of them shows it.
    mark: Option<bool>,
}

impl<R: BufRead> Rows<R> {
    fn read(mut self, first: &str) -> Result<Found, String> {
        let mut found = Found { values: Vec::new(), names: None, understood: String::new() };
        if !self.table.is_headed {
            self.add(first, true, &mut found)?;
        }
        let mut is_first = self.table.is_headed;
        let mut record = String::new();
        while let Some(next) = self.records.next(Some(self.table.separator))? {
            record.clear();
            record.push_str(next);
            if !self.table.is_headed && self.comments.take(&record)?.is_some() {
                continue;
            }
            self.add(&record, is_first, &mut found)?;
            is_first = false;
        }
        self.finish(found)
    }

    /// Adds a row; the first one shows whether a column without a name holds names.
    fn add(&mut self, record: &str, is_first: bool, found: &mut Found) -> Result<(), String> {
        let line = self.records.line();
        let at_line = |reason: String| format!("line {line}{reason}");
        let cells = self.table.separator.cells(record);
        if is_first {
            self.look_at_index(&cells);
            found.names = self.table.columns.name.map(|_| Names::default());
        }
        let Columns { places, name, count, .. } = &self.table.columns;
        if cells.len() != *count {
            return Err(at_line(format!(" has {} cells; give {count}, as in the first line", cells.len())));
        }
        let is_one_column = *count == 1 && self.shape.parameters() != 1;
        let rows = found.values.len() / if is_one_column { 1 } else { self.shape.parameters() };
        if rows == MAX_ROWS {
            return Err(format!("give at most {MAX_ROWS} rows"));
        }
        if is_one_column {
            if rows == self.shape.parameters() {
                return Err(self.one_column(rows + 1));
            }
            let value = number(&cells[0], &mut self.mark);
            found.values.push(value.map_err(|reason| at_line(format!(" {reason}")))?);
            return Ok(());
        }
        for (parameter, &place) in places.iter().enumerate() {
            let value = number(&cells[place], &mut self.mark)
                .map_err(|reason| at_line(format!(", column {}, {reason}", self.shape.names()[parameter])))?;
            found.values.push(value);
        }
        if let (Some(names), Some(place)) = (&mut found.names, name) {
            names.add(&cells[*place]).map_err(|reason| at_line(format!(", {reason}")))?;
        }
        Ok(())
    }

    /// Decides by the first row whether a column without a name holds names, or counts the rows.
    fn look_at_index(&mut self, cells: &[Cow<'_, str>]) {
        let columns = &mut self.table.columns;
        let is_count = |cell: &str| cell.bytes().all(|byte| byte.is_ascii_digit());
        // R gives the names of rows no name in the header.
        let is_beside = self.table.is_headed
            && cells.len() == columns.count + 1
            && columns.name.is_none()
            && (!is_number(&cells[0]) || cells[0] == "1")
            && cells.last().is_some_and(|cell| !cell.is_empty());
        if is_beside {
            columns.count += 1;
            columns.places.iter_mut().for_each(|place| *place += 1);
            (columns.name, columns.is_name_doubtful) = (Some(0), true);
        }
        if columns.is_name_doubtful && columns.name.is_some() {
            if cells.first().is_none_or(|cell| is_count(cell)) {
                columns.name = None;
                columns.understood[0] += ", the first column being an index";
            } else {
                columns.understood[0] += ", names from the first column";
            }
        } else if columns.name.is_some() {
            columns.understood[0] += ", names from the column name";
        }
    }

    /// The error for one number a row, after so many of them.
    fn one_column(&self, count: usize) -> String {
        let parameters = self.shape.parameters();
        let more = if count > parameters { " or more" } else { "" };
        format!("it is one column of {count}{more} numbers; give {parameters}, or {parameters} in each row")
    }

    fn finish(self, mut found: Found) -> Result<Found, String> {
        let parameters = self.shape.parameters();
        let columns = &self.table.columns;
        if found.values.is_empty() {
            return Err("the file has no rows; give one start a row below the header".to_owned());
        }
        if columns.count == 1 && parameters != 1 {
            if found.values.len() != parameters {
                return Err(self.one_column(found.values.len()));
            }
            found.values = columns.places.iter().map(|&place| found.values[place]).collect();
        }
        let separator = match self.table.separator {
            _ if columns.count == 1 => "",
            Separator::Byte(b';') => ", separated by semicolons",
            Separator::Byte(b'\t') => ", separated by tabs",
            Separator::Byte(b'|') => ", separated by bars",
            Separator::Byte(_) => "",
            Separator::Blanks => ", separated by blanks",
        };
        let mark = if self.mark == Some(true) { ", with a decimal comma" } else { "" };
        let [before, behind] = &columns.understood;
        found.understood = format!("{before}{separator}{mark}{behind}");
        Ok(found)
    }
}

/// The finite number of a cell; the error is the end of a sentence.
fn number(cell: &str, mark: &mut Option<bool>) -> Result<f64, String> {
    let has_comma = cell.contains(',');
    if has_comma || cell.contains('.') {
        let is_comma = *mark.get_or_insert(has_comma);
        if is_comma != has_comma {
            let (ours, theirs) = if has_comma { ("comma", "point") } else { ("point", "comma") };
            let cell = first_letters(cell);
            return Err(format!("holds `{cell}`, with a decimal {ours}; numbers before it have a {theirs}"));
        }
    }
    with_point(cell)
        .and_then(|cell| finite_number(&cell))
        .ok_or_else(|| format!("holds `{}`; give a finite number", first_letters(cell)))
}
