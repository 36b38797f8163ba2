//! Files that have another name until they are whole.
//!
//! An [`OutputFolder`] and the [`PartialFile`]s in it are made before any work, so that a path that cannot be written
//! fails at once. Whatever is dropped before it is finished is deleted, unless it can be gone on with, and so is a folder
//! that was made for nothing.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crc32fast::Hasher;
use serde::{Deserialize, Serialize};

use super::disk::{Disk, RealDisk};
use super::failure::{Failure, Left};
use crate::problem::Problem;

/// What a file that is not whole has behind its name.
pub(super) const PARTIAL: &str = ".partial";
/// Rows are gathered to blocks of so many bytes before they are written.
const BUFFER_BYTES: usize = 1 << 18;

/// The folder that results go to. A clone is the same folder.
#[derive(Clone, Debug)]
pub struct OutputFolder {
    shared: Arc<Folder>,
}

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    /// Holds a lock for as long as it is open.
    _lock: Option<File>,
    _created: Created,
    disk: Box<dyn Disk>,
    /// Whether what is not whole stays when it is dropped.
    keeps: AtomicBool,
}

/// Folders that were made, the innermost first; on drop those that are empty are removed again.
#[derive(Debug)]
struct Created(Vec<PathBuf>);

impl Drop for Created {
    fn drop(&mut self) {
        for path in &self.0 {
            // It refuses where something was written meanwhile, which is then there to stay.
            if fs::remove_dir(path).is_err() {
                return;
            }
        }
    }
}

impl OutputFolder {
    /// Makes the folder and its parents where they are missing, and keeps other sweeps out of it (where the system
    /// can lock a folder).
    ///
    /// # Errors
    /// If it cannot be made, is no folder, or another process writes to it.
    pub fn create(path: &Path) -> Result<Self, Failure> {
        Self::on(Box::new(RealDisk), path)
    }

    /// As [`create`](Self::create), on a disk that a test chooses.
    pub(super) fn on(disk: Box<dyn Disk>, path: &Path) -> Result<Self, Failure> {
        let missing = path.ancestors().take_while(|part| !part.as_os_str().is_empty() && !part.exists());
        let created = Created(missing.map(Path::to_owned).collect());
        fs::create_dir_all(path).map_err(|error| unopened(path, "the folder cannot be made", &error))?;
        let lock = lock(path)?;
        let (path, keeps) = (path.to_owned(), AtomicBool::new(false));
        Ok(Self { shared: Arc::new(Folder { path, _lock: lock, _created: created, disk, keeps }) })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Gives a file of it another name, in place of what has it. An error names the file as people know it, without what
    /// stands behind its name for a while.
    pub(super) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let known = if from.as_os_str().len() < to.as_os_str().len() { from } else { to };
        self.shared.disk.rename(from, to).map_err(|error| naming(known, &error))
    }

    /// Removes a file of it.
    ///
    /// # Errors
    /// If it cannot be removed. The error names the file.
    pub fn remove(&self, path: &Path) -> io::Result<()> {
        self.shared.disk.remove(path).map_err(|error| naming(path, &error))
    }

    /// From now on files that are not whole stay, since they can be gone on with.
    pub(super) fn keep(&self) {
        self.shared.keeps.store(true, Relaxed);
    }

    /// From now on files that are not whole go when they are dropped, as at first.
    pub(super) fn keep_no_more(&self) {
        self.shared.keeps.store(false, Relaxed);
    }

    pub(super) fn keeps(&self) -> bool {
        self.shared.keeps.load(Relaxed)
    }

    /// Begins a file in it, which has its name as soon as it is finished.
    ///
    /// # Errors
    /// If the file cannot be written, or a folder has its name.
    pub fn file(&self, name: &str) -> Result<PartialFile, Failure> {
        self.has_no_folder(name)?;
        PartialFile::create(self, name)
            .map_err(|error| unopened(&self.path().join(name), "the file cannot be written", &error))
    }

