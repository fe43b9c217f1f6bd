//! The bump chart: ranks over time. Rank 1 is on top; a period without a rank is a gap.

use std::mem;

use crate::charts::drawing::{Drawing, Element, linked_series};
use crate::charts::line::Period;
use crate::charts::marker::marker;
use crate::charts::path;
use crate::charts::scale::Linear;
use crate::charts::twin::{Twin, TwinRow};
use crate::charts::{Caption, Chart, Emphasis, Size, label};

/// A bump chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Bump {
    /// Its names.
    pub caption: Caption,
    /// The periods, in order.
    pub periods: Vec<Period>,
    /// The items.
    pub items: Vec<BumpItem>,
    /// Heading over the names in the table twin.
    pub heading: String,
    /// The words for a missing rank.
    pub missing: String,
}

/// One line of a bump chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BumpItem {
    /// Its code, for scripts.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its name where room is scarce.
    pub short: String,
    /// A rank or nothing for each period.
    pub ranks: Vec<Option<u32>>,
    /// A page about it.
    pub href: Option<String>,
    /// How it stands out.
    pub emphasis: Emphasis,
}

impl Chart for Bump {
    fn draw(&self, size: Size) -> Drawing {
        let text_height = size.text_height();
        let worst = self.items.iter().flat_map(|item| item.ranks.iter().flatten()).copied().max().unwrap_or(1);
        // Many ranks, as those of 193 states, share the height; few get a readable row each.
        let step = if worst <= 30 { text_height + 9.0 } else { (text_height + 9.0) * 25.0 / f64::from(worst) };
        let (top, most) = match size {
            Size::Wide => (14.0, 210.0),
            Size::Compact => (12.0, 118.0),
        };
        let names = self.items.iter().filter(|item| worst <= 30 || item.emphasis != Emphasis::Context);
        let widest = names
            .clone()
            .map(|item| label::width(&item.name, item.emphasis.label_height(text_height)))
            .fold(0.0, f64::max)
            .min(most);
        let (left, right) = (30.0, size.width() - widest - 36.0);
        let bottom = top + step * f64::from(worst - 1).max(1.0);
        let ends =
            (self.periods.first().map_or(0.0, |first| first.at), self.periods.last().map_or(1.0, |last| last.at));
        let x = Linear::new(ends, (left, right));
        let y = Linear::new((1.0, f64::from(worst).max(2.0)), (top, bottom));
        let has_rank = |item: &&BumpItem| item.ranks.iter().any(Option::is_some);
        let mut order: Vec<&BumpItem> = self.items.iter().filter(has_rank).collect();
        order.sort_by_key(|item| (item.emphasis != Emphasis::Context, item.emphasis == Emphasis::Chosen));
        let lines = order.into_iter().map(|item| self.line(item, &x, &y));
        let labels = ends_of(names.collect(), &y, (right + 12.0, size.width()), text_height);
        Drawing::new(&self.caption, "bump", size, bottom + text_height + 26.0)
            .with([self.axis(&x, bottom + 14.0, text_height)])
            .with(lines)
            .with([labels])
    }

    fn twin(&self) -> Twin {
        let row = |item: &BumpItem| TwinRow {
            name: item.name.clone(),
            href: item.href.clone(),
            cells: (0..self.periods.len())
                .map(|index| match item.ranks.get(index).copied().flatten() {
                    Some(rank) => rank.to_string(),
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
            rows: self.items.iter().map(row).collect(),
        }
    }
}

impl Bump {
    /// The periods under the lines, from the newest back, leaving out those that would touch.
    fn axis(&self, x: &Linear, y: f64, text_height: f64) -> Element {
        let mut free = f64::INFINITY;
        let mut labels = Vec::new();
        for period in self.periods.iter().rev() {
            let at = x.position(period.at);
            let half = label::width(&period.text, text_height) / 2.0;
            if at + half <= free {
                free = at - half - 8.0;
                labels.push(Element::text(at, y + text_height, &period.text).class("tick").anchor("middle"));
            }
        }
        Element::group("axis").children(labels)
    }

    fn line(&self, item: &BumpItem, x: &Linear, y: &Linear) -> Element {
        let context = item.emphasis == Emphasis::Context;
        let mut group = Element::group(format!("series {}", item.emphasis.class())).set("data-item", item.code.clone());
        let mut run: Vec<(f64, f64)> = Vec::new();
        let mut runs: Vec<Vec<(f64, f64)>> = Vec::new();
        let mut dots = Vec::new();
        for (index, period) in self.periods.iter().enumerate() {
            let Some(rank) = item.ranks.get(index).copied().flatten() else {
                runs.push(mem::take(&mut run));
                continue;
            };
            let at = (x.position(period.at), y.position(f64::from(rank)));
            run.push(at);
            let tip = format!("{}, {}: {rank}", item.name, period.text);
            let radius = if context { 2.6 } else { 4.2 };
            dots.push(marker(item.emphasis, at, radius).class("point observed").titled(tip));
        }
        runs.push(run);
        let data: String = runs.iter().filter(|run| run.len() > 1).map(|run| path::open(run)).collect();
        if !data.is_empty() {
            group = group.child(Element::path(data).class("stroke"));
        }
        linked_series(item.href.as_ref(), &item.name, group.children(dots))
    }
}

/// Rank and name at the right end of each line.
fn ends_of(items: Vec<&BumpItem>, y: &Linear, (x, edge): (f64, f64), text_height: f64) -> Element {
    let last = items
        .into_iter()
        .filter_map(|item| Some((item, item.ranks.last().copied().flatten()?)))
        .collect::<Vec<(&BumpItem, u32)>>();
    let wishes: Vec<f64> = last.iter().map(|(_, rank)| y.position(f64::from(*rank))).collect();
    let (top, bottom) = y.range();
    let places = label::spread(&wishes, text_height + 3.0, (top, bottom));
    Element::group("ends").children(last.into_iter().zip(places).flat_map(|((item, rank), place)| {
        let baseline = place + text_height * 0.35;
        let class = format!("end {}", item.emphasis.class());
        let height = item.emphasis.label_height(text_height);
        let name = label::either(&item.name, &item.short, edge - x - 22.0, height);
        [
            Element::text(x + 16.0, baseline, rank.to_string()).class("rank").anchor("end"),
            Element::text(x + 22.0, baseline, name).class(class),
        ]
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_close_together_do_not_write_over_each_other() {
        let period = |year: u16| Period { at: f64::from(year), text: year.to_string() };
        let chart = Bump {
            caption: Caption { id: "bump".to_owned(), title: String::new(), description: String::new() },
            periods: [2003, 2004, 2005, 2008, 2024].map(period).to_vec(),
            items: Vec::new(),
            heading: String::new(),
            missing: String::new(),
        };
        let mut written = Vec::new();
        chart.axis(&Linear::new((2003.0, 2024.0), (30.0, 500.0)), 0.0, 13.0).walk(&mut |element| {
            if element.name() == "text" {
                written.push(element.own_text());
            }
        });
        assert_eq!(written, ["2024", "2008", "2005", "2003"]);
    }
}
