//! The embedded store: vintages of observations, releases and the published pointer. The files
//! it can be rebuilt from are [`crate::snapshots`] and [`crate::run_log`]; what a release says is
//! [`crate::release`]'s matter: here it is bytes.
//!
//! Everything is write-once except the pointer, which is swapped last. A vintage is visible when
//! its manifest is, and the manifest is written after the blocks it names are on the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use indicators::code::{AreaCode, DataflowId};
use indicators::observation::{Observation, SeriesKey, TimePeriod};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::content_hash::ContentHash;
use crate::disk::{Disk, LocalDisk};
use crate::durable::DiskError;

mod blocks;
mod codec;
mod compact;
mod envelope;
mod index;
mod keys;
mod memory;
mod merge;
mod opening;
mod releases;
mod revisions;
mod sled;
mod verify;
mod vintage;

use blocks::Table;
pub use compact::Copied;
use envelope::Kind;
pub(crate) use index::{Index, MAX_BATCH, Pair};
use memory::MemoryIndex;
use merge::Incoming;
pub use opening::Condition;
pub(crate) use opening::{open_guarded, open_index, salvage_index};
pub use revisions::Revision;
pub use verify::Verification;
use vintage::SeriesBlocks;
pub use vintage::{UpdateMode, Vintage, VintageId, VintageIdError};

/// The store refused or failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process has it open.
    #[error("the store in {} is open in another process; stop that one first", folder.display())]
    InUse {
        /// The index folder.
        folder: PathBuf,
    },
    /// Something stored does not read back as it was written.
    #[error("{what} is damaged: {reason}")]
    Damaged {
        /// What does not read back.
        what: String,
        /// What was found instead.
        reason: String,
    },
    /// Written by another version of this program.
    #[error("a stored value has schema version {found}; this program reads {expected}. Run `sandyq rebuild`")]
    SchemaVersion {
        /// The version this program reads.
        expected: u8,
        /// The version found.
        found: u8,
    },
    /// A vintage may not be put before one that is there already.
    #[error("a vintage of {as_of} cannot be put before {newest}")]
    OlderThanNewest {
        /// The day of the refused vintage.
        as_of: Date,
        /// The newest vintage of the dataflow.
        newest: VintageId,
    },
    /// A write-once key holds something else.
    #[error("{what} is written already, with other content")]
    WrittenOnce {
        /// The key.
        what: String,
    },
    /// One payload gives a cell two values.
    #[error("{series} has two values for {area} in {period}: {first:?} and {second:?}")]
    Contradiction {
        /// The series.
        series: Box<SeriesKey>,
        /// The area.
        area: AreaCode,
        /// The period.
        period: TimePeriod,
        /// The value met first.
        first: Option<f64>,
        /// The value met second.
        second: Option<f64>,
    },
    /// NaN and infinity are no values.
    #[error("{series} has the value {found} for {area} in {period}; expected a finite number")]
    NotFinite {
        /// The series.
        series: Box<SeriesKey>,
        /// The area.
        area: AreaCode,
        /// The period.
        period: TimePeriod,
        /// The value found.
        found: f64,
    },
    /// One table may draw on 65,535 vintages.
    #[error("{series} draws on {vintages} vintages, one more than a table can name")]
    TooManyVintages {
        /// The series.
        series: Box<SeriesKey>,
        /// How many there are.
        vintages: usize,
    },
    /// The disk said no.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl From<DiskError> for StoreError {
    fn from(DiskError { path, source }: DiskError) -> Self {
        Self::Io { path, source }
    }
}

impl StoreError {
    /// Whether setting the index aside and rebuilding it would help.
    #[must_use]
    pub const fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::SchemaVersion { .. })
    }
}

/// An observation and the vintage that brought it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredObservation {
    /// The observation.
    pub observation: Observation,
    /// The first vintage in which it has said this since.
    pub vintage: VintageId,
}

