//! From the provider's codes to ours: [`harmonise`]. Areas are looked up in the dated code list; what is not there
//! is listed and never guessed. Breaks are marked here, duplicates are found here; whether they end the run is decided by
//! [`crate::checks`].

use std::collections::BTreeMap;
use std::iter;

use indicators::area::{Area, AreaList};
use indicators::code::AreaCode;
use indicators::observation::{ObsStatus, Observation, SeriesKey, TimePeriod};
use jiff::civil::Date;

use super::catalogue::DataflowDefinition;
use super::finding::{Finding, FindingKind, Place};
use super::parsed::{Parsed, ProviderArea, ProviderObservation};

/// An observation in our codes, and where it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedObservation {
    /// The observation.
    pub observation: Observation,
    /// Where it was read.
    pub place: Place,
    /// The cell as written.
    pub raw: String,
}

/// A provider code that is not in our list, with the rows it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmappedArea {
    /// Name of the scheme.
    pub scheme: &'static str,
    /// The code as written.
    pub code: String,
    /// First row it stands in.
    pub first_place: Place,
    /// Number of observations it would have had.
    pub observations: usize,
}

/// A payload in our codes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Harmonised {
    /// Observations, ordered by series, area and period; no cell stands twice.
    pub observations: Vec<PlacedObservation>,
    /// Areas that could not be mapped. Their observations are not among the above.
    pub unmapped: Vec<UnmappedArea>,
    /// Cells given twice with different values; withheld, so not among the above.
    pub conflicts: Vec<Finding>,
    /// Remarks, those of the parser first.
    pub findings: Vec<Finding>,
}

/// Maps the rows of one or more payloads of a dataflow: the parts of a refresh, together.
#[must_use]
pub fn harmonise(
    definition: &DataflowDefinition,
    areas: &AreaList,
    outside_areas: &[String],
    parsed: Vec<Parsed>,
) -> Harmonised {
    let mut result = Harmonised::default();
    let index = AreaIndex::new(areas);
    let mut unmapped: BTreeMap<(&'static str, String), UnmappedArea> = BTreeMap::new();
    let mut outside: BTreeMap<String, (Place, usize)> = BTreeMap::new();
    let mut placed: Vec<PlacedObservation> = Vec::new();
    for payload in parsed {
        result.findings.extend(payload.findings);
        let area_place = |place: &Place| Place {
            column: payload.area_column.clone().or_else(|| place.column.clone()),
            ..place.clone()
        };
        for row in payload.observations {
            match &row.area {
                ProviderArea::National => placed.push(place(row, definition.country.clone())),
                ProviderArea::Own(area) => {
                    let area = area.clone();
                    placed.push(place(row, area));
                }
                ProviderArea::Code { scheme, code } => match index.find(scheme, code) {
                    Some(area) => placed.push(place(row, area)),
                    None if outside_areas.contains(code) => {
                        outside.entry(code.clone()).or_insert_with(|| (area_place(&row.place), 0)).1 += 1;
                    }
                    None => {
                        unmapped
                            .entry((scheme, code.clone()))
                            .or_insert_with(|| UnmappedArea {
                                scheme,
                                code: code.clone(),
                                first_place: area_place(&row.place),
                                observations: 0,
                            })
                            .observations += 1;
                    }
                },
            }
        }
    }
    result.unmapped = unmapped.into_values().collect();
    tell_outside(&outside, &mut result.findings);
    result.observations = without_duplicates(placed, &mut result.findings, &mut result.conflicts);
    tell_outside_validity(areas, &result.observations, &mut result.findings);
    mark_breaks(areas, result.observations.iter_mut().map(|placed| &mut placed.observation));
    result
}

/// The scheme of our own code list, which submissions are written in.
pub const OWN_SCHEME: &str = "sandyq";

/// Provider codes to areas, once per refresh instead of once per row.
struct AreaIndex<'a>(BTreeMap<(&'a str, &'a str), &'a AreaCode>);

impl<'a> AreaIndex<'a> {
    fn new(areas: &'a AreaList) -> Self {
        let mut codes = BTreeMap::new();
        for area in areas.iter() {
            codes.insert((OWN_SCHEME, area.code.as_str()), &area.code);
            for (scheme, provider_codes) in &area.provider_codes {
                for code in provider_codes {
                    codes.insert((scheme.as_str(), code.as_str()), &area.code);
                }
            }
        }
        Self(codes)
    }

    fn find(&self, scheme: &str, code: &str) -> Option<AreaCode> {
        self.0.get(&(scheme, code)).map(|&area| area.clone())
    }
}

fn place(row: ProviderObservation, area: AreaCode) -> PlacedObservation {
    PlacedObservation {
        observation: Observation {
            series: SeriesKey { indicator: row.indicator, breakdown: row.breakdown },
            area,
            period: row.period,
            value: row.value,
            status: row.status,
        },
        place: row.place,
        raw: row.raw,
    }
}

