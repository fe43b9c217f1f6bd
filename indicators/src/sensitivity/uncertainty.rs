//! Monte Carlo over recipes, and what it says about ranks.

use std::ops::Range;

use serde::Serialize;

use super::factor::{Draws, replicate_of};
use super::replay::refuse_inactive;
use super::{Factor, Replicate, ReplicateScores, SensitivityError, Study};
use crate::code::AreaCode;
use crate::descriptive::quantile_of_sorted;
use crate::framework::Framework;
use crate::matrix::{Cell, ScoreMatrix};
use crate::observation::TimePeriod;
use crate::ranking::ranks_into;
use crate::recipe::{Aggregate, Normalise, PerLevel, Recipe, Ties};

/// Where an area's rank and score lie over all replicates.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankInterval {
    /// The area.
    pub area: AreaCode,
    /// The period, in a panel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<TimePeriod>,
    /// Rank under the nominal recipe.
    pub nominal: Option<usize>,
    /// Mean rank.
    pub mean: Option<f64>,
    /// Median rank.
    pub median: Option<f64>,
    /// 5 % of the ranks are not worse… and
    pub low: Option<f64>,
    /// 95 % are not worse than this.
    pub high: Option<f64>,
    /// Score under the nominal recipe.
    pub score: Option<f64>,
    /// 5 % quantile of the scores; scores of different methods are on the scales of their methods.
    pub score_low: Option<f64>,
    /// 95 % quantile of the scores.
    pub score_high: Option<f64>,
    /// Replicates in which the area has a score.
    pub replicates: usize,
}

/// The result of a Monte Carlo study.
#[derive(Debug, Clone, PartialEq)]
pub struct Uncertainty {
    /// One interval per row of the data.
    pub intervals: Vec<RankInterval>,
    /// The settings of every replicate: run again, they give the same scores.
    pub replicates: Vec<Replicate>,
    /// The scores of every replicate.
    pub scores: ReplicateScores,
}

impl Uncertainty {
    /// Ranks of one replicate, one per row of the data.
    #[must_use]
    pub fn ranks(&self, blocks: &[Vec<usize>], replicate: usize) -> Vec<Option<usize>> {
        rank_blocks(self.scores.of(replicate), blocks)
    }

    /// The share of replicates in which the first row ranks above the second, ties counted half;
    /// `None` when they never have scores together.
    #[must_use]
    pub fn share_above(&self, first: usize, second: usize) -> Option<f64> {
        let (above, all) = (0..self.replicates.len()).fold((0.0, 0.0), |(above, all), replicate| {
            let scores = self.scores.of(replicate);
            match (scores[first].value(), scores[second].value()) {
                (Some(a), Some(b)) if a > b => (above + 1.0, all + 1.0),
                (Some(a), Some(b)) if a < b => (above, all + 1.0),
                (Some(_), Some(_)) => (above + 0.5, all + 1.0),
                _ => (above, all),
            }
        });
        (all > 0.0).then(|| above / all)
    }
}

/// Draws `n` replicates and runs them.
///
/// Every replicate sets every factor at random and independently; its numbers come from a stream of
/// its own of a `ChaCha` generator with the seed given. The interval of a rank runs from the 5 % to the
/// 95 % quantile (type 7) of the ranks; ranks are within the period in a panel.
///
/// # Errors
/// When a factor changes nothing, comes twice or is out of range, or a variant cannot be computed.
///
/// # Source
/// OECD/JRC Handbook (2008), step 7; Saisana, Saltelli and Tarantola (2005).
pub fn uncertainty(study: &Study<'_>, n: usize, seed: u64) -> Result<Uncertainty, SensitivityError> {
    refuse_inactive(study)?;
    summarise(study, draw(study, 0..n, seed))
}

/// The replicates of these numbers. Each has a stream of its own: drawn in parts they are those drawn at once.
pub(super) fn draw(study: &Study<'_>, numbers: Range<usize>, seed: u64) -> Vec<Replicate> {
    let dimensions: usize = study.factors.iter().map(|factor| factor.n_dimensions(study)).sum();
    numbers.map(|number| replicate_of(study, &Draws::new(seed, number).take(dimensions))).collect()
}

/// Runs replicates drawn elsewhere, read from a file or written by hand, and summarises them.
///
/// # Errors
/// When a replicate has a setting the study does not, or a variant cannot be computed.
pub fn summarise(study: &Study<'_>, replicates: Vec<Replicate>) -> Result<Uncertainty, SensitivityError> {
    let scores = study.replay(&replicates)?;
    summary(study, replicates, scores)
}

