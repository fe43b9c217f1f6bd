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

/// How many areas an indicator must cover in its newest period.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnCoverage {
    /// The indicator.
    pub indicator: IndicatorCode,
    /// Fewest areas with a row, over all periods.
    pub min_areas: usize,
}

/// The declared checks.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataflowChecks {
    /// Columns that must be there, by any of the names the parser accepts. Parsers refuse without them.
    #[serde(default)]
    pub required_columns: Vec<String>,
    /// Fewest observations.
    pub min_observations: usize,
    /// Fewest areas of an indicator.
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
}
