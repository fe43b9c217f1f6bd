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

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use chrono::{DateTime, Datelike};
use chrono_tz::Tz;
use indicators::code::DataflowId;
use indicators::wire::{RunFinding, RunOutcome};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::data_folder::{DataFolder, DataFolderError};
use crate::disk::{Disk, LocalDisk};
use crate::durable::DiskError;
use crate::release_archive::ReleaseArchive;
use crate::run_log::{Run, RunLog};
use crate::schedule::Past;
use crate::snapshots::{SnapshotError, Snapshots};
use crate::store::{Store, StoreError};

mod by_hand;
mod decide;
mod import;
mod index;
pub mod real;
mod refresh;
mod replay;
mod steps;
mod submissions;
mod take_in;

pub use by_hand::{ByHand, ByHandError};
pub use decide::DecisionError;
pub use index::Compacted;
pub use refresh::Refreshing;
pub use replay::Replayed;
pub use steps::{
    Answer, Bundled, CanAsk, Checks, DataflowPlan, Fetch, FetchOrder, GrowOlder, NamedBy, Now, PayloadInHand, Publish,
    PublishOrder, Publishing, ReadOrder, ReadPayloads, Reading, Received, Recording, Refusal, RunId, Steps, Told,
};
pub use submissions::{Author, Checked, SubmissionError, SubmissionOrder, Submitted};

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
    /// There is nobody to ask, and no file was dropped in place of an answer.
    #[error("{dataflow} is not asked: it has no address, and no file of it is in the drop folder")]
    NobodyToAsk {
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
    /// Too little room is left on the disk.
    #[error("The disk is full: {free} bytes are free, {needed} are needed. Nothing new is stored.")]
    Full {
        /// Bytes left.
        free: u64,
        /// Bytes without which nothing is begun.
        needed: u64,
    },
    /// The recordings that came with the program cannot be read.
    #[error("the bundled recordings: {0:#}")]
    Bundled(anyhow::Error),
    /// A part of the program failed in a way it should not.
    #[error("{0}")]
    Internal(String),
}

impl JobError {
    /// Whether it is the disk that refuses. An index that comes out damaged although it was just made lies on a broken one.
    const fn is_of_the_disk(&self) -> bool {
        match self {
            Self::Full { .. }
            | Self::RunLog(_)
            | Self::Folder(DataFolderError::Disk(_))
            | Self::Snapshot(SnapshotError::Disk(_)) => true,
            Self::Store(error) => matches!(error, StoreError::Io { .. }) || error.is_damage(),
            _ => false,
        }
    }

    /// Whether it would come to the same another day. A disk that fails or is full may be well tomorrow.
    const fn is_lasting(&self) -> bool {
        match self {
            Self::UnknownDataflow { .. } | Self::Internal(_) => true,
            Self::Snapshot(error) => !matches!(error, SnapshotError::Disk(_)),
            Self::Store(error) => {
                !matches!(error, StoreError::Io { .. } | StoreError::InUse { .. }) && !error.is_damage()
            }
            _ => false,
        }
    }
}

/// A provider that has given nothing this often is not counted further.
const MOST_FAILURES: usize = 16;

/// Releases in the index, in force or superseded, beyond which it is compacted: those of about a hundred refreshes.
const MOST_RELEASES: u64 = 4_000;

/// How often the index is read from end to end.
const SCRUB_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// When to try again after what was to be published could not be.
const PUBLISH_AGAIN: SignedDuration = SignedDuration::from_mins(10);

/// What is kept, and the jobs that change it. One per process and data folder.
pub struct Jobs {
    folder: DataFolder,
    snapshots: Snapshots,
    archive: Arc<ReleaseArchive>,
    run_log: RunLog,
    store: RwLock<Arc<Store>>,
    plans: Vec<DataflowPlan>,
    steps: Steps,
    zone: Tz,
    running: Mutex<BTreeSet<DataflowId>>,
    /// Runs that asked a provider and could not be written down.
    unwritten: Mutex<BTreeMap<DataflowId, Past>>,
    /// When there was last nobody to ask. Known to this process only: the next looks for itself.
    passed_over: Mutex<BTreeMap<DataflowId, Timestamp>>,
    /// When the index is next read from end to end.
    scrub_at: Mutex<Timestamp>,
    /// Until when what is published says the truth about its age.
    published_until: Mutex<Timestamp>,
    /// Held while the store is changed and published; fetching goes on meanwhile.
    changing: Mutex<()>,
    /// Held while a submission is written down, so that one delivery is one submission.
    submitting: Mutex<()>,
    rebuilding: AtomicBool,
    /// A write into the index failed: sled does nothing more until it is opened again.
    index_failed: AtomicBool,
    /// The index may hold a vintage whose run could not be written down.
    log_lags: AtomicBool,
    notes: Mutex<Notes>,
}

