//! Making a layer: outlines as `GeoJSON` and a short description in, a [`Geography`] out.
//!
//! The published layer was made with `cargo run -p frontend --features ssr --example geography`; a
//! test makes it again and compares.

use std::collections::BTreeMap;

use indicators::text::LocalText;
use serde::Deserialize;

use crate::charts::path::{closed, ring_area};
use crate::charts::projection::{EqualArea, Fit, Position};
use crate::geography::inside::label_point;
use crate::geography::simplify::kept;
use crate::geography::topology::{Junctions, Vertex};
use crate::geography::{Geography, Shape};

/// What the outlines do not say about a layer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerDescription {
    /// The property of a feature that holds the area's code.
    pub code_property: String,
    /// Who drew the borders and what was changed.
    pub attribution: LocalText,
    /// Width of the drawing in its own units.
    pub width: f64,
    /// Empty margin on all sides.
    pub padding: f64,
    /// The smallest triangle kept when borders are simplified, in squared units of the drawing.
    pub tolerance: f64,
    /// Parts and holes smaller than this are left out.
    pub smallest_km2: f64,
    /// The areas that must be there, and no others.
    pub areas: BTreeMap<String, AreaDescription>,
}

/// What the outlines do not say about an area.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaDescription {
    /// Column and row in the tile-grid map.
    pub tile: (u8, u8),
    /// A name that fits a tile.
    pub short: LocalText,
}

/// Why a layer could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LayerError {
    /// One of the two files does not have the expected form.
    #[error("the {file} cannot be read")]
    Unreadable {
        /// `outlines` or `description`.
        file: &'static str,
        /// Where and why.
        source: serde_json::Error,
    },
    /// A feature has no code.
    #[error("feature {index} has no text in the property {property:?}")]
    NoCode {
        /// Its place in the file, from 0.
        index: usize,
        /// The property looked for.
        property: String,
    },
    /// Outlines and description do not name the same areas.
    #[error("area {code} is in the {found} but not in the {missing}")]
    Unmatched {
        /// The area.
        code: String,
        /// Where it is.
        found: &'static str,
        /// Where it is not.
        missing: &'static str,
    },
    /// All points lie on one meridian, or there are none.
    #[error("the outlines span no width")]
    NoExtent,
    /// Nothing is left of an area after simplification.
    #[error("nothing is left of area {code} at this scale")]
    Vanished {
        /// The area.
        code: String,
    },
}

#[derive(Deserialize)]
struct FeatureCollection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    properties: BTreeMap<String, serde_json::Value>,
    geometry: Outline,
}

/// Rings are lists of longitude and latitude.
#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Outline {
    Polygon(Vec<Vec<(f64, f64)>>),
    MultiPolygon(Vec<Vec<Vec<(f64, f64)>>>),
}

/// A polygon: the outer ring first, then holes.
type Polygon = Vec<Vec<Vertex>>;

impl Geography {
    /// Makes a layer from outlines in degrees.
    ///
    /// # Errors
    /// When a file cannot be read, or the two do not describe the same areas.
    pub fn from_geojson(outlines: &str, description: &str) -> Result<Self, LayerError> {
        let collection: FeatureCollection =
            serde_json::from_str(outlines).map_err(|source| LayerError::Unreadable { file: "outlines", source })?;
        let description: LayerDescription = serde_json::from_str(description)
            .map_err(|source| LayerError::Unreadable { file: "description", source })?;
        let areas = polygons_by_code(collection, &description)?;
        let rings = || areas.values().flatten().flatten();
        let positions = || rings().flatten().map(|vertex| position(*vertex));
        let projection = EqualArea::around(positions());
        let fit =
            Fit::new(positions().map(|position| projection.project(position)), description.width, description.padding)
                .ok_or(LayerError::NoExtent)?;
        let place = |vertex: &Vertex| fit.place(projection.project(position(*vertex)));
        let junctions = Junctions::of(rings().map(Vec::as_slice));
        let simplify = |arc: &[Vertex]| {
            let points: Vec<(f64, f64)> = arc.iter().map(place).collect();
            kept(&points, description.tolerance).into_iter().map(|index| arc[index]).collect()
        };
        let smallest = description.smallest_km2 * fit.scale().powi(2);
        let outline = |ring: &Vec<Vertex>| {
            let ring: Vec<(f64, f64)> = junctions.simplified(ring, simplify).iter().map(place).collect();
            (ring_area(&ring).abs() >= smallest).then_some(ring)
        };
        let mut shapes = BTreeMap::new();
        for (code, polygons) in &areas {
            let Some(described) = description.areas.get(code) else { continue };
            let polygons: Vec<Vec<Vec<(f64, f64)>>> = polygons
                .iter()
                .map(|polygon| polygon.iter().filter_map(outline).collect::<Vec<_>>())
                .filter(|polygon| !polygon.is_empty())
                .collect();
            let shape = shape_of(&polygons, described);
            shapes.insert(code.clone(), shape.ok_or_else(|| LayerError::Vanished { code: code.clone() })?);
        }
        Ok(Self {
            attribution: description.attribution,
            width: description.width,
            height: fit.height().ceil(),
            areas: shapes,
        })
    }
}

