//! Tables in the layout of R package `COINr`: iData (areas × indicators) and iMeta (the tree).
//!
//! iData needs `uCode`; `uName` and `Time` may be there, and any column iMeta lists as a group. iMeta
//! needs `iCode`, `Type`, `Parent` and `Direction`; `Weight`, `Target`, `Denominator`,
//! `goalpost_lower`, `goalpost_upper` (or `scaled_lower`, `scaled_upper`) and `Level` may be there,
//! other columns are ignored. Separators are comma, semicolon or tab, whichever the header has most
//! of. All faults are found in one pass.

mod meta;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use csv::StringRecord;
use indicators::code::{AreaCode, IndicatorCode};
use indicators::framework::Framework;
use indicators::matrix::ScoreMatrix;
use indicators::observation::TimePeriod;

use self::meta::Nodes;
use super::number::{self, Written};
use super::{Fault, Faults, ReadFinding, TableName, Tables};
use crate::csv_line::line_of;

/// Most faults told of one request; who mends these may ask again.
const MOST_FAULTS: usize = 1_000;

/// Most cells of a table: what a line of commas could ask of memory is bounded.
const MOST_CELLS: usize = 8_000_000;

/// Reads iData and iMeta.
///
/// # Errors
/// With every fault found: its table, row and column, what was found and what was expected.
pub fn read(idata: &[u8], imeta: &[u8]) -> Result<Tables, Faults> {
    let mut reader = Reader::default();
    let meta = reader.table(TableName::Meta, imeta);
    let data = reader.table(TableName::Data, idata);
    let (Some(meta), Some(data)) = (meta, data) else { return Err(reader.into_faults()) };
    let Nodes { specs, rows, groups, others } = reader.nodes(&meta);
    let framework = Framework::new(specs.clone());
    let wanted: BTreeSet<String> = match &framework {
        Ok(framework) => {
            reader.compare_levels(&meta, framework, &rows);
            framework.indicators().iter().map(|node| node.code.to_string()).chain(others).collect()
        }
        Err(error) => {
            reader.tell(error, &specs, &rows);
            BTreeSet::new()
        }
    };
    let matrix = reader.matrix(&data, &wanted, &groups);
    match (framework, matrix) {
        (Ok(framework), Some(matrix)) if reader.faults.is_empty() => {
            Ok(Tables { framework, matrix, findings: reader.findings })
        }
        _ => Err(reader.into_faults()),
    }
}

/// Reads iData alone, for a framework that came from elsewhere. Columns it does not name are
/// denominators when all their cells are numbers, and groupings in any case.
///
/// # Errors
/// As [`read`].
pub fn read_data(idata: &[u8], framework: Framework) -> Result<Tables, Faults> {
    let mut reader = Reader::default();
    let Some(data) = reader.table(TableName::Data, idata) else { return Err(reader.into_faults()) };
    let mut wanted: BTreeSet<String> = framework
        .indicators()
        .iter()
        .flat_map(|node| [Some(node.code.to_string()), node.denominator.as_ref().map(ToString::to_string)])
        .flatten()
        .collect();
    let mut groups = Vec::new();
    for (at, title) in data.header.iter().enumerate() {
        if !wanted.contains(title) && !["uCode", "uName", "Time"].contains(&title.as_str()) {
            groups.push(title.clone());
            if (0..data.rows.len()).all(|row| number::read(data.cell(row, at)).is_some()) {
                wanted.insert(title.clone());
            }
        }
    }
    match reader.matrix(&data, &wanted, &groups) {
        Some(matrix) if reader.faults.is_empty() => Ok(Tables { framework, matrix, findings: reader.findings }),
        _ => Err(reader.into_faults()),
    }
}

/// A table as text.
struct Table {
    header: Vec<String>,
    rows: Vec<StringRecord>,
    /// The line of each row as a spreadsheet counts it: the header is 1, blank lines count.
    lines: Vec<usize>,
}

impl Table {
    fn at(&self, column: &str) -> Option<usize> {
        self.header.iter().position(|name| name == column)
    }

    /// A cell without the spaces around it; empty for `NA`.
    fn cell(&self, row: usize, column: usize) -> &str {
        match self.rows[row].get(column).map_or("", str::trim) {
            "NA" => "",
            text => text,
        }
    }
}

#[derive(Default)]
struct Reader {
    faults: Vec<Fault>,
    findings: Vec<ReadFinding>,
}

impl Reader {
    fn into_faults(self) -> Faults {
        Faults { faults: self.faults }
    }

    /// `line` is as a spreadsheet counts.
    fn fault(
        &mut self,
        table: TableName,
        line: Option<usize>,
        column: Option<&str>,
        found: impl Into<String>,
        expected: &str,
    ) {
        if self.faults.len() >= MOST_FAULTS {
            return;
        }
        self.faults.push(Fault {
            table,
            row: line,
            column: column.map(str::to_owned),
            found: found.into(),
            expected: expected.to_owned(),
        });
    }

