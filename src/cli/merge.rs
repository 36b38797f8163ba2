//! `xorsweep merge`: puts shards together.

use std::io::{Write, stdout};
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use indicatif::HumanCount;
use xorsweep::table::{Failure, merge};

/// The subcommand's name.
pub const NAME: &str = "merge";

/// The subcommand.
pub fn command() -> Command {
    Command::new(NAME)
        .about("Put the shards of a sweep together")
        .long_about(
            "Put the shards of a sweep together, which --shard has written to folders in DIR, and write the files that \
             one machine would have written, byte for byte. What is missing, unfinished, there twice or damaged is \
             named, and nothing is written then. Pictures are drawn by chart, map and report afterwards.",
        )
        .arg(
            Arg::new("dir")
                .value_name("DIR")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("The folder that the shards' folders are in"),
        )
        .arg(
            Arg::new("out")
                .long("out")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("Folder for the results [default: the same]"),
        )
}

/// Merges.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let from = matches.get_one::<PathBuf>("dir").expect("it is required");
    let to = matches.get_one::<PathBuf>("out").unwrap_or(from);
    let merged = merge(from, to)?;
    writeln!(
        stdout(),
        "{} runs in {} groups of {} shards are in {}.",
        HumanCount(merged.runs),
        HumanCount(merged.groups),
        HumanCount(merged.shards),
        to.display(),
    )?;
    Ok(())
}
