//! A point well inside a polygon, for a label.

/// The point with the most room around it for a label that is twice as wide as high, found by
/// searching ever finer grids. Holes count as outside. `None` for rings without points.
#[must_use]
pub fn label_point(rings: &[Vec<(f64, f64)>]) -> Option<(f64, f64)> {
    const STEPS: u8 = 32;
    let points = || rings.iter().flatten();
    let mut low = points().copied().reduce(|a, b| (a.0.min(b.0), a.1.min(b.1)))?;
    let mut high = points().copied().reduce(|a, b| (a.0.max(b.0), a.1.max(b.1)))?;
    let mut best = (f64::NEG_INFINITY, (f64::midpoint(low.0, high.0), f64::midpoint(low.1, high.1)));
    for _ in 0..4 {
        let step = ((high.0 - low.0) / f64::from(STEPS), (high.1 - low.1) / f64::from(STEPS));
        for column in 0..=STEPS {
            for row in 0..=STEPS {
                let point = (low.0 + step.0 * f64::from(column), low.1 + step.1 * f64::from(row));
                let room = signed_room(rings, point);
                if room > best.0 {
                    best = (room, point);
                }
            }
        }
        let (_, (x, y)) = best;
        (low, high) = ((x - step.0, y - step.1), (x + step.0, y + step.1));
    }
    Some(best.1)
}

/// The distance to the nearest border, with x counted half; negative outside.
fn signed_room(rings: &[Vec<(f64, f64)>], point: (f64, f64)) -> f64 {
    let mut inside = false;
    let mut nearest = f64::INFINITY;
    for ring in rings {
        for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            if (a.1 > point.1) != (b.1 > point.1) {
                let crossing = a.0 + (point.1 - a.1) / (b.1 - a.1) * (b.0 - a.0);
                inside ^= point.0 < crossing;
            }
            nearest = nearest.min(distance(squeeze(point), squeeze(*a), squeeze(*b)));
        }
    }
    if inside { nearest } else { -nearest }
}

fn squeeze(point: (f64, f64)) -> (f64, f64) {
    (point.0 / 2.0, point.1)
}

fn distance(point: (f64, f64), a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let share =
        if length == 0.0 { 0.0 } else { (((point.0 - a.0) * dx + (point.1 - a.1) * dy) / length).clamp(0.0, 1.0) };
    (point.0 - a.0 - share * dx).hypot(point.1 - a.1 - share * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_of_an_l_lies_in_its_thick_part() {
        let shape = vec![vec![(0.0, 0.0), (40.0, 0.0), (40.0, 20.0), (5.0, 20.0), (5.0, 60.0), (0.0, 60.0)]];
        let (x, y) = label_point(&shape).unwrap_or_default();
        assert!((y - 10.0).abs() < 1.0 && (18.0..=22.0).contains(&x), "{x} {y}");
    }

    #[test]
    fn a_lake_is_not_inside() {
        let square = vec![(0.0, 0.0), (30.0, 0.0), (30.0, 30.0), (0.0, 30.0)];
        let lake = vec![(5.0, 5.0), (25.0, 5.0), (25.0, 25.0), (5.0, 25.0)];
        let rings = vec![square, lake];
        let point = label_point(&rings).unwrap_or_default();
        assert!(signed_room(&rings, point) > 1.0, "{point:?}");
        assert_eq!(label_point(&[]), None);
    }
}
