//! The providers on the other end of the wire: honest most of the time, else slow, absent, moved, busy, broken or
//! wrong, as the seed says. They also watch how they are asked.

use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;

use super::chance::Chance;
use super::clock::{Clock, DAY, Moment};
use super::tables::{Lie, Table};
use crate::content_hash::ContentHash;
use crate::sources::client::{Ask, Reply, SendFault, Transport};

/// How a provider answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Honest,
    Gzip,
    Mirror,
    Lying(Lie),
    Page,
    JsonError,
    Status(u16),
    Busy { retry_after_s: u32 },
    NotModified,
    Loop,
    OffTheList,
    Refused,
    TimedOut,
    CutOff,
    TornGzip,
    TooLarge,
}

const ELSEWHERE: [Manner; 17] = [
    Manner::Gzip,
    Manner::Mirror,
    Manner::Page,
    Manner::JsonError,
    Manner::Status(403),
    Manner::Status(404),
    Manner::Status(500),
    Manner::Status(502),
    Manner::Busy { retry_after_s: 90 },
    Manner::Busy { retry_after_s: 86_400 },
    Manner::NotModified,
    Manner::Loop,
    Manner::OffTheList,
    Manner::Refused,
    Manner::TimedOut,
    Manner::CutOff,
    Manner::TornGzip,
];

/// Where one table is asked for.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) table: Table,
    /// Until when it answers in one manner whoever asks.
    stuck: (Manner, Moment),
    n_asking: u32,
    /// A client was told not to ask before.
    not_before: Moment,
}

impl Desk {
    /// A client that starts anew cannot know what the last one was told.
    pub(super) fn forgive(&mut self) {
        self.not_before = 0;
    }
}

impl State {
    /// Whether a person may ask now.
    pub(super) fn is_ready(&self, desk: usize, now: Moment) -> bool {
        self.desks[desk].not_before <= now
    }
}

/// All providers.
#[derive(Debug)]
pub(super) struct Providers {
    clock: Clock,
    chance: Chance,
    state: Mutex<State>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) desks: Vec<Desk>,
    /// Nothing goes wrong any more.
    pub(super) is_honest: bool,
    /// How they were asked as they should not be.
    pub(super) complaints: Vec<String>,
}

impl Providers {
    pub(super) fn new(tables: Vec<Table>, clock: Clock, chance: Chance) -> Arc<Self> {
        let desk = |table| Desk { table, stuck: (Manner::Honest, 0), n_asking: 0, not_before: 0 };
        let state = State { desks: tables.into_iter().map(desk).collect(), is_honest: false, complaints: Vec::new() };
        Arc::new(Self { clock, chance, state: Mutex::new(state) })
    }

    pub(super) fn transport(self: &Arc<Self>) -> Transport {
        let providers = Arc::clone(self);
        Arc::new(move |get| {
            let providers = Arc::clone(&providers);
            Box::pin(async move { providers.answer(get).await })
        })
    }

    async fn answer(self: Arc<Self>, get: Ask) -> Result<Reply, SendFault> {
        let (desk, manner) = self.receive(&get)?;
        let _asking = Asking { providers: &self, desk };
        let latency_ms = if manner == Manner::TimedOut { 300_000 } else { self.chance.between(20, 20_000) };
        self.clock.wait(Duration::from_millis(latency_ms.unsigned_abs())).await;
        self.reply(desk, manner, &get)
    }

    /// Notes who asks for what, and decides how to answer.
    fn receive(&self, get: &Ask) -> Result<(usize, Manner), SendFault> {
        let mut state = self.lock();
        let host = get.url.host_str().unwrap_or_default();
        if !["data.example", "mirror.example"].contains(&host) {
            state.complaints.push(format!("{host} was asked, which is on no list"));
        }
        let desk = state.desks.iter().position(|desk| desk.table.path == get.url.path());
        let Some(desk) = desk else {
            return Err(SendFault::Failed { reason: "no such host".to_owned() });
        };
        let (now, is_honest) = (self.clock.now(), state.is_honest);
        let manner = self.manner(&mut state.desks[desk], is_honest, host == "mirror.example");
        let State { desks, complaints, .. } = &mut *state;
        let at = &mut desks[desk];
        at.n_asking += 1;
        if at.n_asking > 1 {
            complaints.push(format!("{} was asked twice at a time", at.table.dataflow));
        }
        if now < at.not_before {
            complaints.push(format!("{} was asked before the time it had named", at.table.dataflow));
        }
        Ok((desk, manner))
    }

