//! Whole-index dump of the bureau's data portal: slice JSON with several terms to a record, and what the portal says of the index.
//!
//! Provider: Bureau of National Statistics, `https://taldau.stat.gov.kz/ru/Api/`; free use with reference to the source.
//! Calendar: annual, in autumn. Checked 2026-11-22 against clients that ran on other indices of the same addresses; of the
//! indices asked for here no answer is recorded.
//!
//! | Asked | For |
//! |---|---|
//! | `Search?keyword=` | the number of an index that is known by its name; the name must be a declared one |
//! | `GetPeriodList?indexId=` | whether it is kept by year |
//! | `GetSegmentList?indexId=&periodId=` | the dictionaries that belong together, see [`card`] |
//! | `GetIndexPeriods?…` | the years there are, against which the dump is held |
//! | `GetIndexAttributes?…` | the unit |
//! | `GetIndexData/<index>?period=&dics=` | the figures |
//!
//! What is kept is all of these answers in one payload. A dump that was dropped by hand is read without them.
//!
//! Quirks: the first term is the area, the others say which part of the phenomenon; the same area stands under several
//! names, so only its id counts; districts stand among the regions and are told by their names; dictionaries differ by index;
//! an incomplete list of dictionaries gives an empty list; a wrong one gives status 500 with a page of HTML; values are
//! strings with a point or a comma, gaps are `null`, `""`, `"-"`, `"x"`; the date is the end of the labelled year even for
//! stocks of 1 January, so only the year of the label is read; a combination of terms may stand twice.

use std::collections::{BTreeMap, BTreeSet};

use indicators::observation::TimePeriod;
use serde::Deserialize;
use serde_json::Value;

use super::catalogue::DataflowDefinition;
use super::delimited::{self, unexpected};
use super::error::{SourceError, excerpt};
use super::finding::{Finding, FindingKind, Place};
use super::parsed::Parsed;
use super::request::{Payload, SourceRequest};
use super::slices::{Slice, json_error, take_in, year_of_label};

pub(crate) mod card;

use card::{Card, Step};

const EXPECTED: &str = "a JSON list of slices";

/// What is kept: the answers by the names of their questions.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Talk {
    search: Option<Value>,
    periods: Option<Value>,
    segments: Option<Value>,
    dates: Option<Value>,
    attributes: Option<Value>,
    data: Option<Vec<Slice>>,
}

/// The first question; each answer leads to the next, see [`Card::next`].
pub(super) fn first_request(definition: &DataflowDefinition) -> Result<Vec<SourceRequest>, SourceError> {
    Ok(Card::default().next(definition)?.map(|(_, request)| request).into_iter().collect())
}

