//! One indicator: what it measures and by which rules, every area's value, its lines over time.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

mod against;
mod revisions;

use indicators::assembly::CellStatus;
use indicators::code::IndicatorCode;
use indicators::definition::{Direction, Panel};
use indicators::observation::TimePeriod;
use indicators::wire::{CellEntry, IndicatorEntry};
use leptos::prelude::*;

use crate::charts::axis::{Extent, ValueAxis};
use crate::charts::ranking::{Ranking, RankingRow};
use crate::charts::{Basis, Caption, Emphasis};
use crate::components::context::PageContext;
use crate::components::figure::{Figure, figure};
use crate::components::series::{Dated, Drawn, History, Names, Strand, earlier, history, line};
use crate::components::{choosers, coverage, scoreboard, scoring};
use crate::data::PublishedRelease;
use crate::locale::message;
use crate::pages::countries::peer_emphasis;
use crate::pages::document::Content;
use crate::route::Page;

pub(crate) fn content(context: &PageContext<'_>, panel: Panel, code: &IndicatorCode) -> Option<Content> {
    let indicator = context.site.indicator(panel, code)?;
    let release = context.release(panel)?;
    let name = context.text(&indicator.name);
    let criterion = context.href(Page::Criterion(indicator.criterion.clone()));
    let values = values(context, &release, indicator);
    let finding = finding(context, indicator, &values);
    let is_compared = !indicator.national_only;
    let bars = is_compared.then(|| bars_figure(context, &release, indicator, &values, &finding));
    let against = is_compared.then(|| against::against_figure(context, &release, indicator)).flatten();
    let proxy = indicator.proxy_note.as_ref().map(|note| {
        view! { <p class="notice"><strong>{context.say(message::PROXY)} ":"</strong> " " {context.text(note)}</p> }
    });
    let body = view! {
        <div class="lead">
            <p class="trail">
                <a href=context.href(Page::Overview)>{context.say(message::NAV_OVERVIEW)}</a>
                " \u{203a} "
                <a href=criterion>{context.criterion_name(&indicator.criterion)}</a>
                " \u{203a} "
                {name.clone()}
            </p>
            <h1>{name.clone()}</h1>
            {(!is_compared).then(|| view! { <p class="finding">{finding.clone()}</p> })}
            {proxy}
        </div>
        {choosers::years(context, panel, release.year())}
        <div class="indicator-charts">{bars} {line_figure(context, indicator)} {against}</div>
        {revisions::section(context, indicator)}
        {rules(context, indicator)}
    };
    Some(Content { title: name, description: finding, body: body.into_any(), found: true })
}

/// The cell of every area of a release, best first, those without a value last.
fn values<'a>(
    context: &PageContext<'_>,
    release: &PublishedRelease<'a>,
    indicator: &IndicatorEntry,
) -> Vec<(String, String, Option<&'a CellEntry>)> {
    let mut found: Vec<_> = release
        .answer
        .index
        .iter()
        .map(|entry| {
            let cell = release.profiles.get(&entry.area).and_then(|profile| {
                profile
                    .criteria
                    .iter()
                    .flat_map(|criterion| &criterion.indicators)
                    .find(|cell| cell.indicator == indicator.code)
            });
            (entry.area.to_string(), context.area_name(&entry.area), cell)
        })
        .collect();
    let sign = match indicator.direction {
        Direction::HigherIsBetter => 1.0,
        Direction::LowerIsBetter => -1.0,
    };
    let key =
        |cell: Option<&CellEntry>| cell.and_then(|cell| cell.value).map_or(f64::NEG_INFINITY, |value| sign * value);
    found.sort_by(|(_, _, left), (_, _, right)| key(*right).total_cmp(&key(*left)));
    found
}

