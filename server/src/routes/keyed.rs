//! What all addresses share that are asked with a key: methods, the desk behind them, the form of their answers, and
//! orders that carry nothing but themselves. What is ordered is each resource's own.

use std::fmt::Display;
use std::sync::Arc;

use actix_web::http::{Method, StatusCode, header};
use actix_web::rt::task;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use crate::background::giving_way;
use crate::error::ApiError;
use crate::formats::DOCUMENT;
use crate::http::caller::required;
use crate::http::{Desk, Service};
use crate::jobs::Jobs;
use crate::keys::{Key, Scope};
use crate::limits::Limits;
use crate::routes::answer::refuse;
use crate::routes::compute::whole;
use crate::routes::negotiation;
use crate::routes::query::Query;

pub(super) fn answered(request: &HttpRequest, answer: Result<HttpResponse, ApiError>) -> HttpResponse {
    answer.unwrap_or_else(|error| refuse(request, &error))
}

/// Whether a method is one of those an address answers; `OPTIONS` is answered on the spot. Pages of other origins
/// are given no leave: a key does not belong into a browser.
pub(super) fn methods(request: &HttpRequest, allow: &'static str) -> Result<Option<HttpResponse>, ApiError> {
    if request.method() == Method::OPTIONS {
        return Ok(Some(HttpResponse::NoContent().insert_header((header::ALLOW, allow)).finish()));
    }
    let found = request.method().as_str();
    if allow.split(", ").any(|known| known == found) {
        return Ok(None);
    }
    Err(ApiError::MethodNotAllowed { method: found.to_owned(), allow })
}

pub(super) fn parts(request: &HttpRequest) -> Result<(Desk, Limits), ApiError> {
    let service = request.app_data::<web::Data<Service>>().ok_or(ApiError::Internal)?;
    let desk = service.desk().cloned().ok_or(ApiError::KeyRequired)?;
    Ok((desk, *service.limits()))
}

pub(super) fn json(status: StatusCode, answer: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "authorization, accept"))
        .json(answer)
}

/// The key of an operator whose order has neither query nor body, and the desk that takes it.
pub(super) async fn bare_order(request: &HttpRequest, payload: web::Payload) -> Result<(Arc<Key>, Desk), ApiError> {
    let key = required(request, &[Scope::Operate])?;
    let (desk, limits) = parts(request)?;
    negotiation::format(request.headers(), DOCUMENT)?;
    Query::read(request.query_string(), &[], &limits)?;
    if !whole(payload, limits.max_body_bytes).await?.is_empty() {
        return Err(ApiError::MalformedBody {
            place: "body".to_owned(),
            reason: "nothing is taken in here; send no body".to_owned(),
        });
    }
    Ok((key, desk))
}

/// Publishes beside the answer: computing the releases may take longer than an answer should, and what was decided
/// stands already.
pub(super) fn publish_soon(jobs: Arc<Jobs>) {
    drop(task::spawn_blocking(move || {
        if let Err(error) = giving_way(|| jobs.publish()) {
            tracing::error!(error = format!("{error:#}"), "publishing failed; what was published before stays");
        }
    }));
}

/// A refusal as a sentence of its own.
pub(super) fn sentence(error: &impl Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
