//! `xorsweep published`: what others published about this network, beside what we get; and other figures likewise.

use std::fmt;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use xorsweep::results::{Failure, Left};
use xorsweep::sweep::engine::Options;
use xorsweep::sweep::spec::Spec;

use super::experiments::cost::Cost;
use super::experiments::figure::{Figure, FigureLine, Verdicts};
use super::experiments::{self, watched};
use super::interruption::interruption;
use super::output::{standard_output, styled_output};
use super::screen::{HEADING, examples};
use aggregate::Aggregate;
use comparisons::COMPARISONS;
use record::Records;

mod aggregate;
mod comparisons;
mod record;

/// The subcommand's name.
pub const NAME: &str = "published";

/// Published figures, and the sweep that gives ours.
pub struct Comparison {
    /// Its name, that of its spec and of its folder in `results/published`.
    name: &'static str,
    /// What is compared, in a few words.
    title: &'static str,
    /// Where the figures were published.
    source: &'static str,
    /// The text of its spec file.
    spec: &'static str,
    /// The keys to change for a run of seconds.
    quick: &'static str,
    /// What is compared.
    figures: fn() -> Vec<Figure<Aggregate>>,
    /// What the runs have in common with the published ones and what not, and why figures differ.
    remark: &'static str,
}

/// The subcommand.
pub fn command() -> Command {
    Command::new(NAME)
        .about("Re-run what others published about this network, and compare")
        .long_about(
            "Re-run comparisons with published figures, one after the other, and print each published figure beside \
             ours. Ours agrees if it is within the digits published, or within chance where one of the two was \
             counted on random starts. All together take some minutes on two processors.",
        )
        .arg(
            Arg::new("name")
                .value_name("NAME")
                .action(ArgAction::Append)
                .value_parser(PossibleValuesParser::new(COMPARISONS.iter().map(|comparison| comparison.name)))
                .help("Only these comparisons [default: all]"),
        )
        .args(experiments::flags())
        .arg(experiments::record(
            "Write each comparison to results/published/<NAME>/, and all of them to the README.md above",
        ))
        .after_help(examples(&[
            ("All comparisons, with fewer runs", "xorsweep published --quick"),
        ]))
}

/// A comparison that has been run.
pub struct Compared {
    comparison: &'static Comparison,
    lines: Vec<FigureLine>,
    seen: Aggregate,
    cost: Cost,
}

impl Compared {
    /// What ours is compared with.
    fn heading(&self) -> &'static str {
        if self.lines.iter().all(|line| line.is_unpublished) { "noted" } else { "published" }
    }
}

/// Runs the comparisons the arguments ask for.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let options = experiments::options(matches)?;
    let quick = matches.get_flag("quick");
    let wanted = wanted(matches);
    let records = matches.get_flag("record").then(|| Records::create(&wanted)).transpose()?;

    let stop = interruption();
    let mut all = Vec::new();
    for comparison in wanted {
        let compared = comparison.run(quick, &options, &stop)?;
        print(&compared)?;
        all.push(compared);
    }
    print_count(&all, &options)?;
    let written = records.map_or(Ok(()), |records| records.write(&all, &options));
    written.map_err(|failure| failure.leaving(Left::Before))
}

/// The comparisons named, in our order; all if none is.
fn wanted(matches: &ArgMatches) -> Vec<&'static Comparison> {
    let names: Vec<&String> = matches.get_many("name").into_iter().flatten().collect();
    let is_wanted =
        |comparison: &&Comparison| names.is_empty() || names.iter().any(|name| *name == comparison.name);
    COMPARISONS.iter().filter(is_wanted).collect()
}

impl Comparison {
    fn run(
        &'static self,
        quick: bool,
        options: &Options,
        stop: &Arc<AtomicBool>,
    ) -> Result<Compared, Failure> {
        let whole = Spec::from_toml(self.spec)?;
        let spec = if quick { Spec::from_toml(self.quick)?.over(whole) } else { whole };
        let sweep = spec.resolve(Path::new(""))?;
        let (seen, cost) = watched(&sweep, stop, |progress| aggregate::see(&sweep, options, progress))?;
        let lines = (self.figures)().iter().map(|figure| figure.line(&seen)).collect();
        Ok(Compared { comparison: self, lines, seen, cost })
    }
}

/// The widths of the columns, in characters.
const WIDTHS: [usize; 4] = [50, 20, 28, 0];

fn print(compared: &Compared) -> Result<(), Failure> {
    let mut out = styled_output();
    let Comparison { name, title, .. } = compared.comparison;
    writeln!(out, "{HEADING}{name}{HEADING:#}: {title}")?;
    writeln!(out, "{}", row(["", compared.heading(), "ours", ""]))?;
    for line in &compared.lines {
        let verdict = line.verdict.to_string();
        writeln!(out, "{}", row([&line.what, &line.published, &line.ours, &verdict]))?;
    }
    Ok(writeln!(out, "{}.\n", compared.cost)?)
}

fn row(cells: [&str; 4]) -> String {
    let padded = cells.iter().zip(WIDTHS).map(|(cell, width)| format!("{cell:<width$}"));
    format!("  {}", padded.collect::<Vec<_>>().join("  ")).trim_end().to_owned()
}

fn print_count(all: &[Compared], options: &Options) -> Result<(), Failure> {
    let cost: Cost = all.iter().map(|compared| &compared.cost).sum();
    let Options { threads, isa } = options;
    writeln!(standard_output(), "{}; {cost} with {threads} threads ({isa}).", Count::of(all))?;
    Ok(())
}

/// How many figures agree, of those that others published and of the rest.
#[derive(Default)]
struct Count {
    published: Verdicts,
    others: Verdicts,
}

impl Count {
    fn of(compared: &[Compared]) -> Self {
        let mut count = Self::default();
        for line in compared.iter().flat_map(|compared| &compared.lines) {
            let verdicts = if line.is_unpublished { &mut count.others } else { &mut count.published };
            verdicts.add(&line.verdict);
        }
        count
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = [
            (&self.published, "figures that others published"),
            (&self.others, "figures from notes and programs at hand"),
        ];
        let told = kinds.iter().filter(|(verdicts, _)| verdicts.all > 0);
        let told: Vec<String> =
            told.map(|(Verdicts { agree, all }, what)| format!("of {all} {what} {agree} agree")).collect();
        f.write_str(&told.join(", "))
    }
}
