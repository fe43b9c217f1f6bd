//! `/index/{area}`: everything behind one area's index.

use std::collections::BTreeSet;

use indicators::area::AreaLevel;
use indicators::definition::Panel;
use indicators::text::Language;
use indicators::wire::{InputEntry, Profile, ProfileAnswer};

use super::{PANEL, PERIOD, RELEASE, area_name, chosen};
use crate::code_lists;
use crate::error::{ApiError, ErrorCode};
use crate::formats::table::shown;
use crate::formats::{self, Column, Field, Head, Row, Table, Values};
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route, citations};
use crate::routes::areas::word;
use crate::routes::query::{Kind, LANG, Parameter, near_areas};
use crate::view::{Release, View};

pub(in crate::routes) static ROUTE: Route = Route {
    path: "/index/{area}",
    operation: "profile",
    summary: "Everything behind one area's index",
    description: "Each indicator's value, treated value, score, weight and contribution, with the observations it \
                  was made from, their period, dataflow and vintage, and how the value came to be. The panel follows \
                  from the area when it is left out.",
    segments: &[Parameter {
        name: "area",
        kind: Kind::Token,
        description: "Code of the area, from `/areas`.",
        example: "KZ-61",
    }],
    parameters: &[PANEL, PERIOD, RELEASE, LANG],
    formats: formats::CUBE,
    caching: Caching::Minutes,
    effort: Effort::Reading,
    refusals: &[ErrorCode::UnknownArea, ErrorCode::NoRelease],
    schema: SchemaOf::of::<ProfileAnswer>(),
    answer,
};

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let Question { view, query, .. } = question;
    let segment = question.segment("area");
    let language = query.language()?;
    let area = view.area(segment).ok_or_else(|| ApiError::UnknownArea {
        found: segment.to_owned(),
        reason: format!("{segment:?} is not in the code list of areas."),
        did_you_mean: near_areas(view, segment),
    })?;
    let usual = match area.level {
        AreaLevel::Region => Panel::Regions,
        AreaLevel::Country => Panel::Countries,
    };
    let release = chosen(question, usual)?;
    let profile = release.profiles.get(&area.code).ok_or_else(|| ApiError::UnknownArea {
        found: segment.to_owned(),
        reason: format!(
            "{segment} is not compared in the panel {} of {}.",
            release.reference().panel.code(),
            release.reference().reference_year
        ),
        did_you_mean: Vec::new(),
    })?;
    let reference = release.reference();
    let used: BTreeSet<&str> = profile
        .criteria
        .iter()
        .flat_map(|criterion| &criterion.indicators)
        .flat_map(|cell| cell.inputs.iter().map(|input| input.dataflow.as_str()))
        .collect();
    let citations = citations(view, |dataflow| used.contains(dataflow));
    if question.format.is_own() {
        let (release, profile) = (reference.clone(), profile.clone());
        return Content::json(&ProfileAnswer { release, profile, citations });
    }
    let head = Head {
        codes: vec![("area", code_lists::areas(view)), ("indicator", code_lists::indicators_of(view, reference.panel))],
        release: Some(reference.clone()),
        citations,
        ..question.head(PROFILE_COLUMNS, language)
    };
    Ok(Content::table(Table::held(head, profile_rows(view, &release, profile, language))))
}

const PROFILE_COLUMNS: &[Column] = &[
    Column::attribute("release", "Content address of the release."),
    Column::attribute("panel", "`regions` or `countries`."),
    Column::dimension("reference_year", "Reference year.").of(Values::Period).as_concept("TIME_PERIOD"),
    Column::dimension("area", "Code of the area.").as_concept("REF_AREA"),
    Column::label("area_name", "Name of the area."),
    Column::attribute("criterion", "Code of the criterion."),
    Column::dimension("indicator", "Code of the indicator.").as_concept("INDICATOR"),
    Column::label("indicator_name", "Name of the indicator."),
    Column::attribute("unit", "Code of the unit of measure."),
    Column::measure("value", "Value in the unit; empty when missing."),
    Column::measure("treated", "Value after outlier treatment."),
    Column::measure("normalised", "Score, 0 to 100."),
    Column::measure("weight", "Share within the criterion among the indicators that have a value."),
    Column::measure("effective_weight", "Share of the whole index."),
    Column::measure("contribution", "Points of the index that come from here."),
    Column::attribute("status", "How the value came to be."),
    Column::attribute("period", "The period the value describes.").of(Values::Period),
    Column::attribute("source_areas", "Areas whose values were used, separated by spaces."),
    Column::attribute("dataflows", "Dataflows used, separated by spaces."),
    Column::attribute("vintages", "Vintages used, separated by spaces."),
];

fn profile_rows(view: &View, release: &Release, profile: &Profile, language: Language) -> Vec<Row> {
    let reference = release.reference();
    let mut rows = Vec::new();
    for criterion in &profile.criteria {
        for cell in &criterion.indicators {
            let indicator = view
                .indicators
                .iter()
                .find(|indicator| indicator.panel == reference.panel && indicator.code == cell.indicator);
            let each = |of: fn(&InputEntry) -> &str| -> Field {
                let mut all: Vec<&str> = cell.inputs.iter().map(of).collect();
                all.dedup();
                all.join(" ").into()
            };
            rows.push(vec![
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
            ]);
        }
    }
    rows
}
