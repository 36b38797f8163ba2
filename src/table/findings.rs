//! What a sweep found, as an answer to each question it can answer: who escapes the symmetric saddle, and what happens
//! at learning rates of 1 and above.
//!
//! The answers come from groups, those of a sweep that has just been run or the rows of its summary, and are the same.

use std::fmt;

use indicatif::HumanCount;

use super::Group;
use super::reader::Table;
use crate::kernel::SetUp;
use crate::kernel::outcome::{Levels, Outcome};
use crate::problem::Problem;
use crate::sweep::text::fraction;

/// The most inits that an answer names; the others are added up.
const MOST_INITS: usize = 100;

/// What the answers need to know of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found<'a> {
    /// How its runs started.
    pub init: &'a str,
    /// Their learning rate.
    pub alpha: f64,
    /// How many there are.
    pub runs: u64,
    /// How many had an error below 1/6.
    pub escaped: u64,
    /// How many converged.
    pub converged: u64,
    /// How many diverged.
    pub diverged: u64,
    /// The median of their largest errors.
    pub error_peak: Option<f64>,
}

impl<'a> From<&'a Group> for Found<'a> {
    fn from(group: &'a Group) -> Self {
        let Group { init, alpha, tally, .. } = group;
        Self {
            init,
            alpha: *alpha,
            runs: tally.runs(),
            escaped: tally.escaped_at().len(),
            converged: tally.count(Outcome::Converged),
            diverged: tally.count(Outcome::Diverged),
            error_peak: tally.error_peak().percentile(50),
        }
    }
}

/// So many of so many runs.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    some: u64,
    all: u64,
}

impl Share {
    fn add(&mut self, some: u64, all: u64) {
        self.some += some;
        self.all += all;
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", HumanCount(self.some), HumanCount(self.all))
    }
}

/// What became of the runs at some learning rates.
#[derive(Clone, Copy, Debug, Default)]
struct Rates {
    runs: u64,
    converged: u64,
    diverged: u64,
    /// The largest of the groups' medians.
    error_peak: f64,
}

impl Rates {
    fn add(&mut self, found: &Found<'_>) {
        self.runs += found.runs;
        self.converged += found.converged;
        self.diverged += found.diverged;
        self.error_peak = self.error_peak.max(found.error_peak.unwrap_or(0.0));
    }

    fn told(&self, which: &str) -> Option<Finding> {
        let Self { runs, converged, diverged, error_peak } = *self;
        let says = format!(
            "{which}, {} of {} runs converged and {} diverged (median of the largest error: {error_peak:.3e})",
            HumanCount(converged),
            HumanCount(runs),
            HumanCount(diverged),
        );
        (runs > 0).then(|| Finding { says, items: Vec::new() })
    }
}

/// Collects what the groups of a sweep say.
#[derive(Clone, Debug)]
pub struct Findings {
    /// The level below which a run has escaped.
    level: String,
    /// Who escapes at learning rates below 1, by init, of the first ones.
    inits: Vec<(String, Share)>,
    /// How many inits follow these, the last one's name, and who escapes of them all.
    others: (u64, String, Share),
    at_one: Rates,
    above: Rates,
}

impl Findings {
    /// No groups yet of a sweep over this network.
    #[must_use]
    pub fn new(network: &SetUp) -> Self {
        Self {
            level: fraction(Levels::of(network).one_unit.unwrap_or(f64::NAN)),
            inits: Vec::new(),
            others: Default::default(),
            at_one: Rates::default(),
            above: Rates::default(),
        }
    }

    /// Of the groups of a summary.
    ///
    /// # Errors
    /// If it cannot be read or lacks a column.
    pub fn of_summary(network: &SetUp, summary: &Table) -> Result<Self, Problem> {
        const NAMES: [&str; 7] =
            ["init", "alpha", "runs", "escaped", "converged", "diverged", "error_peak_median"];
        let mut findings = Self::new(network);
        summary.read(NAMES, |row| {
            let has_peak = !row.word(6)?.is_empty();
            findings.add(&Found {
                init: row.word(0)?,
                alpha: row.number(1)?,
                runs: row.integer(2)?,
                escaped: row.integer(3)?,
                converged: row.integer(4)?,
                diverged: row.integer(5)?,
                error_peak: if has_peak { Some(row.number(6)?) } else { None },
            });
            Ok(())
        })?;
        Ok(findings)
    }

