//! Filling missing cells.

use crate::composite::{ComputeError, Plan};
use crate::finding::Finding;
use crate::matrix::{Cell, ScoreMatrix};
use crate::recipe::Impute;

/// The cells with the missing ones filled as the plan says; `None` when nothing is to be filled.
///
/// # Errors
/// When the table lacks the grouping or the periods a method needs.
pub(crate) fn impute(
    plan: &Plan<'_>,
    _values: &ScoreMatrix,
    _findings: &mut Vec<Finding>,
) -> Result<Option<Vec<Cell>>, ComputeError> {
    if plan.impute.iter().all(|method| matches!(method, Impute::None {})) {
        return Ok(None);
    }
    Err(ComputeError::NotBuilt { method: "imputation" })
}
