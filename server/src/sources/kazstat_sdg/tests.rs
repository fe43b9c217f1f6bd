//! Recordings of the SDG repository, and what bad input does.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use crate::checks::CheckOutcome;
use crate::sources::error::SourceError;
use crate::sources::finding::FindingKind;
use crate::sources::parsed::{Parsed, ProviderArea};
use crate::sources::tests::{dataflow, parse_text, recorded, recorded_text, take};
use crate::sources::{Payload, parse};

const USERS: &str = "kz_bns/2024-10-24/indicator_17-8-1.csv";
const PART: &str = "indicator_17-8-1.csv";

fn users(text: &str) -> Result<Parsed, SourceError> {
    parse_text("BNS_SDG_17_8_1", PART, text)
}

/// Row and column of a finding, and what it says.
fn told(error: &SourceError) -> (Option<u32>, Option<String>, String, String) {
    let finding = error.to_finding();
    (finding.place.row, finding.place.column, finding.expected, finding.found)
}

#[test]
fn both_layouts_of_one_table_are_recognised() {
    let layout = |path: &str| {
        let parsed = parse_text("BNS_SDG_4_A_1", "indicator_4-a-1.csv", &recorded_text(path)).unwrap();
        (parsed.layout, parsed.rows_read, parsed.observations.len())
    };
    assert_eq!(layout("kz_bns/2019-10-02/indicator_4-a-1.csv"), ("kazstat_sdg_2019", 357, 357));
    assert_eq!(layout("kz_bns/2020-12-19/indicator_4-a-1.csv"), ("kazstat_sdg_2020", 127, 73));
    assert_eq!(layout("kz_bns/2024-10-24/indicator_4-a-1.csv"), ("kazstat_sdg_2020", 127, 73));
}

/// The table without a column, and without the rows that say something in it: what is left looks like totals.
fn without(text: &str, heading: &str) -> String {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let gone = header.iter().position(|column| *column == heading).unwrap();
    let blank = lines.map(|line| line.split(',').collect::<Vec<_>>()).filter(|cells| cells[gone].is_empty());
    let kept = [header.clone()].into_iter().chain(blank).map(|mut cells| {
        cells.remove(gone);
        cells.join(",") + "\n"
    });
    kept.collect()
}

#[test]
fn a_table_that_loses_an_axis_together_with_its_rows_is_refused() {
    for heading in ["URBANISATION", "SEX", "REF_AREA"] {
        let error = users(&without(&recorded_text(USERS), heading)).unwrap_err();
        assert!(matches!(&error, SourceError::MissingColumn { column, .. } if column == heading), "{error}");
    }
}

#[test]
fn rows_without_an_area_cell_are_national_and_told() {
    let text = recorded_text("kz_bns/2024-10-24/indicator_4-c-1-2.csv");
    let parsed = parse_text("BNS_SDG_4_C_1_2", "indicator_4-c-1-2.csv", &text).unwrap();
    assert_eq!(parsed.findings.len(), 4);
    let first = parsed.findings.first().unwrap();
    assert_eq!((first.kind, first.place.row), (FindingKind::ShortRow, Some(2)));
    assert_eq!(
        first.to_string(),
        "indicator_4-c-1-2.csv, row 2, column REF_AREA: expected an area cell, found 2019,PT,32.8; read as the country"
    );
    let national = parsed.observations.iter().filter(|row| row.area == ProviderArea::National).count();
    assert_eq!(national, 4);
}

#[test]
fn shares_above_one_hundred_are_withheld_and_told() {
    let path = "kz_bns/2024-10-24/indicator_4-4-1.csv";
    let report = take("BNS_SDG_4_4_1", &[("indicator_4-4-1.csv", recorded(path))], &[]);
    assert_eq!(report.outcome, CheckOutcome::AcceptedWithFindings);
    let withheld: Vec<_> = report.findings.iter().filter(|one| one.kind == FindingKind::OutOfRange).collect();
    assert_eq!(withheld.len(), 7);
    assert_eq!(report.observations.len(), 1620 - 7);
    assert!(withheld.iter().any(|one| one.found == "368.9099097001282"));
}

