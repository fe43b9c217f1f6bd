//! Log, payloads and index brought into agreement: after a crash, after damage, and when an
//! operator asks for a rebuild. Log and payloads are the truth.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use indicators::code::DataflowId;
use indicators::wire::RunOutcome;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::steps::Checks;
use super::take_in::{Delivery, Kept};
use super::{JobError, Jobs};
use crate::content_hash::ContentHash;
use crate::durable;
use crate::run_log::{ReceivedPayload, Run, Trigger, Validators};
use crate::snapshots::SnapshotKind;
use crate::store::{Vintage, VintageId};

/// What a replay did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Replayed {
    /// Vintages put again.
    pub vintages: u64,
    /// Runs that could not be replayed, and why.
    pub failures: Vec<String>,
}

/// What `given-up.json` holds.
#[derive(Debug, Serialize, Deserialize)]
struct GivenUp {
    /// The version of the program that gave up.
    program: String,
    vintages: BTreeSet<VintageId>,
}

const PROGRAM: &str = env!("CARGO_PKG_VERSION");

impl Jobs {
    /// Brings index and log into agreement. Does nothing when they agree. The caller holds the lock on changes.
    pub(super) fn reconcile(&self) -> Result<(), JobError> {
        let stored = self.store().all_vintages()?;
        let runs = self.run_log.ask(|history| history.runs().to_vec());
        if runs.is_empty() && stored.is_empty() {
            return self.replay_snapshots();
        }
        let given_up = self.given_up();
        let mut missing = missing_runs(&runs, &stored);
        missing.retain(|run| run.vintage.as_ref().is_some_and(|id| !given_up.contains(id)));
        for id in &given_up {
            self.note(Some(format!("The vintage {id} could not be rebuilt from its snapshots.")));
        }
        if missing.iter().any(|run| is_overtaken(run, &stored)) {
            // A gap in the middle cannot be filled: vintages build on one another.
            self.note(Some("The index lacked vintages that the run log knows and has been rebuilt.".to_owned()));
            self.rebuild_locked("incomplete")?;
        } else if !missing.is_empty() {
            let n_missing = missing.len();
            self.note(Some(format!(
                "The index lacked {n_missing} vintages that the run log knows; they were read again from the snapshots."
            )));
            match self.replay(&missing) {
                // What they build on, which nobody had read before.
                Err(JobError::Store(error)) if error.is_damage() => {
                    self.note(Some(format!(
                        "The index was damaged ({error}) and has been rebuilt from the snapshots."
                    )));
                    self.rebuild_locked("damaged")?;
                }
                done => done?,
            }
        }
        self.adopt_vintages(&runs)
    }

    /// Vintages that the last rebuild could not bring back, so that not every start tries again. Another version of
    /// the program does: it may read what this one does not.
    fn given_up(&self) -> BTreeSet<VintageId> {
        let list = self.folder.disk().read(&self.given_up_path());
        let given_up: Option<GivenUp> = list.ok().and_then(|list| serde_json::from_slice(&list).ok());
        given_up.filter(|given_up| given_up.program == PROGRAM).map(|given_up| given_up.vintages).unwrap_or_default()
    }

    fn given_up_path(&self) -> PathBuf {
        self.folder.root().join("given-up.json")
    }

    /// Takes in the payloads of runs again, as of the days they had, and notes what cannot be brought back.
    /// Nothing is written into the log.
    fn replay(&self, runs: &[&Run]) -> Result<(), JobError> {
        // Half an index is completed when it is next opened.
        let replayed = self.replay_each(runs).inspect_err(|_| self.index_failed.store(true, Ordering::Release))?;
        self.told_of(&replayed)
    }

    /// Notes for the operator, and for the next start, what could not be brought back.
    pub(super) fn told_of(&self, replayed: &Replayed) -> Result<(), JobError> {
        for failure in &replayed.failures {
            self.note(Some(format!("A vintage could not be rebuilt: {failure}")));
        }
        self.give_up()
    }

    /// Goes by vintages and not by lines of the log: one whose run was written down late stands there after those
    /// that build on it. Stops at the first that the disk keeps from being stored.
    pub(super) fn replay_each(&self, runs: &[&Run]) -> Result<Replayed, JobError> {
        self.rebuilding.store(true, Ordering::Release);
        let replayed = self.replay_in_order(runs);
        self.rebuilding.store(false, Ordering::Release);
        replayed
    }

