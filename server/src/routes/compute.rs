//! `POST /compute`: a caller's own data through the engine. What is computed is
//! [`crate::compute`]'s; here it is taken in, bounded, kept off the threads that serve, and answered.

mod body;
mod document;

use std::fmt;

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, Resource, web};

pub(super) use body::{uncoded, whole};
pub(crate) use document::{REFUSALS, SCHEMA, operation};

use crate::compute::{ComputeRequestError, Computed, compute, operations, to_csv, to_xlsx};
use crate::error::{ApiError, BodyFault};
use crate::formats::csv::CSV;
use crate::formats::xlsx::XLSX;
use crate::formats::{Format, JSON};
use crate::http::Service;
use crate::places::long;
use crate::routes::answer::{refuse, undone};
use crate::routes::negotiation;

/// The path below the base.
pub(crate) const PATH: &str = "/compute";
/// The methods it answers.
const ALLOW: &str = "POST, OPTIONS";
/// The representations, the one given by default first.
pub(crate) static FORMATS: &[&Format] = &[&JSON, &CSV, &XLSX];

/// Mounts the route at its path and at that of each format.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    for format in FORMATS.iter().copied().filter(|format| format.suffix.is_some()) {
        config.service(resource(Some(format)));
    }
    config.service(resource(None));
}

fn resource(suffix: Option<&'static Format>) -> Resource {
    let path = match suffix.and_then(|format| format.suffix) {
        Some(suffix) => format!("{PATH}.{suffix}"),
        None => PATH.to_owned(),
    };
    web::resource(path).to(move |request: HttpRequest, payload: web::Payload| respond(request, payload, suffix))
}

async fn respond(request: HttpRequest, payload: web::Payload, suffix: Option<&'static Format>) -> HttpResponse {
    match attempt(&request, payload, suffix).await {
        Ok(response) => response,
        Err(error) => refuse(&request, &error),
    }
}

async fn attempt(
    request: &HttpRequest,
    payload: web::Payload,
    suffix: Option<&'static Format>,
) -> Result<HttpResponse, ApiError> {
    match *request.method() {
        Method::POST => {}
        Method::OPTIONS => return Ok(options()),
        _ => return Err(ApiError::MethodNotAllowed { method: request.method().to_string(), allow: ALLOW }),
    }
    let format = match suffix {
        Some(format) => format,
        None => negotiation::format(request.headers(), FORMATS)?,
    };
    let service = request.app_data::<web::Data<Service>>().ok_or(ApiError::Internal)?;
    let limits = *service.limits();
    let sent = body::receive(request, payload, limits.max_compute_body_bytes).await?;
    let most = f64::from(limits.max_compute_megaoperations) * 1e6;
    let bytes = long(service.places(), move || answer(sent, format, most)).await.map_err(undone)??;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, format.content_type))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "accept"));
    if let Some(suffix) = format.suffix {
        response.insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"index.{suffix}\"")));
    }
    Ok(response.body(bytes))
}

/// Reads, weighs, computes and writes; on a thread that may take its time.
fn answer(sent: body::Sent, format: &'static Format, most_operations: f64) -> Result<Vec<u8>, ApiError> {
    let body::Asked { recipe, tables, wishes } = sent.read()?;
    let found = operations(&tables, &recipe, &wishes).map_err(refused)?;
    if found > most_operations {
        return Err(ApiError::TooMuchWork { found: in_millions(found), most: in_millions(most_operations) });
    }
    let computed: Computed = compute(tables, &recipe, &wishes).map_err(refused)?;
    if *format == CSV {
        to_csv(&computed.answer).map_err(|error| internal(&error))
    } else if *format == XLSX {
        to_xlsx(&computed).map_err(|error| internal(&error))
    } else {
        serde_json::to_vec(&computed.answer).map_err(|error| internal(&error))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate, saturating")]
fn in_millions(operations: f64) -> u64 {
    (operations / 1e6) as u64
}

/// A refusal of the engine, in the API's words.
pub(super) fn refused(error: ComputeRequestError) -> ApiError {
    match error {
        ComputeRequestError::Faults(faults) => ApiError::FaultyTables {
            faults: faults
                .faults
                .into_iter()
                .map(|fault| BodyFault { place: fault.place(), expected: fault.expected, found: fault.found })
                .collect(),
        },
        ComputeRequestError::Json { part, line, column, reason } => {
            ApiError::MalformedBody { place: format!("{part}, line {line}, column {column}"), reason }
        }
        other => ApiError::NotComputable { reason: other.to_string() },
    }
}

fn internal(error: &dyn fmt::Display) -> ApiError {
    tracing::error!(%error, "an answer to a computation could not be written");
    ApiError::Internal
}

fn options() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ALLOW, ALLOW))
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, ALLOW))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "accept, content-type, x-request-id"))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "86400"))
        .finish()
}
