//! Whether a payload may become a vintage: [`check`] carries out what the dataflow declares.
//!
//! The outcome is *accepted*, *accepted with findings* or *quarantined*; a quarantined payload is kept and changes
//! nothing that is published. What is checked is data: codes, ranges, coverage, jumps. Whether the bytes could be read at all
//! was settled by the parser.

use std::collections::{BTreeMap, BTreeSet};

use indicators::code::{AreaCode, IndicatorCode};
use indicators::observation::{Observation, SeriesKey, TimePeriod};
use jiff::civil::{Date, date};

use crate::sources::catalogue::{DataflowDefinition, OnFault};
use crate::sources::finding::{Finding, FindingKind, Place};
use crate::sources::harmonise::{Harmonised, PlacedObservation};
use crate::store::UpdateMode;

/// How the checks ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckOutcome {
    /// Nothing to remark.
    Accepted,
    /// Taken, with repairs or remarks.
    AcceptedWithFindings,
    /// Not taken; kept for an operator to look at.
    Quarantined,
}

/// What the checks say.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckReport {
    /// How they ended.
    pub outcome: CheckOutcome,
    /// The observations that passed. When quarantined: those that would be taken if an operator accepts.
    pub observations: Vec<Observation>,
    /// Why it was quarantined; empty when it was not.
    pub reasons: Vec<Finding>,
    /// Repairs and remarks.
    pub findings: Vec<Finding>,
}

/// Checks a harmonised payload against the declarations, the day of the refresh and the last vintage.
#[must_use]
pub fn check(
    definition: &DataflowDefinition,
    harmonised: Harmonised,
    previous: &[Observation],
    today: Date,
) -> CheckReport {
    let checks = &definition.checks;
    let Harmonised { observations, unmapped, conflicts, mut findings } = harmonised;
    let mut reasons = Vec::new();
    for area in unmapped {
        reasons.push(Finding {
            kind: FindingKind::UnknownArea,
            expected: format!("an area of the code list {}", area.scheme),
            found: area.code,
            place: area.first_place,
            action: format!("it stands with {} observations", area.observations),
        });
    }
    let (observations, out_of_range) = split_by_range(definition, observations);
    let (observations, future) = split_by_day(observations, today);
    reasons.extend(future);
    let mut withheld = 0;
    for (faults, rule) in [(conflicts, checks.on_conflict), (out_of_range, checks.on_out_of_range)] {
        match rule {
            OnFault::Quarantine => reasons.extend(faults),
            OnFault::Withhold => {
                withheld += faults.len();
                findings.extend(faults);
            }
        }
    }
    if withheld > checks.max_withheld {
        reasons.push(whole(
            &observations,
            FindingKind::OutOfRange,
            format!("at most {} withheld cells", checks.max_withheld),
            format!("{withheld}"),
        ));
    }
    check_amount(definition, &observations, &mut reasons);
    check_coverage(definition, &observations, previous, &mut reasons);
    check_periods(definition, &observations, previous, &mut reasons);
    check_jumps(definition, &observations, previous, &mut reasons, &mut findings);
    let outcome = match (reasons.is_empty(), findings.is_empty()) {
        (false, _) => CheckOutcome::Quarantined,
        (true, false) => CheckOutcome::AcceptedWithFindings,
        (true, true) => CheckOutcome::Accepted,
    };
    let observations = observations.into_iter().map(|placed| placed.observation).collect();
    CheckReport { outcome, observations, reasons, findings }
}

/// A finding about the payload as a whole.
fn whole(observations: &[PlacedObservation], kind: FindingKind, expected: String, found: String) -> Finding {
    let part = observations.first().map_or("", |placed| placed.place.part.as_str());
    Finding { kind, place: Place::part(part), expected, found, action: String::new() }
}

fn split_by_range(
    definition: &DataflowDefinition,
    observations: Vec<PlacedObservation>,
) -> (Vec<PlacedObservation>, Vec<Finding>) {
    let ranges: BTreeMap<&IndicatorCode, (f64, f64)> =
        definition.indicators.iter().map(|indicator| (&indicator.code, indicator.range)).collect();
    let mut faults = Vec::new();
    let mut kept = Vec::with_capacity(observations.len());
    for placed in observations {
        let Observation { series, area, period, value, .. } = &placed.observation;
        let range = ranges.get(&series.indicator);
        match (value, range) {
            (Some(value), Some((low, high))) if !(*low..=*high).contains(value) => faults.push(Finding {
                kind: FindingKind::OutOfRange,
                expected: format!("{series} of {area} in {period} from {low} to {high}"),
                found: placed.raw.clone(),
                place: placed.place,
                action: "withheld".to_owned(),
            }),
            _ => kept.push(placed),
        }
    }
    (kept, faults)
}

