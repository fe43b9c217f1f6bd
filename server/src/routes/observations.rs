//! `/observations`: the values as published, filtered and paged. A cursor is a place in the order
//! of the observations of certain vintages; when these change it expires.

use indicators::wire::ObservationsAnswer;

use crate::error::{ApiError, ErrorCode};
use crate::formats;
use crate::limits::PUBLISHED;
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route, citations};
use crate::routes::cursor::Cursor;
use crate::routes::index::AREA;
use crate::routes::query::{Kind, LANG, Parameter};

use filter::Filter;

pub(super) mod filter;
pub(crate) mod rows;

pub(super) const INDICATOR: Parameter = Parameter {
    name: "indicator",
    kind: Kind::Codes,
    description: "Only these measured indicators. A derived indicator of the framework is not measured; `/frameworks` \
                  says from which it is made.",
    example: "internet_users",
};
pub(super) const DATAFLOW: Parameter = Parameter {
    name: "dataflow",
    kind: Kind::Codes,
    description: "Only from these dataflows.",
    example: "BNS_SDG_17_8_1",
};

pub(super) static ROUTE: Route = Route {
    path: "/observations",
    operation: "observations",
    summary: "Observations, filtered and paged",
    description: "Values with status, dataflow, vintage and the snapshot they were read from, ordered by indicator, breakdown, area and period. JSON \
                  comes in pages; `next_cursor` and the `Link` header lead to the next. When the observations \
                  change between two pages the cursor is refused with 410. Other formats come whole unless `limit` is given. \
                  A missing value is `null` with a status that says why, never 0.",
    segments: &[],
    parameters: &[
        INDICATOR,
        AREA,
        DATAFLOW,
        Parameter {
            name: "period",
            kind: Kind::PeriodRange,
            description: "A period (`2023`, `2024-Q3`, `2024-08`) or a range (`2016..2024`, `2020..`, `..2019`), both \
                          ends included. A year as an end takes in its quarters and months.",
            example: "2020..2023",
        },
        Parameter { name: "start_period", kind: Kind::Period, description: "Not before this period.", example: "2020" },
        Parameter { name: "end_period", kind: Kind::Period, description: "Not after this period.", example: "2023" },
        Parameter {
            name: "urbanisation",
            kind: Kind::Choices(&["_T", "U", "R"]),
            description: "Only totals `_T`, urban `U` or rural `R`.",
            example: "_T",
        },
        Parameter {
            name: "sex",
            kind: Kind::Choices(&["_T", "M", "F"]),
            description: "Only totals `_T`, men `M` or women `F`.",
            example: "_T",
        },
        Parameter {
            name: "age",
            kind: Kind::Codes,
            description: "Only these age groups; `_T` for the total.",
            example: "_T",
        },
        Parameter {
            name: "limit",
            kind: Kind::Integer { least: 1, most: PUBLISHED.max_page_size },
            description: "Observations on a page (default 1000).",
            example: "100",
        },
        Parameter {
            name: "cursor",
            kind: Kind::Token,
            description: "`next_cursor` of the page before, every other parameter but `limit` unchanged.",
            example: "",
        },
        Parameter {
            name: "as_of",
            kind: Kind::Date,
            description: "The observations as they were known on this day: of each value the newest vintage not after it. \
                          Of a moment, `2026-01-01T10:00:00Z`, the day that stands in it counts.",
            example: "2026-01-01",
        },
        Parameter {
            name: "fields",
            kind: Kind::Choices(rows::NAMES),
            description: "Only these fields of each observation. `area_name`, `freq` and `unit` stand in tables only. JSON-stat and \
                          SDMX-CSV keep every dimension, because a value is found by its key there.",
            example: "area,period,value",
        },
        LANG,
    ],
    formats: formats::DATAFLOW,
    caching: Caching::Minutes,
    effort: Effort::ComputingWith("as_of"),
    refusals: &[ErrorCode::UnknownCode, ErrorCode::ForeignCursor, ErrorCode::CursorExpired],
    schema: SchemaOf::of::<ObservationsAnswer>(),
    answer,
};

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let Question { query, service, format, .. } = question;
    let view = &question.view_as_of("as_of")?;
    // Codes are known now or never; what was known of them on a day may be nothing.
    let filter = Filter::read(question.view, query)?;
    let language = query.language()?;
    let fields: Vec<String> = query.words("fields", rows::NAMES)?;
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let limits = service.limits();
    let limit = query.integer("limit", 1, limits.max_page_size)?;
    let limit = if format.is_own() { Some(limit.unwrap_or(limits.default_page_size)) } else { limit };
    let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let cursor = Cursor {
        edition: view.edition(),
        question: filter.fingerprint(query.one("as_of").unwrap_or_default()),
        position: 0,
    };
    let begin = query.one("cursor").map(|found| cursor.resume(found)).transpose()?.unwrap_or_default();

    let wanted: Vec<usize> = filter
        .stretches(view)
        .into_iter()
        .flatten()
        .filter(|&place| view.observations.get(place).is_some_and(|entry| filter.takes(entry)))
        .collect();
    let total = u64::try_from(wanted.len()).unwrap_or(u64::MAX);
    let mut rest = wanted.into_iter().filter(|&place| place >= begin);
    let page: Vec<usize> = rest.by_ref().take(limit).collect();
    let next = rest.next().map(|position| Cursor { position, ..cursor }.to_string());

    if format.is_own() {
        let page: Vec<_> = page.into_iter().filter_map(|place| view.observations.get(place)).collect();
        let answer = ObservationsAnswer {
            total,
            citations: citations(view, |dataflow| page.iter().any(|entry| entry.dataflow.as_str() == dataflow)),
            observations: page.into_iter().cloned().collect(),
            next_cursor: next.clone(),
        };
        return Ok(Content::json_fields(&answer, "observations", &fields)?.followed_by(next));
    }
    let table = rows::table(view, question.head(rows::COLUMNS, language), page).select(&fields, format);
    Ok(Content::table(table).followed_by(next))
}

#[cfg(test)]
mod tests;
