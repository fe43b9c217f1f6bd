//! Whether what must be there is there. What counts is values: a table whose value column was emptied has all its rows and
//! says nothing.

use std::collections::{BTreeMap, BTreeSet};

use indicators::code::{AreaCode, IndicatorCode};
use indicators::observation::{Observation, TimePeriod};

use super::{CellKey, Told, key, values, whole, whole_place};
use crate::sources::catalogue::{ColumnCoverage, DataflowDefinition};
use crate::sources::finding::{Finding, FindingKind};
use crate::sources::harmonise::PlacedObservation;
use crate::store::UpdateMode;

pub(super) fn check(
    definition: &DataflowDefinition,
    observations: &[PlacedObservation],
    previous: &[Observation],
    told: &mut Told,
) {
    check_amount(definition, observations, &mut told.reasons);
    check_coverage(definition, observations, &mut told.reasons);
    check_areas(definition, observations, previous, &mut told.reasons);
    check_periods(definition, observations, previous, &mut told.reasons);
    check_withdrawals(definition, observations, previous, told);
}

fn check_amount(definition: &DataflowDefinition, observations: &[PlacedObservation], reasons: &mut Vec<Finding>) {
    let least = definition.checks.min_observations;
    let found = observations.iter().filter(|placed| placed.observation.value.is_some()).count();
    if found < least {
        reasons.push(whole(
            observations,
            FindingKind::TooFewRows,
            format!("at least {least} values"),
            format!("{found} in {} rows", observations.len()),
        ));
    }
}

/// Declared numbers of areas, in the newest period of the payload and over all of them.
fn check_coverage(definition: &DataflowDefinition, observations: &[PlacedObservation], reasons: &mut Vec<Finding>) {
    for coverage in &definition.checks.coverage {
        let ColumnCoverage { indicator, min_areas, min_areas_ever } = coverage;
        let mut by_period = areas_by_period(indicator, observations.iter().map(|placed| &placed.observation));
        let ever: BTreeSet<&AreaCode> = by_period.values().flatten().copied().collect();
        let (period, now) = by_period
            .pop_last()
            .map_or_else(|| ("any period".to_owned(), BTreeSet::new()), |(period, areas)| (period.to_string(), areas));
        for (areas, least, when) in [(ever, min_areas_ever, "all periods together"), (now, min_areas, period.as_str())]
        {
            if areas.len() < *least {
                reasons.push(whole(
                    observations,
                    FindingKind::AreaVanished,
                    format!("{indicator} of at least {least} areas in {when}"),
                    format!("{} areas with a value", areas.len()),
                ));
            }
        }
    }
}

/// The areas for which an indicator has a value, by period. Counted by its total where there is one: what is said of towns
/// does not make up for a total that is not there.
pub(crate) fn areas_by_period<'a>(
    indicator: &IndicatorCode,
    observations: impl Iterator<Item = &'a Observation>,
) -> BTreeMap<TimePeriod, BTreeSet<&'a AreaCode>> {
    let all: Vec<&Observation> =
        observations.filter(|one| one.series.indicator == *indicator && one.value.is_some()).collect();
    let has_total = all.iter().any(|one| one.series.breakdown.is_total());
    let mut areas: BTreeMap<TimePeriod, BTreeSet<&AreaCode>> = BTreeMap::new();
    for one in all.into_iter().filter(|one| !has_total || one.series.breakdown.is_total()) {
        areas.entry(one.period).or_default().insert(&one.area);
    }
    areas
}

