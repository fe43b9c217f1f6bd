//! What is done to values before they are scored: denominating, screening, filling, treating.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::code::{AreaCode, IndicatorCode};

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
    pub(in crate::recipe) fn none() -> Self {
        Self::None {}
    }

    pub(in crate::recipe) fn is_none(&self) -> bool {
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

fn one() -> f64 {
    1.0
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

fn em_rounds() -> usize {
    1000
}

fn em_tolerance() -> f64 {
    1e-10
}
