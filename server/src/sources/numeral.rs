//! Numbers as statistical offices write them: [`read`]. Decimal commas, spaces between thousands
//! and the marks for gaps; everything else is refused.

use indicators::observation::ObsStatus;

/// What a cell says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Numeral {
    /// The value; `None` for a gap.
    pub(super) value: Option<f64>,
    /// Why it is as it is.
    pub(super) status: ObsStatus,
    /// Whether a decimal comma was read as a point.
    pub(super) had_decimal_comma: bool,
}

const fn gap(status: ObsStatus) -> Numeral {
    Numeral { value: None, status, had_decimal_comma: false }
}

/// Reads one cell. `None` when it is neither a number nor a known mark.
///
/// Marks of the bureau: `-` the phenomenon is absent, `x`/`х` confidential, `...` not available. A dash
/// is kept as missing, not as zero: the workbooks use it for both.
pub(super) fn read(cell: &str) -> Option<Numeral> {
    let text: String = cell.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\t')).collect();
    match text.as_str() {
        "" | "-" | "–" | "—" | "..." | "…" | ".." | "null" => return Some(gap(ObsStatus::Missing)),
        "x" | "X" | "х" | "Х" => return Some(gap(ObsStatus::Confidential)),
        _ => {}
    }
    let had_decimal_comma = text.contains(',');
    if had_decimal_comma && (text.contains('.') || text.matches(',').count() > 1) {
        return None;
    }
    let text = text.replace(',', ".");
    let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || text.len() > 40 {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    value.is_finite().then_some(Numeral { value: Some(value), status: ObsStatus::Normal, had_decimal_comma })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_numbers_gaps_or_refused() {
        let value = |text: &str| read(text).map(|numeral| (numeral.value, numeral.had_decimal_comma));
        for (text, expected) in [
            ("89.7", Some((Some(89.7), false))),
            ("89,7", Some((Some(89.7), true))),
            ("1 234 567", Some((Some(1_234_567.0), false))),
            ("1\u{a0}234,5", Some((Some(1234.5), true))),
            ("-0,0833838024769378", Some((Some(-0.083_383_802_476_937_8), true))),
            ("0", Some((Some(0.0), false))),
            ("-", Some((None, false))),
            ("…", Some((None, false))),
            ("", Some((None, false))),
            ("1,234.5", None),
            ("1,234,567", None),
            ("nan", None),
            ("inf", None),
            ("1e999", None),
            ("в 4 раза", None),
            ("12a", None),
        ] {
            assert_eq!(value(text), expected, "{text:?}");
        }
        assert_eq!(read("х").map(|numeral| numeral.status), Some(ObsStatus::Confidential));
        assert_eq!(read("x").map(|numeral| numeral.status), Some(ObsStatus::Confidential));
    }
}
