//! The recordings that came with the program, taken in like any other payload, each as a vintage
//! of the day it was recorded.

use std::collections::BTreeSet;

use indicators::code::DataflowId;
use jiff::civil::Date;

use super::steps::{Checks, Recording};
use super::take_in::Delivery;
use super::{JobError, Jobs};
use crate::run_log::Trigger;

impl Jobs {
    /// Takes in the recordings that no run has taken in yet, oldest first; the rest of them when a first start was
    /// cut short, the new ones when a newer version of the program brings some. One that is older than what is
    /// known of its dataflow says nothing new.
    pub(super) fn import_bundled(&self) -> Result<(), JobError> {
        let _changing = self.changing();
        let mut recordings = (self.steps.bundled)().map_err(JobError::Bundled)?;
        let taken: BTreeSet<(DataflowId, Date)> = self.run_log.ask(|history| {
            let first = history.runs().iter().filter(|run| run.trigger == Trigger::FirstStart);
            first.map(|run| (run.dataflow.clone(), run.as_of)).collect()
        });
        recordings.retain(|recording| {
            self.plan(&recording.dataflow).is_ok()
                && !taken.contains(&(recording.dataflow.clone(), recording.recorded))
                && !self.knows_newer(recording)
        });
        recordings.sort_by(|a, b| (a.recorded, &a.dataflow).cmp(&(b.recorded, &b.dataflow)));
        let total = recordings.len();
        for (recording, number) in recordings.into_iter().zip(1u64..) {
            tracing::info!("reading recording {number} of {total}: {} of {}", recording.dataflow, recording.recorded);
            let plan = self.plan(&recording.dataflow)?;
            let started_at = (self.steps.now)();
            let payloads = recording
                .payloads
                .into_iter()
                .map(|received| self.keep(plan, received, recording.recorded))
                .collect::<Result<Vec<_>, _>>()?;
            let run = self.take_in(&Delivery {
                dataflow: recording.dataflow,
                trigger: Trigger::FirstStart,
                started_at,
                as_of: recording.recorded,
                payloads,
                checks: Checks::Apply,
                accepts: None,
                again: None,
            });
            self.write_down(&run)?;
        }
        Ok(())
    }

    fn knows_newer(&self, recording: &Recording) -> bool {
        let newest = self.store().newest(&recording.dataflow, None).ok().flatten();
        newest.is_some_and(|vintage| vintage.id.date > recording.recorded)
    }
}
