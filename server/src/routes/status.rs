//! `/status`: whether the service is well, and what an operator should look at.

use indicators::wire::{Health, StatusAnswer};

use crate::error::ApiError;
use crate::formats;
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route};
use crate::routes::releases::newest_first;

pub(super) static ROUTE: Route = Route {
    path: "/status",
    operation: "status",
    summary: "Health of the service",
    description: "`degraded` still answers, with a fault that an operator should look at; `problems` says which.",
    segments: &[],
    parameters: &[],
    formats: formats::DOCUMENT,
    caching: Caching::AskAlways,
    effort: Effort::Reading,
    refusals: &[],
    schema: SchemaOf::of::<StatusAnswer>(),
    answer,
};

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let view = question.view;
    Content::json(&StatusAnswer {
        health: if view.problems.is_empty() { Health::Ok } else { Health::Degraded },
        problems: view.problems.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: question.service.started_at(),
        releases: newest_first(view).into_iter().cloned().collect(),
        bundled_only: view.sources.iter().all(|source| source.bundled || source.vintage.is_none()),
    })
}
