//! What a dataflow said and later said otherwise: [`Revision`]. Additions and withdrawals are none.

use std::collections::BTreeMap;

use indicators::code::{AreaCode, DataflowId};
use indicators::observation::{SeriesKey, TimePeriod};

use super::{Store, StoreError, Vintage, VintageId};

/// A value that one vintage gave and a later one changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// The series.
    pub series: SeriesKey,
    /// The area.
    pub area: AreaCode,
    /// The period.
    pub period: TimePeriod,
    /// What was known before.
    pub before: f64,
    /// Since which vintage.
    pub before_since: VintageId,
    /// What is known since; `None` when the value was taken back and the cell kept.
    pub after: Option<f64>,
    /// The vintage that changed it.
    pub after_since: VintageId,
}

impl Store {
    /// Every revision of a dataflow, by the vintage that brought it, then by series, area and period.
    ///
    /// # Errors
    /// When the index cannot be read, or a block does not match its address.
    pub fn revisions(&self, dataflow: &DataflowId) -> Result<Vec<Revision>, StoreError> {
        let vintages = self.vintages(dataflow)?;
        let mut found = Vec::new();
        for pair in vintages.windows(2) {
            let [before, after] = pair else { continue };
            for (series, blocks) in &after.series {
                // Blocks are addressed by what they hold: the same addresses say the same.
                if before.series.get(series).is_some_and(|held| held != blocks) {
                    self.revisions_between(before, after, series, &mut found)?;
                }
            }
        }
        Ok(found)
    }

    fn revisions_between(
        &self,
        before: &Vintage,
        after: &Vintage,
        series: &SeriesKey,
        found: &mut Vec<Revision>,
    ) -> Result<(), StoreError> {
        let earlier: BTreeMap<(AreaCode, TimePeriod), (f64, VintageId)> = self
            .series_of(before, series)?
            .into_iter()
            .filter_map(|stored| {
                let observation = stored.observation;
                Some(((observation.area, observation.period), (observation.value?, stored.vintage)))
            })
            .collect();
        for stored in self.series_of(after, series)? {
            let observation = stored.observation;
            let key = (observation.area, observation.period);
            let Some((value, since)) = earlier.get(&key) else { continue };
            if observation.value.map(f64::to_bits) != Some(value.to_bits()) {
                found.push(Revision {
                    series: series.clone(),
                    area: key.0,
                    period: key.1,
                    before: *value,
                    before_since: since.clone(),
                    after: observation.value,
                    after_since: stored.vintage,
                });
            }
        }
        Ok(())
    }
}
