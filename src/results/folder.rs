//! The folder that results go to: who may write there, and which of its files may be replaced.
//!
//! One process at a time writes to a folder, and it looks names up in the folder that it has locked, not behind the
//! folder's path. What it wrote it knows by the folder's own list ([`super::list`]); other files are left alone.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::commit::is_of_sweep;
use super::disk::{Disk, RealDisk};
use super::failure::{Failure, Left};
use super::files::{Mark, PARTIAL, PartialFile, naming};
use super::list::{LIST, List, is_list, line_of, line_of_making, line_of_request};
use super::place::{Found, Place};
use crate::problem::Problem;

/// The folder that results go to. A clone is the same folder.
#[derive(Clone, Debug)]
pub struct OutputFolder {
    shared: Arc<Folder>,
}

struct Folder {
    /// Dropped while the place is still locked.
    created: Created,
    place: Place,
    disk: Box<dyn Disk>,
    listing: Mutex<Listing>,
    /// Whether what is not whole stays when it is dropped.
    keeps: AtomicBool,
}

/// The list, and its file.
#[derive(Default)]
struct Listing {
    list: List,
    /// What its file holds; none if there is no file.
    written: Option<String>,
    /// The file, for more lines, once this process has written it.
    file: Option<File>,
    is_touched: bool,
}

/// Folders that were made, the innermost first; on drop those that are empty are removed again.
#[derive(Debug)]
pub struct Created(Vec<PathBuf>);

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

impl Created {
    /// Makes a folder and its parents where they are missing.
    ///
    /// # Errors
    /// If one cannot be made.
    pub fn make(path: &Path) -> io::Result<Self> {
        let missing = path.ancestors().take_while(|part| !part.as_os_str().is_empty() && !part.exists());
        let created = Self(missing.map(Path::to_owned).collect());
        fs::create_dir_all(path)?;
        Ok(created)
    }
}

impl fmt::Debug for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Folder").field("place", &self.place).field("disk", &self.disk).finish_non_exhaustive()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let listing = self.listing.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = tidy(&self.place, &*self.disk, listing);
        if !self.place.is_there() {
            // Another one has its path.
            self.created.0.clear();
        }
    }
}

/// What stands in the way of a file of a folder's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Nothing has the name.
    Free,
    /// A file of the folder's own has it.
    Own,
    /// Something else has it, which this tells of.
    Taken(&'static str),
}

impl OutputFolder {
    /// Makes the folder and its parents where they are missing, and keeps other processes out of it (where the system
    /// can lock a folder).
    ///
    /// # Errors
    /// If it cannot be made or read, is no folder, or another process writes to it.
    pub fn create(path: &Path) -> Result<Self, Failure> {
        Self::on(Box::new(RealDisk), path)
    }

    /// As [`create`](Self::create), on a disk that a test chooses.
    pub(super) fn on(disk: Box<dyn Disk>, path: &Path) -> Result<Self, Failure> {
        let (created, place) = locked(path)?;
        let listing = Mutex::new(Listing::read(&place)?);
        let keeps = AtomicBool::new(false);
        Ok(Self { shared: Arc::new(Folder { created, place, disk, listing, keeps }) })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.place().path()
    }

    pub(super) fn place(&self) -> &Place {
        &self.shared.place
    }

    pub(super) fn disk(&self) -> &dyn Disk {
        &*self.shared.disk
    }

    fn listing(&self) -> MutexGuard<'_, Listing> {
        self.shared.listing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether another handle is to the same folder.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// The error with a file's path in front of it.
    pub(super) fn naming(&self, name: &str, error: io::Error) -> io::Error {
        naming(&self.path().join(name), &self.explained(error))
    }

    /// The error, which says so if the folder is no longer where it was.
    pub(super) fn explained(&self, error: io::Error) -> io::Error {
        let is_gone = error.kind() == io::ErrorKind::NotFound && !self.is_there();
        if is_gone { io::Error::other("the folder was moved or removed meanwhile") } else { error }
    }

