//! Mapping, duplicates and breaks on small tables.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use indicators::observation::Breakdown;

use super::*;
use crate::sources::tests::{areas, dataflow};

fn row(number: u32, area: &str, year: i16, value: Option<f64>) -> ProviderObservation {
    ProviderObservation {
        place: Place::cell("a.csv", number, "Value"),
        area: match area {
            "" => ProviderArea::National,
            code => ProviderArea::Code { scheme: "kazstat_sdg", code: code.to_owned() },
        },
        indicator: "internet_users".parse().unwrap(),
        breakdown: Breakdown::total(),
        period: TimePeriod::Year(year),
        value,
        status: ObsStatus::Normal,
        raw: format!("{value:?}"),
    }
}

fn run(rows: Vec<ProviderObservation>) -> Harmonised {
    let parsed = Parsed { observations: rows, ..Parsed::new("test") };
    harmonise(&dataflow("BNS_SDG_17_8_1"), &areas(), &["KZOLD".to_owned()], vec![parsed])
}

fn status(result: &Harmonised, area: &str, year: i16) -> ObsStatus {
    let cell = result.observations.iter().map(|placed| &placed.observation);
    cell.filter(|one| one.area.as_str() == area).find(|one| one.period == TimePeriod::Year(year)).unwrap().status
}

#[test]
fn a_blank_area_is_the_country_and_an_unknown_one_is_listed_with_its_rows() {
    let result = run(vec![
        row(2, "", 2020, Some(1.0)),
        row(3, "KZYUZ", 2020, Some(2.0)),
        row(4, "KZBAD", 2020, Some(3.0)),
        row(5, "KZBAD", 2021, Some(4.0)),
        row(6, "kzyuz", 2021, Some(5.0)),
        row(7, "KZOLD", 2021, Some(6.0)),
    ]);
    let areas: Vec<&str> = result.observations.iter().map(|placed| placed.observation.area.as_str()).collect();
    assert_eq!(areas, ["KAZ", "KZ-61"]);
    let unmapped: Vec<(&str, usize, Option<u32>)> =
        result.unmapped.iter().map(|one| (one.code.as_str(), one.observations, one.first_place.row)).collect();
    assert_eq!(unmapped, [("KZBAD", 2, Some(4)), ("kzyuz", 1, Some(6))]);
    assert_eq!(result.findings.first().map(|finding| finding.kind), Some(FindingKind::OutsideArea));
}

#[test]
fn the_first_period_after_a_change_of_territory_carries_the_mark() {
    let result = run(vec![
        row(2, "KZVOS", 2020, Some(1.0)),
        row(3, "KZVOS", 2021, None),
        row(4, "KZVOS", 2023, Some(3.0)),
        row(5, "KZVOS", 2024, Some(3.0)),
        row(6, "KZALM", 2022, Some(4.0)),
        row(7, "KZALM", 2023, Some(4.0)),
        row(8, "KZKAR", 2021, Some(4.0)),
        row(9, "KZKAR", 2022, Some(4.0)),
        row(10, "KZNS", 2021, Some(4.0)),
        row(11, "KZNS", 2022, Some(4.0)),
    ]);
    for (area, year, expected) in [
        ("KZ-63", 2020, ObsStatus::Normal),
        ("KZ-63", 2023, ObsStatus::Break),
        ("KZ-63", 2024, ObsStatus::Normal),
        ("KZ-19", 2022, ObsStatus::Normal),
        ("KZ-19", 2023, ObsStatus::Normal),
        ("KZ-35", 2022, ObsStatus::Break),
        ("KZ-71", 2022, ObsStatus::Normal),
    ] {
        assert_eq!(status(&result, area, year), expected, "{area} {year}");
    }
    let mut again: Vec<Observation> = result.observations.iter().map(|placed| placed.observation.clone()).collect();
    let before = again.clone();
    mark_breaks(&areas(), again.iter_mut());
    assert_eq!(again, before);
}

#[test]
fn values_outside_the_life_of_an_area_are_kept_and_told() {
    let result =
        run(vec![row(2, "KZSHY", 2015, Some(1.0)), row(3, "KZSHY", 2016, Some(1.0)), row(4, "KZONT", 2018, Some(1.0))]);
    assert_eq!(result.observations.len(), 3);
    let told: Vec<(FindingKind, &str)> =
        result.findings.iter().map(|finding| (finding.kind, finding.found.as_str())).collect();
    assert_eq!(
        told,
        [(FindingKind::BackCast, "2 values, one for 2015"), (FindingKind::AfterEnd, "1 values, one for 2018")]
    );
}

#[test]
fn a_cell_given_three_times_is_withheld_once_and_equal_ones_are_taken_once() {
    let result = run(vec![
        row(2, "KZYUZ", 2020, Some(1.0)),
        row(3, "KZYUZ", 2020, Some(1.0)),
        row(4, "KZYUZ", 2020, Some(2.0)),
        row(5, "KZNS", 2020, Some(7.0)),
        row(6, "KZNS", 2020, Some(7.0)),
    ]);
    assert_eq!(result.observations.len(), 1);
    assert_eq!(result.conflicts.len(), 1);
    let rows = &result.conflicts.first().unwrap().found;
    assert_eq!(rows, "Some(1.0) in row 2, Some(1.0) in row 3, Some(2.0) in row 4");
    assert_eq!(result.findings.first().map(|finding| finding.kind), Some(FindingKind::RepeatedRow));
}
