//! From children's scores to their parent's score: the means and the other ways.
//!
//! Weights are relative: they are scaled to sum to 1 over the children that have a score. Where
//! weights come from is [`crate::weighting`]'s matter.

mod means;

pub use means::{arithmetic, generalised, geometric, harmonic};

use crate::code::NodeCode;
use crate::composite::ComputeError;
use crate::finding::Finding;
use crate::matrix::{Cell, ScoreMatrix};
use crate::recipe::Aggregate;

/// The mean of no number, or of a number a mean does not allow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mean {
    /// The mean.
    Value(f64),
    /// A zero makes the mean zero.
    Zero,
    /// No child with a score and a weight.
    Missing,
    /// A negative score where the mean is not defined.
    Negative,
}

impl Mean {
    /// The mean, if there is one.
    #[must_use]
    pub const fn value(self) -> Option<f64> {
        match self {
            Self::Value(value) => Some(value),
            Self::Zero => Some(0.0),
            Self::Missing | Self::Negative => None,
        }
    }

    fn finite(value: f64) -> Self {
        if value.is_finite() { Self::Value(value) } else { Self::Missing }
    }
}

/// The children of one group: their scores, one column each, and their shares.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Children<'a> {
    /// The group.
    pub(crate) code: &'a NodeCode,
    pub(crate) columns: &'a [&'a [Cell]],
    pub(crate) weights: &'a [f64],
    /// The table, for the areas of the rows.
    pub(crate) values: &'a ScoreMatrix,
}

/// Fills `out` with the scores of the group.
pub(crate) fn aggregate(
    method: &Aggregate,
    children: &Children<'_>,
    out: &mut [Cell],
    findings: &mut Vec<Finding>,
) -> Result<(), ComputeError> {
    match method {
        Aggregate::Arithmetic {} => arithmetic_columns(children, out),
        Aggregate::Geometric {} => by_row(children, out, findings, |row| geometric(row)),
        Aggregate::Harmonic {} => by_row(children, out, findings, |row| harmonic(row)),
        Aggregate::Generalised { power } => by_row(children, out, findings, |row| generalised(*power, row)),
        _ => return Err(ComputeError::NotBuilt { method: "this aggregation" }),
    }
    Ok(())
}

/// [`arithmetic`] of all rows at once, column by column.
fn arithmetic_columns(children: &Children<'_>, out: &mut [Cell]) {
    let mut weights = vec![0.0; out.len()];
    let mut sums = vec![0.0; out.len()];
    for (column, &weight) in children.columns.iter().zip(children.weights) {
        for ((cell, sum), total) in column.iter().zip(&mut sums).zip(&mut weights) {
            if !cell.is_missing() {
                *sum += weight * cell.raw();
                *total += weight;
            }
        }
    }
    for ((score, sum), total) in out.iter_mut().zip(sums).zip(weights) {
        *score = if total > 0.0 { Cell::computed(sum / total) } else { Cell::MISSING };
    }
}

fn by_row(
    children: &Children<'_>,
    out: &mut [Cell],
    findings: &mut Vec<Finding>,
    mean: impl Fn(std::iter::Copied<std::slice::Iter<'_, (f64, f64)>>) -> Mean,
) {
    let mut row_children = Vec::with_capacity(children.columns.len());
    let (mut zero, mut negative) = (Vec::new(), Vec::new());
    for (row, score) in out.iter_mut().enumerate() {
        row_children.clear();
        row_children.extend(
            children
                .columns
                .iter()
                .zip(children.weights)
                .filter_map(|(column, &weight)| Some((weight, column[row].value()?))),
        );
        let found = mean(row_children.iter().copied());
        match found {
            Mean::Zero => zero.push(children.values.areas()[row].clone()),
            Mean::Negative => negative.push(children.values.areas()[row].clone()),
            Mean::Value(_) | Mean::Missing => {}
        }
        *score = Cell::from(found.value());
    }
    if !zero.is_empty() {
        findings.push(Finding::ZeroScore { group: children.code.clone(), areas: zero });
    }
    if !negative.is_empty() {
        findings.push(Finding::NegativeScore { group: children.code.clone(), areas: negative });
    }
}
