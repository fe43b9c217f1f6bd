//! The list of keys as a file that only ever grows: `keys.jsonl` in the data folder, a line for each key made, rotated
//! or revoked, each flushed before it counts. It is the record of who was let in, and when.
//!
//! The command line writes it while the service runs; a lock of its own keeps two writers apart. The service looks
//! whether it grew before it believes a key, so a revoked key is refused from the next request on.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use indicators::code::DataflowId;
use jiff::{SignedDuration, Timestamp};

use super::secret::SecretHash;
use super::{Key, KeyEvent, KeyId, Keys, Scope, Token};
use crate::checked_line;
use crate::disk::{Disk, LocalDisk, LockError};
use crate::durable::{self, DiskError};

/// The file, in the data folder.
const FILE: &str = "keys.jsonl";
/// Longest name of a holder.
const LONGEST_HOLDER: usize = 200;

/// A key could not be made, changed or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// No such key.
    #[error("no key {id}; see `sandyq keys list`")]
    Unknown {
        /// The name given.
        id: KeyId,
    },
    /// A revoked key stays revoked.
    #[error("the key {id} was revoked at {at}; make a new one")]
    Revoked {
        /// The key.
        id: KeyId,
        /// When.
        at: Timestamp,
    },
    /// The name of the holder is none.
    #[error("the holder {found:?}; expected 1 to {LONGEST_HOLDER} characters on one line")]
    Holder {
        /// The name given.
        found: String,
    },
    /// A key opens something.
    #[error("no scope; expected read-more, submit or operate")]
    NoScope,
    /// Scope and dataflows do not fit.
    #[error("{}", if *.has_scope { "scope submit without --dataflow; name what may be delivered" } else { "--dataflow without scope submit" })]
    Dataflows {
        /// Whether the scope is there.
        has_scope: bool,
    },
    /// Somebody else is writing.
    #[error("the list of keys is being changed by process {by}; try again")]
    Busy {
        /// The number of the process, as it wrote it down.
        by: String,
    },
    /// A line of the book is damaged.
    #[error("{}: {reason}; restore it from a backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
    /// The disk said no.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// A key about to be made.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Who will hold it.
    pub holder: String,
    /// What it opens.
    pub scopes: BTreeSet<Scope>,
    /// What may be delivered with it.
    pub dataflows: BTreeSet<DataflowId>,
    /// Requests a minute, unless as published.
    pub requests_per_minute: Option<u32>,
    /// From when on it opens nothing.
    pub expires_at: Option<Timestamp>,
}

impl NewKey {
    fn check(&self) -> Result<(), KeyError> {
        let holder = self.holder.trim();
        let is_name = !holder.is_empty() && holder.chars().count() <= LONGEST_HOLDER;
        if !is_name || holder != self.holder || holder.chars().any(char::is_control) {
            return Err(KeyError::Holder { found: self.holder.clone() });
        }
        if self.scopes.is_empty() {
            return Err(KeyError::NoScope);
        }
        let has_scope = self.scopes.contains(&Scope::Submit);
        if has_scope == self.dataflows.is_empty() {
            return Err(KeyError::Dataflows { has_scope });
        }
        Ok(())
    }
}

/// The book, where it lies.
#[derive(Debug)]
pub struct KeyBook {
    path: PathBuf,
    read: Mutex<(Option<Edition>, Arc<Keys>)>,
}

/// What tells one state of the file from another: its length and when it was written.
type Edition = (u64, Option<SystemTime>);

impl KeyBook {
    /// The book of a data folder. There need be none.
    #[must_use]
    pub fn of(data: &Path) -> Self {
        Self { path: data.join(FILE), read: Mutex::default() }
    }

    /// The keys as they stand now.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn keys(&self) -> Result<Arc<Keys>, KeyError> {
        let edition = match fs::metadata(&self.path) {
            Ok(found) => Some((found.len(), found.modified().ok())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(DiskError::at(&self.path)(error).into()),
        };
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if read.0 != edition {
            *read = (edition, Arc::new(self.read_all()?));
        }
        Ok(Arc::clone(&read.1))
    }

