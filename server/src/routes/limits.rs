//! `/limits`: what the service accepts from one client.

use indicators::wire::LimitsAnswer;

use crate::error::ApiError;
use crate::formats;
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route};

pub(super) static ROUTE: Route = Route {
    path: "/limits",
    operation: "limits",
    summary: "The limits in force",
    description: "The quota of requests, sizes, page lengths and the time in which an answer is given. Every answer \
                  says in `RateLimit` what is left of the quota.",
    segments: &[],
    parameters: &[],
    formats: formats::DOCUMENT,
    caching: Caching::Minutes,
    effort: Effort::Reading,
    refusals: &[],
    schema: SchemaOf::of::<LimitsAnswer>(),
    answer: |question: &Question<'_>| -> Result<Content, ApiError> { Content::json(question.service.limits()) },
};
