//! Every release that was ever published, kept for good: [`ReleaseArchive`]. Who cited one finds it when other figures are
//! in force. The index forgets what it no longer serves, and is rebuilt with the method of the day; these files are
//! neither forgotten nor computed again. Which release is in force is [`crate::publish`]'s matter.
//!
//! ```text
//! releases/2026-11-22.0123456789abcdef.jsonl.zst     what one publication brought
//!   {"published_on":"2026-11-22","releases":[{"id":…,"sha256":…},…],"crc32":"0123abcd"}
//!   {"answer":…}                                     one release a line, in that order, byte for byte
//! ```

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indicators::wire::ReleaseRef;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use zstd::stream::read::Decoder;
use zstd::stream::write::Encoder;

use crate::checked_line;
use crate::content_hash::ContentHash;
use crate::disk::{Disk, LocalDisk};
use crate::durable::{self, DiskError};
use crate::release::{Release, ReleaseError};

/// How hard releases are compressed: written once, beside a computation that takes longer.
const COMPRESSION: i32 = 9;

/// A file that unpacks to more than this is damage.
const LONGEST: u64 = 256 << 20;

/// A release could not be kept or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The file is not what was written.
    #[error("{}: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A release could not be written as JSON, or read back.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// The disk said no.
    #[error("the releases published: {0}")]
    Disk(#[from] DiskError),
}

/// A release that was published.
#[derive(Debug, Clone, PartialEq)]
pub struct ArchivedRelease {
    /// What it is.
    pub reference: ReleaseRef,
    /// The day it was first published, where the country is.
    pub published_on: Date,
}

/// The first line of a file.
#[derive(Debug, Serialize, Deserialize)]
struct Contents {
    published_on: Date,
    releases: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    #[serde(flatten)]
    reference: ReleaseRef,
    sha256: ContentHash,
}

/// Where a release lies.
#[derive(Debug, Clone)]
struct Held {
    release: ArchivedRelease,
    sha256: ContentHash,
    path: PathBuf,
    line: usize,
}

/// The folder of releases.
#[derive(Debug)]
pub struct ReleaseArchive {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    temporary: PathBuf,
    held: Mutex<BTreeMap<String, Held>>,
    faults: Vec<String>,
}

impl ReleaseArchive {
    /// Opens a folder on the machine's disk. What is half written lies in a folder within it.
    ///
    /// # Errors
    /// When the disk refuses. Damaged files are not an error; see [`Self::faults`].
    pub fn open(folder: &Path) -> Result<Self, DiskError> {
        Self::open_on(Arc::new(LocalDisk), folder, &folder.join("incoming"))
    }

    /// Opens the folder, which need not be there, and reads what its files say they hold. What is half written lies in
    /// `temporary`, which whoever opens the data folder cleans.
    ///
    /// # Errors
    /// When the disk refuses. Damaged files are not an error; see [`Self::faults`].
    pub(crate) fn open_on(disk: Arc<dyn Disk>, folder: &Path, temporary: &Path) -> Result<Self, DiskError> {
        let mut held = BTreeMap::new();
        let mut faults = Vec::new();
        if disk.is_folder(folder) {
            // A file may stand there from an attempt that ended before its folder was flushed.
            durable::if_it_takes_any(durable::sync(disk.as_ref(), folder))?;
        }
        for path in files(disk.as_ref(), folder)? {
            let bytes = disk.read(&path).map_err(DiskError::at(&path))?;
            match contents(&bytes) {
                Ok(contents) => remember(&mut held, &path, contents),
                Err(error) => faults.push(damaged(&path, error).to_string()),
            }
        }
        let (folder, temporary) = (folder.to_path_buf(), temporary.to_path_buf());
        Ok(Self { disk, folder, temporary, held: Mutex::new(held), faults })
    }

