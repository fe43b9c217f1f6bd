//! `/frameworks`: the framework in force, whole.

use indicators::wire::{FrameworkEntry, FrameworksAnswer, PanelEntry};

use crate::error::ApiError;
use crate::formats;
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route};

pub(super) static ROUTE: Route = Route {
    path: "/frameworks",
    operation: "frameworks",
    summary: "The framework in force",
    description: "Its version, panels and reference years, and under `definition` the whole of it: from which \
                  measured series each indicator is derived, and by what rule.",
    segments: &[],
    parameters: &[],
    formats: formats::DOCUMENT,
    caching: Caching::Minutes,
    effort: Effort::Reading,
    refusals: &[],
    schema: SchemaOf::of::<FrameworksAnswer>(),
    answer,
};

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let view = question.view;
    let framework = &view.framework;
    Content::json(&FrameworksAnswer {
        frameworks: vec![FrameworkEntry {
            code: format!("{}-{}", framework.id, framework.version),
            id: framework.id.clone(),
            version: framework.version.clone(),
            name: framework.name.clone(),
            country: framework.country.clone(),
            panels: framework
                .panels
                .iter()
                .map(|panel| PanelEntry {
                    panel: panel.panel,
                    name: panel.name.clone(),
                    areas: panel.areas.clone(),
                    reference_years: view.years(panel.panel).collect(),
                })
                .collect(),
            criteria: framework.criteria.iter().map(|criterion| criterion.code.clone()).collect(),
            definition: framework.clone(),
        }],
    })
}
