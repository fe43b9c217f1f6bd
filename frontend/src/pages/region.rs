//! One region: score, criteria, every indicator from value to contribution, lines over time.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use indicators::assembly::{CellFinding, CellStatus};
use indicators::code::AreaCode;
use indicators::definition::{Derivation, Panel};
use indicators::wire::{AreaEntry, CellEntry, IndicatorEntry, Profile, ProfileCriterion};
use leptos::prelude::*;

use crate::charts::plot::{Plot, Sizes};
use crate::charts::ranking::{Ranking, RankingRow};
use crate::charts::twin::{Twin, TwinRow};
use crate::charts::{Caption, Chart, Emphasis};
use crate::components::choosers;
use crate::components::context::PageContext;
use crate::components::figure::{Figure, figure};
use crate::components::series::{Drawn, Strand, history, line};
use crate::components::{coverage, scoreboard};
use crate::locale::message;
use crate::pages::document::Content;
use crate::pages::overview::coverage_key;
use crate::route::Page;

pub(crate) fn content(context: &PageContext<'_>, code: &AreaCode) -> Option<Content> {
    let area = context.site.area(code)?;
    let is_ours = area.parent.as_ref() == Some(context.country()) || area.code == *context.country();
    if !is_ours {
        return None;
    }
    let release = context.release(Panel::Regions)?;
    let name = context.text(&area.name);
    let year = release.year();
    let choice = choosers::years(context, Panel::Regions, year);
    let trail = view! {
        <p class="trail"><a href=context.href(Page::Overview)>{context.say(message::NAV_OVERVIEW)}</a> " \u{203a} " {name.clone()}</p>
    };
    let Some(profile) = release.profiles.get(code) else {
        // The region did not exist in the year, or was dissolved before it.
        let words = context
            .fill(message::REGION_NOT_IN_YEAR, [("area", name.clone().into()), ("year", year.to_string().into())]);
        let body = view! {
            <div class="lead">{trail} <h1>{name.clone()}</h1> <p class="notice">{words.clone()}</p> {notes(context, area)}</div>
            {choice}
        };
        return Some(Content { title: name, description: words, body: body.into_any(), found: true });
    };
    let national = release.profiles.get(context.country());
    let headline = headline(context, &name, year, profile);
    let body = view! {
        <div class="lead">
            {trail}
            <h1>{headline.clone()}</h1>
            <p class="rests-on">
                {context.fill(message::RESTS_ON, [("coverage", coverage::words(context, &profile.coverage).into())])}
            </p>
            {notes(context, area)}
        </div>
        {choice}
        {criteria_figure(context, profile, national, year)}
        {indicators_table(context, profile, national)}
        {lines(context, area)}
    };
    Some(Content { title: name, description: headline, body: body.into_any(), found: true })
}

fn headline(context: &PageContext<'_>, name: &str, year: i16, profile: &Profile) -> String {
    let Some(score) = profile.score else {
        return context.fill(message::HEADLINE_NO_SCORE, [("country", name.into()), ("year", year.to_string().into())]);
    };
    let score = context.formats.score(score);
    match profile.rank {
        Some(rank) => context.fill(
            message::REGION_HEADLINE,
            [
                ("area", name.into()),
                ("year", year.to_string().into()),
                ("score", score.into()),
                ("rank", context.formats.count(u64::from(rank)).into()),
                ("ranked", context.formats.count(u64::from(profile.ranked)).into()),
            ],
        ),
        None => context.fill(
            message::HEADLINE,
            [("country", name.into()), ("year", year.to_string().into()), ("score", score.into())],
        ),
    }
}

/// When and from what the region was formed, and how its territory changed.
fn notes(context: &PageContext<'_>, area: &AreaEntry) -> AnyView {
    let mut notes = Vec::new();
    if let Some(day) = area.valid_from {
        let from: Vec<String> = area.predecessors.iter().map(|code| context.area_name(code)).collect();
        let words = [("day", context.formats.day(day).into()), ("from", from.join(", ").into())];
        notes.push(context.fill(message::REGION_FORMED, words));
    }
    if let Some(day) = area.valid_to {
        notes.push(context.fill(message::REGION_DISSOLVED, [("day", context.formats.day(day).into())]));
    }
    notes.extend(area.breaks.iter().map(|change| {
        let words = [("day", context.formats.day(change.date).into()), ("reason", context.text(&change.reason).into())];
        context.fill(message::REGION_BREAK, words)
    }));
    notes.into_iter().map(|note| view! { <p class="note">{note}</p> }).collect_view().into_any()
}

