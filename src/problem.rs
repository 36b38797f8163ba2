//! What is wrong with a request, in one line a person can act on.

use std::fmt;
use std::io::{self, ErrorKind};

/// The most letters that are shown of a key or a value.
const LONGEST: usize = 200;
/// The most letters that are shown of a remedy, which may quote what was typed.
const LONGEST_REMEDY: usize = 1_000;

/// A request that cannot be carried out: which key or flag, the value it was given, and what would do.
///
/// Shown as `alpha = -1: give a finite number above 0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key of the spec (the flag without its dashes), or the file, that is at fault.
    pub key: String,
    /// The value as it was given; empty if the key itself is the fault.
    pub value: String,
    /// What would do instead, as a phrase.
    pub remedy: String,
    /// What the machine failed at, such as reading from a disk, if the request may well be right.
    pub fault: Option<ErrorKind>,
    /// Other requests that would do, told behind the remedy.
    pub ways: &'static [Way],
}

/// A request that does where an unfinished sweep is in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To ask for the same.
    Same,
    /// To resume it.
    Resume,
    /// To begin anew in its place.
    Replace,
    /// To write elsewhere.
    Elsewhere,
}

impl Way {
    fn told(self) -> &'static str {
        match self {
            Self::Same => "give the same",
            Self::Resume => "resume it",
            Self::Replace => "begin anew in its place",
            Self::Elsewhere => "give another folder",
        }
    }
}

impl Problem {
    /// A problem with `value`, given for `key`; `remedy` says what would do.
    pub fn new(key: impl Into<String>, value: impl fmt::Display, remedy: impl Into<String>) -> Self {
        Self { key: key.into(), value: value.to_string(), remedy: remedy.into(), fault: None, ways: &[] }
    }

    /// The same, where these requests would do.
    #[must_use]
    pub fn with_ways(self, ways: &'static [Way]) -> Self {
        Self { ways, ..self }
    }

    /// The same, with the ways told by `words` as a part of the remedy: `something is there: this, that, or those`.
    #[must_use]
    pub fn telling_ways(self, words: impl Fn(Way) -> &'static str) -> Self {
        let words: Vec<&str> = self.ways.iter().map(|&way| words(way)).collect();
        let told = match words.as_slice() {
            [] => return self,
            [only] => (*only).to_owned(),
            [one, other] => format!("{one}, or {other}"),
            [others @ .., last] => format!("{}, or {last}", others.join(", ")),
        };
        Self { remedy: format!("{}: {told}", self.remedy), ways: &[], ..self }
    }

    /// A problem with the file or folder that `value` names: `what` says what cannot be done, `error` why. It is the
    /// machine's fault unless the error speaks of what was asked for: another name, or other rights, would do.
    pub fn of_file(key: impl Into<String>, value: impl fmt::Display, what: &str, error: &io::Error) -> Self {
        use ErrorKind::{
            AlreadyExists, InvalidData, InvalidFilename, InvalidInput, IsADirectory, NotADirectory, NotFound,
            PermissionDenied, ReadOnlyFilesystem, UnexpectedEof,
        };
        let fault = match error.kind() {
            AlreadyExists | InvalidData | InvalidFilename | InvalidInput | IsADirectory | NotADirectory
            | NotFound | PermissionDenied | ReadOnlyFilesystem | UnexpectedEof => None,
            kind => Some(kind),
        };
        Self { fault, ..Self::new(key, value, format!("{what}: {error}")) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.ways.is_empty() {
            return self.clone().telling_ways(Way::told).fmt(f);
        }
        if self.value.is_empty() {
            write!(f, "{}: {}", shown(&self.key, LONGEST), shown(&self.remedy, LONGEST_REMEDY))
        } else {
            let [key, value] = [&self.key, &self.value].map(|text| shown(text, LONGEST));
            write!(f, "{key} = {value}: {}", shown(&self.remedy, LONGEST_REMEDY))
        }
    }
}

/// A text that a person typed, or that came with a file: cut to a moderate length, and without what could make a
/// terminal do something.
fn shown(text: &str, longest: usize) -> String {
    let mut letters = text.chars();
    let mut line = String::new();
    for letter in letters.by_ref().take(longest) {
        if letter.is_control() { line.extend(letter.escape_default()) } else { line.push(letter) }
    }
    if letters.next().is_some() {
        line.push('…');
    }
    line
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_one_line_of_moderate_length() {
        assert_eq!(Problem::new("alpha", -1, "give more").to_string(), "alpha = -1: give more");
        assert_eq!(Problem::new("alpha", "", "give more").to_string(), "alpha: give more");
        let long = Problem::new("x".repeat(300), "é".repeat(1_000_000), "give less").to_string();
        assert_eq!(long, format!("{}… = {}…: give less", "x".repeat(200), "é".repeat(200)));
    }

    #[test]
    fn a_problem_says_nothing_to_the_terminal() {
        let problem = Problem::new("a\u{1b}[2J", "\u{1b}]0;title\u{7}\nb\u{9b}", "not `\u{1b}`").to_string();
        assert_eq!(problem, r"a\u{1b}[2J = \u{1b}]0;title\u{7}\nb\u{9b}: not `\u{1b}`");
    }
}
