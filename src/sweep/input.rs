//! The files that a sweep is read from.
//!
//! Results keep what was read of each beside their spec, as a table with named columns, so that they can be moved, and the
//! file be changed or lost, and the same sweep still be run again. What the key `starts` found in `mine.npy` is kept in
//! `starts-mine.npy.csv`, and both are called `mine.npy` in tables.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crc32fast::Hasher;

use super::start::Starts;
use super::text::shortest;
use crate::Problem;
use crate::kernel::{Shape, Task};

/// The keys that name such files.
const KEYS: [&str; 2] = ["starts", "task"];

/// The ending of what is kept.
const ENDING: &str = ".csv";

/// A file that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct InputFile {
    /// The key that names it, `starts` or `task`.
    pub key: &'static str,
    /// A path that does not depend on the working folder.
    pub path: PathBuf,
}

impl InputFile {
    /// Opens the file at `path`.
    ///
    /// # Errors
    /// If it cannot be opened, or its path is no Unicode.
    pub fn open(key: &'static str, path: &Path) -> Result<(Self, File), Problem> {
        let unreadable =
            |error: io::Error| Problem::of_file(key, path.display(), "the file cannot be read", &error);
        let file = File::open(path).map_err(unreadable)?;
        let path = std::path::absolute(path).map_err(unreadable)?;
        if path.to_str().is_none() {
            return Err(not_unicode(key, &path));
        }
        Ok((Self { key, path }, file))
    }

    /// What it is called in tables: the file's name, or the name of the file that was read when this one was kept.
    #[must_use]
    pub fn name(&self) -> &str {
        let name = self.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let kept = name.strip_prefix(self.key).and_then(|rest| rest.strip_prefix('-'));
        kept.and_then(|rest| rest.strip_suffix(ENDING)).filter(|rest| !rest.is_empty()).unwrap_or(name)
    }

    /// The name of what is kept of it beside results.
    #[must_use]
    pub fn kept_name(&self) -> String {
        format!("{}-{}{ENDING}", self.key, self.name())
    }
}

/// Whether a file beside results has the name of one that is kept so.
#[must_use]
pub fn is_kept(name: &str) -> bool {
    KEYS.iter().any(|key| name.strip_prefix(key).is_some_and(|rest| rest.starts_with('-')))
}

/// The problem of a path that no spec file could hold.
pub(super) fn not_unicode(key: &str, path: &Path) -> Problem {
    Problem::new(key, path.display(), "the path is not Unicode; rename the file or its folder")
}

/// A file that was read, with what was found.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The file.
    pub file: &'a InputFile,
    pub(super) found: Found<'a>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Found<'a> {
    Starts(&'a Starts, Shape),
    Task(&'a Task),
}

impl Input<'_> {
    /// A check of what was found, which tells it from others but for a rare chance (CRC-32).
    #[must_use]
    pub fn check(&self) -> u32 {
        let mut check = Hasher::new();
        match self.found {
            Found::Starts(starts, _) => {
                starts.values().iter().for_each(|value| check.update(&value.to_le_bytes()));
                for name in (0..starts.len()).map_while(|row| starts.name(row)) {
                    check.update(format!("{name}\0").as_bytes());
                }
            }
            Found::Task(task) => {
                check.update(&(task.inputs() as u64).to_le_bytes());
                let numbers =
                    task.samples().iter().flat_map(|sample| sample.inputs.iter().chain([&sample.target]));
                numbers.for_each(|number| check.update(&number.to_le_bytes()));
            }
        }
        check.finalize()
    }

    /// Writes what was found as CSV with named columns, which reads back to the same doubles.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, out: impl Write) -> io::Result<()> {
        let mut out = csv::Writer::from_writer(out);
        match self.found {
            Found::Starts(starts, shape) => {
                let name = starts.has_names().then(|| "name".to_owned());
                out.write_record(name.into_iter().chain(shape.names()))?;
                for row in 0..starts.len() {
                    let numbers = starts.start(row).into_iter().map(shortest);
                    out.write_record(starts.name(row).map(str::to_owned).into_iter().chain(numbers))?;
                }
            }
            Found::Task(task) => {
                let inputs = (1..=task.inputs()).map(|input| format!("x{input}"));
                out.write_record(inputs.chain(["y".to_owned()]))?;
                for sample in task.samples() {
                    let numbers = sample.inputs.iter().chain([&sample.target]);
                    out.write_record(numbers.map(|number| shortest(*number)))?;
                }
            }
        }
        out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_and_what_is_kept_of_it_have_one_name() {
        for name in ["mine.npy", "mine.csv", "starts-.csv", "starts-a", "task-b.csv"] {
            let file = InputFile { key: "starts", path: Path::new("/somewhere").join(name) };
            assert_eq!(file.name(), name);
            let kept = InputFile { key: "starts", path: Path::new("/else").join(file.kept_name()) };
            assert_eq!((kept.name(), kept.kept_name()), (name, file.kept_name()));
            assert!(is_kept(&kept.kept_name()) && is_kept("task-a.csv") && !is_kept("mine.csv"));
        }
    }
}
