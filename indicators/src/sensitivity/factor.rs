//! What may vary, and one setting of all of it. Running a setting is the sibling module's work.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

use super::{SensitivityError, Study};
use crate::recipe::{Aggregate, Impute, Normalise, PerLevel, Treat};

/// One thing that is uncertain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "factor", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Factor {
    /// Every weight is multiplied by a number from `1 − relative` to `1 + relative`, each by its own.
    Weights {
        /// Above 0, at most 1.
        relative: f64,
        /// Only weights of nodes of these levels; of all levels unless given.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        levels: Vec<usize>,
    },
    /// One of these normalisations, each as likely.
    Normalise {
        /// At least two.
        alternatives: Vec<Normalise>,
    },
    /// One of these aggregations, each as likely.
    Aggregate {
        /// At least two.
        alternatives: Vec<PerLevel<Aggregate>>,
    },
    /// One of these ways of filling, each as likely.
    Impute {
        /// At least two.
        alternatives: Vec<Impute>,
    },
    /// One of these treatments, each as likely.
    Treat {
        /// At least two.
        alternatives: Vec<Treat>,
    },
    /// All indicators, or all but one, each as likely.
    LeaveOneOut {},
    /// Substitutes used or not, as likely.
    Substitutes {},
}

impl Factor {
    /// The name in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Weights { .. } => "weights",
            Self::Normalise { .. } => "normalise",
            Self::Aggregate { .. } => "aggregate",
            Self::Impute { .. } => "impute",
            Self::Treat { .. } => "treat",
            Self::LeaveOneOut {} => "leave_one_out",
            Self::Substitutes {} => "substitutes",
        }
    }

    /// How many uniform numbers one setting of the factor takes.
    pub(super) fn n_dimensions(&self, study: &Study<'_>) -> usize {
        match self {
            Self::Weights { levels, .. } => weighed(study, levels).count(),
            _ => 1,
        }
    }

    /// Sets the factor from uniform numbers in `[0, 1)`.
    pub(super) fn set(&self, study: &Study<'_>, uniform: &[f64], replicate: &mut Replicate) {
        let choice = |n: usize| choose(uniform[0], n);
        match self {
            Self::Weights { relative, levels } => {
                let mut factors = vec![1.0; study.framework.nodes().len()];
                for (node, uniform) in weighed(study, levels).zip(uniform) {
                    factors[node] = 1.0 - relative + 2.0 * relative * uniform;
                }
                replicate.weight_factors = factors;
            }
            Self::Normalise { alternatives } => replicate.normalise = Some(choice(alternatives.len())),
            Self::Aggregate { alternatives } => replicate.aggregate = Some(choice(alternatives.len())),
            Self::Impute { alternatives } => replicate.impute = Some(choice(alternatives.len())),
            Self::Treat { alternatives } => replicate.treat = Some(choice(alternatives.len())),
            Self::LeaveOneOut {} => {
                replicate.left_out = choice(study.framework.indicators().len() + 1).checked_sub(1);
            }
            Self::Substitutes {} => replicate.without_substitutes = choice(2) == 1,
        }
    }

    /// Settings that show whether the factor changes anything, the others being nominal.
    pub(super) fn probes(&self, study: &Study<'_>) -> Vec<Replicate> {
        let n = match self {
            Self::Weights { .. } => 3,
            Self::Normalise { alternatives } => alternatives.len(),
            Self::Aggregate { alternatives } => alternatives.len(),
            Self::Impute { alternatives } => alternatives.len(),
            Self::Treat { alternatives } => alternatives.len(),
            Self::LeaveOneOut {} => study.framework.indicators().len() + 1,
            Self::Substitutes {} => 2,
        };
        let dimensions = self.n_dimensions(study);
        (0..n)
            .map(|probe| {
                let mut replicate = Replicate::default();
                let uniform = match self {
                    Self::Weights { .. } => Draws::new(0, probe).take(dimensions),
                    _ => vec![middle(probe, n)],
                };
                self.set(study, &uniform, &mut replicate);
                replicate
            })
            .collect()
    }
}

