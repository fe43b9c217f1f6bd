//! What an answer costs that is not in memory. Where costly work is done is [`crate::places`]'s to say.

use crate::routes::query::Query;

/// What an answer costs that is not in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// It is read from what is published.
    Reading,
    /// It is computed for the one who asks.
    Computing,
    /// It is computed when this parameter is given, and else read.
    ComputingWith(&'static str),
}

impl Effort {
    /// Whether the answer to a question has to be computed.
    #[must_use]
    pub fn computes(self, query: &Query) -> bool {
        match self {
            Self::Reading => false,
            Self::Computing => true,
            Self::ComputingWith(parameter) => query.one(parameter).is_some(),
        }
    }
}
