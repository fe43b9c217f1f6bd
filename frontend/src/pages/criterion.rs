//! One criterion over all regions: map, ranking, its indicators, its trend.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

mod change;

use indicators::code::CriterionCode;
use indicators::definition::Panel;
use indicators::wire::{CriterionEntry, IndexEntry, IndicatorEntry, Profile};
use leptos::prelude::*;

use crate::charts::choropleth::MapLabels;
use crate::charts::heat_table::{HeatCell, HeatColumn, HeatRow, HeatTable};
use crate::components::context::PageContext;
use crate::components::figure::{Figure, figure};
use crate::components::sources::dataflows;
use crate::components::values::Widest;
use crate::components::{choosers, scoreboard, values};
use crate::data::PublishedRelease;
use crate::locale::message;
use crate::pages::document::Content;
use crate::pages::overview;
use crate::route::Page;
use crate::shades;

pub(crate) fn content(context: &PageContext<'_>, code: &CriterionCode) -> Option<Content> {
    let criterion = context.site.criterion(code)?;
    let release = context.release(Panel::Regions)?;
    let name = context.text(&criterion.name);
    let finding = scoreboard::finding(context, &release, Some(code));
    let is_scored = release.answer.index.iter().any(|entry| scoreboard::standing(entry, Some(code)).score.is_some());
    let charts = is_scored.then(|| {
        view! {
            <div class="overview-charts">
                {overview::map_figure(context, &release, Some(code), MapLabels::NamesAndValues)}
                {overview::ranking_figure(context, &release, Some(code))}
                {overview::trend_figure(context, Some(code))}
            </div>
            {change::change_figure(context, &release, code)}
            {values_figure(context, &release, criterion)}
        }
    });
    let body = view! {
        <div class="lead">
            <p class="trail">
                <a href=context.href(Page::Overview)>{context.say(message::NAV_OVERVIEW)}</a>
                " \u{203a} "
                {name.clone()}
            </p>
            <h1>{name.clone()}</h1>
            <p>{context.text(&criterion.description)} " " {context.fill(message::CRITERION_WEIGHT, [("weight", context.formats.number(criterion.weight * 100.0, 1).into())])}</p>
            {(!is_scored).then(|| view! { <p class="finding">{finding.clone()}</p> })}
        </div>
        {choosers::years(context, Panel::Regions, release.year())}
        {charts}
        {members(context, criterion)}
    };
    Some(Content { title: name, description: finding, body: body.into_any(), found: true })
}

/// The values of the indicators by region, shaded by their scores.
fn values_figure(context: &PageContext<'_>, release: &PublishedRelease<'_>, criterion: &CriterionEntry) -> AnyView {
    let indicators: Vec<&IndicatorEntry> =
        criterion.region_indicators.iter().filter_map(|code| context.site.indicator(Panel::Regions, code)).collect();
    let columns = indicators.iter().map(|indicator| HeatColumn {
        title: format!("{}, {}", context.text(&indicator.name), context.text(&indicator.unit.name)),
        href: Some(context.indicator_href(Panel::Regions, &indicator.code)),
    });
    let cells = |entry: &IndexEntry| -> Vec<HeatCell> {
        let profile = release.profiles.get(&entry.area);
        indicators.iter().map(|indicator| values::shaded(context, profile, indicator)).collect()
    };
    let row = |entry: &IndexEntry, href: Option<String>| HeatRow {
        code: entry.area.to_string(),
        name: context.area_name(&entry.area),
        href,
        selected: false,
        cells: cells(entry),
    };
    let national = release.answer.national.iter().map(|entry| row(entry, None));
    let regions = scoreboard::in_order(release, Some(&criterion.code))
        .into_iter()
        .map(|(entry, _)| row(entry, Some(context.href(Page::Region(entry.area.clone())))));
    let subtitle = context.fill(message::VALUES_SUBTITLE, [("year", release.year().to_string().into())]);
    let table = HeatTable {
        id: "values".to_owned(),
        caption: subtitle.clone(),
        corner: context.say(message::REGION),
        columns: columns.collect(),
        rows: national.chain(regions).collect(),
        classes: shades::scores(),
        missing: context.missing(),
        signs: values::signs(context),
    };
    let words = (values_finding(context, release, &indicators), subtitle);
    figure(context, Figure::of_table("figure-values", words, table, dataflows(context, Some(&criterion.code))))
}

/// The indicator in which the regions differ most.
fn values_finding(context: &PageContext<'_>, release: &PublishedRelease<'_>, indicators: &[&IndicatorEntry]) -> String {
    let profiles = release.answer.index.iter().filter_map(|entry| release.profiles.get(&entry.area));
    let profiles: Vec<&Profile> = profiles.collect();
    let Some(Widest { indicator, low, high }) = values::widest(context, &profiles, indicators.iter().copied()) else {
        return context.say(message::VALUES_TITLE);
    };
    context.fill(
        message::VALUES_WIDEST,
        [
            ("count", indicators.len().into()),
            ("indicator", context.text(&indicator.name).into()),
            ("low", context.value_under_unit(low, indicator).into()),
            ("high", context.value(high, indicator).into()),
        ],
    )
}

/// The indicators of both panels, each with a link to its page.
fn members(context: &PageContext<'_>, criterion: &CriterionEntry) -> AnyView {
    let panels = [
        (Panel::Regions, message::NAV_OVERVIEW_REGIONS, &criterion.region_indicators),
        (Panel::Countries, message::NAV_COUNTRIES, &criterion.country_indicators),
    ];
    let lists = panels
        .into_iter()
        .map(|(panel, words, codes)| {
            let items = codes
                .iter()
                .filter_map(|code| context.site.indicator(panel, code))
                .map(|indicator| {
                    let national = indicator
                        .national_only
                        .then(|| view! { <span class="tag">{context.say(message::NATIONAL_ONLY)}</span> });
                    let proxy = indicator
                        .proxy_note
                        .is_some()
                        .then(|| view! { <span class="tag">{context.say(message::PROXY)}</span> });
                    view! {
                        <li>
                            <a href=context.indicator_href(panel, &indicator.code)>{context.text(&indicator.name)}</a>
                            <span class="unit">{context.unit_words(indicator)}</span>
                            {national}
                            {proxy}
                        </li>
                    }
                })
                .collect_view();
            let empty = codes.is_empty().then(|| view! { <p class="note">{context.say(message::CRITERION_EMPTY)}</p> });
            view! {
                <div>
                    <h3>{context.say(words)}</h3>
                    <ul class="members">{items}</ul>
                    {empty}
                </div>
            }
        })
        .collect_view();
    view! {
        <section class="figure" aria-labelledby="members-title">
            <h2 id="members-title">{context.say(message::MEMBERS_TITLE)}</h2>
            <div class="two-columns">{lists}</div>
        </section>
    }
    .into_any()
}
