//! Making values comparable: the eleven normalisers, each from one column of values to one column
//! of scores where more is better.
//!
//! Direction is applied here, once: goalposts, targets and references are in the indicator's own
//! unit whichever way is better. Outlier treatment and filling happen before, elsewhere.

use crate::code::AreaCode;
use crate::elementary::ln;
use crate::finding::Finding;
use crate::framework::{Direction, GoalpostScale, Goalposts, IndicatorNode};
use crate::matrix::{Cell, present};
use crate::observation::TimePeriod;
use crate::ranking::rank_ascending;
use crate::recipe::{Normalise, Outside, Ties};

/// A column could not be normalised.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NormaliseError {
    /// The method needs goalposts and the indicator has none.
    #[error("it has no goalposts")]
    GoalpostsMissing,
    /// The method needs a target and the indicator has none.
    #[error("it has no target")]
    TargetMissing,
    /// The method needs a reference area and neither recipe nor framework names one.
    #[error("it has no reference area")]
    ReferenceMissing,
    /// The reference area is no row of the data.
    #[error("the reference area {area}{} is not in the data", period.map(|period| format!(" in {period}")).unwrap_or_default())]
    ReferenceUnknown {
        /// The area.
        area: AreaCode,
        /// Its period, where the recipe names one.
        period: Option<TimePeriod>,
    },
    /// The recipe refuses values outside the goalposts.
    #[error("the value {value} in row {row} is outside the goalposts {low} to {high}")]
    Outside {
        /// The row, counted from 1.
        row: usize,
        /// The value.
        value: f64,
        /// Lower goalpost.
        low: f64,
        /// Upper goalpost.
        high: f64,
    },
    /// A logarithmic scale needs positive values.
    #[error("the value {value} in row {row}; logarithmic goalposts need values above 0")]
    NotPositive {
        /// The row, counted from 1.
        row: usize,
        /// The value.
        value: f64,
    },
}

/// What a normaliser needs to know beside the column.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// The indicator: direction, goalposts, target.
    pub indicator: &'a IndicatorNode,
    /// Row of the reference area, where the method uses one.
    pub reference_row: Option<usize>,
}

