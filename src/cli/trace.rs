//! `xorsweep trace`: one run, step by step.

use std::io::{BufWriter, Write};
use std::iter;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use clap::{Arg, ArgMatches, Command, value_parser};
use xorsweep::Job;
use xorsweep::Problem;
use xorsweep::kernel::trace::{Step, trace};
use xorsweep::kernel::{Loss, SetUp};
use xorsweep::picture::chart::errors::{self, Curve};
use xorsweep::picture::files::{CHART_ENDINGS, write_drawing};
use xorsweep::results::cell::append_line;
use xorsweep::results::{Cell, Failure, Format, Left};
use xorsweep::sweep::engine::Runs as _;
use xorsweep::sweep::spec::{Run, SET_UP_KEYS, Sweep};
use xorsweep::sweep::text::shortest;

use super::arguments::{key_flags, one_run, run_or_sweep_of, spec_path, tell_of_starts, whole};
use super::interruption::interruption;
use super::named_file::{FORCE, NamedFile, finish_all, force, is_same};
use super::output::standard_output;
use super::screen::examples;

/// The subcommand's name.
pub const NAME: &str = "trace";

/// The keys that make one run.
const KEYS: [&str; 6] = ["alpha", "momentum", "init", "starts", "starts_layout", "steps"];

/// The subcommand.
pub fn command() -> Command {
    Command::new(NAME)
        .about("Follow one run step by step, as CSV")
        .long_about(
            "Write step, error and all parameters at each step of one run, as CSV on standard output. The run \
             goes on for all its steps, whatever becomes of it; its numbers are exactly those of its row in a sweep.\n\n\
             The run is given by its keys, or as the run of that number in a sweep: trace results/<name>/sweep.toml \
             --run 123.\n\nWith --chart the error of each step is drawn, of one run, or without --run of all if \
             they are few; the table is written as well if --out is given.",
        )
        .args(one_run())
        .arg(
            Arg::new("every")
                .long("every")
                .value_name("K")
                .value_parser(whole(1..=u64::MAX))
                .default_value("1")
                .help("Write only the steps 0, K, 2K, … and the last"),
        )
        .arg(
            Arg::new("out")
                .long("out")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Write to this file instead of standard output"),
        )
        .arg(
            Arg::new("chart")
                .long("chart")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Draw the error of each step, as .svg or .png by the file's ending"),
        )
        .arg(force())
        .args(key_flags(|key| KEYS.contains(&key) || SET_UP_KEYS.contains(&key)))
        .after_help(examples(&[
            (
                "The run in the question, every thousandth step",
                "xorsweep trace --init \"constant(0.1)\" --every 1000",
            ),
            ("A run of a sweep", "xorsweep trace results/first-look --run 123 --out run-123.csv"),
            ("The errors of three runs, drawn", "xorsweep trace --alpha 0.3,0.9,1 --chart error.svg"),
        ]))
}

/// The most curves of a chart.
const MAX_CURVES: u64 = 10;

/// Writes the trace the arguments ask for.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let sweep = run_or_sweep_of(matches)?;
    let number = matches.get_one::<u64>("run").copied();
    if let Some(number) = number.filter(|number| *number >= sweep.runs()) {
        let remedy =
            format!("the sweep has {} runs: give a number from 0 to {}", sweep.runs(), sweep.runs() - 1);
        return Err(Problem::new("run", number, remedy).into());
    }
    let (out, chart) = (matches.get_one::<PathBuf>("out"), matches.get_one::<PathBuf>("chart"));
    // All files are begun before any work, so that nothing is written if one of them cannot be.
    let read = read(matches, &sweep);
    let create = |flag: &str, path: &Path| {
        let read: Vec<&Path> = read.iter().map(PathBuf::as_path).collect();
        NamedFile::create(flag, path, matches.get_flag(FORCE), &read)
    };
    if let (Some(out), Some(chart)) = (out, chart)
        && is_same(out, chart)
    {
        return Err(
            Problem::new("chart", chart.display(), "--out is the same file: give another name").into()
        );
    }
    let chart = chart.map(|path| Chart::new(&sweep, number, path, create)).transpose()?;
    let is_asked_to_end = interruption();
    let has_table = out.is_some() || chart.is_none();
    let traced = has_table.then(|| only(&sweep, number)).transpose()?;
    let mut out = out.map(|path| create("out", path)).transpose()?;
    tell_of_starts(&sweep);
    if let Some(number) = traced {
        let every = *matches.get_one::<u64>("every").expect("it has a default");
        let job = sweep.job(number);
        let traced = Traced {
            set_up: sweep.set_up(&sweep.run(number)),
            job: &job,
            steps: sweep.stopping_rule.steps,
            every,
            is_asked_to_end: &is_asked_to_end,
        };
        match &mut out {
            None => traced.write(BufWriter::new(standard_output()))?,
            Some(file) => traced.write(file).map_err(|failure| failure.leaving(Left::Before))?,
        }
    }
    let chart = chart.map(|chart| chart.write(&sweep, &is_asked_to_end)).transpose();
    let chart = chart.map_err(|failure| failure.leaving(Left::Before))?;
    finish_all(out.into_iter().chain(chart).collect())
}

