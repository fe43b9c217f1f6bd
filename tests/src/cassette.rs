//! Stands in for the providers: replays recorded answers over real HTTP on this machine.
//!
//! A request that is not in the cassette is answered 404 and fails the test when the cassette is
//! dropped: a test that asks for something nobody recorded proves nothing.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::{future, io, mem};

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION, RETRY_AFTER};
use actix_web::rt::System;
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use anyhow::{Context, Result, anyhow};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::recording;

/// What a provider answers.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Status 200 with these bytes and an entity tag; 304 to whoever has them.
    Bytes {
        /// Media type.
        content_type: &'static str,
        /// Body.
        body: Bytes,
    },
    /// Another status with a body.
    Status {
        /// The status.
        status: u16,
        /// Body, as HTML.
        body: &'static str,
    },
    /// Promises the whole length, sends half, and hangs up.
    Truncated(Bytes),
    /// Promises the whole length, sends half, and says nothing more.
    Stalled(Bytes),
    /// Takes the question and never answers.
    Silent,
    /// Sends the client elsewhere.
    Redirect(String),
    /// Exactly this, with no entity tag.
    Plain {
        /// The status.
        status: u16,
        /// Headers.
        headers: Vec<(&'static str, String)>,
        /// Body.
        body: Bytes,
    },
    /// Status 200 and a body that does not end before a gigabyte.
    Endless,
}

/// A request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Path and query.
    pub path: String,
    /// The status it got.
    pub status: u16,
    /// The user agent it named.
    pub user_agent: String,
    /// What it showed to be let in.
    pub authorization: String,
    /// What it brought; empty when it only asked.
    pub body: Bytes,
}

#[derive(Default)]
struct State {
    /// Whether a status of 404 is what a test is about.
    expects_misses: AtomicBool,
    replies: Mutex<BTreeMap<String, Reply>>,
    asked: Mutex<Vec<Asked>>,
    n_asked: watch::Sender<usize>,
}

/// The loopback server.
pub struct Cassette {
    address: SocketAddr,
    state: Arc<State>,
    handle: ServerHandle,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Cassette {
    /// Starts with nothing recorded.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn start() -> Result<Self> {
        let state = Arc::new(State::default());
        let shared = Data::from(Arc::clone(&state));
        let (send, receive) = mpsc::channel();
        let thread = thread::spawn(move || {
            System::new().block_on(async move {
                let app = move || App::new().app_data(shared.clone()).default_service(web::to(answer));
                let server = HttpServer::new(app).workers(1).disable_signals().shutdown_timeout(0);
                let server = server.bind((Ipv4Addr::LOCALHOST, 0))?;
                let address = server.addrs().first().copied();
                let server = server.run();
                _ = send.send((address, server.handle()));
                server.await
            })
        });
        let (address, handle) = receive.recv().context("the cassette did not start")?;
        let address = address.ok_or_else(|| anyhow!("the cassette has no address"))?;
        Ok(Self { address, state, handle, thread: Some(thread) })
    }

    /// The address to use as a base URL.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers a path, from now on, in this way.
    pub fn reply(&self, path: &str, reply: Reply) {
        lock(&self.state.replies).insert(path.to_owned(), reply);
    }

    /// From now on a status of 404 is meant.
    pub fn expect_misses(&self) {
        self.state.expects_misses.store(true, Ordering::Relaxed);
    }

    /// Answers a path with a recorded file of `fixtures/sources`.
    ///
    /// # Errors
    /// When there is no such recording.
    pub fn record(&self, path: &str, recorded: &str) -> Result<()> {
        self.reply(path, Reply::csv(recording::read(recorded)?));
        Ok(())
    }

    /// What was asked for so far, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.state.asked).clone()
    }

    /// Waits until that many requests have come since the cassette started.
    ///
    /// # Errors
    /// When the cassette stops first.
    pub async fn wait_for_requests(&self, n: usize) -> Result<()> {
        self.state.n_asked.subscribe().wait_for(|found| *found >= n).await.context("the cassette stopped")?;
        Ok(())
    }
}

