//! `xorsweep sweep`: runs a sweep and writes its tables.

use std::io::{self, IsTerminal, Write, stdout};
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use indicatif::{HumanBytes, HumanCount};
use xorsweep::Problem;
use xorsweep::sweep::engine::{Options, Progress};
use xorsweep::sweep::isa::Isa;
use xorsweep::sweep::spec::Sweep;
use xorsweep::table::{Destination, Failure, Format, SPREADSHEET_ROWS, save};

use super::arguments::{key_flags, spec_file, sweep_of};
use super::pictures::pictures_of;
use super::progress::shown_while;
use super::report::Report;

/// The subcommand's name.
pub const NAME: &str = "sweep";

/// About what a row of the table takes, in bytes.
const BYTES_A_ROW: u64 = 520;

/// The subcommand.
pub fn command() -> Command {
    Command::new(NAME)
        .about("Run a sweep and write its tables")
        .long_about(
            "Run all combinations of init, momentum, learning rate and seed, and write convergence.csv (a row a run), \
             summary.csv (a row for each init, momentum and learning rate) and sweep.toml (the whole spec, to run it \
             again).\n\nWithout SPEC and without any key, the built-in sweep is run. With keys but without SPEC, all \
             other keys have their defaults.",
        )
        .args(arguments())
}

/// The subcommand's arguments, which the program takes without a subcommand as well.
pub fn arguments() -> Vec<Arg> {
    let own = [
        spec_file(),
        Arg::new("out")
            .long("out")
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .help("Folder for the results [default: results/<name>]"),
        Arg::new("threads")
            .long("threads")
            .value_name("N")
            .help("Worker threads; without effect on the results [default: one a processor]"),
        Arg::new("isa")
            .long("isa")
            .value_name("NAME")
            .default_value("auto")
            .help("Instruction set: auto, avx512, avx2, wide or scalar; without effect on the results"),
        Arg::new("dry-run")
            .long("dry-run")
            .action(ArgAction::SetTrue)
            .help("Only tell how many runs and steps the sweep has and how large its table is"),
        Arg::new("delimiter")
            .long("delimiter")
            .value_name("CHARACTER")
            .default_value("comma")
            .help("What separates cells: comma, semicolon, tab or bar"),
        Arg::new("decimal-comma").long("decimal-comma").action(ArgAction::SetTrue).help(
            "Write 0,3 instead of 0.3, for spreadsheets that expect it; give another delimiter with it",
        ),
        Arg::new("summary-only")
            .long("summary-only")
            .action(ArgAction::SetTrue)
            .help("Write summary.csv and sweep.toml, but no table of runs"),
        Arg::new("rows-per-file")
            .long("rows-per-file")
            .value_name("N")
            .help("Split the table into files of at most N rows each; a spreadsheet takes 1048575"),
        Arg::new("no-pictures")
            .long("no-pictures")
            .action(ArgAction::SetTrue)
            .help("Draw neither charts nor a map of the results"),
    ];
    own.into_iter().chain(key_flags(|_| true)).collect()
}

/// A whole number above 0 that a flag was given.
fn count<T: std::str::FromStr>(matches: &ArgMatches, flag: &str) -> Result<Option<T>, Problem> {
    let Some(text) = matches.get_one::<String>(flag) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| Problem::new(flag, text, "give a whole number from 1"))
}

/// The most worker threads.
const MOST_THREADS: usize = 4096;

/// How the sweep is to be run.
pub fn options(matches: &ArgMatches) -> Result<Options, Problem> {
    let mut options = Options::default();
    if let Some(threads) = count::<NonZeroUsize>(matches, "threads")? {
        if threads.get() > MOST_THREADS {
            return Err(Problem::new("threads", threads, format!("give at most {MOST_THREADS}")));
        }
        options.threads = threads.get();
    }
    options.isa = matches.get_one::<String>("isa").expect("it has a default").parse::<Isa>()?;
    Ok(options)
}

/// Where the results are to go.
pub fn destination(matches: &ArgMatches, sweep: &Sweep) -> Result<Destination, Problem> {
    let folder = matches.get_one::<PathBuf>("out").cloned();
    Ok(Destination {
        folder: folder.unwrap_or_else(|| Path::new("results").join(&sweep.name)),
        format: Format::new(
            matches.get_one::<String>("delimiter").expect("it has a default"),
            matches.get_flag("decimal-comma"),
        )?,
        rows_per_file: count::<NonZeroU64>(matches, "rows-per-file")?,
        summary_only: matches.get_flag("summary-only"),
    })
}

/// Runs the sweep the arguments ask for, and draws its pictures.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let sweep = sweep_of(matches)?;
    execute(matches, &sweep, |folder| pictures_of(matches, &sweep, folder))
}

/// Runs a sweep as the arguments say, and lets `draw` make pictures in the folder of its results.
pub fn execute(
    matches: &ArgMatches,
    sweep: &Sweep,
    draw: impl FnOnce(&Path) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let options = options(matches)?;
    let destination = destination(matches, sweep)?;
    if matches.get_flag("dry-run") {
        return dry_run(sweep, &destination);
    }
    warn_of_rows(sweep, &destination);
    let progress = Arc::new(Progress::default());
    let to_stop = Arc::clone(&progress);
    // Without the handler an interruption ends the program at once, which leaves no results either.
    let _ = ctrlc::set_handler(move || to_stop.stop());

    let mut report = Report::default();
    let started = Instant::now();
    shown_while(&progress, sweep.runs(), || {
        save(sweep, &destination, &options, &progress, |group| report.add(group))
    })?;
    let seconds = started.elapsed().as_secs_f64();
    draw(&destination.folder)?;
    let mut out = stdout().lock();
    report.print(&mut out, stdout().is_terminal())?;
    writeln!(
        out,
        "\n{} runs, {} steps in {seconds:.2} s with {} threads ({}): {:.1} million run-steps a second, \
         lanes busy {:.1} %.\n\
         The tables are in {}.",
        HumanCount(progress.runs()),
        HumanCount(progress.run_steps()),
        options.threads,
        options.isa,
        progress.run_steps() as f64 / seconds / 1e6,
        100.0 * progress.run_steps() as f64 / progress.lane_steps() as f64,
        destination.folder.display(),
    )?;
    Ok(())
}

fn dry_run(sweep: &Sweep, destination: &Destination) -> Result<(), Failure> {
    let table = if destination.summary_only {
        "there would be no table".to_owned()
    } else {
        format!("the table would have about {}", HumanBytes(sweep.runs().saturating_mul(BYTES_A_ROW)))
    };
    let mut out = stdout().lock();
    writeln!(
        out,
        "{} runs of at most {} steps each ({} in all); {table}; results would go to {}.",
        HumanCount(sweep.runs()),
        HumanCount(sweep.budget.steps),
        sweep.at_most_steps(),
        destination.folder.display(),
    )?;
    out.flush()?;
    warn_of_rows(sweep, destination);
    Ok(())
}

fn warn_of_rows(sweep: &Sweep, destination: &Destination) {
    if destination.summary_only {
        return;
    }
    let rows = destination.rows_per_file.map_or(sweep.runs(), |most| most.get().min(sweep.runs()));
    if rows > SPREADSHEET_ROWS {
        // A message that cannot be written changes nothing.
        let _ = writeln!(
            io::stderr(),
            "note: a file of {} rows does not fit a spreadsheet, which takes {}: --rows-per-file {SPREADSHEET_ROWS} splits it",
            HumanCount(rows),
            HumanCount(SPREADSHEET_ROWS),
        );
    }
}
