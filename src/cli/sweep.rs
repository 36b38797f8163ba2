//! `xorsweep sweep`: runs a sweep and writes its tables.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint, value_parser};
use clap_complete::engine::ArgValueCandidates;
use indicatif::{HumanBytes, HumanCount, HumanDuration};
use serde_json::json;
use xorsweep::Problem;
use xorsweep::execution::{Destination, Estimate, Saved, Unfinished, estimate, save_in};
use xorsweep::kernel::isa::Isa;
use xorsweep::picture::files::{Gallery, Pictures};
use xorsweep::results::convergence::{COLUMNS, Column, Row};
use xorsweep::results::layout::FileFormat;
use xorsweep::results::workbook::MOST_GROUPS;
use xorsweep::results::{
    DELIMITERS, Failure, Format, Group, Layout, Left, OutputFolder, Resumed, SPREADSHEET_ROWS, Watcher,
};
use xorsweep::sweep::engine::{Options, Progress};
use xorsweep::sweep::isa::isa_named;
use xorsweep::sweep::spec::{Origins, Sweep};
use xorsweep::sweep::start::Init;

use super::arguments::{key_flags, spec_file, spec_of_flags, spec_path, sweep_of, tell_of_starts};
use super::completions::offering;
use super::interruption::interruption;
use super::pictures::{pictures_of, renew};
use super::progress::shown_while;
use super::screen::{self, examples, wrapped};
use super::talk;
use super::told::Report;

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

/// The flag for the instruction set, which is without effect on what comes out.
pub fn isa_flag(what: &str) -> Arg {
    let names = "Instruction set: auto, avx512, avx2, wide or scalar";
    Arg::new("isa")
        .long("isa")
        .value_name("NAME")
        .default_value("auto")
        .add(offering(isa_names()))
        .help(format!("{names}; without effect on the {what}"))
}

/// The subcommand's arguments, which the program takes without a subcommand as well.
pub fn arguments() -> Vec<Arg> {
    let own = [
        spec_file(),
        Arg::new("out")
            .long("out")
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .value_hint(ValueHint::DirPath)
            .help("Folder for the results [default: results/<name>]"),
        Arg::new("threads")
            .long("threads")
            .value_name("N")
            .help("Worker threads; without effect on the results [default: one a processor]"),
        isa_flag("results"),
        Arg::new("dry-run")
            .long("dry-run")
            .action(ArgAction::SetTrue)
            .help("Only tell how many runs the sweep has, and from a sample how long it takes and how large its table is"),
        Arg::new("delimiter")
            .long("delimiter")
            .value_name("CHARACTER")
            .default_value("comma")
            .add(offering(DELIMITERS.map(|(word, _)| word)))
            .help("What separates cells: comma, semicolon, tab or bar"),
        Arg::new("decimal-comma").long("decimal-comma").action(ArgAction::SetTrue).help(
            "Write 0,3 instead of 0.3, for spreadsheets that expect it; give another delimiter with it",
        ),
        Arg::new("format")
            .long("format")
            .value_name("FORMAT")
            .default_value("csv")
            .add(offering(FileFormat::WORDS))
            .help("Files of the table of runs: csv, or parquet for data frames"),
        Arg::new("columns")
            .long("columns")
            .value_name("NAMES")
            .action(ArgAction::Append)
            .value_delimiter(',')
            .add(ArgValueCandidates::new(|| COLUMNS.iter().map(|column| column.name.into()).collect()))
            .help("Columns of the table of runs, in this order, such as run,alpha,outcome [default: all]"),
        Arg::new("summary-only")
            .long("summary-only")
            .action(ArgAction::SetTrue)
            .help("Write the summary and the spec, but no table of runs"),
        Arg::new("no-xlsx")
            .long("no-xlsx")
            .action(ArgAction::SetTrue)
            .help("Write no summary.xlsx, the workbook of the summary with its charts"),
        Arg::new("rows-per-file")
            .long("rows-per-file")
            .value_name("N")
            .help("Split the table into files of at most N rows each; a spreadsheet takes 1048575"),
        Arg::new("resume")
            .long("resume")
            .action(ArgAction::SetTrue)
            .help("Go on with the same sweep where it was interrupted, or begin it if it was not begun"),
        Arg::new("force")
            .long("force")
            .action(ArgAction::SetTrue)
            .conflicts_with("resume")
            .help("Begin anew although an unfinished sweep is in the folder"),
        Arg::new("shard")
            .long("shard")
            .value_name("K/N")
            .allow_hyphen_values(true)
            .help("Run only the K-th of N equal parts, from 1/N to N/N; see merge"),
        Arg::new("checkpoint")
            .long("checkpoint")
            .value_name("SECONDS")
            .allow_hyphen_values(true)
            .help("How often to bring what is done to the disk, so that a kill loses no more [default: 2]"),
        Arg::new("no-pictures")
            .long("no-pictures")
            .action(ArgAction::SetTrue)
            .help("Draw neither charts nor a map of the results"),
        talk::quiet(),
        talk::json(),
    ];
    own.into_iter().chain(key_flags(|_| true)).collect()
}

