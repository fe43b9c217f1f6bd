//! Rows in the provider's own codes: [`Parsed`]. Mapping them to our codes is
//! [`super::harmonise`]'s matter.

use indicators::code::{AreaCode, IndicatorCode};
use indicators::observation::{Breakdown, ObsStatus, TimePeriod};

use super::finding::{Finding, Place};

/// The area of a row, as the provider wrote it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProviderArea {
    /// The country the dataflow is about: the provider leaves the area blank for it.
    National,
    /// One of our own areas: the payload was made here.
    Own(AreaCode),
    /// A code or name, and the scheme of the code list that holds it.
    Code {
        /// Name of the scheme in the code list of areas: `kazstat_sdg`, `un_name`.
        scheme: &'static str,
        /// The provider's code, without spaces around it.
        code: String,
    },
}

/// One value as the provider published it.
#[derive(Debug, Clone, PartialEq)]
pub struct ProviderObservation {
    /// Where in the payload.
    pub place: Place,
    /// The area in the provider's code.
    pub area: ProviderArea,
    /// Our code of the measured indicator; the definition of the dataflow maps it.
    pub indicator: IndicatorCode,
    /// The breakdown, in SDMX codes.
    pub breakdown: Breakdown,
    /// The period.
    pub period: TimePeriod,
    /// The value; `None` when the provider gives none. Always finite.
    pub value: Option<f64>,
    /// Why it is as it is.
    pub status: ObsStatus,
    /// The cell as written, before any repair.
    pub raw: String,
}

/// A payload that was read to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// Name of the layout that was recognised: a dataflow may have had several.
    pub layout: &'static str,
    /// Column the areas were read from, so that a code we do not know is told with its place; `None` where
    /// the layout has no such column.
    pub area_column: Option<String>,
    /// Rows read, including those that carry no observation of ours.
    pub rows_read: usize,
    /// The observations, in the order of the payload.
    pub observations: Vec<ProviderObservation>,
    /// Repairs by a stated rule, and oddities worth telling.
    pub findings: Vec<Finding>,
}

impl Parsed {
    pub(super) const fn new(layout: &'static str) -> Self {
        Self { layout, area_column: None, rows_read: 0, observations: Vec::new(), findings: Vec::new() }
    }

    pub(super) fn with_areas_in(self, column: &str) -> Self {
        Self { area_column: Some(column.to_owned()), ..self }
    }
}
