//! `xorsweep sweep`: runs a sweep and writes its tables.

mod arguments;
mod plan;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{ArgMatches, Command};
use indicatif::{HumanBytes, HumanCount, HumanDuration};
use serde_json::json;
use xorsweep::execution::{Destination, Estimate, Saved, estimate, save_in};
use xorsweep::kernel::isa::Isa;
use xorsweep::picture::files::{Gallery, Pictures};
use xorsweep::results::convergence::{Column, Row};
use xorsweep::results::layout::FileFormat;
use xorsweep::results::workbook::MAX_GROUPS;
use xorsweep::results::{Failure, Group, Left, OutputFolder, Resumed, SPREADSHEET_ROWS, Watcher};
use xorsweep::sweep::engine::{Options, Progress};
use xorsweep::sweep::spec::Sweep;

pub use arguments::{arguments, isa_flag};
pub use plan::{MAX_THREADS, Plan, options};

use super::arguments::tell_of_starts;
use super::interruption::interruption;
use super::pictures::renew;
use super::progress::shown_while;
use super::screen::{self, examples, wrapped};
use super::summary::Report;
use super::talk;

/// The subcommand's name.
pub const NAME: &str = "sweep";

/// The subcommand.
pub fn command() -> Command {
    Command::new(NAME)
        .about("Run a sweep and write its tables")
        .long_about(
            "Run all combinations of set-up, init, momentum, learning rate and seed, and write convergence.csv (a row a run), \
             summary.csv (a row for each set-up, init, momentum and learning rate), summary.xlsx (the same as a workbook with \
             charts) and sweep.toml (the whole spec, to run it again).\n\nWithout SPEC and without any key, the built-in sweep is run. With keys but without SPEC, all \
             other keys have their defaults.",
        )
        .args(arguments())
        .after_help(examples(&[
            ("Which of 1,000 starts learn, at each of twelve learning rates", "xorsweep sweep --alpha 0.1:1.2:12 --init \"normal(1)\""),
            ("Two kinds of start beside each other, 100 of each", "xorsweep sweep --init \"glorot,uniform(0,1)\" --seeds 0..100"),
            ("Two kinds of hidden unit, each trained in two ways", "xorsweep sweep --hidden tanh,relu --optimizer nesterov,adam"),
            ("How long that would take", "xorsweep sweep --hidden tanh,relu --optimizer nesterov,adam --dry-run"),
            ("Your own starts", "xorsweep sweep --starts weights.csv --alpha 0.5 --steps 1e5"),
            ("A spec file, and another learning rate than it says", "xorsweep sweep plane.toml --alpha 0.7"),
            ("A table for a spreadsheet that writes 0,3", "xorsweep sweep --delimiter semicolon --decimal-comma"),
        ]))
}

/// Reports the groups, shows all to the pictures, and tells what is resumed.
struct RunWatcher<'a> {
    report: &'a mut Report,
    gallery: &'a mut Option<Gallery>,
    runs: u64,
}

impl Watcher for RunWatcher<'_> {
    fn columns(&self) -> &[Column] {
        self.gallery.as_ref().map_or(&[], Gallery::columns)
    }

    fn run(&mut self, row: &Row<'_>) {
        self.gallery.iter_mut().for_each(|gallery| gallery.run(row));
    }

    fn group(&mut self, group: &Group) {
        self.report.add(group);
        self.gallery.iter_mut().for_each(|gallery| gallery.group(group));
    }

    fn resumed(&mut self, resumed: &Resumed) {
        self.report.groups_before = true;
        self.gallery.iter_mut().for_each(|gallery| gallery.resumed(resumed));
        talk::note(format_args!(
            "{}resuming after {} of {} runs{}",
            if resumed.damaged { "files were damaged; what they lost is done again; " } else { "" },
            HumanCount(resumed.done),
            HumanCount(self.runs),
            if resumed.ahead > 0 {
                format!(" and {} after them", HumanCount(resumed.ahead))
            } else {
                String::new()
            },
        ));
    }
}

