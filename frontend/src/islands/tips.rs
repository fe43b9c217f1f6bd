//! One tooltip for all charts: what a mark says, under the pointer and under the keyboard alike.
//!
//! The words are those of the mark's own title, so nothing is said here that a reader with a screen
//! reader does not hear. With the keyboard a line is walked point by point with the arrow keys;
//! Escape takes the tooltip away.

#![expect(
    clippy::absolute_paths,
    clippy::must_use_candidate,
    reason = "the island and view macros write full paths and a plain function"
)]

use leptos::ev::{focusin, focusout, keydown, pointermove, pointerout, pointerover};
use leptos::html::Div;
use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, EventTarget, HtmlDivElement, HtmlElement};

/// How far the tooltip stands off what it is about, and off the edge of the window.
const DISTANCE: f64 = 14.0;
const EDGE: f64 = 8.0;

/// The tooltip. Empty and out of sight until a mark is pointed at.
#[island]
pub fn Tips() -> impl IntoView {
    let tip = NodeRef::<Div>::new();
    // The browser would show the title too, a moment later: it is taken out while ours is shown.
    let pointed = StoredValue::new_local(None::<(Element, String)>);
    let stepped = StoredValue::new_local(None::<usize>);
    let restore = move || {
        pointed.update_value(|pointed| {
            if let Some((title, words)) = pointed.take()
                && title.text_content().unwrap_or_default().is_empty()
            {
                title.set_text_content(Some(&words));
            }
        });
    };
    // Written at once, not by a signal: where it goes depends on how large it is.
    let show = move |words: &str, at: (f64, f64)| {
        if let Some(tip) = tip.get_untracked() {
            tip.set_text_content(Some(words));
            tip.set_hidden(words.is_empty());
            place(&tip, at);
        }
    };
    let hide = move || {
        restore();
        if let Some(tip) = tip.get_untracked() {
            tip.set_hidden(true);
        }
    };
    // Effects run in the browser only.
    Effect::new(move |_| {
        let over = window_event_listener(pointerover, move |event| {
            hide();
            if let Some(title) = event.target().and_then(|target| title_of(&target)) {
                let words = title.text_content().unwrap_or_default();
                title.set_text_content(Some(""));
                show(&words, (f64::from(event.client_x()), f64::from(event.client_y())));
                pointed.set_value(Some((title, words)));
            }
        });
        let moved = window_event_listener(pointermove, move |event| {
            if pointed.with_value(Option::is_some)
                && let Some(tip) = tip.get_untracked()
            {
                place(&tip, (f64::from(event.client_x()), f64::from(event.client_y())));
            }
        });
        let out = window_event_listener(pointerout, move |event| {
            if event.related_target().is_none() {
                hide();
            }
        });
        let focused = window_event_listener(focusin, move |event| {
            stepped.set_value(None);
            let Some(link) = event.target().and_then(|target| link_of(&target)) else { return };
            // A click focuses too; the pointer has its tooltip already.
            if link.matches(":focus-visible").unwrap_or(false) {
                let marks = points_of(&link);
                let (words, mark) = match marks.last() {
                    Some(last) => {
                        stepped.set_value(Some(marks.len() - 1));
                        (said_by(last), last.clone())
                    }
                    None => (said_by(&link), link),
                };
                show(&words, over_middle(&mark));
            }
        });
        let blurred = window_event_listener(focusout, move |_| hide());
        let pressed = window_event_listener(keydown, move |event| {
            let step: fn(usize, usize) -> usize = match event.key().as_str() {
                "Escape" => {
                    hide();
                    return;
                }
                "ArrowLeft" => |place, _| place.saturating_sub(1),
                "ArrowRight" => |place, last| (place + 1).min(last),
                _ => return,
            };
            let Some(place) = stepped.get_value() else { return };
            let Some(link) = event.target().and_then(|target| link_of(&target)) else { return };
            let marks = points_of(&link);
            let next = step(place, marks.len().saturating_sub(1));
            if let Some(mark) = marks.get(next) {
                event.prevent_default();
                stepped.set_value(Some(next));
                show(&said_by(mark), over_middle(mark));
            }
        });
        on_cleanup(move || {
            for handle in [over, moved, out, focused, blurred, pressed] {
                handle.remove();
            }
        });
    });
    view! {
        <div class="tip" node_ref=tip aria-hidden="true" hidden></div>
    }
}

/// The title of the mark an event happened on: its own, or that of the marks it belongs to.
fn title_of(target: &EventTarget) -> Option<Element> {
    let mut element: Element = target.clone().dyn_into().ok()?;
    element.closest("svg.chart").ok()??;
    while element.tag_name() != "svg" {
        let children = element.children();
        let titled = (0..children.length()).filter_map(|index| children.item(index));
        if let Some(title) = titled.into_iter().find(|child| child.tag_name() == "title") {
            return Some(title);
        }
        element = element.parent_element()?;
    }
    None
}

/// The link of a chart that an event happened on.
fn link_of(target: &EventTarget) -> Option<Element> {
    let element: &Element = target.dyn_ref()?;
    element.closest("svg.chart a").ok()?
}

/// The points of a line, in order; nothing for a mark that is one fact.
fn points_of(link: &Element) -> Vec<Element> {
    let Ok(found) = link.query_selector_all(".point") else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

fn said_by(mark: &Element) -> String {
    mark.query_selector("title").ok().flatten().and_then(|title| title.text_content()).unwrap_or_default()
}

fn over_middle(mark: &Element) -> (f64, f64) {
    let space = mark.get_bounding_client_rect();
    (space.left() + space.width() / 2.0, space.top())
}

/// Above a point, within the window; below it where there is no room above.
fn place(tip: &HtmlDivElement, (x, y): (f64, f64)) {
    let space = tip.get_bounding_client_rect();
    let size = |side: Result<JsValue, JsValue>| side.ok().and_then(|side| side.as_f64());
    let width = size(window().inner_width()).unwrap_or(f64::INFINITY);
    let left = (x - space.width() / 2.0).min(width - space.width() - EDGE).max(EDGE);
    let above = y - space.height() - DISTANCE;
    let top = if above < EDGE { y + DISTANCE } else { above };
    let style = HtmlElement::style(tip);
    let _ = style.set_property("left", &format!("{left}px"));
    let _ = style.set_property("top", &format!("{top}px"));
}
