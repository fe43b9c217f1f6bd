//! The numbers a composite is computed from: [`ScoreMatrix`], areas down, indicators across, every
//! missing cell explicit. Which observation fills a cell is decided in the assembly, not here.

mod cell;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use cell::Cell;
pub(crate) use cell::present;

use crate::code::{AreaCode, IndicatorCode};
use crate::observation::TimePeriod;

/// A table of areas × indicators, or of (area, period) × indicators for a panel.
///
/// Stored column by column. Columns may be more than a framework's indicators: denominators are
/// columns too. Rows may carry labels of groupings (`income_group` → `high`), for imputation and
/// ranks within groups. Codes, labels and cells are shared between the stages of a computation, so
/// that a copy of a table costs nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreMatrix {
    rows: Arc<Rows>,
    columns: Arc<Columns>,
    cells: Arc<Vec<Cell>>,
}

/// What is known of the rows.
#[derive(Debug, Clone, PartialEq)]
struct Rows {
    areas: Vec<AreaCode>,
    periods: Option<Vec<TimePeriod>>,
    groupings: BTreeMap<String, Vec<Option<String>>>,
}

/// What is known of the columns.
#[derive(Debug, Clone, PartialEq)]
struct Columns {
    indicators: Vec<IndicatorCode>,
    position: BTreeMap<IndicatorCode, usize>,
}

/// A table of numbers was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MatrixError {
    /// An area (or an area in one period) has two rows.
    #[error("the area {area} has two rows (rows {first} and {second}, counted from 1){}", period.map(|period| format!(" for {period}")).unwrap_or_default())]
    AreaTwice {
        /// The area.
        area: AreaCode,
        /// The period, in a panel.
        period: Option<TimePeriod>,
        /// First row, counted from 1.
        first: usize,
        /// Second row, counted from 1.
        second: usize,
    },
    /// An indicator has two columns.
    #[error("the indicator {indicator} has two columns")]
    IndicatorTwice {
        /// The indicator.
        indicator: IndicatorCode,
    },
    /// The number of cells is not rows × columns.
    #[error("{found} cells for {rows} rows and {columns} columns; expected {}", rows * columns)]
    Shape {
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
        /// Cells found.
        found: usize,
    },
    /// NaN or infinity.
    #[error(
        "the cell of area {area} (row {row}), indicator {indicator} (column {column}) is {found}; expected a finite number or nothing"
    )]
    NotFinite {
        /// The area.
        area: AreaCode,
        /// Row, counted from 1.
        row: usize,
        /// The indicator.
        indicator: IndicatorCode,
        /// Column, counted from 1.
        column: usize,
        /// What was found, as text: `NaN`, `inf` or `-inf`.
        found: String,
    },
    /// A list of periods or labels has another length than the list of areas.
    #[error("{found} {what} for {expected} rows")]
    Length {
        /// What was counted.
        what: &'static str,
        /// Rows.
        expected: usize,
        /// Entries found.
        found: usize,
    },
}

impl ScoreMatrix {
    /// Builds a table from values in column order: all rows of the first indicator, then all rows
    /// of the second.
    ///
    /// # Errors
    /// When an area or indicator comes twice, when the number of values is not rows × columns, or
    /// when a value is NaN or infinite.
    pub fn from_columns(
        areas: Vec<AreaCode>,
        indicators: Vec<IndicatorCode>,
        values: &[Option<f64>],
    ) -> Result<Self, MatrixError> {
        Self::build(areas, None, indicators, values)
    }

    /// Builds a panel: row `i` is `areas[i]` in `periods[i]`.
    ///
    /// # Errors
    /// As [`ScoreMatrix::from_columns`]; an area may come once in each period.
    pub fn panel_from_columns(
        areas: Vec<AreaCode>,
        periods: Vec<TimePeriod>,
        indicators: Vec<IndicatorCode>,
        values: &[Option<f64>],
    ) -> Result<Self, MatrixError> {
        if periods.len() != areas.len() {
            return Err(MatrixError::Length { what: "periods", expected: areas.len(), found: periods.len() });
        }
        Self::build(areas, Some(periods), indicators, values)
    }