/// The eight criteria as bars, the national score in the table beside.
fn criteria_figure(context: &PageContext<'_>, profile: &Profile, national: Option<&Profile>, year: i16) -> AnyView {
    let rows = profile.criteria.iter().map(|criterion| {
        let score = &criterion.score;
        RankingRow {
            code: score.criterion.to_string(),
            name: context.criterion_name(&score.criterion),
            rank: score.rank.map(|rank| context.formats.count(u64::from(rank))).unwrap_or_default(),
            value: score.score,
            text: context.score(score.score),
            interval: None,
            coverage: Some(coverage::shares(context, &score.coverage)),
            note: coverage::words(context, &score.coverage),
            href: Some(context.href(Page::Criterion(score.criterion.clone()))),
            emphasis: Emphasis::Context,
        }
    });
    let mut headings = scoreboard::ranking_headings(context);
    headings.area = context.say(message::CRITERION);
    let title = strongest_and_weakest(context, profile);
    let subtitle = context.fill(message::REGION_CRITERIA_SUBTITLE, [("year", year.to_string().into())]);
    let chart = Ranking {
        caption: Caption { id: "criteria".to_owned(), title: title.clone(), description: subtitle.clone() },
        rows: rows.collect(),
        axis: scoreboard::score_axis(context.formats.marks()),
        headings,
        missing: context.missing(),
    };
    let twin = criteria_twin(context, profile, national, title.clone());
    let plot = view! { <Plot chart=chart /> {coverage_key(context)} };
    figure(
        context,
        Figure {
            twin: Some(twin),
            csv: Some(format!("/api/v1/index/{}.csv?period={year}", profile.area)),
            ..Figure::new("figure-criteria", title, subtitle, plot)
        },
    )
}

fn strongest_and_weakest(context: &PageContext<'_>, profile: &Profile) -> String {
    let mut scored: Vec<(&ProfileCriterion, f64)> =
        profile.criteria.iter().filter_map(|criterion| Some((criterion, criterion.score.score?))).collect();
    scored.sort_by(|(_, left), (_, right)| right.total_cmp(left));
    match (scored.first(), scored.last()) {
        (Some((best, high)), Some((worst, low))) if scored.len() > 1 => context.fill(
            message::REGION_ENDS,
            [
                ("best", context.criterion_name(&best.score.criterion).into()),
                ("high", context.formats.score(*high).into()),
                ("worst", context.criterion_name(&worst.score.criterion).into()),
                ("low", context.formats.score(*low).into()),
            ],
        ),
        _ => context.say(message::HEAT_TITLE_REGION),
    }
}

fn criteria_twin(context: &PageContext<'_>, profile: &Profile, national: Option<&Profile>, caption: String) -> Twin {
    let rows = profile.criteria.iter().map(|criterion| {
        let beside = national
            .and_then(|national| {
                national.criteria.iter().find(|other| other.score.criterion == criterion.score.criterion)
            })
            .and_then(|other| other.score.score);
        TwinRow {
            name: context.criterion_name(&criterion.score.criterion),
            href: Some(context.href(Page::Criterion(criterion.score.criterion.clone()))),
            cells: vec![
                context.score(criterion.score.score),
                context.score(beside),
                criterion.score.rank.map_or_else(dash, |rank| context.formats.count(u64::from(rank))),
                context.formats.share(criterion.weight),
                criterion.contribution.map_or_else(dash, |points| context.formats.number(points, 2)),
                coverage::words(context, &criterion.score.coverage),
            ],
        }
    });
    Twin {
        caption,
        header: vec![
            context.say(message::CRITERION),
            context.say(message::SCORE),
            context.area_name(context.country()),
            context.say(message::RANK),
            context.say(message::WEIGHT),
            context.say(message::CONTRIBUTION),
            context.say(message::COVERAGE),
        ],
        rows: rows.collect(),
    }
}

fn dash() -> String {
    "\u{2013}".to_owned()
}

