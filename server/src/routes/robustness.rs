//! `/robustness`: how far the places of a release hold when the method had been chosen otherwise, and which choice
//! they hang on. The intervals are part of the release; the shares are computed from its cells.

use std::fmt;

use indicators::definition::Panel;
use indicators::sensitivity::IndexInterval;
use indicators::wire::{FactorEntry, IndexEntry, RankRobustnessAnswer, RankRobustnessEntry, VarianceShare};

use crate::code_lists;
use crate::error::{ApiError, ErrorCode};
use crate::formats::{self, Column, Head, Row, Table, Values};
use crate::openapi::SchemaOf;
use crate::release::PublishedMethod;
use crate::rescoring;
use crate::routes::answer::{Caching, Content, Effort, Question, Route, citations_behind};
use crate::routes::index::{AREA, PANEL, PERIOD, RELEASE, area_name, chosen};
use crate::routes::query::LANG;
use crate::routes::releases::ensure_of_this_method;

pub(super) static ROUTE: Route = Route {
    path: "/robustness",
    operation: "robustness",
    summary: "How far the places hold",
    description: "For each area the places it takes in 90 % of a thousand variants of the method: weights within \
                  25 %, other normalisations and aggregations, an indicator left out, no substitutes. As JSON also \
                  the Sobol' indices: how much of the mean shift of ranks each of these choices explains, by itself \
                  and with everything it acts together with.",
    segments: &[],
    parameters: &[AREA, PANEL, PERIOD, RELEASE, LANG],
    formats: formats::CUBE,
    caching: Caching::Minutes,
    effort: Effort::Computing,
    refusals: &[ErrorCode::UnknownCode, ErrorCode::NoRelease],
    schema: SchemaOf::of::<RankRobustnessAnswer>(),
    answer,
};

const COLUMNS: &[Column] = &[
    Column::dimension("area", "Code of the area.").as_concept("REF_AREA"),
    Column::label("area_name", "Name of the area."),
    Column::measure("score", "Index, 0 to 100."),
    Column::measure("rank", "Place by the published method.").of(Values::Count),
    Column::measure("rank_low", "Better end of the rank interval.").of(Values::Count),
    Column::measure("rank_high", "Worse end of the rank interval.").of(Values::Count),
];

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let Question { view, query, .. } = question;
    let areas = query.areas(view)?;
    let language = query.language()?;
    let release = chosen(question, Panel::Regions)?;
    let wanted = |entry: &&IndexEntry| areas.is_empty() || areas.contains(&entry.area);
    let entries: Vec<RankRobustnessEntry> = release.answer.index.iter().filter(wanted).map(entry).collect();
    let citations = citations_behind(view, [&*release]);
    if !question.format.is_own() {
        let row = |entry: &RankRobustnessEntry| -> Row {
            let interval = entry.rank_interval;
            vec![
                entry.area.as_str().into(),
                area_name(view, entry.area.as_str(), language).into(),
                entry.score.into(),
                entry.rank.into(),
                interval.map(|interval| interval.low).into(),
                interval.map(|interval| interval.high).into(),
            ]
        };
        let head = Head {
            codes: vec![("area", code_lists::areas(view))],
            release: Some(release.reference().clone()),
            citations,
            ..question.head(COLUMNS, language)
        };
        return Ok(Content::table(Table::held(head, entries.iter().map(row).collect())));
    }
    ensure_of_this_method(view, "release", &release)?;
    let shares = rescoring::shares_of_choices(&view.framework, &release).map_err(|error| failed(&error))?;
    let share =
        |interval: IndexInterval| VarianceShare { value: interval.value, low: interval.low, high: interval.high };
    let settings = PublishedMethod::current().robustness;
    Content::json(&RankRobustnessAnswer {
        release: release.reference().clone(),
        replicates: u32::try_from(settings.replicates).unwrap_or(u32::MAX),
        seed: settings.seed,
        areas: entries,
        factors: shares
            .into_iter()
            .map(|one| FactorEntry { factor: one.factor, first: share(one.first), total: share(one.total) })
            .collect(),
        citations,
    })
}

fn entry(entry: &IndexEntry) -> RankRobustnessEntry {
    RankRobustnessEntry {
        area: entry.area.clone(),
        score: entry.score,
        rank: entry.rank,
        rank_interval: entry.rank_interval,
    }
}

fn failed(error: &dyn fmt::Display) -> ApiError {
    tracing::error!(%error, "the robustness of a release could not be computed");
    ApiError::Internal
}
