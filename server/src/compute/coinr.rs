//! Tables in the layout of R package `COINr`: iData (areas × indicators) and iMeta (the tree).
//!
//! iData needs `uCode`; `uName` and `Time` may be there, and any column iMeta lists as a group. iMeta
//! needs `iCode`, `Type`, `Parent` and `Direction`; `Weight`, `Target`, `Denominator`,
//! `goalpost_lower` and `goalpost_upper` may be there, other columns are ignored. Separators are
//! comma, semicolon or tab, whichever the header has most of. All faults are found in one pass.

mod fault;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

pub use fault::{Fault, Faults, ReadFinding, TableName};

use indicators::code::{AreaCode, IndicatorCode, NodeCode};
use indicators::framework::{Direction, Framework, Goalposts, NodeKind, NodeSpec, Weight};
use indicators::matrix::ScoreMatrix;
use indicators::observation::TimePeriod;

use super::number::{self, Written};

/// The tables, read.
#[derive(Debug, Clone)]
pub struct CoinrTables {
    /// The tree.
    pub framework: Framework,
    /// The data.
    pub matrix: ScoreMatrix,
    /// What was noticed.
    pub findings: Vec<ReadFinding>,
}

/// Reads iData and iMeta.
///
/// # Errors
/// With every fault found: its table, row and column, what was found and what was expected.
pub fn read(idata: &[u8], imeta: &[u8]) -> Result<CoinrTables, Faults> {
    let mut reader = Reader::default();
    let meta = reader.table(TableName::Meta, imeta);
    let data = reader.table(TableName::Data, idata);
    let (Some(meta), Some(data)) = (meta, data) else { return Err(reader.into_faults()) };
    let (specs, groups, others) = reader.nodes(&meta);
    let framework = Framework::new(specs);
    if let Err(error) = &framework {
        reader.fault(TableName::Meta, None, None, error.to_string(), "a tree of groups and indicators");
    }
    let wanted: BTreeSet<String> = match &framework {
        Ok(framework) => framework.indicators().iter().map(|node| node.code.to_string()).chain(others).collect(),
        Err(_) => BTreeSet::new(),
    };
    let matrix = reader.matrix(&data, &wanted, &groups);
    match (framework, matrix) {
        (Ok(framework), Some(matrix)) if reader.faults.is_empty() => {
            Ok(CoinrTables { framework, matrix, findings: reader.findings })
        }
        _ => Err(reader.into_faults()),
    }
}

/// Reads iData alone, for a framework that came from elsewhere.
///
/// # Errors
/// As [`read`].
pub fn read_data(idata: &[u8], framework: &Framework) -> Result<(ScoreMatrix, Vec<ReadFinding>), Faults> {
    let mut reader = Reader::default();
    let Some(data) = reader.table(TableName::Data, idata) else { return Err(reader.into_faults()) };
    let wanted: BTreeSet<String> = framework
        .indicators()
        .iter()
        .flat_map(|node| [Some(node.code.to_string()), node.denominator.as_ref().map(ToString::to_string)])
        .flatten()
        .collect();
    match reader.matrix(&data, &wanted, &[]) {
        Some(matrix) if reader.faults.is_empty() => Ok((matrix, reader.findings)),
        _ => Err(reader.into_faults()),
    }
}

