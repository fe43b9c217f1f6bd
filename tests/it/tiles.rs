//! Ookla's tiles from a dropped file to observations, and a dataflow that is closed. The file is made up.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use tests::cassette::{Cassette, Reply};
use tests::recording::root;
use tests::service::{Service, Settings};
use tests::{data, shared};

use crate::refresh::refresh;
use crate::runs;

const DATAFLOW: &str = "OOKLA_TILES_FIXED";

#[tokio::test]
async fn a_dropped_quarter_becomes_regional_means_and_a_damaged_one_changes_nothing() {
    let data = data::filled().await.unwrap();
    let folder = data.path().join("drop").join(DATAFLOW);
    fs::create_dir_all(&folder).unwrap();
    let made_up = fs::read(root().join("fixtures/synthetic/ookla/tiles_400.parquet")).unwrap();
    fs::write(folder.join("2024-Q1.parquet"), &made_up).unwrap();
    let said = refresh(data.path(), &Settings::default(), DATAFLOW).await;
    fs::write(folder.join("2024-Q1.parquet"), &made_up[..made_up.len() / 2]).unwrap();
    refresh(data.path(), &Settings::default(), DATAFLOW).await;

    let service = Service::start(data.path()).await.unwrap();
    let runs = runs::of(&service, DATAFLOW).await;
    assert_eq!((&runs[1]["outcome"], &runs[1]["observations"]), (&"updated".into(), &84.into()), "{said}");
    assert_eq!((&runs[0]["outcome"], &runs[0]["reasons"][0]["code"]), (&"quarantined".into(), &"unreadable".into()));
    let of = async |area: &str, indicator: &str| {
        let path = format!("/api/v1/observations?indicator={indicator}&area={area}");
        service.json(&path).await.unwrap()["observations"][0].clone()
    };
    // The country is its regions together: as many tests, and a mean between the least and the largest.
    let country = of("KAZ", "ookla_fixed_tests").await;
    assert_eq!(country["period"], "2024-Q1");
    let (mut tests, mut speeds) = (0.0, Vec::new());
    for area in service.json("/api/v1/areas?level=region&valid_in=2024").await.unwrap()["areas"].as_array().unwrap() {
        let code = area["code"].as_str().unwrap();
        tests += of(code, "ookla_fixed_tests").await["value"].as_f64().unwrap();
        speeds.extend(of(code, "ookla_fixed_download").await["value"].as_f64());
    }
    assert_eq!(country["value"].as_f64(), Some(tests));
    let mean = of("KAZ", "ookla_fixed_download").await["value"].as_f64().unwrap();
    let least = speeds.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = speeds.iter().copied().fold(0.0, f64::max);
    assert!(least < mean && mean < largest, "{least} {mean} {largest}");
    // What is kept is what the file comes to, with the checksum of the file.
    let raw = service.get("/api/v1/sources?dataflow=OOKLA_TILES_FIXED").await.unwrap().json().unwrap();
    assert_eq!(raw["sources"][0]["raw_open"], false);
}

#[tokio::test]
async fn quarters_of_the_past_are_fetched_a_few_at_a_time_and_none_of_them_twice() {
    let data = data::filled().await.unwrap();
    let made_up = fs::read(root().join("fixtures/synthetic/ookla/tiles_400.parquet")).unwrap();
    let cassette = Cassette::start().unwrap();
    // The clock of the service says which quarters are the newest; a year to come does no harm here.
    let lacking = (2024, 1);
    for (year, quarter) in (2019..=2040).flat_map(|year| (1..=4).map(move |quarter| (year, quarter))) {
        if (year, quarter) != lacking {
            let body = made_up.clone().into();
            cassette.reply(&path(year, quarter), Reply::Bytes { content_type: "application/octet-stream", body });
        }
    }
    cassette.expect_misses();
    let settings = Settings::default().at(DATAFLOW, cassette.base_url());
    let mut runs_asked: Vec<Vec<(String, u16)>> = Vec::new();
    for _ in 0..3 {
        let before = cassette.asked().len();
        refresh(data.path(), &settings, DATAFLOW).await;
        runs_asked
            .push(cassette.asked().split_off(before).into_iter().map(|asked| (asked.path, asked.status)).collect());
    }
    let of_status = |run: &[(String, u16)], wanted: u16| run.iter().filter(|(_, status)| *status == wanted).count();
    // The two newest and four more; then nothing new of the newest, and four more.
    assert_eq!(runs_asked.iter().map(|run| of_status(run, 200)).collect::<Vec<_>>(), [6, 4, 4], "{runs_asked:?}");
    assert_eq!(runs_asked.iter().map(|run| of_status(run, 304)).collect::<Vec<_>>(), [0, 2, 2], "{runs_asked:?}");
    let loaded: Vec<&String> =
        runs_asked.iter().flatten().filter(|(_, status)| *status == 200).map(|(path, _)| path).collect();
    let once: BTreeSet<&String> = loaded.iter().copied().collect();
    assert_eq!(once.len(), loaded.len(), "{loaded:?}");

    let service = Service::start(data.path()).await.unwrap();
    let outcomes: Vec<Value> = runs::of(&service, DATAFLOW).await.iter().map(|run| run["outcome"].clone()).collect();
    assert_eq!(outcomes, ["updated", "updated", "updated"]);
    let path = "/api/v1/observations?indicator=ookla_fixed_tests&area=KAZ&limit=100";
    let found = service.json(path).await.unwrap();
    assert_eq!(found["observations"].as_array().unwrap().len(), 14, "{found}");
}

fn path(year: u16, quarter: u16) -> String {
    let month = 3 * quarter - 2;
    format!(
        "/parquet/performance/type=fixed/year={year}/quarter={quarter}/{year}-{month:02}-01_performance_fixed_tiles.parquet"
    )
}

#[tokio::test]
async fn a_closed_dataflow_says_why_and_is_not_asked() {
    let data = data::filled().await.unwrap();
    refresh(data.path(), &Settings::default(), "GIGA_SCHOOLS").await;
    let service = Service::start(data.path()).await.unwrap();
    let run = &runs::of(&service, "GIGA_SCHOOLS").await[0];
    assert_eq!((&run["outcome"], &run["reasons"][0]["code"]), (&"failed".into(), &"closed".into()), "{run}");

    let untouched = shared::service().await.unwrap();
    let source = untouched.json("/api/v1/sources?dataflow=GIGA_SCHOOLS").await.unwrap()["sources"][0].clone();
    assert!(source["closed"]["en"].as_str().is_some_and(|why| why.contains("without a key")), "{source}");
    assert_eq!((&source["vintage"], &source["freshness"]), (&Value::Null, &"empty".into()));
    for (language, words) in [("kk", "Сұралмайды"), ("ru", "Не запрашивается"), ("en", "Not asked")]
    {
        assert!(untouched.get(&format!("/{language}/sources")).await.unwrap().text().contains(words), "{language}");
    }
}
