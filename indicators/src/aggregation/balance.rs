//! Ways that reward balance between children, and need the scores of all areas: Mazziotta–Pareto,
//! mean-min, ordered weights, distance to the ideal.

use crate::descriptive::{mean, standard_deviation};
use crate::elementary::power;
use crate::matrix::{Cell, present};
use crate::recipe::{Penalty, Quantity};

/// Mazziotta–Pareto index.
///
/// ```text
/// z = 100 + 10·(x − mean)/s,   M = Σ w·z,   S² = Σ w·(z − M)²
/// MPI = M ∓ S²/M
/// ```
///
/// With [`Quantity::Sample`] both standard deviations are over n − 1. Missing children are left out
/// with their weights; a constant child is 100 everywhere.
///
/// # Source
/// Mazziotta and Pareto (2016); R package `Compind` 3.4 uses the sample form.
#[must_use]
pub fn mazziotta_pareto(columns: &[&[Cell]], weights: &[f64], penalty: Penalty, deviation: Quantity) -> Vec<Cell> {
    let scaled: Vec<Vec<Cell>> = columns
        .iter()
        .map(|column| {
            let centre = mean(column).unwrap_or(0.0);
            let n = present(column).fold(0.0, |n: f64, _| n + 1.0);
            let sample = standard_deviation(column).unwrap_or(0.0);
            let spread = match deviation {
                Quantity::Sample => sample,
                Quantity::Population => sample * ((n - 1.0) / n).sqrt(),
            };
            column
                .iter()
                .map(|cell| cell.map(|x| if spread > 0.0 { 100.0 + 10.0 * (x - centre) / spread } else { 100.0 }))
                .collect()
        })
        .collect();
    penalised(&scaled, weights, penalty, deviation)
}

/// Adjusted Mazziotta–Pareto index, comparable over time: 100 is the reference.
///
/// ```text
/// Δ = (max − min)/2,   r = (x − (ref − Δ))/(2Δ)·60 + 70,   AMPI = M ∓ S²/M of r
/// ```
///
/// `references` holds the reference score of each child; S is of the population. Missing children
/// are left out with their weights; a constant child is 100 where it equals the reference.
///
/// # Source
/// Mazziotta and Pareto (2016), adjusted index.
#[must_use]
pub fn adjusted_mazziotta_pareto(
    columns: &[&[Cell]],
    weights: &[f64],
    references: &[f64],
    penalty: Penalty,
) -> Vec<Cell> {
    let scaled: Vec<Vec<Cell>> = columns
        .iter()
        .zip(references)
        .map(|(column, reference)| {
            let (min, max) = extremes(column);
            let half = (max - min) / 2.0;
            column
                .iter()
                .map(|cell| {
                    cell.map(|x| if half > 0.0 { (x - (reference - half)) / (2.0 * half) * 60.0 + 70.0 } else { 100.0 })
                })
                .collect()
        })
        .collect();
    penalised(&scaled, weights, penalty, Quantity::Population)
}

fn penalised(columns: &[Vec<Cell>], weights: &[f64], penalty: Penalty, deviation: Quantity) -> Vec<Cell> {
    let sign = match penalty {
        Penalty::Subtract => -1.0,
        Penalty::Add => 1.0,
    };
    by_row(columns, weights, |children| {
        let n = children.iter().fold(0.0, |n: f64, _| n + 1.0);
        let total: f64 = children.iter().map(|(weight, _)| weight).sum();
        let mean = children.iter().map(|(weight, x)| weight * x).sum::<f64>() / total;
        let population = children.iter().map(|(weight, x)| weight * (x - mean) * (x - mean)).sum::<f64>() / total;
        let variance = match deviation {
            Quantity::Sample if n > 1.0 => population * n / (n - 1.0),
            _ => population,
        };
        mean + sign * variance / mean
    })
}

/// Mean-min function: the mean of standard scores less a penalty for the worst of them.
///
/// ```text
/// z = (x − mean)/s,   M = Σ w·z,   M − α·(√((M − min z)² + β²) − β)
/// ```
///
/// α is the intensity (0 compensatory, 1 with β = 0 the worst child alone), β the smoothing; s is over
/// n − 1. Missing children are left out with their weights; a constant child is 0 everywhere.
///
/// # Source
/// Casadio Tarabusi and Guarini (2013).
#[must_use]
pub fn mean_min(columns: &[&[Cell]], weights: &[f64], intensity: f64, smoothing: f64) -> Vec<Cell> {
    let scaled: Vec<Vec<Cell>> = columns
        .iter()
        .map(|column| {
            let (centre, spread) = (mean(column).unwrap_or(0.0), standard_deviation(column).unwrap_or(0.0));
            column.iter().map(|cell| cell.map(|x| if spread > 0.0 { (x - centre) / spread } else { 0.0 })).collect()
        })
        .collect();
    by_row(&scaled, weights, |children| {
        let total: f64 = children.iter().map(|(weight, _)| weight).sum();
        let mean = children.iter().map(|(weight, z)| weight * z).sum::<f64>() / total;
        let worst = children.iter().map(|(_, z)| *z).fold(f64::INFINITY, f64::min);
        mean - intensity * (((mean - worst) * (mean - worst) + smoothing * smoothing).sqrt() - smoothing)
    })
}

