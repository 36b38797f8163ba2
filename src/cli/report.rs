//! `xorsweep report`: results as a page for a browser.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Arg, ArgMatches, Command, ValueHint, value_parser};
use xorsweep::Problem;
use xorsweep::picture::report::{REPORT, page};
use xorsweep::results::{Failure, Left, OutputFolder, PartialFile};

use super::arguments::{results_folder, results_of, sweep_as_recorded, tell_changed_tables};
use super::interruption::interruption;
use super::named_file::{FORCE, NamedFile, finish_all, force, is_same};
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
        .arg(force())
        .args([quiet(), json()])
        .after_help(examples(&[
            ("A page of the built-in sweep's results", "xorsweep report results/first-look"),
            ("The same, to send to somebody", "xorsweep report results/first-look --out first-look.html"),
        ]))
}

/// Makes the page.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let results = results_of(matches)?.to_owned();
    let out = matches.get_one::<PathBuf>("out").cloned();
    let out = out.filter(|out| !is_same(out, &results.join(REPORT)));
    if let Some(out) = &out {
        check_name(out)?;
    }
    let sweep = Arc::new(sweep_as_recorded(matches)?);
    tell_changed_tables(&results);
    let is_asked_to_end = interruption();
    // It is begun before any work, so that a file that cannot be written fails at once.
    let mut file = match &out {
        Some(out) => Page::Named(NamedFile::create("out", out, matches.get_flag(FORCE), &[])?),
        None => Page::OfResults(OutputFolder::create(&results)?.file(REPORT)?),
    };
    let out = out.unwrap_or_else(|| results.join(REPORT));
    let page = drawn(&is_asked_to_end, move || page(&sweep, &results))?;
    file.write(page.html.as_bytes()).map_err(|error| Failure::Failed(error, Left::Before))?;
    file.finish()?;
    for missing in &page.missing {
        talk::note(missing);
    }
    done_files(&[out])
}

/// Where the page goes.
enum Page {
    /// To the results, which know it as their own.
    OfResults(PartialFile),
    /// To a file of its own.
    Named(NamedFile),
}

impl Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::OfResults(file) => file.write_all(bytes),
            Self::Named(file) => file.write_all(bytes),
        }
    }

    fn finish(self) -> Result<(), Failure> {
        match self {
            Self::OfResults(file) => file.finish(),
            Self::Named(file) => finish_all(vec![file]),
        }
    }
}

/// Refuses a name that no page should have.
fn check_name(out: &Path) -> Result<(), Problem> {
    if out.is_dir() {
        let remedy = format!("give the name of a file, such as {}", out.join(REPORT).display());
        return Err(Problem::new("out", out.display(), remedy));
    }
    // Not a table by mistake.
    if out.extension().is_none_or(|ending| ending != "html") {
        return Err(Problem::new("out", out.display(), "give a file that ends in .html"));
    }
    Ok(())
}
