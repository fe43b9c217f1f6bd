//! The bureau's data portal, question by question over real HTTP: an index found by its name, its segment, its unit, its figures,
//! and what each answer that is none comes to. Figures are made up, in folders that are thrown away.

use std::fs;

use serde_json::{Value, json};
use tests::cassette::{Cassette, Reply};
use tests::recording::root;
use tests::service::{Service, Settings};
use tests::{data, shared};

use crate::refresh::refresh;
use crate::runs;

const PUPILS: &str = "BNS_TALDAU_PUPILS";
const COMPUTERS: &str = "BNS_TALDAU_703983";

/// Term ids of the country and its regions.
const AREAS: [u32; 21] = [
    741_880, 77_208_141, 247_783, 248_875, 250_502, 252_311, 253_160, 255_577, 77_208_139, 256_619, 258_742, 260_099,
    260_907, 263_009, 264_023, 20_243_032, 77_208_140, 264_990, 268_012, 268_020, 20_242_100,
];

/// The questions about an index, in order, and the answers made up for each.
const SEARCH: &str = "/ru/Api/Search?keyword=";
const PERIODS: &str = "/ru/Api/GetPeriodList?indexId=";
const SEGMENTS: &str = "/ru/Api/GetSegmentList?indexId=";
const DATES: &str = "/ru/Api/GetIndexPeriods?p_measure_id=1&p_index_id=";
const ATTRIBUTES: &str = "/ru/Api/GetIndexAttributes?periodId=7&measureID=1&measureKFC=1&indexId=";
const DATA: &str = "/ru/Api/GetIndexData/";

fn made_up(file: &str) -> String {
    fs::read_to_string(root().join("fixtures/synthetic/taldau").join(file)).unwrap()
}

fn json_reply(body: impl Into<String>) -> Reply {
    Reply::Bytes { content_type: "application/json", body: body.into().into() }
}

/// A dump: a value for each of the areas in two years, and a part of the phenomenon that nobody asked for.
fn dump(areas: &[u32], of_country: u32) -> String {
    let slice = |area: u32, term: u32, value: u32| {
        json!({
            "terms": [area, term], "termNames": [format!("аумақ {area}"), "Всего"],
            "periods": [
                { "name": "2023 год", "date": "31.12.2023", "value": value.to_string() },
                { "name": "2024 год", "date": "31.12.2024", "value": format!("{value},0") },
            ],
        })
    };
    let value = |at: usize| if at == 0 { of_country } else { of_country / 20 };
    let mut slices: Vec<Value> = areas.iter().enumerate().map(|(at, area)| slice(*area, 741_917, value(at))).collect();
    slices.push(slice(areas[0], 741_918, 1));
    Value::from(slices).to_string()
}

/// A portal that answers every question about an index.
fn portal(index: u32, unit: &str, dump: String) -> Cassette {
    let cassette = Cassette::start().unwrap();
    let keyword = "%D0%A7%D0%B8%D1%81%D0%BB%D0%B5%D0%BD%D0%BD%D0%BE%D1%81%D1%82%D1%8C+%D1%83%D1%87%D0%B0%D1%89%D0%B8%D1%85%D1%81%D1%8F+\
                   %D0%B4%D0%BD%D0%B5%D0%B2%D0%BD%D1%8B%D1%85+%D0%BE%D0%B1%D1%89%D0%B5%D0%BE%D0%B1%D1%80%D0%B0%D0%B7%D0%BE%D0%B2%D0%B0%D1%82%D0%B5%D0%BB%D1%8C%D0%BD%D1%8B%D1%85+%D1%88%D0%BA%D0%BE%D0%BB";
    let terms = "&p_period_id=7&p_terms=741880,741917&p_term_id=741880&p_dicIds=68,776";
    for (path, body) in [
        (format!("{SEARCH}{keyword}"), made_up("search.json")),
        (format!("{PERIODS}{index}"), made_up("period_list.json")),
        (format!("{SEGMENTS}{index}&periodId=7"), made_up("segment_list.json")),
        (format!("{DATES}{index}{terms}"), made_up("index_periods.json")),
        (format!("{ATTRIBUTES}{index}"), made_up("index_attributes.json").replace("единиц ", unit)),
        (format!("{DATA}{index}?period=7&dics=68,776"), dump),
    ] {
        cassette.reply(&path, json_reply(body));
    }
    cassette
}

fn to(cassette: &Cassette, dataflow: &str) -> Settings {
    Settings::default().at(dataflow, cassette.base_url())
}