fn finding(
    context: &PageContext<'_>,
    indicator: &IndicatorEntry,
    values: &[(String, String, Option<&CellEntry>)],
) -> String {
    if values.iter().all(|(_, _, cell)| cell.is_none_or(|cell| cell.value.is_none())) {
        return context.say(message::FINDING_NO_VALUE);
    }
    if indicator.national_only {
        return context.say(message::NATIONAL_ONLY_FINDING);
    }
    // Only the areas' own values are compared: a substitute says nothing about the area.
    let own: Vec<(&String, f64)> = values
        .iter()
        .filter_map(|(_, name, cell)| {
            let cell = (*cell)?;
            let is_own = matches!(cell.status, CellStatus::Observed | CellStatus::CarriedForward);
            Some((name, cell.value.filter(|_| is_own)?))
        })
        .collect();
    match (own.first(), own.last()) {
        (Some((first, high)), Some((last, low))) if own.len() > 1 => context.fill(
            message::FINDING_ENDS,
            [
                ("first", (*first).into()),
                ("high", context.value(*high, indicator).into()),
                ("last", (*last).into()),
                ("low", context.value(*low, indicator).into()),
            ],
        ),
        _ => context.say(message::FINDING_NONE_INDICATOR),
    }
}

fn bars_figure(
    context: &PageContext<'_>,
    release: &PublishedRelease<'_>,
    indicator: &IndicatorEntry,
    values: &[(String, String, Option<&CellEntry>)],
    finding: &str,
) -> AnyView {
    let is_regions = indicator.panel == Panel::Regions;
    let rows = values.iter().map(|(code, name, cell)| {
        let basis = cell.map_or(Basis::Observed, |cell| coverage::basis_of_status(cell.status));
        let text = cell
            .and_then(|cell| cell.value)
            .map_or_else(|| context.missing(), |value| format!("{}{}", context.value(value, indicator), basis.sign()));
        let note = cell.map(|cell| {
            let period = cell.period.map(|period| format!("{}, ", context.formats.period(period))).unwrap_or_default();
            format!("{period}{}", coverage::status_words(context, cell.status))
        });
        let is_own_country = code == context.country().as_str();
        RankingRow {
            code: code.clone(),
            name: name.clone(),
            rank: String::new(),
            value: cell.and_then(|cell| cell.value),
            text,
            interval: None,
            coverage: None,
            note: note.unwrap_or_default(),
            href: match (is_regions, code.parse()) {
                (true, Ok(area)) => Some(context.href(Page::Region(area))),
                _ => None,
            },
            emphasis: if is_own_country { Emphasis::Chosen } else { Emphasis::Context },
        }
    });
    let mut headings = scoreboard::ranking_headings(context);
    if !is_regions {
        headings.area = context.say(message::COUNTRY);
    }
    headings.value = context.unit_words(indicator);
    let year = release.year();
    let subtitle = context.fill(
        message::INDICATOR_BARS_SUBTITLE,
        [
            ("indicator", context.text(&indicator.name).into()),
            ("unit", context.unit_words(indicator).into()),
            ("year", year.to_string().into()),
        ],
    );
    let chart = Ranking {
        caption: Caption { id: "bars".to_owned(), title: finding.to_owned(), description: subtitle },
        rows: rows.collect(),
        axis: ValueAxis {
            extent: Extent::FromZero,
            marks: context.formats.marks(),
            unit: context.formats.tick_unit(&indicator.unit),
            name: String::new(),
        },
        headings,
        missing: context.missing(),
    };
    figure(context, Figure::of("figure-bars", chart, indicator.dataflows.clone()))
}

