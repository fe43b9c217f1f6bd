//! Bad input, one kind after the other: each ends its run, says what is wrong and where, and
//! changes nothing that is published.

use serde_json::{Value, json};
use tests::cassette::{Cassette, Reply};
use tests::service::{Service, Settings, free_address};
use tests::{data, recording, shared};

use crate::refresh::{DATAFLOW, PATH, RECORDING, TURKISTAN_2023, refresh, to};
use crate::runs;

/// How a spoiled answer must end.
struct Case {
    name: &'static str,
    reply: Reply,
    outcome: &'static str,
    /// What the first reason must say; a field left out may be anything.
    reason: Value,
}

fn spoiled(name: &'static str, from: &str, to: &str, reason: Value) -> Case {
    let body = recording::with(RECORDING, from, to).unwrap();
    Case { name, reply: Reply::csv(body), outcome: "quarantined", reason }
}

/// The line of the recording that a piece of text begins, 1 for the first.
fn row_of(text: &str) -> u64 {
    let recorded = String::from_utf8(recording::read(RECORDING).unwrap()).unwrap();
    let before = recorded.find(text).unwrap();
    u64::try_from(recorded[..before].matches('\n').count()).unwrap() + 1
}

fn cases() -> Vec<Case> {
    let row = row_of(TURKISTAN_2023);
    let original = recording::read(RECORDING).unwrap();
    let page = "<!DOCTYPE html><html><head><title>Error</title></head><body>Index out of range</body></html>";
    vec![
        Case {
            name: "a page of HTML with status 200",
            reply: Reply::html(page),
            outcome: "quarantined",
            reason: json!({ "code": "not_data" }),
        },
        Case {
            name: "a page of HTML that says it is CSV",
            reply: Reply::csv(page),
            outcome: "quarantined",
            reason: json!({ "code": "not_data" }),
        },
        Case {
            name: "half a file that says it is whole",
            reply: Reply::csv(original[..original.len() / 2].to_vec()),
            outcome: "quarantined",
            reason: json!({}),
        },
        spoiled(
            "a renamed column",
            "UNIT_MEASURE,URBANISATION,SEX,REF_AREA,Value",
            "UNIT_MEASURE,URBANISATION,SEX,REGION_NAME,Value",
            json!({ "code": "column_missing", "row": 1, "column": "REF_AREA" }),
        ),
        spoiled(
            "a column nobody knows",
            "UNIT_MEASURE,URBANISATION,SEX,REF_AREA,Value",
            "UNIT_MEASURE,URBANISATION,SEX,REF_AREA,Value,REGION_NAME",
            json!({ "code": "malformed", "row": 1, "column": "REGION_NAME", "found": "REGION_NAME" }),
        ),
        spoiled(
            "an unknown region",
            TURKISTAN_2023,
            "2023,PT,,,KZXXX,97.3\n",
            json!({ "code": "unknown_area", "row": row, "column": "REF_AREA", "found": "KZXXX" }),
        ),
        spoiled(
            "a value out of range",
            TURKISTAN_2023,
            "2023,PT,,,KZYUZ,973\n",
            json!({ "code": "value_out_of_range", "row": row, "column": "Value", "found": "973" }),
        ),
        spoiled(
            "a duplicate with another value",
            TURKISTAN_2023,
            "2023,PT,,,KZYUZ,97.3\n2023,PT,,,KZYUZ,91.0\n",
            json!({ "code": "conflicting_duplicate" }),
        ),
        spoiled(
            "text where a number belongs",
            TURKISTAN_2023,
            "2023,PT,,,KZYUZ,about ninety\n",
            json!({ "code": "malformed", "row": row, "column": "Value", "found": "about ninety" }),
        ),
    ]
}

