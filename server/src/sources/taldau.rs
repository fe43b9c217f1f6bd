//! Whole-index dump of the bureau's data portal: slice JSON with several terms to a record.
//!
//! Provider: Bureau of National Statistics, `https://taldau.stat.gov.kz/kk/Api/GetIndexData/<index>?period=7&dics=<dictionaries>`
//! (index 703983: computers used in the learning process); free use with reference to the source. Calendar: annual, in autumn.
//! Checked 2026-11-22 against other indices of the same address; of index 703983 itself no answer is recorded.
//!
//! Quirks: the first term is the area, the others say which part of the phenomenon; the same area stands under several
//! names, so only its id counts; districts stand among the regions and are told by their names; dictionaries differ by index;
//! an incomplete list of dictionaries gives an empty list; a wrong one gives status 500 with a page of HTML; values are
//! strings with a point or a comma, gaps are `null`, `""`, `"-"`, `"x"`; the date is the end of the labelled year even for
//! stocks of 1 January, so only the year of the label is read; a combination of terms may stand twice.

use super::catalogue::DataflowDefinition;
use super::delimited::{self, unexpected};
use super::error::SourceError;
use super::finding::{Finding, FindingKind, Place};
use super::parsed::Parsed;
use super::request::Payload;
use super::slices::{Slice, json_error, take_in};

const EXPECTED: &str = "a JSON list of slices";

pub(super) fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    let part = payload.part;
    let text = delimited::text(payload, EXPECTED)?;
    let slices: Vec<Slice> = serde_json::from_str(text).map_err(|error| json_error(part, EXPECTED, &error))?;
    if slices.is_empty() {
        return Err(SourceError::Empty {
            part: part.to_owned(),
            expected: "slices; are all dictionaries of the index named?",
        });
    }
    let mut districts: Vec<(u32, &str)> = Vec::new();
    let mut parsed = Parsed::new("taldau_index").with_areas_in("terms");
    for (slice, record) in slices.iter().zip(1u32..) {
        let place = |column: &str| Place::cell(part, record, column);
        let Some((area, others)) = slice.terms.split_first() else {
            return Err(unexpected(place("terms"), "an area and what is told of it", "[]"));
        };
        // The rest of the terms names the series; sub-aggregates nobody asked for are passed over.
        let others: Vec<String> = others.iter().map(ToString::to_string).collect();
        let Some(indicator) = definition.indicator_of_series(&others.join(",")) else { continue };
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
    if parsed.observations.is_empty() {
        return Err(SourceError::Empty {
            part: part.to_owned(),
            expected: "a slice with the terms of a declared series",
        });
    }
    Ok(parsed)
}

/// Districts stand among the regions under ids of their own. They are told by declared words of their names; an area
/// without such a word that is not in the code list is unknown, and the payload is held back.
fn is_district(definition: &DataflowDefinition, name: &str) -> bool {
    let name = name.to_uppercase();
    definition.district_marks.iter().any(|mark| name.split([' ', ',', '(', ')']).any(|word| word == mark))
}

#[cfg(test)]
mod tests;
