//! What a sweep found, for a person at a terminal: a table of groups, and a sentence for each question.

use std::io::{self, Write};

use indicatif::HumanCount;
use xorsweep::kernel::SetUp;
use xorsweep::kernel::outcome::{Outcome, Plateau};
use xorsweep::sweep::text::percent;
use xorsweep::table::{Findings, Group};

/// The most groups that are shown; the sentences are about all.
const MOST_GROUPS: usize = 400;

/// Collects the groups of a sweep.
pub struct Report {
    groups: Vec<Group>,
    left_out: u64,
    findings: Findings,
    /// Whether there were groups before those that were added.
    pub groups_before: bool,
}

impl Report {
    /// No groups yet of a sweep over this network.
    pub fn new(network: &SetUp) -> Self {
        Self { groups: Vec::new(), left_out: 0, findings: Findings::new(network), groups_before: false }
    }

    /// Adds a group that is complete.
    pub fn add(&mut self, group: &Group) {
        self.findings.add(&group.into());
        if self.groups.len() < MOST_GROUPS {
            self.groups.push(group.clone());
        } else {
            self.left_out += 1;
        }
    }

    /// Prints the table and the sentences.
    pub fn print(&self, out: &mut impl Write, is_terminal: bool) -> io::Result<()> {
        let (bold, plain) = if is_terminal { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
        let with_momentum = self.groups.iter().any(|group| group.momentum != 0.0);
        if self.groups_before {
            writeln!(out, "\nGroups that were complete before are in summary.csv.")?;
        }
        let mut before = None;
        for group in &self.groups {
            let key = (&group.init, group.momentum.to_bits());
            if before != Some(key) {
                let momentum =
                    if with_momentum { format!(", momentum {}", group.momentum) } else { String::new() };
                writeln!(out, "\n{bold}{}{momentum}{plain}", group.init)?;
                writeln!(out, "{HEADER}")?;
                before = Some(key);
            }
            writeln!(out, "{}", line(group))?;
        }
        if self.left_out > 0 {
            writeln!(out, "\n… and {} more groups: see summary.csv.", HumanCount(self.left_out))?;
        }
        writeln!(out)?;
        for finding in self.findings.told() {
            writeln!(out, "{finding}")?;
        }
        Ok(())
    }
}

const HEADER: &str = "   alpha    runs  solved  converged  constant  one-unit  saturated  wrong  other  oscillating  diverged  unfinished  escaped at  converged at";

fn line(group: &Group) -> String {
    let tally = &group.tally;
    let share = |outcome| match tally.count(outcome) {
        0 => "-".to_owned(),
        count => percent(count, tally.runs(), 0),
    };
    let median = |value: Option<f64>| value.map_or_else(|| "-".into(), |value| format!("{value:.0}"));
    let [constant, one_unit, saturated, wrong, other] =
        Plateau::KINDS.map(|plateau| share(Outcome::Plateau(plateau)));
    let solved = percent(tally.solved(), tally.runs(), 0);
    format!(
        "{:>8} {:>7} {solved:>7} {:>10} {constant:>9} {one_unit:>9} {saturated:>10} {wrong:>6} {other:>6} {:>12} {:>9} {:>11} {:>11} {:>13}",
        group.alpha,
        tally.runs(),
        share(Outcome::Converged),
        share(Outcome::Oscillating),
        share(Outcome::Diverged),
        share(Outcome::Unfinished),
        median(tally.escaped_at().percentile(50)),
        median(tally.converged_at().percentile(50)),
    )
}
