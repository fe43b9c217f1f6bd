//! What the store asks of the ordered index under it: [`Index`]. What keys and values mean is the parent's matter.

use std::fmt;

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
