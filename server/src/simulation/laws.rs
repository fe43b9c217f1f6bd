//! What must hold after every step, whatever the seed did: [`Laws`]. They look at the service from outside: at what it
//! serves, at what its store and log say, and at what it acknowledged before.

use std::collections::{BTreeMap, BTreeSet};

use indicators::code::{AreaCode, DataflowId};
use indicators::definition::Panel;
use indicators::observation::TimePeriod;
use indicators::wire::{Freshness, RunOutcome};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::Value;

use super::provider::State;
use crate::alerts::{Alert, Subject};
use crate::content_hash::ContentHash;
use crate::jobs::Jobs;
use crate::release_archive::ReleaseArchive;
use crate::run_log::Run;
use crate::sources::{Catalogue, DataflowDefinition};
use crate::store::{Store, StoredObservation, Vintage, VintageId};
use crate::view::View;

/// What a vintage says of an area in a period: the bits of the value, and the vintage it is from.
type Content = BTreeMap<(AreaCode, TimePeriod), (Option<u64>, VintageId)>;

/// How old the figures of each dataflow are called.
pub(super) type Ages = BTreeMap<DataflowId, Freshness>;

/// A run that the service said is done.
#[derive(Debug)]
struct Acknowledged {
    run: Run,
    /// What the vintage it wrote says.
    content: Option<Content>,
}

/// The laws, and what they remember.
#[derive(Debug, Default)]
pub(super) struct Laws {
    acknowledged: Vec<Acknowledged>,
    /// The newest year that was served of each dataflow.
    newest: BTreeMap<DataflowId, i16>,
    /// Releases that were once kept for good.
    kept: BTreeSet<String>,
}

/// Which law was broken.
pub(super) type Broken = String;

impl Laws {
    /// The service says that a run is done.
    pub(super) fn acknowledge(&mut self, run: Run, jobs: &Jobs, providers: &State) -> Result<(), Broken> {
        let mut content = None;
        if let (RunOutcome::Updated, Some(id)) = (run.outcome, &run.vintage) {
            let vintage = find(&jobs.store(), id)?;
            content = Some(true_content(&jobs.store(), &vintage, providers)?);
        }
        self.acknowledged.push(Acknowledged { run, content });
        Ok(())
    }

    /// The same, when its vintage cannot be looked at.
    pub(super) fn acknowledge_unseen(&mut self, run: Run) {
        self.acknowledged.push(Acknowledged { run, content: None });
    }

    /// After a start: nothing that was acknowledged is lost, and nothing half done is visible.
    pub(super) fn after_start(&self, jobs: &Jobs, providers: &State) -> Result<(), Broken> {
        let store = jobs.store();
        let mut stored: BTreeMap<VintageId, Content> = BTreeMap::new();
        for vintage in store.all_vintages().map_err(|error| format!("the vintages cannot be listed: {error}"))? {
            let content = true_content(&store, &vintage, providers)?;
            stored.insert(vintage.id, content);
        }
        let runs: Vec<Run> = jobs.run_log().ask(|history| history.runs().to_vec());
        for Acknowledged { run, content } in &self.acknowledged {
            if !runs.iter().any(|logged| logged == run) {
                return Err(format!("the acknowledged run {} of {} is not in the log", run.id, run.dataflow));
            }
            for payload in &run.payloads {
                let read = jobs.snapshots().read(payload.sha256);
                read.map_err(|error| format!("a payload of the run {} is lost: {error}", run.id))?;
            }
            if let (Some(content), Some(id)) = (content, &run.vintage) {
                let found = stored.get(id).ok_or_else(|| format!("the acknowledged vintage {id} is lost"))?;
                if let Some(difference) = difference(content, found) {
                    return Err(format!(
                        "the vintage {id} says something else than it was acknowledged to: {difference}"
                    ));
                }
            }
        }
        let brought = runs.iter().filter(|run| run.outcome == RunOutcome::Updated);
        let known: BTreeSet<&VintageId> = brought.filter_map(|run| run.vintage.as_ref()).collect();
        if let Some(id) = stored.keys().find(|id| !known.contains(id)) {
            return Err(format!("the vintage {id} is visible and belongs to no run"));
        }
        published_whole(&store)
    }

    /// A release that was kept for good is there for good, in force or not.
    pub(super) fn citable(&mut self, view: &View, archive: &ReleaseArchive) -> Result<(), Broken> {
        let in_force = view.releases.values().map(|release| &release.reference().id);
        self.kept.extend(in_force.filter(|id| archive.holds(id)).cloned());
        match self.kept.iter().find(|id| !archive.holds(id)) {
            Some(id) => Err(format!("the release {id} was published and cannot be found any more")),
            None => Ok(()),
        }
    }

    /// What is kept for good reads back, and nothing is in force that is not kept.
    pub(super) fn all_citable(&self, view: &View, archive: &ReleaseArchive) -> Result<(), Broken> {
        for release in view.releases.values() {
            let id = &release.reference().id;
            if !archive.holds(id) {
                return Err(format!("the release {id} is in force and not kept for good"));
            }
        }
        for id in &self.kept {
            match archive.read(id) {
                Ok(Some(release)) if release.reference().id == *id => {}
                other => return Err(format!("the release {id} does not read back: {other:?}")),
            }
        }
        Ok(())
    }