    /// Gives a file of it another name, in place of what has it. An error names the file as people know it, without what
    /// stands behind its name for a while.
    pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let known = if from.len() < to.len() { from } else { to };
        self.disk().rename(self.place(), from, to).map_err(|error| self.naming(known, error))
    }

    /// Removes a file of it. An error names the file.
    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        self.disk().remove(self.place(), name).map_err(|error| self.naming(name, error))
    }

    /// Opens a file to be read; none if there is none. An error names the file.
    pub(super) fn read(&self, name: &str) -> io::Result<Option<File>> {
        match self.place().read(name) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.naming(name, error)),
        }
    }

    /// Whether something has a name in it.
    pub(super) fn has(&self, name: &str) -> io::Result<bool> {
        Ok(self.place().find(name).map_err(|error| self.naming(name, error))? != Found::Nothing)
    }

    /// Whether a file of it is there, as a mark says. An error names the file.
    pub(super) fn is_as(&self, name: &str, mark: Mark) -> io::Result<bool> {
        let Some(mut file) = self.read(name)? else { return Ok(false) };
        mark.is_of(&mut file).map_err(|error| self.naming(name, error))
    }

    /// From now on files that are not whole stay, since they can be resumed.
    pub(super) fn keep(&self) {
        self.shared.keeps.store(true, Relaxed);
    }

    /// From now on files that are not whole go again when they are dropped, since nothing is left to resume.
    pub(super) fn keep_no_more(&self) {
        self.shared.keeps.store(false, Relaxed);
    }

    pub(crate) fn keeps(&self) -> bool {
        self.shared.keeps.load(Relaxed)
    }

    /// Whether the path by which it was opened still leads to it.
    pub(crate) fn is_there(&self) -> bool {
        self.place().is_there()
    }

    /// Refuses to go on if the path by which it was opened no longer leads to it.
    pub(super) fn is_in_its_place(&self) -> io::Result<()> {
        if self.is_there() {
            return Ok(());
        }
        Err(naming(self.path(), &self.explained(io::ErrorKind::NotFound.into())))
    }

    /// Begins a file in it, which has its name as soon as it is finished.
    ///
    /// # Errors
    /// If the file cannot be written, or its name is taken.
    pub fn file(&self, name: &str) -> Result<PartialFile, Failure> {
        self.can_have(name)?;
        PartialFile::create(self, name)
    }

    /// Refuses a name that something has which is not the folder's own.
    ///
    /// # Errors
    /// If it is taken, or nothing can be found out.
    pub fn can_have(&self, name: &str) -> Result<(), Failure> {
        match self.standing(&self.listing().list, name)? {
            Standing::Free | Standing::Own => Ok(()),
            Standing::Taken(why) => Err(self.taken(name, why).into()),
        }
    }

    fn taken(&self, name: &str, why: &str) -> Problem {
        Problem::new("out", self.path().join(name).display(), why)
    }

    fn standing(&self, list: &List, name: &str) -> io::Result<Standing> {
        match self.place().find(name).map_err(|error| self.naming(name, error))? {
            Found::Nothing => return Ok(Standing::Free),
            Found::File => (),
            Found::Other => {
                return Ok(Standing::Taken("it has the name of a result and is no file: remove it"));
            }
        }
        if list.making.contains(name) {
            return Ok(Standing::Own);
        }
        let Some(marks) = list.files.get(name) else {
            return Ok(Standing::Taken(
                "it is in the way, and no list there says that xorsweep wrote it: move it, or give another folder",
            ));
        };
        for mark in marks {
            if self.is_as(name, *mark)? {
                return Ok(Standing::Own);
            }
        }
        Ok(Standing::Taken("it was changed since it was written: move it away, or give another folder"))
    }

    /// The files of its own that are there as they were written, by name, of those that `wanted` wants.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn own(&self, wanted: impl Fn(&str) -> bool) -> io::Result<Vec<String>> {
        let listing = self.listing();
        let mut own = Vec::new();
        for name in listing.list.files.keys().filter(|name| wanted(name)) {
            if self.standing(&listing.list, name)? == Standing::Own {
                own.push(name.clone());
            }
        }
        Ok(own)
    }

    /// The name in it of the file that a path leads to, if it does.
    pub(super) fn name_of(&self, path: &Path) -> Option<String> {
        let folder = fs::canonicalize(self.path()).ok()?;
        let path = fs::canonicalize(path).ok()?;
        path.strip_prefix(folder).ok()?.to_str().map(str::to_owned)
    }

    /// The names of the files that are listed as its own, there or not, changed or not.
    pub(super) fn listed(&self) -> Vec<String> {
        self.listing().list.files.keys().cloned().collect()
    }

    /// Files in the making that are listed.
    pub(super) fn making(&self) -> Vec<String> {
        self.listing().list.making.iter().cloned().collect()
    }

    /// Removes those files of its own that are there as they were written and that `wanted` wants.
    ///
    /// # Errors
    /// If one cannot be read or removed. The error names it.
    pub fn remove_own(&self, wanted: impl Fn(&str) -> bool) -> io::Result<()> {
        for name in self.own(wanted)? {
            self.remove(&name)?;
            self.forget(&name);
        }
        Ok(())
    }

    /// Lists a file in the making, by the name it has until it is whole.
    pub(super) fn claim(&self, name: &str) -> Result<(), Failure> {
        let mut listing = self.listing();
        if listing.list.making.contains(name) {
            return Ok(());
        }
        if self.has(name)? {
            let why = "it is in the way of a file in the making, and is not known as one: move it away";
            return Err(self.taken(name, why).into());
        }
        listing.list.making.insert(name.to_owned());
        self.add(&mut listing, &line_of_making(name), false)
    }

    /// Lists files in the making that are there, since something else tells that they are its own.
    pub(super) fn adopt(&self, names: impl IntoIterator<Item = String>) {
        self.listing().list.making.extend(names);
    }

    /// Lists files that are about to get their names, and what is about to be set aside for them.
    pub(super) fn announce(&self, files: &[(String, Mark)], aside: &[String]) -> Result<(), Failure> {
        let mut listing = self.listing();
        let mut lines = String::new();
        for name in aside {
            if listing.list.making.contains(name) {
                continue;
            }
            if self.has(name)? {
                let why = "it is in the way of a file that is to be set aside: move it away";
                return Err(self.taken(name, why).into());
            }
            lines += &line_of_making(name);
        }
        listing.list.making.extend(aside.iter().cloned());
        for (name, mark) in files {
            // Some may be replaced whatever they hold.
            if !listing.list.making.contains(name) {
                listing.list.add(name, *mark);
                lines += &line_of(name, *mark);
            }
        }
        self.add(&mut listing, &lines, true)
    }

    /// Takes note that a file has its name now.
    pub(super) fn named(&self, name: &str, mark: Mark) {
        let list = &mut self.listing().list;
        if !list.making.contains(name) {
            list.files.insert(name.to_owned(), vec![mark]);
        }
    }

    /// Takes note that a file is gone.
    pub(super) fn forget(&self, name: &str) {
        let mut listing = self.listing();
        listing.is_touched = true;
        listing.list.files.remove(name);
        listing.list.making.remove(name);
        if is_of_sweep(name) {
            listing.list.request = None;
        }
    }

    /// A check of what was asked for, if the results of that are complete.
    pub(super) fn request(&self) -> Option<u32> {
        self.listing().list.request
    }

    /// Takes note of what the results in it are complete for; nothing while they are replaced.
    pub(super) fn complete_for(&self, request: Option<u32>) -> Result<(), Failure> {
        let mut listing = self.listing();
        if listing.list.request == request {
            return Ok(());
        }
        listing.list.request = request;
        self.add(&mut listing, &line_of_request(request), false)
    }

    /// Takes from the list what is not there any more. One that cannot be written has more lines than it needs.
    pub(crate) fn tidy(&self) {
        let mut listing = self.listing();
        listing.is_touched = true;
        let _ = tidy(self.place(), self.disk(), &mut listing);
    }

    /// Adds lines, which the list has by now, to its file; `is_lasting` if they must outlast a power cut.
    fn add(&self, listing: &mut Listing, lines: &str, is_lasting: bool) -> Result<(), Failure> {
        listing.is_touched = true;
        let (place, disk) = (self.place(), self.disk());
        let added = match (&mut listing.file, &mut listing.written) {
            (Some(file), Some(written)) => {
                written.push_str(lines);
                let result = OnDisk { disk, file }.write_all(lines.as_bytes());
                result.and_then(|()| if is_lasting { disk.sync(file) } else { Ok(()) })
            }
            _ => write_anew(place, disk, listing),
        };
        added.map_err(|error| {
            // What the file holds is not known.
            listing.file = None;
            match error.kind() {
                io::ErrorKind::AlreadyExists => {
                    Problem::new("out", place.path().join(LIST).display(), error.to_string()).into()
                }
                _ => self.naming(LIST, error).into(),
            }
        })
    }
}

