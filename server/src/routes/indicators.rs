//! `/indicators`: what each criterion is made of.

use indicators::code::CriterionCode;
use indicators::wire::{IndicatorEntry, IndicatorsAnswer};

use crate::error::{ApiError, ErrorCode};
use crate::formats::table::joined;
use crate::formats::{self, Column, Row, Values};
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route};
use crate::routes::areas::word;
use crate::routes::query::{Kind, LANG, PANELS, Parameter};
use crate::routes::suggestion::{Candidate, near};
use crate::view::View;

pub(super) static ROUTE: Route = Route {
    path: "/indicators",
    operation: "indicators",
    summary: "The indicators of both panels",
    description: "Each with its criterion, unit of measure, direction, goalposts and their reason, weight, greatest \
                  age of a value and its reason, and the dataflows it comes from.",
    segments: &[],
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
        LANG,
    ],
    formats: formats::LIST,
    caching: Caching::Minutes,
    effort: Effort::Reading,
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
    if question.format.is_own() {
        return Content::json(&IndicatorsAnswer { indicators: indicators.cloned().collect() });
    }
    question.table(COLUMNS, indicators.map(row).collect())
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

const COLUMNS: &[Column] = &[
    Column::dimension("code", "Code, unique within the panel."),
    Column::dimension("panel", "`regions` or `countries`."),
    Column::attribute("criterion", "The criterion it belongs to."),
    Column::label("name_kk", "Name in Kazakh."),
    Column::label("name_ru", "Name in Russian."),
    Column::label("name_en", "Name in English."),
    Column::attribute("unit", "Code of the unit of measure."),
    Column::label("unit_name_en", "The unit of measure in English."),
    Column::attribute("decimals", "Digits after the decimal point for people.").of(Values::Count),
    Column::attribute("direction", "Whether more is better."),
    Column::attribute("goalpost_low", "Lower goalpost, in the unit.").of(Values::Number),
    Column::attribute("goalpost_high", "Upper goalpost, in the unit.").of(Values::Number),
    Column::attribute("weight", "Relative weight within the criterion.").of(Values::Number),
    Column::attribute("max_age_years", "Greatest age of a value before the reference year.").of(Values::Count),
    Column::attribute("national_only", "Whether only a national value exists.").of(Values::Flag),
    Column::attribute("proxy", "Whether it stands in for something not measured.").of(Values::Flag),
    Column::attribute("dataflows", "Dataflows it comes from, separated by spaces."),
];

fn row(indicator: &IndicatorEntry) -> Row {
    vec![
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
    ]
}
