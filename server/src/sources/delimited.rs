//! Tables in comma-separated text: [`Table`], read by column name, never by position, within
//! limits. What the columns mean belongs to each format.

use std::str;

use csv::{ReaderBuilder, StringRecord, Trim};

use super::catalogue::DataflowDefinition;
use super::error::{SourceError, excerpt};
use super::finding::Place;
use super::request::Payload;
use crate::csv_line::line_of;

/// Most columns of a table and most bytes of a cell.
const MOST_COLUMNS: usize = 256;
const LONGEST_CELL_BYTES: usize = 4096;

/// A row and the number a spreadsheet would show beside it.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) number: u32,
    pub(super) cells: StringRecord,
}

/// Header and rows of a table, in memory.
#[derive(Debug)]
pub(super) struct Table<'a> {
    pub(super) part: &'a str,
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Row>,
    /// Whether the last line ends with a line break.
    pub(super) ends_with_newline: bool,
}

/// The payload as text: UTF-8, a byte order mark removed, and no HTML page.
pub(super) fn text<'a>(payload: &Payload<'a>, expected: &'static str) -> Result<&'a str, SourceError> {
    if let Some(title) = html_title(payload.bytes) {
        return Err(SourceError::HtmlPage { part: payload.part.to_owned(), expected, title });
    }
    utf8(payload, expected)
}

/// The same, when a page of HTML is what is expected.
pub(super) fn utf8<'a>(payload: &Payload<'a>, expected: &'static str) -> Result<&'a str, SourceError> {
    let part = || payload.part.to_owned();
    let bytes = payload.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(payload.bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(SourceError::Empty { part: part(), expected });
    }
    match str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        // A cut in the middle of a character is a cut, not another encoding.
        Err(error) if error.error_len().is_none() => Err(SourceError::Truncated {
            place: Place::part(payload.part),
            reason: format!("it ends inside a character at byte {}", error.valid_up_to()),
        }),
        Err(error) => Err(SourceError::NotUtf8 { part: part(), offset: error.valid_up_to() }),
    }
}

/// The title of an HTML page, or its beginning; `None` when the bytes are no HTML page.
pub(super) fn html_title(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(4096)).unwrap_or_default()).into_owned();
    let start = head.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    let lower = start.to_ascii_lowercase();
    let is_html = ["<!doctype html", "<html", "<head", "<body", "<!--"].iter().any(|mark| lower.starts_with(mark))
        || (lower.starts_with("<?xml") && lower.contains("<html"));
    if !is_html {
        return None;
    }
    let title = lower.find("<title").and_then(|at| {
        let open = at + lower.get(at..)?.find('>')? + 1;
        let close = open + lower.get(open..)?.find('<')?;
        start.get(open..close)
    });
    Some(excerpt(title.unwrap_or(start).split_whitespace().collect::<Vec<_>>().join(" ").as_str()))
}

impl<'a> Table<'a> {
    /// Reads a table whose first line is the header. Blank lines are skipped; rows may have any length.
    pub(super) fn read(payload: &Payload<'a>, definition: &DataflowDefinition) -> Result<Self, SourceError> {
        let text = text(payload, "CSV")?;
        let part = payload.part;
        let mut reader =
            ReaderBuilder::new().has_headers(false).flexible(true).trim(Trim::All).from_reader(text.as_bytes());
        let mut header = Vec::new();
        let mut rows = Vec::new();
        let mut record = StringRecord::new();
        let structure = |error: csv::Error| SourceError::Structure {
            part: part.to_owned(),
            expected: "CSV",
            reason: error.to_string(),
        };
        while reader.read_record(&mut record).map_err(structure)? {
            let line = record.position().map_or(0, |position| line_of(text.as_bytes(), position));
            let number = u32::try_from(line).unwrap_or(u32::MAX);
            if record.len() > MOST_COLUMNS {
                return Err(SourceError::TooLarge { what: "columns", limit: MOST_COLUMNS, found: record.len() });
            }
            if let Some(longest) = record.iter().map(str::len).max().filter(|&bytes| bytes > LONGEST_CELL_BYTES) {
                return Err(SourceError::TooLarge {
                    what: "bytes of a cell",
                    limit: LONGEST_CELL_BYTES,
                    found: longest,
                });
            }
            if header.is_empty() {
                header = record.iter().map(str::to_owned).collect();
                continue;
            }
            if rows.len() == definition.max_rows {
                return Err(SourceError::TooLarge { what: "rows", limit: definition.max_rows, found: rows.len() + 1 });
            }
            if record.iter().all(str::is_empty) {
                continue;
            }
            rows.push(Row { number, cells: record.clone() });
        }
        Ok(Self { part, header, rows, ends_with_newline: text.ends_with('\n') })
    }

    /// Position of the first column that bears one of the names.
    pub(super) fn find(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.header.iter().position(|column| column == name))
    }

    /// The same, or the error that names the columns there are.
    pub(super) fn require(&self, names: &[&str]) -> Result<usize, SourceError> {
        self.find(names).ok_or_else(|| SourceError::MissingColumn {
            place: Place { row: Some(1), ..Place::part(self.part) },
            column: names.first().copied().unwrap_or_default().to_owned(),
            found: self.header.iter().map(|column| excerpt(column)).collect(),
        })
    }

    /// Name of a column by its position.
    pub(super) fn column(&self, position: usize) -> &str {
        self.header.get(position).map_or("?", String::as_str)
    }

    /// Place of a cell.
    pub(super) fn place(&self, row: &Row, position: usize) -> Place {
        Place::cell(self.part, row.number, self.column(position))
    }

    /// Refuses a row whose number of cells is not that of the header. The last row of a text without a final line
    /// break is refused as cut off.
    pub(super) fn check_length(&self, row: &Row) -> Result<(), SourceError> {
        let (expected, found) = (self.header.len(), row.cells.len());
        if expected == found {
            return Ok(());
        }
        let is_last = self.rows.last().is_some_and(|last| last.number == row.number);
        if is_last && found < expected && !self.ends_with_newline {
            return Err(SourceError::Truncated {
                place: Place { row: Some(row.number), ..Place::part(self.part) },
                reason: format!("row {} ends after {found} of {expected} cells", row.number),
            });
        }
        let whole = |cell: Option<&str>| {
            cell.is_some_and(|cell| !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let decimal_comma_suspected =
            found == expected + 1 && whole(row.cells.get(found - 1)) && whole(row.cells.get(found.saturating_sub(2)));
        Err(SourceError::RowLength {
            part: self.part.to_owned(),
            row: row.number,
            expected,
            found,
            decimal_comma_suspected,
        })
    }

    /// Refuses a text that does not end with a line break, for layouts that are known to.
    pub(super) fn require_final_newline(&self) -> Result<(), SourceError> {
        if self.ends_with_newline {
            return Ok(());
        }
        Err(SourceError::Truncated {
            place: Place { row: self.rows.last().map(|row| row.number), ..Place::part(self.part) },
            reason: "the last line has no line break, which this layout always has".to_owned(),
        })
    }
}

/// The error of a cell that holds something else than it should.
pub(super) fn unexpected(place: Place, expected: impl Into<String>, found: &str) -> SourceError {
    SourceError::Cell { place, expected: expected.into(), found: excerpt(found) }
}
