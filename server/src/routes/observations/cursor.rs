//! A place in the order of the observations, for the next page.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::error::ApiError;
use crate::routes::query::bad;

/// A place in the ordered observations. Written as three hexadecimal parts, opaque to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) edition: String,
    pub(super) question: String,
    pub(super) position: usize,
}

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}{:x}", self.edition, self.question, self.position)
    }
}

impl Cursor {
    /// The position of a cursor that was made for this question and these observations.
    pub(super) fn resume(&self, found: &str) -> Result<usize, ApiError> {
        let refuse = || bad("cursor", "the next_cursor of an earlier answer, unchanged", found);
        if !found.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(refuse());
        }
        let (edition, rest) = found.split_at_checked(HASH_LENGTH).ok_or_else(refuse)?;
        let (question, position) = rest.split_at_checked(HASH_LENGTH).ok_or_else(refuse)?;
        let position = usize::from_str_radix(position, 16).map_err(|_not_a_number| refuse())?;
        if question != self.question {
            return Err(ApiError::ForeignCursor);
        }
        if edition != self.edition {
            return Err(ApiError::CursorExpired);
        }
        Ok(position)
    }
}

const HASH_LENGTH: usize = 16;

pub(super) fn short_hash(text: &str) -> String {
    let mut hash = hex::encode(Sha256::digest(text));
    hash.truncate(HASH_LENGTH);
    hash
}
