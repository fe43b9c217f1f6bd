//! Paging: no page repeats or skips a value, and a cursor that no longer fits says so.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;

use actix_web::rt::System;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use crate::routes::sample::{self, Sample};

async fn pages(sample: &Sample, filter: &str, limits: &[u32]) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    for limit in limits.iter().cycle() {
        let answer = sample.get(&format!("/api/v1/observations?{filter}&limit={limit}&cursor={cursor}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let page = answer.json();
        let observations = page["observations"].as_array().unwrap();
        assert!(observations.len() <= usize::try_from(*limit).unwrap());
        all.extend(observations.iter().cloned());
        let Some(next) = page["next_cursor"].as_str() else { break };
        assert!(!observations.is_empty(), "an empty page leads on");
        assert!(answer.header("link").contains(next));
        next.clone_into(&mut cursor);
    }
    all
}

#[test]
fn pages_of_any_size_make_the_whole() {
    let system = System::new();
    let sample = Sample::new();
    let filters = ["", "area=KZ-61,KZ-11", "indicator=internet_users&period=2021..2022", "sex=_T", "period=1999"];
    let mut runner = TestRunner::new(Config::with_cases(48));
    let strategy = (0..filters.len(), prop::collection::vec(1_u32..30, 1..4));
    runner
        .run(&strategy, |(filter, limits)| {
            let filter = filters[filter];
            system.block_on(async {
                let whole = sample.get(&format!("/api/v1/observations?{filter}")).await.json();
                let paged = pages(&sample, filter, &limits).await;
                assert_eq!(whole["observations"].as_array().unwrap(), &paged, "{filter} {limits:?}");
                assert_eq!(whole["total"], paged.len());
                assert!(whole["next_cursor"].is_null());
            });
            Ok(())
        })
        .unwrap();
}

async fn cursor_of(sample: &Sample, query: &str) -> String {
    let page = sample.get(&format!("/api/v1/observations?{query}")).await.json();
    page["next_cursor"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn a_cursor_belongs_to_its_question() {
    let sample = Sample::new();
    let cursor = cursor_of(&sample, "sex=_T&limit=2").await;
    let same = sample.get(&format!("/api/v1/observations?limit=5&cursor={cursor}&sex=_T")).await;
    assert_eq!(same.status, 200);
    let other = sample.get(&format!("/api/v1/observations?cursor={cursor}&sex=F")).await;
    assert_eq!((other.status.as_u16(), other.json()["code"].as_str().unwrap()), (400, "foreign_cursor"));
    let beyond = sample.get(&format!("/api/v1/observations?sex=_T&cursor={}ffff", &cursor[..32])).await;
    assert_eq!(beyond.json()["observations"].as_array().unwrap().len(), 0);
    assert!(beyond.json()["next_cursor"].is_null());
}

#[actix_web::test]
async fn a_cursor_outlives_a_run_that_brings_nothing_and_no_other() {
    let sample = Sample::new();
    let cursor = cursor_of(&sample, "limit=2").await;
    let path = format!("/api/v1/observations?limit=2&cursor={cursor}");

    let mut view = sample::view();
    view.id = "the same vintages, another run".to_owned();
    Arc::make_mut(&mut view.runs).clear();
    sample.view.swap(view);
    assert_eq!(sample.get(&path).await.status, 200);

    let mut view = sample::view();
    view.id = "another vintage".to_owned();
    view.sources[0].vintage = Some("BNS@2025-01-01.1".to_owned());
    sample.view.swap(view);
    let answer = sample.get(&path).await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str().unwrap()), (410, "cursor_expired"));
}
