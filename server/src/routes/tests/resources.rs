//! What each address says.

use std::sync::Arc;

use ::indicators::definition::Panel;
use ::indicators::wire::ObservationEntry;
use jiff::civil::date;

use super::*;
use crate::limits::PUBLISHED;
use crate::release_archive::ReleaseArchive;
use crate::view::Release;

fn codes<'a>(list: &'a Value, key: &str) -> Vec<&'a str> {
    list.as_array().unwrap().iter().map(|item| item[key].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn areas_are_filtered_by_code_level_and_year() {
    let sample = Sample::new();
    let all = sample.get("/api/v1/areas").await.json();
    assert!(all["areas"].as_array().unwrap().len() > 200);
    let named = sample.get("/api/v1/areas?area=KZ-10,KZ-61").await.json();
    let mut found = codes(&named["areas"], "code");
    found.sort_unstable();
    assert_eq!(found, ["KZ-10", "KZ-61"]);
    for area in named["areas"].as_array().unwrap() {
        for language in ["kk", "ru", "en"] {
            assert!(area["name"][language].is_string());
        }
    }
    let regions = |year: i16| format!("/api/v1/areas?level=region&valid_in={year}");
    assert_eq!(sample.get(&regions(2023)).await.json()["areas"].as_array().unwrap().len(), 20);
    assert_eq!(sample.get(&regions(2019)).await.json()["areas"].as_array().unwrap().len(), 17);
}

#[actix_web::test]
async fn criteria_are_eight_and_indicators_follow_panel_and_criterion() {
    let sample = Sample::new();
    let criteria = sample.get("/api/v1/criteria").await.json();
    assert_eq!(criteria["criteria"].as_array().unwrap().len(), 8);
    let narrowed = sample.get("/api/v1/indicators?panel=regions&criterion=internet_access").await.json();
    let narrowed = narrowed["indicators"].as_array().unwrap();
    assert!(!narrowed.is_empty());
    for indicator in narrowed {
        assert_eq!(indicator["panel"], "regions");
        assert_eq!(indicator["criterion"], "internet_access");
    }
}

#[actix_web::test]
async fn the_framework_names_its_version_years_and_derivations() {
    let answer = Sample::new().get("/api/v1/frameworks").await.json();
    let framework = &answer["frameworks"][0];
    assert_eq!(framework["code"].as_str().unwrap(), format!("kz-{}", framework["version"].as_str().unwrap()));
    assert_eq!(framework["panels"][0]["reference_years"], serde_json::json!([2022, 2023]));
    assert!(framework["definition"]["indicators"][0]["derivation"].is_object());
}

#[actix_web::test]
async fn the_index_is_the_newest_release_unless_asked() {
    let sample = Sample::new();
    let newest = sample.get("/api/v1/index").await.json();
    assert_eq!(newest["release"]["reference_year"], 2023);
    assert_eq!(newest["release"]["panel"], "regions");
    assert_eq!(newest["index"].as_array().unwrap().len(), 20);
    let one = sample.get("/api/v1/index?area=KZ-61&period=2022").await.json();
    assert_eq!(codes(&one["index"], "area"), ["KZ-61"]);
    assert_eq!(one["release"]["reference_year"], 2022);
    let countries = sample.get("/api/v1/index?panel=countries").await.json();
    assert_eq!(countries["release"]["panel"], "countries");
    assert!(countries["national"].is_null());

    let id = newest["release"]["id"].as_str().unwrap();
    let by_id = sample.get(&format!("/api/v1/index?release={id}")).await.json();
    assert_eq!(by_id, newest);
}

#[actix_web::test]
async fn a_profile_goes_from_value_to_contribution() {
    let sample = Sample::new();
    let answer = sample.get("/api/v1/index/KZ-61").await.json();
    let criterion = &answer["profile"]["criteria"][0];
    assert_eq!(criterion["criterion"], "internet_access");
    let cell =
        criterion["indicators"].as_array().unwrap().iter().find(|cell| cell["indicator"] == "internet_users").unwrap();
    assert_eq!(cell["value"], 97.3);
    assert_eq!(cell["status"], "observed");
    assert_eq!(cell["inputs"][0]["dataflow"], "BNS_SDG_17_8_1");

    let national = sample.get("/api/v1/index/KAZ?panel=regions").await.json();
    assert_eq!(national["profile"]["area"], "KAZ");
    assert!(national["profile"]["rank"].is_null());
    let among_countries = sample.get("/api/v1/index/KAZ").await.json();
    assert_eq!(among_countries["release"]["panel"], "countries");
}

#[actix_web::test]
async fn releases_are_listed_newest_first_and_answer_whole() {
    let sample = Sample::new();
    let answer = sample.get("/api/v1/releases?panel=regions").await.json();
    let releases = answer["releases"].as_array().unwrap();
    let years: Vec<i64> = releases.iter().map(|release| release["reference_year"].as_i64().unwrap()).collect();
    assert_eq!(years, [2023, 2022]);
    let id = releases[0]["id"].as_str().unwrap();
    let whole = sample.get(&format!("/api/v1/releases/{id}")).await;
    assert!(whole.header("cache-control").contains("immutable"));
    let whole = whole.json();
    let what = whole["release"].as_object().unwrap();
    assert!(what.iter().all(|(name, value)| releases[0][name] == *value), "{what:?}");
    assert_eq!(whole["profiles"].as_object().unwrap().len(), 21);
}

#[actix_web::test]
async fn a_superseded_release_is_read_and_computed_from_only_by_its_own_method() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Arc::new(ReleaseArchive::open(folder.path()).unwrap());
    let in_force = Arc::clone(sample::view().release(Panel::Regions, Some(2023)).unwrap());
    let named = |id: &str, recipe: Option<&str>| {
        let mut release = Release::clone(&in_force);
        release.answer.release.id = id.to_owned();
        release.answer.release.recipe = recipe.map_or_else(|| in_force.reference().recipe.clone(), str::to_owned);
        release
    };
    let (older, foreign) = (named("older", None), named("foreign", Some("another")));
    archive.keep([&older, &foreign, in_force.as_ref()], date(2026, 2, 3)).unwrap();
    let sample = Sample::new().with_archive(archive);

    let listed = sample.get("/api/v1/releases?state=superseded").await.json();
    let ids: Vec<&str> = listed["releases"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["foreign", "older"]);
    let table = sample.get("/api/v1/releases.csv?state=all&panel=regions").await;
    assert!(table.text().contains("2026-02-03,true") && table.text().contains("2026-02-03,false"), "{}", table.text());

    for id in ["older", "foreign"] {
        let index = sample.get(&format!("/api/v1/index?release={id}")).await.json();
        assert_eq!(index["release"]["id"], id);
        assert_eq!(sample.get(&format!("/api/v1/index/KZ-61?release={id}")).await.status, 200);
        let whole = sample.get(&format!("/api/v1/releases/{id}")).await;
        assert!(whole.header("cache-control").contains("immutable"));
    }
    let id = &in_force.reference().id;
    for (release, expected) in [("older", 200), ("foreign", 400)] {
        for path in [
            format!("/api/v1/releases/{release}/diff/{id}"),
            format!("/api/v1/robustness?release={release}"),
            format!("/api/v1/what-if?weights=internet_access:2&release={release}"),
        ] {
            let answer = sample.get(&path).await;
            assert_eq!(answer.status, expected, "{path}: {}", answer.text());
            if expected == 400 {
                assert!(answer.text().contains("the method in force"), "{path}: {}", answer.text());
            }
        }
    }
}

