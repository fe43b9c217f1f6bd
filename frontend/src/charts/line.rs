//! The line chart: series over time, honest about what is not there. A line joins only neighbouring
//! periods that both have a value, a break in a series is a gap with a break mark, and every
//! observation is a point.

use crate::charts::axis::ValueAxis;
use crate::charts::drawing::{Drawing, Element, hatch_fill, linked_series, tenths};
use crate::charts::marker::marker;
use crate::charts::scale::Linear;
use crate::charts::twin::{Twin, TwinRow};
use crate::charts::{Basis, Caption, Chart, Emphasis, Size, label};

/// Stands in the table before the first value behind a break.
pub(crate) const BREAK: &str = "\u{2016} ";

/// A line chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its names.
    pub caption: Caption,
    /// All periods that could have a value, in order. Two points are joined only when their periods
    /// are neighbours in this list.
    pub periods: Vec<Period>,
    /// The series.
    pub series: Vec<Series>,
    /// The axis of values.
    pub axis: ValueAxis,
    /// Things that happened, marked over the whole height.
    pub events: Vec<Event>,
    /// Heading over the names of the series in the table twin.
    pub heading: String,
    /// The words for a missing value.
    pub missing: String,
}

/// A place on the axis of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Period {
    /// In years: 2022 or 2022.5.
    pub at: f64,
    /// What the axis says.
    pub text: String,
}

/// One series of a line chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its code, for scripts.
    pub code: String,
    /// Its name, written at its end unless it is context.
    pub name: String,
    /// Its name where room is scarce.
    pub short: String,
    /// How it stands out.
    pub emphasis: Emphasis,
    /// A value or nothing for each period of the chart.
    pub points: Vec<Option<Point>>,
    /// Breaks in the series.
    pub breaks: Vec<Break>,
    /// A page about it.
    pub href: Option<String>,
}

/// One observation in a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// The value.
    pub value: f64,
    /// The value in words of the reader.
    pub text: String,
    /// What it rests on.
    pub basis: Basis,
}

/// A break: the values from a period on are not comparable with those before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// The index of the first period after the break.
    pub before: usize,
    /// Why, for the tooltip.
    pub note: String,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When, in years.
    pub at: f64,
    /// What.
    pub text: String,
}

/// The rectangle the lines are drawn in, with its scales.
struct Frame {
    x: Linear,
    y: Linear,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    size: Size,
}

impl Chart for Line {
    fn draw(&self, size: Size) -> Drawing {
        let ticks = self.axis.ticks(self.values(), 5);
        let (frame, height) = self.frame(size, &ticks);
        let mut drawing = Drawing::new(&self.caption, "line", size, height);
        if !self.axis.name.is_empty() {
            let name = label::shortened(&self.axis.name, size.width(), size.text_height());
            drawing = drawing.with([Element::text(0.0, 14.0, name).class("axis-name")]);
        }
        let mut order: Vec<&Series> =
            self.series.iter().filter(|series| series.points.iter().any(Option::is_some)).collect();
        order.sort_by_key(|series| rank_of(series.emphasis));
        drawing
            .with([self.axis.rows(&ticks, &frame.y, (frame.left, frame.right)), self.periods_axis(&frame)])
            .with(self.shared_breaks().into_iter().filter_map(|found| self.shared_break_mark(found, &frame)))
            .with(self.events.iter().map(|event| event_mark(event, &frame)))
            .with(order.into_iter().map(|series| self.series_marks(series, &frame)))
            .with([self.end_labels(&frame)])
            .with(self.nothing(&frame, size))
    }

    fn twin(&self) -> Twin {
        let row = |series: &Series| TwinRow {
            name: series.name.clone(),
            href: series.href.clone(),
            cells: (0..self.periods.len())
                .map(|index| match series.points.get(index).and_then(Option::as_ref) {
                    Some(point) => {
                        let mark = if series.breaks.iter().any(|found| found.before == index) { BREAK } else { "" };
                        format!("{mark}{}{}", point.text, point.basis.sign())
                    }
                    None => self.missing.clone(),
                })
                .collect(),
        };
        Twin {
            caption: self.caption.title.clone(),
            header: [self.heading.clone()]
                .into_iter()
                .chain(self.periods.iter().map(|period| period.text.clone()))
                .collect(),
            rows: self.series.iter().map(row).collect(),
        }
    }
}

/// What is drawn later lies on top.
const fn rank_of(emphasis: Emphasis) -> u8 {
    match emphasis {
        Emphasis::Context => 0,
        Emphasis::Earlier => 1,
        Emphasis::Peer(_) => 2,
        Emphasis::Yardstick => 3,
        Emphasis::Chosen => 4,
    }
}

