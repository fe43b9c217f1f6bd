//! Cells in columns: a [`Table`] of one series (areas × periods) and the blocks it is cut into.
//!
//! A block holds at most [`MAX_CELLS`] cells, which zstd packs into roughly 16 to 64 kB, because
//! sled keeps every key and its page in memory and millions of small keys would fill it. A block is
//! addressed by the SHA-256 of its uncompressed body, so the address does not depend on the
//! compressor, and a block that did not change is stored once however many vintages name it.
//!
//! ```text
//! series │ areas │ periods │ dataflow, vintages │ status u8 × n │ vintage u16 × n │ f64 × (cells with a value)
//! ```
//! Status 0 means that there is no observation, which is not the same as an observation without a
//! value; bit 7 says that a value follows.

use std::collections::BTreeMap;

use indicators::code::{AreaCode, DataflowId};
use indicators::observation::{ObsStatus, SeriesKey, TimePeriod};
use zstd::bulk;

use super::StoreError;
use super::codec::{Fault, Reader, Writer};
use super::envelope::{self, Kind};
use super::vintage::VintageId;
use crate::content_hash::ContentHash;

/// Eleven bytes a cell before compression.
pub(super) const MAX_CELLS: usize = 4096;

/// No block body is larger; a length beyond it is damage, not a reason to allocate.
const MAX_BODY: usize = 4 << 20;

const HAS_VALUE: u8 = 0x80;

const STATUSES: [ObsStatus; 9] = [
    ObsStatus::Normal,
    ObsStatus::Break,
    ObsStatus::Estimated,
    ObsStatus::Provisional,
    ObsStatus::LowReliability,
    ObsStatus::CannotExist,
    ObsStatus::Missing,
    ObsStatus::Confidential,
    ObsStatus::Negligible,
];

/// One observation without its coordinates.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub(super) value: Option<f64>,
    pub(super) status: ObsStatus,
    /// Position in the vintages of its table.
    pub(super) vintage: u16,
}

impl Cell {
    /// Whether both say the same, whenever they said it.
    pub(super) fn says(&self, value: Option<f64>, status: ObsStatus) -> bool {
        self.status == status && self.value.map(f64::to_bits) == value.map(f64::to_bits)
    }
}

/// All observations of one series, area by area. Areas and periods are sorted.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) areas: Vec<AreaCode>,
    pub(super) periods: Vec<TimePeriod>,
    pub(super) vintages: Vec<VintageId>,
    pub(super) cells: Vec<Option<Cell>>,
}

impl Table {
    pub(super) fn observations(&self) -> impl Iterator<Item = (&AreaCode, TimePeriod, Cell)> {
        self.cells.iter().enumerate().filter_map(|(position, cell)| {
            let (area, period) = (position / self.periods.len(), position % self.periods.len());
            Some((self.areas.get(area)?, *self.periods.get(period)?, (*cell)?))
        })
    }

    /// Puts blocks of one series together again.
    fn join(blocks: &[Self]) -> Self {
        fn sorted<T: Ord + Clone>(parts: impl Iterator<Item = T>) -> BTreeMap<T, usize> {
            let mut positions: BTreeMap<T, usize> = parts.map(|part| (part, 0)).collect();
            positions.values_mut().enumerate().for_each(|(position, slot)| *slot = position);
            positions
        }
        let areas = sorted(blocks.iter().flat_map(|block| block.areas.iter().cloned()));
        let periods = sorted(blocks.iter().flat_map(|block| block.periods.iter().copied()));
        let vintages = sorted(blocks.iter().flat_map(|block| block.vintages.iter().cloned()));
        let mut cells = vec![None; areas.len() * periods.len()];
        for block in blocks {
            let ids: Vec<u16> =
                block.vintages.iter().map(|id| u16::try_from(vintages[id]).unwrap_or(u16::MAX)).collect();
            for (area, period, cell) in block.observations() {
                let vintage = ids.get(usize::from(cell.vintage)).copied().unwrap_or_default();
                cells[areas[area] * periods.len() + periods[&period]] = Some(Cell { vintage, ..cell });
            }
        }
        Self {
            areas: areas.into_keys().collect(),
            periods: periods.into_keys().collect(),
            vintages: vintages.into_keys().collect(),
            cells,
        }
    }

    /// Cuts the table into blocks, ready to be stored.
    pub(super) fn cut(
        &self,
        dataflow: &DataflowId,
        series: &SeriesKey,
    ) -> Result<Vec<(ContentHash, Vec<u8>)>, StoreError> {
        let width = self.periods.len();
        let mut blocks = Vec::new();
        for first_period in (0..width).step_by(MAX_CELLS) {
            let last_period = width.min(first_period + MAX_CELLS);
            let rows = (MAX_CELLS / (last_period - first_period)).max(1);
            for first_area in (0..self.areas.len()).step_by(rows) {
                let last_area = self.areas.len().min(first_area + rows);
                let cells: Vec<Option<Cell>> = (first_area..last_area)
                    .flat_map(|area| {
                        self.cells[area * width + first_period..area * width + last_period].iter().copied()
                    })
                    .collect();
                if cells.iter().all(Option::is_none) {
                    continue;
                }
                let part = Self {
                    areas: self.areas[first_area..last_area].to_vec(),
                    periods: self.periods[first_period..last_period].to_vec(),
                    vintages: self.vintages.clone(),
                    cells,
                };
                blocks.push(part.encode(dataflow, series)?);
            }
        }
        Ok(blocks)
    }

