//! A folder that is open, in which files are looked up by name.
//!
//! Where the system can, names are looked up in the folder itself and not behind its path: should somebody remove it and
//! another folder get its path, nothing that was meant for the one goes to the other.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// A folder that is open.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    #[cfg(unix)]
    folder: File,
}

/// What has a name in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    File,
    /// A folder, a link or something else.
    Other,
}

impl Place {
    /// The path by which it was opened.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::MetadataExt as _;

    use nix::errno::Errno;
    use nix::fcntl::{AtFlags, OFlag, openat, renameat};
    use nix::sys::stat::{Mode, SFlag, fstatat};
    use nix::unistd::{UnlinkatFlags, unlinkat};

    /// What may be done with our files, unless the user's mask takes some of it away.
    const FILE_MODE: Mode = Mode::from_bits_truncate(0o666);

    impl Place {
        pub(in super::super) fn open(path: &Path) -> io::Result<Self> {
            Ok(Self { path: path.to_owned(), folder: File::open(path)? })
        }

        /// Keeps other processes out for as long as this is there.
        pub(in super::super) fn lock(&self) -> Result<(), TryLockError> {
            self.folder.try_lock()
        }

        /// Whether its path still leads to it.
        pub(in super::super) fn is_there(&self) -> bool {
            let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
            let there = fs::metadata(&self.path).map(identity).ok();
            there.is_some() && there == self.folder.metadata().map(identity).ok()
        }

        fn open_file(&self, name: &str, flags: OFlag) -> io::Result<File> {
            Ok(openat(&self.folder, name, flags | OFlag::O_CLOEXEC, FILE_MODE)?.into())
        }

        /// Opens a file to be read.
        pub(in super::super) fn read(&self, name: &str) -> io::Result<File> {
            self.open_file(name, OFlag::O_RDONLY)
        }

        /// Begins a file, empty whether it was there or not.
        pub(in super::super) fn create(&self, name: &str) -> io::Result<File> {
            self.open_file(name, OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_TRUNC)
        }

        /// Opens a file that is there to be written.
        pub(in super::super) fn write(&self, name: &str) -> io::Result<File> {
            self.open_file(name, OFlag::O_WRONLY)
        }

        pub(in super::super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
            Ok(renameat(&self.folder, from, &self.folder, to)?)
        }

        pub(in super::super) fn remove(&self, name: &str) -> io::Result<()> {
            Ok(unlinkat(&self.folder, name, UnlinkatFlags::NoRemoveDir)?)
        }

        pub(in super::super) fn find(&self, name: &str) -> io::Result<Found> {
            match fstatat(&self.folder, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
                Err(Errno::ENOENT | Errno::ENOTDIR) => Ok(Found::Nothing),
                Ok(stat) if SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT == SFlag::S_IFREG => {
                    Ok(Found::File)
                }
                stat => stat.map(|_| Found::Other).map_err(io::Error::from),
            }
        }

        /// Brings the names in it to the disk, where a folder can be asked to.
        pub(in super::super) fn sync(&self) {
            let _ = self.folder.sync_all();
        }
    }
}

#[cfg(not(unix))]
impl Place {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        fs::read_dir(path)?;
        Ok(Self { path: path.to_owned() })
    }

    /// Folders cannot be locked here.
    pub(super) fn lock(&self) -> Result<(), TryLockError> {
        Ok(())
    }

    pub(super) fn is_there(&self) -> bool {
        self.path.is_dir()
    }

    pub(super) fn read(&self, name: &str) -> io::Result<File> {
        File::open(self.path.join(name))
    }

    pub(super) fn create(&self, name: &str) -> io::Result<File> {
        File::create(self.path.join(name))
    }

    pub(super) fn write(&self, name: &str) -> io::Result<File> {
        fs::OpenOptions::new().write(true).open(self.path.join(name))
    }

    pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))
    }

    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    pub(super) fn find(&self, name: &str) -> io::Result<Found> {
        match fs::symlink_metadata(self.path.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Found::Nothing),
            metadata => Ok(if metadata?.is_file() { Found::File } else { Found::Other }),
        }
    }

    pub(super) fn sync(&self) {}
}
