//! The recordings that came with the program, taken in like any other payload, each as a vintage
//! of the day it was recorded.

use std::collections::BTreeSet;

use indicators::code::DataflowId;

use super::steps::Checks;
use super::take_in::Delivery;
use super::{JobError, Jobs};
use crate::run_log::Trigger;

impl Jobs {
    /// Takes in the recordings of every dataflow of which nothing is known yet, oldest first. A
    /// dataflow that a newer version of the program brings along is filled the same way.
    pub(super) fn import_bundled(&self) -> Result<(), JobError> {
        let _changing = self.changing();
        let known: BTreeSet<DataflowId> =
            self.run_log.ask(|history| history.runs().iter().map(|run| run.dataflow.clone()).collect());
        if self.plans.iter().all(|plan| known.contains(&plan.id)) {
            return Ok(());
        }
        let mut recordings = (self.steps.bundled)().map_err(JobError::Bundled)?;
        recordings.retain(|recording| {
            !known.contains(&recording.dataflow) && self.plans.iter().any(|plan| plan.id == recording.dataflow)
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
}
