//! What the guard makes of handlers that fail.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::future::pending;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, body, error, test};
use serde_json::Value;

use super::*;
use crate::limits::PUBLISHED;

async fn panics() -> HttpResponse {
    panic!("the secret is 42")
}

async fn never() -> HttpResponse {
    pending().await
}

async fn fails() -> Result<HttpResponse, actix_web::Error> {
    Err(error::ErrorInternalServerError("the secret is 42"))
}

/// The answer a client would get, and its problem.
async fn answer(path: &str, limits: Limits) -> (StatusCode, Value) {
    let service = web::Data::new(Service::new(limits, Timestamp::UNIX_EPOCH));
    let app = App::new()
        .wrap(from_fn(guard))
        .app_data(service)
        .route("/api/panics", web::get().to(panics))
        .route("/api/never", web::get().to(never))
        .route("/api/fails", web::get().to(fails));
    let app = test::init_service(app).await;
    let response = match test::try_call_service(&app, test::TestRequest::with_uri(path).to_request()).await {
        Ok(response) => response.into_parts().1,
        Err(error) => error.error_response(),
    };
    assert!(response.headers().contains_key("x-request-id"));
    assert_eq!(response.headers().get("x-content-type-options").unwrap(), "nosniff");
    let status = response.status();
    let bytes = body::to_bytes(response.into_body()).await.ok().unwrap();
    (status, serde_json::from_slice(&bytes).unwrap())
}

#[actix_web::test]
async fn a_panic_is_a_problem_without_its_text() {
    let (status, problem) = answer("/api/panics", PUBLISHED).await;
    assert_eq!(status, 500);
    assert_eq!(problem["code"], "internal");
    assert!(!problem.to_string().contains("secret"));
}

#[actix_web::test]
async fn an_answer_that_never_comes_is_ended() {
    let (status, problem) = answer("/api/never", Limits { request_timeout_seconds: 0, ..PUBLISHED }).await;
    assert_eq!(status, 503);
    assert_eq!(problem["code"], "timed_out");
}

#[actix_web::test]
async fn a_failure_below_a_page_says_nothing_of_its_cause() {
    let (status, problem) = answer("/api/fails", PUBLISHED).await;
    assert_eq!(status, 500);
    assert_eq!(problem["code"], "internal");
    assert!(!problem.to_string().contains("secret"), "{problem}");
}
