//! From a question to bytes on the wire: method, representation, memory of answers already given,
//! `ETag`, 304, HEAD. What the answer says is each resource's own function.

use std::pin::Pin;
use std::task::{Context, Poll};

use flate2::Compression;
use flate2::write::GzEncoder;
use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse, Resource};
use indicators::wire::ReleaseRef;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::{ApiError, ErrorCode};
use crate::http::{RequestId, Service};
use crate::openapi::SchemaOf;
use crate::routes::negotiation::{Coding, Format};
use crate::routes::query::{Parameter, Query};
use crate::routes::suggestion::{Candidate, near};
use crate::routes::{BASE, ROUTES};
use crate::view::{View, ViewHandle};

/// The methods every resource of the API answers.
pub const ALLOW: &str = "GET, HEAD, OPTIONS";

/// Answers shorter than this are sent as they are: a coding would save nothing.
const SHORTEST_CODED: usize = 1024;
/// Answers longer than this are compressed beside the threads that serve.
const LONGEST_CODED_INLINE: usize = 128 * 1024;

/// How long others may keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// It is only ever replaced by a refresh.
    Minutes,
    /// Its address names its content.
    Immutable,
    /// It says how things stand now.
    AskAlways,
}

impl Caching {
    const fn header(self) -> &'static str {
        match self {
            Self::Minutes => "public, max-age=60, stale-while-revalidate=600",
            Self::Immutable => "public, max-age=86400, immutable",
            Self::AskAlways => "public, no-cache",
        }
    }
}

/// One address of the API: everything that is mounted, checked and documented about it.
#[derive(Debug)]
pub struct Route {
    /// The path below [`BASE`].
    pub path: &'static str,
    /// Name of the operation, stable for generated clients.
    pub operation: &'static str,
    /// What it gives, in a few words.
    pub summary: &'static str,
    /// What a caller should know.
    pub description: &'static str,
    /// The variable segment of the path.
    pub segment: Option<Parameter>,
    /// The query parameters.
    pub parameters: &'static [Parameter],
    /// The representations, the one given by default first.
    pub formats: &'static [Format],
    /// How long others may keep it.
    pub caching: Caching,
    /// Refusals of its own, beside those every address shares.
    pub refusals: &'static [ErrorCode],
    /// Shape of the JSON answer.
    pub schema: SchemaOf,
    /// The answer.
    pub answer: fn(&Question<'_>) -> Result<Content, ApiError>,
}

/// What was asked, checked as far as the table goes.
#[derive(Debug)]
pub struct Question<'a> {
    /// Everything published.
    pub view: &'a View,
    /// The service around it.
    pub service: &'a Service,
    /// The query parameters.
    pub query: Query,
    /// The variable segment of the path.
    pub segment: &'a str,
    /// The representation.
    pub format: Format,
}

/// What is answered, before coding.
#[derive(Debug)]
pub struct Content {
    body: Vec<u8>,
    next: Option<String>,
}

impl Content {
    /// A JSON document.
    ///
    /// # Errors
    /// When it cannot be written, which is our fault.
    pub fn json(answer: &impl Serialize) -> Result<Self, ApiError> {
        Ok(Self { body: serde_json::to_vec(answer).map_err(|error| internal(&error))?, next: None })
    }

    /// A CSV file.
    ///
    /// # Errors
    /// When it could not be written, which is our fault.
    pub fn csv(table: Result<Vec<u8>, csv::Error>) -> Result<Self, ApiError> {
        Ok(Self { body: table.map_err(|error| internal(&error))?, next: None })
    }

    /// The same with the cursor of the next page, which becomes a `Link`.
    #[must_use]
    pub fn followed_by(self, next: Option<String>) -> Self {
        Self { next, ..self }
    }
}

fn internal(error: &dyn fmt::Display) -> ApiError {
    tracing::error!(%error, "an answer could not be written");
    ApiError::Internal
}

/// An answer ready to be sent, kept in memory.
#[derive(Debug)]
pub struct Stored {
    view: String,
    body: Bytes,
    etag: HeaderValue,
    link: Option<HeaderValue>,
}

