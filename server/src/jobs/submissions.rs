//! Figures that somebody delivers: checked, held, accepted by an operator, taken back.
//!
//! Log and payloads are the truth here as elsewhere: a submission is a payload among the snapshots and a line in the
//! log, a decision another line. The vintage in force follows from them. It holds the accepted submissions of the
//! dataflow in the order they came, so that accepting one, or withdrawing one, is a new vintage and nothing is ever
//! changed. [`Jobs::settle_submissions`] brings it about, also after a crash between a decision and its vintage.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::slice;
use std::sync::PoisonError;

use indicators::code::DataflowId;
use indicators::wire::{RunFinding, RunOutcome};

use super::steps::{Checks, DataflowPlan, PayloadInHand, ReadOrder, Reading, Received};
use super::take_in::{Delivery, Kept};
use super::{JobError, Jobs};
use crate::content_hash::ContentHash;
use crate::durable::DiskError;
use crate::run_log::{
    ReceivedPayload, Run, Submission, SubmissionDecision, SubmissionState, SubmissionVerdict, Trigger, Validators,
};
use crate::snapshots::SnapshotKind;
use crate::sources::FindingKind;
use crate::store::StoredObservation;

/// Submissions of one key that may wait for an operator at a time.
const MOST_HELD: usize = 50;

/// Figures that are delivered.
#[derive(Debug, Clone)]
pub struct SubmissionOrder {
    /// The dataflow.
    pub dataflow: DataflowId,
    /// Who delivers them.
    pub author: Author,
    /// Their media type.
    pub content_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What the sender says about them.
    pub note: Option<String>,
    /// The sender's own name for this delivery.
    pub idempotency_key: Option<String>,
}

/// Who delivers or decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The key; none on the command line.
    pub key: Option<String>,
    /// The name.
    pub name: String,
}

/// Figures that were only checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// How many observations there are.
    pub observations: u64,
    /// How many are new or differ from what is published.
    pub changed: u64,
    /// Repairs and remarks.
    pub findings: Vec<RunFinding>,
}

/// A delivery that is held.
#[derive(Debug, Clone, PartialEq)]
pub struct Submitted {
    /// The submission.
    pub submission: Submission,
    /// Whether it was held before: the same delivery came again.
    pub was_held: bool,
}

/// A submission was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubmissionError {
    /// Nothing is delivered to this dataflow.
    #[error("{dataflow} takes no submissions; {}", known.join(", "))]
    NotTaken {
        /// The dataflow.
        dataflow: DataflowId,
        /// Those that do.
        known: Vec<String>,
    },
    /// The figures hold faults.
    #[error("{} faults, the first: {}", faults.len(), faults.first().map_or("", |fault| fault.message.as_str()))]
    Faulty {
        /// Every fault, by row and column.
        faults: Vec<RunFinding>,
    },
    /// The sender used the name of another delivery.
    #[error("the idempotency key {key:?} belongs to the submission {id}, which holds something else")]
    KeyReused {
        /// The name.
        key: String,
        /// What bears it.
        id: String,
    },
    /// Too many wait already.
    #[error("{MOST_HELD} submissions with this key are waiting for an operator")]
    TooManyHeld,
    /// No such submission.
    #[error("no submission {id}")]
    Unknown {
        /// What was asked for.
        id: String,
    },
    /// It cannot be decided that way any more.
    #[error("the submission {id} is {}; {}", state_name(*state), expected)]
    Decided {
        /// The submission.
        id: String,
        /// How it stands.
        state: SubmissionState,
        /// What can be decided.
        expected: &'static str,
    },
    /// The job itself failed.
    #[error(transparent)]
    Job(#[from] JobError),
    /// It could not be written down.
    #[error("the run log: {0}")]
    RunLog(#[from] DiskError),
}

const fn state_name(state: SubmissionState) -> &'static str {
    match state {
        SubmissionState::Held => "held",
        SubmissionState::Accepted => "accepted",
        SubmissionState::Rejected => "rejected",
        SubmissionState::Withdrawn => "withdrawn",
    }
}

