//! The recordings that came with the program, taken in like any other payload, each as a vintage
//! of the day it was recorded.

use std::collections::BTreeSet;

use indicators::code::DataflowId;
use jiff::Timestamp;
use jiff::civil::Date;

use super::steps::{Checks, PayloadInHand, Received, Recording};
use super::take_in::{Delivery, Kept};
use super::{JobError, Jobs};
use crate::content_hash::ContentHash;
use crate::run_log::{ReceivedPayload, Trigger};

impl Jobs {
    /// Takes in the recordings that no run has taken in yet. The caller holds the lock on changes.
    pub(super) fn import_bundled(&self) -> Result<(), JobError> {
        let recordings = self.new_recordings()?;
        let total = recordings.len();
        for (recording, number) in recordings.into_iter().zip(1u64..) {
            tracing::info!("reading recording {number} of {total}: {} of {}", recording.dataflow, recording.recorded);
            let plan = self.plan(&recording.dataflow)?;
            let started_at = (self.steps.now)();
            let Recording { dataflow, recorded, payloads } = recording;
            let payloads = payloads.into_iter().map(|received| self.keep(plan, received, recorded));
            let payloads = payloads.collect::<Result<Vec<_>, _>>()?;
            let run = self.take_in(&first_start(dataflow, recorded, started_at, payloads));
            self.write_down(&run)?;
        }
        Ok(())
    }

    /// The same into an index in memory: nothing is kept and nothing is written down.
    pub(super) fn remember_bundled(&self) -> Result<(), JobError> {
        for Recording { dataflow, recorded, payloads } in self.new_recordings()? {
            let payloads = payloads.into_iter().map(|received| {
                let Received { part, bytes, content_type, validators, .. } = received;
                let received = ReceivedPayload { part: part.clone(), sha256: ContentHash::of(&bytes), validators };
                Kept { received, payload: PayloadInHand { part, content_type, bytes } }
            });
            let run = self.take_in(&first_start(dataflow, recorded, (self.steps.now)(), payloads.collect()));
            if let Some(reason) = run.reasons.first() {
                tracing::warn!(dataflow = %run.dataflow, reason = reason.message, "a recording was not taken in");
            }
        }
        Ok(())
    }

    /// The recordings that are new, oldest first: the rest of them when a first start was cut short, the new ones when a
    /// newer version of the program brings some. One that is older than what is known of its dataflow says nothing new.
    fn new_recordings(&self) -> Result<Vec<Recording>, JobError> {
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
        Ok(recordings)
    }

    fn knows_newer(&self, recording: &Recording) -> bool {
        let newest = self.store().newest(&recording.dataflow, None).ok().flatten();
        newest.is_some_and(|vintage| vintage.id.date > recording.recorded)
    }
}

fn first_start(dataflow: DataflowId, as_of: Date, started_at: Timestamp, payloads: Vec<Kept>) -> Delivery {
    let trigger = Trigger::FirstStart;
    Delivery { dataflow, trigger, started_at, as_of, payloads, checks: Checks::Apply, accepts: None, again: None }
}
