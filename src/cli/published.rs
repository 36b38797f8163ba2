//! `xorsweep published`: what others published about this network, beside what we get; and other figures likewise.

use std::fmt;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use indicatif::HumanCount;
use xorsweep::Problem;
use xorsweep::sweep::engine::{Options, Progress};
use xorsweep::sweep::isa::isa_named;
use xorsweep::sweep::spec::Spec;
use xorsweep::table::{Failure, Left};

use super::arguments::whole;
use super::completions::offering;
use super::interruption::interruption;
use super::output::{standard_output, styled_output};
use super::progress::shown_while;
use super::screen::{HEADING, examples};
use super::sweep::{MOST_THREADS, isa_names};
use super::talk;
use comparisons::COMPARISONS;
use figure::{Figure, Line, Verdict};
use record::Records;
use seen::Seen;

mod comparisons;
mod figure;
mod record;
mod seen;

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
    figures: fn() -> Vec<Figure>,
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
        .arg(
            Arg::new("threads")
                .long("threads")
                .value_name("N")
                .value_parser(whole(1..=MOST_THREADS as u64))
                .help("Worker threads; without effect on the figures [default: one a processor]"),
        )
        .arg(
            Arg::new("isa")
                .long("isa")
                .value_name("NAME")
                .default_value("auto")
                .add(offering(isa_names()))
                .help("Instruction set: auto, avx512, avx2, wide or scalar; without effect on the figures"),
        )
        .arg(
            Arg::new("quick")
                .long("quick")
                .action(ArgAction::SetTrue)
                .help("Fewer runs, for a look of seconds: more is left to chance, and extremes are less extreme"),
        )
        .arg(
            Arg::new("record")
                .long("record")
                .action(ArgAction::SetTrue)
                .conflicts_with("quick")
                .help("Write each comparison to results/published/<NAME>/, and all of them to the README.md above"),
        )
        .arg(talk::quiet().help("Show no progress"))
        .after_help(examples(&[
            ("All comparisons, with fewer runs", "xorsweep published --quick"),
        ]))
}

/// A comparison that has been run.
pub struct Compared {
    comparison: &'static Comparison,
    lines: Vec<Line>,
    seen: Seen,
    cost: Cost,
}

impl Compared {
    /// What ours is compared with.
    fn heading(&self) -> &'static str {
        if self.lines.iter().all(|line| line.is_unpublished) { "noted" } else { "published" }
    }
}

/// What runs took.
#[derive(Clone, Copy, Default)]
pub struct Cost {
    runs: u64,
    run_steps: u64,
    time: Duration,
}

impl Cost {
    fn add(&mut self, other: &Self) {
        self.runs += other.runs;
        self.run_steps += other.run_steps;
        self.time += other.time;
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.time.as_secs_f64();
        let speed = self.run_steps as f64 / seconds.max(1e-9) / 1e6;
        let (runs, steps) = (HumanCount(self.runs), HumanCount(self.run_steps));
        write!(f, "{runs} runs, {steps} steps in {seconds:.1} s, {speed:.0} million run-steps a second")
    }
}

/// Runs the comparisons the arguments ask for.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let options = options(matches)?;
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

fn options(matches: &ArgMatches) -> Result<Options, Problem> {
    let default = Options::default();
    Ok(Options {
        threads: matches.get_one::<u64>("threads").map_or(default.threads, |&threads| threads as usize),
        isa: isa_named(matches.get_one::<String>("isa").expect("it has a default"))?,
    })
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
        let progress = Progress::stopped_by(Arc::clone(stop));
        let started = Instant::now();
        let seen = shown_while(&progress, sweep.runs(), || seen::see(&sweep, options, &progress))?;
        if progress.is_stopped() {
            return Err(Failure::Stopped(Left::Unsaid));
        }
        let cost = Cost { runs: progress.runs(), run_steps: progress.run_steps(), time: started.elapsed() };
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
    let mut cost = Cost::default();
    all.iter().for_each(|compared| cost.add(&compared.cost));
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

#[derive(Default)]
struct Verdicts {
    agree: usize,
    all: usize,
}

impl Count {
    fn of(compared: &[Compared]) -> Self {
        let mut count = Self::default();
        for line in compared.iter().flat_map(|compared| &compared.lines) {
            let verdicts = if line.is_unpublished { &mut count.others } else { &mut count.published };
            verdicts.agree += usize::from(line.verdict == Verdict::Agrees);
            verdicts.all += usize::from(line.verdict != Verdict::None);
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