    fn build(
        areas: Vec<AreaCode>,
        periods: Option<Vec<TimePeriod>>,
        indicators: Vec<IndicatorCode>,
        values: &[Option<f64>],
    ) -> Result<Self, MatrixError> {
        let mut seen = BTreeMap::new();
        for (row, area) in areas.iter().enumerate() {
            let period = periods.as_ref().map(|periods| periods[row]);
            if let Some(first) = seen.insert((area, period), row) {
                return Err(MatrixError::AreaTwice { area: area.clone(), period, first: first + 1, second: row + 1 });
            }
        }
        let mut column_of = BTreeMap::new();
        for (column, indicator) in indicators.iter().enumerate() {
            if column_of.insert(indicator.clone(), column).is_some() {
                return Err(MatrixError::IndicatorTwice { indicator: indicator.clone() });
            }
        }
        if values.len() != areas.len() * indicators.len() {
            return Err(MatrixError::Shape { rows: areas.len(), columns: indicators.len(), found: values.len() });
        }
        let mut cells = Vec::with_capacity(values.len());
        for (position, value) in values.iter().enumerate() {
            let cell = match value {
                None => Cell::MISSING,
                Some(value) => Cell::new(*value).ok_or_else(|| {
                    let (column, row) = (position / areas.len(), position % areas.len());
                    MatrixError::NotFinite {
                        area: areas[row].clone(),
                        row: row + 1,
                        indicator: indicators[column].clone(),
                        column: column + 1,
                        found: value.to_string(),
                    }
                })?,
            };
            cells.push(cell);
        }
        Ok(Self {
            rows: Arc::new(Rows { areas, periods, groupings: BTreeMap::new() }),
            columns: Arc::new(Columns { indicators, position: column_of }),
            cells: Arc::new(cells),
        })
    }

    /// Adds the label each row has in a grouping, `None` for a row outside every group.
    ///
    /// # Errors
    /// When there are not as many labels as rows.
    pub fn with_grouping(mut self, name: &str, labels: Vec<Option<String>>) -> Result<Self, MatrixError> {
        if labels.len() != self.n_rows() {
            return Err(MatrixError::Length { what: "group labels", expected: self.n_rows(), found: labels.len() });
        }
        Arc::make_mut(&mut self.rows).groupings.insert(name.to_owned(), labels);
        Ok(self)
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.rows.areas.len()
    }

    /// Number of columns.
    #[must_use]
    pub fn n_columns(&self) -> usize {
        self.columns.indicators.len()
    }

    /// The area of each row.
    #[must_use]
    pub fn areas(&self) -> &[AreaCode] {
        &self.rows.areas
    }

    /// The period of each row, in a panel.
    #[must_use]
    pub fn periods(&self) -> Option<&[TimePeriod]> {
        self.rows.periods.as_deref()
    }

    /// The indicator of each column.
    #[must_use]
    pub fn indicators(&self) -> &[IndicatorCode] {
        &self.columns.indicators
    }

    /// The labels of a grouping, one per row.
    #[must_use]
    pub fn grouping(&self, name: &str) -> Option<&[Option<String>]> {
        self.rows.groupings.get(name).map(Vec::as_slice)
    }

    /// The names of the groupings.
    pub fn grouping_names(&self) -> impl Iterator<Item = &str> {
        self.rows.groupings.keys().map(String::as_str)
    }

    /// The row of an area; in a panel the first of its rows.
    #[must_use]
    pub fn row_of(&self, area: &str) -> Option<usize> {
        self.rows.areas.iter().position(|code| code.as_str() == area)
    }

    /// Among some rows, the position of an area's row in a period, or in its earliest when none is given.
    pub(crate) fn row_in_part(&self, area: &AreaCode, period: Option<TimePeriod>, rows: &[usize]) -> Option<usize> {
        let of = |row: usize| self.periods().map(|periods| periods[row]);
        (0..rows.len())
            .filter(|&at| self.rows.areas[rows[at]] == *area && (period.is_none() || of(rows[at]) == period))
            .min_by_key(|&at| of(rows[at]))
    }

    /// The column of an indicator.
    #[must_use]
    pub fn column_of(&self, indicator: &str) -> Option<usize> {
        self.columns.position.get(indicator).copied()
    }

    /// The cells of a column, one per row.
    #[must_use]
    pub fn column(&self, column: usize) -> &[Cell] {
        &self.cells[column * self.n_rows()..(column + 1) * self.n_rows()]
    }

    /// The value in a row and column.
    #[must_use]
    pub fn value(&self, row: usize, column: usize) -> Option<f64> {
        self.column(column)[row].value()
    }

    /// The value of an area (in its first period) for an indicator.
    #[must_use]
    pub fn value_of(&self, area: &str, indicator: &str) -> Option<f64> {
        self.value(self.row_of(area)?, self.column_of(indicator)?)
    }

