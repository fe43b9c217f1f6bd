//! Releases and the published pointer as opaque bytes. What they say belongs to
//! [`crate::release`].

use super::envelope::Kind;
use super::{Store, StoreError, blocks, envelope, keys};
use crate::content_hash::ContentHash;

/// sled moves values beyond its segment size into files of their own, with their own failures.
const CHUNK: usize = 64 << 10;

/// A release that unpacks to more than this is damage.
const MAX_RELEASE: usize = 512 << 20;

impl Store {
    /// Keeps the bytes of a release under its address, once. Writing the same again does nothing.
    ///
    /// # Errors
    /// [`StoreError::WrittenOnce`] when the address holds other bytes; a fault of the disk.
    pub fn put_release(&self, id: ContentHash, bytes: &[u8]) -> Result<(), StoreError> {
        let _one_at_a_time = self.writing();
        if let Some(held) = self.release(id)? {
            let same = held == bytes;
            return if same { Ok(()) } else { Err(StoreError::WrittenOnce { what: format!("release {id}") }) };
        }
        let packed = blocks::compress(bytes)?;
        let mut n_chunks = 0u32;
        for chunk in packed.chunks(CHUNK) {
            self.index.put(vec![(keys::release_chunk(id, n_chunks), envelope::seal(Kind::ReleaseChunk, chunk))])?;
            n_chunks += 1;
        }
        self.index.commit()?;
        self.index.put(vec![(keys::release(id), envelope::seal(Kind::Release, &n_chunks.to_le_bytes()))])?;
        self.index.commit()
    }

    /// Keeps many small releases, flushed once.
    #[cfg(test)]
    pub(crate) fn put_releases(&self, releases: impl Iterator<Item = Vec<u8>>) -> Result<(), StoreError> {
        let mut pairs = Vec::new();
        for bytes in releases {
            let (id, packed) = (ContentHash::of(&bytes), blocks::compress(&bytes)?);
            pairs.push((keys::release_chunk(id, 0), envelope::seal(Kind::ReleaseChunk, &packed)));
            pairs.push((keys::release(id), envelope::seal(Kind::Release, &1u32.to_le_bytes())));
        }
        for batch in pairs.chunks(500) {
            self.index.put(batch.to_vec())?;
        }
        self.index.commit()
    }

    /// The bytes of a release, when it is there.
    ///
    /// # Errors
    /// When the index cannot be read or the release does not read back.
    pub fn release(&self, id: ContentHash) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(head) = self.index.get(&keys::release(id))? else { return Ok(None) };
        let damaged = |reason: &str| StoreError::Damaged { what: format!("release {id}"), reason: reason.to_owned() };
        let n_chunks = <[u8; 4]>::try_from(envelope::open(Kind::Release, &head)?)
            .map(u32::from_le_bytes)
            .map_err(|_length| damaged("its head is not four bytes long"))?;
        let mut packed = Vec::new();
        for number in 0..n_chunks {
            let sealed =
                self.index.get(&keys::release_chunk(id, number))?.ok_or_else(|| damaged("a part is missing"))?;
            packed.extend_from_slice(envelope::open(Kind::ReleaseChunk, &sealed)?);
        }
        blocks::decompress(&packed, MAX_RELEASE).map(Some)
    }

    /// The addresses of all releases.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn releases(&self) -> Result<Vec<ContentHash>, StoreError> {
        self.index.scan(keys::RELEASES).map(|pair| keys::address(&pair?.0)).collect()
    }

    /// Swaps the published pointer. Everything it points to must be written before.
    ///
    /// # Errors
    /// A fault of the disk.
    pub fn publish(&self, pointer: &[u8]) -> Result<(), StoreError> {
        let _one_at_a_time = self.writing();
        if self.published()?.is_some_and(|held| held == pointer) {
            return Ok(());
        }
        self.index.put(vec![(keys::PUBLISHED.to_vec(), envelope::seal(Kind::Pointer, pointer))])?;
        self.index.commit()
    }

    /// What was published last.
    ///
    /// # Errors
    /// When the index cannot be read or the pointer does not read back.
    pub fn published(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(sealed) = self.index.get(keys::PUBLISHED)? else { return Ok(None) };
        envelope::open(Kind::Pointer, &sealed).map(|pointer| Some(pointer.to_vec()))
    }
}