    fn encode(&self, dataflow: &DataflowId, series: &SeriesKey) -> Result<(ContentHash, Vec<u8>), StoreError> {
        let mut used: BTreeMap<u16, u16> = self.cells.iter().flatten().map(|cell| (cell.vintage, 0)).collect();
        for (slot, position) in used.values_mut().zip(0u16..) {
            *slot = position;
        }
        let mut body = Writer::default();
        body.series(series);
        body.length(self.areas.len());
        for area in &self.areas {
            body.text(area.as_str());
        }
        body.length(self.periods.len());
        for &period in &self.periods {
            body.period(period);
        }
        body.text(dataflow.as_str());
        body.length(used.len());
        for &vintage in used.keys() {
            body.vintage(&self.vintages[usize::from(vintage)]);
        }
        for cell in &self.cells {
            body.byte(
                cell.map_or(0, |cell| status_byte(cell.status) | if cell.value.is_some() { HAS_VALUE } else { 0 }),
            );
        }
        for cell in &self.cells {
            body.short(cell.map_or(0, |cell| used[&cell.vintage]));
        }
        for value in self.cells.iter().flatten().filter_map(|cell| cell.value) {
            body.number(value);
        }
        let body = body.finish();
        let address = ContentHash::of(&body);
        Ok((address, envelope::seal(Kind::Block, &compress(&body)?)))
    }

    /// Reads a series from its blocks, checking each against its address.
    pub(super) fn read(series: &SeriesKey, blocks: &[(ContentHash, Vec<u8>)]) -> Result<Self, StoreError> {
        let tables = blocks
            .iter()
            .map(|(address, sealed)| Self::decode(series, *address, sealed))
            .collect::<Result<Vec<_>, _>>()?;
        match <[Self; 1]>::try_from(tables) {
            Ok([only]) => Ok(only),
            Err(several) => Ok(Self::join(&several)),
        }
    }

    fn decode(series: &SeriesKey, address: ContentHash, sealed: &[u8]) -> Result<Self, StoreError> {
        let damaged = |reason: String| StoreError::Damaged { what: format!("block {address} of {series}"), reason };
        let body = decompress(envelope::open(Kind::Block, sealed)?, MAX_BODY)?;
        let found = ContentHash::of(&body);
        if found != address {
            return Err(damaged(format!("its content has the address {found}")));
        }
        Self::decode_body(series, &body).map_err(|fault| damaged(fault.to_string()))
    }

    fn decode_body(series: &SeriesKey, body: &[u8]) -> Result<Self, Fault> {
        let mut reader = Reader::new(body);
        reader.series(series)?;
        let areas = (0..reader.length()?).map(|_| reader.area()).collect::<Result<Vec<_>, _>>()?;
        let periods = (0..reader.length()?).map(|_| reader.period()).collect::<Result<Vec<_>, _>>()?;
        let dataflow = reader.dataflow()?;
        let vintages = (0..reader.length()?).map(|_| reader.vintage(&dataflow)).collect::<Result<Vec<_>, _>>()?;
        let n_cells = areas.len() * periods.len();
        let statuses = (0..n_cells).map(|_| reader.byte()).collect::<Result<Vec<_>, _>>()?;
        let origins = (0..n_cells).map(|_| reader.short()).collect::<Result<Vec<_>, _>>()?;
        let mut cells = Vec::with_capacity(n_cells);
        for (&status, &vintage) in statuses.iter().zip(&origins) {
            if status == 0 {
                cells.push(None);
                continue;
            }
            let value = if status & HAS_VALUE == 0 { None } else { Some(reader.number()?) };
            let status = STATUSES
                .into_iter()
                .find(|candidate| status_byte(*candidate) == status & !HAS_VALUE)
                .ok_or(Fault::Status { found: status })?;
            cells.push(Some(Cell { value, status, vintage }));
        }
        reader.end()?;
        Ok(Self { areas, periods, vintages, cells })
    }
}

fn status_byte(status: ObsStatus) -> u8 {
    // Blocks are found by the hash of their bytes, so what was once written stays: `C` was the letter before `Q`.
    if status == ObsStatus::Confidential {
        return b'C';
    }
    status.code().as_bytes().first().copied().unwrap_or_default()
}

/// Level 3 packs a block in well under a millisecond; higher levels save a tenth and cost ten times that.
pub(super) fn compress(body: &[u8]) -> Result<Vec<u8>, StoreError> {
    bulk::compress(body, 3)
        .map_err(|error| StoreError::Damaged { what: "a value to be compressed".to_owned(), reason: error.to_string() })
}

pub(super) fn decompress(packed: &[u8], limit: usize) -> Result<Vec<u8>, StoreError> {
    bulk::decompress(packed, limit)
        .map_err(|error| StoreError::Damaged { what: "a compressed value".to_owned(), reason: error.to_string() })
}

#[cfg(test)]
mod tests;
