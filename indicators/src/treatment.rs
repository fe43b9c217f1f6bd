//! Outlier treatment: the skewness–kurtosis test, winsorising, transformations, and the record of
//! what was done to which point. Filling and scaling happen elsewhere.

mod transform;

use serde::Serialize;

pub use transform::transform;

use crate::code::IndicatorCode;
use crate::descriptive::skewness_and_kurtosis;
use crate::finding::Finding;
use crate::matrix::{Cell, present};
use crate::observation::TimePeriod;
use crate::recipe::{ThenOn, Transform, Treat, WinsoriseWhile};

/// The outlier test of one indicator.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OutlierTest {
    /// Sample skewness; missing for fewer than 3 values or a constant.
    pub skewness: Option<f64>,
    /// Sample excess kurtosis; missing for fewer than 4 values or a constant.
    pub kurtosis: Option<f64>,
    /// Whether the indicator is free of outliers; missing when it cannot be said.
    pub passes: Option<bool>,
}

/// Which end of the indicator a point was pulled in from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tail {
    /// The high end.
    High,
    /// The low end.
    Low,
}

/// What treatment did to one indicator, or to one period of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct TreatmentDetail {
    /// The period, when the periods of a panel are treated apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<TimePeriod>,
    /// The test before treatment; `None` when the recipe does not treat the indicator.
    pub before: Option<OutlierTest>,
    /// Points pulled in by winsorising, with their rows and ends.
    pub winsorised: Vec<(usize, Tail)>,
    /// The test after winsorising, if that was tried.
    pub after_winsorising: Option<OutlierTest>,
    /// The transformation of the whole indicator, if one was used.
    pub transformed: Option<&'static str>,
    /// The test after the transformation.
    pub after_transform: Option<OutlierTest>,
    /// Values present.
    pub values: usize,
}

impl TreatmentDetail {
    /// The treatment of one point: empty, `winhi`, `winlo`, `log_ct` or two of them joined by `+`.
    #[must_use]
    pub fn label(&self, row: usize) -> String {
        let tail = self.winsorised.iter().find(|(point, _)| *point == row).map(|(_, tail)| match tail {
            Tail::High => "winhi",
            Tail::Low => "winlo",
        });
        match (tail, self.transformed) {
            (None, None) => String::new(),
            (Some(tail), None) => tail.to_owned(),
            (None, Some(transform)) => transform.to_owned(),
            (Some(tail), Some(transform)) => format!("{tail}+{transform}"),
        }
    }

    /// Whether the last test done was passed.
    #[must_use]
    pub fn passes(&self) -> Option<bool> {
        self.after_transform.or(self.after_winsorising).or(self.before).and_then(|test| test.passes)
    }

    pub(crate) fn note(&self, indicator: &IndicatorCode, findings: &mut Vec<Finding>) {
        let winsorised = self.winsorised.len();
        if winsorised > 0 || self.transformed.is_some() {
            findings.push(Finding::Treated {
                indicator: indicator.clone(),
                period: self.period,
                winsorised,
                transformed: self.transformed.is_some(),
                passes: self.passes().unwrap_or(true),
            });
        }
        if winsorised * 20 > self.values && self.transformed.is_none() {
            findings.push(Finding::ManyPointsWinsorised {
                indicator: indicator.clone(),
                period: self.period,
                winsorised,
                values: self.values,
            });
        }
    }
}

/// The outlier test.
///
/// ```text
/// passes when |skewness| < skewness_limit or kurtosis < kurtosis_limit
/// ```
///
/// Both are the small-sample forms of [`skewness`](crate::descriptive::skewness) and
/// [`kurtosis`](crate::descriptive::kurtosis). With fewer than 4 values, or a
/// constant, nothing can be said and nothing is treated.
///
/// # Source
/// OECD/JRC Handbook (2008), step 4; R package `COINr` 1.1.14, `check_SkewKurt`.
#[must_use]
pub fn test_outliers(values: &[Cell], skewness_limit: f64, kurtosis_limit: f64) -> OutlierTest {
    let (skewness, kurtosis) = skewness_and_kurtosis(values);
    let passes = skewness.zip(kurtosis).map(|(skew, kurt)| skew.abs() < skewness_limit || kurt < kurtosis_limit);
    OutlierTest { skewness, kurtosis, passes }
}

/// Pulls in the farthest points until the test is passed or `max_points` are pulled in, and returns
/// them.
///
/// ```text
/// while the test fails and fewer than max_points are pulled in:
///     skewness ≥ 0: every value equal to the highest becomes the next highest
///     else:         every value equal to the lowest becomes the next lowest
/// ```
///
/// Points counted are those tied at the ends now, so ties may overshoot `max_points`. Missing stays
/// missing; a constant or fewer than 4 values are left alone.
///
/// # Source
/// OECD/JRC Handbook (2008), step 4; R package `COINr` 1.1.14, `winsorise`.
pub fn winsorise(
    values: &mut [Cell],
    max_points: usize,
    skewness_limit: f64,
    kurtosis_limit: f64,
    condition: WinsoriseWhile,
) -> Vec<(usize, Tail)> {
    let (mut high, mut low) = (Vec::new(), Vec::new());
    while high.len() + low.len() < max_points {
        let test = test_outliers(values, skewness_limit, kurtosis_limit);
        let Some(passes) = test.passes else { break };
        if passes && condition == WinsoriseWhile::Outlying {
            break;
        }
        if test.skewness.is_some_and(|skewness| skewness >= 0.0) {
            pull_in(values, &mut high, 1.0);
        } else {
            pull_in(values, &mut low, -1.0);
        }
    }
    let mut points: Vec<(usize, Tail)> = high.into_iter().map(|row| (row, Tail::High)).collect();
    points.extend(low.into_iter().map(|row| (row, Tail::Low)));
    points.sort_unstable_by_key(|(row, _)| *row);
    points.dedup_by_key(|(row, _)| *row);
    points
}

