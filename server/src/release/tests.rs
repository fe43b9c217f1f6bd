//! Releases of a small book of made-up observations: rules, not figures.

#![expect(clippy::panic, reason = "tests fail by panicking")]

use indicators::assembly::{BookedValue, CellStatus};
use indicators::definition::SeriesRef;
use indicators::observation::{Breakdown, ObsStatus, SeriesKey, TimePeriod};
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn series(dataflow: &str, indicator: &str) -> SeriesRef {
    SeriesRef {
        dataflow: dataflow.parse().expect("a code"),
        series: SeriesKey { indicator: indicator.parse().expect("a code"), breakdown: Breakdown::total() },
    }
}

fn book(entries: &[(&str, &str, &str, i16, f64)]) -> ObservationBook {
    let mut book = ObservationBook::default();
    for &(dataflow, indicator, area, year, value) in entries {
        let value = BookedValue { value: Some(value), status: ObsStatus::Normal, vintage: "v".into() };
        book.enter(series(dataflow, indicator), area.parse().expect("a code"), TimePeriod::Year(year), value);
    }
    book
}

fn regions(entries: &[(&str, &str, &str, i16, f64)], year: i16) -> Release {
    let definitions = Definitions::embedded().expect("embedded definitions");
    compute_one(&definitions, &book(entries), Panel::Regions, year).expect("a release")
}

const INTERNET: [(&str, &str, &str, i16, f64); 3] = [
    ("BNS_SDG_17_8_1", "internet_users", "KZ-11", 2023, 100.0),
    ("BNS_SDG_17_8_1", "internet_users", "KZ-15", 2023, 65.0),
    ("BNS_SDG_17_8_1", "internet_users", "KAZ", 2023, 79.0),
];

fn profile<'a>(release: &'a Release, area: &str) -> &'a Profile {
    release.profiles.get(&area.parse::<AreaCode>().expect("a code")).unwrap_or_else(|| panic!("no profile of {area}"))
}

fn internet_cell(profile: &Profile) -> &CellEntry {
    profile
        .criteria
        .iter()
        .flat_map(|criterion| &criterion.indicators)
        .find(|cell| cell.indicator.as_str() == "internet_users")
        .unwrap_or_else(|| panic!("no cell"))
}

#[test]
fn a_release_is_as_old_as_the_newest_vintage_it_rests_on() {
    let dated = |entries: &[(&str, &str, &str, i16, &str)]| {
        let mut book = ObservationBook::default();
        for &(dataflow, indicator, area, year, vintage) in entries {
            let value = BookedValue { value: Some(80.0), status: ObsStatus::Normal, vintage: vintage.into() };
            book.enter(series(dataflow, indicator), area.parse().expect("a code"), TimePeriod::Year(year), value);
        }
        let definitions = Definitions::embedded().expect("embedded definitions");
        compute_one(&definitions, &book, Panel::Regions, 2023).expect("a release")
    };
    let old = ("BNS_SDG_17_8_1", "internet_users", "KZ-11", 2023, "BNS_SDG_17_8_1@2024-10-24.1");
    let new = ("BNS_SDG_17_8_1", "internet_users", "KZ-15", 2023, "BNS_SDG_17_8_1@2025-03-01.2");
    // Of a later year, and measured by no indicator: neither enters.
    let later = ("BNS_SDG_17_8_1", "internet_users", "KZ-11", 2024, "BNS_SDG_17_8_1@2026-01-01.1");
    let aside = ("BNS_POPULATION", "population", "KZ-11", 2023, "BNS_POPULATION@2026-02-02.1");
    let day = |release: &Release| release.reference().data_as_of.map(|day| day.to_string());
    assert_eq!(day(&dated(&[])), None);
    assert_eq!(day(&dated(&[old, later, aside])).as_deref(), Some("2024-10-24"));
    assert_eq!(day(&dated(&[old, new, later, aside])).as_deref(), Some("2025-03-01"));
    assert_eq!(dated(&[old, later, aside]), dated(&[old]), "what does not enter changes nothing, nor the identifier");
}

#[test]
fn nothing_known_scores_nothing_and_covers_nothing() {
    let release = regions(&[], 2023);
    assert_eq!(release.answer.index.len(), 20);
    for entry in &release.answer.index {
        assert_eq!((entry.score, entry.rank), (None, None), "{}", entry.area);
        assert!((entry.coverage.missing - 1.0).abs() < 1e-12, "{}", entry.area);
    }
}

