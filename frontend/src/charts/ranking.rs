//! The ranking: horizontal bars in order, with rank intervals and coverage beside the score, so
//! that nobody sees one without the other.

use crate::charts::axis::ValueAxis;
use crate::charts::drawing::{Drawing, Element, hatch_fill, linked};
use crate::charts::scale::{Linear, number};
use crate::charts::twin::{Twin, TwinRow};
use crate::charts::{Caption, Chart, Emphasis, Size, label};

/// A ranking. Rows are drawn in the order given.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// Its names.
    pub caption: Caption,
    /// The rows.
    pub rows: Vec<RankingRow>,
    /// What the bars cover. Bars begin at zero when it lies within.
    pub axis: ValueAxis,
    /// The headings.
    pub headings: RankingHeadings,
    /// The words for a missing value.
    pub missing: String,
}

/// The headings of a ranking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankingHeadings {
    /// Over the ranks.
    pub rank: String,
    /// Over the names.
    pub area: String,
    /// Over the bars.
    pub value: String,
    /// Over the rank intervals.
    pub interval: String,
    /// Over the coverage.
    pub coverage: String,
}

/// One area in a ranking.
#[derive(Debug, Clone, PartialEq)]
pub struct RankingRow {
    /// Its code, for scripts.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its rank in words of the reader (`3`, `3=`); empty when it has none.
    pub rank: String,
    /// The value; `None` is missing.
    pub value: Option<f64>,
    /// The value in words of the reader.
    pub text: String,
    /// The ranks it takes when the method is varied.
    pub interval: Option<RankInterval>,
    /// What the score rests on.
    pub coverage: Option<Coverage>,
    /// More for the tooltip. May be empty.
    pub note: String,
    /// A page about the area.
    pub href: Option<String>,
    /// How it stands out.
    pub emphasis: Emphasis,
}

/// From the best to the worst rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RankInterval {
    /// The best rank.
    pub best: u32,
    /// The worst rank.
    pub worst: u32,
}

impl RankInterval {
    /// As text: `2–5`, or one number.
    #[must_use]
    pub fn text(self) -> String {
        if self.best == self.worst { self.best.to_string() } else { format!("{}\u{2013}{}", self.best, self.worst) }
    }
}

/// Shares of the weight by what it rests on, each 0 to 1; what is left to 1 is missing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Coverage {
    /// Observed for the area and its period.
    pub observed: f64,
    /// Taken from an earlier period.
    pub carried: f64,
    /// Taken from a larger or earlier area.
    pub substituted: f64,
    /// Filled by the method.
    pub imputed: f64,
    /// In words of the reader: `86 %`.
    pub text: String,
}

impl Coverage {
    /// The bar from `x`, `width` long for a full coverage.
    #[must_use]
    pub fn draw(&self, corner: (f64, f64), width: f64, height: f64, hatch: &str) -> Element {
        let (x, y) = corner;
        let mut bar = Element::group("coverage")
            .child(Element::rect(x, y, width, height).class("missing").set("fill", hatch.to_owned()));
        let mut from = x;
        for (class, share) in [
            ("observed", self.observed),
            ("carried", self.carried),
            ("substituted", self.substituted),
            ("imputed", self.imputed),
        ] {
            let length = share.clamp(0.0, 1.0) * width;
            if length > 0.0 {
                bar = bar.child(Element::rect(from, y, length, height).class(class));
                from += length;
            }
        }
        bar
    }
}

/// Where the columns of the wide ranking lie.
struct Columns {
    name: f64,
    bar: (f64, f64),
    value_room: f64,
    interval: Option<(f64, f64)>,
    coverage: Option<(f64, f64)>,
}

const ROW: f64 = 27.0;
const COMPACT_ROW: f64 = 42.0;
const HEAD: f64 = 26.0;

impl Chart for Ranking {
    fn draw(&self, size: Size) -> Drawing {
        match size {
            Size::Wide => self.wide(),
            Size::Compact => self.compact(),
        }
    }

