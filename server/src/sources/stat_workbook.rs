//! Workbooks of the bureau: one table by region, found by sheet name, title and headings.
//!
//! Provider: Bureau of National Statistics, <https://stat.gov.kz/>; free use with reference to the source. Calendar: once a
//! year; the cover sheet prints the day of release and of the next one. Checked 2023-06-22 and 2023-05-18.
//!
//! Quirks: legacy `.xls`; the year stands on the cover sheet only; region names are short Kazakh ones with
//! stray and double spaces; headings end in runs of spaces and break lines; `-` absent, `0,0` negligible, `x`
//! confidential, `...` not available. The address changes with every release.
//!
//! Tables are located by content, never by cell address. Files are checked by [`limits`] before they are opened.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, Range, Reader, Xls};
use indicators::observation::{Breakdown, ObsStatus, TimePeriod};

use super::catalogue::{DataflowDefinition, SourceFormat};
use super::delimited::{html_title, unexpected};
use super::error::{SourceError, excerpt};
use super::finding::Place;
use super::numeral;
use super::parsed::{Parsed, ProviderArea, ProviderObservation};
use super::request::Payload;
use super::workbook;

pub(super) mod limits;

const EXPECTED: &str = "an .xls workbook";
const SCHEME: &str = "bns_short_kk";

/// Where the table of a format stands.
struct Location {
    sheet: &'static str,
    /// A text above the table that says which it is.
    title: &'static str,
    /// The unit printed above the table, where there is one.
    unit: Option<&'static str>,
    layout: &'static str,
}

const FINANCE: Location =
    Location {
        sheet: "1.1", title: "Білім беру", unit: Some("мың теңге"), layout: "bns_education_finance"
    };
const INNOVATION: Location = Location {
    sheet: "1",
    title: "1. Кәсіпорындардың инновациялық белсенділігінің негізгі көрсеткіштері",
    unit: None,
    layout: "bns_innovation",
};

pub(super) fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    let location = if definition.format == SourceFormat::BnsInnovation { &INNOVATION } else { &FINANCE };
    let (cover, sheet) = open(payload, location)?;
    let year = year_of_cover(payload.part, &cover)?;
    let place = |row: usize, column: &str| Place {
        sheet: Some(location.sheet.to_owned()),
        ..Place::cell(payload.part, u32::try_from(row + 1).unwrap_or(u32::MAX), column)
    };
    for (what, text) in [("title", Some(location.title)), ("unit", location.unit)] {
        if let Some(text) = text
            && find(&sheet, text).is_none()
        {
            return Err(missing(place(0, ""), what, text, &sheet));
        }
    }
    let mut columns = Vec::new();
    let mut first_row = 0;
    for indicator in &definition.indicators {
        let found = indicator.series.iter().find_map(|series| find(&sheet, series).map(|at| (at, series)));
        let Some(((row, column), heading)) = found else {
            let heading = indicator.series.first().map_or("", String::as_str);
            return Err(missing(place(0, ""), "heading", heading, &sheet));
        };
        first_row = first_row.max(row + 1);
        columns.push((indicator, column, heading));
    }

    let mut parsed = Parsed::new(location.layout);
    for row in first_row..sheet.height() {
        let name = text(&sheet, row, 0);
        let cells = || columns.iter().map(|(_, column, _)| text(&sheet, row, *column));
        // Second lines of a heading and footnotes carry no number.
        if name.is_empty() || cells().all(|cell| cell.is_empty()) {
            continue;
        }
        parsed.rows_read += 1;
        for (indicator, column, heading) in &columns {
            let raw = text(&sheet, row, *column);
            let place = place(row, heading);
            let (value, status) = match sheet.get((row, *column)) {
                Some(Data::Float(value)) if value.is_finite() => (Some(*value), ObsStatus::Normal),
                #[expect(clippy::cast_precision_loss, reason = "cells hold counts far below 2^53")]
                Some(Data::Int(value)) => (Some(*value as f64), ObsStatus::Normal),
                Some(Data::String(_) | Data::Empty) | None => match numeral::read(&raw) {
                    Some(numeral) if numeral.value.is_some() => (numeral.value, ObsStatus::Normal),
                    Some(numeral) => (None, numeral.status),
                    None => return Err(unexpected(place, "a number or one of - x ...", &raw)),
                },
                Some(_) => return Err(unexpected(place, "a number", &raw)),
            };
            parsed.observations.push(ProviderObservation {
                place,
                area: ProviderArea::Code { scheme: SCHEME, code: name.clone() },
                indicator: indicator.code.clone(),
                breakdown: Breakdown::total(),
                period: year,
                value,
                status,
                raw,
            });
        }
    }
    Ok(parsed)
}

