//! The country among its peers: e-government index since 2003, ranks, speeds, the countries panel.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use std::collections::BTreeSet;

use indicators::area::AreaLevel;
use indicators::code::{AreaCode, DataflowId, IndicatorCode};
use indicators::definition::{Panel, UnitOfMeasure};
use indicators::observation::{ObsStatus, TimePeriod};
use indicators::text::LocalText;
use indicators::wire::ObservationEntry;
use leptos::prelude::*;

use crate::charts::axis::{Extent, ValueAxis};
use crate::charts::bump::{Bump, BumpItem};
use crate::charts::line::{Line, Period, Point, Series};
use crate::charts::ranking::{Ranking, RankingRow};
use crate::charts::twin::{Twin, TwinRow, TwinTable};
use crate::charts::{Basis, Caption, Emphasis};
use crate::components::context::PageContext;
use crate::components::figure::{Figure, figure};
use crate::components::sources::dataflows_of;
use crate::components::{choosers, scoreboard};
use crate::locale::{Message, message};
use crate::pages::document::Content;

/// The states drawn beside the country, each with a colour of its own.
const PEERS: [&str; 6] = ["UZB", "KGZ", "RUS", "DNK", "EST", "SGP"];

/// Decimals of the e-government index as published.
const EGDI_DECIMALS: u8 = 5;
/// Decimals where five would blur the comparison.
const EGDI_SHORT: u8 = 3;

/// How a state stands out among the others.
pub(crate) fn peer_emphasis(code: &str) -> Emphasis {
    let position = PEERS.iter().position(|peer| *peer == code).and_then(|position| u8::try_from(position).ok());
    position.map_or(Emphasis::Context, Emphasis::Peer)
}

pub(crate) fn content(context: &PageContext<'_>) -> Content {
    let egdi = Measure::find(context, "egdi");
    let ranks = Measure::find(context, "egdi_rank");
    let headline = headline(context, &egdi, &ranks);
    let title = context.say(message::COUNTRIES_TITLE);
    let body = view! {
        <div class="lead">
            <h1>{headline.clone()}</h1>
            <p>{context.say(message::COUNTRIES_INTRO)}</p>
        </div>
        {egdi_figure(context, &egdi)}
        {rank_section(context, &egdi, &ranks)}
        <div class="two-columns">
            {speed_figure(context, "speedtest_mobile_median", "figure-mobile", message::SPEED_MOBILE)}
            {speed_figure(context, "speedtest_fixed_median", "figure-fixed", message::SPEED_FIXED)}
        </div>
        {panel_figure(context)}
    };
    Content { title, description: headline, body: body.into_any(), found: true }
}

/// The published totals of one measured indicator.
struct Measure<'a> {
    entries: Vec<&'a ObservationEntry>,
}

impl<'a> Measure<'a> {
    fn find(context: &PageContext<'a>, code: &str) -> Self {
        let entries = match code.parse::<IndicatorCode>() {
            Ok(code) => context.site.observations_of(&code).iter().collect(),
            Err(_) => Vec::new(),
        };
        let is_total = |entry: &&ObservationEntry| entry.urbanisation == "_T" && entry.sex == "_T" && entry.age == "_T";
        Self { entries: entries.into_iter().filter(is_total).collect() }
    }

    fn value(&self, area: &str, period: TimePeriod) -> Option<f64> {
        self.entries.iter().find(|entry| entry.area.as_str() == area && entry.period == period)?.value
    }

    fn status(&self, area: &str, period: TimePeriod) -> Option<ObsStatus> {
        self.entries
            .iter()
            .find(|entry| entry.area.as_str() == area && entry.period == period)
            .map(|entry| entry.status)
    }

    fn periods(&self) -> Vec<TimePeriod> {
        let periods: BTreeSet<TimePeriod> = self.entries.iter().map(|entry| entry.period).collect();
        periods.into_iter().collect()
    }

