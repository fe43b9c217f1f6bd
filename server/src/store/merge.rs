//! From the table before and the observations of a new payload to the next table. Storing it is
//! the parent's matter.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use indicators::code::AreaCode;
use indicators::observation::{ObsStatus, Observation, SeriesKey, TimePeriod};

use super::StoreError;
use super::blocks::{Cell, Table};
use super::vintage::{UpdateMode, VintageId};

/// Observations of a payload, gathered by series. Coordinates are numbers into small lists, so
/// ten million observations take 24 bytes each and not three hundred.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    series: BTreeMap<SeriesKey, IncomingSeries>,
}

#[derive(Debug, Default)]
pub(super) struct IncomingSeries {
    areas: Numbers<AreaCode>,
    periods: Numbers<TimePeriod>,
    cells: Vec<(u32, u32, ObsStatus, Option<f64>)>,
}

#[derive(Debug)]
struct Numbers<T> {
    of: HashMap<T, u32>,
    list: Vec<T>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self { of: HashMap::new(), list: Vec::new() }
    }
}

impl<T: Eq + Hash + Clone> Numbers<T> {
    fn number(&mut self, key: T) -> u32 {
        let next = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        *self.of.entry(key).or_insert_with_key(|key| {
            self.list.push(key.clone());
            next
        })
    }
}

impl Incoming {
    pub(super) fn gather(observations: impl IntoIterator<Item = Observation>) -> Result<Self, StoreError> {
        let mut gathered = Self::default();
        for observation in observations {
            if let Some(value) = observation.value.filter(|value| !value.is_finite()) {
                return Err(StoreError::NotFinite {
                    series: Box::new(observation.series),
                    area: observation.area,
                    period: observation.period,
                    found: value,
                });
            }
            let series = gathered.series.entry(observation.series).or_default();
            let area = series.areas.number(observation.area);
            let period = series.periods.number(observation.period);
            series.cells.push((area, period, observation.status, observation.value));
        }
        Ok(gathered)
    }

    pub(super) fn series(&self) -> impl Iterator<Item = &SeriesKey> {
        self.series.keys()
    }

    pub(super) fn take(&mut self, series: &SeriesKey) -> Option<IncomingSeries> {
        self.series.remove(series)
    }
}

/// The next table and how many of its cells are new or differ from before.
pub(super) struct Merged {
    pub(super) table: Table,
    pub(super) changed: u64,
}

/// A cell that says what it said before keeps the vintage in which it first said so; that is what
/// lets unchanged blocks be shared and makes the vintage of a value the one that brought it.
pub(super) fn merge(
    series: &SeriesKey,
    before: Option<&Table>,
    incoming: Option<&IncomingSeries>,
    update: UpdateMode,
    id: &VintageId,
) -> Result<Merged, StoreError> {
    let kept = before.filter(|_| update == UpdateMode::Merge);
    let areas = positions(
        kept.iter().flat_map(|table| &table.areas).chain(incoming.iter().flat_map(|fresh| &fresh.areas.list)).cloned(),
    );
    let periods = positions(
        kept.iter()
            .flat_map(|table| &table.periods)
            .chain(incoming.iter().flat_map(|fresh| &fresh.periods.list))
            .copied(),
    );
    let width = periods.len();
    let mut vintages: Vec<VintageId> = before.map(|table| table.vintages.clone()).unwrap_or_default();
    let fresh_vintage = u16::try_from(vintages.len()).map_err(|_overflow| StoreError::TooManyVintages {
        series: Box::new(series.clone()),
        vintages: vintages.len(),
    })?;
    vintages.push(id.clone());

    let mut cells: Vec<Option<Cell>> = vec![None; areas.len() * width];
    if let Some(table) = kept {
        for (area, period, cell) in table.observations() {
            cells[areas[area] * width + periods[&period]] = Some(cell);
        }
    }
    let earlier: HashMap<(&AreaCode, TimePeriod), Cell> = before
        .iter()
        .flat_map(|table| table.observations())
        .map(|(area, period, cell)| ((area, period), cell))
        .collect();
    let mut changed = 0;
    if let Some(fresh) = incoming {
        let mut seen = vec![false; cells.len()];
        for &(area, period, status, value) in &fresh.cells {
            let (area, period) = (&fresh.areas.list[area as usize], fresh.periods.list[period as usize]);
            let position = areas[area] * width + periods[&period];
            if seen[position] {
                match cells[position] {
                    Some(cell) if cell.says(value, status) => continue,
                    first => {
                        return Err(StoreError::Contradiction {
                            series: Box::new(series.clone()),
                            area: area.clone(),
                            period,
                            first: first.and_then(|cell| cell.value),
                            second: value,
                        });
                    }
                }
            }
            seen[position] = true;
            let same = earlier.get(&(area, period)).copied().filter(|cell| cell.says(value, status));
            changed += u64::from(same.is_none());
            cells[position] = Some(same.unwrap_or(Cell { value, status, vintage: fresh_vintage }));
        }
    }
    let table = Table { areas: areas.into_keys().collect(), periods: periods.into_keys().collect(), vintages, cells };
    Ok(Merged { table, changed })
}

fn positions<T: Ord>(keys: impl Iterator<Item = T>) -> BTreeMap<T, usize> {
    let mut positions: BTreeMap<T, usize> = keys.map(|key| (key, 0)).collect();
    for (position, slot) in positions.values_mut().enumerate() {
        *slot = position;
    }
    positions
}
