//! What is wrong with a request, in one line a person can act on.

use std::fmt;

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
}

impl Problem {
    /// A problem with `value`, given for `key`; `remedy` says what would do.
    pub fn new(key: impl Into<String>, value: impl fmt::Display, remedy: impl Into<String>) -> Self {
        Self { key: key.into(), value: value.to_string(), remedy: remedy.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.value.is_empty() {
            write!(f, "{}: {}", self.key, self.remedy)
        } else {
            write!(f, "{} = {}: {}", self.key, self.value, self.remedy)
        }
    }
}

impl std::error::Error for Problem {}
