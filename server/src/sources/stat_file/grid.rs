//! A table in a workbook: areas down, years across, or a block of years below each area.
//!
//! Tables are located by content, never by cell address: the first sheet with a row of years, or with the code of a region and
//! years below it; where a table is declared, only the sheet that bears its name, title and unit. Years are read from the beginning of a cell to its end, so that neither `1 квартал 2025 года` nor a footnote
//! mark becomes one. A line with words and no value begins a block («Барлық халық», «Қала халқы»); only blocks that are
//! declared as series are read.

use std::collections::BTreeSet;

use indicators::observation::TimePeriod;

use super::{Districts, EXPECTED, KATO, NAMES, is_region};
use crate::sources::catalogue::{DataflowDefinition, MeasuredIndicator};
use crate::sources::delimited::unexpected;
use crate::sources::error::{SourceError, excerpt};
use crate::sources::finding::{Finding, FindingKind, Place};
use crate::sources::footnotes::{is_footnote, without_marks};
use crate::sources::parsed::{Parsed, ProviderArea};
use crate::sources::request::Payload;
use crate::sources::workbook::{self, Bounds, Line, Sheet};
use crate::sources::written::Written;

const MOST_COLUMNS: usize = 256;
const MOST_SHEETS: usize = 32;
/// What follows a year in the headings of the bureau, in its languages.
const YEAR_WORDS: [&str; 7] = ["жылы", "жыл", "года", "год", "г.", "ж.", "year"];

pub(super) fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    let part = payload.part;
    let Some(first) = definition.indicators.first() else {
        return Err(SourceError::Empty { part: part.to_owned(), expected: "an indicator in the catalogue" });
    };
    let bounds = Bounds { rows: definition.max_rows, columns: MOST_COLUMNS };
    let sheets = workbook::sheets(payload, EXPECTED, bounds, MOST_SHEETS)?;
    for sheet in &sheets {
        if definition.table.as_ref().is_some_and(|table| table.missing_on(sheet).is_some()) {
            continue;
        }
        let mut reading = Reading {
            definition,
            part,
            sheet,
            parsed: Parsed::new("bns_grid"),
            districts: Districts::default(),
            blocks: BTreeSet::new(),
            indicator: Some(first),
        };
        if let Some(at) = sheet.lines.iter().position(|line| years_of(line).is_some()) {
            reading.across(at)?;
        } else if sheet.lines.iter().any(|line| is_region(cell(line, 0))) {
            reading.below()?;
        } else {
            continue;
        }
        return reading.end();
    }
    let (what, expected) = match &definition.table {
        Some(table) => ("row of years in the sheet of a table", format!("{} {}", table.sheet, table.title)),
        None => ("row of years in any sheet", "2024 жыл, 2025 жыл".to_owned()),
    };
    Err(SourceError::MissingLabel {
        place: Place::part(part),
        what,
        expected,
        found: sheets.iter().map(|sheet| excerpt(&sheet.name)).collect(),
    })
}

fn cell(line: &Line, column: usize) -> &str {
    line.cells.get(column).map_or("", |cell| cell.trim())
}

/// A sheet on its way to observations.
struct Reading<'a> {
    definition: &'a DataflowDefinition,
    part: &'a str,
    sheet: &'a Sheet,
    parsed: Parsed,
    districts: Districts,
    /// Headings of blocks that were passed over.
    blocks: BTreeSet<String>,
    /// What the rows under the last heading measure; `None` when nobody asked for them.
    indicator: Option<&'a MeasuredIndicator>,
}

