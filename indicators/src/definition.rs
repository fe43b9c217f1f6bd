//! The index as it is declared: criteria, indicators, where each comes from, and why.
//!
//! A [`FrameworkDefinition`] is one TOML file and one framework version. It says everything a
//! reader may ask of an indicator: unit, direction, goalposts and their reason, weight, greatest
//! age and its reason, names in three languages. The tree that the mathematics works on is
//! [`crate::framework::Framework`]; choosing observations is [`crate::assembly`].

mod tree;

use std::collections::{BTreeMap, BTreeSet};

pub use tree::{INDEX, TreeError};

use serde::{Deserialize, Serialize};

use crate::code::{AreaCode, CriterionCode, DataflowId, IndicatorCode};
use crate::observation::SeriesKey;
use crate::text::LocalText;

/// Whether more is better.
pub use crate::framework::Direction;

/// Which areas stand beside one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Panel {
    /// The regions of the framework's country.
    Regions,
    /// States.
    Countries,
}

impl Panel {
    /// Both panels.
    pub const ALL: [Self; 2] = [Self::Regions, Self::Countries];

    /// The code used in JSON and in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Regions => "regions",
            Self::Countries => "countries",
        }
    }
}

/// A series as one dataflow publishes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesRef {
    /// The dataflow.
    pub dataflow: DataflowId,
    /// The series in it.
    pub series: SeriesKey,
}

/// How an indicator's value comes from observations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Derivation {
    /// The observation itself.
    Observed {
        /// The series.
        of: SeriesRef,
    },
    /// `|first − second|`, both of the same area and period. Missing when either is.
    AbsoluteDifference {
        /// One side of the gap.
        first: SeriesRef,
        /// The other side.
        second: SeriesRef,
    },
    /// `per · numerator / denominator`. The denominator of the nearest period is used when its
    /// own period has none, and the cell says so. Missing when either is, or on division by zero.
    Ratio {
        /// What is counted.
        numerator: SeriesRef,
        /// By what it is divided.
        denominator: SeriesRef,
        /// Scale of the result: 100 for "per 100 people".
        per: f64,
    },
    /// Arithmetic mean of the parts, all of the same area and period. Missing when any is.
    Mean {
        /// The parts, at least one.
        of: Vec<SeriesRef>,
    },
}

impl Derivation {
    /// The series this is made from, in the order they are named.
    #[must_use]
    pub fn inputs(&self) -> Vec<&SeriesRef> {
        match self {
            Self::Observed { of } => vec![of],
            Self::AbsoluteDifference { first, second } => vec![first, second],
            Self::Ratio { numerator, denominator, .. } => vec![numerator, denominator],
            Self::Mean { of } => of.iter().collect(),
        }
    }

    /// The series whose periods decide which value is the latest: all but a ratio's denominator.
    #[must_use]
    pub fn leading_inputs(&self) -> Vec<&SeriesRef> {
        match self {
            Self::Ratio { numerator, .. } => vec![numerator],
            _ => self.inputs(),
        }
    }
}

/// A unit of measure with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnitOfMeasure {
    /// SDMX-like code: `PT` percent, `PP` percentage points, `IX` index, `MBIT_S`, `KZT_PER_CAPITA`.
    pub code: String,
    /// Short name shown after a number.
    pub name: LocalText,
}

/// Fixed bounds that turn a value into a score, with the reason they were chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoalpostsDefinition {
    /// Lower bound in the indicator's own unit.
    pub low: f64,
    /// Upper bound in the indicator's own unit.
    pub high: f64,
    /// Why these.
    pub reason: LocalText,
}

/// A criterion: one of the groups of indicators by which the framework judges.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriterionDefinition {
    /// Code, the same in every panel.
    pub code: CriterionCode,
    /// Name.
    pub name: LocalText,
    /// What it judges, one sentence.
    pub description: LocalText,
    /// Weight among the criteria; relative.
    pub weight: f64,
}

