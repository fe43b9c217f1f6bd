//! From bytes to rows of text: comma- or semicolon-separated, or the first sheet of a workbook, within bounds on what
//! a file may ask of memory.

use csv::{ReaderBuilder, StringRecord, Trim};

use crate::csv_line::line_of;
use crate::sources::delimited::text;
use crate::sources::error::{SourceError, excerpt};
use crate::sources::request::Payload;
use crate::sources::workbook::{self, Bounds, Line};

/// Most columns, and most bytes of a cell.
const MOST_COLUMNS: usize = 64;
const LONGEST_CELL: usize = 4096;

const WORKBOOK: &str = "a workbook (.xlsx) whose first sheet is the table";

/// A table as texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sheet {
    pub(super) header_row: u32,
    pub(super) header: Vec<String>,
    pub(super) lines: Vec<Line>,
}

pub(super) fn read(payload: &Payload<'_>, most_rows: usize) -> Result<Sheet, SourceError> {
    let lines: Vec<Line> = if workbook::is_xlsx(payload.bytes) {
        let bounds = Bounds { rows: most_rows, columns: MOST_COLUMNS };
        workbook::sheets(payload, WORKBOOK, bounds, 1)?.into_iter().flat_map(|sheet| sheet.lines).collect()
    } else {
        separated(payload, most_rows)?
    };
    let mut lines = lines.into_iter().filter(|line| line.cells.iter().any(|cell| !cell.is_empty()));
    let Some(Line { row, cells }) = lines.next() else {
        return Err(SourceError::Empty { part: payload.part.to_owned(), expected: "a table with a header" });
    };
    Ok(Sheet { header_row: row, header: cells, lines: lines.collect() })
}

fn structure(payload: &Payload<'_>, reason: &str) -> SourceError {
    SourceError::Structure { part: payload.part.to_owned(), expected: WORKBOOK, reason: excerpt(reason) }
}

fn bounded(what: &'static str, limit: usize, found: usize) -> Result<(), SourceError> {
    if found > limit { Err(SourceError::TooLarge { what, limit, found }) } else { Ok(()) }
}

/// Spreadsheets in Kazakh and Russian separate by semicolons, because the comma is the decimal sign.
fn separated(payload: &Payload<'_>, most_rows: usize) -> Result<Vec<Line>, SourceError> {
    let text = text(payload, "CSV")?;
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |sign: char| header.matches(sign).count();
    let separator = [(',', b','), (';', b';'), ('\t', b'\t')].into_iter().max_by_key(|(sign, _)| count(*sign));
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .delimiter(separator.filter(|(sign, _)| count(*sign) > 0).map_or(b',', |(_, byte)| byte))
        .from_reader(text.as_bytes());
    let mut lines = Vec::new();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| structure(payload, &error.to_string()))? {
        bounded("columns", MOST_COLUMNS, record.len())?;
        bounded("bytes of a cell", LONGEST_CELL, record.iter().map(str::len).max().unwrap_or_default())?;
        // The header is not counted.
        bounded("rows", most_rows, lines.len())?;
        lines.push(Line {
            row: record.position().map_or(0, |position| row(line_of(text.as_bytes(), position))),
            cells: record.iter().map(plain).collect(),
        });
    }
    Ok(lines)
}

fn row(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

/// Without the apostrophe that our own CSV puts before text that a spreadsheet would take for a formula.
fn plain(cell: &str) -> String {
    let quoted = cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@']));
    quoted.unwrap_or(cell).to_owned()
}