/// Runs the sweep the arguments ask for, and draws its pictures.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    execute(Plan::of(matches)?)
}

/// Runs a sweep as planned, and draws pictures of its results.
pub fn execute(plan: Plan) -> Result<(), Failure> {
    let Plan { sweep, options, destination, pictures, is_dry_run, doubts } = plan;
    tell_of_starts(&sweep);
    doubts.iter().for_each(talk::note);
    if is_dry_run {
        return dry_run(&sweep, &destination, &options);
    }
    warn_of_rows(&sweep, &destination);
    let is_asked_to_end = interruption();
    // It is locked until the pictures are drawn.
    let folder = OutputFolder::create(&destination.path())?;
    pictures.into_iter().flat_map(Pictures::names).try_for_each(|name| folder.can_have(&name))?;
    let mut gallery = pictures.map(|pictures| Gallery::new(&sweep, pictures)).transpose()?;
    let progress = Progress::stopped_by(Arc::clone(&is_asked_to_end));
    let wanted = destination.runs(&sweep);
    let runs = wanted.end - wanted.start;
    let mut report = Report::new(&sweep);
    let started = Instant::now();
    let saved = shown_while(&progress, runs, || {
        let mut watcher = RunWatcher { report: &mut report, gallery: &mut gallery, runs };
        save_in(&folder, &sweep, &destination, &options, &progress, &mut watcher)
    });
    let seconds = started.elapsed().as_secs_f64();
    // Results that are there are told, whatever failed afterwards.
    let tell = || tell(&report, runs, &progress, seconds, options.isa, folder.path());
    let renew = |gallery| match destination.shard {
        None => renew(&folder, gallery, &is_asked_to_end),
        Some(_) => Ok(()),
    };
    match saved {
        Ok(Saved::Before) => {
            // Pictures that are not asked for again are those of these results.
            let drawn = gallery.map_or(Ok(()), |mut gallery| {
                gallery.resumed(&Resumed { done: runs, ahead: 0, damaged: false });
                renew(Some(gallery))
            });
            drawn.and(tell_again(runs, folder.path()))
        }
        Ok(Saved::Now) => {
            let drawn = renew(gallery);
            let told = tell();
            drawn.and(told)
        }
        Err(failure @ Failure::Failed(_, Left::Done(_))) => {
            let _ = (renew(gallery), tell());
            Err(failure)
        }
        Err(failure) => Err(failure),
    }
}

/// Tells that all was done before.
fn tell_again(runs: u64, folder: &Path) -> Result<(), Failure> {
    let folder = folder.display().to_string();
    let facts = json!({ "runs": runs, "steps": 0, "folder": folder });
    let told = talk::done(facts, |out| {
        writeln!(
            out,
            "All {} runs were done before, and none is run again.\nThe tables are in {folder}.",
            HumanCount(runs)
        )
    });
    told.map_err(|error| Failure::Failed(error, complete(&folder)))
}

/// What is there once the tables are.
fn complete(folder: &str) -> Left {
    Left::Done(format!("the results in {folder} are complete"))
}

/// Tells what was found, and what it took.
fn tell(
    report: &Report,
    runs: u64,
    progress: &Progress,
    seconds: f64,
    isa: Isa,
    folder: &Path,
) -> Result<(), Failure> {
    let (steps, threads, folder) = (progress.run_steps(), progress.threads(), folder.display().to_string());
    let facts = json!({
        "runs": runs,
        "steps": steps,
        "seconds": seconds,
        "threads": threads,
        "isa": isa.name(),
        "outcomes": report.counts(),
        "folder": folder,
    });
    let told = talk::done(facts, |out| {
        let width = screen::width();
        report.print(out, width)?;
        let cost = format!(
            "{} runs, {} steps in {seconds:.2} s with {threads} thread{} ({isa}): {:.1} million run-steps a second, \
             lanes busy {:.1} %.",
            HumanCount(progress.runs()),
            HumanCount(steps),
            if threads == 1 { "" } else { "s" },
            steps as f64 / seconds / 1e6,
            100.0 * steps as f64 / progress.lane_steps().max(1) as f64,
        );
        writeln!(out, "\n{}\nThe tables are in {folder}.", wrapped(cost.split(' '), width))
    });
    told.map_err(|error| Failure::Failed(error, complete(&folder)))
}