/// Normalises one column into `scores`, which has the same length. Missing stays missing.
///
/// Per method, on `x` times the direction's sign (`min`, `max`, mean and standard deviation are of
/// the values present; `n` is their number; `lower` and `upper` end the output range):
///
/// ```text
/// none                   x
/// min_max                (x − min)/(max − min) · (upper − lower) + lower
/// z_score                (x − mean)/s · standard_deviation + mean_wanted         s over n − 1
/// rank                   rank from the worst, ties as said; 1..n
/// borda                  rank − 1
/// percentile_rank        (rank − 1)/(n − 1)
/// distance_to_max        1 − (max − x)/(max − min)
/// distance_to_reference  1 − (x_ref − x)/(x_ref − min)
/// distance_to_target     (x − min)/(target − min)
/// fraction_of_max        x/max,  min/x when lower is better
/// scaled, goalposts      (x − low)/(high − low)
/// ```
///
/// A constant column scores the middle of the range (`z_score`: the wanted mean) and is reported;
/// an empty one stays empty and is reported. Where even the worst value has reached the target or the
/// reference, every area scores as the target does and that is reported; without a value of the
/// reference area the column is empty. Fractions need a greatest value above 0, or no value below 0
/// when lower is better; else the column is empty and reported.
///
/// # Errors
/// When the indicator lacks what the method needs, or a value is refused.
///
/// # Source
/// OECD/JRC Handbook (2008), step 5; R package `COINr` 1.1.14. Differences are listed in
/// `docs/METHODOLOGY.md`.
pub fn normalise(
    method: &Normalise,
    about: Column<'_>,
    values: &[Cell],
    scores: &mut [Cell],
    findings: &mut Vec<Finding>,
) -> Result<(), NormaliseError> {
    let indicator = about.indicator;
    let sign = indicator.direction.sign();
    if values.iter().all(|cell| cell.is_missing()) {
        scores.copy_from_slice(values);
        findings.push(Finding::EmptyIndicator { indicator: indicator.code.clone() });
        return Ok(());
    }
    match method {
        Normalise::None {} => each(values, scores, |value| value * sign),
        Normalise::MinMax { lower, upper } => {
            let (min, max) = directed_range(values, sign);
            if min < max {
                each(values, scores, |value| (value * sign - min) / (max - min) * (upper - lower) + lower);
            } else {
                constant(indicator, min * sign, f64::midpoint(*lower, *upper), values, scores, findings);
            }
        }
        Normalise::DistanceToMax { lower, upper } => {
            let (min, max) = directed_range(values, sign);
            if min < max {
                each(values, scores, |value| (1.0 - (max - value * sign) / (max - min)) * (upper - lower) + lower);
            } else {
                constant(indicator, min * sign, f64::midpoint(*lower, *upper), values, scores, findings);
            }
        }
        Normalise::ZScore { mean, standard_deviation } => {
            let (min, max) = directed_range(values, sign);
            if min < max {
                let (centre, spread) = mean_and_deviation(values);
                each(values, scores, |value| (value - centre) * sign / spread * standard_deviation + mean);
            } else {
                constant(indicator, min * sign, *mean, values, scores, findings);
            }
        }
        Normalise::Rank { ties, lower, upper } => {
            let n = ranks(values, sign, *ties, scores);
            if let (Some(lower), Some(upper)) = (lower, upper) {
                rescale(scores, 1.0, n, *lower, *upper);
            }
        }
        Normalise::Borda { ties, lower, upper } => {
            let n = ranks(values, sign, *ties, scores);
            match (lower, upper) {
                (Some(lower), Some(upper)) => rescale(scores, 1.0, n, *lower, *upper),
                _ => scores.iter_mut().for_each(|score| *score = score.map(|rank| rank - 1.0)),
            }
        }
        Normalise::PercentileRank { ties, lower, upper } => {
            let n = ranks(values, sign, *ties, scores);
            rescale(scores, 1.0, n, *lower, *upper);
        }
        Normalise::DistanceToReference { above, lower, upper, .. } => {
            let row = about.reference_row.ok_or(NormaliseError::ReferenceMissing)?;
            let (min, _) = directed_range(values, sign);
            let reference = values[row].value().map(|value| value * sign);
            match reference {
                Some(reference) if reference > min => each(values, scores, |value| {
                    let score = 1.0 - (reference - value * sign) / (reference - min);
                    cap(score, *above) * (upper - lower) + lower
                }),
                Some(reference) => {
                    no_distance(indicator, Some(reference * sign), min * sign, Some(*upper), values, scores, findings);
                }
                None => no_distance(indicator, None, min * sign, None, values, scores, findings),
            }
        }
        Normalise::DistanceToTarget { above, lower, upper } => {
            let target = indicator.target.ok_or(NormaliseError::TargetMissing)?;
            let (min, _) = directed_range(values, sign);
            let directed = target * sign;
            if directed > min {
                each(values, scores, |value| {
                    cap((value * sign - min) / (directed - min), *above) * (upper - lower) + lower
                });
            } else {
                no_distance(indicator, Some(target), min * sign, Some(*upper), values, scores, findings);
            }
        }
        Normalise::FractionOfMax { lower, upper } => {
            let (min, max) = directed_range(values, 1.0);
            match indicator.direction {
                Direction::HigherIsBetter if max <= 0.0 => no_fraction(indicator, max, scores, findings),
                Direction::LowerIsBetter if min < 0.0 => no_fraction(indicator, min, scores, findings),
                Direction::HigherIsBetter => each(values, scores, |value| value / max * (upper - lower) + lower),
                Direction::LowerIsBetter => each(values, scores, |value| {
                    // The least over itself is 1 even where it is 0.
                    let fraction = if value <= min { 1.0 } else { min / value };
                    fraction * (upper - lower) + lower
                }),
            }
        }
        Normalise::Scaled { lower, upper } => {
            let goalposts = indicator.goalposts.ok_or(NormaliseError::GoalpostsMissing)?;
            between(goalposts, Outside::Allow, (*lower, *upper), indicator, values, scores)?;
        }
        Normalise::Goalposts { lower, upper, outside } => {
            let goalposts = indicator.goalposts.ok_or(NormaliseError::GoalpostsMissing)?;
            between(goalposts, *outside, (*lower, *upper), indicator, values, scores)?;
        }
    }
    Ok(())
}

