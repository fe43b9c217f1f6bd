//! `/submissions`: figures that ministries and akimats deliver. Everything but the template needs a key. What a
//! submission is, and what follows from a decision, is [`crate::jobs`]'s matter; here it is asked for and answered.

mod document;
mod form;
pub(super) mod template;

use std::fmt;
use std::sync::Arc;

use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use indicators::wire::{
    SubmissionAnswer, SubmissionCheckAnswer, SubmissionEntry, SubmissionState, SubmissionVerdict, SubmissionsAnswer,
};

pub(crate) use document::operations;

use crate::error::{ApiError, BodyFault};
use crate::formats::DOCUMENT;
use crate::http::caller::required;
use crate::jobs::{Author, Jobs, SubmissionError};
use crate::keys::{Key, Scope};
use crate::routes::BASE;
use crate::routes::compute::whole;
use crate::routes::keyed::{answered, json, methods, parts, publish_soon, sentence};
use crate::routes::negotiation;
use crate::routes::query::{Kind, Parameter, Query};
use crate::run_log::{RunHistory, Submission};

/// The path below the base.
pub(crate) const PATH: &str = "/submissions";

/// Most submissions in one list.
const MOST_LISTED: usize = 500;

/// Parameters of the list.
pub(crate) static LIST_PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "state",
        kind: Kind::Choice(&["held", "accepted", "rejected", "withdrawn"]),
        description: "Only those that stand so.",
        example: "held",
    },
    Parameter {
        name: "dataflow",
        kind: Kind::Token,
        description: "Only those to this dataflow.",
        example: "EDU_DIGITAL_SCHOOLS",
    },
];

/// Mounts the addresses that need a key.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    let decide = |word: &str, verdict: SubmissionVerdict| {
        web::resource(format!("{PATH}/{{id}}/{word}")).to(
            move |request: HttpRequest, id: web::Path<String>, payload: web::Payload| async move {
                answered(&request, decide(&request, &id, payload, verdict).await)
            },
        )
    };
    config
        .service(decide("accept", SubmissionVerdict::Accepted))
        .service(decide("reject", SubmissionVerdict::Rejected))
        .service(decide("withdraw", SubmissionVerdict::Withdrawn))
        .service(
            web::resource(format!("{PATH}/{{id}}")).to(|request: HttpRequest, id: web::Path<String>| async move {
                answered(&request, one(&request, &id))
            }),
        )
        .service(web::resource(PATH).to(|request: HttpRequest, payload: web::Payload| async move {
            let answer = match *request.method() {
                Method::POST => submit(&request, payload).await,
                _ => list(&request),
            };
            answered(&request, answer)
        }));
}

fn author(key: &Key) -> Author {
    Author { key: Some(key.id.to_string()), name: key.holder.clone() }
}

/// Whether a key may look at a submission: its own, or everything with the scope to operate.
fn may_see(key: &Key, submission: &Submission) -> bool {
    key.opens(Scope::Operate) || submission.key == key.id.as_str()
}

fn entry(history: &RunHistory, submission: &Submission) -> SubmissionEntry {
    submission.entry(history.submission_state(&submission.id), history.submission_decisions(&submission.id))
}

fn list(request: &HttpRequest) -> Result<HttpResponse, ApiError> {
    if let Some(options) = methods(request, "GET, HEAD, POST, OPTIONS")? {
        return Ok(options);
    }
    let key = required(request, &[Scope::Submit, Scope::Operate])?;
    let (desk, limits) = parts(request)?;
    negotiation::format(request.headers(), DOCUMENT)?;
    let query = Query::read(request.query_string(), LIST_PARAMETERS, &limits)?;
    let state: Option<SubmissionState> = query.word("state", &["held", "accepted", "rejected", "withdrawn"])?;
    let dataflow = query.one("dataflow");
    let submissions = desk.jobs.run_log().ask(|history| {
        let seen = history.submissions().iter().rev().filter(|submission| {
            may_see(&key, submission)
                && dataflow.is_none_or(|wanted| submission.dataflow.as_str() == wanted)
                && state.is_none_or(|wanted| history.submission_state(&submission.id) == wanted)
        });
        seen.take(MOST_LISTED).map(|submission| entry(history, submission)).collect()
    });
    Ok(json(StatusCode::OK, &SubmissionsAnswer { submissions }))
}

fn one(request: &HttpRequest, id: &str) -> Result<HttpResponse, ApiError> {
    if let Some(options) = methods(request, "GET, HEAD, OPTIONS")? {
        return Ok(options);
    }
    let key = required(request, &[Scope::Submit, Scope::Operate])?;
    let (desk, limits) = parts(request)?;
    negotiation::format(request.headers(), DOCUMENT)?;
    Query::read(request.query_string(), &[], &limits)?;
    let submission = seen(&desk.jobs, &key, id)?;
    Ok(json(StatusCode::OK, &SubmissionAnswer { submission }))
}

