//! [`Ground`]: what a scenario is computed from, as it travels with the page. Choosing observations
//! was done when the release was made; nothing here looks at a period or a source.

use indicators::code::{AreaCode, CodeError, CriterionCode, IndicatorCode};
use indicators::definition::{Direction, INDEX};
use indicators::framework::{Framework, FrameworkError, Goalposts, GoalpostsError, NodeSpec, Weight, WeightError};
use indicators::matrix::{MatrixError, ScoreMatrix};
use serde::{Deserialize, Serialize};

use super::{Scenario, Substitutes};

/// The cells of one release with the tree they are judged by, and what is official.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ground {
    /// Criteria with at least one indicator, in the order of the framework.
    pub criteria: Vec<GroundCriterion>,
    /// Indicators in the order of the framework.
    pub indicators: Vec<GroundIndicator>,
    /// The areas compared.
    pub areas: Vec<GroundArea>,
    /// Values, all areas of the first indicator, then all of the second.
    pub values: Vec<Option<f64>>,
    /// Positions among the values of those taken from a former region.
    pub former: Vec<u16>,
    /// Positions among the values of those taken from the country.
    pub national: Vec<u16>,
}

/// A criterion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroundCriterion {
    /// Its code.
    pub code: CriterionCode,
    /// Its name in the reader's language.
    pub name: String,
    /// Its official weight, relative to the others.
    pub weight: f64,
}

/// An indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroundIndicator {
    /// Its code.
    pub code: IndicatorCode,
    /// Position of its criterion.
    pub criterion: usize,
    /// Which way is better.
    pub direction: Direction,
    /// Lower goalpost.
    pub low: f64,
    /// Upper goalpost.
    pub high: f64,
    /// Weight inside its criterion.
    pub weight: f64,
}

/// An area and how it stands officially.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroundArea {
    /// Its code.
    pub code: AreaCode,
    /// Its name in the reader's language.
    pub name: String,
    /// The name where room is scarce.
    pub short: String,
    /// Official rank.
    pub rank: Option<u32>,
}

/// A scenario cannot be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GroundError {
    /// The nodes make no tree; all weights being 0 is the one way a reader gets there.
    #[error(transparent)]
    Framework(#[from] FrameworkError),
    /// Goalposts were refused.
    #[error(transparent)]
    Goalposts(#[from] GoalpostsError),
    /// A weight was refused.
    #[error(transparent)]
    Weight(#[from] WeightError),
    /// A code was refused.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The cells make no table.
    #[error(transparent)]
    Matrix(#[from] MatrixError),
    /// An indicator belongs to a criterion that is not there.
    #[error("the indicator {indicator} names criterion {found}; there are {available}")]
    CriterionUnknown {
        /// The indicator.
        indicator: IndicatorCode,
        /// Position found.
        found: usize,
        /// How many there are.
        available: usize,
    },
}

impl Ground {
    /// The tree with the weights of a scenario.
    ///
    /// # Errors
    /// [`GroundError::Framework`] when no criterion has a weight.
    pub fn framework(&self, scenario: &Scenario) -> Result<Framework, GroundError> {
        let mut nodes = vec![NodeSpec::group(INDEX.parse()?, None)];
        for criterion in &self.criteria {
            let weight = Weight::try_from(criterion.weight * scenario.points(&criterion.code).factor())?;
            nodes.push(NodeSpec::group(criterion.code.clone().into(), Some(INDEX.parse()?)).weighing(weight));
        }
        for indicator in &self.indicators {
            let criterion = self.criteria.get(indicator.criterion).ok_or_else(|| GroundError::CriterionUnknown {
                indicator: indicator.code.clone(),
                found: indicator.criterion,
                available: self.criteria.len(),
            })?;
            nodes.push(
                NodeSpec::indicator(indicator.code.clone(), criterion.code.clone().into(), indicator.direction)
                    .weighing(Weight::try_from(indicator.weight)?)
                    .between(Goalposts::new(indicator.low, indicator.high)?),
            );
        }
        Ok(Framework::new(nodes)?)
    }

    /// The table with the substitutes that are allowed, all others missing.
    ///
    /// # Errors
    /// [`GroundError::Matrix`] when the values do not fit areas and indicators.
    pub fn matrix(&self, allowed: Substitutes) -> Result<ScoreMatrix, GroundError> {
        let mut values = self.values.clone();
        let (former, national) = match allowed {
            Substitutes::All => (&[][..], &[][..]),
            Substitutes::Former => (&[][..], self.national.as_slice()),
            Substitutes::None => (self.former.as_slice(), self.national.as_slice()),
        };
        for position in former.iter().chain(national) {
            if let Some(value) = values.get_mut(usize::from(*position)) {
                *value = None;
            }
        }
        let areas = self.areas.iter().map(|area| area.code.clone()).collect();
        let indicators = self.indicators.iter().map(|indicator| indicator.code.clone()).collect();
        Ok(ScoreMatrix::from_columns(areas, indicators, &values)?)
    }

    /// Whether leaving substitutes out changes anything.
    #[must_use]
    pub fn has_substitutes(&self, allowed: Substitutes) -> bool {
        match allowed {
            Substitutes::All => !(self.former.is_empty() && self.national.is_empty()),
            Substitutes::Former => !self.former.is_empty(),
            Substitutes::None => false,
        }
    }

    /// The share of the index each criterion has, in the order of the criteria; nothing when all
    /// weights are 0.
    #[must_use]
    pub fn shares(&self, scenario: &Scenario) -> Option<Vec<f64>> {
        let weights: Vec<f64> = self
            .criteria
            .iter()
            .map(|criterion| criterion.weight * scenario.points(&criterion.code).factor())
            .collect();
        let sum: f64 = weights.iter().sum();
        (sum > 0.0).then(|| weights.into_iter().map(|weight| weight / sum).collect())
    }
}
