//! Reading the recorded reference numbers and comparing with them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use indicators::composite::Composite;
use indicators::framework::{Direction, Framework, Goalposts, NodeKind, NodeSpec, Weight};
use indicators::matrix::ScoreMatrix;
use indicators::recipe::Recipe;

/// The folder of the recorded numbers.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/reference")
}

/// A recorded table: text cells under named columns.
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn read(name: &str) -> Self {
        let bytes = fs::read(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        Self { name: name.to_owned(), header, rows }
    }

    pub(crate) fn has(&self, column: &str) -> bool {
        self.header.iter().any(|name| name == column)
    }

    pub(crate) fn at(&self, column: &str) -> usize {
        self.header
            .iter()
            .position(|name| name == column)
            .unwrap_or_else(|| panic!("{} has no column {column}", self.name))
    }

    pub(crate) fn text(&self, column: &str) -> Vec<&str> {
        let at = self.at(column);
        self.rows.iter().map(|row| row[at].as_str()).collect()
    }

    /// Numbers of a column; empty and `NaN` are missing.
    pub(crate) fn numbers(&self, column: &str) -> Vec<Option<f64>> {
        self.text(column).into_iter().map(number).collect()
    }

    /// The rows by their text in one column.
    pub(crate) fn by(&self, key: &str) -> BTreeMap<&str, BTreeMap<&str, &str>> {
        let at = self.at(key);
        self.rows
            .iter()
            .map(|row| {
                let cells = self.header.iter().map(String::as_str).zip(row.iter().map(String::as_str));
                (row[at].as_str(), cells.collect())
            })
            .collect()
    }
}

pub(crate) fn number(text: &str) -> Option<f64> {
    match text {
        "" | "NaN" => None,
        text => Some(text.parse().unwrap_or_else(|_| panic!("{text:?} is no number"))),
    }
}

/// Equal to 10⁻¹⁰, relative; numbers that should be 0 may be off by rounding.
#[track_caller]
pub(crate) fn assert_close(found: Option<f64>, expected: Option<f64>, what: &str) {
    match (found, expected) {
        (None, None) => {}
        (Some(found), Some(expected)) if is_close(found, expected, 1e-10) => {}
        _ => panic!("{what}: found {found:?}, expected {expected:?}"),
    }
}

pub(crate) fn is_close(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * found.abs().max(expected.abs()) + 1e-13
}

pub(crate) fn recipe(json: &str) -> Recipe {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error} in {json}"))
}

/// The ASEM framework of a table in COINr's iMeta layout.
pub(crate) fn framework(meta: &Table, change: impl Fn(&BTreeMap<&str, &str>, NodeSpec) -> NodeSpec) -> Framework {
    let code = |text: &str| text.parse().unwrap();
    let mut nodes = Vec::new();
    let column = |row: &[String], name: &str| row[meta.at(name)].clone();
    for row in &meta.rows {
        let kind = match column(row, "Type").as_str() {
            "Indicator" => NodeKind::Indicator,
            "Aggregate" => NodeKind::Group,
            _ => continue,
        };
        let parent = column(row, "Parent");
        let node = NodeSpec {
            kind,
            direction: (kind == NodeKind::Indicator).then(|| match column(row, "Direction").as_str() {
                "1" => Direction::HigherIsBetter,
                _ => Direction::LowerIsBetter,
            }),
            target: number(&column(row, "Target")),
            denominator: Some(column(row, "Denominator"))
                .filter(|text| !text.is_empty())
                .map(|text| text.parse().unwrap()),
            weight: Weight::try_from(number(&column(row, "Weight")).unwrap()).unwrap(),
            ..NodeSpec::group(
                code(&column(row, "iCode")),
                Some(parent).filter(|text| !text.is_empty()).map(|text| text.parse().unwrap()),
            )
        };
        let cells = meta.header.iter().map(String::as_str).zip(row.iter().map(String::as_str)).collect();
        nodes.push(change(&cells, node));
    }
    Framework::new(nodes).unwrap()
}

pub(crate) fn asem_framework() -> Framework {
    framework(&Table::read("00_input/asem_iMeta.csv"), |_, node| node)
}

/// The same with the weights of a table of `iCode`, `Weight`.
pub(crate) fn asem_weighing(weights: &BTreeMap<String, f64>) -> Framework {
    framework(&Table::read("00_input/asem_iMeta.csv"), |cells, node| match weights.get(cells["iCode"]) {
        Some(weight) => node.weighing(Weight::try_from(*weight).unwrap()),
        None => node,
    })
}

