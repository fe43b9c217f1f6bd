//! What an answer says of itself in its head, and whether its client holds it already.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::SystemTime;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue, HttpDate};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;

use super::Route;
use crate::formats::Format;
use crate::http::usual_headers;
use crate::routes::deprecation::{self, DEPRECATED};
use crate::routes::negotiation::Coding;

/// What a head is made from.
pub(super) struct Said<'a> {
    pub(super) route: &'static Route,
    pub(super) format: &'static Format,
    pub(super) query: &'a str,
    pub(super) modified_at: Timestamp,
    pub(super) etag: HeaderValue,
    pub(super) link: Option<HeaderValue>,
}

/// The head of a good answer, all but what is said of each request: its identifier and its quota.
pub(super) fn head_of(said: &Said<'_>, coding: Coding) -> HeaderMap {
    let Said { route, format, query, modified_at, etag, link } = said;
    let mut head = HeaderMap::with_capacity(24);
    usual_headers(&mut head, true);
    head.insert(header::ETAG, etag.clone());
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static(route.caching.header()));
    head.insert(header::VARY, HeaderValue::from_static("accept, accept-encoding"));
    if let Ok(moment) = HeaderValue::try_from(HttpDate::from(SystemTime::from(*modified_at)).to_string()) {
        head.insert(header::LAST_MODIFIED, moment);
    }
    if let Some(link) = link {
        head.insert(header::LINK, link.clone());
    }
    // Apart first: the policy has a link of its own, beside that of the next page.
    let mut told = HeaderMap::new();
    deprecation::tell(DEPRECATED, route.operation, query, &mut told);
    for (name, value) in told {
        head.append(name, value);
    }
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type));
    if let Some(suffix) = format.suffix {
        let place = if format.is_text() { "inline" } else { "attachment" };
        let name = format!("{place}; filename=\"sandyq-{}.{suffix}\"", route.operation);
        if let Ok(name) = HeaderValue::try_from(name) {
            head.insert(header::CONTENT_DISPOSITION, name);
        }
    }
    if coding != Coding::Identity {
        head.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    }
    head
}

/// A good answer.
pub(super) fn with_head(head: HeaderMap, body: BoxBody) -> HttpResponse {
    let mut response = HttpResponse::with_body(StatusCode::OK, body);
    *response.headers_mut() = head;
    response
}

/// Tells a client that it holds the answer: the same head without what describes bytes.
pub(super) fn not_modified(head: &HeaderMap) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::NOT_MODIFIED);
    let mut head = head.clone();
    for name in [header::CONTENT_TYPE, header::CONTENT_DISPOSITION, header::CONTENT_ENCODING] {
        head.remove(name);
    }
    *response.headers_mut() = head;
    response
}

/// Whether the client holds the answer: by its `ETag`, or by the moment when it sent none.
pub(super) fn is_fresh(request: &HttpRequest, etag: Option<&HeaderValue>, modified_at: Timestamp) -> bool {
    let header = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if let Some(held) = header(header::IF_NONE_MATCH) {
        return etag.is_some_and(|etag| names_etag(held, etag.as_bytes()));
    }
    let since = header(header::IF_MODIFIED_SINCE).and_then(|text| text.parse::<HttpDate>().ok());
    since.is_some_and(|since| HttpDate::from(SystemTime::from(modified_at)) <= since)
}

fn names_etag(list: &str, etag: &[u8]) -> bool {
    list.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one).as_bytes() == etag)
}

/// The body of an answer to `HEAD`: its length where it is known, none of its bytes.
#[derive(Debug)]
pub(super) struct Withheld(BodySize);

impl Withheld {
    pub(super) fn of(length: usize) -> Self {
        Self(BodySize::Sized(u64::try_from(length).unwrap_or(u64::MAX)))
    }

    /// Of a body whose length shows only when it was sent.
    pub(super) const fn of_a_stream() -> Self {
        Self(BodySize::Stream)
    }
}

impl MessageBody for Withheld {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        self.0
    }

    fn poll_next(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Poll::Ready(None)
    }
}
