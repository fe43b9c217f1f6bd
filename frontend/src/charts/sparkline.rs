//! The sparkline: a series the size of a word, for tables and cards. Its ends are named by the text
//! around it.

use crate::charts::drawing::{Drawing, Element};
use crate::charts::line::{Period, Point};
use crate::charts::scale::Linear;
use crate::charts::twin::{Twin, TwinRow};
use crate::charts::{Caption, Chart, Emphasis, Size, path};

/// A sparkline.
#[derive(Debug, Clone, PartialEq)]
pub struct Sparkline {
    /// Its names.
    pub caption: Caption,
    /// All periods that could have a value, in order.
    pub periods: Vec<Period>,
    /// A value or nothing for each period.
    pub points: Vec<Option<Point>>,
    /// The ends of the scale; `None` fits it to the values.
    pub ends: Option<(f64, f64)>,
    /// How it stands out.
    pub emphasis: Emphasis,
    /// Headings of the table twin: period, value.
    pub headings: [String; 2],
    /// The words for a missing value.
    pub missing: String,
}

const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 32.0;
const EDGE: f64 = 4.0;

impl Chart for Sparkline {
    /// The same for both sizes.
    fn draw(&self, size: Size) -> Drawing {
        let values = || self.points.iter().flatten().map(|point| point.value);
        let fitted = values().reduce(f64::min).zip(values().reduce(f64::max)).unwrap_or((0.0, 1.0));
        let years =
            (self.periods.first().map_or(0.0, |period| period.at), self.periods.last().map_or(1.0, |period| period.at));
        let x = Linear::new(years, (EDGE, WIDTH - EDGE));
        let y = Linear::new(self.ends.unwrap_or(fitted), (HEIGHT - EDGE, EDGE));
        let mut runs: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
        for (period, point) in self.periods.iter().zip(&self.points) {
            match (point, runs.last_mut()) {
                (Some(point), Some(run)) => run.push((x.position(period.at), y.clamped(point.value))),
                _ => runs.push(Vec::new()),
            }
        }
        let data: String = runs.iter().filter(|run| run.len() > 1).map(|run| path::open(run)).collect();
        let alone =
            runs.iter().filter(|run| run.len() == 1).flatten().map(|at| Element::circle(*at, 2.2).class("point"));
        let end = runs.iter().flatten().next_back().map(|at| Element::circle(*at, 2.8).class("point"));
        let mut series = Element::group(format!("series {}", self.emphasis.class()));
        if !data.is_empty() {
            series = series.child(Element::path(data).class("stroke"));
        }
        let mut drawing = Drawing::new(&self.caption, "sparkline", size, HEIGHT);
        drawing.width = WIDTH;
        drawing.with([series.children(alone).children(end)])
    }

    fn twin(&self) -> Twin {
        let cell = |point: &Option<Point>| {
            point.as_ref().map_or_else(|| self.missing.clone(), |point| format!("{}{}", point.text, point.basis.sign()))
        };
        let rows = self.periods.iter().zip(&self.points);
        Twin {
            caption: self.caption.title.clone(),
            header: self.headings.to_vec(),
            rows: rows
                .map(|(period, point)| TwinRow { name: period.text.clone(), href: None, cells: vec![cell(point)] })
                .collect(),
        }
    }
}
