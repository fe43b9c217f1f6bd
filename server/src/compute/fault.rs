//! What can be wrong with a table and where, and what is worth telling though it is not wrong.

use std::fmt;

use serde::Serialize;

/// Which table, or which sheet of a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub enum TableName {
    /// Areas × indicators, in the layout of `COINr`.
    #[serde(rename = "iData")]
    Data,
    /// The tree, in the layout of `COINr`.
    #[serde(rename = "iMeta")]
    Meta,
    /// Areas × indicators, as JSON.
    #[serde(rename = "data")]
    Json,
    /// A workbook as a whole.
    #[serde(rename = "workbook")]
    Workbook,
    /// The sheet of the COIN Tool with data, directions, weights and goalposts.
    Database,
    /// The sheet of the COIN Tool with the groups.
    Framework,
}

impl fmt::Display for TableName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Data => "iData",
            Self::Meta => "iMeta",
            Self::Json => "data",
            Self::Workbook => "workbook",
            Self::Database => "sheet Database",
            Self::Framework => "sheet Framework",
        })
    }
}

/// One fault and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The table.
    pub table: TableName,
    /// The line as a spreadsheet counts it: the header is 1. In JSON data the area, counted from 1.
    /// None for a fault of the whole table.
    pub row: Option<usize>,
    /// The column's name; its letter in a workbook.
    pub column: Option<String>,
    /// What was found.
    pub found: String,
    /// What belongs there.
    pub expected: String,
}

impl Fault {
    /// Table, row and column in words.
    #[must_use]
    pub fn place(&self) -> String {
        let row = self.row.map(|row| format!(", row {row}")).unwrap_or_default();
        let column = self.column.as_ref().map(|column| format!(", column {column}")).unwrap_or_default();
        format!("{}{row}{column}", self.table)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}; expected {}", self.place(), self.found, self.expected)
    }
}

/// Every fault of the tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}", faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Faults {
    /// The faults, in order of the tables.
    pub faults: Vec<Fault>,
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self { faults: vec![fault] }
    }
}

/// What was noticed while reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
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
    /// The level written beside a node is not the one its place in the tree gives it. Lists "per
    /// level" go by the tree.
    LevelIgnored {
        /// The table.
        table: TableName,
        /// The row, the header being 1.
        row: usize,
        /// The node.
        node: String,
        /// What is written.
        found: String,
        /// Its level in the tree.
        level: usize,
    },
    /// Goalposts and limits of scaling are both given and differ; the goalposts are used.
    LimitsIgnored {
        /// The table.
        table: TableName,
        /// The row, the header being 1.
        row: usize,
        /// The node.
        node: String,
    },
    /// Data under a code the framework does not name; used only if the recipe denominates by it.
    NotInFramework {
        /// The table.
        table: TableName,
        /// The code.
        column: String,
    },
    /// A level of the COIN Tool that has one group only, and so is none, was left out.
    LevelUnused {
        /// The code of the group.
        group: String,
    },
}