fn polygons_by_code(
    collection: FeatureCollection,
    description: &LayerDescription,
) -> Result<BTreeMap<String, Vec<Polygon>>, LayerError> {
    let property = &description.code_property;
    let mut areas: BTreeMap<String, Vec<Polygon>> = BTreeMap::new();
    for (index, feature) in collection.features.into_iter().enumerate() {
        let code = feature
            .properties
            .get(property)
            .and_then(serde_json::Value::as_str)
            .ok_or_else(|| LayerError::NoCode { index, property: property.clone() })?;
        let polygons = match feature.geometry {
            Outline::Polygon(rings) => vec![rings],
            Outline::MultiPolygon(polygons) => polygons,
        };
        areas
            .entry(code.to_owned())
            .or_default()
            .extend(polygons.iter().map(|rings| rings.iter().map(|ring| vertices(ring)).collect::<Polygon>()));
    }
    let unmatched = |code: &String, found, missing| LayerError::Unmatched { code: code.clone(), found, missing };
    if let Some(code) = areas.keys().find(|code| !description.areas.contains_key(*code)) {
        return Err(unmatched(code, "outlines", "description"));
    }
    if let Some(code) = description.areas.keys().find(|code| !areas.contains_key(*code)) {
        return Err(unmatched(code, "description", "outlines"));
    }
    Ok(areas)
}

fn shape_of(polygons: &[Vec<Vec<(f64, f64)>>], described: &AreaDescription) -> Option<Shape> {
    let rings: Vec<Vec<(f64, f64)>> = polygons.iter().flatten().cloned().collect();
    let path = closed(&rings);
    let size = |polygon: &&Vec<Vec<(f64, f64)>>| polygon.first().map_or(0.0, |ring| ring_area(ring).abs());
    let largest = polygons.iter().max_by(|a, b| size(a).total_cmp(&size(b)))?;
    let (x, y) = label_point(largest)?;
    let points = || rings.iter().flatten().copied();
    let (left, top) = points().reduce(|a, b| (a.0.min(b.0), a.1.min(b.1)))?;
    let (right, bottom) = points().reduce(|a, b| (a.0.max(b.0), a.1.max(b.1)))?;
    let tenth = |value: f64| (value * 10.0).round() / 10.0;
    (!path.is_empty()).then(|| Shape {
        path,
        label: (tenth(x), tenth(y)),
        bounds: (tenth(left), tenth(top), tenth(right), tenth(bottom)),
        tile: described.tile,
        short: described.short.clone(),
    })
}

#[expect(clippy::cast_possible_truncation, reason = "degrees are at most 180 000 000 millionths")]
fn vertices(ring: &[(f64, f64)]) -> Vec<Vertex> {
    let millionths = |degrees: f64| (degrees * 1e6).round() as i64;
    let mut ring: Vec<Vertex> =
        ring.iter().map(|(longitude, latitude)| (millionths(*longitude), millionths(*latitude))).collect();
    ring.dedup();
    if ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    ring
}

#[expect(clippy::cast_precision_loss, reason = "millionths of degrees are far below 2^53")]
fn position((longitude, latitude): Vertex) -> Position {
    Position { longitude: longitude as f64 / 1e6, latitude: latitude as f64 / 1e6 }
}
