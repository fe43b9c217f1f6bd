//! Weights of several groups found together, so that their children correlate as wanted with a group
//! above them all. Within one group it is simpler: [`super::optimised`].

use super::OptimisedWeights;
use crate::descriptive::correlation::{covariance, pairs};
use crate::descriptive::standard_deviation;
use crate::matrix::Cell;

/// One group of a family: its children and what it counts for.
#[derive(Debug, Clone)]
pub struct Branch<'a> {
    /// The children's scores, a column each.
    pub columns: Vec<&'a [Cell]>,
    /// The effective weight of the group in the one above the family.
    pub weight: f64,
}

/// Shares within each group, none negative, under which the children correlate as wanted with the
/// weighted mean of all groups.
///
/// ```text
/// e_j = m_g·s_j,    p_j = (C·e)_j/σ_j / Σ_k (C·e)_k/σ_k     the shares of correlation, m_g the weight of j's group
/// minimise |(I − t·1ᵀ)·D·C·M·s|²   over s ≥ 0, Σ s = 1 within each group      D = diag(1/σ), t what is wanted
/// ```
///
/// It is 0 exactly where p = t. The problem is convex; mass is moved between two children of a group at a
/// time, as far as it helps, until nothing moves. Covariances are over the rows where both are present.
/// The groups above are taken for arithmetic means. `wanted` sums to 1, children in the order of the
/// groups. `None` when a column is constant or empty, or two have fewer than 2 rows in common.
///
/// # Source
/// Becker, Saisana, Paruolo and Vandecasteele (2017), for the aim, and `get_opt_weights` of R package
/// `COINr`; the solution is our own, in place of a general optimiser that may stop anywhere.
#[must_use]
pub fn balanced(family: &[Branch<'_>], wanted: &[f64], max_iterations: usize) -> Option<OptimisedWeights> {
    let columns: Vec<&[Cell]> = family.iter().flat_map(|branch| branch.columns.iter().copied()).collect();
    let n = columns.len();
    let deviations = columns
        .iter()
        .map(|column| standard_deviation(column).filter(|deviation| *deviation > 0.0))
        .collect::<Option<Vec<f64>>>()?;
    let mut responses = vec![0.0; n * n];
    let mut groups = Vec::with_capacity(family.len());
    let mut from = 0;
    for branch in family {
        let members = from..from + branch.columns.len();
        for column in members.clone() {
            for row in 0..n {
                let covariance = covariance(&pairs(columns[row], columns[column]))?;
                responses[row * n + column] = covariance / deviations[row] * branch.weight;
            }
        }
        from = members.end;
        groups.push(members);
    }
    // B = (I − t·1ᵀ)·D·C·M, column by column, and BᵀB.
    let mut columns_of_b = vec![0.0; n * n];
    for column in 0..n {
        let sum: f64 = (0..n).map(|row| responses[row * n + column]).sum();
        for row in 0..n {
            columns_of_b[column * n + row] = responses[row * n + column] - wanted[row] * sum;
        }
    }
    let b = |column: usize| &columns_of_b[column * n..(column + 1) * n];
    let dot = |x: &[f64], y: &[f64]| -> f64 { x.iter().zip(y).map(|(x, y)| x * y).sum() };
    let square: Vec<f64> =
        (0..n).flat_map(|first| (0..n).map(move |second| (first, second))).map(|(i, j)| dot(b(i), b(j))).collect();

    let mut shares = vec![0.0; n];
    for members in &groups {
        let even = 1.0 / members.clone().fold(0.0, |count, _| count + 1.0);
        shares[members.clone()].fill(even);
    }
    let mut gradient: Vec<f64> = (0..n).map(|i| dot(&square[i * n..(i + 1) * n], &shares)).collect();
    let mut iterations = 0;
    while iterations < max_iterations {
        iterations += 1;
        let mut moved = 0.0_f64;
        for members in &groups {
            for to in members.clone() {
                for from in members.start..to {
                    let curvature = square[to * n + to] + square[from * n + from] - 2.0 * square[to * n + from];
                    if curvature <= 0.0 {
                        continue;
                    }
                    let wish = (gradient[from] - gradient[to]) / curvature;
                    let step = wish.clamp(-shares[to], shares[from]);
                    if step == 0.0 {
                        continue;
                    }
                    shares[to] += step;
                    shares[from] -= step;
                    for (at, gradient) in gradient.iter_mut().enumerate() {
                        *gradient += step * (square[at * n + to] - square[at * n + from]);
                    }
                    moved = moved.max(step.abs());
                }
            }
        }
        if moved < 1e-14 {
            break;
        }
    }
    let products: Vec<f64> = (0..n).map(|row| dot(&responses[row * n..(row + 1) * n], &shares)).collect();
    let total: f64 = products.iter().sum();
    let gap = products.iter().zip(wanted).map(|(found, wanted)| (found / total - wanted).abs()).fold(0.0, f64::max);
    // Var(index) = eᵀ·C·e = Σ e_j·σ_j·(D·C·e)_j
    let weights = family.iter().flat_map(|branch| branch.columns.iter().map(|_| branch.weight));
    let variance: f64 = weights
        .zip(&shares)
        .zip(products.iter().zip(&deviations))
        .map(|((weight, share), (product, deviation))| weight * share * product * deviation)
        .sum();
    let correlations: Vec<f64> = products.iter().map(|product| product / variance.sqrt()).collect();
    let is_usable = gap.is_finite() && correlations.iter().all(|correlation| correlation.is_finite());
    is_usable.then_some(OptimisedWeights { shares, correlations, gap, iterations })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn cells(values: &[f64]) -> Vec<Cell> {
        values.iter().map(|value| Cell::computed(*value)).collect()
    }

    #[test]
    fn one_group_comes_out_as_alone() {
        let (a, b) = (cells(&[1.0, 2.0, 3.0, 4.0, 9.0]), cells(&[2.0, 1.0, 4.0, 3.0, 5.0]));
        let columns: Vec<&[Cell]> = vec![&a, &b];
        let alone = super::super::optimised(&columns, &[0.48, 0.52], 10_000).unwrap();
        let together = balanced(&[Branch { columns, weight: 1.0 }], &[0.48, 0.52], 10_000).unwrap();
        assert!(together.gap < 1e-9, "{together:?}");
        for (one, other) in alone.shares.iter().zip(&together.shares) {
            assert!((one - other).abs() < 1e-7, "{alone:?} {together:?}");
        }
        for (one, other) in alone.correlations.iter().zip(&together.correlations) {
            assert!((one - other).abs() < 1e-7, "{alone:?} {together:?}");
        }
    }

    #[test]
    fn shares_stay_within_their_groups() {
        let a = cells(&[1.0, 2.0, 3.0, 4.0, 9.0, 2.0]);
        let b = cells(&[2.0, 1.0, 4.0, 3.0, 5.0, 7.0]);
        let c = cells(&[5.0, 4.0, 1.0, 2.0, 3.0, 6.0]);
        let family = [Branch { columns: vec![&a, &b], weight: 0.7 }, Branch { columns: vec![&c], weight: 0.3 }];
        let found = balanced(&family, &[1.0 / 3.0; 3], 10_000).unwrap();
        assert!((found.shares[0] + found.shares[1] - 1.0).abs() < 1e-12 && found.shares[2] >= 1.0, "{found:?}");
        assert!(found.shares.iter().all(|share| *share >= 0.0));
        // No other shares of the first group come closer to what is wanted.
        let distance = |shares: [f64; 2]| {
            let index: Vec<f64> = (0..6)
                .map(|row| 0.7 * (shares[0] * a[row].value().unwrap() + shares[1] * b[row].value().unwrap()))
                .zip(&c)
                .map(|(part, c)| part + 0.3 * c.value().unwrap())
                .collect();
            let index = cells(&index);
            let products: Vec<f64> = [&a, &b, &c]
                .iter()
                .map(|column| covariance(&pairs(column, &index)).unwrap() / standard_deviation(column).unwrap())
                .collect();
            let total: f64 = products.iter().sum();
            products.iter().map(|product| (product - total / 3.0).powi(2)).sum::<f64>()
        };
        let best = distance([found.shares[0], found.shares[1]]);
        for tenth in 0..=10 {
            let share = f64::from(tenth) / 10.0;
            assert!(best <= distance([share, 1.0 - share]) + 1e-12, "{share}");
        }
    }
}