    fn twin(&self) -> Twin {
        let (intervals, coverages) = (self.has_intervals(), self.has_coverage());
        let headings = &self.headings;
        let mut header = vec![headings.area.clone(), headings.rank.clone(), headings.value.clone()];
        header.extend(intervals.then(|| headings.interval.clone()));
        header.extend(coverages.then(|| headings.coverage.clone()));
        let row = |row: &RankingRow| {
            let mut cells = vec![row.rank.clone(), self.value_text(row).to_owned()];
            cells.extend(intervals.then(|| row.interval.map(RankInterval::text).unwrap_or_default()));
            cells.extend(
                coverages.then(|| row.coverage.as_ref().map(|coverage| coverage.text.clone()).unwrap_or_default()),
            );
            TwinRow { name: row.name.clone(), href: row.href.clone(), cells }
        };
        Twin { caption: self.caption.title.clone(), header, rows: self.rows.iter().map(row).collect() }
    }
}

impl Ranking {
    fn has_intervals(&self) -> bool {
        self.rows.iter().any(|row| row.interval.is_some())
    }

    fn has_coverage(&self) -> bool {
        self.rows.iter().any(|row| row.coverage.is_some())
    }

    /// How many rows lie above the yardstick, to the tenth that is shown, and how many there are beside it.
    #[must_use]
    pub fn above_yardstick(&self) -> Option<(usize, usize)> {
        let tenths = |row: &RankingRow| row.value.map(|value| (value * 10.0).round());
        let (yardsticks, others): (Vec<&RankingRow>, Vec<&RankingRow>) =
            self.rows.iter().partition(|row| row.emphasis == Emphasis::Yardstick);
        let mark = yardsticks.into_iter().find_map(tenths)?;
        let scored: Vec<f64> = others.into_iter().filter_map(tenths).collect();
        Some((scored.iter().filter(|score| **score > mark).count(), scored.len()))
    }

    fn value_text<'a>(&'a self, row: &'a RankingRow) -> &'a str {
        if row.value.is_none() { &self.missing } else { &row.text }
    }

    fn scale(&self, range: (f64, f64)) -> Linear {
        let ticks = self.axis.ticks(self.rows.iter().filter_map(|row| row.value), 5);
        let (low, high) = (ticks.first().copied().unwrap_or(0.0), ticks.last().copied().unwrap_or(1.0));
        Linear::new((low, high), range)
    }

    fn tip(&self, row: &RankingRow) -> String {
        let headings = &self.headings;
        let mut parts = vec![format!("{}: {}", row.name, self.value_text(row))];
        if !row.rank.is_empty() {
            let interval = row.interval.map(|interval| format!(" ({})", interval.text())).unwrap_or_default();
            parts.push(format!("{} {}{interval}", headings.rank, row.rank));
        }
        parts.extend(row.coverage.as_ref().map(|coverage| format!("{} {}", headings.coverage, coverage.text)));
        parts.extend((!row.note.is_empty()).then(|| row.note.clone()));
        parts.join(" \u{b7} ")
    }

    fn columns(&self) -> Columns {
        let height = Size::Wide.text_height();
        let widest =
            |texts: &mut dyn Iterator<Item = &str>| texts.map(|text| label::width(text, height)).fold(0.0, f64::max);
        let name_width = widest(&mut self.rows.iter().map(|row| row.name.as_str())).min(256.0);
        let value_room = widest(&mut self.rows.iter().map(|row| self.value_text(row))) + 10.0;
        let mut right = Size::Wide.width();
        let coverage = self.has_coverage().then(|| {
            right -= 64.0;
            (right, right + 64.0)
        });
        let interval = self.has_intervals().then(|| {
            right -= if coverage.is_some() { 20.0 } else { 6.0 };
            right -= 120.0;
            (right, right + 120.0)
        });
        if coverage.is_some() || interval.is_some() {
            right -= 18.0;
        }
        let bar = 36.0 + name_width + 10.0;
        Columns { name: 36.0, bar: (bar, right - value_room), value_room, interval, coverage }
    }

