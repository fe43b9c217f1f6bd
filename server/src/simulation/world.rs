//! One life of the service: what happens when, drawn from the seed, and the service's own steps in between.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use chrono_tz::Asia::Almaty;
use indicators::area::AreaList;
use indicators::code::DataflowId;
use indicators::definition::{Derivation, Panel, SeriesRef};
use indicators::wire::RunOutcome;
use jiff::civil::{Date, date};

use super::chance::Chance;
use super::clock::{Clock, DAY, HOUR, MINUTE, Moment};
use super::disk::{Crash, SimulatedDisk};
use super::index;
use super::laws::{Broken, Laws, published};
use super::provider::Providers;
use super::tables::{self, Table};
use crate::content_hash::ContentHash;
use crate::definitions::Definitions;
use crate::disk::Disk;
use crate::jobs::real::{self, Upstream};
use crate::jobs::{Answer, DataflowPlan, Jobs, Publish, Refreshing, Refusal, Steps};
use crate::release::PublishedMethod;
use crate::run_log::{Run, Trigger};
use crate::schedule::{Appointment, Timetable};
use crate::service::publishing;
use crate::sources::Catalogue;
use crate::sources::client::{Client, ClientConfig, Timing};
use crate::view::{View, ViewHandle};

const ROOT: &str = "/data";

/// Days without a fault at the end of every life.
const GOOD_DAYS: i64 = 21;

/// The first day.
const BEGIN: Date = date(2020, 1, 1);

/// How often each thing happened, over all seeds: a simulation that never meets a fault proves nothing.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Tally(pub(super) BTreeMap<String, u64>);

impl Tally {
    fn count(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (what, n) in &other.0 {
            *self.0.entry(what.clone()).or_default() += n;
        }
    }
}

/// What all seeds share: definitions are read once.
pub(super) struct Ground {
    definitions: Definitions,
    catalogue: Arc<Catalogue>,
    /// As published, but for fewer variants: what is simulated is how releases are kept, not what they say.
    method: PublishedMethod,
}

impl Ground {
    pub(super) fn new() -> Self {
        let embedded = Definitions::embedded();
        let mut definitions = embedded.unwrap_or_else(|error| unreachable!("embedded definitions: {error}"));
        let areas = definitions.areas.iter().filter(|area| tables::AREAS.contains(&area.code.as_str())).cloned();
        let areas = AreaList::new(areas.collect());
        definitions.areas = areas.unwrap_or_else(|error| unreachable!("four of the areas: {error}"));
        let framework = &mut definitions.framework;
        framework.panels.retain(|panel| panel.panel == Panel::Regions);
        for panel in &mut framework.panels {
            (panel.first_year, panel.last_year) = (2020, 2021);
        }
        framework.criteria.truncate(1);
        framework.indicators.retain(|one| one.panel == Panel::Regions && one.code.as_str() == "internet_users");
        let catalogue = tables::catalogue();
        for indicator in &mut framework.indicators {
            if let Some(Derivation::Observed { of: SeriesRef { dataflow, .. } }) = &mut indicator.derivation {
                *dataflow = catalogue.iter().next().map_or_else(|| dataflow.clone(), |first| first.id.clone());
            }
        }
        let mut method = PublishedMethod::current();
        method.robustness.replicates = 8;
        Self { definitions, catalogue: Arc::new(catalogue), method }
    }
}

/// Something that happens to the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
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

type Asking = Pin<Box<dyn Future<Output = Result<Vec<Answer>, Refusal>> + Send>>;

/// A refresh under way.
struct Flight {
    dataflow: DataflowId,
    refreshing: Refreshing,
    asking: Asking,
}

/// The process, while it runs.
struct Process {
    jobs: Arc<Jobs>,
    view: Arc<OnceLock<ViewHandle>>,
    timetable: Timetable,
    flights: Vec<Flight>,
}

/// A law was broken.
#[derive(Debug)]
pub(super) struct Violation {
    pub(super) seed: u64,
    pub(super) law: Broken,
    /// What happened last, newest at the end.
    pub(super) trace: Vec<String>,
}

pub(super) struct World<'a> {
    ground: &'a Ground,
    seed: u64,
    clock: Clock,
    chance: Chance,
    disk: SimulatedDisk,
    providers: Arc<Providers>,
    agenda: BTreeMap<(Moment, u64), Event>,
    n_events: u64,
    process: Option<Process>,
    laws: Laws,
    is_honest: bool,
    /// The view and the day for which the laws of serving were last seen to hold.
    seen: Option<(String, Date)>,
    tally: Tally,
    trace: Vec<String>,
}

