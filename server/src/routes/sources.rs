//! `/sources`: provenance, licence and freshness of every dataflow.

use indicators::code::DataflowId;
use indicators::wire::{SourceEntry, SourcesAnswer};

use crate::error::{ApiError, ErrorCode};
use crate::formats::table::{joined, shown};
use crate::formats::{self, Column, Row, Values};
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route, citations};
use crate::routes::areas::word;
use crate::routes::query::{Kind, LANG, Parameter};
use crate::routes::suggestion::{Candidate, near};
use crate::view::View;

/// The path, where everybody's terms stand.
pub(super) const PATH: &str = "/sources";

pub(super) static ROUTE: Route = Route {
    path: PATH,
    operation: "sources",
    summary: "Where the figures come from",
    description: "Every dataflow with its provider, licence, attribution, schedule, periods covered, newest vintage, \
                  freshness and last run.",
    segments: &[],
    parameters: &[
        Parameter {
            name: "dataflow",
            kind: Kind::Codes,
            description: "Only these dataflows.",
            example: "BNS_SDG_17_8_1",
        },
        LANG,
    ],
    formats: formats::LIST,
    caching: Caching::AskAlways,
    effort: Effort::Reading,
    refusals: &[ErrorCode::UnknownCode],
    schema: SchemaOf::of::<SourcesAnswer>(),
    answer,
};

/// The dataflow with this code.
pub(super) fn known_dataflow<'a>(view: &'a View, found: &str) -> Result<&'a DataflowId, ApiError> {
    view.sources.iter().map(|source| &source.dataflow).find(|dataflow| dataflow.as_str() == found).ok_or_else(|| {
        ApiError::UnknownCode {
            name: "dataflow",
            list: "/api/v1/sources",
            found: found.to_owned(),
            did_you_mean: near(
                found,
                view.sources.iter().map(|source| Candidate {
                    code: source.dataflow.as_str(),
                    names: [&source.name.kk, &source.name.ru, &source.name.en],
                }),
            ),
        }
    })
}

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let Question { view, query, .. } = question;
    let wanted =
        query.list("dataflow").into_iter().map(|found| known_dataflow(view, found)).collect::<Result<Vec<_>, _>>()?;
    let sources = view.sources.iter().filter(|source| wanted.is_empty() || wanted.contains(&&source.dataflow));
    if question.format.is_own() {
        return Content::json(&SourcesAnswer { sources: sources.cloned().collect() });
    }
    let citations =
        citations(view, |found| wanted.is_empty() || wanted.iter().any(|dataflow| dataflow.as_str() == found));
    question.cited_table(COLUMNS, sources.map(row).collect(), citations)
}

const COLUMNS: &[Column] = &[
    Column::dimension("dataflow", "The dataflow."),
    Column::label("name_kk", "Name of the table in Kazakh."),
    Column::label("name_ru", "Name of the table in Russian."),
    Column::label("name_en", "Name of the table in English."),
    Column::label("provider_en", "Name of the provider in English."),
    Column::attribute("landing_url", "Page where a person finds it."),
    Column::attribute("licence", "Licence or terms."),
    Column::attribute("attribution_en", "What must stand beside the data, in English."),
    Column::attribute("raw_open", "Whether the raw bytes may be handed out.").of(Values::Flag),
    Column::attribute("first_period", "First period with any value.").of(Values::Period),
    Column::attribute("last_period", "Newest period with any value.").of(Values::Period),
    Column::attribute("covered_period", "Newest period covered, by which freshness is judged.").of(Values::Period),
    Column::attribute("observations", "Observations in the newest vintage.").of(Values::Count),
    Column::attribute("vintage", "Newest vintage."),
    Column::attribute("as_of", "The day it was taken upstream.").of(Values::Date),
    Column::attribute("bundled", "Whether it is a bundled recording.").of(Values::Flag),
    Column::attribute("freshness", "How fresh it is by its calendar."),
    Column::attribute("indicators", "Indicators of the framework that use it, separated by spaces."),
];

fn row(source: &SourceEntry) -> Row {
    vec![
        source.dataflow.as_str().into(),
        (&source.name.kk).into(),
        (&source.name.ru).into(),
        (&source.name.en).into(),
        (&source.provider.en).into(),
        (&source.landing_url).into(),
        (&source.licence).into(),
        (&source.attribution.en).into(),
        source.raw_open.into(),
        shown(source.first_period),
        shown(source.last_period),
        shown(source.covered_period),
        source.observations.into(),
        shown(source.vintage.as_ref()),
        shown(source.as_of),
        source.bundled.into(),
        word(&source.freshness).into(),
        joined(&source.indicators),
    ]
}
