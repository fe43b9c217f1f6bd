//! The bar chart: one value per row from zero, with an optional yardstick across all rows.

use crate::charts::axis::ValueAxis;
use crate::charts::drawing::{Drawing, Element, hatch_fill, linked};
use crate::charts::rows::Rows;
use crate::charts::scale::Linear;
use crate::charts::twin::{Twin, TwinRow};
use crate::charts::{Basis, Caption, Chart, Emphasis, Size, label};

/// A bar chart. Rows are drawn in the order given.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Its names.
    pub caption: Caption,
    /// The rows.
    pub rows: Vec<BarRow>,
    /// What the bars cover; it should hold zero.
    pub axis: ValueAxis,
    /// A value to compare with, such as the national one, and its words.
    pub yardstick: Option<(f64, String)>,
    /// Headings of the table twin: row, value.
    pub headings: [String; 2],
    /// The words for a missing value.
    pub missing: String,
}

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub struct BarRow {
    /// Its code, for scripts.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The value; `None` is missing.
    pub value: Option<f64>,
    /// The value in words of the reader.
    pub text: String,
    /// What it rests on.
    pub basis: Basis,
    /// More for the tooltip. May be empty.
    pub note: String,
    /// A page about it.
    pub href: Option<String>,
    /// How it stands out.
    pub emphasis: Emphasis,
}

impl Chart for Bar {
    fn draw(&self, size: Size) -> Drawing {
        let text_height = size.text_height();
        let hatch = hatch_fill(&self.caption, size);
        let after = self.rows.iter().map(|row| label::width(&self.text(row), text_height)).fold(0.0, f64::max) + 10.0;
        let line = text_height + 8.0;
        let named = if self.axis.name.is_empty() { 0.0 } else { line };
        let measured = if self.yardstick.is_some() { line } else { 0.0 };
        let top = named + measured + text_height + 8.0;
        let rows = Rows::new(size, self.rows.iter().map(|row| row.name.as_str()), top, after);
        let most = if size == Size::Wide { 6 } else { 4 };
        let values = self.rows.iter().filter_map(|row| row.value).chain(self.yardstick.iter().map(|(value, _)| *value));
        let ticks = self.axis.ticks(values, most);
        let ends = (ticks.first().copied().unwrap_or(0.0), ticks.last().copied().unwrap_or(1.0));
        let scale = Linear::new(ends, rows.plot());
        let mut drawing = Drawing::new(&self.caption, "bars", size, rows.bottom() + 4.0);
        if named > 0.0 {
            let name = label::shortened(&self.axis.name, size.width(), text_height);
            drawing = drawing.with([Element::text(0.0, text_height, name).class("axis-name")]);
        }
        let bars = self.rows.iter().enumerate().map(|(index, row)| self.row(index, row, &rows, &scale, &hatch));
        drawing = drawing.with([self.axis.columns(&ticks, &scale, (top, rows.bottom()))]).with(bars);
        if let Some((value, words)) = &self.yardstick {
            drawing = drawing.with([yardstick(scale.clamped(*value), words, (named, top, rows.bottom()), size)]);
        }
        // Texts lie over the yardstick. Marks carry the same facts in their names.
        let texts = self.rows.iter().enumerate().map(|(index, row)| self.texts(index, row, &rows, &scale));
        drawing = drawing.with([Element::group("texts").set("aria-hidden", "true").children(texts)]);
        drawing
    }

    fn twin(&self) -> Twin {
        let row =
            |row: &BarRow| TwinRow { name: row.name.clone(), href: row.href.clone(), cells: vec![self.text(row)] };
        Twin {
            caption: self.caption.title.clone(),
            header: self.headings.to_vec(),
            rows: self.rows.iter().map(row).collect(),
        }
    }
}

impl Bar {
    fn text(&self, row: &BarRow) -> String {
        if row.value.is_none() { self.missing.clone() } else { format!("{}{}", row.text, row.basis.sign()) }
    }

    fn row(&self, index: usize, row: &BarRow, rows: &Rows, scale: &Linear, hatch: &str) -> Element {
        let group = rows.group(index, &row.code, row.emphasis);
        let marks = match row.value {
            Some(value) => {
                let (from, to) = (scale.clamped(0.0), scale.clamped(value));
                let thickness = rows.thickness();
                let top = rows.middle(index) - thickness / 2.0;
                let bar = Element::rect(from.min(to), top, (to - from).abs(), thickness);
                group.child(bar.class(format!("bar {}", row.basis.class())))
            }
            None => group.child(rows.missing(index, scale.clamped(0.0), &self.missing, hatch)),
        };
        let note = if row.note.is_empty() { String::new() } else { format!(" \u{b7} {}", row.note) };
        linked(row.href.as_ref(), marks.titled(format!("{}: {}{note}", row.name, self.text(row))))
    }

    fn texts(&self, index: usize, row: &BarRow, rows: &Rows, scale: &Linear) -> Element {
        let group = Element::group(format!("row {}", row.emphasis.class())).child(rows.name(index, &row.name));
        match row.value {
            Some(value) => {
                let end = scale.clamped(0.0).max(scale.clamped(value));
                group.child(Element::text(end + 6.0, rows.baseline(index), self.text(row)).class("value"))
            }
            None => group,
        }
    }
}

/// A line across all rows with its words above the ticks.
fn yardstick(x: f64, words: &str, (above, top, bottom): (f64, f64, f64), size: Size) -> Element {
    let height = size.text_height();
    let half = label::width(words, height) / 2.0;
    let (at, anchor) = if x + half > size.width() {
        (size.width(), "end")
    } else if x < half {
        (0.0, "start")
    } else {
        (x, "middle")
    };
    Element::group("measure yardstick")
        .child(Element::line((x, top - 4.0), (x, bottom)))
        .child(Element::text(at, above + height, words).anchor(anchor))
}
