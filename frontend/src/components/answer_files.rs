//! [`answer_files`]: links to what stands in a table, as the API gives it. The files of a drawn figure are
//! [`super::figure`]'s matter.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use leptos::prelude::*;

use super::context::PageContext;
use crate::locale::message;

/// The formats in which the API gives a table, by the suffix of the address.
const FORMATS: [(&str, &str); 3] = [("", "JSON"), (".csv", "CSV"), (".xlsx", "XLSX")];

/// Links to an answer of the API in each format. The path begins behind `/api/v1`; the query may be empty.
pub(crate) fn answer_files(context: &PageContext<'_>, title: &str, path: &str, query: &str) -> AnyView {
    let question = if query.is_empty() { "" } else { "?" };
    let links = FORMATS.map(|(suffix, name)| {
        let href = format!("/api/v1{path}{suffix}{question}{query}");
        view! { <a href=href aria-label=format!("{name}: {title}")>{name}</a> }
    });
    view! {
        <div class="figure-tools">
            <p class="takeaway">
                <span>{context.say(message::FIGURE_DOWNLOAD)}</span>
                {links.into_iter().collect_view()}
            </p>
        </div>
    }
    .into_any()
}