#[tokio::test]
async fn each_kind_of_bad_input_is_quarantined_and_changes_nothing() {
    let data = data::filled().await.unwrap();
    let cassette = Cassette::start().unwrap();
    let cases = cases();
    for case in &cases {
        cassette.reply(PATH, case.reply.clone());
        refresh(data.path(), &to(&cassette), DATAFLOW).await;
    }

    let service = Service::start(data.path()).await.unwrap();
    let runs = runs::of(&service, DATAFLOW).await;
    for (case, run) in cases.iter().rev().zip(&runs) {
        assert_eq!(run["outcome"], case.outcome, "{}: {run}", case.name);
        let reason = &run["reasons"][0];
        for (field, expected) in case.reason.as_object().unwrap() {
            assert_eq!(&reason[field], expected, "{}: {field} of {run}", case.name);
        }
        for field in ["code", "expected", "found", "message"] {
            assert!(reason[field].as_str().is_some_and(|text| !text.is_empty()), "{}: {field} of {run}", case.name);
        }
        assert!(run["snapshot"].is_string(), "{}: what came is kept: {run}", case.name);
        assert_eq!(run["vintage"], Value::Null, "{}", case.name);
    }
    let untouched = shared::service().await.unwrap();
    assert_eq!(runs::published(&service).await, runs::published(&untouched).await);

    // The reasons stand on the page too, where a person looks for them.
    let page = service.get("/en/sources").await.unwrap().text();
    assert!(page.contains("about ninety"), "the sources page says what was found");
}

#[tokio::test]
async fn a_decimal_comma_is_repaired_and_told() {
    let data = data::filled().await.unwrap();
    let cassette = Cassette::start().unwrap();
    let body = recording::with(RECORDING, TURKISTAN_2023, "2023,PT,,,KZYUZ,\"97,3\"\n").unwrap();
    cassette.reply(PATH, Reply::csv(body));
    refresh(data.path(), &to(&cassette), DATAFLOW).await;

    let service = Service::start(data.path()).await.unwrap();
    let run = &runs::of(&service, DATAFLOW).await[0];
    let told = [&run["findings"], &run["reasons"]].into_iter().flat_map(|list| list.as_array().unwrap());
    let comma = told.clone().find(|finding| finding["code"] == "decimal_comma").unwrap();
    assert_eq!(comma["row"], row_of(TURKISTAN_2023), "{run}");
    assert_eq!(comma["found"], "97,3", "{run}");
    let untouched = shared::service().await.unwrap();
    assert_eq!(runs::published(&service).await, runs::published(&untouched).await);
}

#[tokio::test]
async fn an_answer_that_does_not_arrive_whole_changes_nothing() {
    let data = data::filled().await.unwrap();
    let cassette = Cassette::start().unwrap();
    let elsewhere = Cassette::start().unwrap();
    let refused = free_address().unwrap();
    let off_the_list = elsewhere.base_url().replace("127.0.0.1", "localhost");
    let body = recording::read(RECORDING).unwrap();
    let hung_up = Reply::Truncated(body.into());
    let broken =
        Reply::Status { status: 500, body: "<html>Индекс за пределами диапазона</html>" };
    let away = Reply::Redirect(format!("{off_the_list}{PATH}"));
    let cases = [
        ("hung up half way", to(&cassette), Some(hung_up), &["cut_off", "no_connection"][..]),
        ("status 500", to(&cassette), Some(broken), &["http_status"]),
        ("sent to a host that is not on the list", to(&cassette), Some(away), &["host_not_allowed"]),
        ("nobody listens", Settings::default().at("KZ_BNS", format!("http://{refused}")), None, &["no_connection"]),
    ];
    for (_, settings, reply, _) in &cases {
        if let Some(reply) = reply {
            cassette.reply(PATH, reply.clone());
        }
        refresh(data.path(), settings, DATAFLOW).await;
    }
    assert!(elsewhere.asked().is_empty(), "a host that is not on the list is not asked");

    let service = Service::start(data.path()).await.unwrap();
    let runs = runs::of(&service, DATAFLOW).await;
    for ((name, _, _, codes), run) in cases.iter().rev().zip(&runs) {
        assert_eq!(run["outcome"], "unreachable", "{name}: {run}");
        // A connection may be closed before the head of the answer is through, or after.
        assert!(codes.iter().any(|code| run["reasons"][0]["code"] == *code), "{name}: {run}");
        assert!(run["reasons"][0]["message"].as_str().is_some_and(|text| !text.is_empty()), "{name}: {run}");
    }
    let untouched = shared::service().await.unwrap();
    assert_eq!(runs::published(&service).await, runs::published(&untouched).await);
}
