//! Recordings of the E-Government survey, and what bad input does.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use indicators::observation::TimePeriod;

use crate::checks::CheckOutcome;
use crate::sources::error::SourceError;
use crate::sources::finding::FindingKind;
use crate::sources::parsed::Parsed;
use crate::sources::tests::{dataflow, parse_text, recorded_text, take};

fn edition(year: i16) -> (String, String) {
    let part = format!("EGOV_DATA_{year}.csv");
    let text = recorded_text(&format!("un_desa/2026-11-22/{part}"));
    (part, text)
}

fn read(part: &str, text: &str) -> Result<Parsed, SourceError> {
    parse_text("UN_EGDI", part, text)
}

#[test]
fn every_edition_has_193_states_and_six_measures() {
    for year in dataflow("UN_EGDI").editions {
        let (part, text) = edition(year);
        let parsed = read(&part, &text).unwrap();
        assert_eq!((parsed.rows_read, parsed.observations.len()), (193, 193 * 6), "{year}");
        assert!(parsed.observations.iter().all(|row| row.period == TimePeriod::Year(year)));
        let renamed = parsed.findings.iter().any(|finding| finding.kind == FindingKind::RenamedColumn);
        assert_eq!(renamed, year == 2024, "{year}");
    }
}

#[test]
fn unscored_states_are_counted_as_published() {
    for (year, expected) in
        [(2003, 20), (2004, 15), (2005, 14), (2008, 11), (2010, 10), (2012, 3), (2014, 0), (2022, 0)]
    {
        let (part, text) = edition(year);
        let parsed = read(&part, &text).unwrap();
        let missing = parsed.observations.iter().filter(|row| row.indicator.as_str() == "egdi" && row.value.is_none());
        let unscored = missing.filter(|row| row.status.code() == "O").count();
        // The counts include states that did not exist where the edition ranks them.
        assert!(unscored.abs_diff(expected) <= 3, "{year}: {unscored}, expected about {expected}");
    }
}

#[test]
fn figures_that_do_not_fit_are_taken_and_told() {
    let (part, text) = edition(2008);
    let parsed = read(&part, &text).unwrap();
    let told: Vec<&str> = parsed
        .findings
        .iter()
        .filter(|finding| finding.kind == FindingKind::PublishedInconsistency)
        .map(|finding| finding.expected.as_str())
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().any(|text| text.contains("Cambodia")) && told.iter().any(|text| text.contains("Cameroon")));
}

#[test]
fn bad_editions_are_refused() {
    let (part, text) = edition(2022);
    let error = |text: &str| read(&part, text).unwrap_err();
    let row = |error: &SourceError| error.to_finding().place.row;

    let renamed = error(&text.replacen("E-Government Index", "EGDI value", 1));
    assert!(
        matches!(&renamed, SourceError::MissingColumn { column, .. } if column == "E-Government Index"),
        "{renamed}"
    );
    let cut = error(text.get(..text.len() - 40).unwrap());
    assert!(matches!(cut, SourceError::Truncated { .. }), "{cut}");
    let lines: Vec<&str> = text.lines().collect();
    let short = error(&(lines.get(..150).unwrap().join("\n") + "\n"));
    assert!(matches!(&short, SourceError::Truncated { reason, .. } if reason.contains("149 states")), "{short}");
    let other_year = error(&text.replacen("2022,\"Israel \"", "2020,\"Israel \"", 1));
    assert_eq!(row(&other_year), Some(4));
    let zero = error(&text.replacen("\"Ireland \",30,0.88850", "\"Ireland \",30,0.00000", 1).replacen(
        "\"Ireland \",30,0.85670",
        "\"Ireland \",30,0.00000",
        1,
    ));
    assert_eq!(row(&zero), Some(3));
    assert!(matches!(read("EGOV_DATA_2020.csv", &text).unwrap_err(), SourceError::Cell { .. }));
    let page = error("<html><head><title>Access Denied</title></head></html>");
    assert!(matches!(&page, SourceError::HtmlPage { title, .. } if title == "Access Denied"), "{page}");
}

#[test]
fn a_name_that_is_not_listed_is_never_guessed() {
    let (part, text) = edition(2022);
    let text = text.replacen("\"Kyrgyzstan \"", "\"Kirgizstan \"", 1);
    let report = take("UN_EGDI", &[(&part, text.as_bytes())], &[]);
    assert_eq!(report.outcome, CheckOutcome::Quarantined);
    let reason = report.reasons.first().unwrap();
    assert_eq!(reason.kind, FindingKind::UnknownArea);
    assert_eq!((reason.found.as_str(), reason.place.row.is_some()), ("Kirgizstan", true));
}
