//! Checked identifiers: [`AreaCode`], [`IndicatorCode`], [`DataflowId`], [`CriterionCode`],
//! [`NodeCode`].
//!
//! Each is its own type, so that one cannot stand in for another. Code lists with names and
//! validity live in [`crate::area`] and [`crate::definition`], not here.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
#[cfg(feature = "openapi")]
use utoipa::openapi::{RefOr, Schema};

/// Longest identifier accepted, in bytes.
pub const MAX_CODE_LENGTH: usize = 64;

/// An identifier was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeError {
    /// The text was empty.
    #[error("an empty code; expected 1 to {MAX_CODE_LENGTH} letters, digits, '_', '-' or '.'")]
    Empty,
    /// The text was longer than [`MAX_CODE_LENGTH`] bytes.
    #[error("a code of {length} bytes; at most {MAX_CODE_LENGTH} are accepted")]
    TooLong {
        /// Length found, in bytes.
        length: usize,
    },
    /// A character outside letters, digits, `_`, `-` and `.`.
    #[error("the character {found:?} in the code {code:?}; expected letters, digits, '_', '-' or '.'")]
    Character {
        /// The whole text.
        code: String,
        /// The first character refused.
        found: char,
    },
}

fn check(code: &str) -> Result<(), CodeError> {
    if code.is_empty() {
        return Err(CodeError::Empty);
    }
    if code.len() > MAX_CODE_LENGTH {
        return Err(CodeError::TooLong { length: code.len() });
    }
    match code.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))) {
        Some(found) => Err(CodeError::Character { code: code.to_owned(), found }),
        None => Ok(()),
    }
}

macro_rules! code_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        pub struct $name(String);

        impl $name {
            /// The code as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = CodeError;

            fn from_str(code: &str) -> Result<Self, CodeError> {
                check(code)?;
                Ok(Self(code.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = CodeError;

            fn try_from(code: String) -> Result<Self, CodeError> {
                check(&code)?;
                Ok(Self(code))
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                String::schema()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

code_type! {
    /// Code of an area: ISO 3166-1 alpha-3 for countries (`KAZ`), ISO 3166-2 for regions (`KZ-10`).
    AreaCode
}
code_type! {
    /// Code of an indicator, measured (`internet_users`) or derived (`internet_school_gap`).
    IndicatorCode
}
code_type! {
    /// Code of a criterion of a framework (`internet_access`), or of any other group in its tree.
    CriterionCode
}
code_type! {
    /// Code of a node of a framework's tree: an indicator or a group.
    NodeCode
}

impl From<IndicatorCode> for NodeCode {
    fn from(code: IndicatorCode) -> Self {
        Self(code.0)
    }
}

impl From<NodeCode> for IndicatorCode {
    fn from(code: NodeCode) -> Self {
        Self(code.0)
    }
}

impl From<CriterionCode> for NodeCode {
    fn from(code: CriterionCode) -> Self {
        Self(code.0)
    }
}
code_type! {
    /// Code of one published table of a provider (`BNS_SDG_17_8_1`).
    DataflowId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_checked_when_read() {
        fn check(text: &str, expected: &Result<(), CodeError>) {
            assert_eq!(&text.parse::<AreaCode>().map(|_| ()), expected, "{text:?}");
        }
        check("KZ-10", &Ok(()));
        check("KAZ", &Ok(()));
        check("", &Err(CodeError::Empty));
        check("KZ 10", &Err(CodeError::Character { code: "KZ 10".into(), found: ' ' }));
        check("<b>", &Err(CodeError::Character { code: "<b>".into(), found: '<' }));
        check(&"x".repeat(65), &Err(CodeError::TooLong { length: 65 }));
    }
}
