//! Copies of the truth: [`back_up`], [`restore`] and [`check_truth`]. The index is not copied: it
//! is rebuilt, with the same releases, from what is. Releases that were published before are copied.
//!
//! A backup may be taken while the service runs: payloads never change and the log only grows.
//! The log is copied first, so that every payload it names is there when its turn comes. A second
//! backup into the same folder copies only what is new.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::content_hash::ContentHash;
use crate::disk::LocalDisk;
use crate::durable::{self, DiskError};
use crate::release_archive;
use crate::run_log::{LineFault, RunHistory, RunLog};
use crate::snapshots::{SnapshotError, Snapshots};

/// A backup could not be taken or restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// There is something where the backup should be restored to.
    #[error("{} holds data already; a backup is restored into an empty folder", folder.display())]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder holds no backup.
    #[error("{} holds no backup: {} is missing", folder.display(), missing.display())]
    NoBackup {
        /// The folder.
        folder: PathBuf,
        /// What should be there.
        missing: PathBuf,
    },
    /// A payload does not read back.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The disk said no.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// What was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Copied {
    /// Files copied now.
    pub files: u64,
    /// Files that were there already.
    pub present: u64,
    /// Bytes copied now.
    pub bytes: u64,
    /// Runs in the log that was copied.
    pub runs: u64,
}

impl Copied {
    /// Copies a file that never changes, unless it is there.
    fn take_over(&mut self, target: &Path, temporary: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        if fs::read(target).is_ok_and(|held| held == bytes) {
            self.present += 1;
            return Ok(());
        }
        durable::write_file(&LocalDisk, target, temporary, bytes)?;
        self.files += 1;
        self.bytes += u64::try_from(bytes.len()).unwrap_or_default();
        Ok(())
    }
}

/// Copies log, payloads, releases and keys of a data folder.
///
/// # Errors
/// When a payload does not match its address, or the disk refuses.
pub fn back_up(data: &Path, target: &Path) -> Result<Copied, BackupError> {
    copy_truth(data, target)
}

/// Copies a backup into an empty data folder. The index is built by the next start, or by `rebuild`.
///
/// # Errors
/// [`BackupError::NoBackup`], [`BackupError::NotEmpty`], or as for [`back_up`].
pub fn restore(backup: &Path, data: &Path) -> Result<Copied, BackupError> {
    for missing in ["runs.jsonl", "snapshots"].map(|name| backup.join(name)) {
        if !missing.exists() {
            return Err(BackupError::NoBackup { folder: backup.to_path_buf(), missing });
        }
    }
    for held in ["runs.jsonl", "releases", "store"].map(|name| data.join(name)) {
        // Opening a data folder makes an empty log.
        if fs::metadata(&held).is_ok_and(|metadata| metadata.is_dir() || metadata.len() > 0) {
            return Err(BackupError::NotEmpty { folder: data.to_path_buf() });
        }
    }
    copy_truth(backup, data)
}

fn copy_truth(from: &Path, to: &Path) -> Result<Copied, BackupError> {
    let temporary = to.join("snapshots/incoming");
    durable::create_folder(&LocalDisk, &temporary)?;
    let log = from.join("runs.jsonl");
    let text = match fs::read(&log) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(DiskError::at(&log)(error).into()),
    };
    // A line that is just being written is not part of the copy.
    let whole = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
    let mut copied = Copied::default();
    for path in payload_files(&from.join("snapshots"))? {
        let target = to.join("snapshots").join(path.parent().and_then(Path::file_name).unwrap_or_default());
        let target = target.join(path.file_name().unwrap_or_default());
        let bytes = fs::read(&path).map_err(DiskError::at(&path))?;
        check_address(&path, &bytes)?;
        copied.take_over(&target, &temporary, &bytes)?;
    }
    // Releases never change, and a file of them is there whole or not at all.
    for path in entries(&from.join("releases"))? {
        let target = to.join("releases").join(path.file_name().unwrap_or_default());
        let bytes = fs::read(&path).map_err(DiskError::at(&path))?;
        copied.take_over(&target, &temporary, &bytes)?;
    }
    // Keys are known by their hashes only; none can be made of the copy.
    let keys = from.join("keys.jsonl");
    match fs::read(&keys) {
        Ok(text) => {
            let whole = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
            durable::write_file(&LocalDisk, &to.join("keys.jsonl"), &temporary, &text[..whole])?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(DiskError::at(&keys)(error).into()),
    }
    // Last, so that a backup with a log is a whole one.
    durable::write_file(&LocalDisk, &to.join("runs.jsonl"), &temporary, &text[..whole])?;
    copied.runs = u64::try_from(RunLog::read(&to.join("runs.jsonl"))?.runs().len()).unwrap_or_default();
    Ok(copied)
}

