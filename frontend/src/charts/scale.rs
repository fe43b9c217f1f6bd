//! Scales: from data to positions and classes. No drawing here; islands use these in the browser.

use crate::charts::ticks;

/// Maps a range of values onto a range of positions in a straight line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Linear {
    domain: (f64, f64),
    range: (f64, f64),
}

impl Linear {
    /// A scale from `domain` to `range`. Either may run downwards. A domain of one value maps
    /// everything to the middle of the range.
    #[must_use]
    pub const fn new(domain: (f64, f64), range: (f64, f64)) -> Self {
        Self { domain, range }
    }

    /// The values it covers.
    #[must_use]
    pub const fn domain(&self) -> (f64, f64) {
        self.domain
    }

    /// The positions it covers.
    #[must_use]
    pub const fn range(&self) -> (f64, f64) {
        self.range
    }

    /// The position of a value; values outside the domain land outside the range.
    #[must_use]
    pub fn position(&self, value: f64) -> f64 {
        let (low, high) = self.domain;
        let (start, end) = self.range;
        let span = high - low;
        if span == 0.0 { f64::midpoint(start, end) } else { start + (value - low) / span * (end - start) }
    }

    /// The position of a value, held inside the range.
    #[must_use]
    pub fn clamped(&self, value: f64) -> f64 {
        let (start, end) = self.range;
        self.position(value).clamp(start.min(end), start.max(end))
    }
}

/// Maps positive values onto positions by their logarithm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Log {
    exponents: Linear,
}

impl Log {
    /// A scale from `domain` to `range`; `None` unless both ends of the domain are positive.
    #[must_use]
    pub fn new(domain: (f64, f64), range: (f64, f64)) -> Option<Self> {
        (domain.0 > 0.0 && domain.1 > 0.0)
            .then(|| Self { exponents: Linear::new((domain.0.log10(), domain.1.log10()), range) })
    }

    /// The position of a value; `None` for zero and below, which have no place on the scale.
    #[must_use]
    pub fn position(&self, value: f64) -> Option<f64> {
        (value > 0.0).then(|| self.exponents.position(value.log10()))
    }
}

/// Divides a range of positions into equal bands with gaps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    start: f64,
    step: f64,
    thickness: f64,
}

impl Band {
    /// `count` bands over `range`; `gap` is the share of a step left empty, 0 to 1.
    #[must_use]
    pub fn new(count: usize, range: (f64, f64), gap: f64) -> Self {
        let step = (range.1 - range.0) / number(count.max(1));
        Self { start: range.0, step, thickness: step * (1.0 - gap.clamp(0.0, 1.0)) }
    }

    /// Where a band begins.
    #[must_use]
    pub fn begin(&self, index: usize) -> f64 {
        self.middle(index) - self.thickness / 2.0
    }

    /// The middle of a band.
    #[must_use]
    pub fn middle(&self, index: usize) -> f64 {
        self.start + self.step * (number(index) + 0.5)
    }

    /// How thick a band is.
    #[must_use]
    pub const fn thickness(&self) -> f64 {
        self.thickness
    }

    /// From one band's beginning to the next.
    #[must_use]
    pub const fn step(&self) -> f64 {
        self.step
    }
}

/// A count as a number for geometry. Charts hold far fewer marks than `u32::MAX`.
#[must_use]
pub fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

/// Class breaks: which of a few shades a value takes.
///
/// The breaks are the inner limits, in rising order; a value on a break belongs to the class above.
#[derive(Debug, Clone, PartialEq)]
pub struct Classes {
    breaks: Vec<f64>,
    ends: (f64, f64),
}

/// The style sheet has seven shades.
const MOST_CLASSES: usize = 7;

impl Classes {
    /// Equal steps between two ends; `count` is held between 2 and 7.
    #[must_use]
    pub fn equal(low: f64, high: f64, count: usize) -> Self {
        let count = count.clamp(2, MOST_CLASSES);
        let step = (high - low) / number(count);
        let breaks = (1..count).map(|index| low + step * number(index)).collect();
        Self { breaks, ends: (low, high) }
    }

    /// The fixed classes of scores: five of 20 points each.
    #[must_use]
    pub fn scores() -> Self {
        Self::equal(0.0, 100.0, 5)
    }

    /// Breaks chosen by hand, between two ends. `None` unless there are one to six of them, all
    /// finite and rising from end to end.
    #[must_use]
    pub fn chosen(low: f64, breaks: &[f64], high: f64) -> Option<Self> {
        let all: Vec<f64> = [low].into_iter().chain(breaks.iter().copied()).chain([high]).collect();
        let rising = all.windows(2).all(|pair| pair[0] < pair[1]);
        let fits = (1..MOST_CLASSES).contains(&breaks.len());
        (rising && fits && all.iter().all(|value| value.is_finite()))
            .then(|| Self { breaks: breaks.to_vec(), ends: (low, high) })
    }

