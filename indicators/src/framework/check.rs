//! Checking a list of nodes into a tree, and everything that can be wrong with it.

use std::collections::BTreeMap;

use super::{Framework, IndicatorNode, Node, NodeKind, NodeSpec};
use crate::code::NodeCode;

/// A framework was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameworkError {
    /// There are no nodes at all.
    #[error("a framework without nodes")]
    Empty,
    /// The code is used by two nodes, perhaps with two parents.
    #[error("the code {code} comes twice (nodes {first} and {second}){}", two_parents(first_parent.as_ref(), second_parent.as_ref()))]
    CodeTwice {
        /// The code.
        code: NodeCode,
        /// First node, counted from 1.
        first: usize,
        /// Second node, counted from 1.
        second: usize,
        /// Parent of the first.
        first_parent: Option<NodeCode>,
        /// Parent of the second.
        second_parent: Option<NodeCode>,
    },
    /// The parent is no node.
    #[error("the parent {parent} of {code} is not in the framework")]
    UnknownParent {
        /// The node.
        code: NodeCode,
        /// The parent it names.
        parent: NodeCode,
    },
    /// An indicator cannot have children.
    #[error("{parent}, the parent of {code}, is an indicator; only a group has children")]
    ParentIsIndicator {
        /// The node.
        code: NodeCode,
        /// The parent it names.
        parent: NodeCode,
    },
    /// Going from parent to parent comes back to the node.
    #[error("a cycle: {}", path.iter().map(NodeCode::as_str).collect::<Vec<_>>().join(" → "))]
    Cycle {
        /// The codes passed, the first repeated at the end.
        path: Vec<NodeCode>,
    },
    /// An index has exactly one node without a parent.
    #[error("{} nodes without a parent ({}); expected one, the index", codes.len(), codes.iter().map(NodeCode::as_str).collect::<Vec<_>>().join(", "))]
    Roots {
        /// The nodes without a parent.
        codes: Vec<NodeCode>,
    },
    /// An indicator outside every group.
    #[error("the indicator {code} has no parent")]
    IndicatorWithoutParent {
        /// The indicator.
        code: NodeCode,
    },
    /// A group without indicators below it.
    #[error("the group {code} has no indicator below it")]
    GroupWithoutData {
        /// The group.
        code: NodeCode,
    },
    /// A field only an indicator may have.
    #[error("{field} on the group {code}; only an indicator has one")]
    FieldOnGroup {
        /// The group.
        code: NodeCode,
        /// The field.
        field: &'static str,
    },
    /// An indicator that does not say which way is better.
    #[error("the indicator {code} has no direction; expected higher_is_better or lower_is_better")]
    DirectionMissing {
        /// The indicator.
        code: NodeCode,
    },
    /// A target that is no number.
    #[error("the target of {code} is {found}; expected a finite number")]
    Target {
        /// The indicator.
        code: NodeCode,
        /// What was found.
        found: f64,
    },
    /// All children weigh nothing.
    #[error("the weights inside {code} sum to 0")]
    WeightsSumToZero {
        /// The group.
        code: NodeCode,
    },
}

fn two_parents(first: Option<&NodeCode>, second: Option<&NodeCode>) -> String {
    match (first, second) {
        (Some(first), Some(second)) if first != second => format!(": it has two parents, {first} and {second}"),
        _ => String::new(),
    }
}

pub(super) fn build(specs: Vec<NodeSpec>) -> Result<Framework, FrameworkError> {
    if specs.is_empty() {
        return Err(FrameworkError::Empty);
    }
    let position = positions(&specs)?;
    let parents = parents(&specs, &position)?;
    refuse_cycles(&specs, &parents)?;
    let root = only_root(&specs, &parents)?;
    let mut nodes: Vec<Node> = Vec::with_capacity(specs.len());
    let mut indicators = Vec::new();
    for (spec, parent) in specs.iter().zip(&parents) {
        let indicator = match spec.kind {
            NodeKind::Indicator => {
                indicators.push(indicator(spec)?);
                Some(indicators.len() - 1)
            }
            NodeKind::Group => {
                refuse_indicator_fields(spec)?;
                None
            }
        };
        nodes.push(Node {
            code: spec.code.clone(),
            parent: *parent,
            children: Vec::new(),
            weight: spec.weight,
            level: usize::from(indicator.is_some()),
            indicator,
        });
    }
    for (child, parent) in parents.iter().enumerate() {
        if let Some(parent) = parent {
            nodes[*parent].children.push(child);
        }
    }
    let groups_bottom_up = set_levels(&mut nodes)?;
    for &group in &groups_bottom_up {
        let sum: f64 = nodes[group].children.iter().map(|&child| nodes[child].weight.value()).sum();
        if sum <= 0.0 {
            return Err(FrameworkError::WeightsSumToZero { code: nodes[group].code.clone() });
        }
    }
    Ok(Framework { specs, nodes, indicators, position, groups_bottom_up, root })
}