/// Sets the values farthest in the direction of `sign` to the next distinct value.
fn pull_in(values: &mut [Cell], tied: &mut Vec<usize>, sign: f64) {
    let farthest = greatest_below(f64::INFINITY, values, sign);
    let next = greatest_below(farthest, values, sign);
    tied.clear();
    for (row, cell) in values.iter_mut().enumerate() {
        if cell.raw() * sign >= farthest {
            tied.push(row);
            *cell = Cell::computed(next * sign);
        }
    }
}

/// The greatest value times `sign` that is below a bound.
fn greatest_below(bound: f64, values: &[Cell], sign: f64) -> f64 {
    // Side by side, as processors like it. No comparison with a missing value is true.
    let mut greatest = [f64::NEG_INFINITY; 4];
    let mut look = |lane: usize, cell: Cell| {
        let value = cell.raw() * sign;
        if value < bound && value > greatest[lane] {
            greatest[lane] = value;
        }
    };
    let (whole, rest) = values.as_chunks::<4>();
    for cells in whole {
        for (lane, cell) in cells.iter().enumerate() {
            look(lane, *cell);
        }
    }
    for (lane, cell) in rest.iter().enumerate() {
        look(lane, *cell);
    }
    greatest.into_iter().fold(f64::NEG_INFINITY, f64::max)
}

/// Treats one column in place and tells what was done.
///
/// ```text
/// test → winsorise → test → then → test
/// ```
///
/// `then` starts from the values before winsorising unless the recipe says otherwise, and is kept
/// even when it fails the last test.
///
/// # Source
/// R package `COINr` 1.1.14, `Treat`.
pub fn treat_column(method: &Treat, column: &mut [Cell]) -> TreatmentDetail {
    match method {
        Treat::None {} => TreatmentDetail::default(),
        Treat::Winsorise { max_points, skewness_limit, kurtosis_limit, then, then_on, condition } => {
            let before = test_outliers(column, *skewness_limit, *kurtosis_limit);
            let mut detail =
                TreatmentDetail { before: Some(before), values: present(column).count(), ..TreatmentDetail::default() };
            let treated = match condition {
                WinsoriseWhile::Outlying => before.passes == Some(false),
                WinsoriseWhile::Always => before.passes.is_some(),
            };
            if !treated {
                return detail;
            }
            let original = column.to_vec();
            detail.winsorised = winsorise(column, *max_points, *skewness_limit, *kurtosis_limit, *condition);
            let after = test_outliers(column, *skewness_limit, *kurtosis_limit);
            detail.after_winsorising = Some(after);
            if after.passes == Some(false) && *then != Transform::None {
                if *then_on == ThenOn::Original {
                    column.copy_from_slice(&original);
                }
                detail.transformed = transform(*then, column);
                detail.after_transform = Some(test_outliers(column, *skewness_limit, *kurtosis_limit));
            }
            detail
        }
        Treat::Transform { with, skewness_limit, kurtosis_limit } => {
            let before = test_outliers(column, *skewness_limit, *kurtosis_limit);
            let mut detail =
                TreatmentDetail { before: Some(before), values: present(column).count(), ..TreatmentDetail::default() };
            if *skewness_limit == 0.0 || before.passes == Some(false) {
                detail.transformed = transform(*with, column);
                detail.after_transform = Some(test_outliers(column, *skewness_limit, *kurtosis_limit));
            }
            detail
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(values: &[f64]) -> Vec<Cell> {
        values.iter().map(|value| Cell::computed(*value)).collect()
    }

    #[test]
    fn the_farthest_point_is_pulled_in() {
        let mut column = cells(&[1.0, 2.0, 2.0, 3.0, 3.0, 3.0, 4.0, 4.0, 5.0, 50.0, 200.0]);
        let points = winsorise(&mut column, 5, 2.0, 3.5, WinsoriseWhile::Outlying);
        assert_eq!(points, [(10, Tail::High)]);
        assert_eq!(column[10].value(), Some(50.0));
    }

    #[test]
    fn constants_and_short_columns_are_left_alone() {
        let method = Treat::Winsorise {
            max_points: 5,
            skewness_limit: 2.0,
            kurtosis_limit: 3.5,
            then: Transform::LogCt,
            then_on: ThenOn::Original,
            condition: WinsoriseWhile::Always,
        };
        for values in [&[7.0, 7.0, 7.0, 7.0][..], &[1.0, 10.0], &[4.0], &[]] {
            let mut column = cells(values);
            let detail = treat_column(&method, &mut column);
            assert_eq!(column, cells(values));
            assert_eq!(detail.before.and_then(|test| test.passes), None);
        }
    }
}
