//! From a question to bytes: found among the answers already given, or made, written and coded.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderValue;
use actix_web::web;
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};
use tracing::Instrument;

use super::coding::compress;
use super::content::{Body, Content, internal, undone, unwritten};
use super::memory::{Representation, Stored};
use super::sending::{Said, head_of};
use super::streamed::Long;
use super::{Caching, Question, Route, terms_of};
use crate::error::ApiError;
use crate::formats::{Format, Part, Table, Writing};
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
    Long(Box<Long>),
}

/// What is wanted, as far as the table of routes can tell: all that an answer is made from beside the view.
#[derive(Debug)]
pub(super) struct Wanted {
    route: &'static Route,
    format: &'static Format,
    has_suffix: bool,
    path: String,
    query: String,
    segments: Vec<(&'static str, String)>,
}

impl Wanted {
    /// What a request wants of the route it came to.
    pub(super) fn read(
        request: &HttpRequest,
        route: &'static Route,
        format: &'static Format,
        has_suffix: bool,
    ) -> Result<Self, ApiError> {
        let (path, query) = (request.path().to_owned(), request.query_string().to_owned());
        let segments = segments(request, route.segments)?;
        Ok(Self { route, format, has_suffix, path, query, segments })
    }

    fn representation(&self, coding: Coding, view: &View) -> Representation {
        let address = format!("{}?{}", self.path, self.query);
        Representation { view: view.id.clone(), coding, format: self.format.name, address }
    }

    /// Path and query, without the suffix of a format.
    fn address(&self) -> String {
        let suffix = self.format.suffix.filter(|_| self.has_suffix);
        let path = suffix.and_then(|suffix| self.path.strip_suffix(suffix)?.strip_suffix('.')).unwrap_or(&self.path);
        match self.query.as_str() {
            "" => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }

    /// `Link` to the next page: the same question with another cursor.
    fn next_link(&self, cursor: &str) -> String {
        let pairs = self.query.split('&');
        let kept: Vec<&str> =
            pairs.filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("cursor")).collect();
        let separator = if kept.is_empty() { "" } else { "&" };
        format!("<{}?{}{separator}cursor={cursor}>; rel=\"next\"", self.path, kept.join("&"))
    }
}

/// An answer to be made from a view.
#[derive(Clone)]
pub(super) struct Order {
    pub(super) wanted: Arc<Wanted>,
    pub(super) view: Arc<View>,
    pub(super) service: web::Data<Service>,
}

/// The answer, from memory where it is there. Else it is made beside the threads that serve.
pub(super) async fn find_or_make(request: &HttpRequest, order: Order, coding: Coding) -> Result<Made, ApiError> {
    if let Some(stored) = order.known(coding) {
        return Ok(Made::Held(stored));
    }
    let query = order.query()?;
    let (is_long, service) = (order.is_long(&query), order.service.clone());
    let made = async move {
        if is_long {
            long(service.places(), move || order.fill(query, coding)).await.map_err(undone)?
        } else {
            aside(move || order.fill(query, coding)).await.map_err(undone)?
        }
    };
    made.instrument(span_of(&RequestId::of(request), request.method(), request.path())).await
}

impl Order {
    /// The answer as it is asked for again of another view; `None` when it takes long, or cannot be given any more.
    pub(super) fn fill_ahead(self, coding: Coding) -> Option<Arc<Stored>> {
        if let Some(stored) = self.known(coding) {
            return Some(stored);
        }
        let query = self.query().ok()?;
        if self.is_long(&query) {
            return None;
        }
        match self.fill(query, coding) {
            Ok(Made::Held(stored)) => Some(stored),
            Ok(Made::Long(_)) | Err(_) => None,
        }
    }

    fn query(&self) -> Result<Query, ApiError> {
        Query::read(&self.wanted.query, self.wanted.route.parameters, self.service.limits())
    }

    /// Whether it takes long to make, and is not there in another coding.
    fn is_long(&self, query: &Query) -> bool {
        let Wanted { route, format, .. } = *self.wanted;
        (route.effort.computes(query) || format.is_whole()) && self.known(Coding::Identity).is_none()
    }

    fn known(&self, coding: Coding) -> Option<Arc<Stored>> {
        self.service.answers().known(self.wanted.representation(coding, &self.view))
    }

    fn remember(&self, coding: Coding, stored: &Arc<Stored>) {
        self.service.answers().keep(self.wanted.representation(coding, &self.view), Arc::clone(stored));
    }

