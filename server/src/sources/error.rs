//! Why a payload was refused: [`SourceError`]. What goes wrong on the way is
//! [`super::client::FetchError`].

use super::finding::{Finding, FindingKind, Place};

/// A payload was refused. Each variant says where, what was expected and what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// Base URL and path make no URL.
    #[error("the address {found:?}: {reason}")]
    Address {
        /// The text.
        found: String,
        /// Why it is none.
        reason: url::ParseError,
    },
    /// The payload is empty.
    #[error("{part}: the answer is empty; expected {expected}")]
    Empty {
        /// The part.
        part: String,
        /// What should have come.
        expected: &'static str,
    },
    /// An HTML page where data belong, whatever the status code said.
    #[error("{part}: an HTML page {title:?} instead of {expected}")]
    HtmlPage {
        /// The part.
        part: String,
        /// What should have come.
        expected: &'static str,
        /// The title of the page, or its beginning.
        title: String,
    },
    /// The provider says in the body that it failed.
    #[error("{part}: the provider answered {message:?}")]
    ProviderMessage {
        /// The part.
        part: String,
        /// Its words, cut to a bounded length.
        message: String,
    },
    /// Another file type than expected.
    #[error("{part}: the bytes begin with {found}; expected {expected}")]
    FileType {
        /// The part.
        part: String,
        /// What should have come.
        expected: &'static str,
        /// The first bytes in hexadecimal.
        found: String,
    },
    /// Not UTF-8.
    #[error("{part}, byte {offset}: not UTF-8")]
    NotUtf8 {
        /// The part.
        part: String,
        /// First byte that is not.
        offset: usize,
    },
    /// The payload ends inside a row or a structure.
    #[error("{}: the answer is cut off, {reason}", .place.part)]
    Truncated {
        /// Last place that could be read.
        place: Place,
        /// How it shows.
        reason: String,
    },
    /// A column is missing.
    #[error("{}: the column {column:?} is missing; found {}", sheet_of(.place), .found.join(", "))]
    MissingColumn {
        /// Where the header stands.
        place: Place,
        /// The column, by the first of the names accepted.
        column: String,
        /// The columns there are.
        found: Vec<String>,
    },
    /// A sheet or a label by which a table is found is missing.
    #[error("{}: no {what} {expected:?}; found {}", sheet_of(.place), .found.join(", "))]
    MissingLabel {
        /// Where it was looked for.
        place: Place,
        /// Sheet, title, column heading.
        what: &'static str,
        /// The text looked for.
        expected: String,
        /// What is there.
        found: Vec<String>,
    },
    /// A row has more or fewer cells than the header.
    #[error("{}, row {row}: {found} cells; expected {expected}", .part)]
    RowLength {
        /// The part.
        part: String,
        /// The row.
        row: u32,
        /// Cells of the header.
        expected: usize,
        /// Cells of the row.
        found: usize,
        /// Whether the last two cells could be one number with a decimal comma.
        decimal_comma_suspected: bool,
    },
    /// A cell holds something that does not belong there.
    #[error("{}, row {}, column {}: expected {expected}, found {found:?}", sheet_of(.place), .place.row.unwrap_or(0), .place.column.as_deref().unwrap_or("?"))]
    Cell {
        /// Where.
        place: Place,
        /// What belongs there.
        expected: String,
        /// What was found, cut to a bounded length.
        found: String,
    },
    /// A limit was exceeded.
    #[error("{what}: {found}; at most {limit} are read")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// The limit.
        limit: usize,
        /// What was found, or one more than the limit when counting stopped there.
        found: usize,
    },
    /// Not the structure expected: JSON, workbook or archive.
    #[error("{part}: {reason}; expected {expected}")]
    Structure {
        /// The part.
        part: String,
        /// The structure expected.
        expected: &'static str,
        /// What the reader said.
        reason: String,
    },
}

impl SourceError {
    /// The same, as a finding to be kept and shown.
    #[must_use]
    pub fn to_finding(&self) -> Finding {
        let (kind, place, expected, found) = match self {
            Self::Address { found, reason } => {
                (FindingKind::Unreadable, Place::default(), "a URL".to_owned(), format!("{found}: {reason}"))
            }
            Self::Empty { part, expected } => {
                (FindingKind::NotData, Place::part(part), (*expected).to_owned(), "an empty answer".to_owned())
            }
            Self::HtmlPage { part, expected, title } => {
                (FindingKind::NotData, Place::part(part), (*expected).to_owned(), format!("an HTML page: {title}"))
            }
            Self::ProviderMessage { part, message } => {
                (FindingKind::NotData, Place::part(part), "data".to_owned(), message.clone())
            }
            Self::FileType { part, expected, found } => {
                (FindingKind::NotData, Place::part(part), (*expected).to_owned(), format!("bytes {found}"))
            }
            Self::NotUtf8 { part, offset } => {
                (FindingKind::Unreadable, Place::part(part), "UTF-8".to_owned(), format!("another byte at {offset}"))
            }
            Self::Truncated { place, reason } => {
                (FindingKind::Truncated, place.clone(), "the whole answer".to_owned(), reason.clone())
            }
            Self::MissingColumn { place, column, found } => {
                let place = Place { column: Some(column.clone()), ..place.clone() };
                (FindingKind::MissingColumn, place, format!("the column {column}"), found.join(", "))
            }
            Self::MissingLabel { place, what, expected, found } => {
                (FindingKind::MissingColumn, place.clone(), format!("the {what} {expected}"), found.join(", "))
            }
            Self::RowLength { part, row, expected, found, decimal_comma_suspected } => (
                FindingKind::Malformed,
                Place { row: Some(*row), ..Place::part(part) },
                format!("{expected} cells"),
                format!("{found} cells{}", if *decimal_comma_suspected { ", perhaps a decimal comma" } else { "" }),
            ),
            Self::Cell { place, expected, found } => {
                (FindingKind::Malformed, place.clone(), expected.clone(), found.clone())
            }
            Self::TooLarge { what, limit, found } => {
                (FindingKind::TooLarge, Place::default(), format!("at most {limit} {what}"), found.to_string())
            }
            Self::Structure { part, expected, reason } => {
                (FindingKind::Unreadable, Place::part(part), (*expected).to_owned(), reason.clone())
            }
        };
        Finding { kind, place, expected, found, action: String::new() }
    }
}

/// The part, and the sheet where there are sheets.
fn sheet_of(place: &Place) -> String {
    match &place.sheet {
        Some(sheet) => format!("{}, sheet {sheet}", place.part),
        None => place.part.clone(),
    }
}

/// Text from a payload, cut so that an error never carries a whole file.
pub(super) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 120;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(LONGEST).collect();
    cut.push('…');
    cut
}
