//! From observations to cells: which value of an indicator an area is judged by in a reference year.
//!
//! The rules, in order, for an area and an indicator in reference year Y:
//!
//! 1. the area's own latest value not after Y and no older than `max_age_years`
//!    ([`CellStatus::Observed`] when it is of Y, [`CellStatus::CarriedForward`] when older);
//! 2. the latest such value of its predecessor from before the split
//!    ([`CellStatus::PredecessorSubstitute`]);
//! 3. the latest such national value ([`CellStatus::NationalSubstitute`]), when the policy allows;
//! 4. otherwise the cell is missing, and stays so.
//!
//! Nothing is scaled here; scores are made in [`crate::composite`].

mod opening;

pub use opening::last_reference_year;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::area::{Area, AreaLevel, AreaList};
use crate::code::{AreaCode, IndicatorCode};
use crate::definition::{Derivation, FrameworkDefinition, IndicatorDefinition, Panel, SeriesRef};
use crate::observation::{ObsStatus, TimePeriod};

/// How a cell came by its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CellStatus {
    /// The area's own value of the reference year.
    Observed,
    /// The area's own value of an earlier year.
    CarriedForward,
    /// The value of the area it was split from, from before the split.
    PredecessorSubstitute,
    /// The national value.
    NationalSubstitute,
    /// Filled by an imputation step of the recipe.
    Imputed,
    /// No value.
    Missing,
    /// The question does not apply to the area.
    NotApplicable,
}

/// A remark on how a cell came by its value, for people and for the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CellFinding {
    /// The denominator describes another period than the numerator.
    DenominatorOfAnotherPeriod {
        /// Period of the numerator.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        numerator: TimePeriod,
        /// Period of the denominator.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        denominator: TimePeriod,
    },
    /// The area's territory changed between the period of the value and the reference year.
    CarriedAcrossBoundaryChange {
        /// Period of the value.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        period: TimePeriod,
    },
    /// The provider marks a break at the period of the value.
    BreakInSeries {
        /// Period of the value.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        period: TimePeriod,
    },
    /// The provider gives a value for a time before the area existed.
    BackCast {
        /// Period of the value.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        period: TimePeriod,
    },
}

/// A stored value and the vintage it was taken from.
#[derive(Debug, Clone, PartialEq)]
pub struct BookedValue {
    /// The value; `None` when the provider publishes none.
    pub value: Option<f64>,
    /// Status given by the provider or by harmonisation.
    pub status: ObsStatus,
    /// Identifier of the vintage, opaque here.
    pub vintage: String,
}

/// Observations of one moment of knowledge, ready to be looked up.
#[derive(Debug, Clone, Default)]
pub struct ObservationBook {
    series: BTreeMap<SeriesRef, BTreeMap<AreaCode, BTreeMap<TimePeriod, BookedValue>>>,
}

impl ObservationBook {
    /// Enters a value; an earlier entry of the same key is replaced and returned.
    pub fn enter(
        &mut self,
        series: SeriesRef,
        area: AreaCode,
        period: TimePeriod,
        value: BookedValue,
    ) -> Option<BookedValue> {
        self.series.entry(series).or_default().entry(area).or_default().insert(period, value)
    }

    /// The values of one series in one area, by period.
    #[must_use]
    pub fn periods(&self, series: &SeriesRef, area: &AreaCode) -> Option<&BTreeMap<TimePeriod, BookedValue>> {
        self.series.get(series)?.get(area)
    }

    /// All series, areas and periods, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&SeriesRef, &AreaCode, &TimePeriod, &BookedValue)> {
        self.series.iter().flat_map(|(series, areas)| {
            areas.iter().flat_map(move |(area, periods)| {
                periods.iter().map(move |(period, value)| (series, area, period, value))
            })
        })
    }

    fn value(&self, series: &SeriesRef, area: &AreaCode, period: TimePeriod) -> Option<(f64, &BookedValue)> {
        let booked = self.periods(series, area)?.get(&period)?;
        booked.value.map(|value| (value, booked))
    }
}

/// An input that went into a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellInput {
    /// The series.
    pub source: SeriesRef,
    /// The area whose value it is.
    pub area: AreaCode,
    /// The period it describes.
    pub period: TimePeriod,
    /// The value.
    pub value: f64,
    /// The vintage it was taken from.
    pub vintage: String,
}

