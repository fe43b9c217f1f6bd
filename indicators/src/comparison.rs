//! Why two results differ: the exact split of every score change into new data, revised data, method
//! and peers.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::code::{AreaCode, IndicatorCode, NodeCode};
use crate::composite::{Composite, compute};
use crate::error::ComputeError;
use crate::framework::Framework;
use crate::matrix::{Cell, MatrixError, ScoreMatrix};
use crate::recipe::Recipe;

/// One of the two results compared: everything it is computed from.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The tree.
    pub framework: &'a Framework,
    /// The method.
    pub recipe: &'a Recipe,
    /// The data.
    pub matrix: &'a ScoreMatrix,
}

/// How a cell that differs between the two tables came to differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CellChange {
    /// A value of another period, or where there was none.
    New,
    /// Another value of the same period.
    Revised,
}

/// The change of one area's score for one node, split. The four parts sum to `after − before`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoreChange {
    /// The area.
    pub area: AreaCode,
    /// The node.
    pub node: NodeCode,
    /// The score before.
    pub before: f64,
    /// The score after.
    pub after: f64,
    /// From the area's own new values.
    pub new_data: f64,
    /// From the area's own revised values.
    pub revised_data: f64,
    /// From the framework and the recipe.
    pub method: f64,
    /// From other areas' values, and areas joining or leaving.
    pub peers: f64,
    /// The rank before.
    pub rank_before: Option<usize>,
    /// The rank after.
    pub rank_after: Option<usize>,
}

