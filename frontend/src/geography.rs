//! The map layer: outlines of areas in the units of the map drawing, made once from
//! `GeoJSON`.
//!
//! The layer in `assets/geo` is the published one. Another country or another division is another
//! file of the same form, so an operator may replace it. Names and codes of areas are defined by
//! the area list, not here; drawing belongs to `charts`.

pub mod inside;
pub mod layer;
pub mod simplify;
pub mod topology;

use std::collections::BTreeMap;
use std::fmt::Write;

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

/// The published layer: the regions of Kazakhstan since 2022.
pub const KZ20: &str = include_str!("../assets/geo/kz20.json");

impl Geography {
    /// Reads a layer.
    ///
    /// # Errors
    /// When the text is not a layer; the error names line and column.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Writes a layer with one area per line, so that changes to it can be read.
    ///
    /// # Errors
    /// When a number is not finite.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let mut out = format!(
            "{{\n\"attribution\":{},\n\"width\":{},\n\"height\":{},\n\"areas\":{{\n",
            serde_json::to_string(&self.attribution)?,
            serde_json::to_string(&self.width)?,
            serde_json::to_string(&self.height)?,
        );
        for (index, (code, shape)) in self.areas.iter().enumerate() {
            let comma = if index + 1 < self.areas.len() { "," } else { "" };
            // Writing into a String cannot fail.
            let _ = writeln!(out, "{}:{}{comma}", serde_json::to_string(code)?, serde_json::to_string(shape)?);
        }
        out.push_str("}}\n");
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::collections::BTreeSet;

    use super::*;

    const OUTLINES: &str = include_str!("../assets/geo/source/kz20_worldbank.geojson");
    const DESCRIPTION: &str = include_str!("../assets/geo/source/kz20.json");

    #[test]
    fn published_layer_is_made_from_its_source() {
        let made = Geography::from_geojson(OUTLINES, DESCRIPTION).unwrap();
        assert_eq!(made.to_json().unwrap(), KZ20);
        assert_eq!(Geography::from_json(KZ20).unwrap(), made);
    }

    #[test]
    fn published_layer_is_small_and_whole() {
        let layer = Geography::from_json(KZ20).unwrap();
        assert_eq!(layer.areas.len(), 20);
        let paths: usize = layer.areas.values().map(|shape| shape.path.len()).sum();
        assert!(paths < 24_000, "{paths}");
        let tiles: BTreeSet<_> = layer.areas.values().map(|shape| shape.tile).collect();
        assert_eq!(tiles.len(), 20, "two areas share a tile");
        for (code, shape) in &layer.areas {
            let (left, top, right, bottom) = shape.bounds;
            let (x, y) = shape.label;
            assert!(left < x && x < right && top < y && y < bottom, "{code}");
            assert!(left >= 0.0 && right <= layer.width && bottom <= layer.height, "{code}");
        }
        // The largest region and the smallest city keep their proportion: 155 531 to 343 km\u{b2}.
        let width = |code: &str| layer.areas[code].bounds.2 - layer.areas[code].bounds.0;
        assert!(width("KZ-15") > 15.0 * width("KZ-71"), "{} {}", width("KZ-15"), width("KZ-71"));
    }

    #[test]
    fn outlines_and_description_must_agree() {
        let fewer = DESCRIPTION.replace("KZ-10", "KZ-98");
        let error = Geography::from_geojson(OUTLINES, &fewer).unwrap_err();
        assert_eq!(error.to_string(), "area KZ-10 is in the outlines but not in the description");
        let renamed = OUTLINES.replace("iso3166_2", "iso");
        let error = Geography::from_geojson(&renamed, DESCRIPTION).unwrap_err();
        assert_eq!(error.to_string(), "feature 0 has no text in the property \"iso3166_2\"");
        let error = Geography::from_geojson("<html>", DESCRIPTION).unwrap_err();
        assert_eq!(error.to_string(), "the outlines cannot be read");
    }
}