/// Every indicator from value to contribution, criterion by criterion.
fn indicators_table(context: &PageContext<'_>, profile: &Profile, national: Option<&Profile>) -> AnyView {
    let columns = [
        message::INDICATOR,
        message::VALUE,
        message::PERIOD,
        message::STATUS,
        message::NATIONAL_VALUE,
        message::GOALPOSTS,
        message::SCORE,
        message::WEIGHT,
        message::CONTRIBUTION,
        message::SOURCE,
    ];
    let head = columns.into_iter().map(|words| view! { <th scope="col">{context.say(words)}</th> }).collect_view();
    let groups = profile
        .criteria
        .iter()
        .map(|criterion| {
            let name = context.criterion_name(&criterion.score.criterion);
            let rows = criterion
                .indicators
                .iter()
                .map(|cell| {
                    let beside = national.and_then(|national| cell_of(national, cell));
                    indicator_row(context, profile, cell, beside)
                })
                .collect_view();
            let empty = criterion.indicators.is_empty().then(|| {
                view! { <tr><td class="empty" colspan="10">{context.say(message::CRITERION_EMPTY)}</td></tr> }
            });
            view! {
                <tbody>
                    <tr class="group"><th scope="colgroup" colspan="10">{name}</th></tr>
                    {rows}
                    {empty}
                </tbody>
            }
        })
        .collect_view();
    let caption = context.say(message::INDICATORS_CAPTION);
    view! {
        <section class="figure" aria-labelledby="indicators-title">
            <h2 id="indicators-title">{context.say(message::INDICATORS_TITLE)}</h2>
            <p class="subtitle">{caption.clone()}</p>
            <div class="wide-table" tabindex="0" role="region" aria-labelledby="indicators-title">
                <table class="indicators">
                    <caption class="unseen">{caption}</caption>
                    <thead><tr>{head}</tr></thead>
                    {groups}
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn cell_of<'a>(profile: &'a Profile, cell: &CellEntry) -> Option<&'a CellEntry> {
    profile.criteria.iter().flat_map(|criterion| &criterion.indicators).find(|other| other.indicator == cell.indicator)
}

fn indicator_row(
    context: &PageContext<'_>,
    profile: &Profile,
    cell: &CellEntry,
    beside: Option<&CellEntry>,
) -> AnyView {
    let Some(indicator) = context.site.indicator(Panel::Regions, &cell.indicator) else { return ().into_any() };
    let written = |value: Option<f64>| value.map(|value| context.value(value, indicator));
    let has_value = cell.value.is_some();
    let value = written(cell.value).unwrap_or_else(|| match cell.status {
        CellStatus::NotApplicable => dash(),
        _ => context.missing(),
    });
    let value_class = if has_value { "number" } else { "number missing" };
    let period = cell.period.map_or_else(dash, |period| context.formats.period(period));
    let goalposts = context.fill(
        message::GOALPOSTS_RANGE,
        [
            ("low", context.formats.number(indicator.goalpost_low, trimmed(indicator.goalpost_low)).into()),
            ("high", context.formats.number(indicator.goalpost_high, trimmed(indicator.goalpost_high)).into()),
        ],
    );
    let proxy = indicator.proxy_note.as_ref().map(|note| {
        view! { <span class="tag" title=context.text(note)>{context.say(message::PROXY)}</span> }
    });
    let lower = lower_is_better(context, indicator);
    let points = cell.contribution.map_or_else(dash, |points| context.formats.number(points, 2));
    let weight = if has_value { context.formats.number(cell.effective_weight * 100.0, 1) } else { dash() };
    view! {
        <tr>
            <th scope="row">
                <a href=context.indicator_href(Panel::Regions, &indicator.code)>{context.text(&indicator.name)}</a>
                {proxy}
                {lower}
            </th>
            <td class=value_class>{value}</td>
            <td class="number">{period}</td>
            <td>{status(context, profile, cell)}</td>
            <td class="number">{written(beside.and_then(|beside| beside.value)).unwrap_or_else(dash)}</td>
            <td class="number">{goalposts}</td>
            <td class="number">{cell.normalised.map_or_else(dash, |score| context.formats.score(score))}</td>
            <td class="number">{weight}</td>
            <td class="number">{points}</td>
            <td>{sources(context, cell, indicator)}</td>
        </tr>
    }
    .into_any()
}

fn lower_is_better(context: &PageContext<'_>, indicator: &IndicatorEntry) -> Option<AnyView> {
    let is_lower = indicator.direction == indicators::definition::Direction::LowerIsBetter;
    is_lower.then(|| view! { <span class="tag">{context.say(message::LOWER_IS_BETTER)}</span> }.into_any())
}

/// Whole numbers need no decimals.
fn trimmed(value: f64) -> u8 {
    if value.fract() == 0.0 { 0 } else { 2 }
}

/// How the value came to be, with whose value it is and every remark on it.
fn status(context: &PageContext<'_>, profile: &Profile, cell: &CellEntry) -> AnyView {
    let mut words = coverage::status_words(context, cell.status);
    if let Some(other) = cell.inputs.first().map(|input| &input.area).filter(|area| **area != profile.area) {
        words = format!("{words}: {}", context.area_name(other));
    }
    let remarks = cell
        .findings
        .iter()
        .map(|finding| view! { <span class="remark">{remark(context, finding)}</span> })
        .collect_view();
    view! { {words} {remarks} }.into_any()
}

