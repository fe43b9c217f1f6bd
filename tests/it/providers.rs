//! The ways of single providers, good and bad, over real HTTP: pages and keys, errors with status 200, files of four kinds. Made-up
//! figures go into folders that are thrown away.

use std::fs;
use std::io::{Cursor, Write};
use std::ops::Range;
use std::path::Path;

use bytes::Bytes;
use serde_json::{Value, json};
use tests::cassette::{Cassette, Reply};
use tests::service::{Service, Settings};
use tests::{data, recording, shared};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::refresh::refresh;
use crate::runs;

const GIGA: &str = "GIGA_SCHOOLS";
const KEY: &str = "made-up-key-0123456789";
const POPULATION: &str = "BNS_POPULATION";
const POPULATION_PATH: &str = "/api/iblock/element/6645/json/file/kk/";
const POPULATION_RECORDING: &str = "kz_bns/2026-07-10/population_6645.json";
const SPENDING: &str = "WB_EDU_SPENDING";
const SPENDING_PATH: &str = "/country/all/indicator/SE.XPD.TOTL.GD.ZS?format=json&per_page=20000";

fn json_reply(body: impl Into<Bytes>) -> Reply {
    Reply::Bytes { content_type: "application/json", body: body.into() }
}

fn giga_path(page: usize) -> String {
    format!("/schools_profile?country_iso3_code=KAZ&page={page}&size=1000")
}

/// A page of made-up schools; every second of them is connected.
fn schools(numbers: Range<usize>) -> Reply {
    let school = |number: usize| {
        json!({
            "giga_id_school": format!("school-{number}"), "school_area_type": "rural", "country_iso3_code": "KAZ",
            "admin1": "null", "connectivity": number.is_multiple_of(2), "connectivity_type": "{ADSL,NULL}",
        })
    };
    json_reply(json!({ "success": true, "data": numbers.map(school).collect::<Vec<_>>() }).to_string())
}

fn with_key(cassette: &Cassette) -> Settings {
    Settings::default().at(GIGA, cassette.base_url()).with("PROVIDER_KEY_GIGA", KEY)
}

/// Every file below a folder that holds some bytes.
fn files_with(folder: &Path, wanted: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, wanted));
        } else if fs::read(&path).unwrap().windows(wanted.len()).any(|bytes| bytes == wanted) {
            found.push(path.display().to_string());
        }
    }
    found
}

#[tokio::test]
async fn schools_are_asked_for_page_by_page_with_a_key_that_is_written_nowhere() {
    let data = data::filled().await.unwrap();
    let cassette = Cassette::start().unwrap();
    cassette.reply(&giga_path(1), schools(0..1000));
    cassette.reply(&giga_path(2), schools(1000..1200));
    let settings = with_key(&cassette).with("LOG", "trace");
    let said = refresh(data.path(), &settings, GIGA).await;
    let asked = cassette.asked();
    let keys: Vec<&str> = asked.iter().map(|asked| asked.authorization.as_str()).collect();
    assert_eq!(keys, vec![format!("Bearer {KEY}"); 2], "{said}");
    assert!(!said.contains(KEY), "the log shows the key: {said}");
    assert_eq!(files_with(data.path(), KEY.as_bytes()), [""; 0]);

    let service = Service::start(data.path()).await.unwrap();
    assert_eq!(runs::of(&service, GIGA).await[0]["outcome"], "updated", "{said}");
    let value = async |indicator: &str, urbanisation: &str| {
        let path = format!("/api/v1/observations?indicator={indicator}&urbanisation={urbanisation}");
        service.json(&path).await.unwrap()["observations"][0]["value"].clone()
    };
    assert_eq!(value("giga_schools_mapped", "_T").await, 1200.0);
    assert_eq!(value("giga_schools_connected", "R").await, 50.0);
    assert_eq!(value("giga_schools_connected", "U").await, Value::Null);
    let source = service.json(&format!("/api/v1/sources?dataflow={GIGA}")).await.unwrap()["sources"][0].clone();
    assert_eq!(source["raw_open"], false, "{source}");
}

