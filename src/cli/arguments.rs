//! The spec's keys as flags, and what several subcommands take.

use std::fs::File;
use std::io::{self, Read};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, ValueHint, value_parser};
use indicatif::HumanCount;
use xorsweep::Problem;
use xorsweep::results::layout::{SPEC, SUMMARY, is_of_table};
use xorsweep::results::list::changes;
use xorsweep::sweep::axes::whole_number;
use xorsweep::sweep::input::is_kept;
use xorsweep::sweep::spec::{KEYS, Spec, Sweep};

use super::talk;

use super::completions::{offering, specs};
use super::talk::note;

/// The flag of a key: its name with dashes.
fn flag(key: &str) -> String {
    key.replace('_', "-")
}

/// Flags for the keys that `wanted` lets through.
pub fn key_flags(wanted: impl Fn(&str) -> bool) -> impl Iterator<Item = Arg> {
    KEYS.iter().filter(move |key| wanted(key.name)).map(|key| {
        let argument = Arg::new(key.name)
            .long(flag(key.name))
            .value_name(key.value_name)
            .help(key.help_with_default())
            .help_heading("Keys of the spec")
            .action(if key.list { ArgAction::Append } else { ArgAction::Set })
            .allow_hyphen_values(true);
        match key.value_name {
            "FILE" => argument.value_hint(ValueHint::FilePath),
            _ => argument.add(offering((key.words)())),
        }
    })
}

/// A whole number within limits, as an argument gives it.
pub fn whole(limits: RangeInclusive<u64>) -> impl Fn(&str) -> Result<u64, String> + Clone {
    move |text| {
        let (low, high) = limits.clone().into_inner();
        whole_number(text).filter(|number| limits.contains(number)).ok_or_else(|| match high {
            u64::MAX => format!("give a whole number from {low}"),
            _ => format!("give a whole number from {low} to {high}"),
        })
    }
}

/// The keys given as flags.
pub fn spec_of_flags(matches: &ArgMatches) -> Result<Spec, Problem> {
    let mut spec = Spec::default();
    for key in KEYS {
        if let Ok(Some(values)) = matches.try_get_many::<String>(key.name) {
            let values: Vec<&str> = values.map(String::as_str).collect();
            spec.set(key.name, &values)?;
        }
    }
    Ok(spec)
}

/// The argument that names a spec file.
pub fn spec_file() -> Arg {
    Arg::new("spec")
        .value_name("SPEC")
        .help("A spec file (TOML), or a folder of results, which has one; flags win over it")
        .value_parser(value_parser!(PathBuf))
        .add(specs())
}

/// The argument that names a folder of results, which also is where a spec is looked for.
pub fn results_folder() -> Arg {
    Arg::new("spec")
        .value_name("DIR")
        .required(true)
        .value_parser(value_parser!(PathBuf))
        .value_hint(ValueHint::DirPath)
        .help("A folder of results")
}

/// The folder that [`results_folder`] names.
pub fn results_of(matches: &ArgMatches) -> Result<&Path, Problem> {
    let results = matches.get_one::<PathBuf>("spec").expect("it is required");
    if !results.is_dir() {
        return Err(Problem::new("DIR", results.display(), "give the folder of a sweep's results"));
    }
    Ok(results)
}

/// The arguments that choose one run: a spec file, `--run` and `--seed`.
pub fn one_run() -> [Arg; 3] {
    [
        spec_file(),
        Arg::new("run")
            .long("run")
            .value_name("NUMBER")
            .value_parser(whole(0..=u64::MAX))
            .help("Which run, from 0; needed where there are several"),
        Arg::new("seeds")
            .long("seed")
            .value_name("SEED")
            .help("The seed of the start [default: 0]")
            .help_heading("Keys of the spec"),
    ]
}

/// The largest spec file that is read, in bytes: more than every key with as many values as it may have.
const LARGEST_SPEC: u64 = 160 << 20;

/// The spec of a file, with its paths relative to it.
fn spec_of_file(path: &Path) -> Result<Spec, Problem> {
    let refused = |reason: String| Problem::new("spec", path.display(), reason);
    let unreadable =
        |error: io::Error| Problem::of_file("spec", path.display(), "the file cannot be read", &error);
    let mut text = String::new();
    // Not all that can be read has a length, or an end.
    let file = File::open(path).map_err(unreadable)?;
    file.take(LARGEST_SPEC + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > LARGEST_SPEC {
        return Err(refused(format!("the file is too long; a spec may have at most {LARGEST_SPEC} bytes")));
    }
    let spec = Spec::from_toml(&text)
        .map_err(|problem| Problem { key: format!("{}: {}", path.display(), problem.key), ..problem })?;
    spec.anchored(path.parent().unwrap_or(Path::new("")))
}

/// The sweep of the file and the flags given; the built-in one if there are none.
pub fn sweep_of(matches: &ArgMatches) -> Result<Sweep, Problem> {
    let flags = spec_of_flags(matches)?;
    match spec_path(matches) {
        Some(path) => flags.over(spec_of_file(&path)?).resolve(Path::new("")),
        None if flags == Spec::default() => Ok(Sweep::built_in()),
        None => flags.resolve(Path::new("")),
    }
}

/// As [`sweep_of`], for those who look at a run or at results again: a spec that stands beside its results must be as it
/// was when they were written.
pub fn sweep_as_recorded(matches: &ArgMatches) -> Result<Sweep, Problem> {
    if let Some(path) = spec_path(matches)
        && path.ends_with(SPEC)
    {
        let folder = path.parent().unwrap_or(Path::new(""));
        if let Some((path, change)) = changes(folder, |name| name == SPEC || is_kept(name)).first() {
            // Of a file that is gone nothing is known but that.
            let remedy = if path.exists() {
                format!(
                    "it {change}, and its runs are not those of the tables there: put it right, or copy it elsewhere to \
                     use it as a spec of its own"
                )
            } else {
                format!("it {change}: put it back, or run the sweep again")
            };
            return Err(Problem::new("spec", path.display(), remedy));
        }
    }
    sweep_of(matches)
}

/// The file of the spec, if one is given.
pub fn spec_path(matches: &ArgMatches) -> Option<PathBuf> {
    let path = matches.get_one::<PathBuf>("spec")?;
    Some(if path.is_dir() { path.join(SPEC) } else { path.clone() })
}

/// Says which tables are not as they were written, for what is drawn from them says what they say now.
pub fn tell_changed_tables(results: &Path) {
    for (path, change) in changes(results, |name| name == SUMMARY || is_of_table(name)) {
        talk::note(format_args!("{} {change}", path.display()));
    }
}

/// As [`sweep_of`], for a single run: without a file the seed is 0 unless one is given.
pub fn run_or_sweep_of(matches: &ArgMatches) -> Result<Sweep, Problem> {
    let mut flags = spec_of_flags(matches)?;
    if matches.contains_id("spec") {
        return sweep_as_recorded(matches);
    }
    if !flags.has("seeds") && !flags.has("starts") {
        flags.set("seeds", &["0"])?;
    }
    flags.resolve(Path::new(""))
}

/// Says how the file of starts was understood, if there is one: a matrix that is transposed is another network.
pub fn tell_of_starts(sweep: &Sweep) {
    if let Some(starts) = sweep.starts() {
        let count = starts.len();
        let noun = if count == 1 { "start" } else { "starts" };
        note(format_args!("{}: {} {noun}; {}", starts.init, HumanCount(count as u64), starts.understood));
    }
}