    /// What does not read back, one sentence each.
    #[must_use]
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// Keeps those of the releases that are not kept yet. When this returns, they are on the disk.
    ///
    /// # Errors
    /// When the disk refuses; then none of them is kept.
    pub fn keep<'a>(&self, releases: impl IntoIterator<Item = &'a Release>, today: Date) -> Result<(), ArchiveError> {
        let mut held = self.held();
        let mut contents = Contents { published_on: today, releases: Vec::new() };
        let mut body = Vec::new();
        for release in releases.into_iter().filter(|release| !held.contains_key(&release.reference().id)) {
            let bytes = release.to_bytes()?;
            contents.releases.push(Entry { reference: release.reference().clone(), sha256: ContentHash::of(&bytes) });
            body.extend(bytes);
            body.push(b'\n');
        }
        if contents.releases.is_empty() {
            return Ok(());
        }
        let first = checked_line::write(&contents).map_err(ReleaseError::from)?;
        let name = format!("{today}.{}.jsonl.zst", &ContentHash::of(first.as_bytes()).to_string()[..16]);
        let path = self.folder.join(name);
        let packed = pack(&[first.as_bytes(), &body]).map_err(DiskError::at(&path))?;
        durable::create_folder(self.disk.as_ref(), &self.temporary)?;
        durable::write_file(self.disk.as_ref(), &path, &self.temporary, &packed)?;
        remember(&mut held, &path, contents);
        Ok(())
    }

    /// A release by its identifier.
    ///
    /// # Errors
    /// When its file cannot be read, or does not hold what was written.
    pub fn read(&self, id: &str) -> Result<Option<Release>, ArchiveError> {
        let Some(Held { path, line, sha256, .. }) = self.held().get(id).cloned() else { return Ok(None) };
        let bytes = self.disk.read(&path).map_err(DiskError::at(&path))?;
        let found = lines(&bytes).and_then(|mut lines| lines.nth(line + 1).transpose());
        let found = found.map_err(|error| damaged(&path, error))?.unwrap_or_default();
        if ContentHash::of(&found) != sha256 {
            return Err(damaged(&path, format!("line {} is not the release {id}", line + 2)));
        }
        Ok(Some(Release::from_bytes(&found)?))
    }

    /// Whether a release is kept.
    #[must_use]
    pub fn holds(&self, id: &str) -> bool {
        self.held().contains_key(id)
    }

    /// All releases by panel and reference year, the newest first.
    #[must_use]
    pub fn list(&self) -> Vec<ArchivedRelease> {
        let mut all: Vec<ArchivedRelease> = self.held().values().map(|held| held.release.clone()).collect();
        all.sort_by(|one, other| {
            let by_panel = one.reference.panel.cmp(&other.reference.panel);
            let age = |release: &ArchivedRelease| {
                (release.reference.reference_year, release.published_on, release.reference.data_as_of)
            };
            by_panel.then(age(other).cmp(&age(one))).then_with(|| one.reference.id.cmp(&other.reference.id))
        });
        all
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<String, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What reading a folder of releases found: how many are whole, and what is not.
///
/// # Errors
/// When the disk refuses.
pub(crate) fn check(folder: &Path) -> Result<(u64, Vec<String>), DiskError> {
    let archive = ReleaseArchive::open(folder)?;
    let mut faults = archive.faults.clone();
    let mut n_whole = 0;
    for release in archive.list() {
        match archive.read(&release.reference.id) {
            Ok(Some(_)) => n_whole += 1,
            Ok(None) => {}
            Err(error) => faults.push(error.to_string()),
        }
    }
    Ok((n_whole, faults))
}

/// The files of a folder, oldest first by their names.
fn files(disk: &dyn Disk, folder: &Path) -> Result<Vec<PathBuf>, DiskError> {
    if !disk.is_folder(folder) {
        return Ok(Vec::new());
    }
    let mut paths = disk.list(folder).map_err(DiskError::at(folder))?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "zst"));
    Ok(paths)
}

/// The day that counts is that of the first file.
fn remember(held: &mut BTreeMap<String, Held>, path: &Path, contents: Contents) {
    let published_on = contents.published_on;
    for (line, Entry { reference, sha256 }) in contents.releases.into_iter().enumerate() {
        held.entry(reference.id.clone()).or_insert_with(|| Held {
            release: ArchivedRelease { reference, published_on },
            sha256,
            path: path.to_path_buf(),
            line,
        });
    }
}

fn pack(parts: &[&[u8]]) -> io::Result<Vec<u8>> {
    let mut packed = Encoder::new(Vec::new(), COMPRESSION)?;
    packed.include_checksum(true)?;
    parts.iter().try_for_each(|part| packed.write_all(part))?;
    packed.finish()
}

/// The lines of a file, unpacked as they are asked for.
fn lines(bytes: &[u8]) -> io::Result<impl Iterator<Item = io::Result<Vec<u8>>>> {
    Ok(BufReader::new(Decoder::new(bytes)?.take(LONGEST)).split(b'\n'))
}

/// The first line is all that is unpacked.
fn contents(bytes: &[u8]) -> Result<Contents, String> {
    let first = lines(bytes).and_then(|mut lines| lines.next().transpose());
    checked_line::read(&first.map_err(|error| error.to_string())?.unwrap_or_default())
}

fn damaged(path: &Path, reason: impl Display) -> ArchiveError {
    ArchiveError::Damaged { path: path.to_path_buf(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests;
