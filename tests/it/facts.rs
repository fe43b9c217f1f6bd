//! Figures that anybody can check against the published sources. When one of them is wrong,
//! nothing else matters.

use serde_json::Value;
use tests::service::Service;
use tests::shared;

async fn observation(service: &Service, indicator: &str, area: &str, period: &str) -> Option<Value> {
    let path = format!("/api/v1/observations?indicator={indicator}&area={area}&period={period}");
    let answer = service.json(&path).await.unwrap();
    let all = answer["observations"].as_array().unwrap();
    let is_total = |entry: &&Value| ["urbanisation", "sex", "age"].iter().all(|axis| entry[*axis] == "_T");
    let mut totals = all.iter().filter(is_total);
    let found = totals.next().cloned();
    assert!(totals.next().is_none(), "one observation a cell: {path}");
    found
}

async fn value(service: &Service, indicator: &str, area: &str, period: &str) -> Option<f64> {
    observation(service, indicator, area, period).await.and_then(|found| found["value"].as_f64())
}

#[tokio::test]
async fn the_e_government_index_is_as_the_united_nations_published_it() {
    let service = shared::service().await.unwrap();
    for (indicator, area, period, expected) in [
        ("egdi", "KAZ", "2024", Some(0.90093)),
        ("egdi_rank", "KAZ", "2024", Some(24.0)),
        ("egdi", "DNK", "2024", Some(0.98474)),
        ("egdi", "EST", "2024", Some(0.97274)),
        ("egdi", "SGP", "2024", Some(0.96912)),
        ("egdi", "GBR", "2024", Some(0.95773)),
        ("egdi_rank", "GBR", "2024", Some(7.0)),
        ("egdi", "USA", "2024", Some(0.91945)),
        ("egdi", "KAZ", "2003", Some(0.38661)),
        ("egdi_rank", "KAZ", "2003", Some(83.0)),
        // Montenegro and South Sudan did not exist in 2003: missing, not zero.
        ("egdi", "MNE", "2003", None),
        ("egdi", "SSD", "2003", None),
        ("egdi_rank", "SSD", "2003", None),
    ] {
        assert_eq!(value(&service, indicator, area, period).await, expected, "{indicator} {area} {period}");
    }
}

#[tokio::test]
async fn every_member_state_has_its_place_in_2024() {
    let service = shared::service().await.unwrap();
    let answer = service.json("/api/v1/observations?indicator=egdi_rank&period=2024&limit=1000").await.unwrap();
    let with_value = answer["observations"].as_array().unwrap().iter().filter(|entry| !entry["value"].is_null());
    assert_eq!(with_value.count(), 193);
    for neighbour in ["UZB", "KGZ", "RUS"] {
        assert!(value(&service, "egdi", neighbour, "2024").await.is_some(), "{neighbour}");
    }
}

#[tokio::test]
async fn regional_figures_are_as_the_bureau_published_them() {
    let service = shared::service().await.unwrap();
    for (indicator, area, period, expected) in [
        ("internet_users", "KZ-61", "2023", Some(97.3)),
        ("internet_users", "KZ-62", "2023", Some(89.0)),
        ("internet_users", "KAZ", "2023", Some(94.7)),
        ("schools_with_computers", "KZ-61", "2018", Some(97.2)),
        ("schools_with_computers", "KZ-71", "2018", Some(100.0)),
    ] {
        assert_eq!(value(&service, indicator, area, period).await, expected, "{indicator} {area} {period}");
    }
}

#[tokio::test]
async fn a_region_has_no_value_before_it_existed() {
    let service = shared::service().await.unwrap();
    for area in ["KZ-10", "KZ-33", "KZ-62"] {
        for year in 2011..2022 {
            let found = observation(&service, "internet_users", area, &year.to_string()).await;
            let value = found.map_or(Value::Null, |found| found["value"].clone());
            assert_eq!(value, Value::Null, "{area} {year}");
        }
        assert!(value(&service, "internet_users", area, "2023").await.is_some(), "{area} 2023");
    }
}

#[tokio::test]
async fn a_change_of_territory_carries_a_break_mark() {
    let service = shared::service().await.unwrap();
    for (year, expected) in [("2021", "A"), ("2022", "B"), ("2023", "A")] {
        let found = observation(&service, "internet_users", "KZ-63", year).await.unwrap();
        assert_eq!(found["status"], expected, "East Kazakhstan {year}");
    }
}

#[tokio::test]
async fn the_index_covers_twenty_regions_in_every_year() {
    let service = shared::service().await.unwrap();
    let status = service.json("/api/v1/status").await.unwrap();
    let mut years: Vec<i64> = status["releases"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|release| release["panel"] == "regions")
        .filter_map(|release| release["reference_year"].as_i64())
        .collect();
    years.sort_unstable();
    assert_eq!(years, (2016..=2024).collect::<Vec<i64>>());
    for year in years {
        let answer = service.json(&format!("/api/v1/index?panel=regions&period={year}")).await.unwrap();
        let entries = answer["index"].as_array().unwrap();
        if year >= 2022 {
            assert_eq!(entries.len(), 20, "{year}");
        }
        for entry in entries {
            let criteria = entry["criteria"].as_array().unwrap();
            assert_eq!(criteria.len(), 8, "{year} {}", entry["area"]);
            check_coverage(&entry["coverage"], &format!("{year} {}", entry["area"]));
            check_interval(entry, entries.len(), &format!("{year} {}", entry["area"]));
            // Nothing is published on these by regions, and nothing is invented.
            let content = criteria.iter().find(|criterion| criterion["criterion"] == "digital_content").unwrap();
            assert_eq!(content["score"], Value::Null, "{year} {}", entry["area"]);
        }
    }
}

