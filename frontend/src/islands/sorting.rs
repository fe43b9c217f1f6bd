//! Tables that can be sorted by any of their columns.
//!
//! The buttons exist only where scripts run: without them a table stands in its published order.
//! Words for "no data" come last whichever way is sorted, and what was done is read out.

#![expect(clippy::must_use_candidate, reason = "the island macro writes a plain function")]

use std::cmp::Ordering;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::Element;

use crate::islands::rewriting::{all, all_in, element, listen, set_text};
use crate::template::filled;

/// Fewer rows than this need no sorting.
const FEWEST: usize = 3;

/// What is sorted: a heading over a group stays where it is.
const ROWS: &str = "tbody tr:not(.group)";

/// The place in the page for what is read out.
pub(crate) const SAID: &str = "sorted";

/// Puts a button into every heading and answers it.
#[island]
pub fn Sorting(
    /// `{heading}`: the name of a button.
    words: String,
    /// `{heading}`: what is read out when the least comes first, and when the greatest does.
    sorted: [String; 2],
    /// Whether numbers have a decimal comma.
    decimal_comma: bool,
) -> impl IntoView {
    // Effects run in the browser only.
    Effect::new(move |_| {
        for table in all(".twin table, .heat table, .wide-table table") {
            equip(&table, &words);
        }
        let sorted = sorted.clone();
        listen(&["click"], move |event| {
            let button = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let button = button.and_then(|element| element.closest("button.sort").ok().flatten());
            if let Some(heading) = button.and_then(|button| button.parent_element()) {
                sort(&heading, &sorted, decimal_comma);
            }
        });
    });
}

fn equip(table: &Element, words: &str) {
    let rows = all_in(table, ROWS).len();
    if rows < FEWEST {
        return;
    }
    for heading in all_in(table, "thead th") {
        let Some(button) = element("button", None) else { continue };
        let name = heading.text_content().unwrap_or_default();
        let _ = button.set_attribute("type", "button");
        let _ = button.set_attribute("class", "sort");
        let _ = button.set_attribute("aria-label", &filled(words, &[("heading", name.trim())]));
        let _ = heading.append_child(&button);
    }
}

fn sort(heading: &Element, words: &[String; 2], decimal_comma: bool) {
    let Some(table) = heading.closest("table").ok().flatten() else { return };
    let mut column = 0;
    let mut before = heading.previous_element_sibling();
    while let Some(sibling) = before {
        column += 1;
        before = sibling.previous_element_sibling();
    }
    let keyed = |row: Element| Some((Key::of(&row.children().item(column)?, decimal_comma), row));
    let mut rows: Vec<(Key, Element)> = all_in(&table, ROWS).into_iter().filter_map(keyed).collect();
    let has_numbers = rows.iter().any(|(key, _)| matches!(key, Key::Number(_)));
    let was = heading.get_attribute("aria-sort");
    // Of numbers the greatest are asked for first, of names the first of the alphabet.
    let descending = match was.as_deref() {
        Some("ascending") => true,
        Some(_) => false,
        None => has_numbers,
    };
    rows.sort_by(|(left, _), (right, _)| left.against(right, has_numbers, descending));
    // Every row goes behind the others of its own group.
    for (_, row) in rows {
        if let Some(group) = row.parent_element() {
            let _ = group.append_child(&row);
        }
    }
    for other in all_in(&table, "thead th[aria-sort]") {
        let _ = other.remove_attribute("aria-sort");
    }
    let _ = heading.set_attribute("aria-sort", if descending { "descending" } else { "ascending" });
    let [ascending_words, descending_words] = words;
    let name = heading.text_content().unwrap_or_default();
    let said = if descending { descending_words } else { ascending_words };
    set_text(&format!("#{SAID}"), &filled(said, &[("heading", name.trim())]));
}

/// What a cell is sorted by. Numbers are whole millionths: no page shows finer ones, and reading
/// them so keeps the tables for reading any floating-point number out of the module.
#[derive(Debug, Clone, PartialEq)]
enum Key {
    Number(i64),
    Text(Vec<u32>),
}

const DECIMALS: u32 = 6;
/// How many letters tell texts apart: a cell may hold a whole explanation behind its name.
const LETTERS: usize = 64;

