//! From payloads to what is published: [`Jobs`]. It opens what is kept, mends it, takes payloads
//! in, writes runs down and has the result published.
//!
//! ```text
//! fetch → keep the payload → read → vintage in the store → line in the run log → publish
//! ```
//!
//! Each arrow ends on the disk before the next begins, so a process killed anywhere leaves either
//! nothing or something that the next start completes. How a provider is asked and how a payload is
//! read stands in [`crate::sources`]; when, in [`crate::schedule`].

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use chrono::{DateTime, Datelike};
use chrono_tz::Tz;
use indicators::code::DataflowId;
use indicators::wire::{RunFinding, RunOutcome};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::data_folder::{DataFolder, DataFolderError};
use crate::disk::{Disk, LocalDisk};
use crate::durable::DiskError;
use crate::run_log::{Run, RunLog};
use crate::snapshots::{SnapshotError, Snapshots};
use crate::store::{self, Condition, Store, StoreError};

mod decide;
mod import;
pub mod real;
mod refresh;
mod replay;
mod steps;
mod take_in;

pub use decide::DecisionError;
pub use refresh::Refreshing;
pub use replay::Replayed;
pub use steps::{
    Answer, Bundled, Checks, DataflowPlan, Fetch, FetchOrder, Now, PayloadInHand, Publish, PublishOrder, ReadOrder,
    ReadPayloads, Reading, Received, Recording, Refusal, RunId, Steps,
};

/// A job could not be done. What a provider or a payload did wrong is not here: that is a run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// No such dataflow.
    #[error("no dataflow {found}; known are {}", known.join(", "))]
    UnknownDataflow {
        /// The code given.
        found: DataflowId,
        /// The codes there are.
        known: Vec<String>,
    },
    /// It is being refreshed already.
    #[error("{dataflow} is being refreshed already")]
    AlreadyRunning {
        /// The dataflow.
        dataflow: DataflowId,
    },
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] DataFolderError),
    /// The index failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A payload could not be kept or read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The run log could not be written.
    #[error("the run log: {0}")]
    RunLog(#[from] DiskError),
    /// The recordings that came with the program cannot be read.
    #[error("the bundled recordings: {0:#}")]
    Bundled(anyhow::Error),
    /// A part of the program failed in a way it should not.
    #[error("{0}")]
    Internal(String),
}

/// What is kept, and the jobs that change it. One per process and data folder.
pub struct Jobs {
    folder: DataFolder,
    snapshots: Snapshots,
    run_log: RunLog,
    store: RwLock<Arc<Store>>,
    plans: Vec<DataflowPlan>,
    steps: Steps,
    zone: Tz,
    running: Mutex<BTreeSet<DataflowId>>,
    /// Held while the store is changed and published; fetching goes on meanwhile.
    changing: Mutex<()>,
    rebuilding: AtomicBool,
    notes: Mutex<Notes>,
}

/// What an operator should know, by where it comes from.
#[derive(Debug, Default)]
struct Notes {
    opening: Vec<String>,
    publishing: Option<String>,
    disk: Option<String>,
}

impl Jobs {
    /// Opens a data folder, mends what a crash or the disk did to it, and reads the bundled
    /// recordings of dataflows that hold nothing. Publishing is a step of its own, [`Self::publish`].
    ///
    /// # Errors
    /// When another process uses the folder, or the disk refuses. Damage is mended, not an error.
    pub fn open(root: &Path, plans: Vec<DataflowPlan>, steps: Steps, zone: Tz) -> Result<Self, JobError> {
        Self::open_on(Arc::new(LocalDisk), root, plans, steps, zone)
    }

    /// As [`Self::open`], on any disk.
    pub(crate) fn open_on(
        disk: Arc<dyn Disk>,
        root: &Path,
        plans: Vec<DataflowPlan>,
        steps: Steps,
        zone: Tz,
    ) -> Result<Self, JobError> {
        let folder = DataFolder::open_on(Arc::clone(&disk), root)?;
        let snapshots = Snapshots::open_on(Arc::clone(&disk), &folder.snapshots())?;
        let run_log = RunLog::open_on(Arc::clone(&disk), &folder.run_log())?;
        let (store, condition) = store::open_guarded(disk.as_ref(), &folder.store())?;
        let opening = run_log.ask(|history| history.faults().iter().map(ToString::to_string).collect());
        let jobs = Self {
            folder,
            snapshots,
            run_log,
            store: RwLock::new(Arc::new(store)),
            plans,
            steps,
            zone,
            running: Mutex::default(),
            changing: Mutex::default(),
            rebuilding: AtomicBool::new(false),
            notes: Mutex::new(Notes { opening, ..Notes::default() }),
        };
        if condition != Condition::Sound {
            jobs.note(condition.problem());
        }
        jobs.reconcile()?;
        jobs.import_bundled()?;
        Ok(jobs)
    }

