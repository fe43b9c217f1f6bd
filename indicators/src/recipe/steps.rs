//! The choices at each step, as they are written in JSON. What they compute is defined where they
//! are computed, not here.
//!
//! Variants without parameters have empty braces so that serde refuses unknown fields in them too.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::code::{AreaCode, IndicatorCode, NodeCode};
use crate::framework::Weight;

/// Dividing indicators by another column, so that large and small areas compare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Denominate {
    /// Indicators as they are.
    None {},
    /// By the denominator each indicator names in the framework.
    ByFramework {},
    /// By the columns listed here; indicators not listed stay as they are.
    By {
        /// The denominators, by indicator.
        denominators: BTreeMap<IndicatorCode, Denominator>,
    },
}

impl Denominate {
    pub(super) fn none() -> Self {
        Self::None {}
    }

    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::None {})
    }
}

/// What one indicator is divided by: `x / (denominator / scale)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Denominator {
    /// The column to divide by.
    pub column: IndicatorCode,
    /// The denominator is divided by this first: 1000 gives "per thousand".
    #[serde(default = "one")]
    pub scale: f64,
}

/// When areas are screened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ScreenTime {
    /// On the data before anything is filled.
    #[default]
    BeforeImputation,
    /// On the data after imputation.
    AfterImputation,
}

/// Which areas stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Screen {
    /// All of them.
    None {},
    /// Those with enough values.
    Availability {
        /// The share of indicators with a value that is at least needed, 0 to 1.
        minimum: f64,
        /// Areas that stay whatever they lack.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        always_in: Vec<AreaCode>,
        /// Areas that go whatever they have.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        always_out: Vec<AreaCode>,
        /// Before or after imputation.
        #[serde(default)]
        when: ScreenTime,
    },
    /// Those with enough values that are not zero.
    NonZero {
        /// The share of available values that must differ from zero, 0 to 1.
        minimum: f64,
        /// Areas that stay whatever they lack.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        always_in: Vec<AreaCode>,
        /// Areas that go whatever they have.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        always_out: Vec<AreaCode>,
        /// Before or after imputation.
        #[serde(default)]
        when: ScreenTime,
    },
    /// Those that pass both.
    Both {
        /// The share of indicators with a value that is at least needed, 0 to 1.
        minimum_available: f64,
        /// The share of available values that must differ from zero, 0 to 1.
        minimum_non_zero: f64,
        /// Areas that stay whatever they lack.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        always_in: Vec<AreaCode>,
        /// Areas that go whatever they have.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        always_out: Vec<AreaCode>,
        /// Before or after imputation.
        #[serde(default)]
        when: ScreenTime,
    },
}

/// What a series looks like before its first and after its last value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum SeriesEnds {
    /// The nearest value goes on.
    #[default]
    Extend,
    /// Nothing is filled there.
    Missing,
}

/// A level of the framework within which a row is filled.
type GroupLevel = usize;

/// How missing cells are filled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Impute {
    /// They stay missing.
    None {},
    /// The mean of the indicator.
    Mean {},
    /// The median of the indicator.
    Median {},
    /// The mean of the area's group.
    GroupMean {
        /// The grouping of the rows.
        group: String,
    },
    /// The median of the area's group.
    GroupMedian {
        /// The grouping of the rows.
        group: String,
    },
    /// The mean of the area's other indicators, on a common 0–1 scale.
    RowMean {
        /// Only inside groups of this level; the whole row unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within_level: Option<GroupLevel>,
    },
    /// The median of the area's other indicators, on a common 0–1 scale.
    RowMedian {
        /// Only inside groups of this level; the whole row unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within_level: Option<GroupLevel>,
    },
    /// The area's last value before; panels only.
    PanelLatest {
        /// How many periods back a value may be taken from; any number unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_periods: Option<usize>,
    },
    /// The area's last value before, and its first value where there is none before; panels only.
    PanelConstant {
        /// Before the first and after the last value.
        #[serde(default)]
        ends: SeriesEnds,
    },
    /// On the line between the area's values before and after; panels only.
    PanelLinear {
        /// Before the first and after the last value.
        #[serde(default)]
        ends: SeriesEnds,
    },
    /// The expectation given the area's other values, under a normal distribution estimated by
    /// expectation–maximisation.
    Em {
        /// Only inside groups of this level; all indicators at once unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within_level: Option<GroupLevel>,
        /// At most so many rounds.
        #[serde(default = "em_rounds")]
        max_iterations: usize,
        /// Stop when no mean or covariance moves by more, in standard deviations.
        #[serde(default = "em_tolerance")]
        tolerance: f64,
    },
}

