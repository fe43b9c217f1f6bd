//! The index in use: opened and opened again, rebuilt beside the one in use, or held in memory while the disk takes none.
//! What is put back into it and in which order is [`super::replay`]'s matter.

use std::fmt::Display;
use std::mem;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use indicators::wire::RunOutcome;

use super::replay::Replayed;
use super::{JobError, Jobs};
use crate::durable::{self, DiskError};
use crate::run_log::Run;
use crate::store::{self, Copied, Store, StoreError};

/// What a compaction did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compacted {
    /// What was copied, and what was left behind.
    pub copied: Copied,
    /// Bytes on the disk before.
    pub bytes_before: u64,
    /// Bytes on the disk since.
    pub bytes_after: u64,
}

impl Jobs {
    /// Opens the index, and takes in the recordings that are new. What the disk refuses keeps nobody from being answered:
    /// then an index in memory stands in.
    pub(super) fn open_first(&self) -> Result<(), JobError> {
        let _changing = self.changing();
        match self.open_index().and_then(|()| self.import_bundled()) {
            Err(error) if error.is_of_the_disk() => self.stand_in(&error),
            other => other,
        }
    }

    /// Opens the index again when a write into it has failed. The caller holds the lock on changes.
    pub(super) fn ensure_open(&self) -> Result<(), JobError> {
        if !self.index_failed.load(Ordering::Acquire) {
            return Ok(());
        }
        let in_use = self.store();
        if !in_use.is_in_memory() {
            return self.open_index();
        }
        // What stands in stays until the one on the disk is whole.
        self.check_room(0)?;
        let opened = self.open_index().and_then(|()| self.import_bundled());
        if opened.is_err() {
            self.index_failed.store(true, Ordering::Release);
            self.use_store(in_use);
        }
        opened
    }

    /// Before anything is built upon the index: it is open and knows every vintage that the log does. The caller holds the
    /// lock on changes.
    pub(super) fn ensure_current(&self) -> Result<(), JobError> {
        self.ensure_open()?;
        self.catch_up_on_the_log()
    }

    fn open_index(&self) -> Result<(), JobError> {
        // The old one must be gone before the folder can be opened again.
        self.use_store(Arc::new(Store::closed(&self.folder.store())));
        let (store, condition) = store::open_guarded(self.folder.disk().as_ref(), &self.folder.store())?;
        self.use_store(Arc::new(store));
        self.note(condition.problem());
        self.reconcile()?;
        self.index_failed.store(false, Ordering::Release);
        self.notes().memory = None;
        Ok(())
    }

    /// Remembers that the index must be opened again before it is of any use.
    pub(super) fn note_failure(&self, error: &StoreError) {
        if matches!(error, StoreError::Io { .. }) {
            self.index_failed.store(true, Ordering::Release);
        }
    }

    /// Rebuilds an index that was found damaged. When the disk does not let it, one in memory stands in, and the error
    /// says why. The caller holds the lock on changes.
    pub(super) fn mend(&self, fault: &dyn Display) -> Result<(), JobError> {
        tracing::error!(%fault, "the index is damaged and is rebuilt");
        let rebuilt = self.rebuild_locked("damaged");
        match &rebuilt {
            Ok(_) => {
                self.note(Some(format!("The index was damaged ({fault}) and has been rebuilt from the snapshots.")));
            }
            Err(error) if error.is_of_the_disk() => self.stand_in(error)?,
            Err(_) => {}
        }
        rebuilt.map(|_| ())
    }

    /// Builds the index again from log and payloads.
    ///
    /// # Errors
    /// When the disk refuses; then the index stays as it was. Runs that cannot be replayed are listed in the answer.
    pub fn rebuild(&self) -> Result<Replayed, JobError> {
        let _changing = self.changing();
        self.rebuild_locked("before-rebuild")
    }

    /// The new index is built beside the one in use and takes its place when it is whole: half an index, on a disk that
    /// fills up meanwhile, would be worse than a damaged one.
    pub(super) fn rebuild_locked(&self, why: &str) -> Result<Replayed, JobError> {
        self.check_room(0)?;
        let replayed = self.build_beside(|store| {
            let (filled, replayed) = self.fill(store)?;
            // What is open cannot be opened again under another name.
            drop(filled);
            Ok(replayed)
        })?;
        if let Some(aside) = self.put_in_place(why)? {
            tracing::warn!(aside = %aside.display(), "the index was rebuilt; the old one was set aside");
        }
        self.told_of(&replayed)?;
        self.index_failed.store(false, Ordering::Release);
        Ok(replayed)
    }

