//! The command line: one file a subcommand.

mod arguments;
mod chart;
mod check_gradient;
mod completions;
mod dimension;
mod experiments;
mod inspect;
mod interruption;
mod man;
mod map;
mod merge;
mod named_file;
mod output;
mod pictures;
mod progress;
mod published;
mod refusal;
mod report;
mod reports;
mod screen;
mod summary;
mod sweep;
mod talk;
mod trace;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ArgMatches, Command};
use xorsweep::problem::Way;
use xorsweep::results::Failure;

use self::screen::examples;

/// The work failed: the disk is full, for instance.
const FAILED: u8 = 1;
/// The request was wrong.
const REFUSED: u8 = 2;
/// Somebody else is at work in the folder.
const BUSY: u8 = 3;
/// Stopped by Ctrl-C or a signal, as shells count it.
const STOPPED: u8 = 130;

/// What the exit code says.
const EXIT_CODES: &str = "Exit codes: 0 done, 1 the work failed, 2 the request was wrong, \
                          3 another process is writing to the folder, 130 interrupted.";

/// Parses the arguments, does what they ask for, and says what went wrong.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    match completions::answer(&arguments, command) {
        Ok(true) => return ExitCode::SUCCESS,
        Ok(false) => (),
        Err(error) => {
            talk::error(error, REFUSED);
            return ExitCode::from(REFUSED);
        }
    }
    talk::listen(&arguments);
    let matches = match command().try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(error) => return refuse_arguments(&error, &arguments),
    };
    match dispatch(&matches) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Failed(error, _)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            let failure = match failure {
                Failure::Refused(problem) => Failure::Refused(problem.telling_ways(way)),
                other => other,
            };
            let code = match failure {
                Failure::Refused(_) => REFUSED,
                Failure::Busy(_) => BUSY,
                Failure::Failed(..) => FAILED,
                Failure::Stopped(_) => STOPPED,
            };
            let remedy =
                if failure.can_be_resumed() { "; the same command with --resume goes on" } else { "" };
            talk::error(format_args!("{failure}{remedy}"), code);
            ExitCode::from(code)
        }
    }
}

/// A way out, by its flag.
fn way(way: Way) -> &'static str {
    match way {
        Way::Same => "give the same",
        Way::Resume => "--resume goes on",
        Way::Replace => "--force begins anew",
        Way::Elsewhere => "give another --out",
    }
}

fn dispatch(matches: &ArgMatches) -> Result<(), Failure> {
    match matches.subcommand() {
        None => {
            let no_spec = |path: &PathBuf| refusal::no_spec(path, &command());
            matches.get_one("spec").and_then(no_spec).map_or(Ok(()), Err)?;
            sweep::run(matches)
        }
        Some((sweep::NAME, matches)) => sweep::run(matches),
        Some((trace::NAME, matches)) => trace::run(matches),
        Some((inspect::NAME, matches)) => inspect::run(matches),
        Some((map::NAME, matches)) => map::run(matches),
        Some((chart::NAME, matches)) => chart::run(matches),
        Some((report::NAME, matches)) => report::run(matches),
        Some((dimension::NAME, matches)) => dimension::run(matches),
        Some((check_gradient::NAME, matches)) => check_gradient::run(matches),
        Some((published::NAME, matches)) => published::run(matches),
        Some((reports::NAME, matches)) => reports::run(matches),
        Some((merge::NAME, matches)) => merge::run(matches),
        Some((completions::NAME, matches)) => completions::run(matches),
        Some((man::NAME, matches)) => man::run(matches, command()),
        Some((name, _)) => unreachable!("clap knows no subcommand {name}"),
    }
}

/// The whole command line, for parsing, help and completions.
fn command() -> Command {
    let whole = Command::new("xorsweep")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Trains the XOR network millions of times, to see what becomes of each start")
        .long_about(
            "Trains the smallest interesting neural network (two hidden units, nine parameters, the XOR problem) \
             from many starts and with many learning rates, decides what became of each run, and writes a \
             convergence table for a spreadsheet.\n\n\
             Without a subcommand it runs a built-in sweep that takes seconds and shows which starts escape the \
             symmetric saddle and what each learning rate does. Results go to results/<name>/.",
        )
        .after_help(format!(
            "{}\n\n{}",
            examples(&[
                ("The built-in sweep", "xorsweep"),
                ("A thousand starts at each of twelve learning rates", "xorsweep --alpha 0.1:1.2:12"),
                ("The start in the question, explained", "xorsweep inspect --init \"constant(0.1)\""),
                ("What became of a run of the built-in sweep", "xorsweep inspect results/first-look --run 123 --end"),
            ]),
            EXIT_CODES,
        ))
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
        .subcommand(reports::command())
        .subcommand(completions::command());
    let named = whole.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    whole.subcommand(man::command(named))
}

/// Shows help or the version, or tells in one line what is wrong with the arguments.
fn refuse_arguments(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // Whoever closed the pipe has seen enough.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    talk::error(refusal::told(error, &command(), arguments), REFUSED);
    ExitCode::from(REFUSED)
}

#[cfg(test)]
#[path = "../tests/common/words.rs"]
mod words;

#[cfg(test)]
mod tests {
    use super::words::words;
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn every_example_is_understood_and_fits_a_terminal() {
        let mut whole = command();
        whole.build();
        let all: Vec<Command> = whole.get_subcommands().cloned().chain([whole.clone()]).collect();
        for command in all.iter().filter(|command| command.get_name() != "help") {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            // The rest is wrapped.
            let fits = |line: &str| line.chars().count() <= 80;
            assert!(help.lines().filter(|line| line.starts_with(' ')).all(fits), "{help}");
            let commands: Vec<&str> =
                help.lines().map(str::trim).filter(|line| line.starts_with("xorsweep")).collect();
            assert!(!commands.is_empty(), "{} has no example", command.get_name());
            for example in commands {
                let example = example.split(['|', '>']).next().unwrap_or_default().trim();
                let matches = whole.clone().try_get_matches_from(words(example));
                let matches = matches.unwrap_or_else(|error| panic!("{example}: {error}"));
                let matches = matches.subcommand().map_or(&matches, |(_, matches)| matches);
                let spec = arguments::spec_of_flags(matches)
                    .unwrap_or_else(|problem| panic!("{example}: {problem}"));
                if !spec.has("starts") {
                    spec.resolve("".as_ref()).unwrap_or_else(|problem| panic!("{example}: {problem}"));
                }
            }
        }
    }
}
