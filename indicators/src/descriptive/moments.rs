//! Moments and quantiles of one column.

use crate::matrix::{Cell, present};

/// Number of values as a number to compute with.
#[expect(clippy::cast_precision_loss, reason = "a column has far fewer than 2^52 rows")]
pub(crate) fn count(values: impl Iterator<Item = f64>) -> f64 {
    values.count() as f64
}

/// Arithmetic mean of the values present; missing when there are none.
#[must_use]
pub fn mean(column: &[Cell]) -> Option<f64> {
    let (n, sum) = present(column).fold((0.0, 0.0), |(n, sum), value| (n + 1.0, sum + value));
    (n > 0.0).then(|| sum / n)
}

/// Sample standard deviation (over n − 1); missing for fewer than 2 values.
#[must_use]
pub fn standard_deviation(column: &[Cell]) -> Option<f64> {
    let mean = mean(column)?;
    let n = count(present(column));
    let squares: f64 = present(column).map(|value| (value - mean) * (value - mean)).sum();
    (n > 1.0).then(|| (squares / (n - 1.0)).sqrt())
}

/// Number of values and sums of the second, third and fourth powers of the deviations from the mean.
fn central_sums(column: &[Cell]) -> Option<(f64, f64, f64, f64)> {
    let [n, sum] = in_lanes(column, |value| [1.0, value]);
    if n <= 0.0 {
        return None;
    }
    let mean = sum / n;
    let [second, third, fourth] = in_lanes(column, |value| {
        let deviation = value - mean;
        let square = deviation * deviation;
        [square, square * deviation, square * square]
    });
    Some((n, second, third, fourth))
}

/// Sums of some terms of each value present. Four sums run side by side and are added at the end:
/// several times faster than one, and as deterministic.
fn in_lanes<const TERMS: usize>(column: &[Cell], terms: impl Fn(f64) -> [f64; TERMS]) -> [f64; TERMS] {
    const LANES: usize = 4;
    let mut sums = [[0.0; LANES]; TERMS];
    let mut add = |lane: usize, cell: Cell| {
        for (sum, term) in sums.iter_mut().zip(terms(cell.raw())) {
            sum[lane] += if cell.is_missing() { 0.0 } else { term };
        }
    };
    let (whole, rest) = column.as_chunks::<LANES>();
    for cells in whole {
        for (lane, cell) in cells.iter().enumerate() {
            add(lane, *cell);
        }
    }
    for (lane, cell) in rest.iter().enumerate() {
        add(lane, *cell);
    }
    sums.map(|[a, b, c, d]| (a + b) + (c + d))
}

/// Sample skewness.
///
/// ```text
/// G1 = (Σd³/n) / (Σd²/n)^1.5 · √(n(n − 1)) / (n − 2)        d = x − mean
/// ```
///
/// Missing for fewer than 3 values or a constant.
///
/// # Source
/// Joanes and Gill (1998); type 2 of R package `e1071`, `SKEW` of spreadsheets.
#[must_use]
pub fn skewness(column: &[Cell]) -> Option<f64> {
    skewness_of(central_sums(column)?)
}

fn skewness_of((n, second, third, _): (f64, f64, f64, f64)) -> Option<f64> {
    if n < 3.0 || second <= 0.0 {
        return None;
    }
    let biased = (third / n) / (second / n * (second / n).sqrt());
    Some(biased * (n * (n - 1.0)).sqrt() / (n - 2.0)).filter(|skewness| skewness.is_finite())
}

/// Sample excess kurtosis.
///
/// ```text
/// G2 = ((n + 1)(r − 3) + 6)(n − 1) / ((n − 2)(n − 3))        r = n·Σd⁴ / (Σd²)²
/// ```
///
/// Missing for fewer than 4 values or a constant.
///
/// # Source
/// Joanes and Gill (1998); type 2 of R package `e1071`, `KURT` of spreadsheets.
#[must_use]
pub fn kurtosis(column: &[Cell]) -> Option<f64> {
    kurtosis_of(central_sums(column)?)
}

/// [`skewness`] and [`kurtosis`] from one reading of the column.
pub(crate) fn skewness_and_kurtosis(column: &[Cell]) -> (Option<f64>, Option<f64>) {
    central_sums(column).map_or((None, None), |sums| (skewness_of(sums), kurtosis_of(sums)))
}

fn kurtosis_of((n, second, _, fourth): (f64, f64, f64, f64)) -> Option<f64> {
    if n < 4.0 || second <= 0.0 {
        return None;
    }
    let ratio = n * fourth / (second * second);
    Some(((n + 1.0) * (ratio - 3.0) + 6.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0)))
        .filter(|kurtosis| kurtosis.is_finite())
}

/// Median of the values present.
#[must_use]
pub fn median(column: &[Cell]) -> Option<f64> {
    quantile(column, 0.5)
}

/// Quantile of the values present, by linear interpolation between the two nearest; missing when
/// there are none or `share` is not within 0–1.
///
/// ```text
/// h = (n − 1)·share,   x₍⌊h⌋₎ + (h − ⌊h⌋)·(x₍⌊h⌋₊₁₎ − x₍⌊h⌋₎)
/// ```
///
/// # Source
/// Hyndman and Fan (1996), type 7, the default of R.
#[must_use]
pub fn quantile(column: &[Cell], share: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = present(column).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    quantile_of_sorted(&sorted, share)
}

/// [`quantile`] of values in ascending order.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the position lies within the slice"
)]
pub(crate) fn quantile_of_sorted(sorted: &[f64], share: f64) -> Option<f64> {
    if sorted.is_empty() || !(0.0..=1.0).contains(&share) {
        return None;
    }
    let position = (sorted.len() - 1) as f64 * share;
    let below = position.floor() as usize;
    let rest = position - position.floor();
    let lower = sorted[below];
    Some(match sorted.get(below + 1) {
        Some(upper) if rest > 0.0 => lower + rest * (upper - lower),
        _ => lower,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(values: &[f64]) -> Vec<Cell> {
        values.iter().map(|value| Cell::computed(*value)).collect()
    }

    #[test]
    fn moments_of_one_to_five() {
        let column = cells(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(skewness(&column), Some(0.0));
        assert!(kurtosis(&column).is_some_and(|kurtosis| (kurtosis + 1.2).abs() < 1e-12));
        assert_eq!(median(&column), Some(3.0));
        assert_eq!(quantile(&column, 0.05), Some(1.2));
    }

    #[test]
    fn too_few_values_have_no_moments() {
        assert_eq!(skewness(&cells(&[1.0, 2.0])), None);
        assert_eq!(kurtosis(&cells(&[1.0, 2.0, 10.0])), None);
        assert_eq!(skewness(&cells(&[7.0, 7.0, 7.0, 7.0])), None);
        assert_eq!(median(&[]), None);
    }
}
