//! What is asked of the disk when results are written: few operations, in one place, so that tests can let each fail.

use std::fmt;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use super::place::Place;

/// The disk.
pub(super) trait Disk: fmt::Debug + Send + Sync {
    /// Begins a file, empty whether it was there or not.
    fn create(&self, place: &Place, name: &str) -> io::Result<File> {
        place.create(name)
    }

    /// Opens a file to go on behind so many bytes; what was there after them is gone.
    fn reopen(&self, place: &Place, name: &str, bytes: u64) -> io::Result<File> {
        let mut file = place.write(name)?;
        file.set_len(bytes)?;
        file.seek(SeekFrom::End(0))?;
        Ok(file)
    }

    /// Writes some of the bytes and returns how many.
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<usize> {
        file.write(bytes)
    }

    /// Waits until what was written would outlast a power cut.
    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }

    /// Gives a file another name, in place of what has it.
    fn rename(&self, place: &Place, from: &str, to: &str) -> io::Result<()> {
        place.rename(from, to)
    }

    /// Removes a file.
    fn remove(&self, place: &Place, name: &str) -> io::Result<()> {
        place.remove(name)
    }
}

/// The disk that the system has.
#[derive(Debug)]
pub(super) struct RealDisk;

impl Disk for RealDisk {}

/// A disk that fails at one operation, for tests.
#[cfg(test)]
pub(super) mod faulty {
    use super::{Disk, File, Place, RealDisk, io};
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    /// What goes wrong.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(in crate::results) enum Fault {
        /// One operation fails; all others work.
        Once,
        /// From one operation on, nothing can be made or written: a disk that fills up.
        Full,
        /// From one operation on, each fails, the first one halfway: a power cut.
        Cut,
    }

    #[derive(Debug)]
    pub(in crate::results) struct FaultyDisk {
        pub(in crate::results) fault: Fault,
        /// How many operations work before.
        pub(in crate::results) after: u64,
        /// How many operations there were.
        pub(in crate::results) operations: AtomicU64,
    }

    impl FaultyDisk {
        pub(in crate::results) fn new(fault: Fault, after: u64) -> Self {
            Self { fault, after, operations: AtomicU64::new(0) }
        }

        /// A disk without faults, which does not wait for the real one.
        pub(in crate::results) fn sound() -> Self {
            Self::new(Fault::Once, u64::MAX)
        }

        /// An operation; `needs_room` if a full disk lets it fail.
        fn next(&self, needs_room: bool) -> io::Result<()> {
            let number = self.operations.fetch_add(1, Relaxed);
            let fails = match self.fault {
                Fault::Once => number == self.after,
                Fault::Full => number >= self.after && needs_room,
                Fault::Cut => number >= self.after,
            };
            if fails { Err(io::Error::from(io::ErrorKind::StorageFull)) } else { Ok(()) }
        }
    }

    impl Disk for FaultyDisk {
        fn create(&self, place: &Place, name: &str) -> io::Result<File> {
            self.next(true).and_then(|()| RealDisk.create(place, name))
        }
        fn reopen(&self, place: &Place, name: &str, bytes: u64) -> io::Result<File> {
            self.next(false).and_then(|()| RealDisk.reopen(place, name, bytes))
        }
        fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<usize> {
            let result = self.next(true);
            if result.is_ok() {
                // Short writes happen, too.
                return RealDisk.write(file, &bytes[..bytes.len().div_ceil(2)]);
            }
            if self.fault == Fault::Cut && self.operations.load(Relaxed) == self.after + 1 {
                RealDisk.write(file, &bytes[..bytes.len() / 2])?;
            }
            result.map(|()| 0)
        }
        fn sync(&self, _: &File) -> io::Result<()> {
            self.next(true)
        }
        fn rename(&self, place: &Place, from: &str, to: &str) -> io::Result<()> {
            self.next(false).and_then(|()| RealDisk.rename(place, from, to))
        }
        fn remove(&self, place: &Place, name: &str) -> io::Result<()> {
            self.next(false).and_then(|()| RealDisk.remove(place, name))
        }
    }
}
