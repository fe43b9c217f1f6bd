//! From a question to bytes: found among the answers already given, or made, written and coded.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderValue;
use actix_web::web::{self, Bytes};
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};

use super::coding::compress;
use super::content::{Body, Content, internal, unwritten};
use super::{Question, Route, Stored};
use crate::error::ApiError;
use crate::formats::{Format, Part, Table, WriteRows, Writing};
use crate::http::Service;
use crate::routes::negotiation::Coding;
use crate::routes::query::{Parameter, Query};
use crate::view::View;

/// Answers shorter than this are sent as they are: a coding would save nothing.
const SHORTEST_CODED: usize = 1024;
/// Answers longer than this are compressed beside the threads that serve.
const LONGEST_CODED_INLINE: usize = 128 * 1024;
/// Tables longer than this are written beside the threads that serve.
const LONGEST_WRITTEN_INLINE: usize = 500;
/// Tables longer than this are not held but written while they are sent, where the format allows it.
const LONGEST_HELD: usize = 5_000;

/// An answer: held in memory, or written while it is sent.
pub(super) enum Made {
    Held(Arc<Stored>),
    Long { table: Box<Table>, write: WriteRows, etag: HeaderValue, link: Option<HeaderValue> },
}

/// A request with everything that was found out about it.
pub(super) struct Asked<'a> {
    pub(super) request: &'a HttpRequest,
    pub(super) route: &'static Route,
    pub(super) view: &'a Arc<View>,
    pub(super) service: &'a web::Data<Service>,
    pub(super) format: &'static Format,
    pub(super) has_suffix: bool,
}

impl Asked<'_> {
    pub(super) async fn find_or_make(&self, coding: Coding) -> Result<Made, ApiError> {
        let Self { request, view, service, format, .. } = self;
        let key =
            |coding: Coding| format!("{} {} {}?{}", coding.name(), format.name, request.path(), request.query_string());
        let known = |key: &str| service.answers().get(key).filter(|stored| stored.view == view.id);
        let wanted = key(coding);
        if let Some(stored) = known(&wanted) {
            return Ok(Made::Held(stored));
        }
        let plain_key = key(Coding::Identity);
        let plain = if let Some(plain) = known(&plain_key) {
            plain
        } else {
            match self.make(coding).await? {
                Made::Held(plain) => {
                    service.answers().insert(plain_key, Arc::clone(&plain));
                    plain
                }
                long @ Made::Long { .. } => return Ok(long),
            }
        };
        if coding == Coding::Identity || plain.body.len() < SHORTEST_CODED || !format.is_text() {
            return Ok(Made::Held(plain));
        }
        let body = plain.body.clone();
        let compressed = if body.len() > LONGEST_CODED_INLINE {
            web::block(move || compress(&body, coding)).await.map_err(|error| internal(&error))?
        } else {
            compress(&body, coding)
        };
        let stored = Arc::new(Stored {
            view: plain.view.clone(),
            body: Bytes::from(compressed.map_err(|error| internal(&error))?),
            etag: with_coding(&plain.etag, coding)?,
            link: plain.link.clone(),
        });
        service.answers().insert(wanted, Arc::clone(&stored));
        Ok(Made::Held(stored))
    }

    async fn make(&self, coding: Coding) -> Result<Made, ApiError> {
        let Self { request, route, view, service, format, has_suffix } = self;
        let query = Query::read(request.query_string(), route.parameters, service.limits())?;
        let segments = segments(request, route.segments)?;
        let address = address(request, if *has_suffix { format.suffix } else { None });
        let described = describes(route, format, &address);
        let question = Question { view, service, route, query, segments, format, address };
        let Content { body, next } = (route.answer)(&question)?;
        let links = next.as_deref().map(|cursor| next_link(request, cursor)).into_iter().chain(described);
        let link = HeaderValue::try_from(links.collect::<Vec<_>>().join(", ")).ok().filter(|link| !link.is_empty());
        let body = match (body, format.writing) {
            (Body::Ready(body), _) => body,
            (Body::Later(work), _) => web::block(work).await.map_err(|error| internal(&error))??,
            (Body::Table(table), Writing::ByRow(write)) if table.length > LONGEST_HELD => {
                let etag = self.etag_of_long(coding)?;
                return Ok(Made::Long { table, write, etag, link });
            }
            (Body::Table(table), writing) => {
                let length = table.length;
                let write = move || match writing {
                    Writing::ByRow(write) => {
                        let (Table { head, mut rows, .. }, mut out) = (*table, Vec::new());
                        write(&head, Part { is_first: true, rows: &mut rows }, &mut out).map(|()| out)
                    }
                    Writing::Whole(write) => write(*table),
                    Writing::Own | Writing::Standard => Ok(Vec::new()),
                };
                let written = if length > LONGEST_WRITTEN_INLINE {
                    web::block(write).await.map_err(|error| internal(&error))?
                } else {
                    write()
                };
                written.map_err(unwritten)?
            }
        };
        let etag = format!("\"{}\"", hex::encode(Sha256::digest(&body).get(..16).unwrap_or_default()));
        Ok(Made::Held(Arc::new(Stored {
            view: view.id.clone(),
            etag: HeaderValue::try_from(etag).map_err(|error| internal(&error))?,
            link,
            body: Bytes::from(body),
        })))
    }

    /// What a long answer says follows from the program, the observations and the question.
    fn etag_of_long(&self, coding: Coding) -> Result<HeaderValue, ApiError> {
        let (request, format) = (self.request, self.format);
        let said = format!(
            "{} {} {} {}?{}",
            env!("CARGO_PKG_VERSION"),
            self.view.edition(),
            format.name,
            request.path(),
            request.query_string()
        );
        let plain = format!("\"{}\"", hex::encode(Sha256::digest(said).get(..16).unwrap_or_default()));
        let plain = HeaderValue::try_from(plain).map_err(|error| internal(&error))?;
        if coding == Coding::Identity { Ok(plain) } else { with_coding(&plain, coding) }
    }
}