/// A whole number above 0 that a flag was given.
fn count<T: std::str::FromStr>(matches: &ArgMatches, flag: &str) -> Result<Option<T>, Problem> {
    let Some(text) = matches.get_one::<String>(flag) else { return Ok(None) };
    text.parse()
        .map(Some)
        .map_err(|_| Problem::new(flag, text, format!("give a whole number from 1 to {}", u64::MAX)))
}

/// The most worker threads.
pub const MOST_THREADS: usize = 4096;

/// The names of instruction sets, and the word for the fastest one.
fn isa_names() -> impl Iterator<Item = &'static str> {
    ["auto"].into_iter().chain(Isa::ALL.map(Isa::name))
}

/// How the sweep is to be run.
pub fn options(matches: &ArgMatches) -> Result<Options, Problem> {
    let mut options = Options::default();
    if let Some(threads) = count::<NonZeroUsize>(matches, "threads")? {
        if threads.get() > MOST_THREADS {
            return Err(Problem::new("threads", threads, format!("give at most {MOST_THREADS}")));
        }
        options.threads = threads.get();
    }
    options.isa = isa_named(matches.get_one::<String>("isa").expect("it has a default"))?;
    Ok(options)
}

/// The longest time between two checkpoints, in seconds: a day.
const MOST_SECONDS: f64 = 86_400.0;

/// The most files that a table is split over.
const MOST_FILES: u64 = 100_000;

/// Where the results are to go, and how.
pub fn destination(matches: &ArgMatches, sweep: &Sweep) -> Result<Destination, Problem> {
    let text = |flag: &str| matches.get_one::<String>(flag).map(String::as_str);
    let folder = matches.get_one::<PathBuf>("out").cloned();
    let mut destination = Destination::new(folder.unwrap_or_else(|| Path::new("results").join(&sweep.name)));
    let file_format = text("format").expect("it has a default").parse()?;
    let summary_only = matches.get_flag("summary-only");
    destination.spec = spec_path(matches);
    destination.layout = Layout {
        file_format: if summary_only { FileFormat::None } else { file_format },
        format: Format::new(text("delimiter").expect("it has a default"), matches.get_flag("decimal-comma"))?,
        columns: matches.get_many("columns").map(|names| names.map(String::clone).collect()),
        rows_per_file: count::<NonZeroU64>(matches, "rows-per-file")?,
        workbook: !matches.get_flag("no-xlsx"),
    };
    destination.layout = destination.layout.for_sweep(sweep)?;
    let (runs, rows) = (sweep.runs(), destination.layout.rows_per_file.map_or(u64::MAX, NonZeroU64::get));
    if runs.div_ceil(rows) > MOST_FILES {
        let remedy = format!(
            "the table would have more than {MOST_FILES} files: give {} or more",
            runs.div_ceil(MOST_FILES)
        );
        return Err(Problem::new("rows-per-file", rows, remedy));
    }
    destination.shard = text("shard").map(str::parse).transpose()?;
    if matches.get_flag("resume") {
        destination.unfinished = Unfinished::Resume;
    } else if matches.get_flag("force") {
        destination.unfinished = Unfinished::Replace;
    }
    if let Some(seconds) = text("checkpoint") {
        let problem =
            || Problem::new("checkpoint", seconds, format!("give seconds from 0 to {MOST_SECONDS}"));
        let value =
            seconds.parse().ok().filter(|value| (0.0..=MOST_SECONDS).contains(value)).ok_or_else(problem)?;
        destination.checkpoint_every = Duration::from_secs_f64(value);
    }
    Ok(destination)
}

/// Reports the groups, shows all to the pictures, and tells what is gone on with.
struct Seen<'a> {
    report: &'a mut Report,
    gallery: &'a mut Option<Gallery>,
    runs: u64,
}