/// What a winsorised indicator still failing the test becomes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Transform {
    /// Nothing else.
    None,
    /// `ln(x − min + 0.01·(max − min))`.
    LogCt,
    /// As `log_ct` when the skewness is positive, mirrored when it is negative.
    LogCtPlus,
    /// `ln(x − min + 1)`.
    LogCtOrig,
    /// `ln((max − 1)(x − min)/(max − min) + 1)`, of the Global Innovation Index.
    LogGii,
    /// Box–Cox of `x − min + 1`.
    BoxCox {
        /// The exponent; 0 is the logarithm.
        lambda: f64,
    },
}

/// What the second treatment is applied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ThenOn {
    /// The values before winsorising.
    #[default]
    Original,
    /// The winsorised values.
    Winsorised,
}

/// When winsorising goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum WinsoriseWhile {
    /// While the test finds outliers.
    #[default]
    Outlying,
    /// To the greatest number of points, outliers or not.
    Always,
}

/// How outliers are treated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Treat {
    /// Not at all.
    None {},
    /// Pull in the farthest points one by one; if that is not enough, transform.
    Winsorise {
        /// The greatest number of points pulled in.
        max_points: usize,
        /// Outlying when the absolute skewness reaches this …
        #[serde(default = "skewness_limit")]
        skewness_limit: f64,
        /// … and the excess kurtosis this.
        #[serde(default = "kurtosis_limit")]
        kurtosis_limit: f64,
        /// What to do if the winsorised values still fail the test.
        #[serde(default = "no_transform")]
        then: Transform,
        /// What `then` is applied to.
        #[serde(default)]
        then_on: ThenOn,
        /// When winsorising goes on.
        #[serde(default, rename = "while")]
        condition: WinsoriseWhile,
    },
    /// Transform outlying indicators, without winsorising.
    Transform {
        /// The transformation.
        with: Transform,
        /// Outlying when the absolute skewness reaches this; transformed always when 0.
        #[serde(default = "skewness_limit")]
        skewness_limit: f64,
        /// … and the excess kurtosis this; ignored when `skewness_limit` is 0.
        #[serde(default = "kurtosis_limit")]
        kurtosis_limit: f64,
    },
}

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
    /// Rank from the worst, ties the lowest.
    Rank {
        /// Score of rank 1; ranks themselves unless both ends are given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lower: Option<f64>,
        /// Score of the highest rank possible.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        upper: Option<f64>,
    },
    /// Rank from the worst minus one.
    Borda {
        /// Score of 0 points; points themselves unless both ends are given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lower: Option<f64>,
        /// Score of the most points possible.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        upper: Option<f64>,
    },
    /// Rank from the worst, minus one, over the number of values minus one.
    PercentileRank {
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
    /// One area, such as the whole country.
    Area(AreaCode),
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
    /// Wrocław distance to the ideal area: lower is better until mirrored.
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

fn skewness_limit() -> f64 {
    2.0
}

fn kurtosis_limit() -> f64 {
    3.5
}

fn no_transform() -> Transform {
    Transform::None
}

fn allow() -> Outside {
    Outside::Allow
}

fn em_rounds() -> usize {
    1000
}

fn em_tolerance() -> f64 {
    1e-10
}

fn optimiser_rounds() -> usize {
    10_000
}

fn optimiser_tolerance() -> f64 {
    1e-6
}