/// A submission that the key may look at. Another's is as if it were not there.
fn seen(jobs: &Jobs, key: &Key, id: &str) -> Result<SubmissionEntry, ApiError> {
    jobs.run_log()
        .ask(|history| {
            let submission = history.submission(id).filter(|submission| may_see(key, submission))?;
            Some(entry(history, submission))
        })
        .ok_or_else(|| ApiError::NoSubmission { found: id.to_owned() })
}

async fn submit(request: &HttpRequest, payload: web::Payload) -> Result<HttpResponse, ApiError> {
    // The key comes first: without one nobody's bytes are taken in.
    let key = required(request, &[Scope::Submit])?;
    let (desk, limits) = parts(request)?;
    negotiation::format(request.headers(), DOCUMENT)?;
    let form = form::Form::read(request, &key, &limits)?;
    let bytes = whole(payload, limits.max_submission_body_bytes).await?;
    let (check_only, order) = form.order(author(&key), bytes.to_vec());
    let jobs = desk.jobs;
    if check_only {
        let dataflow = order.dataflow.clone();
        let checked = web::block(move || jobs.check_submission(&order)).await.map_err(|error| failed(&error))?;
        let checked = checked.map_err(refused)?;
        let answer = SubmissionCheckAnswer {
            dataflow,
            observations: checked.observations,
            changed: checked.changed,
            findings: checked.findings,
        };
        return Ok(json(StatusCode::OK, &answer));
    }
    let submitted = web::block(move || jobs.submit(order)).await.map_err(|error| failed(&error))?.map_err(refused)?;
    // As it was when it came, so that a repeated delivery gets the same answer.
    let submission = submitted.submission.entry(SubmissionState::Held, [].into_iter());
    let place = format!("{}{PATH}/{}", BASE, submission.id);
    let mut response = json(StatusCode::CREATED, &SubmissionAnswer { submission });
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, header::HeaderValue::try_from(place).map_err(|error| failed(&error))?);
    if submitted.was_held {
        let name = header::HeaderName::from_static("idempotency-replayed");
        headers.insert(name, header::HeaderValue::from_static("true"));
    }
    Ok(response)
}

async fn decide(
    request: &HttpRequest,
    id: &str,
    payload: web::Payload,
    verdict: SubmissionVerdict,
) -> Result<HttpResponse, ApiError> {
    if let Some(options) = methods(request, "POST, OPTIONS")? {
        return Ok(options);
    }
    let scopes: &[Scope] = match verdict {
        SubmissionVerdict::Withdrawn => &[Scope::Submit, Scope::Operate],
        SubmissionVerdict::Accepted | SubmissionVerdict::Rejected => &[Scope::Operate],
    };
    let key = required(request, scopes)?;
    let (desk, limits) = parts(request)?;
    negotiation::format(request.headers(), DOCUMENT)?;
    Query::read(request.query_string(), &[], &limits)?;
    let reason = form::reason(request, &whole(payload, limits.max_body_bytes).await?)?;
    seen(&desk.jobs, &key, id)?;
    let (jobs, author, of) = (desk.jobs.clone(), author(&key), id.to_owned());
    let decided = web::block(move || jobs.decide_submission(&of, verdict, author, reason)).await;
    let has_changed = decided.map_err(|error| failed(&error))?.map_err(refused)?;
    if has_changed {
        publish_soon(Arc::clone(&desk.jobs));
    }
    let submission = seen(&desk.jobs, &key, id)?;
    Ok(json(StatusCode::OK, &SubmissionAnswer { submission }))
}

/// A refusal of the jobs, in the API's words.
fn refused(error: SubmissionError) -> ApiError {
    match error {
        SubmissionError::Faulty { faults } => ApiError::FaultyTables {
            faults: faults
                .into_iter()
                .map(|fault| {
                    let row = fault.row.map(|row| format!("row {row}"));
                    let column = fault.column.map(|column| format!("column {column}"));
                    let place: Vec<String> = row.into_iter().chain(column).collect();
                    BodyFault {
                        place: if place.is_empty() { "table".to_owned() } else { place.join(", ") },
                        expected: fault.expected.unwrap_or_else(|| fault.message.clone()),
                        found: fault.found.unwrap_or_default(),
                    }
                })
                .collect(),
        },
        SubmissionError::NotTaken { dataflow, known } => ApiError::UnknownCode {
            name: "dataflow",
            list: "/api/v1/submissions/template",
            found: dataflow.to_string(),
            did_you_mean: known,
        },
        error @ SubmissionError::KeyReused { .. } => ApiError::IdempotencyKeyReused { reason: sentence(&error) },
        error @ SubmissionError::TooManyHeld => ApiError::TooManyHeld { reason: sentence(&error) },
        error @ SubmissionError::Decided { .. } => ApiError::SubmissionDecided { reason: sentence(&error) },
        SubmissionError::Unknown { id } => ApiError::NoSubmission { found: id },
        error => failed(&error),
    }
}

fn failed(error: &dyn fmt::Display) -> ApiError {
    tracing::error!(%error, "a submission could not be handled");
    ApiError::Internal
}
