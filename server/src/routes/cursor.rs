//! A place in the order of what is listed, for the next page. It carries the question it was made for and what it was
//! made from, so a page can neither repeat nor skip anything without saying so.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::error::ApiError;
use crate::routes::query::bad;

/// A place in what is listed. Written as three hexadecimal parts, opaque to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cursor {
    /// What stands there, by a [`short_hash`].
    pub(super) edition: String,
    /// What was asked, by a [`short_hash`].
    pub(super) question: String,
    /// The place.
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
        let cursor = Self::read(found, &self.question)?;
        if cursor.edition == self.edition { Ok(cursor.position) } else { Err(ApiError::CursorExpired) }
    }

    /// A cursor that was made for a question. What it was made from is for the caller to compare.
    pub(super) fn read(found: &str, asked: &str) -> Result<Self, ApiError> {
        let refuse = || bad("cursor", "the next_cursor of an earlier answer, unchanged", found);
        if !found.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(refuse());
        }
        let (edition, rest) = found.split_at_checked(HASH_LENGTH).ok_or_else(refuse)?;
        let (question, position) = rest.split_at_checked(HASH_LENGTH).ok_or_else(refuse)?;
        let position = usize::from_str_radix(position, 16).map_err(|_not_a_number| refuse())?;
        if question != asked {
            return Err(ApiError::ForeignCursor);
        }
        Ok(Self { edition: edition.to_owned(), question: question.to_owned(), position })
    }
}

const HASH_LENGTH: usize = 16;

pub(super) fn short_hash(text: &str) -> String {
    let mut hash = hex::encode(Sha256::digest(text));
    hash.truncate(HASH_LENGTH);
    hash
}