impl Line {
    fn values(&self) -> impl Iterator<Item = f64> {
        self.series.iter().flat_map(|series| series.points.iter().flatten().map(|point| point.value))
    }

    fn labelled(&self) -> impl Iterator<Item = &Series> {
        self.series.iter().filter(|series| series.emphasis != Emphasis::Context)
    }

    /// An empty chart says so: axes alone would look like lines that were forgotten.
    fn nothing(&self, frame: &Frame, size: Size) -> Option<Element> {
        if self.values().next().is_some() {
            return None;
        }
        let (width, height) = (frame.right - frame.left, frame.bottom - frame.top);
        let ground = Element::rect(frame.left, frame.top, width, height).class("missing");
        let words = Element::text(frame.left + width / 2.0, frame.top + height / 2.0, &self.missing);
        let hatch = hatch_fill(&self.caption, size);
        Some(Element::group("none").child(ground.set("fill", hatch)).child(words.class("no-data").anchor("middle")))
    }

    fn frame(&self, size: Size, ticks: &[f64]) -> (Frame, f64) {
        let text_height = size.text_height();
        let (height, most) = match size {
            Size::Wide => (380.0, 170.0),
            Size::Compact => (300.0, 124.0),
        };
        let label_width = self
            .labelled()
            .map(|series| label::width(&end_text(&series.name, series), series.emphasis.label_height(text_height)))
            .fold(0.0, f64::max)
            .min(most);
        let left = self.axis.tick_width(ticks, text_height) + 10.0;
        let right = size.width() - if label_width > 0.0 { label_width + 16.0 } else { 14.0 };
        let above = if self.axis.name.is_empty() { 10.0 } else { 30.0 };
        let (top, bottom) = (above + if self.events.is_empty() { 0.0 } else { text_height + 6.0 }, height - 26.0);
        let years =
            (self.periods.first().map_or(0.0, |period| period.at), self.periods.last().map_or(1.0, |period| period.at));
        let values = (ticks.first().copied().unwrap_or(0.0), ticks.last().copied().unwrap_or(1.0));
        let frame = Frame {
            x: Linear::new(years, (left + 6.0, right - 6.0)),
            y: Linear::new(values, (bottom, top)),
            left,
            right,
            top,
            bottom,
            size,
        };
        (frame, height)
    }

    /// As many period labels as fit without touching, the last one always.
    fn periods_axis(&self, frame: &Frame) -> Element {
        let text_height = frame.size.text_height();
        let widest =
            self.periods.iter().map(|period| label::width(&period.text, text_height)).fold(0.0, f64::max) + 12.0;
        let mut kept: Vec<(f64, &str)> = Vec::new();
        for period in self.periods.iter().rev() {
            let x = frame.x.position(period.at);
            if kept.last().is_none_or(|(later, _)| later - x >= widest) {
                kept.push((x, &period.text));
            }
        }
        Element::group("axis").children(kept.into_iter().flat_map(|(x, text)| {
            [
                Element::line((x, frame.bottom), (x, frame.bottom + 5.0)).class("tick-mark"),
                Element::text(x, frame.bottom + 8.0 + text_height, text).class("tick").anchor("middle"),
            ]
        }))
    }

    /// Breaks of so many lines at once that one mark says it better than one for each.
    fn shared_breaks(&self) -> Vec<&Break> {
        const MANY: usize = 4;
        let all: Vec<&Break> = self.series.iter().flat_map(|series| &series.breaks).collect();
        let mut shared: Vec<&Break> = Vec::new();
        for found in &all {
            let is_new = shared.iter().all(|known| known.before != found.before);
            if is_new && all.iter().filter(|other| other.before == found.before).count() >= MANY {
                shared.push(found);
            }
        }
        shared
    }

    fn shared_break_mark(&self, found: &Break, frame: &Frame) -> Option<Element> {
        let before = self.periods.get(found.before.checked_sub(1)?)?;
        let after = self.periods.get(found.before)?;
        let x = frame.x.position(f64::midpoint(before.at, after.at));
        let rule = Element::line((x, frame.top), (x, frame.bottom));
        let sign = break_mark(x, frame.bottom, &found.note);
        Some(Element::group("break-rule").titled(&found.note).child(rule).child(sign))
    }

