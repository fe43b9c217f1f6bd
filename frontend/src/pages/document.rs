//! The shell of every page: head, header with navigation and languages, footer.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use indicators::text::Language;
use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;

use crate::components::context::PageContext;
use crate::components::figure::Exhibit;
use crate::figure_address::{self, Form};
use crate::islands::sorting::{SAID, Sorting};
use crate::islands::tips::Tips;
use crate::locale::message;
use crate::route::{Address, Page, SEARCHED};
use crate::selection::Selection;
use crate::template::open;

/// What a page puts into the shell.
pub(crate) struct Content {
    /// Its title, without the name of the site.
    pub(crate) title: String,
    /// One sentence for search engines and previews.
    pub(crate) description: String,
    /// What stands between header and footer.
    pub(crate) body: AnyView,
    /// Whether the address led somewhere.
    pub(crate) found: bool,
}

/// The whole document.
pub(crate) fn write(context: &PageContext<'_>, page: Content) -> String {
    let name = context.say(message::SITE_NAME);
    let title = format!("{} \u{b7} {name}", page.title);
    let head = head(context, &title, &page);
    let sort_by = context.fill(message::SORT_BY, [("heading", open("heading").into())]);
    let sorted = [message::SORTED_ASCENDING, message::SORTED_DESCENDING]
        .map(|words| context.fill(words, [("heading", open("heading").into())]));
    let decimal_comma = context.address.language != Language::En;
    let html = view! {
        <html lang=context.address.language.tag()>
            {head}
            <body>
                <a class="skip" href="#content">{context.say(message::SKIP_TO_CONTENT)}</a>
                {header(context, page.found)}
                <main id="content" tabindex="-1">{hindsight(context)} {page.body}</main>
                {footer(context)}
                <div class="tip" aria-hidden="true" hidden></div>
                <Tips />
                <p class="unseen" role="status" id=SAID></p>
                <Sorting words=sort_by sorted=sorted decimal_comma=decimal_comma />
            </body>
        </html>
    };
    format!("<!DOCTYPE html>{}", html.to_html())
}

/// A figure by itself: no header, no scripts.
pub(crate) fn embedded(context: &PageContext<'_>, exhibit: Exhibit) -> String {
    let site = context.site;
    let html = view! {
        <html lang=context.address.language.tag()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <title>{exhibit.words.title}</title>
                <meta name="robots" content="noindex" />
                <meta name="color-scheme" content="light dark" />
                <link rel="canonical" href=context.absolute(&context.address.href()) />
                // The reader leaves the frame by a link, and keeps the page around it.
                <base target="_blank" />
                {fonts(context)}
                <link rel="stylesheet" href=site.assets.style.clone() />
                <link rel="icon" type="image/svg+xml" href=site.assets.icon.clone() />
            </head>
            <body class="embedded">
                <main>{exhibit.view}</main>
            </body>
        </html>
    };
    format!("<!DOCTYPE html>{}", html.to_html())
}