fn remark(context: &PageContext<'_>, finding: &CellFinding) -> String {
    let period = |period: &_| context.formats.period(*period);
    match finding {
        CellFinding::DenominatorOfAnotherPeriod { numerator, denominator } => context.fill(
            message::REMARK_DENOMINATOR,
            [("numerator", period(numerator).into()), ("denominator", period(denominator).into())],
        ),
        CellFinding::CarriedAcrossBoundaryChange { period: of } => {
            context.fill(message::REMARK_ACROSS_BOUNDARY, [("period", period(of).into())])
        }
        CellFinding::BreakInSeries { period: of } => {
            context.fill(message::REMARK_BREAK, [("period", period(of).into())])
        }
        CellFinding::BackCast { period: of } => {
            context.fill(message::REMARK_BACK_CAST, [("period", period(of).into())])
        }
    }
}

/// The dataflows a value came from, or could have come from.
fn sources(context: &PageContext<'_>, cell: &CellEntry, indicator: &IndicatorEntry) -> AnyView {
    let mut codes: Vec<_> = cell.inputs.iter().map(|input| input.dataflow.clone()).collect();
    if codes.is_empty() {
        codes.clone_from(&indicator.dataflows);
    }
    codes.sort();
    codes.dedup();
    let mut providers: Vec<(String, String)> = Vec::new();
    for code in codes {
        let name = context.site.source(&code).map_or_else(|| code.to_string(), |source| context.text(&source.provider));
        if !providers.iter().any(|(known, _)| *known == name) {
            providers.push((name, format!("{}#{code}", context.href(Page::Sources))));
        }
    }
    let links =
        providers.into_iter().map(|(name, href)| view! { <a class="source-link" href=href>{name}</a> }).collect_view();
    links.into_any()
}

/// Lines of the indicators that regions publish themselves.
fn lines(context: &PageContext<'_>, area: &AreaEntry) -> AnyView {
    let drawn: Vec<AnyView> = context
        .site
        .indicators
        .iter()
        .filter(|indicator| indicator.panel == Panel::Regions && is_measured(context, indicator))
        .filter_map(|indicator| small_line(context, area, indicator))
        .collect();
    if drawn.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="figure" aria-labelledby="lines-title">
            <h2 id="lines-title">{context.say(message::LINES_TITLE)}</h2>
            <p class="subtitle">{context.say(message::LINES_SUBTITLE)}</p>
            <div class="small-multiples">{drawn}</div>
        </section>
    }
    .into_any()
}

fn is_measured(context: &PageContext<'_>, indicator: &IndicatorEntry) -> bool {
    let definition = context.site.framework.indicators_of(indicator.panel).find(|one| one.code == indicator.code);
    matches!(
        definition.and_then(|definition| definition.derivation.as_ref()),
        Some(Derivation::Observed { .. } | Derivation::Ratio { .. })
    )
}

fn small_line(context: &PageContext<'_>, area: &AreaEntry, indicator: &IndicatorEntry) -> Option<AnyView> {
    let own = history(context, indicator, &area.code);
    let country = context.country();
    let mut strands = Vec::new();
    if area.code != *country {
        strands.push(Strand {
            area: country.clone(),
            emphasis: Emphasis::Yardstick,
            history: history(context, indicator, country),
            href: None,
        });
    }
    if own.is_empty() {
        return None;
    }
    strands.push(Strand { area: area.code.clone(), emphasis: Emphasis::Chosen, history: own, href: None });
    let title = context.text(&indicator.name);
    let drawn = Drawn {
        id: format!("line-{}", indicator.code.as_str().replace('_', "-")),
        title: title.clone(),
        description: context.unit_words(indicator),
        indicator,
        heading: context.say(message::REGION),
    };
    let chart = line(context, drawn, strands);
    let twin = chart.twin();
    let view = view! {
        <div class="small">
            <h3><a href=context.indicator_href(Panel::Regions, &indicator.code)>{title}</a></h3>
            <p class="subtitle">{context.unit_words(indicator)}</p>
            <Plot chart=chart sizes=Sizes::Compact />
            <details class="as-table">
                <summary>{context.say(message::FIGURE_AS_TABLE)}</summary>
                <crate::charts::twin::TwinTable twin=twin />
            </details>
        </div>
    };
    Some(view.into_any())
}
