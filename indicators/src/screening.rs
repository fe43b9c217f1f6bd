//! Denominating indicators and screening areas: what happens to the data before anything is filled.

use crate::error::ComputeError;
use crate::finding::Finding;
use crate::framework::Framework;
use crate::matrix::{Cell, ScoreMatrix};
use crate::recipe::{Denominate, Screen};

/// Divides indicators by their denominators.
///
/// ```text
/// x / (denominator / scale)
/// ```
///
/// `values` has one column per indicator of the framework, `matrix` the same rows and the
/// denominators. Where the denominator is missing or zero the cell becomes missing and is reported.
///
/// # Errors
/// When a denominator has no column.
///
/// # Source
/// R package `COINr` 1.1.14, `Denominate`.
pub fn denominate(
    framework: &Framework,
    method: &Denominate,
    matrix: &ScoreMatrix,
    values: ScoreMatrix,
    findings: &mut Vec<Finding>,
) -> Result<ScoreMatrix, ComputeError> {
    let mut cells: Option<Vec<Cell>> = None;
    for (indicator, about) in framework.indicators().iter().enumerate() {
        let (column, scale) = match method {
            Denominate::None {} => return Ok(values),
            Denominate::ByFramework {} => match &about.denominator {
                Some(column) => (column, 1.0),
                None => continue,
            },
            Denominate::By { denominators } => match denominators.get(&about.code) {
                Some(denominator) => (&denominator.column, denominator.scale),
                None => continue,
            },
        };
        let at = matrix
            .column_of(column.as_str())
            .ok_or_else(|| ComputeError::ColumnMissing { indicator: column.clone() })?;
        let cells = cells.get_or_insert_with(|| values.cells().to_vec());
        let n_rows = values.n_rows();
        let mut without = Vec::new();
        for row in 0..n_rows {
            let cell = &mut cells[indicator * n_rows + row];
            let was_missing = cell.is_missing();
            let divisor = matrix.column(at)[row].map(|value| value / scale);
            *cell = match divisor.value() {
                Some(divisor) if divisor != 0.0 => cell.map(|value| value / divisor),
                _ => Cell::MISSING,
            };
            if cell.is_missing() && !was_missing {
                without.push(values.areas()[row].clone());
            }
        }
        if !without.is_empty() {
            findings.push(Finding::NoDenominator { indicator: about.code.clone(), areas: without });
        }
    }
    Ok(match cells {
        Some(cells) => values.with_cells(cells),
        None => values,
    })
}

/// How much data a row has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Availability {
    /// Indicators in all.
    pub indicators: usize,
    /// Indicators with a value.
    pub available: usize,
    /// Values that are zero.
    pub zero: usize,
}

impl Availability {
    /// Share of indicators with a value.
    #[must_use]
    pub fn share_available(self) -> f64 {
        share(self.available, self.indicators)
    }

    /// Share of available values that are not zero.
    #[must_use]
    pub fn share_non_zero(self) -> f64 {
        share(self.available - self.zero, self.available)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of indicators are far below 2^52")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Counts the values of each row.
#[must_use]
pub fn availability(values: &ScoreMatrix) -> Vec<Availability> {
    let mut rows = vec![Availability { indicators: values.n_columns(), available: 0, zero: 0 }; values.n_rows()];
    for column in 0..values.n_columns() {
        for (row, cell) in rows.iter_mut().zip(values.column(column)) {
            row.available += usize::from(!cell.is_missing());
            row.zero += usize::from(cell.raw() == 0.0);
        }
    }
    rows
}

/// Keeps the rows with enough data; each row dropped is reported.
///
/// ```text
/// availability   available / indicators ≥ minimum
/// non_zero       (available − zeros) / available ≥ minimum
/// both           both of these
/// ```
///
/// Rows listed as always in or out are kept or dropped whatever they have; `always_out` wins. A row
/// without any value has a non-zero share of 0.
///
/// # Errors
/// When an area listed is not in the data.
///
/// # Source
/// R package `COINr` 1.1.14, `Screen` (`byNA`, `include_if_zero`, `byNAandzeros`).
pub fn screen(method: &Screen, values: ScoreMatrix, findings: &mut Vec<Finding>) -> Result<ScoreMatrix, ComputeError> {
    let (minimum_available, minimum_non_zero, always_in, always_out) = match method {
        Screen::None {} => return Ok(values),
        Screen::Availability { minimum, always_in, always_out, .. } => (*minimum, 0.0, always_in, always_out),
        Screen::NonZero { minimum, always_in, always_out, .. } => (0.0, *minimum, always_in, always_out),
        Screen::Both { minimum_available, minimum_non_zero, always_in, always_out, .. } => {
            (*minimum_available, *minimum_non_zero, always_in, always_out)
        }
    };
    for (field, listed) in [("screen.always_in", always_in), ("screen.always_out", always_out)] {
        if let Some(unknown) = listed.iter().find(|area| values.row_of(area.as_str()).is_none()) {
            return Err(ComputeError::AreaUnknown { field, area: unknown.clone() });
        }
    }
    let mut kept = Vec::with_capacity(values.n_rows());
    for (row, count) in availability(&values).into_iter().enumerate() {
        let area = &values.areas()[row];
        let enough = count.share_available() >= minimum_available && count.share_non_zero() >= minimum_non_zero;
        if (enough || always_in.contains(area)) && !always_out.contains(area) {
            kept.push(row);
        } else {
            findings.push(Finding::AreaDropped {
                area: area.clone(),
                available: count.available,
                non_zero: count.available - count.zero,
                indicators: count.indicators,
            });
        }
    }
    Ok(if kept.len() == values.n_rows() { values } else { values.select_rows(&kept) })
}
