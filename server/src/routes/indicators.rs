//! `/indicators`: what each criterion is made of.

use indicators::code::CriterionCode;
use indicators::wire::{IndicatorEntry, IndicatorsAnswer};

use crate::error::{ApiError, ErrorCode};
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Question, Route};
use crate::routes::areas::word;
use crate::routes::negotiation::Format;
use crate::routes::query::{Kind, PANELS, Parameter};
use crate::routes::suggestion::{Candidate, near};
use crate::routes::table::{Table, joined};
use crate::view::View;

pub(super) static ROUTE: Route = Route {
    path: "/indicators",
    operation: "indicators",
    summary: "The indicators of both panels",
    description: "Each with its criterion, unit of measure, direction, goalposts and their reason, weight, greatest \
                  age of a value and its reason, and the dataflows it comes from.",
    segment: None,
    parameters: &[
        Parameter {
            name: "panel",
            kind: Kind::Choice(PANELS),
            description: "Only the indicators of one panel.",
            example: "regions",
        },
        Parameter {
            name: "criterion",
            kind: Kind::Codes,
            description: "Only the indicators of these criteria.",
            example: "internet_access",
        },
    ],
    formats: &[Format::Json, Format::Csv],
    caching: Caching::Minutes,
    refusals: &[ErrorCode::UnknownCode],
    schema: SchemaOf::of::<IndicatorsAnswer>(),
    answer,
};

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let Question { view, query, .. } = question;
    let panel = query.panel()?;
    let criteria =
        query.list("criterion").into_iter().map(|found| known_criterion(view, found)).collect::<Result<Vec<_>, _>>()?;
    let indicators = view.indicators.iter().filter(|indicator| {
        panel.is_none_or(|panel| indicator.panel == panel)
            && (criteria.is_empty() || criteria.contains(&&indicator.criterion))
    });
    match question.format {
        Format::Json => Content::json(&IndicatorsAnswer { indicators: indicators.cloned().collect() }),
        Format::Csv => Content::csv(table(indicators)),
    }
}

fn known_criterion<'a>(view: &'a View, found: &str) -> Result<&'a CriterionCode, ApiError> {
    view.criteria.iter().map(|criterion| &criterion.code).find(|code| code.as_str() == found).ok_or_else(|| {
        ApiError::UnknownCode {
            name: "criterion",
            list: "/api/v1/criteria",
            found: found.to_owned(),
            did_you_mean: near(
                found,
                view.criteria.iter().map(|criterion| Candidate {
                    code: criterion.code.as_str(),
                    names: [&criterion.name.kk, &criterion.name.ru, &criterion.name.en],
                }),
            ),
        }
    })
}

fn table<'a>(indicators: impl Iterator<Item = &'a IndicatorEntry>) -> Result<Vec<u8>, csv::Error> {
    let mut table = Table::new(&[
        "code",
        "panel",
        "criterion",
        "name_kk",
        "name_ru",
        "name_en",
        "unit",
        "unit_name_en",
        "decimals",
        "direction",
        "goalpost_low",
        "goalpost_high",
        "weight",
        "max_age_years",
        "national_only",
        "proxy",
        "dataflows",
    ])?;
    for indicator in indicators {
        table.row([
            indicator.code.as_str().into(),
            indicator.panel.code().into(),
            indicator.criterion.as_str().into(),
            (&indicator.name.kk).into(),
            (&indicator.name.ru).into(),
            (&indicator.name.en).into(),
            (&indicator.unit.code).into(),
            (&indicator.unit.name.en).into(),
            u64::from(indicator.decimals).into(),
            word(&indicator.direction).into(),
            indicator.goalpost_low.into(),
            indicator.goalpost_high.into(),
            indicator.weight.into(),
            u64::from(indicator.max_age_years).into(),
            indicator.national_only.into(),
            indicator.proxy_note.is_some().into(),
            joined(&indicator.dataflows),
        ])?;
    }
    table.finish()
}