impl Reading<'_> {
    fn place(&self, row: u32, column: &str) -> Place {
        Place { sheet: Some(self.sheet.name.clone()), ..Place::cell(self.part, row, column) }
    }

    /// Years across: each line below the row of years is an area, a heading or a footnote.
    fn across(&mut self, at: usize) -> Result<(), SourceError> {
        let (Some(header), rest) = (self.sheet.lines.get(at), self.sheet.lines.get(at + 1..).unwrap_or_default())
        else {
            return Ok(());
        };
        let years = years_of(header).unwrap_or_default();
        let mut seen = BTreeSet::new();
        for (column, year) in &years {
            if !seen.insert(*year) {
                let place = self.place(header.row, cell(header, *column));
                return Err(unexpected(place, "each year once", cell(header, *column)));
            }
        }
        let first = years.first().map_or(0, |(column, _)| *column);
        for line in rest {
            let lead: Vec<&str> = (0..first).map(|column| cell(line, column)).filter(|text| !text.is_empty()).collect();
            let values = years.iter().map(|(column, year)| (*year, cell(line, *column), cell(header, *column)));
            let values: Vec<_> = values.filter(|(_, value, _)| !value.is_empty()).collect();
            match (lead.as_slice(), values.as_slice()) {
                ([], []) => {}
                ([], [(_, value, year), ..]) => {
                    return Err(unexpected(self.place(line.row, year), "an area before its values", value));
                }
                ([.., name], []) => self.begin_block(name),
                ([first, ..], _) if is_footnote(first) => {}
                ([.., name], _) => {
                    let Some(area) = self.area(line.row, lead.first().copied().unwrap_or(name), name) else { continue };
                    for (year, value, heading) in values {
                        self.take(line.row, heading, area.clone(), year, value)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Years below: the code of an area and its name, then a line for each year.
    fn below(&mut self) -> Result<(), SourceError> {
        let mut area = None;
        for line in &self.sheet.lines {
            let mut cells = line.cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
            let (lead, next, further) = (cells.next().unwrap_or_default(), cells.next(), cells.next());
            let is_code = lead.len() == 9 && lead.bytes().all(|byte| byte.is_ascii_digit());
            match (year_of(lead), next) {
                _ if is_code => area = self.area(line.row, lead, next.unwrap_or(lead)),
                (Some(year), Some(value)) => {
                    if let Some(further) = further {
                        return Err(unexpected(self.place(line.row, lead), "one value for a year", further));
                    }
                    if let Some(area) = &area {
                        self.take(line.row, lead, area.clone(), year, value)?;
                    }
                }
                (None, None) if area.is_some() && !is_footnote(lead) => self.begin_block(lead),
                _ => {}
            }
        }
        Ok(())
    }

    fn begin_block(&mut self, heading: &str) {
        if is_footnote(heading) {
            return;
        }
        let heading = without_marks(heading).trim_matches(['«', '»', '"', ':']).trim();
        self.indicator = self.definition.indicator_of_series(heading);
        if self.indicator.is_none() {
            self.blocks.insert(excerpt(heading));
        }
    }

    /// The area of a row: by its code where there is one, else by its name. Districts are left out.
    fn area(&mut self, row: u32, lead: &str, name: &str) -> Option<ProviderArea> {
        let is_code = lead.len() == 9 && lead.bytes().all(|byte| byte.is_ascii_digit());
        if is_code && !is_region(lead) {
            self.districts.leave_out(self.place(row, "A"), lead);
            return None;
        }
        Some(if is_code {
            ProviderArea::Code { scheme: KATO, code: lead.to_owned() }
        } else {
            let name = without_marks(name).split_whitespace().collect::<Vec<_>>().join(" ");
            ProviderArea::Code { scheme: NAMES, code: name }
        })
    }

    fn take(&mut self, row: u32, column: &str, area: ProviderArea, year: i16, raw: &str) -> Result<(), SourceError> {
        self.parsed.rows_read += 1;
        let Some(indicator) = self.indicator else { return Ok(()) };
        let written = Written::with_point_or_comma(self.place(row, column), raw, &mut self.parsed.findings)?;
        self.parsed.observations.push(written.of(area, &indicator.code, TimePeriod::Year(year)));
        Ok(())
    }

    fn end(mut self) -> Result<Parsed, SourceError> {
        if self.parsed.observations.is_empty() {
            let expected = self.definition.indicators.iter().flat_map(|one| &one.series).cloned().collect::<Vec<_>>();
            return Err(SourceError::MissingLabel {
                place: Place { sheet: Some(self.sheet.name.clone()), ..Place::part(self.part) },
                what: "block",
                expected: expected.join(" or "),
                found: self.blocks.into_iter().collect(),
            });
        }
        if !self.blocks.is_empty() {
            self.parsed.findings.push(Finding {
                kind: FindingKind::OutsideArea,
                place: Place { sheet: Some(self.sheet.name.clone()), ..Place::part(self.part) },
                expected: "blocks that are declared".to_owned(),
                found: self.blocks.iter().cloned().collect::<Vec<_>>().join(", "),
                action: "left out".to_owned(),
            });
        }
        self.districts.tell(&mut self.parsed);
        Ok(self.parsed)
    }
}

/// The years of a line by their columns, when it is a row of years: something else may stand before them, nothing among them.
fn years_of(line: &Line) -> Option<Vec<(usize, i16)>> {
    let cells = || line.cells.iter().enumerate().map(|(column, text)| (column, text.trim()));
    let first = cells().find_map(|(column, text)| year_of(text).map(|_| column)).filter(|column| *column > 0)?;
    let years = cells().skip(first).filter(|(_, text)| !text.is_empty());
    years.map(|(column, text)| Some((column, year_of(text)?))).collect()
}

/// `2025`, `2025.0`, `2025 жыл`, ` 2025 год7)8)`, `2025¹`; nothing that has anything else in it.
fn year_of(text: &str) -> Option<i16> {
    let text = text.trim();
    let (digits, rest) = text.split_at_checked(4)?;
    let TimePeriod::Year(year) = digits.parse().ok()? else { return None };
    let rest = rest.strip_prefix(".0").unwrap_or(rest).trim_start();
    let rest = without_marks(rest);
    let rest = YEAR_WORDS.iter().find_map(|word| rest.strip_suffix(word)).unwrap_or(rest);
    // A mark may stand before the word too.
    without_marks(rest).is_empty().then_some(year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_a_whole_cell_with_or_without_its_footnotes() {
        for (text, expected) in [
            ("2025", Some(2025)),
            ("2025.0", Some(2025)),
            (" 2025 год7)8)", Some(2025)),
            ("2025 жыл*", Some(2025)),
            ("2023¹", Some(2023)),
            ("2023*", Some(2023)),
            ("2023² жыл¹²", Some(2023)),
            ("20251)", Some(2025)),
            ("2024 г.", Some(2024)),
            ("1 квартал 2025 года", None),
            ("2024 год 1 квартал", None),
            ("2024-2025", None),
            ("20250", None),
            ("1234", None),
            ("год", None),
            ("", None),
        ] {
            assert_eq!(year_of(text), expected, "{text:?}");
        }
    }
}