fn each(values: &[Cell], scores: &mut [Cell], change: impl Fn(f64) -> f64) {
    for (value, score) in values.iter().zip(scores) {
        // A missing cell stays missing through any arithmetic.
        *score = Cell::computed(change(value.raw()));
    }
}

/// Lowest and highest of the values times the sign; the column must not be empty.
fn directed_range(values: &[Cell], sign: f64) -> (f64, f64) {
    present(values)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), value| (min.min(value * sign), max.max(value * sign)))
}

fn mean_and_deviation(values: &[Cell]) -> (f64, f64) {
    let (n, sum) = present(values).fold((0.0, 0.0), |(n, sum), value| (n + 1.0, sum + value));
    let mean: f64 = sum / n;
    let squares: f64 = present(values).map(|value| (value - mean) * (value - mean)).sum();
    (mean, (squares / (n - 1.0)).sqrt())
}

fn constant(
    indicator: &IndicatorNode,
    value: f64,
    score: f64,
    values: &[Cell],
    scores: &mut [Cell],
    findings: &mut Vec<Finding>,
) {
    each(values, scores, |value| if value.is_nan() { value } else { score });
    findings.push(Finding::ConstantIndicator { indicator: indicator.code.clone(), value, score: Some(score) });
}

/// Every area has reached the target or reference, so every area scores as it; without a reference
/// value nothing can be scored. (The formula would reverse the order of the areas.)
fn no_distance(
    indicator: &IndicatorNode,
    reference: Option<f64>,
    worst: f64,
    score: Option<f64>,
    values: &[Cell],
    scores: &mut [Cell],
    findings: &mut Vec<Finding>,
) {
    each(values, scores, |value| if value.is_nan() { value } else { score.unwrap_or(f64::NAN) });
    findings.push(Finding::NoDistance { indicator: indicator.code.clone(), reference, worst });
}

fn no_fraction(indicator: &IndicatorNode, extreme: f64, scores: &mut [Cell], findings: &mut Vec<Finding>) {
    scores.fill(Cell::MISSING);
    findings.push(Finding::NoFraction { indicator: indicator.code.clone(), extreme });
}

fn cap(score: f64, above: Outside) -> f64 {
    match above {
        Outside::Clip => {
            if score > 1.0 {
                1.0
            } else {
                score
            }
        }
        Outside::Allow | Outside::Refuse => score,
    }
}

/// Writes ranks from the worst and returns the highest rank there can be.
fn ranks(values: &[Cell], sign: f64, ties: Ties, scores: &mut [Cell]) -> f64 {
    each(values, scores, |value| value * sign);
    rank_ascending(scores, ties)
}

/// Maps `from`..`to` onto `lower`..`upper`; a single rank scores the middle.
fn rescale(scores: &mut [Cell], from: f64, to: f64, lower: f64, upper: f64) {
    for score in scores {
        *score = score.map(|rank| {
            if to > from { (rank - from) / (to - from) * (upper - lower) + lower } else { f64::midpoint(lower, upper) }
        });
    }
}

