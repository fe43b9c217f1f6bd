//! The embedded index: ordered keys and values in sled 0.34. The only file that names sled. What
//! keys and values mean is the parent's matter.
//!
//! sled's `flush` ends in `sync_file_range`, which does not reach the disk's cache nor the file's
//! length, so [`SledIndex`]'s commit also calls `fsync` on the log file. sled may panic on a damaged log; every
//! call is guarded and the panic becomes [`StoreError::Damaged`].

use std::fs::File;
use std::io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
use std::iter;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::StoreError;
use super::index::{Index, MAX_BATCH, Pair};

/// The default is 1 GB, more than the machines this runs on can spare.
const CACHE_BYTES: u64 = 64 << 20;

/// How long a lock may take to go: sled's worker threads, or a process that is just ending, still hold
/// it for a moment after the store was closed.
const LOCK_PATIENCE: Duration = Duration::from_secs(1);
const LOCK_LOOK_AGAIN: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(super) struct SledIndex {
    db: sled::Db,
    folder: PathBuf,
}

#[expect(clippy::disallowed_methods, reason = "a file lock can only be asked again; the caller has a deadline")]
fn wait() {
    thread::sleep(LOCK_LOOK_AGAIN);
}

impl SledIndex {
    pub(super) fn open(folder: &Path) -> Result<Self, StoreError> {
        let config = sled::Config::new().path(folder).cache_capacity(CACHE_BYTES).flush_every_ms(None);
        let begun = Instant::now();
        loop {
            match guarded(folder, || config.open()) {
                Ok(db) => return Ok(Self { db, folder: folder.to_path_buf() }),
                Err(StoreError::InUse { .. }) if begun.elapsed() < LOCK_PATIENCE => wait(),
                Err(error) => return Err(error),
            }
        }
    }
}

impl Index for SledIndex {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(guarded(&self.folder, || self.db.get(key))?.map(|value| value.to_vec()))
    }

    fn contains(&self, key: &[u8]) -> Result<bool, StoreError> {
        guarded(&self.folder, || self.db.contains_key(key))
    }

    fn put(&self, pairs: Vec<Pair>) -> Result<(), StoreError> {
        debug_assert!(pairs.len() <= MAX_BATCH, "{} pairs in one batch", pairs.len());
        let mut batch = sled::Batch::default();
        for (key, value) in pairs {
            batch.insert(key, value);
        }
        guarded(&self.folder, || self.db.apply_batch(batch))
    }

    fn commit(&self) -> Result<(), StoreError> {
        guarded(&self.folder, || self.db.flush())?;
        let log = self.folder.join("db");
        File::open(&log).and_then(|file| file.sync_all()).map_err(|source| StoreError::Io { path: log, source })
    }

    fn last(&self, prefix: &[u8], upper: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let found = guarded(&self.folder, || self.db.range(prefix..=upper).next_back().transpose())?;
        Ok(found.map(|(_, value)| value.to_vec()))
    }

    fn scan<'a>(&'a self, prefix: &[u8]) -> Box<dyn Iterator<Item = Result<Pair, StoreError>> + 'a> {
        let mut pairs = self.db.scan_prefix(prefix);
        Box::new(iter::from_fn(move || match guarded(&self.folder, || pairs.next().transpose()) {
            Ok(pair) => pair.map(|(key, value)| Ok((key.to_vec(), value.to_vec()))),
            Err(error) => Some(Err(error)),
        }))
    }

    fn size_on_disk(&self) -> Result<u64, StoreError> {
        guarded(&self.folder, || self.db.size_on_disk())
    }
}

fn guarded<T>(folder: &Path, action: impl FnOnce() -> sled::Result<T>) -> Result<T, StoreError> {
    match catch_unwind(AssertUnwindSafe(action)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(translate(folder, error)),
        Err(panic) => {
            let reason = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()))
                .unwrap_or_default();
            Err(StoreError::Damaged { what: index_name(folder), reason: format!("sled panicked: {reason}") })
        }
    }
}

fn translate(folder: &Path, error: sled::Error) -> StoreError {
    match error {
        // sled has no error of its own for a lock held by another process, only this text.
        sled::Error::Io(source) if source.to_string().contains("could not acquire lock") => {
            StoreError::InUse { folder: folder.to_path_buf() }
        }
        sled::Error::Io(source) if matches!(source.kind(), UnexpectedEof | InvalidData | InvalidInput) => {
            StoreError::Damaged { what: index_name(folder), reason: source.to_string() }
        }
        sled::Error::Io(source) => StoreError::Io { path: folder.to_path_buf(), source },
        sled::Error::Corruption { at, .. } => StoreError::Damaged {
            what: index_name(folder),
            reason: at
                .map_or_else(|| "sled found it corrupt".to_owned(), |at| format!("sled found it corrupt at {at}")),
        },
        other => StoreError::Damaged { what: index_name(folder), reason: other.to_string() },
    }
}

fn index_name(folder: &Path) -> String {
    format!("the index in {}", folder.display())
}
