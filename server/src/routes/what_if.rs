//! `/what-if`: the ranking under a caller's own weights of the criteria.

use std::collections::BTreeMap;

use indicators::code::NodeCode;
use indicators::definition::{INDEX, Panel};
use indicators::framework::Weight;
use indicators::wire::{WhatIfAnswer, WhatIfEntry};

use crate::code_lists;
use crate::error::{ApiError, ErrorCode};
use crate::formats::{self, Column, Head, Row, Table, Values};
use crate::openapi::SchemaOf;
use crate::rescoring;
use crate::routes::answer::{Caching, Content, Effort, Question, Route, citations_behind};
use crate::routes::index::{PANEL, PERIOD, RELEASE, chosen};
use crate::routes::query::{Kind, LANG, Parameter, bad};
use crate::routes::releases::ensure_of_this_method;
use crate::view::View;

pub(super) static ROUTE: Route = Route {
    path: "/what-if",
    operation: "what_if",
    summary: "Scores and ranks under your own weights",
    description: "Computes a release again with other weights of the criteria and shows the published score and rank \
                  beside. Everything else is the published method.",
    segments: &[],
    parameters: &[
        Parameter {
            name: "weights",
            kind: Kind::Token,
            description: "Weights by criterion, `code:weight` separated by commas; they need not sum to 1. Criteria \
                          that are not named keep their weight.",
            example: "internet_access:2,human_resources:0.5",
        },
        PANEL,
        PERIOD,
        RELEASE,
        LANG,
    ],
    formats: formats::CUBE,
    caching: Caching::Minutes,
    effort: Effort::Computing,
    refusals: &[ErrorCode::UnknownCode, ErrorCode::NoRelease],
    schema: SchemaOf::of::<WhatIfAnswer>(),
    answer,
};

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let Question { view, query, .. } = question;
    let weights = weights(view, query.one("weights").unwrap_or_default())?;
    let release = chosen(question, Panel::Regions)?;
    ensure_of_this_method(view, "release", &release)?;
    let given = weights.iter().map(|(code, weight)| (code.to_string(), weight.value())).collect();
    let composite = rescoring::with_weights(&view.framework, &release, weights).map_err(|error| {
        tracing::info!(%error, "weights were refused");
        bad("weights", "weights under which the index can be computed", query.one("weights").unwrap_or_default())
    })?;
    let areas: Vec<WhatIfEntry> = release
        .answer
        .index
        .iter()
        .map(|entry| WhatIfEntry {
            area: entry.area.clone(),
            score: composite.score(INDEX, entry.area.as_str()),
            rank: composite.rank(INDEX, entry.area.as_str()).and_then(|rank| u32::try_from(rank).ok()),
            published_score: entry.score,
            published_rank: entry.rank,
        })
        .collect();
    let citations = citations_behind(view, [&*release]);
    if question.format.is_own() {
        return Content::json(&WhatIfAnswer { release: release.reference().clone(), weights: given, areas, citations });
    }
    let head = Head {
        codes: vec![("area", code_lists::areas(view))],
        release: Some(release.reference().clone()),
        citations,
        ..question.head(COLUMNS, query.language()?)
    };
    Ok(Content::table(Table::held(head, areas.iter().map(row).collect())))
}

fn weights(view: &View, text: &str) -> Result<BTreeMap<NodeCode, Weight>, ApiError> {
    text.split(',')
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let refuse = || bad("weights", "code:weight of a criterion, the weight a number from 0 to 1000000", pair);
            let (code, weight) = pair.split_once(':').ok_or_else(refuse)?;
            let known = view.criteria.iter().any(|criterion| criterion.code.as_str() == code);
            let weight: f64 = weight.parse().map_err(|_no_number| refuse())?;
            if !known || !(0.0..=1_000_000.0).contains(&weight) {
                return Err(refuse());
            }
            let code: NodeCode = code.parse().map_err(|_no_code| refuse())?;
            Ok((code, Weight::try_from(weight).map_err(|_no_weight| refuse())?))
        })
        .collect()
}

const COLUMNS: &[Column] = &[
    Column::dimension("area", "Code of the area.").as_concept("REF_AREA"),
    Column::measure("score", "Score under the weights given."),
    Column::measure("rank", "Place under the weights given.").of(Values::Count),
    Column::measure("published_score", "Published score."),
    Column::measure("published_rank", "Published place.").of(Values::Count),
];

fn row(entry: &WhatIfEntry) -> Row {
    vec![
        entry.area.as_str().into(),
        entry.score.into(),
        entry.rank.into(),
        entry.published_score.into(),
        entry.published_rank.into(),
    ]
}