    /// How many states have a value in a period.
    fn count(&self, period: TimePeriod) -> usize {
        self.entries.iter().filter(|entry| entry.period == period && entry.value.is_some()).count()
    }

    /// The states with a value in a period, highest first.
    fn in_order(&self, period: TimePeriod) -> Vec<(&'a AreaCode, f64)> {
        let mut found: Vec<(&AreaCode, f64)> = self
            .entries
            .iter()
            .filter(|entry| entry.period == period)
            .filter_map(|entry| Some((&entry.area, entry.value?)))
            .collect();
        found.sort_by(|(_, left), (_, right)| right.total_cmp(left));
        found
    }

    fn dataflows(&self) -> Vec<DataflowId> {
        self.entries.first().map(|entry| entry.dataflow.clone()).into_iter().collect()
    }
}

fn headline(context: &PageContext<'_>, egdi: &Measure<'_>, ranks: &Measure<'_>) -> String {
    let country = context.country().as_str();
    let newest = egdi.periods().into_iter().next_back();
    let found = newest.and_then(|period| {
        Some((period, egdi.value(country, period)?, ranks.value(country, period)?, egdi.count(period)))
    });
    match found {
        Some((period, value, rank, states)) => context.fill(
            message::COUNTRIES_HEADLINE,
            [
                ("country", context.area_name(context.country()).into()),
                ("rank", context.formats.number(rank, 0).into()),
                ("states", context.formats.number(states_of(ranks, period).max(count(states)), 0).into()),
                ("value", context.formats.number(value, EGDI_DECIMALS).into()),
                ("period", context.formats.period(period).into()),
            ],
        ),
        None => context.say(message::COUNTRIES_TITLE),
    }
}

fn count(states: usize) -> f64 {
    u32::try_from(states).map_or(0.0, f64::from)
}

/// The last rank of an edition: every state of the survey has one.
fn states_of(ranks: &Measure<'_>, period: TimePeriod) -> f64 {
    ranks.in_order(period).first().map_or(0.0, |(_, rank)| *rank)
}

fn egdi_figure(context: &PageContext<'_>, egdi: &Measure<'_>) -> AnyView {
    let periods = egdi.periods();
    if periods.is_empty() {
        return ().into_any();
    }
    let country = context.country().as_str();
    let series = PEERS.iter().copied().chain([country]).filter_map(|code| {
        let area: AreaCode = code.parse().ok()?;
        let points = periods.iter().map(|period| {
            let value = egdi.value(code, *period)?;
            Some(Point { value, text: context.formats.number(value, EGDI_DECIMALS), basis: Basis::Observed })
        });
        Some(Series {
            code: code.to_owned(),
            name: context.area_name(&area),
            short: context.area_name(&area),
            emphasis: if code == country { Emphasis::Chosen } else { peer_emphasis(code) },
            points: points.collect(),
            breaks: Vec::new(),
            href: None,
        })
    });
    let ends: Vec<(TimePeriod, f64)> =
        periods.iter().filter_map(|period| Some((*period, egdi.value(country, *period)?))).collect();
    let title = match (ends.first(), ends.last()) {
        (Some((first, from)), Some((last, to))) => context.fill(
            message::EGDI_TITLE,
            [
                ("country", context.area_name(context.country()).into()),
                ("from", context.formats.number(*from, EGDI_SHORT).into()),
                ("first", context.formats.period(*first).into()),
                ("to", context.formats.number(*to, EGDI_SHORT).into()),
                ("last", context.formats.period(*last).into()),
            ],
        ),
        _ => context.say(message::COUNTRIES_TITLE),
    };
    let subtitle = context.say(message::EGDI_SUBTITLE);
    let chart = Line {
        caption: Caption { id: "egdi".to_owned(), title: title.clone(), description: subtitle.clone() },
        periods: periods
            .iter()
            .map(|period| Period { at: f64::from(period.year()), text: context.formats.period(*period) })
            .collect(),
        series: series.collect(),
        axis: ValueAxis {
            extent: Extent::Fixed(0.0, 1.0),
            marks: context.formats.marks(),
            unit: String::new(),
            name: String::new(),
        },
        events: Vec::new(),
        heading: context.say(message::COUNTRY),
        missing: context.missing(),
    };
    figure(
        context,
        Figure {
            notes: vec![context.say(message::EGDI_NOTE)],
            csv: Some("/api/v1/observations.csv?indicator=egdi".to_owned()),
            ..Figure::of("figure-egdi", chart, egdi.dataflows())
        },
    )
}