/// A period that has not begun on the day of the refresh cannot have been measured.
fn split_by_day(observations: Vec<PlacedObservation>, today: Date) -> (Vec<PlacedObservation>, Vec<Finding>) {
    let (kept, future): (Vec<_>, Vec<_>) =
        observations.into_iter().partition(|placed| starts(placed.observation.period) <= today);
    let faults = future
        .into_iter()
        .map(|placed| Finding {
            kind: FindingKind::FuturePeriod,
            expected: format!("a period that has begun by {today}"),
            found: placed.observation.period.to_string(),
            place: placed.place,
            action: String::new(),
        })
        .collect();
    (kept, faults)
}

fn starts(period: TimePeriod) -> Date {
    let month = match period {
        TimePeriod::Year(_) => 1,
        TimePeriod::Quarter(_, quarter) => i8::try_from(quarter.clamp(1, 4) * 3 - 2).unwrap_or(1),
        TimePeriod::Month(_, month) => i8::try_from(month.clamp(1, 12)).unwrap_or(1),
    };
    date(period.year(), month, 1)
}

fn check_amount(definition: &DataflowDefinition, observations: &[PlacedObservation], reasons: &mut Vec<Finding>) {
    let (least, found) = (definition.checks.min_observations, observations.len());
    if found < least {
        reasons.push(whole(
            observations,
            FindingKind::TooFewRows,
            format!("at least {least} observations"),
            found.to_string(),
        ));
    }
}

/// Declared numbers of areas, and no area lost that the last vintage had, where the payload is the whole table.
fn check_coverage(
    definition: &DataflowDefinition,
    observations: &[PlacedObservation],
    previous: &[Observation],
    reasons: &mut Vec<Finding>,
) {
    for coverage in &definition.checks.coverage {
        let areas: BTreeSet<&AreaCode> = observations
            .iter()
            .map(|placed| &placed.observation)
            .filter(|observation| observation.series.indicator == coverage.indicator)
            .map(|observation| &observation.area)
            .collect();
        if areas.len() < coverage.min_areas {
            reasons.push(whole(
                observations,
                FindingKind::AreaVanished,
                format!("{} of at least {} areas", coverage.indicator, coverage.min_areas),
                format!("{} areas", areas.len()),
            ));
        }
    }
    // A whole table must still hold every area. The newest part of one must, for every period it speaks about, hold
    // the areas that had a value then.
    let mut areas_now: BTreeSet<(&IndicatorCode, &AreaCode)> = BTreeSet::new();
    let mut cells_now: BTreeSet<(&IndicatorCode, TimePeriod, &AreaCode)> = BTreeSet::new();
    let mut periods_now: BTreeSet<(&IndicatorCode, TimePeriod)> = BTreeSet::new();
    for placed in observations {
        let Observation { series, area, period, .. } = &placed.observation;
        areas_now.insert((&series.indicator, area));
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
            format!("no row of it for {}", names.join(", ")),
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

/// Values far from those of the last vintage. A few are revisions and told; many are a fault of the file.
fn check_jumps(
    definition: &DataflowDefinition,
    observations: &[PlacedObservation],
    previous: &[Observation],
    reasons: &mut Vec<Finding>,
    findings: &mut Vec<Finding>,
) {
    let limits: BTreeMap<&IndicatorCode, f64> = definition
        .indicators
        .iter()
        .filter_map(|indicator| indicator.jump_limit.map(|limit| (&indicator.code, limit)))
        .collect();
    let before: BTreeMap<(&SeriesKey, &AreaCode, TimePeriod), f64> = previous
        .iter()
        .filter_map(|one| one.value.map(|value| ((&one.series, &one.area, one.period), value)))
        .collect();
    let mut jumps = Vec::new();
    for placed in observations {
        let Observation { series, area, period, value, .. } = &placed.observation;
        let (Some(value), Some(limit)) = (value, limits.get(&series.indicator)) else { continue };
        let Some(last) = before.get(&(series, area, *period)) else { continue };
        if (value - last).abs() > *limit {
            jumps.push(Finding {
                kind: FindingKind::Jump,
                expected: format!("{series} of {area} in {period} within {limit} of {last}"),
                found: placed.raw.clone(),
                place: placed.place.clone(),
                action: String::new(),
            });
        }
    }
    if jumps.len() > definition.checks.max_jumps {
        reasons.extend(jumps);
    } else {
        findings.extend(jumps);
    }
}

#[cfg(test)]
mod tests;
