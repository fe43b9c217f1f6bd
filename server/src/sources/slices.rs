//! Slice JSON of the bureau: a list of records, each a combination of terms with its periods.
//!
//! Provider: Bureau of National Statistics, `https://stat.gov.kz/api/iblock/element/<id>/json/file/kk/` (element 6645:
//! population by region); free use with reference to the source. Calendar: population in spring. Checked 2026-07-10.
//!
//! Quirks: a byte order mark may precede the text; values are strings with a point or a comma; gaps are
//! `null`, `""`, `"-"`, `"x"`; the date is the end of the labelled year even for stocks of 1 January, so the
//! label's year is kept and nothing else is read from it. Only records of one term, the area, are read.

use indicators::code::IndicatorCode;
use indicators::observation::TimePeriod;
use serde::Deserialize;

use super::catalogue::DataflowDefinition;
use super::delimited::{self, unexpected};
use super::error::{SourceError, excerpt};
use super::finding::Place;
use super::parsed::{Parsed, ProviderArea};
use super::request::Payload;
use super::written::Written;

const SCHEME: &str = "taldau";

#[derive(Deserialize)]
pub(super) struct Slice {
    pub(super) terms: Vec<u64>,
    #[serde(rename = "termNames")]
    pub(super) term_names: Vec<String>,
    pub(super) periods: Vec<SlicePeriod>,
}

#[derive(Deserialize)]
pub(super) struct SlicePeriod {
    pub(super) date: String,
    pub(super) value: Option<String>,
}

pub(super) fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    const EXPECTED: &str = "a JSON list of slices";
    let text = delimited::text(payload, EXPECTED)?;
    let part = payload.part;
    let slices: Vec<Slice> = serde_json::from_str(text).map_err(|error| json_error(part, EXPECTED, &error))?;
    if slices.is_empty() {
        return Err(SourceError::Empty { part: part.to_owned(), expected: EXPECTED });
    }
    // A slice says whom it is about and not what of: nothing tells the indicators of one dataflow apart.
    let [indicator] = definition.indicators.as_slice() else {
        let reason = format!("slices do not say which of {} indicators they are", definition.indicators.len());
        return Err(SourceError::Structure { part: part.to_owned(), expected: "a workbook or named columns", reason });
    };
    let mut parsed = Parsed::new("bns_slices").with_areas_in("terms");
    for (index, slice) in slices.iter().enumerate() {
        let record = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let place = |column: &str| Place::cell(part, record, column);
        let ([term], [_]) = (slice.terms.as_slice(), slice.term_names.as_slice()) else {
            let found = format!("{:?} {:?}", slice.terms, slice.term_names);
            return Err(unexpected(place("terms"), "one term and its name", &found));
        };
        for period in &slice.periods {
            take_in(&mut parsed, definition, &indicator.code, *term, period, &place)?;
        }
    }
    Ok(parsed)
}

/// One period of a slice as an observation, within the limit of rows.
pub(super) fn take_in(
    parsed: &mut Parsed,
    definition: &DataflowDefinition,
    indicator: &IndicatorCode,
    area: u64,
    period: &SlicePeriod,
    place: &dyn Fn(&str) -> Place,
) -> Result<(), SourceError> {
    parsed.rows_read += 1;
    if parsed.rows_read > definition.max_rows {
        return Err(SourceError::TooLarge {
            what: "periods of slices",
            limit: definition.max_rows,
            found: parsed.rows_read,
        });
    }
    let Some(year) = year_of_label(&period.date) else {
        return Err(unexpected(place("date"), "31.12.YYYY", &period.date));
    };
    let raw = period.value.as_deref().unwrap_or_default();
    let written = Written::with_point_or_comma(place("value"), raw, &mut parsed.findings)?;
    let area = ProviderArea::Code { scheme: SCHEME, code: area.to_string() };
    parsed.observations.push(written.of(area, indicator, year));
    Ok(())
}

pub(super) fn year_of_label(date: &str) -> Option<TimePeriod> {
    date.strip_prefix("31.12.")?.parse().ok()
}

/// An error of the JSON reader; an early end is a cut, not a fault of structure.
pub(super) fn json_error(part: &str, expected: &'static str, error: &serde_json::Error) -> SourceError {
    if error.is_eof() {
        let row = u32::try_from(error.line()).ok();
        let place = Place { row, ..Place::part(part) };
        return SourceError::Truncated { place, reason: excerpt(&error.to_string()) };
    }
    SourceError::Structure { part: part.to_owned(), expected, reason: excerpt(&error.to_string()) }
}

#[cfg(test)]
mod tests;
