//! Expectation–maximisation for a multivariate normal distribution.

use crate::matrix::{Cell, present};

/// How expectation–maximisation ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EmOutcome {
    /// Rounds done.
    pub iterations: usize,
    /// The largest move of a mean or covariance in the last round, in standard deviations.
    pub change: f64,
}

/// A share of the variance added to each diagonal, so that more indicators than areas can be
/// handled: the estimate is then the one of ridge regression.
const RIDGE: f64 = 1e-9;

/// Fills the missing cells of some columns with their expectation given the row's other cells,
/// under a normal distribution with mean and covariance estimated by expectation–maximisation.
///
/// ```text
/// E: x_m = μ_m + Σ_mo Σ_oo⁻¹ (x_o − μ_o),   C_mm = Σ_mm − Σ_mo Σ_oo⁻¹ Σ_om
/// M: μ = mean of completed rows,   Σ = mean of (x − μ)(x − μ)ᵀ + C
/// ```
///
/// Columns are standardised first; a ridge of 10⁻⁹ keeps `Σ_oo` invertible. Deterministic: the
/// expectation itself is filled in, not a draw. Empty and constant columns are left alone, a row with
/// nothing observed gets the means.
///
/// # Source
/// Little and Rubin, Statistical Analysis with Missing Data, ch. 8 and 11.
pub fn fill_by_em(
    n_rows: usize,
    columns: &[usize],
    cells: &mut [Cell],
    max_iterations: usize,
    tolerance: f64,
) -> EmOutcome {
    let scales: Vec<(usize, f64, f64)> = columns
        .iter()
        .filter_map(|&column| {
            let values = &cells[column * n_rows..(column + 1) * n_rows];
            let n = present(values).fold(0.0, |n, _| n + 1.0);
            let mean = present(values).sum::<f64>() / n;
            let deviation = (present(values).map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt();
            (n > 1.0 && deviation > 0.0).then_some((column, mean, deviation))
        })
        .collect();
    let p = scales.len();
    let mut rows: Vec<Vec<f64>> = vec![vec![0.0; p]; n_rows];
    let mut missing: Vec<Vec<usize>> = vec![Vec::new(); n_rows];
    for (position, &(column, mean, deviation)) in scales.iter().enumerate() {
        for row in 0..n_rows {
            match cells[column * n_rows + row].value() {
                Some(value) => rows[row][position] = (value - mean) / deviation,
                None => missing[row].push(position),
            }
        }
    }
    let mut outcome = EmOutcome { iterations: 0, change: 0.0 };
    if p == 0 || missing.iter().all(Vec::is_empty) {
        return outcome;
    }
    let mut mean = vec![0.0; p];
    let mut covariance = vec![0.0; p * p];
    (0..p).for_each(|position| covariance[position * p + position] = 1.0);
    let n: f64 = rows.iter().fold(0.0, |n, _| n + 1.0);
    while outcome.iterations < max_iterations {
        outcome.iterations += 1;
        let mut extra = vec![0.0; p * p];
        for (row, gaps) in rows.iter_mut().zip(&missing) {
            if !gaps.is_empty() {
                expect(row, gaps, &mean, &covariance, &mut extra);
            }
        }
        let new_mean: Vec<f64> = (0..p).map(|at| rows.iter().map(|row| row[at]).sum::<f64>() / n).collect();
        let mut new_covariance = extra;
        for row in &rows {
            for a in 0..p {
                let da = row[a] - new_mean[a];
                for b in 0..=a {
                    new_covariance[a * p + b] += da * (row[b] - new_mean[b]);
                }
            }
        }
        for a in 0..p {
            for b in 0..=a {
                let value = new_covariance[a * p + b] / n;
                new_covariance[a * p + b] = value;
                new_covariance[b * p + a] = value;
            }
        }
        let moves = mean.iter().zip(&new_mean).chain(covariance.iter().zip(&new_covariance));
        outcome.change = moves.map(|(was, is)| (was - is).abs()).fold(0.0, f64::max);
        mean = new_mean;
        covariance = new_covariance;
        if outcome.change <= tolerance {
            break;
        }
    }
    for (row, gaps) in missing.iter().enumerate() {
        for &position in gaps {
            let (column, centre, deviation) = scales[position];
            cells[column * n_rows + row] = Cell::computed(rows[row][position] * deviation + centre);
        }
    }
    outcome
}

/// Fills the gaps of one row with their expectation and adds their conditional covariance to
/// `extra` (lower triangle).
fn expect(row: &mut [f64], gaps: &[usize], mean: &[f64], covariance: &[f64], extra: &mut [f64]) {
    let p = row.len();
    let observed: Vec<usize> = (0..p).filter(|position| !gaps.contains(position)).collect();
    let m = observed.len();
    let mut factor = vec![0.0; m * m];
    for (a, &at) in observed.iter().enumerate() {
        for (b, &other) in observed.iter().enumerate().take(a + 1) {
            factor[a * m + b] = covariance[at * p + other] + if a == b { RIDGE } else { 0.0 };
        }
    }
    cholesky(&mut factor, m);
    // Half-solved columns: L⁻¹ Σ_om, and L⁻¹ (x_o − μ_o).
    let solve = |right: Vec<f64>| forward(&factor, m, right);
    let residual = solve(observed.iter().map(|&at| row[at] - mean[at]).collect());
    let half: Vec<Vec<f64>> =
        gaps.iter().map(|&gap| solve(observed.iter().map(|&at| covariance[at * p + gap]).collect())).collect();
    for (first, &gap) in gaps.iter().enumerate() {
        row[gap] = mean[gap] + dot(&half[first], &residual);
        for (second, &other) in gaps.iter().enumerate().take(first + 1) {
            let value = covariance[gap * p + other] - dot(&half[first], &half[second]);
            extra[gap.max(other) * p + gap.min(other)] += value;
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Cholesky factor of a symmetric matrix, in place in its lower triangle. A pivot that rounding
/// made too small is held at the ridge.
fn cholesky(matrix: &mut [f64], n: usize) {
    for column in 0..n {
        let mut pivot = matrix[column * n + column];
        for k in 0..column {
            pivot -= matrix[column * n + k].powi(2);
        }
        let pivot = pivot.max(RIDGE).sqrt();
        matrix[column * n + column] = pivot;
        for row in column + 1..n {
            let mut value = matrix[row * n + column];
            for k in 0..column {
                value -= matrix[row * n + k] * matrix[column * n + k];
            }
            matrix[row * n + column] = value / pivot;
        }
    }
}

fn forward(factor: &[f64], n: usize, mut right: Vec<f64>) -> Vec<f64> {
    for row in 0..n {
        for k in 0..row {
            right[row] -= factor[row * n + k] * right[k];
        }
        right[row] /= factor[row * n + row];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_again() {
        // y = 2x + 1 without noise: the missing y at x = 4 is 9.
        let mut cells: Vec<Cell> =
            [1.0, 2.0, 3.0, 4.0, 5.0, 3.0, 5.0, 7.0, f64::NAN, 11.0].map(Cell::computed).to_vec();
        let outcome = fill_by_em(5, &[0, 1], &mut cells, 1000, 1e-12);
        assert!(outcome.change <= 1e-12, "{outcome:?}");
        assert!(cells[8].value().is_some_and(|value| (value - 9.0).abs() < 1e-4), "{:?}", cells[8]);
    }
}
