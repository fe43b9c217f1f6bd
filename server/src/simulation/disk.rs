//! A disk in memory that is as unkind as disks are allowed to be: what was not flushed may be lost or torn when the
//! power goes, a new name may be lost when its folder was not flushed, operations fail, and the disk fills up.
//!
//! Renaming a folder is taken to be durable at once: only a whole index is ever renamed, and it can be rebuilt.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::chance::Chance;
use super::ground::Weakness;
use super::index::{self, IndexFile, SimulatedIndex};
use crate::disk::{Disk, Lock, LockError};
use crate::store::{Index, StoreError};

const FREE_BYTES: u64 = 1 << 40;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Folder,
    File(usize),
}

/// A change of a folder's entries.
#[derive(Debug, Clone)]
enum Change {
    Add(PathBuf, Node),
    Remove(PathBuf),
}

#[derive(Debug, Clone, Default)]
struct Content {
    now: Vec<u8>,
    flushed: Vec<u8>,
}

#[derive(Debug, Default)]
struct State {
    names: BTreeMap<PathBuf, Node>,
    /// What the names were when their folders were last flushed.
    flushed: BTreeMap<PathBuf, Node>,
    /// Changes since, by folder.
    changes: BTreeMap<PathBuf, Vec<Change>>,
    contents: Vec<Content>,
    indexes: BTreeMap<PathBuf, Arc<Mutex<IndexFile>>>,
    /// Counts the times the machine was switched on.
    life: u64,
    is_down: bool,
    /// Writing operations until the machine goes down.
    countdown: Option<u64>,
    /// One writing operation in this many fails.
    fails_one_in: Option<usize>,
    is_full: bool,
}

/// The disk, shared by all who hold it.
#[derive(Debug, Clone)]
pub(super) struct SimulatedDisk {
    state: Arc<Mutex<State>>,
    chance: Arc<Chance>,
    pub(super) weakness: Option<Weakness>,
}

/// How the machine goes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Crash {
    /// Only the process ends: what it handed to the system is there.
    Kill,
    /// The power goes: what was not flushed may be lost or torn.
    PowerCut,
}

impl SimulatedDisk {
    pub(super) fn new(seed: u64, weakness: Option<Weakness>) -> Self {
        let mut state = State::default();
        state.names.insert(PathBuf::from("/"), Node::Folder);
        state.flushed = state.names.clone();
        Self { state: Arc::new(Mutex::new(state)), chance: Arc::new(Chance::new(seed, "disk")), weakness }
    }

    pub(super) fn crash_after(&self, operations: Option<u64>) {
        self.lock().countdown = operations;
    }

    pub(super) fn fail_one_in(&self, operations: Option<usize>) {
        self.lock().fails_one_in = operations;
    }

    pub(super) fn fill(&self, is_full: bool) {
        self.lock().is_full = is_full;
    }

    pub(super) fn is_down(&self) -> bool {
        self.lock().is_down
    }

    /// The index in a folder as a file, to be damaged.
    pub(super) fn index_file(&self, folder: &Path) -> Option<Arc<Mutex<IndexFile>>> {
        self.lock().indexes.get(folder).cloned()
    }

    /// Takes the index away.
    pub(super) fn remove_index(&self, folder: &Path) {
        let mut state = self.lock();
        state.indexes.remove(folder);
        state.names.remove(folder);
        state.flushed.remove(folder);
    }

    /// Switches the machine on again, with what the crash left.
    pub(super) fn restart(&self, crash: Crash) {
        let mut state = self.lock();
        state.life += 1;
        state.is_down = false;
        state.countdown = None;
        for file in state.indexes.values() {
            index::lock(file).crash(&self.chance);
        }
        if crash == Crash::Kill {
            return;
        }
        let mut names = state.flushed.clone();
        for changes in state.changes.values() {
            let kept = self.chance.below(changes.len() + 1);
            for change in &changes[..kept] {
                apply(&mut names, change);
            }
        }
        // What stands in a folder that is not there is not there either.
        let folders: Vec<PathBuf> =
            names.iter().filter(|(_, node)| **node == Node::Folder).map(|(path, _)| path.clone()).collect();
        names.retain(|path, _| path.parent().is_none_or(|parent| folders.iter().any(|folder| folder == parent)));
        state.names = names.clone();
        state.flushed = names;
        state.changes.clear();
        for content in &mut state.contents {
            content.now = torn(content, &self.chance);
            content.flushed.clone_from(&content.now);
        }
    }

