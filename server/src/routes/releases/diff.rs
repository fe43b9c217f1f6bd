//! `/releases/{a}/diff/{b}`: why the scores of two releases differ.

use indicators::comparison::ScoreChange;
use indicators::wire::{DiffAnswer, DiffEntry};

use super::{ensure_of_this_method, find};
use crate::code_lists;
use crate::error::{ApiError, ErrorCode};
use crate::formats::{self, Column, Field, Head, Row, Table, Values};
use crate::openapi::SchemaOf;
use crate::rescoring;
use crate::routes::answer::{Caching, Content, Effort, Question, Route, citations_behind};
use crate::routes::query::{Kind, LANG, Parameter, bad};

const RELEASE: &str = "Identifier of a release, in force or superseded, from `/releases`.";

pub(in crate::routes) static ROUTE: Route = Route {
    path: "/releases/{a}/diff/{b}",
    operation: "diff",
    summary: "Why the scores of two releases differ",
    description: "Each change of a score from release `a` to release `b` of one panel, split exactly into new data (a \
                  value of another period), revised data (another value of the same period), method and peers. The \
                  four parts sum to the change. The node `index` is the index itself, the others are criteria and \
                  indicators.",
    segments: &[
        Parameter { name: "a", kind: Kind::Token, description: RELEASE, example: "" },
        Parameter { name: "b", kind: Kind::Token, description: RELEASE, example: "" },
    ],
    parameters: &[LANG],
    formats: formats::CUBE,
    caching: Caching::Immutable,
    effort: Effort::Computing,
    refusals: &[ErrorCode::NoRelease, ErrorCode::BadParameter],
    schema: SchemaOf::of::<DiffAnswer>(),
    answer,
};

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let view = question.view;
    let (before, after) = (find(question, question.segment("a"))?, find(question, question.segment("b"))?);
    ensure_of_this_method(view, "a", &before)?;
    ensure_of_this_method(view, "b", &after)?;
    let (first, last) = (before.reference(), after.reference());
    if first.panel != last.panel {
        let expected = format!("a release of the panel {}", first.panel.code());
        return Err(bad("b", &expected, &format!("{} of the panel {}", last.id, last.panel.code())));
    }
    let changes = rescoring::differences(&view.framework, &before, &after).map_err(|error| {
        tracing::error!(%error, before = first.id, after = last.id, "two releases could not be compared");
        ApiError::Internal
    })?;
    let changes: Vec<DiffEntry> = changes.into_iter().map(entry).collect();
    let citations = citations_behind(view, [&*before, &*after]);
    if question.format.is_own() {
        return Content::json(&DiffAnswer { before: first.clone(), after: last.clone(), changes, citations });
    }
    let head = Head {
        codes: vec![("area", code_lists::areas(view))],
        release: Some(last.clone()),
        citations,
        ..question.head(COLUMNS, question.query.language()?)
    };
    Ok(Content::table(Table::held(head, changes.iter().map(row).collect())))
}

fn entry(change: ScoreChange) -> DiffEntry {
    let rank = |rank: Option<usize>| rank.and_then(|rank| u32::try_from(rank).ok());
    DiffEntry {
        area: change.area,
        node: change.node.to_string(),
        before: change.before,
        after: change.after,
        new_data: change.new_data,
        revised_data: change.revised_data,
        method: change.method,
        peers: change.peers,
        rank_before: rank(change.rank_before),
        rank_after: rank(change.rank_after),
    }
}

const COLUMNS: &[Column] = &[
    Column::dimension("area", "Code of the area.").as_concept("REF_AREA"),
    Column::dimension("node", "`index`, a criterion or an indicator."),
    Column::measure("before", "Score in the first release."),
    Column::measure("after", "Score in the second release."),
    Column::measure("new_data", "Part of the change from values of another period."),
    Column::measure("revised_data", "Part of the change from other values of the same period."),
    Column::measure("method", "Part of the change from framework and recipe."),
    Column::measure("peers", "Part of the change from other areas."),
    Column::measure("rank_before", "Place in the first release.").of(Values::Count),
    Column::measure("rank_after", "Place in the second release.").of(Values::Count),
];

fn row(change: &DiffEntry) -> Row {
    let number = |number: f64| Field::Number(Some(number));
    vec![
        change.area.as_str().into(),
        (&change.node).into(),
        number(change.before),
        number(change.after),
        number(change.new_data),
        number(change.revised_data),
        number(change.method),
        number(change.peers),
        change.rank_before.into(),
        change.rank_after.into(),
    ]
}
