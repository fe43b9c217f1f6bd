//! How far places hold when the method had been chosen otherwise.

use serde::{Deserialize, Serialize};

use super::{Citation, RankInterval, ReleaseRef};
use crate::code::AreaCode;

wire! {
    /// The place of one area, and how far it holds.
    pub struct RankRobustnessEntry {
        /// The area.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub area: AreaCode,
        /// Index, 0 to 100.
        pub score: Option<f64>,
        /// Place by the published method.
        pub rank: Option<u32>,
        /// The places it takes in 90 % of the variants.
        pub rank_interval: Option<RankInterval>,
    }
}

wire! {
    /// A share of variance, and where it lies in 95 % of bootstrap samples.
    pub struct VarianceShare {
        /// The estimate.
        pub value: f64,
        /// 2.5 % quantile.
        pub low: f64,
        /// 97.5 % quantile.
        pub high: f64,
    }
}

wire! {
    /// How much of the shifts of rank one choice of method explains.
    pub struct FactorEntry {
        /// The choice: `weights`, `normalise`, `aggregate`, `leave_one_out`, `substitutes`.
        pub factor: String,
        /// Sobol' index of first order: its share by itself.
        pub first: VarianceShare,
        /// Total Sobol' index: its share with everything it acts together with.
        pub total: VarianceShare,
    }
}

wire! {
    /// Answer of `/robustness`.
    pub struct RankRobustnessAnswer {
        /// The release.
        pub release: ReleaseRef,
        /// Variants of the method behind the rank intervals.
        pub replicates: u32,
        /// Seed of their random numbers.
        pub seed: u64,
        /// The areas, in the order of the code list.
        pub areas: Vec<RankRobustnessEntry>,
        /// What the mean shift of ranks depends on, the largest share first; empty where nothing varies.
        pub factors: Vec<FactorEntry>,
        /// Whom to name for the dataflows behind it.
        pub citations: Vec<Citation>,
    }
}