/// For how long a dry run tries runs.
const PATIENCE: Duration = Duration::from_secs(2);

fn dry_run(sweep: &Sweep, destination: &Destination, options: &Options) -> Result<(), Failure> {
    let Estimate { seconds, at_most, bytes } = estimate(sweep, destination, options, PATIENCE)?;
    let table = match bytes {
        _ if destination.layout.file_format == FileFormat::None => "there would be no table".to_owned(),
        None => "table size unknown: no sampled run finished".to_owned(),
        Some(bytes) => format!("the table would have about {}", HumanBytes(bytes as u64)),
    };
    let runs = destination.runs(sweep);
    let runs = runs.end - runs.start;
    let (threads, folder) = (options.threads_for(runs), destination.path().display().to_string());
    let facts = json!({
        "runs": runs,
        "most_steps": sweep.stopping_rule.steps,
        "seconds": seconds,
        "at_most": at_most,
        "bytes": bytes,
        "threads": threads,
        "isa": options.isa.name(),
        "folder": folder,
    });
    talk::done_as("estimate", facts, |out| {
        writeln!(
            out,
            "{} runs of at most {} steps each ({} in all).\n\
             It would take {} {} with {threads} thread{} ({}); {table}.\n\
             Results would go to {folder}.",
            HumanCount(runs),
            HumanCount(sweep.stopping_rule.steps),
            u128::from(runs) * u128::from(sweep.stopping_rule.steps),
            if at_most { "at most" } else { "about" },
            human_time(seconds),
            if threads == 1 { "" } else { "s" },
            options.isa,
        )
    })?;
    warn_of_rows(sweep, destination);
    Ok(())
}

/// A time in words, also if it is longer than a machine can tell.
fn human_time(seconds: f64) -> String {
    const YEAR: f64 = 365.25 * 86_400.0;
    match seconds {
        _ if seconds < 0.1 => "less than 0.1 seconds".to_owned(),
        _ if seconds < 10.0 => format!("{seconds:.1} seconds"),
        _ if seconds < 100.0 * YEAR => HumanDuration(Duration::from_secs_f64(seconds)).to_string(),
        _ => format!("{:.0e} years", seconds / YEAR),
    }
}

/// Says that the summary has too many groups for a workbook.
pub fn tell_of_no_workbook(groups: u64) {
    talk::note(format_args!(
        "no summary.xlsx is written, since the summary has {} groups and a workbook takes {}",
        HumanCount(groups),
        HumanCount(MAX_GROUPS),
    ));
}

/// Tells what a spreadsheet will not open.
fn warn_of_rows(sweep: &Sweep, destination: &Destination) {
    if destination.layout.workbook && destination.shard.is_none() && sweep.groups() > MAX_GROUPS {
        tell_of_no_workbook(sweep.groups());
    }
    if destination.layout.file_format == FileFormat::None {
        return;
    }
    let rows = destination.layout.rows_per_file.map_or(sweep.runs(), |most| most.get().min(sweep.runs()));
    if rows > SPREADSHEET_ROWS {
        talk::note(format_args!(
            "a file of {} rows does not fit a spreadsheet, which takes {}: --rows-per-file {SPREADSHEET_ROWS} splits it",
            HumanCount(rows),
            HumanCount(SPREADSHEET_ROWS),
        ));
    }
}
