//! Why an area has its score: value → treated → normalised → weight → contribution.

use serde::Serialize;

use super::Composite;
use crate::code::{AreaCode, IndicatorCode, NodeCode};
use crate::observation::TimePeriod;

/// How a group's contribution is split among its children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SplitRule {
    /// Arithmetic means: each child contributes its effective weight times its score.
    Additive,
    /// Every other method: the contribution of the group is shared in proportion to weight times
    /// score of its children, or to weight alone when these sum to zero.
    Proportional,
}

/// One indicator's part in an area's score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndicatorLine {
    /// The indicator.
    pub indicator: IndicatorCode,
    /// The group it belongs to.
    pub parent: Option<NodeCode>,
    /// The value, in its own unit.
    pub value: Option<f64>,
    /// Whether the value was filled by imputation.
    pub imputed: bool,
    /// The value after outlier treatment.
    pub treated: Option<f64>,
    /// The normalised score.
    pub normalised: Option<f64>,
    /// Share of the parent when nothing is missing.
    pub weight: f64,
    /// Share of the index in this area: weights of missing siblings passed on.
    pub effective_weight: f64,
    /// Part of the index score; all parts sum to it.
    pub contribution: Option<f64>,
}

/// One group's part in an area's score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupLine {
    /// The group.
    pub group: NodeCode,
    /// The group above.
    pub parent: Option<NodeCode>,
    /// Its score.
    pub score: Option<f64>,
    /// Its rank, 1 the best.
    pub rank: Option<usize>,
    /// Share of the parent when nothing is missing.
    pub weight: f64,
    /// Share of the index in this area.
    pub effective_weight: f64,
    /// Part of the index score; the parts of one level sum to it.
    pub contribution: Option<f64>,
    /// How the contribution is split among the children.
    pub split: SplitRule,
}

/// The whole way from values to the index score of one area.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The area.
    pub area: AreaCode,
    /// The period, in a panel.
    pub period: Option<TimePeriod>,
    /// The index score.
    pub score: Option<f64>,
    /// The rank, 1 the best.
    pub rank: Option<usize>,
    /// The indicators, in the framework's order.
    pub indicators: Vec<IndicatorLine>,
    /// The groups, the index first.
    pub groups: Vec<GroupLine>,
}

impl Composite {
    /// Explains the index score of an area (in its first period).
    #[must_use]
    pub fn explain(&self, area: &str) -> Option<Explanation> {
        Some(self.explain_row(self.raw.row_of(area)?))
    }

    /// Explains the index score of a row.
    ///
    /// Contributions sum to the score. In an arithmetic mean a child's contribution is its
    /// effective weight times its score; in every other method the group's contribution is shared
    /// in proportion to weight × score of its children ([`SplitRule::Proportional`]).
    ///
    /// # Panics
    /// When the row does not exist.
    #[must_use]
    pub fn explain_row(&self, row: usize) -> Explanation {
        let nodes = self.framework.nodes();
        let score = |node: usize| self.scores_of(node)[row].value();
        let mut contribution: Vec<Option<f64>> = vec![None; nodes.len()];
        let mut effective = vec![0.0; nodes.len()];
        let root = self.framework.root();
        contribution[root] = score(root);
        effective[root] = if contribution[root].is_some() { 1.0 } else { 0.0 };
        // Whether contribution is effective weight times score all the way from the index.
        let mut additive = vec![false; nodes.len()];
        additive[root] = self.additive[root];
        for &group in self.framework.groups_bottom_up().iter().rev() {
            let Some(mine) = contribution[group] else { continue };
            let present: Vec<(usize, f64, f64)> = nodes[group]
                .children()
                .iter()
                .filter_map(|&child| Some((child, self.shares[child], score(child)?)))
                .collect();
            let weights: f64 = present.iter().map(|(_, weight, _)| weight).sum();
            let products: f64 = present.iter().map(|(_, weight, score)| weight * score).sum();
            for &(child, weight, score) in &present {
                let share = if weights > 0.0 { weight / weights } else { 0.0 };
                effective[child] = effective[group] * share;
                contribution[child] = Some(if additive[group] {
                    effective[child] * score
                } else if products.abs() > f64::MIN_POSITIVE {
                    mine * (weight * score / products)
                } else {
                    mine * share
                });
                additive[child] = additive[group] && self.additive[child];
            }
        }
        let parent_code = |node: usize| nodes[node].parent().map(|parent| nodes[parent].code().clone());
        let mut lines = Vec::new();
        for (node, about) in nodes.iter().enumerate() {
            let Some(indicator) = about.indicator() else { continue };
            lines.push(IndicatorLine {
                indicator: self.framework.indicators()[indicator].code.clone(),
                parent: parent_code(node),
                value: self.raw.value(row, indicator),
                imputed: self.is_imputed(row, indicator),
                treated: self.treated.value(row, indicator),
                normalised: self.normalised.value(row, indicator),
                weight: self.shares[node],
                effective_weight: effective[node],
                contribution: contribution[node],
            });
        }
        let groups = self.framework.groups_bottom_up().iter().rev().map(|&node| GroupLine {
            group: nodes[node].code().clone(),
            parent: parent_code(node),
            score: score(node),
            rank: self.rank_at(node, row),
            weight: self.shares[node],
            effective_weight: effective[node],
            contribution: contribution[node],
            split: if self.additive[node] { SplitRule::Additive } else { SplitRule::Proportional },
        });
        Explanation {
            area: self.raw.areas()[row].clone(),
            period: self.raw.periods().map(|periods| periods[row]),
            score: score(root),
            rank: self.rank_at(root, row),
            indicators: lines,
            groups: groups.collect(),
        }
    }
}
