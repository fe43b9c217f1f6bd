//! Why there is no answer: [`FetchFault`], and [`FetchError`] after the last attempt.

use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use crate::sources::retry::is_temporary_status;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchFault {
    /// The client could not be set up.
    #[error("the client could not be set up: {reason}")]
    Setup {
        /// What was said.
        reason: String,
    },
    /// Too little room is left on the disk for a file.
    #[error("The disk is full: {free} bytes are free, {needed} are needed for {url}. Nothing of it is kept.")]
    NoRoom {
        /// The address.
        url: Url,
        /// Bytes left.
        free: u64,
        /// Bytes without which it is not written down.
        needed: u64,
    },
    /// A host that is not on the list of the dataflow.
    #[error("{url} is not on an allowed host; allowed are {}", allowed.join(", "))]
    HostNotAllowed {
        /// The address.
        url: Url,
        /// The list.
        allowed: Vec<String>,
    },
    /// Neither HTTPS nor HTTP, or a redirect from HTTPS to HTTP.
    #[error("{url} may not be asked: {reason}")]
    SchemeNotAllowed {
        /// The address.
        url: Url,
        /// Why not.
        reason: &'static str,
    },
    /// Redirected too often.
    #[error("more than {limit} redirects, the last to {url}")]
    TooManyRedirects {
        /// The limit.
        limit: u32,
        /// The last target.
        url: Url,
    },
    /// A redirect without a target that is an address.
    #[error("{url} redirects to {found:?}, which is no address")]
    RedirectTarget {
        /// The address asked.
        url: Url,
        /// The header.
        found: String,
    },
    /// The name of the host is not known, or nobody listens there.
    #[error("{url} cannot be reached: {reason}")]
    Unreachable {
        /// The address.
        url: Url,
        /// What was said.
        reason: String,
    },
    /// No connection, because the certificate cannot be accepted.
    #[error("the certificate of {url} cannot be accepted: {reason}")]
    Certificate {
        /// The address.
        url: Url,
        /// Whether it has ended or not begun.
        is_out_of_date: bool,
        /// What was said.
        reason: String,
    },
    /// No answer in time.
    #[error("{url} did not answer in time")]
    TimedOut {
        /// The address.
        url: Url,
    },
    /// The connection ended in the middle of the answer.
    #[error("the answer of {url} ended after {received} bytes: {reason}")]
    CutOff {
        /// The address.
        url: Url,
        /// Bytes that came.
        received: usize,
        /// What was said.
        reason: String,
    },
    /// A status that is no success.
    #[error("{url} answered {status}{}", page.as_ref().map(|title| format!(" ({title})")).unwrap_or_default())]
    Status {
        /// The address.
        url: Url,
        /// The code.
        status: u16,
        /// Title or beginning of the page that came with it.
        page: Option<String>,
        /// The wait it asks for.
        retry_after: Option<Duration>,
    },
    /// "Not modified" to a request without validators.
    #[error("{url} answered 304 to a request that was not conditional")]
    NotModifiedUnasked {
        /// The address.
        url: Url,
    },
    /// The body exceeds the limit of the dataflow.
    #[error("the answer of {url} exceeds {limit} bytes")]
    TooLarge {
        /// The address.
        url: Url,
        /// The limit.
        limit: usize,
    },
    /// The body is compressed and cannot be decompressed.
    #[error("the answer of {url} cannot be decompressed: {reason}")]
    Compression {
        /// The address.
        url: Url,
        /// What was said.
        reason: String,
    },
}

impl FetchFault {
    /// Whether the fault may have passed in a moment.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::CutOff { .. } => true,
            Self::Status { status, .. } => is_temporary_status(*status),
            _ => false,
        }
    }

    pub(super) const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Until when it asks to be left alone, as it said just now. A time beyond the calendar is its end.
    pub(super) fn not_before(&self, now: Timestamp) -> Option<Timestamp> {
        let wait = self.retry_after().filter(|wait| !wait.is_zero())?;
        Some(now.checked_add(wait).unwrap_or(Timestamp::MAX))
    }
}

/// Why there is no answer, after how many attempts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault} (attempts: {attempts}){}", not_before.map(|time| format!("; it asks to be left alone until {time:.0}")).unwrap_or_default())]
pub struct FetchError {
    /// The last fault.
    pub fault: FetchFault,
    /// Attempts made.
    pub attempts: u32,
    /// Until when the provider asks to be left alone.
    pub not_before: Option<Timestamp>,
}
