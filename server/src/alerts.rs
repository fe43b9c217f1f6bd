//! Tells somebody's machine when something went wrong: one POST of JSON to the address an operator names. When nobody
//! answers, it is tried again a few times and then given up; the run log and the pages hold everything anyway.

mod memory;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub use memory::Memory;

use indicators::code::DataflowId;
use indicators::observation::TimePeriod;
use indicators::wire::{Freshness, RunOutcome, SourceEntry};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use url::Url;

use crate::run_log::Run;
use crate::sources::client::{Client, FetchError};
use crate::view::View;

/// Attempts for one alert.
const ATTEMPTS: u32 = 4;
const FIRST_DELAY: Duration = Duration::from_secs(5);

/// What is told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alert {
    /// One sentence.
    pub text: String,
    /// What it is about.
    #[serde(flatten)]
    pub subject: Subject,
}

/// What an alert is about.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum Subject {
    /// A run that brought nothing.
    Run {
        /// The run; `sandyq runs show` says everything about it.
        run: String,
        /// The dataflow.
        dataflow: DataflowId,
        /// How the run ended.
        outcome: RunOutcome,
        /// Code of the first reason.
        reason: Option<String>,
    },
    /// Figures that are long overdue, though every run may have gone well: the provider publishes nothing new.
    Freshness {
        /// The dataflow.
        dataflow: DataflowId,
        /// What they are called now.
        freshness: Freshness,
        /// The newest period with any value.
        last_period: Option<TimePeriod>,
        /// The newest period covered, by which they are judged.
        covered_period: Option<TimePeriod>,
    },
    /// The service itself: its status says the same.
    Service,
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
            subject: Subject::Run {
                run: run.id.clone(),
                dataflow: run.dataflow.clone(),
                outcome: run.outcome,
                reason: reason.map(|reason| reason.code.clone()),
            },
        })
    }

    fn stale(source: &Source<'_>) -> Self {
        let Source { dataflow, freshness, last_period, covered_period } = *source;
        let covered = covered_period.map_or_else(|| "no period".to_owned(), |period| period.to_string());
        Self {
            text: format!("{dataflow} is stale: it covers {covered}, and what follows is long overdue"),
            subject: Subject::Freshness { dataflow: dataflow.clone(), freshness, last_period, covered_period },
        }
    }

    fn of_the_service(text: &str) -> Self {
        Self { text: text.to_owned(), subject: Subject::Service }
    }
}

/// What alerts are about of what is served.
#[derive(Debug, Clone, Copy)]
struct Source<'a> {
    dataflow: &'a DataflowId,
    freshness: Freshness,
    last_period: Option<TimePeriod>,
    covered_period: Option<TimePeriod>,
}

impl<'a> Source<'a> {
    fn of(entry: &'a SourceEntry) -> Self {
        let SourceEntry { dataflow, freshness, last_period, covered_period, .. } = entry;
        Self { dataflow, freshness: *freshness, last_period: *last_period, covered_period: *covered_period }
    }
}

/// How old the figures of each dataflow are called.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ages {
    pub(crate) freshness: BTreeMap<DataflowId, Freshness>,
}

/// What was served last, as far as alerts are about it: each thing is told once, when it begins.
#[derive(Debug, Default)]
pub struct Watch {
    /// How old figures were called when that was last told; `None` where nobody was ever told anything.
    told: Option<Ages>,
    problems: BTreeSet<String>,
    is_failing: bool,
}

impl Watch {
    /// Goes on from what was told last.
    #[must_use]
    pub fn after(told: Option<Ages>) -> Self {
        Self { told, ..Self::default() }
    }

    /// How old figures are called, for [`Memory`].
    #[must_use]
    pub const fn told(&self) -> Option<&Ages> {
        self.told.as_ref()
    }

    /// What is to be told of what is served now. How old figures were at the very first start is not told: nothing has
    /// changed yet.
    pub fn serving(&mut self, view: &View) -> Vec<Alert> {
        self.published();
        self.growing_older(view)
    }