/// Opens cover and sheet of a workbook that passed the limits. The reader may panic on damaged files; that is caught
/// here and is an error like any other.
fn open(payload: &Payload<'_>, location: &Location) -> Result<(Range<Data>, Range<Data>), SourceError> {
    let part = payload.part;
    if payload.bytes.is_empty() {
        return Err(SourceError::Empty { part: part.to_owned(), expected: EXPECTED });
    }
    if let Some(title) = html_title(payload.bytes) {
        return Err(SourceError::HtmlPage { part: part.to_owned(), expected: EXPECTED, title });
    }
    if !workbook::is_xls(payload.bytes) {
        let found = workbook::first_bytes(payload.bytes);
        return Err(SourceError::FileType { part: part.to_owned(), expected: EXPECTED, found });
    }
    limits::check(payload)?;
    let read = catch_unwind(AssertUnwindSafe(|| {
        let mut workbook = Xls::new(Cursor::new(payload.bytes)).map_err(|error| error.to_string())?;
        let names = workbook.sheet_names();
        let cover = names.first().and_then(|name| workbook.worksheet_range(name).ok()).unwrap_or_default();
        let sheet = names.iter().find(|name| name.trim() == location.sheet).cloned();
        let range = sheet.and_then(|name| workbook.worksheet_range(&name).ok());
        Ok::<_, String>((names, cover, range))
    }));
    match read {
        Ok(Ok((_, cover, Some(range)))) => Ok((from_origin(cover), from_origin(range))),
        Ok(Ok((names, _, None))) => Err(SourceError::MissingLabel {
            place: Place::part(part),
            what: "sheet",
            expected: location.sheet.to_owned(),
            found: names.iter().map(|name| excerpt(name)).collect(),
        }),
        Ok(Err(reason)) => {
            Err(SourceError::Structure { part: part.to_owned(), expected: EXPECTED, reason: excerpt(&reason) })
        }
        Err(_) => Err(SourceError::Structure {
            part: part.to_owned(),
            expected: EXPECTED,
            reason: "the workbook is damaged; its reader gave up".to_owned(),
        }),
    }
}

/// The range with its first cell at A1, so that rows are those a person sees.
fn from_origin(range: Range<Data>) -> Range<Data> {
    match range.end() {
        Some(end) => range.range((0, 0), end),
        None => range,
    }
}

/// A cell as text, white space collapsed.
fn text(range: &Range<Data>, row: usize, column: usize) -> String {
    let cell = range.get((row, column)).map(ToString::to_string).unwrap_or_default();
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Row and column of the first cell that holds exactly this text.
fn find(range: &Range<Data>, wanted: &str) -> Option<(usize, usize)> {
    (0..range.height())
        .flat_map(|row| (0..range.width()).map(move |column| (row, column)))
        .find(|&(row, column)| text(range, row, column) == wanted)
}

fn missing(place: Place, what: &'static str, expected: &str, sheet: &Range<Data>) -> SourceError {
    let found = (0..sheet.height().min(6))
        .flat_map(|row| (0..sheet.width()).map(move |column| (row, column)))
        .map(|(row, column)| excerpt(&text(sheet, row, column)))
        .filter(|cell| !cell.is_empty())
        .take(12)
        .collect();
    let place = Place { row: None, column: None, ..place };
    SourceError::MissingLabel { place, what, expected: expected.to_owned(), found }
}

/// The year the workbook is about: the one cell of the cover that says `2022 жыл`.
fn year_of_cover(part: &str, cover: &Range<Data>) -> Result<TimePeriod, SourceError> {
    let mut years = (0..cover.height())
        .flat_map(|row| (0..cover.width()).map(move |column| (row, column)))
        .filter_map(|(row, column)| text(cover, row, column).strip_suffix(" жыл").and_then(|year| year.parse().ok()));
    match (years.next(), years.next()) {
        (Some(year @ TimePeriod::Year(_)), None) => Ok(year),
        _ => Err(missing(Place::part(part), "year on the cover", "YYYY жыл, once", cover)),
    }
}

#[cfg(test)]
mod tests;
