//! The declared checks against the recording of internet use and a vintage before it.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::sources::tests::{recorded_text, take, take_as};
use crate::store::UpdateMode;

mod every_dataflow;

const PATH: &str = "kz_bns/2024-10-24/indicator_17-8-1.csv";

fn run(text: &str, previous: &[Observation]) -> CheckReport {
    take("BNS_SDG_17_8_1", &[("indicator_17-8-1.csv", text.as_bytes())], previous)
}

fn kinds(findings: &[Finding]) -> Vec<FindingKind> {
    findings.iter().map(|finding| finding.kind).collect()
}

#[test]
fn the_same_file_twice_has_nothing_to_remark() {
    let text = recorded_text(PATH);
    let first = run(&text, &[]);
    assert_eq!((first.outcome, first.observations.len()), (CheckOutcome::Accepted, 277));
    assert_eq!(run(&text, &first.observations), first);
}

#[test]
fn a_region_that_vanished_is_named() {
    let text = recorded_text(PATH);
    let before = run(&text, &[]).observations;
    let without: String = text.split_inclusive('\n').filter(|line| !line.contains("KZNS")).collect();
    let report = run(&without, &before);
    assert_eq!(report.outcome, CheckOutcome::Quarantined);
    let reason = report.reasons.first().unwrap();
    assert_eq!(
        (reason.kind, reason.expected.as_str()),
        (FindingKind::AreaVanished, "KZ-71, which the last vintage has")
    );
}

#[test]
fn too_few_rows_quarantine() {
    let text = recorded_text(PATH);
    let half: String = text.split_inclusive('\n').take(120).collect();
    let report = run(&half, &[]);
    assert!(kinds(&report.reasons).contains(&FindingKind::TooFewRows), "{:?}", report.reasons);
}

#[test]
fn a_few_jumps_are_told_and_many_quarantine() {
    let text = recorded_text(PATH);
    let mut before = run(&text, &[]).observations;
    for observation in before.iter_mut().filter(|one| one.area.as_str() == "KZ-62") {
        observation.value = Some(20.0);
    }
    let report = run(&text, &before);
    assert_eq!(report.outcome, CheckOutcome::AcceptedWithFindings);
    assert_eq!(kinds(&report.findings), [FindingKind::Jump; 2]);
    for observation in &mut before {
        observation.value = Some(30.0);
    }
    let report = run(&text, &before);
    assert_eq!(report.outcome, CheckOutcome::Quarantined);
    assert!(kinds(&report.reasons).iter().all(|kind| *kind == FindingKind::Jump));
    assert_eq!(report.observations.len(), 277);
}

#[test]
fn a_value_a_hundred_times_too_large_quarantines() {
    let text = recorded_text(PATH).replacen("2023,PT,,,KZULU,89.0", "2023,PT,,,KZULU,8900", 1);
    let report = run(&text, &[]);
    let reason = report.reasons.first().unwrap();
    assert_eq!(report.outcome, CheckOutcome::Quarantined);
    assert_eq!(reason.expected, "internet_users of KZ-62 in 2023 from 0 to 100");
    assert_eq!((reason.found.as_str(), reason.place.row), ("8900", Some(278)));
}

#[test]
fn a_whole_table_that_ends_earlier_than_before_quarantines() {
    let text = recorded_text(PATH);
    let before = run(&text, &[]).observations;
    let shorter: String = text.split_inclusive('\n').filter(|line| !line.starts_with("2023,")).collect();
    // The newest part of a table may be any part of it; a whole table may not shrink.
    assert_eq!(kinds(&run(&shorter, &before).reasons), []);
    let report =
        take_as(UpdateMode::Replace, "BNS_SDG_17_8_1", &[("indicator_17-8-1.csv", shorter.as_bytes())], &before);
    let reason = report.reasons.first().unwrap();
    assert_eq!(
        (reason.kind, reason.expected.as_str(), reason.found.as_str()),
        (
            FindingKind::PeriodVanished,
            "internet_users up to 2023, as the last vintage has it",
            "its newest period is 2022"
        )
    );
}

/// The recording with the values of some lines given by a mark of a gap.
fn blanked(text: &str, mark: &str, is_meant: impl Fn(&str) -> bool) -> String {
    let line = |line: &str| match line.rsplit_once(',') {
        Some((cells, _)) if is_meant(line) => format!("{cells},{mark}\n"),
        _ => line.to_owned(),
    };
    text.split_inclusive('\n').map(line).collect()
}

#[test]
fn a_table_emptied_of_its_values_quarantines_whatever_the_gap_is_called() {
    let text = recorded_text(PATH);
    let before = run(&text, &[]).observations;
    for mark in ["", "-", "..", "x"] {
        let empty = blanked(&text, mark, |line| !line.contains("Value"));
        let report = run(&empty, &before);
        assert_eq!(report.outcome, CheckOutcome::Quarantined, "{mark:?}");
        let found = kinds(&report.reasons);
        assert!(found.contains(&FindingKind::TooFewRows), "{mark:?}: {found:?}");
        assert!(found.contains(&FindingKind::AreaVanished), "{mark:?}: {found:?}");
        let sum = report.reasons.iter().find(|reason| reason.kind == FindingKind::Withdrawn).unwrap();
        assert_eq!(
            (sum.expected.as_str(), sum.found.as_str()),
            ("at most 0 values of the last vintage withdrawn", "277"),
            "{mark:?}"
        );
        // An operator who accepts it takes the gaps.
        assert!(report.observations.len() == 277 && report.observations.iter().all(|one| one.value.is_none()));
    }
}

#[test]
fn one_value_that_was_taken_back_quarantines_and_is_named() {
    let text = recorded_text(PATH);
    let before = run(&text, &[]).observations;
    let report = run(&blanked(&text, "x", |line| line.starts_with("2023,PT,,,KZULU")), &before);
    assert_eq!(kinds(&report.reasons), [FindingKind::Withdrawn; 2]);
    let reason = report.reasons.last().unwrap();
    assert_eq!(reason.expected, "internet_users of KZ-62 in 2023, which the last vintage has");
    assert_eq!((reason.found.as_str(), reason.place.row), ("no value but \"x\"", Some(278)));
    // Nothing was held: nothing is taken back.
    let first = run(&blanked(&text, "x", |line| line.starts_with("2023,PT,,,KZULU")), &[]);
    assert_eq!((first.outcome, kinds(&first.reasons)), (CheckOutcome::Accepted, Vec::new()));
}

#[test]
fn as_many_as_declared_are_taken_back_with_a_finding() {
    const ID: &str = "WB_EDU_SPENDING";
    let part = "education_spending_gdp.csv";
    let [older, newer] = ["2024-07-31", "2025-06-30"].map(|day| recorded_text(&format!("world_bank/{day}/{part}")));
    let before = take(ID, &[(part, older.as_bytes())], &[]).observations;
    let report = take(ID, &[(part, newer.as_bytes())], &before);
    assert_ne!(report.outcome, CheckOutcome::Quarantined, "{:?}", report.reasons);
    let told: Vec<_> = report.findings.iter().filter(|one| one.kind == FindingKind::Withdrawn).collect();
    assert!(told.len() > 20, "{told:?}");
    assert!(told.iter().any(|one| one.expected.starts_with("education_spending_gdp of AFG in 1971, 1972")), "{told:?}");
}
