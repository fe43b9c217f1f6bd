//! Outranking: areas compared in pairs.

use crate::matrix::Cell;

/// For each pair of areas the share of weight on which the first is better, ties counted half.
///
/// ```text
/// s_ij = (Σ w·[x_i > x_j] + ½ Σ w·[x_i = x_j]) / Σ w        over children both areas have
/// ```
///
/// `s_ij + s_ji = 1`. A pair without a common child is a tie, one half, so the order of the areas
/// does not matter. (The reference package gives such a pair to the area listed second.) The
/// diagonal is 0. Row by row.
///
/// # Source
/// Munda and Nardo (2009); R package `COINr` 1.1.14, `outrankMatrix`.
#[must_use]
pub fn outranking_matrix(columns: &[&[Cell]], weights: &[f64]) -> Vec<f64> {
    let n = columns.first().map_or(0, |column| column.len());
    let mut matrix = vec![0.0; n * n];
    each_pair(columns, weights, |first, second, better, worse, tied| {
        let total = better + worse + tied;
        let share = if total > 0.0 { (better + 0.5 * tied) / total } else { 0.5 };
        matrix[first * n + second] = share;
        matrix[second * n + first] = 1.0 - share;
    });
    matrix
}

/// Copeland scores: pairs won minus pairs lost.
///
/// ```text
/// Σ_j sign(s_ij − ½)
/// ```
///
/// Weights that win and lose within 10⁻¹² of each other tie. An area without any score has no
/// Copeland score and is nobody's opponent.
///
/// # Source
/// Munda and Nardo (2009); R package `COINr` 1.1.14, `a_copeland`.
#[must_use]
pub fn copeland(columns: &[&[Cell]], weights: &[f64]) -> Vec<Cell> {
    let n = columns.first().map_or(0, |column| column.len());
    let mut wins = vec![0.0; n];
    each_pair(columns, weights, |first, second, better, worse, _| {
        if (better - worse).abs() > 1e-12 * (better + worse) {
            let win = if better > worse { 1.0 } else { -1.0 };
            wins[first] += win;
            wins[second] -= win;
        }
    });
    (0..n)
        .map(|row| {
            if columns.iter().all(|column| column[row].is_missing()) {
                Cell::MISSING
            } else {
                Cell::computed(wins[row])
            }
        })
        .collect()
}

/// Calls `tell(first, second, better, worse, tied)` with sums of weights for each pair of rows.
#[expect(clippy::float_cmp, reason = "scores tie when they are the same number")]
fn each_pair(columns: &[&[Cell]], weights: &[f64], mut tell: impl FnMut(usize, usize, f64, f64, f64)) {
    let n = columns.first().map_or(0, |column| column.len());
    let (mut better, mut worse, mut tied) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    for first in 0..n {
        let rest = first + 1..n;
        for sums in [&mut better, &mut worse, &mut tied] {
            sums[rest.clone()].fill(0.0);
        }
        for (column, &weight) in columns.iter().zip(weights) {
            let mine = column[first].raw();
            // Comparisons with a missing score are all false, so it adds nothing anywhere.
            let others = column[rest.clone()].iter().map(|cell| cell.raw());
            let sums = better[rest.clone()].iter_mut().zip(&mut worse[rest.clone()]).zip(&mut tied[rest.clone()]);
            for (other, ((better, worse), tied)) in others.zip(sums) {
                *better += if mine > other { weight } else { 0.0 };
                *worse += if mine < other { weight } else { 0.0 };
                *tied += if mine == other { weight } else { 0.0 };
            }
        }
        for second in rest {
            tell(first, second, better[second], worse[second], tied[second]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_pairs_do_not_depend_on_the_order() {
        let column = |values: [f64; 2]| values.map(Cell::computed).to_vec();
        let (a, b) = (column([1.0, 1.0]), column([f64::NAN, 5.0]));
        assert_eq!(outranking_matrix(&[&a, &b], &[0.5, 0.5]), [0.0, 0.5, 0.5, 0.0]);
        let c = column([f64::NAN, f64::NAN]);
        assert_eq!(outranking_matrix(&[&c], &[1.0]), [0.0, 0.5, 0.5, 0.0]);
    }

    #[test]
    fn copeland_counts_pairs() {
        let column: Vec<Cell> = [3.0, 1.0, 2.0, f64::NAN].map(Cell::computed).to_vec();
        let scores: Vec<Option<f64>> = copeland(&[&column], &[1.0]).iter().map(|cell| cell.value()).collect();
        assert_eq!(scores, [Some(2.0), Some(-2.0), Some(0.0), None]);
    }
}
