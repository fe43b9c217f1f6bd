//! How the index is made, with every choice of the framework beside its reason.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use indicators::definition::{Direction, Panel};
use indicators::wire::IndicatorEntry;
use leptos::prelude::*;

use crate::components::context::PageContext;
use crate::locale::message;
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
    let body = view! {
        <div class="lead">
            <h1>{title.clone()}</h1>
            <p>{intro.clone()}</p>
        </div>
        <section class="figure" aria-labelledby="steps-title">
            <h2 id="steps-title">{context.say(message::STEPS_TITLE)}</h2>
            <ol class="steps">{steps}</ol>
        </section>
        {framework_table(context, Panel::Regions, "framework-regions", message::FRAMEWORK_REGIONS)}
        {framework_table(context, Panel::Countries, "framework-countries", message::FRAMEWORK_COUNTRIES)}
    };
    Content { title, description: intro, body: body.into_any(), found: true }
}

fn framework_table(
    context: &PageContext<'_>,
    panel: Panel,
    id: &'static str,
    title: crate::locale::Message,
) -> AnyView {
    let columns = [
        message::INDICATOR,
        message::UNIT,
        message::DIRECTION,
        message::GOALPOSTS,
        message::MAX_AGE,
        message::WEIGHT_IN_INDEX,
    ];
    let head = columns.into_iter().map(|words| view! { <th scope="col">{context.say(words)}</th> }).collect_view();
    let groups = context
        .site
        .criteria
        .iter()
        .map(|criterion| {
            let members: Vec<&IndicatorEntry> = context
                .site
                .indicators
                .iter()
                .filter(|indicator| indicator.panel == panel && indicator.criterion == criterion.code)
                .collect();
            let total: f64 = members.iter().map(|indicator| indicator.weight).sum();
            let rows = members
                .iter()
                .map(|indicator| {
                    let share = if total > 0.0 { criterion.weight * indicator.weight / total } else { 0.0 };
                    indicator_row(context, panel, indicator, share)
                })
                .collect_view();
            let empty = members.is_empty().then(|| {
                view! { <tr><td class="empty" colspan="6">{context.say(message::CRITERION_EMPTY)}</td></tr> }
            });
            let name = context.text(&criterion.name);
            let href = context.href(Page::Criterion(criterion.code.clone()));
            view! {
                <tbody>
                    <tr class="group"><th scope="colgroup" colspan="6"><a href=href>{name}</a></th></tr>
                    {rows}
                    {empty}
                </tbody>
            }
        })
        .collect_view();
    view! {
        <section class="figure" aria-labelledby=id>
            <h2 id=id>{context.say(title)}</h2>
            <p class="subtitle">{context.say(message::FRAMEWORK_SUBTITLE)}</p>
            <div class="wide-table" tabindex="0" role="region" aria-labelledby=id>
                <table class="framework"><thead><tr>{head}</tr></thead>{groups}</table>
            </div>
        </section>
    }
    .into_any()
}

fn indicator_row(context: &PageContext<'_>, panel: Panel, indicator: &IndicatorEntry, share: f64) -> AnyView {
    let direction = context.say(match indicator.direction {
        Direction::HigherIsBetter => message::HIGHER_IS_BETTER,
        Direction::LowerIsBetter => message::LOWER_IS_BETTER,
    });
    let goalposts = context.fill(
        message::GOALPOSTS_RANGE,
        [
            ("low", context.value_trimmed(indicator.goalpost_low, indicator).into()),
            ("high", context.value_trimmed(indicator.goalpost_high, indicator).into()),
        ],
    );
    let national =
        indicator.national_only.then(|| view! { <span class="tag">{context.say(message::NATIONAL_ONLY)}</span> });
    let proxy =
        indicator.proxy_note.is_some().then(|| view! { <span class="tag">{context.say(message::PROXY)}</span> });
    view! {
        <tr>
            <th scope="row">
                <a href=context.indicator_href(panel, &indicator.code)>{context.text(&indicator.name)}</a>
                {national}
                {proxy}
            </th>
            <td>{context.text(&indicator.unit.name)}</td>
            <td>{direction}</td>
            <td>{goalposts} <span class="remark">{context.text(&indicator.goalpost_reason)}</span></td>
            <td>
                {context.fill(message::MAX_AGE_YEARS, [("count", usize::from(indicator.max_age_years).into())])}
                <span class="remark">{context.text(&indicator.max_age_reason)}</span>
            </td>
            <td class="number">{context.formats.number(share * 100.0, 2)}</td>
        </tr>
    }
    .into_any()
}