/// One area judged by one indicator, before any scaling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// The value in the indicator's unit; `None` when missing or not applicable.
    pub value: Option<f64>,
    /// How it came to be.
    pub status: CellStatus,
    /// The period it describes.
    pub period: Option<TimePeriod>,
    /// Every observation it was made from.
    pub inputs: Vec<CellInput>,
    /// Remarks.
    pub findings: Vec<CellFinding>,
}

impl Cell {
    const fn empty(status: CellStatus) -> Self {
        Self { value: None, status, period: None, inputs: Vec::new(), findings: Vec::new() }
    }
}

/// Which substitutions are allowed. A recipe switches these; there is no default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubstitutePolicy {
    /// Whether a region without a value takes that of the area it was split from.
    pub predecessor: bool,
    /// Whether a region without a value takes the national one.
    pub national: bool,
}

/// The cells of one panel in one reference year.
#[derive(Debug, Clone, PartialEq)]
pub struct Assembly {
    /// The areas compared, in the published order.
    pub areas: Vec<AreaCode>,
    /// The indicators, in the declared order.
    pub indicators: Vec<IndicatorCode>,
    /// One cell an area and indicator, area by area.
    pub cells: Vec<Cell>,
    /// The country's own cells, one an indicator: the national figure beside the regions.
    pub national: Vec<Cell>,
}

impl Assembly {
    /// The cell of an area (by position) and an indicator (by position).
    #[must_use]
    pub fn cell(&self, area: usize, indicator: usize) -> Option<&Cell> {
        if indicator >= self.indicators.len() {
            return None;
        }
        self.cells.get(area * self.indicators.len() + indicator)
    }

    /// The cells of an area (by position), in the order of the indicators.
    pub fn cells_of(&self, area: usize) -> impl Iterator<Item = &Cell> {
        self.cells.iter().skip(area * self.indicators.len()).take(self.indicators.len())
    }
}

/// Assembles one panel of one reference year.
///
/// In panel `countries` there is no substitution: a state without a value is missing.
#[must_use]
pub fn assemble(
    definition: &FrameworkDefinition,
    panel: Panel,
    reference_year: i16,
    areas: &AreaList,
    book: &ObservationBook,
    policy: SubstitutePolicy,
) -> Assembly {
    let indicators: Vec<&IndicatorDefinition> = definition.indicators_of(panel).collect();
    let compared: Vec<&Area> = match definition.panel(panel).map(|one| one.areas.as_slice()) {
        None | Some([]) => match panel {
            Panel::Regions => areas.regions_of(&definition.country, reference_year).collect(),
            Panel::Countries => areas.iter().filter(|area| area.level == AreaLevel::Country).collect(),
        },
        Some(named) => named.iter().filter_map(|code| areas.find(code)).collect(),
    };
    let lookup = Lookup { definition, panel, reference_year, areas, book, policy };
    let cells =
        compared.iter().flat_map(|area| indicators.iter().map(|indicator| lookup.cell(area, indicator))).collect();
    let national = indicators.iter().map(|indicator| lookup.national_cell(indicator)).collect();
    Assembly {
        areas: compared.iter().map(|area| area.code.clone()).collect(),
        indicators: indicators.iter().map(|indicator| indicator.code.clone()).collect(),
        cells,
        national,
    }
}

struct Lookup<'a> {
    definition: &'a FrameworkDefinition,
    panel: Panel,
    reference_year: i16,
    areas: &'a AreaList,
    book: &'a ObservationBook,
    policy: SubstitutePolicy,
}

