//! The slope chart: two moments, one line per item, names at the ends.

use crate::charts::axis::ValueAxis;
use crate::charts::drawing::{Drawing, Element, linked_series};
use crate::charts::line::Point;
use crate::charts::marker::marker;
use crate::charts::scale::{Linear, number};
use crate::charts::twin::{Twin, TwinRow};
use crate::charts::{Caption, Chart, Emphasis, Size, label};

/// A slope chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Slope {
    /// Its names.
    pub caption: Caption,
    /// The two moments.
    pub moments: [String; 2],
    /// The items. An item with one value is a point without a line.
    pub items: Vec<SlopeItem>,
    /// What the values cover. Its ticks are not drawn: the values stand at the ends.
    pub axis: ValueAxis,
    /// Which end of the values is on top.
    pub top: Top,
    /// Which items have their names written.
    pub names: Names,
    /// Heading over the names in the table twin.
    pub heading: String,
    /// The words for a missing value.
    pub missing: String,
}

/// Which end of the values is on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Top {
    /// The highest: scores.
    Highest,
    /// The lowest: ranks.
    Lowest,
}

/// Which items have their names written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Those that stand out.
    Emphasised,
    /// Every one; on both sides where there is room.
    All,
}

/// One line of a slope chart.
#[derive(Debug, Clone, PartialEq)]
pub struct SlopeItem {
    /// Its code, for scripts.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its name where room is scarce.
    pub short: String,
    /// The values at the two moments.
    pub values: [Option<Point>; 2],
    /// A page about it.
    pub href: Option<String>,
    /// How it stands out.
    pub emphasis: Emphasis,
}

impl Chart for Slope {
    fn draw(&self, size: Size) -> Drawing {
        let text_height = size.text_height();
        let least: f64 = match size {
            Size::Wide => 420.0,
            Size::Compact => 360.0,
        };
        let (top, below) = (text_height + 18.0, 10.0);
        let height = least.max(top + below + number(self.labelled().count()) * (text_height + 3.0));
        let widest = |side: usize| {
            self.labelled()
                .filter(|item| item.values[side].is_some())
                .map(|item| {
                    label::width(&self.end_text(item, &item.name, side, size), item.emphasis.label_height(text_height))
                })
                .fold(0.0, f64::max)
        };
        let left = widest(0).min(size.width() * 0.36) + 14.0;
        let right = size.width() - widest(1).min(size.width() * 0.45) - 14.0;
        let bottom = height - below;
        let values = self.items.iter().flat_map(|item| item.values.iter().flatten().map(|point| point.value));
        let ticks = self.axis.ticks(values, 6);
        let ends = (ticks.first().copied().unwrap_or(0.0), ticks.last().copied().unwrap_or(1.0));
        let scale = match self.top {
            Top::Highest => Linear::new(ends, (bottom, top)),
            Top::Lowest => Linear::new(ends, (top, bottom)),
        };
        let posts = [left, right].into_iter().zip(&self.moments).flat_map(|(x, moment)| {
            [Element::line((x, top - 6.0), (x, bottom + 6.0)).class("grid"), heading(moment, x, (left, right), size)]
        });
        let has_value = |item: &&SlopeItem| item.values.iter().any(Option::is_some);
        let mut order: Vec<&SlopeItem> = self.items.iter().filter(has_value).collect();
        order.sort_by_key(|item| item.emphasis != Emphasis::Context);
        order.sort_by_key(|item| item.emphasis == Emphasis::Chosen);
        let lines = order.into_iter().map(|item| line(item, &self.moments, (left, right), &scale));
        Drawing::new(&self.caption, "slope", size, height)
            .with([Element::group("axis").children(posts)])
            .with(lines)
            .with([
                self.labels(0, left - 8.0, size, (&scale, left - 8.0)),
                self.labels(1, right + 8.0, size, (&scale, size.width() - right - 8.0)),
            ])
    }

