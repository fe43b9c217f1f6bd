//! From the table before and the observations of a new payload to the next table. Storing it is
//! the parent's matter.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use indicators::code::AreaCode;
use indicators::observation::{ObsStatus, Observation, SeriesKey, TimePeriod};

use super::StoreError;
use super::blocks::{Cell, Table};
use super::vintage::{UpdateMode, VintageId};

/// Observations of a payload, gathered by series. Areas and periods are numbers into lists that all series share, so ten
/// million observations take at most 18 bytes each and not three hundred.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    pub(super) axes: Axes,
    pub(super) series: BTreeMap<SeriesKey, IncomingSeries>,
}

/// The areas and periods of a payload.
#[derive(Debug, Default)]
pub(super) struct Axes {
    areas: Numbers<AreaCode>,
    periods: Numbers<TimePeriod>,
}

/// Observations of one series, in columns.
#[derive(Debug, Default)]
pub(super) struct IncomingSeries {
    /// Numbers of area and period.
    places: Vec<(u32, u32)>,
    /// Status, and whether there is a value.
    statuses: Vec<(ObsStatus, bool)>,
    /// Those there are.
    values: Vec<f64>,
}

impl IncomingSeries {
    fn push(&mut self, area: u32, period: u32, status: ObsStatus, value: Option<f64>) {
        self.places.push((area, period));
        self.statuses.push((status, value.is_some()));
        self.values.extend(value);
    }

    fn cells(&self) -> impl Iterator<Item = (u32, u32, ObsStatus, Option<f64>)> {
        let mut values = self.values.iter().copied();
        self.places.iter().zip(&self.statuses).map(move |(&(area, period), &(status, has))| {
            (area, period, status, if has { values.next() } else { None })
        })
    }
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
            let area = gathered.axes.areas.number(observation.area);
            let period = gathered.axes.periods.number(observation.period);
            let series = gathered.series.entry(observation.series).or_default();
            series.push(area, period, observation.status, observation.value);
        }
        Ok(gathered)
    }
}

/// Numbers of the members of an axis that stand in a series.
fn used<T>(axis: &Numbers<T>, numbers: impl Iterator<Item = u32>) -> Vec<usize> {
    let mut is_used = vec![false; axis.list.len()];
    numbers.for_each(|number| is_used[number as usize] = true);
    is_used.iter().enumerate().filter_map(|(number, is_used)| is_used.then_some(number)).collect()
}

/// Where the numbers of a payload stand in a table: names are looked up once each and not once a cell. Members that stand
/// in other series only are not asked for.
fn places<T: Ord>(axis: &Numbers<T>, used: &[usize], positions: &BTreeMap<T, usize>) -> Vec<usize> {
    let mut places = vec![0; axis.list.len()];
    for &number in used {
        places[number] = positions[&axis.list[number]];
    }
    places
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
    axes: &Axes,
    fresh: &IncomingSeries,
    update: UpdateMode,
    id: &VintageId,
) -> Result<Merged, StoreError> {
    let kept = before.filter(|_| update == UpdateMode::Merge);
    let fresh_areas = used(&axes.areas, fresh.places.iter().map(|place| place.0));
    let fresh_periods = used(&axes.periods, fresh.places.iter().map(|place| place.1));
    let named = fresh_areas.iter().map(|&number| &axes.areas.list[number]);
    let areas = positions(kept.iter().flat_map(|table| &table.areas).chain(named).cloned());
    let named = fresh_periods.iter().map(|&number| &axes.periods.list[number]);
    let periods = positions(kept.iter().flat_map(|table| &table.periods).chain(named).copied());
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
    let mut seen = vec![false; cells.len()];
    let rows = places(&axes.areas, &fresh_areas, &areas);
    let columns = places(&axes.periods, &fresh_periods, &periods);
    for (area, period, status, value) in fresh.cells() {
        let position = rows[area as usize] * width + columns[period as usize];
        let (area, period) = (&axes.areas.list[area as usize], axes.periods.list[period as usize]);
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