    fn wide(&self) -> Drawing {
        let columns = self.columns();
        let hatch = hatch_fill(&self.caption, Size::Wide);
        let scale = self.scale(columns.bar);
        let bottom = HEAD + ROW * number(self.rows.len());
        let rows = self.rows.iter().enumerate().map(|(index, row)| {
            let top = HEAD + ROW * number(index);
            self.wide_row(row, top, &columns, &scale, &hatch)
        });
        let zero = scale.clamped(0.0);
        let rule = Element::line((zero, HEAD), (zero, bottom)).class("zero");
        // Ranks stand under the intervals.
        let below = if columns.interval.is_some() { Size::Wide.text_height() + 8.0 } else { 4.0 };
        Drawing::new(&self.caption, "ranking", Size::Wide, bottom + below)
            .with([self.wide_head(&columns, bottom)])
            .with(rows)
            .with([rule])
    }

    fn wide_head(&self, columns: &Columns, bottom: f64) -> Element {
        let height = Size::Wide.text_height();
        let heading = |x: f64, room: f64, text: &str| {
            Element::text(x, 15.0, label::shortened(text, room, height)).class("heading")
        };
        let mut head = Element::group("head")
            .child(heading(columns.name, columns.bar.0 - columns.name - 8.0, &self.headings.area))
            .child(heading(columns.bar.0, columns.bar.1 + columns.value_room - columns.bar.0, &self.headings.value));
        if let Some((left, right)) = columns.interval {
            head = head.child(heading(left, right - left + 14.0, &self.headings.interval));
            let ranks = self.rank_scale((left, right));
            let (first, last) = ranks.domain();
            for rank in [first, f64::midpoint(first, last).round(), last] {
                let x = ranks.position(rank);
                let rule = Element::line((x, HEAD), (x, bottom)).class("grid");
                let mark = Element::text(x, bottom + height + 2.0, format!("{rank:.0}")).class("tick").anchor("middle");
                head = head.children([rule, mark]);
            }
        }
        if let Some((left, right)) = columns.coverage {
            head = head.child(heading(left, right - left, &self.headings.coverage));
        }
        head
    }

    fn rank_scale(&self, (left, right): (f64, f64)) -> Linear {
        let worst = self.rows.iter().filter_map(|row| row.interval).map(|interval| interval.worst).max().unwrap_or(1);
        let ranked = self.rows.iter().filter(|row| !row.rank.is_empty()).count();
        let last = f64::from(worst).max(number(ranked)).max(2.0);
        Linear::new((1.0, last), (left + 5.0, right - 5.0))
    }

    fn wide_row(&self, row: &RankingRow, top: f64, columns: &Columns, scale: &Linear, hatch: &str) -> Element {
        let height = Size::Wide.text_height();
        let baseline = top + ROW / 2.0 + 4.5;
        let name = label::shortened(&row.name, columns.bar.0 - columns.name - 8.0, height);
        let mut group = Element::group(format!("row {}", row.emphasis.class()))
            .set("data-area", row.code.clone())
            .child(Element::rect(0.0, top, Size::Wide.width(), ROW).class("hit"))
            .child(Element::text(26.0, baseline, &row.rank).class("rank").anchor("end"))
            .child(Element::text(columns.name, baseline, name).class("name"));
        let bar_top = top + 5.0;
        match row.value {
            Some(value) => {
                let (from, to) = (scale.clamped(0.0), scale.clamped(value));
                group = group
                    .child(Element::rect(from.min(to), bar_top, (to - from).abs(), ROW - 10.0).class("bar"))
                    .child(Element::text(from.max(to) + 6.0, baseline, &row.text).class("value"));
            }
            None => group = group.child(missing_bar(columns.bar.0, bar_top, ROW - 10.0, &self.missing, hatch)),
        }
        if let (Some(interval), Some(room)) = (row.interval, columns.interval) {
            group = group.child(self.whisker(row, interval, room, top + ROW / 2.0));
        }
        if let (Some(coverage), Some((left, right))) = (&row.coverage, columns.coverage) {
            group = group.child(coverage.draw((left, top + ROW / 2.0 - 4.0), right - left, 8.0, hatch));
        }
        linked(row.href.as_ref(), group.titled(self.tip(row)))
    }

