//! SVG path data: rings of points to short strings, and the area of a ring.

use std::fmt::Write;

/// Twice summed and halved: positive when the ring turns anticlockwise with y upwards. The first
/// point need not be repeated at the end.
#[must_use]
pub fn ring_area(ring: &[(f64, f64)]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>() / 2.0
}

/// Writes closed rings as path data with one decimal, relative and without needless signs.
///
/// Each step is the difference of two rounded points, so rounding errors do not add up and two
/// rings that share a border still share it. Points that round onto their predecessor are left out,
/// as are rings left with fewer than three points.
#[must_use]
pub fn closed(rings: &[Vec<(f64, f64)>]) -> String {
    let mut out = String::new();
    for ring in rings {
        let mut points: Vec<(i64, i64)> = ring.iter().map(|(x, y)| (tenth(*x), tenth(*y))).collect();
        points.dedup();
        if points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        let [start, rest @ ..] = points.as_slice() else { continue };
        if rest.len() < 2 {
            continue;
        }
        out.push('M');
        number(&mut out, start.0, true);
        number(&mut out, start.1, false);
        out.push('l');
        let mut from = *start;
        for (index, point) in rest.iter().enumerate() {
            number(&mut out, point.0 - from.0, index == 0);
            number(&mut out, point.1 - from.1, false);
            from = *point;
        }
        out.push('z');
    }
    out
}

/// An open line through points in absolute coordinates.
#[must_use]
pub fn open(points: &[(f64, f64)]) -> String {
    let mut out = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        out.push(if index == 0 { 'M' } else { 'L' });
        number(&mut out, tenth(*x), true);
        number(&mut out, tenth(*y), false);
    }
    out
}

#[expect(clippy::cast_possible_truncation, reason = "coordinates of a drawing are far below 2^53 tenths")]
fn tenth(value: f64) -> i64 {
    (value * 10.0).round() as i64
}

/// Writes tenths as a decimal number: `-5` is `-.5`, `120` is `12`. A minus sign separates by
/// itself; anything else needs a space unless it comes first.
fn number(out: &mut String, tenths: i64, first: bool) {
    if tenths < 0 {
        out.push('-');
    } else if !first {
        out.push(' ');
    }
    let (whole, rest) = (tenths.abs() / 10, tenths.abs() % 10);
    if whole > 0 || rest == 0 {
        // Writing into a String cannot fail.
        let _ = write!(out, "{whole}");
    }
    if rest > 0 {
        let _ = write!(out, ".{rest}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_are_written_short() {
        let square = vec![(10.0, 10.0), (20.04, 10.0), (20.0, 20.5), (10.0, 20.5), (10.0, 10.0)];
        assert_eq!(closed(&[square]), "M10 10l10 0 0 10.5-10 0z");
        assert_eq!(closed(&[vec![(0.0, 0.0), (0.5, -0.5), (1.0, 0.0)]]), "M0 0l.5-.5 .5 .5z");
    }

    #[test]
    fn rings_that_round_to_nothing_are_left_out() {
        assert_eq!(closed(&[vec![(1.0, 1.0), (1.01, 1.0), (1.02, 1.02), (1.0, 1.0)], vec![]]), "");
    }

    #[test]
    fn area_has_the_sign_of_the_turn() {
        let ring = [(0.0, 0.0), (2.0, 0.0), (2.0, 3.0), (0.0, 3.0)];
        assert!((ring_area(&ring) - 6.0).abs() < 1e-12);
        let back: Vec<_> = ring.into_iter().rev().collect();
        assert!((ring_area(&back) + 6.0).abs() < 1e-12);
        assert!(ring_area(&[]).abs() < 1e-12);
    }

    #[test]
    fn an_open_line_goes_through_its_points() {
        assert_eq!(open(&[(0.0, 1.0), (2.5, -3.0)]), "M0 1L2.5-3");
        assert_eq!(open(&[]), "");
    }
}
