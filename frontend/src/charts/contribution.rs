//! Stacked contributions: how the parts of a score add up to it, row by row.

use crate::charts::axis::ValueAxis;
use crate::charts::drawing::{Drawing, Element, hatch_fill, linked};
use crate::charts::legend::colour_key;
use crate::charts::rows::Rows;
use crate::charts::scale::Linear;
use crate::charts::twin::{Twin, TwinRow};
use crate::charts::{Basis, Caption, Chart, Emphasis, Size, label};

/// A chart of stacked contributions. Rows are drawn in the order given.
#[derive(Debug, Clone, PartialEq)]
pub struct Contributions {
    /// Its names.
    pub caption: Caption,
    /// The names of the parts, up to eight told apart by colour.
    pub parts: Vec<String>,
    /// The rows.
    pub rows: Vec<ContributionRow>,
    /// What the sums cover; it should hold zero.
    pub axis: ValueAxis,
    /// Headings of the table twin: row, sum.
    pub headings: [String; 2],
    /// The words for a missing value.
    pub missing: String,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct ContributionRow {
    /// Its code, for scripts.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The sum in words of the reader.
    pub total: String,
    /// A contribution or nothing for each part.
    pub parts: Vec<Option<Contribution>>,
    /// A page about it.
    pub href: Option<String>,
    /// How it stands out.
    pub emphasis: Emphasis,
}

/// What one part adds.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// Points of the score; negative parts are drawn to the left of zero.
    pub value: f64,
    /// The points in words of the reader.
    pub text: String,
    /// What they rest on.
    pub basis: Basis,
}

/// How high the number of a part is set, as `charts.css` sets it.
const NUMBER_HEIGHT: f64 = 11.0;

const PARTS: [&str; 8] = ["part0", "part1", "part2", "part3", "part4", "part5", "part6", "part7"];

impl Chart for Contributions {
    fn draw(&self, size: Size) -> Drawing {
        let text_height = size.text_height();
        let hatch = hatch_fill(&self.caption, size);
        let names: Vec<String> =
            self.parts.iter().enumerate().map(|(index, name)| format!("{} {name}", index + 1)).collect();
        let keys = names.iter().enumerate().map(|(index, name)| (PARTS[index % PARTS.len()], name.as_str()));
        let (key, key_height) = colour_key(keys, (0.0, 0.0), size.width(), text_height);
        let after = self.rows.iter().map(|row| label::width(&row.total, text_height)).fold(0.0, f64::max) + 12.0;
        let top = key_height + text_height + 12.0;
        let rows = Rows::new(size, self.rows.iter().map(|row| row.name.as_str()), top, after);
        let sums = self.rows.iter().flat_map(|row| {
            let values = || row.parts.iter().flatten().map(|part| part.value);
            [values().filter(|value| *value > 0.0).sum::<f64>(), values().filter(|value| *value < 0.0).sum::<f64>()]
        });
        let ticks = self.axis.ticks(sums, if size == Size::Wide { 6 } else { 4 });
        let ends = (ticks.first().copied().unwrap_or(0.0), ticks.last().copied().unwrap_or(1.0));
        let scale = Linear::new(ends, rows.plot());
        let marks = self.rows.iter().enumerate().map(|(index, row)| self.row(index, row, &rows, &scale, &hatch));
        Drawing::new(&self.caption, "contributions", size, rows.bottom() + 4.0)
            .with([key, self.axis.columns(&ticks, &scale, (top, rows.bottom()))])
            .with(marks)
    }

    fn twin(&self) -> Twin {
        let [heading, total] = self.headings.clone();
        let row = |row: &ContributionRow| {
            let parts = (0..self.parts.len()).map(|index| match row.parts.get(index).and_then(Option::as_ref) {
                Some(part) => format!("{}{}", part.text, part.basis.sign()),
                None => self.missing.clone(),
            });
            TwinRow {
                name: row.name.clone(),
                href: row.href.clone(),
                cells: [row.total.clone()].into_iter().chain(parts).collect(),
            }
        };
        Twin {
            caption: self.caption.title.clone(),
            header: [heading, total].into_iter().chain(self.parts.iter().cloned()).collect(),
            rows: self.rows.iter().map(row).collect(),
        }
    }
}

