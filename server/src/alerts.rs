//! Tells somebody's machine when a run went wrong: one POST of JSON to the address an operator names. When nobody
//! answers, it is tried again a few times and then given up; the run log and the pages hold everything anyway.

use std::time::Duration;

use indicators::wire::RunOutcome;
use serde::Serialize;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use url::Url;

use crate::run_log::Run;
use crate::sources::client::{Client, FetchError};

/// Attempts for one alert.
const ATTEMPTS: u32 = 4;
const FIRST_DELAY: Duration = Duration::from_secs(5);

/// What is told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alert {
    /// One sentence.
    pub text: String,
    /// The run; `sandyq runs show` says everything about it.
    pub run: String,
    /// The dataflow.
    pub dataflow: String,
    /// How the run ended.
    pub outcome: RunOutcome,
    /// Code of the first reason.
    pub reason: Option<String>,
}

impl Alert {
    /// What is to be told about a run, if anything. Of a provider that is not reached, only the first time in a row.
    #[must_use]
    pub fn about(run: &Run, failures_before: u32) -> Option<Self> {
        let is_worth_it = match run.outcome {
            RunOutcome::Updated | RunOutcome::Unchanged => false,
            RunOutcome::Quarantined => true,
            RunOutcome::Failed | RunOutcome::Unreachable => failures_before == 0,
        };
        let reason = run.reasons.first();
        let said = reason.map_or("no reason was given", |reason| reason.message.as_str());
        is_worth_it.then(|| Self {
            text: format!("{} was not refreshed: {said}", run.dataflow),
            run: run.id.clone(),
            dataflow: run.dataflow.to_string(),
            outcome: run.outcome,
            reason: reason.map(|reason| reason.code.clone()),
        })
    }
}

/// Where alerts are put to be sent; cheap to clone.
#[derive(Debug, Clone)]
pub struct Alerts(UnboundedSender<Alert>);

/// Alerts waiting to be sent.
#[derive(Debug)]
pub struct Outbox(UnboundedReceiver<Alert>);

/// Both ends.
#[must_use]
pub fn channel() -> (Alerts, Outbox) {
    let (sender, receiver) = unbounded_channel();
    (Alerts(sender), Outbox(receiver))
}

impl Alerts {
    /// Has an alert sent. Never waits; without anybody to send it, it is dropped.
    pub fn tell(&self, alert: Alert) {
        _ = self.0.send(alert);
    }
}

impl Outbox {
    /// Sends what comes, one after the other, until the other end is gone.
    pub async fn deliver(mut self, client: &Client, to: &Url) {
        while let Some(alert) = self.0.recv().await {
            if let Err(error) = send(client, to, &alert).await {
                tracing::error!(%error, run = alert.run, "an alert could not be delivered and is given up");
            }
        }
    }
}

async fn send(client: &Client, to: &Url, alert: &Alert) -> Result<(), FetchError> {
    let body = serde_json::to_vec(alert).unwrap_or_default();
    let mut attempt = 1;
    loop {
        match client.post_json(to, body.clone()).await {
            Ok(()) => return Ok(()),
            Err(fault) if attempt < ATTEMPTS && fault.is_temporary() => {
                client.timing().wait(FIRST_DELAY.saturating_mul(1 << (2 * (attempt - 1)))).await;
                attempt += 1;
            }
            Err(fault) => return Err(FetchError { fault, attempts: attempt }),
        }
    }
}
