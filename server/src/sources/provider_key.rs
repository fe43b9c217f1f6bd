//! The key a provider gave an operator: [`ProviderKey`]. It travels in one header of one request and is written nowhere.

use std::fmt;
use std::str::FromStr;

/// Longer than any token seen.
const LONGEST: usize = 4096;

/// A key. It does not show itself when it is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderKey(String);

/// A text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 1 to {LONGEST} visible ASCII characters")]
pub struct NoProviderKey;

impl ProviderKey {
    /// The value of the `Authorization` header.
    pub(crate) fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }
}

impl FromStr for ProviderKey {
    type Err = NoProviderKey;

    fn from_str(text: &str) -> Result<Self, NoProviderKey> {
        let text = text.trim();
        let is_key = (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_key { Ok(Self(text.to_owned())) } else { Err(NoProviderKey) }
    }
}

impl fmt::Debug for ProviderKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ProviderKey(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_checked_and_not_shown() {
        let key: Result<ProviderKey, _> = " abc.DEF-123 \n".parse();
        assert_eq!(key.as_ref().map(ProviderKey::header), Ok("Bearer abc.DEF-123".to_owned()));
        assert!(!format!("{key:?}").contains("abc"));
        let long = "x".repeat(LONGEST + 1);
        for text in ["", "  ", "two words", "line\nbreak", "ключ", long.as_str()] {
            assert_eq!(text.parse::<ProviderKey>(), Err(NoProviderKey), "{text:?}");
        }
    }
}
