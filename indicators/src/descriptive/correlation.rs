//! Correlations of two columns over the rows where both have a value.

#[cfg(feature = "distributions")]
use std::cmp::Ordering;

use crate::matrix::Cell;
use crate::ranking::rank_ascending;
use crate::recipe::Ties;

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
    let mut cells: Vec<Cell> = values.map(Cell::computed).collect();
    rank_ascending(&mut cells, Ties::Mean);
    cells.into_iter().map(Cell::raw).collect()
}

/// Kendall's τ-b of pairs; missing when one side is constant.
///
/// ```text
/// (concordant − discordant) / √((n₀ − ties in x)(n₀ − ties in y))        n₀ = n(n − 1)/2
/// ```
///
/// # Source
/// Kendall (1945); counted in n·log n steps after Knight (1966).
#[must_use]
pub fn kendall(pairs: &[(f64, f64)]) -> Option<f64> {
    let counted = Agreement::of(pairs);
    let spread = counted.distinct_x.sqrt() * counted.distinct_y.sqrt();
    (spread > 0.0).then(|| counted.net / spread)
}

/// Pairs of pairs, counted.
struct Agreement {
    /// Concordant less discordant.
    net: f64,
    /// Not tied in x.
    distinct_x: f64,
    /// Not tied in y.
    distinct_y: f64,
}

impl Agreement {
    fn of(pairs: &[(f64, f64)]) -> Self {
        let mut sorted: Vec<(f64, f64)> = pairs.iter().map(|(x, y)| (x + 0.0, y + 0.0)).collect();
        sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let tied_x = tied_pairs(&sorted, |a, b| a.0.total_cmp(&b.0).is_eq());
        let tied_both = tied_pairs(&sorted, |a, b| a.0.total_cmp(&b.0).is_eq() && a.1.total_cmp(&b.1).is_eq());
        let mut ys: Vec<f64> = sorted.iter().map(|(_, y)| *y).collect();
        // In order of x, and of y among ties in x, every exchange sorting y takes is a discordant pair.
        let discordant = sort_counting(&mut ys, &mut vec![0.0; pairs.len()]);
        let tied_y = tied_pairs(&ys, |a, b| a.total_cmp(b).is_eq());
        let n = count(pairs.iter().map(|(x, _)| *x));
        let all = n * (n - 1.0) / 2.0;
        Self {
            net: all - tied_x - tied_y + tied_both - 2.0 * discordant,
            distinct_x: all - tied_x,
            distinct_y: all - tied_y,
        }
    }
}

/// Pairs within runs of neighbours that are alike.
#[expect(clippy::cast_precision_loss, reason = "a column has far fewer than 2^52 rows")]
fn tied_pairs<T>(sorted: &[T], alike: impl Fn(&T, &T) -> bool) -> f64 {
    sorted.chunk_by(alike).map(|run| run.len() as f64 * (run.len() - 1) as f64 / 2.0).sum()
}

/// Sorts by merging and returns how many pairs stood in falling order.
#[expect(clippy::cast_precision_loss, reason = "a column has far fewer than 2^52 rows")]
fn sort_counting(values: &mut [f64], space: &mut [f64]) -> f64 {
    let half = values.len() / 2;
    if half == 0 {
        return 0.0;
    }
    let (left, right) = values.split_at_mut(half);
    let mut falling = sort_counting(left, &mut space[..half]) + sort_counting(right, &mut space[half..]);
    let (mut from_left, mut from_right) = (0, 0);
    for place in space.iter_mut() {
        if from_left < left.len() && right.get(from_right).is_none_or(|other| left[from_left] <= *other) {
            *place = left[from_left];
            from_left += 1;
        } else {
            *place = right[from_right];
            from_right += 1;
            falling += (left.len() - from_left) as f64;
        }
    }
    values.copy_from_slice(space);
    falling
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
            let agreement = Agreement::of(pairs).net;
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair compared with every other.
    fn slowly(pairs: &[(f64, f64)]) -> (f64, f64, f64) {
        let sign = |a: f64, b: f64| f64::from(i8::from(a > b) - i8::from(a < b));
        let (mut net, mut distinct_x, mut distinct_y) = (0.0, 0.0, 0.0);
        for (first, (x1, y1)) in pairs.iter().enumerate() {
            for (x2, y2) in &pairs[..first] {
                let (dx, dy) = (sign(*x1, *x2), sign(*y1, *y2));
                net += dx * dy;
                distinct_x += dx.abs();
                distinct_y += dy.abs();
            }
        }
        (net, distinct_x, distinct_y)
    }

    #[test]
    fn counting_by_merging_counts_as_comparing_does() {
        let mut state = 11_u32;
        let mut draw = |most: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 16) % f64::from(most) - 3.0
        };
        for n in [0, 1, 2, 3, 10, 101] {
            for most in [1, 3, 50] {
                let mut pairs: Vec<(f64, f64)> = (0..n).map(|_| (draw(most), draw(most))).collect();
                if let Some(first) = pairs.first_mut() {
                    *first = (0.0, -0.0);
                }
                let counted = Agreement::of(&pairs);
                assert_eq!((counted.net, counted.distinct_x, counted.distinct_y), slowly(&pairs), "{n} {most}");
            }
        }
    }
}
