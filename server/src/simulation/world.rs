//! One life of the service: what happens when, drawn from the seed, and the service's own steps in between.

mod events;
mod process;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::{Date, date};

use self::events::Event;
use self::process::{Process, store_folder, view_of};
use super::chance::Chance;
use super::clock::{Clock, DAY, Moment};
use super::disk::{Crash, SimulatedDisk};
use super::ground::Ground;
use super::laws::{Ages, Broken, Laws, published};
use super::provider::Providers;
use super::tables::Table;
use super::tally::Tally;

/// Days without a fault at the end of every life.
const GOOD_DAYS: i64 = 21;

/// The first day.
const BEGIN: Date = date(2020, 1, 1);

/// A law was broken.
#[derive(Debug)]
pub(super) struct Violation {
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
    /// How old the figures were called at the last look, by whichever process.
    told: Option<Ages>,
    /// Whether the process that told it could also keep that it did.
    is_told_kept: bool,
    is_honest: bool,
    /// The view and the day for which the laws of serving were last seen to hold.
    seen: Option<(String, Date)>,
    tally: Tally,
    trace: Vec<String>,
}

/// Lives one seed through.
pub(super) fn live(ground: &Ground, seed: u64) -> Result<Tally, Violation> {
    // Most faults show early; some need years.
    let chance = Chance::new(seed, "length of life");
    live_for(ground, seed, if chance.one_in(500) { 1000 } else { chance.between(5, 60) })
}

/// Lives one seed through for so many days and the good ones after them.
pub(super) fn live_for(ground: &Ground, seed: u64, days: i64) -> Result<Tally, Violation> {
    let mut world = World::new(ground, seed);
    match world.run(days) {
        Ok(()) => Ok(world.tally),
        Err(law) => Err(Violation { law, trace: world.trace.split_off(world.trace.len().saturating_sub(200)) }),
    }
}

impl<'a> World<'a> {
    fn new(ground: &'a Ground, seed: u64) -> Self {
        let begin = BEGIN.in_tz("UTC").map_or(0, |begin| begin.timestamp().as_millisecond());
        let (clock, chance) = (Clock::at(begin), Chance::new(seed, "world"));
        let tables = Table::all(&ground.definitions.areas, BEGIN.year() - 2, &chance);
        let providers = Providers::new(tables, clock.clone(), Chance::new(seed, "providers"));
        let disk = SimulatedDisk::new(seed, ground.weakness);
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
            told: None,
            is_told_kept: false,
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
        // What is next to be asked for changes only with what happens.
        let is_quiet = due.is_empty();
        for (key, event) in due {
            self.agenda.remove(&key);
            self.happen(event)?;
        }
        let starts = if is_quiet { starts } else { self.next_starts() };
        self.start_due(starts);
        self.land()?;
        self.look()?;
        if self.disk.is_down() {
            self.crash();
        }
        let complaints = self.providers.lock().complaints.first().cloned();
        complaints.map_or(Ok(()), Err)
    }

    fn today(&self) -> Date {
        self.clock.timestamp().in_tz("Asia/Almaty").map_or(BEGIN, |local| local.date())
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
        self.laws.all_citable(&view_of(process), process.jobs.archive())?;
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
