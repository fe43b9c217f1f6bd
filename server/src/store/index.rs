//! What the store asks of the ordered index under it: [`Index`]. What keys and values mean is the parent's matter.

use std::fmt;
use std::io::{Error, ErrorKind};
use std::path::PathBuf;

use super::StoreError;

/// An index keeps a whole batch in one log message; it must stay well below a segment's worth of pages.
pub(crate) const MAX_BATCH: usize = 512;

/// A key and what stands behind it.
pub(crate) type Pair = (Vec<u8>, Vec<u8>);

/// Ordered keys and values. Batches become durable in the order in which they were put, and for certain at the next
/// [`Index::commit`].
pub(crate) trait Index: fmt::Debug + Send + Sync {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    fn contains(&self, key: &[u8]) -> Result<bool, StoreError>;

    /// Writes at most [`MAX_BATCH`] pairs, all or none.
    fn put(&self, pairs: Vec<Pair>) -> Result<(), StoreError>;

    /// Everything written so far is on the disk when this returns.
    fn commit(&self) -> Result<(), StoreError>;

    /// The value of the last key that starts with `prefix` and is not after `upper`.
    fn last(&self, prefix: &[u8], upper: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// All pairs whose key starts with `prefix`, in key order.
    fn scan<'a>(&'a self, prefix: &[u8]) -> Box<dyn Iterator<Item = Result<Pair, StoreError>> + 'a>;

    fn size_on_disk(&self) -> Result<u64, StoreError>;
}

/// An index that is not open.
#[derive(Debug)]
pub(super) struct Closed(pub(super) PathBuf);

impl Closed {
    fn refuse<T>(&self) -> Result<T, StoreError> {
        Err(StoreError::Io { path: self.0.clone(), source: Error::new(ErrorKind::NotConnected, "the index is closed") })
    }
}

impl Index for Closed {
    fn get(&self, _key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.refuse()
    }

    fn contains(&self, _key: &[u8]) -> Result<bool, StoreError> {
        self.refuse()
    }

    fn put(&self, _pairs: Vec<Pair>) -> Result<(), StoreError> {
        self.refuse()
    }

    fn commit(&self) -> Result<(), StoreError> {
        self.refuse()
    }

    fn last(&self, _prefix: &[u8], _upper: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.refuse()
    }

    fn scan<'a>(&'a self, _prefix: &[u8]) -> Box<dyn Iterator<Item = Result<Pair, StoreError>> + 'a> {
        Box::new([self.refuse()].into_iter())
    }

    fn size_on_disk(&self) -> Result<u64, StoreError> {
        self.refuse()
    }
}
