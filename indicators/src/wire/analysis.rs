//! Answers that compute a release again: why two differ, and what other weights would give.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Citation, ReleaseRef};
use crate::code::AreaCode;

wire! {
    /// Answer of `/releases/{a}/diff/{b}`.
    pub struct DiffAnswer {
        /// The first release.
        pub before: ReleaseRef,
        /// The second release.
        pub after: ReleaseRef,
        /// Every score that both have, by area and node.
        pub changes: Vec<DiffEntry>,
        /// Whom to name for the dataflows behind it.
        pub citations: Vec<Citation>,
    }
}

wire! {
    /// The change of one score, split; the four parts sum to `after − before`.
    pub struct DiffEntry {
        /// The area.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub area: AreaCode,
        /// `index`, a criterion or an indicator.
        pub node: String,
        /// Score in the first release.
        pub before: f64,
        /// Score in the second release.
        pub after: f64,
        /// From the area's own values of another period.
        pub new_data: f64,
        /// From the area's own values of the same period that were revised.
        pub revised_data: f64,
        /// From framework and recipe.
        pub method: f64,
        /// From other areas.
        pub peers: f64,
        /// Place in the first release.
        pub rank_before: Option<u32>,
        /// Place in the second release.
        pub rank_after: Option<u32>,
    }
}

wire! {
    /// Answer of `/what-if`.
    pub struct WhatIfAnswer {
        /// The release computed again.
        pub release: ReleaseRef,
        /// The weights given, by criterion.
        pub weights: BTreeMap<String, f64>,
        /// One entry an area, in the order of the code list.
        pub areas: Vec<WhatIfEntry>,
        /// Whom to name for the dataflows behind it.
        pub citations: Vec<Citation>,
    }
}

wire! {
    /// The place of one area under other weights, beside the published one.
    pub struct WhatIfEntry {
        /// The area.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub area: AreaCode,
        /// Score under the weights given; `null` when it cannot be computed.
        pub score: Option<f64>,
        /// Place under the weights given.
        pub rank: Option<u32>,
        /// Published score.
        pub published_score: Option<f64>,
        /// Published place.
        pub published_rank: Option<u32>,
    }
}