impl Lookup<'_> {
    fn cell(&self, area: &Area, indicator: &IndicatorDefinition) -> Cell {
        if indicator.not_applicable_to.contains(&area.code) {
            return Cell::empty(CellStatus::NotApplicable);
        }
        if let Some(derivation) = &indicator.derivation {
            if let Some(mut cell) = self.latest(derivation, &area.code, indicator.max_age_years, None) {
                self.remark_own(area, derivation, &mut cell);
                return cell;
            }
            if self.policy.predecessor
                && let Some(cell) = self.predecessor_cell(area, indicator, derivation)
            {
                return cell;
            }
        }
        if self.panel == Panel::Regions && self.policy.national {
            let national = self.national_cell(indicator);
            if national.value.is_some() {
                return Cell { status: CellStatus::NationalSubstitute, ..national };
            }
        }
        Cell::empty(CellStatus::Missing)
    }

    fn national_cell(&self, indicator: &IndicatorDefinition) -> Cell {
        indicator
            .national()
            .and_then(|derivation| self.latest(derivation, &self.definition.country, indicator.max_age_years, None))
            .unwrap_or_else(|| Cell::empty(CellStatus::Missing))
    }

    /// The predecessor's latest value from before the split: afterwards it describes other territory.
    fn predecessor_cell(&self, area: &Area, indicator: &IndicatorDefinition, derivation: &Derivation) -> Option<Cell> {
        let before = area.valid_from?.year();
        area.predecessors.iter().find_map(|predecessor| {
            let cell = self.latest(derivation, predecessor, indicator.max_age_years, Some(before))?;
            Some(Cell { status: CellStatus::PredecessorSubstitute, ..cell })
        })
    }

    /// The latest complete value not after the reference year, not older than allowed, and before `before`.
    fn latest(&self, derivation: &Derivation, area: &AreaCode, max_age_years: u8, before: Option<i16>) -> Option<Cell> {
        let leading = derivation.leading_inputs();
        let first = leading.first()?;
        let oldest = self.reference_year - i16::from(max_age_years);
        self.book
            .periods(first, area)?
            .keys()
            .rev()
            .filter(|period| {
                let year = period.year();
                year <= self.reference_year && year >= oldest && before.is_none_or(|before| year < before)
            })
            .find_map(|&period| self.derive(derivation, area, period))
    }

    fn derive(&self, derivation: &Derivation, area: &AreaCode, period: TimePeriod) -> Option<Cell> {
        let mut inputs = Vec::new();
        let mut findings = Vec::new();
        let mut take = |source: &SeriesRef, period: TimePeriod| -> Option<f64> {
            let (value, booked) = self.book.value(source, area, period)?;
            inputs.push(CellInput {
                source: source.clone(),
                area: area.clone(),
                period,
                value,
                vintage: booked.vintage.clone(),
            });
            if booked.status == ObsStatus::Break {
                findings.push(CellFinding::BreakInSeries { period });
            }
            Some(value)
        };
        let value = match derivation {
            Derivation::Observed { of } => take(of, period)?,
            Derivation::AbsoluteDifference { first, second } => (take(first, period)? - take(second, period)?).abs(),
            Derivation::Mean { of } => {
                let mut sum = 0.0;
                let mut count = 0.0;
                for part in of {
                    sum += take(part, period)?;
                    count += 1.0;
                }
                sum / count
            }
            Derivation::Ratio { numerator, denominator, per } => {
                let above = take(numerator, period)?;
                let nearest = self.nearest_period(denominator, area, period)?;
                let below = take(denominator, nearest)?;
                if nearest != period {
                    findings.push(CellFinding::DenominatorOfAnotherPeriod { numerator: period, denominator: nearest });
                }
                per * above / below
            }
        };
        let status =
            if period.year() == self.reference_year { CellStatus::Observed } else { CellStatus::CarriedForward };
        value.is_finite().then_some(Cell { value: Some(value), status, period: Some(period), inputs, findings })
    }

    /// The period nearest in years that has a value; the earlier one of two equally near.
    fn nearest_period(&self, series: &SeriesRef, area: &AreaCode, period: TimePeriod) -> Option<TimePeriod> {
        self.book
            .periods(series, area)?
            .iter()
            .filter(|(_, booked)| booked.value.is_some())
            .map(|(&candidate, _)| candidate)
            .min_by_key(|candidate| ((candidate.year() - period.year()).abs(), *candidate))
    }

    fn remark_own(&self, area: &Area, derivation: &Derivation, cell: &mut Cell) {
        let Some(period) = cell.period else { return };
        if area.has_break_between(period.year(), self.reference_year) {
            cell.findings.push(CellFinding::CarriedAcrossBoundaryChange { period });
        }
        let existed = self.areas.find(&area.code).is_some_and(|known| known.is_valid_in(period.year()));
        if !existed && !derivation.inputs().is_empty() {
            cell.findings.push(CellFinding::BackCast { period });
        }
    }
}

#[cfg(test)]
mod tests;
