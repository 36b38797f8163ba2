//! `xorsweep reports`: what people reported in public of networks that were to learn XOR, run again and answered.

use std::fmt;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anstyle::Style;
use clap::{Arg, ArgAction, ArgMatches, Command};
use xorsweep::kernel::outcome::RunResult;
use xorsweep::results::{Failure, Left};
use xorsweep::sweep::engine::{Options, Progress, execute};
use xorsweep::sweep::spec::Sweep;

use super::completions::offering;
use super::experiments::cost::Cost;
use super::experiments::figure::{FigureLine, Verdict, Verdicts};
use super::experiments::{self, watched};
use super::interruption::interruption;
use super::output::{standard_output, styled_output};
use super::screen::{ERROR, GOOD, HEADING, examples, width, wrapped};
use all::{Entry, LeftOut, entries, left_out};
use claim::Checked;
use file::{Report, Said};
use quantity::{Ended, Ran};
use record::Record;

mod all;
mod claim;
mod file;
mod quantity;
mod record;

/// The subcommand's name.
pub const NAME: &str = "reports";

/// The subcommand.
pub fn command() -> Command {
    Command::new(NAME)
        .about("Run networks again that people reported not to learn XOR, and answer")
        .long_about(
            "Run again what people reported in public of networks that were to learn XOR and did not, or of how many did: \
             for each report what was said, what comes out here, the published figures beside ours, and an answer. What \
             an answer claims is checked against the runs: \"as said\" stands behind it, or what is not so.",
        )
        .arg(
            Arg::new("name")
                .value_name("NAME")
                .action(ArgAction::Append)
                .value_parser(all::find)
                .add(offering(entries().map(|entry| entry.name)))
                .help("Only these reports, by number or name [default: all]"),
        )
        .arg(
            Arg::new("list")
                .long("list")
                .action(ArgAction::SetTrue)
                .conflicts_with("record")
                .help("Run nothing; list the reports, a line each, and those that are left out"),
        )
        .args(experiments::flags())
        .arg(experiments::record("Write all of them to results/reports/README.md"))
        .after_help(examples(&[
            ("All reports, with fewer runs", "xorsweep reports --quick"),
            ("One of them", "xorsweep reports 64"),
        ]))
}

/// A report that has been run.
struct Answered {
    entry: Entry,
    said: Said,
    /// What came out of the first sweep, in a few words.
    brief: String,
    /// What came out of each sweep, by its name.
    ours: Vec<(Option<String>, String)>,
    lines: Vec<FigureLine>,
    checked: Vec<Checked>,
    cost: Cost,
}

/// Runs the reports the arguments ask for, or lists them.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let options = experiments::options(matches)?;
    let quick = matches.get_flag("quick");
    let wanted = wanted(matches);
    if matches.get_flag("list") {
        return list(&wanted);
    }
    if matches.get_flag("record") && wanted.len() < entries().count() {
        let remedy = "the page is of all reports: leave names out";
        return Err(xorsweep::Problem::new("record", wanted[0].name, remedy).into());
    }
    let record = matches.get_flag("record").then(Record::create).transpose()?;
    let stop = interruption();
    let mut all = Vec::new();
    for entry in wanted {
        let answered = entry.run(quick, &options, &stop)?;
        print(&answered)?;
        all.push(answered);
    }
    print_count(&all, &options)?;
    let written = record.map_or(Ok(()), |record| record.write(&all, &options));
    written.map_err(|failure| failure.leaving(Left::Before))
}

/// The reports named, in our order; all if none is.
fn wanted(matches: &ArgMatches) -> Vec<Entry> {
    let names: Vec<&&str> = matches.get_many("name").into_iter().flatten().collect();
    entries().filter(|entry| names.is_empty() || names.iter().any(|name| **name == entry.name)).collect()
}

fn list(wanted: &[Entry]) -> Result<(), Failure> {
    let mut out = standard_output();
    for entry in wanted {
        let source = Report::from_toml(entry.text, true)?.said.source;
        writeln!(out, "{}", fitted(&format!("{:3}  {source}", entry.number())))?;
    }
    if wanted.len() == entries().count() {
        writeln!(out, "\nleft out:")?;
        for LeftOut { id, source, needs } in left_out()? {
            writeln!(out, "{}", fitted(&format!("{id:3}  {source}: {needs}")))?;
        }
    }
    Ok(())
}

impl Entry {
    fn run(self, quick: bool, options: &Options, stop: &Arc<AtomicBool>) -> Result<Answered, Failure> {
        let report = Report::from_toml(self.text, quick)?;
        let mut all = Vec::new();
        let mut cost = Cost::default();
        for (_, sweep) in &report.sweeps {
            let (ran, its) = watched(sweep, stop, |progress| ran(sweep, options, progress))?;
            cost.add(&its);
            all.push(ran);
        }
        let names = report.sweeps.iter().map(|(name, _)| name.clone());
        Ok(Answered {
            entry: self,
            brief: all[0].told_briefly(),
            ours: names.zip(&all).map(|(name, ran)| (name, ran.told())).collect(),
            lines: report.lines(&all),
            checked: report.claims.iter().map(|claim| claim.check(|asked| report.ran(&all, asked))).collect(),
            said: report.said,
            cost,
        })
    }
}