/// A vintage about to be put.
#[derive(Debug, Clone)]
pub struct NewVintage {
    /// The dataflow.
    pub dataflow: DataflowId,
    /// The day from which this is what was known. Not before the newest vintage of the dataflow.
    pub as_of: Date,
    /// When the run that brings it began.
    pub recorded_at: Timestamp,
    /// The run that brings it.
    pub run: String,
    /// The payloads it was read from.
    pub snapshots: Vec<ContentHash>,
    /// What it says about observations it does not contain.
    pub update: UpdateMode,
}

/// What putting a vintage did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PutOutcome {
    /// A new vintage stands in the store.
    Written(Box<Vintage>),
    /// It would say what this one says; nothing was written.
    Unchanged(VintageId),
}

/// The embedded store, open.
#[derive(Debug)]
pub struct Store {
    index: Box<dyn Index>,
    is_in_memory: bool,
    writing: Mutex<()>,
}

impl Store {
    /// Opens the index in a folder, creating it when it is not there.
    ///
    /// # Errors
    /// [`StoreError::InUse`], [`StoreError::Damaged`] or [`StoreError::Io`].
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        Self::open_on(&LocalDisk, folder)
    }

    /// As [`Self::open`], on any disk.
    pub(crate) fn open_on(disk: &dyn Disk, folder: &Path) -> Result<Self, StoreError> {
        Ok(Self::over(disk.open_index(folder)?))
    }

    /// A store that is not open, to stand in the place of one that is being opened again.
    pub(crate) fn closed(folder: &Path) -> Self {
        Self::over(Box::new(index::Closed(folder.to_path_buf())))
    }

    /// An empty store that ends with the process.
    pub(crate) fn in_memory() -> Self {
        Self { is_in_memory: true, ..Self::over(Box::new(MemoryIndex::default())) }
    }

    fn over(index: Box<dyn Index>) -> Self {
        Self { index, is_in_memory: false, writing: Mutex::new(()) }
    }

    /// Whether nothing of it reaches the disk.
    pub(crate) const fn is_in_memory(&self) -> bool {
        self.is_in_memory
    }

    /// Writes a vintage: its changed blocks first, then, once they are on the disk, its manifest.
    ///
    /// # Errors
    /// [`StoreError::OlderThanNewest`], [`StoreError::Contradiction`], [`StoreError::NotFinite`], or a fault of the
    /// disk. Nothing of a refused vintage is visible.
    pub fn put_vintage(
        &self,
        new: NewVintage,
        observations: impl IntoIterator<Item = Observation>,
    ) -> Result<PutOutcome, StoreError> {
        let _one_at_a_time = self.writing();
        match self.write_blocks(new, observations)? {
            PutOutcome::Written(vintage) => {
                self.write_manifest(&vintage)?;
                Ok(PutOutcome::Written(vintage))
            }
            unchanged @ PutOutcome::Unchanged(_) => Ok(unchanged),
        }
    }

    fn writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything of a vintage but its manifest; what it leaves is invisible until that is written.
    fn write_blocks(
        &self,
        new: NewVintage,
        observations: impl IntoIterator<Item = Observation>,
    ) -> Result<PutOutcome, StoreError> {
        let NewVintage { dataflow, as_of, recorded_at, run, snapshots, update } = new;
        let before = self.newest(&dataflow, None)?;
        let sequence = match &before {
            Some(newest) if newest.id.date > as_of => {
                return Err(StoreError::OlderThanNewest { as_of, newest: newest.id.clone() });
            }
            Some(newest) if newest.id.date == as_of => newest.id.sequence + 1,
            _ => 1,
        };
        let id = VintageId { dataflow, date: as_of, sequence };
        let Incoming { axes, series: mut incoming } = Incoming::gather(observations)?;
        let empty = BTreeMap::new();
        let earlier = before.as_ref().map_or(&empty, |vintage| &vintage.series);
        let names: BTreeSet<SeriesKey> = incoming.keys().chain(earlier.keys()).cloned().collect();
        let mut series = BTreeMap::new();
        let mut pending = Pending::default();
        let mut changed = 0;
        for name in names {
            let (fresh, held) = (incoming.remove(&name), earlier.get(&name));
            let blocks = match (fresh, held) {
                (None, Some(held)) if update == UpdateMode::Merge => held.clone(),
                (None, _) => continue,
                (Some(fresh), held) => {
                    let table = held.map(|held| self.table(&name, held)).transpose()?;
                    let merged = merge::merge(&name, table.as_ref(), &axes, &fresh, update, &id)?;
                    changed += merged.changed;
                    self.write_table(&id.dataflow, &name, &merged.table, &mut pending)?
                }
            };
            series.insert(name, blocks);
        }
        if let Some(same) = before.filter(|vintage| vintage.series == series) {
            return Ok(PutOutcome::Unchanged(same.id));
        }
        pending.write(self.index.as_ref())?;
        self.index.commit()?;
        let observations = series.values().map(|blocks| blocks.observations).sum();
        Ok(PutOutcome::Written(Box::new(Vintage {
            id,
            recorded_at,
            run,
            snapshots,
            update,
            observations,
            changed,
            series,
        })))
    }

    fn write_table(
        &self,
        dataflow: &DataflowId,
        series: &SeriesKey,
        table: &Table,
        pending: &mut Pending,
    ) -> Result<SeriesBlocks, StoreError> {
        let mut addresses = Vec::new();
        for (address, sealed) in table.cut(dataflow, series)? {
            addresses.push(address);
            let key = keys::block(address);
            if !self.index.contains(&key)? {
                pending.add(key, sealed, self.index.as_ref())?;
            }
        }
        let observations = table.cells.iter().flatten().map(|_| 1u64).sum();
        Ok(SeriesBlocks { observations, blocks: addresses })
    }

    fn write_manifest(&self, vintage: &Vintage) -> Result<(), StoreError> {
        let damaged =
            |error: serde_json::Error| StoreError::Damaged { what: vintage.id.to_string(), reason: error.to_string() };
        let body = serde_json::to_vec(vintage).map_err(damaged)?;
        let key = keys::manifest(&vintage.id);
        if self.index.contains(&key)? {
            return Err(StoreError::WrittenOnce { what: vintage.id.to_string() });
        }
        self.index.put(vec![(key, envelope::seal(Kind::Manifest, &blocks::compress(&body)?))])?;
        self.index.commit()
    }

    /// The newest vintage of a dataflow, or the newest not after a day.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn newest(&self, dataflow: &DataflowId, as_of: Option<Date>) -> Result<Option<Vintage>, StoreError> {
        let upper = keys::manifests_after(dataflow, as_of.unwrap_or(Date::MAX));
        self.index.last(&keys::manifests_of(dataflow), &upper)?.map(|sealed| read_manifest(&sealed)).transpose()
    }

    /// All vintages of a dataflow, oldest first.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn vintages(&self, dataflow: &DataflowId) -> Result<Vec<Vintage>, StoreError> {
        self.index.scan(&keys::manifests_of(dataflow)).map(|pair| read_manifest(&pair?.1)).collect()
    }

    /// All vintages of all dataflows, by dataflow and then oldest first.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn all_vintages(&self) -> Result<Vec<Vintage>, StoreError> {
        self.index.scan(keys::MANIFESTS).map(|pair| read_manifest(&pair?.1)).collect()
    }

    /// Content address of everything the vintages of a dataflow say. Their cells are not read: a manifest names its blocks
    /// by what they hold.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn edition(&self, dataflow: &DataflowId) -> Result<ContentHash, StoreError> {
        let mut said = Vec::new();
        for pair in self.index.scan(&keys::manifests_of(dataflow)) {
            let (key, sealed) = pair?;
            said.extend_from_slice(&key);
            said.extend_from_slice(&sealed);
        }
        Ok(ContentHash::of(&said))
    }

    /// The observations of a dataflow as they were known on a day, or as they are known now. Empty
    /// when nothing was known then.
    ///
    /// # Errors
    /// When the index cannot be read, or a block does not match its address.
    pub fn observations(
        &self,
        dataflow: &DataflowId,
        as_of: Option<Date>,
    ) -> Result<Vec<StoredObservation>, StoreError> {
        let Some(vintage) = self.newest(dataflow, as_of)? else { return Ok(Vec::new()) };
        self.observations_of(&vintage)
    }

    /// The observations that stand in one vintage, by series, area and period.
    ///
    /// # Errors
    /// When the index cannot be read, or a block does not match its address.
    pub fn observations_of(&self, vintage: &Vintage) -> Result<Vec<StoredObservation>, StoreError> {
        let mut found = Vec::new();
        for series in vintage.series() {
            found.extend(self.series_of(vintage, series)?);
        }
        Ok(found)
    }

    /// The observations of one series in one vintage, by area and period. Larger dataflows are
    /// read this way, a series at a time.
    ///
    /// # Errors
    /// When the index cannot be read, or a block does not match its address.
    pub fn series_of(&self, vintage: &Vintage, series: &SeriesKey) -> Result<Vec<StoredObservation>, StoreError> {
        let Some(held) = vintage.series.get(series) else { return Ok(Vec::new()) };
        let table = self.table(series, held)?;
        let stored = table.observations().map(|(area, period, cell)| StoredObservation {
            observation: Observation {
                series: series.clone(),
                area: area.clone(),
                period,
                value: cell.value,
                status: cell.status,
            },
            vintage: table.vintages[usize::from(cell.vintage)].clone(),
        });
        Ok(stored.collect())
    }

    fn table(&self, series: &SeriesKey, held: &SeriesBlocks) -> Result<Table, StoreError> {
        let mut sealed = Vec::with_capacity(held.blocks.len());
        for &address in &held.blocks {
            let block = self.index.get(&keys::block(address))?.ok_or_else(|| StoreError::Damaged {
                what: format!("block {address} of {series}"),
                reason: "it is not in the index".to_owned(),
            })?;
            sealed.push((address, block));
        }
        Table::read(series, &sealed)
    }

    /// Puts everything on the disk. Every writing operation has done so already; this is for shutdown.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn flush(&self) -> Result<(), StoreError> {
        self.index.commit()
    }

    /// Bytes the index takes on the disk.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn size_on_disk(&self) -> Result<u64, StoreError> {
        self.index.size_on_disk()
    }
}

