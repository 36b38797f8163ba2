//! `xorsweep report`: results as a page for a browser.

use std::io::Write;
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, ValueHint, value_parser};
use xorsweep::Problem;
use xorsweep::picture::report::{REPORT, page};
use xorsweep::table::{Failure, Left};

use super::arguments::{file_at, results_folder, results_of, sweep_of};
use super::interruption::interruption;
use super::pictures::drawn;
use super::screen::examples;
use super::talk::{self, done_files, json, quiet};

/// The subcommand's name.
pub const NAME: &str = "report";

/// The subcommand.
pub fn command() -> Command {
    Command::new(NAME)
        .about("Make a page for a browser of a sweep's results, one file of HTML")
        .long_about(
            "Make one file of HTML from the folder of a sweep's results: what was found, the charts, the map of a plane, \
             the summary as a table to sort, filter and copy, some of the runs, and the spec. It opens from the disk, \
             without a network, and needs no other file. What is drawn from the table of runs is left out where that \
             is missing, and the page says so.",
        )
        .arg(results_folder())
        .arg(
            Arg::new("out")
                .long("out")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .value_hint(ValueHint::FilePath)
                .help("Where to write the page [default: report.html in DIR]"),
        )
        .args([quiet(), json()])
        .after_help(examples(&[
            ("A page of the built-in sweep's results", "xorsweep report results/first-look"),
            ("The same, to send to somebody", "xorsweep report results/first-look --out first-look.html"),
        ]))
}

/// Makes the page.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let results = results_of(matches)?;
    let out = matches.get_one::<PathBuf>("out").cloned().unwrap_or_else(|| results.join(REPORT));
    if out.is_dir() {
        let remedy = format!("give the name of a file, such as {}", out.join(REPORT).display());
        return Err(Problem::new("out", out.display(), remedy).into());
    }
    // Not a table by mistake.
    if out.extension().is_none_or(|ending| ending != "html") {
        return Err(Problem::new("out", out.display(), "give a file that ends in .html").into());
    }
    let sweep = sweep_of(matches)?;
    let is_asked_to_end = interruption();
    let mut file = file_at(&mut Vec::new(), "out", &out)?;
    let results = results.to_owned();
    let page = drawn(&is_asked_to_end, move || page(&sweep, &results))?;
    let written = file.write_all(page.html.as_bytes()).and_then(|()| file.finish());
    written.map_err(|error| Failure::Failed(error, Left::Before))?;
    for missing in &page.missing {
        talk::note(missing);
    }
    done_files(&[out])
}
