//! What one client may ask: the published [`Limits`] and the [`RateLimiter`] that keeps the quotas.
//! Nothing here knows a route; the bounds are applied in [`crate::http`].

use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use indicators::wire::LimitsAnswer;
use quick_cache::sync::Cache;

use crate::keys::KeyId;

/// The bounds in force, as `/api/v1/limits` publishes them.
pub type Limits = LimitsAnswer;

/// The bounds of a service that was told nothing else.
pub const PUBLISHED: Limits = Limits {
    requests_per_window: 600,
    requests_per_window_with_key: 6_000,
    window_seconds: 60,
    max_uri_bytes: 8 * 1024,
    max_header_bytes: 32 * 1024,
    max_query_parameters: 64,
    max_codes_per_parameter: 500,
    max_body_bytes: 64 * 1024,
    max_compute_body_bytes: 16 * 1024 * 1024,
    max_submission_body_bytes: 8 * 1024 * 1024,
    max_compute_megaoperations: 5_000,
    default_page_size: 1_000,
    max_page_size: 10_000,
    request_timeout_seconds: 20,
};

/// Clients remembered at once. Beyond that the ones seen least are forgotten, which only ever
/// gives a client its quota back.
const CLIENTS: usize = 65_536;

/// Whose quota a request uses.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Client {
    /// A machine or, of IPv6, a network.
    Network(IpAddr),
    /// The holder of a key, wherever it asks from.
    Key(KeyId),
}

/// What is left of a client's quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Requests in a window.
    pub quota: u32,
    /// Requests left now.
    pub remaining: u32,
    /// Seconds until the whole quota is there again.
    pub reset_seconds: u64,
    /// Set when this request is refused: seconds until one is accepted.
    pub retry_after_seconds: Option<u64>,
}

/// Counts requests by client: a quota that refills evenly over the window.
///
/// ```text
/// due   = max(due, now) + window / quota        for a request that is accepted
/// accept when due − now ≤ window − window / quota
/// ```
///
/// One instant a client is all that is kept (the "generic cell rate algorithm").
pub struct RateLimiter {
    due: Cache<Client, Duration>,
    window: Duration,
    begin: Instant,
}

impl fmt::Debug for RateLimiter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RateLimiter").field("window", &self.window).finish_non_exhaustive()
    }
}

impl RateLimiter {
    /// A limiter that has seen nobody.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            due: Cache::new(CLIENTS),
            window: Duration::from_secs(limits.window_seconds.max(1).into()),
            begin: Instant::now(),
        }
    }

    /// Counts a request now, of a client that may ask so often in a window.
    #[must_use]
    pub fn count(&self, client: Client, quota: u32) -> Quota {
        self.count_at(client, quota, self.begin.elapsed())
    }

    /// Counts a request at a moment after the limiter's beginning. Two requests of one client that
    /// cross between reading and writing may count as one; a quota is no lock.
    fn count_at(&self, client: Client, quota: u32, now: Duration) -> Quota {
        let client = match client {
            Client::Network(address) => Client::Network(network_of(address)),
            key @ Client::Key(_) => key,
        };
        let quota = quota.max(1);
        let interval = self.window / quota;
        let used = self.due.get(&client).unwrap_or_default().saturating_sub(now);
        let accepted = used + interval <= self.window;
        let used = if accepted { used + interval } else { used };
        if accepted {
            self.due.insert(client, now + used);
        }
        let left = self.window.saturating_sub(used);
        Quota {
            quota,
            remaining: u32::try_from(left.as_nanos() / interval.as_nanos().max(1)).unwrap_or(u32::MAX).min(quota),
            reset_seconds: ceil_seconds(used),
            retry_after_seconds: (!accepted)
                .then(|| ceil_seconds((used + interval).saturating_sub(self.window)).max(1)),
        }
    }
}

fn ceil_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// One household or office is one client: an IPv6 client owns a whole /64 and could change its
/// address with every request.
fn network_of(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(window_seconds: u32) -> RateLimiter {
        RateLimiter::new(&Limits { window_seconds, ..PUBLISHED })
    }

    #[test]
    fn the_quota_is_used_up_and_refills_evenly() {
        let limiter = limiter(8);
        let client = Client::Network(IpAddr::from([192, 0, 2, 1]));
        let at = |seconds: u64| limiter.count_at(client.clone(), 4, Duration::from_secs(100 + seconds));
        let left: Vec<u32> = (0..4).map(|_| at(0).remaining).collect();
        assert_eq!(left, [3, 2, 1, 0]);
        assert_eq!(at(0), Quota { quota: 4, remaining: 0, reset_seconds: 8, retry_after_seconds: Some(2) });
        assert_eq!(at(1).retry_after_seconds, Some(1));
        assert_eq!(at(2), Quota { quota: 4, remaining: 0, reset_seconds: 8, retry_after_seconds: None });
        assert_eq!(at(2).retry_after_seconds, Some(2));
        assert_eq!(at(60), Quota { quota: 4, remaining: 3, reset_seconds: 2, retry_after_seconds: None });
    }

    #[test]
    fn clients_are_counted_apart_and_an_ipv6_network_as_one() {
        let limiter = limiter(60);
        let refused = |text: &str| {
            let client = Client::Network(text.parse().expect("an address"));
            limiter.count_at(client, 1, Duration::from_secs(1)).retry_after_seconds.is_some()
        };
        assert!(!refused("192.0.2.1"));
        assert!(!refused("192.0.2.2"));
        assert!(refused("::ffff:192.0.2.1"));
        assert!(!refused("2001:db8::1"));
        assert!(refused("2001:db8::2"));
        assert!(!refused("2001:db8:0:1::1"));
    }

    #[test]
    fn keys_are_counted_by_themselves_each_with_its_own_quota() {
        let limiter = limiter(60);
        let left = |key: &str, quota| {
            let client = Client::Key(key.parse().expect("a name"));
            limiter.count_at(client, quota, Duration::from_secs(1)).remaining
        };
        assert_eq!(left("000000000001", 6_000), 5_999);
        assert_eq!(left("000000000001", 6_000), 5_998);
        assert_eq!(left("000000000002", 10), 9);
    }
}
