//! A refresh that goes well: over real HTTP, against recorded answers.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::Timestamp;
use tests::cassette::{Cassette, Reply};
use tests::data;
use tests::desk::{Desk, FLOW};
use tests::recording;
use tests::service::{self, Service, Settings, free_address};
use tokio::time::sleep;

use crate::runs;

pub(crate) const DATAFLOW: &str = "BNS_SDG_17_8_1";
pub(crate) const PATH: &str = "/indicator_17-8-1.csv";
pub(crate) const RECORDING: &str = "kz_bns/2024-10-24/indicator_17-8-1.csv";
pub(crate) const TURKISTAN_2023: &str = "2023,PT,,,KZYUZ,97.3\n";

/// How long the schedule may take to come round on a busy machine.
const DEADLINE: Duration = Duration::from_mins(2);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Settings that send the bureau's requests to the cassette.
pub(crate) fn to(cassette: &Cassette) -> Settings {
    Settings::default().at("KZ_BNS", cassette.base_url())
}

/// Runs `sandyq refresh`, whatever comes of it, and returns what it said.
pub(crate) async fn refresh(data: &Path, settings: &Settings, dataflow: &str) -> String {
    let output = service::run(data, settings, &["refresh", dataflow]).await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn an_answer_like_the_one_we_hold_changes_nothing() {
    let data = data::filled().await.unwrap();
    let cassette = Cassette::start().unwrap();
    cassette.record(PATH, RECORDING).unwrap();
    let said = refresh(data.path(), &to(&cassette), DATAFLOW).await;

    let service = Service::start(data.path()).await.unwrap();
    let runs = runs::of(&service, DATAFLOW).await;
    assert_eq!(runs[0]["outcome"], "unchanged", "{said}");
    assert_eq!(runs[0]["trigger"], "manual");
    assert_eq!(cassette.asked().len(), 1);
    assert!(cassette.asked()[0].user_agent.to_lowercase().contains("sandyq"), "we say who we are");
    let untouched = data::filled().await.unwrap();
    let other = Service::start(untouched.path()).await.unwrap();
    assert_eq!(runs::published(&service).await, runs::published(&other).await);
}

#[tokio::test]
async fn a_new_value_becomes_a_vintage_and_is_published() {
    let data = data::filled().await.unwrap();
    let cassette = Cassette::start().unwrap();
    let revised = recording::with(RECORDING, TURKISTAN_2023, "2023,PT,,,KZYUZ,97.4\n").unwrap();
    cassette.reply(PATH, Reply::csv(revised));
    let said = refresh(data.path(), &to(&cassette), DATAFLOW).await;

    let service = Service::start(data.path()).await.unwrap();
    let run = &runs::of(&service, DATAFLOW).await[0];
    assert_eq!(run["outcome"], "updated", "{said}");
    assert_eq!(run["changed"], 1, "{run}");
    let path = "/api/v1/observations?indicator=internet_users&area=KZ-61&period=2023";
    let answer = service.json(path).await.unwrap();
    let found = &answer["observations"][0];
    assert_eq!(found["value"], 97.4);
    assert_eq!(found["vintage"], run["vintage"]);
    let sources = service.json("/api/v1/sources").await.unwrap();
    let source = sources["sources"].as_array().unwrap().iter().find(|source| source["dataflow"] == DATAFLOW).unwrap();
    assert_eq!(source["bundled"], false);
}

#[tokio::test]
async fn what_we_hold_is_asked_for_only_when_it_changed() {
    let data = data::filled().await.unwrap();
    let cassette = Cassette::start().unwrap();
    cassette.record(PATH, RECORDING).unwrap();
    for _ in 0..2 {
        refresh(data.path(), &to(&cassette), DATAFLOW).await;
    }
    let statuses: Vec<u16> = cassette.asked().iter().map(|asked| asked.status).collect();
    assert_eq!(statuses, [200, 304], "the second request is conditional");
    let service = Service::start(data.path()).await.unwrap();
    assert_eq!(runs::of(&service, DATAFLOW).await[0]["outcome"], "unchanged");
}

#[tokio::test]
async fn a_provider_that_stumbles_is_asked_again() {
    let data = data::filled().await.unwrap();
    let cassette = Cassette::start().unwrap();
    cassette.reply(PATH, Reply::Status { status: 503, body: "<html>busy</html>" });
    let settings = to(&cassette);
    let (_said, ()) = tokio::join!(refresh(data.path(), &settings, DATAFLOW), async {
        cassette.wait_for_requests(1).await.unwrap();
        cassette.record(PATH, RECORDING).unwrap();
    });
    assert!(cassette.asked().len() >= 2, "{:?}", cassette.asked());
    let service = Service::start(data.path()).await.unwrap();
    assert_eq!(runs::of(&service, DATAFLOW).await[0]["outcome"], "unchanged");
}

#[tokio::test]
async fn a_provider_that_asks_to_be_left_alone_is_asked_once_and_the_time_is_kept() {
    let data = data::filled().await.unwrap();
    let cassette = Cassette::start().unwrap();
    let headers = vec![("retry-after", "86400".to_owned())];
    cassette.reply(PATH, Reply::Plain { status: 429, headers, body: Bytes::new() });
    let said = refresh(data.path(), &to(&cassette), DATAFLOW).await;
    assert!(said.contains("answered 429") && said.contains("it asks to be left alone until "), "{said}");
    assert_eq!(cassette.asked().len(), 1);
    let run = said.split_once("(run ").and_then(|(_, rest)| rest.split_once(')')).unwrap().0;
    let shown = service::run(data.path(), &Settings::default(), &["runs", "show", run]).await.unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    let line = |name: &str| shown.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    let times = line("from, to");
    let ended_at: Timestamp = times.split_once(' ').unwrap().1.parse().unwrap();
    let until: Timestamp = line("left alone    until").parse().unwrap();
    assert!((86_395..=86_400).contains(&until.duration_since(ended_at).as_secs()), "{shown}");
}

#[tokio::test]
async fn files_dropped_into_the_folder_are_a_source() {
    let data = data::filled().await.unwrap();
    let folder = data.path().join("drop/UN_EGDI");
    fs::create_dir_all(&folder).unwrap();
    let edition = recording::with("un_desa/2026-11-22/EGOV_DATA_2024.csv", ",0.90093,", ",0.90193,").unwrap();
    fs::write(folder.join("EGOV_DATA_2024.csv"), edition).unwrap();
    let said = refresh(data.path(), &Settings::default(), "UN_EGDI").await;

    let service = Service::start(data.path()).await.unwrap();
    let run = &runs::of(&service, "UN_EGDI").await[0];
    assert_eq!(run["outcome"], "updated", "{said} {run}");
    let answer = service.json("/api/v1/observations?indicator=egdi&area=KAZ&period=2024").await.unwrap();
    assert_eq!(answer["observations"][0]["value"], 0.90193);
}

#[tokio::test]
async fn where_there_is_nobody_to_ask_the_history_says_nothing_and_the_command_does() {
    let data = data::filled().await.unwrap();
    let output = service::run(data.path(), &Settings::default(), &["refresh", "UN_EGDI"]).await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success() && said.contains("UN_EGDI is not asked"), "{said}");
    // A schedule that finds it due at once, since it was never asked for.
    let nobody = format!("http://{}", free_address().unwrap());
    let away = recording::providers().unwrap().into_iter().filter(|provider| provider != "UN_DESA");
    let settings = away.fold(Settings::default(), |settings, provider| settings.at(&provider, nobody.as_str()));
    let settings = settings.with("LOG", "info,server::service=debug");
    let service = Service::start_scheduled(data.path(), &settings).await.unwrap();
    let begun = Instant::now();
    while !service.log().contains("UN_EGDI is not asked") && begun.elapsed() < DEADLINE {
        sleep(LOOK_AGAIN).await;
    }
    assert!(service.log().contains("UN_EGDI is not asked"), "{}", service.log());
    let runs = runs::of(&service, "UN_EGDI").await;
    assert!(runs.iter().all(|run| run["trigger"] == "first_start"), "{runs:?}");
}