    fn table(&mut self, name: TableName, bytes: &[u8]) -> Option<Table> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let pieces = |delimiter: u8| first.split(move |byte| *byte == delimiter).count();
        let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|delimiter| pieces(*delimiter))?;
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(bytes);
        let header: Vec<String> = match reader.headers() {
            Ok(header) => header.iter().map(|name| name.trim().to_owned()).collect(),
            Err(error) => {
                self.fault(name, None, None, error.to_string(), "a table of UTF-8 text with a header row");
                return None;
            }
        };
        let mut seen = BTreeSet::new();
        for column in &header {
            if !seen.insert(column) {
                self.fault(name, None, Some(column), "the column comes twice", "each column once");
            }
        }
        let (mut rows, mut lines, mut inner_breaks) = (Vec::new(), Vec::new(), 0);
        let mut record = StringRecord::new();
        loop {
            let line = line_of(bytes, reader.position()).saturating_sub(inner_breaks);
            match reader.read_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {
                    // A line break inside a cell is one more line of the file but not of the sheet.
                    inner_breaks += record.as_slice().matches('\n').count();
                    if record.len() != header.len() {
                        let expected = format!("{} cells, as in the header", header.len());
                        self.fault(name, Some(line), None, format!("{} cells", record.len()), &expected);
                    } else if (rows.len() + 1) * header.len() > MOST_CELLS {
                        let expected = format!("at most {MOST_CELLS} cells");
                        self.fault(name, Some(line), None, "too many cells", &expected);
                        break;
                    } else {
                        rows.push(record.clone());
                        lines.push(line);
                    }
                }
                Err(error) => {
                    self.fault(name, Some(line), None, error.to_string(), "a row of UTF-8 text");
                    // A fault of reading is at one place; what follows would be told wrongly.
                    break;
                }
            }
        }
        Some(Table { header, rows, lines })
    }

    fn need(&mut self, name: TableName, table: &Table, column: &str) -> Option<usize> {
        let at = table.at(column);
        if at.is_none() {
            self.fault(name, None, Some(column), "no such column", "a column of this name");
        }
        at
    }

    fn code<C: FromStr>(&mut self, name: TableName, line: usize, column: &str, text: &str) -> Option<C>
    where
        C::Err: fmt::Display,
    {
        match text.parse() {
            Ok(code) => Some(code),
            Err(error) => {
                self.fault(name, Some(line), Some(column), error.to_string(), "a code");
                None
            }
        }
    }

    /// The numbers of a column.
    fn numbers(&mut self, name: TableName, table: &Table, column: usize) -> Vec<Option<f64>> {
        let title = table.header[column].clone();
        let (mut commas, mut example) = (0, String::new());
        let numbers = (0..table.rows.len())
            .map(|row| {
                let text = table.cell(row, column);
                match number::read(text) {
                    Some(Written::Missing) => None,
                    Some(Written::Point(value)) => Some(value),
                    Some(Written::Comma(value)) => {
                        if commas == 0 {
                            text.clone_into(&mut example);
                        }
                        commas += 1;
                        Some(value)
                    }
                    None => {
                        self.fault(
                            name,
                            Some(table.lines[row]),
                            Some(&title),
                            format!("{text:?}"),
                            "a finite number, NA or nothing",
                        );
                        None
                    }
                }
            })
            .collect();
        if commas > 0 {
            self.findings.push(ReadFinding::DecimalComma { table: name, column: title, cells: commas, example });
        }
        numbers
    }

    fn matrix(&mut self, data: &Table, wanted: &BTreeSet<String>, groups: &[String]) -> Option<ScoreMatrix> {
        let name = TableName::Data;
        let code_at = self.need(name, data, "uCode")?;
        let mut areas: Vec<AreaCode> = Vec::new();
        for row in 0..data.rows.len() {
            areas.extend(self.code::<AreaCode>(name, data.lines[row], "uCode", data.cell(row, code_at)));
        }
        if data.rows.is_empty() {
            self.fault(name, None, Some("uCode"), "no areas", "a row for each area");
        }
        let mut indicators: Vec<IndicatorCode> = Vec::new();
        let mut values = Vec::new();
        for column in wanted {
            let Some(at) = self.need(name, data, column) else { continue };
            if let Ok(code) = column.parse() {
                indicators.push(code);
                values.extend(self.numbers(name, data, at));
            }
        }
        if !self.faults.is_empty() {
            return None;
        }
        let is_panel = areas.iter().collect::<BTreeSet<_>>().len() < areas.len();
        let time_at = data.at("Time").filter(|_| is_panel);
        let mut periods: Vec<TimePeriod> = Vec::new();
        if let Some(at) = time_at {
            for row in 0..data.rows.len() {
                periods.extend(self.code::<TimePeriod>(name, data.lines[row], "Time", data.cell(row, at)));
            }
        }
        // A code or period that could not be read was told of; without it rows cannot be told apart.
        let readable = areas.len() == data.rows.len() && (time_at.is_none() || periods.len() == areas.len());
        let mut seen = BTreeMap::new();
        for (row, area) in areas.iter().enumerate().filter(|_| readable) {
            let line = data.lines[row];
            if let Some(first) = seen.insert((area, periods.get(row)), line) {
                let when = periods.get(row).map(|period| format!(" for {period}")).unwrap_or_default();
                let found = format!("the area {area}{when} again, after row {first}");
                self.fault(name, Some(line), Some("uCode"), found, "one row per area, or per area and Time");
            }
        }
        if !self.faults.is_empty() {
            return None;
        }
        let built = match time_at {
            Some(_) => ScoreMatrix::panel_from_columns(areas, periods, indicators, &values),
            None => ScoreMatrix::from_columns(areas, indicators, &values),
        };
        let mut matrix = match built {
            Ok(matrix) => matrix,
            Err(error) => {
                self.fault(name, None, None, error.to_string(), "one row per area, or per area and Time");
                return None;
            }
        };
        for group in groups {
            let Some(at) = self.need(name, data, group) else { continue };
            let labels = (0..data.rows.len())
                .map(|row| Some(data.cell(row, at).to_owned()).filter(|label| !label.is_empty()))
                .collect();
            matrix = matrix.with_grouping(group, labels).ok()?;
        }
        Some(matrix)
    }
}
