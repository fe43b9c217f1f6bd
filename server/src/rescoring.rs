//! A published release computed again: with other weights, or beside another release to say why
//! they differ. The cells are those of the release; no observation is looked up anew.

use std::collections::BTreeMap;

use indicators::assembly::CellStatus;
use indicators::code::{AreaCode, IndicatorCode, NodeCode};
use indicators::comparison::{CellChange, CompareError, ScoreChange, Side, compare};
use indicators::composite::{Composite, compute};
use indicators::definition::{FrameworkDefinition, INDEX, TreeError};
use indicators::error::ComputeError;
use indicators::framework::Weight;
use indicators::matrix::{MatrixError, ScoreMatrix};
use indicators::recipe::{Overrides, Recipe, WeightRule};
use indicators::sensitivity::{
    Estimator, Output, SensitivityError, SobolIndices, Study, release_factors, sobol_indices,
};
use indicators::wire::CellEntry;

use crate::release::{PublishedMethod, Release};

/// A release could not be computed again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RescoringError {
    /// The framework makes no tree.
    #[error("the framework: {0}")]
    Tree(#[from] TreeError),
    /// The cells make no table.
    #[error("the cells: {0}")]
    Matrix(#[from] MatrixError),
    /// The computation was refused.
    #[error("the computation: {0}")]
    Compute(#[from] ComputeError),
    /// The study was refused.
    #[error("the study: {0}")]
    Sensitivity(#[from] SensitivityError),
    /// The comparison was refused.
    #[error("the comparison: {0}")]
    Compare(#[from] CompareError),
}

/// Why the scores of two releases of one panel differ.
///
/// # Errors
/// When one of them cannot be computed again.
pub fn differences(
    framework: &FrameworkDefinition,
    before: &Release,
    after: &Release,
) -> Result<Vec<ScoreChange>, RescoringError> {
    let tree = framework.framework(after.reference().panel)?;
    let recipe = PublishedMethod::current().recipe;
    let (first, last) = (matrix_of(framework, before)?, matrix_of(framework, after)?);
    let side = |matrix| Side { framework: &tree, recipe: &recipe, matrix };
    let change_of = |area: &AreaCode, indicator: &IndicatorCode| {
        let period = |release: &Release| cell(release, area, indicator).and_then(|cell| cell.period);
        // The value of a period that was known before is a revision; another period is news.
        if period(before).is_some() && period(before) == period(after) { CellChange::Revised } else { CellChange::New }
    };
    Ok(compare(side(&first), side(&last), change_of)?)
}

/// The scores of a release under other weights of the criteria. Criteria that are not named keep
/// theirs.
///
/// # Errors
/// When the release cannot be computed again.
pub fn with_weights(
    framework: &FrameworkDefinition,
    release: &Release,
    weights: BTreeMap<NodeCode, Weight>,
) -> Result<Composite, RescoringError> {
    let tree = framework.framework(release.reference().panel)?;
    let mut recipe: Recipe = PublishedMethod::current().recipe;
    if let Ok(index) = INDEX.parse::<NodeCode>() {
        let rule = WeightRule::Set { values: weights };
        recipe.overrides.insert(index, Overrides { weights: Some(rule), ..Overrides::default() });
    }
    Ok(compute(&tree, &recipe, &matrix_of(framework, release)?)?)
}

/// How much of the shifts of rank each choice of method explains: Sobol' indices of the mean shift, over the choices
/// that the rank intervals of the release vary. Empty where nothing varies.
///
/// # Errors
/// When the release cannot be computed again.
pub fn shares_of_choices(
    framework: &FrameworkDefinition,
    release: &Release,
) -> Result<Vec<SobolIndices>, RescoringError> {
    let tree = framework.framework(release.reference().panel)?;
    let PublishedMethod { recipe, robustness, .. } = PublishedMethod::current();
    let matrix = matrix_of(framework, release)?;
    let bare = matrix_where(framework, release, |cell| !is_substitute(cell))?;
    let without = (bare != matrix).then_some(&bare);
    let mut factors = release_factors(&recipe, without.is_some());
    let mut indices = loop {
        let study = Study {
            framework: &tree,
            recipe: &recipe,
            matrix: &matrix,
            without_substitutes: without,
            factors: &factors,
        };
        let (output, estimator) = (Output::MeanRankShift, Estimator::Jansen);
        match sobol_indices(&study, SOBOL_POINTS, output, estimator, BOOTSTRAP_SAMPLES, robustness.seed) {
            Ok(indices) => break indices,
            // As for the rank intervals: what cannot change this table is left out.
            Err(SensitivityError::InactiveFactor { factor }) => factors.retain(|other| other.name() != factor),
            Err(SensitivityError::NoFactors) => break Vec::new(),
            Err(error) => return Err(error.into()),
        }
    };
    indices.sort_by(|one, other| other.total.value.total_cmp(&one.total.value));
    Ok(indices)
}

/// Points of the sequence behind the shares: each costs a computation for every factor and two more.
const SOBOL_POINTS: u32 = 1_024;
/// Samples behind the intervals of the shares.
const BOOTSTRAP_SAMPLES: usize = 500;

const fn is_substitute(cell: &CellEntry) -> bool {
    matches!(cell.status, CellStatus::NationalSubstitute | CellStatus::PredecessorSubstitute)
}

/// The cells of a release as a table.
fn matrix_of(framework: &FrameworkDefinition, release: &Release) -> Result<ScoreMatrix, MatrixError> {
    matrix_where(framework, release, |_| true)
}

/// The same with only some of the cells.
fn matrix_where(
    framework: &FrameworkDefinition,
    release: &Release,
    is_kept: impl Fn(&CellEntry) -> bool,
) -> Result<ScoreMatrix, MatrixError> {
    let areas: Vec<AreaCode> = release.answer.index.iter().map(|entry| entry.area.clone()).collect();
    let indicators: Vec<IndicatorCode> =
        framework.indicators_of(release.reference().panel).map(|indicator| indicator.code.clone()).collect();
    let values: Vec<Option<f64>> = indicators
        .iter()
        .flat_map(|indicator| areas.iter().map(move |area| (indicator, area)))
        .map(|(indicator, area)| {
            cell(release, area, indicator).filter(|cell| is_kept(cell)).and_then(|cell| cell.value)
        })
        .collect();
    ScoreMatrix::from_columns(areas, indicators, &values)
}

fn cell<'a>(release: &'a Release, area: &AreaCode, indicator: &IndicatorCode) -> Option<&'a CellEntry> {
    let profile = release.profiles.get(area)?;
    let mut cells = profile.criteria.iter().flat_map(|criterion| &criterion.indicators);
    cells.find(|cell| cell.indicator == *indicator)
}