    /// Refuses a name for a file that a folder has.
    ///
    /// # Errors
    /// If one has it.
    pub fn has_no_folder(&self, name: &str) -> Result<(), Problem> {
        let path = self.path().join(name);
        if path.is_dir() {
            return Err(Problem::new("out", path.display(), "a folder has the name of a result: remove it"));
        }
        Ok(())
    }
}

/// Keeps other processes out; nothing where folders cannot be locked.
#[cfg(unix)]
fn lock(path: &Path) -> Result<Option<File>, Failure> {
    let file = File::open(path).map_err(|error| unopened(path, "the folder cannot be read", &error))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => {
            let remedy = "another process is writing there: wait, or give another folder";
            Err(Failure::Busy(Problem::new("out", path.display(), remedy)))
        }
        Err(TryLockError::Error(_)) => Ok(None), // some network file systems have no locks
    }
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)]
fn lock(_: &Path) -> Result<Option<File>, Failure> {
    Ok(None)
}

/// Why a path cannot be written to: it was the wrong one to ask for, or the machine failed.
fn unopened(path: &Path, what: &str, error: &io::Error) -> Failure {
    Failure::from(Problem::of_file("out", path.display(), what, error)).leaving(Left::Before)
}

/// The error with the file's name in front of it.
pub(super) fn naming(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// How much of a file is there: so many bytes, and a check of them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub(super) bytes: u64,
    /// CRC-32, which tells damage, not malice.
    pub(super) crc: u32,
}

impl Mark {
    /// The mark of a file of these bytes.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self { bytes: bytes.len() as u64, crc: crc32fast::hash(bytes) }
    }
}

/// A file that has another name until it is whole, and is deleted if it never is.
#[derive(Debug)]
pub struct PartialFile {
    /// Nothing once all is on the disk.
    writer: Option<BufWriter<Output>>,
    /// Of all bytes so far.
    check: Hasher,
    bytes: u64,
    partial: PathBuf,
    path: PathBuf,
    renamed: bool,
    /// Dropped after the file, so that an empty folder is empty.
    folder: OutputFolder,
}

/// A file on the folder's disk.
#[derive(Debug)]
struct Output {
    file: File,
    folder: OutputFolder,
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.folder.shared.disk.write(&mut self.file, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl PartialFile {
    /// Begins it. An error names the file.
    pub(super) fn open(folder: &OutputFolder, name: &str) -> io::Result<Self> {
        Self::create(folder, name).map_err(|error| naming(&partial_path(folder.path(), name), &error))
    }

    fn create(folder: &OutputFolder, name: &str) -> io::Result<Self> {
        // A rest of a sweep that was killed may be there; the lock says that none is writing it now.
        let file = folder.shared.disk.create(&partial_path(folder.path(), name))?;
        Ok(Self::from(folder, name, file, Mark { bytes: 0, crc: 0 }))
    }

    /// Goes on with a file that was interrupted, behind a mark; what is there after it is dropped.
    pub(super) fn reopen(folder: &OutputFolder, name: &str, mark: Mark) -> io::Result<Self> {
        let path = partial_path(folder.path(), name);
        let file = folder.shared.disk.reopen(&path, mark.bytes).map_err(|error| naming(&path, &error))?;
        Ok(Self::from(folder, name, file, mark))
    }

    fn from(folder: &OutputFolder, name: &str, file: File, mark: Mark) -> Self {
        let output = Output { file, folder: folder.clone() };
        Self {
            writer: Some(BufWriter::with_capacity(BUFFER_BYTES, output)),
            check: Hasher::new_with_initial_len(mark.crc, mark.bytes),
            bytes: mark.bytes,
            partial: partial_path(folder.path(), name),
            path: folder.path().join(name),
            renamed: false,
            folder: folder.clone(),
        }
    }

    /// Whether it has its name.
    pub(super) fn is_named(&self) -> bool {
        self.renamed
    }

    /// The name it will have.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All that was written so far.
    pub(super) fn mark(&self) -> Mark {
        Mark { bytes: self.bytes, crc: self.check.clone().finalize() }
    }

    /// Brings what was written so far to the disk.
    ///
    /// # Errors
    /// If that fails; the error names the file.
    pub(super) fn save(&mut self) -> io::Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let saved = writer.flush().and_then(|()| self.folder.shared.disk.sync(&writer.get_ref().file));
        saved.map_err(|error| naming(&self.partial, &error))
    }

    /// Brings all of it to the disk and closes it; it keeps its name for now. A disk that is full shows here at the
    /// latest.
    ///
    /// # Errors
    /// If that fails; the error names the file.
    pub fn seal(&mut self) -> io::Result<()> {
        let saved = self.save();
        self.close();
        saved
    }

    /// Closes it without writing what waits.
    fn close(&mut self) {
        if let Some(writer) = self.writer.take() {
            let _ = writer.into_parts(); // does not try to write again what failed
        }
    }

    /// Gives it its name, in place of what had it. It must be sealed.
    pub(super) fn rename(&mut self) -> io::Result<()> {
        debug_assert!(self.writer.is_none(), "a file must be whole before it is named");
        self.folder.rename(&self.partial, &self.path)?;
        self.renamed = true;
        Ok(())
    }

    /// Takes its name away again.
    pub(super) fn unname(&mut self) -> io::Result<()> {
        self.folder.rename(&self.path, &self.partial)?;
        self.renamed = false;
        Ok(())
    }

    /// Seals it and gives it its name, in place of what had it.
    ///
    /// # Errors
    /// If that fails; what had its name is then still there.
    pub fn finish(mut self) -> io::Result<()> {
        self.seal()?;
        self.rename()
    }
}

impl Write for PartialFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(writer) = &mut self.writer else {
            return Err(naming(&self.partial, &io::Error::other("already closed")));
        };
        let written = writer.write(bytes).map_err(|error| naming(&self.partial, &error))?;
        self.check.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        writer.flush().map_err(|error| naming(&self.partial, &error))
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        self.close();
        if !self.renamed && !self.folder.keeps() {
            let _ = self.folder.remove(&self.partial); // a drop has nobody to tell
        }
    }
}

