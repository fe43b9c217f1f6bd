//! Work beside the threads that serve: what is done at once ([`aside`]), and what takes long ([`long`]), a computation
//! for the one who asks or a file that is held whole while it is written, of which only so much runs at a time.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tracing::Span;

use super::content::internal;
use crate::error::ApiError;
use crate::routes::query::Query;

/// Long work at once, whoever asks for it; other such work waits.
const AT_ONCE: usize = 2;
/// How long it waits before its client is told to come back. Shorter than the bound on the time of an answer.
const LONGEST_WAIT: Duration = Duration::from_secs(12);
/// When to come back.
const COME_BACK_SECONDS: u64 = 10;

/// The places for long work of one service.
#[derive(Debug, Clone)]
pub struct Places(Arc<Semaphore>);

impl Default for Places {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// What an answer costs that is not in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// It is read from what is published.
    Reading,
    /// It is computed for the one who asks.
    Computing,
    /// It is computed when this parameter is given, and else read.
    ComputingWith(&'static str),
}

impl Effort {
    /// Whether the answer to a question has to be computed.
    #[must_use]
    pub fn computes(self, query: &Query) -> bool {
        match self {
            Self::Reading => false,
            Self::Computing => true,
            Self::ComputingWith(parameter) => query.one(parameter).is_some(),
        }
    }
}

/// Works beside the threads that serve.
///
/// # Errors
/// Those of the work, and a panic in it.
pub(in crate::routes) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    // What is logged there belongs to the request too.
    let span = Span::current();
    web::block(move || span.in_scope(work)).await.map_err(|error| internal(&error))?
}

/// Works for long beside the threads that serve, when a place is free.
///
/// # Errors
/// [`ApiError::Busy`] when none became free in time; else as [`aside`].
pub(in crate::routes) async fn long<T: Send + 'static>(
    places: &Places,
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let place = timeout(LONGEST_WAIT, Arc::clone(&places.0).acquire_owned())
        .await
        .map_err(|_elapsed| ApiError::Busy { retry_after_seconds: COME_BACK_SECONDS })?
        .map_err(|error| internal(&error))?;
    aside(move || {
        let done = work();
        // The place goes with the work: a client that leaves does not make room for another.
        drop(place);
        done
    })
    .await
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::sync::mpsc;

    use futures_util::FutureExt;

    use super::*;

    #[actix_web::test]
    async fn a_client_that_leaves_gives_no_place_back_before_its_work_is_done() {
        let places = Places(Arc::new(Semaphore::new(1)));
        let (go, wait) = mpsc::channel::<()>();
        let (told, begun) = mpsc::channel();
        let mut asked = Box::pin(long(&places, move || {
            told.send(()).unwrap();
            wait.recv().unwrap();
            Ok(())
        }));
        assert!((&mut asked).now_or_never().is_none());
        begun.recv().unwrap();
        drop(asked);
        assert_eq!(places.0.available_permits(), 0, "its work goes on");
        go.send(()).unwrap();
        let place = timeout(Duration::from_secs(20), places.0.acquire()).await.unwrap();
        assert_eq!(place.unwrap().num_permits(), 1);
    }
}
