//! The mark of an observation. Series told apart by colour have a shape each too, so that they are told apart
//! in grey print and by readers who see other colours.

use crate::charts::drawing::Element;
use crate::charts::{Emphasis, path};

/// The corners of each shape around its middle, for a circle of the radius 1 they look as large as. The first series
/// has the circle, as everything that is told apart otherwise.
const SQUARE: [(f64, f64); 4] = [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)];
const UPWARDS: [(f64, f64); 3] = [(0.0, -1.25), (1.2, 0.85), (-1.2, 0.85)];
const DIAMOND: [(f64, f64); 4] = [(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)];
const DOWNWARDS: [(f64, f64); 3] = [(0.0, 1.25), (1.2, -0.85), (-1.2, -0.85)];
const LYING: [(f64, f64); 4] = [(-1.5, -0.6), (1.5, -0.6), (1.5, 0.6), (-1.5, 0.6)];

/// The mark of an observation of a series that stands out in this way.
#[must_use]
pub fn marker(emphasis: Emphasis, at: (f64, f64), radius: f64) -> Element {
    let corners: &[(f64, f64)] = match emphasis {
        Emphasis::Peer(1) => &SQUARE,
        Emphasis::Peer(2) => &UPWARDS,
        Emphasis::Peer(3) => &DIAMOND,
        Emphasis::Peer(4) => &DOWNWARDS,
        Emphasis::Peer(5..) => &LYING,
        _ => return Element::circle(at, radius),
    };
    let corners: Vec<(f64, f64)> = corners.iter().map(|(x, y)| (at.0 + x * radius, at.1 + y * radius)).collect();
    Element::path(format!("{}z", path::open(&corners)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_series_has_a_shape_of_its_own() {
        let shapes: BTreeSet<String> =
            (0..6).map(|peer| marker(Emphasis::Peer(peer), (10.0, 10.0), 4.0).to_text()).collect();
        assert_eq!(shapes.len(), 6, "{shapes:?}");
    }
}