/// The framework with the goalposts of `03_normalise/iMeta_with_parameters.csv`.
pub(crate) fn asem_with_goalposts() -> Framework {
    framework(&Table::read("03_normalise/iMeta_with_parameters.csv"), |cells, node| {
        match (number(cells["goalpost_lower"]), number(cells["goalpost_upper"])) {
            (Some(low), Some(high)) => node.between(Goalposts::new(low, high).unwrap()),
            _ => node,
        }
    })
}

/// A table of data: every column but the labels is an indicator.
pub(crate) fn matrix(table: &Table) -> ScoreMatrix {
    const LABELS: [&str; 7] = ["uName", "uCode", "GDP_group", "GDPpc_group", "Pop_group", "EurAsia_group", "Time"];
    let areas = table.text("uCode").into_iter().map(|code| code.parse().unwrap()).collect();
    let indicators: Vec<&String> = table.header.iter().filter(|name| !LABELS.contains(&name.as_str())).collect();
    let values: Vec<Option<f64>> = indicators.iter().flat_map(|name| table.numbers(name)).collect();
    let indicators = indicators.into_iter().map(|code| code.parse().unwrap()).collect();
    let has_years = table.has("Time") && {
        let mut years = table.text("Time");
        years.dedup();
        years.len() > 1
    };
    let mut matrix = if has_years {
        let periods = table.text("Time").into_iter().map(|text| text.parse().unwrap()).collect();
        ScoreMatrix::panel_from_columns(areas, periods, indicators, &values).unwrap()
    } else {
        ScoreMatrix::from_columns(areas, indicators, &values).unwrap()
    };
    for label in LABELS.iter().filter(|name| name.ends_with("_group") && table.has(name)) {
        let labels = table.text(label).into_iter().map(|text| Some(text.to_owned()).filter(|text| !text.is_empty()));
        matrix = matrix.with_grouping(label, labels.collect()).unwrap();
    }
    matrix
}

pub(crate) fn read_matrix(name: &str) -> ScoreMatrix {
    matrix(&Table::read(name))
}

/// Every number of `expected`, found by the area (and `Time`) of its row and its column's code.
#[track_caller]
pub(crate) fn assert_table(found: impl Fn(&str, &str, &str) -> Option<f64>, expected: &Table) {
    let times: Vec<&str> = if expected.has("Time") { expected.text("Time") } else { vec![""; expected.rows.len()] };
    let areas = expected.text("uCode");
    for code in expected.header.iter().filter(|name| !["uCode", "Time"].contains(&name.as_str())) {
        for (row, expected_value) in expected.numbers(code).into_iter().enumerate() {
            let what = format!("{} {} {} {code}", expected.name, areas[row], times[row]);
            assert_close(found(areas[row], times[row], code), expected_value, &what);
        }
    }
}

/// A lookup for [`assert_table`] in a matrix.
pub(crate) fn in_matrix(matrix: &ScoreMatrix) -> impl Fn(&str, &str, &str) -> Option<f64> {
    let row = rows_of(matrix);
    move |area, time, code| {
        let row = *row.get(&(area.to_owned(), time.to_owned())).unwrap_or_else(|| panic!("no row {area} {time}"));
        matrix.value(row, matrix.column_of(code).unwrap_or_else(|| panic!("no column {code}")))
    }
}

/// A lookup for [`assert_table`] among the scores of a result.
pub(crate) fn in_scores(composite: &Composite) -> impl Fn(&str, &str, &str) -> Option<f64> {
    let row = rows_of(composite.values());
    move |area, time, code| {
        let row = *row.get(&(area.to_owned(), time.to_owned())).unwrap_or_else(|| panic!("no row {area} {time}"));
        composite.scores_of(composite.framework().position(code).unwrap())[row].value()
    }
}

/// A lookup for [`assert_table`] among the ranks of a result.
pub(crate) fn in_ranks(composite: &Composite) -> impl Fn(&str, &str, &str) -> Option<f64> {
    let row = rows_of(composite.values());
    move |area, time, code| {
        let row = row[&(area.to_owned(), time.to_owned())];
        let rank = composite.ranks_of(composite.framework().position(code).unwrap())[row]?;
        u32::try_from(rank).ok().map(f64::from)
    }
}

fn rows_of(matrix: &ScoreMatrix) -> BTreeMap<(String, String), usize> {
    (0..matrix.n_rows())
        .map(|row| {
            let time = matrix.periods().map(|periods| periods[row].to_string()).unwrap_or_default();
            ((matrix.areas()[row].to_string(), time), row)
        })
        .collect()
}
