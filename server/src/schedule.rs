//! When dataflows are refreshed: cron expressions in the zone of the provider, a start jitter,
//! catch-up after downtime and an orderly end. What a refresh does is [`crate::jobs`]' matter.
//!
//! The cron library starts a run whether or not the last one has ended, and its shutdown waits for none. So
//! the jobs refuse a second run of a dataflow, and every run started here is tracked.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds};
use indicators::code::DataflowId;
use jiff::Timestamp;
use rand::RngExt;
use tokio::time;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::run_log::Trigger;

/// Runs started by one expression spread over this, so that providers do not meet all of us at once.
const JITTER: Duration = Duration::from_mins(1);

/// One dataflow and when to refresh it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// The dataflow.
    pub dataflow: DataflowId,
    /// Six fields, beginning with seconds.
    pub cron: String,
    /// When it was last refreshed with success.
    pub last_success: Option<Timestamp>,
}

/// What the schedule starts.
pub type Refresh = Arc<dyn Fn(DataflowId, Trigger) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

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
    ending: CancellationToken,
    runs: TaskTracker,
}

impl Schedule {
    /// Starts the schedule, and at once the refreshes that fell due while the service was down.
    ///
    /// # Errors
    /// [`ScheduleError::Cron`] for the first expression that is none.
    pub async fn start(appointments: Vec<Appointment>, zone: Tz, refresh: Refresh) -> Result<Self, ScheduleError> {
        Self::start_with_jitter(appointments, zone, refresh, JITTER).await
    }

    async fn start_with_jitter(
        appointments: Vec<Appointment>,
        zone: Tz,
        refresh: Refresh,
        jitter: Duration,
    ) -> Result<Self, ScheduleError> {
        let now = Utc::now();
        let (ending, runs) = (CancellationToken::new(), TaskTracker::new());
        let scheduler = JobScheduler::new().await?;
        let mut missed = Vec::new();
        for Appointment { dataflow, cron, last_success } in appointments {
            if fell_due(&dataflow, &cron, zone, last_success, now)? {
                missed.push(dataflow.clone());
            }
            let (refresh, runs, ending) = (Arc::clone(&refresh), runs.clone(), ending.clone());
            let job = Job::new_async_tz(cron.as_str(), zone, move |_, _| {
                let run = started(&refresh, dataflow.clone(), Trigger::Schedule, ending.clone(), jitter);
                runs.spawn(run);
                Box::pin(async {})
            })?;
            scheduler.add(job).await?;
        }
        scheduler.start().await?;
        if !missed.is_empty() {
            tracing::info!(dataflows = missed.len(), "refreshes fell due while the service was down");
            let (refresh, ending) = (Arc::clone(&refresh), ending.clone());
            // One after another: a start is busy enough.
            runs.spawn(async move {
                for dataflow in missed {
                    started(&refresh, dataflow, Trigger::CatchUp, ending.clone(), jitter / 10).await;
                }
            });
        }
        Ok(Self { scheduler, ending, runs })
    }

    /// Starts nothing more and waits, up to a limit, for the runs under way.
    ///
    /// Returns whether all of them ended. What is cut off is not lost: a vintage is visible whole or not at all.
    pub async fn shutdown(mut self, limit: Duration) -> bool {
        self.ending.cancel();
        if let Err(error) = self.scheduler.shutdown().await {
            tracing::warn!(%error, "the scheduler did not stop in order");
        }
        self.runs.close();
        time::timeout(limit, self.runs.wait()).await.is_ok()
    }
}

/// Waits a random part of the jitter, then refreshes; does nothing when the service is ending.
fn started(
    refresh: &Refresh,
    dataflow: DataflowId,
    trigger: Trigger,
    ending: CancellationToken,
    jitter: Duration,
) -> impl Future<Output = ()> + Send + use<> {
    let refresh = Arc::clone(refresh);
    let wait = jitter.mul_f64(rand::rng().random_range(0.0..1.0));
    async move {
        tokio::select! {
            () = ending.cancelled() => return,
            () = time::sleep(wait) => {}
        }
        if !ending.is_cancelled() {
            refresh(dataflow, trigger).await;
        }
    }
}

/// Reads an expression exactly as the scheduler does.
fn read(dataflow: &DataflowId, cron: &str) -> Result<Cron, ScheduleError> {
    CronParser::builder().seconds(Seconds::Required).dom_and_dow(true).build().parse(cron).map_err(|error| {
        ScheduleError::Cron { dataflow: dataflow.clone(), found: cron.to_owned(), reason: error.to_string() }
    })
}

/// Whether the expression fired since the last success. A dataflow that never succeeded is due.
fn fell_due(
    dataflow: &DataflowId,
    cron: &str,
    zone: Tz,
    last_success: Option<Timestamp>,
    now: DateTime<Utc>,
) -> Result<bool, ScheduleError> {
    let cron_times = read(dataflow, cron)?;
    let Some(last_success) = last_success else { return Ok(true) };
    // A time that never comes has none before now either, and nothing to catch up with.
    let Ok(previous) = cron_times.find_previous_occurrence(&now.with_timezone(&zone), false) else {
        return Ok(false);
    };
    Ok(last_success.as_second() < previous.timestamp())
}

#[cfg(test)]
mod tests;