#[test]
fn a_cell_given_twice_with_other_values_is_withheld_where_declared() {
    let path = "kz_bns/2024-10-24/indicator_9-c-1.csv";
    let report = take("BNS_SDG_9_C_1", &[("indicator_9-c-1.csv", recorded(path))], &[]);
    assert_eq!(report.outcome, CheckOutcome::AcceptedWithFindings);
    let [finding] = report.findings.as_slice() else { panic!("{:#?}", report.findings) };
    assert_eq!(finding.kind, FindingKind::ConflictingDuplicate);
    assert_eq!(finding.place.row, Some(25));
    assert_eq!(finding.found, "87.3 in row 22, 89.2 in row 25");
    assert_eq!(report.observations.len(), 22);
}

#[test]
fn a_duplicate_with_another_value_quarantines_where_nothing_is_declared() {
    let text = recorded_text(USERS) + "2023,PT,,,KZYUZ,97.4\n";
    let report = take("BNS_SDG_17_8_1", &[(PART, text.as_bytes())], &[]);
    assert_eq!(report.outcome, CheckOutcome::Quarantined);
    let [reason] = report.reasons.as_slice() else { panic!("{:#?}", report.reasons) };
    assert_eq!((reason.kind, reason.place.row), (FindingKind::ConflictingDuplicate, Some(279)));
    assert_eq!(reason.found, "97.3 in row 271, 97.4 in row 279");
    let same = recorded_text(USERS) + "2023,PT,,,KZYUZ,97.3\n";
    let report = take("BNS_SDG_17_8_1", &[(PART, same.as_bytes())], &[]);
    assert_eq!(report.outcome, CheckOutcome::AcceptedWithFindings);
    assert_eq!(report.findings.first().map(|one| one.kind), Some(FindingKind::RepeatedRow));
}

#[test]
fn bad_cells_say_row_column_expected_and_found() {
    let check = |from: &str, to: &str, row, column: &str, found: &str| {
        let text = recorded_text(USERS);
        assert!(text.contains(from));
        let error = users(&text.replacen(from, to, 1)).unwrap_err();
        let (at_row, at_column, expected, at_found) = told(&error);
        assert_eq!((at_row, at_column.as_deref(), at_found.as_str()), (Some(row), Some(column), found), "{error}");
        assert!(!expected.is_empty());
    };
    let row = "2023,PT,,,KZYUZ,97.3\n";
    check(row, "2023,PT,,,KZYUZ,many\n", 271, "Value", "many");
    check(row, "2023,PCT,,,KZYUZ,97.3\n", 271, "UNIT_MEASURE", "PCT");
    check(row, "23,PT,,,KZYUZ,97.3\n", 271, "Year", "23");
    check(row, "2023,PT,X,,KZYUZ,97.3\n", 271, "URBANISATION", "X");
    check(row, "2023,PT,,Q,KZYUZ,97.3\n", 271, "SEX", "Q");
    check(
        "Year,UNIT_MEASURE",
        "Jahr,UNIT_MEASURE",
        1,
        "Year",
        "Jahr, UNIT_MEASURE, URBANISATION, SEX, REF_AREA, Value",
    );
    let found = "Year, UNIT_MEASURE, URBANISATION, SEX, REGION, Value";
    check(",REF_AREA,Value", ",REGION,Value", 1, "REF_AREA", found);
    check(",REF_AREA,Value", ",REF_AREA,Value,REGION", 1, "REGION", "REGION");
    let text =
        recorded_text("kz_bns/2024-10-24/indicator_17-6-2.csv").replacen("_L_KZ_170602_1A", "_L_KZ_170602_9Z", 1);
    let error = parse_text("BNS_SDG_17_6_2", "indicator_17-6-2.csv", &text).unwrap_err();
    let (_, column, expected, found) = told(&error);
    assert_eq!((column.as_deref(), found.as_str()), (Some("SERIES"), "_L_KZ_170602_9Z"));
    assert!(expected.contains("_L_KZ_170602_1A"));
}

