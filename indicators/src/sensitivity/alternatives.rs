//! Several recipes side by side on the same data: how the ranking depends on the method as a whole.

use std::collections::BTreeMap;

use serde::Serialize;

use super::removal::mean_rank_shift;
use crate::composite::{Composite, compute};
use crate::descriptive::correlation::{pairs, pearson, spearman};
use crate::error::ComputeError;
use crate::framework::Framework;
use crate::matrix::{Cell, ScoreMatrix};
use crate::recipe::Recipe;

/// The index by another recipe, beside the nominal one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alternative {
    /// The name its recipe was given.
    pub name: String,
    /// Index score of each area, in the order of the nominal result; missing where the other recipe
    /// screened the area out.
    pub scores: Vec<Option<f64>>,
    /// Rank of each area, likewise.
    pub ranks: Vec<Option<usize>>,
    /// Mean absolute change of rank against the nominal recipe.
    pub mean_rank_shift: Option<f64>,
    /// Pearson's correlation of the scores with those of the nominal recipe.
    pub score_correlation: Option<f64>,
    /// Spearman's.
    pub rank_correlation: Option<f64>,
    /// Findings of this computation, more than which are on the data.
    pub findings: usize,
}

/// Computes the index by each recipe and sets it beside a result.
///
/// # Errors
/// The name of the recipe that cannot be computed, and why.
///
/// # Source
/// R package `COINr` 1.1.14, `compare_coins_multi` and `compare_coins_corr`.
pub fn alternatives(
    framework: &Framework,
    matrix: &ScoreMatrix,
    nominal: &Composite,
    recipes: &BTreeMap<String, Recipe>,
) -> Result<Vec<Alternative>, (String, ComputeError)> {
    let root = nominal.framework().root();
    let (nominal_scores, nominal_ranks) = (nominal.scores_of(root), nominal.ranks_of(root));
    let rows = nominal.rows_in(matrix);
    recipes
        .iter()
        .map(|(name, recipe)| {
            let other = compute(framework, recipe, matrix).map_err(|error| (name.clone(), error))?;
            let mut at = vec![None; matrix.n_rows()];
            for (row, of_data) in other.rows_in(matrix).into_iter().enumerate() {
                at[of_data] = Some(row);
            }
            let of = |row: &usize| at[*row];
            let cells: Vec<Cell> =
                rows.iter().map(|row| of(row).map_or(Cell::MISSING, |row| other.scores_of(root)[row])).collect();
            let ranks: Vec<Option<usize>> = rows.iter().map(|row| other.rank_at(root, of(row)?)).collect();
            let both = pairs(nominal_scores, &cells);
            Ok(Alternative {
                name: name.clone(),
                scores: cells.iter().map(|cell| cell.value()).collect(),
                mean_rank_shift: mean_rank_shift(&nominal_ranks, &ranks),
                ranks,
                score_correlation: pearson(&both),
                rank_correlation: spearman(&both),
                findings: other.findings().len(),
            })
        })
        .collect()
}
