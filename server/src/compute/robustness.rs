//! How much a caller's ranks depend on the choices made: what to vary, and what comes of it.

use indicators::framework::Framework;
use indicators::matrix::ScoreMatrix;
use indicators::recipe::Recipe;
use indicators::sensitivity::{
    Estimator, Factor, Output, RankInterval, Replicate, SensitivityError, SobolIndices, Study, sobol_indices,
    uncertainty,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A study of robustness.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Robustness {
    /// What varies.
    pub factors: Vec<Factor>,
    /// How many recipes are drawn.
    #[serde(default = "thousand")]
    pub replicates: u32,
    /// The same seed gives the same numbers.
    #[serde(default)]
    pub seed: u64,
    /// Whether the settings of every replicate are returned.
    #[serde(default)]
    pub return_replicates: bool,
    /// Which factor the spread comes from; not asked unless given.
    #[serde(default)]
    pub sobol: Option<SobolSpec>,
}

/// Sobol' indices of the mean shift of ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SobolSpec {
    /// Points, a power of two at best.
    pub n: u32,
    /// Bootstrap samples for the intervals.
    #[serde(default = "hundred")]
    pub bootstrap: u32,
}

/// What a study found.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct RobustnessAnswer {
    /// Nominal, mean, median, 5 % and 95 % rank of every area.
    #[schema(value_type = Vec<Object>)]
    pub intervals: Vec<RankInterval>,
    /// First-order and total indices of each factor, with intervals.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub sobol: Vec<SobolIndices>,
    /// The settings of every replicate; run again, they give the same scores.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub replicates: Vec<Replicate>,
}

impl Robustness {
    /// How often the index is computed, about.
    #[must_use]
    pub fn runs(&self) -> f64 {
        let factors = self.factors.iter().fold(0.0, |count, _| count + 1.0);
        let sobol = self.sobol.map_or(0.0, |sobol| f64::from(sobol.n) * (factors + 2.0));
        f64::from(self.replicates) + sobol
    }

    pub(super) fn run(
        &self,
        framework: &Framework,
        recipe: &Recipe,
        matrix: &ScoreMatrix,
    ) -> Result<RobustnessAnswer, SensitivityError> {
        let study = Study { framework, recipe, matrix, without_substitutes: None, factors: &self.factors };
        let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let found = uncertainty(&study, count(self.replicates), self.seed)?;
        let sobol = match self.sobol {
            Some(SobolSpec { n, bootstrap }) => {
                sobol_indices(&study, n, Output::MeanRankShift, Estimator::Jansen, count(bootstrap), self.seed)?
            }
            None => Vec::new(),
        };
        let replicates = if self.return_replicates { found.replicates } else { Vec::new() };
        Ok(RobustnessAnswer { intervals: found.intervals, sobol, replicates })
    }
}

const fn thousand() -> u32 {
    1000
}

const fn hundred() -> u32 {
    100
}
