//! The dumbbell chart: two or more values per row and the distance between the lowest and the highest, such as
//! towns and villages, or the regions a reader compares.

use std::fmt::Write;

use crate::charts::axis::ValueAxis;
use crate::charts::drawing::{Drawing, Element, hatch_fill, linked};
use crate::charts::legend::series_key;
use crate::charts::line::Point;
use crate::charts::marker::marker;
use crate::charts::rows::Rows;
use crate::charts::scale::Linear;
use crate::charts::twin::{Twin, TwinRow};
use crate::charts::{Caption, Chart, Emphasis, Size, label};

/// A dumbbell chart. Rows are drawn in the order given.
#[derive(Debug, Clone, PartialEq)]
pub struct Dumbbell {
    /// Its names.
    pub caption: Caption,
    /// The rows.
    pub rows: Vec<DumbbellRow>,
    /// The names of the values, at least two and at most six.
    pub ends: Vec<String>,
    /// What the values cover.
    pub axis: ValueAxis,
    /// Heading over the names in the table twin.
    pub heading: String,
    /// Heading over the distances.
    pub gap_heading: String,
    /// The words for a missing value.
    pub missing: String,
}

/// One row of a dumbbell chart.
#[derive(Debug, Clone, PartialEq)]
pub struct DumbbellRow {
    /// Its code, for scripts.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The values, in the order of the names.
    pub values: Vec<Option<Point>>,
    /// The distance in words of the reader; empty when there are not two values.
    pub gap: String,
    /// A page about it.
    pub href: Option<String>,
    /// How it stands out.
    pub emphasis: Emphasis,
}

impl Chart for Dumbbell {
    fn draw(&self, size: Size) -> Drawing {
        let text_height = size.text_height();
        let hatch = hatch_fill(&self.caption, size);
        let heading_room = label::width(&self.gap_heading, text_height).min(size.width() * 0.4);
        let key_room = size.width() - heading_room - 16.0;
        let keys = (0..).map(Emphasis::Peer).zip(self.ends.iter().map(String::as_str));
        let (key, key_height) = series_key(keys, (0.0, 0.0), key_room, text_height);
        let widest = self.rows.iter().map(|row| label::width(&row.gap, text_height)).fold(0.0, f64::max);
        let after = widest.max(label::width("\u{2013}", text_height)) + 14.0;
        let top = key_height + text_height + 14.0;
        let rows = Rows::new(size, self.rows.iter().map(|row| row.name.as_str()), top, after);
        let values = self.rows.iter().flat_map(|row| row.values.iter().flatten().map(|point| point.value));
        let ticks = self.axis.ticks(values, if size == Size::Wide { 6 } else { 4 });
        let ends = (ticks.first().copied().unwrap_or(0.0), ticks.last().copied().unwrap_or(1.0));
        let (left, right) = rows.plot();
        let scale = Linear::new(ends, (left + 8.0, right - 8.0));
        let marks = self
            .rows
            .iter()
            .enumerate()
            .map(|(index, row)| self.row(index, row, &rows, &scale, (&hatch, size.width())));
        let heading = label::shortened(&self.gap_heading, heading_room + 2.0, text_height);
        Drawing::new(&self.caption, "dumbbell", size, rows.bottom() + 4.0)
            .with([key, self.axis.columns(&ticks, &scale, (top, rows.bottom()))])
            .with([Element::text(size.width(), 11.0, heading).class("heading").anchor("end")])
            .with(marks)
    }

    fn twin(&self) -> Twin {
        let text = |point: &Option<Point>| {
            point.as_ref().map_or_else(|| self.missing.clone(), |point| format!("{}{}", point.text, point.basis.sign()))
        };
        let row = |row: &DumbbellRow| TwinRow {
            name: row.name.clone(),
            href: row.href.clone(),
            cells: row.values.iter().map(text).chain([row.gap.clone()]).collect(),
        };
        Twin {
            caption: self.caption.title.clone(),
            header: [self.heading.clone()]
                .into_iter()
                .chain(self.ends.iter().cloned())
                .chain([self.gap_heading.clone()])
                .collect(),
            rows: self.rows.iter().map(row).collect(),
        }
    }
}

impl Dumbbell {
    fn row(
        &self,
        index: usize,
        row: &DumbbellRow,
        rows: &Rows,
        scale: &Linear,
        (hatch, width): (&str, f64),
    ) -> Element {
        let y = rows.middle(index);
        let mut group = rows.group(index, &row.code, row.emphasis).child(rows.name(index, &row.name));
        let mut tip = row.name.clone();
        let known = || row.values.iter().flatten().map(|point| scale.clamped(point.value));
        if let (Some(from), Some(to)) = (known().reduce(f64::min), known().reduce(f64::max)) {
            group = group.child(Element::line((from, y), (to, y)).class("connector"));
        }
        if row.values.iter().all(Option::is_none) {
            group = group.child(rows.missing(index, scale.clamped(0.0), &self.missing, hatch));
        }
        for ((point, emphasis), end) in row.values.iter().zip((0..).map(Emphasis::Peer)).zip(&self.ends) {
            let text = point.as_ref().map_or(self.missing.as_str(), |point| &point.text);
            // Writing into a String cannot fail.
            let _ = write!(tip, " \u{b7} {end}: {text}");
            if let Some(point) = point {
                let class = format!("dot {} {}", emphasis.class(), point.basis.class());
                group = group.child(marker(emphasis, (scale.clamped(point.value), y), 5.5).class(class));
            }
        }
        let some_missing = row.values.iter().any(Option::is_none) && row.values.iter().any(Option::is_some);
        let gap = if row.gap.is_empty() && some_missing { "\u{2013}" } else { &row.gap };
        group = group.child(Element::text(width, rows.baseline(index), gap).class("value").anchor("end"));
        linked(row.href.as_ref(), group.titled(tip))
    }
}