/// Ranks by edition of the country and its peers, and the whole table of the newest edition.
fn rank_section(context: &PageContext<'_>, egdi: &Measure<'_>, ranks: &Measure<'_>) -> AnyView {
    let periods = egdi.periods();
    let Some(&newest) = periods.last() else { return ().into_any() };
    let rank = |code: &str, period: TimePeriod| match ranks.value(code, period) {
        Some(rank) => context.formats.number(rank, 0),
        None => context.missing(),
    };
    let all = Twin {
        caption: context.fill(message::ALL_STATES_CAPTION, [("period", context.formats.period(newest).into())]),
        header: vec![context.say(message::COUNTRY), context.say(message::RANK), "EGDI".to_owned()],
        rows: all_states(context, egdi, newest)
            .into_iter()
            .map(|(area, value)| TwinRow {
                name: context.area_name(area),
                href: None,
                cells: vec![
                    rank(area.as_str(), newest),
                    value.map_or_else(|| context.missing(), |value| context.formats.number(value, EGDI_DECIMALS)),
                ],
            })
            .collect(),
    };
    let table = view! {
        <details class="as-table">
            <summary>{context.say(message::ALL_STATES)}</summary>
            <TwinTable twin=all />
        </details>
    };
    figure(
        context,
        Figure {
            key: Some(table.into_any()),
            csv: Some("/api/v1/observations.csv?indicator=egdi_rank".to_owned()),
            ..Figure::of("figure-ranks", ranks_chart(context, ranks, &periods), ranks.dataflows())
        },
    )
}

/// Ranks by edition of the country and its peers.
fn ranks_chart(context: &PageContext<'_>, ranks: &Measure<'_>, periods: &[TimePeriod]) -> Bump {
    let country = context.country().as_str();
    let items: Vec<BumpItem> = PEERS
        .into_iter()
        .chain([country])
        .filter_map(|code| {
            let area: AreaCode = code.parse().ok()?;
            Some(BumpItem {
                code: code.to_owned(),
                name: context.area_name(&area),
                short: context.area_name(&area),
                ranks: periods.iter().map(|period| whole(ranks.value(code, *period)?)).collect(),
                href: None,
                emphasis: if code == country { Emphasis::Chosen } else { peer_emphasis(code) },
            })
        })
        .collect();
    let own = periods.iter().filter_map(|period| Some((*period, ranks.value(country, *period)?)));
    let own: Vec<(TimePeriod, f64)> = own.collect();
    let title = match (own.first(), own.last()) {
        (Some((first, from)), Some((last, to))) if first != last => context.fill(
            message::COMPARE_RANKS,
            [
                ("area", context.area_name(context.country()).into()),
                ("from", context.formats.number(*from, 0).into()),
                ("first", context.formats.period(*first).into()),
                ("to", context.formats.number(*to, 0).into()),
                ("last", context.formats.period(*last).into()),
            ],
        ),
        _ => context.say(message::RANKS_TITLE),
    };
    Bump {
        caption: Caption { id: "ranks".to_owned(), title, description: context.say(message::RANKS_CAPTION) },
        periods: periods
            .iter()
            .map(|period| Period { at: f64::from(period.year()), text: context.formats.period(*period) })
            .collect(),
        items,
        heading: context.say(message::COUNTRY),
        missing: context.missing(),
    }
}