impl Watcher for Seen<'_> {
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
        talk::note(format_args!(
            "{}going on after {} of {} runs{}",
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
    let sweep = sweep_of(matches)?;
    let pictures = pictures_of(matches, &sweep);
    execute(matches, sweep, pictures)
}

/// Runs a sweep as the arguments say, and draws pictures of its results.
pub fn execute(matches: &ArgMatches, sweep: Sweep, pictures: Option<Pictures>) -> Result<(), Failure> {
    let sweep = Arc::new(sweep);
    let options = options(matches)?;
    let destination = destination(matches, &sweep)?;
    tell_of_starts(&sweep);
    doubts(matches, &sweep)?.iter().for_each(talk::note);
    if matches.get_flag("dry-run") {
        return dry_run(&sweep, &destination, &options);
    }
    warn_of_rows(&sweep, &destination);
    let is_asked_to_end = interruption();
    // It is locked until the pictures are drawn.
    let folder = OutputFolder::create(&destination.path())?;
    // Pictures are of the whole sweep.
    let pictures = pictures.filter(|_| destination.shard.is_none());
    pictures.into_iter().flat_map(Pictures::names).try_for_each(|name| folder.can_have(&name))?;
    let mut gallery = pictures.map(|pictures| Gallery::new(&sweep, pictures)).transpose()?;
    let progress = Progress::stopped_by(Arc::clone(&is_asked_to_end));
    let wanted = destination.runs(&sweep);
    let runs = wanted.end - wanted.start;
    let mut report = Report::new(&sweep);
    let started = Instant::now();
    let saved = shown_while(&progress, runs, || {
        save_in(
            &folder,
            &sweep,
            &destination,
            &options,
            &progress,
            &mut Seen { report: &mut report, gallery: &mut gallery, runs },
        )
    });
    let seconds = started.elapsed().as_secs_f64();
    // Results that are there are told, whatever failed afterwards.
    let tell = || tell(&report, runs, &progress, seconds, options.isa, folder.path());
    let renew = |gallery, has_seen_all| match destination.shard {
        None => renew(&folder, gallery, has_seen_all, &is_asked_to_end),
        Some(_) => Ok(()),
    };
    match saved {
        Ok(Saved::Before) => {
            // Pictures that are not asked for again are those of these results.
            let drawn = gallery.map_or(Ok(()), |gallery| renew(Some(gallery), false));
            drawn.and(tell_again(runs, folder.path()))
        }
        Ok(Saved::Now) => {
            let drawn = renew(gallery, !report.groups_before);
            let told = tell();
            drawn.and(told)
        }
        Err(failure @ Failure::Failed(_, Left::Done(_))) => {
            let _ = (renew(gallery, !report.groups_before), tell());
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
        None => "how large the table would be cannot be told, since no run is over soon".to_owned(),
        Some(bytes) => format!("the table would have about {}", HumanBytes(bytes as u64)),
    };
    let runs = destination.runs(sweep);
    let runs = runs.end - runs.start;
    let (threads, folder) = (options.threads_for(runs), destination.path().display().to_string());
    let facts = json!({
        "runs": runs,
        "most_steps": sweep.budget.steps,
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
            HumanCount(sweep.budget.steps),
            u128::from(runs) * u128::from(sweep.budget.steps),
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

/// What values stand for that are likely to be meant otherwise.
fn doubts(matches: &ArgMatches, sweep: &Sweep) -> Result<Vec<String>, Problem> {
    let mut doubts: Vec<String> =
        spec_of_flags(matches)?.given().filter_map(|(key, texts)| doubt(key, texts)).collect();
    // Results say which seed they have, and a plane has one start for all its points.
    let is_typed = !matches.get_one::<PathBuf>("spec").is_some_and(|path| path.is_dir());
    if let Origins::Inits { inits, seeds } = sweep.axes.origins()
        && let (1, seed @ 2..) = (seeds.len(), seeds.get(0))
        && is_typed
        && sweep.plane.is_none()
        && inits.iter().any(Init::draws)
    {
        let starts = HumanCount(seed);
        doubts
            .push(format!("seeds = {seed} is one seed, the number {seed}; 0..{seed} makes {starts} starts"));
    }
    Ok(doubts)
}

/// What the values of a flag stand for, if they are likely to be meant otherwise.
fn doubt(key: &str, texts: &[String]) -> Option<String> {
    let whole = |text: &str| text.trim().parse::<u64>().ok();
    if let ("momentum", [first, second]) = (key, texts)
        && whole(first) == Some(0)
        && whole(second).is_some_and(|second| second > 0)
    {
        return Some(format!(
            "momentum = {first},{second} is {first} and {second}; decimals have a point: {first}.{second}"
        ));
    }
    let is_one = |text: &&String| {
        let parts: Vec<&str> = text.split(':').map(str::trim).collect();
        matches!(parts[..], [from, to, "1"] if from == to && from != "log")
    };
    let one = texts.iter().find(is_one)?;
    Some(format!("{key} = {one} is one number; a range is from:to:count, where others write from:step:to"))
}

/// Says that the summary has too many groups for a workbook.
pub fn tell_of_no_workbook(groups: u64) {
    talk::note(format_args!(
        "no summary.xlsx is written, since the summary has {} groups and a workbook takes {}",
        HumanCount(groups),
        HumanCount(MOST_GROUPS),
    ));
}

/// Tells what a spreadsheet will not open.
fn warn_of_rows(sweep: &Sweep, destination: &Destination) {
    if destination.layout.workbook && destination.shard.is_none() && sweep.groups() > MOST_GROUPS {
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
