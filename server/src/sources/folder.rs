//! A folder of files dropped by hand, as a source: for providers that refuse programs. Each dataflow has its own
//! subfolder, named by its id: `<folder>/UN_EGDI/EGOV_DATA_2026.csv`.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::catalogue::DataflowDefinition;

/// Most files taken from one subfolder.
const MOST_FILES: usize = 256;

/// A file that was dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DroppedFile {
    /// Its name: the part of the dataflow.
    pub part: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The folder could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// The system said no.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was said.
        source: io::Error,
    },
    /// A file larger than the dataflow allows.
    #[error("{} exceeds {limit} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit.
        limit: usize,
    },
    /// More files than are taken.
    #[error("{} holds more than {MOST_FILES} files", path.display())]
    TooMany {
        /// The folder.
        path: PathBuf,
    },
}

/// The paths of the files dropped for a dataflow, ordered by name. No subfolder: none. Files with another ending than the format's, hidden files
/// and files that are being copied (`.part`, `.tmp`) are passed over, and symbolic links are not followed.
///
/// # Errors
/// [`FolderError`].
pub fn find(folder: &Path, definition: &DataflowDefinition) -> Result<Vec<PathBuf>, FolderError> {
    let folder = folder.join(definition.id.as_str());
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io(&folder)(error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let entry = entry.map_err(io(&folder))?;
        let path = entry.path();
        let is_file = entry.file_type().map_err(io(&path))?.is_file();
        let ending = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
        let is_known = ending.is_some_and(|ending| definition.format.file_endings().contains(&ending.as_str()));
        let is_hidden = path.file_name().and_then(OsStr::to_str).is_none_or(|name| name.starts_with('.'));
        if is_file && is_known && !is_hidden {
            paths.push(path);
        }
        if paths.len() > MOST_FILES {
            return Err(FolderError::TooMany { path: folder });
        }
    }
    paths.sort();
    Ok(paths)
}

/// The files dropped for a dataflow, whole.
///
/// # Errors
/// [`FolderError`].
pub fn read(folder: &Path, definition: &DataflowDefinition) -> Result<Vec<DroppedFile>, FolderError> {
    let paths = find(folder, definition)?;
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        let part = path.file_name().and_then(OsStr::to_str).unwrap_or_default().to_owned();
        let limit = definition.max_bytes;
        let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        let mut bytes = Vec::new();
        File::open(&path).map_err(io(&path))?.take(bound).read_to_end(&mut bytes).map_err(io(&path))?;
        if bytes.len() > limit {
            return Err(FolderError::TooLarge { path, limit });
        }
        files.push(DroppedFile { part, path, bytes });
    }
    Ok(files)
}

fn io(path: &Path) -> impl FnOnce(io::Error) -> FolderError + use<> {
    let path = path.to_owned();
    move |source| FolderError::Io { path, source }
}

#[cfg(test)]
mod tests;