    /// Adds a group; those of an init follow each other.
    pub fn add(&mut self, found: &Found<'_>) {
        if found.alpha < 1.0 {
            self.share_of(found.init).add(found.escaped, found.runs);
        } else if found.alpha == 1.0 {
            self.at_one.add(found);
        } else {
            self.above.add(found);
        }
    }

    fn share_of(&mut self, init: &str) -> &mut Share {
        let is_last = self.inits.last().is_some_and(|(name, _)| name == init);
        if self.others.0 == 0 && !is_last && self.inits.len() < MOST_INITS {
            self.inits.push((init.to_owned(), Share::default()));
        } else if !is_last && (self.others.0 == 0 || self.others.1 != init) {
            self.others.0 += 1;
            self.others.1 = init.to_owned();
        }
        match self.inits.last_mut() {
            Some((_, share)) if self.others.0 == 0 => share,
            _ => &mut self.others.2,
        }
    }

    /// An answer for each of the questions that the sweep can answer.
    #[must_use]
    pub fn told(&self) -> Vec<Finding> {
        let at_one = self.at_one.told("At a learning rate of exactly 1");
        self.escapes().into_iter().chain(at_one).chain(self.above.told("Above 1")).collect()
    }

    fn escapes(&self) -> Option<Finding> {
        let says = format!(
            "Who escapes the symmetric saddle (error below {}) at learning rates below 1",
            self.level
        );
        let mut items: Vec<(String, String)> =
            self.inits.iter().map(|(init, share)| (init.clone(), share.to_string())).collect();
        let (others, _, share) = &self.others;
        if *others > 0 {
            items.push((format!("{} more inits", HumanCount(*others)), share.to_string()));
        }
        (!items.is_empty()).then_some(Finding { says, items })
    }
}

/// An answer: a sentence, and perhaps the items it lists. Shown in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The sentence, without the stop or colon at its end.
    pub says: String,
    /// What follows the colon: of whom, and how many of how many.
    pub items: Vec<(String, String)>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colon = if self.items.is_empty() { "" } else { ": " };
        let items: Vec<String> = self.items.iter().map(|(of, share)| format!("{of} {share}")).collect();
        write!(f, "{}{colon}{}.", self.says, items.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Task;
    use crate::kernel::task::Coding;

    fn found(init: &str, alpha: f64) -> Found<'_> {
        Found { init, alpha, runs: 1000, escaped: 7, converged: 5, diverged: 2, error_peak: Some(2.5) }
    }

    fn told(network: &SetUp, all: &[Found<'_>]) -> Vec<String> {
        let mut findings = Findings::new(network);
        all.iter().for_each(|found| findings.add(found));
        findings.told().iter().map(Finding::to_string).collect()
    }

    #[test]
    fn each_question_that_can_be_answered_is() {
        let all = [found("a", 0.1), found("a", 1.0), found("a", 0.2), found("b", 0.1), found("b", 1.5)];
        assert_eq!(
            told(&SetUp::default(), &all),
            [
                "Who escapes the symmetric saddle (error below 1/6) at learning rates below 1: a 14 of 2,000; \
                 b 7 of 1,000.",
                "At a learning rate of exactly 1, 5 of 1,000 runs converged and 2 diverged (median of the largest \
                 error: 2.500e0).",
                "Above 1, 5 of 1,000 runs converged and 2 diverged (median of the largest error: 2.500e0).",
            ]
        );
        assert!(told(&SetUp::default(), &[]).is_empty());
        let task = Task::named("xor", Coding::PlusMinus, None).unwrap();
        let network = SetUp { task, ..SetUp::default() };
        assert!(told(&network, &all)[0].contains("below 2/3"));
    }

    #[test]
    fn very_many_inits_are_added_up() {
        let names: Vec<String> = (0..MOST_INITS + 2).map(|number| format!("init {number}")).collect();
        let all: Vec<Found<'_>> =
            names.iter().flat_map(|name| [found(name, 0.1), found(name, 0.2)]).collect();
        let told = told(&SetUp::default(), &all);
        assert!(told[0].ends_with("; init 99 14 of 2,000; 2 more inits 28 of 4,000."), "{told:?}");
    }
}
