//! Rows of marks with names: beside the names where there is room, under them on a phone. Bars,
//! dumbbells and stacked bars share this layout.

use crate::charts::drawing::Element;
use crate::charts::scale::number;
use crate::charts::{Emphasis, Size, label};

/// Where rows lie in a drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rows {
    size: Size,
    top: f64,
    step: f64,
    name_room: f64,
    plot: (f64, f64),
    count: usize,
}

const MOST_NAME: f64 = 260.0;

impl Rows {
    /// Rows for some names beginning at `top`, with `after` units kept free behind the marks.
    #[must_use]
    pub fn new<'a>(size: Size, names: impl ExactSizeIterator<Item = &'a str>, top: f64, after: f64) -> Self {
        let count = names.len();
        let widest = names.map(|name| label::width(name, size.text_height())).fold(0.0, f64::max);
        let end = size.width() - after;
        match size {
            Size::Wide => {
                let name_room = widest.min(MOST_NAME);
                Self { size, top, step: 27.0, name_room, plot: (name_room + 12.0, end), count }
            }
            Size::Compact => Self { size, top, step: 38.0, name_room: size.width() - 8.0, plot: (3.0, end), count },
        }
    }

    /// The ends of the marks' part.
    #[must_use]
    pub const fn plot(&self) -> (f64, f64) {
        self.plot
    }

    /// Where the first row begins.
    #[must_use]
    pub const fn top(&self) -> f64 {
        self.top
    }

    /// Where the last row ends.
    #[must_use]
    pub fn bottom(&self) -> f64 {
        self.top + self.step * number(self.count)
    }

    /// The height at which the marks of a row lie.
    #[must_use]
    pub fn middle(&self, index: usize) -> f64 {
        let within = match self.size {
            Size::Wide => self.step / 2.0,
            Size::Compact => 26.0,
        };
        self.top + self.step * number(index) + within
    }

    /// How thick a bar is.
    #[must_use]
    pub const fn thickness(&self) -> f64 {
        match self.size {
            Size::Wide => 17.0,
            Size::Compact => 13.0,
        }
    }

    /// The baseline of a text beside the marks of a row.
    #[must_use]
    pub fn baseline(&self, index: usize) -> f64 {
        self.middle(index) + self.size.text_height() * 0.35
    }

    /// The group of a row with a field that answers the pointer.
    #[must_use]
    pub fn group(&self, index: usize, code: &str, emphasis: Emphasis) -> Element {
        let top = self.top + self.step * number(index);
        Element::group(format!("row {}", emphasis.class()))
            .set("data-area", code.to_owned())
            .child(Element::rect(0.0, top, self.size.width(), self.step).class("hit"))
    }

    /// The name of a row.
    #[must_use]
    pub fn name(&self, index: usize, name: &str) -> Element {
        let height = self.size.text_height();
        let baseline = match self.size {
            Size::Wide => self.baseline(index),
            Size::Compact => self.top + self.step * number(index) + height + 1.0,
        };
        Element::text(0.0, baseline, label::shortened(name, self.name_room, height)).class("name")
    }

    /// A hatched stub with words, for a row without a value, from `left` on.
    #[must_use]
    pub fn missing(&self, index: usize, left: f64, words: &str, hatch: &str) -> Element {
        let thickness = self.thickness();
        let stub = Element::rect(left, self.middle(index) - thickness / 2.0, 40.0, thickness);
        Element::group("none")
            .child(stub.class("missing").set("fill", hatch.to_owned()))
            .child(Element::text(left + 46.0, self.baseline(index), words).class("no-data"))
    }
}
