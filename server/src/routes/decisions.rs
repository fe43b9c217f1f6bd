//! `POST /runs/{id}/accept` and `…/reject`: an operator's word on a quarantined run, without stopping the service. What
//! follows from it is [`crate::jobs`]'s matter.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use indicators::wire::RunEntry;
use serde::Serialize;
use utoipa::openapi::path::{OperationBuilder, ParameterIn};
use utoipa::openapi::{ContentBuilder, HttpMethod, ResponseBuilder};

use super::keyed::{answered, bare_order, json, methods, publish_soon, sentence};
use crate::error::{ApiError, ErrorCode};
use crate::jobs::DecisionError;
use crate::openapi::{Entry, SchemaOf, Schemas, parameter, secured};
use crate::routes::query::{Kind, Parameter};
use crate::run_log::Verdict;

const ID: Parameter =
    Parameter { name: "id", kind: Kind::Token, description: "Identifier of a quarantined run.", example: "" };

/// What can be said of a quarantined run: the last word of the path, and what it means.
const DECISIONS: [(&str, Verdict, &str, &str); 2] = [
    (
        "accept",
        Verdict::Accepted,
        "Accept a quarantined run",
        "Takes in what the run brought, whatever the checks said about it, as of the day it came; it is published within \
         moments. Takes no body. Needs a key of scope `operate`.",
    ),
    (
        "reject",
        Verdict::Rejected,
        "Reject a quarantined run",
        "What the run brought is not used; its bytes stay among the snapshots. Takes no body. Needs a key of scope \
         `operate`.",
    ),
];

/// What was decided.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
struct RunDecisionAnswer {
    /// `accepted` or `rejected`.
    verdict: Verdict,
    /// The run that took in what was accepted; when rejected, the quarantined run.
    run: RunEntry,
}

/// Mounts the addresses.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    for (word, verdict, ..) in DECISIONS {
        config.service(web::resource(path(word)).to(
            move |request: HttpRequest, id: web::Path<String>, payload: web::Payload| async move {
                answered(&request, decide(&request, id.into_inner(), payload, verdict).await)
            },
        ));
    }
}

fn path(word: &str) -> String {
    format!("/runs/{{id}}/{word}")
}

async fn decide(
    request: &HttpRequest,
    id: String,
    payload: web::Payload,
    verdict: Verdict,
) -> Result<HttpResponse, ApiError> {
    if let Some(options) = methods(request, "POST, OPTIONS")? {
        return Ok(options);
    }
    let (key, desk) = bare_order(request, payload).await?;
    let jobs = desk.jobs.clone();
    let decided = web::block(move || match verdict {
        Verdict::Accepted => jobs.take_in_accepted(&id),
        Verdict::Rejected => jobs.reject(&id),
    });
    let decided = decided.await.map_err(|error| {
        tracing::error!(%error, "a decision could not be carried out");
        ApiError::Internal
    })?;
    let run = decided.map_err(refused)?;
    tracing::info!(key = %key.id, holder = key.holder, run = run.id, dataflow = %run.dataflow, ?verdict, "decided by hand");
    if verdict == Verdict::Accepted {
        publish_soon(desk.jobs);
    }
    Ok(json(StatusCode::OK, &RunDecisionAnswer { verdict, run: run.entry() }))
}

/// A refusal of the jobs, in the API's words.
fn refused(error: DecisionError) -> ApiError {
    match error {
        DecisionError::UnknownRun { run } => ApiError::NoRun { found: run },
        DecisionError::NotQuarantined { .. }
        | DecisionError::Decided { .. }
        | DecisionError::Overtaken { .. }
        | DecisionError::Unreadable { .. }
        | DecisionError::NothingKept { .. } => ApiError::NotDecidable { reason: sentence(&error) },
        error @ (DecisionError::Job(_) | DecisionError::RunLog(_)) => {
            tracing::error!(%error, "a decision could not be carried out");
            ApiError::Internal
        }
    }
}

const REFUSALS: &[ErrorCode] = &[
    ErrorCode::KeyRequired,
    ErrorCode::ScopeMissing,
    ErrorCode::NoRun,
    ErrorCode::NotDecidable,
    ErrorCode::MalformedBody,
    ErrorCode::UnsupportedMediaType,
];

/// The entries in the `OpenAPI` document.
pub(crate) fn operations(schemas: &mut Schemas) -> Vec<Entry> {
    let shape = SchemaOf::of::<RunDecisionAnswer>().collect(schemas);
    let entry = |(word, _, summary, description): (&str, Verdict, &str, &str)| {
        let decided = ResponseBuilder::new()
            .description("It is decided.")
            .content("application/json", ContentBuilder::new().schema(Some(shape.clone())).build())
            .build();
        let operation = OperationBuilder::new()
            .operation_id(Some(format!("{word}_run")))
            .summary(Some(summary))
            .description(Some(description))
            .parameter(parameter(&ID, ParameterIn::Path));
        Entry {
            path: path(word),
            method: HttpMethod::Post,
            operation: secured(operation).response("200", decided),
            refusals: REFUSALS.to_vec(),
        }
    };
    DECISIONS.into_iter().map(entry).collect()
}