    fn whisker(&self, row: &RankingRow, interval: RankInterval, room: (f64, f64), y: f64) -> Element {
        let scale = self.rank_scale(room);
        let (best, worst) = (scale.position(f64::from(interval.best)), scale.position(f64::from(interval.worst)));
        let mut whisker = Element::group("interval").child(Element::line((best, y), (worst, y)).class("whisker"));
        let digits: String = row.rank.chars().take_while(char::is_ascii_digit).collect();
        if let Ok(rank) = digits.parse::<u32>() {
            whisker = whisker.child(Element::circle((scale.position(f64::from(rank)), y), 3.6).class("dot"));
        }
        whisker
    }

    fn compact(&self) -> Drawing {
        let width = Size::Compact.width();
        let height = Size::Compact.text_height();
        let hatch = hatch_fill(&self.caption, Size::Compact);
        let side = if self.has_intervals() { 56.0 } else { 0.0 };
        let scale = self.scale((26.0, width - side));
        let rows = self.rows.iter().enumerate().map(|(index, row)| {
            let top = HEAD + COMPACT_ROW * number(index);
            self.compact_row(row, top, &scale, &hatch)
        });
        let mut head = Element::group("head").child(Element::text(26.0, 14.0, &self.headings.area).class("heading"));
        let value = if self.has_intervals() {
            format!("{} \u{b7} {}", self.headings.value, self.headings.interval)
        } else {
            self.headings.value.clone()
        };
        let room = width - 36.0 - label::width(&self.headings.area, height);
        head = head
            .child(Element::text(width, 14.0, label::shortened(&value, room, height)).class("heading").anchor("end"));
        let bottom = HEAD + COMPACT_ROW * number(self.rows.len());
        Drawing::new(&self.caption, "ranking", Size::Compact, bottom).with([head]).with(rows)
    }

    fn compact_row(&self, row: &RankingRow, top: f64, scale: &Linear, hatch: &str) -> Element {
        let width = Size::Compact.width();
        let height = Size::Compact.text_height();
        let text = self.value_text(row);
        let room = width - 34.0 - label::width(text, height);
        let bar_top = top + 20.0;
        let mut group = Element::group(format!("row {}", row.emphasis.class()))
            .set("data-area", row.code.clone())
            .child(Element::rect(0.0, top, width, COMPACT_ROW).class("hit"))
            .child(Element::text(18.0, top + 15.0, &row.rank).class("rank").anchor("end"))
            .child(Element::text(26.0, top + 15.0, label::shortened(&row.name, room, height)).class("name"))
            .child(Element::text(width, top + 15.0, text).class("value").anchor("end"));
        if let Some(value) = row.value {
            let (from, to) = (scale.clamped(0.0), scale.clamped(value));
            group = group.child(Element::rect(from.min(to), bar_top, (to - from).abs(), 8.0).class("bar"));
        } else {
            let left = scale.range().0;
            let empty = Element::rect(left, bar_top, 44.0, 8.0).class("missing").set("fill", hatch.to_owned());
            group = group.child(empty);
        }
        if let Some(coverage) = &row.coverage {
            let (left, right) = scale.range();
            group = group.child(coverage.draw((left, bar_top + 11.0), right - left, 3.0, hatch));
        }
        if let Some(interval) = row.interval {
            group =
                group.child(Element::text(width, bar_top + 11.0, interval.text()).class("interval-text").anchor("end"));
        }
        linked(row.href.as_ref(), group.titled(self.tip(row)))
    }
}

fn missing_bar(x: f64, y: f64, height: f64, words: &str, hatch: &str) -> Element {
    Element::group("none")
        .child(Element::rect(x, y, 44.0, height).class("missing").set("fill", hatch.to_owned()))
        .child(Element::text(x + 50.0, y + height / 2.0 + 4.5, words).class("no-data"))
}
