//! What the site is, whose borders and data it shows, and under which licences.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use leptos::prelude::*;

use crate::components::context::PageContext;
use crate::components::sources::licence_words;
use crate::locale::message;
use crate::pages::document::Content;
use crate::route::Page;

pub(crate) fn content(context: &PageContext<'_>) -> Content {
    let title = context.say(message::ABOUT_TITLE);
    let description = context.say(message::ABOUT_INTRO);
    let attributions = context
        .site
        .sources
        .iter()
        .map(|source| {
            view! {
                <li>
                    <a href=format!("{}#{}", context.href(Page::Sources), source.dataflow)>{context.text(&source.name)}</a>
                    " \u{2014} "
                    {context.text(&source.attribution)}
                    " "
                    <span class="remark">{licence_words(&source.licence)}</span>
                </li>
            }
        })
        .collect_view();
    let body = view! {
        <div class="lead">
            <h1>{title.clone()}</h1>
            <p>{description.clone()}</p>
            <p>{context.say(message::ABOUT_NAME)}</p>
        </div>
        <section class="figure" aria-labelledby="map-title">
            <h2 id="map-title">{context.say(message::ABOUT_MAP)}</h2>
            <p>{context.text(&context.site.geography.attribution)}</p>
            <p class="note">{context.say(message::ABOUT_MAP_NOTE)}</p>
        </section>
        <section class="figure" aria-labelledby="data-title">
            <h2 id="data-title">{context.say(message::ABOUT_DATA)}</h2>
            <ul class="members">{attributions}</ul>
        </section>
        <section class="figure" aria-labelledby="reuse-title">
            <h2 id="reuse-title">{context.say(message::ABOUT_REUSE)}</h2>
            <p>{context.say(message::ABOUT_REUSE_TEXT)}</p>
            <p>{context.say(message::ABOUT_PRIVACY)}</p>
        </section>
    };
    Content { title, description, body: body.into_any(), found: true }
}
