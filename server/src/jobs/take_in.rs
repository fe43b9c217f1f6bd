//! Payloads in hand become a run: read, put as a vintage, written down.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use indicators::code::DataflowId;
use indicators::wire::{RunFinding, RunOutcome};
use jiff::Timestamp;
use jiff::civil::Date;

use super::steps::{Checks, DataflowPlan, PayloadInHand, ReadOrder, Reading, Received};
use super::{JobError, Jobs, reason};
use crate::disk::LEAST_FREE_BYTES;
use crate::run_log::{ReceivedPayload, Run, Trigger};
use crate::snapshots::SnapshotOrigin;
use crate::store::{NewVintage, PutOutcome, StoreError};

/// A payload that is kept.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) received: ReceivedPayload,
    pub(super) payload: PayloadInHand,
}

/// What to take in.
#[derive(Debug)]
pub(super) struct Delivery {
    pub(super) dataflow: DataflowId,
    pub(super) trigger: Trigger,
    pub(super) started_at: Timestamp,
    pub(super) as_of: Date,
    pub(super) payloads: Vec<Kept>,
    pub(super) checks: Checks,
    pub(super) accepts: Option<String>,
    /// A run done again keeps its name.
    pub(super) again: Option<String>,
}

impl Jobs {
    pub(super) fn new_run(&self, dataflow: &DataflowId, trigger: Trigger, started_at: Timestamp, as_of: Date) -> Run {
        let now = (self.steps.now)();
        let begun = Run::begun((self.steps.run_id)(now), dataflow.clone(), trigger, started_at, as_of);
        Run { ended_at: now, ..begun }
    }

    /// Keeps a payload as a snapshot.
    pub(super) fn keep(&self, plan: &DataflowPlan, received: Received, as_of: Date) -> Result<Kept, JobError> {
        self.check_room(received.bytes.len())?;
        let Received { part, bytes, kind, origin, final_url, content_type, validators } = received;
        let origin = SnapshotOrigin {
            dataflow: plan.id.clone(),
            kind,
            part: part.clone(),
            origin,
            final_url,
            fetched_at: (self.steps.now)(),
            as_of,
            etag: validators.etag.clone(),
            last_modified: validators.last_modified.clone(),
            content_type: content_type.clone(),
            licence: plan.licence.clone(),
            raw_open: plan.raw_open,
        };
        let snapshot = self.snapshots.keep(&bytes, origin)?;
        let received = ReceivedPayload { part: part.clone(), sha256: snapshot.sha256, validators };
        Ok(Kept { received, payload: PayloadInHand { part, content_type, bytes } })
    }

    pub(super) fn check_room(&self, length: usize) -> Result<(), JobError> {
        let free = self.folder.free_bytes()?;
        let needed = LEAST_FREE_BYTES + 2 * u64::try_from(length).unwrap_or(u64::MAX / 4);
        let refused = (free < needed).then_some(JobError::Full { free, needed });
        self.notes().disk = refused.as_ref().map(ToString::to_string);
        refused.map_or(Ok(()), Err)
    }

    /// Reads the payloads and puts what they say into the store. The run is not written down yet.
    /// The caller holds the lock on changes.
    pub(super) fn take_in(&self, delivery: &Delivery) -> Run {
        let mut run = self.run_of(delivery);
        match self.read_and_put(&mut run, &delivery.payloads, delivery.checks) {
            Ok(outcome) => run.outcome = outcome,
            Err(error) => run.reasons.push(reason("not_stored", error.to_string())),
        }
        run.ended_at = (self.steps.now)();
        run
    }

    /// The same for what was taken in before: a disk that refuses is an error and not how the run ends.
    pub(super) fn take_in_again(&self, delivery: &Delivery) -> Result<Run, JobError> {
        let mut run = self.run_of(delivery);
        run.outcome = self.read_and_put(&mut run, &delivery.payloads, delivery.checks)?;
        Ok(run)
    }

