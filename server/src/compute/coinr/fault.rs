//! What can be wrong with a table and where, and what is worth telling though it is not wrong.

use std::fmt;

use serde::Serialize;

/// Which of the two tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum TableName {
    /// Areas × indicators.
    #[serde(rename = "iData")]
    Data,
    /// The tree.
    #[serde(rename = "iMeta")]
    Meta,
}

impl fmt::Display for TableName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Data => "iData",
            Self::Meta => "iMeta",
        })
    }
}

/// One fault and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The table.
    pub table: TableName,
    /// The line as a spreadsheet counts it: the header is 1. None for a fault of the whole table.
    pub row: Option<usize>,
    /// The column's name.
    pub column: Option<String>,
    /// What was found.
    pub found: String,
    /// What belongs there.
    pub expected: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.table)?;
        if let Some(row) = self.row {
            write!(formatter, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(formatter, ", column {column}")?;
        }
        write!(formatter, ": {}; expected {}", self.found, self.expected)
    }
}

/// Every fault of the tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}", faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Faults {
    /// The faults, in order of the tables.
    pub faults: Vec<Fault>,
}

/// What was noticed while reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReadFinding {
    /// Numbers written with a decimal comma were read as such.
    DecimalComma {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
        /// How many.
        cells: usize,
        /// The first of them, as written.
        example: String,
    },
}
