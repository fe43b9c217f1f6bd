//! Areas and their history: [`Area`] and the dated code list [`AreaList`].
//!
//! Boundaries change, and an area's code does not always: East Kazakhstan kept `KZ-63` when Abai
//! left it in 2022. So an area carries the days it is valid and the breaks in its territory, and
//! provider codes are mapped here too. Geometry belongs to the frontend's assets.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::AreaCode;
use crate::text::LocalText;

/// Where an area stands in the hierarchy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AreaLevel {
    /// A state.
    Country,
    /// A first-level division of a state.
    Region,
}

/// What kind of place an area is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AreaKind {
    /// A state.
    Country,
    /// A region (oblast).
    Region,
    /// A city with the rank of a region.
    City,
}

/// A day on which an area's territory changed while its code stayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TerritoryBreak {
    /// The day the change took effect.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub date: Date,
    /// What left or joined.
    pub reason: LocalText,
}

/// A place that observations describe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Our code.
    pub code: AreaCode,
    /// Country or region.
    pub level: AreaLevel,
    /// Country, region or city.
    pub kind: AreaKind,
    /// Name in three languages.
    pub name: LocalText,
    /// The country of a region.
    #[serde(default)]
    pub parent: Option<AreaCode>,
    /// Areas this one was split from or renamed from, nearest first.
    #[serde(default)]
    pub predecessors: Vec<AreaCode>,
    /// First day of validity; `None` for "always, as far as the data reach".
    #[serde(default)]
    pub valid_from: Option<Date>,
    /// First day on which it no longer exists.
    #[serde(default)]
    pub valid_to: Option<Date>,
    /// Changes of territory under the same code.
    #[serde(default)]
    pub breaks: Vec<TerritoryBreak>,
    /// Codes that providers use: scheme name (`kazstat_sdg`, `kato`, `taldau`, `iso_old`) to codes.
    #[serde(default)]
    pub provider_codes: BTreeMap<String, Vec<String>>,
}

impl Area {
    /// Whether the area exists at the end of the year, which is the day annual figures describe.
    #[must_use]
    pub fn is_valid_in(&self, year: i16) -> bool {
        self.valid_from.is_none_or(|from| from.year() <= year) && self.valid_to.is_none_or(|to| to.year() > year)
    }

    /// Whether the territory differs between two years: a break fell after `earlier` and not after `later`.
    #[must_use]
    pub fn has_break_between(&self, earlier: i16, later: i16) -> bool {
        self.breaks.iter().any(|change| earlier < change.date.year() && change.date.year() <= later)
    }
}

/// The code list of areas, in its published order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AreaList {
    areas: Vec<Area>,
    positions: BTreeMap<AreaCode, usize>,
}

/// A code list of areas was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AreaListError {
    /// The same code stands twice.
    #[error("the area {code} is listed twice")]
    Twice {
        /// The code.
        code: AreaCode,
    },
    /// A parent or predecessor is not in the list.
    #[error("the area {code} names {named}, which is not in the list")]
    Unknown {
        /// The area that names it.
        code: AreaCode,
        /// The code that is missing.
        named: AreaCode,
    },
    /// Two areas valid at the same time claim one provider code.
    #[error("the {scheme} code {provider_code:?} belongs to both {first} and {second}")]
    Ambiguous {
        /// Name of the code scheme.
        scheme: String,
        /// The provider's code.
        provider_code: String,
        /// First claimant.
        first: AreaCode,
        /// Second claimant.
        second: AreaCode,
    },
}

impl AreaList {
    /// Checks that codes are unique, that parents and predecessors exist and that no provider code is ambiguous.
    ///
    /// # Errors
    /// [`AreaListError`] for the first fault.
    pub fn new(areas: Vec<Area>) -> Result<Self, AreaListError> {
        let mut positions = BTreeMap::new();
        let mut claims: BTreeMap<(&str, &str), &AreaCode> = BTreeMap::new();
        for (position, area) in areas.iter().enumerate() {
            if positions.insert(area.code.clone(), position).is_some() {
                return Err(AreaListError::Twice { code: area.code.clone() });
            }
            for (scheme, codes) in &area.provider_codes {
                for provider_code in codes {
                    if let Some(first) = claims.insert((scheme, provider_code), &area.code) {
                        return Err(AreaListError::Ambiguous {
                            scheme: scheme.clone(),
                            provider_code: provider_code.clone(),
                            first: first.clone(),
                            second: area.code.clone(),
                        });
                    }
                }
            }
        }
        for area in &areas {
            for named in area.parent.iter().chain(&area.predecessors) {
                if !positions.contains_key(named) {
                    return Err(AreaListError::Unknown { code: area.code.clone(), named: named.clone() });
                }
            }
        }
        Ok(Self { areas, positions })
    }

    /// All areas, in the published order.
    pub fn iter(&self) -> impl Iterator<Item = &Area> {
        self.areas.iter()
    }

    /// One area by our code.
    #[must_use]
    pub fn find(&self, code: &AreaCode) -> Option<&Area> {
        self.positions.get(code).and_then(|&position| self.areas.get(position))
    }

    /// One area by a provider's code in a named scheme. Exact match; nothing is guessed.
    #[must_use]
    pub fn find_by_provider(&self, scheme: &str, provider_code: &str) -> Option<&Area> {
        self.areas.iter().find(|area| {
            area.provider_codes.get(scheme).is_some_and(|codes| codes.iter().any(|code| code == provider_code))
        })
    }

    /// Regions of a country that are valid in a year, in the published order.
    pub fn regions_of<'a>(&'a self, country: &'a AreaCode, year: i16) -> impl Iterator<Item = &'a Area> {
        self.areas.iter().filter(move |area| {
            area.level == AreaLevel::Region && area.parent.as_ref() == Some(country) && area.is_valid_in(year)
        })
    }
}
