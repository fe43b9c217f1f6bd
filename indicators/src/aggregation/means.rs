//! Weighted means of the scores of one area. Methods that need all areas at once live beside this
//! module.

use super::Mean;
use crate::elementary::{self, exp, ln};

/// Weighted arithmetic mean.
///
/// ```text
/// Σ w·x / Σ w        over the children present
/// ```
///
/// Takes pairs of weight and score; missing children are left out by the caller. Without any
/// weight the mean is missing.
///
/// ```
/// use indicators::aggregation::arithmetic;
///
/// assert_eq!(arithmetic(&[(1.0, 40.0), (3.0, 80.0)]).value(), Some(70.0));
/// ```
///
/// # Source
/// OECD/JRC Handbook (2008), step 6.
#[must_use]
pub fn arithmetic(children: &[(f64, f64)]) -> Mean {
    let (weights, sum) = children.iter().fold((0.0, 0.0), |(weights, sum), (w, x)| (weights + w, sum + w * x));
    if weights > 0.0 { Mean::finite(sum / weights) } else { Mean::Missing }
}

/// Weighted geometric mean.
///
/// ```text
/// exp(Σ w·ln x / Σ w)        over the children present
/// ```
///
/// A zero makes the mean zero, its limit, and is reported; a negative score leaves it missing and is
/// reported. Children of weight 0 take no part.
///
/// # Source
/// OECD/JRC Handbook (2008), step 6.
#[must_use]
pub fn geometric(children: &[(f64, f64)]) -> Mean {
    match sign_of(children) {
        Some(Mean::Value(_)) => {}
        Some(other) => return other,
        None => return Mean::Missing,
    }
    let (weights, sum) = weighing(children).fold((0.0, 0.0), |(weights, sum), (w, x)| (weights + w, sum + w * ln(x)));
    Mean::finite(exp(sum / weights))
}

/// Weighted harmonic mean.
///
/// ```text
/// Σ w / Σ (w/x)        over the children present
/// ```
///
/// A zero makes the mean zero, its limit, and is reported. Negative scores are computed as they
/// come, as in the reference package. Children of weight 0 take no part.
///
/// # Source
/// OECD/JRC Handbook (2008), step 6.
#[must_use]
pub fn harmonic(children: &[(f64, f64)]) -> Mean {
    let taking_part = weighing(children);
    if taking_part.clone().any(|(_, x)| x == 0.0) {
        return Mean::Zero;
    }
    let (weights, sum) = taking_part.fold((0.0, 0.0), |(weights, sum), (w, x)| (weights + w, sum + w / x));
    if weights > 0.0 { Mean::finite(weights / sum) } else { Mean::Missing }
}

/// Weighted power mean; the geometric mean, its limit, when `power` is 0.
///
/// ```text
/// (Σ w·x^p / Σ w)^(1/p)        over the children present
/// ```
///
/// With a negative exponent a zero makes the mean zero and a negative score leaves it missing; a
/// negative score to a broken exponent leaves it missing. Each is reported. Children of weight 0
/// take no part.
///
/// # Source
/// OECD/JRC Handbook (2008), step 6; `a_genmean` of the reference package, which returns missing as
/// soon as one child is: here children missing are left out.
#[must_use]
pub fn generalised(power: f64, children: &[(f64, f64)]) -> Mean {
    if power == 0.0 {
        return geometric(children);
    }
    let taking_part = weighing(children);
    if power < 0.0 {
        match sign_of(children) {
            Some(Mean::Value(_)) => {}
            Some(other) => return other,
            None => return Mean::Missing,
        }
    }
    let (weights, sum) = taking_part
        .clone()
        .fold((0.0, 0.0), |(weights, sum), (w, x)| (weights + w, sum + w * elementary::power(x, power)));
    if weights <= 0.0 {
        return Mean::Missing;
    }
    match Mean::finite(elementary::power(sum / weights, 1.0 / power)) {
        Mean::Missing if taking_part.clone().any(|(_, x)| x < 0.0) => Mean::Negative,
        mean => mean,
    }
}

/// The children whose weight is not zero.
fn weighing(children: &[(f64, f64)]) -> impl Iterator<Item = (f64, f64)> + Clone + '_ {
    children.iter().copied().filter(|(w, _)| *w > 0.0)
}

/// `Value` when all scores are positive, else what the worst of them makes of the mean.
fn sign_of(children: &[(f64, f64)]) -> Option<Mean> {
    weighing(children).map(|(_, x)| x).reduce(f64::min).map(|least| {
        if least > 0.0 {
            Mean::Value(least)
        } else if least < 0.0 {
            Mean::Negative
        } else {
            Mean::Zero
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_of_one_and_four() {
        let children = [(1.0, 1.0), (1.0, 4.0)];
        assert_eq!(arithmetic(&children), Mean::Value(2.5));
        assert_eq!(harmonic(&children), Mean::Value(1.6));
        assert!(geometric(&children).value().is_some_and(|mean| (mean - 2.0).abs() < 1e-15));
        assert_eq!(generalised(2.0, &children), Mean::Value(8.5_f64.sqrt()));
    }

    #[test]
    fn zeros_negatives_and_nothing_have_an_answer() {
        let zero = [(1.0, 0.0), (1.0, 4.0)];
        assert_eq!(geometric(&zero), Mean::Zero);
        assert_eq!(harmonic(&zero), Mean::Zero);
        assert_eq!(generalised(-1.0, &zero), Mean::Zero);
        let negative = [(1.0, -1.0), (1.0, 4.0)];
        assert_eq!(geometric(&negative), Mean::Negative);
        assert_eq!(generalised(0.5, &negative), Mean::Negative);
        assert_eq!(arithmetic(&[]), Mean::Missing);
        assert_eq!(geometric(&[(0.0, 3.0)]), Mean::Missing);
        assert_eq!(arithmetic(&[(0.0, 3.0)]), Mean::Missing);
    }
}
