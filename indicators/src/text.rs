//! Text in the three languages of the service. Formatting numbers and dates for people is the
//! frontend's work, not this module's.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language of the pages and of the names in the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Language {
    /// Kazakh, the language shown when nothing else is asked for.
    Kk,
    /// Russian.
    Ru,
    /// English.
    En,
}

impl Language {
    /// All languages, in the order they are offered.
    pub const ALL: [Self; 3] = [Self::Kk, Self::Ru, Self::En];

    /// The BCP 47 tag: `kk`, `ru` or `en`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Kk => "kk",
            Self::Ru => "ru",
            Self::En => "en",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.tag())
    }
}

/// The text names no language of the service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the language {found:?}; expected kk, ru or en")]
pub struct LanguageError {
    /// The text given.
    pub found: String,
}

impl FromStr for Language {
    type Err = LanguageError;

    fn from_str(text: &str) -> Result<Self, LanguageError> {
        Self::ALL
            .into_iter()
            .find(|language| language.tag() == text)
            .ok_or_else(|| LanguageError { found: text.to_owned() })
    }
}

/// One text in all three languages. None may be left out: a missing translation is an error when
/// the definition is read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LocalText {
    /// Kazakh.
    pub kk: String,
    /// Russian.
    pub ru: String,
    /// English.
    pub en: String,
}

impl LocalText {
    /// The text in one language.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Kk => &self.kk,
            Language::Ru => &self.ru,
            Language::En => &self.en,
        }
    }
}
