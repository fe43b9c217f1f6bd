//! Keeps the [`Timetable`]: looks at it every few seconds, starts what is due, and ends in order. What a refresh
//! does is [`crate::jobs`]' matter.
//!
//! The cron library starts a run whether or not the last one has ended, and its shutdown waits for none. So it only
//! wakes us; a dataflow under way is not started again, and every run started here is tracked.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicators::code::DataflowId;
use jiff::Timestamp;
use tokio::time;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::run_log::Trigger;

mod timetable;

pub use timetable::{Appointment, Past, Start, Timetable};

/// Runs of one expression spread over this.
pub const JITTER: Duration = Duration::from_mins(2);

/// How often the timetable is looked at.
const LOOKS: &str = "*/5 * * * * *";

/// What is known of a dataflow's runs.
pub type PastOf = Arc<dyn Fn(&DataflowId) -> Past + Send + Sync>;

/// What the schedule starts.
pub type Refresh = Arc<dyn Fn(DataflowId, Trigger) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// What else is done at every look.
pub type EachLook = Arc<dyn Fn() + Send + Sync>;

/// The schedule cannot be kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// The expression is none.
    #[error("the dataflow {dataflow} has the schedule {found:?}: {reason}")]
    Cron {
        /// The dataflow.
        dataflow: DataflowId,
        /// The expression.
        found: String,
        /// Why it is none.
        reason: String,
    },
    /// The scheduler did not start.
    #[error("the scheduler did not start: {0}")]
    Scheduler(#[from] JobSchedulerError),
}

/// The running schedule.
pub struct Schedule {
    scheduler: JobScheduler,
    keeper: Arc<Keeper>,
}

struct Keeper {
    timetable: Timetable,
    past: PastOf,
    refresh: Refresh,
    each_look: EachLook,
    under_way: Mutex<BTreeSet<DataflowId>>,
    ending: CancellationToken,
    runs: TaskTracker,
}

impl Schedule {
    /// Starts the schedule.
    ///
    /// # Errors
    /// [`ScheduleError::Scheduler`] when the scheduler does not start.
    pub async fn start(
        timetable: Timetable,
        past: PastOf,
        refresh: Refresh,
        each_look: EachLook,
    ) -> Result<Self, ScheduleError> {
        Self::start_looking(LOOKS, timetable, past, refresh, each_look).await
    }

    async fn start_looking(
        looks: &str,
        timetable: Timetable,
        past: PastOf,
        refresh: Refresh,
        each_look: EachLook,
    ) -> Result<Self, ScheduleError> {
        let keeper = Arc::new(Keeper {
            timetable,
            past,
            refresh,
            each_look,
            under_way: Mutex::default(),
            ending: CancellationToken::new(),
            runs: TaskTracker::new(),
        });
        let scheduler = JobScheduler::new().await?;
        let looking = Arc::clone(&keeper);
        let job = Job::new_async(looks, move |_, _| {
            looking.look();
            Box::pin(async {})
        })?;
        scheduler.add(job).await?;
        scheduler.start().await?;
        keeper.look();
        Ok(Self { scheduler, keeper })
    }

    /// Starts nothing more and waits, up to a limit, for the runs under way.
    ///
    /// Returns whether all of them ended. What is cut off is not lost: a vintage is visible whole or not at all.
    pub async fn shutdown(mut self, limit: Duration) -> bool {
        self.keeper.ending.cancel();
        if let Err(error) = self.scheduler.shutdown().await {
            tracing::warn!(%error, "the scheduler did not stop in order");
        }
        self.keeper.runs.close();
        time::timeout(limit, self.keeper.runs.wait()).await.is_ok()
    }
}

impl Keeper {
    /// Starts what is due and not under way.
    fn look(self: &Arc<Self>) {
        if self.ending.is_cancelled() {
            return;
        }
        let now = Timestamp::now();
        let due: Vec<Start> =
            self.timetable.starts(now, |dataflow| (self.past)(dataflow)).filter(|start| start.at <= now).collect();
        for Start { dataflow, trigger, .. } in due {
            let is_free = self.under_way.lock().unwrap_or_else(PoisonError::into_inner).insert(dataflow.clone());
            if is_free {
                let keeper = Arc::clone(self);
                self.runs.spawn(async move {
                    let turn = Turn { keeper: &keeper, dataflow };
                    (keeper.refresh)(turn.dataflow.clone(), trigger).await;
                });
            }
        }
        let each_look = Arc::clone(&self.each_look);
        self.runs.spawn_blocking(move || each_look());
    }
}

/// Marks a dataflow as under way, also when its run panics.
struct Turn<'a> {
    keeper: &'a Keeper,
    dataflow: DataflowId,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.keeper.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.dataflow);
    }
}

#[cfg(test)]
mod tests;
