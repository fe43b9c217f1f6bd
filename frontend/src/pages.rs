//! One module a page. [`render`] is the way in: what is published and an address in, complete HTML
//! out. Pages put together charts and components; they compute no score but a reader's own scenario and
//! choose no observation.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

mod about;
mod compare;
mod countries;
mod criterion;
mod document;
mod downloads;
mod indicator;
mod method;
mod overview;
mod region;
mod releases;
mod search;
mod sources;
mod weights;

use std::iter;
use std::sync::Arc;

use hydration_context::SsrSharedContext;
use indicators::text::Language;
use leptos::prelude::*;

use crate::charts::sheet;
use crate::charts::twin::{Twin, TwinRow};
use crate::components::context::PageContext;
use crate::components::figure::Exhibit;
use crate::data::Site;
use crate::locale::{Message, message};
use crate::pages::document::Content;
use crate::route::{Address, Page};
use crate::selection::Selection;

/// How many regions are compared at most.
pub const MOST_COMPARED: usize = 5;

/// A page as complete HTML; `None` when the address names an area, criterion or indicator that does
/// not exist.
#[must_use]
pub fn render(site: &Site<'_>, address: &Address) -> Option<String> {
    let context = PageContext::new(site, address);
    in_islands_mode(|| Some(document::write(&context, content(&context)?)))
}

fn content(context: &PageContext<'_>) -> Option<Content> {
    match &context.address.page {
        Page::Overview => Some(overview::content(context)),
        Page::Region(area) => region::content(context, area),
        Page::Criterion(criterion) => criterion::content(context, criterion),
        Page::Indicator(panel, indicator) => indicator::content(context, *panel, indicator),
        Page::Compare => Some(compare::content(context)),
        Page::Weights => Some(weights::content(context)),
        Page::Countries => Some(countries::content(context)),
        Page::Sources => Some(sources::content(context)),
        Page::Method => Some(method::content(context)),
        Page::About => Some(about::content(context)),
        Page::Releases => Some(releases::content(context)),
        Page::Downloads => Some(downloads::content(context)),
        Page::Search(words) => Some(search::content(context, words)),
    }
}

/// A figure of a page as a page of its own, light enough to be put into another site; `None` when
/// there is no such figure.
#[must_use]
pub fn embedded(site: &Site<'_>, address: &Address, figure: &str) -> Option<String> {
    taken_out(site, address, figure, |context, exhibit| Some(document::embedded(context, exhibit)))
}

/// A figure as an SVG file that stands alone; `None` when there is no such figure or it is a table.
#[must_use]
pub fn drawing(site: &Site<'_>, address: &Address, figure: &str) -> Option<String> {
    taken_out(site, address, figure, |_, exhibit| Some(sheet::file(exhibit.drawing.as_ref()?, &exhibit.words)))
}

/// A figure as the preview of a link, 1200 by 630.
#[must_use]
pub fn card(site: &Site<'_>, address: &Address, figure: &str) -> Option<String> {
    taken_out(site, address, figure, |_, exhibit| Some(sheet::card(exhibit.drawing.as_ref()?, &exhibit.words)))
}

/// The facts of a figure as a table for machines, its headings first; `None` when there is no such figure. Numbers are
/// written with a decimal point, a missing one is empty.
#[must_use]
pub fn table(site: &Site<'_>, address: &Address, figure: &str) -> Option<Vec<Vec<String>>> {
    taken_out(site, address, figure, |context, exhibit| {
        let Twin { header, rows, .. } = exhibit.twin?;
        let written = |row: TwinRow| iter::once(row.name).chain(row.cells).map(|cell| context.plain(&cell)).collect();
        Some(iter::once(header).chain(rows.into_iter().map(written)).collect())
    })
}

fn taken_out<T>(
    site: &Site<'_>,
    address: &Address,
    figure: &str,
    shape: impl FnOnce(&PageContext<'_>, Exhibit) -> Option<T>,
) -> Option<T> {
    let context = PageContext::wanting(site, address, figure);
    in_islands_mode(|| {
        content(&context)?;
        shape(&context, context.found()?)
    })
}

/// The page for an address that leads nowhere.
#[must_use]
pub fn not_found(site: &Site<'_>, language: Language) -> String {
    refused(site, language, (message::NOT_FOUND_TITLE, message::NOT_FOUND_TEXT))
}

/// The page for who asks when too many are being served.
#[must_use]
pub fn busy(site: &Site<'_>, language: Language) -> String {
    refused(site, language, (message::BUSY_TITLE, message::BUSY_TEXT))
}

/// The page in place of one that could not be made.
#[must_use]
pub fn failed(site: &Site<'_>, language: Language) -> String {
    refused(site, language, (message::FAILED_TITLE, message::FAILED_TEXT))
}

fn refused(site: &Site<'_>, language: Language, (title, text): (Message, Message)) -> String {
    let address = Address { page: Page::Overview, language, selection: Selection::default() };
    let context = PageContext::new(site, &address);
    in_islands_mode(|| {
        let title = context.say(title);
        let body = view! {
            <div class="lead">
                <h1>{title.clone()}</h1>
                <p>{context.say(text)}</p>
                <p><a href=context.href(Page::Overview)>{context.say(message::NOT_FOUND_HOME)}</a></p>
            </div>
        };
        let page = Content { title, description: context.say(text), body: body.into_any(), found: false };
        document::write(&context, page)
    })
}

/// Renders under an owner that knows that only islands come to life in the browser.
fn in_islands_mode<T>(render: impl FnOnce() -> T) -> T {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let rendered = owner.with(render);
    owner.cleanup();
    rendered
}
