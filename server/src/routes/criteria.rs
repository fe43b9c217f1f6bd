//! `/criteria`: what the framework judges by.

use indicators::wire::{CriteriaAnswer, CriterionEntry};

use crate::error::ApiError;
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Question, Route};
use crate::routes::negotiation::Format;
use crate::routes::table::{Table, joined};

pub(super) static ROUTE: Route = Route {
    path: "/criteria",
    operation: "criteria",
    summary: "The criteria of the framework",
    description: "In the order of the framework, each with its weight and its indicators by panel. A criterion \
                  without indicators is one nobody publishes figures for; it is shown, never left out.",
    segment: None,
    parameters: &[],
    formats: &[Format::Json, Format::Csv],
    caching: Caching::Minutes,
    refusals: &[],
    schema: SchemaOf::of::<CriteriaAnswer>(),
    answer,
};

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let criteria = &question.view.criteria;
    match question.format {
        Format::Json => Content::json(&CriteriaAnswer { criteria: criteria.clone() }),
        Format::Csv => Content::csv(table(criteria)),
    }
}

fn table(criteria: &[CriterionEntry]) -> Result<Vec<u8>, csv::Error> {
    let mut table = Table::new(&[
        "code",
        "name_kk",
        "name_ru",
        "name_en",
        "description_kk",
        "description_ru",
        "description_en",
        "weight",
        "region_indicators",
        "country_indicators",
    ])?;
    for criterion in criteria {
        table.row([
            criterion.code.as_str().into(),
            (&criterion.name.kk).into(),
            (&criterion.name.ru).into(),
            (&criterion.name.en).into(),
            (&criterion.description.kk).into(),
            (&criterion.description.ru).into(),
            (&criterion.description.en).into(),
            criterion.weight.into(),
            joined(&criterion.region_indicators),
            joined(&criterion.country_indicators),
        ])?;
    }
    table.finish()
}