impl Stored {
    /// Bytes held, for the bound on memory.
    #[must_use]
    pub fn weight(&self) -> u64 {
        u64::try_from(self.body.len() + self.view.len()).unwrap_or(u64::MAX)
    }
}

/// Mounts a route, at its own path or at the one with a format's suffix.
pub fn resource(route: &'static Route, suffix: Option<Format>) -> Resource {
    let path = match suffix.and_then(Format::suffix) {
        Some(suffix) => format!("{}.{suffix}", route.path),
        None => route.path.to_owned(),
    };
    web::resource(path).to(move |request: HttpRequest| respond(request, route, suffix))
}

async fn respond(request: HttpRequest, route: &'static Route, suffix: Option<Format>) -> HttpResponse {
    match attempt(&request, route, suffix).await {
        Ok(response) => response,
        Err(error) => refuse(&request, &error),
    }
}

/// The answer to a path that is not there.
pub async fn unknown_path(request: HttpRequest) -> HttpResponse {
    let path = request.path();
    let known: Vec<String> = ROUTES.iter().map(|route| format!("{BASE}{}", route.path)).collect();
    let did_you_mean = near(path, known.iter().map(|known| Candidate { code: known, names: [""; 3] }));
    refuse(&request, &ApiError::UnknownPath { path: path.to_owned(), did_you_mean })
}

/// The answer to a refused request.
pub fn refuse(request: &HttpRequest, error: &ApiError) -> HttpResponse {
    let mut response = error.response(request.path(), &RequestId::of(request));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept, accept-encoding"));
    response
}

/// The answer to `OPTIONS`, and to the question browsers ask before a request of another origin.
#[must_use]
pub fn options() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ALLOW, ALLOW))
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, ALLOW))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "accept, if-none-match, x-request-id"))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "86400"))
        .finish()
}

async fn attempt(
    request: &HttpRequest,
    route: &'static Route,
    suffix: Option<Format>,
) -> Result<HttpResponse, ApiError> {
    match *request.method() {
        Method::GET | Method::HEAD => {}
        Method::OPTIONS => return Ok(options()),
        _ => return Err(ApiError::MethodNotAllowed { method: request.method().to_string(), allow: ALLOW }),
    }
    let view = request.app_data::<web::Data<ViewHandle>>().ok_or(ApiError::Internal)?.current();
    let service = request.app_data::<web::Data<Service>>().ok_or(ApiError::Internal)?;
    let format = match suffix {
        Some(format) => format,
        None => Format::negotiate(request.headers(), route.formats)?,
    };
    let coding = Coding::negotiate(request.headers());
    let stored = find_or_make(request, route, &view, service, format, coding).await?;

    let fresh = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| names_etag(value, stored.etag.as_bytes()));
    let mut response = HttpResponse::build(if fresh { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    response
        .insert_header((header::ETAG, stored.etag.clone()))
        .insert_header((header::CACHE_CONTROL, route.caching.header()))
        .insert_header((header::VARY, HeaderValue::from_static("accept, accept-encoding")));
    if let Some(link) = &stored.link {
        response.insert_header((header::LINK, link.clone()));
    }
    if fresh {
        return Ok(response.finish());
    }
    response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static(format.content_type())));
    if format == Format::Csv {
        response.insert_header((
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"sandyq-{}.csv\"", route.operation),
        ));
    }
    if coded(&stored, coding) {
        response.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static(coding.name())));
    }
    if request.method() == Method::HEAD {
        return Ok(response.body(Withheld(stored.body.len())));
    }
    Ok(response.body(stored.body.clone()))
}

/// Whether an answer went through a coding: its `ETag` says so.
fn coded(stored: &Stored, coding: Coding) -> bool {
    coding != Coding::Identity && stored.etag.as_bytes().ends_with(format!("-{}\"", coding.name()).as_bytes())
}

fn names_etag(list: &str, etag: &[u8]) -> bool {
    list.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one).as_bytes() == etag)
}

