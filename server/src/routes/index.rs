//! `/index`: scores and ranks. What is behind one area's is in [`profile`].

use std::sync::Arc;

use indicators::definition::Panel;
use indicators::text::Language;
use indicators::wire::{CitedIndexAnswer, IndexAnswer, IndexEntry};
use jiff::civil::Date;

use crate::error::{ApiError, ErrorCode};
use crate::formats::{self, Head};
use crate::hindsight;
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route, citations_behind, list_releases};
use crate::routes::query::{Kind, LANG, PANELS, Parameter, bad};
use crate::routes::releases::{find, newest_first};
use crate::view::{Release, View};

pub(super) mod profile;
pub(crate) mod scores;

pub(super) const PANEL: Parameter = Parameter {
    name: "panel",
    kind: Kind::Choice(PANELS),
    description: "The panel: `regions` of the country (the default) or `countries`.",
    example: "regions",
};
pub(super) const PERIOD: Parameter = Parameter {
    name: "period",
    kind: Kind::Year,
    description: "Reference year; the newest when left out.",
    example: "2023",
};
pub(super) const RELEASE: Parameter = Parameter {
    name: "release",
    kind: Kind::Token,
    description: "A release by its identifier instead of by panel and year, in force or superseded: an address \
                  whose figures never change.",
    example: "",
};
pub(super) const AREA: Parameter =
    Parameter { name: "area", kind: Kind::Codes, description: "Only these areas.", example: "KZ-61,KZ-71" };

const AS_OF: Parameter = Parameter {
    name: "as_of",
    kind: Kind::Date,
    description: "The scores that the method in force gives on the observations as they were known on this day. They are \
                  computed for the asker: their release is kept only when it is one that was published.",
    example: "2024-12-31",
};

pub(super) static ROUTE: Route = Route {
    path: "/index",
    operation: "index",
    summary: "Index and criterion scores by area",
    description: "Scores from 0 to 100 with rank, rank interval and coverage: the shares of weight that are \
                  observed, carried forward, substituted, imputed and missing. A score that cannot be computed is \
                  `null`, never 0. In CSV each score is a row; the criterion `index` is the index itself.",
    segments: &[],
    parameters: &[AREA, PANEL, PERIOD, RELEASE, AS_OF, LANG],
    formats: formats::DATAFLOW,
    caching: Caching::Minutes,
    effort: Effort::ComputingWith("as_of"),
    refusals: &[ErrorCode::UnknownCode, ErrorCode::NoRelease],
    schema: SchemaOf::of::<CitedIndexAnswer>(),
    answer,
};

/// The release asked for: by identifier, or by panel and year.
pub(super) fn chosen(question: &Question<'_>, usual: Panel) -> Result<Arc<Release>, ApiError> {
    let Question { view, query, .. } = question;
    let panel = query.panel()?;
    let year = query.year("period")?;
    if let Some(id) = query.one("release") {
        let release = find(question, id)?;
        let named = release.reference();
        if panel.is_some_and(|panel| panel != named.panel) {
            return Err(bad("panel", &format!("{}, the panel of release {id}", named.panel.code()), word_of(panel)));
        }
        if let Some(year) = year.filter(|year| *year != named.reference_year) {
            let expected = format!("{}, the reference year of release {id}", named.reference_year);
            return Err(bad("period", &expected, &year.to_string()));
        }
        return Ok(release);
    }
    let panel = panel.unwrap_or(usual);
    view.release(panel, year).map(Arc::clone).ok_or_else(|| ApiError::NoRelease {
        name: "period",
        found: year.map_or_else(|| panel.code().to_owned(), |year| format!("{} {year}", panel.code())),
        expected: list_releases(newest_first(view).into_iter().filter(|release| release.panel == panel)),
    })
}

fn as_known_on(question: &Question<'_>, day: Date) -> Result<Release, ApiError> {
    let Question { view, query, .. } = question;
    if let Some(id) = query.one("release") {
        return Err(bad("release", "as_of or release, not both: a release says what it was made of", id));
    }
    let usual = chosen(question, Panel::Regions)?;
    let panel = usual.reference().panel;
    hindsight::as_known_on(view, day, panel, query.year("period")?).map_err(|error| {
        tracing::error!(%error, %day, "the index of a day could not be computed");
        ApiError::Internal
    })
}

const fn word_of(panel: Option<Panel>) -> &'static str {
    match panel {
        Some(panel) => panel.code(),
        None => "",
    }
}

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let Question { view, query, .. } = question;
    let areas = query.areas(view)?;
    let language = query.language()?;
    let release = match query.date("as_of")? {
        None => chosen(question, Panel::Regions)?,
        Some(day) => Arc::new(as_known_on(question, day)?),
    };
    let wanted = |entry: &&IndexEntry| areas.is_empty() || areas.contains(&entry.area);
    let (reference, national) = (release.answer.release.clone(), release.answer.national.clone());
    let index: Vec<IndexEntry> = release.answer.index.iter().filter(wanted).cloned().collect();
    let citations = citations_behind(view, [&*release]);
    if question.format.is_own() {
        return Content::json(&CitedIndexAnswer { release: reference, national, index, citations });
    }
    let answer = IndexAnswer { release: reference, national, index };
    let head = Head { citations, ..question.head(scores::COLUMNS, language) };
    Ok(Content::table(scores::table(view, head, &answer)))
}

/// Name of an area in one language, empty when the code list lost it.
pub(super) fn area_name<'a>(view: &'a View, code: &str, language: Language) -> &'a str {
    view.area(code).map_or("", |area| area.name.get(language))
}