    /// The rows of each period in order of time; one block of all rows when there are no periods.
    #[must_use]
    pub fn blocks(&self) -> Vec<Vec<usize>> {
        let Some(periods) = &self.rows.periods else { return vec![(0..self.n_rows()).collect()] };
        let distinct: BTreeSet<_> = periods.iter().copied().collect();
        distinct.into_iter().map(|period| (0..periods.len()).filter(|&row| periods[row] == period).collect()).collect()
    }

    /// For each row the row of the same area and period in another table that has them all.
    pub(crate) fn rows_in(&self, all: &Self) -> Vec<usize> {
        if Arc::ptr_eq(&self.rows, &all.rows) {
            return (0..self.n_rows()).collect();
        }
        let key = |table: &Self, row: usize| (table.areas()[row].clone(), table.periods().map(|periods| periods[row]));
        let position: BTreeMap<_, usize> = (0..all.n_rows()).map(|row| (key(all, row), row)).collect();
        (0..self.n_rows()).filter_map(|row| position.get(&key(self, row)).copied()).collect()
    }

    /// The same rows and columns with other cells.
    pub(crate) fn with_cells(&self, cells: Vec<Cell>) -> Self {
        debug_assert_eq!(cells.len(), self.cells.len());
        Self { rows: Arc::clone(&self.rows), columns: Arc::clone(&self.columns), cells: Arc::new(cells) }
    }

    /// All cells, column by column.
    pub(crate) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The named columns in the order given, all rows kept.
    pub(crate) fn select_columns(&self, columns: &[usize]) -> Self {
        if columns.iter().copied().eq(0..self.n_columns()) {
            return self.clone();
        }
        let indicators: Vec<_> = columns.iter().map(|&column| self.columns.indicators[column].clone()).collect();
        let position = indicators.iter().cloned().enumerate().map(|(column, code)| (code, column)).collect();
        let mut cells = Vec::with_capacity(columns.len() * self.n_rows());
        for &column in columns {
            cells.extend_from_slice(self.column(column));
        }
        Self {
            rows: Arc::clone(&self.rows),
            columns: Arc::new(Columns { indicators, position }),
            cells: Arc::new(cells),
        }
    }

    /// The rows given, in that order.
    #[must_use]
    pub fn select_rows(&self, rows: &[usize]) -> Self {
        let about = &self.rows;
        let pick = |labels: &Vec<Option<String>>| rows.iter().map(|&row| labels[row].clone()).collect();
        let mut cells = Vec::with_capacity(self.n_columns() * rows.len());
        for column in 0..self.n_columns() {
            let column = self.column(column);
            cells.extend(rows.iter().map(|&row| column[row]));
        }
        Self {
            rows: Arc::new(Rows {
                areas: rows.iter().map(|&row| about.areas[row].clone()).collect(),
                periods: about.periods.as_ref().map(|periods| rows.iter().map(|&row| periods[row]).collect()),
                groupings: about.groupings.iter().map(|(name, labels)| (name.clone(), pick(labels))).collect(),
            }),
            columns: Arc::clone(&self.columns),
            cells: Arc::new(cells),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn areas(codes: &[&str]) -> Vec<AreaCode> {
        codes.iter().filter_map(|code| code.parse().ok()).collect()
    }

    fn indicators(codes: &[&str]) -> Vec<IndicatorCode> {
        codes.iter().filter_map(|code| code.parse().ok()).collect()
    }

    #[test]
    fn infinite_cells_are_refused_with_their_place() {
        let found = ScoreMatrix::from_columns(
            areas(&["A", "B"]),
            indicators(&["x", "y"]),
            &[Some(1.0), None, Some(2.0), Some(f64::INFINITY)],
        );
        let error = found.map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("area B (row 2), indicator y (column 2) is inf"), "{error}");
    }

    #[test]
    fn an_area_has_one_row() {
        let found = ScoreMatrix::from_columns(areas(&["A", "A"]), indicators(&["x"]), &[None, None]);
        assert!(matches!(found, Err(MatrixError::AreaTwice { first: 1, second: 2, .. })));
    }

    #[test]
    fn blocks_follow_time() {
        let years: Vec<TimePeriod> = ["2020", "2019", "2020"].iter().filter_map(|text| text.parse().ok()).collect();
        let matrix =
            ScoreMatrix::panel_from_columns(areas(&["A", "A", "B"]), years, indicators(&["x"]), &[None, None, None]);
        assert_eq!(matrix.map(|matrix| matrix.blocks()), Ok(vec![vec![1], vec![0, 2]]));
    }
}
