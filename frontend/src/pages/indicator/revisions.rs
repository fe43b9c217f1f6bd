//! What was published of an indicator and later revised: both values, side by side, with the days of their vintages.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use std::cmp::Reverse;

use indicators::code::{AreaCode, DataflowId};
use indicators::definition::{Derivation, Panel};
use indicators::wire::IndicatorEntry;
use jiff::civil::Date;
use leptos::prelude::*;

use crate::components::answer_files::answer_files;
use crate::components::context::PageContext;
use crate::components::wide_table::{Cell, Group, Row, WideTable, wide_table};
use crate::data::Revised;
use crate::locale::{Message, message};

/// As many rows as a reader goes through; the files hold all.
const MOST_SHOWN: usize = 24;

/// The revisions of the places this panel compares. Nothing when there are none.
pub(super) fn section(context: &PageContext<'_>, indicator: &IndicatorEntry) -> Option<AnyView> {
    let mut told: Vec<Told<'_>> =
        context.site.revisions.iter().filter_map(|one| Told::of(context, indicator, one)).collect();
    let most = most(&told)?;
    let (finding, count) = (most.words(context), told.len());
    // The newest vintage first, in it the country, then the others by name, each from its newest period back.
    told.sort_by_key(|told| {
        let Revised { entry, after_since, .. } = told.revised;
        (
            Reverse(*after_since),
            entry.area != *context.country(),
            context.area_name(&entry.area),
            Reverse(entry.period),
            told.series.clone(),
        )
    });
    told.truncate(MOST_SHOWN);
    let shown = told.len();
    let columns = [
        heading(indicator),
        message::PERIOD,
        message::REVISIONS_BEFORE,
        message::REVISIONS_AFTER,
        message::REVISIONS_BY,
    ];
    let table = WideTable {
        named_by: "revisions-title",
        kind: "moves",
        columns: columns.into_iter().map(|words| context.say(words)).collect(),
        groups: groups(context, told),
    };
    let rest = (shown < count)
        .then(|| context.fill(message::REVISIONS_SHOWN, [("shown", shown.into()), ("count", count.into())]));
    let title = context.fill(message::REVISIONS_TITLE, [("count", count.into())]);
    let files = answer_files(context, &title, "/revisions", &query(context, indicator));
    Some(
        view! {
            <section class="figure" id="revisions" aria-labelledby="revisions-title">
                <h2 id="revisions-title">{title}</h2>
                <p class="subtitle">{finding} " " {context.say(message::REVISIONS_MEANING)}</p>
                {wide_table(table)}
                <p class="note">{rest} " " {context.say(message::REVISIONS_NOTE)}</p>
                {files}
            </section>
        }
        .into_any(),
    )
}

/// A revision in words.
struct Told<'a> {
    revised: &'a Revised,
    /// The input, when the indicator is made from several.
    series: Option<String>,
    before: String,
    after: String,
}

impl<'a> Told<'a> {
    /// Nothing for a place this panel does not compare, or when both values read alike.
    fn of(context: &PageContext<'_>, indicator: &IndicatorEntry, revised: &'a Revised) -> Option<Self> {
        let Revised { entry, unit, decimals, .. } = revised;
        if !is_compared(context, indicator.panel, &entry.area) {
            return None;
        }
        let value = |value: f64| context.formats.value(value, *decimals, unit);
        let before = value(entry.before);
        let after = entry.after.map_or_else(|| context.say(message::REVISIONS_WITHDRAWN), value);
        let axes = [&entry.urbanisation, &entry.sex, &entry.age];
        let parts = axes.into_iter().filter(|part| *part != "_T").map(String::as_str);
        let series: Vec<&str> = [entry.indicator.as_str()].into_iter().chain(parts).collect();
        let series = (!is_observed(context, indicator)).then(|| series.join("."));
        (before != after).then_some(Self { revised, series, before, after })
    }

    fn change(&self) -> Option<f64> {
        self.revised.entry.after.map(|after| after - self.revised.entry.before)
    }