impl Jobs {
    /// Checks figures without keeping anything.
    ///
    /// # Errors
    /// [`SubmissionError::NotTaken`] or [`SubmissionError::Faulty`].
    pub fn check_submission(&self, order: &SubmissionOrder) -> Result<Checked, SubmissionError> {
        let plan = self.submission_plan(&order.dataflow)?.clone();
        let part = "submission".to_owned();
        let content_type = Some(order.content_type.clone());
        let new = PayloadInHand { part, content_type, bytes: order.bytes.clone() };
        let before = self.store().observations(&plan.id, None).map_err(JobError::from)?;
        // Alone: what it says. Below, with what was accepted before: what it would change.
        let alone = self.read_guarded(&plan.id, slice::from_ref(&new), &[])?;
        let (doubts, faults): (Vec<RunFinding>, Vec<RunFinding>) = alone.reasons.into_iter().partition(is_doubt);
        if !faults.is_empty() {
            return Err(SubmissionError::Faulty { faults });
        }
        if alone.observations.is_empty() {
            let message = "no row holds a value or a status".to_owned();
            return Err(SubmissionError::Faulty { faults: vec![super::reason("too_few_rows", message)] });
        }
        let mut payloads: Vec<PayloadInHand> =
            self.accepted_payloads(&plan.id)?.into_iter().map(|kept| kept.payload).collect();
        payloads.push(new);
        let together = self.read_guarded(&plan.id, &payloads, &before)?;
        let changed = changed(&together, &before);
        let mut findings = alone.findings;
        findings.extend(doubts);
        let is_new = |reason: &RunFinding| is_doubt(reason) && !findings.contains(reason);
        let further: Vec<RunFinding> = together.reasons.into_iter().filter(is_new).collect();
        findings.extend(further);
        Ok(Checked { observations: count(alone.observations.len()), changed, findings })
    }

    /// Checks figures and holds them for an operator. When this returns, they are on the disk.
    ///
    /// # Errors
    /// [`SubmissionError`].
    pub fn submit(&self, order: SubmissionOrder) -> Result<Submitted, SubmissionError> {
        if let Some(submission) = self.delivered_before(&order)? {
            return Ok(Submitted { submission, was_held: true });
        }
        let Checked { observations, changed, findings } = self.check_submission(&order)?;
        let plan = self.submission_plan(&order.dataflow)?.clone();
        let _one_at_a_time = self.submitting.lock().unwrap_or_else(PoisonError::into_inner);
        // The same delivery may have come a second time meanwhile.
        if let Some(submission) = self.delivered_before(&order)? {
            return Ok(Submitted { submission, was_held: true });
        }
        let key = order.author.key.clone().unwrap_or_default();
        let waiting = self.run_log().ask(|history| {
            let of_key = history.submissions().iter().filter(|one| one.key == key);
            of_key.filter(|one| history.submission_state(&one.id) == SubmissionState::Held).count()
        });
        if waiting >= MOST_HELD {
            return Err(SubmissionError::TooManyHeld);
        }
        let received_at = (self.steps.now)();
        let id = (self.steps.run_id)(received_at);
        let bytes = count(order.bytes.len());
        let received = Received {
            part: id.clone(),
            bytes: order.bytes,
            kind: SnapshotKind::Submitted,
            origin: order.author.name.clone(),
            final_url: None,
            content_type: Some(order.content_type.clone()),
            validators: Validators::default(),
        };
        let kept = self.keep(&plan, received, self.today())?;
        let submission = Submission {
            id,
            dataflow: plan.id,
            key,
            holder: order.author.name,
            received_at,
            sha256: kept.received.sha256,
            bytes,
            content_type: order.content_type,
            note: order.note,
            idempotency_key: order.idempotency_key,
            observations,
            changed,
            findings,
        };
        self.run_log().submitted(submission.clone())?;
        let Submission { id, dataflow, holder, .. } = &submission;
        tracing::info!(submission = id, %dataflow, holder, observations, changed, "figures were submitted and are held");
        Ok(Submitted { submission, was_held: false })
    }