    /// The open store. Kept by a reader for as long as it reads; a rebuild swaps in another.
    #[must_use]
    pub fn store(&self) -> Arc<Store> {
        Arc::clone(&self.store.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The raw payloads.
    #[must_use]
    pub const fn snapshots(&self) -> &Snapshots {
        &self.snapshots
    }

    /// The run log.
    #[must_use]
    pub const fn run_log(&self) -> &RunLog {
        &self.run_log
    }

    /// The data folder.
    #[must_use]
    pub const fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// The dataflows, in the order of the catalogue.
    #[must_use]
    pub fn plans(&self) -> &[DataflowPlan] {
        &self.plans
    }

    /// What an operator should look at, one sentence each; empty when all is well.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let notes = self.notes();
        notes.opening.iter().chain(&notes.publishing).chain(&notes.disk).cloned().collect()
    }

    /// The runs that last brought or confirmed figures, for the schedule's catch-up. Reading the
    /// bundled recordings asked no provider, so it does not count.
    #[must_use]
    pub fn last_success(&self, dataflow: &DataflowId) -> Option<Timestamp> {
        let asked = |run: &Run| {
            run.trigger.asks_provider() && matches!(run.outcome, RunOutcome::Updated | RunOutcome::Unchanged)
        };
        self.run_log.ask(|history| history.last(dataflow, asked).map(|run| run.started_at))
    }

    /// Has everything published as it now stands. A damaged index is set aside, rebuilt and tried once more.
    ///
    /// # Errors
    /// When publishing fails. What was published before stays.
    pub fn publish(&self) -> anyhow::Result<()> {
        let _changing = self.changing();
        let published = match self.publish_once() {
            Err(error) if error.downcast_ref::<StoreError>().is_some_and(StoreError::is_damage) => {
                tracing::error!(error = format!("{error:#}"), "the index is damaged and is rebuilt");
                self.note(Some(format!("The index was damaged ({error:#}) and has been rebuilt from the snapshots.")));
                self.rebuild_locked("damaged")?;
                self.publish_once()
            }
            other => other,
        };
        self.notes().publishing =
            published.as_ref().err().map(|error| format!("The newest figures could not be published: {error:#}"));
        published
    }

    fn publish_once(&self) -> anyhow::Result<()> {
        let history = self.run_log.ask(Clone::clone);
        let order = PublishOrder { store: &self.store(), history, problems: self.problems(), now: (self.steps.now)() };
        (self.steps.publish)(order)
    }

    fn plan(&self, dataflow: &DataflowId) -> Result<&DataflowPlan, JobError> {
        self.plans.iter().find(|plan| &plan.id == dataflow).ok_or_else(|| JobError::UnknownDataflow {
            found: dataflow.clone(),
            known: self.plans.iter().map(|plan| plan.id.to_string()).collect(),
        })
    }

    /// Today, where the providers are.
    fn today(&self) -> Date {
        let now = (self.steps.now)();
        let local = DateTime::from_timestamp(now.as_second(), 0).unwrap_or_default().with_timezone(&self.zone);
        let day = local.date_naive();
        let part = |number: u32| i8::try_from(number).unwrap_or(1);
        Date::new(i16::try_from(day.year()).unwrap_or(1970), part(day.month()), part(day.day()))
            .unwrap_or(Date::constant(1970, 1, 1))
    }

    fn note(&self, problem: Option<String>) {
        self.notes().opening.extend(problem);
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the index aside and opens an empty one in its place. Readers keep the old one until they are done.
    fn swap_in_empty_store(&self, why: &str) -> Result<PathBuf, JobError> {
        let aside = self.folder.set_index_aside(why)?;
        let empty = Store::open_on(self.folder.disk().as_ref(), &self.folder.store())?;
        *self.store.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(empty);
        Ok(aside)
    }
}

/// A reason that has no place in a payload.
fn reason(code: &str, message: String) -> RunFinding {
    RunFinding { code: code.to_owned(), row: None, column: None, expected: None, found: None, message }
}

#[cfg(test)]
mod tests;
