//! A quarter of tiles, read as a stream: [`add_up`]. One batch of rows of the columns needed is in memory at a time, whatever
//! the size of the file.
//!
//! Columns (Ookla, open data): `quadkey`, `avg_d_kbps`, `avg_u_kbps`, `avg_lat_ms`, `tests`, `devices`; found by name, whole numbers of
//! 32 or 64 bits. Others are not read.

use std::fs::File;
use std::panic::{self, AssertUnwindSafe};

use parquet::column::reader::ColumnReader;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::schema::types::SchemaDescriptor;

use crate::quadkey::{Tile, TileError};
use crate::rows::Rows;
use crate::totals::{AreaTotals, Totals};

/// Rows in memory at a time.
const BATCH: usize = 16 * 1024;

/// The largest group of rows taken, unpacked: a file that claims more is a bomb or none of these.
const LARGEST_GROUP_BYTES: i64 = 2 << 30;

/// A file of tiles was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QuarterError {
    /// Not the file format expected, or damaged.
    #[error("not a file of tiles: {0}")]
    Format(#[from] ParquetError),
    /// Damaged in a way that the reader of the format does not survive.
    #[error("a damaged file of tiles: reading it had to be given up")]
    Damaged,
    /// A column is missing.
    #[error("the column {column:?} is missing; found {}", found.join(", "))]
    MissingColumn {
        /// The column.
        column: &'static str,
        /// The columns there are.
        found: Vec<String>,
    },
    /// A column holds something else than it should.
    #[error("the column {column:?} holds {found}; expected {expected}")]
    ColumnType {
        /// The column.
        column: &'static str,
        /// What belongs there.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// A cell cannot be true.
    #[error("row {row}, column {column:?}: expected {expected}, found {found}")]
    Cell {
        /// The row, from 1.
        row: u64,
        /// The column.
        column: &'static str,
        /// What belongs there.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// A tile is named in a way that names none.
    #[error("row {row}: {source}")]
    Tile {
        /// The row, from 1.
        row: u64,
        /// Why.
        source: TileError,
    },
    /// A group of rows claims more than is taken.
    #[error("a group of rows of {found} bytes; at most {LARGEST_GROUP_BYTES} are taken")]
    TooLarge {
        /// Bytes claimed.
        found: i64,
    },
    /// Numbers that no measurement gives: a sum left its range.
    #[error("the sums of {code} leave their range at row {row}")]
    Overflow {
        /// The area.
        code: String,
        /// The row, from 1.
        row: u64,
    },
}

/// Reads a file of tiles to its end and adds it up by area, each mean weighted by the tests behind it.
///
/// # Errors
/// [`QuarterError`], naming row and column where there is one.
pub fn add_up(file: File, rows: &Rows) -> Result<Totals, QuarterError> {
    // The library panics on some damaged footers (version 60: a column that starts before the file does).
    match panic::catch_unwind(AssertUnwindSafe(|| read(file, rows))) {
        Ok(totals) => totals,
        Err(_) => Err(QuarterError::Damaged),
    }
}

fn read(file: File, rows: &Rows) -> Result<Totals, QuarterError> {
    let reader = SerializedFileReader::new(file)?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let mut areas: Vec<AreaTotals> =
        rows.codes().iter().map(|code| AreaTotals { code: code.clone(), ..AreaTotals::default() }).collect();
    let mut tiles_read = 0;
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group)?;
        let found = group.metadata().total_byte_size();
        if found > LARGEST_GROUP_BYTES {
            return Err(QuarterError::TooLarge { found });
        }
        let mut keys = Keys::open(group.as_ref(), &schema)?;
        let open = |name| Numbers::open(group.as_ref(), &schema, name);
        let mut tests = open("tests")?;
        let mut devices = open("devices")?;
        let mut download = open("avg_d_kbps")?;
        let mut upload = open("avg_u_kbps")?;
        let mut latency = open("avg_lat_ms")?;
        loop {
            let n = keys.next_batch()?;
            if n == 0 {
                break;
            }
            for column in [&mut tests, &mut devices, &mut download, &mut upload, &mut latency] {
                column.next_batch(n)?;
            }
            for at in 0..n {
                tiles_read += 1;
                let row = tiles_read;
                let tile = keys.tile(at, row)?;
                let Some(totals) = rows.area_of(tile).and_then(|area| areas.get_mut(area)) else { continue };
                let n_tests = tests.required(at, row)?;
                let n_devices = devices.required(at, row)?;
                let means = [download.value(at, row)?, upload.value(at, row)?, latency.value(at, row)?];
                count(totals, n_tests, n_devices, means)
                    .ok_or_else(|| QuarterError::Overflow { code: totals.code.clone(), row })?;
            }
        }
    }
    Ok(Totals { tiles_read, areas })
}

/// Adds one tile; `None` when a sum leaves its range.
fn count(totals: &mut AreaTotals, tests: u64, devices: u64, means: [Option<u64>; 3]) -> Option<()> {
    let [download, upload, latency] = means;
    totals.tiles += 1;
    totals.tests = totals.tests.checked_add(tests)?;
    totals.devices = totals.devices.checked_add(devices)?;
    totals.download_kbps.add(tests, download)?;
    totals.upload_kbps.add(tests, upload)?;
    totals.latency_ms.add(tests, latency)
}

