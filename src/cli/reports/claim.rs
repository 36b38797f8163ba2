//! What an answer claims of the runs, so that no answer can be wrong unnoticed: `more-units.solved >= 0.95`.

use std::fmt;

use xorsweep::Problem;
use xorsweep::sweep::text::{finite_number, shortest};

use super::quantity::{Quantity, Ran};

/// A quantity of the runs of one of a report's sweeps.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Its name; none of the first.
    pub sweep: Option<String>,
    /// What of it.
    pub quantity: Quantity,
}

impl Asked {
    /// Reads `solved` or `more-units.solved`.
    pub fn of_text(text: &str) -> Option<Self> {
        let (sweep, word) =
            text.split_once('.').map_or((None, text), |(sweep, word)| (Some(sweep.to_owned()), word));
        Some(Self { sweep, quantity: Quantity::of_word(word)? })
    }
}

/// What a quantity is compared with.
#[derive(Clone, Debug, PartialEq)]
enum Bound {
    Number(f64),
    Asked(Asked),
}

/// How.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Relation {
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// A comparison that is expected to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    text: String,
    left: Asked,
    relation: Relation,
    right: Bound,
}

/// Whether a claim holds.
pub struct Checked {
    /// The claim.
    pub text: String,
    /// Whether it does.
    pub holds: bool,
    /// What the left side is.
    value: f64,
}

impl Claim {
    /// Reads a claim: a quantity, one of > >= < <=, and a number or another quantity, with blanks between.
    pub fn of_text(text: &str) -> Result<Self, Problem> {
        let wrong = || {
            Problem::new(
                "expect",
                text,
                "give a quantity, one of > >= < <=, and a number or another quantity",
            )
        };
        let words: Vec<&str> = text.split_whitespace().collect();
        let &[left, relation, right] = &*words else { return Err(wrong()) };
        let relation = match relation {
            ">" => Relation::Above,
            ">=" => Relation::AtLeast,
            "<" => Relation::Below,
            "<=" => Relation::AtMost,
            _ => return Err(wrong()),
        };
        let right = finite_number(right).map(Bound::Number);
        let right = right.or_else(|| Asked::of_text(words[2]).map(Bound::Asked)).ok_or_else(wrong)?;
        Ok(Self { text: text.to_owned(), left: Asked::of_text(left).ok_or_else(wrong)?, relation, right })
    }

    /// The sweeps it is about.
    pub fn asked(&self) -> impl Iterator<Item = &Asked> {
        let right = if let Bound::Asked(asked) = &self.right { Some(asked) } else { None };
        [&self.left].into_iter().chain(right)
    }

    /// Checks it; `ran` has the runs of a sweep by its name.
    pub fn check<'a>(&self, ran: impl Fn(&Asked) -> &'a Ran) -> Checked {
        let value = |asked: &Asked| asked.quantity.value(ran(asked));
        let left = value(&self.left);
        let right = match &self.right {
            Bound::Number(number) => *number,
            Bound::Asked(asked) => value(asked),
        };
        // A comparison with what is no number does not hold.
        let holds = match self.relation {
            Relation::Above => left > right,
            Relation::AtLeast => left >= right,
            Relation::Below => left < right,
            Relation::AtMost => left <= right,
        };
        Checked { text: self.text.clone(), holds, value: left }
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.holds {
            true => f.write_str(&self.text),
            false => write!(f, "{}, which is {}", self.text, shortest(self.value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_read() {
        for right in ["solved > 0.8", "more-units.solved >= 0.95", "error-p90 < other.error", "b3 <= -1e-3"] {
            assert!(Claim::of_text(right).is_ok(), "{right}");
        }
        for wrong in
            ["", "solved", "solved 0.8", "solved = 0.8", "solved > ", "solved>0.8", "x > 1", "solved > y"]
        {
            assert!(Claim::of_text(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Claim::of_text("a.solved > b.solved").unwrap().asked().count(), 2);
    }

    #[test]
    fn nothing_holds_of_what_no_run_has() {
        let nothing = Ran { runs: Vec::new(), steps: 0 };
        for claim in ["solved-at > 0", "solved-at <= 0", "solved >= 0"] {
            assert!(!Claim::of_text(claim).unwrap().check(|_| &nothing).holds, "{claim}");
        }
    }
}
