//! The UN E-Government Development Index, one CSV per edition.
//!
//! Provider: UN DESA, E-Government Knowledgebase, `Data-Center`, files `EGOV_DATA_<year>.csv`; UN terms of
//! use with attribution. Calendar: every second year since 2008, in the second half of the year. The site refuses programs, so
//! files are dropped by hand. Checked 2026-11-22.
//!
//! Quirks: country names carry a trailing space and change between editions; no country codes. A zero is
//! ambiguous. Index 0 with a blank rank: the state did not exist. Index 0 with the last rank: not scored,
//! and its sub-indices are published all the same. A sub-index of 0 in a scored row is a true zero. A copy of
//! the edition of 2024 has other headings and a column of world regions, accepted by name.

use indicators::code::IndicatorCode;
use indicators::observation::{Breakdown, ObsStatus, TimePeriod};

use super::catalogue::DataflowDefinition;
use super::delimited::{Row, Table, unexpected};
use super::error::SourceError;
use super::finding::{Finding, FindingKind, Place};
use super::numeral;
use super::parsed::{Parsed, ProviderArea, ProviderObservation};
use super::request::{self, Payload, SourceQuery, SourceRequest};
use super::written::Written;

const YEAR: &[&str] = &["Survey Year"];
const NAME: &[&str] = &["Country Name", "Country"];
const RANK: &[&str] = &["E-Government Rank", "Rank"];
const INDEX: &[&str] = &["E-Government Index", "E_Index"];
const SCHEME: &str = "un_name";

/// States in every edition.
const STATES: usize = 193;

pub(super) fn requests(definition: &DataflowDefinition, query: SourceQuery) -> Result<Vec<SourceRequest>, SourceError> {
    let mut requests = Vec::new();
    // Editions on record, and the one of this year or the last if it is not on record yet.
    let newest = definition.editions.iter().copied().max().unwrap_or(2024);
    let expected = (newest + 1..=query.today.year()).filter(|year| year % 2 == 0).map(|year| (year, true));
    for (edition, optional) in definition.editions.iter().map(|&edition| (edition, false)).chain(expected) {
        let edition = edition.to_string();
        let Some(url) = request::address(definition, &definition.path.replace("{edition}", &edition))? else {
            return Ok(Vec::new());
        };
        requests.push(SourceRequest {
            dataflow: definition.id.clone(),
            part: definition.part.replace("{edition}", &edition),
            url,
            accept: definition.format.accept(),
            optional,
        });
    }
    Ok(requests)
}

/// Positions of the columns; `measures` holds one per indicator of the dataflow.
struct Columns<'d> {
    year: usize,
    name: usize,
    rank: usize,
    index: usize,
    measures: Vec<(&'d IndicatorCode, usize)>,
    is_renamed: bool,
}

impl<'d> Columns<'d> {
    fn of(table: &Table<'_>, definition: &'d DataflowDefinition) -> Result<Self, SourceError> {
        let mut measures = Vec::new();
        for indicator in &definition.indicators {
            let names: Vec<&str> = indicator.series.iter().map(String::as_str).collect();
            measures.push((&indicator.code, table.require(&names)?));
        }
        Ok(Self {
            year: table.require(YEAR)?,
            name: table.require(NAME)?,
            rank: table.require(RANK)?,
            index: table.require(INDEX)?,
            measures,
            is_renamed: table.find(&["Country Name"]).is_none(),
        })
    }
}

/// What an index of 0 means in a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Scored,
    NotScored,
    DidNotExist,
}

pub(super) fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    let table = Table::read(payload, definition)?;
    let columns = Columns::of(&table, definition)?;
    table.require_final_newline()?;
    let mut parsed = Parsed::new(if columns.is_renamed { "un_egdi_renamed" } else { "un_egdi" })
        .with_areas_in(table.column(columns.name));
    if columns.is_renamed {
        parsed.findings.push(Finding {
            kind: FindingKind::RenamedColumn,
            place: Place { row: Some(1), ..Place::part(table.part) },
            expected: "the headings of the survey".to_owned(),
            found: table.header.join(", "),
            action: "read by the table of accepted names".to_owned(),
        });
    }
    let edition = edition(&table, &columns)?;
    if table.rows.len() != STATES {
        let place = Place { row: table.rows.last().map(|row| row.number), ..Place::part(table.part) };
        let reason = format!("{} states; expected {STATES}", table.rows.len());
        return Err(SourceError::Truncated { place, reason });
    }
    let mut last_rank = 0;
    for row in &table.rows {
        table.check_length(row)?;
        if let Some(rank) = rank(&table, &columns, row)? {
            last_rank = last_rank.max(rank);
        }
    }
    for row in &table.rows {
        parsed.rows_read += 1;
        read_row(definition, &table, &columns, row, TimePeriod::Year(edition), last_rank, &mut parsed)?;
    }
    Ok(parsed)
}

