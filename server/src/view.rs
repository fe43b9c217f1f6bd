//! What is published, in memory: the [`View`] that the API and the pages answer from.
//!
//! A view is immutable. A refresh builds a new one and swaps it in; requests under way keep the
//! one they began with. Nothing here computes a score or reads the store while answering.

mod covered;
mod entries;
mod provenance;
mod received;
mod revisions;
mod submitted;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use indicators::area::AreaList;
use indicators::code::{DataflowId, IndicatorCode};
use indicators::definition::{FrameworkDefinition, Panel, UnitOfMeasure};
use indicators::text::LocalText;
use indicators::wire::{
    AreaEntry, CriterionEntry, IndicatorEntry, ObservationEntry, ReleaseRef, RunEntry, RunOutcome, SourceEntry,
    SubmittableDataflow,
};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::content_hash::ContentHash;
use crate::definitions::Definitions;
pub use crate::release::Release;
use crate::run_log::RunHistory;
use crate::sources::{Catalogue, DataflowDefinition};
use crate::store::{StoredObservation, Vintage, VintageId};
use received::Received;
use submitted::Authors;

/// What a view is built from.
pub(crate) struct ViewInputs<'a> {
    pub(crate) definitions: &'a Definitions,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) runs: &'a RunHistory,
    pub(crate) newest: Vec<(Vintage, Vec<StoredObservation>)>,
    pub(crate) superseded: Vec<Superseded>,
    pub(crate) releases: BTreeMap<(Panel, i16), Arc<Release>>,
    pub(crate) problems: Vec<String>,
    pub(crate) today: Date,
}

/// An observation that stood in earlier vintages of its dataflow.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Superseded {
    /// A vintage it stood in.
    pub(crate) vintage: Vintage,
    /// The observation, with the vintage that brought it.
    pub(crate) stored: StoredObservation,
    /// The day of the first vintage it did not stand in any more.
    pub(crate) until: Date,
}

/// Everything published at one moment.
#[derive(Debug, Clone)]
pub struct View {
    /// Content address of everything below: the strong part of every `ETag`.
    pub id: String,
    /// Code list.
    pub area_list: AreaList,
    /// The framework in force.
    pub framework: FrameworkDefinition,
    /// Areas in the published order.
    pub areas: Vec<AreaEntry>,
    /// Criteria in the order of the framework.
    pub criteria: Vec<CriterionEntry>,
    /// Indicators of both panels in the order of the framework.
    pub indicators: Vec<IndicatorEntry>,
    /// Releases by panel and reference year.
    pub releases: BTreeMap<(Panel, i16), Arc<Release>>,
    /// Newest observations, ordered by indicator, breakdown, area and period.
    pub observations: Vec<ObservationEntry>,
    /// Observations of earlier vintages with the day from which they stood no more.
    pub past: Vec<(ObservationEntry, Date)>,
    /// The days on which figures came in, with what they came in; oldest first.
    pub arrivals: BTreeMap<Date, BTreeSet<DataflowId>>,
    /// The learning platforms whose availability is measured, by name, with the dataflow that measures.
    pub platforms: BTreeMap<String, DataflowId>,
    /// What the dataflows measure, in the order of the catalogue.
    pub measured: Vec<Measured>,
    /// Dataflows that take submissions, whether or not something was accepted.
    pub submittable: Vec<SubmittableDataflow>,
    /// The day the view was made, where the country is.
    pub today: Date,
    /// Provenance and freshness of every dataflow.
    pub sources: Vec<SourceEntry>,
    /// Every run of the log, newest first.
    pub runs: Arc<Vec<RunEntry>>,
    /// What an operator should look at, one sentence each.
    pub problems: Vec<String>,
    /// When the newest vintage was taken in, as far as the log tells.
    pub modified_at: Option<Timestamp>,
    /// Since when this view is in force; the view before it was so for a second at least.
    pub in_force_since: Timestamp,
    /// Since when the figures are these: since this view is in force, or an earlier one that had the same.
    pub figures_since: Timestamp,
}

/// An indicator as a dataflow measures it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// The dataflow.
    pub dataflow: DataflowId,
    /// The measured indicator.
    pub code: IndicatorCode,
    /// Name.
    pub name: LocalText,
    /// Unit of measure.
    pub unit: UnitOfMeasure,
    /// Digits after the decimal point for people.
    pub decimals: u8,
}