/// Finishes several files, which may be in several folders, as if they were one where that can be.
///
/// # Errors
/// If one cannot be brought to the disk, which is where a full disk shows: then all is as it was before. If one cannot
/// be named: then those before it are whole and in place, and the error says so.
pub fn finish_all(mut files: Vec<PartialFile>) -> Result<(), Failure> {
    for file in &mut files {
        file.seal().map_err(|error| Failure::Failed(error, Left::Before))?;
    }
    let mut named = Vec::new();
    for file in &mut files {
        if let Err(error) = file.rename() {
            let done = Left::Done(format!("what is new and in place: {}", named.join(", ")));
            return Err(Failure::Failed(error, if named.is_empty() { Left::Before } else { done }));
        }
        named.push(file.path().display().to_string());
    }
    Ok(())
}

/// The path of a file of this name while it is not whole.
pub(super) fn partial_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{PARTIAL}"))
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::disk::faulty::{Fault, FaultyDisk};
    use super::*;

    /// The names in a folder, sorted.
    pub(in crate::table) fn names(folder: &Path) -> Vec<String> {
        let entries =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = entries.collect();
        names.sort();
        names
    }

    fn refused<T: std::fmt::Debug>(result: Result<T, Failure>) -> Problem {
        match result.unwrap_err() {
            Failure::Refused(problem) => problem,
            failure => panic!("{failure}"),
        }
    }

    #[test]
    fn a_file_has_its_name_only_when_it_is_whole() {
        let root = tempfile::tempdir().unwrap();
        let folder = OutputFolder::create(root.path()).unwrap();
        fs::write(root.path().join("a.csv"), "old").unwrap();
        let mut file = folder.file("a.csv").unwrap();
        file.write_all(b"new").unwrap();
        assert_eq!(names(root.path()), ["a.csv", "a.csv.partial"]);
        assert_eq!(fs::read(root.path().join("a.csv")).unwrap(), b"old");
        file.finish().unwrap();
        assert_eq!(names(root.path()), ["a.csv"]);
        assert_eq!(fs::read(root.path().join("a.csv")).unwrap(), b"new");
    }

    #[test]
    fn a_file_is_gone_on_with_behind_a_mark() {
        let root = tempfile::tempdir().unwrap();
        let folder = OutputFolder::create(root.path()).unwrap();
        let mut file = folder.file("a.csv").unwrap();
        file.write_all(b"one,").unwrap();
        let mark = file.mark();
        file.write_all(b"lost").unwrap();
        file.seal().unwrap();
        folder.keep();
        drop(file);
        let mut file = PartialFile::reopen(&folder, "a.csv", mark).unwrap();
        file.write_all(b"two").unwrap();
        let mark = file.mark();
        file.finish().unwrap();
        assert_eq!(fs::read(root.path().join("a.csv")).unwrap(), b"one,two");
        assert_eq!(mark, Mark { bytes: 7, crc: crc32fast::hash(b"one,two") });
    }

    #[test]
    fn what_is_not_finished_leaves_nothing_behind() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("there")).unwrap();
        let folder = OutputFolder::create(&root.path().join("there/a/b")).unwrap();
        let mut file = folder.file("a.csv").unwrap();
        drop(folder);
        file.write_all(b"new").unwrap();
        drop(file);
        assert_eq!(names(root.path()), ["there"]);
        assert!(names(&root.path().join("there")).is_empty());
    }

    #[test]
    fn a_new_folder_with_a_result_stays() {
        let root = tempfile::tempdir().unwrap();
        let folder = OutputFolder::create(&root.path().join("a/b")).unwrap();
        folder.file("a.csv").unwrap().finish().unwrap();
        drop(folder);
        assert_eq!(names(&root.path().join("a/b")), ["a.csv"]);
    }

    #[test]
    fn a_path_that_cannot_be_written_is_a_problem_of_out() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("file"), "").unwrap();
        for path in ["file", "file/below"] {
            let problem = refused(OutputFolder::create(&root.path().join(path)));
            assert_eq!(problem.key, "out");
            assert!(problem.value.ends_with(path), "{problem}");
        }
        assert_eq!(names(root.path()), ["file"]);
        fs::create_dir(root.path().join("a.csv")).unwrap();
        let folder = OutputFolder::create(root.path()).unwrap();
        assert_eq!(refused(folder.file("a.csv")).key, "out");
        assert_eq!(refused(folder.file("missing/a.csv")).key, "out");
    }

    #[test]
    fn a_disk_that_fails_when_a_file_is_opened_makes_no_wrong_request() {
        let root = tempfile::tempdir().unwrap();
        let folder = OutputFolder::on(Box::new(FaultyDisk::new(Fault::Full, 0)), root.path()).unwrap();
        let failure = folder.file("a.csv").unwrap_err();
        assert!(matches!(failure, Failure::Failed(_, Left::Before)), "{failure:?}");
        let told = failure.to_string();
        assert!(
            told.contains("a.csv: the file cannot be written: ") && told.contains("as they were"),
            "{told}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn two_sweeps_cannot_write_to_one_folder() {
        let root = tempfile::tempdir().unwrap();
        let folder = OutputFolder::create(root.path()).unwrap();
        assert!(matches!(OutputFolder::create(root.path()), Err(Failure::Busy(_))));
        drop(folder);
        OutputFolder::create(root.path()).unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_named_with_the_file() {
        let root = tempfile::tempdir().unwrap();
        let folder = OutputFolder::create(root.path()).unwrap();
        // Writing to this device fails as a full disk does.
        std::os::unix::fs::symlink("/dev/full", root.path().join("t.csv.partial")).unwrap();
        let mut file = folder.file("t.csv").unwrap();
        let row = [b'1'; 1_000];
        let error = (0..1_000).find_map(|_| file.write_all(&row).err()).expect("the disk is full");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(error.to_string().contains("t.csv.partial: No space left"), "{error}");
        drop(file);
        assert!(names(root.path()).is_empty());
        std::os::unix::fs::symlink("/dev/full", root.path().join("t.csv.partial")).unwrap();
        let mut small = folder.file("t.csv").unwrap();
        small.write_all(b"fits the buffer").unwrap();
        assert_eq!(small.finish().unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert!(names(root.path()).is_empty());
    }
}
