//! Whether the children of a group measure one thing: Cronbach's alpha, sampling adequacy,
//! sphericity, and correlations that ask for a second look.

use serde::Serialize;

use super::correlation::{covariance, pairs, pearson};
use super::moments::count;
use super::principal::symmetric_eigen;
use crate::elementary::ln;
use crate::matrix::Cell;

/// Cronbach's alpha of some columns.
///
/// ```text
/// α = k² · mean(c_ij, i ≠ j) / Σ_ij c_ij        c the sample covariances, over the pairs present
/// ```
///
/// Missing for fewer than 2 columns, when a pair of columns has fewer than 2 rows in common, or when
/// the sum is 0. 0.7 and above is the usual demand.
///
/// # Source
/// OECD/JRC Handbook (2008), step 3; R package `COINr` 1.1.14, `get_cronbach`.
#[must_use]
pub fn cronbach_alpha(columns: &[&[Cell]]) -> Option<f64> {
    let k = columns.iter().fold(0.0, |k: f64, _| k + 1.0);
    let (mut between, mut all) = (0.0, 0.0);
    for (a, first) in columns.iter().enumerate() {
        for (b, second) in columns.iter().enumerate() {
            let covariance = covariance(&pairs(first, second))?;
            all += covariance;
            if a != b {
                between += covariance;
            }
        }
    }
    (columns.len() > 1 && all != 0.0).then(|| k * k * (between / (k * (k - 1.0))) / all)
}

/// Kaiser–Meyer–Olkin measure of sampling adequacy.
///
/// ```text
/// Σ r² / (Σ r² + Σ a²)   over pairs,   a_ij = −s_ij/√(s_ii s_jj),   S = R⁻¹
/// ```
///
/// Correlations over the pairs present. 0 to 1; above 0.6 the columns are fit for factoring. Missing
/// when the correlation matrix cannot be inverted.
///
/// # Source
/// Kaiser (1974); OECD/JRC Handbook (2008), step 3.
#[must_use]
pub fn sampling_adequacy(columns: &[&[Cell]]) -> Option<f64> {
    let p = columns.len();
    let (matrix, _) = correlation_matrix(columns)?;
    let (values, vectors) = symmetric_eigen(matrix.clone(), p);
    if p < 2 || values.last().is_none_or(|least| *least < 1e-10) {
        return None;
    }
    let inverse = |a: usize, b: usize| -> f64 {
        values.iter().zip(&vectors).map(|(value, vector)| vector[a] * vector[b] / value).sum()
    };
    let (mut simple, mut partial) = (0.0, 0.0);
    for a in 0..p {
        for b in 0..a {
            simple += matrix[a * p + b].powi(2);
            partial += inverse(a, b).powi(2) / (inverse(a, a) * inverse(b, b));
        }
    }
    Some(simple / (simple + partial)).filter(|measure| measure.is_finite())
}

/// Bartlett's test that some columns are not correlated at all.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Sphericity {
    /// The statistic.
    pub chi_squared: f64,
    /// Its degrees of freedom.
    pub degrees_of_freedom: f64,
    /// The probability of as much under no correlation; missing where distributions are not built in.
    pub p_value: Option<f64>,
}

/// Bartlett's test of sphericity.
///
/// ```text
/// χ² = −(n − 1 − (2p + 5)/6)·ln|R|,   p(p − 1)/2 degrees of freedom
/// ```
///
/// n is the number of rows without a gap. Missing when the correlation matrix is singular.
///
/// # Source
/// Bartlett (1950).
#[must_use]
pub fn sphericity(columns: &[&[Cell]]) -> Option<Sphericity> {
    let p = columns.iter().fold(0.0, |p: f64, _| p + 1.0);
    let (matrix, n) = correlation_matrix(columns)?;
    let (values, _) = symmetric_eigen(matrix, columns.len());
    if columns.len() < 2 || values.last().is_none_or(|least| *least < 1e-10) {
        return None;
    }
    let determinant_log: f64 = values.iter().map(|value| ln(*value)).sum();
    let chi_squared = -(n - 1.0 - (2.0 * p + 5.0) / 6.0) * determinant_log;
    let degrees_of_freedom = p * (p - 1.0) / 2.0;
    Some(Sphericity { chi_squared, degrees_of_freedom, p_value: upper_tail(chi_squared, degrees_of_freedom) })
}

#[cfg(feature = "distributions")]
fn upper_tail(chi_squared: f64, degrees_of_freedom: f64) -> Option<f64> {
    use statrs::distribution::{ChiSquared, ContinuousCDF};

    Some(ChiSquared::new(degrees_of_freedom).ok()?.sf(chi_squared.max(0.0)))
}

#[cfg(not(feature = "distributions"))]
fn upper_tail(_chi_squared: f64, _degrees_of_freedom: f64) -> Option<f64> {
    None
}

/// Correlations over the pairs present, and the number of rows without a gap.
fn correlation_matrix(columns: &[&[Cell]]) -> Option<(Vec<f64>, f64)> {
    let p = columns.len();
    let mut matrix = vec![1.0; p * p];
    for a in 0..p {
        for b in 0..a {
            let correlation = pearson(&pairs(columns[a], columns[b]))?;
            matrix[a * p + b] = correlation;
            matrix[b * p + a] = correlation;
        }
    }
    let n_rows = columns.first()?.len();
    let complete = (0..n_rows).filter(|&row| columns.iter().all(|column| !column[row].is_missing()));
    Some((matrix, count(complete.map(|_| 0.0))))
}

/// What a correlation between two indicators of one group suggests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CorrelationFlag {
    /// −0.4 and below: they pull against each other.
    Conflict,
    /// −0.4 to 0.3: they have little in common.
    Weak,
    /// 0.3 to 0.92: as it should be.
    Fit,
    /// 0.92 and above: one could stand for both.
    Redundant,
}

/// Flags a correlation inside a group.
///
/// # Source
/// OECD/JRC Handbook (2008), step 3, and the practice of JRC audits (0.3 to 0.92).
#[must_use]
pub fn flag_correlation(correlation: f64) -> CorrelationFlag {
    if correlation <= -0.4 {
        CorrelationFlag::Conflict
    } else if correlation < 0.3 {
        CorrelationFlag::Weak
    } else if correlation < 0.92 {
        CorrelationFlag::Fit
    } else {
        CorrelationFlag::Redundant
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(values: &[f64]) -> Vec<Cell> {
        values.iter().map(|value| Cell::computed(*value)).collect()
    }

    #[test]
    fn parallel_columns_are_consistent() {
        let (a, b) = (cells(&[1.0, 2.0, 3.0, 4.0]), cells(&[1.0, 2.0, 3.0, 4.0]));
        assert_eq!(cronbach_alpha(&[&a, &b]), Some(1.0));
        assert_eq!(sampling_adequacy(&[&a, &b]), None);
        assert_eq!(cronbach_alpha(&[&a]), None);
    }

    #[test]
    fn two_columns_are_half_adequate() {
        // With two columns the partial correlation is the correlation, so the measure is one half.
        let (a, b) = (cells(&[1.0, 2.0, 3.0, 5.0]), cells(&[2.0, 1.0, 4.0, 3.0]));
        assert!(sampling_adequacy(&[&a, &b]).is_some_and(|measure| (measure - 0.5).abs() < 1e-9));
        assert!(
            sphericity(&[&a, &b])
                .is_some_and(|test| (0.9..1.1).contains(&test.degrees_of_freedom) && test.chi_squared > 0.0)
        );
    }
}
