//! What the program tells besides its results: notes, errors and how far it is, on standard error, as lines for a
//! person or, with `--json`, for a program. What cannot be written changes nothing.

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::OnceLock;

use clap::{Arg, ArgAction};
use serde_json::{Value, json};
use xorsweep::results::{Failure, Left};

use super::output::styled_output;
use super::screen;

/// How to talk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Talk {
    /// Of nothing but errors.
    pub is_quiet: bool,
    /// To a program.
    pub is_json: bool,
}

const QUIET: &str = "quiet";
const JSON: &str = "json";

/// It is set once, when the program starts.
static TALK: OnceLock<Talk> = OnceLock::new();

/// How to talk.
pub fn talk() -> Talk {
    TALK.get().copied().unwrap_or_default()
}

/// Looks in the arguments for how to talk, before anything can be wrong with them.
pub fn listen(arguments: &[OsString]) {
    let has = |flag: &str| arguments.iter().skip(1).any(|argument| *argument == *format!("--{flag}"));
    let _ = TALK.set(Talk { is_quiet: has(QUIET), is_json: has(JSON) });
}

/// The flag for no words but errors.
pub fn quiet() -> Arg {
    Arg::new(QUIET)
        .long(QUIET)
        .action(ArgAction::SetTrue)
        .help("Say nothing but errors: no progress, no notes, and not what was found")
}

/// The flag for words that a program reads.
pub fn json() -> Arg {
    Arg::new(JSON).long(JSON).action(ArgAction::SetTrue).help(
        "Write one line of JSON to standard output when all is done, and progress, notes and errors as lines of JSON \
         to standard error",
    )
}

/// Tells a person or a program something besides.
pub fn note(text: impl Display) {
    let Talk { is_quiet, is_json } = talk();
    match (is_quiet, is_json) {
        (true, _) => (),
        (_, true) => event("note", json!({ "text": text.to_string() })),
        _ => line(format_args!("note: {text}")),
    }
}

/// Tells what went wrong, and with which exit code the program ends.
pub fn error(text: impl Display, code: u8) {
    if talk().is_json {
        event("error", json!({ "text": text.to_string(), "code": code }));
    } else {
        let style = screen::ERROR;
        line(format_args!("{style}xorsweep:{style:#} {text}"));
    }
}

/// Tells a program how something is.
pub fn event(name: &str, facts: Value) {
    line(with_name(name, facts));
}

/// A line for a person.
pub fn line(text: impl Display) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Writes the last line of standard output: `facts` for a program, or else what `told` writes for a person.
pub fn done(facts: Value, told: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    done_as("done", facts, told)
}

/// As [`done`], for an end of another name.
pub fn done_as(
    name: &str,
    facts: Value,
    told: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let Talk { is_quiet, is_json } = talk();
    let mut out = styled_output();
    match (is_json, is_quiet) {
        (true, _) => writeln!(out, "{}", with_name(name, facts))?,
        (_, true) => (),
        _ => told(&mut out)?,
    }
    out.flush()
}

/// Names the files that were written.
pub fn done_files(paths: &[PathBuf]) -> Result<(), Failure> {
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let told =
        done(json!({ "files": names }), |out| names.iter().try_for_each(|name| writeln!(out, "{name}")));
    let left = || Left::Done(format!("what is new and in place: {}", names.join(", ")));
    told.map_err(|error| Failure::Failed(error, left()))
}

/// The facts with what they are about in front.
fn with_name(name: &str, facts: Value) -> Value {
    let mut all = serde_json::Map::from_iter([("event".to_owned(), name.into())]);
    if let Value::Object(facts) = facts {
        all.extend(facts);
    }
    Value::Object(all)
}
