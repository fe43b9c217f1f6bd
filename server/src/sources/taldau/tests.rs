//! Answers made to the documented shape; their figures mean nothing.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use indicators::assembly::{BookedValue, ObservationBook, SubstitutePolicy, assemble};
use indicators::definition::{Derivation, Panel, SeriesRef};
use indicators::observation::{Breakdown, ObsStatus, Observation, SeriesKey};

use super::*;
use crate::definitions::Definitions;
use crate::sources::tests::{areas, dataflow};
use crate::sources::{ProviderArea, ProviderObservation, SourceFormat, harmonise};

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
    let told: Vec<(FindingKind, &str)> = parsed.findings.iter().map(|one| (one.kind, one.found.as_str())).collect();
    let other = "1 other combinations: 741918 Городская местность";
    assert_eq!(told, [(FindingKind::DecimalComma, "1 000,5"), (FindingKind::OutsideArea, other)]);
}

#[test]
fn the_answers_about_an_index_are_kept_together_and_read_together() {
    let answers = [
        (Step::Periods, include_bytes!("../../../../fixtures/synthetic/taldau/period_list.json").as_slice()),
        (Step::Segments, include_bytes!("../../../../fixtures/synthetic/taldau/segment_list.json")),
        (Step::Dates, include_bytes!("../../../../fixtures/synthetic/taldau/index_periods.json")),
        (Step::Attributes, include_bytes!("../../../../fixtures/synthetic/taldau/index_attributes.json")),
        (Step::Data, ANSWER),
    ];
    let definition = dataflow("BNS_TALDAU_703983");
    let with = |answers: &[(Step, &[u8])]| {
        let answers: Vec<(Step, Vec<u8>)> = answers.iter().map(|(step, bytes)| (*step, bytes.to_vec())).collect();
        parse(&definition, &Payload::new("703983.json", &joined(&answers)))
    };
    let together = with(&answers).unwrap();
    assert_eq!(
        together.observations,
        read(ANSWER).unwrap().observations.into_iter().map(of_computers).collect::<Vec<_>>()
    );
    // The figures without what leads to them, and what leads to them without figures.
    assert!(matches!(with(&answers[..4]), Err(SourceError::Truncated { .. })));
    assert!(matches!(with(&answers[3..]), Err(SourceError::Truncated { .. })));
    // A year the portal says it has, and the dump has not.
    let mut more = answers;
    more[2].1 = r#"{"datesToDraw":["31.12.2022","31.12.2023","31.12.2024"]}"#.as_bytes();
    let told = with(&more).unwrap().findings;
    let lacking = told.iter().find(|one| one.kind == FindingKind::PeriodVanished).unwrap();
    assert_eq!(lacking.found, "none of 2022");
    assert!(!together.findings.iter().any(|one| one.kind == FindingKind::PeriodVanished));
    more[3].1 = r#"{"measureName":"тысяч единиц"}"#.as_bytes();
    assert!(with(&more).unwrap_err().to_string().contains("тысяч единиц"));
}

fn of_computers(observation: ProviderObservation) -> ProviderObservation {
    ProviderObservation { indicator: "school_computers".parse().unwrap(), ..observation }
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
        .filter(|one| one.kind == FindingKind::OutsideArea && one.found.contains("districts"))
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

/// What a dump says, in our codes.
fn harmonised(id: &str, bytes: &[u8]) -> Vec<Observation> {
    let definition = dataflow(id);
    let parsed = parse(&definition, &Payload::new("dump", bytes)).unwrap();
    let harmonised = harmonise::harmonise(&definition, &areas(), &[], vec![parsed]);
    assert_eq!(harmonised.unmapped, []);
    harmonised.observations.into_iter().map(|placed| placed.observation).collect()
}

#[test]
fn computers_per_hundred_pupils_are_the_ratio_of_the_two_dataflows_and_missing_where_either_is() {
    let series = |dataflow: &str, indicator: &str| SeriesRef {
        dataflow: dataflow.parse().unwrap(),
        series: SeriesKey { indicator: indicator.parse().unwrap(), breakdown: Breakdown::total() },
    };
    let (computers, pupils) =
        (series("BNS_TALDAU_703983", "school_computers"), series("BNS_TALDAU_PUPILS", "school_pupils"));
    let mut framework = Definitions::embedded().unwrap().framework;
    framework.indicators.retain(|one| one.code.as_str() == "education_expenditure_per_inhabitant");
    let ratio = Derivation::Ratio { numerator: computers.clone(), denominator: pupils.clone(), per: 100.0 };
    framework.indicators[0].derivation = Some(ratio);
    // The same dump, with other figures: nothing is said of the pupils of Abai.
    let of_pupils = String::from_utf8(ANSWER.to_vec()).unwrap().replace("40.57", "811.4").replace("12 345", "-");
    let with = |pupils_are_there: bool| {
        let mut book = ObservationBook::default();
        let mut enter = |series: &SeriesRef, observations: Vec<Observation>| {
            for one in observations {
                let booked = BookedValue { value: one.value, status: one.status, vintage: "v".into() };
                book.enter(series.clone(), one.area, one.period, booked);
            }
        };
        enter(&computers, harmonised("BNS_TALDAU_703983", ANSWER));
        if pupils_are_there {
            enter(&pupils, harmonised("BNS_TALDAU_PUPILS", of_pupils.as_bytes()));
        }
        let none = SubstitutePolicy { predecessor: false, national: false };
        let assembly = assemble(&framework, Panel::Regions, 2023, &areas(), &book, none);
        let value = |area: &str| {
            let position = assembly.areas.iter().position(|code| code.as_str() == area).unwrap();
            assembly.cell(position, 0).unwrap().value
        };
        [value("KZ-11"), value("KZ-10"), value("KZ-61")]
    };
    assert_eq!(with(true), [Some(100.0 * 40.57 / 811.4), None, None]);
    assert_eq!(with(false), [None; 3]);
}
