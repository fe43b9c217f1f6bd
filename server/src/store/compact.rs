//! A copy of the store without what nobody names any more: [`Store::copy_live`]. sled gives no room back by itself, and a
//! release that was superseded is never read from here again; what it was computed from stays.

use std::collections::BTreeSet;

use super::envelope::{self, Kind};
use super::{Pending, Store, StoreError, keys};
use crate::content_hash::ContentHash;

/// What a copy holds, and what it left behind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copied {
    /// Vintages, all of them.
    pub vintages: u64,
    /// Blocks that a vintage names.
    pub blocks: u64,
    /// Releases kept.
    pub releases: u64,
    /// Blocks that no vintage names.
    pub left_blocks: u64,
    /// Releases left behind.
    pub left_releases: u64,
}

impl Store {
    /// Copies every vintage with its blocks, the releases to keep and the published pointer into an empty store.
    ///
    /// # Errors
    /// When something does not read back: a copy of a damaged store is not made. A fault of the disk.
    pub(crate) fn copy_live(&self, into: &Self, keep: &BTreeSet<ContentHash>) -> Result<Copied, StoreError> {
        let mut copied = Copied::default();
        let mut named = BTreeSet::new();
        let vintages = self.all_vintages()?;
        let mut pending = Pending::default();
        for address in vintages.iter().flat_map(|vintage| vintage.series.values()).flat_map(|held| &held.blocks) {
            if named.insert(*address) {
                let block = self.index.get(&keys::block(*address))?.ok_or_else(|| StoreError::Damaged {
                    what: format!("block {address}"),
                    reason: "it is not in the index".to_owned(),
                })?;
                envelope::open(Kind::Block, &block)?;
                pending.add(keys::block(*address), block, into.index.as_ref())?;
            }
        }
        pending.write(into.index.as_ref())?;
        into.index.commit()?;
        for release in keep {
            if let Some(bytes) = self.release(*release)? {
                into.put_release(*release, &bytes)?;
                copied.releases += 1;
            }
        }
        for vintage in &vintages {
            into.write_manifest(vintage)?;
            copied.vintages += 1;
        }
        if let Some(pointer) = self.published()? {
            into.publish(&pointer)?;
        }
        copied.blocks = u64::try_from(named.len()).unwrap_or(u64::MAX);
        for pair in self.index.scan(keys::BLOCKS) {
            copied.left_blocks += u64::from(!named.contains(&keys::address(&pair?.0)?));
        }
        copied.left_releases =
            u64::try_from(self.releases()?.len()).unwrap_or(u64::MAX).saturating_sub(copied.releases);
        Ok(copied)
    }
}
