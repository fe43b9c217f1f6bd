//! How much scores and ranks depend on the choices made: Monte Carlo over recipes, rank intervals,
//! Sobol' indices.
//!
//! A [`Study`] says what is uncertain. Every run of it is a [`Replicate`], a list of settings that
//! can be stored and run again. Random numbers are a function of seed, replicate and position, so
//! the result is the same on one thread, on many and in a browser, in one piece and in slices.

mod alternatives;
mod factor;
mod removal;
mod replay;
mod reversal;
mod slices;
mod sobol;
mod uncertainty;

pub use alternatives::{Alternative, alternatives};
pub use factor::{Factor, Replicate};
pub use removal::{Removal, removals};
pub use replay::ReplicateScores;
pub use reversal::{RankReversal, rank_reversals};
pub use slices::RankStudy;
#[cfg(feature = "quasi_random")]
pub use sobol::sobol_indices;
pub use sobol::{Estimator, IndexInterval, Output, SobolIndices, estimate_indices};
pub use uncertainty::{RankInterval, Uncertainty, rank_intervals, release_factors, summarise, uncertainty};

use crate::error::ComputeError;
use crate::framework::Framework;
use crate::matrix::ScoreMatrix;
use crate::recipe::Recipe;

/// What is studied: an index, and what about it is uncertain.
#[derive(Debug, Clone, Copy)]
pub struct Study<'a> {
    /// The tree.
    pub framework: &'a Framework,
    /// The nominal method.
    pub recipe: &'a Recipe,
    /// The data.
    pub matrix: &'a ScoreMatrix,
    /// The same data without substitutes, where [`Factor::Substitutes`] is studied. The same areas
    /// in the same order.
    pub without_substitutes: Option<&'a ScoreMatrix>,
    /// What varies.
    pub factors: &'a [Factor],
}

/// A study was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SensitivityError {
    /// Nothing varies.
    #[error("no factors to vary")]
    NoFactors,
    /// The same kind of factor comes twice.
    #[error("the factor {factor} comes twice")]
    FactorTwice {
        /// The factor.
        factor: &'static str,
    },
    /// A factor whose settings all give the same scores: the study would say nothing about it.
    #[error("the factor {factor} changes no score")]
    InactiveFactor {
        /// The factor.
        factor: &'static str,
    },
    /// A parameter out of range.
    #[error("{parameter} is {found}; expected {expected}")]
    Parameter {
        /// The parameter.
        parameter: &'static str,
        /// What was found.
        found: f64,
        /// What is allowed.
        expected: &'static str,
    },
    /// A setting of a replicate that the study does not have.
    #[error("replicate {replicate} sets {parameter} to {found}; the study has {available}")]
    Setting {
        /// The replicate, counted from 0.
        replicate: usize,
        /// The parameter.
        parameter: &'static str,
        /// What was found.
        found: usize,
        /// How many there are.
        available: usize,
    },
    /// A variant cannot be computed.
    #[error(transparent)]
    Compute(#[from] ComputeError),
}

#[cfg(test)]
mod tests;
