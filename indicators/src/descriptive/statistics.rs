//! The table of statistics of each indicator, with flags for what needs a second look.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{kurtosis, mean, median, skewness, standard_deviation};
use crate::code::{AreaCode, IndicatorCode, NodeCode};
use crate::framework::Framework;
use crate::matrix::{Cell, ScoreMatrix, present};

/// Where a statistic is flagged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlagLimits {
    /// Least share of areas with a value.
    pub available: f64,
    /// Least share of values that are not zero.
    pub non_zero: f64,
    /// Least share of values that differ from each other.
    pub unique: f64,
    /// Greatest absolute skewness, together with …
    pub skewness: f64,
    /// … the greatest excess kurtosis.
    pub kurtosis: f64,
}

impl FlagLimits {
    /// 0.65, 0.5, 0.5; outliers above 2 and 3.5, as the OECD/JRC Handbook and the reference package.
    #[must_use]
    pub const fn handbook() -> Self {
        Self { available: 0.65, non_zero: 0.5, unique: 0.5, skewness: 2.0, kurtosis: 3.5 }
    }
}

/// Statistics of one indicator. Shares but the first are of the values present.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "four flags, each with a column of its own")]
pub struct ColumnStatistics {
    /// The indicator.
    pub indicator: IndicatorCode,
    /// Lowest value.
    pub min: Option<f64>,
    /// Highest value.
    pub max: Option<f64>,
    /// Mean.
    pub mean: Option<f64>,
    /// Median.
    pub median: Option<f64>,
    /// Sample standard deviation.
    pub standard_deviation: Option<f64>,
    /// Sample skewness.
    pub skewness: Option<f64>,
    /// Sample excess kurtosis.
    pub kurtosis: Option<f64>,
    /// Areas with a value.
    pub n_available: usize,
    /// Values that are not zero.
    pub n_non_zero: usize,
    /// Distinct values.
    pub n_unique: usize,
    /// How often the most frequent value occurs.
    pub n_same: usize,
    /// Share of areas with a value.
    pub share_available: f64,
    /// Share of values that are not zero.
    pub share_non_zero: f64,
    /// Distinct values over values.
    pub share_unique: f64,
    /// Share of the most frequent value.
    pub share_same: f64,
    /// Too few values.
    pub is_scarce: bool,
    /// Too many zeros.
    pub is_mostly_zero: bool,
    /// Too few distinct values.
    pub is_repetitive: bool,
    /// Skewness and kurtosis both beyond their limits.
    pub has_outliers: bool,
}

/// Statistics of every column.
///
/// All shares of values are over the values present, in the numbers and in the flags alike. (The
/// reference package flags zeros over all rows.) An empty column has shares of 0 and is flagged.
///
/// # Source
/// OECD/JRC Handbook (2008), step 3; R package `COINr` 1.1.14, `get_stats`.
#[must_use]
pub fn statistics(values: &ScoreMatrix, limits: FlagLimits) -> Vec<ColumnStatistics> {
    values
        .indicators()
        .iter()
        .enumerate()
        .map(|(column, indicator)| describe(indicator.clone(), values.column(column), limits))
        .collect()
}

