//! How cells are separated and numbers are pointed in tables of text.

use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// How cells are separated and numbers are pointed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    pub(super) delimiter: u8,
    pub(super) decimal_comma: bool,
}

/// What may separate cells: its word, if typing the character itself is awkward in a shell, and the character.
///
/// A space is not among them: two empty cells would look like one.
pub const DELIMITERS: [(&str, u8); 4] = [("comma", b','), ("semicolon", b';'), ("tab", b'\t'), ("bar", b'|')];

/// What separates the cells of a header, whose names have no such character in them.
pub(super) fn delimiter_of(header: &[u8]) -> u8 {
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
