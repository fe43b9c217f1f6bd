//! Figures that ministries and akimats deliver, in the layout of our own template: CSV, a workbook, or SDMX-CSV 1.0
//! and 2.0. The layout is that of `/observations`, so a file taken from there can be filled in and sent back.
//!
//! Unlike a provider's table this one is read to its end whatever is wrong with it: whoever sent it wants to hear of
//! every fault at once. A row without value and status was not filled in and says nothing.
//!
//! | column | SDMX | |
//! |---|---|---|
//! | `indicator` `area` `period` `value` | `INDICATOR` `REF_AREA` `TIME_PERIOD` `OBS_VALUE` | must be there |
//! | `urbanisation` `sex` `age` `status` | `URBANISATION` `SEX` `AGE` `OBS_STATUS` | total and normal unless given |
//! | `dataflow` `freq` `unit` | `STRUCTURE_ID` or `DATAFLOW`, `FREQ` `UNIT_MEASURE` | must agree where given |
//! | `area_name` `vintage` `snapshot` `submitted_by` | `VINTAGE` `SUBMITTED_BY` `STRUCTURE` | passed over |

use std::collections::BTreeSet;

use indicators::observation::{Breakdown, ObsStatus, TimePeriod};

use super::catalogue::{DataflowDefinition, MeasuredIndicator};
use super::error::{SourceError, excerpt};
use super::finding::Place;
use super::harmonise::OWN_SCHEME;
use super::numeral;
use super::parsed::{Parsed, ProviderArea, ProviderObservation};
use super::request::Payload;
use super::workbook::Line;
use super::written::comma;

mod sheet;

use sheet::Sheet;

/// Most faults that are told one by one.
const MOST_FAULTS: usize = 1_000;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Meaning {
    Indicator,
    Area,
    Period,
    Value,
    Urbanisation,
    Sex,
    Age,
    Status,
    Dataflow,
    Frequency,
    Unit,
    Action,
    PassedOver,
}

/// The names a column may bear: ours, then that of SDMX.
const COLUMNS: &[(&str, Meaning)] = &[
    ("indicator", Meaning::Indicator),
    ("INDICATOR", Meaning::Indicator),
    ("area", Meaning::Area),
    ("REF_AREA", Meaning::Area),
    ("period", Meaning::Period),
    ("TIME_PERIOD", Meaning::Period),
    ("value", Meaning::Value),
    ("OBS_VALUE", Meaning::Value),
    ("urbanisation", Meaning::Urbanisation),
    ("URBANISATION", Meaning::Urbanisation),
    ("sex", Meaning::Sex),
    ("SEX", Meaning::Sex),
    ("age", Meaning::Age),
    ("AGE", Meaning::Age),
    ("status", Meaning::Status),
    ("OBS_STATUS", Meaning::Status),
    ("dataflow", Meaning::Dataflow),
    ("STRUCTURE_ID", Meaning::Dataflow),
    ("DATAFLOW", Meaning::Dataflow),
    ("freq", Meaning::Frequency),
    ("FREQ", Meaning::Frequency),
    ("unit", Meaning::Unit),
    ("UNIT_MEASURE", Meaning::Unit),
    ("ACTION", Meaning::Action),
    ("area_name", Meaning::PassedOver),
    ("indicator_name", Meaning::PassedOver),
    ("vintage", Meaning::PassedOver),
    ("VINTAGE", Meaning::PassedOver),
    ("snapshot", Meaning::PassedOver),
    ("submitted_by", Meaning::PassedOver),
    ("SUBMITTED_BY", Meaning::PassedOver),
    ("STRUCTURE", Meaning::PassedOver),
];

/// Those without which nothing can be read.
const REQUIRED: &[Meaning] = &[Meaning::Indicator, Meaning::Area, Meaning::Period, Meaning::Value];

/// Reads a submission; the first fault ends it. See [`read`] for all of them.
pub(super) fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    let (parsed, faults) = read(definition, payload);
    match faults.into_iter().next() {
        Some(fault) => Err(fault),
        None => Ok(parsed),
    }
}