fn fonts(context: &PageContext<'_>) -> AnyView {
    let fonts = context.site.assets.fonts.iter().map(|font| {
        view! { <link rel="preload" href=font.clone() r#as="font" r#type="font/otf" crossorigin="anonymous" /> }
    });
    fonts.collect_view().into_any()
}

/// The figure that stands for a page in previews of links to it: its first drawing, or the map of the overview.
fn preview(context: &PageContext<'_>) -> String {
    let address = context.address;
    match context.first_drawn() {
        Some(figure) => figure_address::href(address, figure, Form::Card),
        None => figure_address::href(&Address { page: Page::Overview, ..address.clone() }, "map", Form::Card),
    }
}

fn head(context: &PageContext<'_>, title: &str, page: &Content) -> AnyView {
    let site = context.site;
    let assets = &site.assets;
    let absolute = |address: &Address| format!("{}{}", site.origin, address.href());
    let alternates = Language::ALL.map(|language| {
        let href = absolute(&context.address.in_language(language));
        view! { <link rel="alternate" hreflang=language.tag() href=href /> }
    });
    // The default language has the address that asks the browser for its own.
    let links = page.found.then(|| {
        let default = absolute(&context.address.in_language(Language::Kk));
        view! {
            <link rel="canonical" href=absolute(context.address) />
            {alternates.to_vec()}
            <link rel="alternate" hreflang="x-default" href=default />
        }
    });
    let chosen = if context.address.page == Page::Weights { &assets.weights } else { &assets.islands };
    let islands = chosen.clone().map(|islands| {
        view! {
            <link rel="modulepreload" href=islands.module.clone() fetchpriority="low" />
            <script defer src=islands.loader data-module=islands.module data-program=islands.program></script>
        }
    });
    // Readers of previews want whole addresses; without a public one there is none to give.
    let shared = (!site.origin.is_empty() && page.found).then(|| {
        view! {
            {property("og:url", absolute(context.address))}
            {property("og:image", context.absolute(&preview(context)))}
            {property("og:image:width", "1200".to_owned())}
            {property("og:image:height", "630".to_owned())}
            <meta name="twitter:card" content="summary_large_image" />
        }
    });
    // What somebody searched for, and what was thought on a day, are not what the site says.
    let is_passing = matches!(context.address.page, Page::Search(_)) || context.address.selection.as_of.is_some();
    let robots = is_passing.then(|| view! { <meta name="robots" content="noindex" /> });
    view! {
        <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <title>{title.to_owned()}</title>
            <meta name="description" content=page.description.clone() />
            <meta name="color-scheme" content="light dark" />
            {property("og:title", page.title.clone())}
            {property("og:description", page.description.clone())}
            {property("og:type", "website".to_owned())}
            {property("og:site_name", context.say(message::SITE_NAME))}
            {shared}
            {robots}
            {fonts(context)}
            <link rel="stylesheet" href=assets.style.clone() />
            <link rel="icon" type="image/svg+xml" href=assets.icon.clone() />
            {links}
            {islands}
        </head>
    }
    .into_any()
}

fn property(name: &'static str, content: String) -> AnyView {
    view! { <meta {..custom_attribute("property", name)} content=content /> }.into_any()
}

/// A page that does not exist stands nowhere in the navigation.
fn header(context: &PageContext<'_>, found: bool) -> AnyView {
    let entries = [
        (Page::Overview, message::NAV_OVERVIEW),
        (Page::Compare, message::NAV_COMPARE),
        (Page::Weights, message::NAV_WEIGHTS),
        (Page::Countries, message::NAV_COUNTRIES),
        (Page::Method, message::NAV_METHOD),
        (Page::Sources, message::NAV_SOURCES),
        (Page::Downloads, message::NAV_DOWNLOADS),
    ];
    let navigation = entries
        .into_iter()
        .map(|(page, words)| {
            let current = (found && page == context.address.page).then_some("page");
            view! { <li><a href=context.href(page) aria-current=current>{context.say(words)}</a></li> }
        })
        .collect_view();
    let languages = Language::ALL
        .into_iter()
        .map(|language| {
            let current = (language == context.address.language).then_some("true");
            let (name, short) = match language {
                Language::Kk => ("Қазақша", "Қаз"),
                Language::Ru => ("Русский", "Рус"),
                Language::En => ("English", "Eng"),
            };
            let href = context.address.in_language(language).href();
            view! {
                <li>
                    <a href=href lang=language.tag() hreflang=language.tag() aria-current=current>
                        <span class="full">{name}</span>
                        <span class="short">{short}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <header class="site-header">
            <div class="bar">
                <a class="brand" href=context.href(Page::Overview)>{mark()} <span class="brand-name">"Sandyq"</span></a>
                <nav class="pages" aria-label=context.say(message::NAVIGATION)>
                    <ul>{navigation}</ul>
                </nav>
                <form class="search" role="search" method="get" action=Page::Search(String::new()).path(context.address.language)>
                    <input type="search" name=SEARCHED aria-label=context.say(message::SEARCH_LABEL) placeholder=context.say(message::SEARCH) />
                    <button type="submit" aria-label=context.say(message::SEARCH)>{magnifier()}</button>
                </form>
                <nav class="languages" aria-label=context.say(message::LANGUAGE_CHOICE)>
                    <ul>{languages}</ul>
                </nav>
            </div>
        </header>
    }
    .into_any()
}

/// Over everything on a page that shows what was known on a day in the past, with the way back.
fn hindsight(context: &PageContext<'_>) -> Option<AnyView> {
    let words = context.hindsight()?;
    let selection = Selection { as_of: None, ..context.address.selection.clone() };
    let now = Address { selection, ..context.address.clone() }.href();
    Some(
        view! {
            <p class="notice" role="note">
                {words} " " <a href=now>{context.say(message::HINDSIGHT_NOW)}</a>
            </p>
        }
        .into_any(),
    )
}

/// A chest whose lock is a bar chart.
fn mark() -> AnyView {
    view! {
        <svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
            <path class="lid" d="M2 9V7a4 4 0 0 1 4-4h12a4 4 0 0 1 4 4v2z" />
            <path class="box" d="M2 11h20v10H2z" />
            <path class="bars" d="M7 19v-4h2v4zm4 0v-6h2v6zm4 0v-3h2v3z" />
        </svg>
    }
    .into_any()
}

fn magnifier() -> AnyView {
    view! {
        <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" focusable="false">
            <circle cx="8.5" cy="8.5" r="5.5" fill="none" stroke="currentColor" stroke-width="2" />
            <path d="M13 13l5 5" stroke="currentColor" stroke-width="2" stroke-linecap="round" />
        </svg>
    }
    .into_any()
}

fn footer(context: &PageContext<'_>) -> AnyView {
    let framework = context.site.framework;
    let version = context.fill(
        message::FOOTER_VERSION,
        [
            ("version", context.site.version.into()),
            ("framework", format!("{}-{}", framework.id, framework.version).into()),
        ],
    );
    let about = Address { page: Page::About, language: context.address.language, selection: Selection::default() };
    view! {
        <footer class="site-footer">
            <p>{context.say(message::FOOTER_HONESTY)}</p>
            <p>
                <a href=about.href()>{context.say(message::NAV_ABOUT)}</a>
                " \u{b7} "
                <a href=context.href(Page::Releases)>{context.say(message::NAV_RELEASES)}</a>
                " \u{b7} "
                <a href="/api/docs">{context.say(message::FOOTER_API)}</a>
                " \u{b7} "
                {version}
            </p>
        </footer>
    }
    .into_any()
}
