//! Workbooks of the bureau: one table by region, found by sheet name, title and headings.
//!
//! Provider: Bureau of National Statistics, <https://stat.gov.kz/>; free use with reference to the source. Calendar: once a
//! year; the cover sheet prints the day of release and of the next one. Checked 2023-06-22 and 2023-05-18.
//!
//! Quirks: legacy `.xls` so far; the year stands on the cover sheet only; region names are short Kazakh ones with
//! stray and double spaces; headings end in runs of spaces and break lines; `-` absent, `0,0` negligible, `x`
//! confidential, `...` not available. The address changes with every release.
//!
//! Tables are located by content, never by cell address: [`TableLabel`] says which sheet, title and unit, the series of the
//! indicators say which columns. Old and new workbooks are told apart by their first bytes, see [`super::workbook`].

use indicators::observation::TimePeriod;

use super::catalogue::{DataflowDefinition, SourceFormat, TableLabel};
use super::error::{SourceError, excerpt};
use super::finding::Place;
use super::footnotes::without_marks;
use super::parsed::{Parsed, ProviderArea};
use super::request::Payload;
use super::workbook::{self, Bounds, Line, Sheet, collapsed};
use super::written::Written;

pub(super) mod limits;

const EXPECTED: &str = "a workbook, .xls or .xlsx";
const SCHEME: &str = "bns_short_kk";
const MOST_COLUMNS: usize = 256;
const MOST_SHEETS: usize = 32;

pub(super) fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    let part = payload.part;
    let Some(table) = &definition.table else {
        return Err(SourceError::Empty { part: part.to_owned(), expected: "a table in the catalogue" });
    };
    let bounds = Bounds { rows: definition.max_rows, columns: MOST_COLUMNS };
    let sheets = workbook::sheets(payload, EXPECTED, bounds, MOST_SHEETS)?;
    let sheet = sheet_of(part, table, &sheets)?;
    let year = year_of_cover(part, &sheets)?;
    let place = |row: u32, column: &str| Place { sheet: Some(sheet.name.clone()), ..Place::cell(part, row, column) };
    let mut columns = Vec::new();
    let mut last_heading = 0;
    for indicator in &definition.indicators {
        let found = indicator.series.iter().find_map(|series| sheet.find(series).map(|at| (at, series)));
        let Some(((row, column), heading)) = found else {
            let heading = indicator.series.first().map_or("", String::as_str);
            return Err(missing(part, "heading", heading, sheet));
        };
        last_heading = last_heading.max(row);
        columns.push((indicator, column, heading));
    }

    let layout =
        if definition.format == SourceFormat::BnsInnovation { "bns_innovation" } else { "bns_education_finance" };
    let mut parsed = Parsed::new(layout);
    for line in sheet.lines.iter().filter(|line| line.row > last_heading) {
        let name = collapsed(without_marks(cell(line, 0)));
        // Second lines of a heading and footnotes carry no number.
        if name.is_empty() || columns.iter().all(|(_, column, _)| cell(line, *column).is_empty()) {
            continue;
        }
        parsed.rows_read += 1;
        for (indicator, column, heading) in &columns {
            let raw = collapsed(cell(line, *column));
            let written = Written::with_point_or_comma(place(line.row, heading), &raw, &mut parsed.findings)?;
            let area = ProviderArea::Code { scheme: SCHEME, code: name.clone() };
            parsed.observations.push(written.of(area, &indicator.code, year));
        }
    }
    Ok(parsed)
}

fn cell(line: &Line, column: usize) -> &str {
    line.cells.get(column).map_or("", |cell| cell.trim())
}

/// The sheet of the table, or what keeps it from being that.
fn sheet_of<'a>(part: &str, table: &TableLabel, sheets: &'a [Sheet]) -> Result<&'a Sheet, SourceError> {
    let named = sheets.iter().find(|sheet| sheet.name.trim() == table.sheet);
    let Some(sheet) = named else {
        return Err(SourceError::MissingLabel {
            place: Place::part(part),
            what: "sheet",
            expected: table.sheet.clone(),
            found: sheets.iter().map(|sheet| excerpt(&sheet.name)).collect(),
        });
    };
    match table.missing_on(sheet) {
        None => Ok(sheet),
        Some((what, text)) => Err(missing(part, what, text, sheet)),
    }
}

/// A label that a sheet lacks, with what stands at its top.
fn missing(part: &str, what: &'static str, expected: &str, sheet: &Sheet) -> SourceError {
    let cells = sheet.lines.iter().filter(|line| line.row <= 6).flat_map(|line| &line.cells);
    let found = cells.map(|cell| excerpt(&collapsed(cell))).filter(|cell| !cell.is_empty()).take(12).collect();
    let place = Place { sheet: Some(sheet.name.clone()), ..Place::part(part) };
    SourceError::MissingLabel { place, what, expected: expected.to_owned(), found }
}

/// The year the workbook is about: the one cell of the cover, its first sheet, that says `2022 жыл`.
fn year_of_cover(part: &str, sheets: &[Sheet]) -> Result<TimePeriod, SourceError> {
    let Some(cover) = sheets.first() else {
        return Err(SourceError::Empty { part: part.to_owned(), expected: EXPECTED });
    };
    let year = |cell: &String| {
        let cell = collapsed(cell);
        without_marks(without_marks(&cell).strip_suffix(" жыл")?).parse().ok()
    };
    let mut years = cover.lines.iter().flat_map(|line| &line.cells).filter_map(year);
    match (years.next(), years.next()) {
        (Some(year @ TimePeriod::Year(_)), None) => Ok(year),
        _ => Err(missing(part, "year on the cover", "YYYY жыл, once", cover)),
    }
}

#[cfg(test)]
mod tests;