/// The one edition of a file. A file that mixes editions, or bears another edition in its name, is refused.
fn edition(table: &Table<'_>, columns: &Columns<'_>) -> Result<i16, SourceError> {
    let mut edition = None;
    let in_name: Option<i16> = {
        let digits: String = table.part.chars().filter(char::is_ascii_digit).collect();
        (digits.len() == 4).then(|| digits.parse().ok()).flatten()
    };
    for row in &table.rows {
        let cell = row.cells.get(columns.year).unwrap_or_default();
        let place = || table.place(row, columns.year);
        let Ok(TimePeriod::Year(year)) = cell.parse() else { return Err(unexpected(place(), "a survey year", cell)) };
        if let Some(expected) = edition.or(in_name).filter(|&expected| expected != year) {
            return Err(unexpected(place(), format!("the edition {expected}"), cell));
        }
        edition = Some(year);
    }
    edition.ok_or_else(|| SourceError::Empty { part: table.part.to_owned(), expected: "193 states" })
}

fn rank(table: &Table<'_>, columns: &Columns<'_>, row: &Row) -> Result<Option<u16>, SourceError> {
    match row.cells.get(columns.rank).unwrap_or_default() {
        "" => Ok(None),
        cell => match cell.parse::<u16>() {
            Ok(rank) if rank >= 1 => Ok(Some(rank)),
            _ => Err(unexpected(table.place(row, columns.rank), "a rank or blank", cell)),
        },
    }
}

fn read_row(
    definition: &DataflowDefinition,
    table: &Table<'_>,
    columns: &Columns<'_>,
    row: &Row,
    period: TimePeriod,
    last_rank: u16,
    parsed: &mut Parsed,
) -> Result<(), SourceError> {
    let number = |position: usize, parsed: &mut Parsed| {
        let cell = row.cells.get(position).unwrap_or_default();
        let written = Written::with_point_or_comma(table.place(row, position), cell, &mut parsed.findings)?;
        Ok::<_, SourceError>(written.value())
    };
    let name = row.cells.get(columns.name).unwrap_or_default();
    if name.is_empty() {
        return Err(unexpected(table.place(row, columns.name), "the name of a state", name));
    }
    let rank = rank(table, columns, row)?;
    let index = number(columns.index, parsed)?;
    let standing = match (index, rank) {
        (Some(0.0), None) => Standing::DidNotExist,
        (Some(0.0), Some(rank)) if rank == last_rank => Standing::NotScored,
        (Some(index), Some(_)) if index > 0.0 => Standing::Scored,
        _ => {
            let expected = "an index above 0 with a rank, or 0 with a blank or the last rank";
            let found = format!("index {index:?}, rank {rank:?}");
            return Err(unexpected(table.place(row, columns.index), expected, &found));
        }
    };
    for &(indicator, position) in &columns.measures {
        let published = if position == columns.rank { rank.map(f64::from) } else { number(position, parsed)? };
        let is_headline = position == columns.rank || position == columns.index;
        let (value, status) = match standing {
            Standing::DidNotExist => (None, ObsStatus::CannotExist),
            Standing::NotScored if is_headline => (None, ObsStatus::Missing),
            _ => (published, if published.is_some() { ObsStatus::Normal } else { ObsStatus::Missing }),
        };
        parsed.observations.push(ProviderObservation {
            place: table.place(row, position),
            area: ProviderArea::Code { scheme: SCHEME, code: name.to_owned() },
            indicator: indicator.clone(),
            breakdown: Breakdown::total(),
            period,
            value,
            status,
            raw: row.cells.get(position).unwrap_or_default().to_owned(),
        });
    }
    if standing == Standing::Scored {
        tell_inconsistency(definition, table, columns, row, period.year(), parsed);
    }
    Ok(())
}

/// The index is the mean of its three parts, with weights 0.34, 0.33, 0.33 in 2008 and 2010. Rows that fit neither were
/// published so; they are taken as they are and told.
fn tell_inconsistency(
    definition: &DataflowDefinition,
    table: &Table<'_>,
    columns: &Columns<'_>,
    row: &Row,
    edition: i16,
    parsed: &mut Parsed,
) {
    let value = |position: usize| row.cells.get(position).and_then(numeral::read).and_then(|numeral| numeral.value);
    let part = |code: &str| {
        columns.measures.iter().find(|(indicator, _)| indicator.as_str() == code).and_then(|&(_, at)| value(at))
    };
    let parts = (part("egdi_osi"), part("egdi_tii"), part("egdi_hci"), value(columns.index));
    let (Some(osi), Some(tii), Some(hci), Some(index)) = parts else { return };
    let equal = (osi + tii + hci) / 3.0;
    let weighted = 0.34 * osi + 0.33 * tii + 0.33 * hci;
    let expected = if matches!(edition, 2008 | 2010) { weighted } else { equal };
    // Half a unit of the fourth decimal in each of four published numbers.
    if (expected - index).abs() <= 3e-4 {
        return;
    }
    let name = row.cells.get(columns.name).unwrap_or_default();
    parsed.findings.push(Finding {
        kind: FindingKind::PublishedInconsistency,
        place: table.place(row, columns.index),
        expected: format!("{expected:.5} from its parts ({name}, {})", definition.id),
        found: format!("{index:.5}"),
        action: "taken as published".to_owned(),
    });
}

#[cfg(test)]
mod tests;