impl Contributions {
    fn row(&self, index: usize, row: &ContributionRow, rows: &Rows, scale: &Linear, hatch: &str) -> Element {
        let mut group = rows.group(index, &row.code, row.emphasis).child(rows.name(index, &row.name));
        if row.parts.iter().all(Option::is_none) {
            let marks = group.child(rows.missing(index, scale.clamped(0.0), &self.missing, hatch));
            return linked(row.href.as_ref(), marks.titled(format!("{}: {}", row.name, self.missing)));
        }
        let thickness = rows.thickness();
        let top = rows.middle(index) - thickness / 2.0;
        let (mut above, mut below) = (0.0, 0.0);
        for (part, contribution) in row.parts.iter().enumerate() {
            let Some(contribution) = contribution else { continue };
            let from = if contribution.value < 0.0 { &mut below } else { &mut above };
            let (start, end) = (scale.position(*from), scale.position(*from + contribution.value));
            *from += contribution.value;
            let name = self.parts.get(part).map_or("", String::as_str);
            let tip = format!("{}, {name}: {}{}", row.name, contribution.text, contribution.basis.sign());
            let class = format!("part {} {}", PARTS[part % PARTS.len()], contribution.basis.class());
            let breadth = (end - start).abs();
            group = group.child(Element::rect(start.min(end), top, breadth, thickness).class(class).titled(tip));
            group = group.children(part_number(part, (f64::midpoint(start, end), rows.middle(index)), breadth));
        }
        let total = Element::text(scale.position(above) + 6.0, rows.baseline(index), &row.total).class("value");
        linked(row.href.as_ref(), group.child(total))
    }
}

/// The number under which the key names a part, in its middle. A part too small for it lies between its neighbours in the
/// order of the key.
fn part_number(part: usize, (x, y): (f64, f64), breadth: f64) -> Option<Element> {
    let number = (part + 1).to_string();
    let fits = label::width(&number, NUMBER_HEIGHT) + 2.0 <= breadth;
    let class = format!("part-number on{}", part % PARTS.len());
    fits.then(|| Element::text(x, y + NUMBER_HEIGHT * 0.36, number).class(class).anchor("middle"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::axis::NumberMarks;

    /// Texts of a drawing by their class.
    fn texts(drawing: &Drawing, class: &str) -> Vec<String> {
        let mut found = Vec::new();
        for element in &drawing.body {
            element.walk(&mut |element| {
                if element.attribute("class").is_some_and(|known| known.split(' ').any(|one| one == class)) {
                    found.push(element.own_text());
                }
            });
        }
        found
    }

    #[test]
    fn parts_bear_the_number_under_which_the_key_names_them() {
        let part = |value: f64| Some(Contribution { value, text: value.to_string(), basis: Basis::Observed });
        let row = ContributionRow {
            code: "KZ-71".to_owned(),
            name: "Astana".to_owned(),
            total: "36".to_owned(),
            parts: vec![part(20.0), None, part(1.0), part(15.0)],
            href: None,
            emphasis: Emphasis::Context,
        };
        let chart = Contributions {
            caption: Caption { id: "sum".to_owned(), title: String::new(), description: String::new() },
            parts: ["Access", "Skills", "Content", "Means"].map(str::to_owned).to_vec(),
            rows: vec![row],
            axis: ValueAxis::scores(NumberMarks::COMMA),
            headings: [String::new(), String::new()],
            missing: "no data".to_owned(),
        };
        for size in [Size::Wide, Size::Compact] {
            let drawing = chart.draw(size);
            // The third is too small for its number, and the second is not there.
            assert_eq!(texts(&drawing, "part-number"), ["1", "4"]);
            let named = texts(&drawing, "tick");
            for name in ["1 Access", "2 Skills", "3 Content", "4 Means"] {
                assert!(named.contains(&name.to_owned()), "{named:?}");
            }
        }
    }
}