#[tokio::test]
async fn pupils_are_found_by_name_and_computers_by_number_each_with_the_dictionaries_the_portal_names() {
    let data = data::filled().await.unwrap();
    let pupils = portal(900_002, "человек", dump(&AREAS, 4_000_000));
    let said = refresh(data.path(), &to(&pupils, PUPILS), PUPILS).await;
    let computers = portal(703_983, "единиц", dump(&AREAS, 400_000));
    refresh(data.path(), &to(&computers, COMPUTERS), COMPUTERS).await;
    let begins = |cassette: &Cassette, expected: &[&str]| {
        let asked: Vec<String> = cassette.asked().into_iter().map(|asked| asked.path).collect();
        assert_eq!(asked.len(), expected.len(), "{asked:?}");
        assert!(asked.iter().zip(expected).all(|(path, begin)| path.starts_with(begin)), "{asked:?}");
    };
    begins(&pupils, &[SEARCH, PERIODS, SEGMENTS, DATES, ATTRIBUTES, DATA]);
    begins(&computers, &[PERIODS, SEGMENTS, DATES, ATTRIBUTES, DATA]);

    let service = Service::start(data.path()).await.unwrap();
    for (dataflow, indicator, value) in
        [(PUPILS, "school_pupils", 200_000.0), (COMPUTERS, "school_computers", 20_000.0)]
    {
        let run = &runs::of(&service, dataflow).await[0];
        assert_eq!((&run["outcome"], &run["observations"]), (&"updated".into(), &42.into()), "{said} {run}");
        let left_out = run["findings"].as_array().unwrap().iter().find(|one| one["code"] == "outside_area").unwrap();
        assert!(left_out["found"].as_str().unwrap().contains("741918"), "what nobody asked for is told: {left_out}");
        let path = format!("/api/v1/observations?indicator={indicator}&area=KZ-61&period=2024");
        let found = service.json(&path).await.unwrap();
        assert_eq!(found["observations"][0]["value"], value, "{found}");
        // The answers are kept as they came, with the address of the figures.
        let snapshot = run["snapshot"].as_str().unwrap();
        let kept = service.get(&format!("/api/v1/snapshots/{snapshot}")).await.unwrap().text();
        assert!(kept.contains("GetIndexData") || kept.contains("\"segments\":[{\"dicId\":\"67 + 915\""), "{kept}");
    }
}

#[tokio::test]
async fn whatever_the_portal_answers_instead_ends_the_run_and_publishes_nothing() {
    const PAGE: &str = "<html><title>Индекс за пределами диапазона. Имя параметра: index</title></html>";
    let segments = format!("{SEGMENTS}703983&periodId=7");
    let attributes = format!("{ATTRIBUTES}703983");
    let figures = format!("{DATA}703983?period=7&dics=68,776");
    let unknown = dump(&AREAS, 400_000).replace("268020", "999999");
    let thousands = made_up("index_attributes.json").replace("единиц ", "тысяч единиц");
    let other = made_up("segment_list.json").replace("741917", "741920").replace("741885", "741921");
    let cases = [
        (&segments, Reply::html(PAGE), "quarantined", "not_data", "Индекс за пределами диапазона"),
        (&segments, json_reply("[]"), "quarantined", "column_missing", "segment of regions"),
        (&segments, json_reply(other), "quarantined", "column_missing", "67 + 915"),
        (&attributes, json_reply(thousands), "quarantined", "malformed", "тысяч единиц"),
        (&figures, json_reply("[]"), "quarantined", "not_data", "are all dictionaries"),
        (&figures, json_reply(unknown), "quarantined", "unknown_area", "999999"),
        (&figures, json_reply("[{\"terms\":[741880"), "quarantined", "truncated", "cut off"),
        (
            &figures,
            Reply::Plain { status: 404, headers: Vec::new(), body: PAGE.into() },
            "unreachable",
            "http_status",
            "404",
        ),
    ];
    let data = data::filled().await.unwrap();
    for (path, reply, ..) in &cases {
        let cassette = portal(703_983, "единиц", dump(&AREAS, 400_000));
        cassette.expect_misses();
        cassette.reply(path, reply.clone());
        refresh(data.path(), &to(&cassette, COMPUTERS), COMPUTERS).await;
    }
    let service = Service::start(data.path()).await.unwrap();
    let runs = runs::of(&service, COMPUTERS).await;
    assert_eq!(runs.len(), cases.len());
    for ((path, _, outcome, code, words), run) in cases.iter().rev().zip(&runs) {
        let reason = &run["reasons"][0];
        assert_eq!((&run["outcome"], &reason["code"]), (&json!(outcome), &json!(code)), "{path}: {run}");
        assert!(reason["message"].as_str().unwrap().contains(words), "{path}: {run}");
        assert_eq!(run["vintage"], Value::Null, "{run}");
    }
    let untouched = shared::service().await.unwrap();
    assert_eq!(runs::published(&service).await, runs::published(&untouched).await);
    // What was never taken in is not even in the list of what is measured.
    let found = service.get("/api/v1/observations?indicator=school_computers").await.unwrap();
    assert_eq!(found.status, 400, "{}", found.text());
}
