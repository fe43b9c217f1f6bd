//! The map layer: outlines of areas in the units of the map drawing, made once from
//! `GeoJSON`.
//!
//! The layer in `assets/geo` is the published one. Another country or another division is another
//! file of the same form, so an operator may replace it. Names and codes of areas are defined by
//! the area list, not here; drawing belongs to `charts`.

use std::collections::BTreeMap;

use indicators::text::LocalText;
use serde::{Deserialize, Serialize};

/// The outlines of all areas of a country.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Geography {
    /// Who drew the borders and what was changed. The licence asks for it on every page with a map.
    pub attribution: LocalText,
    /// Width of the map in its own units.
    pub width: f64,
    /// Height of the map in its own units.
    pub height: f64,
    /// Areas by code.
    pub areas: BTreeMap<String, Shape>,
}

/// One area on the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// SVG path data.
    pub path: String,
    /// A point well inside, for a label.
    pub label: (f64, f64),
    /// Left, top, right, bottom.
    pub bounds: (f64, f64, f64, f64),
    /// Column and row in the tile-grid map, from 0.
    pub tile: (u8, u8),
    /// A short name or common abbreviation that fits a tile.
    pub short: LocalText,
}

impl Geography {
    /// Reads a layer.
    ///
    /// # Errors
    /// When the text is not a layer; the error names line and column.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}