fn line_figure(context: &PageContext<'_>, indicator: &IndicatorEntry) -> AnyView {
    let country = context.country();
    let mut strands: Vec<Strand> = match indicator.panel {
        Panel::Regions if indicator.national_only => Vec::new(),
        Panel::Regions => context
            .site
            .areas
            .iter()
            .filter(|area| area.parent.as_ref() == Some(country) && area.valid_to.is_none())
            .map(|area| Strand {
                area: area.code.clone(),
                emphasis: Emphasis::Context,
                history: history(context, indicator, &area.code),
                href: Some(context.href(Page::Region(area.code.clone()))),
            })
            .collect(),
        Panel::Countries => context
            .site
            .framework
            .panel(Panel::Countries)
            .map(|panel| panel.areas.as_slice())
            .unwrap_or_default()
            .iter()
            .filter(|code| *code != country)
            .map(|code| Strand {
                area: code.clone(),
                emphasis: peer_emphasis(code.as_str()),
                history: history(context, indicator, code),
                href: None,
            })
            .collect(),
    };
    let own = history(context, indicator, country);
    let title = course(context, indicator, &own);
    let mut notes = vec![context.say(message::LINE_NOTE)];
    if let Some((day, history)) = earlier(context, indicator, country, &own) {
        strands.push(Strand { area: country.clone(), emphasis: Emphasis::Earlier, history, href: None });
        let known = [("area", context.area_name(country).into()), ("day", context.formats.day(day).into())];
        notes.push(context.fill(message::LINE_EARLIER_NOTE, known));
    }
    strands.push(Strand {
        area: country.clone(),
        emphasis: if indicator.panel == Panel::Regions { Emphasis::Yardstick } else { Emphasis::Chosen },
        history: own,
        href: None,
    });
    strands.retain(|strand| !strand.history.is_empty());
    if strands.is_empty() {
        return ().into_any();
    }
    let measured = format!("{}, {}", context.text(&indicator.name), context.unit_words(indicator));
    let subtitle = match indicator.panel {
        Panel::Regions => context.fill(message::INDICATOR_LINE_SUBTITLE, [("measured", measured.into())]),
        Panel::Countries => measured,
    };
    let drawn = Drawn {
        id: "line".to_owned(),
        title,
        description: subtitle,
        indicator,
        heading: context.say(if indicator.panel == Panel::Regions { message::REGION } else { message::COUNTRY }),
        names: Names::Full,
    };
    let chart = line(context, drawn, strands);
    figure(context, Figure { notes, ..Figure::of("figure-line", chart, indicator.dataflows.clone()) })
}

/// Where the country began and where it is: the first and the last value that is published.
fn course(context: &PageContext<'_>, indicator: &IndicatorEntry, own: &History) -> String {
    let country = context.area_name(context.country());
    let (Some((first, from)), Some((last, to))) = (own.first_key_value(), own.last_key_value()) else {
        return context.fill(message::INDICATOR_LINE_TITLE, [("indicator", context.text(&indicator.name).into())]);
    };
    let told = |period: &TimePeriod, found: &Dated| {
        format!("{} ({})", context.value(found.value, indicator), context.formats.period(*period))
    };
    if first == last {
        format!("{country}: {}", told(last, to))
    } else {
        format!("{country}: {} \u{2192} {}", told(first, from), told(last, to))
    }
}

/// How a value becomes a score: every rule with its reason.
fn rules(context: &PageContext<'_>, indicator: &IndicatorEntry) -> AnyView {
    let rows = [
        (message::UNIT, context.text(&indicator.unit.name), None),
        (message::DIRECTION, scoring::direction(context, indicator), None),
        (message::GOALPOSTS, scoring::goalposts(context, indicator), Some(context.text(&indicator.goalpost_reason))),
        (message::MAX_AGE, scoring::max_age(context, indicator), Some(context.text(&indicator.max_age_reason))),
        (
            message::OWN_WEIGHT,
            context.fill(message::RELATIVE_WEIGHT, [("weight", context.formats.number(indicator.weight, 1).into())]),
            None,
        ),
    ];
    let items = rows
        .into_iter()
        .map(|(term, words, reason)| {
            let reason = reason.map(|reason| view! { <p class="note">{reason}</p> });
            view! { <div><dt>{context.say(term)}</dt><dd>{words} {reason}</dd></div> }
        })
        .collect_view();
    view! {
        <section class="figure" aria-labelledby="rules-title">
            <h2 id="rules-title">{context.say(message::RULES_TITLE)}</h2>
            <dl class="facts">{items}</dl>
        </section>
    }
    .into_any()
}
