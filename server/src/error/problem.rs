//! How a refusal is written: as a problem, as a fault of the SDMX protocol, with the headers that belong to it. What is
//! refused is [`super`]'s.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use indicators::wire::{ProblemDetails, ProblemError};

use super::ApiError;
use crate::sdmx::fault;

/// Where the codes are explained to people.
const EXPLANATIONS: &str = "/api/docs#";

/// What a caller without a good key is asked for (RFC 6750).
const CHALLENGE: &str = "Bearer realm=\"sandyq\"";

/// Media type of a problem.
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";

impl ApiError {
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
            Self::NoRun { found } => one("id", "the identifier of a run in /api/v1/runs".to_owned(), found, &[]),
            Self::NoDataflow { found, did_you_mean } => {
                one("dataflow", "a code of /api/v1/sources".to_owned(), found, did_you_mean)
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