async fn find_or_make(
    request: &HttpRequest,
    route: &'static Route,
    view: &Arc<View>,
    service: &web::Data<Service>,
    format: Format,
    coding: Coding,
) -> Result<Arc<Stored>, ApiError> {
    let key = |coding: Coding| {
        format!("{} {} {}?{}", coding.name(), format.media_type(), request.path(), request.query_string())
    };
    let known = |key: &str| service.answers().get(key).filter(|stored| stored.view == view.id);
    let wanted = key(coding);
    if let Some(stored) = known(&wanted) {
        return Ok(stored);
    }
    let plain_key = key(Coding::Identity);
    let plain = if let Some(plain) = known(&plain_key) {
        plain
    } else {
        let plain = Arc::new(make(request, route, view, service, format)?);
        service.answers().insert(plain_key, Arc::clone(&plain));
        plain
    };
    if coding == Coding::Identity || plain.body.len() < SHORTEST_CODED {
        return Ok(plain);
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
    Ok(stored)
}

fn make(
    request: &HttpRequest,
    route: &'static Route,
    view: &Arc<View>,
    service: &web::Data<Service>,
    format: Format,
) -> Result<Stored, ApiError> {
    let query = Query::read(request.query_string(), route.parameters, service.limits())?;
    let segment = route.segment.map_or("", |segment| request.match_info().query(segment.name));
    let content = (route.answer)(&Question { view, service, query, segment, format })?;
    let etag = format!("\"{}\"", hex::encode(Sha256::digest(&content.body).get(..16).unwrap_or_default()));
    Ok(Stored {
        view: view.id.clone(),
        etag: HeaderValue::try_from(etag).map_err(|error| internal(&error))?,
        link: content.next.as_deref().and_then(|cursor| next_link(request, cursor)),
        body: Bytes::from(content.body),
    })
}

/// `Link` to the next page: the same question with another cursor.
fn next_link(request: &HttpRequest, cursor: &str) -> Option<HeaderValue> {
    let kept: Vec<&str> = request
        .query_string()
        .split('&')
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("cursor"))
        .collect();
    let separator = if kept.is_empty() { "" } else { "&" };
    let link = format!("<{}?{}{separator}cursor={cursor}>; rel=\"next\"", request.path(), kept.join("&"));
    HeaderValue::try_from(link).ok()
}

fn with_coding(etag: &HeaderValue, coding: Coding) -> Result<HeaderValue, ApiError> {
    let plain = etag.to_str().unwrap_or_default().trim_end_matches('"');
    HeaderValue::try_from(format!("{plain}-{}\"", coding.name())).map_err(|error| internal(&error))
}

fn compress(body: &[u8], coding: Coding) -> io::Result<Vec<u8>> {
    match coding {
        Coding::Identity => Ok(body.to_vec()),
        Coding::Brotli => {
            let mut writer = brotli::CompressorWriter::new(Vec::new(), 64 * 1024, 5, 22);
            writer.write_all(body)?;
            Ok(writer.into_inner())
        }
        Coding::Zstd => zstd::encode_all(body, 6),
        Coding::Gzip => {
            let mut writer = GzEncoder::new(Vec::new(), Compression::default());
            writer.write_all(body)?;
            writer.finish()
        }
    }
}

/// The body of an answer to `HEAD`: its length, none of its bytes.
#[derive(Debug)]
struct Withheld(usize);

impl MessageBody for Withheld {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Sized(u64::try_from(self.0).unwrap_or(u64::MAX))
    }

    fn poll_next(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Poll::Ready(None)
    }
}

/// The releases of a view in words, for a refusal.
#[must_use]
pub fn list_releases<'a>(releases: impl Iterator<Item = &'a ReleaseRef>) -> String {
    let all: Vec<String> =
        releases.map(|one| format!("{} {} ({})", one.panel.code(), one.reference_year, one.id)).collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

/// The bound on the time an answer may take.
#[must_use]
pub fn timeout(service: &Service) -> Duration {
    Duration::from_secs(service.limits().request_timeout_seconds.into())
}
