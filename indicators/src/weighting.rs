//! Where weights come from. What they are used for is [`crate::aggregation`]'s matter.

use crate::finding::Finding;
use crate::framework::Framework;
use crate::matrix::Cell;
use crate::recipe::WeightRule;

/// The share of each child of a group, summing to 1.
pub(crate) fn shares_of(
    rule: &WeightRule,
    framework: &Framework,
    group: usize,
    columns: &[&[Cell]],
    _findings: &mut Vec<Finding>,
) -> Vec<f64> {
    let nodes = framework.nodes();
    let children = nodes[group].children().iter().map(|&child| &nodes[child]);
    let weights: Vec<f64> = match rule {
        WeightRule::Set { values } => {
            children.map(|child| values.get(child.code()).copied().unwrap_or(child.weight()).value()).collect()
        }
        WeightRule::Equal {} => vec![1.0; columns.len()],
        _ => children.map(|child| child.weight().value()).collect(),
    };
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}
