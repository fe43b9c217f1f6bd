//! `/snapshots/{sha256}`: the bytes as a provider sent them, where the licence allows handing them
//! out. The only answer that is read from the disk, because the bytes are held nowhere else.

use crate::content_hash::ContentHash;
use crate::error::{ApiError, ErrorCode};
use crate::formats::{Format, Writing};
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route};
use crate::routes::query::{Kind, Parameter};
use crate::snapshots::{SnapshotError, SnapshotKind, Snapshots};

static RAW: Format = Format {
    name: "as received",
    media_type: "application/octet-stream",
    also: &[],
    version: None,
    content_type: "application/octet-stream",
    suffix: None,
    about: "The bytes as they were received.",
    writing: Writing::Standard,
};

pub(super) static ROUTE: Route = Route {
    path: "/snapshots/{sha256}",
    operation: "snapshot",
    summary: "The bytes as received from a provider",
    description: "Addressed by their SHA-256, which `/runs` names, and `/observations` where it is known. Bytes whose terms forbid handing them out are \
                  refused with 403; the figures taken from them are in `/observations`.",
    segments: &[Parameter {
        name: "sha256",
        kind: Kind::Token,
        description: "64 hexadecimal digits, from `snapshot` of an observation or `snapshots` of a run.",
        example: "",
    }],
    parameters: &[],
    formats: &[&RAW],
    caching: Caching::Immutable,
    effort: Effort::Reading,
    refusals: &[ErrorCode::NoSnapshot, ErrorCode::NotOpen],
    schema: SchemaOf::any_object(),
    answer,
};

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let found = question.segment("sha256");
    // Only a whole hash becomes part of a path.
    let sha256: ContentHash = found.parse().map_err(|_no_hash| unknown(found))?;
    let folder = question.service.snapshots().ok_or_else(|| unknown(found))?;
    Ok(Content::ready(read(folder, sha256)?))
}

fn read(folder: &Snapshots, sha256: ContentHash) -> Result<Vec<u8>, ApiError> {
    let failed = |error: SnapshotError| match error {
        SnapshotError::Unknown { .. } => unknown(&sha256.to_string()),
        other => {
            tracing::error!(error = %other, "a snapshot could not be read");
            ApiError::Internal
        }
    };
    let mut origins = folder.origins(sha256).map_err(failed)?;
    // What was delivered with a key is nobody else's to know of, not even that it was.
    origins.retain(|snapshot| snapshot.origin.kind != SnapshotKind::Submitted);
    if origins.is_empty() {
        return Err(unknown(&sha256.to_string()));
    }
    // The same bytes may have come to several dataflows; the strictest terms count.
    if let Some(closed) = origins.iter().find(|snapshot| !snapshot.origin.raw_open) {
        return Err(ApiError::NotOpen { licence: closed.origin.licence.clone() });
    }
    folder.read(sha256).map_err(failed)
}

fn unknown(found: &str) -> ApiError {
    ApiError::NoSnapshot { found: found.to_owned() }
}