    fn run_of(&self, delivery: &Delivery) -> Run {
        let Delivery { dataflow, trigger, started_at, as_of, payloads, accepts, again, .. } = delivery;
        let mut run = self.new_run(dataflow, *trigger, *started_at, *as_of);
        if let Some(id) = again {
            run.id.clone_from(id);
        }
        run.accepts.clone_from(accepts);
        run.bytes = payloads.iter().map(|kept| u64::try_from(kept.payload.bytes.len()).unwrap_or_default()).sum();
        run.payloads = payloads.iter().map(|kept| kept.received.clone()).collect();
        run
    }

    fn read_and_put(&self, run: &mut Run, payloads: &[Kept], checks: Checks) -> Result<RunOutcome, JobError> {
        let plan = self.plan(&run.dataflow)?.clone();
        let in_hand: Vec<PayloadInHand> = payloads.iter().map(|kept| kept.payload.clone()).collect();
        let before = self.mended(|| self.store().observations(&plan.id, None))?;
        let order = ReadOrder { dataflow: &plan.id, payloads: &in_hand, before: &before, as_of: run.as_of, checks };
        let read = catch_unwind(AssertUnwindSafe(|| (self.steps.read)(&order)));
        let Reading { observations, findings, reasons } = read.map_err(|_panic| {
            JobError::Internal(format!("reading a payload of {} panicked; the payload is kept", plan.id))
        })?;
        run.findings = findings;
        run.observations = u64::try_from(observations.len()).unwrap_or(u64::MAX);
        if !reasons.is_empty() {
            run.reasons = reasons;
            return Ok(RunOutcome::Quarantined);
        }
        if !self.store().is_in_memory() {
            self.check_room(0)?;
        }
        let new = NewVintage {
            dataflow: plan.id.clone(),
            as_of: run.as_of,
            recorded_at: run.started_at,
            run: run.id.clone(),
            snapshots: payloads.iter().map(|kept| kept.received.sha256).collect(),
            update: plan.update,
        };
        match self.mended(|| self.store().put_vintage(new.clone(), observations.iter().cloned())) {
            Ok(PutOutcome::Written(vintage)) => {
                run.changed = vintage.changed;
                run.vintage = Some(vintage.id);
                Ok(RunOutcome::Updated)
            }
            Ok(PutOutcome::Unchanged(id)) => {
                run.vintage = Some(id);
                Ok(RunOutcome::Unchanged)
            }
            Err(JobError::Store(error @ StoreError::Contradiction { .. })) => {
                run.reasons = vec![contradiction(&error)];
                Ok(RunOutcome::Quarantined)
            }
            Err(error) => Err(error),
        }
    }

    /// Does something with the store; when the index turns out damaged, rebuilds it and does it again.
    fn mended<T>(&self, action: impl Fn() -> Result<T, StoreError>) -> Result<T, JobError> {
        match action() {
            // An index that is damaged while it is being rebuilt lies on a broken disk.
            Err(error) if error.is_damage() && !self.rebuilding.load(Ordering::Acquire) => {
                self.mend(&error)?;
                Ok(action()?)
            }
            Err(error) => {
                self.note_failure(&error);
                Err(error.into())
            }
            Ok(done) => Ok(done),
        }
    }

    /// Writes a run down, then tells about it.
    pub(super) fn write_down(&self, run: &Run) -> Result<(), JobError> {
        let failures_before = self.written_past(&run.dataflow).failures;
        self.run_log.append(run.clone()).inspect_err(|_| self.log_lags.store(true, Ordering::Release))?;
        (self.steps.told)(run, failures_before);
        let Run { dataflow, outcome, observations, changed, bytes, .. } = run;
        let reason = run.reasons.first().map(|reason| reason.message.as_str());
        match outcome {
            RunOutcome::Updated | RunOutcome::Unchanged => {
                tracing::info!(%dataflow, as_of = %run.as_of, ?outcome, observations, changed, bytes, "refreshed {dataflow}");
            }
            _ => {
                tracing::warn!(%dataflow, as_of = %run.as_of, ?outcome, reason, run = run.id, "not refreshed: {dataflow}");
            }
        }
        Ok(())
    }
}

fn contradiction(error: &StoreError) -> RunFinding {
    let mut finding = reason("conflicting_duplicate", error.to_string());
    if let StoreError::Contradiction { first, second, .. } = error {
        finding.expected = first.map(|value| value.to_string());
        finding.found = second.map(|value| value.to_string());
    }
    finding
}