/// Reads a submission to its end: the rows that are sound, and everything that is wrong with the others.
pub(crate) fn read(definition: &DataflowDefinition, payload: &Payload<'_>) -> (Parsed, Vec<SourceError>) {
    let mut reader = Reader { definition, part: payload.part, parsed: Parsed::new("submission"), faults: Vec::new() };
    let (limit, found) = (definition.max_bytes, payload.bytes.len());
    if found > limit {
        return (reader.parsed, vec![SourceError::TooLarge { what: "bytes of the submission", limit, found }]);
    }
    let sheet = match sheet::read(payload, definition.max_rows) {
        Ok(sheet) => sheet,
        Err(fault) => return (reader.parsed, vec![fault]),
    };
    if let Some(columns) = reader.columns(&sheet) {
        for line in &sheet.lines {
            reader.line(&columns, line);
            if reader.faults.len() >= MOST_FAULTS {
                reader.faults.push(SourceError::TooLarge {
                    what: "faults; mend these first, more rows follow",
                    limit: MOST_FAULTS,
                    found: MOST_FAULTS + 1,
                });
                break;
            }
        }
    }
    (reader.parsed, reader.faults)
}

/// Where the columns stand, and what they are called in this file.
struct Columns<'a> {
    places: Vec<(Meaning, usize)>,
    names: &'a [String],
}

impl Columns<'_> {
    fn place(&self, meaning: Meaning) -> Option<usize> {
        self.places.iter().find(|(known, _)| *known == meaning).map(|(_, place)| *place)
    }

    fn name(&self, meaning: Meaning) -> &str {
        self.place(meaning).and_then(|place| self.names.get(place)).map_or("", String::as_str)
    }

    fn text<'l>(&self, line: &'l Line, meaning: Meaning) -> &'l str {
        self.place(meaning).and_then(|place| line.cells.get(place)).map_or("", String::as_str)
    }
}

struct Reader<'a> {
    definition: &'a DataflowDefinition,
    part: &'a str,
    parsed: Parsed,
    faults: Vec<SourceError>,
}

