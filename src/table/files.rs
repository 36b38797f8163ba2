//! Files that have another name until they are whole.
//!
//! An [`OutputFolder`] and the [`PartialFile`]s in it are made before any work, so that a path that cannot be written
//! fails at once. Whatever is dropped before it is finished is deleted, and so is a folder that was made for nothing.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::problem::Problem;

/// The most rows below a header that a spreadsheet opens: 2²⁰ lines.
pub const SPREADSHEET_ROWS: u64 = 1_048_575;

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
    created: Created,
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
    /// If it cannot be made, is no folder, or another sweep writes to it.
    pub fn create(path: &Path) -> Result<Self, Problem> {
        let missing = path.ancestors().take_while(|part| !part.as_os_str().is_empty() && !part.exists());
        let created = Created(missing.map(Path::to_owned).collect());
        fs::create_dir_all(path).map_err(|error| refused(path, "the folder cannot be made", &error))?;
        let lock = lock(path)?;
        Ok(Self { shared: Arc::new(Folder { path: path.to_owned(), _lock: lock, created }) })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Whether it was not there before.
    #[must_use]
    pub fn is_new(&self) -> bool {
        !self.shared.created.0.is_empty()
    }

    /// Begins a file in it, which has its name as soon as it is finished.
    ///
    /// # Errors
    /// If the file cannot be written, or a folder has its name.
    pub fn file(&self, name: &str) -> Result<PartialFile, Problem> {
        let path = self.path().join(name);
        if path.is_dir() {
            return Err(Problem::new("out", path.display(), "a folder has the name of a result: remove it"));
        }
        PartialFile::open(self, name).map_err(|error| refused(&path, "the file cannot be written", &error))
    }
}

/// Keeps other processes out; nothing where folders cannot be locked.
#[cfg(unix)]
fn lock(path: &Path) -> Result<Option<File>, Problem> {
    let file = File::open(path).map_err(|error| refused(path, "the folder cannot be read", &error))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(Problem::new(
            "out",
            path.display(),
            "another sweep is writing there: wait, or give another folder",
        )),
        Err(TryLockError::Error(_)) => Ok(None), // some network file systems have no locks
    }
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)]
fn lock(_: &Path) -> Result<Option<File>, Problem> {
    Ok(None)
}

fn refused(path: &Path, what: &str, error: &io::Error) -> Problem {
    Problem::new("out", path.display(), format!("{what}: {error}"))
}

/// The error with the file's name in front of it.
pub(super) fn naming(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// A file that has another name until it is whole, and is deleted if it never is.
#[derive(Debug)]
pub struct PartialFile {
    /// Nothing once all is on the disk.
    writer: Option<BufWriter<File>>,
    partial: PathBuf,
    path: PathBuf,
    renamed: bool,
    /// Dropped after the file, so that an empty folder is empty.
    _folder: OutputFolder,
}

impl PartialFile {
    fn open(folder: &OutputFolder, name: &str) -> io::Result<Self> {
        let path = folder.path().join(name);
        let partial = folder.path().join(format!("{name}{PARTIAL}"));
        // A rest of a sweep that was killed may be there; the lock says that none is writing it now.
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(&partial)?;
        let writer = Some(BufWriter::with_capacity(BUFFER_BYTES, file));
        Ok(Self { writer, partial, path, renamed: false, _folder: folder.clone() })
    }

    /// The name it will have.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Brings all of it to the disk and closes it; it keeps its name for now. A disk that is full shows here at the
    /// latest.
    ///
    /// # Errors
    /// If that fails; the error names the file.
    pub fn seal(&mut self) -> io::Result<()> {
        let Some(mut writer) = self.writer.take() else { return Ok(()) };
        let sealed = writer.flush().and_then(|()| writer.get_ref().sync_all());
        let _ = writer.into_parts(); // does not try to write again what failed
        sealed.map_err(|error| naming(&self.partial, &error))
    }

    /// Gives it its name, in place of what had it. It must be sealed.
    pub(super) fn rename(&mut self) -> io::Result<()> {
        debug_assert!(self.writer.is_none(), "a file must be whole before it is named");
        fs::rename(&self.partial, &self.path).map_err(|error| naming(&self.path, &error))?;
        self.renamed = true;
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
        writer.write(bytes).map_err(|error| naming(&self.partial, &error))
    }

    fn flush(&mut self) -> io::Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        writer.flush().map_err(|error| naming(&self.partial, &error))
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.take() {
            let _ = writer.into_parts(); // without writing the rest
        }
        if !self.renamed {
            let _ = fs::remove_file(&self.partial); // a drop has nobody to tell
        }
    }
}

/// A table of many rows, as one file or as several of so many rows each, all with the header.
#[derive(Debug)]
pub struct TableWriter {
    folder: OutputFolder,
    stem: String,
    header: Vec<u8>,
    rows_per_file: Option<NonZeroU64>,
    /// All files begun; rows go to the last. Empty where there is to be no table.
    files: Vec<PartialFile>,
    rows_in_last: u64,
}

