//! `xorsweep completions`: what a shell needs to complete arguments. The script asks the program itself at each
//! completion, so that it offers what the subcommand takes and nothing else.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::Path;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter};
use clap_complete::env::Shells;
use xorsweep::results::Failure;

use super::output::standard_output;
use super::screen::examples;

/// The subcommand's name.
pub const NAME: &str = "completions";

/// The variable with which a script asks for completions; it names the shell.
const ASKED: &str = "XORSWEEP_COMPLETE";

/// The subcommand.
pub fn command() -> Command {
    Command::new(NAME)
        .about("Print a completion script for a shell, to be sourced by it")
        .long_about(
            "Print a script that makes a shell complete subcommands, flags, the values of flags, and files. It asks the \
             program, which must be found as xorsweep, at each completion: source it whenever a shell starts.",
        )
        .arg(
            Arg::new("shell")
                .value_name("SHELL")
                .required(true)
                .value_parser(PossibleValuesParser::new(Shells::builtins().names()))
                .help("Which shell"),
        )
        .after_help(examples(&[
            ("In ~/.zshrc, after compinit", "source <(xorsweep completions zsh)"),
            ("In ~/.bashrc", "source <(xorsweep completions bash)"),
            ("In ~/.config/fish/config.fish", "xorsweep completions fish | source"),
        ]))
}

/// Prints the script.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let shell = matches.get_one::<String>("shell").expect("it is required");
    let shells = Shells::builtins();
    let shell = shells.completer(shell).expect("it is one of those offered");
    let mut script = Vec::new();
    shell.write_registration(ASKED, "xorsweep", "xorsweep", "xorsweep", &mut script)?;
    Ok(standard_output().write_all(&script)?)
}

/// Answers the shell if it asks; whether it did.
pub fn answer(arguments: &[OsString], whole: fn() -> Command) -> io::Result<bool> {
    let folder = env::current_dir().ok();
    let asked = CompleteEnv::with_factory(whole)
        .var(ASKED)
        .try_complete(arguments.iter().cloned(), folder.as_deref());
    asked.map_err(|error| io::Error::other(error.to_string()))
}

/// What an argument can be, of which it may have several: words with commas between them, and inits that are sums.
pub fn offering(words: impl IntoIterator<Item = &'static str>) -> ArgValueCompleter {
    let words: Vec<&'static str> = words.into_iter().collect();
    ArgValueCompleter::new(move |typed: &OsStr| {
        let typed = typed.to_str().unwrap_or_default();
        let (before, word) = typed.split_at(last_piece(typed));
        let fitting = words.iter().filter(|known| known.starts_with(word) && can_be_typed(known));
        fitting.map(|known| CompletionCandidate::new(format!("{before}{known}"))).collect::<Vec<_>>()
    })
}

/// Where the last piece begins, after a comma or plus outside parentheses.
fn last_piece(typed: &str) -> usize {
    let mut depth = 0_usize;
    let mut start = 0;
    for (at, letter) in typed.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' | '+' if depth == 0 => start = at + 1,
            _ => (),
        }
    }
    start
}

/// Whether the shell that asks puts quotes around what needs them; bash does not.
fn can_be_typed(word: &str) -> bool {
    !word.contains('(') || env::var_os(SHELL_THAT_ASKS).is_none()
}

/// A variable that only the script for bash sets.
const SHELL_THAT_ASKS: &str = "_CLAP_COMPLETE_COMP_TYPE";

/// Spec files and folders of results.
pub fn specs() -> ArgValueCompleter {
    ArgValueCompleter::new(
        PathCompleter::any()
            .filter(|path: &Path| path.is_dir() || path.extension().is_some_and(|ending| ending == "toml")),
    )
}
