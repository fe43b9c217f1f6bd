//! The tree of an index: [`Framework`], checked when it is built.
//!
//! Indicators are the leaves, groups (criteria, sub-indices, the index) the rest, to any depth.
//! Levels are counted from the bottom as in `COINr`: indicators are level 1, a group is one above
//! its highest child. Which method each level uses belongs to [`crate::recipe`]; names, sources and
//! units belong to the definition.

mod check;
mod node;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use check::FrameworkError;
pub use node::{Direction, GoalpostScale, Goalposts, GoalpostsError, NodeKind, NodeSpec, Weight, WeightError};

use crate::code::{AreaCode, IndicatorCode, NodeCode};

/// An index tree as it is written in JSON: `{"nodes":[…]}`. Checked into a [`Framework`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FrameworkSpec {
    /// The nodes, in any order.
    pub nodes: Vec<NodeSpec>,
}

/// An indicator of a checked framework.
#[derive(Debug, Clone, PartialEq)]
pub struct IndicatorNode {
    /// Its code.
    pub code: IndicatorCode,
    /// Which way is better.
    pub direction: Direction,
    /// Fixed bounds in the indicator's own unit.
    pub goalposts: Option<Goalposts>,
    /// The value to reach, in the indicator's own unit.
    pub target: Option<f64>,
    /// The area others are measured against.
    pub reference: Option<AreaCode>,
    /// The column this indicator is divided by.
    pub denominator: Option<IndicatorCode>,
}

/// A node of a checked framework.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub(crate) code: NodeCode,
    pub(crate) parent: Option<usize>,
    pub(crate) children: Vec<usize>,
    pub(crate) weight: Weight,
    pub(crate) level: usize,
    pub(crate) indicator: Option<usize>,
}

impl Node {
    /// The node's code.
    #[must_use]
    pub fn code(&self) -> &NodeCode {
        &self.code
    }

    /// The weight relative to its siblings, as given.
    #[must_use]
    pub fn weight(&self) -> Weight {
        self.weight
    }

    /// 1 for indicators, one above the highest child for groups.
    #[must_use]
    pub fn level(&self) -> usize {
        self.level
    }

    /// Position of the parent among [`Framework::nodes`]; `None` for the index.
    #[must_use]
    pub fn parent(&self) -> Option<usize> {
        self.parent
    }

    /// Positions of the children among [`Framework::nodes`].
    #[must_use]
    pub fn children(&self) -> &[usize] {
        &self.children
    }

    /// Position among [`Framework::indicators`]; `None` for a group.
    #[must_use]
    pub fn indicator(&self) -> Option<usize> {
        self.indicator
    }
}

/// A checked index tree: one root, no cycle, every group holds indicators, every weight sum is
/// positive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "FrameworkSpec", into = "FrameworkSpec")]
pub struct Framework {
    specs: Vec<NodeSpec>,
    nodes: Vec<Node>,
    indicators: Vec<IndicatorNode>,
    position: BTreeMap<NodeCode, usize>,
    groups_bottom_up: Vec<usize>,
    root: usize,
}

impl Framework {
    /// Checks a list of nodes into a tree.
    ///
    /// # Errors
    /// The first fault found, with the codes concerned: see [`FrameworkError`].
    pub fn new(specs: Vec<NodeSpec>) -> Result<Self, FrameworkError> {
        check::build(specs)
    }

    /// All nodes, in the order they were given.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The indicators, in the order they were given.
    #[must_use]
    pub fn indicators(&self) -> &[IndicatorNode] {
        &self.indicators
    }

    /// Position of a node among [`Framework::nodes`].
    #[must_use]
    pub fn position(&self, code: &str) -> Option<usize> {
        self.position.get(code).copied()
    }

    /// Position of the index, the root of the tree.
    #[must_use]
    pub fn root(&self) -> usize {
        self.root
    }

    /// Level of the root.
    #[must_use]
    pub fn n_levels(&self) -> usize {
        self.nodes[self.root].level
    }

    /// Positions of the groups, children always before parents.
    #[must_use]
    pub fn groups_bottom_up(&self) -> &[usize] {
        &self.groups_bottom_up
    }

    /// The indicators below a node, as positions among [`Framework::indicators`]; the indicator
    /// itself for a leaf.
    #[must_use]
    pub fn indicators_below(&self, node: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            match self.nodes[node].indicator {
                Some(indicator) => found.push(indicator),
                None => open.extend(&self.nodes[node].children),
            }
        }
        found.sort_unstable();
        found
    }

    /// The nodes as they were given.
    #[must_use]
    pub fn specs(&self) -> &[NodeSpec] {
        &self.specs
    }

    /// The same tree without the nodes named and everything below them. Groups left empty go too.
    ///
    /// # Errors
    /// When nothing is left, or the weights left in a group sum to zero.
    pub fn without(&self, removed: &[&str]) -> Result<Self, FrameworkError> {
        let mut kept: Vec<bool> = vec![true; self.nodes.len()];
        for (position, node) in self.nodes.iter().enumerate() {
            let mut at = Some(position);
            while let Some(ancestor) = at {
                if removed.contains(&self.nodes[ancestor].code.as_str()) {
                    kept[position] = false;
                }
                at = self.nodes[ancestor].parent;
            }
            if node.indicator.is_none() && kept[position] {
                kept[position] = self.indicators_below(position).iter().any(|&indicator| {
                    let mut at = self.position(self.indicators[indicator].code.as_str());
                    let mut stays = true;
                    while let Some(ancestor) = at {
                        stays &= !removed.contains(&self.nodes[ancestor].code.as_str());
                        at = self.nodes[ancestor].parent;
                    }
                    stays
                });
            }
        }
        Self::new(self.specs.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(spec, _)| spec.clone()).collect())
    }
}

impl TryFrom<FrameworkSpec> for Framework {
    type Error = FrameworkError;

    fn try_from(spec: FrameworkSpec) -> Result<Self, FrameworkError> {
        Self::new(spec.nodes)
    }
}

impl From<Framework> for FrameworkSpec {
    fn from(framework: Framework) -> Self {
        Self { nodes: framework.specs }
    }
}

#[cfg(test)]
mod tests;