/// Lives one seed through.
pub(super) fn live(ground: &Ground, seed: u64) -> Result<Tally, Violation> {
    let mut world = World::new(ground, seed);
    // Most faults show early; some need years.
    let chance = Chance::new(seed, "length of life");
    let days = if chance.one_in(100) { 1000 } else { chance.between(5, 60) };
    match world.run(days) {
        Ok(()) => Ok(world.tally),
        Err(law) => Err(Violation { seed, law, trace: world.trace.split_off(world.trace.len().saturating_sub(200)) }),
    }
}

impl<'a> World<'a> {
    fn new(ground: &'a Ground, seed: u64) -> Self {
        let begin = BEGIN.in_tz("UTC").map_or(0, |begin| begin.timestamp().as_millisecond());
        let (clock, chance) = (Clock::at(begin), Chance::new(seed, "world"));
        let tables = Table::all(&ground.definitions.areas, BEGIN.year() - 2, &chance);
        let providers = Providers::new(tables, clock.clone(), Chance::new(seed, "providers"));
        let disk = SimulatedDisk::new(seed);
        let mut world = Self {
            ground,
            seed,
            clock,
            chance,
            disk,
            providers,
            agenda: BTreeMap::new(),
            n_events: 0,
            process: None,
            laws: Laws::default(),
            is_honest: false,
            seen: None,
            tally: Tally::default(),
            trace: Vec::new(),
        };
        world.after(0, Event::SwitchOn);
        let n_desks = world.providers.lock().desks.len();
        for desk in 0..n_desks {
            world.after_days(2, 60, Event::NewYear(desk));
            world.after_days(2, 60, Event::Revision(desk));
        }
        for event in
            [Event::ArmCrash, Event::GoDown, Event::Trouble, Event::Full, Event::Damage, Event::ByHand, Event::Operator]
        {
            world.again(event);
        }
        world
    }

    fn run(&mut self, days: i64) -> Result<(), Broken> {
        self.tally.0.insert("days".to_owned(), (days + GOOD_DAYS).unsigned_abs());
        let end = self.clock.now() + days * DAY;
        while self.clock.now() < end {
            self.step(end)?;
        }
        // From here on everybody is honest and nothing breaks: the service must come to the truth by itself.
        self.is_honest = true;
        self.providers.lock().is_honest = true;
        self.disk.crash_after(None);
        self.disk.fail_one_in(None);
        self.disk.fill(false);
        let ends = |event: &Event| matches!(event, Event::SwitchOn | Event::Operator);
        self.agenda.retain(|_, event| ends(event));
        let end = end + GOOD_DAYS * DAY;
        while self.clock.now() < end {
            self.step(end)?;
        }
        self.converged()
    }

    /// Lets time pass to whatever comes next, and does it.
    fn step(&mut self, end: Moment) -> Result<(), Broken> {
        let now = self.clock.now();
        let starts = self.next_starts();
        let next_start = starts.iter().map(|start| start.0).min();
        let is_asking = self.process.as_ref().is_some_and(|process| !process.flights.is_empty());
        let next_end = self.clock.next_end().filter(|_| is_asking);
        let next_event = self.agenda.keys().next().map(|(at, _)| *at);
        let next = [next_start, next_end, next_event, Some(end)].into_iter().flatten().min().unwrap_or(end);
        self.clock.pass_to(next.max(now));
        let due: Vec<_> =
            self.agenda.range(..=(self.clock.now(), u64::MAX)).map(|(key, event)| (*key, *event)).collect();
        for (key, event) in due {
            self.agenda.remove(&key);
            self.happen(event)?;
        }
        self.start_due();
        self.land()?;
        self.look()?;
        if self.disk.is_down() {
            self.crash();
        }
        let complaints = self.providers.lock().complaints.first().cloned();
        complaints.map_or(Ok(()), Err)
    }

    fn next_starts(&self) -> Vec<(Moment, DataflowId, Trigger)> {
        let Some(process) = &self.process else { return Vec::new() };
        let starts = process.timetable.starts(self.clock.timestamp(), |dataflow| process.jobs.past(dataflow));
        starts
            .filter(|start| process.flights.iter().all(|flight| flight.dataflow != start.dataflow))
            .map(|start| (start.at.as_millisecond(), start.dataflow, start.trigger))
            .collect()
    }

    fn start_due(&mut self) {
        let now = self.clock.now();
        for (_, dataflow, trigger) in self.next_starts().into_iter().filter(|start| start.0 <= now) {
            self.begin(&dataflow, trigger);
        }
    }

