//! Work beside the threads that serve: what is done at once ([`aside`]), and what takes long ([`long`]), a computation
//! for the one who asks or a file that is held whole while it is written, of which only so much runs at a time, whether
//! the API or a page asks for it. What an asker is told who got no place is each door's own matter.

use std::sync::Arc;
use std::time::Duration;

use actix_web::error::BlockingError;
use actix_web::web;
use tokio::sync::{AcquireError, Semaphore};
use tokio::time::timeout;
use tracing::Span;

/// Long work at once, whoever asks for it; other such work waits.
const AT_ONCE: usize = 2;
/// How long it waits before its client is told to come back. Shorter than the bound on the time of an answer.
const LONGEST_WAIT: Duration = Duration::from_secs(12);
/// When to come back.
const COME_BACK_SECONDS: u64 = 10;

/// The places for long work of one service.
#[derive(Debug, Clone)]
pub struct Places {
    free: Arc<Semaphore>,
    longest_wait: Duration,
}

impl Default for Places {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(AT_ONCE)), longest_wait: LONGEST_WAIT }
    }
}

/// Why work was not done.
#[derive(Debug, thiserror::Error)]
pub enum Undone {
    /// No place became free in time.
    #[error("other long work is under way; come again in {retry_after_seconds} s")]
    Busy {
        /// When to come again.
        retry_after_seconds: u64,
    },
    /// There are no places any more.
    #[error("long work is not taken any more")]
    Closed(#[from] AcquireError),
    /// It panicked, or the service ends.
    #[error("the work broke off")]
    Broken(#[from] BlockingError),
}

/// Works beside the threads that serve.
///
/// # Errors
/// When the work broke off.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Undone> {
    // What is logged there belongs to the request too.
    let span = Span::current();
    Ok(web::block(move || span.in_scope(work)).await?)
}

/// Works for long beside the threads that serve, when a place is free.
///
/// # Errors
/// [`Undone::Busy`] when none became free in time; else as [`aside`].
pub async fn long<T: Send + 'static>(places: &Places, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Undone> {
    let place = timeout(places.longest_wait, Arc::clone(&places.free).acquire_owned())
        .await
        .map_err(|_elapsed| Undone::Busy { retry_after_seconds: COME_BACK_SECONDS })??;
    aside(move || {
        let done = work();
        // The place goes with the work: a client that leaves does not make room for another.
        drop(place);
        done
    })
    .await
}

#[cfg(test)]
impl Places {
    /// Places of which none is free and nobody waits for one.
    pub(crate) fn all_taken() -> Self {
        Self { free: Arc::new(Semaphore::new(0)), longest_wait: Duration::ZERO }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::sync::mpsc;

    use futures_util::FutureExt;

    use super::*;

    #[actix_web::test]
    async fn a_client_that_leaves_gives_no_place_back_before_its_work_is_done() {
        let places = Places { free: Arc::new(Semaphore::new(1)), ..Places::default() };
        let (go, wait) = mpsc::channel::<()>();
        let (told, begun) = mpsc::channel();
        let mut asked = Box::pin(long(&places, move || {
            told.send(()).unwrap();
            wait.recv().unwrap();
        }));
        assert!((&mut asked).now_or_never().is_none());
        begun.recv().unwrap();
        drop(asked);
        assert_eq!(places.free.available_permits(), 0, "its work goes on");
        go.send(()).unwrap();
        let place = timeout(Duration::from_secs(20), places.free.acquire()).await.unwrap();
        assert_eq!(place.unwrap().num_permits(), 1);
    }

    #[actix_web::test]
    async fn who_gets_no_place_is_told_when_to_come_again() {
        let refused = long(&Places::all_taken(), || ()).await.unwrap_err();
        assert!(matches!(refused, Undone::Busy { retry_after_seconds: COME_BACK_SECONDS }), "{refused}");
    }
}
