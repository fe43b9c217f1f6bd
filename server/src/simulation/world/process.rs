//! The process while it runs: switched on, asking, taking in what arrives, publishing.

use std::mem::replace;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use chrono_tz::Asia::Almaty;
use indicators::code::DataflowId;
use indicators::wire::RunOutcome;

use super::World;
use super::events::Event;
use crate::alerts::{self, Ages as KeptAges, Memory, Outbox};
use crate::disk::Disk;
use crate::jobs::real::{self, Upstream};
use crate::jobs::{Answer, Checks, DataflowPlan, Jobs, Publishing, ReadOrder, Refreshing, Refusal, Steps};
use crate::run_log::{Run, Trigger};
use crate::schedule::{Appointment, Timetable};
use crate::service::{publishing, watched};
use crate::simulation::chance::Chance;
use crate::simulation::clock::{HOUR, Moment};
use crate::simulation::ground::{Ground, Weakness};
use crate::simulation::laws::{Broken, ages, in_part, told};
use crate::sources::client::{Client, ClientConfig, Timing};
use crate::view::{View, ViewHandle};

const ROOT: &str = "/data";

type Asking = Pin<Box<dyn Future<Output = Result<Vec<Answer>, Refusal>> + Send>>;

/// A refresh under way.
pub(super) struct Flight {
    pub(super) dataflow: DataflowId,
    refreshing: Refreshing,
    asking: Asking,
}

/// The process, while it runs.
pub(super) struct Process {
    pub(super) jobs: Arc<Jobs>,
    view: Arc<OnceLock<ViewHandle>>,
    pub(super) timetable: Timetable,
    pub(super) flights: Vec<Flight>,
    /// What an operator's machine would be told.
    outbox: Outbox,
    memory: Memory,
    /// What it found to have been told before it was switched on.
    found: Option<KeptAges>,
    /// Whether what it serves was looked at.
    is_looked_at: bool,
}