    fn series_marks(&self, series: &Series, frame: &Frame) -> Element {
        let place = |index: usize| {
            let period = self.periods.get(index)?;
            let point = series.points.get(index)?.as_ref()?;
            Some((frame.x.position(period.at), frame.y.position(point.value)))
        };
        let mut data = String::new();
        let mut joined = false;
        for index in 0..self.periods.len() {
            let Some((x, y)) = place(index) else {
                joined = false;
                continue;
            };
            let broken = series.breaks.iter().any(|found| found.before == index);
            data.push(if joined && !broken { 'L' } else { 'M' });
            data.push_str(&tenths(x));
            data.push(' ');
            data.push_str(&tenths(y));
            joined = true;
        }
        let radius = if series.emphasis == Emphasis::Context { 1.8 } else { 3.2 };
        let points = (0..self.periods.len()).filter_map(|index| {
            let (x, y) = place(index)?;
            let point = series.points.get(index)?.as_ref()?;
            let tip = format!("{}, {}: {}{}", series.name, self.periods[index].text, point.text, point.basis.sign());
            let mark = marker(series.emphasis, (x, y), radius);
            Some(mark.class(format!("point {}", point.basis.class())).titled(tip))
        });
        let shared = self.shared_breaks();
        let alone = series.breaks.iter().filter(|found| shared.iter().all(|other| other.before != found.before));
        let breaks = alone.filter_map(|found| {
            let before = (0..found.before).rev().find_map(place)?;
            let after = (found.before..self.periods.len()).find_map(place)?;
            Some(break_mark(f64::midpoint(before.0, after.0), f64::midpoint(before.1, after.1), &found.note))
        });
        let marks = Element::group(format!("series {}", series.emphasis.class()))
            .set("data-item", series.code.clone())
            .child(Element::path(data).class("stroke"))
            .children(points)
            .children(breaks);
        linked_series(series.href.as_ref(), &series.name, marks)
    }

    fn end_labels(&self, frame: &Frame) -> Element {
        let text_height = frame.size.text_height();
        let ends: Vec<(&Series, f64, f64)> = self
            .labelled()
            .filter_map(|series| {
                let index = series.points.iter().rposition(Option::is_some)?;
                let point = series.points.get(index)?.as_ref()?;
                let x = frame.x.position(self.periods.get(index)?.at);
                Some((series, x, frame.y.position(point.value)))
            })
            .collect();
        let wishes: Vec<f64> = ends.iter().map(|(_, _, y)| *y).collect();
        let places = label::spread(&wishes, text_height + 3.0, (frame.top, frame.bottom));
        let room = frame.size.width() - frame.right - 10.0;
        Element::group("ends").children(ends.into_iter().zip(places).flat_map(|((series, x, y), place)| {
            let height = series.emphasis.label_height(text_height);
            let text = end_text_within(series, room, height);
            let leader = ((place - y).abs() > 4.0 || frame.right - x > 12.0).then(|| {
                Element::line((x + 5.0, y), (frame.right + 6.0, place))
                    .class(format!("leader {}", series.emphasis.class()))
            });
            let label =
                Element::text(frame.right + 9.0, place + 4.0, text).class(format!("end {}", series.emphasis.class()));
            leader.into_iter().chain([label])
        }))
    }
}

/// A name and the newest value.
fn end_text(name: &str, series: &Series) -> String {
    let last = series.points.iter().rev().flatten().next();
    match last {
        Some(point) => format!("{name} {}", point.text),
        None => name.to_owned(),
    }
}

/// The same in as much room as there is: a unit is given up first, then the value, and letters of a name last.
fn end_text_within(series: &Series, room: f64, height: f64) -> String {
    let last = series.points.iter().rev().flatten().next();
    let bare =
        |name: &str| last.map_or_else(|| name.to_owned(), |point| format!("{name} {}", label::bare(&point.text)));
    let names = [series.name.as_str(), series.short.as_str()];
    let wishes = names.map(|name| end_text(name, series)).into_iter().chain(names.map(bare));
    let fits = |text: &String| label::width(text, height) <= room;
    wishes.into_iter().find(fits).unwrap_or_else(|| label::shortened(&series.short, room, height))
}

/// Two short slanted strokes in the gap.
fn break_mark(x: f64, y: f64, note: &str) -> Element {
    let data = format!("M{} {}l4 -12M{} {}l4 -12", tenths(x - 4.5), tenths(y + 6.0), tenths(x + 0.5), tenths(y + 6.0));
    Element::path(data).class("break").titled(note)
}

