//! Where figures come from, in the shapes of the API: sources with freshness, observations with
//! their vintage.

use std::collections::BTreeSet;

use indicators::code::{DataflowId, IndicatorCode};
use indicators::definition::{Derivation, FrameworkDefinition};
use indicators::text::LocalText;
use indicators::wire::{ObservationEntry, SourceEntry};
use jiff::civil::Date;

use super::covered::{self, Covered};
use super::received::Received;
use super::submitted::Authors;
use crate::run_log::{RunHistory, Trigger};
use crate::sources::{Catalogue, DataflowDefinition};
use crate::store::{StoredObservation, Vintage};

pub(super) fn observation(
    (authors, received): (&Authors, &Received),
    vintage: &Vintage,
    stored: &StoredObservation,
) -> ObservationEntry {
    let observation = &stored.observation;
    let breakdown = &observation.series.breakdown;
    ObservationEntry {
        dataflow: vintage.id.dataflow.clone(),
        indicator: observation.series.indicator.clone(),
        urbanisation: breakdown.urbanisation.clone(),
        sex: breakdown.sex.clone(),
        age: breakdown.age.clone(),
        area: observation.area.clone(),
        period: observation.period,
        value: observation.value,
        status: observation.status,
        vintage: stored.vintage.to_string(),
        snapshot: received.of(&stored.vintage),
        submitted_by: authors.of(&stored.vintage),
    }
}

pub(super) fn sources(
    catalogue: &Catalogue,
    framework: &FrameworkDefinition,
    newest: &[(Vintage, Vec<StoredObservation>)],
    (runs, authors): (&RunHistory, &Authors),
    today: Date,
) -> Vec<SourceEntry> {
    // Where nothing was ever accepted there is no source yet.
    let is_shown = |dataflow: &&DataflowDefinition| {
        !dataflow.takes_submissions() || newest.iter().any(|(vintage, _)| vintage.id.dataflow == dataflow.id)
    };
    catalogue
        .iter()
        .filter(is_shown)
        .map(|dataflow| {
            let held = newest.iter().find(|(vintage, _)| vintage.id.dataflow == dataflow.id);
            let periods = || {
                held.iter()
                    .flat_map(|(_, observations)| observations)
                    .filter(|stored| stored.observation.value.is_some())
                    .map(|stored| stored.observation.period)
            };
            let vintage = held.map(|(vintage, _)| vintage);
            let last_period = periods().max();
            let observed = held.iter().flat_map(|(_, held)| held).map(|stored| &stored.observation);
            let covered_period = covered::newest(dataflow, &observed);
            let covered = Covered { period: covered_period, last: last_period };
            SourceEntry {
                dataflow: dataflow.id.clone(),
                name: dataflow.name.clone(),
                provider: provider_name(catalogue, dataflow),
                landing_url: dataflow.landing_url.to_string(),
                licence: dataflow.licence.clone(),
                raw_open: dataflow.raw_is_open(),
                attribution: authors.added_to(&dataflow.attribution, &dataflow.id),
                schedule: dataflow.schedule.clone(),
                first_period: periods().min(),
                last_period,
                covered_period,
                observations: vintage.map_or(0, |vintage| vintage.observations),
                vintage: vintage.map(|vintage| vintage.id.to_string()),
                as_of: vintage.map(|vintage| vintage.id.date),
                closed: dataflow.closed.clone(),
                bundled: vintage
                    .and_then(|vintage| runs.find(&vintage.run))
                    .is_some_and(|run| run.trigger == Trigger::FirstStart),
                freshness: covered.freshness(dataflow.calendar, today),
                last_run: runs.last(&dataflow.id, |_| true).map(|run| runs.entry(run)),
                indicators: used_by(framework, &dataflow.id),
            }
        })
        .collect()
}

/// What is said of the same vintages later.
pub(super) fn renew(sources: &mut [SourceEntry], catalogue: &Catalogue, runs: &RunHistory, today: Date) {
    grow_older(sources, catalogue, today);
    for source in sources {
        source.last_run = runs.last(&source.dataflow, |_| true).map(|run| runs.entry(run));
    }
}

/// How fresh the same periods are on a day.
pub(super) fn grow_older(sources: &mut [SourceEntry], catalogue: &Catalogue, today: Date) {
    for source in sources {
        if let Some(dataflow) = catalogue.find(&source.dataflow) {
            let covered = Covered { period: source.covered_period, last: source.last_period };
            source.freshness = covered.freshness(dataflow.calendar, today);
        }
    }
}

fn provider_name(catalogue: &Catalogue, dataflow: &DataflowDefinition) -> LocalText {
    catalogue.provider_of(dataflow).map_or_else(
        // A checked catalogue names the provider of every dataflow.
        || LocalText { kk: dataflow.provider.clone(), ru: dataflow.provider.clone(), en: dataflow.provider.clone() },
        |provider| provider.name.clone(),
    )
}

fn used_by(framework: &FrameworkDefinition, dataflow: &DataflowId) -> Vec<IndicatorCode> {
    let used: BTreeSet<&IndicatorCode> = framework
        .indicators
        .iter()
        .filter(|indicator| {
            [&indicator.derivation, &indicator.national_derivation]
                .into_iter()
                .flatten()
                .flat_map(Derivation::inputs)
                .any(|input| &input.dataflow == dataflow)
        })
        .map(|indicator| &indicator.code)
        .collect();
    used.into_iter().cloned().collect()
}