/// No area is lost that the last vintage had. A whole table must still hold a value of every area. The newest part of one
/// must, for every period it speaks about, speak of the areas that had a value then.
fn check_areas(
    definition: &DataflowDefinition,
    observations: &[PlacedObservation],
    previous: &[Observation],
    reasons: &mut Vec<Finding>,
) {
    let mut areas_now: BTreeSet<(&IndicatorCode, &AreaCode)> = BTreeSet::new();
    let mut cells_now: BTreeSet<(&IndicatorCode, TimePeriod, &AreaCode)> = BTreeSet::new();
    let mut periods_now: BTreeSet<(&IndicatorCode, TimePeriod)> = BTreeSet::new();
    for placed in observations {
        let Observation { series, area, period, value, .. } = &placed.observation;
        if value.is_some() {
            areas_now.insert((&series.indicator, area));
        }
        cells_now.insert((&series.indicator, *period, area));
        periods_now.insert((&series.indicator, *period));
    }
    let mut lost: BTreeMap<&AreaCode, BTreeSet<&IndicatorCode>> = BTreeMap::new();
    for observation in previous.iter().filter(|observation| observation.value.is_some()) {
        let (indicator, area, period) = (&observation.series.indicator, &observation.area, observation.period);
        let is_lost = match definition.update {
            UpdateMode::Replace => !areas_now.contains(&(indicator, area)),
            UpdateMode::Merge => {
                periods_now.contains(&(indicator, period)) && !cells_now.contains(&(indicator, period, area))
            }
        };
        if is_lost {
            lost.entry(area).or_default().insert(indicator);
        }
    }
    for (area, indicators) in lost {
        let names: Vec<&str> = indicators.iter().map(|indicator| indicator.as_str()).collect();
        reasons.push(whole(
            observations,
            FindingKind::AreaVanished,
            format!("{area}, which the last vintage has"),
            format!("no value of it for {}", names.join(", ")),
        ));
    }
}

/// A whole table must still reach the newest period that the last vintage had: a table cut at the end of a row, or an
/// older copy of it, reads well.
fn check_periods(
    definition: &DataflowDefinition,
    observations: &[PlacedObservation],
    previous: &[Observation],
    reasons: &mut Vec<Finding>,
) {
    if definition.update != UpdateMode::Replace {
        return;
    }
    let now = newest(observations.iter().map(|placed| &placed.observation));
    for (indicator, last) in newest(previous.iter()) {
        let found = now.get(indicator);
        if found.is_none_or(|found| *found < last) {
            reasons.push(whole(
                observations,
                FindingKind::PeriodVanished,
                format!("{indicator} up to {last}, as the last vintage has it"),
                found.map_or_else(|| "no period".to_owned(), |found| format!("its newest period is {found}")),
            ));
        }
    }
}

/// The newest period in which each indicator has a value.
fn newest<'a>(observations: impl Iterator<Item = &'a Observation>) -> BTreeMap<&'a IndicatorCode, TimePeriod> {
    let mut newest = BTreeMap::new();
    for observation in observations.filter(|observation| observation.value.is_some()) {
        let last = newest.entry(&observation.series.indicator).or_insert(observation.period);
        *last = observation.period.max(*last);
    }
    newest
}

/// Cells that had a value in the last vintage and would have none in the next: where a part says a gap, and where a whole
/// table does not say a value. A few are told, as declared; more are a fault of the file, whatever the gap is called.
fn check_withdrawals(
    definition: &DataflowDefinition,
    observations: &[PlacedObservation],
    previous: &[Observation],
    told: &mut Told,
) {
    let now: BTreeMap<CellKey<'_>, &PlacedObservation> =
        observations.iter().map(|placed| (key(&placed.observation), placed)).collect();
    let is_withdrawn = |cell: &CellKey<'_>| match now.get(cell) {
        Some(placed) => placed.observation.value.is_none(),
        None => definition.update == UpdateMode::Replace,
    };
    let before = values(previous.iter());
    let mut withdrawn: BTreeMap<(&AreaCode, String), Vec<CellKey<'_>>> = BTreeMap::new();
    let mut count = 0;
    for cell in before.into_keys().filter(is_withdrawn) {
        withdrawn.entry((cell.1, cell.0.to_string())).or_default().push(cell);
        count += 1;
    }
    let most = definition.checks.max_withdrawn;
    let findings = withdrawn.into_iter().map(|((area, series), cells)| {
        let periods: Vec<String> = cells.iter().map(|(.., period)| period.to_string()).collect();
        let gap = cells.iter().find_map(|cell| now.get(cell));
        Finding {
            expected: format!("{series} of {area} in {}, which the last vintage has", periods.join(", ")),
            found: gap.map_or_else(|| "no row".to_owned(), |gap| format!("no value but {:?}", gap.raw)),
            place: gap.map_or_else(|| whole_place(observations), |gap| gap.place.clone()),
            kind: FindingKind::Withdrawn,
            action: String::new(),
        }
    });
    if count > most {
        let sum = whole(
            observations,
            FindingKind::Withdrawn,
            format!("at most {most} values of the last vintage withdrawn"),
            count.to_string(),
        );
        told.reasons.push(sum);
        told.reasons.extend(findings);
    } else {
        told.findings.extend(findings);
    }
}