fn event_mark(event: &Event, frame: &Frame) -> Element {
    let x = frame.x.position(event.at);
    let text_height = frame.size.text_height();
    let width = label::width(&event.text, text_height);
    let (at, anchor) = if x + width / 2.0 > frame.size.width() {
        (frame.size.width(), "end")
    } else if x - width / 2.0 < 0.0 {
        (0.0, "start")
    } else {
        (x, "middle")
    };
    Element::group("event")
        .child(Element::line((x, frame.top), (x, frame.bottom)))
        .child(Element::text(at, frame.top - 6.0, &event.text).class("tick").anchor(anchor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::axis::NumberMarks;

    /// A chart of one series over consecutive years.
    fn chart(values: &[Option<f64>], breaks: Vec<Break>) -> Line {
        let point = |value: f64| Point { value, text: value.to_string(), basis: Basis::Observed };
        let periods =
            values.iter().zip(2020u16..).map(|(_, year)| Period { at: f64::from(year), text: year.to_string() });
        Line {
            caption: Caption { id: "line".to_owned(), title: String::new(), description: String::new() },
            periods: periods.collect(),
            series: vec![Series {
                code: "KZ-63".to_owned(),
                name: "East".to_owned(),
                short: "E".to_owned(),
                emphasis: Emphasis::Chosen,
                points: values.iter().map(|value| value.map(point)).collect(),
                breaks,
                href: None,
            }],
            axis: ValueAxis::scores(NumberMarks::POINT),
            events: Vec::new(),
            heading: "Area".to_owned(),
            missing: "no data".to_owned(),
        }
    }

    /// How many strokes the line has, how many points and how many break marks.
    fn counts(line: &Line) -> (usize, usize, usize) {
        let (mut strokes, mut points, mut breaks) = (0, 0, 0);
        for mark in &line.draw(Size::Wide).body {
            mark.walk(&mut |element| match (element.name(), element.attribute("class")) {
                ("path", Some("stroke")) => {
                    strokes += element.attribute("d").map_or(0, |data| data.matches('M').count());
                }
                ("path", Some("break")) => breaks += 1,
                ("circle", _) => points += 1,
                _ => {}
            });
        }
        (strokes, points, breaks)
    }

    #[test]
    fn a_unit_is_given_up_before_the_name_and_the_value() {
        let mut line = chart(&[Some(1.0)], Vec::new());
        let series = &mut line.series[0];
        (series.name, series.short) = ("Singapore".to_owned(), "SGP".to_owned());
        series.points =
            vec![Some(Point { value: 4.87, text: "4.87\u{a0}% of GDP".to_owned(), basis: Basis::Observed })];
        let within = |text: &str| end_text_within(&line.series[0], label::width(text, 12.0), 12.0);
        for text in ["Singapore 4.87\u{a0}% of GDP", "SGP 4.87\u{a0}% of GDP", "Singapore 4.87", "SGP 4.87"] {
            assert_eq!(within(text), text);
        }
        // A part of a number would be another number.
        assert_eq!(within("SGP 4.8"), "SGP");
    }

    #[test]
    fn missing_periods_are_not_joined() {
        assert_eq!(counts(&chart(&[Some(1.0), Some(2.0), Some(3.0)], vec![])), (1, 3, 0));
        assert_eq!(counts(&chart(&[Some(1.0), None, Some(3.0), Some(4.0)], vec![])), (2, 3, 0));
        assert_eq!(counts(&chart(&[None, None], vec![])), (0, 0, 0));
    }

    #[test]
    fn a_break_is_a_gap_with_a_mark() {
        let split = Break { before: 2, note: "Abai left in 2022".to_owned() };
        let line = chart(&[Some(1.0), Some(2.0), Some(3.0), Some(4.0)], vec![split.clone()]);
        assert_eq!(counts(&line), (2, 4, 1));
        assert_eq!(line.twin().rows[0].cells, ["1", "2", "\u{2016} 3", "4"]);
        // Without a value on one side there is nothing to mark.
        assert_eq!(counts(&chart(&[None, None, Some(3.0), Some(4.0)], vec![split])), (1, 2, 0));
    }

    #[test]
    fn lines_that_break_together_have_one_mark() {
        let split = Break { before: 1, note: "another set of criteria".to_owned() };
        let mut line = chart(&[Some(1.0), Some(2.0)], vec![split]);
        line.series = vec![line.series[0].clone(); 5];
        assert_eq!(counts(&line), (10, 10, 1));
        line.series.truncate(3);
        assert_eq!(counts(&line), (6, 6, 3));
    }

    #[test]
    fn an_empty_chart_says_so() {
        let says = |line: &Line| {
            let mut found = false;
            for mark in &line.draw(Size::Wide).body {
                mark.walk(&mut |element| found |= element.attribute("class") == Some("no-data"));
            }
            found
        };
        assert!(says(&chart(&[None, None], Vec::new())));
        assert!(!says(&chart(&[None, Some(1.0)], Vec::new())));
    }

    #[test]
    fn the_twin_names_what_is_missing() {
        assert_eq!(chart(&[Some(1.0), None], vec![]).twin().rows[0].cells, ["1", "no data"]);
    }
}
