//! `/releases` and `/releases/{id}`: what was published, whole and under an address that names its
//! content.

use std::cmp::Reverse;
use std::sync::Arc;

use indicators::wire::{ReleaseAnswer, ReleaseRef, ReleasesAnswer};

use crate::error::{ApiError, ErrorCode};
use crate::formats::table::shown;
use crate::formats::{self, Column, Row, Values};
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route, list_releases};
use crate::routes::query::{Kind, LANG, PANELS, Parameter};
use crate::view::{Release, View};

pub(super) mod diff;

pub(super) static ROUTE: Route = Route {
    path: "/releases",
    operation: "releases",
    summary: "The releases in force",
    description: "One for each panel and reference year, the newest year first.",
    segments: &[],
    parameters: &[
        Parameter {
            name: "panel",
            kind: Kind::Choice(PANELS),
            description: "Only the releases of one panel.",
            example: "regions",
        },
        LANG,
    ],
    formats: formats::LIST,
    caching: Caching::Minutes,
    effort: Effort::Reading,
    refusals: &[],
    schema: SchemaOf::of::<ReleasesAnswer>(),
    answer,
};

pub(super) static ONE_ROUTE: Route = Route {
    path: "/releases/{id}",
    operation: "release",
    summary: "One release, whole",
    description: "Scores, ranks and the profile of every area compared. A release never changes: its identifier is \
                  the hash of its content.",
    segments: &[Parameter {
        name: "id",
        kind: Kind::Token,
        description: "Identifier, from `/releases` or from any answer's `release.id`.",
        example: "",
    }],
    parameters: &[],
    formats: formats::DOCUMENT,
    caching: Caching::Immutable,
    effort: Effort::Reading,
    refusals: &[ErrorCode::NoRelease],
    schema: SchemaOf::of::<ReleaseAnswer>(),
    answer: answer_one,
};

/// The releases in force, by panel, newest reference year first.
pub(super) fn newest_first(view: &View) -> Vec<&ReleaseRef> {
    let mut releases: Vec<&ReleaseRef> = view.releases.values().map(|release| release.reference()).collect();
    releases.sort_by_key(|release| (release.panel, Reverse(release.reference_year)));
    releases
}

/// The release with an identifier.
pub(super) fn find<'a>(view: &'a View, id: &str) -> Result<&'a Arc<Release>, ApiError> {
    view.releases.values().find(|release| release.reference().id == id).ok_or_else(|| ApiError::NoRelease {
        name: "id",
        found: id.to_owned(),
        expected: list_releases(newest_first(view).into_iter()),
    })
}

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let panel = question.query.panel()?;
    let releases =
        newest_first(question.view).into_iter().filter(|release| panel.is_none_or(|panel| release.panel == panel));
    if question.format.is_own() {
        return Content::json(&ReleasesAnswer { releases: releases.cloned().collect() });
    }
    question.table(COLUMNS, releases.map(row).collect())
}

const COLUMNS: &[Column] = &[
    Column::dimension("id", "Content address of the release."),
    Column::attribute("panel", "`regions` or `countries`."),
    Column::attribute("reference_year", "Reference year.").of(Values::Period),
    Column::attribute("framework", "Code and version of the framework."),
    Column::attribute("recipe", "Content address of the recipe."),
    Column::attribute("data_as_of", "The newest vintage that entered, by its day.").of(Values::Date),
];

fn row(release: &ReleaseRef) -> Row {
    vec![
        (&release.id).into(),
        release.panel.code().into(),
        shown(Some(release.reference_year)),
        (&release.framework).into(),
        (&release.recipe).into(),
        shown(release.data_as_of),
    ]
}

fn answer_one(question: &Question<'_>) -> Result<Content, ApiError> {
    let release = find(question.view, question.segment("id"))?;
    Content::json(&ReleaseAnswer {
        release: release.answer.release.clone(),
        national: release.answer.national.clone(),
        index: release.answer.index.clone(),
        profiles: release.profiles.clone(),
    })
}
