//! Columns separated by tabs: name of the table, date, period, code and name of the area, further breakdowns, value.
//!
//! The names of columns carry notes in brackets (`PERIOD(201911)`, `КАТО(по каталогу)`); of each breakdown there is a code (`ССП`)
//! and, behind an `L`, its words (`LССП`). A period is the last month of what it covers.

use std::collections::BTreeSet;

use csv::{ReaderBuilder, StringRecord, Trim};
use indicators::observation::TimePeriod;

use super::{Districts, KATO, NAMES, is_region};
use crate::csv_line::line_of;
use crate::sources::catalogue::DataflowDefinition;
use crate::sources::delimited::{self, unexpected};
use crate::sources::error::{SourceError, excerpt};
use crate::sources::finding::Place;
use crate::sources::parsed::{Parsed, ProviderArea};
use crate::sources::request::Payload;
use crate::sources::written::Written;

const EXPECTED: &str = "a table separated by tabs";
const NAME: &str = "NAM";
const PERIOD: &str = "PERIOD";
const AREA: &str = "КАТО";
const AREA_NAME: &str = "LКАТО";
const VALUE: &str = "VAL";
/// Before the name of a breakdown, the column of its words.
const WORDS: char = 'L';

/// Positions of the columns.
struct Columns {
    name: usize,
    period: usize,
    area: usize,
    area_name: usize,
    value: usize,
    /// The words of further breakdowns.
    words: Vec<usize>,
}

/// A column without the note behind its name.
fn bare(column: &str) -> &str {
    column.split_once('(').map_or(column, |(name, _)| name).trim()
}

impl Columns {
    fn of(header: &StringRecord, part: &str) -> Result<Self, SourceError> {
        let require = |name: &str| {
            header.iter().position(|column| bare(column) == name).ok_or_else(|| SourceError::MissingColumn {
                place: Place { row: Some(1), ..Place::part(part) },
                column: name.to_owned(),
                found: header.iter().map(excerpt).collect(),
            })
        };
        let is_words =
            |column: &str| bare(column).strip_prefix(WORDS).is_some_and(|name| !name.is_empty() && name != AREA);
        let words = header.iter().enumerate().filter(|(_, column)| is_words(column)).map(|(at, _)| at);
        Ok(Self {
            name: require(NAME)?,
            period: require(PERIOD)?,
            area: require(AREA)?,
            area_name: require(AREA_NAME)?,
            value: require(VALUE)?,
            words: words.collect(),
        })
    }

    /// What a row measures: the name of the table and the words of its breakdowns.
    fn series(&self, record: &StringRecord) -> String {
        let words = [self.name].into_iter().chain(self.words.iter().copied()).filter_map(|at| record.get(at));
        words.collect::<Vec<_>>().join(", ")
    }
}

pub(super) fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    let part = payload.part;
    let (header, rows) = read(definition, payload)?;
    let columns = Columns::of(&header, part)?;
    let series: BTreeSet<String> = rows.iter().map(|(_, record)| columns.series(record)).collect();
    // A table of one thing needs no declaration of how it is called, a dataflow of several does.
    let only = match (definition.indicators.as_slice(), series.len()) {
        ([only], 1) => Some(only),
        _ => None,
    };
    let mut parsed = Parsed::new("bns_tabbed").with_areas_in(AREA);
    let mut districts = Districts::default();
    for (row, record) in &rows {
        parsed.rows_read += 1;
        let place = |column: &str| Place::cell(part, *row, column);
        let cell = |position: usize| record.get(position).unwrap_or_default();
        // Breakdowns nobody asked for are passed over.
        let Some(indicator) = definition.indicator_of_series(&columns.series(record)).or(only) else { continue };
        let code = cell(columns.area);
        // The country has no code in the classifier of its parts; its row is known by its name.
        let area = if code.bytes().all(|byte| byte == b'0') {
            ProviderArea::Code { scheme: NAMES, code: cell(columns.area_name).to_owned() }
        } else if is_region(code) {
            ProviderArea::Code { scheme: KATO, code: code.to_owned() }
        } else {
            districts.leave_out(place(AREA), code);
            continue;
        };
        let Some(period) = period_of(definition, cell(columns.period)) else {
            return Err(unexpected(place(PERIOD), "YYYYMM, the last month of the period", cell(columns.period)));
        };
        let written = Written::with_point_or_comma(place(VALUE), cell(columns.value), &mut parsed.findings)?;
        parsed.observations.push(written.of(area, &indicator.code, period));
    }
    if parsed.observations.is_empty() {
        let declared: Vec<&str> =
            definition.indicators.iter().flat_map(|indicator| &indicator.series).map(String::as_str).collect();
        return Err(SourceError::MissingLabel {
            place: Place::part(part),
            what: "series",
            expected: declared.join(" or "),
            found: series.iter().take(12).map(|words| excerpt(words)).collect(),
        });
    }
    districts.tell(&mut parsed);
    Ok(parsed)
}

/// Header and rows, each of the same length.
fn read(
    definition: &DataflowDefinition,
    payload: &Payload<'_>,
) -> Result<(StringRecord, Vec<(u32, StringRecord)>), SourceError> {
    let part = payload.part;
    let text = delimited::text(payload, EXPECTED)?;
    let structure = |error: csv::Error| SourceError::Structure {
        part: part.to_owned(),
        expected: EXPECTED,
        reason: excerpt(&error.to_string()),
    };
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .quoting(false)
        .trim(Trim::All)
        .delimiter(b'\t')
        .from_reader(text.as_bytes());
    let (mut header, mut record) = (StringRecord::new(), StringRecord::new());
    reader.read_record(&mut header).map_err(structure)?;
    let mut rows = Vec::new();
    while reader.read_record(&mut record).map_err(structure)? {
        if rows.len() == definition.max_rows {
            return Err(SourceError::TooLarge { what: "rows", limit: definition.max_rows, found: rows.len() + 1 });
        }
        let line = record.position().map_or(0, |position| line_of(text.as_bytes(), position));
        rows.push((u32::try_from(line).unwrap_or(u32::MAX), record.clone()));
    }
    let expected = header.len();
    for (at, (row, record)) in rows.iter().enumerate() {
        let found = record.len();
        if found == expected {
            continue;
        }
        if at + 1 == rows.len() && found < expected && !text.ends_with('\n') {
            let place = Place { row: Some(*row), ..Place::part(part) };
            let reason = format!("row {row} ends after {found} of {expected} cells");
            return Err(SourceError::Truncated { place, reason });
        }
        let (part, decimal_comma_suspected) = (part.to_owned(), false);
        return Err(SourceError::RowLength { part, row: *row, expected, found, decimal_comma_suspected });
    }
    Ok((header, rows))
}

/// A table of a year ends each period in December; one of months or quarters anywhere else.
fn period_of(definition: &DataflowDefinition, text: &str) -> Option<TimePeriod> {
    let (year, month) = (text.get(..4)?, text.get(4..).filter(|month| month.len() == 2)?);
    let month: u8 = month.parse().ok().filter(|month| (1..=12).contains(month))?;
    let year: TimePeriod = year.parse().ok()?;
    match definition.calendar.every_months {
        12.. => (month == 12).then_some(year),
        3 => month.is_multiple_of(3).then_some(TimePeriod::Quarter(year.year(), month / 3)),
        _ => Some(TimePeriod::Month(year.year(), month)),
    }
}
