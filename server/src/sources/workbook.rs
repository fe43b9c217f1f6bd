//! Workbooks as rows of text: [`sheets`], for `.xlsx` and the older `.xls`, within bounds on what a file may ask of memory. What
//! the rows mean belongs to each format.

use std::fmt::Display;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Reader, Xls, Xlsx};
use quick_xml::Reader as XmlReader;
use quick_xml::events::Event;
use zip::ZipArchive;

use super::catalogue::TableLabel;
use super::error::{SourceError, excerpt};
use super::footnotes::without_marks;
use super::request::Payload;
use super::stat_workbook::limits;

const ZIP: &[u8] = b"PK\x03\x04";
const OLE2: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// Most bytes of all parts of a workbook together, unpacked.
const MOST_UNPACKED: u64 = 64 * 1024 * 1024;
/// Deepest nesting of elements. Those of a spreadsheet stand some ten deep.
const DEEPEST_ELEMENT: usize = 128;
/// Most sheets, and most bytes of a cell.
const MOST_SHEETS: usize = 64;
const LONGEST_CELL: usize = 4096;

/// How much of a workbook is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) rows: usize,
    pub(super) columns: usize,
}

/// A row that is not empty, and the number a spreadsheet shows beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) row: u32,
    pub(super) cells: Vec<String>,
}

/// A sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) lines: Vec<Line>,
}

impl Sheet {
    /// Row and column of the first cell that holds a text, white space and footnote marks apart.
    pub(super) fn find(&self, wanted: &str) -> Option<(u32, usize)> {
        self.lines.iter().find_map(|line| {
            let column = line.cells.iter().position(|cell| without_marks(&collapsed(cell)) == wanted)?;
            Some((line.row, column))
        })
    }
}

/// A text with single spaces.
pub(super) fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl TableLabel {
    /// What this sheet lacks of the table: kind and text; `None` when it is its sheet.
    pub(super) fn missing_on(&self, sheet: &Sheet) -> Option<(&'static str, &str)> {
        if sheet.name.trim() != self.sheet {
            return Some(("sheet", &self.sheet));
        }
        let labels = [("title", Some(&self.title)), ("unit", self.unit.as_ref())];
        let mut labels = labels.into_iter().filter_map(|(what, text)| Some((what, text?.as_str())));
        labels.find(|(_, text)| sheet.find(text).is_none())
    }
}

/// Whether bytes begin as a workbook does, old or new.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    is_xlsx(bytes) || is_xls(bytes)
}

/// Whether it is a newer one.
pub(super) fn is_xlsx(bytes: &[u8]) -> bool {
    bytes.starts_with(ZIP)
}

/// Whether it is an older one.
pub(super) fn is_xls(bytes: &[u8]) -> bool {
    bytes.starts_with(OLE2)
}

