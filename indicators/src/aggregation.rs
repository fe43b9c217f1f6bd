//! From children's scores to their parent's score: the means and the other ways.
//!
//! Weights are relative: they are scaled to sum to 1 over the children that have a score. Where
//! weights come from is [`crate::weighting`]'s matter.

mod balance;
#[cfg(feature = "linear_programming")]
mod benefit;
mod means;
mod outranking;

pub use balance::{adjusted_mazziotta_pareto, mazziotta_pareto, mean_min, ordered_weighted, wroclaw_distance};
#[cfg(feature = "linear_programming")]
pub use benefit::{Benefit, benefit_of_the_doubt};
pub use means::{arithmetic, generalised, geometric, harmonic};
pub use outranking::{copeland, outranking_matrix};

use crate::code::NodeCode;
use crate::descriptive::mean;
use crate::error::ComputeError;
use crate::finding::Finding;
use crate::matrix::{Cell, ScoreMatrix};
use crate::observation::TimePeriod;
#[cfg(feature = "linear_programming")]
use crate::recipe::ShareLimits;
use crate::recipe::{Aggregate, AmpiReference};

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
        Aggregate::Geometric {} => by_row(children, out, findings, geometric),
        Aggregate::Harmonic {} => by_row(children, out, findings, harmonic),
        Aggregate::Generalised { power } => by_row(children, out, findings, |row| generalised(*power, row)),
        Aggregate::Copeland {} => copeland_by_period(children, out),
        Aggregate::MazziottaPareto { penalty, deviation } => {
            out.copy_from_slice(&mazziotta_pareto(children.columns, children.weights, *penalty, *deviation));
        }
        Aggregate::AdjustedMazziottaPareto { penalty, reference } => {
            let references = references(children, reference)?;
            out.copy_from_slice(&adjusted_mazziotta_pareto(children.columns, children.weights, &references, *penalty));
        }
        #[cfg(feature = "linear_programming")]
        Aggregate::BenefitOfTheDoubt { share_limits } => benefit(children, *share_limits, out, findings),
        #[cfg(not(feature = "linear_programming"))]
        Aggregate::BenefitOfTheDoubt { .. } => {
            return Err(ComputeError::NotBuilt { method: "benefit_of_the_doubt" });
        }
        Aggregate::Wroclaw {} => {
            // One less the distance, so that more is better as everywhere else.
            let distances = wroclaw_distance(children.columns, children.weights);
            for (score, distance) in out.iter_mut().zip(distances) {
                *score = distance.map(|distance| 1.0 - distance);
            }
        }
        Aggregate::MeanMin { intensity, smoothing } => {
            out.copy_from_slice(&mean_min(children.columns, children.weights, *intensity, *smoothing));
        }
        Aggregate::OrderedWeighted { orness } => {
            out.copy_from_slice(&ordered_weighted(children.columns, children.weights, *orness));
        }
    }
    Ok(())
}

/// [`copeland`] among the areas of one period: nobody is compared with another year.
fn copeland_by_period(children: &Children<'_>, out: &mut [Cell]) {
    let blocks = children.values.blocks();
    if let [_] = blocks.as_slice() {
        out.copy_from_slice(&copeland(children.columns, children.weights));
        return;
    }
    for rows in blocks {
        let parts: Vec<Vec<Cell>> =
            children.columns.iter().map(|column| rows.iter().map(|&row| column[row]).collect()).collect();
        let parts: Vec<&[Cell]> = parts.iter().map(Vec::as_slice).collect();
        for (&row, score) in rows.iter().zip(copeland(&parts, children.weights)) {
            out[row] = score;
        }
    }
}

/// The reference score of each child.
fn references(children: &Children<'_>, reference: &AmpiReference) -> Result<Vec<f64>, ComputeError> {
    let (area, period) = match reference {
        AmpiReference::Mean => {
            return Ok(children.columns.iter().map(|column| mean(column).unwrap_or(0.0)).collect());
        }
        AmpiReference::MeanIn(period) => return means_in(children, *period),
        AmpiReference::Area(area) => (area, None),
        AmpiReference::AreaIn { area, period } => (area, Some(*period)),
    };
    let refuse = || ComputeError::ReferenceMissing { group: children.code.clone(), area: area.clone(), period };
    let rows: Vec<usize> = (0..children.values.n_rows()).collect();
    let row = children.values.row_in_part(area, period, &rows).ok_or_else(refuse)?;
    children.columns.iter().map(|column| column[row].value().ok_or_else(refuse)).collect()
}

/// The mean of each child over the areas of one period.
fn means_in(children: &Children<'_>, period: TimePeriod) -> Result<Vec<f64>, ComputeError> {
    let refuse = || ComputeError::PeriodMissing { group: children.code.clone(), period };
    let periods = children.values.periods().ok_or_else(refuse)?;
    let of = |column: &&[Cell]| {
        let cells: Vec<Cell> =
            column.iter().zip(periods).filter(|(_, of)| **of == period).map(|(cell, _)| *cell).collect();
        mean(&cells).ok_or_else(refuse)
    };
    children.columns.iter().map(of).collect()
}

#[cfg(feature = "linear_programming")]
fn benefit(children: &Children<'_>, share_limits: Option<ShareLimits>, out: &mut [Cell], findings: &mut Vec<Finding>) {
    let (mut negative, mut infeasible) = (Vec::new(), Vec::new());
    for (row, found) in benefit_of_the_doubt(children.columns, share_limits).into_iter().enumerate() {
        let area = || children.values.areas()[row].clone();
        out[row] = match found {
            Benefit::Score { score, .. } => Cell::computed(score),
            Benefit::Missing => Cell::MISSING,
            Benefit::Negative => {
                negative.push(area());
                Cell::MISSING
            }
            Benefit::Infeasible => {
                infeasible.push(area());
                Cell::MISSING
            }
        };
    }
    if !negative.is_empty() {
        findings.push(Finding::NegativeScore { group: children.code.clone(), areas: negative });
    }
    if !infeasible.is_empty() {
        findings.push(Finding::NoFeasibleWeights { group: children.code.clone(), areas: infeasible });
    }
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
    figure: impl Fn(&[(f64, f64)]) -> Mean,
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
        let found = figure(&row_children);
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