#[actix_web::test]
async fn sources_and_runs_are_filtered() {
    let sample = Sample::new();
    let sources = sample.get("/api/v1/sources?dataflow=BNS_SDG_17_8_1").await.json();
    assert_eq!(codes(&sources["sources"], "dataflow"), ["BNS_SDG_17_8_1"]);
    let runs = sample.get("/api/v1/runs").await.json();
    assert_eq!(codes(&runs["runs"], "id"), ["run-2", "run-1"]);
    let quarantined = sample.get("/api/v1/runs?dataflow=BNS_SDG_17_8_1&outcome=quarantined,failed").await.json();
    assert_eq!(codes(&quarantined["runs"], "id"), ["run-2"]);
    assert_eq!(quarantined["runs"][0]["reasons"][0]["row"], 7);
}

#[actix_web::test]
async fn status_is_degraded_when_something_is_wrong() {
    let sample = Sample::new();
    let well = sample.get("/api/v1/status").await.json();
    assert_eq!((&well["health"], &well["version"]), (&"ok".into(), &env!("CARGO_PKG_VERSION").into()));
    assert_eq!(well["started_at"], "1970-01-01T00:00:00Z");

    let mut view = sample::view();
    view.problems.push("the store was opened from a backup".to_owned());
    view.id = "another".to_owned();
    sample.view.swap(view);
    let ill = sample.get("/api/v1/status").await.json();
    assert_eq!(ill["health"], "degraded");
    assert_eq!(ill["problems"][0], "the store was opened from a backup");
}

