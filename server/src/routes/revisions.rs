//! `/revisions`: values that a provider later changed, with what was known before and what is known since.

use std::collections::BTreeSet;

use indicators::wire::{RevisionEntry, RevisionsAnswer};

use super::index::AREA;
use super::observations::filter::Filter;
use super::observations::{DATAFLOW, INDICATOR};
use crate::error::{ApiError, ErrorCode};
use crate::formats::table::shown;
use crate::formats::{self, Column, Row, Values};
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route, citations};
use crate::routes::query::{Kind, LANG, Parameter};

pub(super) static ROUTE: Route = Route {
    path: "/revisions",
    operation: "revisions",
    summary: "What was said and later said otherwise",
    description: "Each value that one vintage gave and a later one changed, with both values and both vintages, newest \
                  first. A value that is new, or that was withdrawn, is no revision. `after` is `null` where the provider \
                  took a value back and kept its place.",
    segments: &[],
    parameters: &[
        INDICATOR,
        AREA,
        DATAFLOW,
        Parameter {
            name: "period",
            kind: Kind::PeriodRange,
            description: "A period or a range of periods that the values describe, both ends included.",
            example: "2015..2020",
        },
        LANG,
    ],
    formats: formats::LIST,
    caching: Caching::Minutes,
    effort: Effort::Reading,
    refusals: &[ErrorCode::UnknownCode],
    schema: SchemaOf::of::<RevisionsAnswer>(),
    answer,
};

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let Question { view, query, .. } = question;
    let filter = Filter::read(view, query)?;
    let mut revisions = view.revisions();
    revisions.retain(|revision| filter.takes_revision(revision));
    let used: BTreeSet<&str> = revisions.iter().map(|revision| revision.dataflow.as_str()).collect();
    let citations = citations(view, |dataflow| used.contains(dataflow));
    if question.format.is_own() {
        return Content::json(&RevisionsAnswer { revisions, citations });
    }
    question.cited_table(COLUMNS, revisions.iter().map(row).collect(), citations)
}

const COLUMNS: &[Column] = &[
    Column::dimension("dataflow", "The dataflow."),
    Column::dimension("indicator", "The measured indicator."),
    Column::dimension("urbanisation", "`_T` total, `U` urban, `R` rural."),
    Column::dimension("sex", "`_T` total, `M` male, `F` female."),
    Column::dimension("age", "`_T` total, or an SDMX age code."),
    Column::dimension("area", "The area."),
    Column::dimension("period", "The period.").of(Values::Period),
    Column::attribute("before", "What was known before.").of(Values::Number),
    Column::attribute("before_vintage", "The vintage that had brought it."),
    Column::attribute("after", "What is known since.").of(Values::Number),
    Column::dimension("after_vintage", "The vintage that changed it."),
];

fn row(revision: &RevisionEntry) -> Row {
    vec![
        revision.dataflow.as_str().into(),
        revision.indicator.as_str().into(),
        (&revision.urbanisation).into(),
        (&revision.sex).into(),
        (&revision.age).into(),
        revision.area.as_str().into(),
        shown(Some(revision.period)),
        Some(revision.before).into(),
        (&revision.before_vintage).into(),
        revision.after.into(),
        (&revision.after_vintage).into(),
    ]
}