fn ran(sweep: &Sweep, options: &Options, progress: &Progress) -> Result<Ran, Failure> {
    let mut runs = Vec::new();
    let end = |finished: Vec<RunResult>| -> Vec<Ended> {
        finished.into_iter().map(|finished| Ended::of(sweep, finished)).collect()
    };
    execute(sweep, 0..sweep.runs(), options, progress, end, |piece: Vec<Ended>| {
        runs.extend(piece);
        std::io::Result::Ok(())
    })?;
    Ok(Ran { runs, steps: sweep.stopping_rule.steps })
}

/// How wide text may be where the terminal does not tell.
const WIDTH: usize = 80;

/// In lines that fit the terminal.
fn fitted(text: &str) -> String {
    wrapped(text.split(' '), Some(width().unwrap_or(WIDTH)))
}

fn print(answered: &Answered) -> Result<(), Failure> {
    let mut out = styled_output();
    let Answered { entry, said, ours, lines, .. } = answered;
    let heading = fitted(&format!("{} {}", entry.number(), said.source));
    writeln!(out, "{HEADING}{heading}{HEADING:#}")?;
    writeln!(out, "{}", fitted(&format!("reported: {}", said.reported)))?;
    for (name, told) in ours {
        let name = name.as_deref().unwrap_or("ours");
        writeln!(out, "{}", fitted(&format!("{name}: {told}")))?;
    }
    for line in lines {
        let style = if matches!(line.verdict, Verdict::Differs(_)) { HEADING } else { Style::new() };
        let told = fitted(&format!("{}: {}: {}", line.what, beside(line), line.verdict));
        writeln!(out, "{style}{told}{style:#}")?;
    }
    writeln!(out, "{}", fitted(&format!("answer: {}", said.answer)))?;
    match answered.wrong() {
        wrong if wrong.is_empty() => writeln!(out, "{GOOD}as said{GOOD:#}")?,
        wrong => writeln!(out, "{ERROR}{}{ERROR:#}", fitted(&format!("not so: {}", wrong.join("; "))))?,
    }
    if let Some(differs) = &said.differs {
        writeln!(out, "{}", fitted(&format!("set-up: {differs}")))?;
    }
    Ok(writeln!(out)?)
}

/// Both numbers of a figure.
fn beside(line: &FigureLine) -> String {
    let heading = if line.is_unpublished { "noted" } else { "published" };
    format!("{heading} {}, ours {}", line.published, line.ours)
}

impl Answered {
    /// Which claims do not hold.
    fn wrong(&self) -> Vec<String> {
        self.checked.iter().filter(|checked| !checked.holds).map(Checked::to_string).collect()
    }
}

fn print_count(all: &[Answered], options: &Options) -> Result<(), Failure> {
    let cost: Cost = all.iter().map(|answered| &answered.cost).sum();
    let Options { threads, isa } = options;
    let told = format!("{}. {cost} with {threads} threads ({isa}).", Count::of(all));
    Ok(writeln!(standard_output(), "{}", fitted(&told))?)
}

/// How many reports there are, how many figures agree and how many claims hold.
#[derive(Default)]
struct Count {
    reports: usize,
    published: Verdicts,
    noted: Verdicts,
    claims: usize,
    hold: usize,
}

impl Count {
    fn of(all: &[Answered]) -> Self {
        let mut count = Self { reports: all.len(), ..Self::default() };
        for answered in all {
            for line in &answered.lines {
                let verdicts = if line.is_unpublished { &mut count.noted } else { &mut count.published };
                verdicts.add(&line.verdict);
            }
            count.claims += answered.checked.len();
            count.hold += answered.checked.iter().filter(|checked| checked.holds).count();
        }
        count
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reports, claims, hold, .. } = self;
        let noun = if *reports == 1 { "report" } else { "reports" };
        write!(f, "{reports} {noun}")?;
        let kinds = [(&self.published, "published figures"), (&self.noted, "figures from notes at hand")];
        for (Verdicts { agree, all }, what) in kinds.into_iter().filter(|(verdicts, _)| verdicts.all > 0) {
            write!(f, "; of {all} {what} {agree} agree")?;
        }
        write!(f, "; of {claims} claims in the answers {hold} hold")
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_report_can_be_read_quick_or_not() {
        for entry in entries() {
            for quick in [false, true] {
                let report = Report::from_toml(entry.text, quick);
                let report = report.unwrap_or_else(|problem| panic!("{}: {problem}", entry.name));
                assert!(!report.claims.is_empty(), "{}: an answer claims something", entry.name);
                let runs: u64 = report.sweeps.iter().map(|(_, sweep)| sweep.runs()).sum();
                assert!(runs <= 100_000, "{}: {runs} runs are kept in memory", entry.name);
            }
        }
    }

    #[test]
    fn every_report_has_another_number_in_order_and_none_is_left_out_as_well() {
        let numbers: Vec<u32> = entries().map(Entry::number).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
        let left_out = left_out().unwrap();
        assert!(left_out.iter().all(|left| !numbers.contains(&left.id)));
        assert!(left_out.is_sorted_by(|a, b| a.id < b.id));
    }

    #[test]
    fn every_report_of_the_folder_is_listed() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("results/reports");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
            .filter(|name| name != "left-out")
            .collect();
        names.sort();
        assert_eq!(entries().map(|entry| entry.name).collect::<Vec<_>>(), names);
    }
}