    /// Round breaks over the values: as many equal, nice steps as needed, five to seven where the
    /// data allow it. `None` without a finite value.
    #[must_use]
    pub fn nice(values: &[f64]) -> Option<Self> {
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        let low = finite().reduce(f64::min)?;
        let high = finite().reduce(f64::max)?;
        let ticks = ticks::covering(low, high, MOST_CLASSES);
        let (first, last) = (*ticks.first()?, *ticks.last()?);
        let inner = ticks.get(1..ticks.len().saturating_sub(1)).unwrap_or_default();
        Self::chosen(first, inner, last).or_else(|| Some(Self::equal(first, last, 5)))
    }

    /// How many classes there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.breaks.len() + 1
    }

    /// The inner limits.
    #[must_use]
    pub fn breaks(&self) -> &[f64] {
        &self.breaks
    }

    /// Lower and upper end, for the legend.
    #[must_use]
    pub const fn ends(&self) -> (f64, f64) {
        self.ends
    }

    /// The class of a value, counted from 0.
    #[must_use]
    pub fn class_of(&self, value: f64) -> usize {
        self.breaks.iter().filter(|limit| value >= **limit).count()
    }

    /// The shade of a class, 0 to 6: few classes are spread over the whole ramp.
    #[must_use]
    pub fn shade(&self, class: usize) -> usize {
        const SPREAD: [&[usize]; 6] =
            [&[1, 5], &[0, 3, 6], &[0, 2, 4, 6], &[0, 2, 3, 4, 6], &[0, 1, 2, 3, 4, 6], &[0, 1, 2, 3, 4, 5, 6]];
        let shades = SPREAD[(self.count() - 2).min(SPREAD.len() - 1)];
        shades[class.min(shades.len() - 1)]
    }

    /// The CSS class of a value: `q0` to `q6`, or `missing`.
    #[must_use]
    pub fn css(&self, value: Option<f64>) -> &'static str {
        const NAMES: [&str; 7] = ["q0", "q1", "q2", "q3", "q4", "q5", "q6"];
        value.map_or("missing", |value| NAMES[self.shade(self.class_of(value))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_maps_both_ways_and_clamps() {
        let up = Linear::new((0.0, 10.0), (100.0, 0.0));
        for (value, expected) in [(0.0, 100.0), (2.5, 75.0), (10.0, 0.0), (12.0, -20.0)] {
            assert!((up.position(value) - expected).abs() < 1e-9, "{value}");
        }
        assert!(up.clamped(12.0).abs() < 1e-9);
        assert!((Linear::new((3.0, 3.0), (0.0, 8.0)).position(3.0) - 4.0).abs() < 1e-9);
    }

    #[test]
    fn log_has_no_place_for_zero() {
        let scale = Log::new((1.0, 1000.0), (0.0, 300.0));
        assert_eq!(scale.and_then(|scale| scale.position(0.0)), None);
        let hundred = scale.and_then(|scale| scale.position(100.0)).unwrap_or_default();
        assert!((hundred - 200.0).abs() < 1e-9);
        assert_eq!(Log::new((0.0, 10.0), (0.0, 1.0)), None);
    }

    #[test]
    fn bands_fill_the_range() {
        let band = Band::new(4, (0.0, 100.0), 0.2);
        assert!((band.step() - 25.0).abs() < 1e-9);
        assert!((band.thickness() - 20.0).abs() < 1e-9);
        assert!((band.begin(0) - 2.5).abs() < 1e-9);
        assert!((band.middle(3) - 87.5).abs() < 1e-9);
    }

    #[test]
    fn a_value_on_a_break_belongs_above() {
        let classes = Classes::scores();
        for (value, expected) in [(-3.0, 0), (0.0, 0), (19.99, 0), (20.0, 1), (99.0, 4), (100.0, 4), (250.0, 4)] {
            assert_eq!(classes.class_of(value), expected, "{value}");
        }
        assert_eq!(classes.css(None), "missing");
        assert_eq!((classes.css(Some(0.0)), classes.css(Some(100.0))), ("q0", "q6"));
    }

    #[test]
    fn chosen_breaks_must_rise() {
        assert!(Classes::chosen(0.0, &[1.0, 2.0], 3.0).is_some());
        for (low, breaks, high) in
            [(0.0, vec![2.0, 1.0], 3.0), (0.0, vec![], 3.0), (0.0, vec![4.0], 3.0), (0.0, vec![1.0; 7], 3.0)]
        {
            assert!(Classes::chosen(low, &breaks, high).is_none(), "{breaks:?}");
        }
    }

    #[test]
    fn nice_classes_hold_all_values_in_at_most_seven() {
        for values in [vec![89.0, 97.3, 91.2], vec![0.0, 0.004], vec![5.0], vec![-12.0, 40.0, 1000.0]] {
            let classes = Classes::nice(&values);
            assert!(classes.as_ref().is_some_and(|classes| {
                (2..=7).contains(&classes.count())
                    && values.iter().all(|value| classes.ends().0 <= *value && *value <= classes.ends().1)
            }));
        }
        assert_eq!(Classes::nice(&[f64::NAN]), None);
    }
}
