//! An index in memory that loses what a crash may lose: batches not yet committed, the last ones first.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::chance::Chance;
use super::disk::SimulatedDisk;
use crate::store::{Index, Pair, StoreError};

/// What lies on the disk, as the sequence of batches that made it.
#[derive(Debug, Default, Clone)]
pub(super) struct IndexFile {
    batches: Vec<Vec<Pair>>,
    map: BTreeMap<Vec<u8>, Vec<u8>>,
    n_committed: usize,
    /// It cannot be opened as it is.
    pub(super) is_damaged: bool,
    /// Nor can a copy of it.
    pub(super) is_lost: bool,
    /// A write failed: nothing more is read or written until it is opened again.
    is_broken: bool,
}

impl IndexFile {
    fn put(&mut self, batch: Vec<Pair>) {
        self.map.extend(batch.iter().cloned());
        self.batches.push(batch);
    }

    /// The machine went down: some of the batches after the last commit made it to the disk.
    pub(super) fn crash(&mut self, chance: &Chance) {
        let kept = self.n_committed + chance.below(self.batches.len() - self.n_committed + 1);
        self.cut(kept);
        self.is_broken = false;
    }

    /// The end of the log is gone, committed or not.
    pub(super) fn lose_end(&mut self, chance: &Chance) {
        self.cut(chance.below(self.batches.len() + 1));
    }

    fn cut(&mut self, kept: usize) {
        self.batches.truncate(kept);
        self.n_committed = kept;
        self.map = self.batches.iter().flatten().cloned().collect();
    }

    /// One byte of one value is not what was written.
    pub(super) fn flip_byte(&mut self, chance: &Chance) {
        let Some(key) = self.map.keys().nth(chance.below(self.map.len())).cloned() else { return };
        for pair in self.batches.iter_mut().flatten().filter(|pair| pair.0 == key) {
            if !pair.1.is_empty() {
                let position = chance.below(pair.1.len());
                pair.1[position] ^= 0x20;
            }
        }
        self.cut(self.batches.len());
    }
}

/// An index, open.
#[derive(Debug)]
pub(super) struct SimulatedIndex {
    disk: SimulatedDisk,
    folder: PathBuf,
    file: Arc<Mutex<IndexFile>>,
    /// Of the machine: what was opened before it went down is no use afterwards.
    life: u64,
}

impl SimulatedIndex {
    pub(super) fn open(
        disk: SimulatedDisk,
        folder: &Path,
        file: Arc<Mutex<IndexFile>>,
        life: u64,
    ) -> Result<Self, StoreError> {
        {
            let mut file = lock(&file);
            if file.is_damaged {
                let reason = "the simulation damaged it".to_owned();
                return Err(StoreError::Damaged { what: "the index".to_owned(), reason });
            }
            file.is_broken = false;
        }
        Ok(Self { disk, folder: folder.to_path_buf(), file, life })
    }

    fn file(&self) -> Result<MutexGuard<'_, IndexFile>, StoreError> {
        let broken = |source| StoreError::Io { path: self.folder.clone(), source };
        self.disk.check_life(self.life).map_err(broken)?;
        let file = lock(&self.file);
        if file.is_broken { Err(broken(SimulatedDisk::fault("the index failed before"))) } else { Ok(file) }
    }

    /// A write that fails leaves the index useless, as it does sled.
    fn write<T>(&self, write: impl FnOnce(&mut IndexFile) -> T) -> Result<T, StoreError> {
        let mut file = self.file()?;
        match self.disk.strike("index") {
            Ok(()) => Ok(write(&mut file)),
            Err(source) => {
                file.is_broken = true;
                Err(StoreError::Io { path: self.folder.clone(), source })
            }
        }
    }
}

impl Index for SimulatedIndex {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.file()?.map.get(key).cloned())
    }

    fn contains(&self, key: &[u8]) -> Result<bool, StoreError> {
        Ok(self.file()?.map.contains_key(key))
    }

    fn put(&self, pairs: Vec<Pair>) -> Result<(), StoreError> {
        let is_lost = self.disk.loses_a_batch();
        self.write(|file| {
            if !is_lost {
                file.put(pairs);
            }
        })
    }

    fn commit(&self) -> Result<(), StoreError> {
        self.write(|file| file.n_committed = file.batches.len())
    }

    fn last(&self, prefix: &[u8], upper: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let file = self.file()?;
        let found = file.map.range(prefix.to_vec()..=upper.to_vec()).next_back();
        Ok(found.map(|(_, value)| value.clone()))
    }

    fn scan<'a>(&'a self, prefix: &[u8]) -> Box<dyn Iterator<Item = Result<Pair, StoreError>> + 'a> {
        let file = match self.file() {
            Ok(file) => file,
            Err(error) => return Box::new([Err(error)].into_iter()),
        };
        let found: Vec<_> = file
            .map
            .range(prefix.to_vec()..)
            .take_while(|(key, _)| key.starts_with(prefix))
            .map(|(key, value)| Ok((key.clone(), value.clone())))
            .collect();
        Box::new(found.into_iter())
    }

    fn size_on_disk(&self) -> Result<u64, StoreError> {
        let bytes: usize = self.file()?.batches.iter().flatten().map(|(key, value)| key.len() + value.len()).sum();
        Ok(u64::try_from(bytes).unwrap_or(u64::MAX))
    }
}

pub(super) fn lock(file: &Mutex<IndexFile>) -> MutexGuard<'_, IndexFile> {
    file.lock().unwrap_or_else(PoisonError::into_inner)
}