    /// Copies the index without blocks that no vintage names and releases that are not published, and puts the copy in
    /// its place. An index that turns out damaged is rebuilt first.
    ///
    /// # Errors
    /// When the disk refuses; then the index stays as it was.
    pub fn compact(&self) -> Result<Compacted, JobError> {
        let _changing = self.changing();
        self.ensure_open()?;
        match self.compact_locked() {
            Err(JobError::Store(error)) if error.is_damage() => {
                self.mend(&error)?;
                self.compact_locked()
            }
            done => done,
        }
    }

    pub(super) fn compact_locked(&self) -> Result<Compacted, JobError> {
        self.catch_up_on_the_log()?;
        let store = self.store();
        let bytes_before = store.size_on_disk()?;
        // The copy is at most as large as the original.
        self.check_room(usize::try_from(bytes_before).unwrap_or(usize::MAX) / 2)?;
        let pointer = store.published()?;
        let published = pointer.map(|pointer| (self.steps.named_by)(&pointer)).transpose();
        let published = published.map_err(|error| JobError::Internal(format!("{error:#}")))?.unwrap_or_default();
        let copied = self.build_beside(|copy| Ok(store.copy_live(&copy, &published)?))?;
        drop(store);
        let aside = self.put_in_place("before-compaction")?;
        self.index_failed.store(false, Ordering::Release);
        if let Some(aside) = aside
            && let Err(error) = self.folder.disk().remove_folder(&aside)
        {
            tracing::warn!(%error, aside = %aside.display(), "the index from before the compaction is left there");
        }
        Ok(Compacted { copied, bytes_before, bytes_after: self.store().size_on_disk()? })
    }

    /// Builds an index beside the one in use, or nothing.
    fn build_beside<T>(&self, build: impl FnOnce(Store) -> Result<T, JobError>) -> Result<T, JobError> {
        let (disk, beside) = (self.folder.disk().as_ref(), self.folder.store_beside());
        let remove_beside = || if disk.exists(&beside) { disk.remove_folder(&beside) } else { Ok(()) };
        remove_beside().map_err(DiskError::at(&beside))?;
        let made = Store::open_on(disk, &beside).map_err(JobError::from).and_then(build);
        if made.is_err()
            && let Err(error) = remove_beside()
        {
            tracing::warn!(%error, "half an index lies beside the one in use until the next is built");
        }
        made
    }

    /// Puts what was built beside the index in its place. Says where the old one is now.
    fn put_in_place(&self, why: &str) -> Result<Option<PathBuf>, JobError> {
        let (disk, folder, beside) = (self.folder.disk().as_ref(), self.folder.store(), self.folder.store_beside());
        // Whatever fails from here on, the folder is opened anew and what it lacks is filled in.
        self.index_failed.store(true, Ordering::Release);
        self.use_store(Arc::new(Store::closed(&folder)));
        let aside = disk.exists(&folder).then(|| self.folder.set_index_aside(why)).transpose()?;
        disk.rename(&beside, &folder).map_err(DiskError::at(&beside))?;
        durable::sync(disk, self.folder.root())?;
        self.use_store(Arc::new(Store::open_on(disk, &folder)?));
        Ok(aside)
    }

    /// Serves from an index in memory, filled from log, payloads and recordings. Nothing is kept that is not kept already.
    fn stand_in(&self, error: &JobError) -> Result<(), JobError> {
        tracing::error!(%error, "the index cannot be kept on the disk; one in memory stands in for it");
        self.index_failed.store(true, Ordering::Release);
        let (filled, _) = self.fill(Store::in_memory())?;
        self.use_store(filled);
        self.notes().memory = Some(format!(
            "The index cannot be kept on the disk: {error}. What is known is served from memory; nothing new is stored."
        ));
        self.remember_bundled()
    }

    /// Puts everything that the log knows into a store that nobody uses yet.
    fn fill(&self, store: Store) -> Result<(Arc<Store>, Replayed), JobError> {
        let in_use = self.use_store(Arc::new(store));
        let runs = self.run_log.ask(|history| history.runs().to_vec());
        let updating: Vec<&Run> = runs.iter().filter(|run| run.outcome == RunOutcome::Updated).collect();
        let replayed = self.replay_each(&updating);
        let filled = self.use_store(in_use);
        Ok((filled, replayed?))
    }

    fn use_store(&self, store: Arc<Store>) -> Arc<Store> {
        mem::replace(&mut *self.store.write().unwrap_or_else(PoisonError::into_inner), store)
    }
}
