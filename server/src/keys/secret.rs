//! The key as a caller shows it ([`Token`]), its public name and the hash it is known by.
//!
//! ```text
//! sandyq_1f0c9a7be233_8d6e…          "sandyq", name (6 bytes), secret (32 bytes), in hexadecimal
//! ```
//!
//! The secret is 256 random bits, so its SHA-256 cannot be turned back by trying; a slow hash, as passwords need,
//! would only make every request slow.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

const PREFIX: &str = "sandyq_";

/// Public name of a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId(String);

/// The text names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key {found:?}; expected twelve hexadecimal digits, as `sandyq keys list` shows them")]
pub struct KeyIdError {
    found: String,
}

impl KeyId {
    fn random() -> Self {
        Self(hex::encode(rand::random::<[u8; 6]>()))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyId {
    type Err = KeyIdError;

    fn from_str(text: &str) -> Result<Self, KeyIdError> {
        if is_hexadecimal(text, 12) {
            Ok(Self(text.to_owned()))
        } else {
            Err(KeyIdError { found: text.chars().take(40).collect() })
        }
    }
}

impl TryFrom<String> for KeyId {
    type Error = KeyIdError;

    fn try_from(text: String) -> Result<Self, KeyIdError> {
        text.parse()
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// The text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a key of this service")]
pub struct NoToken;

/// A key as it is shown: by us once, by its holder with every request.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    id: KeyId,
    secret: String,
}

impl Token {
    pub(super) fn random() -> Self {
        Self::renewed(KeyId::random())
    }

    pub(super) fn renewed(id: KeyId) -> Self {
        Self { id, secret: hex::encode(rand::random::<[u8; 32]>()) }
    }

    /// The public name in it.
    #[must_use]
    pub const fn id(&self) -> &KeyId {
        &self.id
    }

    /// The whole of it. The one place where a secret becomes text that may be seen.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}_{}", self.id, self.secret)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Token").field("id", &self.id).finish_non_exhaustive()
    }
}

impl FromStr for Token {
    type Err = NoToken;

    fn from_str(text: &str) -> Result<Self, NoToken> {
        let read = || {
            let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
            is_hexadecimal(secret, 64).then_some(Self { id: id.parse().ok()?, secret: secret.to_owned() })
        };
        read().ok_or(NoToken)
    }
}

fn is_hexadecimal(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
}

/// SHA-256 of a secret together with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct SecretHash([u8; 32]);

impl SecretHash {
    pub(super) fn of(token: &Token) -> Self {
        Self(Sha256::digest(token.reveal()).into())
    }

    /// A hash that no secret has been found for.
    pub(super) const fn nobodys() -> Self {
        Self([0; 32])
    }

    /// Whether both are the same, in a time that does not depend on where they differ.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl TryFrom<String> for SecretHash {
    type Error = hex::FromHexError;

    fn try_from(text: String) -> Result<Self, hex::FromHexError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(&text, &mut bytes)?;
        Ok(Self(bytes))
    }
}

impl From<SecretHash> for String {
    fn from(hash: SecretHash) -> Self {
        hex::encode(hash.0)
    }
}
