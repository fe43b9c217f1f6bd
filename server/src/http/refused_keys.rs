//! Keys that were refused, told to the log of the service: when, which key by its public name, from where, with which
//! request. The key itself is never told. So that nobody floods the log by trying keys out, a minute has so many lines
//! ([`LINES_A_MINUTE`]); what is refused beyond them is counted and told when the minute is over.
//!
//! What was made, rotated and revoked stands in the book of keys ([`crate::keys`]).

use std::collections::BTreeMap;
use std::mem;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::rt::{self, time};
use jiff::Timestamp;

use crate::keys::KeyId;

/// Lines in a minute. A person who mistypes fits in; whoever tries keys out is seen by the first of them.
const LINES_A_MINUTE: u32 = 30;

/// Why a key was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// The text has not the form of a key, or several were shown.
    Unreadable,
    /// Nobody bears the name.
    Unknown,
    /// The name is somebody's and the secret is not.
    WrongSecret,
    /// Its time is over.
    Expired,
    /// It was revoked.
    Revoked,
    /// It is good and does not open what was asked.
    ScopeMissing,
    /// It is good and its quota is used up.
    OverQuota,
}

impl Reason {
    /// As it stands in the log.
    #[must_use]
    const fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Unknown => "unknown",
            Self::WrongSecret => "wrong_secret",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::ScopeMissing => "scope_missing",
            Self::OverQuota => "over_quota",
        }
    }
}

/// A refusal, as it is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refusal<'a> {
    /// Why.
    pub(super) reason: Reason,
    /// The public name of the key, where the text had one.
    pub(super) key: Option<&'a KeyId>,
    /// Who asked, as far as it is known.
    pub(super) address: Option<IpAddr>,
    /// The identifier that the answer carries.
    pub(super) request_id: &'a str,
}

/// What was refused in the minute that runs.
#[derive(Debug, Default)]
pub(super) struct RefusedKeys(Mutex<Minute>);

#[derive(Debug, Default)]
struct Minute {
    number: i64,
    lines: u32,
    more: BTreeMap<Reason, u64>,
}

/// What to do about a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// It gets a line of its own.
    Line,
    /// It is counted with others; the first of them has somebody look when the minute is over.
    Counted { is_first: bool },
}

impl Minute {
    /// Takes a refusal in, and gives what was counted in a minute that is over.
    fn take(&mut self, reason: Reason, now: Timestamp) -> (Told, Self) {
        let over = self.ended(now);
        if self.lines < LINES_A_MINUTE {
            self.lines += 1;
            return (Told::Line, over);
        }
        let is_first = self.more.is_empty();
        *self.more.entry(reason).or_default() += 1;
        (Told::Counted { is_first }, over)
    }

    /// Begins a new minute when the one before is over, and gives the one before.
    fn ended(&mut self, now: Timestamp) -> Self {
        let number = now.as_second().div_euclid(60);
        if number == self.number {
            return Self::default();
        }
        mem::replace(self, Self { number, ..Self::default() })
    }

    fn tell(&self) {
        let minute = Timestamp::from_second(self.number.saturating_mul(60)).unwrap_or_default();
        for (reason, count) in &self.more {
            tracing::warn!(%minute, reason = reason.name(), count, "audit: more keys were refused in the minute");
        }
    }
}

impl RefusedKeys {
    /// Tells of a refusal, or counts it.
    pub(super) fn tell(self: &Arc<Self>, refusal: Refusal<'_>) {
        let now = Timestamp::now();
        let (told, over) = self.minute(|minute| minute.take(refusal.reason, now));
        over.tell();
        match told {
            Told::Line => {
                let Refusal { reason, key, address, request_id } = refusal;
                let key = key.map_or("", KeyId::as_str);
                let address = address.map(|address| address.to_string()).unwrap_or_default();
                tracing::warn!(reason = reason.name(), key, address, request_id, "audit: a key was refused");
            }
            Told::Counted { is_first: true } => {
                let all = Arc::clone(self);
                rt::spawn(async move {
                    let rest = 60 - now.as_second().rem_euclid(60);
                    time::sleep(Duration::from_secs(u64::try_from(rest).unwrap_or(60))).await;
                    all.minute(|minute| minute.ended(Timestamp::now())).tell();
                });
            }
            Told::Counted { is_first: false } => {}
        }
    }

    fn minute<T>(&self, work: impl FnOnce(&mut Minute) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap_or_default()
    }

    #[test]
    fn a_minute_has_so_many_lines_and_the_rest_is_counted_by_reason() {
        let mut minute = Minute::default();
        for number in 0..LINES_A_MINUTE {
            let (told, over) = minute.take(Reason::Unknown, at(1));
            assert_eq!((told, over.more.len()), (Told::Line, 0), "{number}");
        }
        assert_eq!(minute.take(Reason::Unknown, at(2)).0, Told::Counted { is_first: true });
        for _ in 0..10_000 {
            assert_eq!(minute.take(Reason::Revoked, at(59)).0, Told::Counted { is_first: false });
        }
        let (told, over) = minute.take(Reason::OverQuota, at(60));
        assert_eq!(told, Told::Line, "a new minute has lines again");
        assert_eq!(over.more, BTreeMap::from([(Reason::Unknown, 1), (Reason::Revoked, 10_000)]));
        assert_eq!(minute.ended(at(61)).more, BTreeMap::new(), "what was told is told once");
    }

    #[test]
    fn what_was_counted_is_given_when_the_minute_is_over_and_not_before() {
        let mut minute = Minute::default();
        for _ in 0..=LINES_A_MINUTE {
            minute.take(Reason::WrongSecret, at(0));
        }
        assert_eq!(minute.ended(at(59)).more, BTreeMap::new());
        assert_eq!(minute.ended(at(60)).more, BTreeMap::from([(Reason::WrongSecret, 1)]));
        assert_eq!(minute.ended(at(120)).more, BTreeMap::new());
    }
}
