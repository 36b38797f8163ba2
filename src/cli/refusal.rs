//! What is wrong with arguments, in one line that says what would do.

use std::error::Error;
use std::ffi::OsString;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};
use xorsweep::Problem;
use xorsweep::sweep::elsewhere::{self, Here, Meant};
use xorsweep::sweep::text::{nearest, plain, similarity};

/// Words of other programs for flags that are no keys.
const FLAGS: &[(Here, &[&str])] = &[
    (
        Here::Named("out"),
        &["output_dir", "outdir", "out_dir", "output_folder", "folder", "dir", "directory", "save", "file"],
    ),
    (
        Here::Named("threads"),
        &[
            "jobs",
            "n_jobs",
            "workers",
            "num_workers",
            "cores",
            "cpus",
            "num_threads",
            "processes",
            "parallel",
        ],
    ),
    (Here::Named("delimiter"), &["sep", "separator"]),
    (Here::Named("no-pictures"), &["no_plot", "no_plots", "no_charts", "no_figures"]),
    (Here::Named("quiet"), &["silent"]),
    (Here::Named("force"), &["overwrite", "yes"]),
    (Here::Said("notes and progress are told anyway"), &["verbose", "progress"]),
];

/// Words of other programs for subcommands.
const COMMANDS: &[(Here, &[&str])] = &[
    (Here::Named("sweep"), &["run", "train", "fit", "start"]),
    (Here::Named("chart"), &["plot", "plots", "charts", "draw", "figure"]),
    (Here::Named("map"), &["image", "heatmap", "picture"]),
    (Here::Named("inspect"), &["explain", "show", "describe"]),
    (Here::Named("trace"), &["follow", "log"]),
    (Here::Named("report"), &["html", "page"]),
    (Here::Named("merge"), &["join", "combine"]),
    (Here::Named("check-gradient"), &["gradcheck", "gradient"]),
    (Here::Named("--version"), &["version"]),
];

/// Where subcommands stand.
const COMES_FIRST: &str = "a subcommand comes first, before flags and files";

/// What the error says, in one line.
pub fn told(error: &clap::Error, whole: &Command, arguments: &[OsString]) -> String {
    let subcommand = arguments.get(1).and_then(|name| name.to_str());
    let command = subcommand.and_then(|name| whole.find_subcommand(name)).unwrap_or(whole);
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        _ => None,
    };
    let argument = text(ContextKind::InvalidArg).unwrap_or_default();
    let name = argument_name(&argument);
    match error.kind() {
        ErrorKind::UnknownArgument => unknown(whole, command, &argument).to_string(),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = text(ContextKind::InvalidValue).unwrap_or_default();
            let help = || found(command, name).map(help_of).unwrap_or_default();
            let remedy = match (error.get(ContextKind::ValidValue), error.source()) {
                _ if value.is_empty() => format!("give a value: {}", help()),
                (Some(ContextValue::Strings(valid)), _) => choice(&value, valid),
                (_, Some(remedy)) => remedy.to_string(),
                _ => help(),
            };
            Problem::new(name, value, remedy).to_string()
        }
        ErrorKind::MissingRequiredArgument => {
            let help = found(command, name).map(help_of).unwrap_or_default();
            Problem::new(name, "", format!("it is missing; give it: {help}")).to_string()
        }
        ErrorKind::ArgumentConflict if argument.is_empty() => {
            let typed = text(ContextKind::InvalidSubcommand).unwrap_or_default();
            match whole.find_subcommand(&typed) {
                Some(_) => Problem::new(typed, "", COMES_FIRST).to_string(),
                None => unknown(whole, command, &typed).to_string(),
            }
        }
        ErrorKind::ArgumentConflict => match text(ContextKind::PriorArg) {
            Some(prior) if argument_name(&prior) != name => {
                let prior = argument_name(&prior);
                Problem::new(name, "", format!("it does not go with {prior}: give one of them")).to_string()
            }
            _ => Problem::new(name, "", "give it once").to_string(),
        },
        ErrorKind::InvalidSubcommand => {
            let typed = text(ContextKind::InvalidSubcommand).unwrap_or_default();
            let meant = command_meant(&typed, whole).map(|meant| format!("; {meant}"));
            Problem::new(typed, "", format!("there is no such subcommand{}", meant.unwrap_or_default()))
                .to_string()
        }
        kind => format!("{}; see --help", kind.as_str().unwrap_or("the arguments cannot be understood")),
    }
}