fn positions(specs: &[NodeSpec]) -> Result<BTreeMap<NodeCode, usize>, FrameworkError> {
    let mut position: BTreeMap<NodeCode, usize> = BTreeMap::new();
    for (second, spec) in specs.iter().enumerate() {
        if let Some(first) = position.insert(spec.code.clone(), second) {
            return Err(FrameworkError::CodeTwice {
                code: spec.code.clone(),
                first: first + 1,
                second: second + 1,
                first_parent: specs[first].parent.clone(),
                second_parent: spec.parent.clone(),
            });
        }
    }
    Ok(position)
}

fn parents(specs: &[NodeSpec], position: &BTreeMap<NodeCode, usize>) -> Result<Vec<Option<usize>>, FrameworkError> {
    specs
        .iter()
        .map(|spec| {
            let Some(parent) = &spec.parent else { return Ok(None) };
            let Some(&at) = position.get(parent) else {
                return Err(FrameworkError::UnknownParent { code: spec.code.clone(), parent: parent.clone() });
            };
            if specs[at].kind == NodeKind::Indicator {
                return Err(FrameworkError::ParentIsIndicator { code: spec.code.clone(), parent: parent.clone() });
            }
            Ok(Some(at))
        })
        .collect()
}

fn refuse_cycles(specs: &[NodeSpec], parents: &[Option<usize>]) -> Result<(), FrameworkError> {
    // 0: not seen, 1: on the present path, 2: known to reach the root.
    let mut state = vec![0_u8; specs.len()];
    for start in 0..specs.len() {
        let mut path = Vec::new();
        let mut at = Some(start);
        while let Some(node) = at {
            if state[node] == 2 {
                break;
            }
            if state[node] == 1 {
                let from = path.iter().position(|&passed| passed == node).unwrap_or(0);
                let codes = path[from..].iter().chain([&node]).map(|&passed: &usize| specs[passed].code.clone());
                return Err(FrameworkError::Cycle { path: codes.collect() });
            }
            state[node] = 1;
            path.push(node);
            at = parents[node];
        }
        for node in path {
            state[node] = 2;
        }
    }
    Ok(())
}

fn only_root(specs: &[NodeSpec], parents: &[Option<usize>]) -> Result<usize, FrameworkError> {
    let roots: Vec<usize> = (0..specs.len()).filter(|&node| parents[node].is_none()).collect();
    if let Some(&lone) = roots.iter().find(|&&node| specs[node].kind == NodeKind::Indicator) {
        return Err(FrameworkError::IndicatorWithoutParent { code: specs[lone].code.clone() });
    }
    match roots.as_slice() {
        [root] => Ok(*root),
        _ => Err(FrameworkError::Roots { codes: roots.iter().map(|&node| specs[node].code.clone()).collect() }),
    }
}

fn indicator(spec: &NodeSpec) -> Result<IndicatorNode, FrameworkError> {
    let direction = spec.direction.ok_or_else(|| FrameworkError::DirectionMissing { code: spec.code.clone() })?;
    if let Some(found) = spec.target.filter(|target| !target.is_finite()) {
        return Err(FrameworkError::Target { code: spec.code.clone(), found });
    }
    Ok(IndicatorNode {
        code: spec.code.clone().into(),
        direction,
        goalposts: spec.goalposts,
        target: spec.target,
        reference: spec.reference.clone(),
        denominator: spec.denominator.clone(),
    })
}

fn refuse_indicator_fields(spec: &NodeSpec) -> Result<(), FrameworkError> {
    let found = [
        ("direction", spec.direction.is_some()),
        ("goalposts", spec.goalposts.is_some()),
        ("target", spec.target.is_some()),
        ("reference", spec.reference.is_some()),
        ("denominator", spec.denominator.is_some()),
    ];
    match found.into_iter().find(|(_, given)| *given) {
        Some((field, _)) => Err(FrameworkError::FieldOnGroup { code: spec.code.clone(), field }),
        None => Ok(()),
    }
}

/// Fills in the levels of the groups and returns the groups, children before parents.
fn set_levels(nodes: &mut [Node]) -> Result<Vec<usize>, FrameworkError> {
    let mut open: Vec<usize> = (0..nodes.len()).filter(|&node| nodes[node].indicator.is_none()).collect();
    let mut done = Vec::with_capacity(open.len());
    if let Some(&empty) = open.iter().find(|&&group| nodes[group].children.is_empty()) {
        return Err(FrameworkError::GroupWithoutData { code: nodes[empty].code.clone() });
    }
    while !open.is_empty() {
        open.retain(|&group| {
            let levels: Option<Vec<usize>> = nodes[group]
                .children
                .iter()
                .map(|&child| Some(nodes[child].level).filter(|level| *level > 0))
                .collect();
            let Some(highest) = levels.and_then(|levels| levels.into_iter().max()) else { return true };
            nodes[group].level = highest + 1;
            done.push(group);
            false
        });
    }
    done.sort_by_key(|&group| nodes[group].level);
    Ok(done)
}
