//! `POST /sources/{dataflow}/refresh`: an operator has a provider asked now. The answer comes at once, the run when the
//! provider has spoken; what a refresh is, is [`crate::jobs`]'s matter.

mod document;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use indicators::code::DataflowId;
use jiff::Timestamp;
use serde::Serialize;

pub(crate) use document::operations;

use super::keyed::{answered, bare_order, json, methods};
use crate::error::ApiError;
use crate::jobs::{ByHandError, JobError};
use crate::routes::BASE;
use crate::routes::sources::known_dataflow;
use crate::view::{View, ViewHandle};

/// The path below the base.
pub(crate) const PATH: &str = "/sources/{dataflow}/refresh";

/// A refresh that has begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
struct RefreshAnswer {
    /// The dataflow.
    #[schema(value_type = String)]
    dataflow: DataflowId,
    /// When the refresh began; its run bears the same time.
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// Where the run will stand, newest first.
    runs: String,
}

/// Mounts the address.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(web::resource(PATH).to(
        |request: HttpRequest, dataflow: web::Path<String>, payload: web::Payload| async move {
            answered(&request, refresh(&request, &dataflow, payload).await)
        },
    ));
}

async fn refresh(request: &HttpRequest, found: &str, payload: web::Payload) -> Result<HttpResponse, ApiError> {
    if let Some(options) = methods(request, "POST, OPTIONS")? {
        return Ok(options);
    }
    let (key, desk) = bare_order(request, payload).await?;
    let view = request.app_data::<web::Data<ViewHandle>>().ok_or(ApiError::Internal)?.current();
    // A dataflow that nothing was delivered to yet is known to the jobs alone.
    let planned = desk.jobs.plans().iter().map(|plan| &plan.id).find(|dataflow| dataflow.as_str() == found);
    let dataflow = planned.map_or_else(|| known_dataflow(&view, found).map_err(not_found), Ok)?;
    let started_at = desk.by_hand.begin(dataflow).map_err(|error| refused(error, &view))?;
    tracing::info!(key = %key.id, holder = key.holder, %dataflow, "a refresh was asked for by hand");
    let runs = format!("{BASE}/runs?dataflow={dataflow}");
    let place = HeaderValue::try_from(&runs).map_err(|_not_text| ApiError::Internal)?;
    let mut response = json(StatusCode::ACCEPTED, &RefreshAnswer { dataflow: dataflow.clone(), started_at, runs });
    response.headers_mut().insert(header::LOCATION, place);
    Ok(response)
}

/// A code in a path is an address: what is not in the list is not there.
fn not_found(error: ApiError) -> ApiError {
    match error {
        ApiError::UnknownCode { found, did_you_mean, .. } => ApiError::NoDataflow { found, did_you_mean },
        error => error,
    }
}

/// A refusal of the jobs, in the API's words.
fn refused(error: ByHandError, view: &View) -> ApiError {
    match error {
        ByHandError::Job(JobError::AlreadyRunning { dataflow }) => {
            ApiError::RefreshUnderWay { dataflow: dataflow.to_string() }
        }
        ByHandError::Job(JobError::UnknownDataflow { found, .. }) => {
            ApiError::NoDataflow { found: found.to_string(), did_you_mean: Vec::new() }
        }
        ByHandError::Closed { dataflow } => {
            let source = view.sources.iter().find(|source| source.dataflow == dataflow);
            let why = source.and_then(|source| source.closed.as_ref()).map_or("it is closed", |why| &why.en);
            ApiError::NotAsked { reason: format!("{dataflow} is not asked: {}", why.trim_end_matches('.')) }
        }
        ByHandError::Delivered { dataflow } => {
            let reason = format!("{dataflow} is not asked: its figures are delivered to /api/v1/submissions");
            ApiError::NotAsked { reason }
        }
        ByHandError::Job(error @ JobError::NobodyToAsk { .. }) => ApiError::NotAsked { reason: error.to_string() },
        error @ ByHandError::Job(_) => {
            tracing::error!(%error, "a refresh could not be begun");
            ApiError::Internal
        }
    }
}
