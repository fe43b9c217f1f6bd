//! Tiles of the web map and their names: [`Tile`].

use std::f64::consts::PI;

/// The zoom level of the tiles: 2¹⁶ rows and columns, about 610 m wide at the equator.
pub const ZOOM: u8 = 16;

/// Rows, and columns, of the map.
pub(crate) const SIDE: u32 = 1 << ZOOM;

/// A tile by its column, from the date line eastwards, and its row, from the north southwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// The column.
    pub column: u32,
    /// The row.
    pub row: u32,
}

/// The text names no tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the quadkey {found:?}; expected {ZOOM} digits from 0 to 3")]
pub struct TileError {
    /// The text, cut to a bounded length.
    pub found: String,
}

impl Tile {
    /// Reads a quadkey: one digit for each level, `2 · south half + east half`.
    ///
    /// # Errors
    /// [`TileError`] when the text is none of this zoom level.
    pub fn from_quadkey(text: &[u8]) -> Result<Self, TileError> {
        let refuse = || TileError { found: String::from_utf8_lossy(text).chars().take(32).collect() };
        if text.len() != usize::from(ZOOM) {
            return Err(refuse());
        }
        let mut tile = Self { column: 0, row: 0 };
        for digit in text {
            let digit = u32::from(digit.wrapping_sub(b'0'));
            if digit > 3 {
                return Err(refuse());
            }
            tile.column = (tile.column << 1) | (digit & 1);
            tile.row = (tile.row << 1) | (digit >> 1);
        }
        Ok(tile)
    }

    /// Its quadkey.
    #[must_use]
    pub fn quadkey(self) -> String {
        let digit = |level: u8| (((self.row >> level) & 1) << 1) | ((self.column >> level) & 1);
        (0..ZOOM).rev().filter_map(|level| char::from_digit(digit(level), 4)).collect()
    }

    /// Latitude of its centre, in degrees.
    #[must_use]
    pub fn latitude(self) -> f64 {
        latitude(self.row)
    }

    /// Longitude of its centre, in degrees.
    #[must_use]
    pub fn longitude(self) -> f64 {
        (f64::from(self.column) + 0.5) / f64::from(SIDE) * 360.0 - 180.0
    }
}

/// Latitude of the centres of a row, in degrees.
pub(crate) fn latitude(row: u32) -> f64 {
    (PI * (1.0 - 2.0 * (f64::from(row) + 0.5) / f64::from(SIDE))).sinh().atan().to_degrees()
}

/// The first row whose centres lie at or south of a latitude.
pub(crate) fn first_row_south_of(latitude_deg: f64) -> u32 {
    let (mut north, mut south) = (0, SIDE);
    while north < south {
        let middle = north.midpoint(south);
        if latitude(middle) > latitude_deg {
            north = middle + 1;
        } else {
            south = middle;
        }
    }
    north
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn names_and_tiles_are_one_to_one() {
        // Bing Maps Tile System: tile (3, 5) at level 3 is 213; padded to our level it is the tile's north-west corner.
        let tile = Tile::from_quadkey(b"2130000000000000").unwrap();
        assert_eq!(tile, Tile { column: 3 << 13, row: 5 << 13 });
        for key in ["1321222233020202", "0213330110110321", "0000000000000000", "3333333333333333"] {
            assert_eq!(Tile::from_quadkey(key.as_bytes()).unwrap().quadkey(), key);
        }
        for wrong in ["", "132122223302020", "13212222330202020", "1321222233020204", "132122223302020é"] {
            assert!(Tile::from_quadkey(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn centres_lie_where_the_map_has_them() {
        // By the formulas of the Bing Maps Tile System.
        let tile = Tile::from_quadkey(b"0330200020230212").unwrap();
        assert!((tile.longitude() + 44.9).abs() < 0.003 && (tile.latitude() - 31.1).abs() < 0.003);
        assert!((latitude(0) - 85.050).abs() < 0.01);
        assert!(latitude(SIDE / 2 - 1) > 0.0 && latitude(SIDE / 2) < 0.0);
        for degrees in [-85.0, -0.001, 0.0, 43.238, 51.128] {
            let row = first_row_south_of(degrees);
            assert!(latitude(row) <= degrees && latitude(row - 1) > degrees, "{degrees}");
        }
    }
}