#[tokio::test]
async fn a_second_process_is_told_who_holds_the_folder() {
    let data = data::filled().await.unwrap();
    let _first = Service::start(data.path()).await.unwrap();
    let mut second = Service::spawn(data.path(), &Settings::default()).unwrap();
    let status = second.ended().await.unwrap();
    assert!(!status.success());
    assert!(second.log().contains("in use"), "{}", second.log());
}

#[tokio::test]
async fn an_operator_has_a_provider_asked_while_the_service_runs() {
    let cassette = Cassette::start().unwrap();
    cassette.reply(PATH, Reply::Silent);
    let desk = Desk::with(&to(&cassette).with("PROVIDER_TIMEOUT_S", "3")).await.unwrap();
    let begun = desk.refresh(&desk.operator, DATAFLOW, "").await.unwrap();
    assert_eq!(begun.status, 202, "{}", begun.text());
    let told = begun.json().unwrap();
    let place = format!("/api/v1/runs?dataflow={DATAFLOW}");
    assert_eq!((&told["dataflow"], &told["runs"]), (&DATAFLOW.into(), &place.clone().into()));
    assert_eq!(begun.header("location"), place);
    assert_eq!(begun.header("cache-control"), "no-store");
    cassette.wait_for_requests(1).await.unwrap();

    let second = desk.refresh(&desk.operator, DATAFLOW, "").await.unwrap();
    assert_eq!((second.status, &second.json().unwrap()["code"]), (409, &"refresh_under_way".into()));
    cassette.record(PATH, RECORDING).unwrap();
    let run = desk.run_begun(DATAFLOW, &told["started_at"]).await.unwrap();
    assert_eq!((&run["trigger"], &run["outcome"]), (&"manual".into(), &"unchanged".into()), "{run}");
    let log = desk.service.log();
    assert!(log.contains("asked for by hand") && log.contains("Operator"), "{log}");
}

