//! Projections: from longitude and latitude to a flat drawing in which areas keep their sizes.

/// The mean radius of the Earth in kilometres.
const EARTH_KM: f64 = 6371.0088;

/// A position in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// East of Greenwich.
    pub longitude: f64,
    /// North of the equator.
    pub latitude: f64,
}

/// Lambert's azimuthal equal-area projection around a centre.
///
/// ```text
/// k = √(2 / (1 + sin φ₀ sin φ + cos φ₀ cos φ cos Δλ))
/// x = R k cos φ sin Δλ
/// y = R k (cos φ₀ sin φ − sin φ₀ cos φ cos Δλ)
/// ```
///
/// # Source
/// Snyder, *Map Projections: A Working Manual* (1987), equations 24-2, 22-4, 22-5, on a sphere.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EqualArea {
    centre: Position,
}

impl EqualArea {
    /// The projection around the middle of the given positions; around 0°, 0° when there are none.
    #[must_use]
    pub fn around(positions: impl Iterator<Item = Position>) -> Self {
        let mut ends: Option<(Position, Position)> = None;
        for position in positions {
            let (least, most) = ends.get_or_insert((position, position));
            least.longitude = least.longitude.min(position.longitude);
            least.latitude = least.latitude.min(position.latitude);
            most.longitude = most.longitude.max(position.longitude);
            most.latitude = most.latitude.max(position.latitude);
        }
        let zero = Position { longitude: 0.0, latitude: 0.0 };
        let (least, most) = ends.unwrap_or((zero, zero));
        Self {
            centre: Position {
                longitude: f64::midpoint(least.longitude, most.longitude),
                latitude: f64::midpoint(least.latitude, most.latitude),
            },
        }
    }

    /// East and north of the centre in kilometres.
    #[must_use]
    pub fn project(&self, position: Position) -> (f64, f64) {
        let (sin0, cos0) = self.centre.latitude.to_radians().sin_cos();
        let (sin, cos) = position.latitude.to_radians().sin_cos();
        let (sin_east, cos_east) = (position.longitude - self.centre.longitude).to_radians().sin_cos();
        let k = (2.0 / (1.0 + sin0 * sin + cos0 * cos * cos_east)).sqrt();
        (EARTH_KM * k * cos * sin_east, EARTH_KM * k * (cos0 * sin - sin0 * cos * cos_east))
    }
}

/// Scales projected points into a drawing of a given width, north up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    scale: f64,
    left: f64,
    top: f64,
    padding: f64,
    height: f64,
}

impl Fit {
    /// Fits points into `width` with an empty margin on all sides; `None` when the points do not
    /// span any width.
    #[must_use]
    pub fn new(points: impl Iterator<Item = (f64, f64)>, width: f64, padding: f64) -> Option<Self> {
        let (mut least, mut most) = ((f64::INFINITY, f64::INFINITY), (f64::NEG_INFINITY, f64::NEG_INFINITY));
        for (x, y) in points {
            least = (least.0.min(x), least.1.min(y));
            most = (most.0.max(x), most.1.max(y));
        }
        let scale = (width - 2.0 * padding) / (most.0 - least.0);
        (scale.is_finite() && scale > 0.0).then_some(Self {
            scale,
            left: least.0,
            top: most.1,
            padding,
            height: (most.1 - least.1) * scale + 2.0 * padding,
        })
    }

    /// A projected point in the drawing.
    #[must_use]
    pub fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.padding + (x - self.left) * self.scale, self.padding + (self.top - y) * self.scale)
    }

    /// Drawing units per kilometre.
    #[must_use]
    pub const fn scale(&self) -> f64 {
        self.scale
    }

    /// The height of the drawing.
    #[must_use]
    pub const fn height(&self) -> f64 {
        self.height
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::path::ring_area;

    fn at(longitude: f64, latitude: f64) -> Position {
        Position { longitude, latitude }
    }

    #[test]
    fn the_centre_is_the_origin_and_a_degree_north_is_111_km() {
        let projection = EqualArea::around([at(60.0, 40.0), at(80.0, 56.0)].into_iter());
        let (x, y) = projection.project(at(70.0, 48.0));
        assert!(x.abs() < 1e-9 && y.abs() < 1e-9);
        let (_, north) = projection.project(at(70.0, 49.0));
        assert!((north - 111.19).abs() < 0.02, "{north}");
    }

    #[test]
    fn areas_keep_their_size_away_from_the_centre() {
        let projection = EqualArea::around([at(46.0, 40.0), at(88.0, 56.0)].into_iter());
        let cell = |west: f64, south: f64| {
            // A degree cell with edges fine enough to follow the parallels.
            let steps = (0..=20).map(|step| f64::from(step) / 20.0);
            let lower = steps.clone().map(|share| at(west + share, south));
            let upper = steps.rev().map(|share| at(west + share, south + 1.0));
            let ring: Vec<_> = lower.chain(upper).map(|position| projection.project(position)).collect();
            ring_area(&ring).abs()
        };
        let expected = |south: f64| {
            let band = (south + 1.0).to_radians().sin() - south.to_radians().sin();
            EARTH_KM.powi(2) * 1f64.to_radians() * band
        };
        for (west, south) in [(46.0, 40.0), (66.0, 48.0), (87.0, 55.0)] {
            let ratio = cell(west, south) / expected(south);
            assert!((ratio - 1.0).abs() < 1e-3, "{west} {south} {ratio}");
        }
    }

    #[test]
    fn fitting_turns_north_up() {
        let fit = Fit::new([(-100.0, -50.0), (100.0, 50.0)].into_iter(), 220.0, 10.0);
        assert_eq!(fit.map(|fit| fit.place((-100.0, 50.0))), Some((10.0, 10.0)));
        assert_eq!(fit.map(|fit| fit.place((100.0, -50.0))), Some((210.0, 110.0)));
        assert_eq!(fit.map(|fit| fit.height()), Some(120.0));
        assert_eq!(Fit::new([(1.0, 1.0)].into_iter(), 100.0, 0.0), None);
    }
}
