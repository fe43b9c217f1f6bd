//! What the API answers when it refuses: [`ApiError`]. What a handler found wrong is said by the variant's facts; nothing
//! internal ever reaches the text. The codes are in `codes`, the writing in `problem`.

mod codes;
mod problem;

pub use codes::{ErrorCode, ErrorEntry};
pub use problem::PROBLEM_MEDIA_TYPE;

/// One fault of a request body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyFault {
    /// Table, row and column.
    pub place: String,
    /// What belongs there.
    pub expected: String,
    /// What was found.
    pub found: String,
}

fn first_fault(faults: &[BodyFault]) -> String {
    match faults {
        [] => "The tables hold faults.".to_owned(),
        [only] => format!("{}: {}; expected {}.", only.place, only.found, only.expected),
        [first, ..] => format!(
            "{} faults, the first: {}: {}; expected {}.",
            faults.len(),
            first.place,
            first.found,
            first.expected
        ),
    }
}

/// A request was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// The query string is not UTF-8 after decoding.
    #[error("The query is not UTF-8 text after percent-decoding.")]
    QueryEncoding {
        /// The pair at fault, as sent.
        found: String,
    },
    /// More parameters than are accepted.
    #[error("The query holds {found} parameters; at most {most} are accepted.")]
    TooManyParameters {
        /// Number found.
        found: usize,
        /// Number accepted.
        most: usize,
    },
    /// No such parameter on this path.
    #[error("There is no query parameter {name:?} here; {}.", known_parameters(.known))]
    UnknownParameter {
        /// The name given.
        name: String,
        /// The names known.
        known: Vec<&'static str>,
        /// Known names that look like it.
        did_you_mean: Vec<String>,
    },
    /// A parameter that takes one value was given twice.
    #[error("The query parameter {name:?} is given more than once.")]
    RepeatedParameter {
        /// The parameter.
        name: &'static str,
    },
    /// A value that does not fit its parameter.
    #[error("{name}: expected {expected}, found {found:?}.")]
    BadParameter {
        /// The parameter.
        name: &'static str,
        /// What belongs there.
        expected: String,
        /// What was given.
        found: String,
        /// Near values.
        did_you_mean: Vec<String>,
    },
    /// A code outside its code list, in a parameter.
    #[error("{name}: {found:?} is not in the code list {list}.")]
    UnknownCode {
        /// The parameter.
        name: &'static str,
        /// Path of the code list.
        list: &'static str,
        /// What was given.
        found: String,
        /// Near codes.
        did_you_mean: Vec<String>,
    },
    /// A cursor made for other parameters.
    #[error("The cursor was made for another question; keep every parameter but limit as it was.")]
    ForeignCursor,
    /// A cursor made before what is listed changed.
    #[error("What is listed has changed since this cursor was made; begin again without it.")]
    CursorExpired,
    /// A part of the body is not what belongs there.
    #[error("{place}: {reason}.")]
    MalformedBody {
        /// The part, line and column.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// The body is of another media type than is taken in.
    #[error("The body is {found:?}; expected {expected}.")]
    UnsupportedMediaType {
        /// The media type given.
        found: String,
        /// Those taken in.
        expected: &'static str,
    },
    /// Tables hold faults.
    #[error("{}", first_fault(.faults))]
    FaultyTables {
        /// Every fault.
        faults: Vec<BodyFault>,
    },
    /// A recipe does not fit its data.
    #[error("{reason}.")]
    NotComputable {
        /// Why.
        reason: String,
    },
    /// A computation is above the bound.
    #[error("The computation takes about {found} million operations; at most {most} million are done here.")]
    TooMuchWork {
        /// Millions of operations, about.
        found: u64,
        /// Millions of operations allowed.
        most: u64,
    },
    /// Other long work is under way.
    #[error("Other long work is under way; come back in {retry_after_seconds} seconds.")]
    Busy {
        /// When to ask again.
        retry_after_seconds: u64,
    },
    /// More than the format asked for can hold.
    #[error("{format} holds at most {most} {what}; this answer has {found}.")]
    AnswerTooLarge {
        /// The format.
        format: &'static str,
        /// What there is too much of.
        what: &'static str,
        /// How many were found.
        found: usize,
        /// How many fit.
        most: usize,
    },
    /// No key was shown.
    #[error("This address needs a key; send it as Authorization: Bearer sandyq_….")]
    KeyRequired,
    /// What was shown is no key, or none in force.
    #[error("The key in the Authorization header is not good: mistyped, expired or revoked.")]
    KeyRefused,
    /// The key does not open this.
    #[error("The key does not open this; expected {expected}.")]
    ScopeMissing {
        /// The scope.
        scope: &'static str,
        /// What is needed.
        expected: String,
    },
    /// No such submission, or not the caller's.
    #[error("There is no submission {found:?}.")]
    NoSubmission {
        /// What was asked for.
        found: String,
    },
    /// The submission stands otherwise by now.
    #[error("{reason}.")]
    SubmissionDecided {
        /// How it stands and what can be decided.
        reason: String,
    },
    /// No such run.
    #[error("There is no run {found:?}.")]
    NoRun {
        /// What was asked for.
        found: String,
    },
    /// The run does not wait for this decision.
    #[error("{reason}.")]
    NotDecidable {
        /// Why.
        reason: String,
    },
    /// No such dataflow, in the path.
    #[error("There is no dataflow {found:?}.")]
    NoDataflow {
        /// The code given.
        found: String,
        /// Near codes.
        did_you_mean: Vec<String>,
    },
    /// The refresh that is asked for goes on already.
    #[error("{dataflow} is being refreshed already.")]
    RefreshUnderWay {
        /// The dataflow.
        dataflow: String,
    },
    /// A refresh would ask nobody.
    #[error("{reason}.")]
    NotAsked {
        /// Why.
        reason: String,
    },
    /// Too many wait.
    #[error("{reason}.")]
    TooManyHeld {
        /// How many.
        reason: String,
    },
    /// The sender's own name of a delivery stands for another one.
    #[error("{reason}.")]
    IdempotencyKeyReused {
        /// Which.
        reason: String,
    },
    /// An SDMX question nothing answers.
    #[error("No {what} answers the question.")]
    NoResults {
        /// What was looked for.
        what: &'static str,
    },
    /// No such path.
    #[error("There is nothing at {path}.")]
    UnknownPath {
        /// The path given.
        path: String,
        /// Near paths.
        did_you_mean: Vec<String>,
    },
    /// No such area, in the path.
    #[error("{reason}")]
    UnknownArea {
        /// The code given.
        found: String,
        /// Why there is no answer for it.
        reason: String,
        /// Near codes.
        did_you_mean: Vec<String>,
    },
    /// No such release.
    #[error("There is no release with {name} {found:?}; there are {expected}.")]
    NoRelease {
        /// What it was asked by.
        name: &'static str,
        /// What was asked.
        found: String,
        /// What there is.
        expected: String,
    },
    /// Nothing was received with this address.
    #[error("There is no snapshot {found:?}.")]
    NoSnapshot {
        /// What was asked for.
        found: String,
    },
    /// The terms forbid handing the bytes out.
    #[error("These bytes are not handed out; their terms: {licence}.")]
    NotOpen {
        /// The terms.
        licence: String,
    },
    /// The path exists, the method does not.
    #[error("{method} is not allowed here; allowed are {allow}.")]
    MethodNotAllowed {
        /// The method given.
        method: String,
        /// The methods that are.
        allow: &'static str,
    },
    /// No representation fits the `Accept` header.
    #[error("None of the media types accepted ({found}) is offered here; offered are {}.", .offered.join(", "))]
    NotAcceptable {
        /// The header given.
        found: String,
        /// Media types offered.
        offered: Vec<String>,
    },
    /// The body is larger than accepted.
    #[error("The request body is larger than {most} bytes.")]
    BodyTooLarge {
        /// Bytes accepted.
        most: u32,
    },
    /// Path and query are longer than accepted.
    #[error("Path and query are {found} bytes long; at most {most} are accepted.")]
    UriTooLong {
        /// Bytes found.
        found: usize,
        /// Bytes accepted.
        most: u32,
    },
    /// The headers are larger than accepted.
    #[error("The request headers are {found} bytes long; at most {most} are accepted.")]
    HeadersTooLarge {
        /// Bytes found.
        found: usize,
        /// Bytes accepted.
        most: u32,
    },
    /// The client's quota is used up.
    #[error(
        "The quota of {quota} requests in {window_seconds} seconds is used up; wait {retry_after_seconds} seconds."
    )]
    TooManyRequests {
        /// Requests in a window.
        quota: u32,
        /// Length of the window.
        window_seconds: u32,
        /// When the next request is accepted.
        retry_after_seconds: u64,
    },
    /// No answer in time.
    #[error("No answer was ready in {seconds} seconds.")]
    TimedOut {
        /// The bound.
        seconds: u32,
    },
    /// Our own fault. Said to the log, not to the client.
    #[error("The service could not answer. The fault is recorded under this request id.")]
    Internal,
}