fn describe(indicator: IndicatorCode, column: &[Cell], limits: FlagLimits) -> ColumnStatistics {
    let mut sorted: Vec<f64> = present(column).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let runs: Vec<usize> =
        sorted.chunk_by(|a, b| a.partial_cmp(b).is_some_and(Ordering::is_eq)).map(<[f64]>::len).collect();
    let n_available = sorted.len();
    let n_non_zero = sorted.iter().filter(|value| **value != 0.0).count();
    let n_same = runs.iter().copied().max().unwrap_or(0);
    let (skewness, kurtosis) = (skewness(column), kurtosis(column));
    let share_available = share(n_available, column.len());
    let share_non_zero = share(n_non_zero, n_available);
    let share_unique = share(runs.len(), n_available);
    ColumnStatistics {
        indicator,
        min: sorted.first().copied(),
        max: sorted.last().copied(),
        mean: mean(column),
        median: median(column),
        standard_deviation: standard_deviation(column),
        skewness,
        kurtosis,
        n_available,
        n_non_zero,
        n_unique: runs.len(),
        n_same,
        share_available,
        share_non_zero,
        share_unique,
        share_same: share(n_same, n_available),
        is_scarce: share_available < limits.available,
        is_mostly_zero: share_non_zero < limits.non_zero,
        is_repetitive: share_unique < limits.unique,
        has_outliers: skewness.is_some_and(|skewness| skewness.abs() > limits.skewness)
            && kurtosis.is_some_and(|kurtosis| kurtosis > limits.kurtosis),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a table has far fewer than 2^52 cells")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The share of indicators below a node that have a value, one per row.
///
/// `values` has a column for every indicator of the framework, by code; one without a column counts
/// as missing.
#[must_use]
pub fn availability_below(framework: &Framework, values: &ScoreMatrix, node: usize) -> Vec<f64> {
    let below = framework.indicators_below(node);
    let columns: Vec<usize> = below
        .iter()
        .filter_map(|&indicator| values.column_of(framework.indicators()[indicator].code.as_str()))
        .collect();
    (0..values.n_rows())
        .map(|row| {
            let available = columns.iter().filter(|&&column| !values.column(column)[row].is_missing()).count();
            share(available, below.len())
        })
        .collect()
}

/// One of an area's best or worst indicators.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    /// The indicator.
    pub indicator: IndicatorCode,
    /// The group it belongs to.
    pub group: Option<NodeCode>,
    /// Rank among the areas with a value, 1 the best, ties the least.
    pub rank: usize,
    /// The value, in its own unit.
    pub value: f64,
}

/// An area's strengths and weaknesses.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Profile {
    /// The area.
    pub area: AreaCode,
    /// The best ranks, best first.
    pub strengths: Vec<Standing>,
    /// The worst ranks, worst last.
    pub weaknesses: Vec<Standing>,
}

/// The `n` indicators in which an area ranks best and worst.
///
/// Ranks follow the direction of the indicator; equal ranks keep the framework's order. A value that
/// is the worst of all is no weakness listed here, as in the reference package: it is often a zero that
/// says the indicator does not apply (ports of a landlocked country). `values` as in
/// [`availability_below`]; `None` when the row does not exist.
#[must_use]
pub fn strengths_and_weaknesses(framework: &Framework, values: &ScoreMatrix, row: usize, n: usize) -> Option<Profile> {
    let area = values.areas().get(row)?.clone();
    let mut standings: Vec<(Standing, bool)> = Vec::new();
    for indicator in framework.indicators() {
        let Some(column) = values.column_of(indicator.code.as_str()) else { continue };
        let column = values.column(column);
        let Some(value) = column[row].value() else { continue };
        let directed = value * indicator.direction.sign();
        let others = || present(column).map(|other| other * indicator.direction.sign());
        let node = framework.position(indicator.code.as_str())?;
        let group = framework.nodes()[node].parent().map(|parent| framework.nodes()[parent].code().clone());
        let rank = 1 + others().filter(|other| *other > directed).count();
        let is_worst = !others().any(|other| other < directed);
        standings.push((Standing { indicator: indicator.code.clone(), group, rank, value }, is_worst));
    }
    standings.sort_by_key(|(standing, _)| standing.rank);
    let weak: Vec<Standing> =
        standings.iter().filter(|(_, is_worst)| !is_worst).map(|(standing, _)| standing.clone()).collect();
    Some(Profile {
        area,
        strengths: standings.into_iter().take(n).map(|(standing, _)| standing).collect(),
        weaknesses: weak[weak.len().saturating_sub(n)..].to_vec(),
    })
}
