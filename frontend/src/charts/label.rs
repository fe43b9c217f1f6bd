//! Labels: how wide a text is, shortening it, wrapping it, keeping labels apart.
//!
//! The server has no fonts, so widths are estimates for common system sans-serif faces in Latin and
//! Cyrillic, a little too wide rather than too narrow.

use crate::charts::drawing::Element;

/// The estimated width of a text set `height` high.
#[must_use]
pub fn width(text: &str, height: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * height
}

/// The advance of one character as a share of the text height.
fn advance(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | 'I' | 'і' | 'І' | 'ј' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '('
        | ')' | '[' | ']' | '-' | '\u{2011}' | '/' | '\u{b7}' => 0.36,
        ' ' | '\u{a0}' | '\u{202f}' => 0.29,
        'm' | 'w' | 'M' | 'W' | 'Q' | 'O' | 'G' | 'ж' | 'ш' | 'щ' | 'м' | 'ф' | 'ю' | 'ы' | 'Ж' | 'Ш' | 'Щ' | 'М'
        | 'Ф' | 'Ю' | 'Ы' | 'Ұ' | 'Қ' | 'Ң' | 'О' | 'Ө' | '%' | '\u{2014}' => 0.83,
        digit if digit.is_ascii_digit() => 0.58,
        '\u{2212}' | '+' | '=' | '<' | '>' | '\u{2013}' => 0.6,
        letter if letter.is_uppercase() => 0.69,
        letter if letter.is_ascii_lowercase() => 0.55,
        _ => 0.58,
    }
}

/// The text, or as much of it as fits followed by an ellipsis. Empty when not even two characters
/// fit.
#[must_use]
pub fn shortened(text: &str, room: f64, height: f64) -> String {
    if width(text, height) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = width("\u{2026}", height);
    for character in text.chars() {
        used += advance(character) * height;
        if used > room {
            break;
        }
        kept.push(character);
    }
    let kept = kept.trim_end();
    if kept.chars().count() < 2 { String::new() } else { format!("{kept}\u{2026}") }
}

/// The name, or its short form where the name does not fit, shortened when even that is too long.
#[must_use]
pub fn either(name: &str, short: &str, room: f64, height: f64) -> String {
    if width(name, height) <= room { name.to_owned() } else { shortened(short, room, height) }
}

/// A value without the unit behind its number: `4.87` of `4.87 % of GDP`. Spaces before digits are part of the number.
#[must_use]
pub fn bare(value: &str) -> &str {
    let mut rest = value.char_indices().peekable();
    while let Some((at, character)) = rest.next() {
        let is_space = matches!(character, ' ' | '\u{a0}' | '\u{202f}');
        if is_space && !rest.peek().is_some_and(|(_, next)| next.is_ascii_digit()) {
            return value.get(..at).unwrap_or(value);
        }
    }
    value
}

/// A text set into a narrow place: as it is when it fits, drawn a little narrower when it nearly
/// fits, shortened otherwise.
#[must_use]
pub fn fitted(x: f64, y: f64, text: &str, room: f64, height: f64) -> Element {
    const NARROWEST: f64 = 0.78;
    let wished = width(text, height);
    if wished <= room {
        Element::text(x, y, text)
    } else if wished * NARROWEST <= room {
        Element::text(x, y, text).at("textLength", room).set("lengthAdjust", "spacingAndGlyphs")
    } else {
        Element::text(x, y, shortened(text, room, height))
    }
}

/// Breaks a text into at most `most` lines at spaces; the last line is shortened if need be.
#[must_use]
pub fn wrapped(text: &str, room: f64, height: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let full = lines.len() >= most;
        match lines.last_mut() {
            Some(line) if full || width(&format!("{line} {word}"), height) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ if full => return Vec::new(),
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| shortened(line, room, height)).collect()
}

