//! Reading the run history, for the tests of refreshes.

use serde_json::Value;
use tests::service::Service;

/// Runs of a dataflow, newest first.
pub(crate) async fn of(service: &Service, dataflow: &str) -> Vec<Value> {
    let answer = service.json(&format!("/api/v1/runs?dataflow={dataflow}")).await.unwrap();
    answer["runs"].as_array().unwrap().clone()
}

/// What is published: every release with its content address, and the index of the newest.
pub(crate) async fn published(service: &Service) -> (Value, Value) {
    let status = service.json("/api/v1/status").await.unwrap();
    let index = service.json("/api/v1/index?panel=regions").await.unwrap();
    (status["releases"].clone(), index)
}
