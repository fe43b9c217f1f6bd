//! Answers already given, kept in memory: by what they represent, and by the very words they were asked in. Who asks
//! the same again is answered before anything is routed or negotiated. How an answer is made is [`super::making`]'s.

use std::cmp::Reverse;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use actix_web::body::BoxBody;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::making::{Order, Wanted};
use super::sending::{Withheld, is_fresh, not_modified, with_head};
use crate::http::Service;
use crate::routes::negotiation::Coding;
use crate::view::{View, ViewHandle};

/// Memory for answers already given, in bytes.
const ANSWERS_BYTES: u64 = 64 * 1024 * 1024;
/// Answers expected at once; the bound is the memory, not this.
const ANSWERS: usize = 4096;
/// Longer words are not remembered: nobody asks them twice.
const LONGEST_WORDS: usize = 1024;
/// Between the words: neither an address nor a header can hold the end of a line.
const END: &str = "\n";
/// Answers made ahead for a new view, at most.
const MOST_AHEAD: usize = 256;
/// For how long they may hold it up.
const LONGEST_AHEAD: Duration = Duration::from_secs(5);
/// What an entry costs beside its bytes: counters, the map, the head of the answer.
const ENTRY_BYTES: u64 = 4096;

/// Answers already given.
pub struct Answers(Cache<Key, Arc<Stored>, ByBytes>);

/// What an answer is known by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Representation(Representation),
    /// The view, path and query, `Accept` and `Accept-Encoding` as they were sent: all that an answer depends on.
    Words(String),
}

/// One representation of what an address stands for. Those of former views are not asked for again and make room by
/// themselves.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Representation {
    pub(super) view: String,
    pub(super) coding: Coding,
    pub(super) format: &'static str,
    pub(super) address: String,
}

#[derive(Debug, Clone, Copy)]
struct ByBytes;

impl Weighter<Key, Arc<Stored>> for ByBytes {
    fn weight(&self, key: &Key, answer: &Arc<Stored>) -> u64 {
        let key = match key {
            Key::Representation(known) => known.address.len(),
            Key::Words(words) => words.len(),
        };
        // Bytes known by two keys count twice: either may outlive the other.
        u64::try_from(key + answer.body.len()).unwrap_or(u64::MAX).saturating_add(ENTRY_BYTES)
    }
}

impl Default for Answers {
    fn default() -> Self {
        Self(Cache::with_weighter(ANSWERS, ANSWERS_BYTES, ByBytes))
    }
}

impl fmt::Debug for Answers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Answers").field("len", &self.0.len()).finish_non_exhaustive()
    }
}

impl Answers {
    /// How many are held.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// A representation that was made before.
    pub(super) fn known(&self, representation: Representation) -> Option<Arc<Stored>> {
        self.0.get(&Key::Representation(representation))
    }

    pub(super) fn keep(&self, representation: Representation, stored: Arc<Stored>) {
        self.0.insert(Key::Representation(representation), stored);
    }

    /// Remembers what the words of a request are answered with.
    pub(super) fn keep_words(&self, request: &HttpRequest, view: &View, stored: &Arc<Stored>) {
        if let Some(words) = words(request, view) {
            self.0.insert(Key::Words(words), Arc::clone(stored));
        }
    }

    /// What was asked most of a view: the words without it, and what they were answered with.
    fn asked_most(&self, of: &View) -> Vec<(String, Arc<Stored>)> {
        let mut asked: Vec<(String, Arc<Stored>)> = Vec::new();
        for (key, stored) in self.0.iter() {
            if let Key::Words(words) = key
                && let Some((view, words)) = words.split_once(END)
                && view == of.id
                && stored.asked.load(Ordering::Relaxed) > 0
            {
                asked.push((words.to_owned(), stored));
            }
        }
        asked.sort_by_key(|(_, stored)| Reverse(stored.asked.load(Ordering::Relaxed)));
        asked.truncate(MOST_AHEAD);
        asked
    }
}

/// The answer to a request whose very words were answered before, from the same view.
#[must_use]
pub fn recall(request: &HttpRequest, service: &Service) -> Option<HttpResponse> {
    let view = request.app_data::<web::Data<ViewHandle>>()?.current();
    let stored = service.answers().0.get(&Key::Words(words(request, &view)?))?;
    stored.asked.fetch_add(1, Ordering::Relaxed);
    Some(stored.answer(request))
}

/// Answers ahead, from a view that is about to be put in force, what was asked most of the one before it.
pub fn prepare(before: &View, next: &Arc<View>, service: &web::Data<Service>) {
    let (answers, begun) = (service.answers(), Instant::now());
    for (words, given) in answers.asked_most(before) {
        if begun.elapsed() > LONGEST_AHEAD {
            break;
        }
        let order = Order { wanted: Arc::clone(&given.wanted), view: Arc::clone(next), service: service.clone() };
        if let Some(stored) = order.fill_ahead(given.coding) {
            // What nobody asks for any more is forgotten after a few views.
            stored.asked.fetch_max(given.asked.load(Ordering::Relaxed) / 2, Ordering::Relaxed);
            answers.0.insert(Key::Words([&next.id, END, &words].concat()), stored);
        }
    }
}

fn words(request: &HttpRequest, view: &View) -> Option<String> {
    if request.method() != Method::GET {
        return None;
    }
    let asked = request.uri().path_and_query()?.as_str();
    let (accept, coding) = (only(request, header::ACCEPT)?, only(request, header::ACCEPT_ENCODING)?);
    let words = [&view.id, END, asked, END, accept, END, coding];
    (words.iter().map(|part| part.len()).sum::<usize>() <= LONGEST_WORDS).then(|| words.concat())
}

/// The value of a header that stands there once or not at all; empty when it does not.
fn only(request: &HttpRequest, name: HeaderName) -> Option<&str> {
    let mut values = request.headers().get_all(name);
    let value = values.next().map_or(Some(""), |value| value.to_str().ok())?;
    values.next().is_none().then_some(value)
}

/// An answer ready to be sent.
#[derive(Debug)]
pub(super) struct Stored {
    wanted: Arc<Wanted>,
    coding: Coding,
    modified_at: Timestamp,
    head: HeaderMap,
    pub(super) body: Bytes,
    /// How often it was asked for in words that were known.
    asked: AtomicU32,
}

impl Stored {
    /// What an order was filled with, as it is.
    pub(super) fn new(order: &Order, head: HeaderMap, body: Bytes) -> Self {
        let (wanted, modified_at) = (Arc::clone(&order.wanted), order.modified_at());
        Self { wanted, coding: Coding::Identity, modified_at, head, body, asked: AtomicU32::new(0) }
    }

    /// The same in a content coding.
    pub(super) fn coded(&self, coding: Coding, body: Bytes, etag: HeaderValue) -> Self {
        let mut head = self.head.clone();
        head.insert(header::ETAG, etag);
        head.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
        let (wanted, modified_at) = (Arc::clone(&self.wanted), self.modified_at);
        Self { wanted, coding, modified_at, head, body, asked: AtomicU32::new(0) }
    }

    pub(super) fn etag(&self) -> Option<&HeaderValue> {
        self.head.get(header::ETAG)
    }

    /// The answer to one request: the bytes, or that the client holds them.
    pub(super) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        if is_fresh(request, self.etag(), self.modified_at) {
            return not_modified(&self.head);
        }
        let body = if request.method() == Method::HEAD {
            BoxBody::new(Withheld::of(self.body.len()))
        } else {
            BoxBody::new(self.body.clone())
        };
        with_head(self.head.clone(), body)
    }
}