    /// The submission that the sender already made under this name.
    fn delivered_before(&self, order: &SubmissionOrder) -> Result<Option<Submission>, SubmissionError> {
        let Some(name) = &order.idempotency_key else { return Ok(None) };
        let found = self.run_log().ask(|history| {
            let mut of_key = history.submissions().iter().filter(|one| Some(&one.key) == order.author.key.as_ref());
            of_key.find(|one| one.idempotency_key.as_ref() == Some(name)).cloned()
        });
        let Some(found) = found else { return Ok(None) };
        let is_same = found.sha256 == ContentHash::of(&order.bytes)
            && found.dataflow == order.dataflow
            && found.content_type == order.content_type
            && found.note == order.note;
        if is_same { Ok(Some(found)) } else { Err(SubmissionError::KeyReused { key: name.clone(), id: found.id }) }
    }

    /// Writes down a decision about a submission, and has the vintage follow. When this returns, both are on the disk.
    /// Says whether there is something to publish, which is a step of its own: [`Jobs::publish`].
    ///
    /// # Errors
    /// [`SubmissionError`].
    pub fn decide_submission(
        &self,
        id: &str,
        verdict: SubmissionVerdict,
        author: Author,
        reason: Option<String>,
    ) -> Result<bool, SubmissionError> {
        {
            let _one_at_a_time = self.submitting.lock().unwrap_or_else(PoisonError::into_inner);
            let (found, state) =
                self.run_log().ask(|history| (history.submission(id).cloned(), history.submission_state(id)));
            let submission = found.ok_or_else(|| SubmissionError::Unknown { id: id.to_owned() })?;
            let expected = match verdict {
                SubmissionVerdict::Accepted | SubmissionVerdict::Rejected if state != SubmissionState::Held => {
                    Some("only held ones are accepted or rejected")
                }
                SubmissionVerdict::Withdrawn if !matches!(state, SubmissionState::Held | SubmissionState::Accepted) => {
                    Some("only held and accepted ones are withdrawn")
                }
                _ => None,
            };
            if let Some(expected) = expected {
                return Err(SubmissionError::Decided { id: submission.id, state, expected });
            }
            if verdict == SubmissionVerdict::Accepted {
                self.check_readable(&submission)?;
            }
            let decided_at = (self.steps.now)();
            let Author { key, name: by } = author;
            let submission_id = submission.id.clone();
            tracing::info!(submission = id, ?verdict, by, "a submission was decided on");
            let decision = SubmissionDecision { submission: submission_id, verdict, key, by, reason, decided_at };
            self.run_log().decide_submission(decision)?;
        }
        Ok(self.settle_submissions()?)
    }

    /// A later version of the program may refuse what an earlier one held.
    fn check_readable(&self, submission: &Submission) -> Result<(), SubmissionError> {
        let payload = self.fetch_from_snapshots(&submission.dataflow, &part_of(submission))?.payload;
        let read = self.read_guarded(&submission.dataflow, &[payload], &[])?;
        let faults: Vec<RunFinding> = read.reasons.into_iter().filter(|reason| !is_doubt(reason)).collect();
        if faults.is_empty() { Ok(()) } else { Err(SubmissionError::Faulty { faults }) }
    }

