//! One refresh of one dataflow, from the question to the publication.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use indicators::code::DataflowId;
use indicators::wire::RunOutcome;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::task;

use super::steps::{Answer, Checks, DataflowPlan, FetchOrder, PayloadInHand, Refusal};
use super::take_in::{Delivery, Kept};
use super::{JobError, Jobs, reason};
use crate::run_log::{ReceivedPayload, Run, Trigger, Validators};

/// Marks a dataflow as being refreshed for as long as it lives.
pub(super) struct Turn<'a> {
    jobs: &'a Jobs,
    dataflow: DataflowId,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.jobs.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.dataflow);
    }
}

impl Jobs {
    pub(super) fn take_turn(&self, dataflow: &DataflowId) -> Result<Turn<'_>, JobError> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.insert(dataflow.clone()) {
            Ok(Turn { jobs: self, dataflow: dataflow.clone() })
        } else {
            Err(JobError::AlreadyRunning { dataflow: dataflow.clone() })
        }
    }

    /// Asks the provider, takes in what it says, and publishes. The run is on the disk when this returns.
    ///
    /// # Errors
    /// When it is running already, or when the run could not be written down. A provider that
    /// fails, or a payload that is refused, is a run like any other.
    pub async fn refresh(self: &Arc<Self>, dataflow: DataflowId, trigger: Trigger) -> Result<Run, JobError> {
        let plan = self.plan(&dataflow)?.clone();
        let _turn = self.take_turn(&dataflow)?;
        let started_at = (self.steps.now)();
        let held = self.last_payloads(&dataflow);
        let order = FetchOrder {
            dataflow: dataflow.clone(),
            today: self.today(),
            known: held.iter().map(|payload| (payload.part.clone(), self.validators(payload))).collect(),
        };
        let fetched = (self.steps.fetch)(order).await;
        let jobs = Arc::clone(self);
        task::spawn_blocking(move || {
            let run = jobs.arrived(&plan, trigger, started_at, fetched, &held)?;
            // The run is written down; that it could not be published is told on the status page.
            if let Err(error) = jobs.publish() {
                tracing::error!(error = format!("{error:#}"), "publishing failed; what was published before stays");
            }
            Ok(run)
        })
        .await
        .unwrap_or_else(|error| Err(JobError::Internal(error.to_string())))
    }

    fn arrived(
        &self,
        plan: &DataflowPlan,
        trigger: Trigger,
        started_at: Timestamp,
        fetched: Result<Vec<Answer>, Refusal>,
        held: &[ReceivedPayload],
    ) -> Result<Run, JobError> {
        let _changing = self.changing();
        // A clock that was set back must not put today before what is known already.
        let newest = self.store().newest(&plan.id, None).ok().flatten();
        let as_of = newest.map_or(self.today(), |vintage| vintage.id.date.max(self.today()));
        let mut run = self.new_run(&plan.id, trigger, started_at, as_of);
        match fetched {
            Err(refusal) => {
                run.outcome = refusal.outcome;
                run.bytes = refusal.bytes;
                run.reasons = refusal.reasons;
            }
            Ok(answers) if answers.iter().all(|answer| matches!(answer, Answer::NotModified { .. })) => {
                run.outcome = RunOutcome::Unchanged;
                run.payloads = held.to_vec();
                run.vintage = self.store().newest(&plan.id, None).ok().flatten().map(|vintage| vintage.id);
            }
            Ok(answers) => match self.kept(plan, answers, held, as_of) {
                Ok(payloads) => {
                    let (dataflow, checks) = (plan.id.clone(), Checks::Apply);
                    let delivery =
                        Delivery { dataflow, trigger, started_at, as_of, payloads, checks, accepts: None, again: None };
                    run = self.take_in(&delivery);
                }
                Err(error) => run.reasons.push(reason("not_stored", error.to_string())),
            },
        }
        run.ended_at = (self.steps.now)();
        self.write_down(&run)?;
        Ok(run)
    }

    /// Keeps what came and fetches from the snapshots what did not change.
    fn kept(
        &self,
        plan: &DataflowPlan,
        answers: Vec<Answer>,
        held: &[ReceivedPayload],
        as_of: Date,
    ) -> Result<Vec<Kept>, JobError> {
        let held: BTreeMap<&str, &ReceivedPayload> =
            held.iter().map(|payload| (payload.part.as_str(), payload)).collect();
        let mut kept = Vec::new();
        for answer in answers {
            match answer {
                Answer::Payload(received) => kept.push(self.keep(plan, *received, as_of)?),
                Answer::NotModified { part } => {
                    let payload = held.get(part.as_str()).ok_or_else(|| {
                        JobError::Internal(format!("{part} is said not to have changed, but it is not held"))
                    })?;
                    kept.push(self.fetch_from_snapshots(&plan.id, payload)?);
                }
            }
        }
        Ok(kept)
    }

    pub(super) fn fetch_from_snapshots(
        &self,
        dataflow: &DataflowId,
        payload: &ReceivedPayload,
    ) -> Result<Kept, JobError> {
        let bytes = self.snapshots.read(payload.sha256)?;
        let content_type =
            self.snapshots.origin(payload.sha256, dataflow).ok().and_then(|snapshot| snapshot.origin.content_type);
        let payload_in_hand = PayloadInHand { part: payload.part.clone(), content_type, bytes };
        Ok(Kept { received: payload.clone(), payload: payload_in_hand })
    }

    /// The payloads behind what is known of a dataflow. Quarantined ones are not among them, so
    /// that a provider is asked again for what was refused.
    fn last_payloads(&self, dataflow: &DataflowId) -> Vec<ReceivedPayload> {
        let good =
            |run: &Run| matches!(run.outcome, RunOutcome::Updated | RunOutcome::Unchanged) && !run.payloads.is_empty();
        self.run_log.ask(|history| history.last(dataflow, good).map(|run| run.payloads.clone())).unwrap_or_default()
    }

    /// Without the bytes at hand, an answer that they did not change would be of no use.
    fn validators(&self, payload: &ReceivedPayload) -> Validators {
        if self.snapshots.read(payload.sha256).is_ok() { payload.validators.clone() } else { Validators::default() }
    }
}
