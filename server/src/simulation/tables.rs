//! What the simulated providers publish: tables that grow by a year at a time and are revised, and how they look on the
//! wire. Everything here is made up by the seed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::ops::Range;

use indicators::area::AreaList;
use indicators::code::{AreaCode, DataflowId};

use super::chance::Chance;
use crate::sources::{Catalogue, DataflowDefinition, SourceFormat};

const CATALOGUE: &str = include_str!("dataflows.toml");

/// The country and three of its regions whose territory did not change.
pub(super) const AREAS: [&str; 4] = ["KAZ", "KZ-11", "KZ-15", "KZ-23"];

/// The first year of every table.
const FIRST_YEAR: i16 = 2015;

/// No truth falls to this. Below it the point of a share may slip and nobody can tell: a step is measured from its floor.
const LEAST_SHARE: f64 = 5.0;

pub(super) fn catalogue() -> Catalogue {
    Catalogue::read(CATALOGUE).unwrap_or_else(|error| unreachable!("the simulation's own catalogue: {error}"))
}

/// One table of a provider.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) dataflow: DataflowId,
    pub(super) path: String,
    format: SourceFormat,
    names: Vec<(AreaCode, String)>,
    /// Values as they are written, by year and area.
    cells: BTreeMap<(i16, usize), String>,
    /// Everything a cell has ever truly been.
    pub(super) ever: BTreeMap<(AreaCode, i16), BTreeSet<u64>>,
}

impl Table {
    pub(super) fn all(areas: &AreaList, last_year: i16, chance: &Chance) -> Vec<Self> {
        let catalogue = catalogue();
        let table = |definition: &DataflowDefinition| {
            let scheme = if definition.format == SourceFormat::BnsSlices { "taldau" } else { "kazstat_sdg" };
            let name = |code: &str| {
                let code: AreaCode = code.parse().ok()?;
                let names = areas.find(&code)?.provider_codes.get(scheme);
                Some((code, names.and_then(|names| names.first()).cloned().unwrap_or_default()))
            };
            let mut table = Self {
                dataflow: definition.id.clone(),
                path: format!("/{}", definition.path),
                format: definition.format,
                names: AREAS.iter().filter_map(|code| name(code)).collect(),
                cells: BTreeMap::new(),
                ever: BTreeMap::new(),
            };
            for year in FIRST_YEAR..=last_year {
                table.publish(year, chance);
            }
            table
        };
        catalogue.iter().map(table).collect()
    }

    pub(super) fn last_year(&self) -> i16 {
        self.cells.keys().map(|(year, _)| *year).max().unwrap_or(FIRST_YEAR)
    }

    /// Adds a year, a little above the one before.
    pub(super) fn publish(&mut self, year: i16, chance: &Chance) {
        self.publish_of(0..self.names.len(), year, chance);
    }

    /// Adds a year of one area only. The others may follow.
    pub(super) fn publish_one(&mut self, year: i16, chance: &Chance) {
        let area = chance.below(self.names.len());
        self.publish_of(area..area + 1, year, chance);
    }

    /// Whether the newest year lacks areas.
    pub(super) fn is_in_part(&self) -> bool {
        let last_year = self.last_year();
        self.cells.keys().filter(|(year, _)| *year == last_year).count() < self.names.len()
    }

    /// Areas that have their value of the year keep it.
    fn publish_of(&mut self, areas: Range<usize>, year: i16, chance: &Chance) {
        let lacks = |area: &usize| !self.cells.contains_key(&(year, *area));
        for area in areas.filter(lacks).collect::<Vec<_>>() {
            let before = self.cells.get(&(year - 1, area)).and_then(|value| value.parse::<f64>().ok());
            let value = match (self.format, before) {
                (SourceFormat::BnsSlices, before) => {
                    before.unwrap_or(500_000.0) + 1000.0 * chance.unit().mul_add(9.0, 1.0)
                }
                (_, before) => (before.unwrap_or(40.0) + chance.unit().mul_add(3.0, 0.5)).min(99.0),
            };
            self.set(year, area, value);
        }
    }

    /// Changes one cell a little, or a few of them by more than the checks let pass.
    pub(super) fn revise(&mut self, is_large: bool, chance: &Chance) {
        let year = self.last_year() - i16::try_from(chance.below(3)).unwrap_or_default();
        let (areas, by) = if is_large { (0..3, 25.0) } else { (1..2, 0.7) };
        let scale = if self.format == SourceFormat::BnsSlices { 8000.0 } else { 1.0 };
        for area in areas {
            let Some(before) = self.cells.get(&(year, area)).and_then(|value| value.parse::<f64>().ok()) else {
                continue;
            };
            let by = by * scale;
            let after = if before - by > LEAST_SHARE * scale { before - by } else { before + by };
            self.set(year, area, after);
        }
    }

    fn set(&mut self, year: i16, area: usize, value: f64) {
        let text = if self.format == SourceFormat::BnsSlices { format!("{value:.0}") } else { format!("{value:.1}") };
        let value: f64 = text.parse().unwrap_or_default();
        let known = self.ever.entry((self.names[area].0.clone(), year)).or_default();
        known.insert(value.to_bits());
        self.cells.insert((year, area), text);
    }

