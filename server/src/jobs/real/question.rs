//! One request of a dataflow on its way: what it is asked with, and what an answer or a fault makes of it. Whether the answer is
//! held in memory, in a file or comes in pages is for those who ask.

use url::Url;

use super::{is_not_out, not_fetched};
use crate::jobs::steps::{Answer, Received, Refusal};
use crate::run_log::Validators;
use crate::snapshots::SnapshotKind;
use crate::sources::client::{self, FetchError, FetchRequest};
use crate::sources::{DataflowDefinition, SourceRequest};

/// A request with what is known of its last answer.
pub(super) struct Question<'a> {
    definition: &'a DataflowDefinition,
    request: &'a SourceRequest,
    validators: client::Validators,
}

impl<'a> Question<'a> {
    pub(super) fn new(
        definition: &'a DataflowDefinition,
        request: &'a SourceRequest,
        known: Option<&Validators>,
    ) -> Self {
        let Validators { etag, last_modified } = known.cloned().unwrap_or_default();
        Self { definition, request, validators: client::Validators { etag, last_modified } }
    }

    /// What the client is told.
    pub(super) fn to_fetch(&self, max_bytes: usize) -> FetchRequest<'_> {
        FetchRequest {
            url: &self.request.url,
            accept: self.request.accept,
            allowed_hosts: &self.definition.allowed_hosts,
            max_bytes,
            validators: &self.validators,
            key: self.definition.key.as_ref(),
        }
    }

    /// The answer of a provider that has nothing newer.
    pub(super) fn not_modified(&self) -> Answer {
        Answer::NotModified { part: self.request.part.clone() }
    }

    /// What came, without its bytes.
    pub(super) fn received(&self, final_url: &Url, validators: client::Validators) -> Received {
        let client::Validators { etag, last_modified } = validators;
        Received {
            part: self.request.part.clone(),
            bytes: Vec::new(),
            kind: SnapshotKind::Fetched,
            origin: self.request.url.to_string(),
            final_url: Some(final_url.to_string()),
            content_type: None,
            validators: Validators { etag, last_modified },
        }
    }

    /// Nothing came: no fault where the part may be missing.
    pub(super) fn unanswered(&self, error: &FetchError) -> Result<Option<Answer>, Refusal> {
        if self.request.optional && is_not_out(&error.fault) {
            return Ok(None);
        }
        Err(not_fetched(self.request, error))
    }
}
