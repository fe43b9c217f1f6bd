//! Nice ticks: round numbers that divide a range. Formatting them is the axis's work.

use crate::charts::scale::number;

/// The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below `rough`.
#[must_use]
pub fn nice_step(rough: f64) -> f64 {
    if !(rough.is_finite() && rough > 0.0) {
        return 1.0;
    }
    let power = 10f64.powf(rough.log10().floor());
    let share = rough / power;
    // The small allowance keeps 0.30000000000000004 from being pushed to the next step.
    let nice = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|step| share <= step * (1.0 + 1e-9)).unwrap_or(10.0);
    nice * power
}

/// Ticks inside `low..=high`, at most about `most` of them.
#[must_use]
pub fn inside(low: f64, high: f64, most: usize) -> Vec<f64> {
    let Some(step) = step_for(low, high, most) else { return vec![low] };
    multiples((low / step - 1e-9).ceil(), (high / step + 1e-9).floor(), step)
}

/// Ticks from below `low` to above `high`, so that all values lie between the first and the last.
/// There are at most `most` steps.
#[must_use]
pub fn covering(low: f64, high: f64, most: usize) -> Vec<f64> {
    if low >= high {
        let step = nice_step((low.abs() / 2.0).max(1e-6));
        let first = (low / step).floor();
        return multiples(first, first + 2.0, step);
    }
    let mut rough = (high - low) / number(most.max(1));
    loop {
        let step = nice_step(rough);
        let (first, last) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
        if last - first <= number(most.max(1)) {
            return multiples(first, last, step);
        }
        rough = step * 1.01;
    }
}

fn step_for(low: f64, high: f64, most: usize) -> Option<f64> {
    let span = high - low;
    (span.is_finite() && span > 0.0).then(|| nice_step(span / number(most.max(1))))
}

/// `first · step ..= last · step`. Each tick is a product, so errors do not add up.
fn multiples(first: f64, last: f64, step: f64) -> Vec<f64> {
    let decimals = decimals_of(step);
    let shift = 10f64.powi(i32::try_from(decimals).unwrap_or(0));
    let mut ticks = Vec::new();
    let mut index = first;
    while index <= last && ticks.len() < 100 {
        ticks.push((index * step * shift).round() / shift + 0.0);
        index += 1.0;
    }
    ticks
}

/// How many decimals a step needs to be written exactly: 0 for 20, 1 for 2.5, 2 for 0.05.
#[must_use]
pub fn decimals_of(step: f64) -> usize {
    (0..=9)
        .find(|decimals| {
            let scaled = step.abs() * 10f64.powi(*decimals);
            (scaled - scaled.round()).abs() < 1e-6 * scaled.max(1e-9)
        })
        .and_then(|decimals| usize::try_from(decimals).ok())
        .unwrap_or(9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        for (rough, expected) in [(0.7, 1.0), (1.1, 2.0), (2.2, 2.5), (3.0, 5.0), (6.0, 10.0), (0.3, 0.5), (0.0, 1.0)] {
            assert!((nice_step(rough) - expected).abs() < 1e-12, "{rough}");
        }
    }

    #[test]
    fn ticks_stay_inside_or_cover() {
        assert_eq!(inside(3.0, 97.0, 5), [20.0, 40.0, 60.0, 80.0]);
        assert_eq!(inside(0.0, 1.0, 5), [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        assert_eq!(covering(3.0, 97.0, 5), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(covering(89.0, 97.3, 5), [88.0, 90.0, 92.0, 94.0, 96.0, 98.0]);
        assert_eq!(covering(-0.3, 0.25, 4).first(), Some(&-0.4));
    }

    #[test]
    fn one_value_still_gets_ticks_around_it() {
        for value in [0.0, 5.0, -5.0, 0.001] {
            let ticks = covering(value, value, 5);
            assert!(ticks.len() == 3 && ticks[0] <= value && value < ticks[2], "{value} {ticks:?}");
        }
    }

    #[test]
    fn decimals_are_those_of_the_step() {
        for (step, expected) in [(20.0, 0), (2.5, 1), (0.05, 2), (0.001, 3), (1e-12, 9)] {
            assert_eq!(decimals_of(step), expected, "{step}");
        }
    }
}