fn read_manifest(sealed: &[u8]) -> Result<Vintage, StoreError> {
    let body = blocks::decompress(envelope::open(Kind::Manifest, sealed)?, MAX_MANIFEST)?;
    serde_json::from_slice(&body)
        .map_err(|error| StoreError::Damaged { what: "a vintage manifest".to_owned(), reason: error.to_string() })
}

/// A manifest of ten million observations takes under 1 MB.
const MAX_MANIFEST: usize = 64 << 20;

/// Blocks waiting to be written together.
#[derive(Debug, Default)]
struct Pending {
    pairs: Vec<Pair>,
    bytes: usize,
}

impl Pending {
    /// Large enough to be fast, small enough that sled's copy of it does not matter.
    const MAX_BYTES: usize = 4 << 20;

    fn add(&mut self, key: Vec<u8>, value: Vec<u8>, index: &dyn Index) -> Result<(), StoreError> {
        self.bytes += value.len();
        self.pairs.push((key, value));
        if self.pairs.len() >= MAX_BATCH || self.bytes >= Self::MAX_BYTES { self.write(index) } else { Ok(()) }
    }

    fn write(&mut self, index: &dyn Index) -> Result<(), StoreError> {
        self.bytes = 0;
        let pairs = mem::take(&mut self.pairs);
        if pairs.is_empty() { Ok(()) } else { index.put(pairs) }
    }
}

#[cfg(test)]
mod tests;
