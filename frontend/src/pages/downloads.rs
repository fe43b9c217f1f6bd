//! Every dataset in every format the API gives, with how to cite it.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use std::cmp::Reverse;

use indicators::definition::Panel;
use leptos::prelude::*;

use crate::components::context::PageContext;
use crate::components::sources::licence_words;
use crate::components::wide_table::{Cell, Group, Row, WideTable, wide_table};
use crate::locale::{Message, message};
use crate::pages::document::Content;
use crate::route::Page;

pub(crate) fn content(context: &PageContext<'_>) -> Content {
    let title = context.say(message::DOWNLOADS_TITLE);
    let intro = context.say(message::DOWNLOADS_INTRO);
    let body = view! {
        <div class="lead">
            <h1>{title.clone()}</h1>
            <p>{intro.clone()}</p>
        </div>
        {section(context, "downloads-index", message::DOWNLOADS_INDEX, indexes(context))}
        {section(context, "downloads-observations", message::DOWNLOADS_OBSERVATIONS, observations(context))}
        {section(context, "downloads-lists", message::DOWNLOADS_LISTS, lists(context))}
        {citation(context)}
    };
    Content { title, description: intro, body: body.into_any(), found: true }
}

fn section(context: &PageContext<'_>, id: &'static str, title: Message, rows: Vec<Row>) -> AnyView {
    let columns = [message::DOWNLOADS_DATASET, message::LICENCE, message::DOWNLOADS_FORMATS];
    let table = WideTable {
        named_by: id,
        kind: "downloads",
        columns: columns.into_iter().map(|words| context.say(words)).collect(),
        groups: vec![Group { title: None, rows, empty: None }],
    };
    view! {
        <section class="figure" aria-labelledby=id>
            <h2 id=id>{context.say(title)}</h2>
            {wide_table(table)}
        </section>
    }
    .into_any()
}

pub(crate) fn panel_words(context: &PageContext<'_>, panel: Panel) -> String {
    context.say(match panel {
        Panel::Regions => message::PANEL_REGIONS,
        Panel::Countries => message::PANEL_COUNTRIES,
    })
}

/// The scores of every year.
fn indexes(context: &PageContext<'_>) -> Vec<Row> {
    let mut releases: Vec<&(Panel, i16)> = context.site.releases.keys().collect();
    releases.sort_by_key(|(panel, year)| (*panel, Reverse(*year)));
    let rows = releases.into_iter().map(|(panel, year)| {
        let name = context.fill(
            message::DOWNLOADS_INDEX_OF,
            [("panel", panel_words(context, *panel).into()), ("year", year.to_string().into())],
        );
        let query = format!("?panel={}&period={year}", panel.code());
        dataset(context, name.into_any(), of_the_sources(context), "/index", &query)
    });
    rows.collect()
}

/// The values of every measured indicator that has some.
fn observations(context: &PageContext<'_>) -> Vec<Row> {
    let sources = context.site.sources.iter();
    let rows = sources.flat_map(|source| {
        source.indicators.iter().filter(|code| !context.site.observations_of(code).is_empty()).map(|code| {
            let href = format!("{}#{}", context.href(Page::Sources), source.dataflow);
            let known = context.site.indicators.iter().find(|indicator| indicator.code == *code);
            let name = view! {
                {known.map_or_else(|| code.to_string(), |indicator| context.text(&indicator.name))}
                <span class="remark">{code.to_string()} " \u{b7} " <a href=href>{context.text(&source.name)}</a></span>
            };
            let query = format!("?indicator={code}");
            dataset(context, name.into_any(), licence_words(&source.licence), "/observations", &query)
        })
    });
    rows.collect()
}

fn lists(context: &PageContext<'_>) -> Vec<Row> {
    let lists = [
        ("/areas", message::DOWNLOADS_AREAS),
        ("/criteria", message::DOWNLOADS_CRITERIA),
        ("/indicators", message::DOWNLOADS_INDICATORS),
        ("/sources", message::DOWNLOADS_SOURCES),
    ];
    let rows = lists.into_iter().map(|(resource, words)| {
        dataset(context, context.say(words).into_any(), of_the_sources(context), resource, "")
    });
    rows.collect()
}

/// What is computed from many sources is open under the licences of all of them, which each file names.
fn of_the_sources(context: &PageContext<'_>) -> AnyView {
    view! { <a href=context.href(Page::Sources)>{context.say(message::DOWNLOADS_LICENCES)}</a> }.into_any()
}

fn dataset(context: &PageContext<'_>, name: AnyView, licence: AnyView, resource: &str, query: &str) -> Row {
    let formats = context.site.formats.iter().filter(|format| format.resource == resource);
    let links = formats
        .map(|format| {
            let dot = if format.suffix.is_empty() { "" } else { "." };
            let href = format!("/api/v1{resource}{dot}{}{query}", format.suffix);
            view! { <a href=href>{format.name}</a> " " }
        })
        .collect_view();
    Row { head: name, cells: vec![Cell::words(licence), Cell::long(view! { <span class="formats">{links}</span> })] }
}

fn citation(context: &PageContext<'_>) -> AnyView {
    let framework = context.site.framework;
    let year = context.release(Panel::Regions).map(|release| release.year().to_string()).unwrap_or_default();
    let words = context.fill(
        message::DOWNLOADS_CITE,
        [
            ("index", context.text(&framework.name).into()),
            ("year", year.into()),
            ("framework", format!("{}-{}", framework.id, framework.version).into()),
            ("link", context.absolute(&Page::Overview.path(context.address.language)).into()),
        ],
    );
    view! {
        <section class="figure" aria-labelledby="cite-title">
            <h2 id="cite-title">{context.say(message::DOWNLOADS_CITE_TITLE)}</h2>
            <p class="citation">{words}</p>
            <p class="note">{context.say(message::DOWNLOADS_CITE_NOTE)}</p>
        </section>
    }
    .into_any()
}
