//! Answers too large for memory: [`Client::download`] writes them into a file while they come in.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use url::Url;

use super::fault::{FetchError, FetchFault};
use super::transport::Reply;
use super::{Client, FetchRequest, Validators, broken_off, header};
use crate::content_hash::ContentHash;
use crate::disk::LEAST_FREE_BYTES;

/// Longest time for one attempt: several hundred megabytes over a slow line.
const LONGEST: Duration = Duration::from_hours(2);

/// Bytes between two looks at the room that is left.
const LOOK_EVERY: usize = 16 << 20;

/// Where a file is written while it comes in.
#[derive(Clone, Copy)]
pub struct Scratch<'a> {
    /// The folder.
    pub folder: &'a Path,
    /// How much room is left on its disk.
    pub free_bytes: &'a (dyn Fn() -> io::Result<u64> + Send + Sync),
}

/// How a download ended well.
#[derive(Debug)]
pub enum Download {
    /// The provider has nothing newer than the validators.
    NotModified,
    /// A new file.
    Downloaded(Downloaded),
}

/// A file that came whole.
#[derive(Debug)]
pub struct Downloaded {
    /// The file, at its beginning. It has no name and goes when it is closed.
    pub file: File,
    /// Its length.
    pub bytes: u64,
    /// Its checksum.
    pub sha256: ContentHash,
    /// Where it came from after redirects.
    pub final_url: Url,
    /// Its validators, for the next conditional request.
    pub validators: Validators,
}

impl Client {
    /// Sends a GET and writes its answer into a file without a name in a folder, asking again where that may help.
    /// Compressed answers are refused: a file is its own compression.
    ///
    /// # Errors
    /// [`FetchError`] with the last fault.
    pub async fn download(&self, request: FetchRequest<'_>, scratch: Scratch<'_>) -> Result<Download, FetchError> {
        self.again_and_again(request.url, |_| async move {
            match self.arrive(request, Some(LONGEST)).await? {
                None => Ok(Download::NotModified),
                Some((url, reply)) => save(url, reply, request.max_bytes, scratch).await.map(Download::Downloaded),
            }
        })
        .await
    }
}

async fn save(url: Url, reply: Reply, limit: usize, scratch: Scratch<'_>) -> Result<Downloaded, FetchFault> {
    let Reply { headers, mut body, .. } = reply;
    if let Some(found) = header(&headers, "content-encoding").filter(|found| !matches!(found.trim(), "" | "identity")) {
        return Err(FetchFault::Compression { url, reason: format!("{found:?} was not asked for") });
    }
    let disk = |error: &io::Error| FetchFault::Setup { reason: format!("writing it down failed: {error}") };
    let room_for = |bytes: u64| {
        let free = (scratch.free_bytes)().map_err(|error| disk(&error))?;
        let needed = LEAST_FREE_BYTES.saturating_add(bytes);
        if free < needed { Err(FetchFault::NoRoom { url: url.clone(), free, needed }) } else { Ok(()) }
    };
    // Not longer than it says, nor than is taken.
    let declared: Option<u64> = header(&headers, "content-length").and_then(|length| length.trim().parse().ok());
    room_for(declared.unwrap_or_default().min(u64::try_from(limit).unwrap_or(u64::MAX)))?;
    let mut file = tempfile::tempfile_in(scratch.folder).map_err(|error| disk(&error))?;
    let (mut digest, mut received, mut looked_at) = (Sha256::new(), 0usize, 0usize);
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|fault| broken_off(&url, received, fault))?;
        received += chunk.len();
        if received > limit {
            return Err(FetchFault::TooLarge { url, limit });
        }
        if received - looked_at >= LOOK_EVERY {
            // Others write too, and not everybody says how long an answer will be.
            room_for(0)?;
            looked_at = received;
        }
        digest.update(&chunk);
        file.write_all(&chunk).map_err(|error| disk(&error))?;
    }
    file.seek(SeekFrom::Start(0)).map_err(|error| disk(&error))?;
    Ok(Downloaded {
        file,
        bytes: u64::try_from(received).unwrap_or(u64::MAX),
        sha256: ContentHash::of_digest(digest),
        final_url: url,
        validators: Validators { etag: header(&headers, "etag"), last_modified: header(&headers, "last-modified") },
    })
}