    /// What is served is whole, true, not older than before, and says its age.
    pub(super) fn serving(&mut self, view: &View, catalogue: &Catalogue, today: Date) -> Result<(), Broken> {
        let (open, expected) = (view.years(Panel::Regions).last(), newest_open(view, catalogue));
        if open != expected || open.is_some_and(|year| year > today.year()) {
            return Err(format!(
                "the newest reference year is {open:?}; by the figures it is {expected:?}, on {today}"
            ));
        }
        for source in &view.sources {
            let Some(definition) = catalogue.find(&source.dataflow) else { continue };
            let served = view.observations.iter().filter(|one| one.dataflow == source.dataflow && one.value.is_some());
            let newest = served.map(|one| one.period.year()).max();
            let Some(year) = newest else {
                if source.freshness != Freshness::Empty {
                    return Err(format!("{} serves nothing and says {:?}", source.dataflow, source.freshness));
                }
                continue;
            };
            let before = self.newest.insert(source.dataflow.clone(), year).unwrap_or(year);
            if year < before {
                return Err(format!("{} served {before} and now ends in {year}", source.dataflow));
            }
            if source.last_period != Some(TimePeriod::Year(year)) {
                return Err(format!("{} says {:?} and ends in {year}", source.dataflow, source.last_period));
            }
            let covered = covered(definition, view);
            if source.covered_period != covered.map(TimePeriod::Year) {
                return Err(format!(
                    "{} says it covers {:?}; it is {covered:?}",
                    source.dataflow, source.covered_period
                ));
            }
            let Some(covered) = covered else {
                if source.freshness != Freshness::Stale {
                    return Err(format!("{} covers no year and is called {:?}", source.dataflow, source.freshness));
                }
                continue;
            };
            let due = date(covered + 1, 12, 31) + i32::from(definition.calendar.lag_days).days();
            let stale = due + i32::from(definition.calendar.stale_after_days).days();
            let is_overstated = match source.freshness {
                Freshness::Fresh => today > due,
                Freshness::Late => today > stale,
                Freshness::Stale => false,
                Freshness::Empty => true,
            };
            if is_overstated {
                return Err(format!(
                    "{} covers {covered}, the next was due on {due}, and on {today} it is called {:?}",
                    source.dataflow, source.freshness
                ));
            }
        }
        Ok(())
    }
}

/// The newest year with a figure for two of the three regions in the table the index is made of, and the first at least.
fn newest_open(view: &View, catalogue: &Catalogue) -> Option<i16> {
    let table = catalogue.iter().next()?;
    let mut years: BTreeMap<i16, usize> = BTreeMap::new();
    let of_regions = view.observations.iter().filter(|one| one.dataflow == table.id && one.area != table.country);
    for one in of_regions.filter(|one| one.value.is_some()) {
        *years.entry(one.period.year()).or_default() += 1;
    }
    let open = years.into_iter().rev().find(|(_, regions)| *regions >= 2).map(|(year, _)| year);
    open.max(view.framework.panel(Panel::Regions).map(|panel| panel.first_year))
}

/// The newest year a table covers, counted anew from what is served: all areas it must have, or else the country, or else any.
fn covered(definition: &DataflowDefinition, view: &View) -> Option<i16> {
    let mut years: BTreeMap<i16, BTreeSet<&AreaCode>> = BTreeMap::new();
    for one in view.observations.iter().filter(|one| one.dataflow == definition.id && one.value.is_some()) {
        years.entry(one.period.year()).or_default().insert(&one.area);
    }
    // Every simulated table measures one indicator.
    let least = definition.checks.coverage.iter().map(|coverage| coverage.min_areas).max().unwrap_or_default();
    let newest = |is_covered: &dyn Fn(&BTreeSet<&AreaCode>) -> bool| {
        years.iter().rev().find(|(_, areas)| is_covered(areas)).map(|(year, _)| *year)
    };
    if least > 1 {
        return newest(&|areas| areas.len() >= least);
    }
    newest(&|areas| areas.contains(&definition.country)).or_else(|| newest(&|_| true))
}

/// Of how many tables the newest year is covered only in part.
pub(super) fn in_part(view: &View) -> usize {
    view.sources.iter().filter(|source| source.covered_period != source.last_period).count()
}

/// How old the figures of a view are called.
pub(super) fn ages(view: &View) -> Ages {
    view.sources.iter().map(|source| (source.dataflow.clone(), source.freshness)).collect()
}

