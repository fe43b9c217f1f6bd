//! An operator's word on a quarantined run, from the provider's answer to the figure that is served.

use std::path::Path;

use serde_json::Value;
use tests::cassette::{Cassette, Reply};
use tests::desk::Desk;
use tests::service::{self, Service, Settings};
use tests::{data, recording};

use crate::refresh::{DATAFLOW, PATH, RECORDING, refresh, to};
use crate::runs;

/// The newest year of every region thirty points lower: more jumps than the checks let pass.
fn fallen() -> Reply {
    let text = String::from_utf8(recording::read(RECORDING).unwrap()).unwrap();
    let line = |line: &str| match line.strip_prefix("2023,PT,,,KZ").and_then(|rest| rest.split_once(',')) {
        Some((area, value)) => format!("2023,PT,,,KZ{area},{:.1}\n", value.parse::<f64>().unwrap() - 30.0),
        None => format!("{line}\n"),
    };
    Reply::csv(text.lines().map(line).collect::<String>())
}

async fn turkistan_2023(service: &Service) -> Value {
    let path = "/api/v1/observations?indicator=internet_users&area=KZ-61&period=2023";
    service.json(path).await.unwrap()["observations"][0]["value"].clone()
}

/// Refreshes, and says which run is quarantined.
async fn quarantined(data: &Path, settings: &Settings) -> String {
    let said = refresh(data, settings, DATAFLOW).await;
    let run = said.split_once("quarantined: ").and_then(|(_, rest)| rest.split_once("(run "));
    run.and_then(|(_, rest)| rest.split_once(')')).unwrap_or_else(|| unreachable!("{said}")).0.to_owned()
}

/// Runs `sandyq runs …`; whether it ended well, and what it said.
async fn decide(data: &Path, word: &str, run: &str) -> (bool, String) {
    let output = service::run(data, &Settings::default(), &["runs", word, run]).await.unwrap();
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[tokio::test]
async fn a_quarantined_run_is_shown_accepted_or_rejected_while_the_service_is_stopped() {
    let data = data::filled().await.unwrap();
    let cassette = Cassette::start().unwrap();
    cassette.reply(PATH, fallen());
    let run = quarantined(data.path(), &to(&cassette)).await;
    let (is_done, shown) = decide(data.path(), "show", &run).await;
    assert!(is_done && shown.contains("outcome       quarantined"), "{shown}");
    let is_reason = |line: &&str| line.starts_with("reason        jump: ") && line.contains("KZ-61 in 2023");
    assert!(shown.lines().any(|line| is_reason(&line)), "{shown}");
    let snapshot = shown.lines().find_map(|line| line.strip_prefix("snapshot      ")).unwrap();
    assert!(snapshot.ends_with(" indicator_17-8-1.csv"), "{shown}");

    let service = Service::start(data.path()).await.unwrap();
    assert_eq!(turkistan_2023(&service).await, 97.3, "what is quarantined is not served");
    let (is_done, said) = decide(data.path(), "accept", &run).await;
    assert!(!is_done && said.contains("in use"), "{said}");
    service.stop().await.unwrap();
    let (is_done, said) = decide(data.path(), "accept", &run).await;
    assert!(is_done && said.contains("updated: "), "{said}");
    let (_, shown) = decide(data.path(), "show", &run).await;
    assert!(shown.lines().any(|line| line.starts_with("decision      accepted at ")), "{shown}");

    let service = Service::start(data.path()).await.unwrap();
    assert_eq!(turkistan_2023(&service).await, 67.3);
    let newest = &runs::of(&service, DATAFLOW).await[0];
    assert_eq!((&newest["trigger"], &newest["outcome"]), (&"accepted".into(), &"updated".into()), "{newest}");
    let published = runs::published(&service).await;
    service.stop().await.unwrap();

    // What the provider said before is thirty points higher.
    cassette.record(PATH, RECORDING).unwrap();
    let run = quarantined(data.path(), &to(&cassette)).await;
    let (is_done, said) = decide(data.path(), "reject", &run).await;
    assert!(is_done && said.contains("is rejected"), "{said}");
    let (is_done, said) = decide(data.path(), "accept", &run).await;
    assert!(!is_done && said.contains("was rejected already"), "{said}");
    let (_, shown) = decide(data.path(), "show", &run).await;
    assert!(shown.lines().any(|line| line.starts_with("decision      rejected at ")), "{shown}");
    let service = Service::start(data.path()).await.unwrap();
    assert_eq!(turkistan_2023(&service).await, 67.3);
    assert_eq!(runs::published(&service).await, published);
}

#[tokio::test]
async fn a_quarantined_run_is_decided_over_the_api_while_the_service_runs() {
    let cassette = Cassette::start().unwrap();
    cassette.reply(PATH, fallen());
    let desk = Desk::with(&to(&cassette)).await.unwrap();
    let refreshed = async || {
        let begun = desk.refresh(&desk.operator, DATAFLOW, "").await.unwrap().json().unwrap();
        let run = desk.run_begun(DATAFLOW, &begun["started_at"]).await.unwrap();
        assert_eq!(run["outcome"], "quarantined", "{run}");
        run["id"].as_str().unwrap().to_owned()
    };
    let decide = async |key: &str, run: &str, word: &str| {
        let shown = format!("Bearer {key}");
        let path = format!("/api/v1/runs/{run}/{word}");
        let answer = desk.service.post(&path, &[("authorization", &shown)], Vec::new()).await.unwrap();
        (answer.status, answer.json().unwrap())
    };
    let first = refreshed().await;
    for (key, run, word, status, code) in [
        (&desk.reader, first.as_str(), "accept", 403, "scope_missing"),
        (&desk.ministry, &first, "reject", 403, "scope_missing"),
        (&desk.operator, "nothing", "accept", 404, "no_run"),
    ] {
        let (found, problem) = decide(key, run, word).await;
        assert_eq!((found, &problem["code"]), (status, &code.into()), "{problem}");
    }
    assert_eq!(turkistan_2023(&desk.service).await, 97.3);
    let (status, answer) = decide(&desk.operator, &first, "reject").await;
    assert_eq!((status, &answer["verdict"], &answer["run"]["id"]), (200, &"rejected".into(), &first.as_str().into()));
    let (status, problem) = decide(&desk.operator, &first, "accept").await;
    assert_eq!((status, &problem["code"]), (409, &"not_decidable".into()), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("was rejected already"), "{problem}");

    // What was refused is asked for again.
    let second = refreshed().await;
    let (status, answer) = decide(&desk.operator, &second, "accept").await;
    assert_eq!((status, &answer["verdict"]), (200, &"accepted".into()), "{answer}");
    let started_at = &answer["run"]["started_at"];
    let run = desk.run_begun(DATAFLOW, started_at).await.unwrap();
    assert_eq!(run, answer["run"], "the run of the answer is in the history");
    assert_eq!((&run["trigger"], &run["outcome"]), (&"accepted".into(), &"updated".into()), "{run}");
    assert_eq!(turkistan_2023(&desk.service).await, 67.3);
    let (status, problem) = decide(&desk.operator, run["id"].as_str().unwrap(), "accept").await;
    assert_eq!((status, &problem["code"]), (409, &"not_decidable".into()), "{problem}");
    assert!(desk.service.log().contains("decided by hand"), "{}", desk.service.log());
}