    fn manner(&self, desk: &mut Desk, is_honest: bool, is_mirror: bool) -> Manner {
        if is_honest || is_mirror {
            return Manner::Honest;
        }
        if desk.stuck.1 > self.clock.now() {
            return desk.stuck.0;
        }
        if !self.chance.one_in(5) {
            return Manner::Honest;
        }
        let manner = if self.chance.one_in(2) {
            Manner::Lying(self.chance.pick(&Lie::ALL))
        } else if self.chance.one_in(17) {
            Manner::TooLarge
        } else {
            self.chance.pick(&ELSEWHERE)
        };
        if self.chance.one_in(4) {
            desk.stuck = (manner, self.clock.now() + self.chance.between(DAY, 30 * DAY));
        }
        manner
    }

    fn reply(&self, desk: usize, manner: Manner, get: &Ask) -> Result<Reply, SendFault> {
        let mut state = self.lock();
        let at = &mut state.desks[desk];
        let body = at.table.body();
        let tag = format!("\"{}\"", ContentHash::of(&body));
        let html =
            |status| Ok(reply(status, &[("content-type", "text/html")], b"<html><title>Error</title></html>".to_vec()));
        let failed = |reason: &str| Err(SendFault::Failed { reason: reason.to_owned() });
        let redirect = |to: &str| Ok(reply(301, &[("location", to)], Vec::new()));
        match manner {
            Manner::Honest => {
                let is_known = get.headers.iter().any(|(name, value)| *name == "if-none-match" && *value == tag);
                if is_known {
                    return Ok(reply(304, &[("etag", &tag)], Vec::new()));
                }
                Ok(reply(200, &[("etag", &tag), ("content-type", "text/csv")], body))
            }
            Manner::Gzip => Ok(reply(200, &[("etag", &tag), ("content-encoding", "gzip")], gzip(&body))),
            Manner::Lying(lie) => Ok(reply(200, &[], at.table.lie(lie, &self.chance))),
            Manner::Page => html(200),
            Manner::JsonError => {
                Ok(reply(200, &[("content-type", "application/json")], br#"{"error":"no data"}"#.to_vec()))
            }
            Manner::Status(status) => html(status),
            Manner::Busy { retry_after_s } => {
                at.not_before = self.clock.now() + 1000 * i64::from(retry_after_s);
                Ok(reply(429, &[("retry-after", &retry_after_s.to_string())], Vec::new()))
            }
            Manner::NotModified => Ok(reply(304, &[], Vec::new())),
            Manner::Mirror => redirect(&format!("https://mirror.example{}", at.table.path)),
            Manner::Loop => redirect(&at.table.path),
            Manner::OffTheList => redirect("https://elsewhere.example/table.csv"),
            Manner::Refused => failed("connection refused"),
            Manner::TimedOut => Err(SendFault::TimedOut),
            Manner::CutOff => {
                let half = Bytes::from(body[..body.len() / 2].to_vec());
                let cut = Err(SendFault::Failed { reason: "connection reset".to_owned() });
                Ok(Reply {
                    status: 200,
                    headers: Vec::new(),
                    body: Box::pin(stream::iter([Ok(half), cut])),
                    certificate: None,
                })
            }
            Manner::TornGzip => {
                let packed = gzip(&body);
                Ok(reply(200, &[("content-encoding", "gzip")], packed[..packed.len() * 2 / 3].to_vec()))
            }
            Manner::TooLarge => Ok(reply(200, &[], vec![b'0'; 30_000])),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request under way; given up, it is over too.
struct Asking<'a> {
    providers: &'a Providers,
    desk: usize,
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.providers.lock().desks[self.desk].n_asking -= 1;
    }
}

fn reply(status: u16, headers: &[(&str, &str)], body: Vec<u8>) -> Reply {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Reply { status, headers, body: Box::pin(stream::iter([Ok(Bytes::from(body))])), certificate: None }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing into memory does not fail.
    _ = encoder.write_all(body);
    encoder.finish().unwrap_or_default()
}