    fn twin(&self) -> Twin {
        let text = |point: &Option<Point>| {
            point.as_ref().map_or_else(|| self.missing.clone(), |point| format!("{}{}", point.text, point.basis.sign()))
        };
        let row = |item: &SlopeItem| TwinRow {
            name: item.name.clone(),
            href: item.href.clone(),
            cells: item.values.iter().map(text).collect(),
        };
        Twin {
            caption: self.caption.title.clone(),
            header: [self.heading.clone()].into_iter().chain(self.moments.clone()).collect(),
            rows: self.items.iter().map(row).collect(),
        }
    }
}

impl Slope {
    fn labelled(&self) -> impl Iterator<Item = &SlopeItem> {
        self.items.iter().filter(|item| self.names == Names::All || item.emphasis != Emphasis::Context)
    }

    /// What stands at an end of a line: value and name, at the left only the value unless there is room.
    fn end_text(&self, item: &SlopeItem, name: &str, end: usize, size: Size) -> String {
        let Some(point) = &item.values[end] else { return name.to_owned() };
        match (end, size, self.names) {
            (0, Size::Wide, Names::All) => format!("{name} {}", point.text),
            (0, _, _) => point.text.clone(),
            _ => format!("{} {name}", point.text),
        }
    }

    fn labels(&self, moment: usize, x: f64, size: Size, (scale, room): (&Linear, f64)) -> Element {
        let text_height = size.text_height();
        let points: Vec<(&SlopeItem, &Point)> =
            self.labelled().filter_map(|item| Some((item, item.values[moment].as_ref()?))).collect();
        let wishes: Vec<f64> = points.iter().map(|(_, point)| scale.clamped(point.value)).collect();
        let (one, other) = scale.range();
        let places = label::spread(&wishes, text_height + 3.0, (one.min(other), one.max(other)));
        Element::group("ends").children(points.into_iter().zip(places).map(|((item, _), y)| {
            let height = item.emphasis.label_height(text_height);
            let (full, brief) =
                (self.end_text(item, &item.name, moment, size), self.end_text(item, &item.short, moment, size));
            Element::text(x, y + text_height * 0.35, label::either(&full, &brief, room, height))
                .class(format!("end {}", item.emphasis.class()))
                .anchor(if moment == 0 { "end" } else { "start" })
        }))
    }
}

/// The name of a moment over its post: outwards where there is room for it, inwards or to the edge
/// otherwise.
fn heading(moment: &str, x: f64, (left, right): (f64, f64), size: Size) -> Element {
    let text_height = size.text_height();
    let half = f64::midpoint(left, right);
    let room = if x < half { half - 4.0 } else { size.width() - half - 4.0 };
    let text = label::shortened(moment, room, text_height);
    let width = label::width(&text, text_height);
    let (x, anchor) = match (x < half, width) {
        (true, width) if width <= x => (x, "end"),
        (true, width) if x + width <= half => (x, "start"),
        (true, _) => (0.0, "start"),
        (false, width) if x + width <= size.width() => (x, "start"),
        (false, _) => (size.width(), "end"),
    };
    Element::text(x, text_height, text).class("heading").anchor(anchor)
}

fn line(item: &SlopeItem, moments: &[String; 2], (left, right): (f64, f64), scale: &Linear) -> Element {
    let mut group = Element::group(format!("series {}", item.emphasis.class())).set("data-item", item.code.clone());
    let place = |side: usize| {
        let point = item.values[side].as_ref()?;
        Some((if side == 0 { left } else { right }, scale.clamped(point.value)))
    };
    if let (Some(from), Some(to)) = (place(0), place(1)) {
        group = group.child(Element::line(from, to).class("stroke"));
    }
    for side in [0, 1] {
        if let (Some(at), Some(point)) = (place(side), item.values[side].as_ref()) {
            let radius = if item.emphasis == Emphasis::Context { 2.4 } else { 4.0 };
            let tip = format!("{}, {}: {}{}", item.name, moments[side], point.text, point.basis.sign());
            group = group
                .child(marker(item.emphasis, at, radius).class(format!("point {}", point.basis.class())).titled(tip));
        }
    }
    linked_series(item.href.as_ref(), &item.name, group)
}