/// The first bytes in hexadecimal, for errors.
pub(super) fn first_bytes(bytes: &[u8]) -> String {
    bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

/// Every sheet of a workbook, or its first one. The readers may panic on damaged files; that is an error like any other.
pub(super) fn sheets(
    payload: &Payload<'_>,
    expected: &'static str,
    bounds: Bounds,
    most_sheets: usize,
) -> Result<Vec<Sheet>, SourceError> {
    let file = File { payload, expected, bounds, most_sheets: most_sheets.min(MOST_SHEETS) };
    let read = catch_unwind(AssertUnwindSafe(|| if is_xlsx(payload.bytes) { file.xlsx() } else { file.xls() }));
    read.unwrap_or_else(|_panic| Err(file.damaged(&"the workbook is damaged; its reader gave up")))
}

fn bounded(what: &'static str, limit: usize, found: usize) -> Result<(), SourceError> {
    if found > limit { Err(SourceError::TooLarge { what, limit, found }) } else { Ok(()) }
}

/// Rows as their cells come in, row by row.
struct Rows {
    bounds: Bounds,
    lines: Vec<Line>,
}

impl Rows {
    fn take(&mut self, row: u32, column: u32, text: String) -> Result<(), SourceError> {
        if text.is_empty() {
            return Ok(());
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        bounded("columns", self.bounds.columns, column.saturating_add(1))?;
        bounded("bytes of a cell", LONGEST_CELL, text.len())?;
        let row = row.saturating_add(1);
        if self.lines.last().is_none_or(|last| last.row != row) {
            bounded("rows", self.bounds.rows, self.lines.len())?;
            self.lines.push(Line { row, cells: Vec::new() });
        }
        if let Some(line) = self.lines.last_mut() {
            if line.cells.len() <= column {
                line.cells.resize_with(column + 1, String::new);
            }
            line.cells[column] = text;
        }
        Ok(())
    }
}

/// A workbook that is being read.
#[derive(Clone, Copy)]
struct File<'a> {
    payload: &'a Payload<'a>,
    expected: &'static str,
    bounds: Bounds,
    most_sheets: usize,
}

impl File<'_> {
    fn damaged(self, reason: &dyn Display) -> SourceError {
        let reason = excerpt(&reason.to_string());
        SourceError::Structure { part: self.payload.part.to_owned(), expected: self.expected, reason }
    }

    /// Sheets as they were read; none at all is a fault.
    fn some(self, sheets: Vec<Sheet>) -> Result<Vec<Sheet>, SourceError> {
        if sheets.is_empty() { Err(self.damaged(&"it has no sheet")) } else { Ok(sheets) }
    }

    fn xlsx(self) -> Result<Vec<Sheet>, SourceError> {
        self.check_unpacked()?;
        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(self.payload.bytes)).map_err(|error| self.damaged(&error))?;
        let mut sheets = Vec::new();
        for name in workbook.sheet_names().into_iter().take(self.most_sheets) {
            let mut rows = Rows { bounds: self.bounds, lines: Vec::new() };
            let mut cells = workbook.worksheet_cells_reader(&name).map_err(|error| self.damaged(&error))?;
            while let Some(cell) = cells.next_cell().map_err(|error| self.damaged(&error))? {
                let (row, column) = cell.get_position();
                rows.take(row, column, text_of(cell.get_value()))?;
            }
            sheets.push(Sheet { name, lines: rows.lines });
        }
        self.some(sheets)
    }

    fn xls(self) -> Result<Vec<Sheet>, SourceError> {
        limits::check(self.payload)?;
        let mut workbook: Xls<_> = Xls::new(Cursor::new(self.payload.bytes)).map_err(|error| self.damaged(&error))?;
        let mut sheets = Vec::new();
        for name in workbook.sheet_names().into_iter().take(self.most_sheets) {
            let mut rows = Rows { bounds: self.bounds, lines: Vec::new() };
            let range = workbook.worksheet_range(&name).map_err(|error| self.damaged(&error))?;
            let (first_row, first_column) = range.start().unwrap_or_default();
            let at = |first: u32, offset: usize| first.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
            for (row, column, value) in range.used_cells() {
                rows.take(at(first_row, row), at(first_column, column), shown(value))?;
            }
            sheets.push(Sheet { name, lines: rows.lines });
        }
        self.some(sheets)
    }

    /// Unpacks every part once, to nowhere: sizes declared in the file are not to be trusted. Parts that are XML are looked
    /// through on the way.
    fn check_unpacked(self) -> Result<(), SourceError> {
        let mut archive = ZipArchive::new(Cursor::new(self.payload.bytes)).map_err(|error| self.damaged(&error))?;
        let mut left = MOST_UNPACKED;
        for part in 0..archive.len() {
            let part = archive.by_index(part).map_err(|error| self.damaged(&error))?;
            let mut part = BufReader::new(part.take(left + 1));
            let looked = self.look_through(&mut part);
            io::copy(&mut part, &mut io::sink()).map_err(|error| self.damaged(&error))?;
            left = part.into_inner().limit();
            if left == 0 {
                let limit = usize::try_from(MOST_UNPACKED).unwrap_or(usize::MAX);
                return Err(SourceError::TooLarge { what: "bytes of the workbook, unpacked", limit, found: limit + 1 });
            }
            left -= 1;
            looked?;
        }
        Ok(())
    }

    /// A workbook declares no entities, so one that does means harm: entities that unfold to gigabytes, or that name a file of
    /// this machine. What is no XML, or not to its end, is for the reader to judge.
    fn look_through(self, part: &mut impl BufRead) -> Result<(), SourceError> {
        let mut reader = XmlReader::from_reader(part);
        let config = reader.config_mut();
        (config.check_end_names, config.allow_unmatched_ends) = (false, true);
        let (mut buffer, mut depth) = (Vec::new(), 0_usize);
        loop {
            match reader.read_event_into(&mut buffer) {
                Ok(Event::DocType(_)) => {
                    return Err(self.damaged(&"a part of the workbook declares entities of its own"));
                }
                Ok(Event::Start(_)) => depth += 1,
                Ok(Event::End(_)) => depth = depth.saturating_sub(1),
                Ok(Event::Eof) | Err(_) => return Ok(()),
                Ok(_) => {}
            }
            bounded("elements of a workbook inside each other", DEEPEST_ELEMENT, depth)?;
            buffer.clear();
        }
    }
}

/// A workbook holds years as numbers.
fn text_of(value: &DataRef<'_>) -> String {
    shown(&Data::from(value.clone()))
}

/// A cell as text. A day is no number, whatever it is kept as.
fn shown(value: &Data) -> String {
    match value {
        Data::DateTime(day) => format!("{day}, a day"),
        other => other.to_string().trim().to_owned(),
    }
}
