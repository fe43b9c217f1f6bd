//! World Development Indicators in three layouts, and what bad input does.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use crate::checks::CheckOutcome;
use crate::sources::error::SourceError;
use crate::sources::finding::FindingKind;
use crate::sources::parsed::Parsed;
use crate::sources::tests::{parse_text, recorded, recorded_text, take};

fn read(text: &str) -> Result<Parsed, SourceError> {
    parse_text("WB_INTERNET_USERS", "internet_users.json", text)
}

const PAGE: &str = include_str!("../../../../fixtures/synthetic/world_bank/v2_one_page.json");

#[test]
fn layouts_are_told_apart_by_content() {
    let copy = read(&recorded_text("world_bank/2026-11-22/internet_users.csv")).unwrap();
    assert_eq!(copy.layout, "open_numbers");
    let api = read(PAGE).unwrap();
    assert_eq!((api.layout, api.observations.len()), ("world_bank_v2", 3));
    assert_eq!(api.observations.iter().filter_map(|row| row.value).count(), 2);
    for day in ["2024-07-31", "2025-06-30"] {
        let text = recorded_text(&format!("world_bank/{day}/education_spending_gdp.csv"));
        let parsed = parse_text("WB_EDU_SPENDING", "education_spending_gdp.csv", &text).unwrap();
        assert_eq!(parsed.layout, "our_world_in_data");
    }
}

#[test]
fn errors_inside_a_success_are_errors() {
    let message =
        r#"[{"message":[{"id":"120","key":"Invalid value","value":"The provided parameter value is not valid"}]}]"#;
    match read(message).unwrap_err() {
        SourceError::ProviderMessage { message, .. } => {
            assert_eq!(message, "Invalid value: The provided parameter value is not valid");
        }
        other => assert_eq!(other.to_string(), "", "expected the provider's message"),
    }
    assert!(matches!(read(r#"[{"page":1,"pages":1,"per_page":"50","total":0},null]"#), Err(SourceError::Empty { .. })));
    assert!(matches!(read(&PAGE.replace("\"pages\": 1", "\"pages\": 7")), Err(SourceError::Truncated { .. })));
    assert!(matches!(read(&PAGE.replace("\"total\": 3", "\"total\": 4")), Err(SourceError::Truncated { .. })));
    assert!(matches!(read(PAGE.get(..PAGE.len() - 20).unwrap()), Err(SourceError::Truncated { .. })));
    assert!(matches!(read(r#"<?xml version="1.0"?><wb:error>x</wb:error>"#), Err(SourceError::ProviderMessage { .. })));
    let other = read(&PAGE.replacen("IT.NET.USER.ZS", "IT.NET.BBND.P2", 1)).unwrap_err().to_finding();
    assert_eq!((other.place.column.as_deref(), other.found.as_str()), (Some("indicator"), "IT.NET.BBND.P2"));
}

#[test]
fn groups_and_territories_are_left_out_as_declared_and_others_refused() {
    let bytes = recorded("world_bank/2026-11-22/internet_users.csv");
    let report = take("WB_INTERNET_USERS", &[("internet_users.csv", bytes)], &[]);
    assert_eq!(report.outcome, CheckOutcome::AcceptedWithFindings);
    let finding = report.findings.iter().find(|finding| finding.kind == FindingKind::OutsideArea).unwrap();
    assert!(finding.found.contains("HKG") && finding.found.contains("NLD_CURACAO"), "{}", finding.found);
    let unknown = recorded_text("world_bank/2026-11-22/internet_users.csv").replace("kaz,", "qqq,");
    let report = take("WB_INTERNET_USERS", &[("internet_users.csv", unknown.as_bytes())], &[]);
    assert_eq!(report.reasons.first().map(|reason| reason.kind), Some(FindingKind::UnknownArea));
}
