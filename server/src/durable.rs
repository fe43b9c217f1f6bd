//! Files that survive a power cut: written aside, flushed to the disk, renamed, and their folder
//! flushed too. What stands in them belongs to [`crate::snapshots`] and [`crate::run_log`].

use std::io;
use std::path::{Path, PathBuf};

use crate::disk::Disk;

/// A file or folder could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct DiskError {
    /// The file or folder.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

impl DiskError {
    pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self { path: path.to_path_buf(), source }
    }

    /// Whether the disk takes nothing at all now, being full or closed to us. What lies on it can be read.
    #[must_use]
    pub fn takes_nothing(&self) -> bool {
        use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        matches!(self.source.kind(), StorageFull | QuotaExceeded | ReadOnlyFilesystem | PermissionDenied)
    }
}

/// Passes over what a disk refuses that takes nothing now: whoever opens in order to read needs none of it.
pub(crate) fn if_it_takes_any(done: Result<(), DiskError>) -> Result<(), DiskError> {
    match done {
        Err(error) if error.takes_nothing() => {
            tracing::warn!(%error, "left undone");
            Ok(())
        }
        other => other,
    }
}

/// Creates a folder and those above it, each entered durably in its parent.
pub(crate) fn create_folder(disk: &dyn Disk, folder: &Path) -> Result<(), DiskError> {
    if disk.is_folder(folder) {
        return Ok(());
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        create_folder(disk, parent)?;
    }
    match disk.create_folder(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(DiskError::at(folder)(error)),
        _ => parent.map_or(Ok(()), |parent| sync(disk, parent)),
    }
}

/// Puts a file in place whole or not at all; an older one of that name is replaced. Nobody else writes one of that name
/// meanwhile.
pub(crate) fn write_file(disk: &dyn Disk, path: &Path, temporary: &Path, bytes: &[u8]) -> Result<(), DiskError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    create_folder(disk, folder)?;
    let aside = temporary.join(path.file_name().unwrap_or_default());
    let written = disk
        .write(&aside, bytes)
        .and_then(|()| disk.sync(&aside))
        .map_err(DiskError::at(&aside))
        .and_then(|()| disk.rename(&aside, path).map_err(DiskError::at(path)));
    if let Err(error) = written {
        // What cannot be removed now is removed when the folder is next opened.
        _ = disk.remove_file(&aside);
        return Err(error);
    }
    sync(disk, folder)
}

/// Flushes a file, or the entries of a folder: a rename or a new file is durable only when its folder is.
pub(crate) fn sync(disk: &dyn Disk, path: &Path) -> Result<(), DiskError> {
    disk.sync(path).map_err(DiskError::at(path))
}
