//! The formats data are given in. A resource gives one [`Table`]; each file of this folder writes it
//! in one format, so that a new format is one file and one line here.
//!
//! What a table holds is the resource's matter, how it travels that of [`crate::routes::answer`].

use std::io;

use rust_xlsxwriter::XlsxError;
use zip::result::ZipError;

pub mod csv;
mod csvw;
mod data_package;
mod json_stat;
pub(crate) mod names;
pub mod sdmx_csv;
pub mod table;
pub(crate) mod xlsx;

pub use table::{Column, Field, Head, Row, Rows, Table, Values};

/// A format: how it is asked for, and how a table is written in it.
#[derive(Debug)]
pub struct Format {
    /// Name for people.
    pub name: &'static str,
    /// Media type, without parameters.
    pub media_type: &'static str,
    /// Other media types that ask for it.
    pub also: &'static [&'static str],
    /// The version a client may insist on in `Accept`.
    pub version: Option<&'static str>,
    /// The `Content-Type` header.
    pub content_type: &'static str,
    /// The suffix that asks for it whatever `Accept` says.
    pub suffix: Option<&'static str>,
    /// What a reader of the documentation should know.
    pub about: &'static str,
    /// How it is written.
    pub writing: Writing,
}

/// How a table becomes bytes.
#[derive(Debug, Clone, Copy)]
pub enum Writing {
    /// The resource writes its own shape.
    Own,
    /// The resource writes it in the shape of a standard.
    Standard,
    /// Row by row, so that nobody has to hold a long answer.
    ByRow(WriteRows),
    /// Whole, because the beginning depends on the end.
    Whole(fn(Table) -> Result<Vec<u8>, FormatError>),
}

/// Appends some rows of a table to what was written before.
pub type WriteRows = fn(&Head, Part<'_>, &mut Vec<u8>) -> Result<(), FormatError>;

/// Rows to be appended.
pub struct Part<'a> {
    /// Whether nothing was written before them.
    pub is_first: bool,
    /// The rows.
    pub rows: &'a mut dyn Iterator<Item = Row>,
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Format {}

impl Format {
    /// The media type with its version, as documented and as listed when nothing is acceptable.
    #[must_use]
    pub fn full_media_type(&self) -> String {
        match self.version {
            Some(version) => format!("{};version={version}", self.media_type),
            None => self.media_type.to_owned(),
        }
    }

    /// Whether it is text, which a coding makes shorter and a browser may show.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.media_type.starts_with("text/")
            || ["json", "xml", "csv", "turtle"].iter().any(|ending| self.media_type.ends_with(ending))
    }

    /// Whether the resource writes its own shape.
    #[must_use]
    pub const fn is_own(&self) -> bool {
        matches!(self.writing, Writing::Own)
    }

    /// Whether a value is found in it by the codes of its key and by nothing else.
    #[must_use]
    pub fn is_addressed_by_key(&self) -> bool {
        [&json_stat::JSON_STAT, &sdmx_csv::VERSION_1, &sdmx_csv::VERSION_2].contains(&self)
    }

    /// Whether a table is held as a whole to be written in it.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        matches!(self.writing, Writing::Whole(_))
    }
}

/// The shape of the resource itself.
pub static JSON: Format = Format {
    name: "JSON",
    media_type: "application/json",
    also: &[],
    version: None,
    content_type: "application/json",
    suffix: None,
    about: "The shape of the resource itself.",
    writing: Writing::Own,
};

/// What is one shape and no table.
pub static DOCUMENT: &[&Format] = &[&JSON];
/// What is a list for people and programs.
pub static LIST: &[&Format] = &[&JSON, &csv::CSV, &csvw::METADATA, &xlsx::XLSX, &data_package::DATA_PACKAGE];
/// What has dimensions besides.
pub static CUBE: &[&Format] =
    &[&JSON, &csv::CSV, &csvw::METADATA, &xlsx::XLSX, &json_stat::JSON_STAT, &data_package::DATA_PACKAGE];
/// What is published as an SDMX dataflow too.
pub static DATAFLOW: &[&Format] = &[
    &JSON,
    &csv::CSV,
    &csvw::METADATA,
    &xlsx::XLSX,
    &json_stat::JSON_STAT,
    &data_package::DATA_PACKAGE,
    &sdmx_csv::VERSION_2,
    &sdmx_csv::VERSION_1,
];

/// A table could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// More than the format can hold.
    #[error("{format} holds at most {most} {what}; this answer has {found}")]
    TooLarge {
        /// The format.
        format: &'static str,
        /// What there is too much of.
        what: &'static str,
        /// How many were found.
        found: usize,
        /// How many fit.
        most: usize,
    },
    /// A CSV row could not be written.
    #[error("CSV: {0}")]
    Csv(#[from] ::csv::Error),
    /// A JSON document could not be written.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A workbook could not be written.
    #[error("workbook: {0}")]
    Workbook(#[from] XlsxError),
    /// An archive could not be written.
    #[error("archive: {0}")]
    Archive(#[from] ZipError),
    /// Memory or a coding refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}

#[cfg(test)]
mod tests;
