//! Benefit of the doubt: each area weighed to its own advantage, by linear programming.

use microlp::{ComparisonOp, OptimizationDirection, Problem};

use crate::matrix::Cell;
use crate::recipe::ShareLimits;

/// The benefit-of-the-doubt score of one area.
#[derive(Debug, Clone, PartialEq)]
pub enum Benefit {
    /// The score, and the weight of each child (0 for missing ones).
    Score {
        /// 0 to 1.
        score: f64,
        /// In units of one over the child's score; not unique in general.
        weights: Vec<f64>,
    },
    /// The area has no score on any child.
    Missing,
    /// A score of the area is negative; the method needs quantities.
    Negative,
    /// No weights keep within the share limits.
    Infeasible,
}

/// Benefit-of-the-doubt scores.
///
/// ```text
/// max_w w·y_i    subject to  w·y_k ≤ 1 for every area k,  w ≥ 0
///                and, with limits,  L ≤ w_j·y_ij / w·y_i ≤ U for every child j
/// ```
///
/// 1 means that some weights put the area level with the best. A child the area misses gets no weight
/// in its program; a child another area misses counts as 0 there. Areas with a negative score take
/// no part. The framework's weights play none.
///
/// # Source
/// Cherchye, Moesen, Rogge and Van Puyenbroeck (2007), eq. 1 and 4; Melyn and Moesen (1991).
#[must_use]
pub fn benefit_of_the_doubt(columns: &[&[Cell]], limits: Option<ShareLimits>) -> Vec<Benefit> {
    let n_rows = columns.first().map_or(0, |column| column.len());
    let row = |row: usize| -> Vec<Option<f64>> { columns.iter().map(|column| column[row].value()).collect() };
    let rows: Vec<Vec<Option<f64>>> = (0..n_rows).map(row).collect();
    let is_negative = |row: &[Option<f64>]| row.iter().flatten().any(|score| *score < 0.0);
    // Rounding moves the largest column far from 1 make simplex pivots less exact, so columns are
    // scaled to a greatest score of 1; the objective does not change.
    let scales: Vec<f64> = columns
        .iter()
        .map(|column| column.iter().filter_map(|cell| cell.value()).fold(0.0, f64::max))
        .map(|greatest| if greatest > 0.0 { greatest } else { 1.0 })
        .collect();
    rows.iter()
        .map(|mine| {
            if mine.iter().all(Option::is_none) {
                Benefit::Missing
            } else if is_negative(mine) {
                Benefit::Negative
            } else {
                let peers = rows.iter().filter(|peer| !is_negative(peer));
                solve(mine, peers, &scales, limits).unwrap_or(Benefit::Infeasible)
            }
        })
        .collect()
}

fn solve<'a>(
    mine: &[Option<f64>],
    peers: impl Iterator<Item = &'a Vec<Option<f64>>>,
    scales: &[f64],
    limits: Option<ShareLimits>,
) -> Option<Benefit> {
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let variables: Vec<_> = mine
        .iter()
        .zip(scales)
        .map(|(score, scale)| score.map(|score| (problem.add_var(score / scale, (0.0, f64::INFINITY)), score / scale)))
        .collect();
    for peer in peers {
        let terms: Vec<_> = variables
            .iter()
            .zip(peer)
            .zip(scales)
            .filter_map(|((variable, score), scale)| {
                let (variable, _) = (*variable)?;
                Some((variable, (*score)? / scale)).filter(|(_, score)| *score > 0.0)
            })
            .collect();
        if !terms.is_empty() {
            problem.add_constraint(terms.as_slice(), ComparisonOp::Le, 1.0);
        }
    }
    if let Some(limits) = limits {
        for (at, variable) in variables.iter().enumerate() {
            if variable.is_none() {
                continue;
            }
            for (limit, comparison) in [(limits.upper, ComparisonOp::Le), (limits.lower, ComparisonOp::Ge)] {
                // w_j·y_j − limit·Σ w·y compared with 0.
                let terms: Vec<_> = variables
                    .iter()
                    .enumerate()
                    .filter_map(|(other, variable)| {
                        let (variable, score) = (*variable)?;
                        Some((variable, if other == at { score * (1.0 - limit) } else { -score * limit }))
                    })
                    .collect();
                problem.add_constraint(terms.as_slice(), comparison, 0.0);
            }
        }
    }
    let solution = problem.solve().ok()?.into_solution().ok()?;
    let score = solution.objective();
    let has_something = mine.iter().flatten().any(|score| *score > 0.0);
    if has_something && score <= 1e-9 {
        return Some(Benefit::Infeasible);
    }
    let weights = variables
        .iter()
        .zip(scales)
        .map(|(variable, scale)| variable.map_or(0.0, |(variable, _)| solution.var_value(variable) / scale))
        .collect();
    Some(Benefit::Score { score, weights })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(values: &[f64]) -> Vec<Cell> {
        values.iter().map(|value| Cell::computed(*value)).collect()
    }

    fn scores(columns: &[&[Cell]], limits: Option<ShareLimits>) -> Vec<Option<f64>> {
        benefit_of_the_doubt(columns, limits)
            .into_iter()
            .map(|found| match found {
                Benefit::Score { score, .. } => Some((score * 1e9).round() / 1e9),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn the_best_on_one_child_is_best() {
        let (a, b) = (cells(&[4.0, 1.0, 2.0]), cells(&[1.0, 4.0, 2.0]));
        assert_eq!(scores(&[&a, &b], None), [Some(1.0), Some(1.0), Some(0.8)]);
    }

    #[test]
    fn share_limits_make_extremes_worse() {
        let (a, b) = (cells(&[4.0, 1.0, 3.0]), cells(&[1.0, 4.0, 3.0]));
        let even = Some(ShareLimits { lower: 0.5, upper: 0.5 });
        let found = scores(&[&a, &b], even);
        assert_eq!(found[2], Some(1.0));
        assert!(found[0] < Some(1.0), "{found:?}");
    }

    #[test]
    fn shares_that_cannot_sum_to_one_are_infeasible() {
        let a = cells(&[1.0, 2.0]);
        assert_eq!(scores(&[&a], Some(ShareLimits { lower: 0.1, upper: 0.5 })), [None, None]);
    }
}
