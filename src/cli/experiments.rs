//! What `published` and `reports` share: their flags, running and counting what it took, figures and their verdicts.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use clap::{Arg, ArgAction, ArgMatches};
use xorsweep::Problem;
use xorsweep::results::{Failure, Left};
use xorsweep::sweep::engine::{Options, Progress};
use xorsweep::sweep::isa::isa_named;
use xorsweep::sweep::spec::Sweep;

use super::arguments::whole;
use super::progress::shown_while;
use super::sweep::{MAX_THREADS, isa_flag};
use super::talk;
use cost::Cost;

pub mod cost;
pub mod figure;

/// The flags for how to run.
pub fn flags() -> [Arg; 4] {
    [
        Arg::new("threads")
            .long("threads")
            .value_name("N")
            .value_parser(whole(1..=MAX_THREADS as u64))
            .help("Worker threads; without effect on the figures [default: one a processor]"),
        isa_flag("figures"),
        Arg::new("quick")
            .long("quick")
            .action(ArgAction::SetTrue)
            .help("Fewer runs, for a look of seconds: more is left to chance, and extremes are less extreme"),
        talk::quiet().help("Show no progress"),
    ]
}

/// The flag for files of what came out.
pub fn record(help: &'static str) -> Arg {
    Arg::new("record").long("record").action(ArgAction::SetTrue).conflicts_with("quick").help(help)
}

/// How to run, by the flags.
pub fn options(matches: &ArgMatches) -> Result<Options, Problem> {
    let default = Options::default();
    Ok(Options {
        threads: matches.get_one::<u64>("threads").map_or(default.threads, |&threads| threads as usize),
        isa: isa_named(matches.get_one::<String>("isa").expect("it has a default"))?,
    })
}

/// What `work` makes of a sweep, shown while it works, and what it took.
///
/// # Errors
/// That of `work`; or that it was stopped.
pub fn watched<T, E: Into<Failure>>(
    sweep: &Sweep,
    stop: &Arc<AtomicBool>,
    work: impl FnOnce(&Progress) -> Result<T, E>,
) -> Result<(T, Cost), Failure> {
    let progress = Progress::stopped_by(Arc::clone(stop));
    let started = Instant::now();
    let done = shown_while(&progress, sweep.runs(), || work(&progress)).map_err(Into::into)?;
    if progress.is_stopped() {
        return Err(Failure::Stopped(Left::Unsaid));
    }
    Ok((done, Cost { runs: progress.runs(), run_steps: progress.run_steps(), time: started.elapsed() }))
}

/// What they are run on.
pub fn machine(options: &Options) -> String {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let model = model.map_or("a processor of unknown model", |(_, model)| model.trim());
    format!("with {} threads ({}) on {model}", options.threads, options.isa)
}
