//! Answers made to the recorded shape, whose figures mean nothing, and recorded ones.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use serde_json::Value as Json;

use super::*;
use crate::sources::tests::{areas, dataflow};
use crate::sources::{SourceFormat, harmonise};

const ANSWER: &str = include_str!("../../../../fixtures/synthetic/itu/bycode_byiso.json");

const RECORDED: [&str; 2] = [
    include_str!("../../../../fixtures/answers/itu/2026-07-26/itu-get-country-series.json"),
    include_str!("../../../../fixtures/answers/itu/2026-07-26/itu-get-indicator-series.json"),
];

fn read(text: &str) -> Result<Parsed, SourceError> {
    let mut definition = dataflow("WB_INTERNET_USERS");
    definition.format = SourceFormat::ItuSeries;
    definition.indicators[0].series = vec!["11624".to_owned()];
    parse(&definition, &Payload::new("itu.json", text.as_bytes()))
}

#[test]
fn values_are_strings_and_keys_come_in_any_order() {
    let parsed = read(ANSWER).unwrap();
    let found: Vec<_> = parsed.observations.iter().map(|one| (one.period.year(), one.value)).collect();
    assert_eq!(found, [(2000, Some(43.079_166_237_520_1)), (2001, Some(44.0)), (2002, None)]);
}

#[test]
fn unknown_codes_messages_and_cuts_are_told_apart() {
    assert!(matches!(read("[]"), Err(SourceError::Empty { .. })));
    assert!(matches!(read(r#"{"message":"Missing Authentication Token"}"#), Err(SourceError::Structure { .. })));
    assert!(matches!(read(&ANSWER[..150]), Err(SourceError::Truncated { .. })));
    let error = read(&ANSWER.replace("11624", "11625")).unwrap_err().to_string();
    assert!(error.contains("codeID") && error.contains("11625"), "{error}");
}

#[test]
fn the_dataflow_of_the_catalogue_reads_the_recorded_answers_to_the_last_record() {
    let definition = dataflow("ITU_INTERNET_USERS");
    for text in RECORDED {
        let parsed = parse(&definition, &Payload::new("11624_KAZ.json", text.as_bytes())).unwrap();
        // Read once more without the parser.
        let raw: Json = serde_json::from_str(text).unwrap();
        let records = raw.as_array().unwrap();
        assert!(records.len() >= 3);
        assert_eq!((parsed.rows_read, parsed.observations.len()), (records.len(), records.len()));
        for (record, one) in records.iter().zip(&parsed.observations) {
            let code = record["isoCode"].as_str().unwrap().to_owned();
            let value: f64 = record["answer"][0]["value"].as_str().unwrap().parse().unwrap();
            let year = record["dataYear"].as_i64().unwrap();
            assert_eq!(one.area, ProviderArea::Code { scheme: SCHEME, code });
            assert_eq!((i64::from(one.period.year()), one.value), (year, Some(value)));
        }
        assert_eq!(parsed.findings, []);
    }
    let of_states = parse(&definition, &Payload::new("11624_USA.json", RECORDED[0].as_bytes())).unwrap();
    let harmonised = harmonise::harmonise(&definition, &areas(), &[], vec![of_states]);
    let first = &harmonised.observations[0].observation;
    assert_eq!((first.area.as_str(), first.period.year(), first.value), ("USA", 2000, Some(43.079_162_637_520_1)));
}
