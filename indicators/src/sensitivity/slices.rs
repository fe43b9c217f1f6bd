//! [`RankStudy`]: rank intervals found a slice at a time, for a thread that has to answer in between.
//! Drawing and running replicates is the siblings' work.

use std::mem;

use super::uncertainty::{active_factors, draw, summary};
use super::{Factor, Replicate, ReplicateScores, SensitivityError, Study, Uncertainty};
use crate::framework::Framework;
use crate::matrix::{Cell, ScoreMatrix};
use crate::recipe::Recipe;

/// [`rank_intervals`](super::rank_intervals) under way. However it is sliced, it ends with the same bits.
#[derive(Debug, Clone)]
pub struct RankStudy {
    framework: Framework,
    recipe: Recipe,
    matrix: ScoreMatrix,
    without_substitutes: Option<ScoreMatrix>,
    seed: u64,
    factors: Vec<Factor>,
    replicates: Vec<Replicate>,
    scores: Vec<Cell>,
}

impl RankStudy {
    /// Finds out what can be varied; no replicate is run yet.
    ///
    /// # Errors
    /// When the recipe cannot be computed, or nothing about it is uncertain.
    pub fn begin(
        framework: Framework,
        recipe: Recipe,
        matrix: ScoreMatrix,
        without_substitutes: Option<ScoreMatrix>,
        seed: u64,
    ) -> Result<Self, SensitivityError> {
        let factors = active_factors(&framework, &recipe, &matrix, without_substitutes.as_ref())?;
        let (replicates, scores) = (Vec::new(), Vec::new());
        Ok(Self { framework, recipe, matrix, without_substitutes, seed, factors, replicates, scores })
    }

    /// How many replicates were run.
    #[must_use]
    pub const fn n_replicates(&self) -> usize {
        self.replicates.len()
    }

    /// Runs the next `n` replicates.
    ///
    /// # Errors
    /// When a variant cannot be computed; the replicates run before stay.
    pub fn advance(&mut self, n: usize) -> Result<(), SensitivityError> {
        let from = self.n_replicates();
        let study = self.study();
        let drawn = draw(&study, from..from + n, self.seed);
        let run = study.replay(&drawn)?;
        self.replicates.extend(drawn);
        self.scores.extend(run.scores);
        Ok(())
    }

    /// What the replicates run so far say about ranks.
    ///
    /// # Errors
    /// When the recipe itself cannot be computed.
    pub fn summarise(mut self) -> Result<Uncertainty, SensitivityError> {
        let replicates = mem::take(&mut self.replicates);
        let scores = ReplicateScores { n_rows: self.matrix.n_rows(), scores: mem::take(&mut self.scores) };
        summary(&self.study(), replicates, scores)
    }

    fn study(&self) -> Study<'_> {
        Study {
            framework: &self.framework,
            recipe: &self.recipe,
            matrix: &self.matrix,
            without_substitutes: self.without_substitutes.as_ref(),
            factors: &self.factors,
        }
    }
}
