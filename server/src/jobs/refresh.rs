//! One refresh of one dataflow, from the question to the publication.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use indicators::code::DataflowId;
use indicators::wire::RunOutcome;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::task;

use super::steps::{Answer, Checks, DataflowPlan, FetchOrder, PayloadInHand, Refusal};
use super::take_in::{Delivery, Kept};
use super::{JobError, Jobs, reason};
use crate::background::giving_way;
use crate::run_log::{ReceivedPayload, Run, Trigger, Validators};

/// Marks a dataflow as being refreshed for as long as it lives.
pub(super) struct Turn {
    jobs: Arc<Jobs>,
    dataflow: DataflowId,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.jobs.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.dataflow);
    }
}

/// A refresh that has begun. No other of the same dataflow begins before it is dropped.
pub struct Refreshing {
    turn: Turn,
    plan: DataflowPlan,
    trigger: Trigger,
    started_at: Timestamp,
    held: Vec<ReceivedPayload>,
}

impl Refreshing {
    /// Asks the provider.
    pub fn ask(&self) -> impl Future<Output = Result<Vec<Answer>, Refusal>> + Send + use<> {
        let jobs = &self.turn.jobs;
        let bytes = |payload: &ReceivedPayload| Some((payload.part.clone(), jobs.snapshots.read(payload.sha256).ok()?));
        let going_on = self.held.iter().filter(|_| self.plan.is_cumulative);
        (jobs.steps.fetch)(FetchOrder {
            dataflow: self.plan.id.clone(),
            today: jobs.today(),
            known: self.held.iter().map(|payload| (payload.part.clone(), jobs.validators(payload))).collect(),
            held: going_on.filter_map(bytes).collect(),
            taken: jobs.parts_taken(&self.plan.id),
        })
    }

    /// When it began: the time that its run will bear.
    #[must_use]
    pub const fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// Asks the provider, takes in what it says, and publishes. The run is on the disk when this returns.
    ///
    /// # Errors
    /// When the run could not be written down.
    pub async fn finish(self) -> Result<Run, JobError> {
        let fetched = self.ask().await;
        task::spawn_blocking(move || giving_way(|| self.take(fetched)))
            .await
            .unwrap_or_else(|error| Err(JobError::Internal(error.to_string())))
    }

    /// Takes in what the provider said, and publishes. The run is on the disk when this returns.
    ///
    /// # Errors
    /// When the run could not be written down.
    pub fn take(self, fetched: Result<Vec<Answer>, Refusal>) -> Result<Run, JobError> {
        let jobs = &self.turn.jobs;
        let not_before = fetched.as_ref().err().and_then(|refusal| refusal.not_before);
        let run = jobs.arrived(&self.plan, self.trigger, self.started_at, fetched, &self.held);
        match &run {
            Ok(_) => _ = jobs.unwritten.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.plan.id),
            Err(_) => jobs.remember_unwritten(&self.plan.id, self.started_at, not_before),
        }
        jobs.notes().writing = run.as_ref().err().map(|error| {
            format!("The last run of {} could not be written down: {error}. Nothing new is stored.", self.plan.id)
        });
        // The run is written down; that it could not be published is told on the status page.
        if let Err(error) = jobs.publish() {
            tracing::error!(error = format!("{error:#}"), "publishing failed; what was published before stays");
        }
        run
    }
}

impl Jobs {
    pub(super) fn take_turn(self: &Arc<Self>, dataflow: &DataflowId) -> Result<Turn, JobError> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.insert(dataflow.clone()) {
            Ok(Turn { jobs: Arc::clone(self), dataflow: dataflow.clone() })
        } else {
            Err(JobError::AlreadyRunning { dataflow: dataflow.clone() })
        }
    }

    /// Asks the provider, takes in what it says, and publishes. The run is on the disk when this returns.
    ///
    /// # Errors
    /// When it is running already, there is nobody to ask, or the run could not be written down. A provider that
    /// fails, or a payload that is refused, is a run like any other.
    pub async fn refresh(self: &Arc<Self>, dataflow: DataflowId, trigger: Trigger) -> Result<Run, JobError> {
        self.begin(&dataflow, trigger)?.finish().await
    }

    /// Begins a refresh.
    ///
    /// # Errors
    /// When there is no such dataflow, nobody to ask for it, or it is being refreshed already.
    pub fn begin(self: &Arc<Self>, dataflow: &DataflowId, trigger: Trigger) -> Result<Refreshing, JobError> {
        let plan = self.plan(dataflow)?.clone();
        let turn = self.take_turn(dataflow)?;
        let started_at = (self.steps.now)();
        if !(self.steps.can_ask)(dataflow) {
            // No run: written down as one in which nothing had changed, it would say that somebody was asked.
            self.passed_over.lock().unwrap_or_else(PoisonError::into_inner).insert(dataflow.clone(), started_at);
            return Err(JobError::NobodyToAsk { dataflow: dataflow.clone() });
        }
        Ok(Refreshing { turn, plan, trigger, started_at, held: self.last_payloads(dataflow) })
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
        let opened = self.ensure_open();
        if opened.is_ok() {
            self.catch_up_on_the_log()?;
        }
        // A clock that was set back must not put today before what is known already.
        let newest = self.store().newest(&plan.id, None).ok().flatten();
        let as_of = newest.map_or(self.today(), |vintage| vintage.id.date.max(self.today()));
        let mut run = self.new_run(&plan.id, trigger, started_at, as_of);
        // What a provider asked for holds whatever the disk does meanwhile.
        run.not_before = fetched.as_ref().err().and_then(|refusal| refusal.not_before);
        if let Err(error) = opened {
            run.reasons.push(reason("not_stored", error.to_string()));
            run.ended_at = (self.steps.now)();
            self.write_down(&run)?;
            return Ok(run);
        }
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
        let good = |run: &Run| is_good(run) && !run.payloads.is_empty();
        self.run_log.ask(|history| history.last(dataflow, good).map(|run| run.payloads.clone())).unwrap_or_default()
    }

    /// The names of all payloads that ever stood behind what is known of a dataflow.
    fn parts_taken(&self, dataflow: &DataflowId) -> BTreeSet<String> {
        self.run_log.ask(|history| {
            let runs = history.runs().iter().filter(|run| run.dataflow == *dataflow && is_good(run));
            runs.flat_map(|run| &run.payloads).map(|payload| payload.part.clone()).collect()
        })
    }

    /// Without the bytes at hand, an answer that they did not change would be of no use.
    fn validators(&self, payload: &ReceivedPayload) -> Validators {
        if self.snapshots.read(payload.sha256).is_ok() { payload.validators.clone() } else { Validators::default() }
    }
}

const fn is_good(run: &Run) -> bool {
    matches!(run.outcome, RunOutcome::Updated | RunOutcome::Unchanged)
}