impl<'a> Reader<'a> {
    fn columns<'s>(&mut self, sheet: &'s Sheet) -> Option<Columns<'s>> {
        let mut columns = Columns { places: Vec::new(), names: &sheet.header };
        let known: BTreeSet<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
        for (place, name) in sheet.header.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            let at = Place::cell(self.part, sheet.header_row, name);
            // `STRUCTURE_ID[;]` and labels as in `REF_AREA: Area` are allowed by SDMX-CSV.
            let bare = name.split([':', '[']).next().unwrap_or(name).trim();
            let Some((_, meaning)) = COLUMNS.iter().find(|(known, _)| *known == bare) else {
                let expected = format!("one of the columns {}", known.iter().copied().collect::<Vec<_>>().join(", "));
                self.faults.push(SourceError::Cell { place: at, expected, found: excerpt(name) });
                continue;
            };
            if *meaning != Meaning::PassedOver && columns.place(*meaning).is_some() {
                let expected = "each column once".to_owned();
                self.faults.push(SourceError::Cell { place: at, expected, found: excerpt(name) });
            }
            columns.places.push((*meaning, place));
        }
        for required in REQUIRED.iter().filter(|required| columns.place(**required).is_none()) {
            let name = COLUMNS.iter().find(|(_, meaning)| meaning == required).map_or("", |(name, _)| name);
            self.faults.push(SourceError::MissingColumn {
                place: Place { row: Some(sheet.header_row), ..Place::part(self.part) },
                column: name.to_owned(),
                found: sheet.header.iter().map(|name| excerpt(name)).collect(),
            });
        }
        self.parsed.area_column = Some(columns.name(Meaning::Area).to_owned());
        self.faults.is_empty().then_some(columns)
    }

    fn fault(&mut self, columns: &Columns<'_>, line: &Line, meaning: Meaning, expected: impl Into<String>) {
        let place = Place::cell(self.part, line.row, columns.name(meaning));
        let found = excerpt(columns.text(line, meaning));
        self.faults.push(SourceError::Cell { place, expected: expected.into(), found });
    }

    /// Reads one row. Every cell is looked at, also when an earlier one is wrong.
    fn line(&mut self, columns: &Columns<'_>, line: &Line) {
        self.parsed.rows_read += 1;
        if let Some(extra) =
            line.cells.get(columns.names.len()..).filter(|extra| extra.iter().any(|cell| !cell.is_empty()))
        {
            let (expected, found) = (columns.names.len(), columns.names.len() + extra.len());
            let row = line.row;
            let part = self.part.to_owned();
            self.faults.push(SourceError::RowLength {
                part,
                row,
                expected,
                found,
                decimal_comma_suspected: found == expected + 1,
            });
            return;
        }
        let text = |meaning| columns.text(line, meaning);
        if text(Meaning::Value).is_empty() && text(Meaning::Status).is_empty() {
            return;
        }
        let before = self.faults.len();
        self.agreeing(columns, line);
        let indicator = self.indicator(columns, line);
        let period = self.period(columns, line);
        let breakdown = self.breakdown(columns, line);
        let area = text(Meaning::Area).to_owned();
        if area.is_empty() {
            self.fault(columns, line, Meaning::Area, "a code of /api/v1/areas");
        }
        let value = self.value(columns, line);
        if let (Some(indicator), Some(period), Some((value, status))) = (indicator, period, value)
            && self.faults.len() == before
        {
            self.parsed.observations.push(ProviderObservation {
                place: Place::cell(self.part, line.row, columns.name(Meaning::Value)),
                area: ProviderArea::Code { scheme: OWN_SCHEME, code: area },
                indicator: indicator.code.clone(),
                breakdown,
                period,
                value,
                status,
                raw: text(Meaning::Value).to_owned(),
            });
        }
    }

    /// What need not be given, and must agree where it is.
    fn agreeing(&mut self, columns: &Columns<'_>, line: &Line) {
        let named = columns.text(line, Meaning::Dataflow);
        let id = self.definition.id.as_str();
        // SDMX writes AGENCY:ID(VERSION).
        let bare = named.rsplit(':').next().and_then(|rest| rest.split('(').next()).unwrap_or(named);
        if !named.is_empty() && bare != id {
            self.fault(columns, line, Meaning::Dataflow, id);
        }
        let action = columns.text(line, Meaning::Action);
        if !matches!(action, "" | "I" | "A" | "M" | "R") {
            self.fault(columns, line, Meaning::Action, "I, A, M or R; to take figures back, withdraw the submission");
        }
    }

    fn indicator(&mut self, columns: &Columns<'_>, line: &Line) -> Option<&'a MeasuredIndicator> {
        let definition = self.definition;
        let given = columns.text(line, Meaning::Indicator);
        let Some(indicator) = definition.indicators.iter().find(|one| one.code.as_str() == given) else {
            let codes: Vec<&str> = definition.indicators.iter().map(|one| one.code.as_str()).collect();
            self.fault(columns, line, Meaning::Indicator, format!("one of {}", codes.join(", ")));
            return None;
        };
        let unit = columns.text(line, Meaning::Unit);
        if !unit.is_empty() && unit != indicator.unit.code {
            self.fault(columns, line, Meaning::Unit, indicator.unit.code.as_str());
        }
        Some(indicator)
    }

    fn period(&mut self, columns: &Columns<'_>, line: &Line) -> Option<TimePeriod> {
        let Ok(period) = columns.text(line, Meaning::Period).parse::<TimePeriod>() else {
            self.fault(columns, line, Meaning::Period, "a period: YYYY, YYYY-Qn or YYYY-MM");
            return None;
        };
        let frequency = match period {
            TimePeriod::Year(_) => "A",
            TimePeriod::Quarter(..) => "Q",
            TimePeriod::Month(..) => "M",
        };
        if !matches!(columns.text(line, Meaning::Frequency), "") && columns.text(line, Meaning::Frequency) != frequency
        {
            self.fault(columns, line, Meaning::Frequency, frequency);
        }
        Some(period)
    }

    fn breakdown(&mut self, columns: &Columns<'_>, line: &Line) -> Breakdown {
        let mut breakdown = Breakdown::total();
        let given = |meaning| Some(columns.text(line, meaning)).filter(|text| !text.is_empty());
        if let Some(code) = given(Meaning::Urbanisation) {
            if !["_T", "U", "R"].contains(&code) {
                self.fault(columns, line, Meaning::Urbanisation, "_T, U or R");
            }
            code.clone_into(&mut breakdown.urbanisation);
        }
        if let Some(code) = given(Meaning::Sex) {
            if !["_T", "M", "F"].contains(&code) {
                self.fault(columns, line, Meaning::Sex, "_T, M or F");
            }
            code.clone_into(&mut breakdown.sex);
        }
        if let Some(code) = given(Meaning::Age) {
            if !is_age(code) {
                self.fault(columns, line, Meaning::Age, "_T or an SDMX age code such as Y15T24 or Y_GE15");
            }
            code.clone_into(&mut breakdown.age);
        }
        breakdown
    }

    /// Value and status, which must fit each other.
    fn value(&mut self, columns: &Columns<'_>, line: &Line) -> Option<(Option<f64>, ObsStatus)> {
        let (given, said) = (columns.text(line, Meaning::Value), columns.text(line, Meaning::Status));
        let Some(read) = numeral::read(given) else {
            self.fault(columns, line, Meaning::Value, "a number, or nothing and a status");
            return None;
        };
        if read.had_decimal_comma {
            let place = Place::cell(self.part, line.row, columns.name(Meaning::Value));
            self.parsed.findings.push(comma(place, given));
        }
        // Deliveries that are kept, and templates that were taken before, say `C` as it was once written.
        let said = if said == "C" { ObsStatus::Confidential.code() } else { said };
        let status = match (said, read.value) {
            ("", Some(_)) => Some(ObsStatus::Normal),
            ("", None) => Some(read.status),
            (said, value) => STATUSES
                .iter()
                .find(|(status, has_value)| status.code() == said && *has_value == value.is_some())
                .map(|(status, _)| *status),
        };
        let Some(status) = status else {
            let expected =
                if read.value.is_some() { "A, B, E, P or U beside a value" } else { "M, O, Q or N without a value" };
            self.fault(columns, line, Meaning::Status, expected);
            return None;
        };
        Some((read.value, status))
    }
}

