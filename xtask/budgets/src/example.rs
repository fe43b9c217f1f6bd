//! The example of the reference package, compiled in, so that it can be read where there are no files.

use indicators::framework::{Direction, Framework, NodeSpec};
use indicators::matrix::ScoreMatrix;

pub(crate) const RECIPE: &str = r#"{
    "denominate": {"method": "by_framework"},
    "screen": {"method": "none"},
    "impute": {"method": "group_mean", "group": "EurAsia_group"},
    "treat": {"method": "winsorise", "max_points": 5, "skewness_limit": 2, "kurtosis_limit": 3.5, "then": "log_ct"},
    "normalise": {"method": "min_max", "lower": 0, "upper": 100},
    "aggregate": {"method": "arithmetic"}}"#;

const META: &[u8] = include_bytes!("../../../fixtures/reference/00_input/asem_iMeta.csv");
const DATA: &[u8] = include_bytes!("../../../fixtures/reference/00_input/asem_iData.csv");

fn rows(bytes: &[u8]) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers().ok()?.iter().map(str::to_owned).collect();
    let rows = reader.records().filter_map(Result::ok).map(|row| row.iter().map(str::to_owned).collect()).collect();
    Some((header, rows))
}

/// The tree and the data.
pub(crate) fn example() -> Option<(Framework, ScoreMatrix)> {
    let (header, meta) = rows(META)?;
    let at = |name: &str| header.iter().position(|column| column == name);
    let (code, parent, direction, kind, denominator) =
        (at("iCode")?, at("Parent")?, at("Direction")?, at("Type")?, at("Denominator")?);
    let mut nodes = Vec::new();
    for row in &meta {
        let above = row[parent].parse().ok();
        match row[kind].as_str() {
            "Aggregate" => nodes.push(NodeSpec::group(row[code].parse().ok()?, above)),
            "Indicator" => {
                let sign = if row[direction] == "1" { Direction::HigherIsBetter } else { Direction::LowerIsBetter };
                let mut node = NodeSpec::indicator(row[code].parse().ok()?, above?, sign);
                node.denominator = row[denominator].parse().ok();
                nodes.push(node);
            }
            _ => {}
        }
    }
    let (header, data) = rows(DATA)?;
    let column = |name: &str| header.iter().position(|column| column == name);
    let (areas, groups) = (column("uCode")?, column("EurAsia_group")?);
    let first = column("Area")?;
    let values: Vec<Option<f64>> =
        (first..header.len()).flat_map(|at| data.iter().map(move |row| row[at].parse().ok())).collect();
    let matrix = ScoreMatrix::from_columns(
        data.iter().filter_map(|row| row[areas].parse().ok()).collect(),
        header[first..].iter().filter_map(|code| code.parse().ok()).collect(),
        &values,
    )
    .ok()?
    .with_grouping("EurAsia_group", data.iter().map(|row| Some(row[groups].clone())).collect())
    .ok()?;
    Some((Framework::new(nodes).ok()?, matrix))
}
