//! [`Outcome`]: scores and ranks under a scenario, and how far its ranks can be relied on. How they
//! are shown belongs to [`super::picture`].

use indicators::composite::compute;
use indicators::error::ComputeError;
use indicators::framework::Framework;
use indicators::matrix::ScoreMatrix;
use indicators::sensitivity::{RankStudy, SensitivityError, Uncertainty, rank_intervals};

use super::ground::{Ground, GroundError};
use super::{Scenario, Substitutes};
use crate::charts::ranking::RankInterval;

/// How often the index is computed anew to see how far ranks can be relied on.
pub const REPLICATES: usize = 1000;
/// That of the published intervals, so that nothing changed gives the published intervals, and a link
/// shows what its sender saw.
const SEED: u64 = 2024;

/// How one area stands under a scenario.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// Its score.
    pub score: Option<f64>,
    /// Its rank.
    pub rank: Option<u32>,
}

/// How all areas stand under a scenario, in the order of the ground.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// One an area.
    pub placed: Vec<Placed>,
}

/// A scenario cannot be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OutcomeError {
    /// What it is computed from does not fit together.
    #[error(transparent)]
    Ground(#[from] GroundError),
    /// The computation was refused.
    #[error(transparent)]
    Compute(#[from] ComputeError),
    /// Nothing about it can be varied.
    #[error(transparent)]
    Sensitivity(#[from] SensitivityError),
}

impl Outcome {
    /// Scores and ranks.
    ///
    /// # Errors
    /// [`OutcomeError`] when no criterion has a weight.
    pub fn of(ground: &Ground, scenario: &Scenario) -> Result<Self, OutcomeError> {
        let framework = ground.framework(scenario)?;
        let matrix = ground.matrix(scenario.substitutes)?;
        let composite = compute(&framework, &scenario.recipe(), &matrix)?;
        let root = framework.root();
        let placed = composite
            .scores_of(root)
            .iter()
            .zip(composite.ranks_of(root))
            .map(|(score, rank)| Placed { score: score.value(), rank: rank.and_then(|rank| u32::try_from(rank).ok()) });
        Ok(Self { placed: placed.collect() })
    }
}

/// From the best to the worst rank of nine in ten recomputations around a scenario, one an area:
/// weights by a quarter, normalisation, aggregation, one indicator left out, substitutes. The same
/// study as that of a release.
///
/// # Errors
/// [`OutcomeError`] when no criterion has a weight, or nothing can be varied.
pub fn stability(ground: &Ground, scenario: &Scenario) -> Result<Vec<Option<RankInterval>>, OutcomeError> {
    let Varied { framework, matrix, without } = Varied::of(ground, scenario)?;
    let studied = rank_intervals(&framework, &scenario.recipe(), &matrix, without.as_ref(), REPLICATES, SEED)?;
    Ok(intervals(&studied))
}

/// [`stability`] a slice at a time, for a browser that answers its reader in between. It ends with the same
/// intervals.
#[derive(Debug, Clone)]
pub struct Stability(RankStudy);

impl Stability {
    /// Begins; nothing is recomputed yet.
    ///
    /// # Errors
    /// As [`stability`].
    pub fn begin(ground: &Ground, scenario: &Scenario) -> Result<Self, OutcomeError> {
        let Varied { framework, matrix, without } = Varied::of(ground, scenario)?;
        Ok(Self(RankStudy::begin(framework, scenario.recipe(), matrix, without, SEED)?))
    }

    /// Recomputes so many times more, and says whether that was the last slice.
    ///
    /// # Errors
    /// When a variant cannot be computed.
    pub fn advance(&mut self, slice: usize) -> Result<bool, OutcomeError> {
        self.0.advance(slice.min(REPLICATES - self.0.n_replicates()))?;
        Ok(self.0.n_replicates() == REPLICATES)
    }

    /// The intervals, one an area.
    ///
    /// # Errors
    /// When the scenario itself cannot be computed.
    pub fn intervals(self) -> Result<Vec<Option<RankInterval>>, OutcomeError> {
        Ok(intervals(&self.0.summarise()?))
    }
}

/// What a study varies.
struct Varied {
    framework: Framework,
    matrix: ScoreMatrix,
    /// The same without substitutes, where there are any.
    without: Option<ScoreMatrix>,
}

impl Varied {
    fn of(ground: &Ground, scenario: &Scenario) -> Result<Self, GroundError> {
        let allowed = scenario.substitutes;
        let without = ground.has_substitutes(allowed).then(|| ground.matrix(Substitutes::None)).transpose()?;
        Ok(Self { framework: ground.framework(scenario)?, matrix: ground.matrix(allowed)?, without })
    }
}

fn intervals(studied: &Uncertainty) -> Vec<Option<RankInterval>> {
    studied
        .intervals
        .iter()
        .map(|interval| {
            let (low, high) = (interval.low?, interval.high?);
            Some(RankInterval { best: whole(low.floor())?, worst: whole(high.ceil())? })
        })
        .collect()
}

/// A rank from a quantile of ranks.
fn whole(rank: f64) -> Option<u32> {
    (1..=u16::MAX).find(|known| f64::from(*known) >= rank).map(u32::from)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use crate::scenario::picture::tests::ground;
    use crate::scenario::{Aggregating, Normalising, Points};

    fn ranks(scenario: &Scenario) -> Vec<Option<u32>> {
        Outcome::of(&ground(), scenario).unwrap().placed.iter().map(|placed| placed.rank).collect()
    }

    fn weighing(criterion: &str, points: &str) -> Scenario {
        let mut scenario = Scenario::default();
        scenario.set_points(criterion.parse().unwrap(), Points::read(points).unwrap());
        scenario
    }

    #[test]
    fn nothing_changed_gives_the_official_ranks() {
        let official: Vec<Option<u32>> = ground().areas.iter().map(|area| area.rank).collect();
        assert_eq!(ranks(&Scenario::default()), official);
    }

    #[test]
    fn weights_move_ranks() {
        // Astana leads in access and Abai in devices.
        assert_eq!(ranks(&weighing("devices", "0")), [Some(2), Some(1), Some(3)]);
        assert_eq!(ranks(&weighing("access", "0")), [Some(1), Some(2), None]);
    }

    #[test]
    fn a_missing_substitute_stays_missing() {
        let mut scenario = weighing("devices", "0");
        scenario.substitutes = Substitutes::None;
        assert_eq!(ranks(&scenario), [Some(2), Some(1), None]);
    }

    #[test]
    fn every_choice_gives_scores_within_the_scale() {
        for normalising in Normalising::ALL {
            for aggregating in Aggregating::ALL {
                let scenario = Scenario { normalising: *normalising, aggregating: *aggregating, ..Scenario::default() };
                for placed in Outcome::of(&ground(), &scenario).unwrap().placed {
                    let score = placed.score.unwrap();
                    assert!((0.0..=100.0).contains(&score), "{score} {scenario:?}");
                }
            }
        }
    }

    #[test]
    fn without_any_weight_there_is_no_index() {
        let mut scenario = weighing("devices", "0");
        scenario.set_points("access".parse().unwrap(), Points::read("0").unwrap());
        assert!(matches!(Outcome::of(&ground(), &scenario), Err(OutcomeError::Ground(GroundError::Framework(_)))));
        assert!(stability(&ground(), &scenario).is_err());
    }

    #[test]
    fn slices_give_the_intervals_of_one_piece() {
        let (mut geometric, mut bare) = (weighing("devices", "3"), Scenario::default());
        geometric.aggregating = Aggregating::Geometric;
        bare.substitutes = Substitutes::None;
        for scenario in [Scenario::default(), geometric, bare] {
            let whole = stability(&ground(), &scenario).unwrap();
            for slice in [1, 64, 100, REPLICATES] {
                let mut study = Stability::begin(&ground(), &scenario).unwrap();
                while !study.advance(slice).unwrap() {}
                assert_eq!(study.intervals().unwrap(), whole, "slices of {slice}, {scenario:?}");
            }
        }
    }

    #[test]
    fn a_rank_lies_in_its_interval() {
        let scenario = Scenario::default();
        let intervals = stability(&ground(), &scenario).unwrap();
        for (rank, interval) in ranks(&scenario).into_iter().zip(intervals) {
            let (rank, interval) = (rank.unwrap(), interval.unwrap());
            assert!(interval.best <= rank && rank <= interval.worst, "{rank} {interval:?}");
        }
    }
}