#[actix_web::test]
async fn limits_are_those_in_force() {
    let answer = Sample::new().get("/api/v1/limits").await.json();
    assert_eq!(answer["requests_per_window"], PUBLISHED.requests_per_window);
}

#[actix_web::test]
async fn the_page_lists_every_address_and_runs_nothing_from_elsewhere() {
    let sample = Sample::new();
    let page = sample.get("/api/docs").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    for route in ROUTES {
        assert!(page.text().contains(route.path), "{}", route.path);
    }
    for code in ErrorCode::ALL {
        assert!(page.text().contains(&format!("id=\"{}\"", code.entry().code)));
    }
    assert!(!page.text().contains("<script"));
    assert!(!page.text().contains("http://") && !page.text().contains("https://"));
    assert_eq!(sample.get("/api/docs/style.css").await.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(sample.get("/api/docs/other.css").await.status, 404);
}

#[actix_web::test]
async fn observations_are_filtered_by_everything() {
    async fn check(sample: &Sample, query: &str, expected: usize) {
        let path = format!("/api/v1/observations?{query}");
        let answer = sample.get(&path).await.json();
        assert_eq!(answer["total"], expected, "{path}: {answer}");
        assert_eq!(answer["observations"].as_array().unwrap().len(), expected, "{path}");
    }
    let sample = Sample::new();
    check(&sample, "", 21).await;
    check(&sample, "indicator=internet_users", 19).await;
    check(&sample, "indicator=egdi,internet_users", 21).await;
    check(&sample, "indicator=egdi&indicator=internet_users", 21).await;
    check(&sample, "area=KZ-61", 5).await;
    check(&sample, "area=KZ-61&period=2023", 2).await;
    check(&sample, "area=KZ-61&period=2023-Q1", 1).await;
    check(&sample, "area=KZ-61&period=2021..2022", 2).await;
    check(&sample, "area=KZ-61&period=2022..", 3).await;
    check(&sample, "area=KZ-61&period=..2021", 2).await;
    check(&sample, "area=KZ-61&start_period=2021&end_period=2022", 2).await;
    check(&sample, "area=KZ-61&start_period=2023-02", 0).await;
    check(&sample, "area=KZ-61&period=2020..2023&start_period=2022", 3).await;
    check(&sample, "sex=F", 1).await;
    check(&sample, "sex=F,M", 2).await;
    check(&sample, "dataflow=UN_EGDI", 2).await;
    check(&sample, "area=&indicator=", 21).await;

    let missing = sample.get("/api/v1/observations?area=KZ-61&period=2020").await.json();
    assert!(missing["observations"][0]["value"].is_null());
    assert_eq!(missing["observations"][0]["status"], "O");
    assert_eq!(codes(&missing["citations"], "dataflow"), ["BNS_SDG_17_8_1"]);
}

#[actix_web::test]
async fn observations_come_as_they_were_known_on_a_day() {
    let sample = Sample::new();
    let mut view = sample::view();
    view.id = "revised".to_owned();
    let place = view.observations.iter().position(|entry| entry.area.as_str() == "KZ-61").unwrap();
    let before = view.observations[place].clone();
    let revised = &mut view.observations[place];
    revised.value = Some(12.5);
    revised.vintage = "BNS_SDG_17_8_1@2025-03-01.1".to_owned();
    view.past = vec![(before.clone(), "2025-03-01".parse().unwrap())];
    sample.view.swap(view);
    let known = async |day: &str| {
        let path = format!("/api/v1/observations?area=KZ-61&period={}&as_of={day}", before.period);
        sample.get(&path).await.json()["observations"].clone()
    };
    assert_eq!(known("2025-03-01").await[0]["value"], 12.5);
    assert_eq!(known("2025-02-28").await[0]["value"], serde_json::json!(before.value));
    assert_eq!(known("2024-10-23").await, serde_json::json!([]), "nothing was known before the first vintage");
    assert_eq!(sample.get("/api/v1/observations?as_of=yesterday").await.status, 400);
    let flow = "/sdmx/2.1/data/BNS_SDG_17_8_1/.....KZ-61";
    assert!(sample.get(flow).await.text().contains("12.5"));
    assert!(!sample.get(&format!("{flow}?asOf=2025-02-28")).await.text().contains("12.5"));
    assert_eq!(sample.get(&format!("{flow}?asOf=2024-01-01")).await.status, 404);
}

#[actix_web::test]
async fn robustness_gives_the_intervals_of_the_index_and_what_they_hang_on() {
    let sample = Sample::new();
    let answer = sample.get("/api/v1/robustness?period=2023").await.json();
    let index = sample.get("/api/v1/index?period=2023").await.json();
    assert_eq!(answer["release"], index["release"]);
    let (areas, entries) = (answer["areas"].as_array().unwrap(), index["index"].as_array().unwrap());
    assert_eq!(areas.len(), entries.len());
    for (area, entry) in areas.iter().zip(entries) {
        for field in ["area", "score", "rank", "rank_interval"] {
            assert_eq!(area[field], entry[field], "{}", entry["area"]);
        }
    }
    let factors = answer["factors"].as_array().unwrap();
    let share = |factor: &Value, kind: &str| factor[kind]["value"].as_f64().unwrap();
    for factor in factors {
        let (name, total) = (factor["factor"].as_str().unwrap(), share(factor, "total"));
        assert!(["weights", "normalise", "aggregate", "leave_one_out", "substitutes"].contains(&name));
        assert!((0.0..=1.5).contains(&total), "{factor}");
    }
    assert!(factors.windows(2).all(|two| share(&two[0], "total") >= share(&two[1], "total")));
    let one = sample.get("/api/v1/robustness.csv?period=2023&area=KZ-61&lang=en").await;
    assert_eq!(one.text().lines().count(), 2, "{}", one.text());
}

#[actix_web::test]
async fn the_index_of_a_day_rests_on_what_was_known_then() {
    let sample = Sample::new();
    let published = sample.get("/api/v1/index?period=2023").await.json();
    // The figures of the sample came on 2024-10-24.
    let since = sample.get("/api/v1/index?period=2023&as_of=2024-10-24").await.json();
    assert_eq!(since["index"], published["index"]);
    assert_eq!(since["release"], published["release"], "the same figures are the same release");
    let before = sample.get("/api/v1/index?period=2023&as_of=2024-10-23").await.json();
    assert!(before["index"].as_array().unwrap().iter().all(|entry| entry["score"].is_null()));
    assert!(published["index"].as_array().unwrap().iter().any(|entry| entry["score"].is_number()));
    let id = published["release"]["id"].as_str().unwrap();
    let both = sample.get(&format!("/api/v1/index?release={id}&as_of=2024-10-24")).await;
    assert_eq!((both.status.as_u16(), both.json()["code"].as_str()), (400, Some("bad_parameter")));
}

#[actix_web::test]
async fn a_revision_has_the_old_value_and_the_new_one() {
    let sample = Sample::new();
    let mut view = sample::view();
    view.id = "revised".to_owned();
    let has_value = |entry: &ObservationEntry| entry.area.as_str() == "KZ-61" && entry.value.is_some();
    let place = view.observations.iter().position(has_value).unwrap();
    let before = view.observations[place].clone();
    let revised = &mut view.observations[place];
    revised.value = Some(12.5);
    revised.vintage = "BNS_SDG_17_8_1@2025-03-01.1".to_owned();
    // A value that was withdrawn for a while, and one that only got another status.
    let neighbour = view.observations[place - 1].clone();
    view.past = vec![
        (before.clone(), "2025-03-01".parse().unwrap()),
        (ObservationEntry { value: Some(1.0), ..neighbour.clone() }, "2020-01-01".parse().unwrap()),
    ];
    sample.view.swap(view);
    let answer = sample.get("/api/v1/revisions").await.json();
    assert_eq!(answer["revisions"].as_array().unwrap().len(), 1, "{answer}");
    let found = &answer["revisions"][0];
    assert_eq!((&found["before"], &found["after"]), (&serde_json::json!(before.value), &12.5.into()));
    assert_eq!(found["before_vintage"], serde_json::json!(before.vintage));
    assert_eq!(found["after_vintage"], "BNS_SDG_17_8_1@2025-03-01.1");
    let csv = sample.get("/api/v1/revisions.csv?area=KZ-61").await;
    assert!(csv.text().contains("12.5"), "{}", csv.text());
    let elsewhere = sample.get("/api/v1/revisions?area=KZ-10").await.json();
    assert_eq!(elsewhere["revisions"], serde_json::json!([]));
    assert_eq!(sample.get("/api/v1/revisions?area=KZ-99").await.status, 400);
}
