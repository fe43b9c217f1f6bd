//! Time, waiting and chance, handed in: [`Timing`]; and the least interval between requests to one host: [`Pace`]. Tests and
//! simulations put their own in place of the machine's.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;

type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The clock, the wait and the dice of the client.
#[derive(Clone)]
pub struct Timing {
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    wait: Arc<dyn Fn(Duration) -> Wait + Send + Sync>,
    random: Arc<dyn Fn() -> f64 + Send + Sync>,
}

impl fmt::Debug for Timing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Timing")
    }
}

impl Timing {
    /// The machine's clock, real waiting, the machine's randomness.
    #[must_use]
    pub fn real() -> Self {
        Self::new(Timestamp::now, |duration| Box::pin(sleep(duration)), rand::random)
    }

    /// Any clock, any wait, any dice; `random` gives numbers from 0 to 1.
    pub fn new(
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
        wait: impl Fn(Duration) -> Wait + Send + Sync + 'static,
        random: impl Fn() -> f64 + Send + Sync + 'static,
    ) -> Self {
        Self { now: Arc::new(now), wait: Arc::new(wait), random: Arc::new(random) }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// A number from 0 to 1.
    #[must_use]
    pub fn random(&self) -> f64 {
        (self.random)()
    }

    /// Waits.
    pub async fn wait(&self, duration: Duration) {
        if !duration.is_zero() {
            (self.wait)(duration).await;
        }
    }
}

/// Keeps requests to one host apart.
#[derive(Debug)]
pub(super) struct Pace {
    interval: Duration,
    next: Mutex<HashMap<String, Timestamp>>,
}

impl Pace {
    pub(super) fn new(interval: Duration) -> Self {
        Self { interval, next: Mutex::new(HashMap::new()) }
    }

    /// How long to wait before a request to the host may go out now; the place in the queue is taken.
    pub(super) fn reserve(&self, host: &str, now: Timestamp) -> Duration {
        if self.interval.is_zero() {
            return Duration::ZERO;
        }
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let start = next.get(host).copied().unwrap_or(now).max(now);
        let interval = SignedDuration::try_from(self.interval).unwrap_or(SignedDuration::MAX);
        next.insert(host.to_owned(), start.checked_add(interval).unwrap_or(Timestamp::MAX));
        Duration::try_from(start.duration_since(now)).unwrap_or(Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_to_one_host_queue_up_and_hosts_do_not_wait_for_each_other() {
        let pace = Pace::new(Duration::from_secs(2));
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(pace.reserve("a", now), Duration::ZERO);
        assert_eq!(pace.reserve("a", now), Duration::from_secs(2));
        assert_eq!(pace.reserve("b", now), Duration::ZERO);
        assert_eq!(pace.reserve("a", now + SignedDuration::from_secs(3)), Duration::from_secs(1));
        assert_eq!(pace.reserve("a", now + SignedDuration::from_secs(60)), Duration::ZERO);
    }
}
