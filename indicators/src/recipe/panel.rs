//! Which rows of a panel a step looks at together. What the steps do with them is not said here.

use serde::{Deserialize, Serialize};

/// The rows a step looks at together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Span {
    /// Those of one period.
    EachPeriod,
    /// All.
    AllPeriods,
}

/// The span of the steps that can have either. Unless told otherwise outliers are looked for in each
/// period, as a value is odd among its contemporaries, and normalisation is over all periods, so
/// that years compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PanelSpans {
    /// Outlier treatment; each period unless given.
    #[serde(default = "each_period")]
    pub treat: Span,
    /// Normalisation; all periods unless given.
    #[serde(default = "all_periods")]
    pub normalise: Span,
}

impl PanelSpans {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
    pub(super) fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for PanelSpans {
    fn default() -> Self {
        Self { treat: each_period(), normalise: all_periods() }
    }
}

const fn each_period() -> Span {
    Span::EachPeriod
}

const fn all_periods() -> Span {
    Span::AllPeriods
}