    fn read_all(&self) -> Result<Keys, KeyError> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(DiskError::at(&self.path)(error).into()),
        };
        let mut keys = Keys::default();
        let (_, lines) = checked_line::whole(&text);
        for (line, number) in lines {
            match checked_line::read(line) {
                Ok(event) => keys.remember(event),
                Err(reason) => keys.faults.push(format!("line {number} is damaged: {reason}")),
            }
        }
        // A line that cannot be read may be the one that revokes a key: then nobody is let in.
        if let Some(reason) = keys.faults.first() {
            tracing::error!(path = %self.path.display(), reason, "the list of keys is damaged; no key is accepted");
            keys.keys.clear();
        }
        Ok(keys)
    }

    /// Makes a key. What is returned is shown once and kept nowhere.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn create(&self, new: NewKey, now: Timestamp) -> Result<Token, KeyError> {
        new.check()?;
        self.change(|_keys| {
            let token = Token::random();
            let NewKey { holder, scopes, dataflows, requests_per_minute, expires_at } = new;
            let (key, secret_sha256) = (token.id().clone(), SecretHash::of(&token));
            let event = KeyEvent::Created {
                key,
                holder,
                scopes,
                dataflows,
                requests_per_minute,
                expires_at,
                secret_sha256,
                at: now,
            };
            Ok((event, token))
        })
    }

    /// Gives a key a new secret. The old one is good for a while longer, so that its holder can change over.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn rotate(&self, id: &KeyId, overlap: SignedDuration, now: Timestamp) -> Result<Token, KeyError> {
        self.change(|keys| {
            let key = in_use(keys, id)?;
            let token = Token::renewed(key.id.clone());
            let (key, secret_sha256) = (key.id.clone(), SecretHash::of(&token));
            let old_good_until = now.checked_add(overlap).unwrap_or(now);
            Ok((KeyEvent::Rotated { key, secret_sha256, old_good_until, at: now }, token))
        })
    }

    /// Revokes a key for good.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn revoke(&self, id: &KeyId, now: Timestamp) -> Result<(), KeyError> {
        self.change(|keys| {
            let key = in_use(keys, id)?.id.clone();
            Ok((KeyEvent::Revoked { key, at: now }, ()))
        })
    }

    /// Writes one line, decided on what the book says at that moment.
    fn change<T>(&self, decide: impl FnOnce(&Keys) -> Result<(KeyEvent, T), KeyError>) -> Result<T, KeyError> {
        let disk = LocalDisk;
        let folder = self.path.parent().unwrap_or(Path::new("."));
        durable::create_folder(&disk, folder)?;
        let lock = self.path.with_extension("lock");
        let _locked = disk.lock(&lock).map_err(|refused| match refused {
            LockError::Held { by } => KeyError::Busy { by },
            LockError::Io(error) => DiskError::at(&lock)(error).into(),
        })?;
        let keys = self.read_all()?;
        if let Some(reason) = keys.faults.first() {
            return Err(KeyError::Damaged { path: self.path.clone(), reason: reason.clone() });
        }
        let (event, made) = decide(&keys)?;
        let failed = |error: io::Error| KeyError::from(DiskError::at(&self.path)(error));
        let text = if disk.exists(&self.path) { disk.read(&self.path).map_err(failed)? } else { Vec::new() };
        let (whole, _) = checked_line::whole(&text);
        if whole < text.len() {
            // Half a line that was never acknowledged.
            disk.cut(&self.path, u64::try_from(whole).unwrap_or_default()).map_err(failed)?;
        }
        let line = checked_line::write(&event).map_err(io::Error::other).map_err(failed)?;
        disk.append(&self.path, line.as_bytes()).map_err(failed)?;
        durable::sync(&disk, &self.path)?;
        durable::sync(&disk, folder)?;
        Ok(made)
    }
}

fn in_use<'a>(keys: &'a Keys, id: &KeyId) -> Result<&'a Key, KeyError> {
    let key = keys.find(id).ok_or_else(|| KeyError::Unknown { id: id.clone() })?;
    match key.revoked_at {
        Some(at) => Err(KeyError::Revoked { id: id.clone(), at }),
        None => Ok(key),
    }
}