/// Two results could not be compared.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// One of the steps between the two could not be computed.
    #[error(transparent)]
    Compute(#[from] ComputeError),
    /// A table of a step between the two could not be built.
    #[error(transparent)]
    Matrix(#[from] MatrixError),
    /// Panels are compared period by period.
    #[error("a table with periods; compare one period at a time")]
    Panel,
}

const NEW: usize = 0;
const REVISED: usize = 1;
const METHOD: usize = 2;
const PEERS: usize = 3;

/// Splits the change of every score between two results.
///
/// ```text
/// part_k = Σ over sets S of other causes of |S|!(3 − |S|)!/4! · (score(S ∪ k) − score(S))
/// ```
///
/// There are four causes: the area's new values, its revised values, the method (framework and
/// recipe), the peers. The part of a cause is its Shapley value, the mean over all orders in which the
/// causes could have set in, so the parts sum to the change exactly and no order is preferred. Where a
/// mixed step has no score, the nearest end's score stands in for it.
///
/// `change_of` says how a cell of an area that differs came to differ; it is asked about no other. Areas and nodes
/// with a score on both sides are compared; a node is the same when its code is.
///
/// # Errors
/// When a step cannot be computed, or a table has periods.
///
/// # Source
/// Shapley (1953); Shorrocks (2013) for decompositions.
pub fn compare(
    before: Side<'_>,
    after: Side<'_>,
    change_of: impl Fn(&AreaCode, &IndicatorCode) -> CellChange,
) -> Result<Vec<ScoreChange>, CompareError> {
    if before.matrix.periods().is_some() || after.matrix.periods().is_some() {
        return Err(CompareError::Panel);
    }
    let first = compute(before.framework, before.recipe, before.matrix)?;
    let last = compute(after.framework, after.recipe, after.matrix)?;
    let nodes = shared_nodes(&first, &last);
    let mut changes = Vec::new();
    for area in first.areas().iter().filter(|area| last.areas().contains(area)) {
        let kinds = kinds_of(before.matrix, after.matrix, area, &change_of);
        let active = [
            kinds.values().any(|kind| *kind == CellChange::New),
            kinds.values().any(|kind| *kind == CellChange::Revised),
            before.framework != after.framework || before.recipe != after.recipe,
            peers_differ(before.matrix, after.matrix, area),
        ];
        let mut steps: BTreeMap<usize, Composite> = BTreeMap::new();
        for step in 0..16_usize {
            let has = |cause: usize| step >> cause & 1 == 1;
            // A cause that is not at work changes nothing, so its steps are not computed.
            if (0..4).any(|cause| has(cause) && !active[cause]) {
                continue;
            }
            let matrix = mixed(before.matrix, after.matrix, area, &kinds, has)?;
            let method = if has(METHOD) { after } else { before };
            if let Ok(composite) = compute(method.framework, method.recipe, &matrix) {
                steps.insert(step, composite);
            }
        }
        let mask = (0..4).filter(|&cause| active[cause]).fold(0, |mask, cause| mask | 1 << cause);
        for node in &nodes {
            let ends = (first.score(node.as_str(), area.as_str()), last.score(node.as_str(), area.as_str()));
            let (Some(start), Some(end)) = ends else { continue };
            let score = |step: usize| match step & mask {
                0 => start,
                step if step == mask => end,
                step => steps
                    .get(&step)
                    .and_then(|composite| composite.score(node.as_str(), area.as_str()))
                    .unwrap_or(if step.count_ones() * 2 > mask.count_ones() { end } else { start }),
            };
            let part = |cause: usize| {
                (0..16_usize)
                    .filter(|step| step >> cause & 1 == 0)
                    .map(|step| shapley_weight(step.count_ones()) * (score(step | 1 << cause) - score(step)))
                    .sum::<f64>()
            };
            changes.push(ScoreChange {
                area: area.clone(),
                node: node.clone(),
                before: start,
                after: end,
                new_data: part(NEW),
                revised_data: part(REVISED),
                method: part(METHOD),
                peers: part(PEERS),
                rank_before: first.rank(node.as_str(), area.as_str()),
                rank_after: last.rank(node.as_str(), area.as_str()),
            });
        }
    }
    Ok(changes)
}

/// `|S|!·(3 − |S|)!/4!`
const fn shapley_weight(others: u32) -> f64 {
    match others {
        0 | 3 => 0.25,
        _ => 1.0 / 12.0,
    }
}

fn shared_nodes(first: &Composite, last: &Composite) -> Vec<NodeCode> {
    first
        .framework()
        .nodes()
        .iter()
        .map(|node| node.code().clone())
        .filter(|code| last.framework().position(code.as_str()).is_some())
        .collect()
}

fn cell_of(matrix: &ScoreMatrix, area: &AreaCode, indicator: &IndicatorCode) -> Cell {
    match (matrix.row_of(area.as_str()), matrix.column_of(indicator.as_str())) {
        (Some(row), Some(column)) => matrix.column(column)[row],
        _ => Cell::MISSING,
    }
}

/// The cells of an area that differ, and how.
fn kinds_of(
    before: &ScoreMatrix,
    after: &ScoreMatrix,
    area: &AreaCode,
    change_of: &impl Fn(&AreaCode, &IndicatorCode) -> CellChange,
) -> BTreeMap<IndicatorCode, CellChange> {
    before
        .indicators()
        .iter()
        .chain(after.indicators())
        .filter(|indicator| cell_of(before, area, indicator) != cell_of(after, area, indicator))
        .map(|indicator| (indicator.clone(), change_of(area, indicator)))
        .collect()
}

fn peers_differ(before: &ScoreMatrix, after: &ScoreMatrix, area: &AreaCode) -> bool {
    let others =
        |matrix: &ScoreMatrix| matrix.areas().iter().filter(|other| *other != area).cloned().collect::<Vec<AreaCode>>();
    let (old, new) = (others(before), others(after));
    old != new
        || old.iter().any(|other| {
            before
                .indicators()
                .iter()
                .chain(after.indicators())
                .any(|indicator| cell_of(before, other, indicator) != cell_of(after, other, indicator))
        })
}

/// The table of a step: peers' rows of one side, the area's own cells of one side or the other, the
/// columns of both.
fn mixed(
    before: &ScoreMatrix,
    after: &ScoreMatrix,
    area: &AreaCode,
    kinds: &BTreeMap<IndicatorCode, CellChange>,
    has: impl Fn(usize) -> bool,
) -> Result<ScoreMatrix, MatrixError> {
    let peers = if has(PEERS) { after } else { before };
    let mut indicators = before.indicators().to_vec();
    indicators.extend(after.indicators().iter().filter(|code| before.column_of(code.as_str()).is_none()).cloned());
    let areas = peers.areas().to_vec();
    let mut values = Vec::with_capacity(areas.len() * indicators.len());
    for indicator in &indicators {
        for row in &areas {
            let side = if row == area {
                let is_after = match kinds.get(indicator) {
                    Some(CellChange::New) => has(NEW),
                    Some(CellChange::Revised) => has(REVISED),
                    None => false,
                };
                if is_after { after } else { before }
            } else {
                peers
            };
            values.push(cell_of(side, row, indicator).value());
        }
    }
    let mut matrix = ScoreMatrix::from_columns(areas, indicators, &values)?;
    for name in peers.grouping_names() {
        if let Some(labels) = peers.grouping(name) {
            matrix = matrix.with_grouping(name, labels.to_vec())?;
        }
    }
    Ok(matrix)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use crate::recipe::{Aggregate, Normalise, PerLevel};

    fn framework() -> Framework {
        serde_json::from_str(
            r#"{"nodes":[
            {"code":"index","kind":"group"},
            {"code":"a","kind":"indicator","parent":"index","direction":"higher_is_better","goalposts":{"low":0,"high":10}},
            {"code":"b","kind":"indicator","parent":"index","direction":"higher_is_better","goalposts":{"low":0,"high":10}}]}"#,
        )
        .unwrap()
    }

    fn matrix(values: [[Option<f64>; 3]; 2]) -> ScoreMatrix {
        ScoreMatrix::from_columns(
            ["A", "B", "C"].iter().map(|code| code.parse().unwrap()).collect(),
            ["a", "b"].iter().map(|code| code.parse().unwrap()).collect(),
            values.as_flattened(),
        )
        .unwrap()
    }

    fn change_of(_: &AreaCode, indicator: &IndicatorCode) -> CellChange {
        if indicator.as_str() == "a" { CellChange::New } else { CellChange::Revised }
    }

    #[test]
    fn own_data_alone_moves_an_absolute_score() {
        let (framework, recipe) = (framework(), Recipe::published());
        let old = matrix([[Some(2.0), Some(5.0), Some(7.0)], [Some(4.0), Some(1.0), Some(9.0)]]);
        let new = matrix([[Some(4.0), Some(5.0), Some(8.0)], [Some(3.0), Some(1.0), Some(9.0)]]);
        let side = |matrix| Side { framework: &framework, recipe: &recipe, matrix };
        let changes = compare(side(&old), side(&new), change_of).unwrap();
        let index =
            changes.iter().find(|change| change.area.as_str() == "A" && change.node.as_str() == "index").unwrap();
        assert!((index.new_data - 10.0).abs() < 1e-12 && (index.revised_data + 5.0).abs() < 1e-12, "{index:?}");
        assert_eq!((index.method, index.peers), (0.0, 0.0));
        let calm =
            changes.iter().find(|change| change.area.as_str() == "B" && change.node.as_str() == "index").unwrap();
        assert_eq!((calm.new_data, calm.peers, calm.before), (0.0, 0.0, calm.after));
    }

    #[test]
    fn parts_sum_to_the_change() {
        let (framework, recipe) = (framework(), Recipe::published());
        let mut relative = recipe.clone();
        relative.normalise = Normalise::MinMax { lower: 1.0, upper: 100.0 };
        relative.aggregate = PerLevel::All(Aggregate::Geometric {});
        let old = matrix([[Some(2.0), Some(5.0), Some(7.0)], [Some(4.0), None, Some(9.0)]]);
        let new = matrix([[Some(4.0), Some(5.5), Some(9.0)], [Some(3.0), Some(1.0), Some(9.0)]]);
        let before = Side { framework: &framework, recipe: &recipe, matrix: &old };
        let after = Side { framework: &framework, recipe: &relative, matrix: &new };
        let changes = compare(before, after, change_of).unwrap();
        // b of B has no score before, all else has.
        assert_eq!(changes.len(), 8);
        for change in changes {
            let sum = change.new_data + change.revised_data + change.method + change.peers;
            assert!((sum - (change.after - change.before)).abs() < 1e-10, "{change:?}");
        }
    }
}
