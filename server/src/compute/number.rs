//! Numbers as people type them into tables.

/// How a number was written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Written {
    /// Nothing, `NA` or `NaN`.
    Missing,
    /// With a decimal point, or none.
    Point(f64),
    /// With a decimal comma.
    Comma(f64),
}

/// Reads a number; `None` for anything else, infinities too.
///
/// Spaces around it are ignored, and so are spaces and narrow spaces between digits of a decimal
/// comma number (`1 234,5`). One comma and no point is a decimal comma.
pub(super) fn read(text: &str) -> Option<Written> {
    let text = text.trim();
    if matches!(text, "" | "NA" | "NaN") {
        return Some(Written::Missing);
    }
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    if is_plain(text) {
        return text.parse().ok().filter(|value: &f64| value.is_finite()).map(Written::Point);
    }
    let compact: String = text.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}')).collect();
    if compact.matches(',').count() == 1 && !compact.contains('.') {
        let pointed = compact.replace(',', ".");
        if is_plain(&pointed) {
            return pointed.parse().ok().filter(|value: &f64| value.is_finite()).map(Written::Comma);
        }
    }
    None
}
