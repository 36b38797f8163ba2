//! `xorsweep merge`: puts shards together.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, ValueHint, value_parser};
use indicatif::HumanCount;
use serde_json::json;
use xorsweep::results::{Failure, Left, merge};

use super::screen::examples;
use super::sweep::tell_of_no_workbook;
use super::talk;

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
                .value_hint(ValueHint::DirPath)
                .help("The folder that the shards' folders are in"),
        )
        .arg(
            Arg::new("out")
                .long("out")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .value_hint(ValueHint::DirPath)
                .help("Folder for the results [default: the same]"),
        )
        .args([talk::quiet(), talk::json()])
        .after_help(examples(&[
            ("Run a sweep in two parts, perhaps on two machines", "xorsweep sweep.toml --out halves --shard 1/2"),
            ("and the other", "xorsweep sweep.toml --out halves --shard 2/2"),
            ("Put them together", "xorsweep merge halves"),
        ]))
}

/// Merges.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let from = matches.get_one::<PathBuf>("dir").expect("it is required");
    let to = matches.get_one::<PathBuf>("out").unwrap_or(from);
    let merged = merge(from, to)?;
    if merged.lacks_workbook {
        tell_of_no_workbook(merged.groups);
    }
    let folder = to.display();
    let facts = json!({
        "runs": merged.runs,
        "groups": merged.groups,
        "shards": merged.shards,
        "folder": folder.to_string(),
    });
    let told = talk::done(facts, |out| {
        let [runs, groups, shards] = [merged.runs, merged.groups, merged.shards].map(HumanCount);
        writeln!(out, "{runs} runs in {groups} groups of {shards} shards are in {folder}.")
    });
    told.map_err(|error| Failure::Failed(error, Left::Done(format!("the results in {folder} are complete"))))
}
