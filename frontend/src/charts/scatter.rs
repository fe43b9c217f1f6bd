//! The scatter plot: two measures of the same places.

use crate::charts::axis::ValueAxis;
use crate::charts::drawing::{Drawing, Element, linked};
use crate::charts::scale::Linear;
use crate::charts::twin::{Twin, TwinRow};
use crate::charts::{Caption, Chart, Emphasis, Size, label};

/// A scatter plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Scatter {
    /// Its names.
    pub caption: Caption,
    /// The points. A place without one of the two values has no point: name it in the text beside.
    pub points: Vec<ScatterPoint>,
    /// What runs from left to right. Its name stands under the axis.
    pub x: ValueAxis,
    /// What runs from bottom to top. Its name stands over the axis.
    pub y: ValueAxis,
    /// Heading over the names in the table twin.
    pub heading: String,
}

/// One point of a scatter plot.
#[derive(Debug, Clone, PartialEq)]
pub struct ScatterPoint {
    /// Its code, for scripts.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Both values.
    pub at: (f64, f64),
    /// Both values in words of the reader.
    pub texts: [String; 2],
    /// A page about it.
    pub href: Option<String>,
    /// How it stands out. Names of context are written only where there is room.
    pub emphasis: Emphasis,
}

/// A rectangle taken by a label or a dot: left, top, right, bottom.
type Taken = (f64, f64, f64, f64);

const RADIUS: f64 = 5.0;

impl Chart for Scatter {
    fn draw(&self, size: Size) -> Drawing {
        let text_height = size.text_height();
        let (height, most) = match size {
            Size::Wide => (440.0, 6),
            Size::Compact => (340.0, 4),
        };
        let y_ticks = self.y.ticks(self.points.iter().map(|point| point.at.1), 5);
        let x_ticks = self.x.ticks(self.points.iter().map(|point| point.at.0), most);
        let ends = |ticks: &[f64]| (ticks.first().copied().unwrap_or(0.0), ticks.last().copied().unwrap_or(1.0));
        let left = self.y.tick_width(&y_ticks, text_height) + 12.0;
        let right = size.width() - 8.0 - self.x.tick_width(&x_ticks, text_height) / 2.0;
        let (top, bottom) = (text_height + 18.0, height - 2.0 * text_height - 20.0);
        let x = Linear::new(ends(&x_ticks), (left, right));
        let y = Linear::new(ends(&y_ticks), (bottom, top));
        let columns = x_ticks.iter().zip(self.x.tick_texts(&x_ticks)).flat_map(|(tick, text)| {
            let at = x.position(*tick);
            [
                Element::line((at, top), (at, bottom)).class("grid"),
                Element::text(at, bottom + text_height + 6.0, text).class("tick").anchor("middle"),
            ]
        });
        let name = |text: &str| label::shortened(text, size.width(), text_height);
        let names = [
            Element::text(0.0, text_height, name(&self.y.name)).class("axis-name"),
            Element::text(size.width(), height - 6.0, name(&self.x.name)).class("axis-name").anchor("end"),
        ];
        let mut order: Vec<&ScatterPoint> = self.points.iter().collect();
        order.sort_by_key(|point| (point.emphasis != Emphasis::Context, point.emphasis == Emphasis::Chosen));
        let dots = order.iter().map(|point| self.dot(point, (x.position(point.at.0), y.position(point.at.1))));
        let labels = labels(&order, &x, &y, bottom, size);
        Drawing::new(&self.caption, "scatter", size, height)
            .with([Element::group("axis").children(columns), self.y.rows(&y_ticks, &y, (left, right))])
            .with(names)
            .with(dots)
            .with([labels])
    }

    fn twin(&self) -> Twin {
        let row = |point: &ScatterPoint| TwinRow {
            name: point.name.clone(),
            href: point.href.clone(),
            cells: point.texts.to_vec(),
        };
        Twin {
            caption: self.caption.title.clone(),
            header: vec![self.heading.clone(), self.x.name.clone(), self.y.name.clone()],
            rows: self.points.iter().map(row).collect(),
        }
    }
}

impl Scatter {
    fn dot(&self, point: &ScatterPoint, at: (f64, f64)) -> Element {
        let [first, second] = &point.texts;
        let tip = format!("{} \u{b7} {}: {first} \u{b7} {}: {second}", point.name, self.x.name, self.y.name);
        let radius = if point.emphasis == Emphasis::Chosen { RADIUS + 2.0 } else { RADIUS };
        let dot = Element::group(format!("scatter-point {}", point.emphasis.class()))
            .set("data-area", point.code.clone())
            .child(Element::circle(at, radius).class("dot observed"))
            .titled(tip);
        linked(point.href.as_ref(), dot)
    }
}

/// Names beside dots, the important ones first; one that would touch anything is left out. None is struck through by the
/// line at the bottom.
fn labels(order: &[&ScatterPoint], x: &Linear, y: &Linear, bottom: f64, size: Size) -> Element {
    let height = size.text_height();
    let place = |point: &ScatterPoint| (x.position(point.at.0), y.position(point.at.1));
    let mut taken: Vec<Taken> =
        order.iter().map(|point| place(point)).map(|(x, y)| (x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS)).collect();
    let mut group = Element::group("ends").set("aria-hidden", "true");
    for point in order.iter().rev() {
        let (cx, cy) = place(point);
        let width = label::width(&point.name, point.emphasis.label_height(height));
        let baseline = (cy + height * 0.35).min(bottom - height * 0.3);
        let sides = [(cx + RADIUS + 4.0, "start"), (cx - RADIUS - 4.0, "end")];
        let found = sides.into_iter().find_map(|(at, anchor)| {
            let left = if anchor == "start" { at } else { at - width };
            let space = (left, baseline - height * 0.8, left + width, baseline + height * 0.2);
            let inside = left >= 0.0 && left + width <= size.width();
            (inside && !taken.iter().any(|other| touch(*other, space))).then_some((at, anchor, space))
        });
        if let Some((at, anchor, space)) = found {
            taken.push(space);
            group = group.child(
                Element::text(at, baseline, &point.name)
                    .class(format!("end {}", point.emphasis.class()))
                    .anchor(anchor),
            );
        }
    }
    group
}

fn touch(a: Taken, b: Taken) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}