/// What an operator should know, by where it comes from.
#[derive(Debug, Default)]
struct Notes {
    opening: Vec<String>,
    publishing: Option<String>,
    disk: Option<String>,
    writing: Option<String>,
    memory: Option<String>,
}

impl Jobs {
    /// Opens a data folder, mends what a crash or the disk did to it, and reads the bundled
    /// recordings of dataflows that hold nothing. Publishing is a step of its own, [`Self::publish`].
    ///
    /// # Errors
    /// When another process uses the folder, or the disk refuses. Damage is mended, not an error.
    pub fn open(root: &Path, plans: Vec<DataflowPlan>, steps: Steps, zone: Tz) -> Result<Self, JobError> {
        let disk: Arc<dyn Disk> = Arc::new(LocalDisk);
        Self::open_on(&disk, root, plans, steps, zone)
    }

    /// As [`Self::open`], on any disk.
    pub(crate) fn open_on(
        disk: &Arc<dyn Disk>,
        root: &Path,
        plans: Vec<DataflowPlan>,
        steps: Steps,
        zone: Tz,
    ) -> Result<Self, JobError> {
        let folder = DataFolder::open_on(Arc::clone(disk), root)?;
        let snapshots = Snapshots::open_on(Arc::clone(disk), &folder.snapshots())?;
        let temporary = folder.snapshots().join("incoming");
        let archive = ReleaseArchive::open_on(Arc::clone(disk), &folder.releases(), &temporary)?;
        let run_log = RunLog::open_on(Arc::clone(disk), &folder.run_log())?;
        let store = Store::closed(&folder.store());
        let mut opening: Vec<String> =
            run_log.ask(|history| history.faults().iter().map(ToString::to_string).collect());
        opening.extend(archive.faults().iter().cloned());
        let jobs = Self {
            folder,
            snapshots,
            archive: Arc::new(archive),
            run_log,
            store: RwLock::new(Arc::new(store)),
            plans,
            steps,
            zone,
            running: Mutex::default(),
            unwritten: Mutex::default(),
            passed_over: Mutex::default(),
            scrub_at: Mutex::new(Timestamp::MIN),
            published_until: Mutex::new(Timestamp::MIN),
            changing: Mutex::default(),
            submitting: Mutex::default(),
            rebuilding: AtomicBool::new(false),
            index_failed: AtomicBool::new(true),
            log_lags: AtomicBool::new(false),
            notes: Mutex::new(Notes { opening, ..Notes::default() }),
        };
        jobs.open_first()?;
        if let Err(error) = jobs.settle_submissions() {
            jobs.note(Some(format!("The accepted submissions could not be brought into force: {error}.")));
        }
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

    /// Every release that was published.
    #[must_use]
    pub const fn archive(&self) -> &Arc<ReleaseArchive> {
        &self.archive
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
        let now = [&notes.publishing, &notes.disk, &notes.writing, &notes.memory];
        notes.opening.iter().chain(now.into_iter().flatten()).cloned().collect()
    }

    /// What came of asking a provider, for the timetable. Reading the bundled recordings asked nobody, so it does
    /// not count; a run that could not be written down does, and so does a time at which there was nobody to ask.
    #[must_use]
    pub fn past(&self, dataflow: &DataflowId) -> Past {
        let unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner).get(dataflow).copied();
        let past = unwritten.unwrap_or_else(|| self.written_past(dataflow));
        let passed_over = self.passed_over.lock().unwrap_or_else(PoisonError::into_inner).get(dataflow).copied();
        match passed_over {
            Some(at) if Some(at) > past.asked_at => Past { asked_at: Some(at), ..Past::default() },
            _ => past,
        }
    }

    fn written_past(&self, dataflow: &DataflowId) -> Past {
        self.run_log.ask(|history| {
            let mut asked =
                history.newest().filter(|run| &run.dataflow == dataflow && run.trigger.asks_provider()).peekable();
            let asked_at = asked.peek().map(|run| run.started_at);
            let gave_nothing = |run: &&Run| matches!(run.outcome, RunOutcome::Unreachable | RunOutcome::Failed);
            let (mut failures, mut not_before) = (0, None);
            for run in asked.take_while(gave_nothing).take(MOST_FAILURES) {
                failures += 1;
                not_before = not_before.max(run.not_before);
            }
            Past { asked_at, failures, not_before }
        })
    }

