//! What a sweep's arguments ask for, checked.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::ArgMatches;
use indicatif::HumanCount;
use xorsweep::Problem;
use xorsweep::execution::{Destination, Unfinished};
use xorsweep::picture::files::{MapStyle, Pictures};
use xorsweep::picture::map;
use xorsweep::results::layout::FileFormat;
use xorsweep::results::{Format, Layout};
use xorsweep::sweep::engine::Options;
use xorsweep::sweep::isa::isa_named;
use xorsweep::sweep::spec::{Origins, Spec, Sweep};
use xorsweep::sweep::start::Init;

use crate::cli::arguments::{spec_of_flags, spec_path, sweep_of};

/// What is to be done with a sweep.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The sweep.
    pub sweep: Arc<Sweep>,
    /// How its runs are executed.
    pub options: Options,
    /// Where the results go, and how.
    pub destination: Destination,
    /// The pictures of the whole, if there are to be any.
    pub pictures: Option<Pictures>,
    /// Whether it is only told what the sweep would take.
    pub is_dry_run: bool,
    /// What values stand for that are likely to be meant otherwise, a sentence each.
    pub doubts: Vec<String>,
}

impl Plan {
    /// The sweep that the arguments name, with the pictures that come with every sweep.
    pub fn of(matches: &ArgMatches) -> Result<Self, Problem> {
        let sweep = sweep_of(matches)?;
        let has_map = sweep.plane.is_some() && map::drawable(&sweep).is_ok();
        let pictures = Pictures { maps: has_map.then(MapStyle::default), charts: true };
        Self::with(matches, sweep, (!matches.get_flag("no-pictures")).then_some(pictures))
    }

    /// As the arguments say, with another sweep or other pictures.
    pub fn with(matches: &ArgMatches, sweep: Sweep, pictures: Option<Pictures>) -> Result<Self, Problem> {
        let destination = destination(matches, &sweep)?;
        // Results say which seed they have.
        let is_typed = !matches.get_one::<PathBuf>("spec").is_some_and(|path| path.is_dir());
        Ok(Self {
            options: options(matches)?,
            doubts: doubts(&spec_of_flags(matches)?, &sweep, is_typed),
            is_dry_run: matches.get_flag("dry-run"),
            pictures: pictures.filter(|_| destination.shard.is_none()),
            destination,
            sweep: Arc::new(sweep),
        })
    }
}

/// A whole number above 0 that a flag was given.
fn count<T: std::str::FromStr>(matches: &ArgMatches, flag: &str) -> Result<Option<T>, Problem> {
    let Some(text) = matches.get_one::<String>(flag) else { return Ok(None) };
    text.parse()
        .map(Some)
        .map_err(|_| Problem::new(flag, text, format!("give a whole number from 1 to {}", u64::MAX)))
}

/// The most worker threads.
pub const MAX_THREADS: usize = 4096;

/// How the sweep is to be run.
pub fn options(matches: &ArgMatches) -> Result<Options, Problem> {
    let mut options = Options::default();
    if let Some(threads) = count::<NonZeroUsize>(matches, "threads")? {
        if threads.get() > MAX_THREADS {
            return Err(Problem::new("threads", threads, format!("give at most {MAX_THREADS}")));
        }
        options.threads = threads.get();
    }
    options.isa = isa_named(matches.get_one::<String>("isa").expect("it has a default"))?;
    Ok(options)
}

/// The longest time between two checkpoints, in seconds: a day.
const MAX_SECONDS: f64 = 86_400.0;

/// The most files that a table is split over.
const MAX_FILES: u64 = 100_000;

/// Where the results are to go, and how.
fn destination(matches: &ArgMatches, sweep: &Sweep) -> Result<Destination, Problem> {
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
    if runs.div_ceil(rows) > MAX_FILES {
        let remedy = format!(
            "the table would have more than {MAX_FILES} files: give {} or more",
            runs.div_ceil(MAX_FILES)
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
        let problem = || Problem::new("checkpoint", seconds, format!("give seconds from 0 to {MAX_SECONDS}"));
        let value =
            seconds.parse().ok().filter(|value| (0.0..=MAX_SECONDS).contains(value)).ok_or_else(problem)?;
        destination.checkpoint_every = Duration::from_secs_f64(value);
    }
    Ok(destination)
}

/// What values stand for that are likely to be meant otherwise, of flags and of the sweep that they make.
fn doubts(flags: &Spec, sweep: &Sweep, is_typed: bool) -> Vec<String> {
    let mut doubts: Vec<String> = flags.given().filter_map(|(key, texts)| doubt(key, texts)).collect();
    if let Origins::Inits { inits, seeds } = sweep.axes.origins()
        && let (1, seed @ 2..) = (seeds.len(), seeds.get(0))
        && is_typed
        // A plane has one start for all its points.
        && sweep.plane.is_none()
        && inits.iter().any(Init::draws)
    {
        let starts = HumanCount(seed);
        doubts
            .push(format!("seeds = {seed} is one seed, the number {seed}; 0..{seed} makes {starts} starts"));
    }
    doubts
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