/// The bytes of a `.raw` file must hash to its name.
fn check_address(path: &Path, bytes: &[u8]) -> Result<(), SnapshotError> {
    if path.extension().is_none_or(|extension| extension != "raw") {
        return Ok(());
    }
    let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let found = ContentHash::of(bytes);
    match name.parse::<ContentHash>() {
        Ok(expected) if expected == found => Ok(()),
        Ok(expected) => Err(SnapshotError::Damaged { expected, found }),
        Err(error) => Err(SnapshotError::Sidecar { path: path.to_path_buf(), reason: error.to_string() }),
    }
}

/// Raw payloads and their sidecars, not what is still being written.
fn payload_files(snapshots: &Path) -> Result<Vec<PathBuf>, DiskError> {
    let mut files = Vec::new();
    for shard in entries(snapshots)? {
        if shard.is_dir() && !shard.ends_with("incoming") {
            files.extend(entries(&shard)?);
        }
    }
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, DiskError> {
    let read = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>());
    match read {
        Ok(mut paths) => {
            paths.sort_unstable();
            Ok(paths)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(DiskError::at(folder)(error)),
    }
}

/// What reading log and payloads found.
#[derive(Debug, Default)]
pub struct TruthCheck {
    /// Payloads that match their address.
    pub payloads: u64,
    /// Runs in the log.
    pub runs: u64,
    /// Published releases that read back.
    pub releases: u64,
    /// Everything that does not read back, and every payload a run names that is not there.
    pub faults: Vec<String>,
}

/// Reads the log and every payload, and holds one against the other. Changes nothing, and needs
/// no lock.
///
/// # Errors
/// When the folder cannot be walked; damage is listed in the answer.
pub fn check_truth(data: &Path) -> Result<TruthCheck, BackupError> {
    let history: RunHistory = RunLog::read(&data.join("runs.jsonl"))?;
    let mut check = TruthCheck {
        runs: u64::try_from(history.runs().len()).unwrap_or_default(),
        faults: history.faults().iter().map(LineFault::to_string).collect(),
        ..TruthCheck::default()
    };
    let (n_releases, faults) = release_archive::check(&data.join("releases"))?;
    check.releases = n_releases;
    check.faults.extend(faults);
    let mut sound = BTreeSet::new();
    for path in payload_files(&data.join("snapshots"))? {
        let bytes = fs::read(&path).map_err(DiskError::at(&path))?;
        match check_address(&path, &bytes) {
            Ok(()) => sound.extend(path.file_stem().and_then(|name| name.to_str()?.parse::<ContentHash>().ok())),
            Err(error) => check.faults.push(error.to_string()),
        }
    }
    check.payloads = u64::try_from(sound.len()).unwrap_or_default();
    for submission in history.submissions().iter().filter(|submission| !sound.contains(&submission.sha256)) {
        let (id, sha256) = (&submission.id, submission.sha256);
        check.faults.push(format!("the submission {id} names the snapshot {sha256}, which is not there"));
    }
    for run in history.runs() {
        for payload in run.payloads.iter().filter(|payload| !sound.contains(&payload.sha256)) {
            check.faults.push(format!("the run {} names the snapshot {}, which is not there", run.id, payload.sha256));
        }
    }
    if let Ok(snapshots) = Snapshots::open_for_reading(&data.join("snapshots")).list() {
        for snapshot in snapshots.iter().filter(|snapshot| !sound.contains(&snapshot.sha256)) {
            check.faults.push(format!("the sidecar of {} stands without its payload", snapshot.sha256));
        }
    } else {
        check.faults.push("a sidecar cannot be read".to_owned());
    }
    Ok(check)
}

#[cfg(test)]
mod tests;
