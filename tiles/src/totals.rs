//! What a file of tiles comes to: [`Totals`]. Whole numbers throughout, so that adding up in another order gives the same.

use serde::{Deserialize, Serialize};

/// A measure added up: each tile's mean, as many times as it was measured there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weighted {
    /// Tests in tiles that have the measure.
    pub tests: u64,
    /// Tests times mean, added up.
    pub sum: u64,
}

impl Weighted {
    /// The mean over all tests; `None` without one.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "sums are far below 2^53 for a quarter of the whole world")]
    pub fn mean(self) -> Option<f64> {
        (self.tests > 0).then(|| self.sum as f64 / self.tests as f64)
    }

    fn merge(&mut self, other: Self) -> Option<()> {
        self.tests = self.tests.checked_add(other.tests)?;
        self.sum = self.sum.checked_add(other.sum)?;
        Some(())
    }

    pub(crate) fn add(&mut self, tests: u64, mean: Option<u64>) -> Option<()> {
        if let Some(mean) = mean {
            self.tests = self.tests.checked_add(tests)?;
            self.sum = self.sum.checked_add(tests.checked_mul(mean)?)?;
        }
        Some(())
    }
}

/// The tiles of one area.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaTotals {
    /// Its code.
    pub code: String,
    /// Tiles with their centre in it.
    pub tiles: u64,
    /// Tests.
    pub tests: u64,
    /// Devices, those that moved counted in each tile.
    pub devices: u64,
    /// Download, kbit/s.
    pub download_kbps: Weighted,
    /// Upload, kbit/s.
    pub upload_kbps: Weighted,
    /// Latency, ms.
    pub latency_ms: Weighted,
}

impl AreaTotals {
    /// Adds the tiles of another area; `None` when a sum leaves its range.
    #[must_use = "without a result the sums are not to be used"]
    pub fn merge(&mut self, other: &Self) -> Option<()> {
        self.tiles = self.tiles.checked_add(other.tiles)?;
        self.tests = self.tests.checked_add(other.tests)?;
        self.devices = self.devices.checked_add(other.devices)?;
        self.download_kbps.merge(other.download_kbps)?;
        self.upload_kbps.merge(other.upload_kbps)?;
        self.latency_ms.merge(other.latency_ms)
    }
}

/// A file of tiles, added up.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// Tiles read, those outside all areas included.
    pub tiles_read: u64,
    /// The areas, in the order of the outlines; one without a tile is there with zeros.
    pub areas: Vec<AreaTotals>,
}
