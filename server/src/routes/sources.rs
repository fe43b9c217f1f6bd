//! `/sources`: provenance, licence and freshness of every dataflow.

use indicators::code::DataflowId;
use indicators::wire::{SourceEntry, SourcesAnswer};

use crate::error::{ApiError, ErrorCode};
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Question, Route};
use crate::routes::areas::word;
use crate::routes::negotiation::Format;
use crate::routes::query::{Kind, Parameter};
use crate::routes::suggestion::{Candidate, near};
use crate::routes::table::{Table, joined, shown};
use crate::view::View;

pub(super) static ROUTE: Route = Route {
    path: "/sources",
    operation: "sources",
    summary: "Where the figures come from",
    description: "Every dataflow with its provider, licence, attribution, schedule, periods covered, newest vintage, \
                  freshness and last run.",
    segment: None,
    parameters: &[Parameter {
        name: "dataflow",
        kind: Kind::Codes,
        description: "Only these dataflows.",
        example: "BNS_SDG_17_8_1",
    }],
    formats: &[Format::Json, Format::Csv],
    caching: Caching::AskAlways,
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
    match question.format {
        Format::Json => Content::json(&SourcesAnswer { sources: sources.cloned().collect() }),
        Format::Csv => Content::csv(table(sources)),
    }
}

fn table<'a>(sources: impl Iterator<Item = &'a SourceEntry>) -> Result<Vec<u8>, csv::Error> {
    let mut table = Table::new(&[
        "dataflow",
        "name_kk",
        "name_ru",
        "name_en",
        "provider_en",
        "landing_url",
        "licence",
        "attribution_en",
        "raw_open",
        "first_period",
        "last_period",
        "observations",
        "vintage",
        "as_of",
        "bundled",
        "freshness",
        "indicators",
    ])?;
    for source in sources {
        table.row([
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
            source.observations.into(),
            shown(source.vintage.as_ref()),
            shown(source.as_of),
            source.bundled.into(),
            word(&source.freshness).into(),
            joined(&source.indicators),
        ])?;
    }
    table.finish()
}
