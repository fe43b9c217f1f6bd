//! Availability of the national learning platforms, measured by the service itself.
//!
//! Provider: this service. Each refresh is a round: every platform of the catalogue is asked once for its front page, as a
//! reader would, and what was seen is written down. The payload is the journal of the rounds of a month, so what is published
//! can be read again from the snapshots like any other payload. Calendar: four rounds a day; a month is final when the next has begun.
//!
//! Rules: a platform is available in a round when its front page came with a status of success from one of its own hosts and over
//! a connection a browser would accept. When no platform at all can be reached the fault is taken to be on our side: the run
//! is unreachable and nothing is written down. A month without rounds has no value; a language that the page does not
//! declare is unknown, not absent.

use std::time::Duration;

use jiff::civil::Date;

use super::catalogue::{DataflowDefinition, Monitor, Platform};
use super::client::{Client, FetchFault, LookRequest};
use super::error::SourceError;
use super::parsed::Parsed;
use super::request::Payload;

mod certificate;
mod languages;
mod measures;
mod rounds;

use languages::Languages;
use rounds::{Journal, Outcome, Round, Sight};

/// How much of a front page is read: enough for its head.
const PAGE_BYTES: usize = 128 * 1024;

/// Looks at every platform and adds the round to the journal held.
///
/// # Errors
/// The fault of the last platform when none could be reached, and [`SourceError`] when the journal held is none.
pub async fn measure(
    client: &Client,
    definition: &DataflowDefinition,
    today: Date,
    held: Option<&[u8]>,
) -> Result<Vec<u8>, MeasureError> {
    let Some(monitor) = &definition.monitor else { return Err(MeasureError::NoMonitor) };
    let mut journal = match held {
        Some(bytes) => Journal::read(&Payload::new(&definition.part, bytes))?,
        None => Journal::default(),
    };
    let at = client.timing().now();
    let mut sights = Vec::with_capacity(monitor.platforms.len());
    let mut nobody = None;
    for platform in &monitor.platforms {
        match look(client, monitor, platform).await {
            Ok(sight) => sights.push(sight),
            Err((sight, fault)) => {
                sights.push(sight);
                nobody = Some(fault);
            }
        }
    }
    let is_cut_off = sights.iter().all(|sight| matches!(sight.outcome, Outcome::NoConnection | Outcome::TimedOut));
    if let Some(fault) = nobody.filter(|_| is_cut_off) {
        return Err(MeasureError::NobodyReached { platforms: sights.len(), fault: Box::new(fault) });
    }
    journal.add(Round { at, day: today, sights });
    Ok(journal.write())
}

/// A round came to nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MeasureError {
    /// The dataflow names no platforms.
    #[error("the dataflow names no platforms")]
    NoMonitor,
    /// The journal held cannot be read.
    #[error(transparent)]
    Journal(#[from] SourceError),
    /// Not one platform answered, so the round says nothing about them.
    #[error("none of {platforms} platforms could be reached, which is taken to be our own fault; the last: {fault}")]
    NobodyReached {
        /// How many were tried.
        platforms: usize,
        /// The fault of the last.
        fault: Box<FetchFault>,
    },
}

async fn look(client: &Client, monitor: &Monitor, platform: &Platform) -> Result<Sight, (Sight, FetchFault)> {
    let accept_language = accept_language(&monitor.languages);
    let request = LookRequest {
        url: &platform.url,
        accept_language: &accept_language,
        allowed_hosts: &platform.allowed_hosts,
        max_bytes: PAGE_BYTES,
        timeout: Duration::from_millis(u64::from(monitor.timeout_ms)),
    };
    match client.look(request).await {
        Ok(look) => {
            let Languages { answered_in, offered } =
                languages::read(&look.page, look.content_language.as_deref(), &monitor.languages);
            let is_success = (200..300).contains(&look.status);
            Ok(Sight {
                platform: platform.key.clone(),
                outcome: if is_success { Outcome::Answered } else { Outcome::Status },
                status: Some(look.status),
                response_ms: u32::try_from(look.elapsed.as_millis()).ok(),
                certificate_until: look.certificate.as_deref().and_then(certificate::ends),
                languages: offered.filter(|_| is_success),
                answered_in: answered_in.filter(|_| is_success),
                reason: None,
            })
        }
        Err(fault) => {
            let sight = Sight {
                platform: platform.key.clone(),
                outcome: outcome_of(&fault),
                status: None,
                response_ms: None,
                certificate_until: None,
                languages: None,
                answered_in: None,
                reason: Some(fault.to_string()),
            };
            Err((sight, fault))
        }
    }
}

/// `kk, ru;q=0.9, en;q=0.8`
fn accept_language(languages: &[String]) -> String {
    let weighted = languages.iter().zip((1..=10).rev()).map(|(language, tenths)| match tenths {
        10 => language.clone(),
        tenths => format!("{language};q=0.{tenths}"),
    });
    weighted.collect::<Vec<_>>().join(", ")
}

const fn outcome_of(fault: &FetchFault) -> Outcome {
    match fault {
        FetchFault::TimedOut { .. } => Outcome::TimedOut,
        FetchFault::Certificate { is_out_of_date: true, .. } => Outcome::CertificateOutOfDate,
        FetchFault::Certificate { .. } => Outcome::Certificate,
        FetchFault::HostNotAllowed { .. }
        | FetchFault::SchemeNotAllowed { .. }
        | FetchFault::TooManyRedirects { .. }
        | FetchFault::RedirectTarget { .. } => Outcome::Elsewhere,
        _ => Outcome::NoConnection,
    }
}

pub(super) fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    let journal = Journal::read(payload)?;
    Ok(measures::of(definition, payload.part, &journal))
}

#[cfg(test)]
mod tests;
