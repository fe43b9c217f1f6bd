//! How an index of the bureau's data portal is found: [`PortalIndex`].

use serde::Deserialize;

/// Which index is meant, and by which of its segments.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortalIndex {
    /// The number it is kept under, where that is known.
    #[serde(default)]
    pub index: Option<u64>,
    /// Its names, the first of them searched for, where the number is not known. A result with another name is not taken.
    #[serde(default)]
    pub names: Vec<String>,
    /// The kind of period: 7 is a year.
    pub period: u8,
    /// The term of the country, at the top of the dictionary of regions.
    pub country_term: u64,
    /// The dictionaries of regions. Which of them an index is kept with differs.
    pub region_dictionaries: Vec<u32>,
}

impl PortalIndex {
    /// What contradicts itself.
    pub(super) fn fault(&self) -> Option<String> {
        if self.index.is_some() != self.names.is_empty() {
            return Some("an index has a number, or else the names it is searched by".to_owned());
        }
        self.region_dictionaries.is_empty().then(|| "an index without a dictionary of regions".to_owned())
    }
}
