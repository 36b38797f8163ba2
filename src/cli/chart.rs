//! `xorsweep chart`: the charts of results that are there.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Arg, ArgMatches, Command, ValueHint, value_parser};
use xorsweep::picture::files::{Pictures, write_all};
use xorsweep::results::{Failure, OutputFolder};

use super::arguments::{results_folder, results_of, sweep_as_recorded, tell_changed_tables};
use super::interruption::interruption;
use super::pictures::{draw_results, drawn};
use super::screen::examples;
use super::talk::{self, done_files, json, quiet};

/// The subcommand's name.
pub const NAME: &str = "chart";

/// The subcommand.
pub fn command() -> Command {
    Command::new(NAME)
        .about("Draw the charts of a sweep's results, as SVG and PNG")
        .long_about(
            "Draw the charts of a sweep from the tables in the folder of its results, as they were drawn after it: \
             shares of outcomes by learning rate, the share of runs that solved the task where set-ups differ, the \
             share that has converged by step, and the escape step by the distance of the start from equal hidden \
             units. A chart that would show nothing is left out.",
        )
        .arg(results_folder())
        .arg(
            Arg::new("out")
                .long("out")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .value_hint(ValueHint::DirPath)
                .help("Folder for the charts [default: that of the results]"),
        )
        .args([quiet(), json()])
        .after_help(examples(&[
            ("Draw the charts of the built-in sweep again", "xorsweep chart results/first-look"),
            ("Draw them elsewhere", "xorsweep chart results/first-look --out pictures"),
        ]))
}

/// Draws the charts the arguments ask for.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let results = results_of(matches)?.to_owned();
    let sweep = sweep_as_recorded(matches)?;
    tell_changed_tables(&results);
    let is_asked_to_end = interruption();
    let folder = OutputFolder::create(matches.get_one::<PathBuf>("out").unwrap_or(&results))?;
    let wanted = (Arc::new(sweep), Pictures { maps: None, charts: true });
    let charts = drawn(&is_asked_to_end, move || draw_results(wanted, &results))?;
    if charts.is_empty() {
        talk::note("no chart would show anything of this sweep");
    }
    done_files(&write_all(&charts, &folder)?)
}