/// The nodes whose weights vary.
fn weighed<'a>(study: &'a Study<'_>, levels: &'a [usize]) -> impl Iterator<Item = usize> + 'a {
    let root = study.framework.root();
    study
        .framework
        .nodes()
        .iter()
        .enumerate()
        .filter(move |(position, node)| *position != root && (levels.is_empty() || levels.contains(&node.level())))
        .map(|(position, _)| position)
}

/// `⌊uniform·n⌋`: each of n choices as likely, whatever the sample. (The reference package cuts the
/// range of the sample instead, so that its choices are not equally likely in small samples.)
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "uniform is in [0, 1) and n small"
)]
fn choose(uniform: f64, n: usize) -> usize {
    ((uniform * n as f64) as usize).min(n - 1)
}

#[expect(clippy::cast_precision_loss, reason = "choices are few")]
fn middle(choice: usize, n: usize) -> f64 {
    (choice as f64 + 0.5) / n as f64
}

/// One setting of everything that varies. Stored, it can be run again.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replicate {
    /// What each node's weight is multiplied by, in the framework's order; empty for nominal weights.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weight_factors: Vec<f64>,
    /// Which normalisation; nominal unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalise: Option<usize>,
    /// Which aggregation; nominal unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregate: Option<usize>,
    /// Which way of filling; nominal unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impute: Option<usize>,
    /// Which treatment; nominal unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub treat: Option<usize>,
    /// The indicator left out (its position in the framework).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<usize>,
    /// Whether the data without substitutes is used.
    #[serde(default)]
    pub without_substitutes: bool,
}

/// Uniform numbers of one replicate: a stream of a counter-based generator, so no replicate depends
/// on another.
pub(super) struct Draws(ChaCha8Rng);

impl Draws {
    pub(super) fn new(seed: u64, replicate: usize) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(u64::try_from(replicate).unwrap_or(u64::MAX));
        Self(generator)
    }

    /// A number in `[0, 1)` with 53 random bits.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    pub(super) fn uniform(&mut self) -> f64 {
        const UNIT: f64 = 1.0 / (1_u64 << 53) as f64;
        (self.0.next_u64() >> 11) as f64 * UNIT
    }

    pub(super) fn take(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.uniform()).collect()
    }
}

/// Sets all factors from one list of uniform numbers.
pub(super) fn replicate_of(study: &Study<'_>, uniform: &[f64]) -> Replicate {
    let mut replicate = Replicate::default();
    let mut from = 0;
    for factor in study.factors {
        let to = from + factor.n_dimensions(study);
        factor.set(study, &uniform[from..to], &mut replicate);
        from = to;
    }
    replicate
}

/// Refuses studies that cannot be run.
pub(super) fn check(study: &Study<'_>) -> Result<(), SensitivityError> {
    if study.factors.is_empty() {
        return Err(SensitivityError::NoFactors);
    }
    for (at, factor) in study.factors.iter().enumerate() {
        let name = factor.name();
        if study.factors[..at].iter().any(|other| other.name() == name) {
            return Err(SensitivityError::FactorTwice { factor: name });
        }
        let inactive = Err(SensitivityError::InactiveFactor { factor: name });
        match factor {
            Factor::Weights { relative, .. } => {
                if !(*relative > 0.0 && *relative <= 1.0) {
                    return Err(SensitivityError::Parameter {
                        parameter: "relative",
                        found: *relative,
                        expected: "above 0, at most 1",
                    });
                }
                if factor.n_dimensions(study) == 0 {
                    return inactive;
                }
            }
            Factor::Normalise { alternatives } if alternatives.len() < 2 => return inactive,
            Factor::Aggregate { alternatives } if alternatives.len() < 2 => return inactive,
            Factor::Impute { alternatives } if alternatives.len() < 2 => return inactive,
            Factor::Treat { alternatives } if alternatives.len() < 2 => return inactive,
            Factor::Substitutes {} if study.without_substitutes.is_none() => return inactive,
            _ => {}
        }
    }
    Ok(())
}
