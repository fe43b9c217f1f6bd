//! When to ask again, and after how long: [`RetryPolicy`]. Full jitter, as in "Exponential Backoff and Jitter" (AWS
//! Architecture Blog, 2015): the wait is drawn evenly from zero to the doubled bound.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// How often and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts altogether.
    pub max_attempts: u32,
    /// Bound of the first wait; doubled with each attempt.
    pub first_delay: Duration,
    /// Bound no wait exceeds, `Retry-After` included: a provider that asks for more is asked again by the schedule, and
    /// not before the time it named.
    pub longest_delay: Duration,
}

impl RetryPolicy {
    /// The wait before the next attempt; `None` when there shall be none.
    ///
    /// `attempt` counts those made, from 1. `random` is drawn from 0 to 1.
    #[must_use]
    pub fn delay(self, attempt: u32, retry_after: Option<Duration>, random: f64) -> Option<Duration> {
        if attempt >= self.max_attempts {
            return None;
        }
        if let Some(asked) = retry_after {
            return (asked <= self.longest_delay).then_some(asked);
        }
        let doublings = (attempt - 1).min(20);
        let bound = self.first_delay.saturating_mul(1 << doublings).min(self.longest_delay);
        Some(bound.mul_f64(random.clamp(0.0, 1.0)))
    }
}

/// Whether a status code may be different in a moment.
pub(super) const fn is_temporary_status(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

/// Reads `Retry-After`: seconds, or a date.
pub(super) fn read_retry_after(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        return header.parse().ok().map(Duration::from_secs);
    }
    let when = rfc2822::parse(&header.replace("GMT", "+0000")).ok()?.timestamp();
    Some(Duration::try_from(when.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RetryPolicy =
        RetryPolicy { max_attempts: 4, first_delay: Duration::from_secs(1), longest_delay: Duration::from_mins(1) };

    #[test]
    fn waits_double_stay_bounded_and_end() {
        let seconds = |attempt, retry_after: Option<u64>, random| {
            POLICY.delay(attempt, retry_after.map(Duration::from_secs), random).map(|delay| delay.as_secs_f64())
        };
        assert_eq!(seconds(1, None, 1.0), Some(1.0));
        assert_eq!(seconds(2, None, 1.0), Some(2.0));
        assert_eq!(seconds(3, None, 0.5), Some(2.0));
        assert_eq!(seconds(3, None, 0.0), Some(0.0));
        assert_eq!(seconds(4, None, 1.0), None);
        assert_eq!(seconds(1, Some(30), 0.1), Some(30.0));
        assert_eq!(seconds(1, Some(61), 0.1), None);
        let patient = RetryPolicy { max_attempts: u32::MAX, ..POLICY };
        assert_eq!(patient.delay(1000, None, 1.0), Some(POLICY.longest_delay));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap_or_default();
        assert_eq!(read_retry_after("120", now), Some(Duration::from_mins(2)));
        assert_eq!(read_retry_after("Thu, 01 Jan 2026 00:00:30 GMT", now), Some(Duration::from_secs(30)));
        assert_eq!(read_retry_after("Wed, 31 Dec 2025 00:00:30 GMT", now), Some(Duration::ZERO));
        assert_eq!(read_retry_after("soon", now), None);
        assert_eq!(read_retry_after("99999999999999999999999", now), None);
    }
}