/// What the scores of replicates say about ranks.
pub(super) fn summary(
    study: &Study<'_>,
    replicates: Vec<Replicate>,
    scores: ReplicateScores,
) -> Result<Uncertainty, SensitivityError> {
    let nominal = study.replay(&[Replicate::default()])?;
    let blocks = study.matrix.blocks();
    let nominal_ranks = rank_blocks(nominal.of(0), &blocks);
    let n_rows = study.matrix.n_rows();
    let mut ranks_of: Vec<Vec<f64>> = vec![Vec::with_capacity(replicates.len()); n_rows];
    let mut scores_of: Vec<Vec<f64>> = vec![Vec::with_capacity(replicates.len()); n_rows];
    for replicate in 0..replicates.len() {
        for (row, rank) in rank_blocks(scores.of(replicate), &blocks).into_iter().enumerate() {
            if let Some(rank) = rank {
                ranks_of[row].push(u32::try_from(rank).map_or(f64::INFINITY, f64::from));
            }
        }
        for (row, score) in scores.of(replicate).iter().enumerate() {
            scores_of[row].extend(score.value());
        }
    }
    let intervals = (0..n_rows)
        .map(|row| {
            let (ranks, scores) = (&mut ranks_of[row], &mut scores_of[row]);
            ranks.sort_unstable_by(f64::total_cmp);
            scores.sort_unstable_by(f64::total_cmp);
            let count = ranks.iter().fold(0.0, |count, _| count + 1.0);
            RankInterval {
                area: study.matrix.areas()[row].clone(),
                period: study.matrix.periods().map(|periods| periods[row]),
                nominal: nominal_ranks[row],
                mean: (count > 0.0).then(|| ranks.iter().sum::<f64>() / count),
                median: quantile_of_sorted(ranks, 0.5),
                low: quantile_of_sorted(ranks, 0.05),
                high: quantile_of_sorted(ranks, 0.95),
                score: nominal.of(0)[row].value(),
                score_low: quantile_of_sorted(scores, 0.05),
                score_high: quantile_of_sorted(scores, 0.95),
                replicates: ranks.len(),
            }
        })
        .collect();
    Ok(Uncertainty { intervals, replicates, scores })
}

/// Ranks within each block of rows.
pub(super) fn rank_blocks(scores: &[Cell], blocks: &[Vec<usize>]) -> Vec<Option<usize>> {
    let mut ranks = vec![None; scores.len()];
    let mut order = Vec::new();
    for block in blocks {
        let part: Vec<Cell> = block.iter().map(|&row| scores[row]).collect();
        ranks_into(&part, &mut order, |at, rank| ranks[block[at]] = Some(rank));
    }
    ranks
}

/// What varies in the robustness of a release: weights by a quarter, normalisation (the recipe's own
/// or min–max), aggregation (arithmetic or geometric), one indicator left out, and substitutes where
/// the data without them are at hand.
///
/// All alternatives score from 1, so that one worst value does not make a geometric mean zero.
#[must_use]
pub fn release_factors(recipe: &Recipe, has_substitutes: bool) -> Vec<Factor> {
    let own = match recipe.normalise.clone() {
        Normalise::Goalposts { outside, .. } => Normalise::Goalposts { lower: 1.0, upper: 100.0, outside },
        Normalise::MinMax { .. } => Normalise::PercentileRank { ties: Ties::Min, lower: 1.0, upper: 100.0 },
        other => other,
    };
    let mut factors = vec![
        Factor::Weights { relative: 0.25, levels: Vec::new() },
        Factor::Normalise { alternatives: vec![own, Normalise::MinMax { lower: 1.0, upper: 100.0 }] },
        Factor::Aggregate {
            alternatives: vec![PerLevel::All(Aggregate::Arithmetic {}), PerLevel::All(Aggregate::Geometric {})],
        },
        Factor::LeaveOneOut {},
    ];
    if has_substitutes {
        factors.push(Factor::Substitutes {});
    }
    factors
}

/// The rank intervals of a release: [`release_factors`] that change something, `n` replicates.
///
/// `without_substitutes` is the same table with substituted cells missing, if there are any. Factors
/// that cannot change this table (one indicator only, no substitutes) are left out.
///
/// # Errors
/// When the recipe cannot be computed, or nothing about it is uncertain.
pub fn rank_intervals(
    framework: &Framework,
    recipe: &Recipe,
    matrix: &ScoreMatrix,
    without_substitutes: Option<&ScoreMatrix>,
    n: usize,
    seed: u64,
) -> Result<Uncertainty, SensitivityError> {
    let factors = active_factors(framework, recipe, matrix, without_substitutes)?;
    let study = Study { framework, recipe, matrix, without_substitutes, factors: &factors };
    summarise(&study, draw(&study, 0..n, seed))
}

/// Those of [`release_factors`] that change something.
pub(super) fn active_factors(
    framework: &Framework,
    recipe: &Recipe,
    matrix: &ScoreMatrix,
    without_substitutes: Option<&ScoreMatrix>,
) -> Result<Vec<Factor>, SensitivityError> {
    let mut factors = release_factors(recipe, without_substitutes.is_some());
    loop {
        match refuse_inactive(&Study { framework, recipe, matrix, without_substitutes, factors: &factors }) {
            Ok(()) => return Ok(factors),
            Err(SensitivityError::InactiveFactor { factor }) => factors.retain(|other| other.name() != factor),
            Err(other) => return Err(other),
        }
    }
}
