//! Indicators of the UNESCO Institute for Statistics.
//!
//! Provider: UIS, `https://api.uis.unesco.org/api/public/data/indicators?indicator=<code>&start=<year>&end=<year>`; CC BY-SA 3.0 IGO.
//! Calendar: refreshed in March and September. Checked 2026-08-08.
//!
//! Quirks: a parameter it does not know is ignored with status 200, so an answer is held against the years that were asked for;
//! an area it does not know gives no record and a hint; about a hundred thousand records at most; a value may be `null` with
//! a magnitude that says why (`NA` not applicable, `NIL` nil or negligible).

use indicators::observation::{Breakdown, ObsStatus};
use serde::Deserialize;
use url::Url;

use super::catalogue::DataflowDefinition;
use super::delimited::{self, unexpected};
use super::error::{SourceError, excerpt};
use super::finding::Place;
use super::parsed::{Parsed, ProviderArea, ProviderObservation};
use super::request::Payload;
use super::slices::json_error;

const SCHEME: &str = "iso3";
const EXPECTED: &str = "records of the UIS";

/// An answer as long as this was probably cut.
const MOST_RECORDS: usize = 100_000;

#[derive(Deserialize)]
struct Answer {
    hints: Vec<Hint>,
    records: Vec<Record>,
}

#[derive(Deserialize)]
struct Hint {
    code: String,
    message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    indicator_id: String,
    geo_unit: String,
    year: i16,
    value: Option<f64>,
    magnitude: Option<String>,
    qualifier: Option<String>,
}

pub(super) fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    let part = payload.part;
    let text = delimited::text(payload, EXPECTED)?;
    let answer: Answer = serde_json::from_str(text).map_err(|error| json_error(part, EXPECTED, &error))?;
    if let Some(Hint { code, message }) = answer.hints.first() {
        return Err(SourceError::ProviderMessage {
            part: part.to_owned(),
            message: excerpt(&format!("{code}: {message}")),
        });
    }
    if answer.records.is_empty() {
        return Err(SourceError::Empty { part: part.to_owned(), expected: EXPECTED });
    }
    if answer.records.len() >= MOST_RECORDS {
        let reason = format!("{} records; the provider gives no more", answer.records.len());
        return Err(SourceError::Truncated { place: Place::part(part), reason });
    }
    if answer.records.len() > definition.max_rows {
        let (limit, found) = (definition.max_rows, answer.records.len());
        return Err(SourceError::TooLarge { what: "records", limit, found });
    }
    let asked = years_asked(definition);
    let mut parsed = Parsed::new("uis_records").with_areas_in("geoUnit");
    for (record, row) in answer.records.into_iter().zip(1u32..) {
        parsed.rows_read += 1;
        let place = |column: &str| Place::cell(part, row, column);
        let Some(indicator) = definition.indicator_of_series(&record.indicator_id) else {
            return Err(unexpected(place("indicatorId"), "an indicator that was asked for", &record.indicator_id));
        };
        let (start, end) = asked;
        if start.is_some_and(|start| record.year < start) || end.is_some_and(|end| record.year > end) {
            let years = [start, end].map(|year| year.map_or_else(|| "…".to_owned(), |year| year.to_string()));
            let expected = format!("a year asked for, {} to {}", years[0], years[1]);
            return Err(unexpected(place("year"), expected, &record.year.to_string()));
        }
        let Ok(period) = record.year.to_string().parse() else {
            return Err(unexpected(place("year"), "a year from 1900 to 2199", &record.year.to_string()));
        };
        let status = match (record.value, record.magnitude.as_deref(), record.qualifier.as_deref()) {
            (Some(_), _, Some("UIS_EST" | "NAT_EST")) => ObsStatus::Estimated,
            (Some(_), ..) => ObsStatus::Normal,
            (None, Some("NA"), _) => ObsStatus::CannotExist,
            (None, Some("NIL"), _) => ObsStatus::Negligible,
            (None, ..) => ObsStatus::Missing,
        };
        parsed.observations.push(ProviderObservation {
            place: place("value"),
            area: ProviderArea::Code { scheme: SCHEME, code: record.geo_unit },
            indicator: indicator.code.clone(),
            breakdown: Breakdown::total(),
            period,
            value: record.value.filter(|value| value.is_finite()),
            status,
            raw: record.value.map_or_else(String::new, |value| value.to_string()),
        });
    }
    Ok(parsed)
}

/// The years that the path of the dataflow asks for.
fn years_asked(definition: &DataflowDefinition) -> (Option<i16>, Option<i16>) {
    let path = format!("http://uis/{}", definition.path);
    let Ok(url) = path.parse::<Url>() else { return (None, None) };
    let year = |name: &str| url.query_pairs().find(|(key, _)| key == name).and_then(|(_, value)| value.parse().ok());
    (year("start"), year("end"))
}

#[cfg(test)]
mod tests;