/// Moves wished positions apart until neighbours are at least `gap` from each other, all within
/// `bounds` when they fit, with the least total squared movement. Answers in the order asked.
///
/// Labels that would touch are pooled into a block that sits at the mean of its wishes, the same
/// way isotonic regression pools violators.
#[must_use]
pub fn spread(wishes: &[f64], gap: f64, bounds: (f64, f64)) -> Vec<f64> {
    struct Block {
        members: Vec<usize>,
        sum: f64,
        size: f64,
    }
    let mut order: Vec<usize> = (0..wishes.len()).collect();
    order.sort_by(|a, b| wishes[*a].total_cmp(&wishes[*b]));
    // With each wish lowered by its rank times the gap, "at least a gap apart" becomes "rising".
    let mut blocks: Vec<Block> = Vec::new();
    let mut offset = 0.0;
    let mut offsets = vec![0.0; wishes.len()];
    for index in order {
        offsets[index] = offset;
        let mut block = Block { members: vec![index], sum: wishes[index] - offset, size: 1.0 };
        while let Some(last) = blocks.pop_if(|last| last.sum / last.size > block.sum / block.size) {
            let mut members = last.members;
            members.append(&mut block.members);
            block = Block { members, sum: last.sum + block.sum, size: last.size + block.size };
        }
        blocks.push(block);
        offset += gap;
    }
    let highest = bounds.1 - (offset - gap).max(0.0);
    let mut places = vec![0.0; wishes.len()];
    for block in blocks {
        let base = (block.sum / block.size).min(highest).max(bounds.0);
        for member in block.members {
            places[member] = base + offsets[member];
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wider_text_is_wider() {
        assert!(width("Маңғыстау", 12.0) > width("Абай", 12.0));
        assert!(width("ЖШЩ", 12.0) > width("ііі", 12.0));
    }

    #[test]
    fn shortening_keeps_what_fits() {
        assert_eq!(shortened("Абай", 100.0, 12.0), "Абай");
        let short = shortened("Солтүстік Қазақстан", 60.0, 12.0);
        assert!(short.ends_with('\u{2026}') && width(&short, 12.0) <= 60.0, "{short}");
        assert_eq!(shortened("Абай", 5.0, 12.0), "");
    }

    #[test]
    fn the_short_name_stands_where_the_name_does_not_fit() {
        assert_eq!(either("Солтүстік Қазақстан облысы", "СҚО", 300.0, 12.0), "Солтүстік Қазақстан облысы");
        assert_eq!(either("Солтүстік Қазақстан облысы", "СҚО", 118.0, 12.0), "СҚО");
        for (value, expected) in [
            ("4,87\u{a0}ЖІӨ-ден %", "4,87"),
            ("97,3\u{a0}%", "97,3"),
            ("1\u{202f}234,5 тг", "1\u{202f}234,5"),
            ("11.1 (100 people)", "11.1"),
            ("0.901", "0.901"),
            ("", ""),
        ] {
            assert_eq!(bare(value), expected);
        }
    }

    #[test]
    fn a_text_that_nearly_fits_is_drawn_narrower() {
        let full = width("Маңғыстау", 11.0);
        let text = |room: f64| fitted(0.0, 0.0, "Маңғыстау", room, 11.0);
        assert_eq!(text(full + 1.0).attribute("textLength"), None);
        assert!(text(full * 0.9).attribute("textLength").is_some());
        assert!(text(full * 0.5).own_text().ends_with('\u{2026}'));
    }

    #[test]
    fn wrapping_stops_at_the_last_line() {
        assert_eq!(wrapped("one two three", 45.0, 10.0, 2), ["one two", "three"]);
        assert_eq!(wrapped("one two three", 24.0, 10.0, 1).len(), 1);
        assert_eq!(wrapped("", 24.0, 10.0, 1), Vec::<String>::new());
    }

    #[test]
    fn labels_keep_apart_and_inside() {
        for (wishes, gap, bounds) in [
            (vec![10.0, 11.0, 12.0, 80.0], 14.0, (0.0, 100.0)),
            (vec![99.0, 98.0, 97.0], 14.0, (0.0, 100.0)),
            (vec![0.0, 0.0, 0.0, 0.0], 14.0, (0.0, 100.0)),
            (vec![5.0, 90.0, 5.0, 91.0, 92.0, 40.0], 14.0, (0.0, 100.0)),
        ] {
            let mut places = spread(&wishes, gap, bounds);
            places.sort_by(f64::total_cmp);
            assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= gap - 1e-9), "{places:?}");
            assert!(places.iter().all(|place| (bounds.0..=bounds.1).contains(place)), "{places:?}");
        }
        assert_eq!(spread(&[30.0, 10.0], 5.0, (0.0, 100.0)), [30.0, 10.0]);
        assert_eq!(spread(&[], 5.0, (0.0, 100.0)), Vec::<f64>::new());
    }
}
