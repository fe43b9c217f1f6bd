//! The declared checks against the recording of internet use and a vintage before it.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::sources::tests::{recorded_text, take, take_as};

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
        observation.value = Some(1.0);
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
