//! `/releases` and `/releases/{id}`: what was published, whole and under an address that names its
//! content. What is no longer in force is read from the disk, because it is held nowhere else.

use std::cmp::Reverse;
use std::sync::Arc;

use indicators::wire::{ReleaseAnswer, ReleaseEntry, ReleaseRef, ReleasesAnswer};
use jiff::civil::Date;

use crate::error::{ApiError, ErrorCode};
use crate::formats::table::shown;
use crate::formats::{self, Column, Row, Values};
use crate::openapi::SchemaOf;
use crate::release_archive::ReleaseArchive;
use crate::routes::answer::{Caching, Content, Effort, Question, Route, citations_behind, list_releases};
use crate::routes::query::{Kind, LANG, PANELS, Parameter, bad};
use crate::view::{Release, View};

pub(super) mod diff;

pub(super) static ROUTE: Route = Route {
    path: "/releases",
    operation: "releases",
    summary: "The releases published",
    description: "Those in force, one for each panel and reference year, the newest year first. A release that newer \
                  figures have taken the place of stays under its identifier; `state` lists it.",
    segments: &[],
    parameters: &[
        Parameter {
            name: "state",
            kind: Kind::Choice(STATES),
            description: "`in_force` (the default), `superseded` (published and replaced), or `all`.",
            example: "all",
        },
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

/// Which releases are listed; the first when nothing is said.
const STATES: &[&str] = &["in_force", "superseded", "all"];

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

/// The release with an identifier: one in force, or one that was.
pub(super) fn find(question: &Question<'_>, id: &str) -> Result<Arc<Release>, ApiError> {
    let view = question.view;
    if let Some(release) = view.releases.values().find(|release| release.reference().id == id) {
        return Ok(Arc::clone(release));
    }
    let superseded = question.service.archive().map(|archive| archive.read(id)).transpose().map_err(|error| {
        tracing::error!(%error, id, "a release that was published could not be read");
        ApiError::Internal
    })?;
    superseded.flatten().map(Arc::new).ok_or_else(|| ApiError::NoRelease {
        name: "id",
        found: id.to_owned(),
        expected: list_releases(newest_first(view).into_iter()),
    })
}

/// Refuses a release of another method than the one in force, where something is to be computed from it.
pub(super) fn ensure_of_this_method(view: &View, name: &'static str, release: &Release) -> Result<(), ApiError> {
    let found = release.reference();
    let Some(now) = view.release(found.panel, None).map(|release| release.reference()) else { return Ok(()) };
    if (&now.framework, &now.recipe) == (&found.framework, &found.recipe) {
        return Ok(());
    }
    let expected = format!("a release of framework {} and recipe {}, the method in force", now.framework, now.recipe);
    Err(bad(name, &expected, &format!("{} of {} and {}", found.id, found.framework, found.recipe)))
}

/// The releases that were published: those in force, or the others, or both, each newest first.
fn listed(question: &Question<'_>, in_force: bool, superseded: bool) -> Vec<ReleaseEntry> {
    let kept = question.service.archive().map(ReleaseArchive::list).unwrap_or_default();
    let now = newest_first(question.view);
    let published_on = |id: &str| kept.iter().find(|one| one.reference.id == id).map(|one| one.published_on);
    let first = now.iter().filter(|_| in_force).map(|release| entry(release, published_on(&release.id), true));
    let is_in_force = |id: &str| now.iter().any(|release| release.id == id);
    let others = kept.iter().filter(|one| superseded && !is_in_force(&one.reference.id));
    first.chain(others.map(|one| entry(&one.reference, Some(one.published_on), false))).collect()
}

/// Every release that was published, those in force first.
pub(super) fn ever(question: &Question<'_>) -> Vec<ReleaseEntry> {
    listed(question, true, true)
}

fn entry(release: &ReleaseRef, published_on: Option<Date>, in_force: bool) -> ReleaseEntry {
    ReleaseEntry { release: release.clone(), published_on, in_force }
}

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let panel = question.query.panel()?;
    let state = question.query.one("state").unwrap_or_default();
    let mut releases = listed(question, state != "superseded", matches!(state, "superseded" | "all"));
    releases.retain(|listed| panel.is_none_or(|panel| listed.release.panel == panel));
    if question.format.is_own() {
        return Content::json(&ReleasesAnswer { releases });
    }
    question.table(COLUMNS, releases.iter().map(row).collect())
}

const COLUMNS: &[Column] = &[
    Column::dimension("id", "Content address of the release."),
    Column::attribute("panel", "`regions` or `countries`."),
    Column::attribute("reference_year", "Reference year.").of(Values::Period),
    Column::attribute("framework", "Code and version of the framework."),
    Column::attribute("recipe", "Content address of the recipe."),
    Column::attribute("data_as_of", "The newest vintage that a value of it comes from, by its day.").of(Values::Date),
    Column::attribute("published_on", "The day it was first published.").of(Values::Date),
    Column::attribute("in_force", "`true`, or `false` when newer figures have taken its place."),
];

fn row(ReleaseEntry { release, published_on, in_force }: &ReleaseEntry) -> Row {
    vec![
        (&release.id).into(),
        release.panel.code().into(),
        shown(Some(release.reference_year)),
        (&release.framework).into(),
        (&release.recipe).into(),
        shown(release.data_as_of),
        shown(*published_on),
        shown(Some(in_force)),
    ]
}

fn answer_one(question: &Question<'_>) -> Result<Content, ApiError> {
    let release = find(question, question.segment("id"))?;
    Content::json(&ReleaseAnswer {
        release: release.answer.release.clone(),
        national: release.answer.national.clone(),
        index: release.answer.index.clone(),
        profiles: release.profiles.clone(),
        citations: citations_behind(question.view, [&*release]),
    })
}
