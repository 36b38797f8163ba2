//! One cell of a table, and its text.
//!
//! Most programs guess what a column holds from its first rows: polars from 100, DuckDB from 20,480. So every cell shows
//! its kind. A number has a decimal point or an exponent, `1.0` and not `1`: a column that began with `1` would be one of
//! integers, to which DuckDB rounds a later 0.5 without a word. It has the fewest digits that read back to the same
//! double; what is not finite is `inf`, `-inf` or `NaN`. Words are quoted where the format needs it, and their columns'
//! names are quoted always, so that a reader knows of quotes before the first one that matters. A word that might be
//! taken for a formula, a number, a date or an empty cell gets an apostrophe in front, which our reader takes away again.

use std::io::Write as _;

use super::Format;
use crate::sweep::text::{shortest, starts_a_formula};

/// What a cell of a column holds, unless it is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A count or a step: an integer from 0 to 2⁵³, so that differences have a sign and fit.
    Integer,
    /// A seed: an integer from 0 to 2⁶⁴ − 1.
    Seed,
    /// A double.
    Number,
    /// A word.
    Word,
}

/// One cell of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// The column does not apply to the row.
    Empty,
    /// A count, a step or a seed.
    Integer(u64),
    /// A double.
    Number(f64),
    /// A word.
    Word(&'a str),
}

impl<'a> Cell<'a> {
    /// An integer, or empty.
    #[must_use]
    pub fn integer(value: Option<u64>) -> Self {
        value.map_or(Cell::Empty, Cell::Integer)
    }

    /// A number, or empty.
    #[must_use]
    pub fn number(value: Option<f64>) -> Self {
        value.map_or(Cell::Empty, Cell::Number)
    }

    /// A word, or empty.
    #[must_use]
    pub fn word(value: Option<&'a str>) -> Self {
        value.map_or(Cell::Empty, Cell::Word)
    }
}

/// Appends the line of columns' names.
pub fn append_header<'a>(out: &mut Vec<u8>, columns: impl Iterator<Item = (&'a str, Kind)>, format: Format) {
    for (index, (name, kind)) in columns.enumerate() {
        if index > 0 {
            out.push(format.delimiter);
        }
        let quote: &[u8] = if kind == Kind::Word { b"\"" } else { b"" };
        out.extend([quote, name.as_bytes(), quote].concat());
    }
    out.push(b'\n');
}

/// Appends a line of cells.
pub fn append_line<'a>(out: &mut Vec<u8>, cells: impl Iterator<Item = Cell<'a>>, format: Format) {
    let start = out.len();
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(format.delimiter);
        }
        append_cell(out, cell, format);
    }
    if out.len() == start {
        // A blank line would be no row at all to most readers.
        out.extend_from_slice(b"\"\"");
    }
    out.push(b'\n');
}

/// Appends the text of a cell.
pub fn append_cell(out: &mut Vec<u8>, cell: Cell<'_>, format: Format) {
    match cell {
        Cell::Empty => {}
        Cell::Integer(value) => append_integer(out, value),
        Cell::Number(value) => append_number(out, value, format),
        Cell::Word(word) => append_word(out, word, format),
    }
}

/// The text of a number among cells separated by commas.
#[must_use]
pub fn number_text(value: f64) -> String {
    let mut text = Vec::new();
    append_number(&mut text, value, Format::PLAIN);
    String::from_utf8(text).expect("digits are UTF-8")
}

fn append_integer(out: &mut Vec<u8>, value: u64) {
    write!(out, "{value}").expect("a vector takes every write");
}

fn append_number(out: &mut Vec<u8>, value: f64, format: Format) {
    if !value.is_finite() {
        let word: &[u8] = if value.is_nan() {
            b"NaN"
        } else if value > 0.0 {
            b"inf"
        } else {
            b"-inf"
        };
        out.extend_from_slice(word);
        return;
    }
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(value).as_bytes();
    let start = out.len();
    out.extend_from_slice(text);
    if format.decimal_comma
        && let Some(point) = text.iter().position(|&byte| byte == b'.')
    {
        out[start + point] = b',';
    }
}

fn append_word(out: &mut Vec<u8>, word: &str, format: Format) {
    let marked = needs_mark(word);
    let special = |byte: u8| byte == format.delimiter || matches!(byte, b'"' | b'\n' | b'\r');
    if !marked && !word.bytes().any(special) {
        out.extend_from_slice(word.as_bytes());
        return;
    }
    out.push(b'"');
    if marked {
        out.push(b'\'');
    }
    for byte in word.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// Whether a word must be marked: it could be taken for something else, by itself or where spaces are dropped, or looks
/// as if it were marked already.
fn needs_mark(word: &str) -> bool {
    let bare = word.trim_start();
    word.starts_with(['\t', '\r', '\''])
        || bare.starts_with(starts_a_formula)
        || bare.starts_with(char::is_numeric)
        || bare.starts_with(['.', '#', '<'])
        || is_taken_for_a_value(bare.trim_end())
}

/// Whether a word is one that readers take for a number, a truth value, an empty cell or, with the digits behind it, a
/// date.
fn is_taken_for_a_value(word: &str) -> bool {
    const VALUES: [&str; 18] = [
        "f", "false", "inf", "infinity", "n", "n/a", "na", "nan", "nil", "no", "none", "null", "off", "on",
        "t", "true", "y", "yes",
    ];
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.to_lowercase();
    let (letters, rest) =
        word.split_at(word.find(|letter: char| !letter.is_alphabetic()).unwrap_or(word.len()));
    let is_month = letters.len() >= 3 && MONTHS.iter().any(|month| month.starts_with(letters));
    is_month && rest.contains(char::is_numeric) || VALUES.contains(&word.as_str())
}

/// What a cell says, for the eye: numbers with the fewest digits.
pub(super) fn text_of(cell: Cell<'_>) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Integer(value) => value.to_string(),
        Cell::Number(value) => shortest(value),
        Cell::Word(word) => word.to_owned(),
    }
}

