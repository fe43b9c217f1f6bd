//! `/index` and `/index/{area}`: scores and ranks, and everything behind one area's.

use std::sync::Arc;

use indicators::area::AreaLevel;
use indicators::definition::Panel;
use indicators::text::{Language, LocalText};
use indicators::wire::{Coverage, IndexAnswer, IndexEntry, InputEntry, Profile, ProfileAnswer, RankInterval};

use crate::error::{ApiError, ErrorCode};
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Question, Route, list_releases};
use crate::routes::areas::word;
use crate::routes::negotiation::Format;
use crate::routes::query::{Kind, LANG, PANELS, Parameter, Query, bad, near_areas};
use crate::routes::releases::{find, newest_first};
use crate::routes::table::{Field, Table, shown};
use crate::view::{Release, View};

const PANEL: Parameter = Parameter {
    name: "panel",
    kind: Kind::Choice(PANELS),
    description: "The panel: `regions` of the country (the default) or `countries`.",
    example: "regions",
};
const PERIOD: Parameter = Parameter {
    name: "period",
    kind: Kind::Year,
    description: "Reference year; the newest when left out.",
    example: "2023",
};
const RELEASE: Parameter = Parameter {
    name: "release",
    kind: Kind::Token,
    description: "A release by its identifier instead of by panel and year, for an address whose answer never changes.",
    example: "",
};
const AREA: Parameter =
    Parameter { name: "area", kind: Kind::Codes, description: "Only these areas.", example: "KZ-61,KZ-71" };

pub(super) static ROUTE: Route = Route {
    path: "/index",
    operation: "index",
    summary: "Index and criterion scores by area",
    description: "Scores from 0 to 100 with rank, rank interval and coverage: the shares of weight that are \
                  observed, carried forward, substituted, imputed and missing. A score that cannot be computed is \
                  `null`, never 0. In CSV each score is a row; the criterion `index` is the index itself.",
    segment: None,
    parameters: &[AREA, PANEL, PERIOD, RELEASE, LANG],
    formats: &[Format::Json, Format::Csv],
    caching: Caching::Minutes,
    refusals: &[ErrorCode::UnknownCode, ErrorCode::NoRelease],
    schema: SchemaOf::of::<IndexAnswer>(),
    answer,
};

pub(super) static PROFILE_ROUTE: Route = Route {
    path: "/index/{area}",
    operation: "profile",
    summary: "Everything behind one area's index",
    description: "Each indicator's value, treated value, score, weight and contribution, with the observations it \
                  was made from, their period, dataflow and vintage, and how the value came to be. The panel follows \
                  from the area when it is left out.",
    segment: Some(Parameter {
        name: "area",
        kind: Kind::Token,
        description: "Code of the area, from `/areas`.",
        example: "KZ-61",
    }),
    parameters: &[PANEL, PERIOD, RELEASE, LANG],
    formats: &[Format::Json, Format::Csv],
    caching: Caching::Minutes,
    refusals: &[ErrorCode::UnknownArea, ErrorCode::NoRelease],
    schema: SchemaOf::of::<ProfileAnswer>(),
    answer: answer_profile,
};

/// The release asked for: by identifier, or by panel and year.
fn chosen<'a>(view: &'a View, query: &Query, usual: Panel) -> Result<&'a Arc<Release>, ApiError> {
    let panel = query.panel()?;
    let year = query.year("period")?;
    if let Some(id) = query.one("release") {
        let release = find(view, id)?;
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
    view.release(panel, year).ok_or_else(|| ApiError::NoRelease {
        name: "period",
        found: year.map_or_else(|| panel.code().to_owned(), |year| format!("{} {year}", panel.code())),
        expected: list_releases(newest_first(view).into_iter().filter(|release| release.panel == panel)),
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
    let release = chosen(view, query, Panel::Regions)?;
    let wanted = |entry: &&IndexEntry| areas.is_empty() || areas.contains(&entry.area);
    let answer = IndexAnswer {
        release: release.answer.release.clone(),
        national: release.answer.national.clone(),
        index: release.answer.index.iter().filter(wanted).cloned().collect(),
    };
    match question.format {
        Format::Json => Content::json(&answer),
        Format::Csv => Content::csv(table(view, &answer, language)),
    }
}

fn table(view: &View, answer: &IndexAnswer, language: Language) -> Result<Vec<u8>, csv::Error> {
    let mut table = Table::new(&[
        "release",
        "framework",
        "panel",
        "reference_year",
        "area",
        "area_name",
        "criterion",
        "criterion_name",
        "score",
        "rank",
        "rank_low",
        "rank_high",
        "observed",
        "carried_forward",
        "predecessor_substitute",
        "national_substitute",
        "imputed",
        "missing",
        "mean_age_years",
        "boundary_break",
    ])?;
    let release = &answer.release;
    let mut add = |entry: &IndexEntry, score: ScoreRow<'_>| {
        let ScoreRow { code, name, score, rank, interval, coverage } = score;
        table.row([
            (&release.id).into(),
            (&release.framework).into(),
            release.panel.code().into(),
            shown(Some(release.reference_year)),
            entry.area.as_str().into(),
            area_name(view, entry.area.as_str(), language).into(),
            code.into(),
            name.map_or("", |name| name.get(language)).into(),
            score.into(),
            rank.into(),
            interval.map(|interval| interval.low).into(),
            interval.map(|interval| interval.high).into(),
            coverage.observed.into(),
            coverage.carried_forward.into(),
            coverage.predecessor_substitute.into(),
            coverage.national_substitute.into(),
            coverage.imputed.into(),
            coverage.missing.into(),
            coverage.mean_age_years.into(),
            entry.boundary_break.into(),
        ])
    };
    for entry in answer.national.iter().chain(&answer.index) {
        add(entry, ScoreRow::index(entry, &view.framework.name))?;
        for one in &entry.criteria {
            let name = view.criteria.iter().find(|criterion| criterion.code == one.criterion);
            add(
                entry,
                ScoreRow {
                    code: one.criterion.as_str(),
                    name: name.map(|criterion| &criterion.name),
                    score: one.score,
                    rank: one.rank,
                    interval: None,
                    coverage: one.coverage,
                },
            )?;
        }
    }
    table.finish()
}

/// A score, of the index or of a criterion, as one row of the table.
struct ScoreRow<'a> {
    code: &'a str,
    name: Option<&'a LocalText>,
    score: Option<f64>,
    rank: Option<u32>,
    interval: Option<RankInterval>,
    coverage: Coverage,
}

