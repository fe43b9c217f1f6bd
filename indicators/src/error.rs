//! Why a computation was refused, with the codes concerned.

use crate::code::{AreaCode, IndicatorCode, NodeCode};
use crate::normalisation::NormaliseError;
use crate::observation::TimePeriod;

/// A recipe does not fit its framework, or a parameter is out of range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RecipeError {
    /// A list per level has another length than there are levels of groups.
    #[error("{field} has {found} entries; the framework has {expected} levels of groups")]
    Levels {
        /// The field of the recipe.
        field: &'static str,
        /// Levels of groups.
        expected: usize,
        /// Entries found.
        found: usize,
    },
    /// A code that is no node.
    #[error("{field} names {code}, which is not in the framework")]
    UnknownNode {
        /// The field of the recipe.
        field: &'static str,
        /// The code.
        code: NodeCode,
    },
    /// A choice that the node cannot have.
    #[error("the override of {code} has {field}; that is for {}", if *for_groups { "groups" } else { "indicators" })]
    OverrideField {
        /// The node.
        code: NodeCode,
        /// The field.
        field: &'static str,
        /// Whether the field is for groups.
        for_groups: bool,
    },
    /// A method that cannot be chosen for one indicator alone.
    #[error("the override of {code} imputes by {method}, which needs all indicators at once")]
    OverrideWhole {
        /// The indicator.
        code: NodeCode,
        /// The method.
        method: &'static str,
    },
    /// A parameter out of range.
    #[error("{field} is {found}; expected {expected}")]
    Parameter {
        /// The parameter.
        field: &'static str,
        /// What was found.
        found: f64,
        /// What is allowed.
        expected: &'static str,
    },
    /// A count out of range.
    #[error("{field} is {found}; expected 1 or more")]
    Count {
        /// The parameter.
        field: &'static str,
        /// What was found.
        found: usize,
    },
    /// A choice the method does not have.
    #[error("{field} is {found}; expected {expected}")]
    Choice {
        /// The parameter.
        field: &'static str,
        /// What was found.
        found: &'static str,
        /// What is allowed.
        expected: &'static str,
    },
    /// A level of groups the framework does not have.
    #[error("{field} is {found}; the framework has groups on levels 2 to {highest}")]
    Level {
        /// The parameter.
        field: &'static str,
        /// What was found.
        found: usize,
        /// The level of the index.
        highest: usize,
    },
    /// The group to correlate with is not above the group whose weights are optimised.
    #[error("weights.correlate_with names {code}, which is not above {group}")]
    NotAbove {
        /// The group named.
        code: NodeCode,
        /// The group whose weights are optimised.
        group: NodeCode,
    },
    /// The weights between a group and the one to correlate with depend on the data.
    #[error(
        "the weights of {group} are to make its children correlate with {code}; the weights between the two must be given, equal or set"
    )]
    WeightsAbove {
        /// The group to correlate with.
        code: NodeCode,
        /// The group whose weights are optimised.
        group: NodeCode,
    },
    /// The weights set for a group's children sum to zero.
    #[error("the weights inside {code} sum to 0")]
    WeightsSumToZero {
        /// The group.
        code: NodeCode,
    },
}

/// A computation was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ComputeError {
    /// The recipe is not usable.
    #[error("the recipe: {0}")]
    Recipe(#[from] RecipeError),
    /// An indicator or denominator has no column.
    #[error("the indicator {indicator} has no column in the data")]
    ColumnMissing {
        /// The indicator.
        indicator: IndicatorCode,
    },
    /// The table has no rows, or screening left none.
    #[error("no areas to compute")]
    NoAreas,
    /// An indicator cannot be normalised as the recipe says.
    #[error("the indicator {indicator}{}: {source}", area.as_ref().map(|area| format!(", area {area}")).unwrap_or_default())]
    Normalise {
        /// The indicator.
        indicator: IndicatorCode,
        /// The area of the value refused, if one value is at fault.
        area: Option<AreaCode>,
        /// What is wrong.
        source: NormaliseError,
    },
    /// The recipe names a grouping the table does not have.
    #[error("the grouping {name} is not in the data")]
    GroupingMissing {
        /// The grouping.
        name: String,
    },
    /// The method needs periods and the table has none.
    #[error("{method} needs a panel: areas with periods")]
    PanelNeeded {
        /// The method.
        method: &'static str,
    },
    /// An area the recipe names is no row.
    #[error("{field} names {area}, which is not in the data")]
    AreaUnknown {
        /// The field of the recipe.
        field: &'static str,
        /// The area.
        area: AreaCode,
    },
    /// The reference area of an aggregation is no row.
    #[error("the reference area {area}{} of {group} has no scores", period.map(|period| format!(" in {period}")).unwrap_or_default())]
    ReferenceMissing {
        /// The group.
        group: NodeCode,
        /// The area.
        area: AreaCode,
        /// Its period, where the recipe names one.
        period: Option<TimePeriod>,
    },
    /// A child of an aggregation has no score in the period it is compared with.
    #[error("the reference period {period} of {group} has no scores")]
    PeriodMissing {
        /// The group.
        group: NodeCode,
        /// The period.
        period: TimePeriod,
    },
    /// This build of the library leaves the method out.
    #[error("{method} is not built in here")]
    NotBuilt {
        /// The method.
        method: &'static str,
    },
}
