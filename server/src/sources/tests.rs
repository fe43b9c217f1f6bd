//! Every recording goes through the whole line; the facts come out; any bytes at all come back as a result.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use indicators::area::AreaList;
use indicators::code::{AreaCode, DataflowId};
use indicators::observation::{ObsStatus, Observation, SeriesKey, TimePeriod};
use jiff::civil::date;
use proptest::prelude::*;

use super::bundled::{Recording, recordings, vintages_of};
use super::catalogue::{Catalogue, DataflowDefinition};
use super::error::SourceError;
use super::parsed::Parsed;
use super::request::{Payload, SourceQuery};
use super::{harmonise, parse, requests};
use crate::checks::{CheckOutcome, CheckReport, check};
use crate::definitions::Definitions;
use crate::store::UpdateMode;

/// The embedded definition of a dataflow.
pub(crate) fn dataflow(id: &str) -> DataflowDefinition {
    Catalogue::embedded().unwrap().find(&id.parse::<DataflowId>().unwrap()).unwrap().clone()
}

/// The embedded code list of areas.
pub(crate) fn areas() -> AreaList {
    Definitions::embedded().unwrap().areas
}

/// The bytes of a recording, by its path.
pub(crate) fn recorded(path: &str) -> &'static [u8] {
    recordings().unwrap().into_iter().find(|recording| recording.entry.path == path).unwrap().bytes
}

/// The same as text.
pub(crate) fn recorded_text(path: &str) -> String {
    String::from_utf8(recorded(path).to_vec()).unwrap()
}

/// Reads text as a payload of a dataflow.
pub(crate) fn parse_text(id: &str, part: &str, text: &str) -> Result<Parsed, SourceError> {
    parse(&dataflow(id), &Payload::new(part, text.as_bytes()))
}

/// Takes payloads of a dataflow through harmonising and checks, on top of what was there.
pub(crate) fn take(id: &str, payloads: &[(&str, &[u8])], previous: &[Observation]) -> CheckReport {
    take_as(dataflow(id).update, id, payloads, previous)
}

/// As [`take`], whatever the catalogue says of how payloads follow each other.
pub(crate) fn take_as(
    update: UpdateMode,
    id: &str,
    payloads: &[(&str, &[u8])],
    previous: &[Observation],
) -> CheckReport {
    let catalogue = Catalogue::embedded().unwrap();
    let definition = catalogue.find(&id.parse::<DataflowId>().unwrap()).unwrap();
    let definition = &DataflowDefinition { update, ..definition.clone() };
    let parsed = payloads.iter().map(|(part, bytes)| parse(definition, &Payload::new(part, bytes)).unwrap()).collect();
    let harmonised = harmonise::harmonise(definition, &areas(), catalogue.outside_areas(definition), parsed);
    check(definition, harmonised, previous, date(2026, 11, 22))
}

pub(crate) type Key = (SeriesKey, AreaCode, TimePeriod);

/// What is known of a dataflow after all its recordings, newer vintages over older ones.
pub(crate) fn known(id: &DataflowId) -> BTreeMap<Key, Observation> {
    let update = dataflow(id.as_str()).update;
    let mut known: BTreeMap<Key, Observation> = BTreeMap::new();
    for (vintage, group) in vintages_of(id).unwrap() {
        let previous: Vec<Observation> = known.values().cloned().collect();
        let payloads: Vec<(&str, &[u8])> =
            group.iter().map(|Recording { entry, bytes }| (entry.part.as_str(), *bytes)).collect();
        let report = take(id.as_str(), &payloads, &previous);
        let reasons: Vec<String> = report.reasons.iter().map(ToString::to_string).collect();
        assert_ne!(report.outcome, CheckOutcome::Quarantined, "{id} of {vintage}: {reasons:#?}");
        if update == UpdateMode::Replace {
            known.clear();
        }
        for observation in report.observations {
            known.insert((observation.series.clone(), observation.area.clone(), observation.period), observation);
        }
    }
    known
}

