//! A long answer on its way: rows are read from the view, written and coded as the client takes
//! them, so that nobody holds the whole of it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodyStream, BoxBody};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::Stream;
use jiff::Timestamp;

use super::coding::Encoder;
use super::content::internal;
use super::sending::{Withheld, is_fresh, not_modified, with_head};
use crate::error::ApiError;
use crate::formats::{Head, Part, Rows, Table, WriteRows};
use crate::routes::negotiation::Coding;

/// Rows written in one go.
const ROWS_AT_ONCE: usize = 512;

/// An answer that is written while it is sent.
pub(super) struct Long {
    pub(super) head: HeaderMap,
    pub(super) modified_at: Timestamp,
    pub(super) table: Table,
    pub(super) write: WriteRows,
    pub(super) coding: Coding,
}

impl Long {
    /// The answer to one request: the rows on their way, or that the client holds them.
    pub(super) fn answer(self, request: &HttpRequest) -> Result<HttpResponse, ApiError> {
        let Self { head, modified_at, table, write, coding } = self;
        if is_fresh(request, head.get(header::ETAG), modified_at) {
            return Ok(not_modified(&head));
        }
        let body = if request.method() == Method::HEAD {
            BoxBody::new(Withheld::of_a_stream())
        } else {
            BoxBody::new(BodyStream::new(Chunks::new(table, write, coding).map_err(|error| internal(&error))?))
        };
        Ok(with_head(head, body))
    }
}

/// The bytes of a table, as they are asked for. An error ends the connection before the end of the
/// body, so that a client cannot take a part for the whole.
struct Chunks {
    head: Head,
    rows: Rows,
    write: WriteRows,
    /// Gone once the end is written.
    encoder: Option<Encoder>,
    is_first: bool,
}

impl Chunks {
    fn new(table: Table, write: WriteRows, coding: Coding) -> io::Result<Self> {
        let Table { head, rows, .. } = table;
        Ok(Self { head, rows, write, encoder: Some(Encoder::new(coding)?), is_first: true })
    }

    fn next_chunk(&mut self) -> io::Result<Option<Bytes>> {
        while let Some(encoder) = &mut self.encoder {
            let mut rows = self.rows.by_ref().take(ROWS_AT_ONCE).peekable();
            let is_last = rows.peek().is_none();
            let mut written = Vec::new();
            if !is_last || self.is_first {
                let part = Part { is_first: self.is_first, rows: &mut rows };
                (self.write)(&self.head, part, &mut written).map_err(io::Error::other)?;
                self.is_first = false;
            }
            encoder.write(&written)?;
            let mut ready = encoder.take();
            if is_last && let Some(encoder) = self.encoder.take() {
                ready.extend(encoder.finish()?);
            }
            if !ready.is_empty() {
                return Ok(Some(ready.into()));
            }
        }
        Ok(None)
    }
}

impl Stream for Chunks {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.get_mut().next_chunk().transpose())
    }
}