impl World<'_> {
    pub(super) fn next_starts(&self) -> Vec<(Moment, DataflowId, Trigger)> {
        let Some(process) = &self.process else { return Vec::new() };
        let starts = process.timetable.starts(self.clock.timestamp(), |dataflow| process.jobs.past(dataflow));
        starts
            .filter(|start| process.flights.iter().all(|flight| flight.dataflow != start.dataflow))
            .map(|start| (start.at.as_millisecond(), start.dataflow, start.trigger))
            .collect()
    }

    pub(super) fn start_due(&mut self, starts: Vec<(Moment, DataflowId, Trigger)>) {
        let now = self.clock.now();
        for (_, dataflow, trigger) in starts.into_iter().filter(|start| start.0 <= now) {
            self.begin(&dataflow, trigger);
        }
    }

    pub(super) fn begin(&mut self, dataflow: &DataflowId, trigger: Trigger) {
        let Some(process) = &mut self.process else { return };
        let Ok(refreshing) = process.jobs.begin(dataflow, trigger) else {
            self.tally.count("refused a second run");
            return;
        };
        self.trace.push(format!("{} {dataflow} is asked for ({})", self.clock.timestamp(), trigger.name()));
        self.tally.count(format!("started: {}", trigger.name()));
        let asking = Box::pin(refreshing.ask());
        process.flights.push(Flight { dataflow: dataflow.clone(), refreshing, asking });
    }

    /// Takes in what has arrived.
    pub(super) fn land(&mut self) -> Result<(), Broken> {
        let Some(process) = &mut self.process else { return Ok(()) };
        let mut context = Context::from_waker(Waker::noop());
        let mut landed = Vec::new();
        let mut flying = Vec::new();
        for mut flight in process.flights.drain(..) {
            match flight.asking.as_mut().poll(&mut context) {
                Poll::Ready(fetched) => landed.push((flight.refreshing, fetched)),
                Poll::Pending => flying.push(flight),
            }
        }
        process.flights = flying;
        for (refreshing, fetched) in landed {
            let taken = refreshing.take(fetched);
            if self.disk.is_down() {
                break;
            }
            match taken {
                Ok(run) => self.acknowledge(run)?,
                Err(error) => {
                    self.tally.count("a run could not be written down");
                    self.trace.push(format!("{} not written down: {error}", self.clock.timestamp()));
                }
            }
        }
        Ok(())
    }

    pub(super) fn acknowledge(&mut self, run: Run) -> Result<(), Broken> {
        let Some(process) = &self.process else { return Ok(()) };
        let reason = run.reasons.first().map_or("", |reason| reason.message.as_str());
        self.trace.push(format!("{} {} {:?} {reason}", self.clock.timestamp(), run.dataflow, run.outcome));
        self.tally.count(format!("run: {:?}", run.outcome));
        if let Some(reason) = run.reasons.first() {
            self.tally.count(format!("reason: {}", reason.code));
        }
        Self::told_of_the_room(&run, &process.jobs)?;
        if process.jobs.store().published().is_err() {
            // The index failed after the run was written down. What it holds is seen when it is open again.
            self.laws.acknowledge_unseen(run);
            return Ok(());
        }
        self.laws.acknowledge(run, &process.jobs, &self.providers.lock())
    }

    /// The status says that the disk is full when a run ended for that, and no more when one was stored since.
    fn told_of_the_room(run: &Run, jobs: &Jobs) -> Result<(), Broken> {
        const FULL: &str = "The disk is full";
        let is_told = jobs.problems().iter().any(|problem| problem.starts_with(FULL));
        let was_refused = run.reasons.iter().any(|reason| reason.message.starts_with(FULL));
        match (is_told, was_refused) {
            (false, true) => Err(format!("the run {} found the disk full and the status does not say so", run.id)),
            (true, false) if run.outcome == RunOutcome::Updated => {
                Err(format!("the run {} was stored and the status says that the disk is full", run.id))
            }
            _ => Ok(()),
        }
    }

    /// What the service does at every look, and the laws about what it serves.
    pub(super) fn look(&mut self) -> Result<(), Broken> {
        let today = self.today();
        let Some(process) = &mut self.process else { return Ok(()) };
        process.jobs.keep_current();
        if self.disk.is_down() {
            return Ok(());
        }
        let view = view_of(process);
        let now = ages(&view);
        let is_at_start = !replace(&mut process.is_looked_at, true);
        // What the disk refused to keep, the next process cannot know: it goes by what it finds.
        let before = if is_at_start && !self.is_told_kept {
            process.found.take().map(|found| found.freshness)
        } else {
            self.told.take()
        };
        for _ in told(&process.outbox.waiting(&process.memory), before.as_ref().unwrap_or(&now), &now)? {
            self.tally.count(if is_at_start { "told at the start: stale" } else { "told: stale" });
        }
        self.is_told_kept = process.memory.has_kept(&KeptAges { freshness: now.clone() });
        self.told = Some(now);
        if self.seen.as_ref() != Some(&(view.id.clone(), today)) {
            self.laws.serving(&view, &self.ground.catalogue, today)?;
            for _ in 0..in_part(&view) {
                self.tally.count("served: a newest year in part");
            }
            self.laws.citable(&view, process.jobs.archive())?;
            self.seen = Some((view.id.clone(), today));
        }
        Ok(())
    }

    pub(super) fn switch_on(&mut self) -> Result<(), Broken> {
        let Ground { definitions, catalogue, method, .. } = self.ground;
        let (publishing, view) = publishing(definitions.clone(), Arc::clone(catalogue), method.clone());
        let (alerts, outbox) = alerts::channel();
        let disk: Arc<dyn Disk> = Arc::new(self.disk.clone());
        let memory = Memory::of(&disk, Path::new(ROOT));
        let told = memory.read();
        let steps = self.steps(watched(publishing, &view, alerts, told.clone()));
        let plans = real::plans(&self.ground.catalogue);
        let opened = Jobs::open_on(&disk, Path::new(ROOT), plans, steps, Almaty);
        let opened = opened.map_err(anyhow::Error::from).and_then(|jobs| {
            jobs.publish()?;
            Ok(jobs)
        });
        match opened {
            Ok(jobs) => {
                let appointments: Vec<Appointment> = jobs.plans().iter().map(DataflowPlan::appointment).collect();
                let since = self.clock.timestamp();
                let jitter = Duration::from_mins(2);
                let timetable = Timetable::new(&appointments, Almaty, since, jitter, self.seed);
                let timetable = timetable.map_err(|error| error.to_string())?;
                jobs.keep_current();
                if self.disk.is_down() {
                    drop(jobs);
                    self.crash();
                    return Ok(());
                }
                self.laws.after_start(&jobs, &self.providers.lock())?;
                self.tally.count("switched on");
                self.process = Some(Process {
                    jobs: Arc::new(jobs),
                    view,
                    timetable,
                    flights: Vec::new(),
                    outbox,
                    memory,
                    found: told,
                    is_looked_at: false,
                });
            }
            Err(error) => {
                self.tally.count("did not start");
                self.trace.push(format!("{} did not start: {error:#}", self.clock.timestamp()));
                if self.disk.is_down() {
                    self.crash();
                } else {
                    self.after(HOUR, Event::SwitchOn);
                }
            }
        }
        Ok(())
    }

    /// The steps of the running service over this clock, this chance and these providers.
    fn steps(&self, publishing: Publishing) -> Steps {
        let chance = Arc::new(Chance::new(self.seed, "client"));
        let (now, wait) = (self.clock.clone(), self.clock.clone());
        let timing = Timing::new(move || now.timestamp(), move |duration| wait.wait(duration), move || chance.unit());
        let client = Client::over(self.providers.transport(), ClientConfig::standard(), timing);
        let upstream = Upstream {
            catalogue: Arc::clone(&self.ground.catalogue),
            areas: self.ground.definitions.areas.clone(),
            client,
            drop_folder: PathBuf::from("/nowhere"),
            scratch: PathBuf::from("/nowhere"),
        };
        let clock = self.clock.clone();
        let n_runs = Arc::new(Chance::new(self.seed ^ self.clock.now().unsigned_abs(), "run ids"));
        let mut steps = Steps {
            now: Arc::new(move || clock.timestamp()),
            run_id: Arc::new(move |now| {
                format!("{:013}-{:08x}", now.as_millisecond(), n_runs.between(0, i64::from(u32::MAX)))
            }),
            bundled: Arc::new(|| Ok(Vec::new())),
            ..real::steps(upstream, publishing, Arc::new(|_, _| {}))
        };
        if let Some(Weakness::Without(codes)) = self.ground.weakness {
            let read = steps.read;
            steps.read = Arc::new(move |order| {
                let reading = read(order);
                let is_waived = reading.reasons.iter().all(|reason| codes.contains(&reason.code.as_str()));
                if is_waived { read(&ReadOrder { checks: Checks::Waive, ..*order }) } else { reading }
            });
        }
        steps
    }
}

pub(super) fn view_of(process: &Process) -> Arc<View> {
    in_force(&process.view)
}

fn in_force(view: &OnceLock<ViewHandle>) -> Arc<View> {
    view.get().map_or_else(|| unreachable!("a process that runs has published"), ViewHandle::current)
}

pub(super) fn store_folder() -> PathBuf {
    Path::new(ROOT).join("store")
}