/// Ordered weighted average, best child first.
///
/// ```text
/// Σ_k v_k·x_(k),   v_k = Q(W_k) − Q(W_{k−1}),   Q(r) = r^((1 − o)/o)
/// ```
///
/// `W_k` is the share of weight of the k best children, `o` the orness: 0.5 is the weighted mean, 0
/// the worst child, 1 the best. Missing children are left out with their weights.
///
/// # Source
/// Yager (1988, 1996), quantifier-guided weights.
#[must_use]
pub fn ordered_weighted(columns: &[&[Cell]], weights: &[f64], orness: f64) -> Vec<Cell> {
    by_row(columns, weights, |children| {
        children.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        if orness <= 0.0 {
            return children.last().map_or(f64::NAN, |(_, x)| *x);
        }
        let total: f64 = children.iter().map(|(weight, _)| weight).sum();
        let (mut reached, mut height, mut sum) = (0.0, 0.0, 0.0);
        for (weight, x) in children.iter() {
            reached += weight / total;
            let next = power(reached.min(1.0), (1.0 - orness) / orness);
            sum += (next - height) * x;
            height = next;
        }
        sum / height
    })
}

/// Wrocław taxonomic distance to the ideal area: 0 is ideal, more is worse.
///
/// ```text
/// d_i = √(p·Σ_j w_j (x_ij − max_j)²),   D_i = d_i / (mean(d) + 2·s(d))
/// ```
///
/// p is the number of children, w sums to 1, so equal weights give the plain distance; s is over
/// n − 1. Missing children are left out with their weights. All areas ideal: 0 everywhere.
///
/// # Source
/// Florek et al. (1952), Hellwig (1968); `ci_wroclaw` of R package `Compind`.
#[must_use]
pub fn wroclaw_distance(columns: &[&[Cell]], weights: &[f64]) -> Vec<Cell> {
    let ideals: Vec<f64> = columns.iter().map(|column| extremes(column).1).collect();
    let gaps: Vec<Vec<Cell>> = columns
        .iter()
        .zip(&ideals)
        .map(|(column, ideal)| column.iter().map(|cell| cell.map(|x| (x - ideal) * (x - ideal))).collect())
        .collect();
    let p = columns.iter().fold(0.0, |p: f64, _| p + 1.0);
    let distances = by_row(&gaps, weights, |children| {
        let total: f64 = children.iter().map(|(weight, _)| weight).sum();
        (p * children.iter().map(|(weight, gap)| weight * gap).sum::<f64>() / total).sqrt()
    });
    let scale = mean(&distances).unwrap_or(0.0) + 2.0 * standard_deviation(&distances).unwrap_or(0.0);
    distances.iter().map(|cell| cell.map(|d| if scale > 0.0 { d / scale } else { 0.0 })).collect()
}

fn extremes(column: &[Cell]) -> (f64, f64) {
    present(column).fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), value| (min.min(value), max.max(value)))
}

/// Applies `figure` to the (weight, score) pairs present in each row; missing without any.
fn by_row<C: AsRef<[Cell]>>(columns: &[C], weights: &[f64], figure: impl Fn(&mut Vec<(f64, f64)>) -> f64) -> Vec<Cell> {
    let n_rows = columns.first().map_or(0, |column| column.as_ref().len());
    let mut children = Vec::with_capacity(columns.len());
    (0..n_rows)
        .map(|row| {
            children.clear();
            children.extend(
                columns
                    .iter()
                    .zip(weights)
                    .filter_map(|(column, &weight)| Some((weight, column.as_ref()[row].value()?)))
                    .filter(|(weight, _)| *weight > 0.0),
            );
            if children.is_empty() { Cell::MISSING } else { Cell::computed(figure(&mut children)) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(values: &[f64]) -> Vec<Cell> {
        values.iter().map(|value| Cell::computed(*value)).collect()
    }

    #[test]
    fn ordered_weights_span_from_worst_to_best() {
        let (a, b) = (cells(&[10.0]), cells(&[30.0]));
        for (orness, expected) in [(0.0, 10.0), (0.5, 20.0), (1.0, 30.0)] {
            assert_eq!(ordered_weighted(&[&a, &b], &[0.5, 0.5], orness), cells(&[expected]), "{orness}");
        }
    }

    #[test]
    fn the_reference_is_one_hundred() {
        let (a, b) = (cells(&[10.0, 20.0, 30.0]), cells(&[1.0, 2.0, 3.0]));
        let found = adjusted_mazziotta_pareto(&[&a, &b], &[0.5, 0.5], &[20.0, 2.0], Penalty::Subtract);
        assert_eq!(found, cells(&[70.0, 100.0, 130.0]));
    }
}
