//! The classes of scores: one scale for every map and heat table, so that a shade means the same in
//! every year, criterion and place.

use crate::charts::scale::Classes;

/// Seven classes, finer where scores crowd.
#[must_use]
pub fn scores() -> Classes {
    Classes::chosen(0.0, &[50.0, 60.0, 65.0, 70.0, 75.0, 85.0], 100.0).unwrap_or_else(Classes::scores)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_seven_shades() {
        let classes = scores();
        assert_eq!(classes.count(), 7);
        let shades = [Some(0.0), Some(55.0), Some(100.0), None].map(|score| classes.css(score));
        assert_eq!(shades, ["q0", "q1", "q6", "missing"]);
    }
}
