//! Whether values are as large as they should be, by what was known of them before: [`check`].

use std::collections::{BTreeMap, BTreeSet};

use indicators::code::{AreaCode, IndicatorCode};
use indicators::observation::{Observation, SeriesKey, TimePeriod};

use super::{CellKey, Told, key, values};
use crate::sources::catalogue::{DataflowDefinition, MeasuredIndicator, StepLimit};
use crate::sources::finding::{Finding, FindingKind};
use crate::sources::harmonise::PlacedObservation;

/// Values of another scale than those before, which refuse the payload, and values far from those of the last vintage: a
/// few of these are revisions and told; many are a fault of the file.
pub(super) fn check(
    definition: &DataflowDefinition,
    observations: &[PlacedObservation],
    previous: &[Observation],
    told: &mut Told,
) {
    let measured: BTreeMap<&IndicatorCode, &MeasuredIndicator> =
        definition.indicators.iter().map(|indicator| (&indicator.code, indicator)).collect();
    let before = values(previous.iter());
    let references = References::new(observations, &before);
    let mut jumps = Vec::new();
    for placed in observations {
        let cell = key(&placed.observation);
        let Observation { series, area, period, value: Some(value), .. } = &placed.observation else { continue };
        let Some(indicator) = measured.get(&series.indicator) else { continue };
        let finding = |kind, expected| Finding {
            kind,
            expected,
            found: placed.raw.clone(),
            place: placed.place.clone(),
            action: String::new(),
        };
        let reference = references.of(cell);
        if let (Some(limit), Some((then, known))) = (indicator.step_limit, reference)
            && !limit.allows(known, *value)
        {
            let StepLimit { max_rise, max_fall, .. } = limit;
            let expected = format!(
                "{series} of {area} in {period} at most {max_rise} times larger or {max_fall} times smaller than {known} in \
                 {then}"
            );
            told.reasons.push(finding(FindingKind::OtherScale, expected));
            continue;
        }
        if let (Some(limit), Some(last)) = (indicator.jump_limit, before.get(&cell))
            && (value - last).abs() > limit
        {
            let expected = format!("{series} of {area} in {period} within {limit} of {last}");
            jumps.push(finding(FindingKind::Jump, expected));
        }
    }
    if jumps.len() > definition.checks.max_jumps {
        told.reasons.extend(jumps);
    } else {
        told.findings.extend(jumps);
    }
}

/// What a value is measured by: the value of the same cell where one is held, else the nearest earlier one of its series
/// and area.
struct References<'a> {
    before: &'a BTreeMap<CellKey<'a>, f64>,
    /// What is held with the payload over it.
    all: BTreeMap<CellKey<'a>, f64>,
    held: BTreeSet<(&'a SeriesKey, &'a AreaCode)>,
    newest: BTreeMap<(&'a SeriesKey, &'a AreaCode), TimePeriod>,
}

impl<'a> References<'a> {
    fn new(observations: &'a [PlacedObservation], before: &'a BTreeMap<CellKey<'a>, f64>) -> Self {
        let now = values(observations.iter().map(|placed| &placed.observation));
        // In the order of their periods, so the last one stays.
        let newest = now.keys().map(|(series, area, period)| ((*series, *area), *period)).collect();
        let held = before.keys().map(|(series, area, _)| (*series, *area)).collect();
        let mut all = before.clone();
        all.extend(now);
        Self { before, all, held, newest }
    }

    /// The period and the value. Of a series of which nothing is held, the newest value alone is measured: the
    /// beginnings of a long history, steep as they are, come whole and at once.
    fn of(&self, cell: CellKey<'a>) -> Option<(TimePeriod, f64)> {
        let (series, area, period) = cell;
        if let Some(held) = self.before.get(&cell) {
            return Some((period, *held));
        }
        if !self.held.contains(&(series, area)) && self.newest.get(&(series, area)) != Some(&period) {
            return None;
        }
        let (found, value) = self.all.range(..cell).next_back()?;
        (found.0 == series && found.1 == area).then_some((found.2, *value))
    }
}
