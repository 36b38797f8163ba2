//! A file that a flag names.
//!
//! It has another name until it is whole, as all files that are written. It takes the place of a file that is there
//! only if that is wished, and never of one that is read or that belongs to results.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process;

use clap::{Arg, ArgAction};
use xorsweep::Problem;
use xorsweep::results::folder::Created;
use xorsweep::results::list::is_listed;
use xorsweep::results::{Failure, Left};

/// The flag by which a file that is there is replaced.
pub const FORCE: &str = "force";

/// That flag.
pub fn force() -> Arg {
    Arg::new(FORCE).long(FORCE).action(ArgAction::SetTrue).help("Replace a file that is there")
}

/// A file that a flag names, not yet whole.
#[derive(Debug)]
pub struct NamedFile {
    /// Nothing once all is on the disk.
    writer: Option<BufWriter<File>>,
    partial: PathBuf,
    path: PathBuf,
    replaces: bool,
    is_named: bool,
    /// Dropped last, so that a folder that was made for nothing is empty.
    _created: Created,
}

impl NamedFile {
    /// Begins the file that a flag names. If it `replaces`, another one may be there, unless it is among those `read`.
    pub fn create(flag: &str, path: &Path, replaces: bool, read: &[&Path]) -> Result<Self, Failure> {
        let refused = |remedy: &str| Failure::from(Problem::new(flag, path.display(), remedy));
        let Some(name) = path.file_name() else { return Err(refused("give the name of a file")) };
        let folder = folder_of(path);
        if name.to_str().is_some_and(|name| is_listed(folder, name)) {
            return Err(refused("it is one of the results there: give another name"));
        }
        if let Ok(there) = fs::symlink_metadata(path) {
            if read.iter().any(|input| is_same(input, path)) {
                return Err(refused("it is read: give another name"));
            }
            if !there.is_file() {
                return Err(refused("it is no file: give another name"));
            }
            if !replaces {
                return Err(refused("it is there already: give --force to replace it, or another name"));
            }
        }
        let unopened = |what: &str, error: io::Error| refused(&format!("{what}: {error}"));
        let created = Created::make(folder).map_err(|error| unopened("the folder cannot be made", error))?;
        let mut partial = path.to_owned();
        for number in 0_u64.. {
            partial.set_file_name(format!("{}.{}-{number}.partial", name.display(), process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&partial) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => (),
                Err(error) => return Err(unopened("the file cannot be written", error)),
                Ok(file) => {
                    let (writer, path) = (Some(BufWriter::new(file)), path.to_owned());
                    return Ok(Self { writer, partial, path, replaces, is_named: false, _created: created });
                }
            }
        }
        unreachable!("there are not so many files")
    }

    /// Brings all of it to the disk, where a full disk shows.
    fn seal(&mut self) -> io::Result<()> {
        let Some(mut writer) = self.writer.take() else { return Ok(()) };
        let sealed = writer.flush().and_then(|()| writer.get_ref().sync_data());
        drop(writer.into_parts()); // does not try to write again what failed
        sealed.map_err(|error| self.failed(error))
    }

    /// Gives it its name.
    fn name(&mut self) -> io::Result<()> {
        let Self { partial, path, .. } = self;
        let named = if self.replaces {
            fs::rename(partial, path)
        } else {
            match fs::hard_link(&partial, &path) {
                Ok(()) => fs::remove_file(&partial),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
                // Not every disk can give a file two names.
                Err(_) if !path.exists() => fs::rename(&partial, &path),
                Err(error) => Err(error),
            }
        };
        named.map_err(|error| self.failed(error))?;
        self.is_named = true;
        Ok(())
    }

    fn failed(&self, error: io::Error) -> io::Error {
        io::Error::new(error.kind(), format!("{}: {error}", self.path.display()))
    }
}

/// The folder that a path's file is in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}

/// Whether two paths are those of one file, which need not be there.
pub fn is_same(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| {
        let folder = fs::canonicalize(folder_of(path)).or_else(|_| std::path::absolute(folder_of(path)));
        let whole = folder.ok().zip(path.file_name()).map(|(folder, name)| folder.join(name));
        fs::canonicalize(path).ok().or(whole)
    };
    whole(one).is_some() && whole(one) == whole(other)
}

/// Finishes several files: all are on the disk before the first has its name.
pub fn finish_all(mut files: Vec<NamedFile>) -> Result<(), Failure> {
    files.iter_mut().try_for_each(NamedFile::seal).map_err(|error| Failure::Failed(error, Left::Before))?;
    let mut named = Vec::new();
    for file in &mut files {
        if let Err(error) = file.name() {
            let done = Left::Done(format!("what is new and in place: {}", named.join(", ")));
            return Err(Failure::Failed(error, if named.is_empty() { Left::Before } else { done }));
        }
        named.push(file.path.display().to_string());
    }
    Ok(())
}

impl Write for NamedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.writer.as_mut().expect("it is written before it is sealed").write(bytes);
        written.map_err(|error| self.failed(error))
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.writer.as_mut().map_or(Ok(()), BufWriter::flush);
        flushed.map_err(|error| self.failed(error))
    }
}

impl Drop for NamedFile {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.take() {
            drop(writer.into_parts());
        }
        if !self.is_named {
            let _ = fs::remove_file(&self.partial); // a drop has nobody to tell
        }
    }
}
