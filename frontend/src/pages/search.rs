//! What was found for some words.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use indicators::code::AreaCode;
use indicators::definition::Panel;
use leptos::prelude::*;

use crate::components::context::PageContext;
use crate::components::coverage;
use crate::locale::{Message, message};
use crate::pages::document::Content;
use crate::route::{Page, SEARCHED};
use crate::search::{Found, find};

pub(crate) fn content(context: &PageContext<'_>, words: &str) -> Content {
    let found = find(context.site, words);
    let title = if words.is_empty() {
        context.say(message::SEARCH)
    } else {
        context.fill(message::SEARCH_TITLE, [("words", words.into())])
    };
    let result = if words.is_empty() {
        String::new()
    } else if found.is_empty() {
        context.say(message::SEARCH_NOTHING)
    } else {
        context.fill(message::SEARCH_FOUND, [("count", found.len().into())])
    };
    let regions = found.is_empty().then(|| all_regions(context));
    let items = found.into_iter().map(|one| item(context, one)).collect_view();
    let body = view! {
        <div class="lead">
            <h1>{title.clone()}</h1>
            <form class="search large" role="search" method="get" action=Page::Search(String::new()).path(context.address.language)>
                <input
                    type="search"
                    name=SEARCHED
                    value=words.to_owned()
                    aria-label=context.say(message::SEARCH_LABEL)
                    placeholder=context.say(message::SEARCH_LABEL)
                />
                <button type="submit">{context.say(message::SEARCH)}</button>
            </form>
            <p role="status">{result.clone()}</p>
        </div>
        <ul class="results">{items}</ul>
        {regions}
    };
    Content { title, description: result, body: body.into_any(), found: true }
}

fn item(context: &PageContext<'_>, found: Found) -> AnyView {
    let (page, name, kind, more): (Page, String, Message, Option<String>) = match found {
        Found::Platform(name, dataflow) => {
            let measuring = context.site.indicators.iter().find(|one| one.dataflows.contains(&dataflow));
            let page = measuring.map_or(Page::Sources, |one| Page::Indicator(one.panel, one.code.clone()));
            (page, name, message::KIND_PLATFORM, measuring.map(|one| context.text(&one.name)))
        }
        Found::Region(area) => {
            let name = context.area_name(&area);
            let more = standing(context, &area);
            (Page::Region(area), name, message::KIND_REGION, more)
        }
        Found::Criterion(criterion) => {
            let name = context.criterion_name(&criterion);
            (Page::Criterion(criterion), name, message::KIND_CRITERION, None)
        }
        Found::Indicator(panel, code) => {
            let indicator = context.site.indicator(panel, &code);
            let name = indicator.map_or_else(|| code.to_string(), |indicator| context.text(&indicator.name));
            let more = indicator.map(|indicator| {
                let panel = context.say(match panel {
                    Panel::Regions => message::PANEL_REGIONS,
                    Panel::Countries => message::PANEL_COUNTRIES,
                });
                format!("{panel} \u{b7} {}", context.criterion_name(&indicator.criterion))
            });
            (Page::Indicator(panel, code), name, message::KIND_INDICATOR, more)
        }
    };
    let more = more.map(|words| view! { <span class="remark">{words}</span> });
    view! {
        <li><a href=context.href(page)>{name}</a> " " <span class="tag">{context.say(kind)}</span> {more}</li>
    }
    .into_any()
}

/// Where a region stands, so that the answer may be had without another page.
fn standing(context: &PageContext<'_>, area: &AreaCode) -> Option<String> {
    let release = context.release(Panel::Regions)?;
    let entry = release.entry(area)?;
    let rank = context.formats.count(u64::from(entry.rank?));
    let score = context.formats.score(entry.score?);
    let year = release.year().to_string();
    let words = [("score", score.into()), ("year", year.into()), ("rank", rank.into())];
    let standing = context.fill(message::SEARCH_STANDING, words);
    Some(
        [Some(standing), coverage::short(context, &entry.coverage)]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("; "),
    )
}

fn all_regions(context: &PageContext<'_>) -> AnyView {
    let country = context.country();
    let regions =
        context.site.areas.iter().filter(|area| area.parent.as_ref() == Some(country) && area.valid_to.is_none());
    let items = regions
        .map(|area| {
            let href = context.href(Page::Region(area.code.clone()));
            view! { <li><a href=href>{context.text(&area.name)}</a></li> }
        })
        .collect_view();
    view! {
        <section class="figure" aria-labelledby="regions-title">
            <h2 id="regions-title">{context.say(message::SEARCH_ALL_REGIONS)}</h2>
            <ul class="columns">{items}</ul>
        </section>
    }
    .into_any()
}
