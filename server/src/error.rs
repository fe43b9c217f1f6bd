//! What the API answers when it refuses: [`ApiError`], and the one table of code, status and
//! title behind every `application/problem+json`. What a handler found wrong is said by the
//! variant's facts; nothing internal ever reaches the text.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use indicators::wire::{ProblemDetails, ProblemError};

use crate::sdmx::fault;

/// Where the codes are explained to people.
const EXPLANATIONS: &str = "/api/docs#";

/// What a caller without a good key is asked for (RFC 6750).
const CHALLENGE: &str = "Bearer realm=\"sandyq\"";

/// Media type of a problem.
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";

/// One row of the table of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorEntry {
    /// Stable code for programs.
    pub code: &'static str,
    /// HTTP status.
    pub status: u16,
    /// The kind in words.
    pub title: &'static str,
    /// When it is answered and what to do about it.
    pub advice: &'static str,
}

macro_rules! error_table {
    ($($name:ident: $code:literal, $status:literal, $title:literal, $advice:literal;)*) => {
        /// The kinds of refusal.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ErrorCode {
            $(#[doc = $title] $name,)*
        }

        impl ErrorCode {
            /// Every code, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its row of the table.
            #[must_use]
            pub const fn entry(self) -> ErrorEntry {
                match self {
                    $(Self::$name => ErrorEntry { code: $code, status: $status, title: $title, advice: $advice },)*
                }
            }
        }
    };
}

