//! Running replicates: what they share is computed once, the rest once each.

use std::collections::{BTreeMap, BTreeSet};

use super::factor::check;
use super::{Factor, Replicate, SensitivityError, Study};
use crate::composite::{Aggregation, Run, aggregate_all};
use crate::error::ComputeError;
use crate::matrix::{Cell, ScoreMatrix};
use crate::plan::Plan;
use crate::recipe::Recipe;

/// Index scores of every replicate.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicateScores {
    /// Rows of each replicate: those of the data, screened or not.
    pub n_rows: usize,
    /// Scores, replicate after replicate; a row screened out has none.
    pub scores: Vec<Cell>,
}

impl ReplicateScores {
    /// The scores of one replicate, one per row of the data.
    #[must_use]
    pub fn of(&self, replicate: usize) -> &[Cell] {
        &self.scores[replicate * self.n_rows..(replicate + 1) * self.n_rows]
    }
}

/// Everything up to normalised scores that several replicates share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Variant {
    impute: Option<usize>,
    treat: Option<usize>,
    normalise: Option<usize>,
    without_substitutes: bool,
}

struct Normalised {
    values: ScoreMatrix,
    cells: Vec<Cell>,
    /// The row of the data of each row kept.
    rows: Vec<usize>,
}

impl Study<'_> {
    /// Runs replicates and returns their index scores. The replicates may be drawn here, read from a
    /// file or written by hand.
    ///
    /// # Errors
    /// When a replicate has a setting the study does not, or a variant cannot be computed.
    pub fn replay(&self, replicates: &[Replicate]) -> Result<ReplicateScores, SensitivityError> {
        check_settings(self, replicates)?;
        let variants: BTreeSet<Variant> = replicates.iter().map(variant_of).collect();
        let mut normalised = BTreeMap::new();
        for variant in variants {
            normalised.insert(variant, self.normalised(variant)?);
        }
        let aggregations: BTreeSet<Option<usize>> = replicates.iter().map(|replicate| replicate.aggregate).collect();
        let recipes: BTreeMap<Option<usize>, Recipe> =
            aggregations.into_iter().map(|choice| (choice, self.recipe_with(None, choice))).collect();
        let mut plans = BTreeMap::new();
        for (&choice, recipe) in &recipes {
            plans.insert(choice, Plan::new(self.framework, recipe).map_err(ComputeError::from)?);
        }
        let n_rows = self.matrix.n_rows();
        let mut scores = vec![Cell::MISSING; replicates.len() * n_rows];
        let run = |(replicate, out): (&Replicate, &mut [Cell])| -> Result<(), SensitivityError> {
            run_one(self, &plans[&replicate.aggregate], &normalised[&variant_of(replicate)], replicate, out)
        };
        each_replicate(replicates, &mut scores, n_rows, run)?;
        Ok(ReplicateScores { n_rows, scores })
    }

    /// The recipe with the choices of a variant and an aggregation.
    fn recipe_with(&self, variant: Option<Variant>, aggregate: Option<usize>) -> Recipe {
        let mut recipe = self.recipe.clone();
        for factor in self.factors {
            match factor {
                Factor::Aggregate { alternatives } => {
                    if let Some(choice) = aggregate {
                        recipe.aggregate = alternatives[choice].clone();
                    }
                }
                Factor::Normalise { alternatives } => {
                    if let Some(choice) = variant.and_then(|variant| variant.normalise) {
                        recipe.normalise = alternatives[choice].clone();
                    }
                }
                Factor::Impute { alternatives } => {
                    if let Some(choice) = variant.and_then(|variant| variant.impute) {
                        recipe.impute = alternatives[choice].clone();
                    }
                }
                Factor::Treat { alternatives } => {
                    if let Some(choice) = variant.and_then(|variant| variant.treat) {
                        recipe.treat = alternatives[choice].clone();
                    }
                }
                Factor::Weights { .. } | Factor::LeaveOneOut {} | Factor::Substitutes {} => {}
            }
        }
        recipe
    }

    fn normalised(&self, variant: Variant) -> Result<Normalised, SensitivityError> {
        let matrix = match self.without_substitutes {
            Some(matrix) if variant.without_substitutes => matrix,
            _ => self.matrix,
        };
        let recipe = self.recipe_with(Some(variant), None);
        let plan = Plan::new(self.framework, &recipe).map_err(ComputeError::from)?;
        let Run { values, .. } = plan.prepare(matrix)?;
        let (treated, _) = plan.treat_all(&values);
        let cells = plan.normalise_all(&treated, &mut Vec::new())?;
        let rows = values.rows_in(matrix);
        Ok(Normalised { values, cells, rows })
    }
}

