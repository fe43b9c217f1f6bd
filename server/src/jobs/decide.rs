//! An operator's word on a quarantined run.

use indicators::wire::RunOutcome;
use jiff::civil::Date;

use super::steps::Checks;
use super::take_in::{Delivery, Kept};
use super::{JobError, Jobs};
use crate::durable::DiskError;
use crate::run_log::{Decision, Run, Trigger, Verdict};
use crate::store::{Vintage, VintageId};

/// A decision was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecisionError {
    /// No such run.
    #[error("no run {run}")]
    UnknownRun {
        /// What was given.
        run: String,
    },
    /// Only quarantined runs wait for a decision.
    #[error("the run {run} ended as {found:?}; only quarantined runs are accepted or rejected")]
    NotQuarantined {
        /// The run.
        run: String,
        /// How it ended.
        found: RunOutcome,
    },
    /// It was decided before.
    #[error("the run {run} was {} already, at {}", match decision.verdict { Verdict::Accepted => "accepted", Verdict::Rejected => "rejected" }, decision.decided_at)]
    Decided {
        /// The run.
        run: String,
        /// What was decided.
        decision: Decision,
    },
    /// Something newer is known, so what the run brought would be a step back.
    #[error("the run {run} is of {as_of}; {newest} is newer. Refresh the dataflow instead")]
    Overtaken {
        /// The run.
        run: String,
        /// Its day.
        as_of: Date,
        /// The newest vintage.
        newest: VintageId,
    },
    /// Its payload cannot be read at all, so there is nothing to accept.
    #[error("the run {run} cannot be accepted, its payload cannot be read: {reason}")]
    Unreadable {
        /// The run.
        run: String,
        /// The first reason.
        reason: String,
    },
    /// Nothing of the answer was kept, so there is nothing to accept.
    #[error("the run {run} cannot be accepted, nothing of its answer was kept: {reason}. Refresh the dataflow instead")]
    NothingKept {
        /// The run.
        run: String,
        /// Why it was refused.
        reason: String,
    },
    /// The job itself failed.
    #[error(transparent)]
    Job(#[from] JobError),
    /// The decision could not be written down.
    #[error("the run log: {0}")]
    RunLog(#[from] DiskError),
}

impl Jobs {
    /// Takes in what a quarantined run brought, whatever the checks say about it, and publishes. Parsing must succeed
    /// all the same.
    ///
    /// # Errors
    /// [`DecisionError`].
    pub fn accept(&self, run: &str) -> Result<Run, DecisionError> {
        let taken = self.take_in_accepted(run)?;
        if let Err(error) = self.publish() {
            tracing::error!(error = format!("{error:#}"), "publishing failed; what was published before stays");
        }
        Ok(taken)
    }

    /// The same without publishing, which may take longer than whoever accepts should wait.
    ///
    /// # Errors
    /// [`DecisionError`].
    pub fn take_in_accepted(&self, run: &str) -> Result<Run, DecisionError> {
        let _changing = self.changing();
        let quarantined = self.undecided(run)?;
        // Too large, endless or not to be decompressed: it was refused before there was anything to keep.
        if quarantined.payloads.is_empty() {
            let reason = first_reason(&quarantined);
            return Err(DecisionError::NothingKept { run: quarantined.id, reason });
        }
        self.ensure_current()?;
        let newest = self.store().newest(&quarantined.dataflow, None).map_err(JobError::from)?;
        let is_newer =
            |newest: &Vintage| newest.id.date > quarantined.as_of || newest.recorded_at > quarantined.started_at;
        if let Some(newest) = newest.filter(is_newer) {
            return Err(DecisionError::Overtaken { run: quarantined.id, as_of: quarantined.as_of, newest: newest.id });
        }
        let payloads = quarantined
            .payloads
            .iter()
            .map(|payload| self.fetch_from_snapshots(&quarantined.dataflow, payload))
            .collect::<Result<Vec<Kept>, _>>()?;
        let taken = self.take_in(&Delivery {
            dataflow: quarantined.dataflow.clone(),
            trigger: Trigger::Accepted,
            started_at: (self.steps.now)(),
            as_of: quarantined.as_of,
            payloads,
            checks: Checks::Waive,
            accepts: Some(quarantined.id.clone()),
            again: None,
        });
        if !matches!(taken.outcome, RunOutcome::Updated | RunOutcome::Unchanged) {
            return Err(DecisionError::Unreadable { run: quarantined.id, reason: first_reason(&taken) });
        }
        self.write_down(&taken)?;
        self.decide(quarantined.id, Verdict::Accepted)?;
        Ok(taken)
    }

    /// Notes that what a quarantined run brought is not to be used.
    ///
    /// # Errors
    /// [`DecisionError`].
    pub fn reject(&self, run: &str) -> Result<Run, DecisionError> {
        let _changing = self.changing();
        let quarantined = self.undecided(run)?;
        self.decide(quarantined.id.clone(), Verdict::Rejected)?;
        Ok(quarantined)
    }

    fn decide(&self, run: String, verdict: Verdict) -> Result<(), DecisionError> {
        Ok(self.run_log.decide(Decision { run, verdict, decided_at: (self.steps.now)() })?)
    }

    fn undecided(&self, id: &str) -> Result<Run, DecisionError> {
        let (run, decision) = self.run_log.ask(|history| (history.find(id).cloned(), history.decision(id).cloned()));
        let run = run.ok_or_else(|| DecisionError::UnknownRun { run: id.to_owned() })?;
        if run.outcome != RunOutcome::Quarantined {
            return Err(DecisionError::NotQuarantined { run: run.id, found: run.outcome });
        }
        match decision {
            Some(decision) => Err(DecisionError::Decided { run: run.id, decision }),
            None => Ok(run),
        }
    }
}

fn first_reason(run: &Run) -> String {
    run.reasons.first().map_or_else(String::new, |reason| reason.message.clone())
}