/// An indicator of one panel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndicatorDefinition {
    /// Code, unique within the panel.
    pub code: IndicatorCode,
    /// The panel it belongs to.
    pub panel: Panel,
    /// The criterion it belongs to.
    pub criterion: CriterionCode,
    /// Name.
    pub name: LocalText,
    /// Unit of measure of the value.
    pub unit: UnitOfMeasure,
    /// Digits after the decimal point on pages.
    pub decimals: u8,
    /// Whether more is better.
    pub direction: Direction,
    /// Fixed goalposts.
    pub goalposts: GoalpostsDefinition,
    /// Weight among the indicators of its criterion; relative.
    pub weight: f64,
    /// How many years older than the reference year the value may be.
    pub max_age_years: u8,
    /// Why that many.
    pub max_age_reason: LocalText,
    /// Where the value of an area comes from; absent when no area publishes one and only a
    /// national value exists.
    #[serde(default)]
    pub derivation: Option<Derivation>,
    /// Where the national substitute comes from, when not by the same derivation.
    #[serde(default)]
    pub national_derivation: Option<Derivation>,
    /// Set when the indicator stands in for something that is not measured: what, and how far it can be trusted.
    #[serde(default)]
    pub proxy_note: Option<LocalText>,
    /// Areas to which the question does not apply (a city has no villages): left out, not missing.
    #[serde(default)]
    pub not_applicable_to: BTreeSet<AreaCode>,
}

impl IndicatorDefinition {
    /// The derivation that gives the national value.
    #[must_use]
    pub fn national(&self) -> Option<&Derivation> {
        self.national_derivation.as_ref().or(self.derivation.as_ref())
    }

    /// Whether only a national value exists, so that every area carries the same one.
    #[must_use]
    pub fn is_national_only(&self) -> bool {
        self.derivation.is_none()
    }
}

/// When a reference year opens: the newest that has all of this is the last with a release, and every year before it has
/// one too. Only indicators and criteria with a weight count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpeningRule {
    /// Percent of the panel's areas, of those to which an indicator applies, for which it must have a figure to count.
    pub min_areas_percent: u8,
    /// Fewest indicators with a figure of that very year. A national figure is one where the indicator has no other.
    pub min_indicators: usize,
    /// Fewest criteria that these belong to.
    pub min_criteria: usize,
    /// Percent of the criteria that must have a figure at all: of that year, carried into it or in place of another.
    pub min_valued_criteria_percent: u8,
    /// Why these.
    pub reason: LocalText,
}

impl OpeningRule {
    /// A rule that asks for nothing would open years of which nothing is known; one that asks for more than all, none.
    const fn is_sound(&self) -> bool {
        let Self { min_areas_percent, min_indicators, min_criteria, min_valued_criteria_percent, .. } = self;
        1 <= *min_areas_percent
            && *min_areas_percent <= 100
            && *min_valued_criteria_percent <= 100
            && *min_indicators >= *min_criteria
            && *min_criteria >= 1
    }
}

/// Areas and years of a panel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelDefinition {
    /// Which panel.
    pub panel: Panel,
    /// Name.
    pub name: LocalText,
    /// First reference year with a release.
    pub first_year: i16,
    /// When a later year has one.
    pub opens: OpeningRule,
    /// The areas compared; empty for every valid region of the country.
    #[serde(default)]
    pub areas: Vec<AreaCode>,
}

/// The whole framework as one file declares it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameworkDefinition {
    /// Code of the framework, such as `kz`.
    pub id: String,
    /// Version; any change of the file that changes what a release says changes it.
    pub version: String,
    /// Name of the index.
    pub name: LocalText,
    /// The country whose regions are compared and whose value is the national substitute.
    pub country: AreaCode,
    /// The criteria, in the order they are shown.
    pub criteria: Vec<CriterionDefinition>,
    /// The panels.
    pub panels: Vec<PanelDefinition>,
    /// The indicators of all panels, in the order they are shown.
    pub indicators: Vec<IndicatorDefinition>,
}

