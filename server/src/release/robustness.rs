//! How far the places of a release hold when the method had been chosen otherwise. Drawing and
//! running the variants is [`indicators::sensitivity`]'s; here stand the settings published with a
//! release and the shape its intervals are served in.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use indicators::assembly::Assembly;
use indicators::code::AreaCode;
use indicators::definition::Panel;
use indicators::sensitivity::{self, SensitivityError};
use indicators::wire::RankInterval;
use serde::{Deserialize, Serialize};

use super::{Making, ReleaseError, table};
use crate::content_hash::ContentHash;

/// The settings of the uncertainty analysis that goes with a release. Part of the method: another
/// number of replicates or another seed makes another release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Robustness {
    /// Variants of the method that are computed.
    pub replicates: usize,
    /// Seed of the random numbers: the same seed draws the same variants everywhere.
    pub seed: u64,
}

impl Robustness {
    /// What is published: a thousand variants, as the handbook's worked example uses (OECD/JRC 2008,
    /// step 7).
    pub const PUBLISHED: Self = Self { replicates: 1_000, seed: 2_024 };
}

type Intervals = BTreeMap<AreaCode, RankInterval>;

/// Rank intervals found before, with the address of everything they were found from. Nearly all the time that a release
/// takes goes into them, and most refreshes change the cells of few panels and years.
#[derive(Debug, Default)]
pub struct FoundIntervals(Mutex<BTreeMap<(Panel, i16), (ContentHash, Intervals)>>);

impl FoundIntervals {
    /// The intervals of a panel in a year: those found before from the same, else as they are found now.
    fn of(
        &self,
        place: (Panel, i16),
        from: ContentHash,
        find: impl FnOnce() -> Result<Intervals, ReleaseError>,
    ) -> Result<Intervals, ReleaseError> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&place).cloned();
        if let Some((_, intervals)) = known.filter(|(address, _)| *address == from) {
            return Ok(intervals);
        }
        let found = find()?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(place, (from, found.clone()));
        Ok(found)
    }
}

impl Making<'_> {
    /// The rank interval of every area that has a rank in some variant.
    ///
    /// `bare` is the same assembly without substitutes: whether they are used is one of the choices
    /// that vary. Where nothing varies (no indicator has data) there are no intervals.
    pub(super) fn rank_intervals(&self, assembly: &Assembly, bare: &Assembly) -> Result<Intervals, ReleaseError> {
        let bits = |cells: &Assembly| cells.cells.iter().map(|cell| cell.value.map(f64::to_bits)).collect::<Vec<_>>();
        let from = (
            (&assembly.areas, &assembly.indicators, bits(assembly)),
            (&bare.areas, &bare.indicators, bits(bare)),
            (&self.definitions.framework, self.method),
        );
        let from = ContentHash::of(&serde_json::to_vec(&from)?);
        self.found.of((self.panel, self.year), from, || self.find_rank_intervals(assembly, bare))
    }

    fn find_rank_intervals(&self, assembly: &Assembly, bare: &Assembly) -> Result<Intervals, ReleaseError> {
        let matrix = table(assembly, &assembly.areas, &assembly.cells)?;
        let without = table(bare, &bare.areas, &bare.cells)?;
        let without = (without != matrix).then_some(&without);
        let Robustness { replicates, seed } = self.method.robustness;
        let study = sensitivity::rank_intervals(self.tree, &self.method.recipe, &matrix, without, replicates, seed);
        let intervals = match study {
            Ok(study) => study.intervals,
            Err(SensitivityError::NoFactors) => return Ok(BTreeMap::new()),
            Err(error) => return Err(error.into()),
        };
        let places = intervals.into_iter().filter_map(|interval| {
            let low = place(interval.low?.floor())?;
            let high = place(interval.high?.ceil())?;
            Some((interval.area, RankInterval { low, high }))
        });
        Ok(places.collect())
    }
}

/// A quantile of ranks that was rounded outwards, as a place.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to lie within the type")]
fn place(rank: f64) -> Option<u32> {
    (rank >= 1.0 && rank <= f64::from(u32::MAX)).then_some(rank as u32)
}
