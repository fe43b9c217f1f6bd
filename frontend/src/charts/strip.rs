//! The distribution strip: all places on one line of values, with the chosen one named.

use crate::charts::axis::ValueAxis;
use crate::charts::drawing::{Drawing, Element, linked};
use crate::charts::scale::{Linear, number};
use crate::charts::twin::{Twin, TwinRow};
use crate::charts::{Caption, Chart, Emphasis, Size, label};

/// A distribution strip.
#[derive(Debug, Clone, PartialEq)]
pub struct Strip {
    /// Its names.
    pub caption: Caption,
    /// The places that have a value.
    pub points: Vec<StripPoint>,
    /// What the values cover.
    pub axis: ValueAxis,
    /// A middle or a national value to compare with, and its words.
    pub yardstick: Option<(f64, String)>,
    /// Headings of the table twin: place, value.
    pub headings: [String; 2],
}

/// One place on a strip.
#[derive(Debug, Clone, PartialEq)]
pub struct StripPoint {
    /// Its code, for scripts.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The value.
    pub value: f64,
    /// The value in words of the reader.
    pub text: String,
    /// A page about it.
    pub href: Option<String>,
    /// How it stands out. Context has no name on the chart.
    pub emphasis: Emphasis,
}

const RADIUS: f64 = 5.0;

impl Chart for Strip {
    fn draw(&self, size: Size) -> Drawing {
        let text_height = size.text_height();
        let ticks = self.axis.ticks(
            self.points.iter().map(|point| point.value).chain(self.yardstick.iter().map(|(value, _)| *value)),
            if size == Size::Wide { 8 } else { 4 },
        );
        let ends = (ticks.first().copied().unwrap_or(0.0), ticks.last().copied().unwrap_or(1.0));
        let margin = self.axis.tick_width(&ticks, text_height) / 2.0 + RADIUS;
        let scale = Linear::new(ends, (margin, size.width() - margin));
        let at: Vec<f64> = self.points.iter().map(|point| scale.clamped(point.value)).collect();
        let levels = swarm(&at, 2.0 * RADIUS + 1.0);
        let highest = levels.iter().copied().max().unwrap_or(0);
        // Names stand over the swarm, the words of the yardstick under the ticks.
        let top = text_height + 12.0;
        let base = top + RADIUS + (2.0 * RADIUS + 1.0) * number(highest) + RADIUS;
        let below = if self.yardstick.is_some() { text_height + 6.0 } else { 0.0 };
        let mut drawing = Drawing::new(&self.caption, "strip", size, base + text_height + 16.0 + below);
        let tick_marks = ticks.iter().zip(self.axis.tick_texts(&ticks)).flat_map(|(tick, text)| {
            let x = scale.position(*tick);
            [
                Element::line((x, base + 4.0), (x, base + 8.0)).class("grid"),
                Element::text(x, base + 10.0 + text_height, text).class("tick").anchor("middle"),
            ]
        });
        let (left, right) = scale.range();
        let axis = Element::group("axis")
            .child(Element::line((left, base + 4.0), (right, base + 4.0)).class("grid"))
            .children(tick_marks);
        drawing = drawing.with([axis]);
        if let Some((value, words)) = &self.yardstick {
            let x = scale.clamped(*value);
            let (x_text, anchor) = held(x, label::width(words, text_height), size.width());
            drawing = drawing.with([Element::group("measure yardstick")
                .child(Element::line((x, top), (x, base + 8.0)))
                .child(
                    Element::text(x_text, base + 12.0 + 2.0 * text_height + 4.0, words).class("tick").anchor(anchor),
                )]);
        }
        let mut order: Vec<usize> = (0..self.points.len()).collect();
        order.sort_by_key(|index| {
            (self.points[*index].emphasis != Emphasis::Context, self.points[*index].emphasis == Emphasis::Chosen)
        });
        let dots = order.into_iter().map(|index| {
            let y = base - RADIUS - (2.0 * RADIUS + 1.0) * number(levels[index]);
            dot(&self.points[index], (at[index], y))
        });
        drawing.with(dots).with([self.names(&at, text_height, size)])
    }

    fn twin(&self) -> Twin {
        let row = |point: &StripPoint| TwinRow {
            name: point.name.clone(),
            href: point.href.clone(),
            cells: vec![point.text.clone()],
        };
        Twin {
            caption: self.caption.title.clone(),
            header: self.headings.to_vec(),
            rows: self.points.iter().map(row).collect(),
        }
    }
}

impl Strip {
    /// Names of the points that stand out, kept apart along the line.
    fn names(&self, at: &[f64], text_height: f64, size: Size) -> Element {
        let mut group = Element::group("ends");
        let mut taken: Vec<(f64, f64)> = Vec::new();
        let mut named: Vec<(&StripPoint, f64)> = self
            .points
            .iter()
            .zip(at.iter().copied())
            .filter(|(point, _)| point.emphasis != Emphasis::Context)
            .collect();
        named.sort_by_key(|(point, _)| point.emphasis != Emphasis::Chosen);
        for (point, x) in named {
            let text = format!("{} {}", point.name, point.text);
            let width = label::width(&text, point.emphasis.label_height(text_height));
            let (x_text, anchor) = held(x, width, size.width());
            let left = match anchor {
                "middle" => x_text - width / 2.0,
                "end" => x_text - width,
                _ => x_text,
            };
            if taken.iter().any(|(from, to)| left < to + 8.0 && from - 8.0 < left + width) {
                continue;
            }
            taken.push((left, left + width));
            let class = format!("end {}", point.emphasis.class());
            group = group.child(Element::text(x_text, text_height, text).class(class).anchor(anchor));
        }
        group
    }
}

fn dot(point: &StripPoint, at: (f64, f64)) -> Element {
    let radius = if point.emphasis == Emphasis::Chosen { RADIUS + 1.5 } else { RADIUS };
    let dot = Element::group(format!("strip-point {}", point.emphasis.class()))
        .set("data-area", point.code.clone())
        .child(Element::circle(at, radius).class("dot observed"))
        .titled(format!("{}: {}", point.name, point.text));
    linked(point.href.as_ref(), dot)
}

/// Where a text centred on `x` goes so that it stays inside the drawing.
fn held(x: f64, width: f64, edge: f64) -> (f64, &'static str) {
    if x + width / 2.0 > edge {
        (edge, "end")
    } else if x < width / 2.0 {
        (0.0, "start")
    } else {
        (x, "middle")
    }
}

/// The level of each dot above the line so that no two dots of a level touch.
fn swarm(at: &[f64], gap: f64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..at.len()).collect();
    order.sort_by(|a, b| at[*a].total_cmp(&at[*b]));
    let mut ends: Vec<f64> = Vec::new();
    let mut levels = vec![0; at.len()];
    for index in order {
        let level = ends.iter().position(|end| at[index] - end >= gap).unwrap_or(ends.len());
        match ends.get_mut(level) {
            Some(end) => *end = at[index],
            None => ends.push(at[index]),
        }
        levels[index] = level;
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_of_a_level_do_not_touch() {
        assert_eq!(swarm(&[0.0, 20.0, 3.0, 6.0, 12.0], 10.0), [0, 1, 1, 2, 0]);
        assert_eq!(swarm(&[], 10.0), Vec::<usize>::new());
    }
}
