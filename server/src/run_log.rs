//! What was done, for good: an append-only log of runs and of operators' decisions, one JSON object
//! a line, each flushed to the disk before it counts. Payloads are in [`crate::snapshots`]; the
//! index built from both is [`crate::store`].
//!
//! Every line ends with the checksum of what stands before it. A line that a power cut tore was
//! never acknowledged, so it is cut off when the log is opened; a damaged line further up is left
//! where it is and reported.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::durable::{self, DiskError};

mod history;
mod run;

use history::{Entry, write_line};
pub use history::{LineFault, RunHistory};
pub use run::{Decision, ReceivedPayload, Run, Trigger, Validators, Verdict};

/// The log, open for appending.
#[derive(Debug)]
pub struct RunLog {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: File,
    length: u64,
    history: RunHistory,
}

impl RunLog {
    /// Opens the log, creating it when it is not there, and cuts off a torn last line.
    ///
    /// # Errors
    /// When the disk refuses. Damaged lines are not an error; see [`RunHistory::faults`].
    pub fn open(path: &Path) -> Result<Self, DiskError> {
        let folder = path.parent().unwrap_or(Path::new("."));
        durable::create_folder(folder)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(DiskError::at(path))?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(DiskError::at(path))?;
        let (history, whole) = RunHistory::read(&text);
        if whole < text.len() {
            tracing::warn!(bytes = text.len() - whole, "the last line of the run log was torn and is cut off");
        }
        let length = u64::try_from(whole).unwrap_or(u64::MAX);
        file.set_len(length)
            .and_then(|()| file.seek(SeekFrom::End(0)))
            .and_then(|_| file.sync_all())
            .map_err(DiskError::at(path))?;
        durable::sync_folder(folder)?;
        Ok(Self { path: path.to_path_buf(), state: Mutex::new(State { file, length, history }) })
    }

    /// Reads a log without touching it, also while a service appends to it.
    ///
    /// # Errors
    /// When the disk refuses; a log that is not there is an empty one.
    pub fn read(path: &Path) -> Result<RunHistory, DiskError> {
        match fs::read(path) {
            Ok(text) => Ok(RunHistory::read(&text).0),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(RunHistory::default()),
            Err(error) => Err(DiskError::at(path)(error)),
        }
    }

    /// Writes a run down. When this returns, it is on the disk.
    ///
    /// # Errors
    /// When the disk refuses; the log then ends where it ended before.
    pub fn append(&self, run: Run) -> Result<(), DiskError> {
        self.write(Entry::Run(Box::new(run)))
    }

    /// Writes a decision down. When this returns, it is on the disk.
    ///
    /// # Errors
    /// When the disk refuses; the log then ends where it ended before.
    pub fn decide(&self, decision: Decision) -> Result<(), DiskError> {
        self.write(Entry::Decision(decision))
    }

    fn write(&self, entry: Entry) -> Result<(), DiskError> {
        let mut state = self.lock();
        let line = write_line(&entry).map_err(io::Error::other).map_err(DiskError::at(&self.path))?;
        let written = state.file.write_all(line.as_bytes()).and_then(|()| state.file.sync_all());
        if let Err(error) = written {
            // Half a line must not be glued to the next one.
            let length = state.length;
            let cut = state.file.set_len(length).and_then(|()| state.file.seek(SeekFrom::End(0)));
            if let Err(error) = cut {
                tracing::error!(%error, "the run log could not be cut back after a failed write");
            }
            return Err(DiskError::at(&self.path)(error));
        }
        state.length += u64::try_from(line.len()).unwrap_or_default();
        state.history.remember(entry);
        Ok(())
    }

    /// Asks the history something.
    pub fn ask<T>(&self, question: impl FnOnce(&RunHistory) -> T) -> T {
        question(&self.lock().history)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
