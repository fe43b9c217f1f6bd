//! Principal components of columns with missing cells.

use serde::Serialize;

use super::correlation::pearson;
use crate::matrix::Cell;

/// The principal components of some columns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PrincipalComponents {
    /// Variances of the components (eigenvalues of the correlation matrix), greatest first.
    pub variances: Vec<f64>,
    /// One vector of unit length per component; its sign is such that it sums to 0 or more.
    pub vectors: Vec<Vec<f64>>,
    /// Complete rows used.
    pub rows: usize,
}

/// Principal components of standardised columns, over the rows without a gap.
///
/// ```text
/// R·v = λ·v        R the correlation matrix
/// ```
///
/// The sign of an eigenvector is arbitrary; here each is turned so that its elements sum to 0 or
/// more (the first non-zero element is positive when they sum to 0). `None` when fewer than 2 rows
/// are complete or a column is constant over them.
///
/// # Source
/// OECD/JRC Handbook (2008), step 3; `prcomp(scale. = TRUE)` of R.
#[must_use]
pub fn principal_components(columns: &[&[Cell]]) -> Option<PrincipalComponents> {
    let p = columns.len();
    let n_rows = columns.first()?.len();
    let complete: Vec<usize> =
        (0..n_rows).filter(|&row| columns.iter().all(|column| !column[row].is_missing())).collect();
    let values: Vec<Vec<f64>> =
        columns.iter().map(|column| complete.iter().map(|&row| column[row].raw()).collect()).collect();
    let mut matrix = vec![0.0; p * p];
    for a in 0..p {
        matrix[a * p + a] = 1.0;
        for b in 0..p {
            if a != b || p == 1 {
                let pairs: Vec<(f64, f64)> = values[a].iter().copied().zip(values[b].iter().copied()).collect();
                let correlation = pearson(&pairs)?;
                if a != b {
                    matrix[a * p + b] = correlation;
                }
            }
        }
    }
    let (variances, vectors) = symmetric_eigen(matrix, p);
    Some(PrincipalComponents { variances, vectors, rows: complete.len() })
}

/// Eigenvalues (greatest first) and eigenvectors of a symmetric matrix, by Jacobi's rotations: slow
/// for large matrices, exact to rounding and the same on every machine.
pub(crate) fn symmetric_eigen(mut matrix: Vec<f64>, n: usize) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mut vectors = vec![0.0; n * n];
    (0..n).for_each(|at| vectors[at * n + at] = 1.0);
    for _ in 0..100 {
        let off: f64 = (0..n).flat_map(|a| (0..a).map(move |b| (a, b))).map(|(a, b)| matrix[a * n + b].powi(2)).sum();
        if off < 1e-30 {
            break;
        }
        for a in 0..n {
            for b in a + 1..n {
                rotate(&mut matrix, &mut vectors, n, a, b);
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| matrix[b * n + b].total_cmp(&matrix[a * n + a]));
    let values = order.iter().map(|&at| matrix[at * n + at]).collect();
    let vectors = order
        .iter()
        .map(|&at| {
            let vector: Vec<f64> = (0..n).map(|row| vectors[row * n + at]).collect();
            let sum: f64 = vector.iter().sum();
            let lead = if sum.abs() > 1e-9 {
                sum
            } else {
                vector.iter().copied().find(|element| element.abs() > 1e-9).unwrap_or(1.0)
            };
            vector.into_iter().map(|element| element * lead.signum()).collect()
        })
        .collect();
    (values, vectors)
}

fn rotate(matrix: &mut [f64], vectors: &mut [f64], n: usize, a: usize, b: usize) {
    let off = matrix[a * n + b];
    if off == 0.0 {
        return;
    }
    let theta = (matrix[b * n + b] - matrix[a * n + a]) / (2.0 * off);
    let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let tangent = if theta == 0.0 { 1.0 } else { tangent };
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    for k in 0..n {
        let (ka, kb) = (matrix[k * n + a], matrix[k * n + b]);
        matrix[k * n + a] = cosine * ka - sine * kb;
        matrix[k * n + b] = sine * ka + cosine * kb;
    }
    for k in 0..n {
        let (ak, bk) = (matrix[a * n + k], matrix[b * n + k]);
        matrix[a * n + k] = cosine * ak - sine * bk;
        matrix[b * n + k] = sine * ak + cosine * bk;
        let (ka, kb) = (vectors[k * n + a], vectors[k * n + b]);
        vectors[k * n + a] = cosine * ka - sine * kb;
        vectors[k * n + b] = sine * ka + cosine * kb;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvalues_of_two_by_two() {
        let (values, vectors) = symmetric_eigen(vec![2.0, 1.0, 1.0, 2.0], 2);
        assert!((values[0] - 3.0).abs() < 1e-12 && (values[1] - 1.0).abs() < 1e-12, "{values:?}");
        let half = 0.5_f64.sqrt();
        assert!((vectors[0][0] - half).abs() < 1e-12 && (vectors[0][1] - half).abs() < 1e-12);
    }
}
