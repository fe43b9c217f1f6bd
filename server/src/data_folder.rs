//! The folder with everything the service keeps, and the lock that lets one process at a time use
//! it. What stands in its parts belongs to [`crate::snapshots`], [`crate::run_log`], [`crate::release_archive`] and
//! [`crate::store`].
//!
//! ```text
//! data/snapshots/   raw payloads                          truth
//! data/runs.jsonl   runs and decisions                    truth
//! data/releases/    every release that was published    truth
//! data/store/       index: vintages, releases, pointer    can be rebuilt
//! data/told.json    how old figures were when an operator was last told; lost, nothing is told of changes meanwhile
//! data/drop/        files an operator puts there, one folder for each dataflow
//! data/lock         held while a process uses the folder; holds its number
//! ```

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::{Disk, LocalDisk, Lock, LockError};
use crate::durable::{self, DiskError};

/// The data folder, locked for this process until dropped.
#[derive(Debug)]
pub struct DataFolder {
    root: PathBuf,
    disk: Arc<dyn Disk>,
    _lock: Lock,
}

/// The data folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataFolderError {
    /// Another process uses it.
    #[error("the data folder {} is in use by process {holder}; stop it first, or give --data another folder", root.display())]
    InUse {
        /// The folder.
        root: PathBuf,
        /// The number of the process, as it wrote it down.
        holder: String,
    },
    /// The disk said no.
    #[error("the data folder cannot be used: {0}")]
    Disk(#[from] DiskError),
}

impl DataFolder {
    /// Creates the folder when it is not there, and locks it. The lock ends with the process, however it ends.
    ///
    /// # Errors
    /// [`DataFolderError::InUse`] when another process holds it.
    pub fn open(root: &Path) -> Result<Self, DataFolderError> {
        Self::open_on(Arc::new(LocalDisk), root)
    }

    /// As [`Self::open`], on any disk.
    pub(crate) fn open_on(disk: Arc<dyn Disk>, root: &Path) -> Result<Self, DataFolderError> {
        durable::create_folder(disk.as_ref(), root)?;
        let path = root.join("lock");
        match disk.lock(&path) {
            Ok(lock) => Ok(Self { root: root.to_path_buf(), disk, _lock: lock }),
            Err(LockError::Held { by }) => Err(DataFolderError::InUse { root: root.to_path_buf(), holder: by }),
            Err(LockError::Io(error)) => Err(DiskError::at(&path)(error).into()),
        }
    }

    /// The disk it lies on.
    pub(crate) fn disk(&self) -> &Arc<dyn Disk> {
        &self.disk
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The index.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.root.join("store")
    }

    /// An index that is being built, until it takes the place of the other.
    #[must_use]
    pub fn store_beside(&self) -> PathBuf {
        self.root.join("store.building")
    }

    /// Raw payloads.
    #[must_use]
    pub fn snapshots(&self) -> PathBuf {
        self.root.join("snapshots")
    }

    /// The releases that were published.
    #[must_use]
    pub fn releases(&self) -> PathBuf {
        self.root.join("releases")
    }

    /// The run log.
    #[must_use]
    pub fn run_log(&self) -> PathBuf {
        self.root.join("runs.jsonl")
    }

    /// Free bytes on the disk that holds the folder.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn free_bytes(&self) -> Result<u64, DiskError> {
        self.disk.free_bytes(&self.root).map_err(DiskError::at(&self.root))
    }

    /// Moves the index out of the way, under a name that says why, and returns where it went.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn set_index_aside(&self, why: &str) -> Result<PathBuf, DiskError> {
        set_aside(self.disk.as_ref(), &self.store(), why)
    }
}

/// Renames `store` to the first free one of `store.<why>-1`, `store.<why>-2`, …
pub(crate) fn set_aside(disk: &dyn Disk, folder: &Path, why: &str) -> Result<PathBuf, DiskError> {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or("index");
    let aside = (1..=u32::MAX)
        .map(|number| folder.with_file_name(format!("{name}.{why}-{number}")))
        .find(|candidate| !disk.exists(candidate))
        .unwrap_or_default();
    disk.rename(folder, &aside).map_err(DiskError::at(folder))?;
    durable::sync(disk, folder.parent().unwrap_or(Path::new(".")))?;
    Ok(aside)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use std::process;

    use super::*;

    #[test]
    fn a_second_process_is_told_who_holds_the_folder() {
        let root = tempfile::tempdir().unwrap();
        let held = DataFolder::open(root.path()).unwrap();
        // A lock belongs to an open file, so a second opening in this process meets it like another process does.
        let error = DataFolder::open(root.path()).unwrap_err().to_string();
        assert!(error.contains(&format!("in use by process {}", process::id())), "{error}");
        drop(held);
        assert!(DataFolder::open(root.path()).is_ok());
    }
}
