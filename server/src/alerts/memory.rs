//! What an operator was told last, on the disk: [`Memory`]. A change that falls into a time when the service is down is told
//! when it is up again, and what was told before is not told at every start.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::Ages;
use crate::checked_line;
use crate::disk::Disk;
use crate::durable::{self, DiskError};

/// Where it is kept which figures were called how old when that was last told. It is written when alerts are delivered or
/// given up, so that a process that ends before leaves them to the next.
#[derive(Debug)]
pub struct Memory {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    temporary: PathBuf,
    /// What this process has kept, flushed to the disk.
    kept: Mutex<Option<Ages>>,
}

impl Memory {
    /// The memory of a data folder.
    pub(crate) fn of(disk: &Arc<dyn Disk>, root: &Path) -> Self {
        let (path, temporary) = (root.join("told.json"), root.join("snapshots/incoming"));
        Self { disk: Arc::clone(disk), path, temporary, kept: Mutex::default() }
    }

    /// What was told last; `None` in a folder from which nothing was ever told. What cannot be read is told again.
    #[must_use]
    pub fn read(&self) -> Option<Ages> {
        let read = self.disk.read(&self.path).map(|bytes| {
            let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
            checked_line::read(line).map_err(|reason| io::Error::new(io::ErrorKind::InvalidData, reason))
        });
        match read.and_then(|read| read) {
            Ok(ages) => Some(ages),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                tracing::warn!(%error, path = %self.path.display(), "what was told cannot be read and is told again");
                Some(Ages::default())
            }
        }
    }

    /// Whether this process has kept it.
    pub(crate) fn has_kept(&self, ages: &Ages) -> bool {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).as_ref() == Some(ages)
    }

    /// Keeps what is told now, unless it has. What cannot be kept is tried again the next time, and told again after a start
    /// before that.
    pub(crate) fn keep(&self, ages: &Ages) {
        if self.has_kept(ages) {
            return;
        }
        let kept = checked_line::write(ages).map_err(io::Error::from).map_err(DiskError::at(&self.path));
        let kept = kept.and_then(|line| {
            durable::create_folder(self.disk.as_ref(), &self.temporary)?;
            durable::write_file(self.disk.as_ref(), &self.path, &self.temporary, line.as_bytes())
        });
        let is_kept = kept.is_ok();
        if let Err(error) = kept {
            tracing::warn!(%error, "what was told could not be kept");
        }
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = is_kept.then(|| ages.clone());
    }
}
