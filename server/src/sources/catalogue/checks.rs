//! The checks a dataflow declares: [`DataflowChecks`]. They are carried out in [`crate::checks`].

use indicators::code::IndicatorCode;
use serde::Deserialize;

/// What a single bad cell means for the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFault {
    /// The payload is quarantined. The rule unless the dataflow says otherwise.
    #[default]
    Quarantine,
    /// The cell is withheld with a finding, the rest is taken. Declared only for a provider that is known to
    /// publish such cells, and bounded by `max_withheld`.
    Withhold,
}

/// How many areas an indicator must cover. Areas are counted by the total of the indicator, where the payload has one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnCoverage {
    /// The indicator.
    pub indicator: IndicatorCode,
    /// Fewest areas with a value in the newest period for which the payload has any.
    pub min_areas: usize,
    /// Fewest areas with a value in some period: for tables whose newest period fills up over years, such as those of
    /// countries.
    #[serde(default)]
    pub min_areas_ever: usize,
}

/// The declared checks.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataflowChecks {
    /// Columns that must be there, by any of the names the parser accepts. A payload without one is refused: where an
    /// axis goes away together with its rows, what is left would be read as totals.
    #[serde(default)]
    pub required_columns: Vec<String>,
    /// Fewest values. A row that says that there is none does not count.
    pub min_observations: usize,
    /// Fewest areas of indicators.
    #[serde(default)]
    pub coverage: Vec<ColumnCoverage>,
    /// Two rows give one cell different values.
    #[serde(default)]
    pub on_conflict: OnFault,
    /// A value lies outside its range.
    #[serde(default)]
    pub on_out_of_range: OnFault,
    /// Most cells that may be withheld before the payload is quarantined after all.
    #[serde(default)]
    pub max_withheld: usize,
    /// Most cells that may lie beyond the jump limit from the last vintage before the payload is quarantined; fewer
    /// are told as findings. Revisions are normal, a shifted column is not.
    #[serde(default)]
    pub max_jumps: usize,
    /// Most cells that may lose the value they had in the last vintage before the payload is quarantined; fewer are told
    /// as findings. A provider that is known to take values back declares how many.
    #[serde(default)]
    pub max_withdrawn: usize,
}

/// How far a value may be, as a ratio, from the one before it: that of the same cell in the last vintage, or the nearest
/// earlier one of the same series and area. Beyond it the payload is quarantined: a decimal point has moved, or a unit.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepLimit {
    /// How many times as large it may be.
    pub max_rise: f64,
    /// How many times as small it may be.
    pub max_fall: f64,
    /// Values nearer to zero say nothing of the scale: a rise from below is not measured, and a fall only down to here.
    /// In the unit of measure.
    pub floor: f64,
}

impl StepLimit {
    /// Whether a value may follow another.
    #[must_use]
    pub fn allows(self, before: f64, value: f64) -> bool {
        let (before, value) = (before.abs(), value.abs());
        if value > before {
            before < self.floor || value <= self.max_rise * before
        } else {
            before <= self.max_fall * value.max(self.floor)
        }
    }

    pub(super) fn is_sound(self) -> bool {
        let Self { max_rise, max_fall, floor } = self;
        [max_rise, max_fall].iter().all(|factor| factor.is_finite() && *factor > 1.0)
            && floor.is_finite()
            && floor > 0.0
    }
}
