//! What a sweep found, for a person at a terminal: a table of groups, and a sentence for each question.

use std::io::{self, Write};

use indicatif::HumanCount;
use xorsweep::sweep::outcome::{Outcome, Trap};
use xorsweep::table::Group;

/// The most groups that are shown; of more, only the sentences are.
const MOST_GROUPS: usize = 400;

/// Collects the groups of a sweep.
#[derive(Default)]
pub struct Report {
    groups: Vec<Group>,
    left_out: u64,
    /// Whether there were groups before those that were added.
    pub groups_before: bool,
}

impl Report {
    /// Adds a group that is complete.
    pub fn add(&mut self, group: &Group) {
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
        for sentence in self.sentences() {
            writeln!(out, "{sentence}")?;
        }
        Ok(())
    }

    /// A sentence for each of the questions that the sweep can answer.
    fn sentences(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        let below: Vec<&Group> = self.groups.iter().filter(|group| group.alpha < 1.0).collect();
        if !below.is_empty() {
            let escapes: Vec<String> =
                inits(&below).into_iter().map(|init| escapes_of(init, &below)).collect();
            sentences.push(format!(
                "Who escapes the symmetric saddle (error below 1/6) at learning rates below 1: {}.",
                escapes.join("; ")
            ));
        }
        sentences.extend(self.rates("At a learning rate of exactly 1", |alpha| alpha == 1.0));
        sentences.extend(self.rates("Above 1", |alpha| alpha > 1.0));
        sentences
    }

    fn rates(&self, which: &str, wanted: impl Fn(f64) -> bool) -> Option<String> {
        let groups: Vec<&Group> = self.groups.iter().filter(|group| wanted(group.alpha)).collect();
        let runs: u64 = groups.iter().map(|group| group.tally.runs()).sum();
        let count = |outcome| groups.iter().map(|group| group.tally.count(outcome)).sum::<u64>();
        let peak =
            groups.iter().filter_map(|group| group.tally.error_peak().percentile(50)).fold(0.0, f64::max);
        (runs > 0).then(|| {
            format!(
                "{which}, {} of {} runs converged and {} diverged (median of the largest error: {peak:.3e}).",
                HumanCount(count(Outcome::Converged)),
                HumanCount(runs),
                HumanCount(count(Outcome::Diverged)),
            )
        })
    }
}

/// The names of the inits, each once, in order.
fn inits<'a>(groups: &[&'a Group]) -> Vec<&'a str> {
    let mut names: Vec<&str> = groups.iter().map(|group| group.init.as_str()).collect();
    names.dedup();
    names
}

fn escapes_of(init: &str, groups: &[&Group]) -> String {
    let of_init = || groups.iter().filter(|group| group.init == init);
    let runs: u64 = of_init().map(|group| group.tally.runs()).sum();
    let escaped: u64 = of_init().map(|group| group.tally.escaped_at().len()).sum();
    format!("{init} {} of {}", HumanCount(escaped), HumanCount(runs))
}

const HEADER: &str = "   alpha    runs  converged  trapped: 1/4   1/6   1/8  oscillating  diverged  unfinished  escaped at  converged at";

fn line(group: &Group) -> String {
    let tally = &group.tally;
    let share = |outcome| percent(tally.count(outcome), tally.runs());
    let median = |value: Option<f64>| value.map_or_else(|| "-".into(), |value| format!("{value:.0}"));
    let [constant, one_unit, saturated] = Trap::ALL.map(|trap| share(Outcome::Trapped(trap)));
    format!(
        "{:>8} {:>7} {:>10} {constant:>13} {one_unit:>5} {saturated:>5} {:>12} {:>9} {:>11} {:>11} {:>13}",
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

/// A share that never shows some as none or not all as all.
fn percent(count: u64, of: u64) -> String {
    let percent = 100.0 * count as f64 / of as f64;
    match count {
        0 => "-".into(),
        _ if count == of => "100 %".into(),
        _ if percent < 1.0 => "<1 %".into(),
        _ => format!("{:.0} %", percent.min(99.0)),
    }
}