impl View {
    pub(crate) fn build(inputs: ViewInputs<'_>) -> Self {
        let ViewInputs { definitions, catalogue, runs, newest, superseded, releases, problems, today } = inputs;
        let framework = definitions.framework.clone();
        let (authors, received) = (Authors::read(runs), Received::read(runs));
        let sources = provenance::sources(catalogue, &framework, &newest, (runs, &authors), today);
        let is_source = |dataflow: &&DataflowDefinition| sources.iter().any(|source| source.dataflow == dataflow.id);
        let measured = catalogue.iter().filter(is_source).flat_map(entries::measured).collect();
        let submitted = catalogue.iter().filter(|dataflow| dataflow.takes_submissions());
        let submittable = submitted.map(|dataflow| entries::submittable(catalogue, dataflow)).collect();
        let modified_at = modified_at(runs);
        let runs = shown(runs);
        let mut observations: Vec<ObservationEntry> = newest
            .iter()
            .flat_map(|(vintage, held)| {
                held.iter().map(|stored| provenance::observation((&authors, &received), vintage, stored))
            })
            .collect();
        observations.sort_by(|one, other| observation_order(one).cmp(&observation_order(other)));
        let past: Vec<(ObservationEntry, Date)> = superseded
            .iter()
            .map(|one| (provenance::observation((&authors, &received), &one.vintage, &one.stored), one.until))
            .collect();
        let arrivals = arrivals(observations.iter().chain(past.iter().map(|(entry, _)| entry)));
        let mut view = Self {
            id: String::new(),
            area_list: definitions.areas.clone(),
            areas: definitions.areas.iter().map(entries::area).collect(),
            criteria: framework.criteria.iter().map(|one| entries::criterion(&framework, one)).collect(),
            indicators: framework.indicators.iter().map(entries::indicator).collect(),
            framework,
            releases,
            observations,
            past,
            arrivals,
            platforms: catalogue.iter().flat_map(entries::platforms).collect(),
            measured,
            submittable,
            today,
            sources,
            runs,
            problems,
            modified_at,
            in_force_since: Timestamp::UNIX_EPOCH,
            figures_since: Timestamp::UNIX_EPOCH,
        };
        view.id = view.address();
        view
    }

    /// The same figures beside newer runs and problems, with the freshness they have today.
    pub(crate) fn renewed(
        &self,
        catalogue: &Catalogue,
        history: &RunHistory,
        problems: Vec<String>,
        today: Date,
    ) -> Self {
        let mut view =
            Self { problems, runs: shown(history), modified_at: modified_at(history), today, ..self.clone() };
        provenance::renew(&mut view.sources, catalogue, history, today);
        view.id = view.address();
        view
    }

    /// The same, saying how old it is on another day; `None` on the day it was made.
    pub(crate) fn grown_older(&self, catalogue: &Catalogue, today: Date) -> Option<Self> {
        if today == self.today {
            return None;
        }
        let mut view = Self { today, ..self.clone() };
        provenance::grow_older(&mut view.sources, catalogue, today);
        view.id = view.address();
        Some(view)
    }

    /// Content address of what is served: releases, observations, and the runs and problems shown beside them.
    fn address(&self) -> String {
        let releases: Vec<&ReleaseRef> = self.releases.values().map(|release| release.reference()).collect();
        let vintages: Vec<_> = self.sources.iter().map(|source| (&source.vintage, source.freshness)).collect();
        let runs: Vec<&str> = self.runs.iter().map(|run| run.id.as_str()).collect();
        let year = self.today.year();
        let said = serde_json::to_vec(&(env!("CARGO_PKG_VERSION"), releases, vintages, runs, &self.problems, year));
        let mut address = ContentHash::of(&said.unwrap_or_default()).to_string();
        address.truncate(16);
        address
    }

    /// The same view with the observations as they were known on a day. Everything else is as it is now.
    #[must_use]
    pub fn as_of(&self, day: Date) -> Self {
        let was_known = |entry: &ObservationEntry| arrival(entry).is_some_and(|vintage| vintage.date <= day);
        let still = self.observations.iter().filter(|entry| was_known(entry));
        let then = self.past.iter().filter(|(entry, until)| was_known(entry) && day < *until).map(|(entry, _)| entry);
        let mut observations: Vec<ObservationEntry> = still.chain(then).cloned().collect();
        observations.sort_by(|one, other| observation_order(one).cmp(&observation_order(other)));
        Self { observations, past: Vec::new(), ..self.clone() }
    }

    /// Identifies the observations in force by the vintages they come from. A view is also replaced
    /// when a run brings nothing new; that must not break a download under way.
    #[must_use]
    pub fn edition(&self) -> String {
        let vintages: Vec<String> = self
            .sources
            .iter()
            .map(|source| format!("{}={}", source.dataflow, source.vintage.as_deref().unwrap_or_default()))
            .collect();
        let said = format!("{} {}", self.observations.len(), vintages.join(" "));
        let mut edition = ContentHash::of(said.as_bytes()).to_string();
        edition.truncate(16);
        edition
    }

    /// Identifies everything but what a run changes that brings nothing: the log, the problems, how fresh a source is.
    #[must_use]
    pub fn figures(&self) -> String {
        let releases: Vec<&ReleaseRef> = self.releases.values().map(|release| release.reference()).collect();
        let said = (releases, self.edition(), self.modified_at, self.today.year());
        let mut figures = ContentHash::of(&serde_json::to_vec(&said).unwrap_or_default()).to_string();
        figures.truncate(16);
        figures
    }