#[tokio::test]
async fn a_refresh_that_goes_on_when_the_service_is_asked_to_end_is_waited_for() {
    let cassette = Cassette::start().unwrap();
    cassette.reply(PATH, Reply::Silent);
    let desk = Desk::with(&to(&cassette).with("PROVIDER_TIMEOUT_S", "3")).await.unwrap();
    let begun = desk.refresh(&desk.operator, DATAFLOW, "").await.unwrap().json().unwrap();
    cassette.wait_for_requests(1).await.unwrap();
    let revised = recording::with(RECORDING, TURKISTAN_2023, "2023,PT,,,KZYUZ,97.4\n").unwrap();
    cassette.reply(PATH, Reply::csv(revised));
    let desk = desk.restarted().await.unwrap();
    let run = &runs::of(&desk.service, DATAFLOW).await[0];
    assert_eq!((&run["started_at"], &run["outcome"]), (&begun["started_at"], &"updated".into()), "{run}");
}

#[tokio::test]
async fn what_cannot_be_refreshed_by_hand_is_said() {
    let desk = Desk::open().await.unwrap();
    let refused = async |key: &str, dataflow: &str, body: &str| {
        let answer = desk.refresh(key, dataflow, body).await.unwrap();
        let problem = answer.json().unwrap();
        (answer.status, problem["code"].as_str().unwrap_or_default().to_owned(), problem)
    };
    for (key, dataflow, body, status, code) in [
        (&desk.ministry, DATAFLOW, "", 403, "scope_missing"),
        (&desk.reader, DATAFLOW, "", 403, "scope_missing"),
        (&desk.operator, DATAFLOW, "{}", 400, "malformed_body"),
        (&desk.operator, "BNS_SDG_17_8", "", 404, "no_dataflow"),
        (&desk.operator, FLOW, "", 409, "not_asked"),
        (&desk.operator, "GIGA_SCHOOLS", "", 409, "not_asked"),
        (&desk.operator, "UN_EGDI", "", 409, "not_asked"),
    ] {
        let (found, kind, problem) = refused(key, dataflow, body).await;
        assert_eq!((found, kind.as_str()), (status, code), "{dataflow}: {problem}");
    }
    let (.., unknown) = refused(&desk.operator, "BNS_SDG_17_8", "").await;
    let near = unknown["errors"][0]["did_you_mean"].as_array().unwrap();
    assert!(near.contains(&DATAFLOW.into()), "{unknown}");
    let sources = desk.service.json("/api/v1/sources?dataflow=GIGA_SCHOOLS").await.unwrap();
    let why = sources["sources"][0]["closed"]["en"].as_str().unwrap().trim_end_matches('.');
    let (.., closed) = refused(&desk.operator, "GIGA_SCHOOLS", "").await;
    assert!(closed["detail"].as_str().unwrap().contains(why), "{closed}");

    // A file dropped by hand stands in for the provider of a closed one.
    let folder = desk.data().join("drop/GIGA_SCHOOLS");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("schools.json"), "no list of schools").unwrap();
    let begun = desk.refresh(&desk.operator, "GIGA_SCHOOLS", "").await.unwrap();
    assert_eq!(begun.status, 202, "{}", begun.text());
    let run = desk.run_begun("GIGA_SCHOOLS", &begun.json().unwrap()["started_at"]).await.unwrap();
    assert_eq!((&run["trigger"], &run["outcome"]), (&"manual".into(), &"quarantined".into()), "{run}");
}
