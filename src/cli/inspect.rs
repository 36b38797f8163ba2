//! `xorsweep inspect`: a point explained, first the verdict, then the numbers.

mod future;
mod numbers;
mod verdict;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command};
use indicatif::HumanCount;
use xorsweep::Problem;
use xorsweep::kernel::outcome::RunResult;
use xorsweep::kernel::{SetUp, Theta};
use xorsweep::results::Failure;
use xorsweep::results::findings::words::{listed, task_name};
use xorsweep::sweep::engine::{Options, Progress, execute};
use xorsweep::sweep::set_ups::varying;
use xorsweep::sweep::spec::{Origins, Run, Sweep};
use xorsweep::sweep::text::{finite_number, shortest};

use self::future::Future;
use super::arguments::{key_flags, one_run, run_or_sweep_of, spec_of_flags, tell_of_starts};
use super::output::standard_output;
use super::screen::{self, examples, wrapped};

/// The subcommand's name.
pub const NAME: &str = "inspect";

/// Whether a key makes a point, or a set-up, or says how long the run from the point may take. Learning rate and momentum
/// do not: here they choose no run, only what is predicted.
fn is_taken(key: &str) -> bool {
    !["name", "alpha", "momentum", "seeds", "spectrum", "measure"].contains(&key)
        && !key.starts_with("plane_")
}

/// The subcommand.
pub fn command() -> Command {
    let prediction = |id: &'static str, flag: &'static str, help: &'static str| {
        Arg::new(id).long(flag).value_name("NUMBER").allow_hyphen_values(true).help(help)
    };
    Command::new(NAME)
        .about("Explain a start: what will become of it, what is wrong, and what would do; then all its numbers")
        .long_about(
            "Explain one point, first the verdict in a few sentences: what becomes of a run from there, what is wrong \
             with the start or the learning rate, and what works, found by trying. Then the numbers: the four \
             samples, the error, the gradient, the curvature, whether the hidden units are equal, and the run.\n\n\
             The point is a start (--init and --seed), nine numbers (--theta), or a run of a sweep: inspect \
             results/<name>/sweep.toml --run 123, with --end for the point where that run ended.",
        )
        .args(one_run())
        .arg(
            Arg::new("theta")
                .long("theta")
                .value_name("NUMBERS")
                .allow_hyphen_values(true)
                .conflicts_with_all(["spec", "run", "seeds", "init", "starts", "starts_layout"])
                .help("The point itself: w1,w2,w3,w4,w5,w6,b1,b2,b3, or the parameters of another set-up"),
        )
        .arg(
            Arg::new("end")
                .long("end")
                .action(ArgAction::SetTrue)
                .help("The point where the run ended, not its start; the run is done again to find it"),
        )
        .arg(prediction("rate", "alpha", "The learning rate of the prediction [default: the run's, or 0.3]"))
        .arg(prediction("inertia", "momentum", "The momentum of the prediction [default: the run's, or 0]"))
        .args(key_flags(is_taken))
        .after_help(examples(&[
            ("The start in the question", "xorsweep inspect --init \"constant(0.1)\" --alpha 0.3"),
            ("Where a run of a sweep ended", "xorsweep inspect results/first-look --run 123 --end"),
            ("Nine numbers", "xorsweep inspect --theta 1,-1,1,-1,2,2,-0.5,1.5,-1"),
        ]))
}

/// Explains the point the arguments ask for.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let inspected = Inspected::of(matches)?;
    let mut text = Vec::new();
    inspected.explain(&mut text)?;
    let mut out = BufWriter::new(standard_output());
    for line in String::from_utf8_lossy(&text).lines() {
        writeln!(out, "{}", fitted(line, screen::width()))?;
    }
    Ok(out.flush()?)
}

/// A line that fits the terminal, if it is prose; one with columns is left as it is.
fn fitted(line: &str, width: Option<usize>) -> String {
    if line.contains("  ") { line.to_owned() } else { wrapped(line.split(' '), width) }
}

/// What is to be explained, checked.
struct Inspected {
    /// What the point is called.
    name: String,
    theta: Theta,
    set_up: SetUp,
    /// The init that drew the point, if one did.
    own_init: Option<String>,
    /// The sweep of the one run from the point; none if the point is not finite.
    prediction: Option<Sweep>,
}

