//! Which area a tile lies in: [`Rows`]. All centres of a row of tiles lie on one latitude, so the areas are cut once along
//! each of the few thousand rows they reach over, and a tile is found by a binary search among the pieces of its row.

use crate::outlines::{Edge, Outlines};
use crate::quadkey::{SIDE, Tile, first_row_south_of, latitude};

/// A piece of a row inside an area, in degrees of longitude; the western end belongs to it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Span {
    from: f64,
    to: f64,
    area: usize,
}

/// Areas cut along the rows of tiles.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    codes: Vec<String>,
    first: u32,
    /// Pieces of each row, the western first.
    spans: Vec<Vec<Span>>,
}

impl Rows {
    /// Cuts the areas. A point is inside where a line from it eastwards crosses the border an odd number of times, so holes are
    /// outside.
    #[must_use]
    pub fn new(outlines: &Outlines) -> Self {
        let reach = |edge: &Edge| {
            let (south, north) = (edge.from.1.min(edge.to.1), edge.from.1.max(edge.to.1));
            // Half open, so that a corner on a row is crossed once.
            first_row_south_of(north)..first_row_south_of(south).min(SIDE)
        };
        let first = outlines.edges.iter().map(|edge| reach(edge).start).min().unwrap_or(0);
        let end = outlines.edges.iter().map(|edge| reach(edge).end).max().unwrap_or(0);
        let at = |row: u32| usize::try_from(row.saturating_sub(first)).unwrap_or(usize::MAX);
        let mut crossings: Vec<Vec<(usize, f64)>> = vec![Vec::new(); at(end)];
        for edge in &outlines.edges {
            let ((x1, y1), (x2, y2)) = (edge.from, edge.to);
            for row in reach(edge) {
                let x = x1 + (latitude(row) - y1) * (x2 - x1) / (y2 - y1);
                if let Some(crossings) = crossings.get_mut(at(row)) {
                    crossings.push((edge.area, x));
                }
            }
        }
        let spans = crossings
            .into_iter()
            .map(|mut crossings| {
                crossings.sort_by(|(a, x), (b, y)| a.cmp(b).then(x.total_cmp(y)));
                let mut spans: Vec<Span> = crossings
                    .chunks_exact(2)
                    .filter_map(|pair| match *pair {
                        [(area, from), (_, to)] => Some(Span { from, to, area }),
                        _ => None,
                    })
                    .collect();
                spans.sort_by(|a, b| a.from.total_cmp(&b.from));
                spans
            })
            .collect();
        Self { codes: outlines.codes.clone(), first, spans }
    }

    /// The codes of the areas; [`Self::area_of`] gives positions in it.
    #[must_use]
    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    /// The area that holds the centre of a tile; `None` outside all of them.
    #[must_use]
    pub fn area_of(&self, tile: Tile) -> Option<usize> {
        let row = usize::try_from(tile.row.checked_sub(self.first)?).ok()?;
        let spans = self.spans.get(row)?;
        let x = tile.longitude();
        let behind = spans.partition_point(|span| span.from <= x);
        // Outlines that were drawn apart may overlap by a hair; the nearest beginning wins.
        spans.get(..behind)?.iter().rev().find(|span| x < span.to).map(|span| span.area)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::outlines::KZ20;

    fn tile_at(longitude: f64, latitude_deg: f64) -> Tile {
        let column =
            (0..SIDE).collect::<Vec<_>>().partition_point(|&column| Tile { column, row: 0 }.longitude() < longitude);
        Tile { column: u32::try_from(column).unwrap(), row: first_row_south_of(latitude_deg) }
    }

    #[test]
    fn places_lie_in_their_regions_and_lakes_and_neighbours_in_none() {
        let outlines = Outlines::from_geojson(KZ20, "iso3166_2").unwrap();
        assert_eq!(outlines.codes.len(), 20);
        let rows = Rows::new(&outlines);
        for (place, longitude, latitude, expected) in [
            ("Astana", 71.43, 51.13, Some("KZ-71")),
            ("Almaty", 76.92, 43.25, Some("KZ-75")),
            ("Shymkent", 69.60, 42.32, Some("KZ-79")),
            ("Turkistan", 68.25, 43.30, Some("KZ-61")),
            ("Semey", 80.23, 50.41, Some("KZ-10")),
            ("Oskemen", 82.61, 49.97, Some("KZ-63")),
            ("Jezkazgan", 67.71, 47.80, Some("KZ-62")),
            ("Taldykorgan", 78.37, 45.02, Some("KZ-33")),
            ("Aktau", 51.20, 43.68, Some("KZ-47")),
            ("Oral", 51.37, 51.23, Some("KZ-27")),
            ("Petropavl", 69.14, 54.87, Some("KZ-59")),
            ("Lake Balkhash", 74.2, 46.2, None),
            ("Tashkent", 69.24, 41.30, None),
            ("Guatemala", -90.5, 14.6, None),
        ] {
            let found = rows.area_of(tile_at(longitude, latitude)).map(|area| rows.codes()[area].as_str());
            assert_eq!(found, expected, "{place}");
        }
    }

    #[test]
    fn a_hole_is_outside_and_a_corner_on_a_row_is_crossed_once() {
        let y = latitude(first_row_south_of(10.0));
        let ring = |low: f64, high: f64| {
            format!("[[{low},{low}],[{high},{low}],[{high},{high}],[{low},{high}],[{low},{low}]]")
        };
        let diamond = format!("[[30,{y}],[31,{}],[32,{y}],[31,{}],[30,{y}]]", y - 1.0, y + 1.0);
        let layer = format!(
            r#"{{"features":[{{"properties":{{"code":"A"}},"geometry":{{"type":"MultiPolygon","coordinates":
            [[{},{}],[{diamond}]]}}}}]}}"#,
            ring(0.0, 20.0),
            ring(5.0, 15.0)
        );
        let rows = Rows::new(&Outlines::from_geojson(&layer, "code").unwrap());
        let is_inside = |longitude, latitude| rows.area_of(tile_at(longitude, latitude)).is_some();
        assert!(is_inside(2.0, 10.0) && is_inside(18.0, 10.0) && is_inside(10.0, 2.0));
        assert!(!is_inside(10.0, 10.0) && !is_inside(25.0, 10.0) && !is_inside(40.0, 10.0));
        assert!(is_inside(31.0, 10.0) && !is_inside(29.9, 10.0) && !is_inside(32.1, 10.0));
        assert!(!is_inside(10.0, 20.5) && !is_inside(10.0, -0.5));
    }
}
