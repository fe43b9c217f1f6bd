//! Raw payloads as received, kept for good: content-addressed files, each with a sidecar that says
//! where and when they came from. What was made of them is in [`crate::run_log`] and
//! [`crate::store`]; both can be rebuilt from here.
//!
//! ```text
//! snapshots/e3/e3b0c442….raw              the bytes
//! snapshots/e3/e3b0c442….DATAFLOW.json    their origin, once for each dataflow that received them
//! ```

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indicators::code::DataflowId;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::content_hash::ContentHash;
use crate::disk::{Disk, LocalDisk};
use crate::durable::{self, DiskError};

/// How a payload came to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotKind {
    /// A recording that came with the program.
    Bundled,
    /// The answer of a provider.
    Fetched,
    /// A file that an operator put into the drop folder.
    Dropped,
    /// Figures delivered with a key. Without the log it is not known whether they were accepted.
    Submitted,
}

/// Where a payload came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotOrigin {
    /// The dataflow that received it.
    pub dataflow: DataflowId,
    /// How it came.
    pub kind: SnapshotKind,
    /// Its name within the dataflow.
    pub part: String,
    /// What was asked for: a URL, or the name of a file.
    pub origin: String,
    /// Where the answer came from, after redirects.
    pub final_url: Option<String>,
    /// When it was received here; of a recording, when it was imported.
    pub fetched_at: Timestamp,
    /// The day from which it is what was known: the day of the recording, or of the fetch.
    pub as_of: Date,
    /// The validator to send next time.
    pub etag: Option<String>,
    /// The other validator to send next time.
    pub last_modified: Option<String>,
    /// As the provider declared it.
    pub content_type: Option<String>,
    /// Licence or terms.
    pub licence: String,
    /// Whether the bytes may be handed out.
    pub raw_open: bool,
}

/// A payload and its origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Address of the bytes.
    pub sha256: ContentHash,
    /// Their number.
    pub bytes: u64,
    /// Where they came from.
    #[serde(flatten)]
    pub origin: SnapshotOrigin,
}