impl Inspected {
    fn of(matches: &ArgMatches) -> Result<Self, Failure> {
        // Both are read first: nothing is run for a request that is refused later.
        let rate = number(matches, "rate", "alpha", "give a finite number above 0", |value| value > 0.0)?;
        let inertia =
            number(matches, "inertia", "momentum", "give a finite number from 0", |value| value >= 0.0)?;
        let sweep = sweep(matches)?;
        let the_only = (sweep.runs() == 1).then_some(0);
        let Some(number) = matches.get_one::<u64>("run").copied().or(the_only) else {
            let remedy =
                format!("there are {} runs: give the number of one, or one value for each key", sweep.runs());
            return Err(Problem::new("run", "", remedy).into());
        };
        if number >= sweep.runs() {
            let remedy =
                format!("the sweep has {} runs: give a number from 0 to {}", sweep.runs(), sweep.runs() - 1);
            return Err(Problem::new("run", number, remedy).into());
        }
        let run = sweep.run(number);
        let mut name = name_of(matches, &sweep, &run);
        tell_of_starts(&sweep);
        let predicted = |theta: &Theta| {
            sweep.from_point(&run, theta, rate.unwrap_or(run.alpha), inertia.unwrap_or(run.momentum))
        };
        let theta = if matches.get_flag("end") {
            // A spec's run has its own learning rate; one made of keys has that of the prediction.
            let replayed = if matches.contains_id("spec") {
                only(&sweep, number)?
            } else {
                only(&predicted(&sweep.start(&run))?, 0)?
            };
            name = format!("the end of {name}, after {} steps", HumanCount(replayed.steps));
            replayed.end
        } else {
            sweep.start(&run)
        };
        let is_finite = theta.iter().all(|value| value.is_finite());
        let prediction = if is_finite { Some(predicted(&theta)?) } else { None };
        let own_init = match sweep.axes.origins() {
            Origins::Inits { inits, .. } if inits[run.init_index].draws() => {
                Some(sweep.init_name(run.init_index).to_owned())
            }
            _ => None,
        };
        Ok(Self { name, theta, set_up: sweep.set_up(&run).clone(), own_init, prediction })
    }

    /// The verdict, then the numbers.
    fn explain(&self, out: &mut impl Write) -> io::Result<()> {
        let Some(prediction) = &self.prediction else {
            writeln!(
                out,
                "This run diverged: some of its parameters are no longer finite numbers, and nothing can be said of \
                 the point. Inspect the start of the run (without --end).\n"
            )?;
            self.introduce(out)?;
            for (name, value) in self.set_up.shape().names().iter().zip(&self.theta) {
                writeln!(out, "{name:>9} {}", shortest(*value))?;
            }
            return Ok(());
        };
        let future = Future::of(self, prediction)?;
        for sentence in self.verdict(prediction, &future) {
            writeln!(out, "{sentence}")?;
        }
        writeln!(out)?;
        self.introduce(out)?;
        self.numbers(out, prediction, &future)
    }

    /// Which point it is, of which network, and how that is trained if not as usual.
    fn introduce(&self, out: &mut impl Write) -> io::Result<()> {
        let SetUp { hidden, output, task, hidden_units, bias, frozen, loss, update, optimizer, .. } =
            &self.set_up;
        writeln!(out, "The point is {}.", self.name)?;
        writeln!(
            out,
            "The network has {} {hidden} hidden unit{}, a {output} output{} and {} coding.{}",
            hidden_units.0,
            if hidden_units.0 == 1 { "" } else { "s" },
            if bias.0 { "" } else { ", no biases" },
            task.coding(),
            if frozen.is_empty() {
                String::new()
            } else {
                let names: Vec<String> =
                    frozen.iter().map(|&place| self.set_up.shape().name(place)).collect();
                format!(" Frozen: {}.", listed(&names))
            }
        )?;
        let usual = SetUp::default();
        if (*loss, *update, *optimizer) == (usual.loss, usual.update, usual.optimizer) && task.is_xor() {
            return Ok(());
        }
        writeln!(out, "It is to learn {}, with {optimizer} on {loss} and {update} updates.", task.name())
    }