fn known_parameters(known: &[&'static str]) -> String {
    if known.is_empty() { "this address takes none".to_owned() } else { format!("known are {}", known.join(", ")) }
}

impl ApiError {
    /// The kind.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::QueryEncoding { .. } | Self::TooManyParameters { .. } => ErrorCode::MalformedQuery,
            Self::UnknownParameter { .. } => ErrorCode::UnknownParameter,
            Self::RepeatedParameter { .. } => ErrorCode::RepeatedParameter,
            Self::BadParameter { .. } => ErrorCode::BadParameter,
            Self::UnknownCode { .. } => ErrorCode::UnknownCode,
            Self::ForeignCursor => ErrorCode::ForeignCursor,
            Self::CursorExpired => ErrorCode::CursorExpired,
            Self::MalformedBody { .. } => ErrorCode::MalformedBody,
            Self::UnsupportedMediaType { .. } => ErrorCode::UnsupportedMediaType,
            Self::FaultyTables { .. } => ErrorCode::FaultyTables,
            Self::NotComputable { .. } => ErrorCode::NotComputable,
            Self::TooMuchWork { .. } => ErrorCode::TooMuchWork,
            Self::Busy { .. } => ErrorCode::Busy,
            Self::AnswerTooLarge { .. } => ErrorCode::AnswerTooLarge,
            Self::KeyRequired => ErrorCode::KeyRequired,
            Self::KeyRefused => ErrorCode::KeyRefused,
            Self::ScopeMissing { .. } => ErrorCode::ScopeMissing,
            Self::NoSubmission { .. } => ErrorCode::NoSubmission,
            Self::SubmissionDecided { .. } => ErrorCode::SubmissionDecided,
            Self::NoRun { .. } => ErrorCode::NoRun,
            Self::NotDecidable { .. } => ErrorCode::NotDecidable,
            Self::NoDataflow { .. } => ErrorCode::NoDataflow,
            Self::RefreshUnderWay { .. } => ErrorCode::RefreshUnderWay,
            Self::NotAsked { .. } => ErrorCode::NotAsked,
            Self::TooManyHeld { .. } => ErrorCode::TooManyHeld,
            Self::IdempotencyKeyReused { .. } => ErrorCode::IdempotencyKeyReused,
            Self::NoResults { .. } => ErrorCode::NoResults,
            Self::UnknownPath { .. } => ErrorCode::UnknownPath,
            Self::UnknownArea { .. } => ErrorCode::UnknownArea,
            Self::NoRelease { .. } => ErrorCode::NoRelease,
            Self::NoSnapshot { .. } => ErrorCode::NoSnapshot,
            Self::NotOpen { .. } => ErrorCode::NotOpen,
            Self::MethodNotAllowed { .. } => ErrorCode::MethodNotAllowed,
            Self::NotAcceptable { .. } => ErrorCode::NotAcceptable,
            Self::BodyTooLarge { .. } => ErrorCode::BodyTooLarge,
            Self::UriTooLong { .. } => ErrorCode::UriTooLong,
            Self::HeadersTooLarge { .. } => ErrorCode::HeadersTooLarge,
            Self::TooManyRequests { .. } => ErrorCode::TooManyRequests,
            Self::TimedOut { .. } => ErrorCode::TimedOut,
            Self::Internal => ErrorCode::Internal,
        }
    }
}

#[cfg(test)]
mod tests;