fn variant_of(replicate: &Replicate) -> Variant {
    Variant {
        impute: replicate.impute,
        treat: replicate.treat,
        normalise: replicate.normalise,
        without_substitutes: replicate.without_substitutes,
    }
}

fn run_one(
    study: &Study<'_>,
    plan: &Plan<'_>,
    normalised: &Normalised,
    replicate: &Replicate,
    out: &mut [Cell],
) -> Result<(), SensitivityError> {
    let nodes = study.framework.nodes();
    let n_rows = normalised.values.n_rows();
    let mut scores = vec![Cell::MISSING; nodes.len() * n_rows];
    let mut shares = vec![1.0; nodes.len()];
    let mut factors = Vec::new();
    if !replicate.weight_factors.is_empty() || replicate.left_out.is_some() {
        factors.clone_from(&replicate.weight_factors);
        factors.resize(nodes.len(), 1.0);
        if let Some(left_out) = replicate.left_out {
            for (factor, node) in factors.iter_mut().zip(nodes) {
                if node.indicator() == Some(left_out) {
                    *factor = 0.0;
                }
            }
        }
    }
    let factors = Some(factors.as_slice()).filter(|factors| !factors.is_empty());
    let work = Aggregation { plan, values: &normalised.values, factors };
    aggregate_all(work, &normalised.cells, &mut scores, &mut shares, &mut Vec::new())?;
    let root = study.framework.root();
    for (score, &row) in scores[root * n_rows..(root + 1) * n_rows].iter().zip(&normalised.rows) {
        out[row] = *score;
    }
    Ok(())
}

#[cfg(feature = "parallel")]
fn each_replicate(
    replicates: &[Replicate],
    scores: &mut [Cell],
    n_rows: usize,
    run: impl Fn((&Replicate, &mut [Cell])) -> Result<(), SensitivityError> + Send + Sync,
) -> Result<(), SensitivityError> {
    use rayon::prelude::*;

    replicates.par_iter().zip(scores.par_chunks_mut(n_rows.max(1))).with_min_len(16).try_for_each(run)
}

#[cfg(not(feature = "parallel"))]
fn each_replicate(
    replicates: &[Replicate],
    scores: &mut [Cell],
    n_rows: usize,
    run: impl Fn((&Replicate, &mut [Cell])) -> Result<(), SensitivityError>,
) -> Result<(), SensitivityError> {
    replicates.iter().zip(scores.chunks_mut(n_rows.max(1))).try_for_each(run)
}

fn check_settings(study: &Study<'_>, replicates: &[Replicate]) -> Result<(), SensitivityError> {
    let available = |name: &str| {
        study.factors.iter().find(|factor| factor.name() == name).map_or(0, |factor| match factor {
            Factor::Normalise { alternatives } => alternatives.len(),
            Factor::Aggregate { alternatives } => alternatives.len(),
            Factor::Impute { alternatives } => alternatives.len(),
            Factor::Treat { alternatives } => alternatives.len(),
            Factor::Weights { .. } | Factor::LeaveOneOut {} | Factor::Substitutes {} => 0,
        })
    };
    for (number, replicate) in replicates.iter().enumerate() {
        for (parameter, choice, available) in [
            ("normalise", replicate.normalise, available("normalise")),
            ("aggregate", replicate.aggregate, available("aggregate")),
            ("impute", replicate.impute, available("impute")),
            ("treat", replicate.treat, available("treat")),
            ("left_out", replicate.left_out, study.framework.indicators().len()),
        ] {
            if let Some(found) = choice.filter(|choice| *choice >= available) {
                return Err(SensitivityError::Setting { replicate: number, parameter, found, available });
            }
        }
        let (found, nodes) = (replicate.weight_factors.len(), study.framework.nodes().len());
        if found != 0 && found != nodes {
            return Err(SensitivityError::Setting {
                replicate: number,
                parameter: "weight_factors",
                found,
                available: nodes,
            });
        }
        if let Some(wrong) = replicate.weight_factors.iter().find(|factor| !(factor.is_finite() && **factor >= 0.0)) {
            return Err(SensitivityError::Parameter {
                parameter: "weight_factors",
                found: *wrong,
                expected: "finite numbers, 0 or above",
            });
        }
    }
    Ok(())
}

/// Refuses factors whose settings all give the same scores.
pub(super) fn refuse_inactive(study: &Study<'_>) -> Result<(), SensitivityError> {
    check(study)?;
    for factor in study.factors {
        let probes = factor.probes(study);
        let scores = study.replay(&probes)?;
        let differs = (1..probes.len()).any(|probe| scores.of(probe) != scores.of(0));
        if !differs {
            return Err(SensitivityError::InactiveFactor { factor: factor.name() });
        }
    }
    Ok(())
}
