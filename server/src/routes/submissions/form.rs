//! What comes with a delivery or a decision: query, headers, the reason. Nothing of it says who delivers; that is
//! the key's to say.

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::Bytes;
use indicators::code::DataflowId;
use serde::Deserialize;

use crate::error::ApiError;
use crate::jobs::{Author, SubmissionOrder};
use crate::keys::Key;
use crate::limits::Limits;
use crate::routes::compute::uncoded;
use crate::routes::query::{Kind, Parameter, Query, bad};

/// The media types taken in.
const MEDIA_TYPES: &[&str] =
    &["text/csv", "application/vnd.sdmx.data+csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"];
const EXPECTED: &str = "text/csv, application/vnd.sdmx.data+csv or \
                        application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Longest note or reason, in characters.
const LONGEST_NOTE: usize = 500;
/// Longest name of a delivery, in bytes.
const LONGEST_NAME: usize = 128;

/// Parameters of a delivery.
pub(super) static PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "dataflow",
        kind: Kind::Token,
        description: "The dataflow; need not be given where the key is for one only.",
        example: "EDU_DIGITAL_SCHOOLS",
    },
    Parameter {
        name: "note",
        kind: Kind::Token,
        description: "What the operator should know, at most 500 characters. Not published.",
        example: "",
    },
    Parameter {
        name: "check_only",
        kind: Kind::Choice(&["true", "false"]),
        description: "`true`: check and keep nothing.",
        example: "true",
    },
];

/// Everything about a delivery but its bytes.
pub(super) struct Form {
    dataflow: DataflowId,
    content_type: String,
    note: Option<String>,
    check_only: bool,
    idempotency_key: Option<String>,
}

impl Form {
    pub(super) fn read(request: &HttpRequest, key: &Key, limits: &Limits) -> Result<Self, ApiError> {
        let query = Query::read(request.query_string(), PARAMETERS, limits)?;
        let check_only: Option<String> = query.word("check_only", &["true", "false"])?;
        Ok(Self {
            dataflow: dataflow(&query, key)?,
            content_type: content_type(request)?,
            note: query.one("note").map(|note| checked_note("note", note)).transpose()?,
            check_only: check_only.as_deref() == Some("true"),
            idempotency_key: idempotency_key(request)?,
        })
    }

    /// The order, and whether it is only to be checked.
    pub(super) fn order(self, author: Author, bytes: Vec<u8>) -> (bool, SubmissionOrder) {
        let Self { dataflow, content_type, note, check_only, idempotency_key } = self;
        (check_only, SubmissionOrder { dataflow, author, content_type, bytes, note, idempotency_key })
    }
}

/// The dataflow that is named, or the only one there can be. It must be among those of the key.
fn dataflow(query: &Query, key: &Key) -> Result<DataflowId, ApiError> {
    let names: Vec<&str> = key.dataflows.iter().map(DataflowId::as_str).collect();
    let Some(found) = query.one("dataflow") else {
        let mut all = key.dataflows.iter();
        return match (all.next(), all.next()) {
            (Some(only), None) => Ok(only.clone()),
            _ => Err(bad("dataflow", &format!("one of {}", names.join(", ")), "")),
        };
    };
    key.dataflows.iter().find(|known| known.as_str() == found).cloned().ok_or_else(|| ApiError::ScopeMissing {
        scope: "submit",
        expected: format!("one of the dataflows of this key, {}", names.join(", ")),
    })
}

/// The media type without its parameters.
fn content_type(request: &HttpRequest) -> Result<String, ApiError> {
    uncoded(request)?;
    let given = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bare = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if MEDIA_TYPES.contains(&bare.as_str()) {
        Ok(bare)
    } else {
        Err(ApiError::UnsupportedMediaType { found: bare, expected: EXPECTED })
    }
}

/// The sender's own name for the delivery, in quotation marks or bare.
fn idempotency_key(request: &HttpRequest) -> Result<Option<String>, ApiError> {
    let Some(given) = request.headers().get("idempotency-key") else { return Ok(None) };
    let refuse = |found: &str| bad("Idempotency-Key", "1 to 128 visible ASCII characters", found);
    let text = given.to_str().map_err(|_not_ascii| refuse("other characters"))?.trim();
    let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    if bare.is_empty() || bare.len() > LONGEST_NAME || !bare.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(refuse(bare));
    }
    Ok(Some(bare.to_owned()))
}

/// Text for people: one paragraph of bounded length.
fn checked_note(name: &'static str, note: &str) -> Result<String, ApiError> {
    let is_good = note.chars().count() <= LONGEST_NOTE && !note.chars().any(char::is_control);
    if is_good { Ok(note.to_owned()) } else { Err(bad(name, "at most 500 characters on one line", note)) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    reason: Option<String>,
}

/// Why a decision is made: `{"reason": "…"}`, or nothing.
pub(super) fn reason(request: &HttpRequest, body: &Bytes) -> Result<Option<String>, ApiError> {
    uncoded(request)?;
    if body.is_empty() {
        return Ok(None);
    }
    let given = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if given.split(';').next().is_none_or(|bare| !bare.trim().eq_ignore_ascii_case("application/json")) {
        return Err(ApiError::UnsupportedMediaType { found: given.to_owned(), expected: "application/json" });
    }
    let decision: Decision = serde_json::from_slice(body).map_err(|error| ApiError::MalformedBody {
        place: format!("body, line {}, column {}", error.line(), error.column()),
        reason: error.to_string(),
    })?;
    decision.reason.map(|reason| checked_note("reason", &reason)).transpose()
}