    /// The newest truth of every cell.
    pub(super) fn truth(&self) -> BTreeMap<(AreaCode, i16), f64> {
        let cell = |((year, area), text): (&(i16, usize), &String)| {
            Some(((self.names[*area].0.clone(), *year), text.parse().ok()?))
        };
        self.cells.iter().filter_map(cell).collect()
    }

    /// The table as it goes over the wire.
    pub(super) fn body(&self) -> Vec<u8> {
        self.written(&self.cells)
    }

    /// The table as it must not be taken.
    pub(super) fn lie(&self, lie: Lie, chance: &Chance) -> Vec<u8> {
        let mut cells = self.cells.clone();
        let last_year = self.last_year();
        // One that has a value: a gap in place of none, or a second value beside none, is no lie.
        let present: Vec<usize> = cells.keys().filter(|(year, _)| *year == last_year).map(|(_, area)| *area).collect();
        let area = chance.pick(&present);
        let spoil = |cells: &mut BTreeMap<(i16, usize), String>, text: String| {
            cells.insert((last_year, area), text);
        };
        let value: f64 = cells.get(&(last_year, area)).and_then(|text| text.parse().ok()).unwrap_or(50.0);
        match lie {
            Lie::HundredTimes => spoil(&mut cells, format!("{:.1}", value * 100.0)),
            Lie::NotANumber => spoil(&mut cells, "about half".to_owned()),
            Lie::AreaVanished => cells.retain(|(_, found), _| *found != area),
            Lie::PeriodVanished => cells.retain(|(year, _), _| *year != last_year),
            Lie::Future => {
                for area in 0..self.names.len() {
                    cells.insert((2199, area), format!("{value:.1}"));
                }
            }
            Lie::Empty => cells.clear(),
            // All of them, or one of the newest.
            Lie::Blanked if chance.one_in(2) => cells.values_mut().for_each(String::clear),
            Lie::Blanked => spoil(&mut cells, String::new()),
            Lie::NewYearOfOtherScale => {
                for each in 0..self.names.len() {
                    let Some(before) = cells.get(&(last_year, each)).and_then(|text| text.parse::<f64>().ok()) else {
                        continue;
                    };
                    // Of a share, a hundred times would be seen by its range alone.
                    let factor = if self.format == SourceFormat::BnsSlices { 100.0 } else { 0.01 };
                    let value = if each == area { before * factor } else { before };
                    cells.insert((last_year + 1, each), format!("{value:.2}"));
                }
            }
            Lie::Duplicate => {
                let mut body = self.written(&cells);
                if self.format == SourceFormat::KazstatSdg {
                    let twice = format!("{last_year},PT,,,{},{:.1}\n", self.name_in_rows(area), value + 1.5);
                    body.extend_from_slice(twice.as_bytes());
                } else {
                    body.pop();
                    let twice = slice(&self.names[area].1, &[(last_year, format!("{:.0}", value + 900.0))]);
                    body.extend_from_slice(format!(",{twice}]").as_bytes());
                }
                return body;
            }
            Lie::Truncated => {
                let mut body = self.written(&cells);
                body.truncate(chance.below(body.len()));
                return body;
            }
            Lie::UnknownArea => {
                let body = String::from_utf8_lossy(&self.written(&cells)).replace(&self.names[1].1, "99999");
                return body.into_bytes();
            }
        }
        self.written(&cells)
    }

    fn written(&self, cells: &BTreeMap<(i16, usize), String>) -> Vec<u8> {
        if self.format == SourceFormat::BnsSlices {
            let slices: Vec<String> = (0..self.names.len())
                .filter_map(|area| {
                    let periods: Vec<(i16, String)> = cells
                        .iter()
                        .filter(|((_, found), _)| *found == area)
                        .map(|((year, _), value)| (*year, value.clone()))
                        .collect();
                    (!periods.is_empty()).then(|| slice(&self.names[area].1, &periods))
                })
                .collect();
            return format!("[{}]", slices.join(",")).into_bytes();
        }
        let mut text = "Year,UNIT_MEASURE,URBANISATION,SEX,REF_AREA,Value\n".to_owned();
        for ((year, area), value) in cells {
            _ = writeln!(text, "{year},PT,,,{},{value}", self.name_in_rows(*area));
        }
        text.into_bytes()
    }

    /// The country's rows leave the area blank.
    fn name_in_rows(&self, area: usize) -> &str {
        if area == 0 { "" } else { &self.names[area].1 }
    }
}

fn slice(term: &str, periods: &[(i16, String)]) -> String {
    let periods: Vec<String> = periods
        .iter()
        .map(|(year, value)| format!(r#"{{"name":"{year} жыл","date":"31.12.{year}","value":"{value}"}}"#))
        .collect();
    format!(r#"{{"terms":[{term}],"termNames":["{term}"],"periods":[{}]}}"#, periods.join(","))
}

/// What can be wrong with a table that comes with status 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lie {
    HundredTimes,
    NotANumber,
    AreaVanished,
    PeriodVanished,
    Future,
    Empty,
    Duplicate,
    Truncated,
    UnknownArea,
    Blanked,
    NewYearOfOtherScale,
}

impl Lie {
    pub(super) const ALL: [Self; 11] = [
        Self::HundredTimes,
        Self::NotANumber,
        Self::AreaVanished,
        Self::PeriodVanished,
        Self::Future,
        Self::Empty,
        Self::Duplicate,
        Self::Truncated,
        Self::UnknownArea,
        Self::Blanked,
        Self::NewYearOfOtherScale,
    ];
}
