//! Population in slices, and what bad input does.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use indicators::observation::ObsStatus;

use crate::sources::error::SourceError;
use crate::sources::finding::FindingKind;
use crate::sources::tests::{parse_text, recorded_text};
use crate::sources::{Parsed, ProviderObservation};

fn read(text: &str) -> Result<Parsed, SourceError> {
    parse_text("BNS_POPULATION", "population_6645.json", text)
}

#[test]
fn regions_sum_to_the_country() {
    let parsed = read(&recorded_text("kz_bns/2026-07-10/population_6645.json")).unwrap();
    assert_eq!(parsed.observations.len(), 32);
    let newest = |row: &&ProviderObservation| row.period.year() == 2025;
    let values: Vec<f64> = parsed.observations.iter().filter(newest).filter_map(|row| row.value).collect();
    assert_eq!(values.len(), 21);
    assert_eq!(values.iter().skip(1).sum::<f64>().to_bits(), 20_283_399_f64.to_bits());
}

#[test]
fn marks_commas_and_byte_order_marks_are_read_by_rule() {
    let slice = |value: &str| {
        format!(
            "\u{feff}[{{\"terms\":[741880],\"termNames\":[\"X\"],\
             \"periods\":[{{\"name\":\"2020 год\",\"date\":\"31.12.2020\",\"value\":{value}}}]}}]"
        )
    };
    let check = |value: &str, expected: (Option<f64>, ObsStatus)| {
        let parsed = read(&slice(value)).unwrap();
        let row = parsed.observations.first().unwrap();
        assert_eq!((row.value, row.status), expected, "{value}");
    };
    check("\"40.57\"", (Some(40.57), ObsStatus::Normal));
    check("\"1 234,5\"", (Some(1234.5), ObsStatus::Normal));
    check("null", (None, ObsStatus::Missing));
    check("\"-\"", (None, ObsStatus::Missing));
    check("\"х\"", (None, ObsStatus::Confidential));
    let repaired = read(&slice("\"1,5\"")).unwrap();
    assert_eq!(repaired.findings.first().map(|finding| finding.kind), Some(FindingKind::DecimalComma));
    let refused = read(&slice("\"в 4 раза\"")).unwrap_err().to_finding();
    assert_eq!((refused.place.row, refused.found.as_str()), (Some(1), "в 4 раза"));
}

#[test]
fn cuts_pages_and_other_shapes_are_told_apart() {
    let text = recorded_text("kz_bns/2026-07-10/population_6645.json");
    let half = (0..text.len() / 2).rev().find(|&at| text.is_char_boundary(at)).unwrap();
    assert!(matches!(read(text.get(..half).unwrap()), Err(SourceError::Truncated { .. })));
    assert!(matches!(read("[]"), Err(SourceError::Empty { .. })));
    assert!(matches!(read("{\"error\":1}"), Err(SourceError::Structure { .. })));
    assert!(matches!(read("<html>"), Err(SourceError::HtmlPage { .. })));
    assert!(matches!(read(&"[".repeat(100_000)), Err(SourceError::Structure { .. })));
    let label = text.replacen("31.12.2014", "01.01.2014", 1);
    assert_eq!(read(&label).unwrap_err().to_finding().place.column.as_deref(), Some("date"));
}