fn position(schema: &SchemaDescriptor, column: &'static str) -> Result<usize, QuarterError> {
    let names = || schema.columns().iter().map(|one| one.name());
    names()
        .position(|name| name == column)
        .ok_or_else(|| QuarterError::MissingColumn { column, found: names().map(str::to_owned).collect() })
}

/// The column of quadkeys.
struct Keys {
    reader: ColumnReader,
    levels: Vec<i16>,
    values: Vec<ByteArray>,
}

impl Keys {
    const NAME: &'static str = "quadkey";

    fn open(group: &dyn RowGroupReader, schema: &SchemaDescriptor) -> Result<Self, QuarterError> {
        let at = position(schema, Self::NAME)?;
        let reader = group.get_column_reader(at)?;
        if !matches!(reader, ColumnReader::ByteArrayColumnReader(_)) {
            let found = schema.column(at).physical_type().to_string();
            return Err(QuarterError::ColumnType { column: Self::NAME, expected: "text", found });
        }
        Ok(Self { reader, levels: Vec::new(), values: Vec::new() })
    }

    /// Reads on and says how many rows came; none at the end.
    fn next_batch(&mut self) -> Result<usize, QuarterError> {
        self.values.clear();
        self.levels.clear();
        let ColumnReader::ByteArrayColumnReader(reader) = &mut self.reader else { return Ok(0) };
        let (rows, ..) = reader.read_records(BATCH, Some(&mut self.levels), None, &mut self.values)?;
        Ok(rows)
    }

    fn tile(&self, at: usize, row: u64) -> Result<Tile, QuarterError> {
        // A key that is null shifts those after it, but it ends the reading here or further up.
        let key = self.values.get(at).filter(|_| self.levels.get(at).is_none_or(|level| *level > 0));
        let key = key.ok_or_else(|| QuarterError::Cell {
            row,
            column: Self::NAME,
            expected: "a quadkey",
            found: "nothing".to_owned(),
        })?;
        Tile::from_quadkey(key.data()).map_err(|source| QuarterError::Tile { row, source })
    }
}

/// A column of whole numbers.
struct Numbers {
    name: &'static str,
    reader: ColumnReader,
    levels: Vec<i16>,
    narrow: Vec<i32>,
    wide: Vec<i64>,
    /// One for each row of the batch.
    cells: Vec<Option<i64>>,
}

impl Numbers {
    fn open(group: &dyn RowGroupReader, schema: &SchemaDescriptor, name: &'static str) -> Result<Self, QuarterError> {
        let at = position(schema, name)?;
        let reader = group.get_column_reader(at)?;
        if !matches!(reader, ColumnReader::Int32ColumnReader(_) | ColumnReader::Int64ColumnReader(_)) {
            let found = schema.column(at).physical_type().to_string();
            return Err(QuarterError::ColumnType { column: name, expected: "whole numbers", found });
        }
        Ok(Self { name, reader, levels: Vec::new(), narrow: Vec::new(), wide: Vec::new(), cells: Vec::new() })
    }

    fn next_batch(&mut self, n: usize) -> Result<(), QuarterError> {
        self.levels.clear();
        self.narrow.clear();
        self.wide.clear();
        self.cells.clear();
        let levels = Some(&mut self.levels);
        let rows = match &mut self.reader {
            ColumnReader::Int32ColumnReader(reader) => {
                let (rows, ..) = reader.read_records(n, levels, None, &mut self.narrow)?;
                self.wide.extend(self.narrow.iter().map(|value| i64::from(*value)));
                rows
            }
            ColumnReader::Int64ColumnReader(reader) => reader.read_records(n, levels, None, &mut self.wide)?.0,
            _ => 0,
        };
        if rows != n {
            let reason = format!("the column {} ends after {rows} of {n} rows of a batch", self.name);
            return Err(ParquetError::General(reason).into());
        }
        let mut values = self.wide.iter().copied();
        if self.levels.is_empty() {
            self.cells.extend(values.map(Some));
        } else {
            self.cells.extend(self.levels.iter().map(|level| if *level > 0 { values.next() } else { None }));
        }
        Ok(())
    }

    fn value(&self, at: usize, row: u64) -> Result<Option<u64>, QuarterError> {
        let Some(value) = self.cells.get(at).copied().flatten() else { return Ok(None) };
        match u64::try_from(value) {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(self.refused(row, value.to_string())),
        }
    }

    fn required(&self, at: usize, row: u64) -> Result<u64, QuarterError> {
        self.value(at, row)?.ok_or_else(|| self.refused(row, "nothing".to_owned()))
    }

    fn refused(&self, row: u64, found: String) -> QuarterError {
        QuarterError::Cell { row, column: self.name, expected: "a number not below zero", found }
    }
}

#[cfg(test)]
mod tests;
