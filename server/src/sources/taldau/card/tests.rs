//! Answers made to the documented shape; their figures mean nothing.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::sources::tests::dataflow;

const SEARCH: &str = include_str!("../../../../../fixtures/synthetic/taldau/search.json");
const PERIODS: &str = include_str!("../../../../../fixtures/synthetic/taldau/period_list.json");
const SEGMENTS: &str = include_str!("../../../../../fixtures/synthetic/taldau/segment_list.json");
const DATES: &str = include_str!("../../../../../fixtures/synthetic/taldau/index_periods.json");
const ATTRIBUTES: &str = include_str!("../../../../../fixtures/synthetic/taldau/index_attributes.json");

const COMPUTERS: &str = "BNS_TALDAU_703983";
const PUPILS: &str = "BNS_TALDAU_PUPILS";

/// The next question after some answers, without the address they all have in common.
fn next(id: &str, answers: &[(Step, &str)]) -> Result<Option<(Step, String)>, SourceError> {
    let mut card = Card::default();
    for (step, answer) in answers {
        assert!(card.note(*step, answer.as_bytes()), "{step:?}");
    }
    let shown = |request: SourceRequest| {
        request.url.as_str().strip_prefix("https://taldau.stat.gov.kz/ru/Api/").unwrap().to_owned()
    };
    Ok(card.next(&dataflow(id))?.map(|(step, request)| (step, shown(request))))
}

/// As [`next`], where nothing more can be asked.
fn refused(id: &str, answers: &[(Step, &str)]) -> String {
    next(id, answers).unwrap_err().to_string()
}

#[test]
fn each_answer_leads_to_the_next_question_and_the_last_names_the_dictionaries_of_one_segment() {
    let answers =
        [(Step::Periods, PERIODS), (Step::Segments, SEGMENTS), (Step::Dates, DATES), (Step::Attributes, ATTRIBUTES)];
    let asked: Vec<(Step, String)> =
        (0..=answers.len()).map(|n| next(COMPUTERS, &answers[..n]).unwrap().unwrap()).collect();
    let expected = [
        (Step::Periods, "GetPeriodList?indexId=703983"),
        (Step::Segments, "GetSegmentList?indexId=703983&periodId=7"),
        (
            Step::Dates,
            "GetIndexPeriods?p_measure_id=1&p_index_id=703983&p_period_id=7&p_terms=741880,741917&p_term_id=741880&p_dicIds=68,776",
        ),
        (Step::Attributes, "GetIndexAttributes?periodId=7&measureID=1&measureKFC=1&indexId=703983"),
        (Step::Data, "GetIndexData/703983?period=7&dics=68,776"),
    ];
    assert_eq!(asked, expected.map(|(step, path)| (step, path.to_owned())));
}

#[test]
fn an_index_without_a_number_is_searched_for_and_taken_by_its_exact_name() {
    let (step, path) = next(PUPILS, &[]).unwrap().unwrap();
    assert_eq!(step, Step::Search);
    assert!(path.starts_with("Search?keyword=%D0%A7%D0%B8"), "{path}");
    let (_, path) = next(PUPILS, &[(Step::Search, SEARCH)]).unwrap().unwrap();
    assert_eq!(path, "GetPeriodList?indexId=900002");
    let others = refused(PUPILS, &[(Step::Search, &SEARCH.replace("дневных", "сельских"))]);
    assert!(others.contains("вечерних школ") && others.contains("сельских"), "what is there is listed: {others}");
    let twice = refused(PUPILS, &[(Step::Search, &SEARCH.replace("вечерних", "дневных общеобразовательных"))]);
    assert!(twice.contains("900001 and 900002"), "{twice}");
    let none = refused(PUPILS, &[(Step::Search, r#"{"total":"0","results":[]}"#)]);
    assert!(none.contains("no index"), "{none}");
}

#[test]
fn the_smallest_segment_of_regions_with_a_declared_series_is_taken_and_no_other() {
    let data = |segments: &str| {
        let answers = [
            (Step::Periods, PERIODS),
            (Step::Segments, segments),
            (Step::Dates, DATES),
            (Step::Attributes, ATTRIBUTES),
        ];
        next(COMPUTERS, &answers).map(|asked| asked.unwrap().1)
    };
    let only = r#"[{"dicId":67,"termIds":741880,"names":"Регионы"}]"#;
    assert_eq!(data(only).unwrap(), "GetIndexData/703983?period=7&dics=67");
    let first = SEGMENTS.replace("999999", "741885");
    assert_eq!(data(&first).unwrap(), "GetIndexData/703983?period=7&dics=67,915");
    // Another dictionary of regions, another country at its top, terms nobody declared.
    for (from, to) in [("\"68 +", "\"69 +"), ("741880", "741881"), ("741917", "741918")] {
        let told = data(&SEGMENTS.replace(from, to)).unwrap_err().to_string();
        assert!(told.contains("segment of regions") && told.contains("67 + 915"), "{told}");
    }
    assert!(data("[]").is_err());
    assert!(data(&SEGMENTS.replace("68 + 776", "68 + Всего")).unwrap_err().to_string().contains("a whole number"));
}

#[test]
fn another_period_another_unit_and_another_shape_are_told() {
    let told = refused(COMPUTERS, &[(Step::Periods, r#"[{"id":4,"name":"Месяц"}]"#)]);
    assert!(told.contains("no period \"7\"") && told.contains("4 Месяц"), "{told}");
    let thousands = ATTRIBUTES.replace("единиц ", "тысяч единиц");
    let answers =
        [(Step::Periods, PERIODS), (Step::Segments, SEGMENTS), (Step::Dates, DATES), (Step::Attributes, &thousands)];
    let told = refused(COMPUTERS, &answers);
    assert!(told.contains("единиц or") && told.contains("тысяч единиц"), "{told}");
    let told = refused(COMPUTERS, &[(Step::Periods, r#"{"message":"error"}"#)]);
    assert!(told.contains("what the portal says of an index"), "{told}");
    assert!(!Card::default().note(Step::Periods, b"<html></html>"));
    assert!(!Card::default().note(Step::Data, b"[{\"terms\":"));
}
