//! How values become scores and scores an index: normalising, weighing, aggregating.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::code::{AreaCode, NodeCode};
use crate::framework::Weight;
use crate::observation::TimePeriod;

/// What happens to a value outside the goalposts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Outside {
    /// It scores as the nearest goalpost.
    #[default]
    Clip,
    /// It scores below the lower or above the upper end, as in the EU's DESI.
    Allow,
    /// The computation is refused.
    Refuse,
}

/// Which rank equal values share, where ranks are the scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Ties {
    /// The least of their ranks: 1, 1, 3.
    #[default]
    Min,
    /// The greatest of their ranks: 2, 2, 3.
    Max,
    /// The mean of their ranks: 1.5, 1.5, 3.
    Mean,
    /// The least, and the next value follows without a gap: 1, 1, 2.
    Dense,
}

impl Ties {
    /// Whether this is what holds unless given.
    #[must_use]
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    fn is_min(&self) -> bool {
        *self == Self::Min
    }
}

/// How values become comparable. `lower` and `upper` are the ends of the output range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Normalise {
    /// Values times their direction.
    None {},
    /// From the lowest to the highest value found.
    MinMax {
        /// Score of the worst value.
        #[serde(default = "zero")]
        lower: f64,
        /// Score of the best value.
        #[serde(default = "hundred")]
        upper: f64,
    },
    /// Standard scores.
    ZScore {
        /// Mean of the scores.
        #[serde(default = "zero")]
        mean: f64,
        /// Standard deviation of the scores.
        #[serde(default = "one")]
        standard_deviation: f64,
    },
    /// Rank from the worst.
    Rank {
        /// Which rank equal values share.
        #[serde(default, skip_serializing_if = "Ties::is_min")]
        ties: Ties,
        /// Score of rank 1; ranks themselves unless both ends are given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lower: Option<f64>,
        /// Score of the highest rank possible.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        upper: Option<f64>,
    },
    /// Rank from the worst minus one.
    Borda {
        /// Which rank equal values share.
        #[serde(default, skip_serializing_if = "Ties::is_min")]
        ties: Ties,
        /// Score of 0 points; points themselves unless both ends are given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lower: Option<f64>,
        /// Score of the most points possible.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        upper: Option<f64>,
    },
    /// Rank from the worst, minus one, over the number of values minus one.
    PercentileRank {
        /// Which rank equal values share.
        #[serde(default, skip_serializing_if = "Ties::is_min")]
        ties: Ties,
        /// Score of the lowest rank.
        #[serde(default = "zero")]
        lower: f64,
        /// Score of the highest rank possible.
        #[serde(default = "one")]
        upper: f64,
    },
    /// One minus the distance to the best value, in ranges.
    DistanceToMax {
        /// Score of the worst value.
        #[serde(default = "zero")]
        lower: f64,
        /// Score of the best value.
        #[serde(default = "one")]
        upper: f64,
    },
    /// One minus the distance to a reference area, in distances from the worst value to it.
    DistanceToReference {
        /// The reference; the area each indicator names in the framework unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        area: Option<AreaCode>,
        /// In a panel normalised over all periods, the period of the reference; its first unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        period: Option<TimePeriod>,
        /// Whether an area better than the reference scores above it (`allow`) or as it (`clip`).
        #[serde(default = "allow")]
        above: Outside,
        /// Score of the worst value.
        #[serde(default = "zero")]
        lower: f64,
        /// Score of the reference.
        #[serde(default = "one")]
        upper: f64,
    },
    /// Progress from the worst value to the target of the framework.
    DistanceToTarget {
        /// Whether a value beyond the target scores above it (`allow`) or as it (`clip`).
        #[serde(default = "allow")]
        above: Outside,
        /// Score of the worst value.
        #[serde(default = "zero")]
        lower: f64,
        /// Score of the target.
        #[serde(default = "one")]
        upper: f64,
    },
    /// The value over the highest; the lowest over the value when lower is better.
    FractionOfMax {
        /// Score of nothing.
        #[serde(default = "zero")]
        lower: f64,
        /// Score of the best value.
        #[serde(default = "one")]
        upper: f64,
    },
    /// Between the goalposts of the framework, values outside beyond the range.
    Scaled {
        /// Score of the worse goalpost.
        #[serde(default = "zero")]
        lower: f64,
        /// Score of the better goalpost.
        #[serde(default = "hundred")]
        upper: f64,
    },
    /// Between the goalposts of the framework.
    Goalposts {
        /// Score of the worse goalpost.
        #[serde(default = "zero")]
        lower: f64,
        /// Score of the better goalpost.
        #[serde(default = "hundred")]
        upper: f64,
        /// What happens to a value outside.
        #[serde(default)]
        outside: Outside,
    },
}