/// An operator is told of figures when they turn stale, also while the service was down, and not again while they are. Says
/// of which.
pub(super) fn told<'a>(alerts: &'a [Alert], before: &Ages, now: &Ages) -> Result<BTreeSet<&'a DataflowId>, Broken> {
    let mut told = BTreeSet::new();
    for alert in alerts {
        let Subject::Freshness { dataflow, .. } = &alert.subject else { continue };
        if before.get(dataflow) == Some(&Freshness::Stale) || !told.insert(dataflow) {
            return Err(format!("an operator was told again that {dataflow} is stale"));
        }
    }
    let turned = |(dataflow, age): &(&DataflowId, &Freshness)| {
        **age == Freshness::Stale && before.get(*dataflow).is_some_and(|before| *before != Freshness::Stale)
    };
    match now.iter().filter(turned).find(|(dataflow, _)| !told.contains(dataflow)) {
        Some((dataflow, _)) => Err(format!("{dataflow} turned stale and nobody was told")),
        None => Ok(told),
    }
}

/// The pointer names releases that are there and are what their addresses say.
pub(super) fn published_whole(store: &Store) -> Result<(), Broken> {
    for address in published(store)? {
        match store.release(address) {
            Ok(Some(bytes)) if ContentHash::of(&bytes) == address => {}
            Ok(Some(_)) => return Err(format!("the published release {address} is not what its address says")),
            Ok(None) => return Err(format!("the published release {address} is not in the store")),
            Err(error) => return Err(format!("the published release {address} does not read back: {error}")),
        }
    }
    Ok(())
}

/// The addresses of what is published.
pub(super) fn published(store: &Store) -> Result<Vec<ContentHash>, Broken> {
    let pointer = store.published().map_err(|error| format!("the pointer does not read back: {error}"))?;
    let Some(pointer) = pointer else { return Ok(Vec::new()) };
    let pointer: Value = serde_json::from_slice(&pointer).map_err(|error| format!("the pointer: {error}"))?;
    let addresses = pointer["releases"].as_array().into_iter().flatten().map(|release| &release["address"]);
    addresses
        .map(|address| {
            let address = address.as_str().and_then(|text| text.parse().ok());
            address.ok_or_else(|| "the pointer names no address".to_owned())
        })
        .collect()
}

fn find(store: &Store, id: &VintageId) -> Result<Vintage, Broken> {
    let vintages = store.vintages(&id.dataflow).map_err(|error| error.to_string())?;
    let found = vintages.into_iter().find(|vintage| vintage.id == *id);
    found.ok_or_else(|| format!("the acknowledged vintage {id} is not in the store"))
}

/// What a vintage says. It is whole, every value was once true at the provider's, and no value that was held is taken away:
/// the provider withdraws none. Where none was held before, nobody can tell a blanked value from one not yet published.
fn true_content(store: &Store, vintage: &Vintage, providers: &State) -> Result<Content, Broken> {
    let desk = providers.desks.iter().find(|desk| desk.table.dataflow == vintage.id.dataflow);
    let Some(desk) = desk else { return Err(format!("{} is nobody's", vintage.id)) };
    let observations =
        store.observations_of(vintage).map_err(|error| format!("{} is half there: {error}", vintage.id))?;
    if u64::try_from(observations.len()).unwrap_or_default() != vintage.observations {
        return Err(format!("{} holds {} of {} observations", vintage.id, observations.len(), vintage.observations));
    }
    let mut content = Content::new();
    for stored in observations {
        let observation = stored.observation;
        let (area, period) = (observation.area, observation.period);
        let said = (observation.value.map(f64::to_bits), stored.vintage);
        if content.insert((area.clone(), period), said).is_some() {
            return Err(format!("{} says two things of {area} in {period}", vintage.id));
        }
        let Some(value) = observation.value else {
            if was_held(store, vintage, &area, period)? {
                return Err(format!("{} takes away the value of {area} in {period}", vintage.id));
            }
            continue;
        };
        let key: (AreaCode, i16) = (area, period.year());
        if !desk.table.ever.get(&key).is_some_and(|known| known.contains(&value.to_bits())) {
            return Err(format!("{} says {value} for {} in {}, which was never published", vintage.id, key.0, key.1));
        }
    }
    Ok(content)
}

/// Whether a vintage before this one has a value of an area in a period.
fn was_held(store: &Store, vintage: &Vintage, area: &AreaCode, period: TimePeriod) -> Result<bool, Broken> {
    let vintages = store.vintages(&vintage.id.dataflow).map_err(|error| error.to_string())?;
    for before in vintages.iter().take_while(|before| before.id != vintage.id) {
        let said = store.observations_of(before).map_err(|error| format!("{} is half there: {error}", before.id))?;
        let of_cell =
            |stored: &&StoredObservation| stored.observation.area == *area && stored.observation.period == period;
        if said.iter().find(of_cell).is_some_and(|stored| stored.observation.value.is_some()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Where what a vintage says first parts from what it said before.
fn difference(before: &Content, now: &Content) -> Option<String> {
    let parts = |key: &&(AreaCode, TimePeriod)| before.get(*key) != now.get(*key);
    let key = before.keys().chain(now.keys()).find(parts)?;
    let said = |content: &Content| match content.get(key) {
        None => "nothing".to_owned(),
        Some((bits, vintage)) => format!("{:?} of {vintage}", bits.map(f64::from_bits)),
    };
    Some(format!("{} in {} was {} and is {}", key.0, key.1, said(before), said(now)))
}