impl<'a> ScoreRow<'a> {
    fn index(entry: &IndexEntry, name: &'a LocalText) -> Self {
        Self {
            code: "index",
            name: Some(name),
            score: entry.score,
            rank: entry.rank,
            interval: entry.rank_interval,
            coverage: entry.coverage,
        }
    }
}

/// Name of an area in one language, empty when the code list lost it.
pub(super) fn area_name<'a>(view: &'a View, code: &str, language: Language) -> &'a str {
    view.area(code).map_or("", |area| area.name.get(language))
}

fn answer_profile(question: &Question<'_>) -> Result<Content, ApiError> {
    let Question { view, query, segment, .. } = question;
    let language = query.language()?;
    let area = view.area(segment).ok_or_else(|| ApiError::UnknownArea {
        found: (*segment).to_owned(),
        reason: format!("{segment:?} is not in the code list of areas."),
        did_you_mean: near_areas(view, segment),
    })?;
    let usual = match area.level {
        AreaLevel::Region => Panel::Regions,
        AreaLevel::Country => Panel::Countries,
    };
    let release = chosen(view, query, usual)?;
    let profile = release.profiles.get(&area.code).ok_or_else(|| ApiError::UnknownArea {
        found: (*segment).to_owned(),
        reason: format!(
            "{segment} is not compared in the panel {} of {}.",
            release.reference().panel.code(),
            release.reference().reference_year
        ),
        did_you_mean: Vec::new(),
    })?;
    match question.format {
        Format::Json => {
            Content::json(&ProfileAnswer { release: release.reference().clone(), profile: profile.clone() })
        }
        Format::Csv => Content::csv(profile_table(view, release, profile, language)),
    }
}

fn profile_table(view: &View, release: &Release, profile: &Profile, language: Language) -> Result<Vec<u8>, csv::Error> {
    let mut table = Table::new(&[
        "release",
        "panel",
        "reference_year",
        "area",
        "area_name",
        "criterion",
        "indicator",
        "indicator_name",
        "unit",
        "value",
        "treated",
        "normalised",
        "weight",
        "effective_weight",
        "contribution",
        "status",
        "period",
        "source_areas",
        "dataflows",
        "vintages",
    ])?;
    let reference = release.reference();
    for criterion in &profile.criteria {
        for cell in &criterion.indicators {
            let indicator = view
                .indicators
                .iter()
                .find(|indicator| indicator.panel == reference.panel && indicator.code == cell.indicator);
            let each = |of: fn(&InputEntry) -> &str| -> Field<'_> {
                let mut all: Vec<&str> = cell.inputs.iter().map(of).collect();
                all.dedup();
                all.join(" ").into()
            };
            table.row([
                (&reference.id).into(),
                reference.panel.code().into(),
                shown(Some(reference.reference_year)),
                profile.area.as_str().into(),
                area_name(view, profile.area.as_str(), language).into(),
                criterion.score.criterion.as_str().into(),
                cell.indicator.as_str().into(),
                indicator.map_or("", |indicator| indicator.name.get(language)).into(),
                indicator.map_or("", |indicator| indicator.unit.code.as_str()).into(),
                cell.value.into(),
                cell.treated.into(),
                cell.normalised.into(),
                cell.weight.into(),
                cell.effective_weight.into(),
                cell.contribution.into(),
                word(&cell.status).into(),
                shown(cell.period),
                each(|input| input.area.as_str()),
                each(|input| input.dataflow.as_str()),
                each(|input| &input.vintage),
            ])?;
        }
    }
    table.finish()
}