/// Makes a folder where it is missing, and locks it.
fn locked(path: &Path) -> Result<(Created, Place), Failure> {
    loop {
        let failed = |what, error| unopened(path, what, &error).leaving(Left::Before);
        let created = Created::make(path).map_err(|error| failed("the folder cannot be made", error))?;
        let place = Place::open(path).map_err(|error| failed("the folder cannot be read", error))?;
        match place.lock() {
            Err(TryLockError::WouldBlock) => {
                let remedy = "another process is writing there: wait, or give another folder";
                return Err(Failure::Busy(Problem::new("out", path.display(), remedy)));
            }
            // Some network file systems have no locks.
            Ok(()) | Err(TryLockError::Error(_)) => (),
        }
        // A process that was done with it may have removed it before it was locked.
        if place.is_there() {
            return Ok((created, place));
        }
    }
}

/// Why a path cannot be written to: it was the wrong one to ask for, or the machine failed.
pub(super) fn unopened(path: &Path, what: &str, error: &io::Error) -> Failure {
    Problem::of_file("out", path.display(), what, error).into()
}

impl Listing {
    /// Reads the list of a folder.
    fn read(place: &Place) -> Result<Self, Failure> {
        let path = place.path().join(LIST);
        let failed = |error: io::Error| naming(&path, &error);
        let mut bytes = Vec::new();
        match place.read(LIST) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            file => file.and_then(|mut file| file.read_to_end(&mut bytes)).map_err(failed)?,
        };
        let Some(list) = List::parse(&bytes) else {
            let remedy =
                "it is in the way of the list that xorsweep keeps there: move it, or give another folder";
            return Err(Problem::new("out", path.display(), remedy).into());
        };
        let written = Some(String::from_utf8_lossy(&bytes).into_owned());
        Ok(Self { list, written, ..Self::default() })
    }
}

