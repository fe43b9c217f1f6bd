//! Every address, every refusal and the manners of HTTP, over a sample view.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod discovery;
mod formats;
mod manners;
mod moments;
mod refusals;
mod resources;
mod runs;
mod sdmx;
mod terms;

use std::collections::BTreeSet;

use actix_web::http::Method;
use serde_json::Value;

use super::query::Parameter;
use super::sample::Sample;
use super::*;
use crate::error::ErrorCode;
use crate::openapi::document;

/// An address that works for a route.
fn working(route: &Route, sample: &Sample) -> String {
    let id = sample.view.current().releases.values().next().unwrap().reference().id.clone();
    let fill = |path: String, segment: &Parameter| {
        let example = if segment.example.is_empty() { &id } else { segment.example };
        path.replace(&format!("{{{}}}", segment.name), example)
    };
    let path = route.segments.iter().fold(route.path.to_owned(), fill);
    format!("{BASE}{path}")
}

#[actix_web::test]
async fn every_route_answers_and_every_documented_path_exists() {
    let sample = Sample::new();
    let described = serde_json::to_value(document()).unwrap();
    let documented: BTreeSet<String> = described["paths"].as_object().unwrap().keys().cloned().collect();
    let mut mounted = BTreeSet::new();
    for route in routes() {
        let path = working(route, &sample);
        let answer = sample.get(&path).await;
        // The sample keeps no payloads; a test of its own hands some out.
        let expected = if route.operation == "snapshot" { 404 } else { 200 };
        assert_eq!(answer.status, expected, "{path}: {}", answer.text());
        mounted.insert(format!("{BASE}{}", route.path));
        for suffix in route.formats.iter().filter_map(|format| format.suffix) {
            let answer = sample.get(&format!("{path}.{suffix}")).await;
            assert_eq!(answer.status, 200, "{path}.{suffix}: {}", answer.text());
            mounted.insert(format!("{BASE}{}.{suffix}", route.path));
        }
    }
    // What is sent something is tested against the running program; here it must be there.
    for path in
        [None, Some("csv"), Some("xlsx")].map(|suffix| suffix.map_or(String::new(), |suffix| format!(".{suffix}")))
    {
        let path = format!("{BASE}{}{path}", compute::PATH);
        assert_eq!(sample.get(&path).await.status, 405, "{path}");
        mounted.insert(path);
    }
    for path in ["", "/{id}", "/{id}/accept", "/{id}/reject", "/{id}/withdraw"] {
        let path = format!("{BASE}{}{path}", submissions::PATH);
        let method = if path.matches('/').count() > 4 { Method::POST } else { Method::GET };
        assert_eq!(sample.send(method, &path).await.status, 401, "{path}");
        mounted.insert(path);
    }
    let path = format!("{BASE}{}", refreshing::PATH);
    assert_eq!(sample.send(Method::POST, &path.replace("{dataflow}", "BNS_SDG_17_8_1")).await.status, 401);
    mounted.insert(path);
    for path in ["/runs/{id}/accept", "/runs/{id}/reject"] {
        let path = format!("{BASE}{path}");
        assert_eq!(sample.send(Method::POST, &path).await.status, 401, "{path}");
        mounted.insert(path);
    }
    assert_eq!(documented, mounted);
}

#[actix_web::test]
async fn every_parameter_takes_its_own_example() {
    let sample = Sample::new();
    for route in routes() {
        for parameter in route.parameters.iter().filter(|parameter| !parameter.example.is_empty()) {
            let path = format!("{}?{}={}", working(route, &sample), parameter.name, parameter.example);
            let answer = sample.get(&path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        }
    }
}

#[test]
fn the_description_refers_only_to_schemas_it_holds() {
    fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    found.insert(reference);
                }
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let described = serde_json::to_value(document()).unwrap();
    assert!(described["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut found = BTreeSet::new();
    references(&described, &mut found);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(described.pointer(pointer).is_some(), "{reference}");
    }
    let mut operations = BTreeSet::new();
    for item in described["paths"].as_object().unwrap().values() {
        for operation in [item.get("get"), item.get("post")].into_iter().flatten() {
            assert!(operations.insert(operation["operationId"].as_str().unwrap()), "{item}");
        }
    }
}

#[test]
fn the_written_table_of_errors_is_the_one_in_force() {
    let written = include_str!("../../../docs/API.md");
    for code in ErrorCode::ALL {
        let entry = code.entry();
        let row = format!("| `{}` | {} | {} | {} |", entry.code, entry.status, entry.title, entry.advice);
        assert!(written.contains(&row), "docs/API.md lacks the row\n{row}");
    }
}
