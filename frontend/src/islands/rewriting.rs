//! Finding parts of the page and rewriting them. What to write is decided by the islands.

use leptos::prelude::{document, window};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, EventTarget, NodeList};

use crate::charts::Chart;
use crate::charts::plot::{Sizes, markup};
use crate::charts::twin::Twin;

pub(super) fn first(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

pub(super) fn all(selector: &str) -> Vec<Element> {
    elements(document().query_selector_all(selector))
}

pub(super) fn all_in(element: &Element, selector: &str) -> Vec<Element> {
    elements(element.query_selector_all(selector))
}

fn elements(found: Result<NodeList, JsValue>) -> Vec<Element> {
    let Ok(found) = found else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

/// Answers events of the whole page for as long as it is shown: one listener for several kinds.
pub(super) fn listen(kinds: &[&str], answer: impl FnMut(Event) + 'static) {
    listen_to(&document(), kinds, answer);
}

/// Answers events of a part of the page.
pub(super) fn listen_to(part: &EventTarget, kinds: &[&str], answer: impl FnMut(Event) + 'static) {
    let answer = Closure::<dyn FnMut(Event)>::new(answer).into_js_value();
    for kind in kinds {
        let _ = part.add_event_listener_with_callback(kind, answer.unchecked_ref());
    }
}

pub(super) fn set_text(selector: &str, text: &str) {
    if let Some(element) = first(selector) {
        element.set_text_content(Some(text));
    }
}

pub(super) fn set_text_in(element: &Element, selector: &str, text: &str) {
    if let Ok(Some(found)) = element.query_selector(selector) {
        found.set_text_content(Some(text));
    }
}

/// Shows an element or takes it out of sight.
pub(super) fn set_hidden(selector: &str, hidden: bool) {
    if let Some(element) = first(selector) {
        set_hidden_of(&element, hidden);
    }
}

/// The same for one that is at hand.
pub(super) fn set_hidden_of(element: &Element, hidden: bool) {
    let _ = if hidden { element.set_attribute("hidden", "") } else { element.remove_attribute("hidden") };
}

/// Draws the chart of a figure anew, with its table twin.
pub(super) fn redraw(figure: &str, chart: &dyn Chart) {
    if let Some(plot) = first(&format!("#{figure} .plot")) {
        plot.set_inner_html(&markup(chart, Sizes::Both));
    }
    set_table(figure, &chart.twin());
}

/// Rewrites the rows of a table twin; its headings stay, but are no longer sorted by.
pub(super) fn set_table(figure: &str, twin: &Twin) {
    set_text(&format!("#{figure} .twin caption"), &twin.caption);
    for heading in all(&format!("#{figure} .twin th[aria-sort]")) {
        let _ = heading.remove_attribute("aria-sort");
    }
    let Some(body) = first(&format!("#{figure} .twin tbody")) else { return };
    body.set_inner_html("");
    for row in &twin.rows {
        let line = element("tr", None);
        let name = element("th", row.href.is_none().then_some(row.name.as_str()));
        if let (Some(name), Some(href)) = (&name, &row.href)
            && let Some(link) = element("a", Some(&row.name))
        {
            let _ = link.set_attribute("href", href);
            let _ = name.append_child(&link);
        }
        if let Some(name) = &name {
            let _ = name.set_attribute("scope", "row");
        }
        let cells = row.cells.iter().map(|cell| element("td", Some(cell)));
        let Some(line) = line else { return };
        for cell in [name].into_iter().chain(cells).flatten() {
            let _ = line.append_child(&cell);
        }
        let _ = body.append_child(&line);
    }
}

pub(super) fn element(tag: &str, text: Option<&str>) -> Option<Element> {
    let element = document().create_element(tag).ok()?;
    if text.is_some() {
        element.set_text_content(text);
    }
    Some(element)
}

/// The address says what is shown, so that it can be kept and sent; the links to the other languages
/// keep it too.
pub(super) fn set_address(path: &str, query: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("{path}{query}")));
    }
    // Behind the language the path is the same in every one.
    let rest = path.splitn(3, '/').nth(2).unwrap_or_default();
    for link in all(".languages a") {
        let language = link.get_attribute("hreflang").unwrap_or_default();
        let _ = link.set_attribute("href", &format!("/{language}/{rest}{query}"));
    }
}
