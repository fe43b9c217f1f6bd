//! Correlations of two columns over the rows where both have a value.

#[cfg(feature = "distributions")]
use std::cmp::Ordering;

use crate::matrix::Cell;
use crate::ranking::rank_ascending;

use super::moments::count;

/// Pairs of values of rows where both columns have one.
#[must_use]
pub fn pairs(a: &[Cell], b: &[Cell]) -> Vec<(f64, f64)> {
    a.iter().zip(b).filter_map(|(a, b)| Some((a.value()?, b.value()?))).collect()
}

/// Pearson's correlation of pairs; missing for fewer than 2 pairs or when one side is constant.
///
/// ```text
/// Σ(x − x̄)(y − ȳ) / √(Σ(x − x̄)²·Σ(y − ȳ)²)
/// ```
#[must_use]
pub fn pearson(pairs: &[(f64, f64)]) -> Option<f64> {
    let n = count(pairs.iter().map(|(x, _)| *x));
    if n < 2.0 {
        return None;
    }
    let mean_x: f64 = pairs.iter().map(|(x, _)| x).sum::<f64>() / n;
    let mean_y: f64 = pairs.iter().map(|(_, y)| y).sum::<f64>() / n;
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in pairs {
        let (dx, dy) = (x - mean_x, y - mean_y);
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    let spread = xx.sqrt() * yy.sqrt();
    (spread > 0.0).then(|| (xy / spread).clamp(-1.0, 1.0))
}

/// Sample covariance (over n − 1) of pairs; missing for fewer than 2.
#[must_use]
pub fn covariance(pairs: &[(f64, f64)]) -> Option<f64> {
    let n = count(pairs.iter().map(|(x, _)| *x));
    if n < 2.0 {
        return None;
    }
    let mean_x: f64 = pairs.iter().map(|(x, _)| x).sum::<f64>() / n;
    let mean_y: f64 = pairs.iter().map(|(_, y)| y).sum::<f64>() / n;
    Some(pairs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum::<f64>() / (n - 1.0))
}

/// Spearman's correlation: Pearson's of the ranks, ties sharing their mean rank.
#[must_use]
pub fn spearman(pairs: &[(f64, f64)]) -> Option<f64> {
    let xs = mean_ranks(pairs.iter().map(|(x, _)| *x));
    let ys = mean_ranks(pairs.iter().map(|(_, y)| *y));
    pearson(&xs.into_iter().zip(ys).collect::<Vec<_>>())
}

/// Ranks from the lowest, ties sharing the mean of their ranks.
fn mean_ranks(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let up: Vec<Cell> = values.map(Cell::computed).collect();
    let mut down: Vec<Cell> = up.iter().map(|cell| cell.map(|value| -value)).collect();
    let mut up = up;
    let n = rank_ascending(&mut up);
    rank_ascending(&mut down);
    up.iter().zip(&down).map(|(low, high)| f64::midpoint(low.raw(), n + 1.0 - high.raw())).collect()
}

/// Kendall's τ-b of pairs; missing when one side is constant.
///
/// ```text
/// (concordant − discordant) / √((n₀ − ties in x)(n₀ − ties in y))        n₀ = n(n − 1)/2
/// ```
#[must_use]
pub fn kendall(pairs: &[(f64, f64)]) -> Option<f64> {
    let sign = |a: f64, b: f64| f64::from(i8::from(a > b) - i8::from(a < b));
    let (mut agreement, mut distinct_x, mut distinct_y) = (0.0, 0.0, 0.0);
    for (first, (x1, y1)) in pairs.iter().enumerate() {
        for (x2, y2) in &pairs[..first] {
            let (dx, dy) = (sign(*x1, *x2), sign(*y1, *y2));
            agreement += dx * dy;
            distinct_x += dx.abs();
            distinct_y += dy.abs();
        }
    }
    let spread: f64 = f64::sqrt(distinct_x) * f64::sqrt(distinct_y);
    (spread > 0.0).then(|| agreement / spread)
}

/// Which correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorrelationKind {
    /// Of values.
    Pearson,
    /// Of ranks.
    Spearman,
    /// Of pairs.
    Kendall,
}

/// The correlation of pairs.
#[must_use]
pub fn correlation(kind: CorrelationKind, pairs: &[(f64, f64)]) -> Option<f64> {
    match kind {
        CorrelationKind::Pearson => pearson(pairs),
        CorrelationKind::Spearman => spearman(pairs),
        CorrelationKind::Kendall => kendall(pairs),
    }
}

/// The probability of a correlation as far from 0 where there is none (two-sided).
///
/// ```text
/// Pearson, Spearman   t = r·√((n − 2)/(1 − r²)),   Student's t with n − 2 degrees of freedom
/// Kendall             z = Σ sign·sign / √v,         normal, v corrected for ties
/// ```
///
/// A perfect Pearson or Spearman correlation has 0. Missing for fewer than 3 pairs or a constant.
///
/// # Source
/// `cor.test` of R (`exact = FALSE` for ranks); Kendall (1970), ch. 4, for the variance with ties.
#[cfg(feature = "distributions")]
#[must_use]
pub fn p_value(kind: CorrelationKind, pairs: &[(f64, f64)]) -> Option<f64> {
    use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

    let r = correlation(kind, pairs)?;
    let n = count(pairs.iter().map(|(x, _)| *x));
    if n < 3.0 {
        return None;
    }
    match kind {
        CorrelationKind::Pearson | CorrelationKind::Spearman => {
            let t = (n - 2.0).sqrt() * r / (1.0 - r * r).sqrt();
            if !t.is_finite() || 1.0 - r.abs() < 1e-15 {
                return Some(0.0);
            }
            Some(2.0 * StudentsT::new(0.0, 1.0, n - 2.0).ok()?.sf(t.abs()))
        }
        CorrelationKind::Kendall => {
            let sign = |a: f64, b: f64| f64::from(i8::from(a > b) - i8::from(a < b));
            let agreement: f64 = pairs
                .iter()
                .enumerate()
                .flat_map(|(at, first)| pairs[..at].iter().map(move |second| (first, second)))
                .map(|(first, second)| sign(first.0, second.0) * sign(first.1, second.1))
                .sum();
            let tied = |values: Vec<f64>| -> (f64, f64, f64) {
                let mut sorted = values;
                sorted.sort_unstable_by(f64::total_cmp);
                sorted
                    .chunk_by(|a, b| a.partial_cmp(b).is_some_and(Ordering::is_eq))
                    .map(|run| count(run.iter().copied()))
                    .fold((0.0, 0.0, 0.0), |(pairs, triples, variance), t| {
                        (
                            pairs + t * (t - 1.0),
                            triples + t * (t - 1.0) * (t - 2.0),
                            variance + t * (t - 1.0) * (2.0 * t + 5.0),
                        )
                    })
            };
            let (x2, x3, xv) = tied(pairs.iter().map(|(x, _)| *x).collect());
            let (y2, y3, yv) = tied(pairs.iter().map(|(_, y)| *y).collect());
            let variance = (n * (n - 1.0) * (2.0 * n + 5.0) - xv - yv) / 18.0
                + x2 * y2 / (2.0 * n * (n - 1.0))
                + x3 * y3 / (9.0 * n * (n - 1.0) * (n - 2.0));
            Some(2.0 * Normal::standard().sf((agreement / variance.sqrt()).abs()))
        }
    }
}
