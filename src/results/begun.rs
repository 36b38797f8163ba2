//! What of a sweep is in a folder already.

use std::io::{self, Read as _};
use std::ops::Range;
use std::path::Path;

use super::checkpoint::{CHECKPOINT, Checkpoint, Request, SHARD, other_request};
use super::commit::{is_of_sweep, undo};
use super::failure::Failure;
use super::files::{Mark, partial};
use super::folder::OutputFolder;
use super::layout::SPEC;
use super::recorder::{Beside, spec_text};
use super::watcher::Resumed;
use crate::kernel::outcome::RunResult;
use crate::problem::{Problem, Way};
use crate::sweep::spec::Sweep;

/// What to do with an unfinished sweep in the folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unfinished {
    /// Leave it alone, and refuse to begin.
    #[default]
    Keep,
    /// Go on with it; begin if there is none.
    Resume,
    /// Begin anew.
    Replace,
}

/// Whether what is asked for is done.
pub(crate) enum Done {
    Yes,
    No,
    /// It was, but files are missing.
    Damaged,
}

/// Whether the folder has all results of this request.
pub(crate) fn is_done(folder: &OutputFolder, sweep: &Sweep, request: &Request) -> Result<Done, Failure> {
    if request.shard.is_some() {
        return shard_is_done(folder, sweep, request);
    }
    if folder.request() != Some(request.check()) || folder.has(CHECKPOINT)? {
        return Ok(Done::No);
    }
    let listed = folder.listed().into_iter().filter(|name| is_of_sweep(name)).count();
    Ok(if folder.own(is_of_sweep)?.len() == listed { Done::Yes } else { Done::Damaged })
}

/// Whether the folder has this shard, done. A spec that is missing, or an input, is written again.
fn shard_is_done(folder: &OutputFolder, sweep: &Sweep, request: &Request) -> Result<Done, Failure> {
    let Some(Some(done)) = Checkpoint::find(folder, SHARD)? else { return Ok(Done::No) };
    if done.request != *request || folder.has(CHECKPOINT)? {
        return Ok(Done::No);
    }
    for (name, mark) in done.files() {
        let missing =
            if folder.has(&name)? { None } else { Beside::of(sweep).find(|file| file.name() == name) };
        if let Some(missing) = missing {
            missing.file(folder, sweep)?.finish()?;
        } else if !folder.is_as(&name, mark)? {
            return Ok(Done::Damaged);
        }
    }
    Ok(Done::Yes)
}

/// An unfinished sweep that can be resumed.
pub(crate) struct Found {
    pub(crate) checkpoint: Checkpoint,
    damaged: bool,
}

impl Found {
    fn next(&self) -> Option<u64> {
        self.checkpoint.entries.last().map(|entry| entry.next)
    }

    /// The runs that are over but not in the files.
    pub(crate) fn ahead(&self) -> Vec<RunResult> {
        self.checkpoint.ahead(self.next().unwrap_or(0))
    }

    pub(crate) fn told(&self, runs: &Range<u64>, ahead: usize) -> Resumed {
        let done = self.next().map_or(0, |next| next - runs.start);
        Resumed { done, ahead: ahead as u64, damaged: self.damaged }
    }
}

/// The unfinished sweep in the folder, if it is to be resumed.
pub(crate) fn unfinished(
    folder: &OutputFolder,
    sweep: &Sweep,
    request: &Request,
    wish: Unfinished,
) -> Result<Option<Found>, Failure> {
    let refused = |remedy: &str, ways: &'static [Way]| {
        Failure::from(Problem::new("out", folder.path().display(), remedy).with_ways(ways))
    };
    let Some(found) = Checkpoint::find(folder, CHECKPOINT)? else { return Ok(None) };
    match &found {
        Some(checkpoint) => {
            folder.adopt(checkpoint.made());
            let tables = request.layout.file_names(request.runs).map(|name| partial(&name));
            folder.adopt(tables.take_while(|name| folder.has(name).is_ok_and(|is_there| is_there)));
        }
        // It is damaged, or somebody else's.
        None => folder.can_have(CHECKPOINT)?,
    }
    match (wish, found) {
        (Unfinished::Keep, _) => {
            Err(refused("an unfinished sweep is there", &[Way::Resume, Way::Replace, Way::Elsewhere]))
        }
        (Unfinished::Replace, Some(checkpoint)) => {
            undo(folder, &checkpoint.files())?;
            Ok(None)
        }
        (Unfinished::Replace, None) => Ok(None),
        (Unfinished::Resume, Some(mut checkpoint)) => {
            if let Some(difference) = request.difference(&checkpoint.request) {
                return Err(other_request(folder.path(), &difference).into());
            }
            folder.keep();
            undo(folder, &checkpoint.files())?;
            let damaged = checkpoint.check(folder)?;
            Ok(Some(Found { checkpoint, damaged }))
        }
        (Unfinished::Resume, None) => {
            if !folder.is_as(&partial(SPEC), Mark::of(spec_text(sweep).as_bytes()))? {
                return Err(refused(
                    "the unfinished sweep there is another one, as far as its damaged checkpoint lets tell",
                    &[Way::Replace, Way::Elsewhere],
                ));
            }
            folder.keep();
            Ok(Some(Found { checkpoint: Checkpoint::new(request.clone()), damaged: true }))
        }
    }
}

/// Removes the checkpoint; returns whether there was one.
pub(crate) fn forget(folder: &OutputFolder) -> io::Result<bool> {
    let is_there = folder.has(CHECKPOINT)?;
    if is_there {
        folder.remove(CHECKPOINT)?;
    }
    Ok(is_there)
}

/// Refuses to put results in the place of a file that the sweep was read from, unless they are the same.
pub(crate) fn nothing_read_is_replaced(
    folder: &OutputFolder,
    sweep: &Sweep,
    spec: Option<&Path>,
) -> Result<(), Failure> {
    let own: Vec<String> = folder.listed().into_iter().filter(|name| is_of_sweep(name)).collect();
    let replaced = |path: &Path| folder.name_of(path).filter(|name| own.contains(name));
    let refused = |key: &str, path: &Path| {
        let remedy = "a result would take its place: copy it elsewhere, or give another folder";
        Err(Problem::new(key, path.display(), remedy).into())
    };
    if let Some(path) = spec
        && let Some(name) = replaced(path)
        && (name != SPEC || !has_same_spec(folder, sweep)?)
    {
        return refused("spec", path);
    }
    for input in sweep.inputs() {
        // What the folder keeps of it is the same; a file that was changed is in the way of any sweep.
        if replaced(&input.file.path).is_some_and(|name| name != input.file.kept_name()) {
            return refused(input.file.key, &input.file.path);
        }
    }
    Ok(())
}

/// Whether the spec in the folder says the same, but for comments.
fn has_same_spec(folder: &OutputFolder, sweep: &Sweep) -> io::Result<bool> {
    let Some(mut file) = folder.read(SPEC)? else { return Ok(false) };
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|error| folder.naming(SPEC, error))?;
    let wanted = spec_text(sweep);
    let says = |text: &str| {
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>()
    };
    Ok(says(&text) == says(&wanted))
}
