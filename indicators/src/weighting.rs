//! Where weights come from: the framework, or the data. What they are used for is
//! [`crate::aggregation`]'s matter.
//!
//! Every rule works inside one group, on the scores of its children, and gives shares that sum to
//! one. A rule that the data cannot answer (a constant or empty child, too few areas) falls back to
//! equal shares and says so.

mod balanced;

use std::collections::BTreeMap;

pub use balanced::{Branch, balanced};

use crate::code::NodeCode;
use crate::descriptive::correlation::{pairs, pearson};
use crate::descriptive::{principal_components, standard_deviation};
use crate::elementary::ln;
use crate::finding::Finding;
use crate::framework::{Framework, Weight};
use crate::matrix::{Cell, present};
use crate::recipe::WeightRule;

/// The share of each child of a group, summing to 1.
pub(crate) fn shares_of(
    rule: &WeightRule,
    framework: &Framework,
    group: usize,
    columns: &[&[Cell]],
    findings: &mut Vec<Finding>,
) -> Vec<f64> {
    if let Some(shares) = fixed_shares(rule, framework, group) {
        return shares;
    }
    let nodes = framework.nodes();
    let from_data = match rule {
        WeightRule::Given {} | WeightRule::Equal {} | WeightRule::Set { .. } => None,
        WeightRule::Pca {} => pca(columns),
        WeightRule::Critic {} => critic(columns),
        WeightRule::Entropy {} => entropy(columns),
        WeightRule::Gini {} => gini(columns),
        WeightRule::Optimised { importance, max_iterations, tolerance, .. } => {
            let wanted = wanted(framework, group, importance);
            optimised(columns, &to_shares(wanted.collect()), *max_iterations)
                .map(|found| converged(found, *tolerance, nodes[group].code(), findings).shares)
        }
    };
    determined(from_data, nodes[group].code(), columns.len(), findings)
}

/// The shares that a rule gives without a look at the data, if it is such a rule.
pub(crate) fn fixed_shares(rule: &WeightRule, framework: &Framework, group: usize) -> Option<Vec<f64>> {
    let nodes = framework.nodes();
    let children = nodes[group].children().iter().map(|&child| &nodes[child]);
    let weights = match rule {
        WeightRule::Given {} => children.map(|child| child.weight().value()).collect(),
        WeightRule::Equal {} => vec![1.0; nodes[group].children().len()],
        WeightRule::Set { values } => {
            let of = |code| values.get(code).copied();
            children.map(|child| of(child.code()).unwrap_or(child.weight()).value()).collect()
        }
        _ => return None,
    };
    Some(to_shares(weights))
}

/// The shares of one group of a family whose weights are optimised together. `family` has the
/// position and the effective weight of each group, `columns_of` the scores of a group's children.
pub(crate) fn shares_in_family<'a>(
    rule: &WeightRule,
    framework: &Framework,
    group: usize,
    family: &[(usize, f64)],
    columns_of: impl Fn(usize) -> Vec<&'a [Cell]>,
    findings: &mut Vec<Finding>,
) -> Vec<f64> {
    let nodes = framework.nodes();
    let n_children = nodes[group].children().len();
    let WeightRule::Optimised { importance, max_iterations, tolerance, .. } = rule else {
        return to_shares(vec![1.0; n_children]);
    };
    let branches: Vec<Branch<'_>> =
        family.iter().map(|&(other, weight)| Branch { columns: columns_of(other), weight }).collect();
    let wanted = family.iter().flat_map(|&(other, _)| wanted(framework, other, importance));
    let before: usize =
        family.iter().take_while(|(other, _)| *other != group).map(|(other, _)| nodes[*other].children().len()).sum();
    let from_data = balanced(&branches, &to_shares(wanted.collect()), *max_iterations).map(|found| {
        let found = converged(found, *tolerance, nodes[group].code(), findings);
        found.shares[before..before + n_children].to_vec()
    });
    determined(from_data, nodes[group].code(), n_children, findings)
}

/// The correlations wanted of a group's children, relative to each other.
fn wanted<'a>(
    framework: &'a Framework,
    group: usize,
    importance: &'a BTreeMap<NodeCode, Weight>,
) -> impl Iterator<Item = f64> + 'a {
    let nodes = framework.nodes();
    let of = move |&child: &usize| importance.get(nodes[child].code()).copied().map_or(1.0, f64::from);
    nodes[group].children().iter().map(of)
}

/// Notes where the wish was not met.
fn converged(
    found: OptimisedWeights,
    tolerance: f64,
    group: &NodeCode,
    findings: &mut Vec<Finding>,
) -> OptimisedWeights {
    if found.gap > tolerance {
        let (iterations, gap) = (found.iterations, found.gap);
        findings.push(Finding::WeightsUnconverged { group: group.clone(), iterations, gap });
    }
    found
}

/// The shares found, or equal ones and a note.
fn determined(found: Option<Vec<f64>>, group: &NodeCode, n_children: usize, findings: &mut Vec<Finding>) -> Vec<f64> {
    found.filter(|shares| shares.iter().all(|share| share.is_finite())).unwrap_or_else(|| {
        findings.push(Finding::WeightsNotDetermined { group: group.clone() });
        to_shares(vec![1.0; n_children])
    })
}

