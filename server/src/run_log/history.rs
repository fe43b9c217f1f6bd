//! The log as it was read: [`RunHistory`].

use std::collections::{BTreeMap, BTreeSet};

use indicators::code::DataflowId;
use indicators::wire::RunEntry;
use serde::{Deserialize, Serialize};

use super::run::{Decision, Run};
use super::submission::{Submission, SubmissionDecision, SubmissionState};
use crate::checked_line;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Entry {
    Run(Box<Run>),
    Decision(Decision),
    Submission(Box<Submission>),
    SubmissionDecision(SubmissionDecision),
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
    submissions: Vec<Submission>,
    delivered: BTreeSet<DataflowId>,
    submission_decisions: Vec<SubmissionDecision>,
    faults: Vec<LineFault>,
}

impl RunHistory {
    /// Reads whole lines, and says how many bytes they take. What stands after the last of them was never acknowledged.
    pub(super) fn read(text: &[u8]) -> (Self, usize) {
        let mut history = Self::default();
        let (whole, lines) = checked_line::whole(text);
        for (line, number) in lines {
            match checked_line::read(line) {
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
            Entry::Submission(submission) => {
                self.delivered.insert(submission.dataflow.clone());
                self.submissions.push(*submission);
            }
            Entry::SubmissionDecision(decision) => self.submission_decisions.push(decision),
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

    /// A run as the API shows it to everybody: what was delivered with a key is nobody else's to fetch, so its payloads
    /// are not named.
    #[must_use]
    pub fn entry(&self, run: &Run) -> RunEntry {
        if self.is_delivered(&run.dataflow) {
            return RunEntry { snapshot: None, snapshots: Vec::new(), ..run.entry() };
        }
        run.entry()
    }

    /// Whether somebody delivered figures to a dataflow.
    #[must_use]
    pub fn is_delivered(&self, dataflow: &DataflowId) -> bool {
        self.delivered.contains(dataflow)
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

    /// Everything submitted, in the order it came.
    #[must_use]
    pub fn submissions(&self) -> &[Submission] {
        &self.submissions
    }

    /// One submission.
    #[must_use]
    pub fn submission(&self, id: &str) -> Option<&Submission> {
        self.submissions.iter().find(|submission| submission.id == id)
    }

    /// What was decided about a submission, in the order it was said.
    pub fn submission_decisions<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a SubmissionDecision> {
        self.submission_decisions.iter().filter(move |decision| decision.submission == id)
    }

    /// How a submission stands: by the last word on it.
    #[must_use]
    pub fn submission_state(&self, id: &str) -> SubmissionState {
        self.submission_decisions(id).last().map_or(SubmissionState::Held, |decision| decision.verdict.state())
    }

    /// The accepted submissions to a dataflow, in the order they came.
    #[must_use]
    pub fn accepted_submissions(&self, dataflow: &DataflowId) -> Vec<&Submission> {
        let to_it = self.submissions.iter().filter(|submission| &submission.dataflow == dataflow);
        to_it.filter(|submission| self.submission_state(&submission.id) == SubmissionState::Accepted).collect()
    }

    /// Lines that could not be read.
    #[must_use]
    pub fn faults(&self) -> &[LineFault] {
        &self.faults
    }
}
