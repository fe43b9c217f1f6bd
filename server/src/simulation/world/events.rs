//! What befalls the service, and what people do to it: [`Event`].

use indicators::wire::RunOutcome;

use super::World;
use super::process::store_folder;
use crate::content_hash::ContentHash;
use crate::run_log::{Run, Trigger};
use crate::simulation::clock::{DAY, HOUR, MINUTE, Moment};
use crate::simulation::disk::Crash;
use crate::simulation::index;
use crate::simulation::laws::Broken;

/// Something that happens to the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulation) enum Event {
    NewYear(usize),
    Revision(usize),
    ArmCrash,
    GoDown,
    Trouble,
    Calm,
    Full,
    Room,
    Damage,
    ByHand,
    Operator,
    SwitchOn,
}

impl World<'_> {
    pub(super) fn happen(&mut self, event: Event) -> Result<(), Broken> {
        self.trace.push(format!("{} {event:?}", self.clock.timestamp()));
        match event {
            Event::SwitchOn => self.switch_on()?,
            Event::NewYear(desk) => {
                let mut providers = self.providers.lock();
                let table = &mut providers.desks[desk].table;
                let year = table.last_year() + 1;
                if table.is_in_part() {
                    table.publish(year - 1, &self.chance);
                } else if year < self.today().year() {
                    // A year is published when it is over, whole or beginning with one area.
                    if self.chance.one_in(3) {
                        table.publish_one(year, &self.chance);
                    } else {
                        table.publish(year, &self.chance);
                    }
                }
                drop(providers);
                self.after_days(20, 200, event);
            }
            Event::Revision(desk) => {
                let is_large = self.chance.one_in(3);
                self.providers.lock().desks[desk].table.revise(is_large, &self.chance);
                self.after_days(2, 60, event);
            }
            Event::ArmCrash => {
                self.disk.crash_after(Some(self.chance.between(0, 60).unsigned_abs()));
                self.again(event);
            }
            Event::GoDown => {
                self.crash();
                self.again(event);
            }
            Event::Trouble => {
                self.disk.fail_one_in(Some(self.chance.pick(&[2, 5, 20, 60])));
                self.after(self.chance.between(HOUR, 10 * DAY), Event::Calm);
                self.again(event);
            }
            Event::Calm => self.disk.fail_one_in(None),
            Event::Full => {
                self.disk.fill(true);
                self.after(self.chance.between(HOUR, 20 * DAY), Event::Room);
                self.again(event);
            }
            Event::Room => self.disk.fill(false),
            Event::Damage => {
                self.crash();
                self.damage();
                self.again(event);
            }
            Event::ByHand => {
                let desk = self.chance.below(3);
                let dataflow = self.providers.lock().desks[desk].table.dataflow.clone();
                if self.providers.lock().is_ready(desk, self.clock.now()) {
                    self.begin(&dataflow, Trigger::Manual);
                }
                self.again(event);
            }
            Event::Operator => {
                self.decide()?;
                self.compact()?;
                if self.is_honest {
                    self.after(DAY / 4, event);
                } else {
                    self.again(event);
                }
            }
        }
        Ok(())
    }

    pub(super) fn after(&mut self, wait: Moment, event: Event) {
        self.n_events += 1;
        self.agenda.insert((self.clock.now() + wait, self.n_events), event);
    }

    /// The same again, some days later.
    pub(super) fn again(&mut self, event: Event) {
        let (low, high) = match event {
            Event::ArmCrash => (0, 15),
            Event::ByHand | Event::Operator => (1, 20),
            _ => (1, 60),
        };
        self.after_days(low, high, event);
    }

    pub(super) fn after_days(&mut self, low: i64, high: i64, event: Event) {
        let wait = self.chance.between(low * DAY, high * DAY);
        self.after(wait, event);
    }

    /// The operator accepts what the provider says to this day and rejects the rest.
    fn decide(&mut self) -> Result<(), Broken> {
        let Some(process) = &self.process else { return Ok(()) };
        let waiting: Vec<Run> = process.jobs.run_log().ask(|history| {
            let waits = |run: &&Run| run.outcome == RunOutcome::Quarantined && history.decision(&run.id).is_none();
            history.newest().filter(waits).take(3).cloned().collect()
        });
        for run in waiting {
            let is_true = {
                let providers = self.providers.lock();
                !run.payloads.is_empty()
                    && providers.desks.iter().any(|desk| {
                        let body = ContentHash::of(&desk.table.body());
                        desk.table.dataflow == run.dataflow && run.payloads.iter().all(|one| one.sha256 == body)
                    })
            };
            let Some(process) = &self.process else { break };
            if is_true {
                let accepted = process.jobs.accept(&run.id);
                if let Ok(run) = accepted
                    && !self.disk.is_down()
                {
                    self.tally.count("accepted");
                    self.acknowledge(run)?;
                }
            } else if process.jobs.reject(&run.id).is_ok() {
                self.tally.count("rejected");
            }
            if self.disk.is_down() {
                break;
            }
        }
        Ok(())
    }

    /// The operator makes the index smaller now and then; nothing that counts is lost by it.
    fn compact(&mut self) -> Result<(), Broken> {
        let Some(process) = self.process.as_ref().filter(|_| !self.disk.is_down()) else { return Ok(()) };
        // When nothing breaks any more, the operator comes by often and a compaction has little to fear.
        if !self.chance.one_in(if self.is_honest { 40 } else { 2 }) {
            return Ok(());
        }
        let is_done = process.jobs.compact().is_ok();
        if is_done && !self.disk.is_down() {
            self.laws.after_start(&process.jobs, &self.providers.lock())?;
        }
        self.tally.count(if is_done { "compacted" } else { "not compacted" });
        Ok(())
    }

    /// The machine goes down and comes up again a while later.
    pub(super) fn crash(&mut self) {
        let crash = if self.chance.one_in(2) { Crash::Kill } else { Crash::PowerCut };
        self.tally.count(format!("crash: {crash:?}"));
        self.trace.push(format!("{} down: {crash:?}", self.clock.timestamp()));
        self.process = None;
        for desk in &mut self.providers.lock().desks {
            desk.forgive();
        }
        self.disk.restart(crash);
        if !self.agenda.values().any(|event| *event == Event::SwitchOn) {
            self.after(self.chance.between(MINUTE, 3 * DAY), Event::SwitchOn);
        }
    }

    fn damage(&mut self) {
        let folder = store_folder();
        let Some(file) = self.disk.index_file(&folder) else { return };
        let mut file = index::lock(&file);
        let kind = self.chance.below(5);
        self.tally.count(format!("damage {kind}"));
        match kind {
            0 => file.is_damaged = true,
            1 => (file.is_damaged, file.is_lost) = (true, true),
            2 => file.lose_end(&self.chance),
            3 => file.flip_byte(&self.chance),
            _ => {
                drop(file);
                self.disk.remove_index(&folder);
            }
        }
    }
}
