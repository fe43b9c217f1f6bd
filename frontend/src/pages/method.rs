//! How the index is made, with every choice of the framework beside its reason.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use indicators::definition::Panel;
use indicators::wire::IndicatorEntry;
use leptos::prelude::*;

use crate::components::context::PageContext;
use crate::components::scoring;
use crate::components::wide_table::{Cell, Group, Row, WideTable, wide_table};
use crate::locale::{Message, message};
use crate::pages::document::Content;
use crate::route::Page;

pub(crate) fn content(context: &PageContext<'_>) -> Content {
    let framework = context.site.framework;
    let title = context.say(message::METHOD_TITLE);
    let intro = context.fill(
        message::METHOD_INTRO,
        [
            ("index", context.text(&framework.name).into()),
            ("framework", format!("{}-{}", framework.id, framework.version).into()),
            ("count", framework.criteria.len().into()),
        ],
    );
    let steps = [
        (message::STEP_CHOOSE_TITLE, message::STEP_CHOOSE),
        (message::STEP_SUBSTITUTE_TITLE, message::STEP_SUBSTITUTE),
        (message::STEP_NORMALISE_TITLE, message::STEP_NORMALISE),
        (message::STEP_AGGREGATE_TITLE, message::STEP_AGGREGATE),
        (message::STEP_COVERAGE_TITLE, message::STEP_COVERAGE),
        (message::STEP_BOUNDARIES_TITLE, message::STEP_BOUNDARIES),
        (message::STEP_RELEASE_TITLE, message::STEP_RELEASE),
    ];
    let steps = steps
        .into_iter()
        .map(|(title, words)| view! { <li><h3>{context.say(title)}</h3><p>{context.say(words)}</p></li> })
        .collect_view();
    // The rules with real numbers: the region that leads.
    let leader = context
        .release(Panel::Regions)
        .and_then(|release| release.answer.index.iter().min_by_key(|entry| entry.rank.unwrap_or(u32::MAX)));
    let example = leader.map(|entry| {
        let words = context.fill(message::STEPS_EXAMPLE, [("area", context.area_name(&entry.area).into())]);
        let href = format!("{}#indicators-title", context.href(Page::Region(entry.area.clone())));
        view! { <p><a href=href>{words}</a></p> }
    });
    let body = view! {
        <div class="lead">
            <h1>{title.clone()}</h1>
            <p>{intro.clone()}</p>
        </div>
        <section class="figure" aria-labelledby="steps-title">
            <h2 id="steps-title">{context.say(message::STEPS_TITLE)}</h2>
            <ol class="steps">{steps}</ol>
            {example}
        </section>
        {framework_table(context, Panel::Regions, "framework-regions", message::FRAMEWORK_REGIONS)}
        {framework_table(context, Panel::Countries, "framework-countries", message::FRAMEWORK_COUNTRIES)}
    };
    Content { title, description: intro, body: body.into_any(), found: true }
}

fn framework_table(context: &PageContext<'_>, panel: Panel, id: &'static str, title: Message) -> AnyView {
    let columns = [
        message::INDICATOR,
        message::UNIT,
        message::DIRECTION,
        message::GOALPOSTS,
        message::MAX_AGE,
        message::WEIGHT_IN_INDEX,
    ];
    let groups = context.site.criteria.iter().map(|criterion| {
        let members: Vec<&IndicatorEntry> = context
            .site
            .indicators
            .iter()
            .filter(|indicator| indicator.panel == panel && indicator.criterion == criterion.code)
            .collect();
        let total: f64 = members.iter().map(|indicator| indicator.weight).sum();
        let share = |weight: f64| if total > 0.0 { criterion.weight * weight / total } else { 0.0 };
        let href = context.href(Page::Criterion(criterion.code.clone()));
        Group {
            title: Some(view! { <a href=href>{context.text(&criterion.name)}</a> }.into_any()),
            empty: members.is_empty().then(|| context.say(message::CRITERION_EMPTY)),
            rows: members
                .into_iter()
                .map(|indicator| indicator_row(context, panel, indicator, share(indicator.weight)))
                .collect(),
        }
    });
    let table = WideTable {
        named_by: id,
        kind: "framework",
        columns: columns.into_iter().map(|words| context.say(words)).collect(),
        groups: groups.collect(),
    };
    view! {
        <section class="figure" aria-labelledby=id>
            <h2 id=id>{context.say(title)}</h2>
            <p class="subtitle">{context.say(message::FRAMEWORK_SUBTITLE)}</p>
            {wide_table(table)}
        </section>
    }
    .into_any()
}

fn indicator_row(context: &PageContext<'_>, panel: Panel, indicator: &IndicatorEntry, share: f64) -> Row {
    let national =
        indicator.national_only.then(|| view! { <span class="tag">{context.say(message::NATIONAL_ONLY)}</span> });
    let proxy =
        indicator.proxy_note.is_some().then(|| view! { <span class="tag">{context.say(message::PROXY)}</span> });
    let head = view! {
        <a href=context.indicator_href(panel, &indicator.code)>{context.text(&indicator.name)}</a>
        {national}
        {proxy}
    };
    let goalposts = view! {
        {scoring::goalposts(context, indicator)}
        <span class="remark">{context.text(&indicator.goalpost_reason)}</span>
    };
    let age = view! {
        {scoring::max_age(context, indicator)}
        <span class="remark">{context.text(&indicator.max_age_reason)}</span>
    };
    Row {
        head: head.into_any(),
        cells: vec![
            Cell::words(context.text(&indicator.unit.name)),
            Cell::words(scoring::direction(context, indicator)),
            Cell::long(goalposts),
            Cell::long(age),
            Cell::number(context.formats.number(share * 100.0, 2)),
        ],
    }
}
