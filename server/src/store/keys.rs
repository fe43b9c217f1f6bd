//! The byte layout of keys. Keys sort so that the vintages of a dataflow stand together, oldest
//! first. What stands behind a key is [`super::envelope`]'s matter.
//!
//! ```text
//! b │ sha256                               block
//! v │ dataflow │ 00 │ yyyy mm dd │ seq     manifest of a vintage
//! r │ sha256                               head of a release
//! c │ sha256 │ n u32                       chunk of a release
//! p │ name                                 pointer
//! ```

use indicators::code::DataflowId;
use jiff::civil::Date;

use super::StoreError;
use super::vintage::VintageId;
use crate::content_hash::ContentHash;

pub(super) const PUBLISHED: &[u8] = b"p/published";
pub(super) const MANIFESTS: &[u8] = b"v";
pub(super) const BLOCKS: &[u8] = b"b";
pub(super) const RELEASES: &[u8] = b"r";

pub(super) fn block(hash: ContentHash) -> Vec<u8> {
    addressed(b'b', hash)
}

pub(super) fn release(hash: ContentHash) -> Vec<u8> {
    addressed(b'r', hash)
}

pub(super) fn release_chunk(hash: ContentHash, number: u32) -> Vec<u8> {
    let mut key = addressed(b'c', hash);
    key.extend_from_slice(&number.to_be_bytes());
    key
}

fn addressed(prefix: u8, hash: ContentHash) -> Vec<u8> {
    let mut key = Vec::with_capacity(33);
    key.push(prefix);
    key.extend_from_slice(hash.as_bytes());
    key
}

/// The address inside a key of a block or a release.
pub(super) fn address(key: &[u8]) -> Result<ContentHash, StoreError> {
    key.split_first().and_then(|(_, hash)| ContentHash::from_bytes(hash)).ok_or_else(|| StoreError::Damaged {
        what: "a key".to_owned(),
        reason: format!("{} bytes; expected 33", key.len()),
    })
}

/// All manifests of a dataflow start with this. The zero byte ends the code, which cannot hold one.
pub(super) fn manifests_of(dataflow: &DataflowId) -> Vec<u8> {
    let mut key = MANIFESTS.to_vec();
    key.extend_from_slice(dataflow.as_str().as_bytes());
    key.push(0);
    key
}

pub(super) fn manifest(id: &VintageId) -> Vec<u8> {
    let mut key = manifests_of(&id.dataflow);
    key.extend_from_slice(&date(id.date));
    key.extend_from_slice(&id.sequence.to_be_bytes());
    key
}

/// No manifest of this dataflow dated up to and including `as_of` sorts at or after this.
pub(super) fn manifests_after(dataflow: &DataflowId, as_of: Date) -> Vec<u8> {
    let mut key = manifests_of(dataflow);
    key.extend_from_slice(&date(as_of));
    key.extend_from_slice(&[0xff; 4]);
    key
}

/// Years before zero would sort wrongly; dates in the store are days on which data were taken.
fn date(date: Date) -> [u8; 4] {
    let [high, low] = date.year().to_be_bytes();
    [high, low, date.month().unsigned_abs(), date.day().unsigned_abs()]
}