#[test]
fn a_quoted_decimal_comma_is_repaired_and_a_bare_one_is_refused() {
    let text = recorded_text(USERS).replacen("KZYUZ,97.3\n", "KZYUZ,\"97,3\"\n", 1);
    let parsed = users(&text).unwrap();
    let [finding] = parsed.findings.as_slice() else { panic!("{:#?}", parsed.findings) };
    assert_eq!((finding.kind, finding.place.row), (FindingKind::DecimalComma, Some(271)));
    assert_eq!(finding.place.column.as_deref(), Some("Value"));
    let row = parsed.observations.iter().find(|row| row.place.row == Some(271)).unwrap();
    assert_eq!((row.value, row.raw.as_str()), (Some(97.3), "97,3"));

    let error = users(&recorded_text(USERS).replacen("KZYUZ,97.3\n", "KZYUZ,97,3\n", 1)).unwrap_err();
    let expected = SourceError::RowLength {
        part: PART.to_owned(),
        row: 271,
        expected: 6,
        found: 7,
        decimal_comma_suspected: true,
    };
    assert_eq!(error, expected);
}

#[test]
fn pages_cuts_and_other_encodings_are_told_apart() {
    let page = "<!DOCTYPE html>\n<html><head><title>404: Not\nFound</title></head><body></body></html>";
    let title = "404: Not Found".to_ascii_lowercase();
    match users(page).unwrap_err() {
        SourceError::HtmlPage { title: found, .. } => assert_eq!(found.to_ascii_lowercase(), title),
        other => panic!("{other}"),
    }
    let text = recorded_text(USERS);
    for (cut, row) in [(text.len() - 1, 278), (text.len() - 6, 278), (text.len() - 30, 277)] {
        match users(text.get(..cut).unwrap()).unwrap_err() {
            SourceError::Truncated { place, .. } => assert_eq!(place.row, Some(row), "cut at {cut}"),
            other => panic!("cut at {cut}: {other}"),
        }
    }
    assert!(matches!(users("").unwrap_err(), SourceError::Empty { .. }));
    assert!(matches!(users(" \r\n\n").unwrap_err(), SourceError::Empty { .. }));
    let part = "indicator_17-8-1.csv";
    let latin = [text.as_bytes(), b"2023,PT,,,\xcf\xf0,1\n"].concat();
    let definition = dataflow("BNS_SDG_17_8_1");
    let error = parse(&definition, &Payload::new(part, &latin)).unwrap_err();
    assert_eq!(error, SourceError::NotUtf8 { part: part.to_owned(), offset: text.len() + 10 });
    let marked = format!("\u{feff}{text}");
    assert_eq!(users(&marked).unwrap(), users(&text).unwrap());
}

#[test]
fn an_unknown_region_and_a_value_out_of_range_quarantine() {
    for (to, kind, column) in [
        ("2023,PT,,,KZXXX,97.3\n", FindingKind::UnknownArea, "REF_AREA"),
        ("2023,PT,,,KZYUZ,973\n", FindingKind::OutOfRange, "Value"),
        ("2031,PT,,,KZYUZ,97.3\n", FindingKind::FuturePeriod, "Value"),
    ] {
        let text = recorded_text(USERS).replacen("2023,PT,,,KZYUZ,97.3\n", to, 1);
        let report = take("BNS_SDG_17_8_1", &[(PART, text.as_bytes())], &[]);
        assert_eq!(report.outcome, CheckOutcome::Quarantined, "{to}");
        let [reason] = report.reasons.as_slice() else { panic!("{to}: {:#?}", report.reasons) };
        assert_eq!((reason.kind, reason.place.row), (kind, Some(271)));
        assert_eq!(reason.place.column.as_deref(), Some(column));
    }
}
