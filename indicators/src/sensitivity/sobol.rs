//! Sobol' indices: which factor the spread of the results comes from.

use serde::Serialize;

use super::SensitivityError;
use super::factor::Draws;
use crate::descriptive::quantile_of_sorted;

/// The number a study's variance is explained for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// The mean over areas of the absolute change of rank against the nominal recipe.
    MeanRankShift,
    /// The index score of one row of the data.
    Score {
        /// The row.
        row: usize,
    },
    /// The rank of one row of the data.
    Rank {
        /// The row.
        row: usize,
    },
}

/// How first-order indices are estimated; total indices always after Jansen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Estimator {
    /// `1 − Σ(y_B − y_ABi)²/(2N·V)`: close together where indices are large.
    Jansen,
    /// `Σ y_B·(y_ABi − y_A)/(N·V)`, as the reference package.
    Saltelli,
}

/// An index and where it lies in 95 % of bootstrap samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct IndexInterval {
    /// The estimate.
    pub value: f64,
    /// 2.5 % quantile.
    pub low: f64,
    /// 97.5 % quantile.
    pub high: f64,
}

/// First-order and total indices of one factor.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SobolIndices {
    /// The factor.
    pub factor: String,
    /// The share of variance that goes when the factor alone is fixed.
    pub first: IndexInterval,
    /// The share of variance that stays when all others are fixed.
    pub total: IndexInterval,
}

/// First-order and total indices from runs at the points A, B and A with one factor's coordinates
/// of B, with bootstrap intervals.
///
/// ```text
/// V   = variance of y_A and y_B together (over 2N − 1)
/// S_i = as the estimator says
/// T_i = Σ (y_A − y_ABi)² / (2N·V)
/// ```
///
/// `y_mixed` has one list per factor, all as long as `y_a` and `y_b`. Without any variance every index
/// is 0. The bootstrap draws rows, all lists together.
///
/// # Errors
/// When the lists have different lengths or fewer than 2 rows.
///
/// # Source
/// Saltelli et al. (2010), table 2; Jansen (1999).
pub fn estimate_indices(
    names: &[&str],
    y_a: &[f64],
    y_b: &[f64],
    y_mixed: &[Vec<f64>],
    estimator: Estimator,
    bootstrap: usize,
    seed: u64,
) -> Result<Vec<SobolIndices>, SensitivityError> {
    let n = y_a.len();
    if n < 2 || y_b.len() != n || y_mixed.len() != names.len() || y_mixed.iter().any(|list| list.len() != n) {
        return Err(SensitivityError::Parameter {
            parameter: "runs",
            found: y_a.iter().fold(0.0, |n, _| n + 1.0),
            expected: "lists of the same length, 2 or more, one per factor",
        });
    }
    let all: Vec<usize> = (0..n).collect();
    let mut samples: Vec<Vec<(f64, f64)>> = vec![Vec::with_capacity(bootstrap); names.len()];
    let mut rows = Vec::with_capacity(n);
    for sample in 0..bootstrap {
        let mut draws = Draws::new(seed, sample);
        rows.clear();
        rows.extend((0..n).map(|_| pick(draws.uniform(), n)));
        for (list, indices) in samples.iter_mut().zip(indices_of(&rows, y_a, y_b, y_mixed, estimator)) {
            list.push(indices);
        }
    }
    let interval = |value: f64, mut sample: Vec<f64>| {
        sample.sort_unstable_by(f64::total_cmp);
        IndexInterval {
            value,
            low: quantile_of_sorted(&sample, 0.025).unwrap_or(value),
            high: quantile_of_sorted(&sample, 0.975).unwrap_or(value),
        }
    };
    Ok(indices_of(&all, y_a, y_b, y_mixed, estimator)
        .into_iter()
        .zip(names)
        .zip(samples)
        .map(|(((first, total), name), sample)| SobolIndices {
            factor: (*name).to_owned(),
            first: interval(first, sample.iter().map(|(first, _)| *first).collect()),
            total: interval(total, sample.iter().map(|(_, total)| *total).collect()),
        })
        .collect())
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "uniform is in [0, 1)"
)]
fn pick(uniform: f64, n: usize) -> usize {
    ((uniform * n as f64) as usize).min(n - 1)
}

fn indices_of(rows: &[usize], y_a: &[f64], y_b: &[f64], y_mixed: &[Vec<f64>], estimator: Estimator) -> Vec<(f64, f64)> {
    let n = rows.iter().fold(0.0, |n, _| n + 1.0);
    let mean = rows.iter().map(|&row| y_a[row] + y_b[row]).sum::<f64>() / (2.0 * n);
    let squares: f64 = rows.iter().map(|&row| (y_a[row] - mean).powi(2) + (y_b[row] - mean).powi(2)).sum();
    let variance = squares / (2.0 * n - 1.0);
    if variance <= 0.0 {
        return vec![(0.0, 0.0); y_mixed.len()];
    }
    y_mixed
        .iter()
        .map(|y_i| {
            let total: f64 = rows.iter().map(|&row| (y_a[row] - y_i[row]).powi(2)).sum();
            let first = match estimator {
                Estimator::Jansen => {
                    let rest: f64 = rows.iter().map(|&row| (y_b[row] - y_i[row]).powi(2)).sum();
                    1.0 - rest / (2.0 * n * variance)
                }
                Estimator::Saltelli => {
                    rows.iter().map(|&row| y_b[row] * (y_i[row] - y_a[row])).sum::<f64>() / (n * variance)
                }
            };
            (first, total / (2.0 * n * variance))
        })
        .collect()
}

