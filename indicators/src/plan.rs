//! A recipe checked against a framework: [`Plan`], which method each indicator and group uses.
//! Running it is [`crate::composite`]'s work.

mod cost;
mod family;

use crate::code::NodeCode;
use crate::error::RecipeError;
use crate::framework::Framework;
use crate::recipe::{
    Aggregate, Denominate, Impute, Normalise, Outside, Overrides, PerLevel, Recipe, Screen, Span, Treat, WeightRule,
};

/// What one group does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GroupPlan<'a> {
    /// Position among the nodes.
    pub(crate) node: usize,
    pub(crate) aggregate: &'a Aggregate,
    pub(crate) weights: &'a WeightRule,
    pub(crate) threshold: Option<f64>,
}

/// A recipe checked against a framework, ready to be run on any number of tables.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    pub(crate) framework: &'a Framework,
    pub(crate) recipe: &'a Recipe,
    /// By position among the indicators.
    pub(crate) impute: Vec<&'a Impute>,
    pub(crate) treat: Vec<&'a Treat>,
    pub(crate) normalise: Vec<&'a Normalise>,
    /// Children before parents.
    pub(crate) groups: Vec<GroupPlan<'a>>,
}

impl<'a> Plan<'a> {
    /// Checks a recipe against a framework.
    ///
    /// # Errors
    /// The first fault found: see [`RecipeError`].
    pub fn new(framework: &'a Framework, recipe: &'a Recipe) -> Result<Self, RecipeError> {
        check_denominate(&recipe.denominate, framework)?;
        check_screen(&recipe.screen)?;
        check_levels("aggregate", &recipe.aggregate, framework)?;
        check_levels("weights", &recipe.weights, framework)?;
        if let Some(threshold) = &recipe.data_threshold {
            check_levels("data_threshold", threshold, framework)?;
        }
        for (code, overrides) in &recipe.overrides {
            check_override(framework, code, overrides)?;
        }
        let of = |node: usize| recipe.overrides.get(framework.nodes()[node].code());
        let leaves = || (0..framework.nodes().len()).filter(|&node| framework.nodes()[node].indicator().is_some());
        let impute =
            leaves().map(|node| of(node).and_then(|other| other.impute.as_ref()).unwrap_or(&recipe.impute)).collect();
        let treat: Vec<_> =
            leaves().map(|node| of(node).and_then(|other| other.treat.as_ref()).unwrap_or(&recipe.treat)).collect();
        let normalise: Vec<_> = leaves()
            .map(|node| of(node).and_then(|other| other.normalise.as_ref()).unwrap_or(&recipe.normalise))
            .collect();
        treat.iter().try_for_each(|treat| check_treat(treat))?;
        normalise.iter().try_for_each(|normalise| check_normalise(normalise, recipe.panel.normalise))?;
        check_impute(&recipe.impute, framework)?;
        let groups: Vec<GroupPlan<'a>> = framework
            .groups_bottom_up()
            .iter()
            .filter_map(|&node| {
                let level = framework.nodes()[node].level();
                let other = of(node);
                Some(GroupPlan {
                    node,
                    aggregate: other
                        .and_then(|other| other.aggregate.as_ref())
                        .or_else(|| recipe.aggregate.at(level))?,
                    weights: other.and_then(|other| other.weights.as_ref()).or_else(|| recipe.weights.at(level))?,
                    threshold: other
                        .and_then(|other| other.data_threshold)
                        .or_else(|| recipe.data_threshold.as_ref()?.at(level).copied()),
                })
            })
            .collect();
        for group in &groups {
            check_group(framework, group)?;
        }
        let plan = Self { framework, recipe, impute, treat, normalise, groups };
        plan.groups.iter().try_for_each(|group| plan.check_family(group))?;
        Ok(plan)
    }
}

fn parameter(field: &'static str, found: f64, allowed: bool, expected: &'static str) -> Result<(), RecipeError> {
    if allowed && found.is_finite() { Ok(()) } else { Err(RecipeError::Parameter { field, found, expected }) }
}

fn share(field: &'static str, found: f64) -> Result<(), RecipeError> {
    parameter(field, found, (0.0..=1.0).contains(&found), "0 to 1")
}

