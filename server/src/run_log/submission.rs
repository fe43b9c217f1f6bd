//! What the log holds of figures that somebody delivered: a [`Submission`] and what was decided about it. The bytes
//! are among the snapshots; what is in force follows from the decisions ([`crate::jobs`]).

use indicators::code::DataflowId;
use indicators::wire::{RunFinding, SubmissionDecisionEntry, SubmissionEntry};
pub use indicators::wire::{SubmissionState, SubmissionVerdict};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::content_hash::ContentHash;

/// Figures delivered with a key, checked and held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// Ordered by time.
    pub id: String,
    /// The dataflow.
    pub dataflow: DataflowId,
    /// The key they came with.
    pub key: String,
    /// Whose key it was then: the name that stands beside the figures.
    pub holder: String,
    /// When they came.
    pub received_at: Timestamp,
    /// Their address among the snapshots.
    pub sha256: ContentHash,
    /// Bytes received.
    pub bytes: u64,
    /// The media type they came with.
    pub content_type: String,
    /// What the sender said about them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The sender's own name for this delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// Observations in them.
    pub observations: u64,
    /// Observations that were new or differed from what was published then.
    pub changed: u64,
    /// Repairs and remarks.
    pub findings: Vec<RunFinding>,
}

impl Submission {
    /// As the API shows it.
    #[must_use]
    pub fn entry<'a>(
        &self,
        state: SubmissionState,
        decisions: impl Iterator<Item = &'a SubmissionDecision>,
    ) -> SubmissionEntry {
        SubmissionEntry {
            id: self.id.clone(),
            dataflow: self.dataflow.clone(),
            state,
            submitted_by: self.holder.clone(),
            received_at: self.received_at,
            sha256: self.sha256.to_string(),
            bytes: self.bytes,
            content_type: self.content_type.clone(),
            note: self.note.clone(),
            observations: self.observations,
            changed: self.changed,
            findings: self.findings.clone(),
            decisions: decisions.map(SubmissionDecision::entry).collect(),
        }
    }
}

/// What was decided about a submission. Several may follow each other: accepted, then withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionDecision {
    /// The submission.
    pub submission: String,
    /// What was decided.
    pub verdict: SubmissionVerdict,
    /// The key it was said with; none on the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Whose word it is.
    pub by: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When.
    pub decided_at: Timestamp,
}

impl SubmissionDecision {
    fn entry(&self) -> SubmissionDecisionEntry {
        SubmissionDecisionEntry {
            verdict: self.verdict,
            by: self.by.clone(),
            reason: self.reason.clone(),
            decided_at: self.decided_at,
        }
    }
}
