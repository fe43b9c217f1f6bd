use jiff::civil::date;

use super::*;

fn release() -> ReleaseRef {
    ReleaseRef {
        id: "0123456789abcdef".into(),
        panel: Panel::Regions,
        reference_year: 2023,
        framework: "kz-1.0.0".into(),
        recipe: "fedcba9876543210".into(),
        data_as_of: Some(date(2024, 10, 24)),
    }
}

#[test]
fn missing_is_null_and_dates_are_iso() {
    let entry = IndexEntry {
        area: "KZ-10".parse().expect("a code"),
        score: None,
        rank: None,
        rank_interval: None,
        coverage: Coverage { missing: 1.0, ..Coverage::default() },
        criteria: Vec::new(),
        change: None,
        boundary_break: false,
    };
    let answer = IndexAnswer { release: release(), national: None, index: vec![entry] };
    let json = serde_json::to_value(&answer).expect("serialisable");
    assert!(json["index"][0]["score"].is_null());
    assert_eq!(json["release"]["data_as_of"], "2024-10-24");
    assert_eq!(json["release"]["panel"], "regions");
    let back: IndexAnswer = serde_json::from_value(json).expect("reads what it wrote");
    assert_eq!(back, answer);
}