impl TableWriter {
    /// Begins the table `<stem>.csv`, or `<stem>-0001.csv`, `<stem>-0002.csv`, … with so many rows each.
    ///
    /// # Errors
    /// If its first file cannot be written.
    pub fn create(
        folder: &OutputFolder,
        stem: &str,
        header: Vec<u8>,
        rows_per_file: Option<NonZeroU64>,
    ) -> Result<Self, Problem> {
        let name = table_name(stem, rows_per_file.map(|_| 1));
        let mut first = folder.file(&name)?;
        first
            .write_all(&header)
            .map_err(|error| Problem::new("out", first.path().display(), error.to_string()))?;
        let (folder, stem) = (folder.clone(), stem.to_owned());
        Ok(Self { folder, stem, header, rows_per_file, files: vec![first], rows_in_last: 0 })
    }

    /// No table at all: a former one of this name goes when the rest is committed.
    #[must_use]
    pub fn none(folder: &OutputFolder, stem: &str) -> Self {
        let (folder, stem) = (folder.clone(), stem.to_owned());
        Self { folder, stem, header: Vec::new(), rows_per_file: None, files: Vec::new(), rows_in_last: 0 }
    }

    /// Appends one row, with its line end.
    ///
    /// # Errors
    /// If it cannot be written; the error names the file.
    pub fn write_row(&mut self, row: &[u8]) -> io::Result<()> {
        if self.rows_per_file.is_some_and(|most| self.rows_in_last == most.get()) {
            self.begin_next()?;
        }
        self.rows_in_last += 1;
        self.last().write_all(row)
    }

    /// Appends several rows, which end at these places of `text`.
    ///
    /// # Errors
    /// If they cannot be written; the error names the file.
    ///
    /// # Panics
    /// If the ends do not rise, or lie outside of `text`.
    pub fn write_rows(&mut self, text: &[u8], ends: &[usize]) -> io::Result<()> {
        let mut start = 0;
        for &end in ends {
            self.write_row(&text[start..end])?;
            start = end;
        }
        Ok(())
    }

    fn begin_next(&mut self) -> io::Result<()> {
        self.last().seal()?;
        let name = table_name(&self.stem, Some(self.files.len() + 1));
        let path = self.folder.path().join(&name);
        self.files.push(PartialFile::open(&self.folder, &name).map_err(|error| naming(&path, &error))?);
        self.rows_in_last = 0;
        let header = std::mem::take(&mut self.header);
        let written = self.last().write_all(&header);
        self.header = header;
        written
    }

    fn last(&mut self) -> &mut PartialFile {
        self.files.last_mut().expect("a table has a file from the start")
    }

    /// How many files it has so far.
    #[must_use]
    pub fn file_count(&self) -> usize {
        self.files.len()
    }

    pub(super) fn into_files(self) -> (String, Vec<PartialFile>) {
        (self.stem, self.files)
    }
}

fn table_name(stem: &str, number: Option<usize>) -> String {
    number.map_or_else(|| format!("{stem}.csv"), |number| format!("{stem}-{number:04}.csv"))
}

/// Whether a file is one of the table's, of any split.
pub(super) fn is_of_table(name: &str, stem: &str) -> bool {
    let Some(rest) = name.strip_prefix(stem).and_then(|rest| rest.strip_suffix(".csv")) else { return false };
    let numbered = |digits: &str| digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    rest.is_empty() || rest.strip_prefix('-').is_some_and(numbered)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The names in a folder, sorted.
    pub(in crate::table) fn names(folder: &Path) -> Vec<String> {
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
    fn what_is_not_finished_leaves_nothing_behind() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("there")).unwrap();
        let folder = OutputFolder::create(&root.path().join("there/a/b")).unwrap();
        assert!(folder.is_new());
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
            let problem = OutputFolder::create(&root.path().join(path)).unwrap_err();
            assert_eq!(problem.key, "out");
            assert!(problem.value.ends_with(path), "{problem}");
        }
        assert_eq!(names(root.path()), ["file"]);
        fs::create_dir(root.path().join("a.csv")).unwrap();
        let folder = OutputFolder::create(root.path()).unwrap();
        assert_eq!(folder.file("a.csv").unwrap_err().key, "out");
        assert_eq!(folder.file("missing/a.csv").unwrap_err().key, "out");
    }

    #[cfg(unix)]
    #[test]
    fn two_sweeps_cannot_write_to_one_folder() {
        let root = tempfile::tempdir().unwrap();
        let folder = OutputFolder::create(root.path()).unwrap();
        assert!(OutputFolder::create(root.path()).unwrap_err().remedy.contains("another sweep"));
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
        let mut table = TableWriter::create(&folder, "t", b"a\n".to_vec(), None).unwrap();
        let row = [b'1'; 1_000];
        let error = (0..1_000).find_map(|_| table.write_row(&row).err()).expect("the disk is full");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(error.to_string().contains("t.csv.partial: No space left"), "{error}");
        drop(table);
        assert!(names(root.path()).is_empty());
        std::os::unix::fs::symlink("/dev/full", root.path().join("t.csv.partial")).unwrap();
        let mut small = folder.file("t.csv").unwrap();
        small.write_all(b"fits the buffer").unwrap();
        assert_eq!(small.finish().unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert!(names(root.path()).is_empty());
    }

    #[test]
    fn only_the_tables_own_files_are_known_as_such() {
        for name in ["t.csv", "t-0001.csv", "t-12345.csv"] {
            assert!(is_of_table(name, "t"), "{name}");
        }
        for name in
            ["t-1.csv", "t-old.csv", "t-0001-old.csv", "tt.csv", "t-0001.csv.bak", "t.csv.csv", "t-.csv"]
        {
            assert!(!is_of_table(name, "t"), "{name}");
        }
    }
}
