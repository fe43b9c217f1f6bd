//! A result as it is handed to a caller: plain tables by code.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Composite;
use crate::code::{AreaCode, NodeCode};
use crate::finding::Finding;
use crate::observation::TimePeriod;

/// Scores and ranks of one area.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AreaReport {
    /// The area.
    pub code: AreaCode,
    /// The period, in a panel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<TimePeriod>,
    /// Score of every node; `null` when missing.
    pub scores: BTreeMap<NodeCode, Option<f64>>,
    /// Rank of every node, 1 the best; `null` when missing.
    pub ranks: BTreeMap<NodeCode, Option<usize>>,
}

/// What `compute` answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ComputeReport {
    /// The areas that stayed, in the order of the data.
    pub areas: Vec<AreaReport>,
    /// Share of the index each node stands for when nothing is missing.
    pub effective_weights: BTreeMap<NodeCode, f64>,
    /// What the computation noticed.
    pub findings: Vec<Finding>,
}

impl From<&Composite> for ComputeReport {
    fn from(composite: &Composite) -> Self {
        let nodes = composite.framework.nodes();
        let code = |node: usize| nodes[node].code().clone();
        let areas = (0..composite.areas().len()).map(|row| AreaReport {
            code: composite.areas()[row].clone(),
            period: composite.periods().map(|periods| periods[row]),
            scores: (0..nodes.len()).map(|node| (code(node), composite.scores_of(node)[row].value())).collect(),
            ranks: (0..nodes.len()).map(|node| (code(node), composite.rank_at(node, row))).collect(),
        });
        Self {
            areas: areas.collect(),
            effective_weights: composite.effective_weights(),
            findings: composite.findings.clone(),
        }
    }
}
