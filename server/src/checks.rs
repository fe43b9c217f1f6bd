//! Whether a payload may become a vintage: [`check`] carries out what the dataflow declares.
//!
//! The outcome is *accepted*, *accepted with findings* or *quarantined*; a quarantined payload is kept and changes
//! nothing that is published. What is checked is data: codes, ranges, what is there (`presence`) and how large it is
//! (`scale`). Whether the bytes could be read at all was settled by the parser.

use std::collections::BTreeMap;

use indicators::code::{AreaCode, IndicatorCode};
use indicators::observation::{Observation, SeriesKey, TimePeriod};
use jiff::civil::{Date, date};

use crate::sources::catalogue::{DataflowDefinition, OnFault};
use crate::sources::finding::{Finding, FindingKind, Place};
use crate::sources::harmonise::{Harmonised, PlacedObservation};

mod presence;
mod scale;

pub(crate) use presence::areas_by_period;

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

/// What a check tells.
struct Told {
    reasons: Vec<Finding>,
    findings: Vec<Finding>,
}

/// Names a cell: series, area and period.
type CellKey<'a> = (&'a SeriesKey, &'a AreaCode, TimePeriod);

fn key(observation: &Observation) -> CellKey<'_> {
    (&observation.series, &observation.area, observation.period)
}

/// The cells that have a value.
fn values<'a>(observations: impl Iterator<Item = &'a Observation>) -> BTreeMap<CellKey<'a>, f64> {
    observations.filter_map(|one| one.value.map(|value| (key(one), value))).collect()
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
    let mut told = Told { reasons, findings };
    presence::check(definition, &observations, previous, &mut told);
    scale::check(definition, &observations, previous, &mut told);
    let Told { reasons, findings } = told;
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
    Finding { kind, place: whole_place(observations), expected, found, action: String::new() }
}

fn whole_place(observations: &[PlacedObservation]) -> Place {
    Place::part(observations.first().map_or("", |placed| placed.place.part.as_str()))
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

#[cfg(test)]
mod tests;
