//! Outlines of areas: [`Outlines`], read from `GeoJSON`. Which areas there are, and how they are named, is the file's matter.

use serde::Deserialize;
use serde_json::{Map, Value};

/// The regions of Kazakhstan since 2022, by `iso3166_2`: the layer the map is drawn from, before it is simplified for drawing.
/// World Bank Official Boundaries, CC BY 4.0; lakes and coasts of Natural Earth.
pub const KZ20: &str = include_str!("../../frontend/assets/geo/source/kz20_worldbank.geojson");

/// Points of a ring, longitude before latitude.
type Ring = Vec<Vec<f64>>;

/// The borders of areas, as straight lines between points in degrees.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlines {
    /// The codes of the areas, in the order of the file.
    pub codes: Vec<String>,
    pub(crate) edges: Vec<Edge>,
}

/// A piece of the border of an area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Edge {
    pub(crate) area: usize,
    pub(crate) from: (f64, f64),
    pub(crate) to: (f64, f64),
}

/// The text is no layer of areas.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutlinesError {
    /// Not the `GeoJSON` expected.
    #[error("the outlines: {0}")]
    Json(#[from] serde_json::Error),
    /// A feature lacks its code, or bears one twice.
    #[error("feature {feature} of the outlines: {property:?} is {found:?}; expected a code of its own")]
    Code {
        /// Its number, from 1.
        feature: usize,
        /// The property that should hold it.
        property: String,
        /// What it holds.
        found: String,
    },
    /// A ring that encloses nothing, or a point that is none.
    #[error("{code}: a ring of {points} points; expected at least four, each with longitude and latitude")]
    Ring {
        /// The area.
        code: String,
        /// Points of the ring.
        points: usize,
    },
}

#[derive(Deserialize)]
struct Layer {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    properties: Map<String, Value>,
    geometry: Geometry,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Polygon(Vec<Ring>),
    MultiPolygon(Vec<Vec<Ring>>),
}

impl Outlines {
    /// Reads a layer of polygons; `property` names what holds the code of an area.
    ///
    /// # Errors
    /// [`OutlinesError`] for the first fault.
    pub fn from_geojson(text: &str, property: &str) -> Result<Self, OutlinesError> {
        let layer: Layer = serde_json::from_str(text)?;
        let mut outlines = Self { codes: Vec::new(), edges: Vec::new() };
        for (number, feature) in (1..).zip(layer.features) {
            let found = feature.properties.get(property).cloned().unwrap_or_default();
            let code = found.as_str().filter(|code| !outlines.codes.iter().any(|known| known == code));
            let Some(code) = code.map(str::to_owned) else {
                let found = found.to_string();
                return Err(OutlinesError::Code { feature: number, property: property.to_owned(), found });
            };
            let polygons = match feature.geometry {
                Geometry::Polygon(rings) => vec![rings],
                Geometry::MultiPolygon(polygons) => polygons,
            };
            for ring in polygons.iter().flatten() {
                outlines.add(&code, ring)?;
            }
            outlines.codes.push(code);
        }
        Ok(outlines)
    }

    fn add(&mut self, code: &str, ring: &Ring) -> Result<(), OutlinesError> {
        let refuse = || OutlinesError::Ring { code: code.to_owned(), points: ring.len() };
        let points: Option<Vec<(f64, f64)>> =
            ring.iter().map(|point| Some((*point.first()?, *point.get(1)?))).collect();
        let points = points.filter(|points| points.len() >= 4).ok_or_else(refuse)?;
        let area = self.codes.len();
        self.edges.extend(points.windows(2).filter_map(|pair| match *pair {
            [from, to] => Some(Edge { area, from, to }),
            _ => None,
        }));
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_layer_without_codes_or_rings_is_refused() {
        let layer = |code: &str, ring: &str| {
            format!(
                r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"code":{code}}},
                "geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}]}}"#
            )
        };
        let square = "[[0,0],[1,0],[1,1],[0,1],[0,0]]";
        let read = Outlines::from_geojson(&layer("\"A\"", square), "code").unwrap();
        assert_eq!((read.codes.as_slice(), read.edges.len()), (["A".to_owned()].as_slice(), 4));
        assert!(matches!(Outlines::from_geojson(&layer("1", square), "code"), Err(OutlinesError::Code { .. })));
        assert!(matches!(
            Outlines::from_geojson(&layer("\"A\"", "[[0,0],[1,0],[0,0]]"), "code"),
            Err(OutlinesError::Ring { points: 3, .. })
        ));
        assert!(matches!(Outlines::from_geojson("{}", "code"), Err(OutlinesError::Json(_))));
    }
}
