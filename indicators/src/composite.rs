//! The whole computation: [`compute`] runs the steps of a recipe in order and returns a
//! [`Composite`].
//!
//! ```text
//! denominate → screen → impute → treat → normalise → weight → aggregate → rank
//! ```
//!
//! Each step is defined in its own module; here they are joined, and every intermediate table is
//! kept so that a score can be explained.

mod explanation;
mod report;
mod run;

pub use explanation::{Explanation, GroupLine, IndicatorLine, SplitRule};
pub use report::{AreaReport, ComputeReport};
pub(crate) use run::{Aggregation, Run, aggregate_all};

use std::collections::BTreeMap;

use crate::code::{AreaCode, NodeCode};
use crate::error::ComputeError;
use crate::finding::Finding;
use crate::framework::Framework;
use crate::matrix::{Cell, ScoreMatrix};
use crate::observation::TimePeriod;
use crate::plan::Plan;
use crate::ranking::ranks_within;
use crate::recipe::Recipe;
use crate::treatment::TreatmentDetail;

/// The result of a recipe on a framework and a table: every stage, every score, every rank.
#[derive(Debug, Clone, PartialEq)]
pub struct Composite {
    framework: Framework,
    raw: ScoreMatrix,
    treated: ScoreMatrix,
    normalised: ScoreMatrix,
    imputed: Vec<bool>,
    treatments: Vec<TreatmentDetail>,
    /// Share of each node's parent, by position of the node.
    shares: Vec<f64>,
    additive: Vec<bool>,
    /// One column per node.
    scores: Vec<Cell>,
    ranks: Vec<run::Rank>,
    findings: Vec<Finding>,
}

/// Computes scores and ranks.
///
/// The table needs a column for every indicator of the framework and for every denominator used;
/// other columns are ignored. The rows of a panel are ranked within their period; steps that look
/// at the data (mean, range, outliers) look at all rows unless their documentation says otherwise.
///
/// ```
/// use indicators::composite::compute;
/// use indicators::framework::Framework;
/// use indicators::matrix::ScoreMatrix;
/// use indicators::recipe::Recipe;
///
/// let framework: Framework = serde_json::from_str(
///     r#"{"nodes":[{"code":"index","kind":"group"},
///         {"code":"net","parent":"index","kind":"indicator","direction":"higher_is_better",
///          "goalposts":{"low":0,"high":100}},
///         {"code":"gap","parent":"index","kind":"indicator","direction":"lower_is_better",
///          "goalposts":{"low":0,"high":50}}]}"#,
/// )?;
/// let matrix = ScoreMatrix::from_columns(
///     vec!["KZ-10".parse()?, "KZ-11".parse()?],
///     vec!["net".parse()?, "gap".parse()?],
///     &[Some(80.0), Some(60.0), Some(10.0), None],
/// )?;
/// let composite = compute(&framework, &Recipe::published(), &matrix)?;
/// assert_eq!(composite.score("index", "KZ-10"), Some(80.0)); // (80 + 80) / 2
/// assert_eq!(composite.score("index", "KZ-11"), Some(60.0)); // the gap is missing, not zero
/// assert_eq!(composite.rank("index", "KZ-10"), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When the recipe does not fit the framework, the table lacks a column, or a value is refused:
/// see [`ComputeError`].
pub fn compute(framework: &Framework, recipe: &Recipe, matrix: &ScoreMatrix) -> Result<Composite, ComputeError> {
    Plan::new(framework, recipe)?.compute(matrix)
}

impl Composite {
    /// The framework computed.
    #[must_use]
    pub fn framework(&self) -> &Framework {
        &self.framework
    }

    /// The areas that stayed, one per row.
    #[must_use]
    pub fn areas(&self) -> &[AreaCode] {
        self.raw.areas()
    }

    /// The period of each row, in a panel.
    #[must_use]
    pub fn periods(&self) -> Option<&[TimePeriod]> {
        self.raw.periods()
    }

    /// Values before treatment: denominated, screened and filled, one column per indicator of the
    /// framework.
    #[must_use]
    pub fn values(&self) -> &ScoreMatrix {
        &self.raw
    }

    /// Values after treatment.
    #[must_use]
    pub fn treated(&self) -> &ScoreMatrix {
        &self.treated
    }

    /// Normalised scores of the indicators.
    #[must_use]
    pub fn normalised(&self) -> &ScoreMatrix {
        &self.normalised
    }

    /// For each row its row in the table the result was computed from.
    pub(crate) fn rows_in(&self, matrix: &ScoreMatrix) -> Vec<usize> {
        self.raw.rows_in(matrix)
    }

    /// Whether the cell of an indicator (its position in the framework) was filled by imputation.
    #[must_use]
    pub fn is_imputed(&self, row: usize, indicator: usize) -> bool {
        self.imputed.get(indicator * self.raw.n_rows() + row).copied().unwrap_or(false)
    }

    /// What outlier treatment did, one entry per indicator, or one per indicator and period where a
    /// panel is treated period by period; empty when the recipe treats nothing.
    #[must_use]
    pub fn treatments(&self) -> &[TreatmentDetail] {
        &self.treatments
    }

    /// The scores of a node (its position in the framework), one per row.
    #[must_use]
    pub fn scores_of(&self, node: usize) -> &[Cell] {
        let n_rows = self.raw.n_rows();
        &self.scores[node * n_rows..(node + 1) * n_rows]
    }

    /// The ranks of a node (its position in the framework), one per row, 1 the best.
    #[must_use]
    pub fn ranks_of(&self, node: usize) -> Vec<Option<usize>> {
        (0..self.raw.n_rows()).map(|row| self.rank_at(node, row)).collect()
    }

    /// The rank of a row for a node (its position in the framework), 1 the best.
    #[must_use]
    pub fn rank_at(&self, node: usize, row: usize) -> Option<usize> {
        let rank = self.ranks[node * self.raw.n_rows() + row]?;
        usize::try_from(rank.get()).ok()
    }

    /// The score of an area (in its first period) for a node.
    #[must_use]
    pub fn score(&self, node: &str, area: &str) -> Option<f64> {
        self.scores_of(self.framework.position(node)?)[self.raw.row_of(area)?].value()
    }

    /// The rank of an area (in its first period) for a node.
    #[must_use]
    pub fn rank(&self, node: &str, area: &str) -> Option<usize> {
        self.rank_at(self.framework.position(node)?, self.raw.row_of(area)?)
    }

    /// Ranks of a node among the rows that share a label of a grouping of the table.
    #[must_use]
    pub fn group_ranks(&self, node: &str, grouping: &str) -> Option<Vec<Option<usize>>> {
        Some(ranks_within(self.scores_of(self.framework.position(node)?), self.raw.grouping(grouping)?))
    }

    /// The share each node has of its parent's weight when nothing is missing; 1 for the index.
    #[must_use]
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// The share of the index each node stands for when nothing is missing: the product of the
    /// shares on the way down.
    #[must_use]
    pub fn effective_weights(&self) -> BTreeMap<NodeCode, f64> {
        let nodes = self.framework.nodes();
        (0..nodes.len())
            .map(|position| {
                let mut weight = 1.0;
                let mut at = Some(position);
                while let Some(node) = at {
                    weight *= self.shares[node];
                    at = nodes[node].parent();
                }
                (nodes[position].code().clone(), weight)
            })
            .collect()
    }

    /// What the computation noticed.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

#[cfg(test)]
mod tests;
