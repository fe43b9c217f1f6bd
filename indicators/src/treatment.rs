//! Outlier treatment.

use crate::code::IndicatorCode;
use crate::finding::Finding;
use crate::matrix::Cell;
use crate::recipe::Treat;

/// What treatment did to one indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct TreatmentDetail {}

impl TreatmentDetail {
    pub(crate) fn untreated(_n_rows: usize) -> Self {
        Self {}
    }

    pub(crate) fn note(&self, _indicator: &IndicatorCode, _findings: &mut Vec<Finding>) {}
}

pub(crate) fn treat_column(_method: &Treat, _column: &mut [Cell]) -> TreatmentDetail {
    TreatmentDetail {}
}
