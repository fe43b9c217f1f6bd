//! From what is declared to the tree that is computed. Names, sources and reasons stay behind.

use crate::code::{CodeError, NodeCode};
use crate::definition::{FrameworkDefinition, Panel};
use crate::framework::{Framework, FrameworkError, Goalposts, GoalpostsError, NodeSpec, Weight, WeightError};

/// Code of the root of every declared framework.
pub const INDEX: &str = "index";

/// A declared framework makes no tree.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TreeError {
    /// The nodes do not fit together.
    #[error(transparent)]
    Framework(#[from] FrameworkError),
    /// Goalposts were refused.
    #[error(transparent)]
    Goalposts(#[from] GoalpostsError),
    /// A weight was refused.
    #[error(transparent)]
    Weight(#[from] WeightError),
    /// A criterion's or indicator's code is no code of a node.
    #[error(transparent)]
    Code(#[from] CodeError),
}

impl FrameworkDefinition {
    /// The tree of one panel: index, criteria, indicators.
    ///
    /// A criterion without an indicator in the panel is left out of the tree, since nothing could
    /// be aggregated into it; its weight counts as missing in the coverage of the index.
    ///
    /// # Errors
    /// [`TreeError`] when the declared nodes do not fit together; never after [`FrameworkDefinition::check`]
    /// unless a code stands for both a criterion and an indicator, or all weights of a group are 0.
    pub fn framework(&self, panel: Panel) -> Result<Framework, TreeError> {
        let index: NodeCode = INDEX.parse()?;
        let mut nodes = vec![NodeSpec::group(index.clone(), None)];
        for criterion in &self.criteria {
            if self.indicators_of(panel).any(|indicator| indicator.criterion == criterion.code) {
                let code: NodeCode = criterion.code.as_str().parse()?;
                nodes.push(NodeSpec::group(code, Some(index.clone())).weighing(Weight::try_from(criterion.weight)?));
            }
        }
        for indicator in self.indicators_of(panel) {
            let parent: NodeCode = indicator.criterion.as_str().parse()?;
            nodes.push(
                NodeSpec::indicator(indicator.code.clone(), parent, indicator.direction)
                    .weighing(Weight::try_from(indicator.weight)?)
                    .between(Goalposts::new(indicator.goalposts.low, indicator.goalposts.high)?),
            );
        }
        Ok(Framework::new(nodes)?)
    }
}
