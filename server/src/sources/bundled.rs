//! The recordings that come with the binary: [`recordings`]. They are the first vintages of an empty store, so that the
//! service has something true to show before it ever reaches the network.

use include_dir::{Dir, include_dir};
use indicators::code::DataflowId;
use jiff::civil::Date;
use serde::Deserialize;
use toml::de::Error as TomlError;

use crate::content_hash::ContentHash;
use crate::sources::catalogue::LicenceClass;

static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../fixtures/sources");
const MANIFEST: &str = include_str!("../../../fixtures/sources/manifest.toml");

/// How a file relates to what the provider sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingKind {
    /// A byte copy.
    Recorded,
    /// Chosen rows of a file whose terms forbid handing it out whole.
    Excerpt,
    /// Published values set back into the shape the provider sends.
    Transcribed,
}

/// What the manifest says about a file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestEntry {
    /// Path below the folder of recordings.
    pub path: String,
    /// Key of the provider.
    pub provider: String,
    /// The dataflow.
    pub dataflow: DataflowId,
    /// The part of the dataflow.
    pub part: String,
    /// Byte copy, excerpt or transcription.
    pub kind: RecordingKind,
    /// Public repository, commit and path it was taken from.
    pub origin: String,
    /// Address the bytes came from upstream; empty when not known.
    pub final_url: String,
    /// Licence or terms, as text.
    pub licence: String,
    /// What may be done with the raw bytes.
    pub licence_class: LicenceClass,
    /// The day the copy is known to have been taken.
    pub recorded: Date,
    /// The day from which its figures were known.
    pub vintage: Date,
    /// Checksum.
    pub sha256: ContentHash,
    /// Remarks.
    #[serde(default)]
    pub note: String,
}

/// A recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// What the manifest says.
    pub entry: ManifestEntry,
    /// The bytes.
    pub bytes: &'static [u8],
}

/// The recordings do not match their manifest.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundledError {
    /// Not the TOML expected.
    #[error("the manifest of the recordings: {0}")]
    Toml(#[from] TomlError),
    /// A listed file is not there.
    #[error("the recording {path} is listed and not there")]
    Missing {
        /// Its path.
        path: String,
    },
    /// A file that is there is not listed.
    #[error("the file {path} is no listed recording")]
    NotListed {
        /// Its path.
        path: String,
    },
    /// A file is not the one that was listed.
    #[error("the recording {path} has the checksum {found}; expected {expected}")]
    Checksum {
        /// Its path.
        path: String,
        /// Checksum listed.
        expected: ContentHash,
        /// Checksum found.
        found: ContentHash,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    file: Vec<ManifestEntry>,
}

/// All recordings, ordered by dataflow, then vintage, then path.
///
/// # Errors
/// [`BundledError`] when a listed file is missing. Checksums are verified by a test, not at each start.
pub fn recordings() -> Result<Vec<Recording>, BundledError> {
    let manifest: Manifest = toml::from_str(MANIFEST)?;
    let mut recordings = Vec::with_capacity(manifest.file.len());
    for entry in manifest.file {
        let Some(file) = FOLDER.get_file(&entry.path) else {
            return Err(BundledError::Missing { path: entry.path });
        };
        recordings.push(Recording { entry, bytes: file.contents() });
    }
    recordings.sort_by(|a, b| {
        let key = |one: &Recording| (one.entry.dataflow.clone(), one.entry.vintage, one.entry.path.clone());
        key(a).cmp(&key(b))
    });
    Ok(recordings)
}

/// Recordings of one dataflow, in groups of equal vintage, oldest first: each group is one vintage.
///
/// # Errors
/// As [`recordings`].
pub fn vintages_of(dataflow: &DataflowId) -> Result<Vec<(Date, Vec<Recording>)>, BundledError> {
    let mut groups: Vec<(Date, Vec<Recording>)> = Vec::new();
    for recording in recordings()?.into_iter().filter(|recording| recording.entry.dataflow == *dataflow) {
        let vintage = recording.entry.vintage;
        match groups.last_mut() {
            Some((date, group)) if *date == vintage => group.push(recording),
            _ => groups.push((vintage, vec![recording])),
        }
    }
    Ok(groups)
}

/// Verifies every checksum and that every file is listed.
///
/// # Errors
/// [`BundledError`] for the first file that does not match.
pub fn verify() -> Result<usize, BundledError> {
    let recordings = recordings()?;
    for Recording { entry, bytes } in &recordings {
        let found = ContentHash::of(bytes);
        if found != entry.sha256 {
            return Err(BundledError::Checksum { path: entry.path.clone(), expected: entry.sha256, found });
        }
    }
    let mut folders = vec![&FOLDER];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files() {
            let path = file.path().to_string_lossy().replace('\\', "/");
            if path != "manifest.toml" && !recordings.iter().any(|recording| recording.entry.path == path) {
                return Err(BundledError::NotListed { path });
            }
        }
    }
    Ok(recordings.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_listed_and_every_checksum_holds() {
        match verify() {
            Ok(count) => assert!(count >= 32, "{count} recordings"),
            Err(error) => assert_eq!(error.to_string(), "", "the recordings do not match their manifest"),
        }
    }
}
