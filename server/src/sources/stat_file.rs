//! Files of the bureau's file API: one address, four kinds of file, told apart by their first bytes.
//!
//! Provider: Bureau of National Statistics, `https://stat.gov.kz/api/iblock/element/<id>/{json|csv}/file/<language>/`, and
//! without the kind for a workbook; free use with reference to the source. Calendar: by table. Checked 2026-11-22: slices of
//! element 6645 are recorded, the other kinds are known by their shape only.
//!
//! | First bytes | Kind | Read by |
//! |---|---|---|
//! | `[` or `{`, a byte order mark before it or not | slices | [`super::slices`] |
//! | `PK 03 04` | workbook, `.xlsx` | [`grid`] or [`super::stat_workbook`] over [`super::workbook`] |
//! | `D0 CF 11 E0` | workbook, `.xls`; the address does not say which | the same |
//! | anything else that is text | columns separated by tabs, called CSV | [`tabbed`] |
//!
//! Quirks: the kind asked for is not always the kind that comes; years bear footnotes (`2025 год7)8)`); a page of HTML comes with
//! status 200 when an element has moved.

use super::catalogue::{DataflowDefinition, SourceFormat};
use super::delimited::html_title;
use super::error::SourceError;
use super::finding::{Finding, FindingKind, Place};
use super::parsed::Parsed;
use super::request::Payload;
use super::{slices, stat_workbook, workbook};

mod grid;
mod tabbed;

const EXPECTED: &str = "slices as JSON, a table separated by tabs, or a workbook";
/// The scheme of the classifier of areas.
const KATO: &str = "kato";
/// The scheme of the names the bureau prints, in both languages.
const NAMES: &str = "bns_name";

pub(super) fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    if let Some(title) = html_title(payload.bytes) {
        return Err(SourceError::HtmlPage { part: payload.part.to_owned(), expected: EXPECTED, title });
    }
    if workbook::is_one(payload.bytes) {
        return match definition.format {
            SourceFormat::BnsEducationFinance | SourceFormat::BnsInnovation => {
                stat_workbook::parse(definition, payload)
            }
            _ => grid::parse(definition, payload),
        };
    }
    let text = payload.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(payload.bytes);
    match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[' | b'{') => slices::parse(definition, payload),
        Some(byte) if byte.is_ascii_control() => Err(SourceError::FileType {
            part: payload.part.to_owned(),
            expected: EXPECTED,
            found: workbook::first_bytes(payload.bytes),
        }),
        _ => tabbed::parse(definition, payload),
    }
}

/// What a code of the classifier stands for: two digits for the region, seven for what is inside.
fn is_region(code: &str) -> bool {
    code.len() == 9 && code.bytes().all(|byte| byte.is_ascii_digit()) && code.ends_with("0000000")
}

/// Districts stand among the regions under codes of their own. They are counted, and told once.
#[derive(Default)]
struct Districts {
    first: Option<(Place, String)>,
    count: usize,
}

impl Districts {
    fn leave_out(&mut self, place: Place, code: &str) {
        self.first.get_or_insert_with(|| (place, code.to_owned()));
        self.count += 1;
    }

    fn tell(self, parsed: &mut Parsed) {
        let Some((place, code)) = self.first else { return };
        parsed.findings.push(Finding {
            kind: FindingKind::OutsideArea,
            place,
            expected: "codes of regions".to_owned(),
            found: format!("{} rows of districts, {code} the first", self.count),
            action: "left out, by the structure of the classifier".to_owned(),
        });
    }
}

#[cfg(test)]
mod tests;
