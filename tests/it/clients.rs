//! Clients nobody here wrote: each must read the figures that `/api/v1` gives, unchanged. What
//! cannot be installed fails the test; it is never passed over.
//!
//! `SANDYQ_EXAMPLES` sets how many requests are drawn for each operation of the description; `cargo xtask prove` draws many.

use std::collections::BTreeMap;
use std::env;
use std::time::Duration;

use serde_json::Value;
use tests::clients;
use tests::desk::{Desk, FLOW};
use tests::service::Service;
use tests::shared;

/// Internet users of Turkistan by year, as the JSON of the API says.
async fn figures(service: &Service) -> BTreeMap<String, f64> {
    let path = "/api/v1/observations?indicator=internet_users&area=KZ-61&urbanisation=_T&sex=_T&age=_T";
    let answer = service.json(path).await.unwrap();
    let figures: BTreeMap<String, f64> = answer["observations"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| Some((entry["period"].as_str()?.to_owned(), entry["value"].as_f64()?)))
        .collect();
    assert!(figures.len() > 5, "{figures:?}");
    figures
}

fn as_figures(value: &Value) -> BTreeMap<String, f64> {
    value.as_object().unwrap().iter().map(|(period, value)| (period.clone(), value.as_f64().unwrap())).collect()
}

async fn check(script: &str) {
    let service = shared::service().await.unwrap();
    let read = clients::python(script, &service.url("")).await.unwrap();
    assert_eq!(as_figures(&read), figures(&service).await, "{script}");
}

#[tokio::test]
async fn sdmx1_reads_structures_and_both_kinds_of_data() {
    check("read_sdmx1.py").await;
}

#[tokio::test]
async fn pysdmx_discovers_reads_and_validates() {
    check("read_pysdmx.py").await;
}

#[tokio::test]
async fn pyjstat_reads_the_cube() {
    check("read_pyjstat.py").await;
}

#[tokio::test]
async fn frictionless_finds_the_package_valid() {
    check("read_frictionless.py").await;
}

#[tokio::test]
async fn csvw_follows_the_link_to_the_metadata() {
    check("read_csvw.py").await;
}

#[tokio::test]
async fn pandas_reads_csv_and_workbook_alike() {
    check("read_pandas.py").await;
}

#[tokio::test]
async fn jsonstat_toolkit_reads_the_cube() {
    let service = shared::service().await.unwrap();
    let read = clients::node("read_jsonstat.mjs", &service.url(""), "jsonstat-toolkit/import.mjs").await.unwrap();
    assert_eq!(as_figures(&read), figures(&service).await);
}

#[tokio::test]
async fn the_description_is_valid() {
    let service = shared::service().await.unwrap();
    let read = clients::python("check_openapi.py", &service.url("")).await.unwrap();
    assert!(read["paths"].as_u64().unwrap() > 30, "{read}");
}

#[tokio::test]
async fn the_description_keeps_the_rules_of_spectral() {
    let service = shared::service().await.unwrap();
    let read = clients::node("check_spectral.mjs", &service.url(""), "@stoplight/spectral-cli").await.unwrap();
    assert_eq!(read["faults"], Value::Array(Vec::new()));
    assert!(read["operations"].as_u64().unwrap() > 100, "{read}");
}

#[expect(clippy::disallowed_methods, reason = "how long the proof may take is the caller's choice")]
fn n_examples() -> u32 {
    env::var("SANDYQ_EXAMPLES").ok().and_then(|n| n.parse().ok()).unwrap_or(1)
}

#[tokio::test]
async fn whatever_is_asked_the_answer_is_one_that_the_description_knows() {
    // On a folder of its own: what is delivered stays. A key that may not operate, because that asks providers.
    let desk = Desk::open().await.unwrap();
    let create = ["keys", "create", "--holder", "Schemathesis", "--scope", "submit", "--dataflow", FLOW];
    let (made, key) = desk.command(&[&create[..], &["--requests-per-minute", "1000000"]].concat()).await.unwrap();
    assert!(made, "{key}");
    let (n, longest, base_url) = (n_examples(), Duration::from_hours(6), desk.service.url(""));
    let each = n.to_string();
    let more = [each.as_str(), key.trim()];
    let read = clients::python_for("check_schemathesis.py", &base_url, &more, longest).await.unwrap();
    // What a proof promises is ten thousand; each of the operations has its share of fewer.
    let least = if n >= 100 { 10_000 } else { u64::from(n) * 50 };
    assert!(read["examples"].as_u64().unwrap() >= least, "{read}");
}

#[tokio::test]
async fn the_catalogue_is_valid_under_the_shapes_of_dcat_ap() {
    let service = shared::service().await.unwrap();
    let read = clients::python("check_catalogue.py", &service.url("")).await.unwrap();
    assert!(read["statements"].as_u64().unwrap() > 500, "{read}");
}
