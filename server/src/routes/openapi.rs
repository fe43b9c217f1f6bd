//! `/openapi.json`: the description of the API, made from the route table.

use crate::error::ApiError;
use crate::formats;
use crate::openapi::{SchemaOf, document};
use crate::routes::answer::{Caching, Content, Effort, Question, Route};

pub(super) static ROUTE: Route = Route {
    path: "/openapi.json",
    operation: "openapi",
    summary: "This description",
    description: "OpenAPI 3.1, generated from the table the addresses are mounted from.",
    segments: &[],
    parameters: &[],
    formats: formats::DOCUMENT,
    caching: Caching::Minutes,
    effort: Effort::Reading,
    refusals: &[],
    schema: SchemaOf::any_object(),
    answer: |_question: &Question<'_>| -> Result<Content, ApiError> { Content::json(&document()) },
};
