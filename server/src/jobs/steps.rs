//! What a job is made of, as values: [`Steps`]. The service fills them with the real client,
//! parsers and releases ([`super::real`]); a simulation fills them with answers drawn from a seed.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use indicators::code::DataflowId;
use indicators::observation::Observation;
use indicators::wire::{RunFinding, RunOutcome};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::content_hash::ContentHash;
use crate::release_archive::ReleaseArchive;
use crate::run_log::{Run, RunHistory, Validators};
use crate::schedule::Appointment;
use crate::snapshots::SnapshotKind;
use crate::store::{Store, StoredObservation, UpdateMode};

/// What the jobs must know of a dataflow; the rest is for the steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataflowPlan {
    /// Its code.
    pub id: DataflowId,
    /// When to refresh it; empty where figures are submitted and nobody is asked.
    pub cron: String,
    /// What its payloads say about observations they do not contain.
    pub update: UpdateMode,
    /// Licence or terms.
    pub licence: String,
    /// Whether raw bytes may be handed out.
    pub raw_open: bool,
    /// Whether the schedule asks for it.
    pub is_asked: bool,
    /// Whether a payload goes on from the one before, which is then handed to the fetching step.
    pub is_cumulative: bool,
}

impl DataflowPlan {
    /// Whether figures are delivered to it instead of asked for.
    #[must_use]
    pub const fn takes_submissions(&self) -> bool {
        self.cron.is_empty()
    }

    /// When to refresh it, for the timetable.
    #[must_use]
    pub fn appointment(&self) -> Appointment {
        Appointment { dataflow: self.id.clone(), cron: self.cron.clone() }
    }
}

/// What to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchOrder {
    /// The dataflow.
    pub dataflow: DataflowId,
    /// Today, where the provider is.
    pub today: Date,
    /// Parts of the last good run.
    pub known: BTreeMap<String, Validators>,
    /// Their bytes, for a dataflow whose payloads go on from the ones before.
    pub held: BTreeMap<String, Vec<u8>>,
    /// Every part that was ever taken in.
    pub taken: BTreeSet<String>,
}

/// A payload as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its name within the dataflow.
    pub part: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// How it came.
    pub kind: SnapshotKind,
    /// What was asked for: a URL, or the name of a file.
    pub origin: String,
    /// Where the answer came from, after redirects.
    pub final_url: Option<String>,
    /// As the provider declared it.
    pub content_type: Option<String>,
    /// The validators it came with.
    pub validators: Validators,
}

/// What came of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// As it was when we last asked.
    NotModified {
        /// The part.
        part: String,
    },
    /// Here it is.
    Payload(Box<Received>),
}

/// Why nothing was fetched.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// How the run ends.
    pub outcome: RunOutcome,
    /// Bytes received all the same.
    pub bytes: u64,
    /// Until when the provider asks to be left alone.
    pub not_before: Option<Timestamp>,
    /// Why.
    pub reasons: Vec<RunFinding>,
}

/// Whether the declared checks may refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checks {
    /// They may.
    Apply,
    /// An operator has seen what they say and takes the payload as it is.
    Waive,
}

/// A payload to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayloadInHand {
    /// Its name within the dataflow.
    pub part: String,
    /// As the provider declared it.
    pub content_type: Option<String>,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// What to read.
#[derive(Debug)]
pub struct ReadOrder<'a> {
    /// The dataflow.
    pub dataflow: &'a DataflowId,
    /// Its payloads.
    pub payloads: &'a [PayloadInHand],
    /// What the newest vintage says.
    pub before: &'a [StoredObservation],
    /// The day the payloads tell of.
    pub as_of: Date,
    /// Whether the checks may refuse.
    pub checks: Checks,
}

/// What reading came to. With a reason in it, nothing of it is taken.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// The observations, in our codes.
    pub observations: Vec<Observation>,
    /// Repairs and remarks.
    pub findings: Vec<RunFinding>,
    /// Why it is refused.
    pub reasons: Vec<RunFinding>,
}

/// What to publish from.
pub struct PublishOrder<'a> {
    /// Vintages and releases.
    pub store: &'a Arc<Store>,
    /// Every release that was ever published.
    pub archive: &'a ReleaseArchive,
    /// Runs, for the sources page.
    pub history: RunHistory,
    /// What an operator should look at.
    pub problems: Vec<String>,
    /// Today, where the providers are.
    pub today: Date,
}

/// Asks a provider.
pub type Fetch =
    Arc<dyn Fn(FetchOrder) -> Pin<Box<dyn Future<Output = Result<Vec<Answer>, Refusal>> + Send>> + Send + Sync>;

/// Whether there is anybody to ask for a dataflow, or a file in place of an answer.
pub type CanAsk = Arc<dyn Fn(&DataflowId) -> bool + Send + Sync>;

/// Turns payloads into observations: parse, harmonise, check. Pure.
pub type ReadPayloads = Arc<dyn Fn(&ReadOrder<'_>) -> Reading + Send + Sync>;

/// Computes what changed, swaps the published pointer and then the view. Doing it twice is doing it once.
pub type Publish = Arc<dyn Fn(PublishOrder<'_>) -> anyhow::Result<()> + Send + Sync>;

/// Has what is served say how old it is on a day. It needs nothing that a disk could refuse.
pub type GrowOlder = Arc<dyn Fn(Date) + Send + Sync>;

/// What is done about what is served.
#[derive(Clone)]
pub struct Publishing {
    /// Puts what is newest in force.
    pub publish: Publish,
    /// Keeps what is in force honest while that fails.
    pub grow_older: GrowOlder,
}

#[cfg(test)]
impl Publishing {
    /// Nothing is served.
    pub(crate) fn nothing() -> Self {
        Self { publish: Arc::new(|_| Ok(())), grow_older: Arc::new(|_| {}) }
    }
}

/// The releases that a published pointer names.
pub type NamedBy = Arc<dyn Fn(&[u8]) -> anyhow::Result<BTreeSet<ContentHash>> + Send + Sync>;

/// The recordings that came with the program.
pub type Bundled = Arc<dyn Fn() -> anyhow::Result<Vec<Recording>> + Send + Sync>;

/// The clock.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Is told of a run that was written down, and how often in a row its provider gave nothing before.
pub type Told = Arc<dyn Fn(&Run, u32) + Send + Sync>;

/// Names a run that begins at a time. Names sort by time.
pub type RunId = Arc<dyn Fn(Timestamp) -> String + Send + Sync>;

/// Payloads of one dataflow, recorded on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The dataflow.
    pub dataflow: DataflowId,
    /// The day.
    pub recorded: Date,
    /// The payloads.
    pub payloads: Vec<Received>,
}

/// Everything a job does that is not keeping.
#[derive(Clone)]
pub struct Steps {
    /// Whether asking is of any use.
    pub can_ask: CanAsk,
    /// Asks a provider.
    pub fetch: Fetch,
    /// Reads what came.
    pub read: ReadPayloads,
    /// Publishes what was read.
    pub publishing: Publishing,
    /// Tells which releases are published.
    pub named_by: NamedBy,
    /// What came with the program.
    pub bundled: Bundled,
    /// The clock.
    pub now: Now,
    /// Names runs.
    pub run_id: RunId,
    /// Is told of every run that was written down.
    pub told: Told,
}
