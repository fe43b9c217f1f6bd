//! Choices as forms and links that need no script.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use indicators::definition::Panel;
use leptos::prelude::*;

use crate::components::context::PageContext;
use crate::locale::message;
use crate::route::Address;
use crate::selection::Selection;

/// What a form keeps beside the choice it is for: the year and the day whose knowledge is shown.
pub(crate) fn kept(context: &PageContext<'_>) -> AnyView {
    let Selection { year, as_of, .. } = context.address.selection;
    let year = year.map(|year| view! { <input type="hidden" name="year" value=year.to_string() /> });
    let as_of = as_of.map(|day| view! { <input type="hidden" name="as_of" value=day.to_string() /> });
    view! { {year} {as_of} }.into_any()
}

/// The reference years of a panel as links to the same page.
pub(crate) fn years(context: &PageContext<'_>, panel: Panel, chosen: i16) -> AnyView {
    let links = context
        .site
        .years(panel)
        .into_iter()
        .map(|year| {
            let selection = Selection { year: Some(year), ..context.address.selection.clone() };
            let href = Address { selection, ..context.address.clone() }.href();
            let current = (year == chosen).then_some("true");
            view! { <li><a href=href aria-current=current>{year.to_string()}</a></li> }
        })
        .collect_view();
    view! {
        <nav class="year-links" aria-label=context.say(message::CHOOSE_YEAR)>
            <span>{context.say(message::CHOOSE_YEAR)}</span>
            <ul>{links}</ul>
        </nav>
    }
    .into_any()
}