impl Key {
    /// The day or period a cell names, the number it begins with, or its text.
    fn of(cell: &Element, decimal_comma: bool) -> Self {
        let named = cell.query_selector("time, data").ok().flatten();
        match named.and_then(|named| named.get_attribute("datetime").or_else(|| named.get_attribute("value"))) {
            // "2026-07-01" is a number once its hyphens are gone, and "2023-Q4" without its letter too.
            Some(named) => Self::read(&named.replace(['-', 'Q'], ""), decimal_comma),
            None => Self::read(&cell.text_content().unwrap_or_default(), decimal_comma),
        }
    }

    /// The number a cell begins with, or its text.
    fn read(text: &str, decimal_comma: bool) -> Self {
        let text = text.trim();
        let is_negative = text.starts_with(['\u{2212}', '-']);
        let mut number = 0_i64;
        let mut digits = 0;
        // Decimals still to come; none before the decimal sign.
        let mut open = None;
        for character in text.chars().skip(usize::from(is_negative)) {
            match character {
                digit if digit.is_ascii_digit() && open != Some(0) => {
                    let value = i64::from(u32::from(digit) - u32::from('0'));
                    number = number.saturating_mul(10).saturating_add(value);
                    digits += 1;
                    open = open.map(|open: u32| open - 1);
                }
                ',' if decimal_comma && open.is_none() => open = Some(DECIMALS),
                '.' if !decimal_comma && open.is_none() => open = Some(DECIMALS),
                // Between groups of digits.
                ',' | '\u{a0}' | '\u{202f}' if open.is_none() => {}
                _ => break,
            }
        }
        if digits == 0 {
            return Self::Text(in_alphabet(text));
        }
        let number = number.saturating_mul(10_i64.pow(open.unwrap_or(DECIMALS)));
        Self::Number(if is_negative { -number } else { number })
    }

    fn against(&self, other: &Self, has_numbers: bool, descending: bool) -> Ordering {
        let directed = |order: Ordering| if descending { order.reverse() } else { order };
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => directed(left.cmp(right)),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
            // Beside numbers a text says that there is none.
            (Self::Text(_), Self::Text(_)) if has_numbers => Ordering::Equal,
            (Self::Text(left), Self::Text(right)) => directed(left.cmp(right)),
        }
    }
}

/// The letters of the Kazakh and Russian alphabets in their order, great and small alike; Unicode has
/// those of Kazakh behind all others.
fn in_alphabet(text: &str) -> Vec<u32> {
    const SMALL: &str = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя";
    const GREAT: &str = "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ";
    let place = |letter: char| {
        let in_list = |list: &str| list.chars().position(|known| known == letter);
        in_list(SMALL).or_else(|| in_list(GREAT)).and_then(|place| u32::try_from(place).ok())
    };
    let key = |letter: char| match place(letter) {
        Some(place) => u32::from('а') + place,
        None => u32::from(letter.to_ascii_lowercase()),
    };
    text.chars().take(LETTERS).map(key).collect()
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
            ("78,3\u{2021}", true, 78_300_000),
            ("1\u{a0}234,5", true, 1_234_500_000),
            ("1,234.5", false, 1_234_500_000),
            ("\u{2212}3,2 п. п.", true, -3_200_000),
            ("0.900931234", false, 900_931),
            ("62%", false, 62_000_000),
            ("3 (2\u{2013}5)", false, 3_000_000),
        ] {
            assert_eq!(Key::read(text, decimal_comma), Key::Number(expected), "{text}");
        }
        assert!(matches!(Key::read("дерек жоқ", true), Key::Text(_)));
        assert!(matches!(Key::read("\u{2013}", true), Key::Text(_)));
    }

    #[test]
    fn what_is_missing_comes_last_both_ways() {
        assert_eq!(sorted(&["9,5", "no data", "10"], true, false), ["9,5", "10", "no data"]);
        assert_eq!(sorted(&["9,5", "no data", "10"], true, true), ["10", "9,5", "no data"]);
    }

    #[test]
    fn names_follow_the_alphabet() {
        let names = ["Ұлытау", "шымкент", "Абай", "Қостанай", "Қарағанды", "Түркістан", "Астана", "Ақмола"];
        let expected = ["Абай", "Ақмола", "Астана", "Қарағанды", "Қостанай", "Түркістан", "Ұлытау", "шымкент"];
        assert_eq!(sorted(&names, true, false), expected);
    }
}