/// Where the weights of a group's children come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum WeightRule {
    /// The framework's.
    Given {},
    /// All the same.
    Equal {},
    /// Those listed; the framework's for nodes not listed.
    Set {
        /// Weights by node.
        values: BTreeMap<NodeCode, Weight>,
    },
    /// Squared loadings of the first principal component.
    Pca {},
    /// Spread times conflict with the other children (CRITIC).
    Critic {},
    /// One minus the entropy of the shares.
    Entropy {},
    /// The Gini index of the scores.
    Gini {},
    /// Weights, none negative, under which every child correlates with the group as wanted.
    Optimised {
        /// A group above to correlate with instead, such as the index: the weights of all groups of the
        /// level that name it are found together.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        correlate_with: Option<NodeCode>,
        /// Wanted correlations relative to each other; all the same for children not listed.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        importance: BTreeMap<NodeCode, Weight>,
        /// At most so many rounds.
        #[serde(default = "optimiser_rounds")]
        max_iterations: usize,
        /// Converged when no share of correlation is farther from what is wanted.
        #[serde(default = "optimiser_tolerance")]
        tolerance: f64,
    },
}

/// Which sign the Mazziotta–Pareto penalty has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Penalty {
    /// Unbalanced scores lower the result: for indices where more is better.
    #[default]
    Subtract,
    /// Unbalanced scores raise the result: for indices of a bad thing.
    Add,
}

/// Which standard deviation the Mazziotta–Pareto index uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Quantity {
    /// Of the population (divided by n), as its authors do.
    #[default]
    Population,
    /// Of a sample (divided by n − 1).
    Sample,
}

/// What the value 100 of the adjusted Mazziotta–Pareto index stands for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AmpiReference {
    /// The mean of the areas.
    #[default]
    Mean,
    /// One area, such as the whole country; in a panel its first period.
    Area(AreaCode),
    /// The mean of the areas of one period of a panel, the base year.
    MeanIn(TimePeriod),
    /// One area in one period of a panel.
    AreaIn {
        /// The area.
        area: AreaCode,
        /// The base year.
        period: TimePeriod,
    },
}

/// The least and greatest share one child may have in a benefit-of-the-doubt score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShareLimits {
    /// At least this share, 0 to 1.
    pub lower: f64,
    /// At most this share, 0 to 1.
    pub upper: f64,
}

/// How children become their parent's score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Aggregate {
    /// Weighted arithmetic mean.
    Arithmetic {},
    /// Weighted geometric mean.
    Geometric {},
    /// Weighted harmonic mean.
    Harmonic {},
    /// Weighted power mean.
    Generalised {
        /// The exponent; not 0.
        power: f64,
    },
    /// Copeland score: areas outranked minus areas outranked by.
    Copeland {},
    /// Mazziotta–Pareto index.
    MazziottaPareto {
        /// Sign of the penalty.
        #[serde(default)]
        penalty: Penalty,
        /// Which standard deviation.
        #[serde(default)]
        deviation: Quantity,
    },
    /// Adjusted Mazziotta–Pareto index.
    AdjustedMazziottaPareto {
        /// Sign of the penalty.
        #[serde(default)]
        penalty: Penalty,
        /// What 100 stands for.
        #[serde(default)]
        reference: AmpiReference,
    },
    /// Benefit of the doubt: each area weighed to its own advantage.
    BenefitOfTheDoubt {
        /// Limits on the share of each child.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        share_limits: Option<ShareLimits>,
    },
    /// One less the Wrocław distance to the ideal area, so that more is better.
    Wroclaw {},
    /// Mean minus a penalty for unbalanced standard scores.
    MeanMin {
        /// How much of the gap between mean and minimum is taken off, 0 to 1.
        #[serde(default = "one")]
        intensity: f64,
        /// How small a gap is forgiven, above 0: the smoothing of the absolute value.
        #[serde(default = "zero")]
        smoothing: f64,
    },
    /// Ordered weighted average: weights go to positions, best child first.
    OrderedWeighted {
        /// How much the better children count, 0 (worst only) to 1 (best only); 0.5 is the mean.
        orness: f64,
    },
}

fn zero() -> f64 {
    0.0
}

fn one() -> f64 {
    1.0
}

fn hundred() -> f64 {
    100.0
}

fn allow() -> Outside {
    Outside::Allow
}

fn optimiser_rounds() -> usize {
    10_000
}

fn optimiser_tolerance() -> f64 {
    1e-6
}
