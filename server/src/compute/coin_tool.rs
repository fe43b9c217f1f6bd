//! Workbooks of the COIN Tool of the Joint Research Centre (Excel, `.xlsx` or `.xlsm`).
//!
//! Sheet `Database`: an indicator a column from E on; row 7 weights, 8 directions, 9 and 10 lower and
//! upper goalpost, 11 to 14 the groups it belongs to from the index down (`Index`, `si.01`, `p.01`,
//! `sp.01`), 15 names, 16 codes; below them the areas, names in B, codes in C. `n/a` is missing.
//! Sheet `Framework`: under a heading `Dimension/indicator` (row 4, in early versions 5) the groups,
//! codes in C, weights in E. A level all indicators share one group of is not used and is left out.
//! Layout after the tool's user guide (JRC118407) and R package `COINr`, `import_coin_tool`.

mod cells;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::mem;
use std::str::FromStr;

use indicators::code::{AreaCode, IndicatorCode, NodeCode};
use indicators::framework::{Direction, Framework, Goalposts, NodeKind, NodeSpec, Weight};
use indicators::matrix::ScoreMatrix;

use super::number::{self, Written};
use super::{Fault, Faults, ReadFinding, TableName, Tables};

use cells::Sheet;

/// Rows of the sheet `Database`, as a spreadsheet counts them.
const WEIGHTS: usize = 7;
const DIRECTIONS: usize = 8;
const LOWER: usize = 9;
const UPPER: usize = 10;
/// From the group of indicators up to the index.
const GROUPS: [usize; 4] = [14, 13, 12, 11];
const CODES: usize = 16;
const FIRST_AREA: usize = 17;
/// Columns, counted from 0.
const NAMES_AT: usize = 1;
const AREA_CODES_AT: usize = 2;
const FIRST_INDICATOR: usize = 4;
/// Columns of the sheet `Framework`.
const GROUP_CODES_AT: usize = 2;
const GROUP_WEIGHTS_AT: usize = 4;

/// Reads a workbook.
///
/// # Errors
/// With every fault found: its sheet, row, column, what was found and what was expected.
pub fn read(bytes: &[u8]) -> Result<Tables, Faults> {
    let [database, framework] = cells::open(bytes)?;
    let mut reader = Reader::default();
    let tables = reader.tables(&database, &framework);
    match tables {
        Some(tables) if reader.faults.is_empty() => Ok(tables),
        _ => Err(Faults { faults: reader.faults }),
    }
}

#[derive(Default)]
struct Reader {
    faults: Vec<Fault>,
    findings: Vec<ReadFinding>,
}

impl Reader {
    fn fault(
        &mut self,
        table: TableName,
        row: Option<usize>,
        column: Option<usize>,
        found: impl Into<String>,
        expected: &str,
    ) {
        self.faults.push(Fault {
            table,
            row,
            column: column.map(cells::letters),
            found: found.into(),
            expected: expected.to_owned(),
        });
    }

    /// A number, if the cell holds one.
    fn number(&mut self, sheet: &Sheet, row: usize, column: usize) -> Option<f64> {
        let text = sheet.text(row, column);
        if text.eq_ignore_ascii_case("n/a") {
            return None;
        }
        match number::read(text) {
            Some(Written::Missing) => None,
            Some(Written::Point(value) | Written::Comma(value)) => Some(value),
            None => {
                let expected = "a finite number, n/a or nothing";
                self.fault(sheet.name, Some(row), Some(column), format!("{text:?}"), expected);
                None
            }
        }
    }

    fn tables(&mut self, database: &Sheet, framework: &Sheet) -> Option<Tables> {
        let columns: Vec<usize> =
            (FIRST_INDICATOR..database.n_columns()).filter(|&column| has_data(database, column)).collect();
        let rows: Vec<usize> = (FIRST_AREA..=database.n_rows())
            .filter(|&row| columns.iter().any(|&column| !is_empty(database.text(row, column))))
            .collect();
        if columns.is_empty() || rows.is_empty() {
            let expected = "indicators from column E on, areas from row 17 on";
            self.fault(database.name, None, None, "no data", expected);
            return None;
        }
        let weights = self.group_weights(framework);
        let specs = self.nodes(database, &columns, &weights);
        let mut areas: Vec<AreaCode> = Vec::new();
        for &row in &rows {
            match database.text(row, AREA_CODES_AT).parse() {
                Ok(code) => areas.push(code),
                Err(error) => {
                    let name = database.text(row, NAMES_AT);
                    let found = format!("{error} (the area named {name:?})");
                    self.fault(database.name, Some(row), Some(AREA_CODES_AT), found, "the code of the area");
                }
            }
        }
        let mut indicators: Vec<IndicatorCode> = Vec::new();
        let mut values = Vec::new();
        for &column in &columns {
            // A code that is none was told of with the nodes.
            if let Ok(code) = database.text(CODES, column).parse() {
                indicators.push(code);
                for &row in &rows {
                    values.push(self.number(database, row, column));
                }
            }
        }
        let tree = match Framework::new(specs) {
            Ok(tree) => Some(tree),
            Err(error) => {
                self.fault(database.name, None, None, error.to_string(), "a tree of groups and indicators");
                None
            }
        };
        if !self.faults.is_empty() {
            return None;
        }
        match ScoreMatrix::from_columns(areas, indicators, &values) {
            Ok(matrix) => Some(Tables { framework: tree?, matrix, findings: mem::take(&mut self.findings) }),
            Err(error) => {
                self.fault(database.name, None, None, error.to_string(), "each area and indicator once");
                None
            }
        }
    }

