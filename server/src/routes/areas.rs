//! `/areas`: the code list of areas with names, validity and predecessors.

use indicators::area::AreaLevel;
use indicators::code::AreaCode;
use indicators::wire::{AreaEntry, AreasAnswer};

use crate::error::{ApiError, ErrorCode};
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Question, Route};
use crate::routes::negotiation::Format;
use crate::routes::query::{Kind, Parameter};
use crate::routes::table::{Table, joined, shown};

const LEVELS: &[&str] = &["country", "region"];

pub(super) static ROUTE: Route = Route {
    path: "/areas",
    operation: "areas",
    summary: "The code list of areas",
    description: "Countries by ISO 3166-1 alpha-3, regions by ISO 3166-2, each with its names in three languages, \
                  the days it is valid, the areas it was split from and the days its territory changed.",
    segment: None,
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
    ],
    formats: &[Format::Json, Format::Csv],
    caching: Caching::Minutes,
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
    match question.format {
        Format::Json => Content::json(&AreasAnswer { areas: areas.cloned().collect() }),
        Format::Csv => Content::csv(table(areas)),
    }
}

fn is_valid_in(area: &AreaEntry, year: i16) -> bool {
    area.valid_from.is_none_or(|from| from.year() <= year) && area.valid_to.is_none_or(|to| to.year() > year)
}

fn table<'a>(areas: impl Iterator<Item = &'a AreaEntry>) -> Result<Vec<u8>, csv::Error> {
    let mut table = Table::new(&[
        "code",
        "level",
        "kind",
        "name_kk",
        "name_ru",
        "name_en",
        "parent",
        "predecessors",
        "valid_from",
        "valid_to",
    ])?;
    for area in areas {
        table.row([
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
        ])?;
    }
    table.finish()
}

/// The word a plain enumeration is written as in JSON, so that both formats say the same.
pub(super) fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
