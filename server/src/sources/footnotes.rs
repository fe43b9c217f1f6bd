//! Footnote marks of the bureau's tables: `7)`, `*`, `¹`, glued to years, headings and names.

/// A text without the footnote marks at its end.
pub(super) fn without_marks(text: &str) -> &str {
    let mut text = text.trim();
    loop {
        let shorter = match text.strip_suffix(|letter: char| letter == '*' || is_raised(letter)) {
            Some(rest) => rest,
            None => match text.strip_suffix(')') {
                Some(rest) => {
                    let bare = rest.trim_end_matches(|letter: char| letter.is_ascii_digit());
                    if (1..=2).contains(&(rest.len() - bare.len())) { bare } else { return text }
                }
                None => return text,
            },
        };
        text = shorter.trim_end();
    }
}

/// `1) …`, `* …` and `¹ …`: the lines below a table.
pub(super) fn is_footnote(text: &str) -> bool {
    let digits = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
    text.starts_with(|letter: char| letter == '*' || is_raised(letter))
        || (digits.len() < text.len() && digits.starts_with(')'))
}

/// A raised digit.
const fn is_raised(letter: char) -> bool {
    matches!(letter, '\u{b9}' | '\u{b2}' | '\u{b3}' | '\u{2070}' | '\u{2074}'..='\u{2079}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn footnotes_are_told_from_names() {
        for (text, expected) in [
            ("1) алдын ала деректер", true),
            ("* без учета", true),
            ("¹ Алдын ала", true),
            ("Абай облысы1)", false),
            ("2025", false),
        ] {
            assert_eq!(is_footnote(text), expected, "{text}");
        }
        for (text, expected) in [
            ("Абай облысы 1)2)*", "Абай облысы"),
            ("Абай облысы¹ ²⁾", "Абай облысы¹ ²⁾"),
            ("Ағымдағы шығыстар¹", "Ағымдағы шығыстар"),
            ("2023*", "2023"),
            ("халық (адам)", "халық (адам)"),
        ] {
            assert_eq!(without_marks(text), expected, "{text}");
        }
    }
}