    fn replay_in_order(&self, runs: &[&Run]) -> Result<Replayed, JobError> {
        let mut runs = runs.to_vec();
        runs.sort_by(|one, other| one.vintage.cmp(&other.vintage));
        let mut replayed = Replayed::default();
        for (run, number) in runs.iter().zip(1usize..) {
            tracing::info!("replaying {number} of {}: {} of {}", runs.len(), run.dataflow, run.as_of);
            let failure = match self.replay_run(run) {
                Ok(again) if again.outcome == RunOutcome::Updated => {
                    replayed.vintages += 1;
                    continue;
                }
                Ok(again) if again.outcome == RunOutcome::Unchanged => continue,
                Ok(again) => again.reasons.first().map_or_else(String::new, |reason| reason.message.clone()),
                Err(error) if error.is_lasting() => error.to_string(),
                Err(error) => return Err(error),
            };
            replayed.failures.push(format!("{} of {}: {failure}", run.dataflow, run.as_of));
        }
        Ok(replayed)
    }

    /// Writes down which vintages a whole replay could not bring back.
    fn give_up(&self) -> Result<(), JobError> {
        let stored = self.store().all_vintages()?;
        let runs = self.run_log.ask(|history| history.runs().to_vec());
        let lost: BTreeSet<VintageId> =
            missing_runs(&runs, &stored).into_iter().filter_map(|run| run.vintage.clone()).collect();
        if lost == self.given_up() {
            return Ok(());
        }
        let given_up = GivenUp { program: PROGRAM.to_owned(), vintages: lost };
        let names = serde_json::to_vec(&given_up).map_err(|error| JobError::Internal(error.to_string()))?;
        let incoming = self.folder.snapshots().join("incoming");
        Ok(durable::write_file(self.folder.disk().as_ref(), &self.given_up_path(), &incoming, &names)?)
    }

    fn replay_run(&self, run: &Run) -> Result<Run, JobError> {
        let payloads = run
            .payloads
            .iter()
            .map(|payload| self.fetch_from_snapshots(&run.dataflow, payload))
            .collect::<Result<Vec<Kept>, _>>()?;
        self.take_in_again(&Delivery {
            dataflow: run.dataflow.clone(),
            trigger: run.trigger,
            started_at: run.started_at,
            as_of: run.as_of,
            payloads,
            // It passed them, or an operator waived them. A run that was written down after a crash no longer says which.
            checks: Checks::Waive,
            accepts: run.accepts.clone(),
            again: Some(run.id.clone()),
        })
    }

    /// Writes down the runs that could not be when they ended. What the log does not know is neither published nor built
    /// upon: nothing would bring it back if the index were lost. The caller holds the lock on changes.
    pub(super) fn catch_up_on_the_log(&self) -> Result<(), JobError> {
        if self.log_lags.load(Ordering::Acquire) {
            let runs = self.run_log.ask(|history| history.runs().to_vec());
            self.adopt_vintages(&runs)?;
            self.log_lags.store(false, Ordering::Release);
        }
        Ok(())
    }

    /// Writes a run down for each vintage that has none: the process was killed between the two.
    fn adopt_vintages(&self, runs: &[Run]) -> Result<(), JobError> {
        // A run that found nothing new names the vintage that stands; it does not bring it back.
        let brought = runs.iter().filter(|run| run.outcome == RunOutcome::Updated);
        let known: BTreeSet<&VintageId> = brought.filter_map(|run| run.vintage.as_ref()).collect();
        let mut unknown = self.store().all_vintages()?;
        unknown.retain(|vintage| !known.contains(&vintage.id));
        // A kill leaves one vintage without its line, not all of several.
        if runs.is_empty() && unknown.len() > 1 {
            self.note(Some("The run log was lost; runs were restored from the index.".to_owned()));
        }
        for vintage in unknown {
            tracing::warn!(vintage = %vintage.id, "a vintage without a run is written down");
            let trigger = if self.is_bundled(&vintage) { Trigger::FirstStart } else { Trigger::Recovered };
            let mut run = self.new_run(&vintage.id.dataflow, trigger, vintage.recorded_at, vintage.id.date);
            run.id.clone_from(&vintage.run);
            run.outcome = RunOutcome::Updated;
            run.ended_at = vintage.recorded_at;
            run.observations = vintage.observations;
            run.changed = vintage.changed;
            run.payloads = vintage.snapshots.iter().map(|&sha256| self.part_of(&vintage.id.dataflow, sha256)).collect();
            run.vintage = Some(vintage.id);
            self.write_down(&run)?;
        }
        Ok(())
    }

