//! What one node of a framework says about itself. Whether the nodes fit together is checked in
//! the parent module.

use serde::{Deserialize, Serialize};

use crate::code::{AreaCode, IndicatorCode, NodeCode};

/// Which way of an indicator is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Direction {
    /// More is better.
    HigherIsBetter,
    /// Less is better.
    LowerIsBetter,
}

impl Direction {
    /// `1` when higher is better, `−1` when lower is.
    #[must_use]
    pub const fn sign(self) -> f64 {
        match self {
            Self::HigherIsBetter => 1.0,
            Self::LowerIsBetter => -1.0,
        }
    }
}

/// How values are spaced between goalposts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum GoalpostScale {
    /// Evenly.
    #[default]
    Linear,
    /// By their natural logarithm, as income in the Human Development Index.
    Log,
}

/// Fixed lower and upper bound of an indicator, in its own unit, for normalising. Always
/// `low < high`, whichever way is better.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "GoalpostsSpec")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Goalposts {
    low: f64,
    high: f64,
    #[serde(default, skip_serializing_if = "GoalpostScale::is_linear")]
    scale: GoalpostScale,
}

/// Fixed lower and upper bound, `low < high`, in the indicator's own unit.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "GoalpostBounds"))]
struct GoalpostsSpec {
    /// Lower bound.
    low: f64,
    /// Upper bound.
    high: f64,
    /// How values between the bounds are spaced.
    #[serde(default)]
    scale: GoalpostScale,
}

impl GoalpostScale {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
    const fn is_linear(&self) -> bool {
        matches!(self, Self::Linear)
    }
}

/// Goalposts were refused.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GoalpostsError {
    /// The bounds are equal, swapped or not finite.
    #[error("goalposts from {low} to {high}; expected finite numbers, low below high")]
    Order {
        /// Lower bound found.
        low: f64,
        /// Upper bound found.
        high: f64,
    },
    /// A logarithmic scale needs positive bounds.
    #[error("logarithmic goalposts from {low} to {high}; expected positive numbers")]
    Log {
        /// Lower bound found.
        low: f64,
        /// Upper bound found.
        high: f64,
    },
}

impl Goalposts {
    /// Linear goalposts.
    ///
    /// # Errors
    /// Unless both are finite and `low < high`.
    pub fn new(low: f64, high: f64) -> Result<Self, GoalpostsError> {
        Self::scaled(low, high, GoalpostScale::Linear)
    }

    /// Goalposts on the scale given.
    ///
    /// # Errors
    /// Unless both are finite and `low < high`, and positive on a logarithmic scale.
    pub fn scaled(low: f64, high: f64, scale: GoalpostScale) -> Result<Self, GoalpostsError> {
        if !(low.is_finite() && high.is_finite() && low < high) {
            return Err(GoalpostsError::Order { low, high });
        }
        if scale == GoalpostScale::Log && low <= 0.0 {
            return Err(GoalpostsError::Log { low, high });
        }
        Ok(Self { low, high, scale })
    }

    /// Lower bound, in the indicator's unit.
    #[must_use]
    pub const fn low(self) -> f64 {
        self.low
    }

    /// Upper bound, in the indicator's unit.
    #[must_use]
    pub const fn high(self) -> f64 {
        self.high
    }

    /// How values between the bounds are spaced.
    #[must_use]
    pub const fn scale(self) -> GoalpostScale {
        self.scale
    }
}

impl TryFrom<GoalpostsSpec> for Goalposts {
    type Error = GoalpostsError;

    fn try_from(spec: GoalpostsSpec) -> Result<Self, GoalpostsError> {
        Self::scaled(spec.low, spec.high, spec.scale)
    }
}

/// A weight relative to its siblings: finite and not negative. Weights are scaled to sum to 1 where
/// they are used.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "f64"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Weight(f64);

/// A weight was refused.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("the weight {found}; expected a finite number, 0 or above")]
pub struct WeightError {
    /// The number given.
    pub found: f64,
}

impl Weight {
    /// The weight every node has unless told otherwise.
    pub const ONE: Self = Self(1.0);

    /// The number.
    #[must_use]
    pub const fn value(self) -> f64 {
        self.0
    }

    fn one() -> Self {
        Self::ONE
    }
}

impl TryFrom<f64> for Weight {
    type Error = WeightError;

    fn try_from(value: f64) -> Result<Self, WeightError> {
        if value.is_finite() && value >= 0.0 { Ok(Self(value)) } else { Err(WeightError { found: value }) }
    }
}

impl From<Weight> for f64 {
    fn from(weight: Weight) -> Self {
        weight.0
    }
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum NodeKind {
    /// A leaf with data.
    Indicator,
    /// An aggregate of its children.
    Group,
}

/// One node as it is written in JSON. Fields that only an indicator may have are refused on a
/// group when the framework is checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NodeSpec {
    /// The code, unique in the framework.
    pub code: NodeCode,
    /// The group it belongs to; none for the index itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<NodeCode>,
    /// Weight relative to its siblings, 1 unless given.
    #[serde(default = "Weight::one")]
    pub weight: Weight,
    /// Indicator or group.
    pub kind: NodeKind,
    /// Which way is better. Required for an indicator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Fixed bounds, in the indicator's own unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goalposts: Option<Goalposts>,
    /// The value to reach, in the indicator's own unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
    /// The area others are measured against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<AreaCode>,
    /// The column this indicator is divided by, when the recipe denominates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator: Option<IndicatorCode>,
}

impl NodeSpec {
    /// A group of weight 1.
    #[must_use]
    pub fn group(code: NodeCode, parent: Option<NodeCode>) -> Self {
        Self {
            code,
            parent,
            weight: Weight::ONE,
            kind: NodeKind::Group,
            direction: None,
            goalposts: None,
            target: None,
            reference: None,
            denominator: None,
        }
    }

    /// An indicator of weight 1.
    #[must_use]
    pub fn indicator(code: IndicatorCode, parent: NodeCode, direction: Direction) -> Self {
        Self { kind: NodeKind::Indicator, direction: Some(direction), ..Self::group(code.into(), Some(parent)) }
    }

    /// The same node with a weight.
    #[must_use]
    pub fn weighing(self, weight: Weight) -> Self {
        Self { weight, ..self }
    }

    /// The same node with goalposts.
    #[must_use]
    pub fn between(self, goalposts: Goalposts) -> Self {
        Self { goalposts: Some(goalposts), ..self }
    }
}
