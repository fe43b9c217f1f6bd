//! Which correlations of an index are worth looking at: within groups, with the groups above, with
//! denominators. How a correlation is computed is [`crate::descriptive::correlation`]'s matter.

use serde::Serialize;

use crate::code::{IndicatorCode, NodeCode};
use crate::composite::Composite;
use crate::descriptive::consistency::{CorrelationFlag, flag_correlation};
use crate::descriptive::correlation::{CorrelationKind, kendall, p_value, pairs, pearson, spearman};
use crate::framework::Framework;
use crate::matrix::{Cell, ScoreMatrix};

/// How two nodes stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Children of one group.
    Siblings,
    /// The second is a group the first belongs to, directly or not.
    Ancestor,
}

/// The correlation of two nodes' scores.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CorrelationLine {
    /// The first.
    pub first: NodeCode,
    /// The second.
    pub second: NodeCode,
    /// How they stand to each other.
    pub relation: Relation,
    /// Rows in which both have a score.
    pub pairs: usize,
    /// Pearson's; missing with fewer than 2 pairs or a constant.
    pub pearson: Option<f64>,
    /// The probability of one as far from 0 where there is none.
    pub p_value: Option<f64>,
    /// Spearman's.
    pub spearman: Option<f64>,
    /// Kendall's τ-b.
    pub kendall: Option<f64>,
    /// What Pearson's suggests.
    pub flag: Option<CorrelationFlag>,
}

/// The correlation of an indicator's data with a denominator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DenominatorCorrelation {
    /// The indicator.
    pub indicator: IndicatorCode,
    /// The column of the denominator.
    pub denominator: IndicatorCode,
    /// Rows in which both have a value.
    pub pairs: usize,
    /// Pearson's: far from 0, the indicator may measure size.
    pub pearson: Option<f64>,
}

/// Of all children of each group with each other, and of every node with all groups above it.
pub(super) fn of_scores(composite: &Composite) -> Vec<CorrelationLine> {
    let nodes = composite.framework().nodes();
    let line = |first: usize, second: usize, relation: Relation| {
        let pairs = pairs(composite.scores_of(first), composite.scores_of(second));
        let pearson = pearson(&pairs);
        CorrelationLine {
            first: nodes[first].code().clone(),
            second: nodes[second].code().clone(),
            relation,
            pairs: pairs.len(),
            pearson,
            p_value: p_value(CorrelationKind::Pearson, &pairs),
            spearman: spearman(&pairs),
            kendall: kendall(&pairs),
            flag: pearson.map(flag_correlation),
        }
    };
    let mut lines = Vec::new();
    for group in nodes {
        for (at, &second) in group.children().iter().enumerate() {
            lines.extend(group.children()[..at].iter().map(|&first| line(first, second, Relation::Siblings)));
        }
    }
    for (node, about) in nodes.iter().enumerate() {
        let mut above = about.parent();
        while let Some(ancestor) = above {
            lines.push(line(node, ancestor, Relation::Ancestor));
            above = nodes[ancestor].parent();
        }
    }
    lines
}

/// Of every indicator with every column of the table that is no indicator.
pub(super) fn with_denominators(framework: &Framework, matrix: &ScoreMatrix) -> Vec<DenominatorCorrelation> {
    let is_indicator = |code: &IndicatorCode| framework.indicators().iter().any(|indicator| indicator.code == *code);
    let others: Vec<usize> =
        (0..matrix.n_columns()).filter(|&column| !is_indicator(&matrix.indicators()[column])).collect();
    let mut lines = Vec::new();
    for indicator in framework.indicators() {
        let Some(column) = matrix.column_of(indicator.code.as_str()) else { continue };
        let values: &[Cell] = matrix.column(column);
        for &other in &others {
            let pairs = pairs(values, matrix.column(other));
            lines.push(DenominatorCorrelation {
                indicator: indicator.code.clone(),
                denominator: matrix.indicators()[other].clone(),
                pairs: pairs.len(),
                pearson: pearson(&pairs),
            });
        }
    }
    lines
}
