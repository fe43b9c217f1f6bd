//! Time that passes only when the simulation says so, and waits that end by it.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use jiff::Timestamp;

/// Milliseconds since 1970.
pub(super) type Moment = i64;

pub(super) const MINUTE: Moment = 60_000;
pub(super) const HOUR: Moment = 60 * MINUTE;
pub(super) const DAY: Moment = 24 * HOUR;

#[derive(Debug, Default)]
struct State {
    now: Moment,
    /// Waits under way, by the moment they end.
    waits: BTreeSet<(Moment, u64)>,
    n_waits: u64,
}

/// The clock.
#[derive(Debug, Clone)]
pub(super) struct Clock(Arc<Mutex<State>>);

impl Clock {
    pub(super) fn at(now: Moment) -> Self {
        Self(Arc::new(Mutex::new(State { now, ..State::default() })))
    }

    pub(super) fn now(&self) -> Moment {
        self.lock().now
    }

    pub(super) fn timestamp(&self) -> Timestamp {
        Timestamp::from_millisecond(self.now()).unwrap_or_default()
    }

    /// Lets time pass; it never runs back.
    pub(super) fn pass_to(&self, moment: Moment) {
        let mut state = self.lock();
        state.now = state.now.max(moment);
    }

    /// When the next wait ends.
    pub(super) fn next_end(&self) -> Option<Moment> {
        self.lock().waits.first().map(|(end, _)| *end)
    }

    pub(super) fn wait(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let mut state = self.lock();
        state.n_waits += 1;
        let end = state.now.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(DAY));
        let wait = Wait { clock: self.clone(), key: (end, state.n_waits) };
        state.waits.insert(wait.key);
        drop(state);
        Box::pin(poll_fn(move |_| if wait.clock.now() >= wait.key.0 { Poll::Ready(()) } else { Poll::Pending }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes itself off the list when it is over or given up.
struct Wait {
    clock: Clock,
    key: (Moment, u64),
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.clock.lock().waits.remove(&self.key);
    }
}