    fn begin(&mut self, dataflow: &DataflowId, trigger: Trigger) {
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
    fn land(&mut self) -> Result<(), Broken> {
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

    fn acknowledge(&mut self, run: Run) -> Result<(), Broken> {
        let Some(process) = &self.process else { return Ok(()) };
        let reason = run.reasons.first().map_or("", |reason| reason.message.as_str());
        self.trace.push(format!("{} {} {:?} {reason}", self.clock.timestamp(), run.dataflow, run.outcome));
        self.tally.count(format!("run: {:?}", run.outcome));
        if let Some(reason) = run.reasons.first() {
            self.tally.count(format!("reason: {}", reason.code));
        }
        if process.jobs.store().published().is_err() {
            // The index failed after the run was written down. What it holds is seen when it is open again.
            self.laws.acknowledge_unseen(run);
            return Ok(());
        }
        self.laws.acknowledge(run, &process.jobs, &self.providers.lock())
    }

    /// What the service does at every look, and the laws about what it serves.
    fn look(&mut self) -> Result<(), Broken> {
        let Some(process) = &self.process else { return Ok(()) };
        process.jobs.keep_current();
        if self.disk.is_down() {
            return Ok(());
        }
        let (view, today) = (view_of(process), self.today());
        if self.seen.as_ref() != Some(&(view.id.clone(), today)) {
            self.laws.serving(&view, &self.ground.catalogue, today)?;
            self.seen = Some((view.id.clone(), today));
        }
        Ok(())
    }

    fn today(&self) -> Date {
        self.clock.timestamp().in_tz("Asia/Almaty").map_or(BEGIN, |local| local.date())
    }

    fn happen(&mut self, event: Event) -> Result<(), Broken> {
        self.trace.push(format!("{} {event:?}", self.clock.timestamp()));
        match event {
            Event::SwitchOn => self.switch_on()?,
            Event::NewYear(desk) => {
                let mut providers = self.providers.lock();
                let table = &mut providers.desks[desk].table;
                let year = table.last_year() + 1;
                // A year is published when it is over.
                if year < self.today().year() {
                    table.publish(year, &self.chance);
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
                if self.is_honest {
                    self.after(DAY / 4, event);
                } else {
                    self.again(event);
                }
            }
        }
        Ok(())
    }

    fn after(&mut self, wait: Moment, event: Event) {
        self.n_events += 1;
        self.agenda.insert((self.clock.now() + wait, self.n_events), event);
    }

    /// The same again, some days later.
    fn again(&mut self, event: Event) {
        let (low, high) = match event {
            Event::ArmCrash => (0, 15),
            Event::ByHand | Event::Operator => (1, 20),
            _ => (1, 60),
        };
        self.after_days(low, high, event);
    }

    fn after_days(&mut self, low: i64, high: i64, event: Event) {
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

    /// The machine goes down and comes up again a while later.
    fn crash(&mut self) {
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

    fn switch_on(&mut self) -> Result<(), Broken> {
        let Ground { definitions, catalogue, method } = self.ground;
        let (publish, view) = publishing(definitions.clone(), Arc::clone(catalogue), method.clone());
        let steps = self.steps(publish);
        let plans = real::plans(&self.ground.catalogue);
        let disk: Arc<dyn Disk> = Arc::new(self.disk.clone());
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
                self.process = Some(Process { jobs: Arc::new(jobs), view, timetable, flights: Vec::new() });
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
    fn steps(&self, publish: Publish) -> Steps {
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
        Steps {
            now: Arc::new(move || clock.timestamp()),
            run_id: Arc::new(move |now| {
                format!("{:013}-{:08x}", now.as_millisecond(), n_runs.between(0, i64::from(u32::MAX)))
            }),
            bundled: Arc::new(|| Ok(Vec::new())),
            ..real::steps(upstream, publish, Arc::new(|_, _| {}))
        }
    }

    /// In the end the service knows the truth, publishes it, and a rebuild from the snapshots publishes the same.
    fn converged(&mut self) -> Result<(), Broken> {
        let Some(process) = &self.process else { return Err("the service does not run".to_owned()) };
        let store = process.jobs.store();
        for desk in &self.providers.lock().desks {
            let dataflow = &desk.table.dataflow;
            let known = store.observations(dataflow, None).map_err(|error| error.to_string())?;
            let known: BTreeMap<_, _> = known
                .into_iter()
                .filter_map(|stored| {
                    let observation = stored.observation;
                    Some(((observation.area, observation.period.year()), observation.value?))
                })
                .collect();
            if known != desk.table.truth() {
                return Err(format!(
                    "after {GOOD_DAYS} good days {dataflow} still does not say what the provider says"
                ));
            }
        }
        let before = published(&store)?;
        let process = self.process.take();
        drop((store, process));
        self.disk.restart(Crash::Kill);
        self.disk.remove_index(&store_folder());
        self.switch_on()?;
        let Some(process) = &self.process else { return Err("the service does not start without an index".to_owned()) };
        let after = published(&process.jobs.store())?;
        if before.is_empty() || before != after {
            return Err(format!("rebuilt from the snapshots the releases are {after:?}; they were {before:?}"));
        }
        Ok(())
    }
}

fn view_of(process: &Process) -> Arc<View> {
    let handle = process.view.get();
    handle.map_or_else(|| unreachable!("a process that runs has published"), ViewHandle::current)
}

fn store_folder() -> PathBuf {
    Path::new(ROOT).join("store")
}
