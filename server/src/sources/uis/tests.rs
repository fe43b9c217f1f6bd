//! Answers made to the recorded shape, whose figures mean nothing, and recorded ones.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use serde_json::Value;

use super::*;
use crate::sources::SourceFormat;
use crate::sources::tests::dataflow;

const ANSWER: &str = include_str!("../../../../fixtures/synthetic/uis/records.json");

const RECORDED: &str = include_str!("../../../../fixtures/answers/uis/2026-08-08/uis_data_records.json");
const RECORDED_EMPTY: &str = include_str!("../../../../fixtures/answers/uis/2026-08-08/uis_data_empty.json");
const RECORDED_UNKNOWN: &str =
    include_str!("../../../../fixtures/answers/uis/2026-08-08/uis_data_unknown_geounit.json");

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

/// The dataflow of the catalogue, asked for the recorded indicator.
fn of_recording(path: &str) -> DataflowDefinition {
    let mut definition = dataflow("UIS_SCHOOLS_INTERNET");
    definition.indicators[0].series = vec!["CR.1".to_owned()];
    definition.path = definition.path.replace("SCHBSP.1.WINTERN", "CR.1").replace("start=2010", path);
    definition
}

#[test]
fn the_recorded_answer_is_read_to_the_last_record() {
    let payload = Payload::new("CR.1.json", RECORDED.as_bytes());
    let parsed = parse(&of_recording("start=2000"), &payload).unwrap();
    // Read once more without the parser.
    let raw: Value = serde_json::from_str(RECORDED).unwrap();
    let records = raw["records"].as_array().unwrap();
    assert_eq!((records.len(), parsed.rows_read, parsed.observations.len()), (14, 14, 14));
    for (record, one) in records.iter().zip(&parsed.observations) {
        let area = ProviderArea::Code { scheme: SCHEME, code: record["geoUnit"].as_str().unwrap().to_owned() };
        let year = record["year"].as_i64().unwrap();
        assert_eq!((&one.area, i64::from(one.period.year()), one.value), (&area, year, record["value"].as_f64()));
    }
    let figures: Vec<_> = parsed.observations.iter().map(|one| (one.period.year(), one.value)).take(2).collect();
    assert_eq!(figures, [(2006, Some(97.72)), (2007, Some(97.82))]);
}

#[test]
fn a_recorded_answer_to_another_question_is_refused_by_the_dataflow_as_it_stands() {
    let payload = Payload::new("CR.1.json", RECORDED.as_bytes());
    let as_it_stands = parse(&dataflow("UIS_SCHOOLS_INTERNET"), &payload).unwrap_err().to_string();
    assert!(
        as_it_stands.contains("an indicator that was asked for") && as_it_stands.contains("CR.1"),
        "{as_it_stands}"
    );
    // The provider ignores a parameter it does not know, and gives the whole series.
    let ignored = parse(&of_recording("start=2010"), &payload).unwrap_err().to_string();
    assert!(ignored.contains("2010 to 2030") && ignored.contains("2006"), "{ignored}");
}

#[test]
fn recorded_answers_without_records_are_told_apart_by_their_hints() {
    let read = |text: &str| parse(&dataflow("UIS_SCHOOLS_INTERNET"), &Payload::new("uis.json", text.as_bytes()));
    assert!(matches!(read(RECORDED_EMPTY), Err(SourceError::Empty { .. })));
    let hint = read(RECORDED_UNKNOWN).unwrap_err().to_string();
    assert!(hint.contains("UIS::HINT::003") && hint.contains("XXX"), "{hint}");
}
