//! Transformations of a whole indicator. When one is used is decided in the parent module.

use crate::descriptive::skewness;
use crate::elementary::{ln, power};
use crate::matrix::{Cell, present};
use crate::recipe::Transform;

/// Transforms a column in place and names the transformation used, `None` when none could be.
///
/// ```text
/// log_ct       ln(x − min + 0.01·(max − min))
/// log_ct_plus  as log_ct when the skewness is positive, else −ln(max + 0.01·(max − min) − x)
/// log_ct_orig  ln(x − min + 1)
/// log_gii      ln((max − 1)(x − min)/(max − min) + 1)
/// box_cox      (y^λ − 1)/λ with y = x − min + 1;  ln y when λ = 0
/// ```
///
/// All rise with `x`. An empty column is left alone, and a constant one under the first, second and
/// fourth (the others make it 0); so is a column whose maximum is not above 1 under `log_gii`, where
/// the formula would fall instead of rise.
///
/// # Source
/// R package `COINr` 1.1.14; WIPO Global Innovation Index, appendix on methodology, for `log_gii`;
/// Box and Cox (1964).
pub fn transform(method: Transform, column: &mut [Cell]) -> Option<&'static str> {
    let (min, max) =
        present(column).fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), value| (min.min(value), max.max(value)));
    let needs_range = matches!(method, Transform::LogCt | Transform::LogCtPlus | Transform::LogGii);
    if min > max || (min >= max && needs_range) {
        return None;
    }
    let range = max - min;
    match method {
        Transform::None => None,
        Transform::LogCtPlus if skewness(column).is_some_and(|skewness| skewness <= 0.0) => {
            apply(column, |value| -ln(max + 0.01 * range - value));
            Some("log_ct_neg")
        }
        Transform::LogCt | Transform::LogCtPlus => {
            apply(column, |value| ln(value - min + 0.01 * range));
            Some("log_ct")
        }
        Transform::LogCtOrig => {
            apply(column, |value| ln(value - min + 1.0));
            Some("log_ct_orig")
        }
        Transform::LogGii => {
            if max <= 1.0 {
                return None;
            }
            apply(column, |value| ln((max - 1.0) * (value - min) / range + 1.0));
            Some("log_gii")
        }
        Transform::BoxCox { lambda } => {
            apply(column, |value| {
                let shifted = value - min + 1.0;
                if lambda == 0.0 { ln(shifted) } else { (power(shifted, lambda) - 1.0) / lambda }
            });
            Some("box_cox")
        }
    }
}

fn apply(column: &mut [Cell], change: impl Fn(f64) -> f64) {
    for cell in column {
        *cell = cell.map(&change);
    }
}
