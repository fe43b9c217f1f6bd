//! The log as it was read: [`RunHistory`], and the form of its lines.
//!
//! ```text
//! {"kind":"run",…,"crc32":"0123abcd"}      the sum of everything before ,"crc32"
//! ```

use std::collections::BTreeMap;

use indicators::code::DataflowId;
use serde::{Deserialize, Serialize};

use super::run::{Decision, Run};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Entry {
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

/// Runs and decisions, in the order they were written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunHistory {
    runs: Vec<Run>,
    decisions: BTreeMap<String, Decision>,
    faults: Vec<LineFault>,
}

impl RunHistory {
    /// Reads whole lines, and says how many bytes they take. What stands after the last of them was never acknowledged.
    pub(super) fn read(text: &[u8]) -> (Self, usize) {
        let whole = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
        let mut history = Self::default();
        let lines = text[..whole].split(|&byte| byte == b'\n').zip(1u64..);
        for (line, number) in lines.filter(|(line, _)| !line.is_empty()) {
            match read_line(line) {
                Ok(entry) => history.remember(entry),
                Err(reason) => history.faults.push(LineFault { line: number, reason }),
            }
        }
        (history, whole)
    }

    pub(super) fn remember(&mut self, entry: Entry) {
        match entry {
            Entry::Run(run) => self.runs.push(*run),
            Entry::Decision(decision) => {
                self.decisions.insert(decision.run.clone(), decision);
            }
        }
    }

    /// All runs, in the order they were written.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The newest first.
    pub fn newest(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().rev()
    }

    /// One run.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Run> {
        self.newest().find(|run| run.id == id)
    }

    /// The last run of a dataflow that satisfies a condition.
    #[must_use]
    pub fn last(&self, dataflow: &DataflowId, condition: impl Fn(&Run) -> bool) -> Option<&Run> {
        self.newest().find(|run| &run.dataflow == dataflow && condition(run))
    }

    /// What was decided about a quarantined run.
    #[must_use]
    pub fn decision(&self, run: &str) -> Option<&Decision> {
        self.decisions.get(run)
    }

    /// Lines that could not be read.
    #[must_use]
    pub fn faults(&self) -> &[LineFault] {
        &self.faults
    }
}

pub(super) fn write_line(entry: &Entry) -> Result<String, serde_json::Error> {
    let mut line = serde_json::to_string(entry)?;
    line.pop();
    let sum = crc32fast::hash(line.as_bytes());
    line.push_str(&suffix(sum));
    line.push('\n');
    Ok(line)
}

fn read_line(line: &[u8]) -> Result<Entry, String> {
    let text = str::from_utf8(line).map_err(|error| error.to_string())?;
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