    /// Remembers until the next run that one could not be written down: without it the timetable would ask the
    /// provider again at once.
    fn remember_unwritten(&self, dataflow: &DataflowId, asked_at: Timestamp, not_before: Option<Timestamp>) {
        let before = self.past(dataflow);
        let failures = before.failures.saturating_add(1);
        let past = Past { asked_at: Some(asked_at), failures, not_before: before.not_before.max(not_before) };
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner).insert(dataflow.clone(), past);
    }

    /// Publishes again when the day has changed since, because how fresh figures are called depends on the day; and
    /// reads the index once a day from end to end, so that damage is found before a reader asks for what is damaged.
    pub fn keep_current(&self) {
        let now = (self.steps.now)();
        {
            let mut scrub_at = self.scrub_at.lock().unwrap_or_else(PoisonError::into_inner);
            if *scrub_at <= now {
                *scrub_at = now.checked_add(SCRUB_EVERY).unwrap_or(Timestamp::MAX);
                drop(scrub_at);
                self.scrub();
            }
        }
        if *self.published_until.lock().unwrap_or_else(PoisonError::into_inner) > now {
            return;
        }
        if let Err(error) = self.publish() {
            tracing::error!(error = format!("{error:#}"), "publishing failed; what was published before stays");
        }
    }

    /// Reads the index from end to end and rebuilds it when something in it is damaged.
    fn scrub(&self) {
        let _changing = self.changing();
        if self.ensure_open().is_err() {
            return;
        }
        let found = match self.store().verify() {
            Ok(found) if found.faults.is_empty() && found.releases > MOST_RELEASES => {
                match self.compact_locked() {
                    Ok(done) => tracing::info!(?done, "the index was compacted"),
                    Err(error) => tracing::warn!(%error, "the index could not be compacted"),
                }
                return;
            }
            Ok(found) => found.faults.into_iter().next(),
            Err(error) => error.is_damage().then(|| error.to_string()),
        };
        let Some(fault) = found else { return };
        if let Err(error) = self.mend(&fault) {
            tracing::error!(%error, "the damaged index could not be rebuilt");
        }
    }

    /// The beginning of the next day, or a moment from now when publishing failed and the day is not over before.
    fn publish_again_at(&self, succeeded: bool) -> Timestamp {
        let now = (self.steps.now)();
        let soon = now.checked_add(PUBLISH_AGAIN).unwrap_or(Timestamp::MAX);
        let tomorrow = TimeZone::get(self.zone.name())
            .ok()
            .and_then(|zone| self.today().tomorrow().ok()?.to_zoned(zone).ok())
            .map(|midnight| midnight.timestamp());
        match tomorrow {
            Some(midnight) if succeeded => midnight,
            // A new day makes figures older whether or not they can be published.
            Some(midnight) => soon.min(midnight),
            None => soon,
        }
    }

    /// Has everything published as it now stands. A damaged index is set aside, rebuilt and tried once more.
    ///
    /// # Errors
    /// When publishing fails. What was published before stays, and says how old it is by now.
    pub fn publish(&self) -> anyhow::Result<()> {
        let _changing = self.changing();
        let published = self.publish_mended();
        if let Some(error) = published.as_ref().err().and_then(|error| error.downcast_ref::<StoreError>()) {
            self.note_failure(error);
        }
        if published.is_err() {
            (self.steps.publishing.grow_older)(self.today());
        }
        let again_at = self.publish_again_at(published.is_ok() && !self.store().is_in_memory());
        *self.published_until.lock().unwrap_or_else(PoisonError::into_inner) = again_at;
        self.notes().publishing =
            published.as_ref().err().map(|error| format!("The newest figures could not be published: {error:#}"));
        published
    }

    fn publish_mended(&self) -> anyhow::Result<()> {
        let or_memory = |done: Result<(), JobError>| match done {
            Err(_) if self.store().is_in_memory() => Ok(()),
            other => other,
        };
        or_memory(self.ensure_open())?;
        match self.publish_once() {
            Err(error) if error.downcast_ref::<StoreError>().is_some_and(StoreError::is_damage) => {
                or_memory(self.mend(&format!("{error:#}")))?;
                self.publish_once()
            }
            other => other,
        }
    }

    fn publish_once(&self) -> anyhow::Result<()> {
        self.catch_up_on_the_log()?;
        let history = self.run_log.ask(Clone::clone);
        (self.steps.publishing.publish)(PublishOrder {
            store: &self.store(),
            archive: &self.archive,
            history,
            problems: self.problems(),
            today: self.today(),
        })
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
}

/// A reason that has no place in a payload.
fn reason(code: &str, message: String) -> RunFinding {
    RunFinding { code: code.to_owned(), row: None, column: None, expected: None, found: None, message }
}

#[cfg(test)]
mod tests;