#[test]
fn every_recording_is_accepted_in_the_order_of_its_vintages() {
    // A dataflow of which nothing was ever recorded is empty until its first refresh.
    let recorded: BTreeSet<DataflowId> =
        recordings().unwrap().into_iter().map(|recording| recording.entry.dataflow).collect();
    for definition in Catalogue::embedded().unwrap().iter().filter(|one| recorded.contains(&one.id)) {
        let known = known(&definition.id);
        assert!(known.len() >= definition.checks.min_observations, "{} holds {}", definition.id, known.len());
    }
}

type Fact = (&'static str, &'static str, &'static str, &'static str, Option<(f64, &'static str)>);

#[test]
fn the_facts_come_out() {
    // Dataflow, series, area, period, value, status. `None`: the cell must not be there at all.
    let facts: &[Fact] = &[
        ("BNS_SDG_17_8_1", "internet_users", "KZ-61", "2023", Some((97.3, "A"))),
        ("BNS_SDG_17_8_1", "internet_users", "KZ-62", "2023", Some((89.0, "A"))),
        ("BNS_SDG_17_8_1", "internet_users", "KAZ", "2023", Some((94.7, "A"))),
        ("BNS_SDG_17_8_1", "internet_users.R._T._T", "KAZ", "2023", Some((93.2, "A"))),
        ("BNS_SDG_17_8_1", "internet_users._T.F._T", "KAZ", "2023", Some((94.3, "A"))),
        ("BNS_SDG_17_8_1", "internet_users", "KZ-10", "2021", None),
        ("BNS_SDG_17_8_1", "internet_users", "KZ-33", "2021", None),
        ("BNS_SDG_17_8_1", "internet_users", "KZ-62", "2021", None),
        ("BNS_SDG_17_8_1", "internet_users", "KZ-10", "2022", Some((88.9, "A"))),
        ("BNS_SDG_17_8_1", "internet_users", "KZ-63", "2021", Some((89.7, "A"))),
        ("BNS_SDG_17_8_1", "internet_users", "KZ-63", "2022", Some((95.5, "B"))),
        ("BNS_SDG_17_6_2", "fixed_broadband_subscriptions_over_10mbps", "KZ-71", "2023", Some((340.9, "A"))),
        ("BNS_SDG_17_6_2", "fixed_broadband_subscriptions_under_2mbps", "KAZ", "2023", Some((17.4, "A"))),
        ("BNS_SDG_17_6_2", "fixed_broadband_subscriptions", "KAZ", "2023", Some((3058.9, "A"))),
        ("BNS_SDG_4_A_1", "schools_with_computers", "KZ-61", "2018", Some((97.2, "A"))),
        ("BNS_SDG_4_A_1", "schools_with_computers", "KZ-71", "2018", Some((100.0, "A"))),
        ("BNS_SDG_4_A_1", "schools_with_computers", "KZ-79", "2018", Some((98.7, "A"))),
        ("BNS_SDG_4_A_1", "schools_with_computers.R._T._T", "KAZ", "2018", Some((99.2, "A"))),
        ("BNS_SDG_4_A_1", "schools_with_internet", "KZ-YUZ", "2017", Some((79.7, "A"))),
        ("BNS_SDG_4_A_1", "schools_with_internet", "KZ-61", "2019", Some((83.043_478_260_869_56, "A"))),
        ("BNS_SDG_4_A_1", "schools_with_internet.U._T._T", "KZ-61", "2019", Some((90.243_902_439_024_4, "A"))),
        ("BNS_SDG_5_B_1", "mobile_phone_ownership", "KAZ", "2023", Some((92.8, "A"))),
        ("BNS_SDG_5_B_1", "mobile_phone_ownership.R.F._T", "KZ-62", "2023", Some((87.4, "A"))),
        ("BNS_SDG_4_4_1", "ict_skill_prgm._T._T.Y_GE15", "KAZ", "2019", Some((7.1, "A"))),
        ("BNS_SDG_4_4_1", "ict_skill_atch._T._T.Y15T24", "KZ-75", "2017", None),
        ("BNS_SDG_4_4_1_1", "digital_literacy", "KZ-61", "2020", Some((82.1, "A"))),
        ("BNS_SDG_4_4_1_1", "digital_literacy", "KAZ", "2020", Some((84.1, "A"))),
        ("BNS_SDG_4_C_1_2", "qualified_teachers", "KAZ", "2022", Some((60.7, "A"))),
        ("BNS_SDG_4_C_1_2", "qualified_teachers", "KZ-61", "2022", Some((64.6, "A"))),
        ("BNS_SDG_9_C_1", "mobile_coverage_3g", "KAZ", "2023", Some((95.0, "A"))),
        ("BNS_SDG_9_C_1", "mobile_coverage_lte", "KAZ", "2023", None),
        ("BNS_POPULATION", "population", "KAZ", "2025", Some((20_283_399.0, "A"))),
        ("BNS_POPULATION", "population", "KZ-62", "2025", Some((221_290.0, "A"))),
        ("BNS_POPULATION", "population", "KAZ", "2014", Some((17_160_855.0, "A"))),
        ("BNS_EDU_FINANCE", "education_current_expenditure", "KZ-71", "2022", Some((509_822_624.0, "A"))),
        ("BNS_EDU_FINANCE", "education_fixed_asset_purchases", "KZ-63", "2022", Some((940_019.0, "A"))),
        ("BNS_EDU_FINANCE", "education_revenue", "KAZ", "2022", Some((4_598_125_014.0, "A"))),
        ("BNS_INNOVATION", "innovation_activity", "KZ-59", "2022", Some((15.2, "A"))),
        ("BNS_INNOVATION", "innovation_activity", "KAZ", "2022", Some((11.0, "A"))),
        ("UN_EGDI", "egdi", "KAZ", "2024", Some((0.900_93, "A"))),
        ("UN_EGDI", "egdi_rank", "KAZ", "2024", Some((24.0, "A"))),
        ("UN_EGDI", "egdi", "DNK", "2024", Some((0.984_74, "A"))),
        ("UN_EGDI", "egdi", "UZB", "2024", Some((0.799_90, "A"))),
        ("UN_EGDI", "egdi", "KGZ", "2024", Some((0.731_60, "A"))),
        ("UN_EGDI", "egdi", "RUS", "2024", Some((0.853_25, "A"))),
        ("UN_EGDI", "egdi", "KAZ", "2003", Some((0.386_61, "A"))),
        ("UN_EGDI", "egdi_rank", "KAZ", "2003", Some((83.0, "A"))),
        ("UN_EGDI", "egdi_osi", "ERI", "2024", Some((0.0, "A"))),
        ("OOKLA_SGI_MOBILE", "speedtest_mobile_median", "KAZ", "2024-08", Some((51.25, "A"))),
        ("OOKLA_SGI_MOBILE", "speedtest_mobile_rank", "KAZ", "2024-08", Some((53.0, "A"))),
        ("OOKLA_SGI_FIXED", "speedtest_fixed_median", "KAZ", "2024-08", Some((58.81, "A"))),
        ("WB_INTERNET_USERS", "wb_internet_users", "KAZ", "2024", Some((93.3917, "A"))),
        ("WB_FIXED_BROADBAND", "wb_fixed_broadband", "KAZ", "2023", Some((14.3457, "A"))),
        ("WB_MOBILE_SUBSCRIPTIONS", "wb_mobile_subscriptions", "KAZ", "2023", Some((127.115, "A"))),
        ("WB_EDU_SPENDING", "education_spending_gdp", "KAZ", "2023", Some((4.872_489, "A"))),
    ];
    let mut tables: BTreeMap<&str, BTreeMap<(String, String, String), Observation>> = BTreeMap::new();
    for (id, series, area, period, expected) in facts {
        let table = tables.entry(id).or_insert_with(|| {
            known(&id.parse().unwrap())
                .into_iter()
                .map(|((series, area, period), cell)| {
                    ((series.to_string(), area.to_string(), period.to_string()), cell)
                })
                .collect()
        });
        let found = table
            .get(&((*series).to_owned(), (*area).to_owned(), (*period).to_owned()))
            .map(|cell| (cell.value.unwrap_or(f64::NAN), cell.status.code()));
        assert_eq!(found, *expected, "{id} {series} {area} {period}");
    }
}

#[test]
fn a_state_that_did_not_exist_is_missing_and_an_unscored_one_too() {
    let known = known(&"UN_EGDI".parse().unwrap());
    let cell = |indicator: &str, area: &str, year| {
        let series = known.keys().map(|(series, ..)| series).find(|series| series.to_string() == indicator).unwrap();
        let found = &known[&(series.clone(), area.parse().unwrap(), TimePeriod::Year(year))];
        (found.value, found.status)
    };
    assert_eq!(cell("egdi", "SSD", 2003), (None, ObsStatus::CannotExist));
    assert_eq!(cell("egdi_hci", "MNE", 2003), (None, ObsStatus::CannotExist));
    assert_eq!(cell("egdi", "UZB", 2003), (None, ObsStatus::Missing));
    assert_eq!(cell("egdi_rank", "UZB", 2003), (None, ObsStatus::Missing));
    assert_eq!(cell("egdi_hci", "UZB", 2003), (Some(0.91), ObsStatus::Normal));
    assert!(known.values().all(|cell| cell.series.indicator.as_str() != "egdi" || cell.value != Some(0.0)));
    let states = known.keys().map(|(_, area, _)| area).collect::<BTreeSet<_>>();
    assert_eq!(states.len(), 193);
}

#[test]
fn the_revision_pair_of_education_spending_differs_between_its_vintages() {
    let groups = vintages_of(&"WB_EDU_SPENDING".parse().unwrap()).unwrap();
    let values: Vec<Option<f64>> = groups
        .iter()
        .map(|(_, group)| {
            let payloads: Vec<(&str, &[u8])> =
                group.iter().map(|recording| (recording.entry.part.as_str(), recording.bytes)).collect();
            let report = take("WB_EDU_SPENDING", &payloads, &[]);
            let is_cell = |one: &&Observation| one.area.as_str() == "KAZ" && one.period == TimePeriod::Year(2015);
            report.observations.iter().find(is_cell).and_then(|one| one.value)
        })
        .collect();
    assert_eq!(values, [Some(2.788_58), Some(3.337_969_8)]);
}

#[test]
fn requests_follow_the_base_url_and_files_by_hand_have_none() {
    let query = SourceQuery { today: date(2026, 11, 22) };
    let urls = |definition: &DataflowDefinition| -> Vec<String> {
        requests(definition, &query).unwrap().iter().map(|request| request.url.to_string()).collect()
    };
    assert_eq!(
        urls(&dataflow("BNS_SDG_4_A_1")),
        ["https://raw.githubusercontent.com/kazstat/sdg-data-kazstat/develop/data/indicator_4-a-1.csv"]
    );
    assert_eq!(urls(&dataflow("UN_EGDI")), [""; 0]);
    let mirror = "http://127.0.0.1:4000/un".parse().unwrap();
    let egdi = dataflow("UN_EGDI").at(mirror);
    let asked = requests(&egdi, &query).unwrap();
    assert_eq!(asked.len(), 13);
    assert_eq!(asked.first().unwrap().url.as_str(), "http://127.0.0.1:4000/un/EGOV_DATA_2003.csv");
    let newest = asked.last().unwrap();
    assert_eq!((newest.part.as_str(), newest.optional), ("EGOV_DATA_2026.csv", true));
    assert!(egdi.allowed_hosts.contains(&"127.0.0.1".to_owned()));
    assert_eq!(
        urls(&dataflow("WB_INTERNET_USERS")),
        ["https://api.worldbank.org/v2/country/all/indicator/IT.NET.USER.ZS?format=json&per_page=20000"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_come_back_as_a_result(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        for definition in Catalogue::embedded().unwrap().iter() {
            let _ = parse(definition, &Payload::new(&definition.part, &bytes));
        }
    }

    #[test]
    fn a_damaged_recording_comes_back_as_a_result(
        which in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
    ) {
        let recordings = recordings().unwrap();
        let recording = which.get(&recordings);
        let mut bytes = recording.bytes.to_vec();
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        let definition = dataflow(recording.entry.dataflow.as_str());
        if let Err(error) = parse(&definition, &Payload::new(&recording.entry.part, &bytes)) {
            let finding = error.to_finding();
            prop_assert!(!finding.expected.is_empty(), "{error}");
            prop_assert!(finding.to_string().len() < 8000);
        }
    }
}
