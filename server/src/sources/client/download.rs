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

/// Longest time for one attempt: several hundred megabytes over a slow line.
const LONGEST: Duration = Duration::from_hours(2);

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
    pub async fn download(&self, request: FetchRequest<'_>, scratch: &Path) -> Result<Download, FetchError> {
        self.again_and_again(request.url, |_| async move {
            match self.arrive(request, Some(LONGEST)).await? {
                None => Ok(Download::NotModified),
                Some((url, reply)) => save(url, reply, request.max_bytes, scratch).await.map(Download::Downloaded),
            }
        })
        .await
    }
}

async fn save(url: Url, reply: Reply, limit: usize, scratch: &Path) -> Result<Downloaded, FetchFault> {
    let Reply { headers, mut body, .. } = reply;
    if let Some(found) = header(&headers, "content-encoding").filter(|found| !matches!(found.trim(), "" | "identity")) {
        return Err(FetchFault::Compression { url, reason: format!("{found:?} was not asked for") });
    }
    let disk = |error: &io::Error| FetchFault::Setup { reason: format!("writing it down failed: {error}") };
    let mut file = tempfile::tempfile_in(scratch).map_err(|error| disk(&error))?;
    let (mut digest, mut received) = (Sha256::new(), 0usize);
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|fault| broken_off(&url, received, fault))?;
        received += chunk.len();
        if received > limit {
            return Err(FetchFault::TooLarge { url, limit });
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