    fn fill(&self, query: Query, coding: Coding) -> Result<Made, ApiError> {
        // Another client may have asked the same while this one waited.
        let plain = match self.known(Coding::Identity) {
            Some(plain) => plain,
            None => match self.make(query, coding)? {
                Made::Held(plain) => {
                    self.remember(Coding::Identity, &plain);
                    plain
                }
                long @ Made::Long(_) => return Ok(long),
            },
        };
        if coding == Coding::Identity || plain.body.len() < SHORTEST_CODED || !self.wanted.format.is_text() {
            return Ok(Made::Held(plain));
        }
        let body = compress(&plain.body, coding).map_err(|error| internal(&error))?;
        let stored = Arc::new(plain.coded(coding, body.into(), with_coding(plain.etag(), coding)?));
        self.remember(coding, &stored);
        Ok(Made::Held(stored))
    }

    fn make(&self, query: Query, coding: Coding) -> Result<Made, ApiError> {
        let Self { wanted, view, service } = self;
        let Wanted { route, format, .. } = **wanted;
        let address = wanted.address();
        let described = describes(route, format, &address);
        let segments = wanted.segments.clone();
        let question = Question { view, service, route, query, segments, format, address };
        let Content { body, next, cited } = (route.answer)(&question)?;
        let next = next.as_deref().map(|cursor| wanted.next_link(cursor));
        let links: Vec<String> = next.into_iter().chain(described).chain(terms_of(&cited)).collect();
        let link = HeaderValue::try_from(links.join(", ")).ok().filter(|link| !link.is_empty());
        let body = match (body, format.writing) {
            (Body::Ready(body), _) => body,
            (Body::Table(table), Writing::ByRow(write)) if table.length > LONGEST_HELD => {
                let head = head_of(&self.said(self.etag_of_long(coding)?, link), coding);
                return Ok(Made::Long(Box::new(Long {
                    head,
                    modified_at: self.modified_at(),
                    table: *table,
                    write,
                    coding,
                })));
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
        let etag = HeaderValue::try_from(etag).map_err(|error| internal(&error))?;
        let head = head_of(&self.said(etag, link), Coding::Identity);
        Ok(Made::Held(Arc::new(Stored::new(self, head, body.into()))))
    }

    /// What the answer says of itself.
    fn said(&self, etag: HeaderValue, link: Option<HeaderValue>) -> Said<'_> {
        let Wanted { route, format, ref query, .. } = *self.wanted;
        Said { route, format, query, modified_at: self.modified_at(), etag, link }
    }

    /// From when on the answer can be what it is. What says how things stand moves with every view, the rest with the
    /// figures; and another program may say all of it otherwise.
    pub(super) fn modified_at(&self) -> Timestamp {
        let moved = match self.wanted.route.caching {
            Caching::AskAlways => self.view.in_force_since,
            Caching::Minutes | Caching::Immutable => self.view.figures_since,
        };
        let moment = moved.max(self.service.started_at());
        // The header counts whole seconds, and what is compared with it must have none besides.
        Timestamp::from_second(moment.as_second()).unwrap_or(moment)
    }

    /// What a long answer says follows from the program, the question, and the view or what it holds of figures.
    fn etag_of_long(&self, coding: Coding) -> Result<HeaderValue, ApiError> {
        let Wanted { route, format, path, query, .. } = &*self.wanted;
        let held = match route.caching {
            Caching::AskAlways => self.view.id.clone(),
            Caching::Minutes | Caching::Immutable => self.view.figures(),
        };
        let said = format!("{} {held} {} {path}?{query}", env!("CARGO_PKG_VERSION"), format.name);
        let plain = format!("\"{}\"", hex::encode(Sha256::digest(said).get(..16).unwrap_or_default()));
        let plain = HeaderValue::try_from(plain).map_err(|error| internal(&error))?;
        if coding == Coding::Identity { Ok(plain) } else { with_coding(Some(&plain), coding) }
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

fn with_coding(etag: Option<&HeaderValue>, coding: Coding) -> Result<HeaderValue, ApiError> {
    let plain = etag.and_then(|etag| etag.to_str().ok()).unwrap_or_default().trim_end_matches('"');
    HeaderValue::try_from(format!("{plain}-{}\"", coding.name())).map_err(|error| internal(&error))
}
