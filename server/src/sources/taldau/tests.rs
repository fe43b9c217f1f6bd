//! Answers made to the documented shape; their figures mean nothing.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use indicators::observation::ObsStatus;

use super::*;
use crate::sources::tests::dataflow;
use crate::sources::{ProviderArea, SourceFormat};

const ANSWER: &[u8] = include_bytes!("../../../../fixtures/synthetic/taldau/get_index_data.json");

/// The population dataflow, read as a dump of which only the records with the total are asked for.
fn definition() -> DataflowDefinition {
    let mut definition = dataflow("BNS_POPULATION");
    definition.format = SourceFormat::TaldauIndex;
    definition.indicators[0].series = vec!["741917".to_owned()];
    definition
}

fn read(bytes: &[u8]) -> Result<Parsed, SourceError> {
    parse(&definition(), &Payload::new("703983.json", bytes))
}

#[test]
fn the_total_of_every_area_is_read_and_sub_aggregates_are_passed_over() {
    let parsed = read(ANSWER).unwrap();
    let found: Vec<_> = parsed
        .observations
        .iter()
        .map(|one| {
            let ProviderArea::Code { code, .. } = &one.area else { unreachable!("areas have ids") };
            (code.as_str(), one.period.year(), one.value, one.status)
        })
        .collect();
    assert_eq!(
        found,
        [
            ("741880", 2023, Some(1000.5), ObsStatus::Normal),
            ("741880", 2024, Some(1100.0), ObsStatus::Normal),
            ("247783", 2023, Some(40.57), ObsStatus::Normal),
            ("247783", 2024, None, ObsStatus::Missing),
            ("77208141", 2023, None, ObsStatus::Confidential),
            ("77208141", 2024, Some(12345.0), ObsStatus::Normal),
        ]
    );
    assert_eq!(parsed.findings.len(), 1);
}

#[test]
fn districts_are_left_out_by_their_names_and_told_once() {
    let mut definition = definition();
    definition.district_marks = vec!["РАЙОН".to_owned(), "Г.А.".to_owned()];
    let text = String::from_utf8(ANSWER.to_vec()).unwrap();
    let district = |id: u32, name: &str| {
        format!(
            ",{{\"terms\":[{id},741917],\"termNames\":[\"{name}\",\"Всего\"],\
             \"periods\":[{{\"name\":\"2024 год\",\"date\":\"31.12.2024\",\"value\":\"7\"}}]}}"
        )
    };
    let districts = [district(1, "Аккольский район"), district(2, "КОКШЕТАУ Г.А."), district(3, "РАЙОННАЯ ОБЛАСТЬ")];
    let more = text.trim_end().strip_suffix(']').unwrap().to_owned() + &districts.concat() + "]";
    let parsed = parse(&definition, &Payload::new("703983.json", more.as_bytes())).unwrap();
    let areas: Vec<&ProviderArea> = parsed.observations.iter().map(|one| &one.area).collect();
    let is_there = |id: &str| areas.iter().any(|area| matches!(area, ProviderArea::Code { code, .. } if code == id));
    assert!(!is_there("1") && !is_there("2"), "{areas:?}");
    assert!(is_there("3"), "a word that only begins like the mark is no mark");
    let told: Vec<&str> = parsed
        .findings
        .iter()
        .filter(|one| one.kind == FindingKind::OutsideArea)
        .map(|one| one.found.as_str())
        .collect();
    assert_eq!(told, ["2 districts, Аккольский район the first"]);
}

#[test]
fn empty_lists_and_pages_are_told_apart() {
    assert!(matches!(read(b"[]"), Err(SourceError::Empty { .. })));
    let page = "<html><head><title>Индекс за пределами диапазона</title></head></html>";
    assert!(matches!(read(page.as_bytes()), Err(SourceError::HtmlPage { .. })));
    assert!(matches!(read(&ANSWER[..ANSWER.len() / 2]), Err(SourceError::Truncated { .. })));
    let others = String::from_utf8(ANSWER.to_vec()).unwrap().replace("741917", "741918");
    assert!(matches!(read(others.as_bytes()), Err(SourceError::Empty { .. })));
}
