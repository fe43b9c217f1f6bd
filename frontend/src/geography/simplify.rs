//! Visvalingam–Whyatt simplification of one arc: again and again the vertex that spans the smallest
//! triangle with its neighbours goes, until every triangle is large enough to be seen.

use crate::charts::path::ring_area;

/// The indices of the points to keep, both ends among them. `tolerance` is the smallest triangle
/// kept, in squared units of the drawing. A closed arc keeps at least three different points, so
/// that an island does not vanish.
///
/// # Source
/// Visvalingam and Whyatt, *Line generalisation by repeated elimination of points* (1993).
#[must_use]
pub fn kept(points: &[(f64, f64)], tolerance: f64) -> Vec<usize> {
    let mut left: Vec<usize> = (0..points.len()).collect();
    let closed = points.len() > 3 && points.first() == points.last();
    let fewest = if closed { 4 } else { 2 };
    while left.len() > fewest {
        let triangle = |position: usize| {
            ring_area(&[points[left[position - 1]], points[left[position]], points[left[position + 1]]]).abs()
        };
        let smallest =
            (1..left.len() - 1).map(|position| (position, triangle(position))).min_by(|a, b| a.1.total_cmp(&b.1));
        match smallest {
            Some((position, area)) if area < tolerance => left.remove(position),
            _ => break,
        };
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_wiggles_go_and_corners_stay() {
        let line = [(0.0, 0.0), (1.0, 0.05), (2.0, 0.0), (3.0, 0.0), (3.0, 3.0)];
        assert_eq!(kept(&line, 0.5), [0, 3, 4]);
        assert_eq!(kept(&line, 0.0), [0, 1, 2, 3, 4]);
        assert_eq!(kept(&line, 100.0), [0, 4]);
    }

    #[test]
    fn an_island_keeps_a_triangle() {
        let island = [(0.0, 0.0), (0.1, 0.0), (0.1, 0.1), (0.0, 0.1), (0.0, 0.0)];
        assert_eq!(kept(&island, 100.0).len(), 4);
        assert_eq!(kept(&[], 1.0), Vec::<usize>::new());
    }
}