    /// Puts a vintage where the accepted submissions of a dataflow are others than those of its last run. Says whether
    /// there was something to do.
    pub(super) fn settle_submissions(&self) -> Result<bool, JobError> {
        let _changing = self.changing();
        let unsettled: Vec<DataflowPlan> =
            self.plans().iter().filter(|plan| plan.takes_submissions() && !self.is_settled(plan)).cloned().collect();
        if unsettled.is_empty() {
            return Ok(false);
        }
        self.ensure_current()?;
        for plan in unsettled {
            let payloads = self.accepted_payloads(&plan.id)?;
            let newest = self.store().newest(&plan.id, None)?;
            let run = self.take_in(&Delivery {
                dataflow: plan.id.clone(),
                trigger: Trigger::Submission,
                started_at: (self.steps.now)(),
                as_of: newest.map_or(self.today(), |vintage| vintage.id.date.max(self.today())),
                payloads,
                checks: Checks::Waive,
                accepts: None,
                again: None,
            });
            self.write_down(&run)?;
            if let Some(reason) = run.reasons.first() {
                return Err(JobError::Internal(reason.message.clone()));
            }
        }
        Ok(true)
    }

    /// Whether the last run of a dataflow took in what is accepted.
    fn is_settled(&self, plan: &DataflowPlan) -> bool {
        self.run_log().ask(|history| {
            let good = |run: &Run| matches!(run.outcome, RunOutcome::Updated | RunOutcome::Unchanged);
            let last = history.last(&plan.id, good).map(|run| run.payloads.as_slice()).unwrap_or_default();
            let accepted = parts(&history.accepted_submissions(&plan.id));
            accepted.iter().map(|payload| payload.sha256).eq(last.iter().map(|payload| payload.sha256))
        })
    }

    fn submission_plan(&self, dataflow: &DataflowId) -> Result<&DataflowPlan, SubmissionError> {
        let taking = || self.plans().iter().filter(|plan| plan.takes_submissions());
        taking().find(|plan| &plan.id == dataflow).ok_or_else(|| SubmissionError::NotTaken {
            dataflow: dataflow.clone(),
            known: taking().map(|plan| plan.id.to_string()).collect(),
        })
    }

    fn accepted_payloads(&self, dataflow: &DataflowId) -> Result<Vec<Kept>, JobError> {
        let accepted = self.run_log().ask(|history| parts(&history.accepted_submissions(dataflow)));
        accepted.iter().map(|payload| self.fetch_from_snapshots(dataflow, payload)).collect()
    }

    fn read_guarded(
        &self,
        dataflow: &DataflowId,
        payloads: &[PayloadInHand],
        before: &[StoredObservation],
    ) -> Result<Reading, JobError> {
        let order = ReadOrder { dataflow, payloads, before, as_of: self.today(), checks: Checks::Apply };
        catch_unwind(AssertUnwindSafe(|| (self.steps.read)(&order)))
            .map_err(|_panic| JobError::Internal(format!("reading a submission to {dataflow} panicked")))
    }
}

/// A large change may be right, and a value may be taken back. An operator sees it; it does not keep figures from being
/// held.
fn is_doubt(reason: &RunFinding) -> bool {
    [FindingKind::Jump, FindingKind::OtherScale, FindingKind::Withdrawn].iter().any(|kind| reason.code == kind.code())
}

fn part_of(submission: &Submission) -> ReceivedPayload {
    ReceivedPayload { part: submission.id.clone(), sha256: submission.sha256, validators: Validators::default() }
}

/// The same bytes accepted twice count once, where they came last.
fn parts(accepted: &[&Submission]) -> Vec<ReceivedPayload> {
    let last: BTreeMap<ContentHash, &str> =
        accepted.iter().map(|submission| (submission.sha256, submission.id.as_str())).collect();
    let is_last = |submission: &&&Submission| last.get(&submission.sha256) == Some(&submission.id.as_str());
    accepted.iter().filter(is_last).map(|submission| part_of(submission)).collect()
}

fn changed(read: &Reading, before: &[StoredObservation]) -> u64 {
    let held: BTreeMap<_, _> = before
        .iter()
        .map(|StoredObservation { observation, .. }| {
            let key = (&observation.series, &observation.area, observation.period);
            (key, (observation.value, observation.status))
        })
        .collect();
    let is_other = read.observations.iter().filter(|observation| {
        let key = (&observation.series, &observation.area, observation.period);
        held.get(&key) != Some(&(observation.value, observation.status))
    });
    count(is_other.count())
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