/// A table as text.
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn at(&self, column: &str) -> Option<usize> {
        self.header.iter().position(|name| name == column)
    }

    /// A cell without the spaces around it; empty for `NA`.
    fn cell(&self, row: usize, column: usize) -> &str {
        match self.rows[row].get(column).map_or("", |text| text.trim()) {
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

    fn fault(
        &mut self,
        table: TableName,
        row: Option<usize>,
        column: Option<&str>,
        found: impl Into<String>,
        expected: &str,
    ) {
        self.faults.push(Fault {
            table,
            // The header is row 1 of the file.
            row: row.map(|row| row + 2),
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
        let mut rows = Vec::new();
        for (at, row) in reader.records().enumerate() {
            match row {
                Ok(row) if row.len() == header.len() => rows.push(row.iter().map(str::to_owned).collect()),
                Ok(row) => {
                    let expected = format!("{} cells, as in the header", header.len());
                    self.fault(name, Some(at), None, format!("{} cells", row.len()), &expected);
                }
                Err(error) => self.fault(name, Some(at), None, error.to_string(), "a row of UTF-8 text"),
            }
        }
        Some(Table { header, rows })
    }

    fn need(&mut self, name: TableName, table: &Table, column: &str) -> Option<usize> {
        let at = table.at(column);
        if at.is_none() {
            self.fault(name, None, Some(column), "no such column", "a column of this name");
        }
        at
    }

    fn code<C: FromStr>(&mut self, name: TableName, row: usize, column: &str, text: &str) -> Option<C>
    where
        C::Err: fmt::Display,
    {
        match text.parse() {
            Ok(code) => Some(code),
            Err(error) => {
                self.fault(name, Some(row), Some(column), error.to_string(), "a code");
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
                            Some(row),
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

    /// The nodes of iMeta, the columns that are groups, and the other columns of numbers.
    fn nodes(&mut self, meta: &Table) -> (Vec<NodeSpec>, Vec<String>, Vec<String>) {
        let name = TableName::Meta;
        let (mut specs, mut groups, mut others) = (Vec::new(), Vec::new(), Vec::new());
        let columns = ["iCode", "Type", "Parent", "Direction"].map(|column| self.need(name, meta, column));
        let [Some(code_at), Some(type_at), Some(parent_at), Some(direction_at)] = columns else {
            return (specs, groups, others);
        };
        let mut optional = BTreeMap::new();
        for column in ["Weight", "Target", "goalpost_lower", "goalpost_upper"] {
            if let Some(at) = meta.at(column) {
                optional.insert(column, self.numbers(name, meta, at));
            }
        }
        let denominator_at = meta.at("Denominator");
        for row in 0..meta.rows.len() {
            let number = |column: &str| optional.get(column).and_then(|numbers| numbers[row]);
            let text = meta.cell(row, code_at);
            let kind = match meta.cell(row, type_at) {
                "Indicator" => NodeKind::Indicator,
                "Aggregate" => NodeKind::Group,
                "Group" => {
                    groups.push(text.to_owned());
                    continue;
                }
                "Denominator" => {
                    others.push(text.to_owned());
                    continue;
                }
                "Other" => continue,
                found => {
                    let expected = "Indicator, Aggregate, Group, Denominator or Other";
                    self.fault(name, Some(row), Some("Type"), format!("{found:?}"), expected);
                    continue;
                }
            };
            let Some(code) = self.code::<NodeCode>(name, row, "iCode", text) else { continue };
            let parent = match meta.cell(row, parent_at) {
                "" => None,
                text => self.code::<NodeCode>(name, row, "Parent", text),
            };
            let mut spec = NodeSpec { kind, ..NodeSpec::group(code, parent) };
            spec.direction = self.direction(row, kind, meta.cell(row, direction_at));
            if let Some(weight) = number("Weight") {
                match Weight::try_from(weight) {
                    Ok(weight) => spec.weight = weight,
                    Err(error) => self.fault(name, Some(row), Some("Weight"), error.to_string(), "0 or above"),
                }
            }
            if kind == NodeKind::Indicator {
                spec.target = number("Target");
                if let (Some(low), Some(high)) = (number("goalpost_lower"), number("goalpost_upper")) {
                    match Goalposts::new(low, high) {
                        Ok(goalposts) => spec.goalposts = Some(goalposts),
                        Err(error) => {
                            self.fault(name, Some(row), Some("goalpost_lower"), error.to_string(), "low below high");
                        }
                    }
                }
                spec.denominator = match denominator_at.map_or("", |at| meta.cell(row, at)) {
                    "" => None,
                    text => self.code::<IndicatorCode>(name, row, "Denominator", text),
                };
            }
            specs.push(spec);
        }
        (specs, groups, others)
    }

    fn direction(&mut self, row: usize, kind: NodeKind, text: &str) -> Option<Direction> {
        match (kind, text) {
            (NodeKind::Indicator, "1") => Some(Direction::HigherIsBetter),
            (NodeKind::Indicator, "-1") => Some(Direction::LowerIsBetter),
            // The reference package writes 1 beside every aggregate; it means nothing there.
            (NodeKind::Group, "" | "1") => None,
            (NodeKind::Group, found) => {
                let expected = "1 or nothing: only an indicator has a direction";
                self.fault(
                    TableName::Meta,
                    Some(row),
                    Some("Direction"),
                    format!("{found:?} on an aggregate"),
                    expected,
                );
                None
            }
            (NodeKind::Indicator, found) => {
                self.fault(TableName::Meta, Some(row), Some("Direction"), format!("{found:?}"), "1 or -1");
                // Reported above; the tree is still checked for the rest.
                Some(Direction::HigherIsBetter)
            }
        }
    }

    fn matrix(&mut self, data: &Table, wanted: &BTreeSet<String>, groups: &[String]) -> Option<ScoreMatrix> {
        let name = TableName::Data;
        let code_at = self.need(name, data, "uCode")?;
        let mut areas: Vec<AreaCode> = Vec::new();
        for row in 0..data.rows.len() {
            areas.extend(self.code::<AreaCode>(name, row, "uCode", data.cell(row, code_at)));
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
        let built = match data.at("Time").filter(|_| is_panel) {
            Some(at) => {
                let mut periods: Vec<TimePeriod> = Vec::new();
                for row in 0..data.rows.len() {
                    periods.extend(self.code::<TimePeriod>(name, row, "Time", data.cell(row, at)));
                }
                ScoreMatrix::panel_from_columns(areas, periods, indicators, &values)
            }
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