fn to_shares(weights: Vec<f64>) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

/// Squared loadings of the first principal component; they sum to 1 because it has unit length.
///
/// ```text
/// w_j = v_j²        v the first eigenvector of the correlation matrix, over complete rows
/// ```
///
/// Never negative and free of the eigenvector's arbitrary sign. `None` when a column is constant or
/// fewer than 2 rows are complete.
///
/// # Source
/// OECD/JRC Handbook (2008), step 6.
#[must_use]
pub fn pca(columns: &[&[Cell]]) -> Option<Vec<f64>> {
    let components = principal_components(columns)?;
    Some(to_shares(components.vectors.first()?.iter().map(|loading| loading * loading).collect()))
}

/// CRITIC weights: spread times conflict.
///
/// ```text
/// C_j = σ_j · Σ_k (1 − r_jk)        on scores scaled to 0–1,   w_j = C_j / Σ C
/// ```
///
/// σ is the sample standard deviation; r is Pearson's over rows where both are present. `None` when a
/// column is constant or empty, or all weights vanish.
///
/// # Source
/// Diakoulaki, Mavrotas and Papayannakis (1995).
#[must_use]
pub fn critic(columns: &[&[Cell]]) -> Option<Vec<f64>> {
    let mut information = Vec::with_capacity(columns.len());
    for (at, column) in columns.iter().enumerate() {
        let (min, max) = range(column)?;
        let spread = standard_deviation(column)? / (max - min);
        let mut conflict = 0.0;
        for (other_at, other) in columns.iter().enumerate() {
            if at != other_at {
                conflict += 1.0 - pearson(&pairs(column, other))?;
            }
        }
        information.push(spread * conflict);
    }
    if let [only] = information.as_mut_slice() {
        *only = 1.0;
    }
    positive(information)
}

/// Entropy weights.
///
/// ```text
/// p_ij = x_ij / Σ_i x_ij,   e_j = −Σ p ln p / ln n,   w_j = (1 − e_j) / Σ (1 − e)
/// ```
///
/// `n` is the number of values of the column. `None` when a score is negative, a column is empty or
/// has one value, or all columns are constant.
///
/// # Source
/// Shannon (1948); Zeleny (1982).
#[must_use]
pub fn entropy(columns: &[&[Cell]]) -> Option<Vec<f64>> {
    columns
        .iter()
        .map(|column| {
            let sum = non_negative_sum(column)?;
            let n = present(column).fold(0.0, |n: f64, _| n + 1.0);
            if n < 2.0 {
                return None;
            }
            let entropy: f64 = present(column)
                .map(|value| value / sum)
                .filter(|share| *share > 0.0)
                .map(|share| -share * ln(share))
                .sum();
            Some((1.0 - entropy / ln(n)).max(0.0))
        })
        .collect::<Option<Vec<f64>>>()
        .and_then(positive)
}

/// Gini weights.
///
/// ```text
/// G_j = Σ_i Σ_k |x_ij − x_kj| / (2 n² x̄_j),   w_j = G_j / Σ G
/// ```
///
/// `None` when a score is negative, a column is empty, or all columns are constant.
///
/// # Source
/// Gini (1912), as used for weights by R package `giniCI`.
#[must_use]
pub fn gini(columns: &[&[Cell]]) -> Option<Vec<f64>> {
    columns
        .iter()
        .map(|column| {
            let sum = non_negative_sum(column)?;
            let mut sorted: Vec<f64> = present(column).collect();
            sorted.sort_unstable_by(f64::total_cmp);
            // Σ_i Σ_k |x_i − x_k| = 2 Σ_i (2i − n − 1) x_(i) for ascending x, i from 1.
            let n = sorted.iter().fold(0.0, |n: f64, _| n + 1.0);
            let (_, differences) =
                sorted.iter().fold((1.0, 0.0), |(i, total), value| (i + 1.0, total + (2.0 * i - n - 1.0) * value));
            Some((differences / (n * sum)).max(0.0))
        })
        .collect::<Option<Vec<f64>>>()
        .and_then(positive)
}

/// Weights found by [`optimised`].
#[derive(Debug, Clone, PartialEq)]
pub struct OptimisedWeights {
    /// Shares, none negative, summing to 1.
    pub shares: Vec<f64>,
    /// Correlation of each column with the weighted mean.
    pub correlations: Vec<f64>,
    /// The greatest difference between a share of correlation and what was wanted.
    pub gap: f64,
    /// Rounds done.
    pub iterations: usize,
}

