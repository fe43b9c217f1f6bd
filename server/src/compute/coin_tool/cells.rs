//! From a workbook's bytes to the cells of two sheets, with bounds on what a file may ask of memory:
//! a few kilobytes may unpack to gigabytes, or place one cell in the last row of the last column.

use std::io::{self, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Reader, Xlsx};
use zip::ZipArchive;

use crate::compute::{Fault, Faults, TableName};

/// Most bytes of all parts together, unpacked.
const MOST_BYTES: u64 = 128 * 1024 * 1024;
/// Rows and columns that are looked at; the tool itself has 300 and 99.
const MOST_ROWS: usize = 20_000;
const MOST_COLUMNS: usize = 1_000;
/// Most cells that hold something, of one sheet.
const MOST_CELLS: usize = 2_000_000;

const EXPECTED: &str = "a workbook of the COIN Tool (.xlsx or .xlsm)";

/// The texts of a sheet.
pub(super) struct Sheet {
    pub(super) name: TableName,
    rows: Vec<Vec<String>>,
    n_columns: usize,
}

impl Sheet {
    /// The text of a cell, the row as a spreadsheet counts it, the column from 0; empty outside.
    pub(super) fn text(&self, row: usize, column: usize) -> &str {
        row.checked_sub(1).and_then(|row| self.rows.get(row)?.get(column)).map_or("", String::as_str)
    }

    /// The last row with something in it, as a spreadsheet counts.
    pub(super) fn n_rows(&self) -> usize {
        self.rows.len()
    }

    /// One more than the last column with something in it.
    pub(super) fn n_columns(&self) -> usize {
        self.n_columns
    }
}

/// The letters of a column counted from 0.
pub(super) fn letters(column: usize) -> String {
    let mut rest = column + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    letters.into_iter().rev().collect()
}

fn refuse(table: TableName, found: impl Into<String>, expected: &str) -> Faults {
    Faults::from(Fault { table, row: None, column: None, found: found.into(), expected: expected.to_owned() })
}

/// The sheets `Database` and `Framework`. The reader may panic on damaged files; that is caught here
/// and is a fault like any other.
pub(super) fn open(bytes: &[u8]) -> Result<[Sheet; 2], Faults> {
    let read = catch_unwind(AssertUnwindSafe(|| {
        check_size(bytes)?;
        let mut workbook: Xlsx<_> =
            Xlsx::new(Cursor::new(bytes)).map_err(|error| refuse(TableName::Workbook, error.to_string(), EXPECTED))?;
        let database = sheet(&mut workbook, "Database", TableName::Database)?;
        let framework = sheet(&mut workbook, "Framework", TableName::Framework)?;
        Ok([database, framework])
    }));
    read.unwrap_or_else(|_panic| {
        Err(refuse(TableName::Workbook, "the workbook is damaged; its reader gave up", EXPECTED))
    })
}

/// Unpacks every part once, to nowhere: sizes declared in the file are not to be trusted.
fn check_size(bytes: &[u8]) -> Result<(), Faults> {
    let damaged = |error: String| refuse(TableName::Workbook, error, EXPECTED);
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(error.to_string()))?;
    let mut left = MOST_BYTES;
    for part in 0..archive.len() {
        let part = archive.by_index(part).map_err(|error| damaged(error.to_string()))?;
        let unpacked =
            io::copy(&mut part.take(left + 1), &mut io::sink()).map_err(|error| damaged(error.to_string()))?;
        if unpacked > left {
            let found = format!("more than {MOST_BYTES} bytes when unpacked");
            return Err(refuse(TableName::Workbook, found, "a smaller workbook"));
        }
        left -= unpacked;
    }
    Ok(())
}

fn sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, wanted: &str, name: TableName) -> Result<Sheet, Faults> {
    let found = workbook.sheet_names().into_iter().find(|title| title.trim().eq_ignore_ascii_case(wanted));
    let Some(title) = found else {
        let found = format!("sheets {}", workbook.sheet_names().join(", "));
        return Err(refuse(TableName::Workbook, found, &format!("a sheet {wanted}")));
    };
    let damaged = |error: String| refuse(name, error, "a sheet that can be read");
    let mut cells = workbook.worksheet_cells_reader(&title).map_err(|error| damaged(error.to_string()))?;
    let mut sheet = Sheet { name, rows: Vec::new(), n_columns: 0 };
    let mut count = 0;
    while let Some(cell) = cells.next_cell().map_err(|error| damaged(error.to_string()))? {
        let text = text_of(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        let (row, column) = (usize::try_from(row).unwrap_or(usize::MAX), usize::try_from(column).unwrap_or(usize::MAX));
        count += 1;
        if row >= MOST_ROWS || column >= MOST_COLUMNS || count > MOST_CELLS {
            let found = format!("a cell in row {}, column {}", row.saturating_add(1), letters(column.min(99_999)));
            let expected = format!("at most {MOST_ROWS} rows, {MOST_COLUMNS} columns and {MOST_CELLS} cells");
            return Err(refuse(name, found, &expected));
        }
        if sheet.rows.len() <= row {
            sheet.rows.resize_with(row + 1, Vec::new);
        }
        let line = &mut sheet.rows[row];
        if line.len() <= column {
            line.resize_with(column + 1, String::new);
        }
        line[column] = text;
        sheet.n_columns = sheet.n_columns.max(column + 1);
    }
    Ok(sheet)
}

fn text_of(value: &DataRef<'_>) -> String {
    Data::from(value.clone()).to_string().trim().to_owned()
}
