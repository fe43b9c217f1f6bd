//! Refreshes that somebody asks for while the service runs: begun on the spot, carried on beside the answer, waited for
//! when the service ends. What a refresh does is [`super::refresh`]'s matter; who may ask is that of the routes.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use indicators::code::DataflowId;
use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::time;
use tokio_util::task::TaskTracker;

use super::{JobError, Jobs};
use crate::run_log::Trigger;

/// Nothing was begun.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ByHandError {
    /// Nobody can be asked, and no file was dropped in place of an answer.
    #[error("{dataflow} is closed, and no file of it is in the drop folder")]
    Closed {
        /// The dataflow.
        dataflow: DataflowId,
    },
    /// Its figures are delivered.
    #[error("the figures of {dataflow} are delivered; nobody is asked for them")]
    Delivered {
        /// The dataflow.
        dataflow: DataflowId,
    },
    /// There is no such dataflow, nobody to ask for it, or it is being refreshed already.
    #[error(transparent)]
    Job(#[from] JobError),
}

/// Begins refreshes and sees them through. Their tasks are those of the runtime that outlives the threads that serve.
#[derive(Clone)]
pub struct ByHand {
    jobs: Arc<Jobs>,
    drop_folder: PathBuf,
    runtime: Handle,
    under_way: TaskTracker,
}

impl ByHand {
    /// Nothing is under way.
    #[must_use]
    pub fn new(jobs: Arc<Jobs>, drop_folder: PathBuf, runtime: Handle) -> Self {
        Self { jobs, drop_folder, runtime, under_way: TaskTracker::new() }
    }

    /// Begins a refresh, which goes on by itself, and says when it began: the time that its run will bear.
    ///
    /// # Errors
    /// When there is no such dataflow, it cannot be asked for, or it is being refreshed already.
    pub fn begin(&self, dataflow: &DataflowId) -> Result<Timestamp, ByHandError> {
        let plan = self.jobs.plan(dataflow)?;
        if plan.takes_submissions() {
            return Err(ByHandError::Delivered { dataflow: dataflow.clone() });
        }
        if !plan.is_asked && !self.has_dropped_files(dataflow) {
            return Err(ByHandError::Closed { dataflow: dataflow.clone() });
        }
        let refreshing = self.jobs.begin(dataflow, Trigger::Manual)?;
        let started_at = refreshing.started_at();
        let to_the_end = async move {
            if let Err(error) = refreshing.finish().await {
                tracing::error!("a refresh could not be written down: {error}");
            }
        };
        self.under_way.spawn_on(to_the_end, &self.runtime);
        Ok(started_at)
    }

    /// Waits, up to a limit, for the refreshes under way.
    ///
    /// Returns whether all of them ended. What is cut off is not lost: a vintage is visible whole or not at all.
    pub async fn shutdown(&self, limit: Duration) -> bool {
        self.under_way.close();
        time::timeout(limit, self.under_way.wait()).await.is_ok()
    }

    /// Files dropped by hand are taken also for a closed dataflow.
    fn has_dropped_files(&self, dataflow: &DataflowId) -> bool {
        fs::read_dir(self.drop_folder.join(dataflow.as_str())).is_ok_and(|mut files| files.next().is_some())
    }
}
