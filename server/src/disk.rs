//! The disk under everything that is kept, as the few operations that snapshots, run log and index
//! need of it: [`Disk`]. What stands in the files belongs to them; in which order they are written
//! so that a power cut does no harm is [`crate::durable`]'s matter.
//!
//! There are two: [`LocalDisk`] is the machine's, and the simulation brings one that forgets what
//! was not flushed, fills up, and fails on a seed.

use std::any::Any;
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process;

use rustix::fs::statvfs;

use crate::durable::DiskError;
use crate::store::{Index, StoreError, open_index, salvage_index};

/// Below this the disk counts as full: the index needs room to write, and sled does not recover from a
/// write that fails half way.
pub(crate) const LEAST_FREE_BYTES: u64 = 64 << 20;

/// What the service asks of a disk. Nothing is durable before [`Disk::sync`] of the file, and of the folder
/// that a file is new in.
pub(crate) trait Disk: fmt::Debug + Send + Sync {
    /// The bytes of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Whether there is a file or folder of this name.
    fn exists(&self, path: &Path) -> bool;

    /// Whether there is a folder of this name.
    fn is_folder(&self, path: &Path) -> bool;

    /// Everything in a folder, by name.
    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>>;

    /// Makes one folder.
    fn create_folder(&self, folder: &Path) -> io::Result<()>;

    /// Writes a file from its beginning.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Writes at the end of a file, which is made when it is not there.
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Cuts a file to a length.
    fn cut(&self, path: &Path, length: u64) -> io::Result<()>;

    /// Flushes a file's bytes or a folder's entries to the medium.
    fn sync(&self, path: &Path) -> io::Result<()>;

    /// Gives a file or folder another name; what bore that name is gone.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove_file(&self, path: &Path) -> io::Result<()>;

    /// Removes a folder with everything in it.
    fn remove_folder(&self, folder: &Path) -> io::Result<()>;

    /// Bytes left on the disk that holds a folder.
    fn free_bytes(&self, folder: &Path) -> io::Result<u64>;

    /// Takes the lock kept in a file, for as long as the answer lives.
    fn lock(&self, path: &Path) -> Result<Lock, LockError>;

    /// Opens the index in a folder, empty when there is none.
    fn open_index(&self, folder: &Path) -> Result<Box<dyn Index>, StoreError>;

    /// Copies what may still be sound of a damaged index to another folder.
    fn salvage_index(&self, damaged: &Path, folder: &Path) -> Result<(), StoreError>;
}

/// A lock, held until dropped.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "held for its end")] pub(crate) Box<dyn Any + Send + Sync>);

/// The lock was not to be had.
#[derive(Debug)]
pub(crate) enum LockError {
    /// Another process has it, and wrote this into the file.
    Held { by: String },
    /// The disk said no.
    Io(io::Error),
}

/// The machine's own disk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LocalDisk;

impl Disk for LocalDisk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn is_folder(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let mut paths =
            fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
        paths.sort_unstable();
        Ok(paths)
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir(folder)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        File::create(path)?.write_all(bytes)
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        OpenOptions::new().append(true).create(true).open(path)?.write_all(bytes)
    }

    fn cut(&self, path: &Path, length: u64) -> io::Result<()> {
        OpenOptions::new().write(true).open(path)?.set_len(length)
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        fs::remove_dir_all(folder)
    }

    fn free_bytes(&self, folder: &Path) -> io::Result<u64> {
        let disk = statvfs(folder)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    fn lock(&self, path: &Path) -> Result<Lock, LockError> {
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let (mut file, may_write) = match open.map_err(DiskError::at(path)) {
            Ok(file) => (file, true),
            Err(error) if error.takes_nothing() => match File::open(path) {
                Ok(file) => (file, false),
                // Nobody has ever written here, and nobody can.
                Err(found) if found.kind() == io::ErrorKind::NotFound => return Ok(Lock(Box::new(()))),
                Err(found) => return Err(LockError::Io(found)),
            },
            Err(error) => return Err(LockError::Io(error.source)),
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut by = String::new();
                file.read_to_string(&mut by).map_err(LockError::Io)?;
                return Err(LockError::Held { by: by.trim().to_owned() });
            }
            Err(TryLockError::Error(error)) => return Err(LockError::Io(error)),
        }
        if !may_write {
            return Ok(Lock(Box::new(file)));
        }
        // Whose it is, is said for people only; a full disk keeps nobody from reading.
        let told = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", process::id()));
        if let Err(error) = told {
            tracing::warn!(%error, "the lock does not say who holds it");
        }
        Ok(Lock(Box::new(file)))
    }

    fn open_index(&self, folder: &Path) -> Result<Box<dyn Index>, StoreError> {
        open_index(folder)
    }

    fn salvage_index(&self, damaged: &Path, folder: &Path) -> Result<(), StoreError> {
        salvage_index(damaged, folder)
    }
}
