//! What an operator's machine is told.

use std::fs;

use serde_json::{Value, json};
use tests::cassette::{Cassette, Reply};
use tests::service::{self, Service, Settings};
use tests::{data, recording};

use crate::refresh::{DATAFLOW, PATH};
use crate::runs;

/// The schedule asks a provider that answers with a page of HTML; every other is away.
#[tokio::test]
async fn a_run_that_is_quarantined_is_told_to_the_address_an_operator_names() {
    let data = data::filled().await.unwrap();
    let (provider, operator) = (Cassette::start().unwrap(), Cassette::start().unwrap());
    provider.reply(PATH, Reply::html("<!doctype html><title>Maintenance</title>"));
    operator.reply("/hook", Reply::Plain { status: 204, headers: Vec::new(), body: "".into() });
    let nobody = format!("http://{}", service::free_address().unwrap());
    let away = recording::providers().unwrap().into_iter();
    let settings = away.fold(Settings::default(), |settings, provider| settings.at(&provider, nobody.as_str()));
    let settings =
        settings.at(DATAFLOW, provider.base_url()).with("ALERT_URL", &format!("{}/hook", operator.base_url()));
    let service = Service::start_scheduled(data.path(), &settings).await.unwrap();

    // Those that are away are told of too, each when its attempts are over.
    let mut n_told = 0;
    let alert = loop {
        n_told += 1;
        operator.wait_for_requests(n_told).await.unwrap();
        let alert: Value = serde_json::from_slice(&operator.asked()[n_told - 1].body).unwrap();
        if alert["dataflow"] == DATAFLOW {
            break alert;
        }
    };
    // It is told when the run is written down, which is before the view in force is renewed.
    service.stop().await.unwrap();
    let service = Service::start(data.path()).await.unwrap();
    let run = &runs::of(&service, DATAFLOW).await[0];
    assert_eq!(run["outcome"], "quarantined");
    let expected = json!({
        "text": format!("{DATAFLOW} was not refreshed: {}", run["reasons"][0]["message"].as_str().unwrap()),
        "about": "run", "run": run["id"], "dataflow": DATAFLOW, "outcome": "quarantined",
        "reason": run["reasons"][0]["code"],
    });
    assert_eq!(alert, expected);
}

#[tokio::test]
async fn a_problem_found_at_the_start_is_told_with_nothing_scheduled() {
    let data = data::filled().await.unwrap();
    let log = data.path().join("runs.jsonl");
    let mut lines = fs::read(&log).unwrap();
    let middle = lines.len() / 2;
    lines[middle] ^= 0x01;
    fs::write(&log, lines).unwrap();
    let operator = Cassette::start().unwrap();
    operator.reply("/hook", Reply::Plain { status: 204, headers: Vec::new(), body: "".into() });
    let settings = Settings::default().with("ALERT_URL", &format!("{}/hook", operator.base_url()));
    let service = Service::start_with(data.path(), &settings).await.unwrap();
    let status = service.json("/api/v1/status").await.unwrap();
    let problems: Vec<&Value> = status["problems"].as_array().unwrap().iter().collect();
    assert_eq!((&status["health"], problems.is_empty()), (&json!("degraded"), false), "{status}");
    operator.wait_for_requests(problems.len()).await.unwrap();
    let told: Vec<Value> = operator.asked().iter().map(|post| serde_json::from_slice(&post.body).unwrap()).collect();
    for problem in problems {
        assert!(told.contains(&json!({ "text": problem, "about": "service" })), "{problem} of {told:?}");
    }
}
