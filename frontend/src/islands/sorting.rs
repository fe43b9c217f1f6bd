//! Tables that can be sorted by any of their columns.
//!
//! The buttons exist only where scripts run: without them a table stands in its published order.
//! Words for "no data" come last whichever way is sorted.

#![expect(
    clippy::absolute_paths,
    clippy::must_use_candidate,
    reason = "the island and view macros write full paths and a plain function"
)]

use std::cmp::Ordering;

use leptos::ev::click;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::Element;

use crate::islands::rewriting::{all, element};
use crate::template::filled;

/// Fewer rows than this need no sorting.
const FEWEST: u32 = 3;

/// Puts a button into every heading and answers it.
#[island]
pub fn Sorting(
    /// `{heading}`: the name of a button.
    words: String,
    /// Whether numbers have a decimal comma.
    decimal_comma: bool,
) -> impl IntoView {
    // Effects run in the browser only.
    Effect::new(move |_| {
        for table in all(".twin table, .heat table") {
            equip(&table, &words);
        }
        let answered = window_event_listener(click, move |event| {
            let button = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let button = button.and_then(|element| element.closest("button.sort").ok().flatten());
            if let Some(heading) = button.and_then(|button| button.parent_element()) {
                sort(&heading, decimal_comma);
            }
        });
        on_cleanup(move || answered.remove());
    });
}

fn equip(table: &Element, words: &str) {
    let rows = table.query_selector_all("tbody tr").map_or(0, |rows| rows.length());
    if rows < FEWEST {
        return;
    }
    let Ok(headings) = table.query_selector_all("thead th") else { return };
    for index in 0..headings.length() {
        let heading = headings.item(index).and_then(|heading| heading.dyn_into::<Element>().ok());
        let (Some(heading), Some(button)) = (heading, element("button", None)) else { continue };
        let name = heading.text_content().unwrap_or_default();
        let _ = button.set_attribute("type", "button");
        let _ = button.set_attribute("class", "sort");
        let _ = button.set_attribute("aria-label", &filled(words, &[("heading", name.trim())]));
        let _ = heading.append_child(&button);
    }
}

fn sort(heading: &Element, decimal_comma: bool) {
    let Some(table) = heading.closest("table").ok().flatten() else { return };
    let Some(body) = table.query_selector("tbody").ok().flatten() else { return };
    let mut column = 0;
    let mut before = heading.previous_element_sibling();
    while let Some(sibling) = before {
        column += 1;
        before = sibling.previous_element_sibling();
    }
    let children = body.children();
    let mut rows: Vec<(Key, Element)> = (0..children.length())
        .filter_map(|index| {
            let row = children.item(index)?;
            let text = row.children().item(column)?.text_content().unwrap_or_default();
            Some((Key::read(&text, decimal_comma), row))
        })
        .collect();
    let has_numbers = rows.iter().any(|(key, _)| matches!(key, Key::Number(_)));
    let was = heading.get_attribute("aria-sort");
    // Of numbers the greatest are asked for first, of names the first of the alphabet.
    let descending = match was.as_deref() {
        Some("ascending") => true,
        Some(_) => false,
        None => has_numbers,
    };
    rows.sort_by(|(left, _), (right, _)| left.against(right, has_numbers, descending));
    for (_, row) in rows {
        let _ = body.append_child(&row);
    }
    if let Ok(others) = table.query_selector_all("thead th[aria-sort]") {
        for index in 0..others.length() {
            if let Some(other) = others.item(index).and_then(|other| other.dyn_into::<Element>().ok()) {
                let _ = other.remove_attribute("aria-sort");
            }
        }
    }
    let _ = heading.set_attribute("aria-sort", if descending { "descending" } else { "ascending" });
}

/// What a cell is sorted by.
#[derive(Debug, Clone, PartialEq)]
enum Key {
    Number(f64),
    Text(String),
}

impl Key {
    /// The number a cell begins with, or its text.
    fn read(text: &str, decimal_comma: bool) -> Self {
        let text = text.trim();
        let mut number = String::new();
        for character in text.chars() {
            match character {
                digit if digit.is_ascii_digit() => number.push(digit),
                '\u{2212}' | '-' if number.is_empty() => number.push('-'),
                ',' if decimal_comma => number.push('.'),
                '.' if !decimal_comma => number.push('.'),
                // Between groups of digits.
                ',' | '\u{a0}' | '\u{202f}' => {}
                _ => break,
            }
        }
        match number.trim_end_matches('.').parse() {
            Ok(number) => Self::Number(number),
            Err(_) => Self::Text(text.to_lowercase()),
        }
    }

    fn against(&self, other: &Self, has_numbers: bool, descending: bool) -> Ordering {
        let directed = |order: Ordering| if descending { order.reverse() } else { order };
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => directed(left.total_cmp(right)),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
            // Beside numbers a text says that there is none.
            (Self::Text(_), Self::Text(_)) if has_numbers => Ordering::Equal,
            (Self::Text(left), Self::Text(right)) => directed(in_alphabet(left).cmp(&in_alphabet(right))),
        }
    }
}

/// The letters of the Kazakh and Russian alphabets in their order; Unicode has those of Kazakh behind
/// all others.
fn in_alphabet(text: &str) -> Vec<(u32, char)> {
    const ALPHABET: &str = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя";
    let place = |letter: char| ALPHABET.chars().position(|known| known == letter);
    let key = |letter: char| {
        let place = place(letter).and_then(|place| u32::try_from(place).ok());
        (place.map_or(u32::from(letter), |place| u32::from('а') + place), letter)
    };
    text.chars().map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(cells: &[&str], decimal_comma: bool, descending: bool) -> Vec<String> {
        let mut keys: Vec<(Key, &str)> = cells.iter().map(|cell| (Key::read(cell, decimal_comma), *cell)).collect();
        let has_numbers = keys.iter().any(|(key, _)| matches!(key, Key::Number(_)));
        keys.sort_by(|(left, _), (right, _)| left.against(right, has_numbers, descending));
        keys.into_iter().map(|(_, cell)| cell.to_owned()).collect()
    }

    #[test]
    fn numbers_are_read_by_language() {
        for (text, decimal_comma, expected) in [
            ("78,3\u{2021}", true, 78.3),
            ("1\u{a0}234,5", true, 1234.5),
            ("1,234.5", false, 1234.5),
            ("\u{2212}3,2 п. п.", true, -3.2),
            ("62%", false, 62.0),
            ("3 (2\u{2013}5)", false, 3.0),
        ] {
            assert_eq!(Key::read(text, decimal_comma), Key::Number(expected), "{text}");
        }
        assert_eq!(Key::read("дерек жоқ", true), Key::Text("дерек жоқ".to_owned()));
        assert_eq!(Key::read("\u{2013}", true), Key::Text("\u{2013}".to_owned()));
    }

    #[test]
    fn what_is_missing_comes_last_both_ways() {
        assert_eq!(sorted(&["9,5", "no data", "10"], true, false), ["9,5", "10", "no data"]);
        assert_eq!(sorted(&["9,5", "no data", "10"], true, true), ["10", "9,5", "no data"]);
    }

    #[test]
    fn names_follow_the_alphabet() {
        let names = ["Ұлытау", "Шымкент", "Абай", "Қостанай", "Қарағанды", "Түркістан", "Астана", "Ақмола"];
        let expected = ["Абай", "Ақмола", "Астана", "Қарағанды", "Қостанай", "Түркістан", "Ұлытау", "Шымкент"];
        assert_eq!(sorted(&names, true, false), expected);
    }
}
