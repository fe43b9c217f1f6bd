//! What a computation noticed: [`Finding`], typed notes returned beside the scores. Faults that
//! stop a computation are errors, not findings.

use serde::{Deserialize, Serialize};

use crate::code::{AreaCode, IndicatorCode, NodeCode};
use crate::observation::TimePeriod;

/// A step that changes values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Step {
    /// Outlier treatment.
    Treat,
    /// Normalisation.
    Normalise,
}

/// A note about the data or the method. `code` in JSON names the kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub enum Finding {
    /// All values of the indicator are equal, so it cannot tell areas apart.
    ConstantIndicator {
        /// The indicator.
        indicator: IndicatorCode,
        /// The value all areas have.
        value: f64,
        /// The score all areas get for it.
        score: Option<f64>,
    },
    /// The indicator has no value at all.
    EmptyIndicator {
        /// The indicator.
        indicator: IndicatorCode,
    },
    /// Values outside the goalposts scored as the nearest goalpost.
    OutsideGoalposts {
        /// The indicator.
        indicator: IndicatorCode,
        /// The areas concerned.
        areas: Vec<AreaCode>,
    },
    /// The target or reference lies where no progress can be measured against it.
    NoDistance {
        /// The indicator.
        indicator: IndicatorCode,
        /// The target or the reference area's value, in the indicator's unit.
        reference: Option<f64>,
        /// The worst value found, in the indicator's unit.
        worst: f64,
    },
    /// The greatest value is not above 0 (or, when lower is better, the least is below): fractions
    /// of it would turn the order round, so there are none.
    NoFraction {
        /// The indicator.
        indicator: IndicatorCode,
        /// The value others would be measured by.
        extreme: f64,
    },
    /// A step left the numbers a computer can hold, so the cells became missing.
    Overflow {
        /// The indicator.
        indicator: IndicatorCode,
        /// The step.
        step: Step,
        /// The areas concerned.
        areas: Vec<AreaCode>,
    },
    /// An area was screened out.
    AreaDropped {
        /// The area.
        area: AreaCode,
        /// Indicators with a value.
        available: usize,
        /// Values that are not zero.
        non_zero: usize,
        /// Indicators in all.
        indicators: usize,
    },
    /// Cells were filled.
    Imputed {
        /// The indicator.
        indicator: IndicatorCode,
        /// The areas concerned.
        areas: Vec<AreaCode>,
    },
    /// Expectation–maximisation stopped before it converged.
    ImputationUnconverged {
        /// Rounds done.
        iterations: usize,
        /// The largest move in the last round, in standard deviations.
        change: f64,
    },
    /// Outliers were treated.
    Treated {
        /// The indicator.
        indicator: IndicatorCode,
        /// The period, when the periods of a panel are treated apart.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        period: Option<TimePeriod>,
        /// Points pulled in.
        winsorised: usize,
        /// Whether a transformation followed.
        transformed: bool,
        /// Whether the test is passed now.
        passes: bool,
    },
    /// Winsorising as many points as allowed is a large part of a small set of areas.
    ManyPointsWinsorised {
        /// The indicator.
        indicator: IndicatorCode,
        /// The period, when the periods of a panel are treated apart.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        period: Option<TimePeriod>,
        /// Points pulled in.
        winsorised: usize,
        /// Values in all.
        values: usize,
    },
    /// A denominator is missing or zero, so the cell became missing.
    NoDenominator {
        /// The indicator.
        indicator: IndicatorCode,
        /// The areas concerned.
        areas: Vec<AreaCode>,
    },
    /// A score of zero makes the mean zero.
    ZeroScore {
        /// The group.
        group: NodeCode,
        /// The areas concerned.
        areas: Vec<AreaCode>,
    },
    /// The mean is not defined for negative scores, so the group has no score.
    NegativeScore {
        /// The group.
        group: NodeCode,
        /// The areas concerned.
        areas: Vec<AreaCode>,
    },
    /// Too few children have a score, so the group has none.
    BelowThreshold {
        /// The group.
        group: NodeCode,
        /// The areas concerned.
        areas: Vec<AreaCode>,
    },
    /// The data gave no weights (a constant or empty child), so the children weigh the same.
    WeightsNotDetermined {
        /// The group.
        group: NodeCode,
    },
    /// The optimised weights do not reach what was wanted.
    WeightsUnconverged {
        /// The group.
        group: NodeCode,
        /// Rounds done.
        iterations: usize,
        /// The greatest gap between a share of correlation and what was wanted.
        gap: f64,
    },
    /// The linear program of an area has no solution within the share limits.
    NoFeasibleWeights {
        /// The group.
        group: NodeCode,
        /// The areas concerned.
        areas: Vec<AreaCode>,
    },
}