/// The argument's flag, or the name of its value: `--color` of `--color <WHAT>`, `DIR` of `<DIR>`.
fn argument_name(shown: &str) -> &str {
    let first = shown.split([' ', '=', ',']).next().unwrap_or_default();
    first.trim_matches(['<', '>', '[', ']', '.'])
}

/// The argument of this flag or value name.
fn found<'a>(command: &'a Command, name: &str) -> Option<&'a Arg> {
    command.get_arguments().find(|argument| match name.strip_prefix("--") {
        Some(flag) => argument.get_long() == Some(flag),
        None => argument.get_value_names().is_some_and(|names| names.iter().any(|known| known == name)),
    })
}

/// What help says of an argument.
fn help_of(argument: &Arg) -> String {
    argument.get_help().map_or_else(String::new, ToString::to_string)
}

/// What would do instead of a value that is none of those `valid`.
fn choice(value: &str, valid: &[String]) -> String {
    match nearest(value, valid.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("give {}", valid.join(", ")),
    }
}

/// What is wrong with an argument that is not expected.
fn unknown(whole: &Command, command: &Command, argument: &str) -> Problem {
    let Some(typed) = argument.strip_prefix("--") else {
        let remedy = if argument.starts_with('-') && argument.parse::<f64>().is_ok() {
            "no number below 0 is expected here; see --help"
        } else if argument.starts_with('-') {
            "there is no such flag; all are long, such as --alpha; see --help"
        } else {
            "nothing more is expected here; see --help"
        };
        return Problem::new(argument, "", remedy);
    };
    let typed = typed.split('=').next().unwrap_or_default();
    let remedy = flag_meant(whole, command, typed).unwrap_or_else(|| "see --help".to_owned());
    Problem::new(format!("--{typed}"), "", format!("there is no such flag; {remedy}"))
}

/// What a flag is called here, or which subcommand has it.
fn flag_meant(whole: &Command, command: &Command, typed: &str) -> Option<String> {
    let flags = || command.get_arguments().filter_map(Arg::get_long);
    // The flag of a key or of a name in the lists.
    let flag_of = |name: &str| command.get_arguments().find(|argument| argument.get_id() == name)?.get_long();
    let lists: Vec<(Here, &[&str])> = [elsewhere::KEYS, FLAGS].concat();
    let meant = elsewhere::meant(typed, flags(), &lists);
    let is_here = !matches!(meant, Some(Meant::Elsewhere(Here::Named(name))) if flag_of(name).is_none());
    let is_sure = match meant {
        Some(Meant::Near(flag)) => similarity(&plain(flag), &plain(typed)) > 0.75,
        _ => true,
    };
    let shown = |name: &str| format!("--{}", flag_of(name).unwrap_or(name));
    let told = meant.filter(|_| is_here).map(|meant| meant.told(shown));
    let has_it = |other: &&Command| other.get_arguments().any(|argument| argument.get_long() == Some(typed));
    let others: Vec<&str> = whole.get_subcommands().filter(has_it).map(Command::get_name).collect();
    let of_others = (!others.is_empty()).then(|| format!("it is one of {}", others.join(", ")));
    if is_sure { told.or(of_others) } else { of_others.or(told) }
}

/// What a subcommand is called here.
fn command_meant(typed: &str, whole: &Command) -> Option<String> {
    let names = whole.get_subcommands().map(Command::get_name);
    Some(elsewhere::meant(typed, names, COMMANDS)?.told(str::to_owned))
}

/// What is wrong with the path of a spec that is none but a subcommand or a key, mistyped.
pub fn no_spec(path: &Path, whole: &Command) -> Option<Problem> {
    let typed = path.to_str().filter(|text| !text.contains(['/', '\\', '.']) || text.contains('='))?;
    if path.exists() {
        return None;
    }
    let problem = |remedy| Some(Problem::new("spec", typed, remedy));
    if whole.find_subcommand(typed).is_some() {
        return problem(COMES_FIRST.to_owned());
    }
    if let Some((key, value)) = typed.split_once('=') {
        let is_key = found(whole, &format!("--{key}")).is_some()
            || elsewhere::meant(key, [], elsewhere::KEYS).is_some();
        return is_key.then(|| problem(format!("keys are flags: write --{key} {value}")))?;
    }
    problem(format!("there is no such file or subcommand; {}", command_meant(typed, whole)?))
}
