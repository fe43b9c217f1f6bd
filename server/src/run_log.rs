//! What was done, for good: an append-only log of runs and of operators' decisions, one JSON object
//! a line, each flushed to the disk before it counts. Payloads are in [`crate::snapshots`]; the
//! index built from both is [`crate::store`].
//!
//! Every line ends with the checksum of what stands before it. A line that a power cut tore was
//! never acknowledged, so it is cut off when the log is opened; a damaged line further up is left
//! where it is and reported.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use indicators::code::DataflowId;
use indicators::wire::{RunEntry, RunFinding, RunOutcome};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::content_hash::ContentHash;
use crate::durable::{self, DiskError};
use crate::store::VintageId;

/// What started a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The store was empty and the bundled recordings were read.
    FirstStart,
    /// The dataflow's cron expression.
    Schedule,
    /// A fire time that passed while the service was down.
    CatchUp,
    /// A person.
    Manual,
    /// An operator accepted a quarantined run.
    Accepted,
    /// A vintage was found in the store whose run had not been written down: the process was
    /// killed between the two.
    Recovered,
}

impl Trigger {
    /// As it stands in the log and in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FirstStart => "first_start",
            Self::Schedule => "schedule",
            Self::CatchUp => "catch_up",
            Self::Manual => "manual",
            Self::Accepted => "accepted",
            Self::Recovered => "recovered",
        }
    }
}

/// One run of a dataflow, ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Ordered by time.
    pub id: String,
    /// The dataflow.
    pub dataflow: DataflowId,
    /// What started it.
    pub trigger: Trigger,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// How it ended.
    pub outcome: RunOutcome,
    /// The day from which its payloads are what was known.
    pub as_of: Date,
    /// Bytes received.
    pub bytes: u64,
    /// Observations read.
    pub observations: u64,
    /// Observations that are new or differ from the vintage before.
    pub changed: u64,
    /// The payloads received.
    pub snapshots: Vec<ContentHash>,
    /// The vintage written, or the one that says the same already.
    pub vintage: Option<VintageId>,
    /// The quarantined run that this one accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepts: Option<String>,
    /// Why it was quarantined, failed or did not reach the provider.
    pub reasons: Vec<RunFinding>,
    /// Repairs and remarks.
    pub findings: Vec<RunFinding>,
}

impl Run {
    /// As the API shows it.
    #[must_use]
    pub fn entry(&self) -> RunEntry {
        RunEntry {
            id: self.id.clone(),
            dataflow: self.dataflow.clone(),
            trigger: self.trigger.name().to_owned(),
            started_at: self.started_at,
            ended_at: self.ended_at,
            outcome: self.outcome,
            bytes: self.bytes,
            observations: self.observations,
            changed: self.changed,
            snapshot: self.snapshots.first().map(ToString::to_string),
            vintage: self.vintage.as_ref().map(ToString::to_string),
            reasons: self.reasons.clone(),
            findings: self.findings.clone(),
        }
    }
}

/// What an operator said about a quarantined run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Its payloads were taken as they are, by the run that names it.
    Accepted,
    /// Its payloads are not to be used.
    Rejected,
}

/// An operator's decision on a quarantined run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The quarantined run.
    pub run: String,
    /// What was decided.
    pub verdict: Verdict,
    /// When.
    pub decided_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Entry {
    Run(Box<Run>),
    Decision(Decision),
}

/// A line of the log cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the run log is damaged: {reason}")]
pub struct LineFault {
    /// Its number, from 1.
    pub line: u64,
    /// Why.
    pub reason: String,
}

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
    runs: Vec<Run>,
    decisions: BTreeMap<String, Decision>,
    faults: Vec<LineFault>,
}

impl RunLog {
    /// Opens the log, creating it when it is not there, and cuts off a torn last line.
    ///
    /// # Errors
    /// When the disk refuses. Damaged lines are not an error; see [`Self::faults`].
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
        let whole = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
        if whole < text.len() {
            tracing::warn!(bytes = text.len() - whole, "the last line of the run log was torn and is cut off");
            text.truncate(whole);
        }
        let length = u64::try_from(whole).unwrap_or(u64::MAX);
        file.set_len(length)
            .and_then(|()| file.seek(SeekFrom::End(0)))
            .and_then(|_| file.sync_all())
            .map_err(DiskError::at(path))?;
        durable::sync_folder(folder)?;
        let mut state = State { file, length, runs: Vec::new(), decisions: BTreeMap::new(), faults: Vec::new() };
        for (line, number) in text.split(|&byte| byte == b'\n').zip(1u64..).filter(|(line, _)| !line.is_empty()) {
            match read_line(line) {
                Ok(entry) => state.remember(entry),
                Err(reason) => state.faults.push(LineFault { line: number, reason }),
            }
        }
        Ok(Self { path: path.to_path_buf(), state: Mutex::new(state) })
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
        state.remember(entry);
        Ok(())
    }

    /// All runs, in the order they were written.
    #[must_use]
    pub fn runs(&self) -> Vec<Run> {
        self.lock().runs.clone()
    }

    /// The newest runs first, at most `limit`.
    #[must_use]
    pub fn newest(&self, limit: usize) -> Vec<Run> {
        self.lock().runs.iter().rev().take(limit).cloned().collect()
    }

    /// One run.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<Run> {
        self.lock().runs.iter().rev().find(|run| run.id == id).cloned()
    }

    /// The last run of a dataflow that satisfies a condition.
    #[must_use]
    pub fn last(&self, dataflow: &DataflowId, condition: impl Fn(&Run) -> bool) -> Option<Run> {
        self.lock().runs.iter().rev().find(|run| &run.dataflow == dataflow && condition(run)).cloned()
    }

    /// What was decided about a quarantined run.
    #[must_use]
    pub fn decision(&self, run: &str) -> Option<Decision> {
        self.lock().decisions.get(run).cloned()
    }

    /// Lines that could not be read.
    #[must_use]
    pub fn faults(&self) -> Vec<LineFault> {
        self.lock().faults.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn remember(&mut self, entry: Entry) {
        match entry {
            Entry::Run(run) => self.runs.push(*run),
            Entry::Decision(decision) => {
                self.decisions.insert(decision.run.clone(), decision);
            }
        }
    }
}

/// `{…}` becomes `{…,"crc32":"0123abcd"}`, the sum of everything before the comma.
fn write_line(entry: &Entry) -> Result<String, serde_json::Error> {
    let mut line = serde_json::to_string(entry)?;
    line.pop();
    let sum = crc32fast::hash(line.as_bytes());
    line.push_str(&suffix(sum));
    line.push('\n');
    Ok(line)
}

fn read_line(line: &[u8]) -> Result<Entry, String> {
    let text = std::str::from_utf8(line).map_err(|error| error.to_string())?;
    let length = text.len().checked_sub(suffix(0).len()).filter(|&length| text.is_char_boundary(length));
    let (body, found) = length.map(|length| text.split_at(length)).ok_or("it is too short")?;
    let expected = suffix(crc32fast::hash(body.as_bytes()));
    if found != expected {
        return Err(format!("it ends in {found:?}; expected {expected:?}"));
    }
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn suffix(sum: u32) -> String {
    format!(r#","crc32":"{sum:08x}"}}"#)
}

#[cfg(test)]
mod tests;