    /// What is to be told of what is served on, while nothing can be published.
    pub fn growing_older(&mut self, view: &View) -> Vec<Alert> {
        self.look(view.sources.iter().map(Source::of), &view.problems)
    }

    /// What is to be told when nothing could be published.
    pub fn failing(&mut self, error: &str) -> Option<Alert> {
        let is_new = !self.is_failing;
        self.is_failing = true;
        is_new.then(|| Alert::of_the_service(&format!("The newest figures could not be published: {error}")))
    }

    fn published(&mut self) {
        self.is_failing = false;
    }

    fn look<'a>(&mut self, sources: impl Iterator<Item = Source<'a>>, problems: &[String]) -> Vec<Alert> {
        let mut alerts = Vec::new();
        let before = self.told.take();
        let mut ages = Ages::default();
        for source in sources {
            ages.freshness.insert(source.dataflow.clone(), source.freshness);
            let was_stale = |told: &Ages| told.freshness.get(source.dataflow) == Some(&Freshness::Stale);
            if source.freshness == Freshness::Stale && before.as_ref().is_some_and(|told| !was_stale(told)) {
                alerts.push(Alert::stale(&source));
            }
        }
        self.told = Some(ages);
        let now: BTreeSet<String> = problems.iter().map(|problem| kind(problem).to_owned()).collect();
        let is_new = |problem: &&String| !self.problems.contains(kind(problem));
        alerts.extend(problems.iter().filter(is_new).map(|problem| Alert::of_the_service(problem)));
        self.problems = now;
        alerts
    }
}

/// The same problem with other figures, such as the bytes that are free, is the same problem.
fn kind(problem: &str) -> &str {
    problem.split(|character: char| character.is_ascii_digit()).next().unwrap_or(problem)
}

/// What lies in the outbox, in the order it was put there.
#[derive(Debug)]
enum Letter {
    /// To be sent.
    Alert(Alert),
    /// Every alert before it is about this: to be remembered once they are gone.
    Told(Ages),
}

/// Where alerts are put to be sent; cheap to clone.
#[derive(Debug, Clone)]
pub struct Alerts(UnboundedSender<Letter>);

/// Alerts waiting to be sent.
#[derive(Debug)]
pub struct Outbox(UnboundedReceiver<Letter>);

/// Both ends.
#[must_use]
pub fn channel() -> (Alerts, Outbox) {
    let (sender, receiver) = unbounded_channel();
    (Alerts(sender), Outbox(receiver))
}

impl Alerts {
    /// Has an alert sent. Never waits; without anybody to send it, it is dropped.
    pub fn tell(&self, alert: Alert) {
        _ = self.0.send(Letter::Alert(alert));
    }

    /// Has it remembered, once what is to be told of it is gone.
    pub fn remember(&self, ages: Ages) {
        _ = self.0.send(Letter::Told(ages));
    }
}

impl Outbox {
    /// What waits to be sent, taken as delivered.
    #[cfg(test)]
    pub(crate) fn waiting(&mut self, memory: &Memory) -> Vec<Alert> {
        let mut waiting = Vec::new();
        while let Ok(letter) = self.0.try_recv() {
            match letter {
                Letter::Alert(alert) => waiting.push(alert),
                Letter::Told(ages) => memory.keep(&ages),
            }
        }
        waiting
    }

    /// Sends what comes, one after the other, until the other end is gone.
    pub async fn deliver(mut self, client: &Client, to: &Url, memory: &Memory) {
        while let Some(letter) = self.0.recv().await {
            match letter {
                Letter::Alert(alert) => {
                    if let Err(error) = send(client, to, &alert).await {
                        tracing::error!(%error, alert = alert.text, "an alert could not be delivered and is given up");
                    }
                }
                Letter::Told(ages) => memory.keep(&ages),
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
            Err(fault) => return Err(FetchError { fault, attempts: attempt, not_before: None }),
        }
    }
}

#[cfg(test)]
mod tests;