/// The text of one cell that was read, without its quotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) format: Format,
}

impl<'a> Text<'a> {
    /// The integer it says.
    pub(super) fn integer(self) -> Option<u64> {
        str::from_utf8(self.bytes).ok()?.parse().ok()
    }

    /// The number it says.
    pub(super) fn number(self) -> Option<f64> {
        let text = str::from_utf8(self.bytes).ok()?;
        if !self.format.decimal_comma {
            return text.parse().ok();
        }
        // A point would be a thousands separator here, and 1.500 must not become 1.5.
        if text.contains('.') { None } else { text.replacen(',', ".", 1).parse().ok() }
    }

    /// The word it says.
    pub(super) fn word(self) -> Option<&'a str> {
        let text = str::from_utf8(self.bytes).ok()?;
        Some(text.strip_prefix('\'').unwrap_or(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(cell: Cell<'_>, format: Format) -> String {
        let mut out = Vec::new();
        append_cell(&mut out, cell, format);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_number_shows_that_it_is_one() {
        for (value, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.3, "0.3"),
            (-1.5, "-1.5"),
            (100_000.0, "100000.0"),
            (9_007_199_254_740_993.0, "9007199254740992.0"),
            (1e16, "1e+16"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e-7, "1e-7"),
            (1.5e300, "1.5e+300"),
            (f64::MAX, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (-f64::NAN, "NaN"),
        ] {
            let written = text(Cell::Number(value), Format::PLAIN);
            assert_eq!(written, expected);
            assert!(written.parse::<i128>().is_err(), "{written} would be read as an integer");
        }
    }

    #[test]
    fn the_names_of_columns_of_words_are_quoted() {
        let mut out = Vec::new();
        let columns = [("run", Kind::Integer), ("init", Kind::Word), ("alpha", Kind::Number)];
        append_header(&mut out, columns.into_iter(), Format::PLAIN);
        assert_eq!(out, b"run,\"init\",alpha\n");
    }

    #[test]
    fn no_word_can_be_taken_for_something_else() {
        let words = [
            "1",
            "007",
            " 1e5",
            "2024-01-05",
            "12:30",
            "½",
            ".5",
            "NaN",
            "NA",
            "null",
            "True",
            "inf",
            "n/a",
            "#N/A",
            "<NA>",
            "Mar 1",
            "sept2",
            "MARCH1",
            "Jan. 5, 2024",
            "dec-31",
        ];
        for word in words {
            assert_eq!(text(Cell::Word(word), Format::new(";", false).unwrap()), format!("\"'{word}\""));
        }
        for word in
            ["constant(0.1)", "one-unit", "wrong-1", "or+nand", "mark1", "decay2", "may", "june run", "né"]
        {
            assert_eq!(text(Cell::Word(word), Format::PLAIN), word);
        }
    }

    #[test]
    fn a_decimal_comma_replaces_the_point_of_numbers_only() {
        let format = Format::new(";", true).unwrap();
        assert_eq!(text(Cell::Number(-1.5e-7), format), "-1,5e-7");
        assert_eq!(text(Cell::Integer(1_234), format), "1234");
        assert_eq!(text(Cell::Word("constant(0.1)"), format), "constant(0.1)");
        let point = Text { bytes: b"1.500", format };
        assert_eq!(point.number(), None);
    }

    #[test]
    fn words_are_quoted_where_the_format_needs_it() {
        let semicolon = Format::new(";", false).unwrap();
        assert_eq!(text(Cell::Word("normal(0.1)"), Format::PLAIN), "normal(0.1)");
        assert_eq!(text(Cell::Word("uniform(0,1)"), Format::PLAIN), "\"uniform(0,1)\"");
        assert_eq!(text(Cell::Word("uniform(0,1)"), semicolon), "uniform(0,1)");
        assert_eq!(text(Cell::Word("a \"b\""), Format::PLAIN), "\"a \"\"b\"\"\"");
    }

    #[test]
    fn no_word_can_start_a_formula() {
        let words =
            ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", "'=1", "  =1", "\n@a", "\u{a0}+1", "＝1", "＠sum"];
        for word in words {
            let written = text(Cell::Word(word), Format::PLAIN);
            assert!(written.starts_with("\"'"), "{written}");
            let bytes = written.trim_matches('"').as_bytes();
            assert_eq!(Text { bytes, format: Format::PLAIN }.word(), Some(word));
        }
    }

    #[test]
    fn a_line_of_one_empty_cell_is_not_blank() {
        let mut out = Vec::new();
        append_line(&mut out, [Cell::Empty].into_iter(), Format::PLAIN);
        append_line(&mut out, [Cell::Empty, Cell::Empty].into_iter(), Format::PLAIN);
        assert_eq!(out, b"\"\"\n,\n");
    }
}