/// Weights, none negative, under which the weighted mean correlates with the columns as wanted.
///
/// ```text
/// r = R·u / √(uᵀ·R·u)       u_j = w_j·σ_j,   R the correlation matrix
/// minimise |R·u − wanted|²  over u ≥ 0,      w_j = (u_j/σ_j) / Σ (u/σ)
/// ```
///
/// The correlations are proportional to what is wanted exactly when the minimum is 0; the problem is
/// convex, so it is found from any start (coordinate descent). Where no such weights exist the gap
/// that is left is reported. `None` when a column is constant or empty.
///
/// # Source
/// Becker, Saisana, Paruolo and Vandecasteele (2017), for the aim; the solution by non-negative least
/// squares is our own, in place of a general optimiser that may stop anywhere.
#[must_use]
pub fn optimised(columns: &[&[Cell]], wanted: &[f64], max_iterations: usize) -> Option<OptimisedWeights> {
    let p = columns.len();
    let deviations = columns
        .iter()
        .map(|column| standard_deviation(column).filter(|deviation| *deviation > 0.0))
        .collect::<Option<Vec<f64>>>()?;
    let mut matrix = vec![1.0; p * p];
    for a in 0..p {
        for b in 0..a {
            let correlation = pearson(&pairs(columns[a], columns[b]))?;
            matrix[a * p + b] = correlation;
            matrix[b * p + a] = correlation;
        }
    }
    // Normal equations of |R·u − wanted|²: (RᵀR)·u = Rᵀ·wanted.
    let product =
        |vector: &[f64]| -> Vec<f64> { (0..p).map(|a| (0..p).map(|b| matrix[a * p + b] * vector[b]).sum()).collect() };
    let square: Vec<f64> = (0..p)
        .flat_map(|a| (0..p).map(move |b| (a, b)))
        .map(|(a, b)| (0..p).map(|k| matrix[a * p + k] * matrix[k * p + b]).sum())
        .collect();
    let right = product(wanted);
    let mut u = vec![1.0; p];
    let mut iterations = 0;
    while iterations < max_iterations {
        iterations += 1;
        let mut moved = 0.0_f64;
        for a in 0..p {
            let gradient: f64 = (0..p).map(|b| square[a * p + b] * u[b]).sum::<f64>() - right[a];
            let next = (u[a] - gradient / square[a * p + a]).max(0.0);
            moved = moved.max((next - u[a]).abs());
            u[a] = next;
        }
        if moved < 1e-14 {
            break;
        }
    }
    let covariances = product(&u);
    let length: f64 = u.iter().zip(&covariances).map(|(u, c)| u * c).sum::<f64>().sqrt();
    let correlations: Vec<f64> = covariances.iter().map(|covariance| covariance / length).collect();
    let total: f64 = correlations.iter().sum();
    let gap = correlations.iter().zip(wanted).map(|(r, wanted)| (r / total - wanted).abs()).fold(0.0, f64::max);
    let shares = positive(u.iter().zip(&deviations).map(|(u, deviation)| u / deviation).collect())?;
    Some(OptimisedWeights { shares, correlations, gap, iterations })
}

fn range(column: &[Cell]) -> Option<(f64, f64)> {
    let (min, max) =
        present(column).fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), value| (min.min(value), max.max(value)));
    (min < max).then_some((min, max))
}

fn non_negative_sum(column: &[Cell]) -> Option<f64> {
    let sum: f64 = present(column).sum();
    (sum > 0.0 && present(column).all(|value| value >= 0.0)).then_some(sum)
}

fn positive(weights: Vec<f64>) -> Option<Vec<f64>> {
    let sum: f64 = weights.iter().sum();
    (sum.is_finite() && sum > 0.0).then(|| to_shares(weights))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn cells(values: &[f64]) -> Vec<Cell> {
        values.iter().map(|value| Cell::computed(*value)).collect()
    }

    #[test]
    fn equal_wishes_are_met_for_two_columns() {
        let (a, b) = (cells(&[1.0, 2.0, 3.0, 4.0, 9.0]), cells(&[2.0, 1.0, 4.0, 3.0, 5.0]));
        let found = optimised(&[&a, &b], &[0.5, 0.5], 10_000).unwrap();
        assert!(found.gap < 1e-12, "{found:?}");
        assert!((found.correlations[0] - found.correlations[1]).abs() < 1e-9);
    }

    #[test]
    fn a_conflicting_column_gets_no_negative_weight() {
        let (a, b, c) =
            (cells(&[1.0, 2.0, 3.0, 4.0, 5.0]), cells(&[1.1, 2.2, 2.9, 4.1, 5.2]), cells(&[5.0, 4.1, 3.2, 1.9, 1.0]));
        let found = optimised(&[&a, &b, &c], &[0.25, 0.25, 0.5], 10_000).unwrap();
        assert!(found.shares.iter().all(|share| *share >= 0.0), "{found:?}");
        assert!((found.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn gini_of_one_owner_of_everything() {
        let (all, even) = (cells(&[0.0, 0.0, 0.0, 4.0]), cells(&[1.0, 1.0, 1.0, 1.0]));
        assert_eq!(gini(&[&all, &even]), Some(vec![1.0, 0.0]));
        assert_eq!(entropy(&[&all, &even]), Some(vec![1.0, 0.0]));
        let single: Vec<Cell> = [5.0, f64::NAN, f64::NAN, f64::NAN].map(Cell::computed).to_vec();
        assert_eq!(entropy(&[&all, &single]), None, "one value says nothing about spread");
    }
}
