//! From a question to bytes: found among the answers already given, or made, written and coded.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderValue;
use actix_web::web::{self, Bytes};
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};
use tracing::Instrument;

use super::coding::compress;
use super::content::{Body, Content, internal, undone, unwritten};
use super::{Question, Route, Stored};
use crate::error::ApiError;
use crate::formats::{Format, Part, Table, WriteRows, Writing};
use crate::http::{RequestId, Service, span_of};
use crate::places::{aside, long};
use crate::routes::negotiation::Coding;
use crate::routes::query::{Parameter, Query};
use crate::view::View;

/// Answers shorter than this are sent as they are: a coding would save nothing.
const SHORTEST_CODED: usize = 1024;
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
    /// The answer, from memory where it is there. Else it is made beside the threads that serve.
    pub(super) async fn find_or_make(&self, coding: Coding) -> Result<Made, ApiError> {
        let Self { request, route, view, service, format, has_suffix } = *self;
        let (path, query) = (request.path().to_owned(), request.query_string().to_owned());
        let wanted = Wanted { view: Arc::clone(view), service: service.clone(), format, path, query };
        if let Some(stored) = wanted.known(coding) {
            return Ok(Made::Held(stored));
        }
        let query = Query::read(&wanted.query, route.parameters, service.limits())?;
        let segments = segments(request, route.segments)?;
        let address = address(&wanted, if has_suffix { format.suffix } else { None });
        let described = describes(route, format, &address);
        let is_long = route.effort.computes(&query) || format.is_whole();
        let is_there = wanted.known(Coding::Identity).is_some();
        let order = Order { wanted, route, query, segments, address, described };
        let made = async move {
            if is_long && !is_there {
                long(service.places(), move || order.fill(coding)).await.map_err(undone)?
            } else {
                aside(move || order.fill(coding)).await.map_err(undone)?
            }
        };
        made.instrument(span_of(&RequestId::of(request), request.method(), request.path())).await
    }
}

/// What is wanted, as it is known by in memory.
struct Wanted {
    view: Arc<View>,
    service: web::Data<Service>,
    format: &'static Format,
    path: String,
    query: String,
}

impl Wanted {
    fn key(&self, coding: Coding) -> String {
        format!("{} {} {}?{}", coding.name(), self.format.name, self.path, self.query)
    }

    fn known(&self, coding: Coding) -> Option<Arc<Stored>> {
        self.service.answers().get(&self.key(coding)).filter(|stored| stored.view == self.view.id)
    }

    fn remember(&self, coding: Coding, stored: &Arc<Stored>) {
        self.service.answers().insert(self.key(coding), Arc::clone(stored));
    }
}

/// An answer to be made: everything that goes into it.
struct Order {
    wanted: Wanted,
    route: &'static Route,
    query: Query,
    segments: Vec<(&'static str, String)>,
    address: String,
    described: Option<String>,
}

impl Order {
    fn fill(self, coding: Coding) -> Result<Made, ApiError> {
        let format = self.wanted.format;
        // Another client may have asked the same while this one waited.
        let plain = match self.wanted.known(Coding::Identity) {
            Some(plain) => plain,
            None => match self.make(coding)? {
                Made::Held(plain) => {
                    self.wanted.remember(Coding::Identity, &plain);
                    plain
                }
                long @ Made::Long { .. } => return Ok(long),
            },
        };
        if coding == Coding::Identity || plain.body.len() < SHORTEST_CODED || !format.is_text() {
            return Ok(Made::Held(plain));
        }
        let stored = Arc::new(Stored {
            view: plain.view.clone(),
            body: Bytes::from(compress(&plain.body, coding).map_err(|error| internal(&error))?),
            etag: with_coding(&plain.etag, coding)?,
            link: plain.link.clone(),
        });
        self.wanted.remember(coding, &stored);
        Ok(Made::Held(stored))
    }

    fn make(&self, coding: Coding) -> Result<Made, ApiError> {
        let Self { wanted, route, query, segments, address, described } = self;
        let question = Question {
            view: &wanted.view,
            service: &wanted.service,
            route,
            query: query.clone(),
            segments: segments.clone(),
            format: wanted.format,
            address: address.clone(),
        };
        let Content { body, next } = (route.answer)(&question)?;
        let next = next.as_deref().map(|cursor| next_link(wanted, cursor));
        let links: Vec<String> = next.into_iter().chain(described.clone()).collect();
        let link = HeaderValue::try_from(links.join(", ")).ok().filter(|link| !link.is_empty());
        let body = match (body, wanted.format.writing) {
            (Body::Ready(body), _) => body,
            (Body::Table(table), Writing::ByRow(write)) if table.length > LONGEST_HELD => {
                let etag = self.etag_of_long(coding)?;
                return Ok(Made::Long { table, write, etag, link });
            }
            (Body::Table(table), Writing::ByRow(write)) => {
                let (Table { head, mut rows, .. }, mut out) = (*table, Vec::new());
                write(&head, Part { is_first: true, rows: &mut rows }, &mut out).map_err(unwritten)?;
                out
            }
            (Body::Table(table), Writing::Whole(write)) => write(*table).map_err(unwritten)?,
            (Body::Table(_), Writing::Own | Writing::Standard) => Vec::new(),
        };
        let etag = format!("\"{}\"", hex::encode(Sha256::digest(&body).get(..16).unwrap_or_default()));
        Ok(Made::Held(Arc::new(Stored {
            view: wanted.view.id.clone(),
            etag: HeaderValue::try_from(etag).map_err(|error| internal(&error))?,
            link,
            body: Bytes::from(body),
        })))
    }

    /// What a long answer says follows from the program, the observations and the question.
    fn etag_of_long(&self, coding: Coding) -> Result<HeaderValue, ApiError> {
        let Wanted { view, format, path, query, .. } = &self.wanted;
        let said = format!("{} {} {} {path}?{query}", env!("CARGO_PKG_VERSION"), view.edition(), format.name);
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
fn address(wanted: &Wanted, suffix: Option<&str>) -> String {
    let path = wanted.path.as_str();
    let path =
        suffix.and_then(|suffix| path.strip_suffix(suffix)).and_then(|path| path.strip_suffix('.')).unwrap_or(path);
    match wanted.query.as_str() {
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
fn next_link(wanted: &Wanted, cursor: &str) -> String {
    let kept: Vec<&str> =
        wanted.query.split('&').filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("cursor")).collect();
    let separator = if kept.is_empty() { "" } else { "&" };
    format!("<{}?{}{separator}cursor={cursor}>; rel=\"next\"", wanted.path, kept.join("&"))
}

fn with_coding(etag: &HeaderValue, coding: Coding) -> Result<HeaderValue, ApiError> {
    let plain = etag.to_str().unwrap_or_default().trim_end_matches('"');
    HeaderValue::try_from(format!("{plain}-{}\"", coding.name())).map_err(|error| internal(&error))
}