error_table! {
    MalformedQuery: "malformed_query", 400, "The query cannot be read",
        "The part after `?` is not UTF-8 once percent-decoded, or holds too many parameters.";
    UnknownParameter: "unknown_parameter", 400, "No such query parameter",
        "A parameter is misspelt or does not exist here; the known ones are listed in `expected`.";
    RepeatedParameter: "repeated_parameter", 400, "A query parameter is given twice",
        "Only lists may be given more than once.";
    BadParameter: "bad_parameter", 400, "A query parameter is not what belongs there",
        "See `expected` and `found`.";
    UnknownCode: "unknown_code", 400, "A code is not in its code list",
        "Codes are case-sensitive; `did_you_mean` lists near ones. The lists are `/areas`, `/criteria`, `/indicators` and `/sources`.";
    ForeignCursor: "foreign_cursor", 400, "The cursor belongs to another question",
        "Keep every parameter but `limit` unchanged from page to page.";
    MalformedBody: "malformed_body", 400, "The request body cannot be read",
        "See `parameter` for the part, line and column, and `found` for what is wrong there.";
    AnswerTooLarge: "answer_too_large", 400, "The answer does not fit the format",
        "Ask for less, or for a format without this bound, such as CSV.";
    KeyRequired: "key_required", 401, "A key is needed",
        "Send `Authorization: Bearer sandyq_…`. The operator of the service makes keys.";
    KeyRefused: "key_refused", 401, "The key is not good",
        "It is mistyped, expired or revoked. Ask the operator for another.";
    ScopeMissing: "scope_missing", 403, "The key does not open this",
        "See `expected` for what is needed.";
    NoSubmission: "no_submission", 404, "No such submission",
        "The identifier is that of none made with this key.";
    SubmissionDecided: "submission_decided", 409, "The submission is decided already",
        "See `detail` for how it stands.";
    TooManyHeld: "too_many_held", 409, "Too many submissions are waiting",
        "Withdraw those that are not meant any more, or wait for the operator.";
    IdempotencyKeyReused: "idempotency_key_reused", 422, "The idempotency key belongs to another request",
        "Use a new `Idempotency-Key` for each delivery, and the same one only to repeat it unchanged.";
    NoResults: "no_results", 404, "Nothing answers the question",
        "The SDMX protocol answers 404 when nothing is found; ask for less narrow a key, or look at the availability.";
    UnknownPath: "unknown_path", 404, "Nothing is found at this address",
        "`did_you_mean` lists near paths; all are in `/api/v1/openapi.json`.";
    UnknownArea: "unknown_area", 404, "No such area",
        "The code is not in `/areas`, or the area is not compared in this release.";
    NoRelease: "no_release", 404, "No such release",
        "No release has this identifier, panel or reference year; `expected` lists those there are.";
    NoSnapshot: "no_snapshot", 404, "No such snapshot",
        "Nothing was received with this SHA-256; `/runs` names those that were.";
    NotOpen: "not_open", 403, "The bytes may not be handed out",
        "The provider's terms allow citing the figures only; they are in `/observations`.";
    MethodNotAllowed: "method_not_allowed", 405, "The method is not allowed here",
        "The `Allow` header lists the methods that are.";
    NotAcceptable: "not_acceptable", 406, "No representation is acceptable",
        "Ask by `Accept` for one of the media types in `expected`, or by suffix.";
    CursorExpired: "cursor_expired", 410, "The cursor has expired",
        "The observations changed since the first page; begin again without `cursor`.";
    BodyTooLarge: "body_too_large", 413, "The request body is too large",
        "The bound is in `/api/v1/limits`.";
    UriTooLong: "uri_too_long", 414, "The address is too long",
        "The bound is in `/api/v1/limits`; ask for fewer codes at once.";
    UnsupportedMediaType: "unsupported_media_type", 415, "The request body is of another kind",
        "Send one of the media types in `expected`.";
    FaultyTables: "faulty_tables", 422, "The tables sent hold faults",
        "`errors` lists each with its table, row and column; mend them and send again.";
    NotComputable: "not_computable", 422, "The recipe cannot be computed on the data",
        "See `detail`; methods and parameters are in the methodology.";
    TooMuchWork: "too_much_work", 422, "The computation is too long for the service",
        "The bound is in `/api/v1/limits`. `sandyq compute` on your own machine has none.";
    TooManyRequests: "too_many_requests", 429, "Too many requests",
        "Wait as long as `Retry-After` says; the policy is in `/api/v1/limits`.";
    HeadersTooLarge: "headers_too_large", 431, "The request headers are too large",
        "The bound is in `/api/v1/limits`.";
    Internal: "internal", 500, "The service failed",
        "Not your fault. Quote `request_id` when reporting it.";
    Busy: "busy", 503, "Other long work is under way",
        "Wait as long as `Retry-After` says.";
    TimedOut: "timed_out", 503, "The answer took too long",
        "Try again later, or ask for less.";
}

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
    /// A cursor made before the observations changed.
    #[error("The observations have changed since this cursor was made; begin again without it.")]
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

    fn faults(&self) -> Vec<ProblemError> {
        let one = |parameter: &str, expected: String, found: &str, did_you_mean: &[String]| {
            vec![ProblemError {
                parameter: parameter.to_owned(),
                expected,
                found: excerpt(found),
                did_you_mean: did_you_mean.to_vec(),
            }]
        };
        match self {
            Self::QueryEncoding { found } => one("query", "percent-encoded UTF-8".to_owned(), found, &[]),
            Self::UnknownParameter { name, known, did_you_mean } => {
                one(name, format!("one of: {}", known.join(", ")), name, did_you_mean)
            }
            Self::BadParameter { name, expected, found, did_you_mean } => {
                one(name, expected.clone(), found, did_you_mean)
            }
            Self::UnknownCode { name, list, found, did_you_mean } => {
                one(name, format!("a code of {list}"), found, did_you_mean)
            }
            Self::UnknownPath { path, did_you_mean } => {
                one("path", "a path of /api/v1/openapi.json".to_owned(), path, did_you_mean)
            }
            Self::UnknownArea { found, did_you_mean, .. } => {
                one("area", "a code of /api/v1/areas compared in the release".to_owned(), found, did_you_mean)
            }
            Self::NoRelease { name, found, expected } => one(name, expected.clone(), found, &[]),
            Self::MalformedBody { place, reason } => {
                one(place, "what the API description says".to_owned(), reason, &[])
            }
            Self::UnsupportedMediaType { found, expected } => one("Content-Type", (*expected).to_owned(), found, &[]),
            Self::FaultyTables { faults } => faults
                .iter()
                .map(|fault| ProblemError {
                    parameter: fault.place.clone(),
                    expected: fault.expected.clone(),
                    found: excerpt(&fault.found),
                    did_you_mean: Vec::new(),
                })
                .collect(),
            Self::NoSnapshot { found } => {
                one("sha256", "the SHA-256 of a snapshot in /api/v1/runs".to_owned(), found, &[])
            }
            Self::ScopeMissing { scope, expected } => one("Authorization", expected.clone(), scope, &[]),
            Self::NoSubmission { found } => {
                one("id", "the identifier of a submission in /api/v1/submissions".to_owned(), found, &[])
            }
            Self::AnswerTooLarge { format, what, found, most } => {
                one(format, format!("at most {most} {what}"), &found.to_string(), &[])
            }
            Self::NotAcceptable { found, offered } => one("Accept", offered.join(", "), found, &[]),
            _ => Vec::new(),
        }
    }

    /// The whole problem, for one request.
    #[must_use]
    pub fn problem(&self, path: &str, request_id: &str) -> ProblemDetails {
        let entry = self.code().entry();
        ProblemDetails {
            kind: format!("{EXPLANATIONS}{}", entry.code),
            title: entry.title.to_owned(),
            status: entry.status,
            code: entry.code.to_owned(),
            detail: self.to_string(),
            instance: excerpt(path),
            request_id: request_id.to_owned(),
            errors: self.faults(),
        }
    }

    /// The answer to one request of the SDMX protocol.
    #[must_use]
    pub fn sdmx_response(&self, as_json: bool, request_id: &str) -> HttpResponse {
        let entry = self.code().entry();
        let number = fault::number(entry.status);
        let (content_type, body) = if as_json {
            (
                "application/vnd.sdmx.structure+json;version=2.0.0",
                fault::json(number, entry.title, &self.to_string(), request_id),
            )
        } else {
            ("application/xml", fault::xml(number, &self.to_string()))
        };
        let mut answer = self.head();
        answer.insert_header((header::CONTENT_TYPE, content_type));
        answer.body(body)
    }

    /// The answer to one request.
    #[must_use]
    pub fn response(&self, path: &str, request_id: &str) -> HttpResponse {
        let mut answer = self.head();
        answer.insert_header((header::CONTENT_TYPE, PROBLEM_MEDIA_TYPE));
        // A problem holds text and numbers only, which always serialise.
        answer.body(serde_json::to_vec(&self.problem(path, request_id)).unwrap_or_default())
    }

    /// Status and headers that do not depend on how the refusal is written.
    fn head(&self) -> HttpResponseBuilder {
        let mut answer = HttpResponse::build(self.status_code());
        answer.insert_header((header::CACHE_CONTROL, "no-store"));
        match self {
            Self::MethodNotAllowed { allow, .. } => {
                answer.insert_header((header::ALLOW, *allow));
            }
            Self::TooManyRequests { retry_after_seconds, .. } | Self::Busy { retry_after_seconds } => {
                answer.insert_header((header::RETRY_AFTER, HeaderValue::from(*retry_after_seconds)));
            }
            Self::KeyRequired => {
                answer.insert_header((header::WWW_AUTHENTICATE, CHALLENGE));
            }
            Self::KeyRefused => {
                answer.insert_header((header::WWW_AUTHENTICATE, format!("{CHALLENGE}, error=\"invalid_token\"")));
            }
            Self::ScopeMissing { scope, .. } => {
                let wanted = format!("{CHALLENGE}, error=\"insufficient_scope\", scope=\"{scope}\"");
                answer.insert_header((header::WWW_AUTHENTICATE, wanted));
            }
            Self::TimedOut { .. } => {
                answer.insert_header((header::RETRY_AFTER, HeaderValue::from(10_u64)));
            }
            _ => {}
        }
        answer
    }
}

/// What was sent, short enough to be sent back.
fn excerpt(text: &str) -> String {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code().entry().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        self.response("", "")
    }
}

#[cfg(test)]
mod tests;