/// Shares are shares, and together they are the whole.
/// A place comes with the places it has when the method is varied, and never without them.
fn check_interval(entry: &Value, n_areas: usize, what: &str) {
    let interval = &entry["rank_interval"];
    assert_eq!(entry["rank"].is_null(), interval.is_null(), "{what}");
    if let (Some(low), Some(high)) = (interval["low"].as_u64(), interval["high"].as_u64()) {
        assert!(1 <= low && low <= high && high <= n_areas as u64, "{what}: {interval}");
    }
}

fn check_coverage(coverage: &Value, of: &str) {
    let shares = ["observed", "carried_forward", "predecessor_substitute", "national_substitute", "imputed", "missing"];
    let total: f64 = shares.iter().map(|share| coverage[*share].as_f64().unwrap()).sum();
    assert!((total - 1.0).abs() < 1e-9, "{of}: shares sum to {total}");
}

#[tokio::test]
async fn contributions_of_a_profile_sum_to_its_index() {
    let service = shared::service().await.unwrap();
    for area in ["KZ-10", "KZ-61", "KZ-71"] {
        let answer = service.json(&format!("/api/v1/index/{area}")).await.unwrap();
        let profile = &answer["profile"];
        let score = profile["score"].as_f64().unwrap();
        let cells = profile["criteria"].as_array().unwrap().iter().flat_map(|c| c["indicators"].as_array().unwrap());
        let total: f64 = cells.filter_map(|cell| cell["contribution"].as_f64()).sum();
        assert!((total - score).abs() < 1e-9, "{area}: {total} and {score}");
    }
}

#[tokio::test]
async fn restricted_recordings_are_never_handed_out() {
    let service = shared::service().await.unwrap();
    let answer = service.json("/api/v1/sources").await.unwrap();
    let sources = answer["sources"].as_array().unwrap();
    for dataflow in ["OOKLA_SGI_MOBILE", "OOKLA_SGI_FIXED"] {
        let source = sources.iter().find(|source| source["dataflow"] == dataflow).unwrap();
        assert_eq!(source["raw_open"], false, "{dataflow}");
        if let Some(snapshot) = source["last_run"]["snapshot"].as_str() {
            let answer = service.get(&format!("/api/v1/snapshots/{snapshot}")).await.unwrap();
            assert!(answer.status >= 400, "{dataflow}: the raw file was handed out");
        }
    }
    let is_recorded = |source: &Value| source["bundled"] == true || source["vintage"] == Value::Null;
    assert!(sources.iter().all(is_recorded), "nothing but recordings so far");
}

#[tokio::test]
async fn the_world_bank_revised_what_education_cost_in_2015() {
    let service = shared::service().await.unwrap();
    let answer = service.json("/api/v1/revisions?dataflow=WB_EDU_SPENDING&area=KAZ&period=2015").await.unwrap();
    let revisions = answer["revisions"].as_array().unwrap();
    assert_eq!(revisions.len(), 1, "{answer}");
    let found = &revisions[0];
    let near = |name: &str, expected: f64| (found[name].as_f64().unwrap() - expected).abs() < 1e-5;
    assert!(near("before", 2.788_58) && near("after", 3.337_97), "{found}");
    assert_eq!(found["before_vintage"], "WB_EDU_SPENDING@2024-07-31.1");
    assert_eq!(found["after_vintage"], "WB_EDU_SPENDING@2025-06-30.1");
}

#[tokio::test]
async fn what_was_said_of_education_spending_and_later_said_otherwise_stands_side_by_side() {
    let service = shared::service().await.unwrap();
    let path = "/api/v1/revisions?indicator=education_spending_gdp&area=KAZ&period=2015";
    let revisions = service.json(path).await.unwrap();
    let found = &revisions["revisions"][0];
    assert_eq!((&found["before"], &found["after"]), (&2.788_58.into(), &3.337_969_8.into()), "{revisions}");
    assert_eq!(found["before_vintage"], "WB_EDU_SPENDING@2024-07-31.1", "{revisions}");
    assert_eq!(found["after_vintage"], "WB_EDU_SPENDING@2025-06-30.1", "{revisions}");
    for (language, words) in [
        ("kk", ["2,79", "3,34", "31 шілде", "30 маусым"]),
        ("ru", ["2,79", "3,34", "31 июля 2024", "30 июня 2025"]),
        ("en", ["2.79", "3.34", "31 July 2024", "30 June 2025"]),
    ] {
        let page = service.get(&format!("/{language}/indicators/regions/education_spending_gdp")).await.unwrap().text();
        let (_, section) = page.split_once("id=\"revisions\"").unwrap();
        for words in words {
            assert!(section.contains(words), "{language}: {words} of {section}");
        }
    }
    // The table of 2020 begins for the regions where that of 2019 ends: two vintages, and no value revised.
    let none = service.json("/api/v1/revisions?dataflow=BNS_SDG_4_A_1").await.unwrap();
    assert_eq!(none["revisions"], Value::Array(Vec::new()), "{none}");
}
