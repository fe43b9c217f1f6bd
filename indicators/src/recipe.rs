//! The method of an index: [`Recipe`], the choice made at every step, as it is stored with every
//! result.
//!
//! There is no default recipe: every scientific choice is written down. What the choices compute is
//! said where they are computed ([`crate::normalisation`] and its siblings); checking a recipe
//! against a framework happens in [`crate::composite`].

mod levels;
mod panel;
mod steps;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use levels::PerLevel;
pub use panel::{PanelSpans, Span};
pub use steps::{
    Aggregate, AmpiReference, Denominate, Denominator, Impute, Normalise, Outside, Penalty, Quantity, Screen,
    ScreenTime, SeriesEnds, ShareLimits, ThenOn, Ties, Transform, Treat, WeightRule, WinsoriseWhile,
};

use crate::code::NodeCode;

/// The method chosen for each step.
///
/// ```
/// use indicators::recipe::{Normalise, Recipe};
///
/// let recipe: Recipe = serde_json::from_str(
///     r#"{"screen":{"method":"none"},"impute":{"method":"none"},"treat":{"method":"none"},
///         "normalise":{"method":"min_max","lower":0,"upper":100},
///         "aggregate":[{"method":"arithmetic"},{"method":"geometric"}]}"#,
/// )?;
/// assert_eq!(recipe.normalise, Normalise::MinMax { lower: 0.0, upper: 100.0 });
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recipe {
    /// Dividing indicators by denominators; none unless given.
    #[serde(default = "Denominate::none", skip_serializing_if = "Denominate::is_none")]
    pub denominate: Denominate,
    /// Which areas have enough data to stay.
    pub screen: Screen,
    /// How missing cells are filled.
    pub impute: Impute,
    /// How outliers are treated.
    pub treat: Treat,
    /// How values become comparable.
    pub normalise: Normalise,
    /// Where weights come from; the framework's own unless given. One rule, or one per level of
    /// groups from the bottom.
    #[serde(default = "PerLevel::given_weights", skip_serializing_if = "PerLevel::is_given_weights")]
    pub weights: PerLevel<WeightRule>,
    /// How children become their parent's score. One method, or one per level of groups from the
    /// bottom.
    pub aggregate: PerLevel<Aggregate>,
    /// The share of direct children that must have a score, else the parent has none; no threshold
    /// unless given. One share, or one per level of groups from the bottom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_threshold: Option<PerLevel<f64>>,
    /// Which rows of a panel a step looks at together; without periods it makes no difference.
    #[serde(default, skip_serializing_if = "PanelSpans::is_usual")]
    pub panel: PanelSpans,
    /// Exceptions, by the code of the indicator or group they are for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub overrides: BTreeMap<NodeCode, Overrides>,
}

/// Other choices for one indicator (`impute`, `treat`, `normalise`) or one group (`weights`,
/// `aggregate`, `data_threshold`).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Overrides {
    /// For an indicator: how its missing cells are filled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impute: Option<Impute>,
    /// For an indicator: how its outliers are treated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub treat: Option<Treat>,
    /// For an indicator: how it is normalised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalise: Option<Normalise>,
    /// For a group: where the weights of its children come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<WeightRule>,
    /// For a group: how its children are aggregated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregate: Option<Aggregate>,
    /// For a group: the share of children that must have a score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_threshold: Option<f64>,
}

impl Recipe {
    /// The method of the published index: fixed goalposts on 0–100 with values outside clipped,
    /// the framework's weights, arithmetic means, nothing screened, filled or treated.
    #[must_use]
    pub fn published() -> Self {
        Self {
            denominate: Denominate::None {},
            screen: Screen::None {},
            impute: Impute::None {},
            treat: Treat::None {},
            normalise: Normalise::Goalposts { lower: 0.0, upper: 100.0, outside: Outside::Clip },
            weights: PerLevel::All(WeightRule::Given {}),
            aggregate: PerLevel::All(Aggregate::Arithmetic {}),
            data_threshold: None,
            panel: PanelSpans::default(),
            overrides: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    const PLAIN: &str = r#"{"screen":{"method":"none"},"impute":{"method":"none"},"treat":{"method":"winsorise","max_points":5,"skewness_limit":2,"kurtosis_limit":3.5,"then":"log_ct"},"normalise":{"method":"min_max","lower":0,"upper":100},"aggregate":{"method":"arithmetic"}}"#;

    #[test]
    fn the_documented_form_is_read_and_round_trips() {
        let recipe: Recipe = serde_json::from_str(PLAIN).unwrap();
        assert_eq!(recipe.aggregate, PerLevel::All(Aggregate::Arithmetic {}));
        let again: Recipe = serde_json::from_str(&serde_json::to_string(&recipe).unwrap()).unwrap();
        assert_eq!(again, recipe);
    }

    #[test]
    fn unknown_fields_and_methods_are_refused_by_name() {
        fn check(from: &str, to: &str, expected: &str) {
            let found = serde_json::from_str::<Recipe>(&PLAIN.replace(from, to)).unwrap_err().to_string();
            assert!(found.contains(expected), "{found:?} after {to}");
        }
        check(r#""upper":100"#, r#""upper":100,"scale":1"#, "unknown field `scale`");
        check(r#""min_max""#, r#""minmax""#, "unknown variant `minmax`, expected one of");
        check(r#""impute":{"method":"none"},"#, "", "missing field `impute`");
        check(r#"{"method":"none"},"treat""#, r#"{"method":"none","x":1},"treat""#, "unknown field `x`");
        check(r#"{"method":"arithmetic"}"#, r#"[{"method":"geometrical"}]"#, "unknown variant `geometrical`");
        check(r#""treat""#, r#""treatment""#, "unknown field `treatment`");
    }
}