/// The payload that is kept of the answers, each byte for byte as it came.
pub(crate) fn joined(answers: &[(Step, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = b"{".to_vec();
    for (index, (step, answer)) in answers.iter().enumerate() {
        bytes.extend_from_slice(if index == 0 { b"\n" } else { b",\n" });
        bytes.extend_from_slice(format!("\"{}\":", step.key()).as_bytes());
        bytes.extend_from_slice(card::without_mark(answer));
    }
    bytes.extend_from_slice(b"\n}\n");
    bytes
}

/// The slices of a payload, and the years that the portal says it has of them.
fn read(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<(Vec<Slice>, Vec<TimePeriod>), SourceError> {
    let part = payload.part;
    let text = delimited::text(payload, EXPECTED)?;
    if text.trim_start().starts_with('[') {
        let slices = serde_json::from_str(text).map_err(|error| json_error(part, EXPECTED, &error))?;
        return Ok((slices, Vec::new()));
    }
    let talk: Talk = serde_json::from_str(text).map_err(|error| json_error(part, EXPECTED, &error))?;
    let Talk { search, periods, segments, dates, attributes, data } = talk;
    let card = Card { search, periods, segments, dates, attributes };
    // Whatever kept the next question from being asked is what is wrong with the payload.
    let next = card.next(definition)?;
    let Some(slices) = data.filter(|_| next.is_none_or(|(step, _)| step == Step::Data)) else {
        let reason = "the answers about the index end before its figures".to_owned();
        return Err(SourceError::Truncated { place: Place::part(part), reason });
    };
    let mut years = Vec::new();
    for date in card.dates(part)?.unwrap_or_default() {
        let Some(year) = year_of_label(&date) else {
            return Err(unexpected(
                Place { column: Some("datesToDraw".to_owned()), ..Place::part(part) },
                "31.12.YYYY",
                &date,
            ));
        };
        years.push(year);
    }
    Ok((slices, years))
}

pub(super) fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    let part = payload.part;
    let (slices, years) = read(definition, payload)?;
    if slices.is_empty() {
        return Err(SourceError::Empty {
            part: part.to_owned(),
            expected: "slices; are all dictionaries of the segment named?",
        });
    }
    let mut districts: Vec<(u32, &str)> = Vec::new();
    let mut unasked: BTreeMap<String, (u32, String)> = BTreeMap::new();
    let mut parsed = Parsed::new("taldau_index").with_areas_in("terms");
    for (slice, record) in slices.iter().zip(1u32..) {
        let place = |column: &str| Place::cell(part, record, column);
        let Some((area, others)) = slice.terms.split_first() else {
            return Err(unexpected(place("terms"), "an area and what is told of it", "[]"));
        };
        // The rest of the terms names the series; sub-aggregates nobody asked for are passed over, and told.
        let others = others.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let Some(indicator) = definition.indicator_of_series(&others) else {
            let names = slice.term_names.get(1..).unwrap_or_default().join(", ");
            unasked.entry(others).or_insert((record, names));
            continue;
        };
        let name = slice.term_names.first().map(String::as_str).unwrap_or_default();
        if is_district(definition, name) {
            districts.push((record, name));
            continue;
        }
        for period in &slice.periods {
            take_in(&mut parsed, definition, &indicator.code, *area, period, &place)?;
        }
    }
    if let Some((record, name)) = districts.first() {
        parsed.findings.push(Finding {
            kind: FindingKind::OutsideArea,
            place: Place::cell(part, *record, "termNames"),
            expected: "regions".to_owned(),
            found: format!("{} districts, {name} the first", districts.len()),
            action: "left out, as declared".to_owned(),
        });
    }
    tell_unasked(&mut parsed, part, &unasked);
    if parsed.observations.is_empty() {
        return Err(SourceError::Empty {
            part: part.to_owned(),
            expected: "a slice with the terms of a declared series",
        });
    }
    tell_years(&mut parsed, part, &years);
    Ok(parsed)
}

/// One finding for all combinations of terms that are no declared series.
fn tell_unasked(parsed: &mut Parsed, part: &str, unasked: &BTreeMap<String, (u32, String)>) {
    const MOST_SHOWN: usize = 6;
    let Some((record, _)) = unasked.values().next() else { return };
    let shown: Vec<String> =
        unasked.iter().take(MOST_SHOWN).map(|(terms, (_, names))| format!("{terms} {}", excerpt(names))).collect();
    parsed.findings.push(Finding {
        kind: FindingKind::OutsideArea,
        place: Place::cell(part, *record, "terms"),
        expected: "terms of a declared series".to_owned(),
        found: format!("{} other combinations: {}", unasked.len(), shown.join("; ")),
        action: "left out".to_owned(),
    });
}

/// A dump without a year that the portal says it has is told: it may have been cut by the portal's own limits.
fn tell_years(parsed: &mut Parsed, part: &str, offered: &[TimePeriod]) {
    let here: BTreeSet<TimePeriod> = parsed.observations.iter().map(|one| one.period).collect();
    let lacking: Vec<String> = offered.iter().filter(|year| !here.contains(year)).map(ToString::to_string).collect();
    if lacking.is_empty() {
        return;
    }
    parsed.findings.push(Finding {
        kind: FindingKind::PeriodVanished,
        place: Place { column: Some("datesToDraw".to_owned()), ..Place::part(part) },
        expected: "every period that the portal says it has".to_owned(),
        found: format!("none of {}", lacking.join(", ")),
        action: "the others are taken".to_owned(),
    });
}

/// Districts stand among the regions under ids of their own. They are told by declared words of their names; an area
/// without such a word that is not in the code list is unknown, and the payload is held back.
fn is_district(definition: &DataflowDefinition, name: &str) -> bool {
    let name = name.to_uppercase();
    definition.district_marks.iter().any(|mark| name.split([' ', ',', '(', ')']).any(|word| word == mark))
}

#[cfg(test)]
mod tests;