#[test]
fn goalposts_score_and_the_nation_is_not_ranked() {
    let release = regions(&INTERNET, 2023);
    assert_eq!(profile(&release, "KZ-11").score, Some(100.0));
    assert_eq!(profile(&release, "KZ-15").score, Some(50.0));
    let national = release.answer.national.as_ref().expect("a national figure");
    assert_eq!((national.score, national.rank), (Some(70.0), None));
    assert_eq!(internet_cell(profile(&release, "KZ-23")).status, CellStatus::NationalSubstitute);
    assert_eq!(profile(&release, "KZ-11").rank, Some(1));
}

#[test]
fn regions_are_blank_before_they_exist() {
    let release = regions(&INTERNET, 2021);
    let codes: Vec<&str> = release.answer.index.iter().map(|entry| entry.area.as_str()).collect();
    assert_eq!(codes.len(), 17);
    for new in ["KZ-10", "KZ-33", "KZ-62"] {
        assert!(!codes.contains(&new));
    }
}

#[test]
fn the_year_of_a_boundary_change_is_marked() {
    let marked = |year| -> Vec<String> {
        let release = regions(&[], year);
        let breaks = release.answer.index.iter().filter(|entry| entry.boundary_break);
        breaks.map(|entry| entry.area.to_string()).collect()
    };
    assert_eq!(marked(2022), ["KZ-19", "KZ-35", "KZ-63"]);
    assert!(marked(2023).is_empty());
}

#[test]
fn the_same_observations_give_the_same_release() {
    assert_eq!(regions(&INTERNET, 2023), regions(&INTERNET, 2023));
    assert_ne!(regions(&INTERNET, 2023).reference().id, regions(&INTERNET[..2], 2023).reference().id);
    let release = regions(&INTERNET, 2023);
    let bytes = release.to_bytes().expect("bytes");
    assert_eq!(Release::from_bytes(&bytes).expect("a release"), release);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Contributions sum to the index, shares of coverage to 1, and no score leaves 0–100.
    #[test]
    fn profiles_add_up(values in vec((0usize..4, 0usize..20, 0.0f64..120.0), 0..60)) {
        let definitions = Definitions::embedded().expect("embedded definitions");
        let areas: Vec<String> = definitions
            .areas
            .regions_of(&definitions.framework.country, 2023)
            .map(|area| area.code.to_string())
            .collect();
        let measured = [
            ("BNS_SDG_17_8_1", "internet_users"),
            ("BNS_SDG_4_A_1", "schools_with_internet"),
            ("BNS_SDG_4_4_1_1", "digital_literacy"),
            ("BNS_INNOVATION", "innovation_activity"),
        ];
        let entries: Vec<_> = values
            .iter()
            .map(|&(which, area, value)| (measured[which].0, measured[which].1, areas[area].as_str(), 2022, value))
            .collect();
        let release = regions(&entries, 2023);
        for profile in release.profiles.values() {
            let coverage = profile.coverage;
            let shares = coverage.observed + coverage.carried_forward + coverage.predecessor_substitute
                + coverage.national_substitute + coverage.imputed + coverage.missing;
            prop_assert!((shares - 1.0).abs() < 1e-9, "{shares}");
            let cells = profile.criteria.iter().flat_map(|criterion| &criterion.indicators);
            let sum: f64 = cells.filter_map(|cell| cell.contribution).sum();
            match profile.score {
                Some(score) => {
                    prop_assert!((0.0..=100.0).contains(&score));
                    prop_assert!((score - sum).abs() < 1e-9, "{score} {sum}");
                }
                None => prop_assert!(sum.abs() < 1e-12),
            }
        }
    }
}

#[test]
fn a_new_indicator_is_not_read_as_a_fall() {
    let entries = [
        ("BNS_SDG_17_8_1", "internet_users", "KZ-11", 2022, 79.0),
        ("BNS_SDG_17_8_1", "internet_users", "KZ-11", 2023, 86.0),
        ("BNS_INNOVATION", "innovation_activity", "KZ-11", 2023, 2.0),
    ];
    let release = regions(&entries, 2023);
    let entry = release.answer.index.iter().find(|entry| entry.area.as_str() == "KZ-11").expect("an entry");
    let change = entry.change.expect("a change");
    assert_eq!((change.from_reference_year, change.same_indicators), (2022, false));
    assert!((change.total - (45.0 - 70.0)).abs() < 1e-9, "{change:?}");
    assert!(change.like_for_like.is_some_and(|change| (change - 10.0).abs() < 1e-9), "{change:?}");
}
