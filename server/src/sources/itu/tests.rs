//! Answers made to the recorded shape; their figures mean nothing.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::sources::SourceFormat;
use crate::sources::tests::dataflow;

const ANSWER: &str = include_str!("../../../../fixtures/synthetic/itu/bycode_byiso.json");

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