/// Sobol' indices of a study, each factor one group of coordinates.
///
/// Runs `n` points of a scrambled Sobol' sequence in twice the dimensions for A and B, and `n` for
/// each factor: `n·(factors + 2)` in all. `n` is at most 65,536, a power of two at best. Coordinates
/// beyond the 256 the sequence has come from the random generator. A run without a result for the
/// output counts as no shift, or as the nominal score or rank.
///
/// # Errors
/// As [`uncertainty`](super::uncertainty), and when `n` is out of range.
///
/// # Source
/// Saltelli et al. (2010); Burley (2020) for the scrambling; OECD/JRC Handbook (2008), step 7.
#[cfg(feature = "quasi_random")]
pub fn sobol_indices(
    study: &super::Study<'_>,
    n: u32,
    output: Output,
    estimator: Estimator,
    bootstrap: usize,
    seed: u64,
) -> Result<Vec<SobolIndices>, SensitivityError> {
    use super::Replicate;
    use super::factor::replicate_of;
    use super::replay::refuse_inactive;

    if !(2..=65_536).contains(&n) {
        return Err(SensitivityError::Parameter { parameter: "n", found: f64::from(n), expected: "2 to 65536" });
    }
    refuse_inactive(study)?;
    let sizes: Vec<usize> = study.factors.iter().map(|factor| factor.n_dimensions(study)).collect();
    let dimensions: usize = sizes.iter().sum();
    let points: Vec<(Vec<f64>, Vec<f64>)> = (0..n)
        .map(|point| {
            let mut both = coordinates(point, 2 * dimensions, seed);
            let b = both.split_off(dimensions);
            (both, b)
        })
        .collect();
    let mut replicates: Vec<Replicate> = points.iter().map(|(a, _)| replicate_of(study, a)).collect();
    replicates.extend(points.iter().map(|(_, b)| replicate_of(study, b)));
    let mut from = 0;
    for size in sizes {
        replicates.extend(points.iter().map(|(a, b)| {
            let mut mixed = a.clone();
            mixed[from..from + size].copy_from_slice(&b[from..from + size]);
            replicate_of(study, &mixed)
        }));
        from += size;
    }
    let y = outputs(study, &replicates, output)?;
    let mut lists = y.chunks(points.len()).map(<[f64]>::to_vec);
    let (y_a, y_b) = (lists.next().unwrap_or_default(), lists.next().unwrap_or_default());
    let names: Vec<&str> = study.factors.iter().map(super::Factor::name).collect();
    estimate_indices(&names, &y_a, &y_b, &lists.collect::<Vec<_>>(), estimator, bootstrap, seed)
}

/// One point: scrambled Sobol' coordinates, then random ones.
#[cfg(feature = "quasi_random")]
fn coordinates(point: u32, n: usize, seed: u64) -> Vec<f64> {
    // The generator's streams count from 0; points take those from the top, away from bootstrap's.
    let mut draws = Draws::new(seed, usize::MAX - usize::try_from(point).unwrap_or(0));
    let scramble = u32::try_from(seed & u64::from(u32::MAX)).unwrap_or(0);
    (0..n)
        .map(|dimension| match u32::try_from(dimension) {
            Ok(dimension) if dimension < sobol_burley::NUM_DIMENSIONS => {
                f64::from(sobol_burley::sample(point, dimension, scramble))
            }
            _ => draws.uniform(),
        })
        .collect()
}

/// The output of each replicate.
#[cfg(feature = "quasi_random")]
fn outputs(
    study: &super::Study<'_>,
    replicates: &[super::Replicate],
    output: Output,
) -> Result<Vec<f64>, SensitivityError> {
    use super::Replicate;
    use super::uncertainty::rank_blocks;

    let as_number = |rank: usize| u32::try_from(rank).map_or(f64::INFINITY, f64::from);
    let nominal = study.replay(&[Replicate::default()])?;
    let blocks = study.matrix.blocks();
    let nominal_ranks = rank_blocks(nominal.of(0), &blocks);
    let scores = study.replay(replicates)?;
    Ok((0..replicates.len())
        .map(|replicate| {
            let mine = scores.of(replicate);
            match output {
                Output::Score { row } => mine[row].value().or_else(|| nominal.of(0)[row].value()).unwrap_or(0.0),
                Output::Rank { row } => rank_blocks(mine, &blocks)[row].or(nominal_ranks[row]).map_or(0.0, as_number),
                Output::MeanRankShift => {
                    let ranks = rank_blocks(mine, &blocks);
                    let shifts = ranks
                        .iter()
                        .zip(&nominal_ranks)
                        .filter_map(|(is, was)| Some(as_number(is.as_ref()?.abs_diff(*was.as_ref()?))));
                    let (sum, count) = shifts.fold((0.0, 0.0), |(sum, count), shift| (sum + shift, count + 1.0));
                    if count > 0.0 { sum / count } else { 0.0 }
                }
            }
        })
        .collect())
}
