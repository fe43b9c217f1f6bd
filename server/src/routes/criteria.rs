//! `/criteria`: what the framework judges by.

use indicators::wire::{CriteriaAnswer, CriterionEntry};

use crate::error::ApiError;
use crate::formats::table::joined;
use crate::formats::{self, Column, Row, Values};
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route};
use crate::routes::query::LANG;

pub(super) static ROUTE: Route = Route {
    path: "/criteria",
    operation: "criteria",
    summary: "The criteria of the framework",
    description: "In the order of the framework, each with its weight and its indicators by panel. A criterion \
                  without indicators is one nobody publishes figures for; it is shown, never left out.",
    segments: &[],
    parameters: &[LANG],
    formats: formats::LIST,
    caching: Caching::Minutes,
    effort: Effort::Reading,
    refusals: &[],
    schema: SchemaOf::of::<CriteriaAnswer>(),
    answer,
};

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let criteria = &question.view.criteria;
    if question.format.is_own() {
        return Content::json(&CriteriaAnswer { criteria: criteria.clone() });
    }
    question.table(COLUMNS, criteria.iter().map(row).collect())
}

const COLUMNS: &[Column] = &[
    Column::dimension("code", "Code."),
    Column::label("name_kk", "Name in Kazakh."),
    Column::label("name_ru", "Name in Russian."),
    Column::label("name_en", "Name in English."),
    Column::attribute("description_kk", "What it judges, in Kazakh."),
    Column::attribute("description_ru", "What it judges, in Russian."),
    Column::attribute("description_en", "What it judges, in English."),
    Column::attribute("weight", "Share of the index, 0 to 1.").of(Values::Number),
    Column::attribute("region_indicators", "Its indicators in the panel of regions, separated by spaces."),
    Column::attribute("country_indicators", "Its indicators in the panel of countries, separated by spaces."),
];

fn row(criterion: &CriterionEntry) -> Row {
    vec![
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
    ]
}
