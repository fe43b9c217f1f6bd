//! How much a caller's ranks depend on the choices made: what to vary, and what comes of it.

use indicators::code::AreaCode;
use indicators::error::ComputeError;
use indicators::framework::Framework;
use indicators::matrix::ScoreMatrix;
use indicators::recipe::Recipe;
use indicators::sensitivity::{
    Estimator, Factor, Output, RankInterval, Replicate, SobolIndices, Study, sobol_indices, summarise, uncertainty,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ComputeRequestError;

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
    /// Whether the settings and scores of every replicate are returned.
    #[serde(default)]
    pub return_replicates: bool,
    /// Settings to run in place of drawn ones: those of an earlier answer, or written by hand.
    #[serde(default)]
    #[schemars(with = "Vec<serde_json::Value>")]
    pub replay: Vec<Replicate>,
    /// Which factor the spread comes from; not asked unless given.
    #[serde(default)]
    pub sobol: Option<SobolSpec>,
}

/// The number whose spread is shared out among the factors.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SobolOutput {
    /// The mean over areas of the absolute change of rank.
    #[default]
    MeanRankShift,
    /// The score of an area; in a panel in the first of its rows.
    Score(AreaCode),
    /// The rank of an area, likewise.
    Rank(AreaCode),
}

/// Which estimator of first-order indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SobolEstimator {
    /// Jansen's.
    #[default]
    Jansen,
    /// Saltelli's, as `COINr` has it.
    Saltelli,
}

/// Sobol' indices.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SobolSpec {
    /// Of what; of the mean shift of ranks unless given.
    #[serde(default)]
    pub output: SobolOutput,
    /// By which estimator; Jansen's unless given.
    #[serde(default)]
    pub estimator: SobolEstimator,
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
    /// Index scores of every replicate, each in the order of the intervals.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<Vec<Option<f64>>>,
}

impl Robustness {
    /// How often the index is computed, about.
    #[must_use]
    pub fn runs(&self) -> f64 {
        let factors = self.factors.iter().fold(0.0, |count, _| count + 1.0);
        let sobol = self.sobol.as_ref().map_or(0.0, |sobol| f64::from(sobol.n) * (factors + 2.0));
        let replayed = self.replay.iter().fold(0.0, |count, _| count + 1.0);
        if self.replay.is_empty() { f64::from(self.replicates) + sobol } else { replayed + sobol }
    }

    pub(super) fn run(
        &self,
        framework: &Framework,
        recipe: &Recipe,
        matrix: &ScoreMatrix,
    ) -> Result<RobustnessAnswer, ComputeRequestError> {
        let study = Study { framework, recipe, matrix, without_substitutes: None, factors: &self.factors };
        let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let found = if self.replay.is_empty() {
            uncertainty(&study, count(self.replicates), self.seed)?
        } else {
            summarise(&study, self.replay.clone())?
        };
        let sobol = match &self.sobol {
            Some(sobol) => {
                let output = sobol.output(matrix)?;
                let estimator = match sobol.estimator {
                    SobolEstimator::Jansen => Estimator::Jansen,
                    SobolEstimator::Saltelli => Estimator::Saltelli,
                };
                sobol_indices(&study, sobol.n, output, estimator, count(sobol.bootstrap), self.seed)?
            }
            None => Vec::new(),
        };
        let (mut replicates, mut scores) = (Vec::new(), Vec::new());
        if self.return_replicates {
            let of = |replicate| found.scores.of(replicate).iter().map(|cell| cell.value()).collect();
            scores = (0..found.replicates.len()).map(of).collect();
            replicates = found.replicates;
        }
        Ok(RobustnessAnswer { intervals: found.intervals, sobol, replicates, scores })
    }
}

impl SobolSpec {
    fn output(&self, matrix: &ScoreMatrix) -> Result<Output, ComputeRequestError> {
        let row = |area: &AreaCode| {
            let unknown = || ComputeError::AreaUnknown { field: "robustness.sobol.output", area: area.clone() };
            matrix.row_of(area.as_str()).ok_or_else(unknown)
        };
        Ok(match &self.output {
            SobolOutput::MeanRankShift => Output::MeanRankShift,
            SobolOutput::Score(area) => Output::Score { row: row(area)? },
            SobolOutput::Rank(area) => Output::Rank { row: row(area)? },
        })
    }
}

const fn thousand() -> u32 {
    1000
}

const fn hundred() -> u32 {
    100
}
