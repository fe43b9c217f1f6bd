//! World Development Indicators, all countries, one series.
//!
//! Provider: World Bank, <https://api.worldbank.org/v2>; CC BY 4.0. Calendar: revised several times a year. Checked
//! 2026-11-22.
//!
//! Three layouts are read, told apart by content: the API's JSON, and the CSV of two copies the recordings were
//! taken from (open-numbers: `geo,time,<series>`; Our World in Data: `Entity,Code,Year,<series>`).
//!
//! Quirks of the API: errors come with status 200; `per_page` may be a string; a series without data is
//! `[{"total":0},null]`; newest period first. Groups of states stand among the states; they are left out by the list in
//! the catalogue. A copy of 2024 lacks the code of groups, so a blank code is such a group.

use indicators::observation::{Breakdown, ObsStatus};
use serde::Deserialize;

use super::catalogue::{DataflowDefinition, MeasuredIndicator};
use super::delimited::{self, Table, unexpected};
use super::error::{SourceError, excerpt};
use super::finding::{Finding, FindingKind, Place};
use super::parsed::{Parsed, ProviderArea, ProviderObservation};
use super::request::Payload;
use super::slices::json_error;
use super::written::Written;

const SCHEME: &str = "iso3";
const EXPECTED: &str = "World Bank JSON";

pub(super) fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    let Some(indicator) = definition.indicators.first() else {
        return Err(SourceError::Empty { part: payload.part.to_owned(), expected: "an indicator in the catalogue" });
    };
    let text = delimited::text(payload, EXPECTED)?;
    match text.trim_start().as_bytes().first() {
        Some(b'[' | b'{') => parse_json(definition, indicator, payload.part, text),
        Some(b'<') => {
            Err(SourceError::ProviderMessage { part: payload.part.to_owned(), message: excerpt(text.trim()) })
        }
        _ => parse_csv(definition, indicator, payload),
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Head {
    Message { message: Vec<Message> },
    Page { pages: Option<u32>, total: Option<u32> },
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    key: String,
    value: String,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

#[derive(Deserialize)]
struct Item {
    indicator: Named,
    countryiso3code: String,
    date: String,
    value: Option<f64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Error((Head,)),
    Data(Head, Option<Vec<Item>>),
}

fn parse_json(
    definition: &DataflowDefinition,
    indicator: &MeasuredIndicator,
    part: &str,
    text: &str,
) -> Result<Parsed, SourceError> {
    // Untagged answers lose the position of a syntax error, so syntax is checked first.
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| json_error(part, EXPECTED, &error))?;
    let answer: Answer = serde_json::from_value(value).map_err(|error| json_error(part, EXPECTED, &error))?;
    let (head, items) = match answer {
        Answer::Error((head,)) => (head, None),
        Answer::Data(head, items) => (head, items),
    };
    let items = match (head, items) {
        (Head::Message { message }, _) => {
            let words: Vec<String> = message.iter().map(|one| format!("{}: {}", one.key, one.value)).collect();
            return Err(SourceError::ProviderMessage { part: part.to_owned(), message: excerpt(&words.join("; ")) });
        }
        (Head::Page { pages: Some(pages), .. }, _) if pages > 1 => {
            let place = Place::part(part);
            return Err(SourceError::Truncated { place, reason: format!("page 1 of {pages}; expected one page") });
        }
        (Head::Page { total, .. }, Some(items))
            if total.is_none_or(|total| usize::try_from(total) == Ok(items.len())) =>
        {
            items
        }
        (Head::Page { total: Some(total), .. }, Some(items)) => {
            let place = Place::part(part);
            return Err(SourceError::Truncated { place, reason: format!("{} of {total} items", items.len()) });
        }
        (Head::Page { .. }, _) => {
            return Err(SourceError::Empty { part: part.to_owned(), expected: "items of a World Bank series" });
        }
    };
    if items.len() > definition.max_rows {
        return Err(SourceError::TooLarge { what: "items", limit: definition.max_rows, found: items.len() });
    }
    let mut parsed = Parsed::new("world_bank_v2").with_areas_in("countryiso3code");
    for (index, item) in items.into_iter().enumerate() {
        parsed.rows_read += 1;
        let row = u32::try_from(index + 1).unwrap_or(u32::MAX);
        if !indicator.series.contains(&item.indicator.id) {
            let place = Place::cell(part, row, "indicator");
            return Err(unexpected(place, indicator.series.join(" or "), &item.indicator.id));
        }
        let Ok(period) = item.date.parse() else {
            return Err(unexpected(Place::cell(part, row, "date"), "a year", &item.date));
        };
        parsed.observations.push(ProviderObservation {
            place: Place::cell(part, row, "value"),
            area: ProviderArea::Code { scheme: SCHEME, code: item.countryiso3code },
            indicator: indicator.code.clone(),
            breakdown: Breakdown::total(),
            period,
            value: item.value,
            status: if item.value.is_some() { ObsStatus::Normal } else { ObsStatus::Missing },
            raw: item.value.map_or_else(|| "null".to_owned(), |value| value.to_string()),
        });
    }
    Ok(parsed)
}

fn parse_csv(
    definition: &DataflowDefinition,
    indicator: &MeasuredIndicator,
    payload: &Payload<'_>,
) -> Result<Parsed, SourceError> {
    let table = Table::read(payload, definition)?;
    let area = table.require(&["Code", "geo"])?;
    let year = table.require(&["Year", "time"])?;
    let names: Vec<&str> = indicator.series.iter().map(String::as_str).collect();
    let value = table.require(&names)?;
    let mut parsed = Parsed::new(if table.column(area) == "geo" { "open_numbers" } else { "our_world_in_data" })
        .with_areas_in(table.column(area));
    let mut early: Option<(Place, usize)> = None;
    for row in &table.rows {
        parsed.rows_read += 1;
        table.check_length(row)?;
        let cell = |position: usize| row.cells.get(position).unwrap_or_default();
        // Our World in Data goes back to 1870 where historians have figures; the service begins at 1900.
        if cell(year).parse::<u16>().is_ok_and(|year| (1700..1900).contains(&year)) {
            early.get_or_insert_with(|| (table.place(row, year), 0_usize)).1 += 1;
            continue;
        }
        let Ok(period) = cell(year).parse() else {
            return Err(unexpected(table.place(row, year), "a year from 1900 to 2199", cell(year)));
        };
        let written = Written::with_point(table.place(row, value), cell(value))?;
        let area = ProviderArea::Code { scheme: SCHEME, code: cell(area).to_ascii_uppercase() };
        parsed.observations.push(written.of(area, &indicator.code, period));
    }
    if let Some((place, count)) = early {
        parsed.findings.push(Finding {
            kind: FindingKind::OutsidePeriod,
            place,
            expected: "years from 1900".to_owned(),
            found: format!("{count} values before"),
            action: "left out".to_owned(),
        });
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests;