impl Reply {
    /// A CSV file.
    #[must_use]
    pub fn csv(body: impl Into<Bytes>) -> Self {
        Self::Bytes { content_type: "text/csv; charset=utf-8", body: body.into() }
    }

    /// A page of HTML, with status 200: what a provider's error often looks like.
    #[must_use]
    pub fn html(body: &'static str) -> Self {
        Self::Bytes { content_type: "text/html; charset=utf-8", body: Bytes::from_static(body.as_bytes()) }
    }

    fn response(self, request: &HttpRequest) -> HttpResponse {
        match self {
            Self::Bytes { content_type, body } => {
                let tag = format!("\"{}\"", hex::encode(Sha256::digest(&body)));
                let known =
                    request.headers().get(IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
                if known {
                    return HttpResponse::NotModified().insert_header((ETAG, tag)).finish();
                }
                HttpResponse::Ok().insert_header((CONTENT_TYPE, content_type)).insert_header((ETAG, tag)).body(body)
            }
            Self::Status { status, body } => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                // Whoever retries need not wait: the tests are about what happens, not when.
                HttpResponse::build(status)
                    .insert_header((CONTENT_TYPE, "text/html"))
                    .insert_header((RETRY_AFTER, "0"))
                    .body(body)
            }
            Self::Truncated(body) => {
                let half = body.slice(..body.len() / 2);
                let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
                let hung_up = io::Error::from(io::ErrorKind::ConnectionAborted);
                HttpResponse::Ok()
                    .insert_header((CONTENT_TYPE, "text/csv"))
                    .no_chunking(length)
                    .streaming(stream::iter([Ok(half), Err(hung_up)]))
            }
            Self::Stalled(body) => {
                let half = body.slice(..body.len() / 2);
                let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
                let first = stream::iter([Ok::<_, io::Error>(half)]);
                HttpResponse::Ok()
                    .insert_header((CONTENT_TYPE, "text/csv"))
                    .no_chunking(length)
                    .streaming(first.chain(stream::pending()))
            }
            Self::Plain { status, headers, body } => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let mut response = HttpResponse::build(status);
                for header in headers {
                    response.insert_header(header);
                }
                response.body(body)
            }
            Self::Endless => {
                let megabyte = Bytes::from(vec![b'1'; 1 << 20]);
                let chunks = stream::repeat_with(move || Ok::<_, io::Error>(megabyte.clone())).take(1 << 10);
                HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/csv")).streaming(chunks)
            }
            Self::Redirect(to) => HttpResponse::Found().insert_header((LOCATION, to)).finish(),
            // Written down under the status that servers log when nothing was sent; `answer` sends nothing.
            Self::Silent => HttpResponse::build(StatusCode::from_u16(NOTHING_SENT).unwrap_or_default()).finish(),
        }
    }
}

/// What servers write into their logs for a connection they closed without an answer.
const NOTHING_SENT: u16 = 444;

async fn answer(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let reply = lock(&state.replies).get(&path).cloned();
    let is_silent = matches!(reply, Some(Reply::Silent));
    let response = match reply {
        Some(reply) => reply.response(&request),
        None => HttpResponse::NotFound().body("not in the cassette"),
    };
    let header = |name: &str| {
        let value = request.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let asked = Asked {
        path,
        status: response.status().as_u16(),
        user_agent: header("user-agent"),
        authorization: header("authorization"),
        body,
    };
    lock(&state.asked).push(asked);
    state.n_asked.send_modify(|n| *n += 1);
    if is_silent {
        future::pending::<()>().await;
    }
    response
}

impl Drop for Cassette {
    fn drop(&mut self) {
        // The answer to `stop` is not awaited: joining the thread waits for the same thing.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
        let asked = mem::take(&mut *lock(&self.state.asked));
        if !thread::panicking() && !self.state.expects_misses.load(Ordering::Relaxed) {
            let misses: Vec<&Asked> = asked.iter().filter(|asked| asked.status == 404).collect();
            assert!(misses.is_empty(), "requests that are not in the cassette: {misses:?}");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
