//! `xorsweep trace`: one run, step by step.

use std::io::{BufWriter, Write, stdout};
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};
use xorsweep::Problem;
use xorsweep::network::theta::NAMES;
use xorsweep::network::variant::Network;
use xorsweep::sweep::batch::Job;
use xorsweep::sweep::text::shortest;
use xorsweep::sweep::trace::{Step, trace};
use xorsweep::table::{Failure, OutputFolder};

use super::arguments::{key_flags, one_run, run_or_sweep_of};

/// The subcommand's name.
pub const NAME: &str = "trace";

/// The keys that make one run.
const KEYS: [&str; 8] = ["alpha", "momentum", "init", "starts", "steps", "hidden", "output", "coding"];

/// The subcommand.
pub fn command() -> Command {
    Command::new(NAME)
        .about("Follow one run step by step, as CSV")
        .long_about(
            "Write step, error and the nine parameters at each step of one run, as CSV on standard output. The run \
             goes on for all its steps, whatever becomes of it; its numbers are exactly those of its row in a sweep.\n\n\
             The run is given by its keys, or as the run of that number in a sweep: trace results/<name>/sweep.toml \
             --run 123.",
        )
        .args(one_run())
        .arg(
            Arg::new("every")
                .long("every")
                .value_name("K")
                .value_parser(value_parser!(u64).range(1..))
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
        .args(key_flags(|key| KEYS.contains(&key)))
}

/// Writes the trace the arguments ask for.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let sweep = run_or_sweep_of(matches)?;
    let Some(number) = matches.get_one::<u64>("run").copied().or((sweep.runs() == 1).then_some(0)) else {
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
    let job = Job { run: number, start: sweep.start(&run), alpha: run.alpha, momentum: run.momentum };
    let every = *matches.get_one::<u64>("every").expect("it has a default");
    let traced = Traced { network: &sweep.network, job: &job, steps: sweep.budget.steps, every };
    match matches.get_one::<PathBuf>("out") {
        None => traced.write(BufWriter::new(stdout().lock())),
        Some(path) => {
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                return Err(Problem::new("out", path.display(), "give the name of a file").into());
            };
            let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
            let mut file = OutputFolder::create(folder)?.file(name)?;
            traced.write(&mut file)?;
            Ok(file.finish()?)
        }
    }
}

/// What is to be written.
struct Traced<'a> {
    network: &'a Network,
    job: &'a Job,
    steps: u64,
    every: u64,
}

impl Traced<'_> {
    fn write(&self, mut out: impl Write) -> Result<(), Failure> {
        writeln!(out, "step,error,{}", NAMES.join(","))?;
        trace(self.network, self.job, self.steps, |Step { step, error, theta }| {
            if step % self.every != 0 && *step != self.steps {
                return Ok(());
            }
            write!(out, "{step},{}", shortest(*error))?;
            for parameter in theta {
                write!(out, ",{}", shortest(*parameter))?;
            }
            writeln!(out)
        })?;
        Ok(out.flush()?)
    }
}
