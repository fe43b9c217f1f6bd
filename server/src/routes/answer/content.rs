//! What a resource answers, before it is written in a format and coded for the way.

use std::fmt;

use indicators::wire::Citation;
use serde::Serialize;
use serde_json::Value;

use crate::error::ApiError;
use crate::formats::{FormatError, Table};
use crate::places::Undone;

/// What is answered.
#[derive(Debug)]
pub struct Content {
    pub(super) body: Body,
    pub(super) next: Option<String>,
    /// Whom to name for figures that come without saying it themselves.
    pub(super) cited: Vec<Citation>,
}

/// Bytes that are ready, or a table to be written in the format asked for.
pub(super) enum Body {
    Ready(Vec<u8>),
    Table(Box<Table>),
}

impl fmt::Debug for Body {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready(bytes) => formatter.debug_tuple("Ready").field(&bytes.len()).finish(),
            Self::Table(table) => formatter.debug_tuple("Table").field(table).finish(),
        }
    }
}

impl Content {
    /// A JSON document.
    ///
    /// # Errors
    /// When it cannot be written, which is our fault.
    pub fn json(answer: &impl Serialize) -> Result<Self, ApiError> {
        Ok(Self::ready(serde_json::to_vec(answer).map_err(|error| internal(&error))?))
    }

    /// A JSON document of whose entries only some fields are wanted. Nothing chosen is everything.
    ///
    /// # Errors
    /// When it cannot be written, which is our fault.
    pub fn json_fields(answer: &impl Serialize, list: &str, fields: &[&str]) -> Result<Self, ApiError> {
        if fields.is_empty() {
            return Self::json(answer);
        }
        let mut document = serde_json::to_value(answer).map_err(|error| internal(&error))?;
        for entry in document.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(entry) = entry.as_object_mut() {
                entry.retain(|name, _| fields.contains(&name.as_str()));
            }
        }
        Self::json(&document)
    }

    /// Bytes as they are.
    #[must_use]
    pub fn ready(body: Vec<u8>) -> Self {
        Self { body: Body::Ready(body), next: None, cited: Vec::new() }
    }

    /// A table.
    #[must_use]
    pub fn table(table: Table) -> Self {
        let cited = table.head.citations.clone();
        Self { body: Body::Table(Box::new(table)), next: None, cited }
    }

    /// The same with whom to name, which becomes a `Link` to their terms. A table says it of itself.
    #[must_use]
    pub fn citing(self, cited: Vec<Citation>) -> Self {
        Self { cited, ..self }
    }

    /// The same with the cursor of the next page, which becomes a `Link`.
    #[must_use]
    pub fn followed_by(self, next: Option<String>) -> Self {
        Self { next, ..self }
    }
}

pub(super) fn internal(error: &dyn fmt::Display) -> ApiError {
    tracing::error!(%error, "an answer could not be written");
    ApiError::Internal
}

/// Who finds every place taken comes again; everything else is our fault.
pub(in crate::routes) fn undone(error: Undone) -> ApiError {
    match error {
        Undone::Busy { retry_after_seconds } => ApiError::Busy { retry_after_seconds },
        other => internal(&other),
    }
}

/// A table that does not fit its format is the client's to narrow; everything else is our fault.
pub(in crate::routes) fn unwritten(error: FormatError) -> ApiError {
    match error {
        FormatError::TooLarge { format, what, found, most } => ApiError::AnswerTooLarge { format, what, found, most },
        other => internal(&other),
    }
}
