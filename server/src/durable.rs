//! Files that survive a power cut: written aside, flushed to the disk, renamed, and their folder
//! flushed too. What stands in them belongs to [`crate::snapshots`] and [`crate::run_log`].

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

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

    /// Whether the disk or the quota is full.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self.source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
    }
}

/// Creates a folder and those above it, each entered durably in its parent.
pub(crate) fn create_folder(folder: &Path) -> Result<(), DiskError> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        create_folder(parent)?;
    }
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(DiskError::at(folder)(error)),
        _ => parent.map_or(Ok(()), sync_folder),
    }
}

/// Puts a file in place whole or not at all; an older one of that name is replaced.
pub(crate) fn write_file(path: &Path, temporary: &Path, bytes: &[u8]) -> Result<(), DiskError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    create_folder(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(temporary).map_err(DiskError::at(temporary))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(DiskError::at(file.path()))?;
    file.persist(path).map_err(|error| DiskError::at(path)(error.error))?;
    sync_folder(folder)
}

/// A rename or a new file is durable only when its folder is.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), DiskError> {
    File::open(folder).and_then(|file| file.sync_all()).map_err(DiskError::at(folder))
}