/// A snapshot could not be kept or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// No payload has this address.
    #[error("no snapshot {sha256}")]
    Unknown {
        /// The address.
        sha256: ContentHash,
    },
    /// The bytes do not match their address.
    #[error("the snapshot {expected} holds bytes with the sha256 {found}")]
    Damaged {
        /// The address.
        expected: ContentHash,
        /// The address of what is there.
        found: ContentHash,
    },
    /// The sidecar cannot be read.
    #[error("{}: {reason}", path.display())]
    Sidecar {
        /// The sidecar.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The disk said no.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// The folder of raw payloads.
#[derive(Debug, Clone)]
pub struct Snapshots {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    temporary: PathBuf,
}

impl Snapshots {
    /// Opens the folder, creating it when it is not there, and removes what interrupted writes left.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn open(folder: &Path) -> Result<Self, SnapshotError> {
        Self::open_on(Arc::new(LocalDisk), folder)
    }

    /// As [`Self::open`], on any disk.
    pub(crate) fn open_on(disk: Arc<dyn Disk>, folder: &Path) -> Result<Self, SnapshotError> {
        let temporary = folder.join("incoming");
        durable::if_it_takes_any(durable::create_folder(disk.as_ref(), &temporary))?;
        if disk.is_folder(&temporary) {
            for path in disk.list(&temporary).map_err(DiskError::at(&temporary))? {
                durable::if_it_takes_any(disk.remove_file(&path).map_err(DiskError::at(&path)))?;
            }
        }
        Ok(Self { disk, folder: folder.to_path_buf(), temporary })
    }

    /// The folder as it is, for looking only: nothing is created or cleaned up.
    #[must_use]
    pub fn open_for_reading(folder: &Path) -> Self {
        Self { disk: Arc::new(LocalDisk), folder: folder.to_path_buf(), temporary: folder.join("incoming") }
    }

    /// Keeps a payload. When this returns, it is on the disk under its address.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn keep(&self, bytes: &[u8], origin: SnapshotOrigin) -> Result<Snapshot, SnapshotError> {
        let snapshot =
            Snapshot { sha256: ContentHash::of(bytes), bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX), origin };
        let raw = self.raw_path(snapshot.sha256);
        durable::create_folder(self.disk.as_ref(), &self.temporary)?;
        // A damaged copy is replaced: the bytes in hand are known to be right.
        if self.disk.read(&raw).map_or(true, |held| held != bytes) {
            durable::write_file(self.disk.as_ref(), &raw, &self.temporary, bytes)?;
        } else {
            // It may stand there from an attempt that failed before it was flushed.
            durable::sync(self.disk.as_ref(), &raw)?;
        }
        let sidecar = self.sidecar_path(snapshot.sha256, &snapshot.origin.dataflow);
        let text = serde_json::to_vec_pretty(&snapshot)
            .map_err(|error| SnapshotError::Sidecar { path: sidecar.clone(), reason: error.to_string() })?;
        if self.disk.exists(&sidecar) {
            durable::sync(self.disk.as_ref(), &sidecar)?;
        } else {
            durable::write_file(self.disk.as_ref(), &sidecar, &self.temporary, &text)?;
        }
        // Nor are the folders above it known to be flushed because they are there.
        for folder in raw.ancestors().skip(1).take(3) {
            durable::sync(self.disk.as_ref(), folder)?;
        }
        Ok(snapshot)
    }

    /// The bytes under an address, checked against it.
    ///
    /// # Errors
    /// [`SnapshotError::Unknown`], [`SnapshotError::Damaged`] or a fault of the disk.
    pub fn read(&self, sha256: ContentHash) -> Result<Vec<u8>, SnapshotError> {
        let path = self.raw_path(sha256);
        let bytes = match self.disk.read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(SnapshotError::Unknown { sha256 }),
            Err(error) => return Err(DiskError::at(&path)(error).into()),
        };
        let found = ContentHash::of(&bytes);
        if found == sha256 { Ok(bytes) } else { Err(SnapshotError::Damaged { expected: sha256, found }) }
    }

    /// The origin under which a dataflow first received these bytes.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn origin(&self, sha256: ContentHash, dataflow: &DataflowId) -> Result<Snapshot, SnapshotError> {
        let path = self.sidecar_path(sha256, dataflow);
        if self.disk.exists(&path) { self.read_sidecar(&path) } else { Err(SnapshotError::Unknown { sha256 }) }
    }

    /// Every origin of these bytes, one for each dataflow that received them.
    ///
    /// # Errors
    /// When the folder or a sidecar cannot be read.
    pub fn origins(&self, sha256: ContentHash) -> Result<Vec<Snapshot>, SnapshotError> {
        let prefix = format!("{sha256}.");
        let folder = self.raw_path(sha256).parent().map(Path::to_path_buf).unwrap_or_default();
        let mut found = Vec::new();
        for path in self.files_in(&folder)? {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.starts_with(&prefix) && is_sidecar(&path) {
                found.push(self.read_sidecar(&path)?);
            }
        }
        Ok(found)
    }

    /// Every payload with its origin, by the day it tells of and then by the time it came.
    ///
    /// # Errors
    /// When the folder or a sidecar cannot be read.
    pub fn list(&self) -> Result<Vec<Snapshot>, SnapshotError> {
        let mut found = Vec::new();
        for shard in self.files_in(&self.folder)? {
            for path in self.files_in(&shard)? {
                if is_sidecar(&path) {
                    found.push(self.read_sidecar(&path)?);
                }
            }
        }
        found.sort_by(|a, b| {
            let key = |snapshot: &Snapshot| (snapshot.origin.as_of, snapshot.origin.fetched_at, snapshot.sha256);
            key(a).cmp(&key(b))
        });
        Ok(found)
    }

    fn read_sidecar(&self, path: &Path) -> Result<Snapshot, SnapshotError> {
        let text = self.disk.read(path).map_err(DiskError::at(path))?;
        serde_json::from_slice(&text)
            .map_err(|error| SnapshotError::Sidecar { path: path.to_path_buf(), reason: error.to_string() })
    }

    fn files_in(&self, folder: &Path) -> Result<Vec<PathBuf>, DiskError> {
        if self.disk.is_folder(folder) { self.disk.list(folder).map_err(DiskError::at(folder)) } else { Ok(Vec::new()) }
    }

    fn raw_path(&self, sha256: ContentHash) -> PathBuf {
        let name = sha256.to_string();
        self.folder.join(&name[..2]).join(format!("{name}.raw"))
    }

    fn sidecar_path(&self, sha256: ContentHash, dataflow: &DataflowId) -> PathBuf {
        let name = sha256.to_string();
        self.folder.join(&name[..2]).join(format!("{name}.{dataflow}.json"))
    }
}

fn is_sidecar(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

#[cfg(test)]
mod tests;
