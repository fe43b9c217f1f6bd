//! `/catalogue`: what is published, in the words of DCAT-AP 3.

use crate::dcat;
use crate::error::ApiError;
use crate::formats::{Format, Writing};
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route};

static JSON_LD: Format = Format {
    name: "JSON-LD",
    media_type: "application/ld+json",
    also: &["application/json"],
    version: None,
    content_type: "application/ld+json",
    suffix: Some("jsonld"),
    about: "DCAT-AP 3 in JSON-LD; addresses are absolute where the service knows its own, else relative to that of the catalogue.",
    writing: Writing::Standard,
};
static TURTLE: Format = Format {
    name: "Turtle",
    media_type: "text/turtle",
    also: &[],
    version: None,
    content_type: "text/turtle; charset=utf-8",
    suffix: Some("ttl"),
    about: "DCAT-AP 3 in Turtle; addresses are absolute where the service knows its own, else relative to that of the catalogue.",
    writing: Writing::Standard,
};

pub(super) static ROUTE: Route = Route {
    path: "/catalogue",
    operation: "catalogue",
    summary: "The catalogue, by DCAT-AP 3",
    description: "Every dataflow and the scores of each panel as datasets with publisher, period covered, licence and \
                  a distribution for each format; the interfaces as services. Valid under the shapes of DCAT-AP 3.0.",
    segments: &[],
    parameters: &[],
    formats: &[&JSON_LD, &TURTLE],
    caching: Caching::Minutes,
    effort: Effort::Reading,
    refusals: &[],
    schema: SchemaOf::any_object(),
    answer,
};

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let graph = dcat::catalogue(question.view, question.service.public_url());
    if *question.format == TURTLE {
        Ok(Content::ready(graph.turtle().into_bytes()))
    } else {
        Content::json(&graph.json_ld())
    }
}
