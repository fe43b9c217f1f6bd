//! Every indicator of a region from value to contribution, with its source, period and status.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use indicators::assembly::{CellFinding, CellStatus};
use indicators::definition::{Direction, Panel};
use indicators::wire::{CellEntry, IndicatorEntry, Profile};
use leptos::prelude::*;

use super::dash;
use super::drill::drill;
use crate::components::context::PageContext;
use crate::components::coverage;
use crate::components::wide_table::{Cell, Group, Row, WideTable, wide_table};
use crate::locale::message;
use crate::route::Page;

/// Every indicator from value to contribution, criterion by criterion.
pub(super) fn table(context: &PageContext<'_>, profile: &Profile, national: Option<&Profile>) -> AnyView {
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
    let groups = profile.criteria.iter().map(|criterion| {
        let rows = criterion.indicators.iter().filter_map(|cell| {
            let beside = national.and_then(|national| cell_of(national, cell));
            indicator_row(context, profile, cell, beside)
        });
        Group {
            title: Some(context.criterion_name(&criterion.score.criterion).into_any()),
            rows: rows.collect(),
            empty: criterion.indicators.is_empty().then(|| context.say(message::CRITERION_EMPTY)),
        }
    });
    let table = WideTable {
        named_by: "indicators-title",
        kind: "indicators",
        columns: columns.into_iter().map(|words| context.say(words)).collect(),
        groups: groups.collect(),
    };
    view! {
        <section class="figure" aria-labelledby="indicators-title">
            <h2 id="indicators-title">{context.say(message::INDICATORS_TITLE)}</h2>
            <p class="subtitle">{context.say(message::INDICATORS_CAPTION)}</p>
            {wide_table(table)}
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
) -> Option<Row> {
    let indicator = context.site.indicator(Panel::Regions, &cell.indicator)?;
    let written = |value: Option<f64>| value.map(|value| context.value(value, indicator));
    let has_value = cell.value.is_some();
    let value = written(cell.value).unwrap_or_else(|| match cell.status {
        CellStatus::NotApplicable => dash(),
        _ => context.missing(),
    });
    let value = if has_value { Cell::number(value) } else { Cell::missing(value) };
    let period = cell.period.map_or_else(dash, |period| context.formats.period(period));
    let goalposts = context.fill(
        message::GOALPOSTS_RANGE,
        [
            ("low", context.number_trimmed(indicator.goalpost_low, indicator).into()),
            ("high", context.number_trimmed(indicator.goalpost_high, indicator).into()),
        ],
    );
    let proxy = indicator.proxy_note.as_ref().map(|note| {
        view! { <span class="tag" title=context.text(note)>{context.say(message::PROXY)}</span> }
    });
    let lower = lower_is_better(context, indicator);
    let points = cell.contribution.map_or_else(dash, |points| context.formats.number(points, 2));
    let weight = if has_value { context.formats.number(cell.effective_weight * 100.0, 1) } else { dash() };
    let head = view! {
        <a href=context.indicator_href(Panel::Regions, &indicator.code)>{context.text(&indicator.name)}</a>
        {proxy}
        {lower}
        {drill(context, cell, indicator)}
    };
    Some(Row {
        head: head.into_any(),
        cells: vec![
            value,
            Cell::number(period),
            Cell::long(status(context, profile, cell)),
            Cell::number(written(beside.and_then(|beside| beside.value)).unwrap_or_else(dash)),
            Cell::number(goalposts),
            Cell::number(cell.normalised.map_or_else(dash, |score| context.formats.score(score))),
            Cell::number(weight),
            Cell::number(points),
            Cell::long(sources(context, cell, indicator)),
        ],
    })
}

fn lower_is_better(context: &PageContext<'_>, indicator: &IndicatorEntry) -> Option<AnyView> {
    let is_lower = indicator.direction == Direction::LowerIsBetter;
    is_lower.then(|| view! { <span class="tag">{context.say(message::LOWER_IS_BETTER)}</span> }.into_any())
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