    /// The same view as one that is put in force now, in place of another.
    fn put_in_force(self, before: Option<&Self>) -> Self {
        let now = Timestamp::now();
        // HTTP counts whole seconds: of two views in one second a client could not tell which it holds.
        let after = before.map(|before| before.in_force_since.saturating_add(SignedDuration::from_secs(1)));
        let in_force_since = after.and_then(Result::ok).map_or(now, |after| after.max(now));
        let unchanged = before.filter(|before| before.figures() == self.figures());
        let figures_since = unchanged.map_or(in_force_since, |before| before.figures_since);
        Self { in_force_since, figures_since, ..self }
    }

    /// The release of a panel: of the given reference year, or the newest.
    #[must_use]
    pub fn release(&self, panel: Panel, reference_year: Option<i16>) -> Option<&Arc<Release>> {
        match reference_year {
            Some(year) => self.releases.get(&(panel, year)),
            None => self.releases.range((panel, i16::MIN)..=(panel, i16::MAX)).next_back().map(|(_, release)| release),
        }
    }

    /// The reference years of a panel, oldest first.
    pub fn years(&self, panel: Panel) -> impl Iterator<Item = i16> {
        self.releases.range((panel, i16::MIN)..=(panel, i16::MAX)).map(|((_, year), _)| *year)
    }

    /// One area of the code list.
    #[must_use]
    pub fn area(&self, code: &str) -> Option<&AreaEntry> {
        self.areas.iter().find(|area| area.code.as_str() == code)
    }

    /// Observations of one measured indicator, totals and breakdowns.
    #[must_use]
    pub fn observations_of(&self, indicator: &IndicatorCode) -> &[ObservationEntry] {
        let start = self.observations.partition_point(|entry| &entry.indicator < indicator);
        let end = self.observations.partition_point(|entry| &entry.indicator <= indicator);
        self.observations.get(start..end).unwrap_or_default()
    }
}

/// Gets something ready for a view that is about to be put in force in place of another.
type Prepare = Box<dyn Fn(&View, &Arc<View>) + Send + Sync>;

/// The view in force. Cheap to clone and to read.
#[derive(Clone)]
pub struct ViewHandle {
    in_force: watch::Sender<Arc<View>>,
    before_each: Arc<Mutex<Vec<Prepare>>>,
}

impl fmt::Debug for ViewHandle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ViewHandle").field("id", &self.in_force.borrow().id).finish_non_exhaustive()
    }
}

impl ViewHandle {
    /// Starts with a view.
    #[must_use]
    pub fn new(view: View) -> Self {
        Self { in_force: watch::Sender::new(Arc::new(view.put_in_force(None))), before_each: Arc::default() }
    }

    /// The view in force now.
    #[must_use]
    pub fn current(&self) -> Arc<View> {
        Arc::clone(&self.in_force.borrow())
    }

    /// Puts a new view in force, once everything is ready for it.
    pub fn swap(&self, view: View) {
        let before = self.current();
        let view = Arc::new(view.put_in_force(Some(&before)));
        for prepare in self.before_each.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            // What was not made ready is made when somebody asks for it.
            if catch_unwind(AssertUnwindSafe(|| prepare(&before, &view))).is_err() {
                tracing::error!(view = view.id, "something could not be made ready for a new view");
            }
        }
        self.in_force.send_replace(view);
    }

    /// Has something made ready for every view from now on, while the one before it is still in force: it is given
    /// both.
    pub fn before_each(&self, prepare: impl Fn(&View, &Arc<View>) + Send + Sync + 'static) {
        self.before_each.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(prepare));
    }
}

/// The vintage that brought an observation.
pub(crate) fn arrival(entry: &ObservationEntry) -> Option<VintageId> {
    entry.vintage.parse().ok()
}

fn arrivals<'a>(observations: impl Iterator<Item = &'a ObservationEntry>) -> BTreeMap<Date, BTreeSet<DataflowId>> {
    let vintages: BTreeSet<&str> = observations.map(|entry| entry.vintage.as_str()).collect();
    let mut days: BTreeMap<Date, BTreeSet<DataflowId>> = BTreeMap::new();
    for vintage in vintages.into_iter().filter_map(|vintage| vintage.parse::<VintageId>().ok()) {
        days.entry(vintage.date).or_default().insert(vintage.dataflow);
    }
    days
}

/// When the newest vintage was taken in, as far as the log tells.
fn modified_at(history: &RunHistory) -> Option<Timestamp> {
    history.newest().filter(|run| run.outcome == RunOutcome::Updated).map(|run| run.ended_at).max()
}

fn shown(history: &RunHistory) -> Arc<Vec<RunEntry>> {
    Arc::new(history.newest().map(|run| history.entry(run)).collect())
}

/// The published order of observations.
fn observation_order(entry: &ObservationEntry) -> impl Ord + '_ {
    (&entry.indicator, &entry.urbanisation, &entry.sex, &entry.age, &entry.area, entry.period, &entry.dataflow)
}
