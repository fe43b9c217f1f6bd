//! One tooltip for all charts and shaded tables: what a mark or a cell says, under the pointer and under the
//! keyboard alike.
//!
//! The words are those of its own title, so nothing is said here that a reader with a screen reader does
//! not hear. With the keyboard a line is walked point by point with the arrow keys, a table cell by cell; Escape takes the
//! tooltip away.

#![expect(clippy::must_use_candidate, reason = "the island macro writes a plain function")]

use std::cell::{Cell, RefCell};
use std::time::Duration;

use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, EventTarget, HtmlElement, KeyboardEvent, PointerEvent};

use crate::islands::rewriting::{all_in, first, listen};

/// How far the tooltip stands off what it is about, and off the edge of the window.
const DISTANCE: f64 = 14.0;
const EDGE: f64 = 8.0;

/// Fills the tooltip, which is empty and out of sight until a mark is pointed at.
#[island]
pub fn Tips() -> impl IntoView {
    // Effects run in the browser only.
    Effect::new(move |_| {
        let Some(element) = first(".tip").and_then(|tip| tip.dyn_into().ok()) else { return };
        let tip = Tip { element, pointed: RefCell::new(None), stepped: Cell::new(None) };
        let kinds = ["pointerover", "pointermove", "pointerout", "focusin", "focusout", "keydown"];
        listen(&kinds, move |event| tip.answer(&event));
    });
}

struct Tip {
    element: HtmlElement,
    /// The title under the pointer with its words. The browser would show it too, a moment later: it is
    /// taken away while ours is shown.
    pointed: RefCell<Option<(Title, String)>>,
    /// Which point of the focused line is told.
    stepped: Cell<Option<usize>>,
}

impl Tip {
    fn answer(&self, event: &Event) {
        let Some(target) = event.target() else { return };
        match event.type_().as_str() {
            "pointerover" => self.point_at(event, &target),
            "pointermove" if self.pointed.borrow().is_some() => self.place(place_of(event)),
            "pointerout" if event.dyn_ref::<PointerEvent>().is_some_and(|event| event.related_target().is_none()) => {
                self.hide();
            }
            "focusin" => self.focus_on(&target),
            "focusout" => self.hide(),
            "keydown" => self.press(event, &target),
            _ => {}
        }
    }

    fn point_at(&self, event: &Event, target: &EventTarget) {
        self.hide();
        let Some(title) = title_of(target) else { return };
        let words = title.take();
        self.show(&words, place_of(event));
        self.pointed.replace(Some((title, words)));
    }

    fn focus_on(&self, target: &EventTarget) {
        self.stepped.set(None);
        if let Some(cell) = focused_cell(target) {
            return self.show(&cell.get_attribute(TITLE).unwrap_or_default(), over_middle(&cell));
        }
        let Some(link) = link_of(target) else { return };
        // A click focuses too; the pointer has its tooltip already.
        if !link.matches(":focus-visible").unwrap_or(false) {
            return;
        }
        let marks = points_of(&link);
        match marks.last() {
            Some(last) => {
                self.stepped.set(Some(marks.len() - 1));
                self.show(&said_by(last), over_middle(last));
            }
            None => self.show(&said_by(&link), over_middle(&link)),
        }
    }

    /// The arrow keys walk a line point by point.
    fn press(&self, event: &Event, target: &EventTarget) {
        let Some(key) = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key) else { return };
        if key == "Escape" {
            self.hide();
        }
        if let Some(cell) = focused_cell(target) {
            if let Some(next) = neighbour(&cell, &key) {
                event.prevent_default();
                go_on_to(&cell, &next);
            }
            return;
        }
        let (Some(place), Some(link)) = (self.stepped.get(), link_of(target)) else { return };
        let marks = points_of(&link);
        let next = match key.as_str() {
            "ArrowLeft" => place.saturating_sub(1),
            "ArrowRight" => (place + 1).min(marks.len().saturating_sub(1)),
            _ => return,
        };
        if let Some(mark) = marks.get(next) {
            event.prevent_default();
            self.stepped.set(Some(next));
            self.show(&said_by(mark), over_middle(mark));
        }
    }

    fn show(&self, words: &str, at: (f64, f64)) {
        self.element.set_text_content(Some(words));
        self.element.set_hidden(words.is_empty());
        self.place(at);
    }

    fn hide(&self) {
        if let Some((title, words)) = self.pointed.take() {
            title.put_back(&words);
        }
        self.element.set_hidden(true);
    }

    /// Above a point, within the window; below it where there is no room above.
    fn place(&self, (x, y): (f64, f64)) {
        let space = self.element.get_bounding_client_rect();
        let width = window().inner_width().ok().as_ref().and_then(JsValue::as_f64).unwrap_or(f64::INFINITY);
        let left = (x - space.width() / 2.0).min(width - space.width() - EDGE).max(EDGE);
        let above = y - space.height() - DISTANCE;
        let top = if above < EDGE { y + DISTANCE } else { above };
        let style = HtmlElement::style(&self.element);
        let _ = style.set_property("left", &format!("{left}px"));
        let _ = style.set_property("top", &format!("{top}px"));
    }
}

