//! Files that have another name until they are whole.
//!
//! [`PartialFile`]s are made before any work, so that a path that cannot be written fails at once. Whatever is dropped
//! before it is finished is deleted, unless it can be resumed.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use crc32fast::Hasher;
use serde::{Deserialize, Serialize};

use super::failure::{Failure, Left};
use super::folder::{OutputFolder, unopened};

/// What a file that is not whole has behind its name.
pub(super) const PARTIAL: &str = ".partial";
/// Rows are gathered to blocks of so many bytes before they are written.
const BUFFER_BYTES: usize = 1 << 18;

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

    /// The mark of a file that is to be read.
    fn of_file(file: &mut File) -> io::Result<Self> {
        let (mut check, mut bytes, mut buffer) = (Hasher::new(), 0, vec![0; BUFFER_BYTES]);
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                return Ok(Self { bytes, crc: check.finalize() });
            }
            check.update(&buffer[..read]);
            bytes += read as u64;
        }
    }

    /// The mark of the file with these bytes behind.
    pub(super) fn extended(self, bytes: &[u8]) -> Self {
        let mut check = Hasher::new_with_initial_len(self.crc, self.bytes);
        check.update(bytes);
        Self { bytes: self.bytes + bytes.len() as u64, crc: check.finalize() }
    }

    /// Whether a whole file is as the mark says.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) fn is_of(self, file: &mut File) -> io::Result<bool> {
        Ok(file.metadata()?.len() == self.bytes && borne_out(file, &[self])?[0])
    }
}

/// For each of these marks, which come by rising length, whether a file begins so.
pub(super) fn borne_out(file: &mut impl Read, marks: &[Mark]) -> io::Result<Vec<bool>> {
    let (mut check, mut bytes) = (Hasher::new(), 0);
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut good = Vec::with_capacity(marks.len());
    for mark in marks {
        while bytes < mark.bytes {
            let most = usize::try_from(mark.bytes - bytes).unwrap_or(usize::MAX).min(buffer.len());
            let read = file.read(&mut buffer[..most])?;
            if read == 0 {
                break;
            }
            check.update(&buffer[..read]);
            bytes += read as u64;
        }
        good.push(bytes == mark.bytes && check.clone().finalize() == mark.crc);
    }
    Ok(good)
}