/// A rank published as a number.
fn whole(rank: f64) -> Option<u32> {
    format!("{rank:.0}").parse().ok()
}

/// States in the order of the index; those without a value last, unless they did not exist.
fn all_states<'a>(
    context: &PageContext<'a>,
    egdi: &Measure<'a>,
    period: TimePeriod,
) -> Vec<(&'a AreaCode, Option<f64>)> {
    let scored: Vec<(&AreaCode, Option<f64>)> =
        egdi.in_order(period).into_iter().map(|(area, value)| (area, Some(value))).collect();
    let missing = context.site.areas.iter().filter(|area| {
        area.level == AreaLevel::Country
            && egdi.value(area.code.as_str(), period).is_none()
            && egdi.status(area.code.as_str(), period).is_some_and(|status| status != ObsStatus::CannotExist)
    });
    scored.iter().copied().chain(missing.map(|area| (&area.code, None))).collect()
}

fn speed_figure(context: &PageContext<'_>, code: &str, id: &'static str, title: Message) -> AnyView {
    let speeds = Measure::find(context, code);
    let Some(&newest) = speeds.periods().last() else { return ().into_any() };
    let unit = context
        .site
        .indicators
        .iter()
        .find(|indicator| indicator.code.as_str() == code)
        .map_or_else(no_unit, |indicator| indicator.unit.clone());
    let country = context.country();
    let order = speeds.in_order(newest);
    let rows = order.iter().map(|(area, value)| RankingRow {
        code: area.to_string(),
        name: context.area_name(area),
        rank: String::new(),
        value: Some(*value),
        text: context.formats.value(*value, 2, &unit),
        interval: None,
        coverage: None,
        note: String::new(),
        href: None,
        emphasis: if *area == country { Emphasis::Chosen } else { Emphasis::Context },
    });
    let own = order.iter().find(|(area, _)| *area == country).map(|(_, value)| context.formats.value(*value, 2, &unit));
    let title = context.fill(
        title,
        [
            ("country", context.area_name(country).into()),
            ("value", own.unwrap_or_else(|| context.missing()).into()),
            ("period", context.formats.period(newest).into()),
        ],
    );
    let subtitle = context.say(message::SPEED_SUBTITLE);
    let mut headings = scoreboard::ranking_headings(context);
    headings.area = context.say(message::COUNTRY);
    headings.value = context.text(&unit.name);
    let chart = Ranking {
        caption: Caption { id: id.replace("figure-", "speed-"), title: title.clone(), description: subtitle.clone() },
        rows: rows.collect(),
        axis: ValueAxis {
            extent: Extent::FromZero,
            marks: context.formats.marks(),
            unit: String::new(),
            name: String::new(),
        },
        headings,
        missing: context.missing(),
    };
    figure(
        context,
        Figure {
            csv: Some(format!("/api/v1/observations.csv?indicator={code}")),
            ..Figure::of(id, chart, speeds.dataflows())
        },
    )
}

fn no_unit() -> UnitOfMeasure {
    let none = LocalText { kk: String::new(), ru: String::new(), en: String::new() };
    UnitOfMeasure { code: String::new(), name: none }
}

/// The same eight criteria for states.
fn panel_figure(context: &PageContext<'_>) -> AnyView {
    let Some(release) = context.release(Panel::Countries) else { return ().into_any() };
    let table = scoreboard::heat_table(context, &release);
    let title = scoreboard::finding(context, &release, None);
    let subtitle = scoreboard::subtitle(context, None, release.year());
    view! {
        {choosers::years(context, Panel::Countries, release.year())}
        {figure(
            context,
            Figure {
                notes: vec![context.say(message::PANEL_NOTE)],
                csv: Some(format!("/api/v1/index.csv?panel=countries&period={}", release.year())),
                ..Figure::of_table(
                    "figure-panel",
                    (title, subtitle),
                    table,
                    dataflows_of(context, Panel::Countries, None),
                )
            },
        )}
    }
    .into_any()
}