/// A framework definition was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DefinitionError {
    /// A criterion or an indicator of one panel is declared twice.
    #[error("{code} is declared twice")]
    Twice {
        /// The code.
        code: String,
    },
    /// An indicator names a criterion that is not declared.
    #[error("the indicator {indicator} names the criterion {criterion}, which is not declared")]
    UnknownCriterion {
        /// The indicator.
        indicator: IndicatorCode,
        /// The criterion named.
        criterion: CriterionCode,
    },
    /// Goalposts that are equal, reversed or not finite.
    #[error("the indicator {indicator} has goalposts {low} and {high}; expected finite low < high")]
    Goalposts {
        /// The indicator.
        indicator: IndicatorCode,
        /// Lower bound found.
        low: f64,
        /// Upper bound found.
        high: f64,
    },
    /// A weight that is negative or not finite.
    #[error("{code} has the weight {weight}; expected a finite number not below 0")]
    Weight {
        /// Indicator or criterion.
        code: String,
        /// Weight found.
        weight: f64,
    },
    /// An indicator from which no value can come.
    #[error("the indicator {indicator} has neither a derivation nor a national derivation, or an empty mean")]
    NoDerivation {
        /// The indicator.
        indicator: IndicatorCode,
    },
    /// A panel is missing or declared twice.
    #[error("the panel {panel} must be declared once")]
    Panel {
        /// The panel's code.
        panel: &'static str,
    },
    /// Years of a panel open by a rule that asks for nothing, or for more than there can be.
    #[error(
        "the panel {panel} opens its years by a rule without sense; expected 1 to 100 percent of areas, at most 100 percent \
         of criteria, at least one criterion and no fewer indicators than criteria"
    )]
    Opening {
        /// The panel's code.
        panel: &'static str,
    },
}

impl FrameworkDefinition {
    /// Checks codes, weights, goalposts and panels.
    ///
    /// # Errors
    /// [`DefinitionError`] for the first fault.
    pub fn check(&self) -> Result<(), DefinitionError> {
        let mut criteria = BTreeSet::new();
        for criterion in &self.criteria {
            if !criteria.insert(&criterion.code) {
                return Err(DefinitionError::Twice { code: criterion.code.to_string() });
            }
            check_weight(criterion.code.as_str(), criterion.weight)?;
        }
        for panel in Panel::ALL {
            let declared: Vec<_> = self.panels.iter().filter(|one| one.panel == panel).collect();
            let [declared] = declared.as_slice() else {
                return Err(DefinitionError::Panel { panel: panel.code() });
            };
            if !declared.opens.is_sound() {
                return Err(DefinitionError::Opening { panel: panel.code() });
            }
        }
        let mut indicators = BTreeSet::new();
        for indicator in &self.indicators {
            let code = || indicator.code.clone();
            if !indicators.insert((indicator.panel, &indicator.code)) {
                return Err(DefinitionError::Twice { code: code().to_string() });
            }
            if !criteria.contains(&indicator.criterion) {
                return Err(DefinitionError::UnknownCriterion {
                    indicator: code(),
                    criterion: indicator.criterion.clone(),
                });
            }
            check_weight(indicator.code.as_str(), indicator.weight)?;
            let GoalpostsDefinition { low, high, .. } = indicator.goalposts;
            if !(low.is_finite() && high.is_finite() && low < high) {
                return Err(DefinitionError::Goalposts { indicator: code(), low, high });
            }
            match indicator.national() {
                None => return Err(DefinitionError::NoDerivation { indicator: code() }),
                Some(derivation) if derivation.inputs().is_empty() => {
                    return Err(DefinitionError::NoDerivation { indicator: code() });
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// One panel's areas and years.
    #[must_use]
    pub fn panel(&self, panel: Panel) -> Option<&PanelDefinition> {
        self.panels.iter().find(|one| one.panel == panel)
    }

    /// The indicators of one panel, in the order they are shown.
    pub fn indicators_of(&self, panel: Panel) -> impl Iterator<Item = &IndicatorDefinition> {
        self.indicators.iter().filter(move |indicator| indicator.panel == panel)
    }

    /// Every series that the framework needs, by dataflow.
    #[must_use]
    pub fn inputs(&self) -> BTreeMap<DataflowId, BTreeSet<SeriesKey>> {
        let mut inputs: BTreeMap<DataflowId, BTreeSet<SeriesKey>> = BTreeMap::new();
        let derivations = self
            .indicators
            .iter()
            .flat_map(|indicator| indicator.derivation.iter().chain(&indicator.national_derivation));
        for input in derivations.flat_map(Derivation::inputs) {
            inputs.entry(input.dataflow.clone()).or_default().insert(input.series.clone());
        }
        inputs
    }
}

fn check_weight(code: &str, weight: f64) -> Result<(), DefinitionError> {
    if weight.is_finite() && weight >= 0.0 {
        Ok(())
    } else {
        Err(DefinitionError::Weight { code: code.to_owned(), weight })
    }
}
