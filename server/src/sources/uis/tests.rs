//! Answers made to the recorded shape; their figures mean nothing.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::sources::SourceFormat;
use crate::sources::tests::dataflow;

const ANSWER: &str = include_str!("../../../../fixtures/synthetic/uis/records.json");

fn read(text: &str) -> Result<Parsed, SourceError> {
    let mut definition = dataflow("WB_INTERNET_USERS");
    definition.format = SourceFormat::UisRecords;
    definition.path = "api/public/data/indicators?indicator=SCHBSP.1.WINTERN&start=2015&end=2023".to_owned();
    definition.indicators[0].series = vec!["SCHBSP.1.WINTERN".to_owned()];
    parse(&definition, &Payload::new("uis.json", text.as_bytes()))
}

#[test]
fn records_are_read_with_the_reason_of_their_gaps() {
    let parsed = read(ANSWER).unwrap();
    let found: Vec<_> = parsed.observations.iter().map(|one| (one.period.year(), one.value, one.status)).collect();
    assert_eq!(
        found,
        [
            (2021, Some(99.350_000_000_000_01), ObsStatus::Normal),
            (2022, Some(99.5), ObsStatus::Estimated),
            (2022, None, ObsStatus::CannotExist),
            (2023, None, ObsStatus::Missing),
        ]
    );
}

#[test]
fn an_ignored_parameter_an_unknown_area_and_an_empty_answer_are_told_apart() {
    let ignored = read(&ANSWER.replace("\"year\": 2021", "\"year\": 1999")).unwrap_err().to_string();
    assert!(ignored.contains("a year asked for, 2015 to 2023") && ignored.contains("1999"), "{ignored}");
    let hint = r#"{"hints":[{"code":"UIS::HINT::003","message":"The geoUnit could not be found, XXX"}],"records":[]}"#;
    assert!(matches!(read(hint), Err(SourceError::ProviderMessage { .. })));
    assert!(matches!(read(r#"{"hints":[],"records":[],"indicatorMetadata":[]}"#), Err(SourceError::Empty { .. })));
    assert!(matches!(read(&ANSWER[..80]), Err(SourceError::Truncated { .. })));
    assert!(read(&ANSWER.replace("SCHBSP.1.WINTERN", "CR.1")).is_err());
}
