//! An index that lives and ends with the process, for when the disk takes none. What is in it can be read again from
//! log and snapshots.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use super::StoreError;
use super::index::{Index, Pair};

#[derive(Debug, Default)]
pub(super) struct MemoryIndex(RwLock<BTreeMap<Vec<u8>, Vec<u8>>>);

impl MemoryIndex {
    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<Vec<u8>, Vec<u8>>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Index for MemoryIndex {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.read().get(key).cloned())
    }

    fn contains(&self, key: &[u8]) -> Result<bool, StoreError> {
        Ok(self.read().contains_key(key))
    }

    fn put(&self, pairs: Vec<Pair>) -> Result<(), StoreError> {
        self.0.write().unwrap_or_else(PoisonError::into_inner).extend(pairs);
        Ok(())
    }

    fn commit(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn last(&self, prefix: &[u8], upper: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let pairs = self.read();
        let found = pairs.range(prefix.to_vec()..=upper.to_vec()).next_back();
        Ok(found.map(|(_, value)| value.clone()))
    }

    fn scan<'a>(&'a self, prefix: &[u8]) -> Box<dyn Iterator<Item = Result<Pair, StoreError>> + 'a> {
        let pairs = self.read();
        let from = pairs.range(prefix.to_vec()..).take_while(|(key, _)| key.starts_with(prefix));
        let found: Vec<Pair> = from.map(|(key, value)| (key.clone(), value.clone())).collect();
        Box::new(found.into_iter().map(Ok))
    }

    fn size_on_disk(&self) -> Result<u64, StoreError> {
        Ok(0)
    }
}