/// Writes the list in place of its file.
fn write_anew(place: &Place, disk: &dyn Disk, listing: &mut Listing) -> io::Result<()> {
    let partial = format!("{LIST}{PARTIAL}");
    // It may be what a kill has left.
    if place.find(&partial)? != Found::Nothing {
        let mut bytes = Vec::new();
        place.read(&partial)?.read_to_end(&mut bytes)?;
        if !is_list(&bytes) {
            let what = format!("{partial} beside it is in the way: move it away");
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, what));
        }
    }
    let text = listing.list.text();
    let mut file = disk.create(place, &partial)?;
    let written = OnDisk { disk, file: &mut file }
        .write_all(text.as_bytes())
        .and_then(|()| disk.sync(&file))
        .and_then(|()| disk.rename(place, &partial, LIST));
    if let Err(error) = written {
        let _ = disk.remove(place, &partial);
        return Err(error);
    }
    (listing.written, listing.file) = (Some(text), Some(file));
    Ok(())
}

/// Takes from the list what is not there, and writes it if that makes a difference.
fn tidy(place: &Place, disk: &dyn Disk, listing: &mut Listing) -> io::Result<()> {
    if !listing.is_touched {
        return Ok(());
    }
    let is_there = |name: &str| place.find(name).is_ok_and(|found| found != Found::Nothing);
    let List { files, making, request } = &mut listing.list;
    making.retain(|name| is_there(name));
    files.retain(|name, marks| {
        if marks.len() > 1 {
            let is =
                |mark: &Mark| place.read(name).and_then(|mut file| mark.is_of(&mut file)).unwrap_or(true);
            marks.retain(is);
        }
        let is_kept = !marks.is_empty() && is_there(name);
        if !is_kept && is_of_sweep(name) {
            *request = None;
        }
        is_kept
    });
    if listing.list.is_empty() {
        return if listing.written.is_some() { disk.remove(place, LIST) } else { Ok(()) };
    }
    if listing.file.is_some() && listing.written.as_ref() == Some(&listing.list.text()) {
        return Ok(());
    }
    write_anew(place, disk, listing)
}