/// One finding for all of them: a list of forty islands helps nobody when it is forty lines.
fn tell_outside(outside: &BTreeMap<String, (Place, usize)>, findings: &mut Vec<Finding>) {
    let Some((place, _)) = outside.values().next() else { return };
    let count: usize = outside.values().map(|(_, count)| count).sum();
    let codes: Vec<&str> = outside.keys().map(|code| if code.is_empty() { "(blank)" } else { code }).collect();
    findings.push(Finding {
        kind: FindingKind::OutsideArea,
        place: Place::part(&place.part),
        expected: "areas of the code list".to_owned(),
        found: format!("{count} observations of {}", codes.join(", ")),
        action: "left out, as declared".to_owned(),
    });
}

fn key(observation: &Observation) -> (&SeriesKey, &AreaCode, TimePeriod) {
    (&observation.series, &observation.area, observation.period)
}

fn without_duplicates(
    mut placed: Vec<PlacedObservation>,
    findings: &mut Vec<Finding>,
    conflicts: &mut Vec<Finding>,
) -> Vec<PlacedObservation> {
    // Stable, so equal cells stay in the order of the payload.
    placed.sort_by(|a, b| key(&a.observation).cmp(&key(&b.observation)));
    let mut kept: Vec<PlacedObservation> = Vec::with_capacity(placed.len());
    let mut rest = placed.into_iter().peekable();
    while let Some(first) = rest.next() {
        let mut others = Vec::new();
        while let Some(other) = rest.next_if(|next| key(&next.observation) == key(&first.observation)) {
            others.push(other);
        }
        let Some(last) = others.last() else {
            kept.push(first);
            continue;
        };
        let cell = |one: &Observation| format!("{} {} {}", one.series, one.area, one.period);
        if others.iter().all(|other| other.observation.value == first.observation.value) {
            findings.push(Finding {
                kind: FindingKind::RepeatedRow,
                place: last.place.clone(),
                expected: format!("{} once", cell(&first.observation)),
                found: format!("{} times {}", others.len() + 1, first.raw),
                action: "taken once".to_owned(),
            });
            kept.push(first);
        } else {
            let values: Vec<String> = iter::once(&first)
                .chain(&others)
                .map(|one| format!("{} in row {}", one.raw, one.place.row.unwrap_or(0)))
                .collect();
            conflicts.push(Finding {
                kind: FindingKind::ConflictingDuplicate,
                place: last.place.clone(),
                expected: format!("one value for {}", cell(&first.observation)),
                found: values.join(", "),
                action: "withheld".to_owned(),
            });
        }
    }
    kept
}

/// Values for years in which an area did not exist: computed back by the provider, or still under the old name.
/// Kept, and told once per area.
fn tell_outside_validity(areas: &AreaList, observations: &[PlacedObservation], findings: &mut Vec<Finding>) {
    let mut told: BTreeMap<(&AreaCode, FindingKind), (&Place, usize, TimePeriod)> = BTreeMap::new();
    for placed in observations {
        let Observation { area, period, value, .. } = &placed.observation;
        let Some(known) = areas.find(area).filter(|known| value.is_some() && !known.is_valid_in(period.year())) else {
            continue;
        };
        let is_early = known.valid_from.is_some_and(|start| period.year() < start.year());
        let kind = if is_early { FindingKind::BackCast } else { FindingKind::AfterEnd };
        told.entry((area, kind)).or_insert((&placed.place, 0, *period)).1 += 1;
    }
    for ((area, kind), (place, count, period)) in told {
        let known = areas.find(area);
        let day = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
        let (expected, action) = match kind {
            FindingKind::BackCast => (
                format!("no value of {area} before {}", day(known.and_then(|known| known.valid_from))),
                "kept as the provider's own back-cast",
            ),
            _ => (
                format!("no value of {area} after {}", day(known.and_then(|known| known.valid_to))),
                "kept under the old area",
            ),
        };
        findings.push(Finding {
            kind,
            place: place.clone(),
            expected,
            found: format!("{count} values, one for {period}"),
            action: action.to_owned(),
        });
    }
}

/// Marks, in every series of an area, the first period after a change of its territory. Values before it stay as they
/// are; nothing is spliced. Run again over a merged table it marks the same cells.
pub fn mark_breaks<'o>(areas: &AreaList, observations: impl Iterator<Item = &'o mut Observation>) {
    let broken: BTreeMap<&AreaCode, &Area> =
        areas.iter().filter(|area| !area.breaks.is_empty()).map(|area| (&area.code, area)).collect();
    let mut series: BTreeMap<(SeriesKey, AreaCode), Vec<&'o mut Observation>> = BTreeMap::new();
    for observation in observations {
        if broken.contains_key(&observation.area) && observation.value.is_some() {
            series.entry((observation.series.clone(), observation.area.clone())).or_default().push(observation);
        }
    }
    for ((_, area), mut cells) in series {
        cells.sort_by_key(|cell| cell.period);
        let Some(area) = broken.get(&area) else { continue };
        for at in 1..cells.len() {
            let Some([before, after]) = cells.get_mut(at - 1..=at) else { continue };
            if area.has_break_between(before.period.year(), after.period.year()) && after.status == ObsStatus::Normal {
                after.status = ObsStatus::Break;
            }
        }
    }
}

#[cfg(test)]
mod tests;
