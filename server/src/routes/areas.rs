//! `/areas`: the code list of areas with names, validity and predecessors.

use indicators::area::AreaLevel;
use indicators::code::AreaCode;
use indicators::wire::{AreaEntry, AreasAnswer};

use crate::error::{ApiError, ErrorCode};
use crate::formats::table::{joined, shown};
use crate::formats::{self, Column, Row, Values};
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route};
use crate::routes::query::{Kind, LANG, Parameter};

const LEVELS: &[&str] = &["country", "region"];

pub(super) static ROUTE: Route = Route {
    path: "/areas",
    operation: "areas",
    summary: "The code list of areas",
    description: "Countries by ISO 3166-1 alpha-3, regions by ISO 3166-2, each with its names in three languages, \
                  the days it is valid, the areas it was split from and the days its territory changed.",
    segments: &[],
    parameters: &[
        Parameter { name: "area", kind: Kind::Codes, description: "Only these areas.", example: "KZ-10,KZ-61" },
        Parameter {
            name: "level",
            kind: Kind::Choice(LEVELS),
            description: "Only countries or only regions.",
            example: "region",
        },
        Parameter {
            name: "valid_in",
            kind: Kind::Year,
            description: "Only areas that exist at the end of this year.",
            example: "2023",
        },
        LANG,
    ],
    formats: formats::LIST,
    caching: Caching::Minutes,
    effort: Effort::Reading,
    refusals: &[ErrorCode::UnknownCode],
    schema: SchemaOf::of::<AreasAnswer>(),
    answer,
};

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let Question { view, query, .. } = question;
    let wanted: Vec<AreaCode> = query.areas(view)?;
    let level: Option<AreaLevel> = query.word("level", LEVELS)?;
    let year = query.year("valid_in")?;
    let areas = view.areas.iter().filter(|area| {
        (wanted.is_empty() || wanted.contains(&area.code))
            && level.is_none_or(|level| area.level == level)
            && year.is_none_or(|year| is_valid_in(area, year))
    });
    if question.format.is_own() {
        return Content::json(&AreasAnswer { areas: areas.cloned().collect() });
    }
    question.table(COLUMNS, areas.map(row).collect())
}

fn is_valid_in(area: &AreaEntry, year: i16) -> bool {
    area.valid_from.is_none_or(|from| from.year() <= year) && area.valid_to.is_none_or(|to| to.year() > year)
}

const COLUMNS: &[Column] = &[
    Column::dimension("code", "Code: ISO 3166-1 alpha-3 of a country, ISO 3166-2 of a region."),
    Column::attribute("level", "`country` or `region`."),
    Column::attribute("kind", "`country`, `region` or `city`."),
    Column::label("name_kk", "Name in Kazakh."),
    Column::label("name_ru", "Name in Russian."),
    Column::label("name_en", "Name in English."),
    Column::attribute("parent", "Country of a region."),
    Column::attribute("predecessors", "Areas it was split from, separated by spaces."),
    Column::attribute("valid_from", "First day of validity; empty for as far as the data reach.").of(Values::Date),
    Column::attribute("valid_to", "First day on which it no longer exists.").of(Values::Date),
];

fn row(area: &AreaEntry) -> Row {
    vec![
        area.code.as_str().into(),
        word(&area.level).into(),
        word(&area.kind).into(),
        (&area.name.kk).into(),
        (&area.name.ru).into(),
        (&area.name.en).into(),
        shown(area.parent.as_ref()),
        joined(&area.predecessors),
        shown(area.valid_from),
        shown(area.valid_to),
    ]
}

/// The word a plain enumeration is written as in JSON, so that both formats say the same.
pub(super) fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