/// A file on a disk.
struct OnDisk<'a> {
    disk: &'a dyn Disk,
    file: &'a mut File,
}

impl Write for OnDisk<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.write(self.file, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::disk::faulty::{Fault, FaultyDisk};
    use super::super::files::tests::names;
    use super::*;

    fn refused<T: std::fmt::Debug>(result: Result<T, Failure>) -> Problem {
        match result.unwrap_err() {
            Failure::Refused(problem) => problem,
            failure => panic!("{failure}"),
        }
    }

    /// Writes a file of a folder.
    fn write(folder: &OutputFolder, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let mut file = folder.file(name)?;
        file.write_all(bytes)?;
        file.finish()
    }

    #[test]
    fn a_new_folder_with_a_result_stays() {
        let root = tempfile::tempdir().unwrap();
        let folder = OutputFolder::create(&root.path().join("a/b")).unwrap();
        write(&folder, "a.csv", b"").unwrap();
        drop(folder);
        assert_eq!(names(&root.path().join("a/b")), ["a.csv", LIST]);
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
        fs::create_dir(root.path().join("a.csv")).unwrap();
        let folder = OutputFolder::create(root.path()).unwrap();
        assert_eq!(refused(folder.file("a.csv")).key, "out");
        assert_eq!(refused(folder.file("missing/a.csv")).key, "out");
        drop(folder);
        assert_eq!(names(root.path()), ["a.csv", "file"]);
    }

    #[test]
    fn a_disk_that_fails_when_a_file_is_opened_makes_no_wrong_request() {
        for point in 0.. {
            let root = tempfile::tempdir().unwrap();
            let folder =
                OutputFolder::on(Box::new(FaultyDisk::new(Fault::Full, point)), root.path()).unwrap();
            let result = folder.file("a.csv");
            let Err(failure) = result else { break };
            assert!(matches!(failure, Failure::Failed(..)), "{failure:?}");
            let told = failure.to_string();
            assert!(told.contains("a.csv: ") || told.contains(LIST), "{told}");
            drop(folder);
            assert!(names(root.path()).is_empty(), "{point}: {:?}", names(root.path()));
        }
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

    #[test]
    fn only_files_of_its_own_are_replaced_and_removed() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        for name in ["mine.csv", "copy.csv", "b.csv.partial"] {
            fs::write(path(name), "mine").unwrap();
        }
        for _ in 0..2 {
            let folder = OutputFolder::create(root.path()).unwrap();
            write(&folder, "a.csv", b"ours").unwrap();
            write(&folder, "changed.csv", b"ours").unwrap();
            for name in ["mine.csv", "b.csv"] {
                let problem = refused(write(&folder, name, b"ours"));
                assert!(problem.value.contains(name) && problem.remedy.contains("move it"), "{problem}");
            }
        }
        fs::copy(path("a.csv"), path("copy.csv")).unwrap();
        fs::write(path("changed.csv"), "ouch").unwrap();
        let folder = OutputFolder::create(root.path()).unwrap();
        let problem = refused(write(&folder, "changed.csv", b"ours"));
        assert!(problem.remedy.starts_with("it was changed since it was written"), "{problem}");
        folder.remove_own(|_| true).unwrap();
        drop(folder);
        assert_eq!(names(root.path()), ["b.csv.partial", "changed.csv", "copy.csv", LIST, "mine.csv"]);
    }

    #[test]
    fn something_else_in_the_place_of_the_list_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join(LIST), "shopping").unwrap();
        let problem = refused(OutputFolder::create(root.path()));
        assert!(problem.value.ends_with(LIST), "{problem}");
        assert_eq!(fs::read_to_string(root.path().join(LIST)).unwrap(), "shopping");
        fs::remove_file(root.path().join(LIST)).unwrap();
        let partial = format!("{LIST}{PARTIAL}");
        fs::write(root.path().join(&partial), "shopping").unwrap();
        let folder = OutputFolder::create(root.path()).unwrap();
        assert!(refused(folder.file("a.csv")).remedy.contains(&partial));
        drop(folder);
        assert_eq!(names(root.path()), [partial]);
    }

    /// What a kill leaves at any operation: nothing of it is unknown afterwards, and nothing else is lost.
    #[test]
    fn what_a_kill_leaves_is_known() {
        for point in 0.. {
            let root = tempfile::tempdir().unwrap();
            write(&OutputFolder::create(root.path()).unwrap(), "a.csv", b"old").unwrap();
            let folder = OutputFolder::on(Box::new(FaultyDisk::new(Fault::Cut, point)), root.path()).unwrap();
            let result = write(&folder, "a.csv", b"new").and_then(|()| write(&folder, "b.csv", b"new"));
            let is_over = result.is_ok();
            drop(folder);
            let left = fs::read(root.path().join("a.csv")).unwrap();
            assert!(left == b"old" || left == b"new", "{point}: {left:?}");
            let folder = OutputFolder::create(root.path()).unwrap();
            write(&folder, "a.csv", b"newer").and_then(|()| write(&folder, "b.csv", b"newer")).unwrap();
            drop(folder);
            assert_eq!(names(root.path()), ["a.csv", "b.csv", LIST], "{point}");
            let list = List::parse(&fs::read(root.path().join(LIST)).unwrap()).unwrap();
            let marks = vec![Mark::of(b"newer")];
            assert_eq!(list.files.values().collect::<Vec<_>>(), [&marks, &marks], "{point}");
            assert!(list.making.is_empty(), "{point}");
            if is_over {
                break;
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_took_the_place_of_another_gets_nothing_of_it() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("out");
        let first = OutputFolder::create(&path).unwrap();
        let mut whole = first.file("a.csv").unwrap();
        whole.write_all(b"of the first").unwrap();
        let begun = first.file("b.csv").unwrap();
        fs::remove_dir_all(&path).unwrap();
        let second = OutputFolder::create(&path).unwrap();
        let mut file = second.file("a.csv").unwrap();
        file.write_all(b"of the sec").unwrap();
        file.sync().unwrap();
        let before = names(&path);
        let told = whole.finish().unwrap_err().to_string();
        assert!(told.contains("the folder was moved or removed"), "{told}");
        let told = first.file("c.csv").unwrap_err().to_string();
        assert!(told.contains("the folder was moved or removed"), "{told}");
        drop((begun, first));
        assert_eq!(names(&path), before);
        file.write_all(b"ond").unwrap();
        file.finish().unwrap();
        drop(second);
        assert_eq!(fs::read(path.join("a.csv")).unwrap(), b"of the second");
        assert_eq!(names(&path), ["a.csv", LIST]);
    }

    #[cfg(unix)]
    #[test]
    fn an_empty_folder_that_took_the_place_of_another_stays() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("out");
        let first = OutputFolder::create(&path).unwrap();
        fs::remove_dir(&path).unwrap();
        fs::create_dir(&path).unwrap();
        drop(first);
        assert!(path.is_dir());
    }
}
