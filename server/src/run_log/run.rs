//! What the log holds: a [`Run`] and a [`Decision`].

use indicators::code::DataflowId;
use indicators::wire::{RunEntry, RunFinding, RunOutcome, RunSnapshot};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::content_hash::ContentHash;
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
    /// The provider gave nothing last time.
    Retry,
    /// A person.
    Manual,
    /// An operator accepted a quarantined run.
    Accepted,
    /// The accepted submissions to a dataflow changed: one was accepted or withdrawn.
    Submission,
    /// A vintage was found in the store whose run had not been written down: the process was
    /// killed between the two.
    Recovered,
}

impl Trigger {
    /// Whether a run so started asks the provider.
    #[must_use]
    pub const fn asks_provider(self) -> bool {
        matches!(self, Self::Schedule | Self::CatchUp | Self::Retry | Self::Manual)
    }

    /// As it stands in the log and in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FirstStart => "first_start",
            Self::Schedule => "schedule",
            Self::CatchUp => "catch_up",
            Self::Retry => "retry",
            Self::Manual => "manual",
            Self::Accepted => "accepted",
            Self::Submission => "submission",
            Self::Recovered => "recovered",
        }
    }
}

/// One payload of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedPayload {
    /// Its name within the dataflow.
    pub part: String,
    /// Its address among the snapshots.
    pub sha256: ContentHash,
    /// What it came with, to ask for it conditionally next time.
    #[serde(flatten)]
    pub validators: Validators,
}

impl ReceivedPayload {
    fn entry(&self) -> RunSnapshot {
        RunSnapshot { part: self.part.clone(), sha256: self.sha256.to_string() }
    }
}

/// Validators of an answer, for a conditional request.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Validators {
    /// For `If-None-Match`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// For `If-Modified-Since`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
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
    pub payloads: Vec<ReceivedPayload>,
    /// The vintage written, or the one that says the same already.
    pub vintage: Option<VintageId>,
    /// Until when the provider asked to be left alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// The quarantined run that this one accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepts: Option<String>,
    /// Why it was quarantined, failed or did not reach the provider.
    pub reasons: Vec<RunFinding>,
    /// Repairs and remarks.
    pub findings: Vec<RunFinding>,
}

impl Run {
    /// A run in which nothing has come yet. Ended so, it has failed.
    #[must_use]
    pub const fn begun(id: String, dataflow: DataflowId, trigger: Trigger, started_at: Timestamp, as_of: Date) -> Self {
        Self {
            id,
            dataflow,
            trigger,
            started_at,
            ended_at: started_at,
            outcome: RunOutcome::Failed,
            as_of,
            bytes: 0,
            observations: 0,
            changed: 0,
            payloads: Vec::new(),
            vintage: None,
            not_before: None,
            accepts: None,
            reasons: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// As the API shows it to an operator; [`RunHistory::entry`](super::RunHistory::entry) is for everybody.
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
            snapshot: self.payloads.first().map(|payload| payload.sha256.to_string()),
            snapshots: self.payloads.iter().map(ReceivedPayload::entry).collect(),
            vintage: self.vintage.as_ref().map(ToString::to_string),
            reasons: self.reasons.clone(),
            findings: self.findings.clone(),
        }
    }
}

/// What an operator said about a quarantined run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
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
