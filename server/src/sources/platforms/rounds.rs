//! The journal of a monitor's rounds: [`Journal`], the payload of its dataflow.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::sources::delimited;
use crate::sources::error::SourceError;
use crate::sources::request::Payload;
use crate::sources::slices::json_error;

const EXPECTED: &str = "a journal of rounds";

/// For this many days a journal goes on holding the month before, so that its last cells become final.
const CARRIED_DAYS: i8 = 2;

/// How a look at a platform ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// The front page came.
    Answered,
    /// An answer came with a status that is no success.
    Status,
    /// No answer in time.
    TimedOut,
    /// Name unknown, nobody listens, cut off.
    NoConnection,
    /// The certificate has ended or not begun.
    CertificateOutOfDate,
    /// The certificate is not to be trusted for another reason.
    Certificate,
    /// Sent to a host that is not the platform's, or round in circles.
    Elsewhere,
}

/// One platform in one round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sight {
    pub(super) platform: String,
    pub(super) outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) response_ms: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) certificate_until: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) languages: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) answered_in: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

/// All platforms at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Round {
    pub(super) at: Timestamp,
    /// The day where the platforms are; it says which month the round belongs to.
    pub(super) day: Date,
    pub(super) sights: Vec<Sight>,
}

/// Rounds, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    pub(super) rounds: Vec<Round>,
}

impl Journal {
    pub(super) fn read(payload: &Payload<'_>) -> Result<Self, SourceError> {
        let text = delimited::text(payload, EXPECTED)?;
        let journal: Self = serde_json::from_str(text).map_err(|error| json_error(payload.part, EXPECTED, &error))?;
        if journal.rounds.is_empty() {
            return Err(SourceError::Empty { part: payload.part.to_owned(), expected: EXPECTED });
        }
        Ok(journal)
    }

    /// Adds a round, and drops those of months that are final.
    pub(super) fn add(&mut self, round: Round) {
        let month = round.day.first_of_month();
        let oldest =
            if round.day.day() <= CARRIED_DAYS { month.yesterday().map_or(month, Date::first_of_month) } else { month };
        self.rounds.retain(|earlier| earlier.day >= oldest);
        self.rounds.push(round);
    }

    /// One round a line, so that two journals can be compared.
    pub(super) fn write(&self) -> Vec<u8> {
        let rounds = self.rounds.iter().filter_map(|round| serde_json::to_string(round).ok());
        format!("{{\"rounds\":[\n{}\n]}}\n", rounds.collect::<Vec<_>>().join(",\n")).into_bytes()
    }
}
