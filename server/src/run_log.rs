//! What was done, for good: an append-only log of runs and of operators' decisions, one JSON object
//! a line, each flushed to the disk before it counts. Payloads are in [`crate::snapshots`]; the
//! index built from both is [`crate::store`].
//!
//! Every line ends with the checksum of what stands before it. A line that a power cut tore was
//! never acknowledged, so it is cut off when the log is opened; a damaged line further up is left
//! where it is and reported.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::checked_line;
use crate::disk::{Disk, LocalDisk};
use crate::durable::{self, DiskError};

mod history;
mod run;
mod submission;

use history::Entry;
pub use history::{LineFault, RunHistory};
pub use run::{Decision, ReceivedPayload, Run, Trigger, Validators, Verdict};
pub use submission::{Submission, SubmissionDecision, SubmissionState, SubmissionVerdict};

/// The log, open for appending.
#[derive(Debug)]
pub struct RunLog {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Bytes of whole lines.
    length: u64,
    /// Whether half a line may stand behind them: a write failed, and so did cutting it off.
    is_torn: bool,
    /// Whether the file stands in its folder, durably.
    is_entered: bool,
    history: RunHistory,
}

impl RunLog {
    /// Opens the log, creating it when it is not there, and cuts off a torn last line.
    ///
    /// # Errors
    /// When the disk refuses. Damaged lines are not an error; see [`RunHistory::faults`].
    pub fn open(path: &Path) -> Result<Self, DiskError> {
        Self::open_on(Arc::new(LocalDisk), path)
    }

    /// As [`Self::open`], on any disk.
    pub(crate) fn open_on(disk: Arc<dyn Disk>, path: &Path) -> Result<Self, DiskError> {
        let folder = path.parent().unwrap_or(Path::new("."));
        durable::create_folder(disk.as_ref(), folder)?;
        if !disk.exists(path) {
            durable::if_it_takes_any(disk.append(path, &[]).map_err(DiskError::at(path)))?;
        }
        if !disk.exists(path) {
            let state = State { length: 0, is_torn: false, is_entered: false, history: RunHistory::default() };
            return Ok(Self { disk, path: path.to_path_buf(), state: Mutex::new(state) });
        }
        let text = disk.read(path).map_err(DiskError::at(path))?;
        let (history, whole) = RunHistory::read(&text);
        let length = u64::try_from(whole).unwrap_or(u64::MAX);
        let mut is_torn = whole < text.len();
        if is_torn {
            tracing::warn!(bytes = text.len() - whole, "the last line of the run log was torn and is cut off");
            let cut = disk.cut(path, length).map_err(DiskError::at(path));
            is_torn = cut.is_err();
            durable::if_it_takes_any(cut)?;
        }
        durable::if_it_takes_any(durable::sync(disk.as_ref(), path))?;
        durable::if_it_takes_any(durable::sync(disk.as_ref(), folder))?;
        let state = State { length, is_torn, is_entered: true, history };
        Ok(Self { disk, path: path.to_path_buf(), state: Mutex::new(state) })
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

    /// Writes a submission down. When this returns, it is on the disk.
    ///
    /// # Errors
    /// When the disk refuses; the log then ends where it ended before.
    pub fn submitted(&self, submission: Submission) -> Result<(), DiskError> {
        self.write(Entry::Submission(Box::new(submission)))
    }

    /// Writes down what was decided about a submission. When this returns, it is on the disk.
    ///
    /// # Errors
    /// When the disk refuses; the log then ends where it ended before.
    pub fn decide_submission(&self, decision: SubmissionDecision) -> Result<(), DiskError> {
        self.write(Entry::SubmissionDecision(decision))
    }

    fn write(&self, entry: Entry) -> Result<(), DiskError> {
        let mut state = self.lock();
        let line = checked_line::write(&entry).map_err(io::Error::other).map_err(DiskError::at(&self.path))?;
        if state.is_torn {
            self.cut_back(&mut state).map_err(DiskError::at(&self.path))?;
        }
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let written = self
            .disk
            .append(&self.path, line.as_bytes())
            .and_then(|()| self.disk.sync(&self.path))
            .and_then(|()| if state.is_entered { Ok(()) } else { self.disk.sync(folder) });
        if let Err(error) = written {
            // Half a line must not be glued to the next one.
            state.is_torn = true;
            if let Err(error) = self.cut_back(&mut state) {
                tracing::error!(%error, "the run log could not be cut back after a failed write");
            }
            return Err(DiskError::at(&self.path)(error));
        }
        state.is_entered = true;
        state.length += u64::try_from(line.len()).unwrap_or_default();
        state.history.remember(entry);
        Ok(())
    }

    fn cut_back(&self, state: &mut State) -> io::Result<()> {
        self.disk.cut(&self.path, state.length)?;
        state.is_torn = false;
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
