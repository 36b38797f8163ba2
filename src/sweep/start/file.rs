//! Starts that a file lists, in the formats in which programs write networks down.
//!
//! What the file is shows at its beginning: an array of NumPy, JSON, or else a table of text. A table is read row by
//! row, so that one that never ends, or holds anything else, is refused as soon as that shows.

use std::io::{self, BufReader, Read};
use std::path::Path;

use super::layout::StartsLayout;
use crate::Problem;
use crate::kernel::{Shape, Theta};
use crate::sweep::input::InputFile;
use crate::sweep::text::starts_a_formula;

mod json;
mod npy;
mod text;

/// The most rows a file of starts may have.
pub const MAX_ROWS: usize = 10_000_000;

/// The most bytes a name may have.
const MAX_NAME_BYTES: usize = 200;

/// What some editors write in front of UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// What files begin with that programs write and that are not read, and what they are.
const OTHERS: [(&[u8], &str); 7] = [
    (b"PK\x03\x04", "a zip archive, as .npz, .pt, .keras and .xlsx files are"),
    (b"\x89HDF", "an HDF5 file, as .h5 files are"),
    (b"\x1f\x8b", "compressed by gzip"),
    (b"PAR1", "a Parquet file"),
    (b"\x80", "a pickle of Python"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
];

/// The starts of a file, in its order.
#[derive(Clone, Debug, PartialEq)]
pub struct Starts {
    /// The file.
    pub file: InputFile,
    /// How it was asked to be read.
    pub layout: Option<StartsLayout>,
    /// What stands for an init: what the file is [called](InputFile::name).
    pub init: String,
    /// How the file was understood, as a phrase.
    pub understood: String,
    /// How many parameters a start has.
    parameters: usize,
    /// The parameters of all starts, one start after another, each in θ's order.
    values: Vec<f64>,
    names: Option<Names>,
}

impl Starts {
    /// Reads the file at `path`, whose networks have this `shape`.
    ///
    /// # Errors
    ///
    /// If it cannot be read, holds no networks of this shape or not in this `layout`, a number is not finite, a name
    /// is unsafe in a spreadsheet, or there are no or too many starts.
    pub fn read(path: &Path, shape: Shape, layout: Option<StartsLayout>) -> Result<Self, Problem> {
        let refused = |reason| Problem::new("starts", path.display(), format!("the file's {reason}"));
        check_name(&path.file_name().unwrap_or_default().to_string_lossy()).map_err(refused)?;
        let (file, source) = InputFile::open("starts", path)?;
        let problem = |remedy: String| Problem::new("starts", path.display(), remedy);
        let Found { values, names, understood } = parse(source, shape, layout).map_err(problem)?;
        let (init, parameters) = (file.name().to_owned(), shape.parameters());
        Ok(Self { file, layout, init, understood, parameters, values, names })
    }

    /// How many starts there are; at least one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len() / self.parameters
    }

    /// Whether there are none, which no file that was read has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The start of a row, from 0.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn start(&self, row: usize) -> Theta {
        Theta::from(&self.values[row * self.parameters..][..self.parameters])
    }

    /// The name of a row, from 0, if the file has names; it may be empty.
    #[must_use]
    pub fn name(&self, row: usize) -> Option<&str> {
        self.names.as_ref().map(|names| names.get(row))
    }

    /// Whether the file names its starts.
    #[must_use]
    pub fn has_names(&self) -> bool {
        self.names.is_some()
    }

    /// The parameters of all starts, one start after another.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

/// What a file holds.
#[derive(Debug)]
struct Found {
    values: Vec<f64>,
    names: Option<Names>,
    understood: String,
}

