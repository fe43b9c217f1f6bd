//! Correlations of two columns over the rows where both have a value.

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
