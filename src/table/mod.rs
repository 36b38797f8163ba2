//! What is written: a row for each run, a row for each group of runs, and files that are whole or are not there.
//!
//! The columns of a table stand in one list, [`convergence::COLUMNS`] or [`summary::COLUMNS`]; headers, rows,
//! documentation and the reader come from it. A column says which [`Cell`] a row has; how a cell looks is [`cell`]'s
//! business alone, so that the same cells can go into another kind of file.

pub mod cell;
mod checkpoint;
pub mod commit;
pub mod convergence;
mod disk;
pub mod estimate;
pub mod failure;
pub mod files;
pub mod findings;
pub mod folder;
pub mod layout;
pub mod list;
pub mod merge;
pub mod parquet;
mod place;
pub mod quantiles;
pub mod reader;
pub mod save;
pub mod summary;
pub mod workbook;
pub mod writer;

pub use cell::{Cell, Kind};
pub use commit::commit;
pub use convergence::Row;
pub use estimate::{Estimate, estimate};
pub use failure::{Failure, Left};
pub use files::PartialFile;
pub use findings::{Finding, Findings};
pub use folder::OutputFolder;
pub use layout::Layout;
pub use merge::{Merged, merge};
pub use quantiles::Quantiles;
pub use reader::{Observer, Observers, Table};
pub use save::{Destination, Resumed, Saved, Unfinished, Watcher, save, save_in};
pub use summary::{Group, Tally};
pub use writer::{SPREADSHEET_ROWS, TableWriter};

use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// How cells are separated and numbers are pointed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    delimiter: u8,
    decimal_comma: bool,
}

/// What may separate cells: its word, if typing the character itself is awkward in a shell, and the character.
///
/// A space is not among them: two empty cells would look like one.
pub const DELIMITERS: [(&str, u8); 4] = [("comma", b','), ("semicolon", b';'), ("tab", b'\t'), ("bar", b'|')];

/// What separates the cells of a header, whose names have no such character in them.
fn delimiter_of(header: &[u8]) -> u8 {
    let known = |byte: &u8| DELIMITERS.iter().any(|(_, delimiter)| delimiter == byte);
    header.iter().copied().find(known).unwrap_or(b',')
}

impl Format {
    /// Cells separated by commas, numbers with a point.
    pub const PLAIN: Self = Self { delimiter: b',', decimal_comma: false };

    /// A format by its delimiter, a character or a word (`comma`, `semicolon`, `tab`, `bar`), and whether numbers
    /// have a decimal comma.
    ///
    /// # Errors
    /// If the delimiter is none of these, or is a comma while numbers have commas too.
    pub fn new(delimiter: &str, decimal_comma: bool) -> Result<Self, Problem> {
        let known =
            DELIMITERS.iter().find(|(word, byte)| delimiter == *word || delimiter.as_bytes() == [*byte]);
        let Some(&(_, byte)) = known else {
            let shown = if delimiter.is_empty() { "\"\"" } else { delimiter };
            return Err(Problem::new("delimiter", shown, "give one of , ; | or comma, semicolon, tab, bar"));
        };
        if decimal_comma && byte == b',' {
            let remedy = "the delimiter is a comma too: give another one, such as delimiter = semicolon";
            return Err(Problem::new("decimal_comma", decimal_comma, remedy));
        }
        Ok(Self { delimiter: byte, decimal_comma })
    }

    /// What stands between two cells.
    #[must_use]
    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Whether numbers have a decimal comma instead of a point.
    #[must_use]
    pub fn decimal_comma(&self) -> bool {
        self.decimal_comma
    }
}

impl Default for Format {
    fn default() -> Self {
        Self::PLAIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_is_given_by_its_character_or_its_word() {
        for (word, byte) in DELIMITERS {
            assert_eq!(Format::new(word, false).unwrap().delimiter(), byte);
            assert_eq!(Format::new(&char::from(byte).to_string(), false).unwrap().delimiter(), byte);
        }
    }

    #[test]
    fn what_cannot_separate_cells_is_refused() {
        for wrong in ["", " ", ".", ",,", "e", "é", "-", "\n", "\"", "0"] {
            assert_eq!(Format::new(wrong, false).unwrap_err().key, "delimiter", "{wrong:?}");
        }
    }

    #[test]
    fn a_decimal_comma_needs_another_delimiter() {
        assert_eq!(Format::new(",", true).unwrap_err().key, "decimal_comma");
        assert_eq!(Format::new("comma", true).unwrap_err().key, "decimal_comma");
        assert!(Format::new(";", true).unwrap().decimal_comma());
    }
}