    pub(super) fn fault(what: &str) -> io::Error {
        io::Error::other(what.to_owned())
    }

    pub(super) fn check_life(&self, life: u64) -> io::Result<()> {
        let state = self.lock();
        if state.is_down || state.life != life { Err(Self::fault("the machine is down")) } else { Ok(()) }
    }

    /// Whether a batch for the index is lost without a word.
    pub(super) fn loses_a_batch(&self) -> bool {
        self.weakness == Some(Weakness::LostBatches) && self.chance.one_in(20)
    }

    /// Every writing operation passes here, and may meet its fate.
    pub(super) fn strike(&self, what: &str) -> io::Result<()> {
        let mut state = self.lock();
        self.strike_locked(&mut state, what)
    }

    fn strike_locked(&self, state: &mut State, what: &str) -> io::Result<()> {
        if state.is_down {
            return Err(Self::fault("the machine is down"));
        }
        if let Some(left) = state.countdown {
            state.countdown = left.checked_sub(1);
            if left == 0 {
                state.is_down = true;
                return Err(Self::fault("the machine goes down"));
            }
        }
        if state.fails_one_in.is_some_and(|n| self.chance.one_in(n)) {
            return Err(Self::fault(&format!("{what} failed")));
        }
        if state.is_full && ["create", "write", "append", "index"].contains(&what) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a power cut leaves of a file: what was flushed, and of what came after it some, or none, or rubbish.
fn torn(content: &Content, chance: &Chance) -> Vec<u8> {
    if content.now == content.flushed {
        return content.flushed.clone();
    }
    if !content.now.starts_with(&content.flushed) {
        return if chance.one_in(2) { content.flushed.clone() } else { content.now.clone() };
    }
    let kept = content.flushed.len() + chance.below(content.now.len() - content.flushed.len() + 1);
    let mut left = content.now[..kept].to_vec();
    if chance.one_in(3) {
        // The length was written and the bytes were not.
        left.resize(content.now.len(), 0);
    }
    left
}

fn apply(names: &mut BTreeMap<PathBuf, Node>, change: &Change) {
    match change {
        Change::Add(path, node) => _ = names.insert(path.clone(), *node),
        Change::Remove(path) => _ = names.remove(path),
    }
}

impl State {
    fn change(&mut self, change: Change) {
        apply(&mut self.names, &change);
        let (Change::Add(path, _) | Change::Remove(path)) = &change;
        let folder = path.parent().unwrap_or(Path::new("/")).to_path_buf();
        self.changes.entry(folder).or_default().push(change);
    }

    fn file(&self, path: &Path) -> io::Result<usize> {
        match self.names.get(path) {
            Some(Node::File(number)) => Ok(*number),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn file_made(&mut self, path: &Path) -> io::Result<usize> {
        if let Ok(number) = self.file(path) {
            return Ok(number);
        }
        let is_in_folder = path.parent().is_some_and(|folder| self.names.get(folder) == Some(&Node::Folder));
        if !is_in_folder {
            return Err(io::ErrorKind::NotFound.into());
        }
        self.contents.push(Content::default());
        let number = self.contents.len() - 1;
        self.change(Change::Add(path.to_path_buf(), Node::File(number)));
        Ok(number)
    }
}

impl Disk for SimulatedDisk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let state = self.lock();
        if state.is_down {
            return Err(Self::fault("the machine is down"));
        }
        let number = state.file(path)?;
        Ok(state.contents[number].now.clone())
    }

    fn exists(&self, path: &Path) -> bool {
        self.lock().names.contains_key(path)
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.lock().names.get(path) == Some(&Node::Folder)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let state = self.lock();
        if state.is_down {
            return Err(Self::fault("the machine is down"));
        }
        let inside = state.names.range(folder.to_path_buf()..).map(|(path, _)| path);
        let inside = inside.take_while(|path| path.starts_with(folder));
        Ok(inside.filter(|path| path.parent() == Some(folder)).cloned().collect())
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        let mut state = self.lock();
        self.strike_locked(&mut state, "create")?;
        if state.names.contains_key(folder) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        state.change(Change::Add(folder.to_path_buf(), Node::Folder));
        Ok(())
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.lock();
        let number = state.file_made(path)?;
        let struck = self.strike_locked(&mut state, "write");
        let written = if struck.is_ok() { bytes.len() } else { self.chance.below(bytes.len() + 1) };
        state.contents[number].now = bytes[..written].to_vec();
        struck
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.lock();
        let number = state.file_made(path)?;
        let struck = self.strike_locked(&mut state, "append");
        let written = if struck.is_ok() { bytes.len() } else { self.chance.below(bytes.len() + 1) };
        state.contents[number].now.extend_from_slice(&bytes[..written]);
        struck
    }

    fn cut(&self, path: &Path, length: u64) -> io::Result<()> {
        let mut state = self.lock();
        self.strike_locked(&mut state, "remove")?;
        let number = state.file(path)?;
        let length = usize::try_from(length).map_err(io::Error::other)?;
        state.contents[number].now.resize(length, 0);
        Ok(())
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        self.strike_locked(&mut state, "sync")?;
        if self.weakness == Some(Weakness::NoFlush) {
            return Ok(());
        }
        match state.names.get(path).copied() {
            None => return Err(io::ErrorKind::NotFound.into()),
            Some(Node::File(number)) => {
                let content = &mut state.contents[number];
                content.flushed.clone_from(&content.now);
            }
            Some(Node::Folder) => {
                let changes = state.changes.remove(path).unwrap_or_default();
                for change in changes {
                    apply(&mut state.flushed, &change);
                }
            }
        }
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.lock();
        self.strike_locked(&mut state, "rename")?;
        let node = state.names.get(from).copied().ok_or(io::ErrorKind::NotFound)?;
        if node == Node::Folder {
            for names in [1, 2] {
                let names = if names == 1 { &mut state.names } else { &mut state.flushed };
                names.remove(from);
                names.insert(to.to_path_buf(), Node::Folder);
            }
            if let Some(index) = state.indexes.remove(from) {
                state.indexes.insert(to.to_path_buf(), index);
            }
            return Ok(());
        }
        state.change(Change::Add(to.to_path_buf(), node));
        state.change(Change::Remove(from.to_path_buf()));
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        self.strike_locked(&mut state, "remove")?;
        state.file(path)?;
        state.change(Change::Remove(path.to_path_buf()));
        Ok(())
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        self.strike("remove")?;
        self.remove_index(folder);
        Ok(())
    }

    fn free_bytes(&self, _folder: &Path) -> io::Result<u64> {
        Ok(if self.lock().is_full { 0 } else { FREE_BYTES })
    }

    fn lock(&self, _path: &Path) -> Result<Lock, LockError> {
        Ok(Lock(Box::new(())))
    }

    fn open_index(&self, folder: &Path) -> Result<Box<dyn Index>, StoreError> {
        self.strike("open").map_err(|source| StoreError::Io { path: folder.to_path_buf(), source })?;
        let (file, life) = {
            let mut state = self.lock();
            for names in [1, 2] {
                let names = if names == 1 { &mut state.names } else { &mut state.flushed };
                names.insert(folder.to_path_buf(), Node::Folder);
            }
            (Arc::clone(state.indexes.entry(folder.to_path_buf()).or_default()), state.life)
        };
        Ok(Box::new(SimulatedIndex::open(self.clone(), folder, file, life)?))
    }

    fn salvage_index(&self, damaged: &Path, folder: &Path) -> Result<(), StoreError> {
        self.strike("copy").map_err(|source| StoreError::Io { path: folder.to_path_buf(), source })?;
        let Some(file) = self.index_file(damaged) else { return Ok(()) };
        let mut copy = index::lock(&file).clone();
        copy.is_damaged = copy.is_lost;
        self.lock().indexes.insert(folder.to_path_buf(), Arc::new(Mutex::new(copy)));
        Ok(())
    }
}