/// The variable segments of the path, decoded.
fn segments(request: &HttpRequest, known: &'static [Parameter]) -> Result<Vec<(&'static str, String)>, ApiError> {
    let decode = |segment: &'static Parameter| {
        let found = request.match_info().query(segment.name);
        let text = percent_decode_str(found).decode_utf8();
        let text = text.map_err(|_invalid| ApiError::QueryEncoding { found: found.to_owned() })?;
        Ok((segment.name, text.into_owned()))
    };
    known.iter().map(decode).collect()
}

/// Path and query, without the suffix of a format.
fn address(request: &HttpRequest, suffix: Option<&str>) -> String {
    let path = request.path();
    let path =
        suffix.and_then(|suffix| path.strip_suffix(suffix)).and_then(|path| path.strip_suffix('.')).unwrap_or(path);
    match request.query_string() {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// `Link` from a CSV file to its metadata.
fn describes(route: &Route, format: &Format, address: &str) -> Option<String> {
    let metadata = route.formats.iter().find(|format| format.media_type == "application/csvm+json")?;
    if format.media_type != "text/csv" {
        return None;
    }
    let (path, query) =
        address.split_once('?').map_or((address, String::new()), |(path, query)| (path, format!("?{query}")));
    let suffix = metadata.suffix?;
    Some(format!("<{path}.{suffix}{query}>; rel=\"describedby\"; type=\"{}\"", metadata.media_type))
}

/// `Link` to the next page: the same question with another cursor.
fn next_link(request: &HttpRequest, cursor: &str) -> String {
    let kept: Vec<&str> = request
        .query_string()
        .split('&')
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("cursor"))
        .collect();
    let separator = if kept.is_empty() { "" } else { "&" };
    format!("<{}?{}{separator}cursor={cursor}>; rel=\"next\"", request.path(), kept.join("&"))
}

fn with_coding(etag: &HeaderValue, coding: Coding) -> Result<HeaderValue, ApiError> {
    let plain = etag.to_str().unwrap_or_default().trim_end_matches('"');
    HeaderValue::try_from(format!("{plain}-{}\"", coding.name())).map_err(|error| internal(&error))
}
