//! Filling from the same area's values in other periods.

use std::collections::BTreeMap;

use crate::error::ComputeError;
use crate::matrix::{Cell, ScoreMatrix};
use crate::observation::TimePeriod;
use crate::recipe::SeriesEnds;

/// How a series in time is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeriesRule {
    /// The last value before.
    Latest {
        /// How many periods back it may lie.
        max_periods: Option<usize>,
    },
    /// The last value before; at the start the first value.
    Constant {
        /// Before the first and after the last value.
        ends: SeriesEnds,
    },
    /// On the line between neighbours.
    Linear {
        /// Before the first and after the last value.
        ends: SeriesEnds,
    },
}

/// Fills a series of (time, value) in ascending order of time.
///
/// ```text
/// latest    the last value before, at most max_periods steps back
/// constant  the last value before; before the first value, that one (ends: extend)
/// linear    y₀ + (t − t₀)·(y₁ − y₀)/(t₁ − t₀); beyond the ends the end value (ends: extend)
/// ```
///
/// A series without any value stays missing; one value is enough for every rule.
///
/// # Source
/// R package `COINr` 1.1.14, `impute_panel`; `approx(rule = 2)` of R.
#[must_use]
pub fn fill_series(times: &[f64], series: &[Cell], rule: SeriesRule) -> Vec<Cell> {
    let before = |at: usize| (0..at).rev().find(|&earlier| !series[earlier].is_missing());
    let after = |at: usize| (at + 1..series.len()).find(|&later| !series[later].is_missing());
    (0..series.len())
        .map(|at| {
            if !series[at].is_missing() {
                return series[at];
            }
            let (earlier, later) = (before(at), after(at));
            match rule {
                SeriesRule::Latest { max_periods } => earlier
                    .filter(|&earlier| max_periods.is_none_or(|most| at - earlier <= most))
                    .map_or(Cell::MISSING, |earlier| series[earlier]),
                SeriesRule::Constant { ends } | SeriesRule::Linear { ends } => match (earlier, later) {
                    (Some(from), Some(to)) if matches!(rule, SeriesRule::Linear { .. }) => {
                        let (start, end) = (series[from].raw(), series[to].raw());
                        Cell::computed(start + (times[at] - times[from]) * (end - start) / (times[to] - times[from]))
                    }
                    (Some(from), Some(_)) => series[from],
                    (Some(only), None) | (None, Some(only)) if ends == SeriesEnds::Extend => series[only],
                    _ => Cell::MISSING,
                },
            }
        })
        .collect()
}

/// A period as a number: its end, in years.
pub(crate) fn years(period: TimePeriod) -> f64 {
    match period {
        TimePeriod::Year(year) => f64::from(year),
        TimePeriod::Quarter(year, quarter) => f64::from(year) + f64::from(quarter) / 4.0 - 1.0,
        TimePeriod::Month(year, month) => f64::from(year) + f64::from(month) / 12.0 - 1.0,
    }
}

/// Fills one column of a panel, area by area. Periods are those of the whole table, so a period in
/// which the area has no row still counts as a step.
pub(super) fn fill(
    values: &ScoreMatrix,
    method: &'static str,
    rule: SeriesRule,
    column: &mut [Cell],
) -> Result<(), ComputeError> {
    let periods = values.periods().ok_or(ComputeError::PanelNeeded { method })?;
    let mut steps: Vec<TimePeriod> = periods.to_vec();
    steps.sort_unstable();
    steps.dedup();
    let times: Vec<f64> = steps.iter().map(|&period| years(period)).collect();
    let mut rows_of: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (row, area) in values.areas().iter().enumerate() {
        rows_of.entry(area).or_default().push(row);
    }
    for rows in rows_of.into_values() {
        let step = |row: usize| steps.binary_search(&periods[row]).unwrap_or_default();
        let mut series = vec![Cell::MISSING; steps.len()];
        for &row in &rows {
            series[step(row)] = column[row];
        }
        let filled = fill_series(&times, &series, rule);
        for &row in &rows {
            column[row] = filled[step(row)];
        }
    }
    Ok(())
}