    /// Whether every payload of it came with the program.
    fn is_bundled(&self, vintage: &Vintage) -> bool {
        vintage.snapshots.iter().all(|&sha256| {
            let origin = self.snapshots.origin(sha256, &vintage.id.dataflow);
            origin.is_ok_and(|snapshot| snapshot.origin.kind == SnapshotKind::Bundled)
        })
    }

    fn part_of(&self, dataflow: &DataflowId, sha256: ContentHash) -> ReceivedPayload {
        let part = self.snapshots.origin(sha256, dataflow).map(|snapshot| snapshot.origin.part).unwrap_or_default();
        ReceivedPayload { part, sha256, validators: Validators::default() }
    }

    /// Without log and index, the payloads tell by themselves what they are. A dataflow's payloads of one day are taken in
    /// in the order they came, those of different parts together, and must pass the checks.
    fn replay_snapshots(&self) -> Result<(), JobError> {
        let mut days: BTreeMap<(Date, DataflowId), Vec<Together>> = BTreeMap::new();
        for snapshot in self.snapshots.list()? {
            let origin = snapshot.origin;
            // What was submitted counts by the word of an operator, which is lost with the log.
            if self.plan(&origin.dataflow).is_ok() && origin.kind != SnapshotKind::Submitted {
                let validators = Validators { etag: origin.etag, last_modified: origin.last_modified };
                let payload = ReceivedPayload { part: origin.part, sha256: snapshot.sha256, validators };
                add(days.entry((origin.as_of, origin.dataflow)).or_default(), origin.kind, payload);
            }
        }
        if days.is_empty() {
            return Ok(());
        }
        self.note(Some("The run log was lost; runs were restored from the snapshots alone.".to_owned()));
        let in_order =
            days.into_iter().flat_map(|(of, day)| day.into_iter().map(move |together| (of.clone(), together)));
        for ((as_of, dataflow), Together { parts, .. }) in in_order {
            let payloads = parts
                .iter()
                .map(|payload| self.fetch_from_snapshots(&dataflow, payload))
                .collect::<Result<Vec<Kept>, _>>()?;
            let run = self.take_in(&Delivery {
                dataflow,
                trigger: Trigger::Recovered,
                started_at: (self.steps.now)(),
                as_of,
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

/// Payloads that may have come with one answer.
struct Together {
    kind: SnapshotKind,
    parts: Vec<ReceivedPayload>,
}

/// Adds a payload to those of its day. A part that is there already came with another answer, and so did a file that was
/// dropped and one that was fetched.
fn add(day: &mut Vec<Together>, kind: SnapshotKind, payload: ReceivedPayload) {
    match day.last_mut() {
        Some(last) if last.kind == kind && last.parts.iter().all(|other| other.part != payload.part) => {
            last.parts.push(payload);
        }
        _ => day.push(Together { kind, parts: vec![payload] }),
    }
}

/// Runs that wrote a vintage the index does not hold.
fn missing_runs<'a>(runs: &'a [Run], stored: &[Vintage]) -> Vec<&'a Run> {
    let held: BTreeSet<&VintageId> = stored.iter().map(|vintage| &vintage.id).collect();
    let wrote = |run: &&Run| run.outcome == RunOutcome::Updated;
    runs.iter().filter(wrote).filter(|run| run.vintage.as_ref().is_some_and(|id| !held.contains(id))).collect()
}

/// Whether the index holds a newer vintage of the same dataflow.
fn is_overtaken(run: &Run, stored: &[Vintage]) -> bool {
    run.vintage.as_ref().is_some_and(|id| stored.iter().any(|held| held.id.dataflow == id.dataflow && held.id > *id))
}
