//! Who may do more than read: [`Key`], what it opens ([`Scope`]), and [`Keys`], the list made of everything that was
//! ever said about keys. A key itself is shown once and kept nowhere; here are only its hashes.
//!
//! How the list is kept is `book`'s matter, what a caller may do with a key that of [`crate::routes`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use clap::ValueEnum;
use indicators::code::DataflowId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

mod book;
mod secret;

pub use book::{KeyBook, KeyError, NewKey};
pub use secret::{KeyId, Token};

use secret::SecretHash;

/// What a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Reading with a larger quota.
    ReadMore,
    /// Delivering figures, and looking at what was delivered with the same key.
    Submit,
    /// Looking at everything delivered, and deciding on it.
    Operate,
}

impl Scope {
    /// As it stands on the command line and in refusals.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ReadMore => "read-more",
            Self::Submit => "submit",
            Self::Operate => "operate",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// One key, as far as it is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its public name.
    pub id: KeyId,
    /// Who holds it: the name that stands beside figures delivered with it.
    pub holder: String,
    /// What it opens.
    pub scopes: BTreeSet<Scope>,
    /// The dataflows it may deliver to.
    pub dataflows: BTreeSet<DataflowId>,
    /// Requests a minute, where that differs from what is published.
    pub requests_per_minute: Option<u32>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it opens nothing.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    secrets: Vec<HeldSecret>,
}

/// The hash of a secret, and until when it is good.
#[derive(Debug, Clone, PartialEq, Eq)]
struct HeldSecret {
    hash: SecretHash,
    until: Option<Timestamp>,
}

impl Key {
    /// Whether it opens something.
    #[must_use]
    pub fn opens(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// Whether it is in force at a moment.
    #[must_use]
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// What is said about a key, once and for good. The lines of the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum KeyEvent {
    /// A key was made.
    Created {
        key: KeyId,
        holder: String,
        scopes: BTreeSet<Scope>,
        #[serde(default)]
        dataflows: BTreeSet<DataflowId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        requests_per_minute: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<Timestamp>,
        secret_sha256: SecretHash,
        at: Timestamp,
    },
    /// It got a new secret; the ones before are good until then.
    Rotated { key: KeyId, secret_sha256: SecretHash, old_good_until: Timestamp, at: Timestamp },
    /// It opens nothing any more.
    Revoked { key: KeyId, at: Timestamp },
}

/// Every key there ever was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    keys: BTreeMap<KeyId, Key>,
    faults: Vec<String>,
}

impl Keys {
    fn remember(&mut self, event: KeyEvent) {
        match event {
            KeyEvent::Created {
                key,
                holder,
                scopes,
                dataflows,
                requests_per_minute,
                expires_at,
                secret_sha256,
                at,
            } => {
                let secrets = vec![HeldSecret { hash: secret_sha256, until: None }];
                let id = key.clone();
                let made = Key {
                    id,
                    holder,
                    scopes,
                    dataflows,
                    requests_per_minute,
                    created_at: at,
                    expires_at,
                    revoked_at: None,
                    secrets,
                };
                self.keys.insert(key, made);
            }
            KeyEvent::Rotated { key, secret_sha256, old_good_until, .. } => {
                if let Some(held) = self.keys.get_mut(&key) {
                    for old in &mut held.secrets {
                        old.until = Some(old.until.map_or(old_good_until, |until| until.min(old_good_until)));
                    }
                    held.secrets.push(HeldSecret { hash: secret_sha256, until: None });
                }
            }
            KeyEvent::Revoked { key, at } => {
                if let Some(held) = self.keys.get_mut(&key) {
                    held.revoked_at.get_or_insert(at);
                }
            }
        }
    }

    /// All keys, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.keys.values()
    }

    /// A key by its public name.
    #[must_use]
    pub fn find(&self, id: &KeyId) -> Option<&Key> {
        self.keys.get(id)
    }

    /// Lines of the book that could not be read.
    #[must_use]
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// The key that a caller shows, if it is one and in force. The secret is compared in a time that does not depend
    /// on it, and a name that nobody bears takes as long as one that somebody does.
    #[must_use]
    pub fn shown(&self, text: &str, now: Timestamp) -> Option<&Key> {
        let token: Token = text.parse().ok()?;
        let shown = SecretHash::of(&token);
        let key = self.keys.get(token.id());
        let nobody = [HeldSecret { hash: SecretHash::nobodys(), until: None }];
        let held = key.map_or(&nobody[..], |key| &key.secrets);
        let mut is_good = false;
        for secret in held {
            let is_same = secret.hash.is_same(&shown);
            is_good |= is_same && secret.until.is_none_or(|until| now < until);
        }
        key.filter(|key| is_good && key.is_in_force(now))
    }

    /// Why a text that was refused is refused, for those who operate the service. Nobody else is told.
    #[must_use]
    pub fn why_not_shown(&self, text: &str, now: Timestamp) -> NotShown {
        let Ok(token) = text.parse::<Token>() else { return NotShown::Unreadable };
        let id = token.id().clone();
        match self.keys.get(&id) {
            None => NotShown::Unknown(id),
            Some(key) if key.revoked_at.is_some() => NotShown::Revoked(id),
            Some(key) if !key.is_in_force(now) => NotShown::Expired(id),
            Some(_) => NotShown::WrongSecret(id),
        }
    }
}

/// Why a text is no key that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotShown {
    /// It has not the form of a key.
    Unreadable,
    /// Nobody bears the name.
    Unknown(KeyId),
    /// The name is somebody's and the secret is not.
    WrongSecret(KeyId),
    /// Its time is over.
    Expired(KeyId),
    /// It was revoked.
    Revoked(KeyId),
}

#[cfg(test)]
mod tests;