fn place_of(event: &Event) -> (f64, f64) {
    let pointer = event.dyn_ref::<PointerEvent>();
    pointer.map_or((0.0, 0.0), |event| (f64::from(event.client_x()), f64::from(event.client_y())))
}

/// Where the words of a mark or a cell stand.
enum Title {
    /// An element inside of a drawing.
    Inside(Element),
    /// An attribute of a cell.
    OfCell(Element),
}

const TITLE: &str = "title";

impl Title {
    fn take(&self) -> String {
        match self {
            Self::Inside(title) => {
                let words = title.text_content().unwrap_or_default();
                title.set_text_content(Some(""));
                words
            }
            Self::OfCell(cell) => {
                let words = cell.get_attribute(TITLE).unwrap_or_default();
                let _ = cell.remove_attribute(TITLE);
                words
            }
        }
    }

    /// Another island may have written new words meanwhile; these stay.
    fn put_back(&self, words: &str) {
        match self {
            Self::Inside(title) if title.text_content().unwrap_or_default().is_empty() => {
                title.set_text_content(Some(words));
            }
            Self::OfCell(cell) if !cell.has_attribute(TITLE) => {
                let _ = cell.set_attribute(TITLE, words);
            }
            Self::Inside(_) | Self::OfCell(_) => {}
        }
    }
}

/// The title of the mark or the cell an event happened on: its own, or that of the marks it belongs to.
fn title_of(target: &EventTarget) -> Option<Title> {
    let mut element: Element = target.clone().dyn_into().ok()?;
    if let Ok(Some(cell)) = element.closest(NOTED) {
        return Some(Title::OfCell(cell));
    }
    element.closest("svg.chart").ok()??;
    while element.tag_name() != "svg" {
        let children = element.children();
        let titled = (0..children.length()).filter_map(|index| children.item(index));
        if let Some(title) = titled.into_iter().find(|child| child.tag_name() == "title") {
            return Some(Title::Inside(title));
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

/// The cells of a shaded table that have more to say than they show.
const NOTED: &str = ".heat td[title]";

/// The cell that has the focus or holds the link that has it. A table that is reached for the first time is made one
/// stop of the keyboard then, with arrow keys from cell to cell: hundreds of stops would bar the way.
fn focused_cell(target: &EventTarget) -> Option<Element> {
    let element: &Element = target.dyn_ref()?;
    let table = element.closest(".heat").ok()??;
    if table.query_selector("td[tabindex]").ok()?.is_none() {
        for (place, cell) in all_in(&table, "td[title]").iter().enumerate() {
            let _ = cell.set_attribute("tabindex", if place == 0 { "0" } else { "-1" });
        }
    }
    element.closest(NOTED).ok()?
}

/// The cell an arrow key leads to: in its row, or in the same column of the next row that has one.
fn neighbour(cell: &Element, key: &str) -> Option<Element> {
    let row = cell.parent_element()?;
    match key {
        "ArrowLeft" => cell.previous_element_sibling(),
        "ArrowRight" => cell.next_element_sibling(),
        "ArrowUp" | "ArrowDown" => {
            let place = {
                let cells = row.children();
                (0..cells.length()).find(|place| cells.item(*place).as_ref() == Some(cell))?
            };
            let other = if key == "ArrowUp" { row.previous_element_sibling() } else { row.next_element_sibling() };
            other?.children().item(place)
        }
        _ => None,
    }
    .filter(|found| found.has_attribute("tabindex"))
}

/// Moves the stop of the keyboard, and the focus with it: in a task of its own, for the focus is an event that the
/// listener answers, and it cannot be asked while it still answers the key.
fn go_on_to(from: &Element, to: &Element) {
    let _ = from.set_attribute("tabindex", "-1");
    let _ = to.set_attribute("tabindex", "0");
    if let Ok(cell) = to.clone().dyn_into::<HtmlElement>() {
        set_timeout(move || drop(cell.focus()), Duration::ZERO);
    }
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
