//! Pages made up in the documented shape, and what bad ones do.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::Path;

use jiff::civil::date;

use super::*;
use crate::sources::tests::dataflow;
use crate::sources::{SourceQuery, requests};

const ID: &str = "GIGA_SCHOOLS";

fn page_file(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/synthetic/giga");
    fs::read(folder.join(name)).unwrap()
}

fn read(bytes: &[u8]) -> Result<Parsed, SourceError> {
    parse(&dataflow(ID), &Payload::new("schools.json", bytes))
}

fn both() -> Vec<u8> {
    joined(date(2026, 11, 22), &[page_file("schools_profile_1.json"), page_file("schools_profile_2.json")])
}

#[test]
fn pages_are_asked_for_one_by_one_and_counted() {
    let definition = dataflow(ID).at("http://127.0.0.1:9/api/v1".parse().unwrap());
    let first = requests(&definition, &SourceQuery { today: date(2026, 11, 22) }).unwrap().remove(0);
    let second = page(&first, 2);
    let expected = "http://127.0.0.1:9/api/v1/schools_profile?country_iso3_code=KAZ&page=2&size=1000";
    assert_eq!((second.url.as_str(), second.part.as_str()), (expected, "schools_profile_KAZ.json"));
    assert_eq!(schools_on(&page_file("schools_profile_1.json")), Some(4));
    assert_eq!(schools_on(b"[]"), Some(0));
    assert_eq!(schools_on(b"{\"data\":[]}"), Some(0));
    assert_eq!(schools_on(b"{\"message\":\"Unauthorized\",\"status\":401}"), None);
    assert_eq!(schools_on(b"<html>"), None);
}

#[test]
fn shares_are_of_schools_whose_state_is_known() {
    let parsed = read(&both()).unwrap();
    let value = |indicator: &str, urbanisation: &str| {
        let mut found = parsed
            .observations
            .iter()
            .filter(|row| row.indicator.as_str() == indicator && row.breakdown.urbanisation == urbanisation);
        let row = found.next().unwrap();
        assert!(found.next().is_none() && row.period == TimePeriod::Month(2026, 11));
        row.value
    };
    // Eight records of six schools: four known to be connected or not, one not known, one said to be both.
    assert_eq!(parsed.rows_read, 8);
    assert_eq!(value("giga_schools_mapped", "_T"), Some(6.0));
    assert_eq!(value("giga_schools_known", "_T"), Some(100.0 * 4.0 / 6.0));
    assert_eq!(value("giga_schools_connected", "_T"), Some(75.0));
    assert_eq!(value("giga_schools_connected", "R"), Some(50.0));
    assert_eq!(value("giga_schools_connected", "U"), Some(100.0));
    let told: Vec<_> = parsed.findings.iter().map(|finding| (finding.kind, finding.place.sheet.as_deref())).collect();
    let expected = [(FindingKind::RepeatedRow, Some("page 2")), (FindingKind::ConflictingDuplicate, Some("page 2"))];
    assert_eq!(told, expected);
}

#[test]
fn a_share_of_nothing_is_missing() {
    let school = br#"[{"giga_id_school":"a","country_iso3_code":"KAZ","connectivity":"null"}]"#;
    let parsed = read(&joined(date(2026, 1, 1), &[school.to_vec()])).unwrap();
    let connected = parsed.observations.iter().find(|row| row.indicator.as_str() == "giga_schools_connected").unwrap();
    assert_eq!((connected.value, connected.status), (None, ObsStatus::Missing));
}

#[test]
fn what_is_no_answer_is_told() {
    let text = String::from_utf8(both()).unwrap();
    assert!(matches!(read(&text.as_bytes()[..text.len() / 2]), Err(SourceError::Truncated { .. })));
    assert!(matches!(read(b"<html><title>503</title></html>"), Err(SourceError::HtmlPage { .. })));
    let said = br#"{"message":"Unauthorized","status":401}"#;
    assert!(matches!(read(said), Err(SourceError::ProviderMessage { message, .. }) if message == "Unauthorized"));
    assert!(matches!(read(&joined(date(2026, 1, 1), &[b"[]".to_vec()])), Err(SourceError::Empty { .. })));
    let renamed = text.replace("\"connectivity\":", "\"is_connected\":");
    assert!(matches!(read(renamed.as_bytes()), Err(SourceError::Structure { .. })));
    let spoiled = |from: &str, to: &str| read(text.replacen(from, to, 1).as_bytes()).unwrap_err().to_finding();
    let found = spoiled("\"connectivity\":true", "\"connectivity\":\"maybe\"");
    assert_eq!((found.place.column.as_deref(), found.found.as_str()), (Some("connectivity"), "maybe"));
    let found = spoiled("\"KAZ\"", "\"KEN\"");
    assert_eq!((found.place.column.as_deref(), found.found.as_str()), (Some("country_iso3_code"), "KEN"));
}
