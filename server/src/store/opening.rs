//! Opening a store that may be damaged: [`open_guarded`]. Filling an emptied one again is
//! [`crate::jobs`]' matter.
//!
//! sled keeps its log in `db` and, beside it, `snap.*` files that only save time when it opens. A
//! truncated `snap.*` makes it refuse to open although nothing is lost, so the first attempt at
//! repair leaves those files out. The repair works on a copy: a panicking sled may still hold the
//! lock on the old file, and the damaged files stay for whoever wants to look.

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::sled::SledIndex;
use super::{Index, Store, StoreError};
use crate::data_folder;
use crate::disk::Disk;

/// In what condition the store was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Everything read as written.
    Sound,
    /// Damaged, and nothing is lost.
    Repaired {
        /// What was wrong.
        reason: String,
        /// Where the damaged files are.
        aside: PathBuf,
    },
    /// Damaged beyond repair: the store is empty now and must be rebuilt.
    Emptied {
        /// What was wrong.
        reason: String,
        /// Where the damaged files are.
        aside: PathBuf,
    },
}

impl Condition {
    /// One sentence for an operator, unless all is well.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        match self {
            Self::Sound => None,
            Self::Repaired { reason, aside } => Some(format!(
                "The index was damaged ({reason}) and has been repaired without loss; the damaged files are in {}.",
                aside.display()
            )),
            Self::Emptied { reason, aside } => Some(format!(
                "The index was damaged ({reason}) and has been rebuilt from the snapshots; the damaged files are in {}.",
                aside.display()
            )),
        }
    }
}

/// Opens the store. A damaged one is moved aside and repaired, or replaced by an empty one.
///
/// # Errors
/// When another process holds it, or the disk refuses; not for damage.
pub(crate) fn open_guarded(disk: &dyn Disk, folder: &Path) -> Result<(Store, Condition), StoreError> {
    let reason = match open_checked(disk, folder) {
        Ok(store) => return Ok((store, Condition::Sound)),
        Err(error) if error.is_damage() => error.to_string(),
        Err(error) => return Err(error),
    };
    tracing::error!(%reason, "the index is damaged");
    let aside = data_folder::set_aside(disk, folder, "damaged")?;
    if let Err(error) = disk.salvage_index(&aside, folder) {
        // Half a copy would be taken for the index by the next start.
        if disk.exists(folder) {
            disk.remove_folder(folder).map_err(at(folder))?;
        }
        disk.rename(&aside, folder).map_err(at(folder))?;
        return Err(error);
    }
    match open_checked(disk, folder) {
        Ok(store) => Ok((store, Condition::Repaired { reason, aside })),
        Err(error) if error.is_damage() => {
            disk.remove_folder(folder).map_err(at(folder))?;
            Ok((Store::open_on(disk, folder)?, Condition::Emptied { reason, aside }))
        }
        Err(error) => Err(error),
    }
}

/// Opens it and reads what everything else hangs on. Blocks are checked when they are read.
fn open_checked(disk: &dyn Disk, folder: &Path) -> Result<Store, StoreError> {
    let store = Store::open_on(disk, folder)?;
    let checked = store.all_vintages().and_then(|_| store.published()).and_then(|_| store.releases());
    match checked {
        Ok(_) => Ok(store),
        Err(error) => {
            // sled may panic once more when it is closed.
            let _closed = catch_unwind(AssertUnwindSafe(|| drop(store)));
            Err(error)
        }
    }
}

/// The index of the machine's disk, in sled.
pub(crate) fn open_index(folder: &Path) -> Result<Box<dyn Index>, StoreError> {
    Ok(Box::new(SledIndex::open(folder)?))
}

/// Copies an index without the files that sled can do without.
pub(crate) fn salvage_index(damaged: &Path, folder: &Path) -> Result<(), StoreError> {
    copy_without_snapshots(damaged, folder)
}

fn copy_without_snapshots(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(to).map_err(at(to))?;
    for entry in fs::read_dir(from).map_err(at(from))? {
        let entry = entry.map_err(at(from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_name().to_string_lossy().starts_with("snap.") {
            continue;
        }
        if source.is_dir() {
            copy_without_snapshots(&source, &target)?;
        } else {
            fs::copy(&source, &target).map_err(at(&source))?;
        }
    }
    Ok(())
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    move |source| StoreError::Io { path: path.to_path_buf(), source }
}
