//! The legend of class colours: a bar of shades with the limits under it.

use crate::charts::axis::NumberMarks;
use crate::charts::drawing::Element;
use crate::charts::marker::marker;
use crate::charts::scale::{Classes, number};
use crate::charts::{Emphasis, label, ticks};

/// What a legend of classes says.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassLegend {
    /// What is measured, with its unit. Empty when the title says it.
    pub title: String,
    /// The words for a missing value.
    pub missing: String,
    /// How the limits are written.
    pub marks: NumberMarks,
    /// Set behind the last limit: ` %`.
    pub unit: String,
}

impl ClassLegend {
    /// The limits as text, from end to end.
    #[must_use]
    pub fn limits(&self, classes: &Classes) -> Vec<String> {
        let (low, high) = classes.ends();
        let all: Vec<f64> = [low].into_iter().chain(classes.breaks().iter().copied()).chain([high]).collect();
        let decimals = all.iter().map(|limit| ticks::decimals_of(*limit)).max().unwrap_or(0).min(3);
        let last = all.len() - 1;
        all.iter()
            .enumerate()
            .map(|(index, limit)| {
                let unit = if index == last { self.unit.as_str() } else { "" };
                format!("{}{unit}", self.marks.write(*limit, decimals))
            })
            .collect()
    }

    /// Draws the legend with its upper left corner at a point; `room` is the width it may take.
    #[must_use]
    pub fn draw(&self, classes: &Classes, corner: (f64, f64), room: f64, text_height: f64, hatch: &str) -> Element {
        let (x, y) = corner;
        let mut group = Element::group("legend");
        let mut top = y;
        if !self.title.is_empty() {
            let title = label::shortened(&self.title, room, text_height);
            group = group.child(Element::text(x, top + text_height, title).class("legend-title"));
            top += text_height + 8.0;
        }
        let missing_width = 22.0 + label::width(&self.missing, text_height);
        let step = ((room - missing_width - 24.0) / number(classes.count())).min(60.0);
        for class in 0..classes.count() {
            group = group
                .child(Element::rect(x + step * number(class), top, step, 10.0).class(SHADES[classes.shade(class)]));
        }
        let limits = self.limits(classes);
        let last = limits.len() - 1;
        let mut taken = x;
        for (index, limit) in limits.into_iter().enumerate() {
            let (at, width) = (x + step * number(index), label::width(&limit, text_height));
            let (anchor, at, end) = match index {
                0 => ("start", at, at + width),
                // Ends with the bar where it can, else beside the limit before.
                _ if index == last => ("end", at.max(taken + LIMITS_APART + width), f64::INFINITY),
                _ => ("middle", at, at + width / 2.0),
            };
            taken = end;
            group = group.child(Element::text(at, top + 13.0 + text_height, limit).class("tick").anchor(anchor));
        }
        let after = x + step * number(classes.count()) + 20.0;
        group
            .child(Element::rect(after, top, 16.0, 10.0).set("fill", hatch.to_owned()).class("missing"))
            .child(Element::text(after + 22.0, top + 9.5, &self.missing).class("tick"))
    }

    /// The height the legend takes.
    #[must_use]
    pub fn height(&self, text_height: f64) -> f64 {
        let title = if self.title.is_empty() { 0.0 } else { text_height + 8.0 };
        title + 16.0 + text_height
    }
}

/// A key of colours: a small square in each class with its name, wrapping into lines. Answers the
/// height it takes too.
#[must_use]
pub fn colour_key<'a>(
    items: impl Iterator<Item = (&'a str, &'a str)>,
    corner: (f64, f64),
    room: f64,
    text_height: f64,
) -> (Element, f64) {
    let square = |class: &str, (x, y)| Element::rect(x, y + 1.0, SIGN, SIGN).class(format!("key {class}"));
    key(items, square, SIGN, (corner, room), text_height)
}

/// A key of series: a piece of each line with its marker and its name.
#[must_use]
pub fn series_key<'a>(
    items: impl Iterator<Item = (Emphasis, &'a str)>,
    corner: (f64, f64),
    room: f64,
    text_height: f64,
) -> (Element, f64) {
    const LENGTH: f64 = 22.0;
    let piece = |emphasis: Emphasis, (x, y): (f64, f64)| {
        let y = y + 1.0 + SIGN / 2.0;
        Element::group(format!("series {}", emphasis.class()))
            .child(Element::line((x, y), (x + LENGTH, y)).class("stroke"))
            .child(marker(emphasis, (x + LENGTH / 2.0, y), 4.2).class("point observed"))
    };
    key(items, piece, LENGTH, (corner, room), text_height)
}

/// How high the signs of a key are.
const SIGN: f64 = 11.0;

/// Signs drawn by `sign`, each as wide as `breadth`, with their names; with the height they take.
fn key<'a, T>(
    items: impl Iterator<Item = (T, &'a str)>,
    sign: impl Fn(T, (f64, f64)) -> Element,
    breadth: f64,
    (corner, room): ((f64, f64), f64),
    text_height: f64,
) -> (Element, f64) {
    let line_height = text_height + 8.0;
    let (mut x, mut y) = corner;
    let mut group = Element::group("legend");
    for (one, name) in items {
        let name = label::shortened(name, room - breadth - 6.0, text_height);
        let width = breadth + 6.0 + label::width(&name, text_height);
        if x > corner.0 && x + width > corner.0 + room {
            x = corner.0;
            y += line_height;
        }
        group = group.child(sign(one, (x, y))).child(Element::text(x + breadth + 6.0, y + SIGN, name).class("tick"));
        x += width + 16.0;
    }
    (group, y - corner.1 + line_height)
}

/// The least space between two limits.
const LIMITS_APART: f64 = 6.0;

const SHADES: [&str; 7] = ["q0", "q1", "q2", "q3", "q4", "q5", "q6"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_share_their_decimals() {
        let legend = ClassLegend {
            title: String::new(),
            missing: "no data".to_owned(),
            marks: NumberMarks::COMMA,
            unit: "\u{a0}%".to_owned(),
        };
        assert_eq!(legend.limits(&Classes::scores()), ["0", "20", "40", "60", "80", "100\u{a0}%"]);
        let fine = Classes::equal(0.0, 1.0, 4);
        assert_eq!(legend.limits(&fine), ["0,00", "0,25", "0,50", "0,75", "1,00\u{a0}%"]);
    }

    #[test]
    fn the_last_limit_stands_beside_the_one_before_where_the_bar_is_short() {
        let unit = String::new();
        let legend =
            ClassLegend { title: String::new(), missing: "no data".to_owned(), marks: NumberMarks::COMMA, unit };
        let last = |room: f64| {
            let mut places = Vec::new();
            let legend = legend.draw(&Classes::scores(), (0.0, 0.0), room, 12.0, "none");
            legend.walk(&mut |element| {
                if element.name() == "text" {
                    places.push((element.own_text(), element.attribute("x").unwrap_or_default().to_owned()));
                }
            });
            let at = |said: &str| -> f64 {
                let found = places.iter().find(|(text, _)| text == said);
                found.and_then(|(_, x)| x.parse().ok()).unwrap_or(f64::NAN)
            };
            at("100") - at("80")
        };
        let apart = label::width("80", 12.0) / 2.0 + LIMITS_APART + label::width("100", 12.0);
        assert!((last(150.0) - apart).abs() < 0.11, "{} {apart}", last(150.0));
        assert!((last(600.0) - 60.0).abs() < 0.11, "{}", last(600.0));
    }
}
