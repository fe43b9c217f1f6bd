//! What each element is worth to the ranking: the index computed again without it.

use serde::Serialize;

use super::uncertainty::rank_blocks;
use super::{Replicate, SensitivityError, Study};
use crate::code::NodeCode;
use crate::composite::Composite;

/// The ranks without one indicator or group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Removal {
    /// What was left out, with everything below it.
    pub removed: NodeCode,
    /// Its level, 1 for indicators.
    pub level: usize,
    /// Mean absolute change of rank over the areas ranked with and without it; missing when there are
    /// none.
    pub mean_rank_shift: Option<f64>,
    /// Rank of each area without it, in the order of the result.
    pub ranks: Vec<Option<usize>>,
}

/// Leaves out each indicator and each group in turn and ranks the areas again.
///
/// The weight of what is left out is 0 and passes to its siblings; filling, treatment and
/// normalisation stay as they are. A group whose only child is left out has no score. `composite` is the
/// result of the same framework, recipe and table; ranks are in the order of its rows and within its
/// periods.
///
/// # Errors
/// When the recipe cannot be computed.
///
/// # Source
/// R package `COINr` 1.1.14, `remove_elements`; OECD/JRC Handbook (2008), step 7.
pub fn removals(study: &Study<'_>, composite: &Composite) -> Result<Vec<Removal>, SensitivityError> {
    let nodes = study.framework.nodes();
    let root = study.framework.root();
    let removed: Vec<usize> = (0..nodes.len()).filter(|&node| node != root).collect();
    let without = |&node: &usize| {
        let mut weight_factors = vec![1.0; nodes.len()];
        weight_factors[node] = 0.0;
        Replicate { weight_factors, ..Replicate::default() }
    };
    let scores = study.replay(&removed.iter().map(without).collect::<Vec<_>>())?;
    let rows = composite.rows_in(study.matrix);
    let blocks = composite.values().blocks();
    let nominal = composite.ranks_of(root);
    let removal = |(run, &node): (usize, &usize)| {
        let mine = scores.of(run);
        let kept: Vec<_> = rows.iter().map(|&row| mine[row]).collect();
        let ranks = rank_blocks(&kept, &blocks);
        Removal {
            removed: nodes[node].code().clone(),
            level: nodes[node].level(),
            mean_rank_shift: mean_rank_shift(&nominal, &ranks),
            ranks,
        }
    };
    Ok(removed.iter().enumerate().map(removal).collect())
}

/// Mean absolute difference over the rows that have both ranks.
pub(super) fn mean_rank_shift(before: &[Option<usize>], after: &[Option<usize>]) -> Option<f64> {
    let shifts = before
        .iter()
        .zip(after)
        .filter_map(|(before, after)| u32::try_from((*before)?.abs_diff((*after)?)).ok())
        .map(f64::from);
    let (sum, count) = shifts.fold((0.0, 0.0), |(sum, count), shift| (sum + shift, count + 1.0));
    (count > 0.0).then(|| sum / count)
}
