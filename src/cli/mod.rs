//! The command line: one file a subcommand.

mod arguments;
mod chart;
mod check_gradient;
mod completions;
mod dimension;
mod inspect;
mod map;
mod merge;
mod pictures;
mod progress;
mod published;
mod report;
mod sweep;
mod told;
mod trace;

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ArgMatches, Command};
use xorsweep::table::Failure;

/// The work failed: the disk is full, for instance.
const FAILED: u8 = 1;
/// The request was wrong.
const REFUSED: u8 = 2;
/// Somebody else is at work in the folder.
const BUSY: u8 = 3;
/// Stopped by Ctrl-C or a signal, as shells count it.
const STOPPED: u8 = 130;

/// Parses the arguments, does what they ask for, and says what went wrong.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = match command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return refuse_arguments(&error),
    };
    match dispatch(&matches) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Failed(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xorsweep: {failure}");
            ExitCode::from(match failure {
                Failure::Refused(_) => REFUSED,
                Failure::Busy(_) => BUSY,
                Failure::Failed(_) | Failure::Broken(_) => FAILED,
                Failure::Stopped | Failure::Paused => STOPPED,
            })
        }
    }
}

fn dispatch(matches: &ArgMatches) -> Result<(), Failure> {
    match matches.subcommand() {
        None => sweep::run(matches),
        Some((sweep::NAME, matches)) => sweep::run(matches),
        Some((trace::NAME, matches)) => trace::run(matches),
        Some((inspect::NAME, matches)) => inspect::run(matches),
        Some((map::NAME, matches)) => map::run(matches),
        Some((chart::NAME, matches)) => chart::run(matches),
        Some((report::NAME, matches)) => report::run(matches),
        Some((dimension::NAME, matches)) => dimension::run(matches),
        Some((check_gradient::NAME, matches)) => check_gradient::run(matches),
        Some((published::NAME, matches)) => published::run(matches),
        Some((merge::NAME, matches)) => merge::run(matches),
        Some((completions::NAME, matches)) => completions::run(matches, command()),
        Some((name, _)) => unreachable!("clap knows no subcommand {name}"),
    }
}

/// The whole command line, for parsing, help and completions.
fn command() -> Command {
    Command::new("xorsweep")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Trains the XOR network millions of times, to see what becomes of each start")
        .long_about(
            "Trains the smallest interesting neural network (two hidden units, nine parameters, the XOR problem) \
             from many starts and with many learning rates, decides what became of each run, and writes a \
             convergence table for a spreadsheet.\n\n\
             Without a subcommand it runs a built-in sweep that takes seconds and shows which starts escape the \
             symmetric saddle and what each learning rate does. Results go to results/<name>/.",
        )
        .after_help("Exit codes: 0 done, 1 the work failed, 2 the request was wrong, 3 another process is writing to the folder, \
             130 interrupted.")
        .subcommand_negates_reqs(true)
        .args_conflicts_with_subcommands(true)
        .args(sweep::arguments())
        .subcommand(sweep::command())
        .subcommand(merge::command())
        .subcommand(trace::command())
        .subcommand(map::command())
        .subcommand(chart::command())
        .subcommand(report::command())
        .subcommand(dimension::command())
        .subcommand(inspect::command())
        .subcommand(check_gradient::command())
        .subcommand(published::command())
        .subcommand(completions::command())
}

/// Shows help or the version, or tells in one line what is wrong with the arguments.
fn refuse_arguments(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // Whoever closed the pipe has seen enough.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let text = error.render().to_string();
    let told: Vec<&str> = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"))
        .filter(|line| !line.is_empty())
        .collect();
    let told = told.join("; ");
    eprintln!("xorsweep: {}; see --help", told.strip_prefix("error: ").unwrap_or(&told));
    ExitCode::from(REFUSED)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }
}