/// Reads a file; the error is a remedy.
fn parse(mut source: impl Read, shape: Shape, layout: Option<StartsLayout>) -> Result<Found, String> {
    const LONGEST_BEGINNING: u64 = 6;
    let mut head = Vec::new();
    source.by_ref().take(LONGEST_BEGINNING).read_to_end(&mut head).map_err(|error| unreadable(&error))?;
    if let Some((_, what)) = OTHERS.iter().find(|(beginning, _)| head.starts_with(beginning)) {
        return Err(format!("it is {what}; save the numbers as CSV in UTF-8, as .npy or as JSON"));
    }
    if head == npy::MAGIC {
        return npy::read(BufReader::new(head.chain(source)), shape, layout);
    }
    let head = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&head);
    let first = head.iter().find(|byte| !byte.is_ascii_whitespace());
    let source = BufReader::new(head.chain(source));
    if matches!(first, Some(b'[' | b'{')) {
        json::read(source, shape, layout)
    } else {
        text::read(source, shape, layout)
    }
}

fn unreadable(error: &io::Error) -> String {
    format!("the file cannot be read: {error}")
}

/// The order of numbers that have no names, with the phrase for it; `what` they are is for the error.
fn order_of_unnamed(
    asked: Option<StartsLayout>,
    shape: Shape,
    what: &str,
) -> Result<(StartsLayout, String), String> {
    let layout = asked.unwrap_or(StartsLayout::Numbered);
    if !layout.is_order() {
        return Err(format!(
            "it is {what}, without columns start_ and end_; leave starts_layout out, or give numbered, keras or pytorch"
        ));
    }
    let order = layout.order(shape);
    if asked.is_some() {
        return Ok((layout, format!("taken in the order {order}, as asked")));
    }
    let others = StartsLayout::WORDS.iter().filter(|(_, other)| other.is_order() && *other != layout);
    let others: Vec<String> =
        others.map(|(word, other)| format!("starts_layout = {word}: {}", other.order(shape))).collect();
    Ok((layout, format!("taken in the order {order}, since nothing names them ({})", others.join("; "))))
}

/// How many starts an array of these sizes lists, if it does.
fn rows_of(sizes: &[usize], parameters: usize) -> Option<usize> {
    match *sizes {
        [count] if count == parameters => Some(1),
        [rows, count] if count == parameters && rows > 0 => Some(rows),
        [count, 1] if count == parameters => Some(1),
        _ => None,
    }
}

/// Sizes the way people write them, such as 300 × 9.
fn sizes(sizes: &[usize]) -> String {
    match sizes {
        [] => "one number".to_owned(),
        [count] => format!("{count} numbers"),
        sizes => sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" × "),
    }
}

/// The names of starts, one after another.
#[derive(Clone, Debug, Default, PartialEq)]
struct Names {
    text: String,
    ends: Vec<usize>,
}

impl Names {
    fn get(&self, row: usize) -> &str {
        let begin = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[begin..self.ends[row]]
    }

    /// Adds the name of the next row; the error is the end of a sentence.
    fn add(&mut self, name: &str) -> Result<(), String> {
        check_name(name)?;
        self.text.push_str(name);
        self.ends.push(self.text.len());
        Ok(())
    }
}

/// Refuses a name that is long or that a spreadsheet could run.
fn check_name(name: &str) -> Result<(), String> {
    if name.len() > MAX_NAME_BYTES {
        return Err(format!("name `{}…`: give at most {MAX_NAME_BYTES} bytes", first_letters(name)));
    }
    // Some spreadsheets split at a semicolon or a bar whatever the file says.
    let could_run = name.split([';', '|']).any(|part| part.trim_start().starts_with(starts_a_formula));
    let refused = |why: &str| Err(format!("name `{}`: {why}", name.escape_debug()));
    if could_run {
        return refused(
            "a spreadsheet could run it; begin it with a letter, and what follows ; or | as well",
        );
    }
    if name.contains(char::is_control) {
        return refused("it has a line break or another control character; leave that out");
    }
    Ok(())
}

/// What a message shows of a long text.
fn first_letters(text: &str) -> String {
    text.chars().take(20).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests;
