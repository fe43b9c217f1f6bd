//! The availability monitor from the question to the index: rounds over real HTTP, what they come to, and that nothing is
//! said before the first.

use serde_json::Value;
use tests::cassette::{Cassette, Reply};
use tests::data;
use tests::service::{Service, Settings};

use crate::refresh::refresh;
use crate::runs;

const DATAFLOW: &str = "KZ_PLATFORMS";
const PLATFORMS: [&str; 6] = ["bilimland", "kundelik", "onlinemektep", "orleu", "smartnation", "edus"];
const OBSERVED: &str = "/api/v1/observations?area=KAZ&indicator=";

async fn value(service: &Service, indicator: &str) -> Value {
    let answer = service.json(&format!("{OBSERVED}{indicator}")).await.unwrap();
    answer["observations"][0].clone()
}

async fn content(service: &Service, period: i64) -> Value {
    let answer = service.json(&format!("/api/v1/index?panel=regions&period={period}")).await.unwrap();
    let criteria = answer["index"][0]["criteria"].as_array().unwrap().clone();
    criteria.into_iter().find(|criterion| criterion["criterion"] == "digital_content").unwrap()["score"].clone()
}

#[tokio::test]
async fn rounds_become_observations_and_nothing_is_said_before_the_first() {
    let data = data::filled().await.unwrap();
    let service = Service::start(data.path()).await.unwrap();
    let before = service.json("/api/v1/sources?dataflow=KZ_PLATFORMS").await.unwrap()["sources"][0].clone();
    assert_eq!((&before["freshness"], &before["vintage"]), (&"empty".into(), &Value::Null));
    assert_eq!(before["indicators"], serde_json::json!(["platforms_available"]));
    assert_eq!(content(&service, 2024).await, Value::Null);
    let page = service.get("/en/sources").await.unwrap().text();
    assert!(page.contains("KZ_PLATFORMS") && page.contains("no data yet"));
    service.stop().await.unwrap();

    let cassette = Cassette::start().unwrap();
    for platform in PLATFORMS {
        cassette.reply(&format!("/{platform}"), Reply::html("<html lang=kk><link hreflang=ru rel=alternate>"));
    }
    let settings = Settings::default().at(DATAFLOW, cassette.base_url());
    let said = refresh(data.path(), &settings, DATAFLOW).await;
    cassette.expect_misses();
    cassette.reply("/edus", Reply::Status { status: 404, body: "gone" });
    let said_again = refresh(data.path(), &settings, DATAFLOW).await;

    let service = Service::start(data.path()).await.unwrap();
    let rounds = runs::of(&service, DATAFLOW).await;
    assert_eq!(rounds[1]["outcome"], "updated", "{said}");
    assert_eq!(rounds[0]["outcome"], "updated", "{said_again}");
    assert_eq!(rounds[0]["findings"][0]["code"], "not_available", "{}", rounds[0]);
    // Twelve questions, eleven pages; two rounds of the one that went away.
    let all = value(&service, "platforms_available").await;
    assert_eq!(all["value"], 100.0 * 11.0 / 12.0, "{all}");
    assert_eq!((&all["status"], &all["period"].as_str().map(str::len)), (&"P".into(), &Some(7)), "{all}");
    assert_eq!(value(&service, "platform_edus_available").await["value"], 50.0);
    assert_eq!(value(&service, "platform_orleu_languages").await["value"], 2.0);
    // Without TLS there is no certificate, and so no days of it.
    assert_eq!(value(&service, "platform_orleu_certificate").await["value"], Value::Null);
    let after = service.json("/api/v1/sources?dataflow=KZ_PLATFORMS").await.unwrap()["sources"][0].clone();
    assert_eq!(after["freshness"], "fresh");
    // What is measured now says nothing of years that are over.
    assert_eq!(content(&service, 2024).await, Value::Null);
}

#[tokio::test]
async fn when_no_platform_can_be_reached_the_round_is_not_held_against_them() {
    let data = data::filled().await.unwrap();
    let settings = Settings::default().at(DATAFLOW, "http://no-such-host.invalid");
    refresh(data.path(), &settings, DATAFLOW).await;
    let service = Service::start(data.path()).await.unwrap();
    let run = &runs::of(&service, DATAFLOW).await[0];
    assert_eq!(
        (&run["outcome"], &run["reasons"][0]["code"]),
        (&"unreachable".into(), &"no_connection".into()),
        "{run}"
    );
    let source = service.json("/api/v1/sources?dataflow=KZ_PLATFORMS").await.unwrap()["sources"][0].clone();
    assert_eq!(source["vintage"], Value::Null, "{source}");
}
