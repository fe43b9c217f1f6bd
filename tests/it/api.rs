//! The API as its users meet it: every route, every kind of refusal, caching, and the document
//! that describes it.

use insta::assert_json_snapshot;
use serde_json::{Map, Value, json};
use tests::shared;

const ROUTES: [(&str, &str); 17] = [
    ("areas", "/areas?level=region"),
    ("areas_of_a_year", "/areas?level=region&valid_in=2020"),
    ("criteria", "/criteria"),
    ("indicators", "/indicators?panel=regions"),
    ("frameworks", "/frameworks"),
    ("index_of_regions", "/index?panel=regions&period=2023"),
    ("index_of_countries", "/index?panel=countries&period=2024&area=KAZ,EST,UZB"),
    ("index_of_a_region", "/index/KZ-61?period=2023"),
    ("index_of_a_new_region", "/index/KZ-62?period=2022"),
    ("observations", "/observations?indicator=internet_users&area=KZ-61&period=2021..2023"),
    ("observations_missing", "/observations?indicator=egdi&area=SSD&period=2003"),
    ("releases", "/releases?panel=regions"),
    ("sources", "/sources?dataflow=BNS_SDG_4_A_1"),
    ("sources_restricted", "/sources?dataflow=OOKLA_SGI_MOBILE"),
    ("runs", "/runs?dataflow=BNS_SDG_4_A_1"),
    ("status", "/status"),
    ("limits", "/limits"),
];

const REFUSALS: [(&str, &str, u16); 10] = [
    ("refusal_unknown_path", "/indexes", 404),
    ("refusal_unknown_area", "/index/KZ-99", 404),
    ("refusal_no_release", "/index?period=1999", 404),
    ("refusal_unknown_parameter", "/index?year=2023", 400),
    ("refusal_bad_parameter", "/index?period=20x3", 400),
    ("refusal_repeated_parameter", "/index?period=2022&period=2023", 400),
    ("refusal_unknown_code", "/observations?area=KZ-999", 400),
    ("refusal_malformed_query", "/index?period=%ff", 400),
    ("refusal_bad_cursor", "/observations?cursor=zz", 400),
    ("refusal_unknown_indicator", "/observations?indicator=internet_user", 400),
];

/// What is different at every start, and content addresses, which change with every word of the framework.
const VOLATILE: [&str; 12] = [
    "started_at",
    "ended_at",
    "last_run_at",
    "id",
    "run",
    "published_on",
    "recipe",
    "snapshot",
    "sha256",
    "version",
    "request_id",
    "next_cursor",
];

/// Lists longer than this are cut in the snapshots: the shape is tested here, the figures in `facts`.
const LONGEST_LIST: usize = 3;

fn outline(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(fields.iter().map(outline_field).collect::<Map<_, _>>()),
        Value::Array(items) if items.len() > LONGEST_LIST && items.iter().all(|item| !item.is_number()) => {
            let mut kept: Vec<Value> = items.iter().take(2).map(outline).collect();
            kept.push(json!(format!("… {} more", items.len() - 2)));
            Value::Array(kept)
        }
        Value::Array(items) => Value::Array(items.iter().map(outline).collect()),
        other => other.clone(),
    }
}

fn outline_field((name, value): (&String, &Value)) -> (String, Value) {
    let is_volatile = VOLATILE.contains(&name.as_str()) && value.is_string();
    (name.clone(), if is_volatile { json!(format!("[{name}]")) } else { outline(value) })
}

#[tokio::test]
async fn every_route_answers_in_its_shape() {
    let service = shared::service().await.unwrap();
    for (name, path) in ROUTES {
        let answer = service.json(&format!("/api/v1{path}")).await.unwrap();
        assert_json_snapshot!(name, outline(&answer), path);
    }
}

#[tokio::test]
async fn every_refusal_says_what_was_expected_and_found() {
    let service = shared::service().await.unwrap();
    for (name, path, status) in REFUSALS {
        let answer = service.get(&format!("/api/v1{path}")).await.unwrap();
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert!(answer.header("content-type").starts_with("application/problem+json"), "{path}");
        assert_json_snapshot!(name, outline(&answer.json().unwrap()), path);
    }
}

#[tokio::test]
async fn an_answer_that_is_held_is_not_sent_again() {
    let service = shared::service().await.unwrap();
    let documents = [("openapi", "/openapi.json")];
    for (_, path) in ROUTES.into_iter().chain(documents) {
        let path = format!("/api/v1{path}");
        let first = service.get(&path).await.unwrap();
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with('"'), "{path}: a strong entity tag, found {tag:?}");
        assert!(!first.header("cache-control").is_empty(), "{path}");
        assert!(first.header("vary").to_lowercase().contains("accept"), "{path}");
        assert_eq!(first.header("access-control-allow-origin"), "*", "{path}");
        let again = service.get_with(&path, &[("if-none-match", &tag)]).await.unwrap();
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(again.header("etag"), tag, "{path}");
        let other = service.get_with(&path, &[("if-none-match", "\"something else\"")]).await.unwrap();
        assert_eq!(other.status, 200, "{path}");
    }
}

#[tokio::test]
async fn tables_come_as_csv_too() {
    let service = shared::service().await.unwrap();
    let by_suffix = service.get("/api/v1/index.csv?period=2023&lang=en").await.unwrap();
    assert_eq!(by_suffix.status, 200, "{}", by_suffix.text());
    assert!(by_suffix.header("content-type").starts_with("text/csv"));
    let accept = [("accept", "text/csv")];
    let by_header = service.get_with("/api/v1/index?period=2023&lang=en", &accept).await.unwrap();
    assert_eq!(by_header.text(), by_suffix.text());
    assert!(by_suffix.text().contains("Turkistan"), "names in the language asked for");
}

#[tokio::test]
async fn pages_of_observations_neither_repeat_nor_skip() {
    let service = shared::service().await.unwrap();
    let question = "/api/v1/observations?indicator=internet_users&period=2023";
    let whole = service.json(&format!("{question}&limit=1000")).await.unwrap();
    let mut path = format!("{question}&limit=7");
    let mut collected = Vec::new();
    loop {
        let page = service.json(&path).await.unwrap();
        collected.extend(page["observations"].as_array().unwrap().clone());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("{question}&limit=7&cursor={cursor}");
    }
    assert_eq!(&Value::Array(collected), &whole["observations"]);
}

#[tokio::test]
async fn the_document_describes_every_address_that_answers() {
    let service = shared::service().await.unwrap();
    let document = service.json("/api/v1/openapi.json").await.unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = document["paths"].as_object().unwrap();
    for (_, path) in ROUTES {
        let path = path.split('?').next().unwrap();
        let template = if path.starts_with("/index/") { "/index/{area}" } else { path };
        assert!(paths.keys().any(|known| known.ends_with(template)), "{template} is not in the document");
    }
}

#[tokio::test]
async fn every_page_answers_and_names_its_language() {
    let service = shared::service().await.unwrap();
    for language in ["kk", "ru", "en"] {
        for path in ["", "regions/KZ-61", "countries", "sources", "method", "criteria/internet_access"] {
            let answer = service.get(&format!("/{language}/{path}")).await.unwrap();
            assert_eq!(answer.status, 200, "/{language}/{path}");
            let html = answer.text();
            assert!(html.contains(&format!("lang=\"{language}\"")), "/{language}/{path}");
            assert!(!html.contains("NaN") && !html.contains(">null<"), "/{language}/{path}");
        }
    }
    assert_eq!(service.get("/en/regions/KZ-99").await.unwrap().status, 404);
    assert_eq!(service.get("/nowhere").await.unwrap().status, 404);
}
