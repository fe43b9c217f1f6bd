//! The Speedtest Global Index: median download speed by country and month.
//!
//! Provider: Ookla, <https://www.speedtest.net/global-index>; non-commercial, the table may not be redistributed, so
//! only the pages and rows of the countries compared are asked for and held, as cited facts. Calendar: monthly. Checked
//! 2026-11-22; of the pages no answer is recorded.
//!
//! Quirks: the index moved from means to medians between 2021 and 2022; a country without a page gives 404; names are common
//! English ones. The columns `month`, `position` and `listed` of the excerpt are not the provider's.

use super::catalogue::DataflowDefinition;
use super::delimited::{Table, html_title, unexpected};
use super::error::SourceError;
use super::parsed::{Parsed, ProviderArea};
use super::request::{self, Payload, SourceRequest};
use super::written::Written;

mod page;

const SCHEME: &str = "speedtest_name";

/// One request for each country compared.
pub(super) fn requests(definition: &DataflowDefinition) -> Result<Vec<SourceRequest>, SourceError> {
    let mut requests = Vec::new();
    for page in definition.pages.values() {
        let Some(url) = request::address(definition, &definition.path.replace("{page}", page))? else {
            return Ok(Vec::new());
        };
        requests.push(SourceRequest {
            dataflow: definition.id.clone(),
            part: definition.part.replace("{page}", page),
            url,
            accept: definition.format.accept(),
            optional: false,
        });
    }
    Ok(requests)
}

pub(super) fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    if html_title(payload.bytes).is_some() {
        return page::parse(definition, payload);
    }
    excerpt(definition, payload)
}

/// The rows that come with the program.
fn excerpt(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    let table = Table::read(payload, definition)?;
    let month = table.require(&["month"])?;
    let country = table.require(&["country"])?;
    let mut measures = Vec::new();
    for indicator in &definition.indicators {
        // Names with a point are those of tables on the page.
        let names: Vec<&str> = indicator.series.iter().map(String::as_str).filter(|name| !name.contains('.')).collect();
        measures.push((&indicator.code, table.require(&names)?));
    }
    table.require_final_newline()?;
    let mut parsed = Parsed::new("speedtest_excerpt").with_areas_in(table.column(country));
    for row in &table.rows {
        parsed.rows_read += 1;
        table.check_length(row)?;
        let cell = |position: usize| row.cells.get(position).unwrap_or_default();
        let Ok(period) = cell(month).parse() else {
            return Err(unexpected(table.place(row, month), "a month YYYY-MM", cell(month)));
        };
        for &(indicator, position) in &measures {
            let place = table.place(row, position);
            let area = ProviderArea::Code { scheme: SCHEME, code: cell(country).to_owned() };
            parsed.observations.push(Written::with_point(place, cell(position))?.of(area, indicator, period));
        }
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests;
