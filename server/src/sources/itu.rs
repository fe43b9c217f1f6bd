//! Series of the ITU's data hub, one country and code to an answer.
//!
//! Provider: ITU, `https://api.datahub.itu.int/v2/data/bycode/<code>/byiso/<ISO3>`; anonymous and undocumented; ITU terms, so the raw
//! bytes are not handed out. Calendar: revised twice a year. Checked 2026-07-26.
//!
//! Quirks: values are strings inside a list of one; the order of keys varies; an unknown code gives `[]` with status
//! 200; an unknown route gives status 403 with a message.

use serde::Deserialize;

use super::catalogue::DataflowDefinition;
use super::delimited::{self, unexpected};
use super::error::SourceError;
use super::finding::Place;
use super::parsed::{Parsed, ProviderArea};
use super::request::Payload;
use super::slices::json_error;
use super::written::Written;

const SCHEME: &str = "iso3";
const EXPECTED: &str = "a list of records of the data hub";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    #[serde(rename = "codeID")]
    code_id: u64,
    answer: Vec<Value>,
    iso_code: String,
    data_year: i16,
}

#[derive(Deserialize)]
struct Value {
    value: Option<String>,
}

pub(super) fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    let part = payload.part;
    let text = delimited::text(payload, EXPECTED)?;
    let records: Vec<Record> = serde_json::from_str(text).map_err(|error| json_error(part, EXPECTED, &error))?;
    if records.is_empty() {
        return Err(SourceError::Empty { part: part.to_owned(), expected: EXPECTED });
    }
    if records.len() > definition.max_rows {
        return Err(SourceError::TooLarge { what: "records", limit: definition.max_rows, found: records.len() });
    }
    let mut parsed = Parsed::new("itu_datahub_v2").with_areas_in("isoCode");
    for (record, row) in records.iter().zip(1u32..) {
        parsed.rows_read += 1;
        let place = |column: &str| Place::cell(part, row, column);
        let code = record.code_id.to_string();
        let Some(indicator) = definition.indicator_of_series(&code) else {
            return Err(unexpected(place("codeID"), "a code that was asked for", &code));
        };
        let [answer] = record.answer.as_slice() else {
            return Err(unexpected(place("answer"), "one value", &format!("{} values", record.answer.len())));
        };
        let raw = answer.value.as_deref().unwrap_or_default();
        let written = Written::with_point_or_comma(place("answer"), raw, &mut parsed.findings)?;
        let Ok(period) = record.data_year.to_string().parse() else {
            return Err(unexpected(place("dataYear"), "a year from 1900 to 2199", &record.data_year.to_string()));
        };
        let area = ProviderArea::Code { scheme: SCHEME, code: record.iso_code.clone() };
        parsed.observations.push(written.of(area, &indicator.code, period));
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests;
