//! The frame around every stored value: kind, schema version and checksum. What the body means is
//! known to [`super::blocks`] and [`super::vintage`].
//!
//! ```text
//! "SQ" │ kind u8 │ schema version u8 │ crc32 of the body, u32 little-endian │ body
//! ```

use super::StoreError;

/// Version of every layout below; a change of any of them raises it.
pub(super) const SCHEMA_VERSION: u8 = 1;

const MAGIC: [u8; 2] = *b"SQ";
const HEADER_LENGTH: usize = 8;

/// What a stored value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Block,
    Manifest,
    Release,
    ReleaseChunk,
    Pointer,
}

impl Kind {
    const fn byte(self) -> u8 {
        match self {
            Self::Block => b'B',
            Self::Manifest => b'V',
            Self::Release => b'R',
            Self::ReleaseChunk => b'C',
            Self::Pointer => b'P',
        }
    }
}

pub(super) fn seal(kind: Kind, body: &[u8]) -> Vec<u8> {
    let mut sealed = Vec::with_capacity(HEADER_LENGTH + body.len());
    sealed.extend_from_slice(&MAGIC);
    sealed.push(kind.byte());
    sealed.push(SCHEMA_VERSION);
    sealed.extend_from_slice(&crc32fast::hash(body).to_le_bytes());
    sealed.extend_from_slice(body);
    sealed
}

pub(super) fn open(kind: Kind, sealed: &[u8]) -> Result<&[u8], StoreError> {
    let damaged = |reason: String| StoreError::Damaged { what: format!("a {kind:?} value"), reason };
    let Some((header, body)) = sealed.split_first_chunk::<HEADER_LENGTH>() else {
        return Err(damaged(format!("{} bytes; expected at least {HEADER_LENGTH}", sealed.len())));
    };
    let [m0, m1, found_kind, version, crc @ ..] = *header;
    if [m0, m1] != MAGIC || found_kind != kind.byte() {
        return Err(damaged(format!(
            "the header {:02x?}; expected {MAGIC:02x?} and {:02x}",
            &header[..3],
            kind.byte()
        )));
    }
    if version != SCHEMA_VERSION {
        return Err(StoreError::SchemaVersion { expected: SCHEMA_VERSION, found: version });
    }
    let (expected, found) = (u32::from_le_bytes(crc), crc32fast::hash(body));
    if expected != found {
        return Err(damaged(format!("checksum {found:08x}; expected {expected:08x}")));
    }
    Ok(body)
}
