//! How far back files of tiles are wanted: [`TileHistory`].

use indicators::observation::TimePeriod;
use serde::Deserialize;

/// Quarters before the newest ones. A file is large, so they are fetched a few at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TileHistory {
    /// The oldest quarter wanted.
    pub since: TimePeriod,
    /// Most files fetched in one refresh, besides the newest ones.
    pub a_run: usize,
}
