//! `xorsweep completions`: what a shell needs to complete arguments.

use std::io::{self, Write};

use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::Shell;
use xorsweep::table::Failure;

/// The subcommand's name.
pub const NAME: &str = "completions";

/// Its arguments.
pub fn command() -> Command {
    Command::new(NAME).about("Print a completion script for a shell, to be sourced by it").arg(
        Arg::new("shell")
            .value_name("SHELL")
            .required(true)
            .value_parser(value_parser!(Shell))
            .help("Which shell"),
    )
}

/// Prints the script.
pub fn run(matches: &ArgMatches, mut whole: Command) -> Result<(), Failure> {
    let shell = *matches.get_one::<Shell>("shell").expect("it is required");
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut whole, "xorsweep", &mut script);
    io::stdout().write_all(&script)?;
    Ok(())
}