fn between(
    goalposts: Goalposts,
    outside: Outside,
    (lower, upper): (f64, f64),
    indicator: &IndicatorNode,
    values: &[Cell],
    scores: &mut [Cell],
) -> Result<(), NormaliseError> {
    let (low, high) = (goalposts.low(), goalposts.high());
    for (row, (cell, score)) in values.iter().zip(scores.iter_mut()).enumerate() {
        let Some(value) = cell.value() else {
            *score = Cell::MISSING;
            continue;
        };
        if outside == Outside::Refuse && !(low..=high).contains(&value) {
            return Err(NormaliseError::Outside { row: row + 1, value, low, high });
        }
        let share = match goalposts.scale() {
            GoalpostScale::Linear => match indicator.direction {
                Direction::HigherIsBetter => (value - low) / (high - low),
                Direction::LowerIsBetter => (high - value) / (high - low),
            },
            GoalpostScale::Log => {
                if value <= 0.0 && outside != Outside::Clip {
                    return Err(NormaliseError::NotPositive { row: row + 1, value });
                }
                // Below the range anyway, so clipping gives the worse end whatever the logarithm is.
                let height = if value > 0.0 { (ln(value) - ln(low)) / (ln(high) - ln(low)) } else { 0.0 };
                match indicator.direction {
                    Direction::HigherIsBetter => height,
                    Direction::LowerIsBetter => 1.0 - height,
                }
            }
        };
        let share = if outside == Outside::Clip { share.clamp(0.0, 1.0) } else { share };
        *score = Cell::computed(share * (upper - lower) + lower);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn indicator(direction: Direction) -> IndicatorNode {
        IndicatorNode {
            code: "x".parse().unwrap(),
            direction,
            goalposts: Goalposts::new(0.0, 10.0).ok(),
            target: Some(5.0),
            reference: None,
            denominator: None,
        }
    }

    fn check(method: &Normalise, direction: Direction, values: &[Option<f64>], expected: &[Option<f64>]) {
        let column: Vec<Cell> = values.iter().copied().map(Cell::from).collect();
        let mut scores = column.clone();
        let about = Column { indicator: &indicator(direction), reference_row: Some(1) };
        normalise(method, about, &column, &mut scores, &mut Vec::new()).unwrap();
        let found: Vec<Option<f64>> = scores.iter().map(|cell| cell.value()).collect();
        assert_eq!(found, expected, "{method:?} {direction:?}");
    }

    #[test]
    fn scores_follow_the_formulas() {
        use Direction::{HigherIsBetter as Up, LowerIsBetter as Down};
        let x = [Some(1.0), Some(2.0), None, Some(5.0)];
        let min_max = Normalise::MinMax { lower: 0.0, upper: 100.0 };
        check(&min_max, Up, &x, &[Some(0.0), Some(25.0), None, Some(100.0)]);
        check(&min_max, Down, &x, &[Some(100.0), Some(75.0), None, Some(0.0)]);
        let posts = Normalise::Goalposts { lower: 0.0, upper: 100.0, outside: Outside::Clip };
        check(&posts, Up, &[Some(-5.0), Some(2.0), None, Some(50.0)], &[Some(0.0), Some(20.0), None, Some(100.0)]);
        check(&posts, Down, &[Some(-5.0), Some(2.0), None, Some(50.0)], &[Some(100.0), Some(80.0), None, Some(0.0)]);
        for (ties, tied, best) in
            [(Ties::Min, 1.0, 3.0), (Ties::Max, 2.0, 3.0), (Ties::Mean, 1.5, 3.0), (Ties::Dense, 1.0, 2.0)]
        {
            let rank = Normalise::Rank { ties, lower: None, upper: None };
            check(&rank, Up, &[Some(3.0), Some(3.0), None, Some(9.0)], &[Some(tied), Some(tied), None, Some(best)]);
            let scaled = Normalise::PercentileRank { ties, lower: 0.0, upper: 1.0 };
            let tied = (tied - 1.0) / (best - 1.0);
            check(&scaled, Up, &[Some(3.0), Some(3.0), None, Some(9.0)], &[Some(tied), Some(tied), None, Some(1.0)]);
        }
        let fraction = Normalise::FractionOfMax { lower: 0.0, upper: 1.0 };
        check(&fraction, Down, &[Some(-0.0), Some(0.0), None, Some(8.0)], &[Some(1.0), Some(1.0), None, Some(0.0)]);
        check(&fraction, Down, &[Some(2.0), Some(4.0), None, Some(8.0)], &[Some(1.0), Some(0.5), None, Some(0.25)]);
    }

    #[test]
    fn constant_column_scores_midpoint() {
        let x = [Some(7.0), None, Some(7.0)];
        for method in [
            Normalise::MinMax { lower: 0.0, upper: 100.0 },
            Normalise::DistanceToMax { lower: 0.0, upper: 100.0 },
            Normalise::ZScore { mean: 50.0, standard_deviation: 10.0 },
        ] {
            check(&method, Direction::HigherIsBetter, &x, &[Some(50.0), None, Some(50.0)]);
        }
    }
}
