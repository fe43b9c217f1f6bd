//! Groups whose weights are optimised together, because their children are to correlate with one
//! group above them all. How that is done is [`crate::weighting`]'s matter.

use super::{GroupPlan, Plan};
use crate::code::NodeCode;
use crate::error::RecipeError;
use crate::recipe::WeightRule;
use crate::weighting::fixed_shares;

impl Plan<'_> {
    /// The groups optimised together with one, each with its effective weight in the group they correlate
    /// with; empty when the group's weights are found alone.
    pub(crate) fn family(&self, group: &GroupPlan<'_>) -> Vec<(usize, f64)> {
        let nodes = self.framework.nodes();
        let Some(target) = self.target(group) else { return Vec::new() };
        let level = nodes[group.node].level();
        self.groups
            .iter()
            .filter(|other| nodes[other.node].level() == level && self.target(other) == Some(target))
            .filter_map(|other| Some((other.node, self.weight_in(other.node, target)?)))
            .collect()
    }

    /// The group above that the children of a group are to correlate with, when it is another one.
    fn target<'g>(&self, group: &GroupPlan<'g>) -> Option<&'g NodeCode> {
        match group.weights {
            WeightRule::Optimised { correlate_with, .. } => {
                correlate_with.as_ref().filter(|code| *code != self.framework.nodes()[group.node].code())
            }
            _ => None,
        }
    }

    /// The product of shares on the way from a group up to another one, where all of them are fixed.
    fn weight_in(&self, group: usize, target: &NodeCode) -> Option<f64> {
        let nodes = self.framework.nodes();
        let (mut at, mut weight) = (group, 1.0);
        while nodes[at].code() != target {
            let parent = nodes[at].parent()?;
            let rule = self.groups.iter().find(|plan| plan.node == parent)?.weights;
            let place = nodes[parent].children().iter().position(|&child| child == at)?;
            weight *= fixed_shares(rule, self.framework, parent)?.get(place)?;
            at = parent;
        }
        Some(weight)
    }

    /// Refuses a group to correlate with that is not above, or that is reached by weights not fixed.
    pub(super) fn check_family(&self, group: &GroupPlan<'_>) -> Result<(), RecipeError> {
        let nodes = self.framework.nodes();
        let Some(target) = self.target(group) else { return Ok(()) };
        let mut at = group.node;
        while nodes[at].code() != target {
            let Some(parent) = nodes[at].parent() else {
                let (code, group) = (target.clone(), nodes[group.node].code().clone());
                return Err(RecipeError::NotAbove { code, group });
            };
            at = parent;
        }
        match self.weight_in(group.node, target) {
            Some(_) => Ok(()),
            None => Err(RecipeError::WeightsAbove { code: target.clone(), group: nodes[group.node].code().clone() }),
        }
    }
}
