//! What goes out and what comes in: [`SourceRequest`] and [`Payload`]. How a request travels is
//! [`super::client`]'s matter.

use indicators::code::DataflowId;
use jiff::civil::Date;
use url::Url;

use super::catalogue::DataflowDefinition;
use super::error::SourceError;

/// What a refresh wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceQuery {
    /// The day of the refresh. Given, never read from a clock, so that requests are reproducible.
    pub today: Date,
}

/// One GET request of a dataflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRequest {
    /// The dataflow.
    pub dataflow: DataflowId,
    /// Names the payload within the dataflow: `EGOV_DATA_2024.csv`. Stable between refreshes.
    pub part: String,
    /// The address.
    pub url: Url,
    /// Value of the `Accept` header.
    pub accept: &'static str,
    /// Whether the dataflow can do without this part: an edition that is not out yet.
    pub optional: bool,
}

/// Bytes as received, and what is known about them.
#[derive(Debug, Clone, Copy)]
pub struct Payload<'a> {
    /// The part of the dataflow, or the name of the file dropped by hand.
    pub part: &'a str,
    /// The media type the provider declared.
    pub content_type: Option<&'a str>,
    /// The bytes.
    pub bytes: &'a [u8],
}

impl<'a> Payload<'a> {
    /// Bytes with a name and no declared media type.
    #[must_use]
    pub const fn new(part: &'a str, bytes: &'a [u8]) -> Self {
        Self { part, content_type: None, bytes }
    }
}

/// The address of a path below the base URL of a dataflow; `None` when it has no base URL.
///
/// # Errors
/// [`SourceError::Address`] when the two make no URL.
pub(super) fn address(definition: &DataflowDefinition, path: &str) -> Result<Option<Url>, SourceError> {
    let Some(base) = &definition.base_url else { return Ok(None) };
    let text = format!("{}/{}", base.as_str().trim_end_matches('/'), path.trim_start_matches('/'));
    match text.parse() {
        Ok(url) => Ok(Some(url)),
        Err(error) => Err(SourceError::Address { found: text, reason: error }),
    }
}

/// The one request of a dataflow that is one file.
pub(super) fn single(definition: &DataflowDefinition) -> Result<Vec<SourceRequest>, SourceError> {
    let Some(url) = address(definition, &definition.path)? else { return Ok(Vec::new()) };
    Ok(vec![SourceRequest {
        dataflow: definition.id.clone(),
        part: definition.part.clone(),
        url,
        accept: definition.format.accept(),
        optional: false,
    }])
}
