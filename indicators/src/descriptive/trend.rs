//! Trends of one series in time. Filling gaps in a series is imputation's work.

use super::moments::quantile_of_sorted;
use crate::elementary::power;
use crate::matrix::Cell;

/// Time and value of the values present, in order of time.
fn points(times: &[f64], series: &[Cell]) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> =
        times.iter().zip(series).filter_map(|(time, cell)| Some((*time, cell.value()?))).collect();
    points.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    points
}

/// Compound annual growth rate between the first and the last value.
///
/// ```text
/// (y_last / y_first)^(1/(t_last − t_first)) − 1
/// ```
///
/// Missing with fewer than 2 values, a first value of 0, or a change of sign.
///
/// # Source
/// R package `COINr` 1.1.14, `CAGR`.
#[must_use]
pub fn growth_rate(times: &[f64], series: &[Cell]) -> Option<f64> {
    let points = points(times, series);
    if points.len() < 2 {
        return None;
    }
    let ((first_time, first), (last_time, last)) = (*points.first()?, *points.last()?);
    Some(power(last / first, 1.0 / (last_time - first_time)) - 1.0).filter(|rate| rate.is_finite())
}

/// Change per `span` of time along the least-squares line, in percent of where the line starts.
///
/// ```text
/// 100 · slope·span / fitted(t_first)
/// ```
///
/// Missing with fewer than 3 values, or when the line starts at 0.
///
/// # Source
/// R package `COINr` 1.1.14, `prc_change`.
#[must_use]
pub fn percent_change(times: &[f64], series: &[Cell], span: f64) -> Option<f64> {
    let points = points(times, series);
    if points.len() < 3 {
        return None;
    }
    let n = points.iter().fold(0.0, |n, _| n + 1.0);
    let mean_time = points.iter().map(|(time, _)| time).sum::<f64>() / n;
    let mean_value = points.iter().map(|(_, value)| value).sum::<f64>() / n;
    let products: f64 = points.iter().map(|(time, value)| (time - mean_time) * (value - mean_value)).sum();
    let squares: f64 = points.iter().map(|(time, _)| (time - mean_time) * (time - mean_time)).sum();
    let slope = products / squares;
    let start = mean_value + slope * (points.first()?.0 - mean_time);
    Some(100.0 * slope * span / start).filter(|change| change.is_finite())
}

/// Theil–Sen slope: the median of the slopes between all pairs of values, per unit of time.
///
/// Up to about 29 % of the values may be wild without moving it far. Missing with fewer than 2
/// values.
///
/// # Source
/// Theil (1950); Sen (1968).
#[must_use]
pub fn robust_slope(times: &[f64], series: &[Cell]) -> Option<f64> {
    let points = points(times, series);
    let mut slopes: Vec<f64> = points
        .iter()
        .enumerate()
        .flat_map(|(at, first)| points[at + 1..].iter().map(move |second| (first, second)))
        .filter(|(first, second)| second.0 > first.0)
        .map(|(first, second)| (second.1 - first.1) / (second.0 - first.0))
        .collect();
    slopes.sort_unstable_by(f64::total_cmp);
    quantile_of_sorted(&slopes, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_no_growth() {
        assert_eq!(growth_rate(&[2018.0, 2019.0], &[Cell::computed(5.0), Cell::MISSING]), None);
        assert_eq!(growth_rate(&[2018.0, 2019.0], &[Cell::computed(5.0), Cell::computed(6.0)]), Some(6.0 / 5.0 - 1.0));
    }

    #[test]
    fn one_wild_value_does_not_move_the_robust_slope() {
        let times = [2018.0, 2019.0, 2020.0, 2021.0, 2022.0];
        let series = [1.0, 2.0, 300.0, 4.0, 5.0].map(Cell::computed);
        assert_eq!(robust_slope(&times, &series), Some(1.0));
        assert_eq!(robust_slope(&times[..1], &series[..1]), None);
    }
}