/// A file that has another name until it is whole, and is deleted if it never is.
#[derive(Debug)]
pub struct PartialFile {
    /// Nothing once all is on the disk.
    writer: Option<BufWriter<Output>>,
    /// Of all bytes so far.
    check: Hasher,
    bytes: u64,
    name: String,
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
        self.folder.disk().write(&mut self.file, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl PartialFile {
    /// Begins it, whatever has its name.
    pub(super) fn create(folder: &OutputFolder, name: &str) -> Result<Self, Failure> {
        let partial = partial(name);
        folder.claim(&partial)?;
        // A rest of a process that was killed may be there; the lock says that none is writing it now.
        let created = folder.disk().create(folder.place(), &partial);
        let file = created.map_err(|error| {
            unopened(&folder.path().join(name), "the file cannot be written", &folder.explained(error))
        })?;
        Ok(Self::from(folder, name, file, Mark { bytes: 0, crc: 0 }))
    }

    /// Goes on with a file that was interrupted, behind a mark; what is there after it is dropped.
    pub(super) fn reopen(folder: &OutputFolder, name: &str, mark: Mark) -> io::Result<Self> {
        let partial = partial(name);
        let reopened = folder.disk().reopen(folder.place(), &partial, mark.bytes);
        let file = reopened.map_err(|error| folder.naming(&partial, error))?;
        Ok(Self::from(folder, name, file, mark))
    }

    fn from(folder: &OutputFolder, name: &str, file: File, mark: Mark) -> Self {
        let output = Output { file, folder: folder.clone() };
        Self {
            writer: Some(BufWriter::with_capacity(BUFFER_BYTES, output)),
            check: Hasher::new_with_initial_len(mark.crc, mark.bytes),
            bytes: mark.bytes,
            name: name.to_owned(),
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
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The path it will have.
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
    pub(super) fn sync(&mut self) -> io::Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let saved = writer.flush().and_then(|()| self.folder.disk().sync(&writer.get_ref().file));
        saved.map_err(|error| self.failed(error))
    }

    /// Brings all of it to the disk and closes it; it keeps its name for now. A disk that is full shows here at the
    /// latest.
    ///
    /// # Errors
    /// If that fails; the error names the file.
    pub fn seal(&mut self) -> io::Result<()> {
        let saved = self.sync();
        self.close();
        saved
    }

    /// Lets `write` write the whole of it, to the path that it has until it is whole, as other programs do.
    ///
    /// # Errors
    /// As `write`; if what it wrote cannot be read.
    pub fn written_by<E: From<io::Error>>(
        &mut self,
        write: impl FnOnce(&Path) -> Result<(), E>,
    ) -> Result<(), E> {
        self.close();
        self.folder.is_in_its_place()?;
        let name = partial(&self.name);
        write(&self.folder.path().join(&name))?;
        let mut file = self.folder.place().read(&name).map_err(|error| self.failed(error))?;
        let mark = Mark::of_file(&mut file).and_then(|mark| self.folder.disk().sync(&file).map(|()| mark));
        let mark = mark.map_err(|error| self.failed(error))?;
        (self.bytes, self.check) = (mark.bytes, Hasher::new_with_initial_len(mark.crc, mark.bytes));
        Ok(())
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
        self.folder.rename(&partial(&self.name), &self.name)?;
        self.renamed = true;
        Ok(())
    }

    /// Takes its name away again.
    pub(super) fn unname(&mut self) -> io::Result<()> {
        self.folder.rename(&self.name, &partial(&self.name))?;
        self.renamed = false;
        Ok(())
    }

    /// Seals it and gives it its name, in place of what had it.
    ///
    /// # Errors
    /// If that fails, or something has its name that is not the folder's own; what had its name is then still there.
    pub fn finish(self) -> Result<(), Failure> {
        finish_all(vec![self])
    }

    fn failed(&self, error: io::Error) -> io::Error {
        self.folder.naming(&partial(&self.name), error)
    }
}

impl Write for PartialFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(writer) = &mut self.writer else {
            return Err(self.failed(io::Error::other("already closed")));
        };
        let result = writer.write(bytes);
        let written = result.map_err(|error| self.failed(error))?;
        self.check.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let flushed = writer.flush();
        flushed.map_err(|error| self.failed(error))
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        self.close();
        if !self.renamed && !self.folder.keeps() {
            let _ = self.folder.remove(&partial(&self.name)); // a drop has nobody to tell
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
    for files in files.chunk_by(|one, other| one.folder.is(&other.folder)) {
        announce(files, &[]).map_err(|failure| failure.leaving(Left::Before))?;
    }
    let mut named = Vec::new();
    for file in &mut files {
        if let Err(error) = file.rename() {
            let done = Left::Done(format!("what is new and in place: {}", named.join(", ")));
            return Err(Failure::Failed(error, if named.is_empty() { Left::Before } else { done }));
        }
        file.folder.named(&file.name, file.mark());
        named.push(file.path().display().to_string());
    }
    Ok(())
}

/// Lists files of one folder that are sealed, and the names of what is to be set aside for them, before that is done.
///
/// # Errors
/// If a name is taken, or the list cannot be written.
pub(super) fn announce(files: &[PartialFile], aside: &[String]) -> Result<(), Failure> {
    let Some(first) = files.first() else { return Ok(()) };
    files.iter().try_for_each(|file| first.folder.can_have(&file.name))?;
    let marks: Vec<(String, Mark)> = files.iter().map(|file| (file.name.clone(), file.mark())).collect();
    first.folder.announce(&marks, aside)
}

/// The name of a file while it is not whole.
pub(super) fn partial(name: &str) -> String {
    format!("{name}{PARTIAL}")
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::list::LIST;
    use super::*;
    use std::fs;

    /// The names in a folder, sorted.
    pub(in crate::results) fn names(folder: &Path) -> Vec<String> {
        let entries =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = entries.collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_has_its_name_only_when_it_is_whole() {
        let root = tempfile::tempdir().unwrap();
        let folder = OutputFolder::create(root.path()).unwrap();
        let mut file = folder.file("a.csv").unwrap();
        file.write_all(b"old").unwrap();
        file.finish().unwrap();
        let mut file = folder.file("a.csv").unwrap();
        file.write_all(b"new").unwrap();
        assert_eq!(names(root.path()), ["a.csv", "a.csv.partial", LIST]);
        assert_eq!(fs::read(root.path().join("a.csv")).unwrap(), b"old");
        file.finish().unwrap();
        assert_eq!(names(root.path()), ["a.csv", LIST]);
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

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_named_with_the_file() {
        let root = tempfile::tempdir().unwrap();
        let folder = OutputFolder::create(root.path()).unwrap();
        // Writing to this device fails as a full disk does.
        folder.claim("t.csv.partial").unwrap();
        std::os::unix::fs::symlink("/dev/full", root.path().join("t.csv.partial")).unwrap();
        let mut file = folder.file("t.csv").unwrap();
        let row = [b'1'; 1_000];
        let error = (0..1_000).find_map(|_| file.write_all(&row).err()).expect("the disk is full");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(error.to_string().contains("t.csv.partial: No space left"), "{error}");
        drop(file);
        assert_eq!(names(root.path()), [LIST]);
        std::os::unix::fs::symlink("/dev/full", root.path().join("t.csv.partial")).unwrap();
        let mut small = folder.file("t.csv").unwrap();
        small.write_all(b"fits the buffer").unwrap();
        assert!(small.finish().unwrap_err().to_string().contains("t.csv.partial: No space left"));
        drop(folder);
        assert!(names(root.path()).is_empty());
    }
}
