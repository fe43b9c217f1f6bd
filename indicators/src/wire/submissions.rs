//! Figures delivered with a key: what was received, how it stands, and what a template asks for.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::RunFinding;
use crate::code::{DataflowId, IndicatorCode};
use crate::definition::UnitOfMeasure;
use crate::text::LocalText;

/// How a submission stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SubmissionState {
    /// Checked, and waiting for an operator. Nobody sees its figures.
    Held,
    /// Published.
    Accepted,
    /// Not to be published.
    Rejected,
    /// Taken back; what it had published stands no more.
    Withdrawn,
}

/// What is decided about a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SubmissionVerdict {
    /// Its figures are published.
    Accepted,
    /// Its figures are not to be used.
    Rejected,
    /// Its figures are taken back.
    Withdrawn,
}

impl SubmissionVerdict {
    /// How a submission stands after it.
    #[must_use]
    pub const fn state(self) -> SubmissionState {
        match self {
            Self::Accepted => SubmissionState::Accepted,
            Self::Rejected => SubmissionState::Rejected,
            Self::Withdrawn => SubmissionState::Withdrawn,
        }
    }
}

wire! {
    /// One decision about a submission.
    pub struct SubmissionDecisionEntry {
        /// What was decided.
        pub verdict: SubmissionVerdict,
        /// Whose word it is.
        pub by: String,
        /// Why, where it was said.
        pub reason: Option<String>,
        /// When.
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        pub decided_at: Timestamp,
    }
}

wire! {
    /// Figures that were delivered.
    pub struct SubmissionEntry {
        /// Identifier, ordered by time.
        pub id: String,
        /// The dataflow.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub dataflow: DataflowId,
        /// How it stands.
        pub state: SubmissionState,
        /// Whose key it came with; the name stands beside the figures.
        pub submitted_by: String,
        /// When it came.
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        pub received_at: Timestamp,
        /// SHA-256 of the bytes received.
        pub sha256: String,
        /// Bytes received.
        pub bytes: u64,
        /// Media type they came with.
        pub content_type: String,
        /// What the sender said about it.
        pub note: Option<String>,
        /// Observations in it.
        pub observations: u64,
        /// Observations that were new or differed from what was published then.
        pub changed: u64,
        /// Repairs and remarks, by row and column.
        pub findings: Vec<RunFinding>,
        /// What was decided, in the order it was said.
        pub decisions: Vec<SubmissionDecisionEntry>,
    }
}

wire! {
    /// Answer of `/submissions/{id}`, and of sending or deciding one.
    pub struct SubmissionAnswer {
        /// The submission.
        pub submission: SubmissionEntry,
    }
}

wire! {
    /// Answer of `/submissions`.
    pub struct SubmissionsAnswer {
        /// The submissions, newest first.
        pub submissions: Vec<SubmissionEntry>,
    }
}

wire! {
    /// Answer of a submission that was only checked.
    pub struct SubmissionCheckAnswer {
        /// The dataflow.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub dataflow: DataflowId,
        /// Observations in it.
        pub observations: u64,
        /// Observations that are new or differ from what is published.
        pub changed: u64,
        /// Repairs and remarks, by row and column.
        pub findings: Vec<RunFinding>,
    }
}

wire! {
    /// An indicator that a submission may hold.
    pub struct SubmittableIndicator {
        /// The measured indicator.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub code: IndicatorCode,
        /// Name.
        pub name: LocalText,
        /// Unit of measure.
        pub unit: UnitOfMeasure,
        /// Smallest value that can be true.
        pub low: f64,
        /// Largest value that can be true.
        pub high: f64,
    }
}

wire! {
    /// A dataflow that takes submissions.
    pub struct SubmittableDataflow {
        /// The dataflow.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub dataflow: DataflowId,
        /// Name of the table.
        pub name: LocalText,
        /// Who answers for the figures.
        pub provider: LocalText,
        /// What may be submitted.
        pub indicators: Vec<SubmittableIndicator>,
    }
}

wire! {
    /// Answer of `/submissions/template` as JSON. The tables to be filled in are its other formats.
    pub struct TemplateAnswer {
        /// The dataflows that take submissions.
        pub dataflows: Vec<SubmittableDataflow>,
    }
}
