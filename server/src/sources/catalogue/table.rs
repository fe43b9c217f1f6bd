//! Which table of a workbook is meant: [`TableLabel`].

use serde::Deserialize;

/// By what a table is told from the others in its workbook. Its columns are the series of the indicators.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableLabel {
    /// Name of the sheet.
    pub sheet: String,
    /// A text above the table that says which it is.
    pub title: String,
    /// The unit printed above the table, where there is one.
    #[serde(default)]
    pub unit: Option<String>,
}