/// The statuses that may be given, and whether a value stands beside them.
const STATUSES: &[(ObsStatus, bool)] = &[
    (ObsStatus::Normal, true),
    (ObsStatus::Break, true),
    (ObsStatus::Estimated, true),
    (ObsStatus::Provisional, true),
    (ObsStatus::LowReliability, true),
    (ObsStatus::CannotExist, false),
    (ObsStatus::Missing, false),
    (ObsStatus::Confidential, false),
    (ObsStatus::Negligible, false),
];

fn is_age(code: &str) -> bool {
    let numbers = |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(rest) = code.strip_prefix('Y') else { return code == "_T" };
    match rest.strip_prefix("_GE").or_else(|| rest.strip_prefix("_LE")).or_else(|| rest.strip_prefix("_LT")) {
        Some(bound) => numbers(bound),
        None => rest.split_once('T').map_or(numbers(rest), |(low, high)| numbers(low) && numbers(high)),
    }
}

/// Leaves each cell to the last of several submissions that gives it, in the order they came.
pub(crate) fn supersede(submissions: &mut [Parsed]) {
    let mut given = BTreeSet::new();
    for submission in submissions.iter_mut().rev() {
        let key =
            |row: &ProviderObservation| (row.area.clone(), row.indicator.clone(), row.breakdown.clone(), row.period);
        submission.observations.retain(|row| !given.contains(&key(row)));
        given.extend(submission.observations.iter().map(key));
    }
}

#[cfg(test)]
mod tests;
