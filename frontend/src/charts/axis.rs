//! Axes: which values they cover, how their ticks are written, and their marks.

use crate::charts::drawing::Element;
use crate::charts::scale::Linear;
use crate::charts::{label, ticks};

/// The signs that write a number in a language. Ticks are written here because only the geometry
/// knows them; every other number comes to the charts as finished text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberMarks {
    /// Between the whole and the fraction.
    pub decimal: char,
    /// Between groups of three digits.
    pub group: char,
}

impl NumberMarks {
    /// Kazakh and Russian: decimal comma, no-break space.
    pub const COMMA: Self = Self { decimal: ',', group: '\u{a0}' };
    /// English: decimal point, comma.
    pub const POINT: Self = Self { decimal: '.', group: ',' };

    /// Writes a number with a fixed count of decimals and a true minus sign.
    #[must_use]
    pub fn write(self, value: f64, decimals: usize) -> String {
        let plain = format!("{:.decimals$}", value.abs());
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain.as_str(), ""));
        let mut out = String::new();
        if value < 0.0 && plain.contains(|digit: char| digit.is_ascii_digit() && digit != '0') {
            out.push('\u{2212}');
        }
        for (index, digit) in whole.chars().enumerate() {
            // Four digits read well without a gap.
            if index > 0 && (whole.len() - index).is_multiple_of(3) && whole.len() > 4 {
                out.push(self.group);
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push(self.decimal);
            out.push_str(fraction);
        }
        out
    }
}

/// What an axis of values covers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Extent {
    /// Fixed ends: 0 to 100 for scores.
    Fixed(f64, f64),
    /// From zero over all values: for bars.
    FromZero,
    /// Round ends over all values: for lines and points.
    Fitted,
}

/// An axis of values.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueAxis {
    /// What it covers.
    pub extent: Extent,
    /// How its ticks are written.
    pub marks: NumberMarks,
    /// Set behind the ticks: ` %`. Empty for none.
    pub unit: String,
    /// What is measured, written over the axis. Empty when the title says it.
    pub name: String,
}

impl ValueAxis {
    /// Scores: 0 to 100 without a unit.
    #[must_use]
    pub const fn scores(marks: NumberMarks) -> Self {
        Self { extent: Extent::Fixed(0.0, 100.0), marks, unit: String::new(), name: String::new() }
    }

    /// The ticks over some values, first and last being the ends of the axis.
    #[must_use]
    pub fn ticks(&self, values: impl Iterator<Item = f64>, most: usize) -> Vec<f64> {
        let finite: Vec<f64> = values.filter(|value| value.is_finite()).collect();
        let low = finite.iter().copied().reduce(f64::min).unwrap_or(0.0);
        let high = finite.iter().copied().reduce(f64::max).unwrap_or(1.0);
        match self.extent {
            Extent::Fixed(low, high) => ticks::covering(low, high, most),
            Extent::FromZero => ticks::covering(low.min(0.0), high.max(0.0), most),
            Extent::Fitted => ticks::covering(low, high, most),
        }
    }

    /// The ticks as text, all with the same count of decimals.
    #[must_use]
    pub fn tick_texts(&self, ticks: &[f64]) -> Vec<String> {
        let step = ticks.windows(2).map(|pair| pair[1] - pair[0]).reduce(f64::min).unwrap_or(1.0);
        let decimals = ticks::decimals_of(step);
        ticks.iter().map(|tick| format!("{}{}", self.marks.write(*tick, decimals), self.unit)).collect()
    }

    /// Horizontal grid lines with their ticks at the left of `x`; the line at zero is stronger.
    #[must_use]
    pub fn rows(&self, ticks: &[f64], scale: &Linear, x: (f64, f64)) -> Element {
        Element::group("axis").children(ticks.iter().zip(self.tick_texts(ticks)).flat_map(|(tick, text)| {
            let y = scale.position(*tick);
            let class = if *tick == 0.0 { "zero" } else { "grid" };
            [
                Element::line((x.0, y), (x.1, y)).class(class),
                Element::text(x.0 - 8.0, y + 4.0, text).class("tick").anchor("end"),
            ]
        }))
    }

    /// Vertical grid lines between two heights with their ticks above the upper one.
    #[must_use]
    pub fn columns(&self, ticks: &[f64], scale: &Linear, y: (f64, f64)) -> Element {
        Element::group("axis").children(ticks.iter().zip(self.tick_texts(ticks)).flat_map(|(tick, text)| {
            let x = scale.position(*tick);
            let class = if *tick == 0.0 { "zero" } else { "grid" };
            // A tick at the left edge of the drawing would be cut off.
            let anchor = if x < 12.0 { "start" } else { "middle" };
            [
                Element::line((x, y.0), (x, y.1)).class(class),
                Element::text(x, y.0 - 6.0, text).class("tick").anchor(anchor),
            ]
        }))
    }

    /// How much room the widest tick takes.
    #[must_use]
    pub fn tick_width(&self, ticks: &[f64], text_height: f64) -> f64 {
        self.tick_texts(ticks).iter().map(|text| label::width(text, text_height)).fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_by_language() {
        for (marks, value, decimals, expected) in [
            (NumberMarks::COMMA, 1_234_567.5, 1, "1\u{a0}234\u{a0}567,5"),
            (NumberMarks::POINT, 1_234_567.5, 1, "1,234,567.5"),
            (NumberMarks::POINT, 2024.0, 0, "2024"),
            (NumberMarks::POINT, -0.04, 1, "0.0"),
            (NumberMarks::COMMA, -12.0, 0, "\u{2212}12"),
        ] {
            assert_eq!(marks.write(value, decimals), expected);
        }
    }

    #[test]
    fn ticks_share_their_decimals_and_unit() {
        let axis = ValueAxis {
            extent: Extent::Fitted,
            marks: NumberMarks::COMMA,
            unit: "\u{a0}%".to_owned(),
            name: String::new(),
        };
        let ticks = axis.ticks([0.2, 0.9].into_iter(), 4);
        assert_eq!(axis.tick_texts(&ticks), ["0,2\u{a0}%", "0,4\u{a0}%", "0,6\u{a0}%", "0,8\u{a0}%", "1,0\u{a0}%"]);
    }

    #[test]
    fn bars_start_at_zero() {
        let axis = ValueAxis { extent: Extent::FromZero, ..ValueAxis::scores(NumberMarks::POINT) };
        assert_eq!(axis.ticks([40.0, 93.0].into_iter(), 5).first(), Some(&0.0));
        assert_eq!(axis.ticks([-40.0, -3.0].into_iter(), 5).last(), Some(&0.0));
    }
}