#[tokio::test]
async fn pages_that_do_not_end_keys_that_are_not_taken_and_no_key_at_all_end_the_run() {
    let data = data::filled().await.unwrap();
    refresh(data.path(), &Settings::default(), GIGA).await;
    let cassette = Cassette::start().unwrap();
    cassette.reply(&giga_path(1), schools(0..1000));
    cassette.reply(&giga_path(2), schools(0..1000));
    refresh(data.path(), &with_key(&cassette), GIGA).await;
    let body = "{\"message\":\"Unauthorized\",\"status\":401}";
    cassette.reply(&giga_path(1), Reply::Status { status: 401, body });
    refresh(data.path(), &with_key(&cassette), GIGA).await;
    cassette.reply(&giga_path(1), Reply::html("<html><title>Sign in</title></html>"));
    refresh(data.path(), &with_key(&cassette), GIGA).await;

    let service = Service::start(data.path()).await.unwrap();
    let ends: Vec<(Value, Value)> = runs::of(&service, GIGA)
        .await
        .iter()
        .map(|run| (run["outcome"].clone(), run["reasons"][0]["code"].clone()))
        .collect();
    let expected = [
        ("quarantined", "not_data"),
        ("unreachable", "http_status"),
        ("quarantined", "endless_pages"),
        ("failed", "closed"),
    ];
    assert_eq!(ends, expected.map(|(outcome, code)| (json!(outcome), json!(code))));
    let page = service.get("/en/sources").await.unwrap().text();
    assert!(page.contains("it is asked once the settings name one"), "the page says what is lacking");
}