fn check_levels<T>(field: &'static str, levels: &PerLevel<T>, framework: &Framework) -> Result<(), RecipeError> {
    let expected = framework.n_levels() - 1;
    match levels {
        PerLevel::Each(each) if each.len() != expected => {
            Err(RecipeError::Levels { field, expected, found: each.len() })
        }
        _ => Ok(()),
    }
}

fn check_denominate(denominate: &Denominate, framework: &Framework) -> Result<(), RecipeError> {
    let Denominate::By { denominators } = denominate else { return Ok(()) };
    for (indicator, denominator) in denominators {
        let position = framework.position(indicator.as_str());
        if position.is_none_or(|position| framework.nodes()[position].indicator().is_none()) {
            let code = NodeCode::from(indicator.clone());
            return Err(RecipeError::UnknownNode { field: "denominate.denominators", code });
        }
        parameter("denominate.scale", denominator.scale, denominator.scale > 0.0, "above 0")?;
    }
    Ok(())
}

fn count(field: &'static str, found: usize) -> Result<(), RecipeError> {
    if found > 0 { Ok(()) } else { Err(RecipeError::Count { field, found }) }
}

fn check_screen(screen: &Screen) -> Result<(), RecipeError> {
    match screen {
        Screen::None {} => Ok(()),
        Screen::Availability { minimum, .. } | Screen::NonZero { minimum, .. } => share("minimum", *minimum),
        Screen::Both { minimum_available, minimum_non_zero, .. } => {
            share("minimum_available", *minimum_available)?;
            share("minimum_non_zero", *minimum_non_zero)
        }
    }
}

fn check_override(framework: &Framework, code: &NodeCode, overrides: &Overrides) -> Result<(), RecipeError> {
    let Some(position) = framework.position(code.as_str()) else {
        return Err(RecipeError::UnknownNode { field: "overrides", code: code.clone() });
    };
    let is_group = framework.nodes()[position].indicator().is_none();
    let fields = [
        ("impute", overrides.impute.is_some(), false),
        ("treat", overrides.treat.is_some(), false),
        ("normalise", overrides.normalise.is_some(), false),
        ("weights", overrides.weights.is_some(), true),
        ("aggregate", overrides.aggregate.is_some(), true),
        ("data_threshold", overrides.data_threshold.is_some(), true),
    ];
    for (field, given, for_groups) in fields {
        if given && for_groups != is_group {
            return Err(RecipeError::OverrideField { code: code.clone(), field, for_groups });
        }
    }
    let whole = match overrides.impute {
        Some(Impute::RowMean { .. }) => Some("row_mean"),
        Some(Impute::RowMedian { .. }) => Some("row_median"),
        Some(Impute::Em { .. }) => Some("em"),
        _ => None,
    };
    match whole {
        Some(method) => Err(RecipeError::OverrideWhole { code: code.clone(), method }),
        None => Ok(()),
    }
}

fn check_impute(impute: &Impute, framework: &Framework) -> Result<(), RecipeError> {
    let within = match impute {
        Impute::RowMean { within_level } | Impute::RowMedian { within_level } => *within_level,
        Impute::Em { within_level, tolerance, max_iterations } => {
            count("max_iterations", *max_iterations)?;
            parameter("tolerance", *tolerance, *tolerance > 0.0, "above 0")?;
            *within_level
        }
        _ => None,
    };
    match within {
        Some(found) if !(2..=framework.n_levels()).contains(&found) => {
            Err(RecipeError::Level { field: "within_level", found, highest: framework.n_levels() })
        }
        _ => Ok(()),
    }
}

fn check_treat(treat: &Treat) -> Result<(), RecipeError> {
    match treat {
        Treat::None {} => Ok(()),
        Treat::Winsorise { skewness_limit, kurtosis_limit, .. }
        | Treat::Transform { skewness_limit, kurtosis_limit, .. } => {
            parameter("skewness_limit", *skewness_limit, *skewness_limit >= 0.0, "0 or above")?;
            parameter("kurtosis_limit", *kurtosis_limit, true, "a finite number")
        }
    }
}