    fn words(&self, context: &PageContext<'_>) -> String {
        let entry = &self.revised.entry;
        context.fill(
            message::REVISIONS_MOST,
            [
                ("area", context.area_name(&entry.area).into()),
                ("period", context.formats.period(entry.period).into()),
                ("before", self.before.clone().into()),
                ("after", self.after.clone().into()),
            ],
        )
    }

    fn row(self, context: &PageContext<'_>) -> Row {
        let Revised { entry, decimals, before_since, .. } = self.revised;
        let by = self.change().map_or_else(String::new, |change| {
            let sign = if change > 0.0 { "+" } else { "\u{2212}" };
            format!("{sign}{}", context.formats.number(change.abs(), *decimals))
        });
        let series = self.series.map(|series| view! { <span class="remark">{series}</span> });
        let since = context.fill(message::REVISIONS_SINCE, [("day", context.formats.day(*before_since).into())]);
        Row {
            head: view! { {context.area_name(&entry.area)} {series} }.into_any(),
            cells: vec![
                Cell::dated(context.formats.period(entry.period), entry.period.to_string()),
                // Units and days are words, which a telephone may break.
                Cell::words(view! { {self.before} <span class="remark">{since}</span> }),
                Cell::words(self.after),
                Cell::number(by),
            ],
        }
    }
}

/// The largest change of a value. Changes in different units have no larger one, so those of the first unit count.
fn most<'a>(told: &'a [Told<'a>]) -> Option<&'a Told<'a>> {
    let unit = &told.first()?.revised.unit;
    let size = |told: &Told<'_>| told.change().map_or(f64::NEG_INFINITY, f64::abs);
    told.iter().filter(|told| told.revised.unit == *unit).max_by(|one, other| size(one).total_cmp(&size(other)))
}

/// A group of rows for each day on which values were changed.
fn groups(context: &PageContext<'_>, told: Vec<Told<'_>>) -> Vec<Group> {
    let mut groups: Vec<(Date, Vec<Row>)> = Vec::new();
    for one in told {
        let day = one.revised.after_since;
        let row = one.row(context);
        match groups.last_mut() {
            Some((last, rows)) if *last == day => rows.push(row),
            _ => groups.push((day, vec![row])),
        }
    }
    let group = |(day, rows)| {
        let title = context.fill(message::REVISIONS_DAY, [("day", context.formats.day(day).into())]);
        Group { title: Some(title.into_any()), rows, empty: None }
    };
    groups.into_iter().map(group).collect()
}

fn is_compared(context: &PageContext<'_>, panel: Panel, area: &AreaCode) -> bool {
    let country = context.country();
    area == country
        || match panel {
            Panel::Regions => context.site.area(area).is_some_and(|entry| entry.parent.as_ref() == Some(country)),
            Panel::Countries => {
                context.site.framework.panel(Panel::Countries).is_some_and(|panel| panel.areas.contains(area))
            }
        }
}

/// Whether the indicator is one published series everywhere, so that its inputs need no names.
fn is_observed(context: &PageContext<'_>, indicator: &IndicatorEntry) -> bool {
    let definition =
        context.site.framework.indicators_of(indicator.panel).find(|definition| definition.code == indicator.code);
    let derivations = definition
        .into_iter()
        .flat_map(|definition| definition.derivation.iter().chain(definition.national_derivation.as_ref()));
    let mut inputs = derivations.map(|derivation| match derivation {
        Derivation::Observed { of } => Some(of),
        _ => None,
    });
    let first = inputs.next().flatten();
    first.is_some() && inputs.all(|input| input == first)
}

const fn heading(indicator: &IndicatorEntry) -> Message {
    match indicator.panel {
        Panel::Regions => message::REGION,
        Panel::Countries => message::COUNTRY,
    }
}

/// What asks the API for the same revisions, those of other places among them.
fn query(context: &PageContext<'_>, indicator: &IndicatorEntry) -> String {
    let mut measured: Vec<&str> =
        context.site.revisions.iter().map(|revised| revised.entry.indicator.as_str()).collect();
    measured.sort_unstable();
    measured.dedup();
    let dataflows: Vec<&str> = indicator.dataflows.iter().map(DataflowId::as_str).collect();
    format!("indicator={}&dataflow={}", measured.join(","), dataflows.join(","))
}