    /// What is to be learned.
    fn task(&self) -> String {
        task_name(&self.set_up.task)
    }

    /// `all four outputs`
    fn all_outputs(&self) -> String {
        match self.set_up.task.samples().len() {
            4 => "all four outputs".to_owned(),
            count => format!("all {count} outputs"),
        }
    }
}

fn steps(count: u64) -> String {
    format!("{} step{}", HumanCount(count), if count == 1 { "" } else { "s" })
}

/// The number that a flag was given.
fn number(
    matches: &ArgMatches,
    id: &str,
    flag: &str,
    remedy: &str,
    allowed: fn(f64) -> bool,
) -> Result<Option<f64>, Problem> {
    let Some(text) = matches.get_one::<String>(id) else { return Ok(None) };
    let value = finite_number(text.trim()).filter(|value| allowed(*value));
    value.map(Some).ok_or_else(|| Problem::new(flag, text, remedy))
}

/// The sweep in which the point is a start or an end.
fn sweep(matches: &ArgMatches) -> Result<Sweep, Problem> {
    if let Some(text) = matches.get_one::<String>("theta") {
        let sweep = spec_of_flags(matches)?.resolve(Path::new(""))?;
        if let Some(axis) = varying(&sweep.set_ups).first() {
            let values = axis.texts(&sweep.set_ups).join(",");
            return Err(Problem::new(
                axis.key(),
                values,
                "a point is inspected in one set-up: give one value",
            ));
        }
        let names = sweep.set_ups[0].shape().names();
        let first = sweep.run(0);
        let like = Run { seed: None, ..first };
        return sweep.from_point(&like, &parameters(text, &names)?, first.alpha, first.momentum);
    }
    if !["spec", "init", "starts", "seeds"].iter().any(|id| matches.contains_id(id)) {
        return Err(Problem::new(
            NAME,
            "",
            "give a point: --theta, --init with --seed, or a SPEC with --run",
        ));
    }
    run_or_sweep_of(matches)
}

/// The parameters of these names that a text lists.
fn parameters(text: &str, names: &[String]) -> Result<Theta, Problem> {
    let pieces: Vec<&str> = text.split(',').map(str::trim).collect();
    let problem = |what: String| {
        let names = names.join(",");
        let remedy = format!("{what}; give finite numbers separated by commas, one for each of {names}");
        Problem::new("theta", if text.is_empty() { "\"\"" } else { text }, remedy)
    };
    if let Some(wrong) = pieces.iter().find(|piece| finite_number(piece).is_none()) {
        return Err(problem(format!("`{wrong}` is no finite number")));
    }
    let numbers: Vec<f64> = pieces.iter().filter_map(|piece| finite_number(piece)).collect();
    if numbers.len() == names.len() {
        Ok(numbers.into())
    } else {
        Err(problem(format!("there are {} numbers", numbers.len())))
    }
}

/// What became of some runs of a sweep.
fn all_of(sweep: &Sweep, numbers: std::ops::Range<u64>) -> io::Result<Vec<RunResult>> {
    let mut all = Vec::new();
    let keep = |finished| {
        all.extend(finished);
        io::Result::Ok(())
    };
    execute(sweep, numbers, &Options::default(), &Progress::default(), Vec::from, keep)?;
    Ok(all)
}

/// What became of one run of a sweep.
fn only(sweep: &Sweep, number: u64) -> io::Result<RunResult> {
    Ok(all_of(sweep, number..number + 1)?.pop().expect("every run ends"))
}

fn name_of(matches: &ArgMatches, sweep: &Sweep, run: &Run) -> String {
    let start = sweep.start_in_words(run);
    match matches.get_one::<PathBuf>("spec") {
        None => start,
        Some(path) => {
            let momentum = if run.momentum > 0.0 {
                format!(", momentum {}", shortest(run.momentum))
            } else {
                String::new()
            };
            format!(
                "run {} of {} ({start}, learning rate {}{momentum})",
                run.number,
                path.display(),
                shortest(run.alpha)
            )
        }
    }
}