fn check_normalise(normalise: &Normalise, span: Span) -> Result<(), RecipeError> {
    if let Normalise::DistanceToReference { period: Some(_), .. } = normalise
        && span == Span::EachPeriod
    {
        let expected = "all_periods where the reference has a period";
        return Err(RecipeError::Choice { field: "panel.normalise", found: "each_period", expected });
    }
    if let Normalise::DistanceToReference { above: Outside::Refuse, .. }
    | Normalise::DistanceToTarget { above: Outside::Refuse, .. } = normalise
    {
        return Err(RecipeError::Choice { field: "above", found: "refuse", expected: "clip or allow" });
    }
    let (lower, upper) = match normalise {
        Normalise::None {} => return Ok(()),
        Normalise::ZScore { mean, standard_deviation } => {
            parameter("mean", *mean, true, "a finite number")?;
            return parameter("standard_deviation", *standard_deviation, *standard_deviation > 0.0, "above 0");
        }
        Normalise::Rank { lower, upper, .. } | Normalise::Borda { lower, upper, .. } => match (lower, upper) {
            (Some(lower), Some(upper)) => (*lower, *upper),
            (None, None) => return Ok(()),
            (Some(found), None) | (None, Some(found)) => {
                return Err(RecipeError::Parameter {
                    field: "lower, upper",
                    found: *found,
                    expected: "both ends of the range or neither",
                });
            }
        },
        Normalise::MinMax { lower, upper }
        | Normalise::PercentileRank { lower, upper, .. }
        | Normalise::DistanceToMax { lower, upper }
        | Normalise::DistanceToReference { lower, upper, .. }
        | Normalise::DistanceToTarget { lower, upper, .. }
        | Normalise::FractionOfMax { lower, upper }
        | Normalise::Scaled { lower, upper }
        | Normalise::Goalposts { lower, upper, .. } => (*lower, *upper),
    };
    parameter("lower", lower, true, "a finite number")?;
    parameter("upper", upper, upper > lower, "above lower")
}

fn check_group(framework: &Framework, group: &GroupPlan<'_>) -> Result<(), RecipeError> {
    match group.aggregate {
        Aggregate::Generalised { power } => {
            parameter("power", *power, *power != 0.0, "any number but 0 (that is the geometric mean)")?;
        }
        Aggregate::BenefitOfTheDoubt { share_limits: Some(limits) } => {
            share("share_limits.lower", limits.lower)?;
            share("share_limits.upper", limits.upper)?;
            parameter(
                "share_limits.upper",
                limits.upper,
                limits.upper >= limits.lower,
                "not below share_limits.lower",
            )?;
        }
        Aggregate::MeanMin { intensity, smoothing } => {
            share("intensity", *intensity)?;
            parameter("smoothing", *smoothing, *smoothing >= 0.0, "0 or above")?;
        }
        Aggregate::OrderedWeighted { orness } => share("orness", *orness)?,
        _ => {}
    }
    if let Some(threshold) = group.threshold {
        share("data_threshold", threshold)?;
    }
    let node = &framework.nodes()[group.node];
    if let WeightRule::Optimised { max_iterations, tolerance, .. } = group.weights {
        count("weights.max_iterations", *max_iterations)?;
        parameter("weights.tolerance", *tolerance, *tolerance > 0.0, "above 0")?;
    }
    let listed = match group.weights {
        WeightRule::Set { values } => Some(("weights.values", values)),
        WeightRule::Optimised { importance, .. } => Some(("weights.importance", importance)),
        _ => None,
    };
    let Some((field, values)) = listed else { return Ok(()) };
    if let Some(unknown) = values.keys().find(|code| framework.position(code.as_str()).is_none()) {
        return Err(RecipeError::UnknownNode { field, code: unknown.clone() });
    }
    let children = node.children().iter().map(|&child| &framework.nodes()[child]);
    let sum: f64 = children.map(|child| values.get(child.code()).copied().unwrap_or(child.weight()).value()).sum();
    if sum > 0.0 { Ok(()) } else { Err(RecipeError::WeightsSumToZero { code: node.code().clone() }) }
}
