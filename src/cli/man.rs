//! `xorsweep man`: the manual, as pages for `man`.

use std::io::Write;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use clap_mangen::Man;
use xorsweep::results::Failure;

use super::output::standard_output;
use super::screen::examples;

/// The subcommand's name.
pub const NAME: &str = "man";

/// The subcommand, which explains itself and those `named`.
pub fn command(named: Vec<String>) -> Command {
    Command::new(NAME)
        .about("Print the manual, as a page for man")
        .long_about("Print the manual's page of the program, or of one subcommand, as man reads it.")
        .arg(
            Arg::new("of")
                .value_name("SUBCOMMAND")
                .value_parser(PossibleValuesParser::new(named.into_iter().chain([NAME.to_owned()])))
                .help("The page of this subcommand"),
        )
        .after_help(examples(&[
            ("Read the page about sweeps", "xorsweep man sweep | man -l -"),
            ("Install the page of the program", "xorsweep man > ~/.local/share/man/man1/xorsweep.1"),
        ]))
}

/// Prints a page.
pub fn run(matches: &ArgMatches, mut whole: Command) -> Result<(), Failure> {
    whole.build();
    let of = matches.get_one::<String>("of");
    let command = of.and_then(|name| whole.find_subcommand(name)).unwrap_or(&whole).clone();
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    Ok(standard_output().write_all(&page)?)
}