    /// Weights of the groups, by code.
    fn group_weights(&mut self, sheet: &Sheet) -> BTreeMap<String, Weight> {
        const HEADING: &str = "Dimension/indicator";
        let heading = (1..=sheet.n_rows()).find(|&row| (0..sheet.n_columns()).any(|at| sheet.text(row, at) == HEADING));
        let Some(heading) = heading else {
            self.fault(sheet.name, None, None, "no such heading", HEADING);
            return BTreeMap::new();
        };
        let mut weights = BTreeMap::new();
        for row in heading + 1..=sheet.n_rows() {
            let code = sheet.text(row, GROUP_CODES_AT).to_owned();
            let is_group = ["sp.", "p.", "si.", "Index"].iter().any(|start| code.starts_with(start));
            if !is_group {
                continue;
            }
            if let Some(weight) = self.number(sheet, row, GROUP_WEIGHTS_AT) {
                match Weight::try_from(weight) {
                    Ok(weight) => {
                        weights.insert(code, weight);
                    }
                    Err(error) => {
                        self.fault(sheet.name, Some(row), Some(GROUP_WEIGHTS_AT), error.to_string(), "0 or above");
                    }
                }
            }
        }
        weights
    }

    fn nodes(&mut self, sheet: &Sheet, columns: &[usize], weights: &BTreeMap<String, Weight>) -> Vec<NodeSpec> {
        // A level where all indicators have one and the same group is not used; the index always is.
        let (index, below) = (GROUPS[3], &GROUPS[..3]);
        let mut levels = Vec::new();
        for &row in below {
            let codes: BTreeSet<&str> = columns.iter().map(|&column| sheet.text(row, column)).collect();
            match codes.iter().next() {
                Some(only) if codes.len() == 1 => {
                    if !is_empty(only) {
                        self.findings.push(ReadFinding::LevelUnused { group: (*only).to_owned() });
                    }
                }
                _ => levels.push(row),
            }
        }
        levels.push(index);
        let mut specs: Vec<NodeSpec> = Vec::new();
        let mut parents: BTreeMap<NodeCode, Option<NodeCode>> = BTreeMap::new();
        for &column in columns {
            let path: Vec<Option<NodeCode>> = levels.iter().map(|&row| self.code(sheet, row, column)).collect();
            let Some(code) = self.code::<NodeCode>(sheet, CODES, column) else { continue };
            for (at, group) in path.iter().enumerate() {
                let Some(group) = group else { continue };
                let parent = path.get(at + 1).cloned().flatten();
                match parents.get(group) {
                    Some(known) if *known != parent => {
                        let found = format!(
                            "{group} under {}, elsewhere under {}",
                            shown(parent.as_ref()),
                            shown(known.as_ref())
                        );
                        self.fault(sheet.name, Some(levels[at]), Some(column), found, "one parent for each group");
                    }
                    Some(_) => {}
                    None => {
                        let weight = weights.get(group.as_str()).copied().unwrap_or(Weight::ONE);
                        specs.push(NodeSpec::group(group.clone(), parent.clone()).weighing(weight));
                        parents.insert(group.clone(), parent);
                    }
                }
            }
            let parent = path.into_iter().next().flatten();
            let mut spec = NodeSpec { kind: NodeKind::Indicator, ..NodeSpec::group(code, parent) };
            spec.direction = Some(self.direction(sheet, column));
            if let Some(weight) = self.number(sheet, WEIGHTS, column) {
                match Weight::try_from(weight) {
                    Ok(weight) => spec.weight = weight,
                    Err(error) => {
                        self.fault(sheet.name, Some(WEIGHTS), Some(column), error.to_string(), "0 or above");
                    }
                }
            }
            spec.goalposts = self.goalposts(sheet, column);
            specs.push(spec);
        }
        specs
    }

    fn code<C: FromStr>(&mut self, sheet: &Sheet, row: usize, column: usize) -> Option<C>
    where
        C::Err: fmt::Display,
    {
        match sheet.text(row, column).parse() {
            Ok(code) => Some(code),
            Err(error) => {
                self.fault(sheet.name, Some(row), Some(column), error.to_string(), "a code");
                None
            }
        }
    }

    fn direction(&mut self, sheet: &Sheet, column: usize) -> Direction {
        match self.number(sheet, DIRECTIONS, column) {
            Some(1.0) => Direction::HigherIsBetter,
            Some(-1.0) => Direction::LowerIsBetter,
            found => {
                let found = found.map_or_else(|| "nothing".to_owned(), |found| found.to_string());
                self.fault(sheet.name, Some(DIRECTIONS), Some(column), found, "1 or -1");
                // Told of; the tree is still checked for the rest.
                Direction::HigherIsBetter
            }
        }
    }

    fn goalposts(&mut self, sheet: &Sheet, column: usize) -> Option<Goalposts> {
        match (self.number(sheet, LOWER, column), self.number(sheet, UPPER, column)) {
            (Some(low), Some(high)) => match Goalposts::new(low, high) {
                Ok(goalposts) => Some(goalposts),
                Err(error) => {
                    self.fault(sheet.name, Some(LOWER), Some(column), error.to_string(), "low below high");
                    None
                }
            },
            (None, None) => None,
            (low, _) => {
                let row = if low.is_some() { UPPER } else { LOWER };
                self.fault(sheet.name, Some(row), Some(column), "nothing", "both goalposts or neither");
                None
            }
        }
    }
}

fn shown(parent: Option<&NodeCode>) -> &str {
    parent.map_or("nothing", NodeCode::as_str)
}

fn is_empty(text: &str) -> bool {
    text.is_empty() || text.eq_ignore_ascii_case("n/a")
}

fn has_data(sheet: &Sheet, column: usize) -> bool {
    (FIRST_AREA..=sheet.n_rows()).any(|row| !is_empty(sheet.text(row, column)))
}
