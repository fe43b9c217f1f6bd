//! From bytes to rows of text: comma- or semicolon-separated, or the first sheet of a workbook, within bounds on what
//! a file may ask of memory.

use std::io::{self, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Reader, Xlsx};
use csv::{ReaderBuilder, StringRecord, Trim};
use zip::ZipArchive;

use crate::csv_line::line_of;
use crate::sources::delimited::text;
use crate::sources::error::{SourceError, excerpt};
use crate::sources::request::Payload;

/// Most bytes of all parts of a workbook together, unpacked.
const MOST_UNPACKED: u64 = 64 * 1024 * 1024;
/// Most columns, and most bytes of a cell.
const MOST_COLUMNS: usize = 64;
const LONGEST_CELL: usize = 4096;

const WORKBOOK: &str = "a workbook (.xlsx) whose first sheet is the table";

/// A row and the number a spreadsheet shows beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) row: u32,
    pub(super) cells: Vec<String>,
}

/// A table as texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sheet {
    pub(super) header_row: u32,
    pub(super) header: Vec<String>,
    pub(super) lines: Vec<Line>,
}

pub(super) fn read(payload: &Payload<'_>, most_rows: usize) -> Result<Sheet, SourceError> {
    let lines = if payload.bytes.starts_with(b"PK\x03\x04") {
        let read = catch_unwind(AssertUnwindSafe(|| workbook(payload, most_rows)));
        read.unwrap_or_else(|_panic| Err(structure(payload, "the workbook is damaged; its reader gave up")))?
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

fn workbook(payload: &Payload<'_>, most_rows: usize) -> Result<Vec<Line>, SourceError> {
    check_unpacked(payload)?;
    let failed = |error: String| structure(payload, &error);
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(payload.bytes)).map_err(|error| failed(error.to_string()))?;
    let Some(first) = workbook.sheet_names().into_iter().next() else {
        return Err(failed("it has no sheet".to_owned()));
    };
    let mut cells = workbook.worksheet_cells_reader(&first).map_err(|error| failed(error.to_string()))?;
    let mut lines: Vec<Line> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(|error| failed(error.to_string()))? {
        let text = text_of(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        bounded("columns", MOST_COLUMNS, column.saturating_add(1))?;
        bounded("bytes of a cell", LONGEST_CELL, text.len())?;
        let row = row.saturating_add(1);
        if lines.last().is_none_or(|last| last.row != row) {
            bounded("rows", most_rows, lines.len())?;
            lines.push(Line { row, cells: Vec::new() });
        }
        if let Some(line) = lines.last_mut() {
            if line.cells.len() <= column {
                line.cells.resize_with(column + 1, String::new);
            }
            line.cells[column] = text;
        }
    }
    Ok(lines)
}

/// A workbook holds years as numbers.
fn text_of(value: &DataRef<'_>) -> String {
    Data::from(value.clone()).to_string().trim().to_owned()
}

/// Unpacks every part once, to nowhere: sizes declared in the file are not to be trusted.
fn check_unpacked(payload: &Payload<'_>) -> Result<(), SourceError> {
    let mut archive =
        ZipArchive::new(Cursor::new(payload.bytes)).map_err(|error| structure(payload, &error.to_string()))?;
    let mut left = MOST_UNPACKED;
    for part in 0..archive.len() {
        let part = archive.by_index(part).map_err(|error| structure(payload, &error.to_string()))?;
        let unpacked = io::copy(&mut part.take(left + 1), &mut io::sink())
            .map_err(|error| structure(payload, &error.to_string()))?;
        if unpacked > left {
            let limit = usize::try_from(MOST_UNPACKED).unwrap_or(usize::MAX);
            return Err(SourceError::TooLarge { what: "bytes of the workbook, unpacked", limit, found: limit + 1 });
        }
        left -= unpacked;
    }
    Ok(())
}
