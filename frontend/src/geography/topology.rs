//! Borders shared by areas: rings are cut into arcs where borders meet, each arc is simplified by
//! itself, and the rings are put together again. Both sides of a border get the same points, so no
//! gap opens between neighbours.

use std::collections::{BTreeMap, BTreeSet};

/// A vertex in millionths of a degree. Equal vertices of neighbouring rings are the same vertex.
pub type Vertex = (i64, i64);

/// The vertices in which more than two borders meet.
#[derive(Debug, Clone, Default)]
pub struct Junctions {
    vertices: BTreeSet<Vertex>,
}

impl Junctions {
    /// Finds the junctions of all rings of a layer. Rings are given without the repeated last
    /// vertex.
    #[must_use]
    pub fn of<'a>(rings: impl Iterator<Item = &'a [Vertex]>) -> Self {
        let mut neighbours: BTreeMap<Vertex, BTreeSet<Vertex>> = BTreeMap::new();
        for ring in rings {
            for (from, to) in ring.iter().zip(ring.iter().cycle().skip(1)) {
                neighbours.entry(*from).or_default().insert(*to);
                neighbours.entry(*to).or_default().insert(*from);
            }
        }
        let vertices =
            neighbours.into_iter().filter(|(_, others)| others.len() > 2).map(|(vertex, _)| vertex).collect();
        Self { vertices }
    }

    /// Passes every arc of a ring through `simplify` and joins the results to a ring again.
    ///
    /// `simplify` sees an arc in the same direction from whichever ring it comes; it must keep both
    /// ends. A ring without junction is one arc that begins and ends in its least vertex.
    #[must_use]
    pub fn simplified(&self, ring: &[Vertex], simplify: impl Fn(&[Vertex]) -> Vec<Vertex>) -> Vec<Vertex> {
        let is_cut = |vertex: &Vertex| self.vertices.contains(vertex);
        let start = ring.iter().position(is_cut).or_else(|| {
            let least = ring.iter().min()?;
            ring.iter().position(|vertex| vertex == least)
        });
        let Some(start) = start else { return Vec::new() };
        let mut turned: Vec<Vertex> = ring[start..].iter().chain(&ring[..start]).copied().collect();
        turned.push(ring[start]);

        let mut out: Vec<Vertex> = Vec::new();
        let mut begin = 0;
        for end in 1..turned.len() {
            if end + 1 < turned.len() && !is_cut(&turned[end]) {
                continue;
            }
            let arc = &turned[begin..=end];
            let mut kept = if runs_forward(arc) {
                simplify(arc)
            } else {
                let reversed: Vec<Vertex> = arc.iter().rev().copied().collect();
                let mut kept = simplify(&reversed);
                kept.reverse();
                kept
            };
            // The last vertex is the first of the next arc.
            kept.pop();
            out.append(&mut kept);
            begin = end;
        }
        out
    }
}

/// Whether an arc runs in the direction in which it is simplified: from its lesser end, or, when
/// it ends where it began, towards its lesser side.
fn runs_forward(arc: &[Vertex]) -> bool {
    match (arc.first(), arc.last()) {
        (Some(first), Some(last)) if first != last => first < last,
        _ => arc.get(1) <= arc.len().checked_sub(2).and_then(|index| arc.get(index)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps the ends and every second vertex: depends on the direction, as a careless
    /// simplification would.
    fn every_second(arc: &[Vertex]) -> Vec<Vertex> {
        let last = arc.len() - 1;
        arc.iter()
            .enumerate()
            .filter(|(index, _)| index % 2 == 0 || *index == last)
            .map(|(_, vertex)| *vertex)
            .collect()
    }

    fn edges(ring: &[Vertex]) -> BTreeSet<(Vertex, Vertex)> {
        ring.iter().zip(ring.iter().cycle().skip(1)).map(|(a, b)| (*a.min(b), *a.max(b))).collect()
    }

    #[test]
    fn neighbours_keep_the_same_border() {
        // Two squares side by side; their common border is a zigzag from (10, 0) to (10, 10).
        let zigzag = [(10, 0), (11, 2), (9, 4), (11, 6), (9, 8), (10, 10)];
        let mut west = vec![(0, 0)];
        west.extend(zigzag);
        west.push((0, 10));
        let mut east: Vec<Vertex> = zigzag.into_iter().rev().collect();
        east.splice(0..0, [(20, 0), (20, 10)]);
        let junctions = Junctions::of([west.as_slice(), east.as_slice()].into_iter());
        assert_eq!(junctions.vertices.len(), 2);
        let west = junctions.simplified(&west, every_second);
        let east = junctions.simplified(&east, every_second);
        let shared = edges(&west).intersection(&edges(&east)).count();
        assert_eq!(shared, 3, "{west:?} {east:?}");
    }

    #[test]
    fn a_hole_and_what_fills_it_stay_equal() {
        let city: Vec<Vertex> = vec![(5, 5), (6, 4), (8, 4), (9, 6), (8, 8), (6, 8)];
        let mut hole: Vec<Vertex> = city.iter().rev().copied().collect();
        hole.rotate_left(2);
        let junctions = Junctions::of([city.as_slice(), hole.as_slice()].into_iter());
        let city = junctions.simplified(&city, every_second);
        let hole = junctions.simplified(&hole, every_second);
        assert_eq!(edges(&city), edges(&hole));
        assert!(city.len() < 6);
    }

    #[test]
    fn an_empty_ring_stays_empty() {
        assert!(Junctions::default().simplified(&[], every_second).is_empty());
    }
}