#[tokio::test]
async fn the_pages_of_the_speed_index_join_the_rows_that_came_with_the_program() {
    const DATAFLOW: &str = "OOKLA_SGI_FIXED";
    // Place and median a month later: nearly those that are held, and made up for Kazakhstan.
    const COUNTRIES: [(&str, u8, &str); 16] = [
        ("armenia", 93, "56.54"),
        ("azerbaijan", 104, "45.47"),
        ("belarus", 89, "61.05"),
        ("denmark", 8, "219.23"),
        ("estonia", 68, "80.14"),
        ("georgia", 117, "34.40"),
        ("kazakhstan", 92, "22.22"),
        ("kyrgyzstan", 83, "65.44"),
        ("moldova", 40, "120.73"),
        ("russia", 61, "88.08"),
        ("singapore", 2, "297.57"),
        ("tajikistan", 124, "29.26"),
        ("turkmenistan", 161, "3.53"),
        ("united-kingdom", 46, "108.61"),
        ("united-states", 5, "242.27"),
        ("uzbekistan", 80, "69.37"),
    ];
    let data = data::filled().await.unwrap();
    let cassette = Cassette::start().unwrap();
    let page = fs::read_to_string(recording::root().join("fixtures/synthetic/ookla/global_index_page.html")).unwrap();
    let figures = "\"rank\":\"9\",\"download_mbps\":\"22.22\"";
    assert!(page.contains(figures), "{page}");
    for (country, place, median) in COUNTRIES {
        let body = page.replace(figures, &format!("\"rank\":\"{place}\",\"download_mbps\":\"{median}\"")).into();
        cassette.reply(&format!("/global-index/{country}"), Reply::Bytes { content_type: "text/html", body });
    }
    // A second between two questions to one host is the provider's due, also on the loopback.
    let settings = Settings::default().at(DATAFLOW, cassette.base_url());
    let said = refresh(data.path(), &settings, DATAFLOW).await;
    assert_eq!(cassette.asked().len(), COUNTRIES.len());

    let service = Service::start(data.path()).await.unwrap();
    assert_eq!(runs::of(&service, DATAFLOW).await[0]["outcome"], "updated", "{said}");
    let path = "/api/v1/observations?indicator=speedtest_fixed_median&area=KAZ";
    let found = service.json(path).await.unwrap();
    let values: Vec<(&str, f64)> = found["observations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["period"].as_str().unwrap(), one["value"].as_f64().unwrap()))
        .collect();
    assert_eq!(values, [("2024-08", 58.81), ("2024-09", 22.22)]);
    let snapshot = runs::of(&service, DATAFLOW).await[0]["snapshot"].as_str().unwrap().to_owned();
    let raw = service.get(&format!("/api/v1/snapshots/{snapshot}")).await.unwrap();
    assert!((400..500).contains(&raw.status), "the page is not handed out: {}", raw.status);
}

/// A workbook whose sheet unpacks to eighty megabytes.
fn workbook_bomb() -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..80 {
        archive.write_all(&zeros).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[tokio::test]
async fn each_provider_errs_in_its_own_way_and_nothing_published_changes() {
    let recorded = recording::read(POPULATION_RECORDING).unwrap();
    let hundredfold = recording::with(POPULATION_RECORDING, "\"602832\"", "\"60283200\"").unwrap();
    let message = "[{\"message\":[{\"id\":\"120\",\"key\":\"Invalid value\",\"value\":\"The provided parameter value is \
                   not valid\"}]}]";
    let page = "<html><head><title>Индекс за пределами диапазона</title></head></html>";
    let plain = |status| Reply::Plain { status, headers: Vec::new(), body: page.into() };
    let cases = [
        (POPULATION, POPULATION_PATH, json_reply("[]"), "quarantined", "not_data"),
        (POPULATION, POPULATION_PATH, json_reply("{\"error\":\"no such element\"}"), "quarantined", "unreadable"),
        (POPULATION, POPULATION_PATH, json_reply(recorded[..recorded.len() / 2].to_vec()), "quarantined", "truncated"),
        (POPULATION, POPULATION_PATH, Reply::html(page), "quarantined", "not_data"),
        (POPULATION, POPULATION_PATH, plain(404), "unreachable", "http_status"),
        (POPULATION, POPULATION_PATH, json_reply(hundredfold), "quarantined", "other_scale"),
        (POPULATION, POPULATION_PATH, json_reply(workbook_bomb()), "quarantined", "too_large"),
        (SPENDING, SPENDING_PATH, json_reply(message), "quarantined", "not_data"),
        (SPENDING, SPENDING_PATH, json_reply("[{\"total\":0,\"page\":0,\"pages\":0},null]"), "quarantined", ""),
    ];
    let data = data::filled().await.unwrap();
    for (dataflow, path, reply, ..) in &cases {
        let cassette = Cassette::start().unwrap();
        cassette.expect_misses();
        cassette.reply(path, reply.clone());
        refresh(data.path(), &Settings::default().at(dataflow, cassette.base_url()), dataflow).await;
    }

    let service = Service::start(data.path()).await.unwrap();
    for dataflow in [POPULATION, SPENDING] {
        let runs = runs::of(&service, dataflow).await;
        for ((_, _, _, outcome, code), run) in cases.iter().filter(|case| case.0 == dataflow).rev().zip(&runs) {
            assert_eq!(run["outcome"], *outcome, "{run}");
            assert!(code.is_empty() || run["reasons"][0]["code"] == *code, "{code}: {run}");
            assert!(run["reasons"][0]["message"].as_str().is_some_and(|text| !text.is_empty()), "{run}");
            assert_eq!(run["vintage"], Value::Null, "{run}");
        }
    }
    let untouched = shared::service().await.unwrap();
    assert_eq!(runs::published(&service).await, runs::published(&untouched).await);
    let told = service.json(&format!("/api/v1/sources?dataflow={POPULATION}")).await.unwrap();
    assert_eq!(told["sources"][0]["last_run"]["outcome"], "quarantined", "{told}");
}

#[tokio::test]
async fn the_two_layouts_of_one_table_say_the_same_of_what_both_hold() {
    const DATAFLOW: &str = "BNS_SDG_4_A_1";
    let data = data::filled().await.unwrap();
    for recorded in ["kz_bns/2019-10-02/indicator_4-a-1.csv", "kz_bns/2020-12-19/indicator_4-a-1.csv"] {
        let cassette = Cassette::start().unwrap();
        cassette.record("/indicator_4-a-1.csv", recorded).unwrap();
        refresh(data.path(), &Settings::default().at(DATAFLOW, cassette.base_url()), DATAFLOW).await;
    }
    // The older one with a column renamed: neither layout.
    let cassette = Cassette::start().unwrap();
    let body = recording::with("kz_bns/2019-10-02/indicator_4-a-1.csv", "Регионы,Value", "Аймақтар,Value").unwrap();
    cassette.reply("/indicator_4-a-1.csv", Reply::csv(body));
    refresh(data.path(), &Settings::default().at(DATAFLOW, cassette.base_url()), DATAFLOW).await;

    let service = Service::start(data.path()).await.unwrap();
    let runs = runs::of(&service, DATAFLOW).await;
    let outcomes: Vec<&str> = runs.iter().take(3).map(|run| run["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["quarantined", "unchanged", "unchanged"], "{runs:?}");
    let untouched = shared::service().await.unwrap();
    assert_eq!(runs::published(&service).await, runs::published(&untouched).await);
}
