//! The page of one country of the Speedtest Global Index: its tables stand in a script, as JSON.

use indicators::code::AreaCode;
use indicators::observation::TimePeriod;
use serde_json::{Deserializer, Map, Value};

use crate::sources::catalogue::DataflowDefinition;
use crate::sources::delimited::{self, html_title, unexpected};
use crate::sources::error::SourceError;
use crate::sources::finding::Place;
use crate::sources::parsed::{Parsed, ProviderArea};
use crate::sources::request::Payload;
use crate::sources::slices::json_error;
use crate::sources::written::Written;

const EXPECTED: &str = "a page with the tables of the index";
/// What stands before the tables.
const BEFORE: &str = "var data = ";
/// What `{page}` stands for ends in this.
const ENDING: &str = ".html";

pub(super) fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    let part = payload.part;
    let text = delimited::utf8(payload, EXPECTED)?;
    let title = html_title(payload.bytes).unwrap_or_default();
    let Some((_, rest)) = text.split_once(BEFORE) else {
        return Err(SourceError::HtmlPage { part: part.to_owned(), expected: EXPECTED, title });
    };
    // The script goes on behind the tables; only the first value is read.
    let tables = match Deserializer::from_str(rest).into_iter::<Map<String, Value>>().next() {
        Some(Ok(tables)) => tables,
        Some(Err(error)) => return Err(json_error(part, EXPECTED, &error)),
        None => return Err(SourceError::Empty { part: part.to_owned(), expected: EXPECTED }),
    };
    let area = area_of(definition, part)?;
    let mut parsed = Parsed::new("speedtest_page");
    for indicator in &definition.indicators {
        for (table, field) in indicator.series.iter().filter_map(|series| series.split_once('.')) {
            let rows = tables.get(table).and_then(Value::as_array).ok_or_else(|| SourceError::MissingLabel {
                place: Place::part(part),
                what: "table",
                expected: table.to_owned(),
                found: tables.keys().cloned().collect(),
            })?;
            let mut country = None;
            for (row, number) in rows.iter().zip(1u32..) {
                parsed.rows_read += 1;
                if parsed.rows_read > definition.max_rows {
                    let (limit, found) = (definition.max_rows, parsed.rows_read);
                    return Err(SourceError::TooLarge { what: "rows", limit, found });
                }
                let place = |column: &str| Place { sheet: Some(table.to_owned()), ..Place::cell(part, number, column) };
                // The page of all countries has the same tables: its rows must not become those of one.
                let found = said(row, "country_id");
                let first = country.get_or_insert_with(|| found.clone());
                if found.is_empty() || *first != found {
                    let expected = format!("rows of one country, {first}");
                    return Err(unexpected(place("country_id"), expected, &found));
                }
                let day = said(row, "global_index_date");
                let Some(period @ TimePeriod::Month(..)) = day.get(..7).and_then(|month| month.parse().ok()) else {
                    return Err(unexpected(place("global_index_date"), "a day YYYY-MM-DD", &day));
                };
                let Some(cell) = row.get(field) else {
                    return Err(SourceError::MissingColumn {
                        place: place(field),
                        column: field.to_owned(),
                        found: row.as_object().map(|row| row.keys().cloned().collect()).unwrap_or_default(),
                    });
                };
                let written = Written::with_point(place(field), &text_of(cell))?;
                parsed.observations.push(written.of(ProviderArea::Own(area.clone()), &indicator.code, period));
            }
        }
    }
    // A country with too few measurements of one kind has an empty table of it.
    Ok(parsed)
}

/// The area a page is about: the catalogue says whose pages are asked for.
fn area_of(definition: &DataflowDefinition, part: &str) -> Result<AreaCode, SourceError> {
    let name = part.strip_suffix(ENDING).unwrap_or(part);
    let found = definition.pages.iter().find(|(_, page)| page.as_str() == name);
    found.map(|(area, _)| area.clone()).ok_or_else(|| SourceError::MissingLabel {
        place: Place::part(part),
        what: "page of an area",
        expected: format!("the name of a page and {ENDING}"),
        found: definition.pages.values().cloned().collect(),
    })
}

/// A field of a row as text; empty when it is missing.
fn said(row: &Value, field: &str) -> String {
    row.get(field).map(text_of).unwrap_or_default()
}

/// Numbers stand with and without quotes.
fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    }
}