/// The files that are read.
fn read(matches: &ArgMatches, sweep: &Sweep) -> Vec<PathBuf> {
    let inputs = sweep.inputs().into_iter().map(|input| input.file.path.clone());
    spec_path(matches).into_iter().chain(inputs).collect()
}

/// The number of the only run that is asked for.
fn only(sweep: &Sweep, number: Option<u64>) -> Result<u64, Problem> {
    number.or((sweep.runs() == 1).then_some(0)).ok_or_else(|| {
        let remedy =
            format!("there are {} runs: give the number of one, or one value for each key", sweep.runs());
        Problem::new("run", "", remedy)
    })
}

/// A chart that is to be written.
struct Chart {
    runs: Range<u64>,
    file: NamedFile,
    ending: String,
}

impl Chart {
    /// Begins the chart of a run, or of all.
    fn new(
        sweep: &Sweep,
        number: Option<u64>,
        path: &Path,
        create: impl Fn(&str, &Path) -> Result<NamedFile, Failure>,
    ) -> Result<Self, Failure> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if !CHART_ENDINGS.contains(&ending) {
            return Err(Problem::new("chart", path.display(), "give a file that ends in .svg or .png").into());
        }
        if number.is_none() && sweep.runs() > MAX_CURVES {
            let remedy = format!(
                "there are {} runs, a chart shows at most {MAX_CURVES}: give the number of one",
                sweep.runs()
            );
            return Err(Problem::new("run", "", remedy).into());
        }
        let runs = number.map_or(0..sweep.runs(), |number| number..number + 1);
        Ok(Self { runs, file: create("chart", path)?, ending: ending.to_owned() })
    }

    /// Traces the runs and draws their errors.
    fn write(mut self, sweep: &Sweep, is_asked_to_end: &AtomicBool) -> Result<NamedFile, Failure> {
        let runs: Vec<Run> = self.runs.map(|number| sweep.run(number)).collect();
        let (common, names) = told_apart(sweep, &runs);
        let mut curves = Vec::new();
        for (run, name) in runs.iter().zip(names) {
            let mut curve = Curve::new(name, sweep.stopping_rule.steps);
            trace(sweep.set_up(run), &sweep.job(run.number), sweep.stopping_rule.steps, |step| {
                curve.add(step.step, step.error);
                goes_on(is_asked_to_end)
            })?;
            curves.push(curve);
        }
        let set_ups: Vec<&SetUp> = runs.iter().map(|run| sweep.set_up(run)).collect();
        write_drawing(&errors::draw(&common, &set_ups, curves), &self.ending, &mut self.file)?;
        Ok(self.file)
    }
}

/// What the runs have in common, and what tells each from the others.
fn told_apart(sweep: &Sweep, runs: &[Run]) -> (String, Vec<String>) {
    let facts = |run: &Run| {
        let mut facts = vec![sweep.set_up_in_words(run.set_up_index)];
        facts.push(sweep.init_name(run.init_index).to_owned());
        facts.push(sweep.seed_in_words(run).unwrap_or_default());
        facts.push(format!("α = {}", shortest(run.alpha)));
        facts.push(if run.momentum == 0.0 {
            String::new()
        } else {
            format!("μ = {}", shortest(run.momentum))
        });
        facts.push(
            run.point.map_or(String::new(), |[x, y]| format!("x = {}, y = {}", shortest(x), shortest(y))),
        );
        facts
    };
    let all: Vec<Vec<String>> = runs.iter().map(facts).collect();
    let is_common = |place: usize| all.iter().all(|facts| facts[place] == all[0][place]);
    let told = |facts: &[String], wanted: bool| {
        let chosen = (0..facts.len()).filter(|&place| is_common(place) == wanted && !facts[place].is_empty());
        chosen.map(|place| facts[place].clone()).collect::<Vec<_>>().join(", ")
    };
    let names = runs.iter().zip(&all).map(|(run, facts)| {
        let name = told(facts, false);
        if name.is_empty() { format!("run {}", run.number) } else { name }
    });
    (told(&all[0], true), names.collect())
}

/// What is to be written.
struct Traced<'a> {
    set_up: &'a SetUp,
    job: &'a Job,
    steps: u64,
    every: u64,
    is_asked_to_end: &'a AtomicBool,
}

/// Fails as soon as the program is asked to end.
fn goes_on(is_asked_to_end: &AtomicBool) -> Result<(), Failure> {
    if is_asked_to_end.load(Relaxed) { Err(Failure::Stopped(Left::Unsaid)) } else { Ok(()) }
}

impl Traced<'_> {
    fn write(&self, mut out: impl Write) -> Result<(), Failure> {
        let loss = if self.set_up.loss == Loss::CrossEntropy { ",loss" } else { "" };
        writeln!(out, "step,error{loss},{}", self.set_up.shape().names().join(","))?;
        let mut line = Vec::new();
        trace(self.set_up, self.job, self.steps, |Step { step, error, loss, theta }| {
            goes_on(self.is_asked_to_end)?;
            if step % self.every != 0 && *step != self.steps {
                return Ok(());
            }
            let numbers = iter::once(error).chain(loss).chain(theta).copied().map(Cell::Number);
            line.clear();
            append_line(&mut line, iter::once(Cell::Integer(*step)).chain(numbers), Format::PLAIN);
            out.write_all(&line)?;
            Ok::<(), Failure>(())
        })?;
        Ok(out.flush()?)
    }
}
