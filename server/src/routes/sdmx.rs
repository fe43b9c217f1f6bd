//! `/sdmx/2.1` and `/sdmx/3.0`: the addresses of both versions of the protocol. What stands in a
//! message is [`crate::sdmx`]'s matter.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Unit;

use crate::error::ApiError;
use crate::formats::sdmx_csv;
use crate::formats::table::Role;
use crate::formats::{Field, Format, Table, Writing};
use crate::hindsight;
use crate::routes::answer::{Content, Question, unwritten};
use crate::sdmx::data_xml::{self, ALL_DIMENSIONS, Message, Shape};
use crate::sdmx::flow::{Flow, flows};
use crate::sdmx::query::{DataQuery, QueryError};
use crate::sdmx::structure::{Artefacts, Availability, CONCEPTS, Kind as Artefact, References};
use crate::sdmx::version::Versions;
use crate::sdmx::{AGENCY, VERSION, structure_json, structure_xml};
use crate::view::View;

mod addresses;

pub(super) use addresses::ROUTES;

/// Where the protocol begins, below the API and at the root.
pub(super) const PREFIX: &str = "/sdmx";

static STRUCTURE_JSON: Format = Format {
    name: "SDMX-JSON 2.0 structure",
    media_type: "application/vnd.sdmx.structure+json",
    also: &["application/json"],
    version: Some("2.0.0"),
    content_type: "application/vnd.sdmx.structure+json;version=2.0.0;charset=utf-8",
    suffix: None,
    about: "SDMX-JSON 2.0 structure message.",
    writing: Writing::Standard,
};
static STRUCTURE_XML: Format = Format {
    name: "SDMX-ML 2.1 structure",
    media_type: "application/vnd.sdmx.structure+xml",
    also: &["application/xml", "text/xml"],
    version: Some("2.1"),
    content_type: "application/vnd.sdmx.structure+xml;version=2.1;charset=utf-8",
    suffix: None,
    about: "SDMX-ML 2.1 structure message.",
    writing: Writing::Standard,
};
static GENERIC: Format = Format {
    name: "SDMX-ML 2.1 generic data",
    media_type: "application/vnd.sdmx.genericdata+xml",
    also: &["application/xml", "text/xml"],
    version: Some("2.1"),
    content_type: "application/vnd.sdmx.genericdata+xml;version=2.1;charset=utf-8",
    suffix: None,
    about: "SDMX-ML 2.1 generic data message.",
    writing: Writing::Standard,
};
static SPECIFIC: Format = Format {
    name: "SDMX-ML 2.1 structure-specific data",
    media_type: "application/vnd.sdmx.structurespecificdata+xml",
    also: &[],
    version: Some("2.1"),
    content_type: "application/vnd.sdmx.structurespecificdata+xml;version=2.1;charset=utf-8",
    suffix: None,
    about: "SDMX-ML 2.1 structure-specific data message.",
    writing: Writing::Standard,
};
static CSV_1: Format = sdmx_csv::version_1(None, &[]);
static CSV_2: Format = sdmx_csv::version_2(None, &["text/csv"]);

fn structures(question: &Question<'_>) -> Result<Content, ApiError> {
    let given = question.segment("resource");
    let kind = Artefact::read(given).ok_or_else(|| {
        refused("resource", "dataflow, datastructure, codelist, conceptscheme, agencyscheme or structure", given)
    })?;
    check_maintainer(question, kind)?;
    let wanted = Wanted::read(question.segment("id"));
    let references = references(question)?;
    let stubs =
        question.query.one("detail").is_some_and(|detail| detail.contains("stubs") && detail.starts_with("all"));
    let versions = Versions::read(question.segment("version"));
    let found = Artefacts::find(question.view, kind, |id| wanted.takes(id), versions, references);
    write_structures(question, &Artefacts { stubs, prepared: prepared(question.view), ..found })
}

fn write_structures(question: &Question<'_>, artefacts: &Artefacts) -> Result<Content, ApiError> {
    if artefacts.is_empty() {
        return Err(ApiError::NoResults { what: "structure" });
    }
    let written = if *question.format == STRUCTURE_JSON {
        structure_json::write(artefacts)
    } else {
        structure_xml::write(artefacts)
    };
    written.map(Content::ready).map_err(unwritten)
}

/// Identifiers that are asked for.
enum Wanted<'a> {
    All,
    Some(Vec<&'a str>),
}

impl<'a> Wanted<'a> {
    fn read(text: &'a str) -> Self {
        match text {
            "" | "all" | "*" => Self::All,
            some => Self::Some(some.split(['+', ',']).collect()),
        }
    }

    fn takes(&self, id: &str) -> bool {
        match self {
            Self::All => true,
            Self::Some(ids) => ids.contains(&id),
        }
    }
}

/// Refuses another agency as not found.
fn check_maintainer(question: &Question<'_>, kind: Artefact) -> Result<(), ApiError> {
    let agency = question.segment("agency");
    let ours = ["", "all", "*", AGENCY].contains(&agency)
        || agency.split(['+', ',']).any(|one| one == AGENCY)
        || (matches!(kind, Artefact::Agency | Artefact::All) && agency == "SDMX");
    if ours { Ok(()) } else { Err(ApiError::NoResults { what: "structure" }) }
}

/// Whether a version, a wildcard or a range takes in that of the dataflows.
fn is_version(text: &str) -> bool {
    Versions::read(text).takes(VERSION, &[VERSION])
}

fn references(question: &Question<'_>) -> Result<References, ApiError> {
    Ok(match question.query.one("references").unwrap_or("none") {
        "none" => References::None,
        "children" | "datastructure" => References::Children,
        "descendants" | "codelist" | "conceptscheme" => References::Descendants,
        "parents" | "ancestors" | "dataflow" => References::Parents,
        "all" | "parentsandsiblings" => References::All,
        found => {
            let expected = "none, children, descendants, parents, parentsandsiblings, ancestors or all";
            return Err(refused("references", expected, found));
        }
    })
}

fn data(question: &Question<'_>) -> Result<Content, ApiError> {
    let flow = flow(question)?;
    let query = data_query(question, &flow)?;
    let mut dimensions = flow.structure.dimensions();
    dimensions.extend(["TIME_PERIOD", ALL_DIMENSIONS]);
    let at_observation = question.query.one("dimensionAtObservation").unwrap_or("TIME_PERIOD");
    if !dimensions.contains(&at_observation) {
        return Err(refused("dimensionAtObservation", &dimensions.join(", "), at_observation));
    }
    let view = view_as_of(question, &flow)?;
    let table = flow.table(&view, &query, &question.public(&question.address));
    if table.length == 0 {
        return Err(ApiError::NoResults { what: "observation" });
    }
    let shape = if *question.format == SPECIFIC {
        Shape::Specific
    } else if *question.format == GENERIC {
        Shape::Generic
    } else {
        return Ok(Content::table(table));
    };
    let prepared = prepared(question.view);
    let message = Message { shape, flow: &flow.id, structure: flow.structure, at_observation, prepared: &prepared };
    let cited = table.head.citations.clone();
    data_xml::write(&message, table).map(|body| Content::ready(body).citing(cited)).map_err(unwritten)
}

/// What is published, or what was known on a day where one is asked for: scores are computed anew from it.
fn view_as_of(question: &Question<'_>, flow: &Flow) -> Result<Arc<View>, ApiError> {
    let (Some(day), Some(panel)) = (question.query.date("asOf")?, flow.panel()) else {
        return question.view_as_of("asOf");
    };
    hindsight::scores_as_known_on(question.view, day, panel).map(Arc::new).map_err(|error| {
        tracing::error!(%error, %day, "the scores of a day could not be computed");
        ApiError::Internal
    })
}

fn availability(question: &Question<'_>) -> Result<Content, ApiError> {
    let flow = flow(question)?;
    let query = data_query(question, &flow)?;
    let table = flow.table(question.view, &query, &question.address);
    if table.length == 0 {
        return Err(ApiError::NoResults { what: "observation" });
    }
    let references = references(question)?;
    let only = match question.segment("component") {
        "" | "*" | "all" => None,
        component => Some(component),
    };
    let mut found = Artefacts::default();
    if references != References::None {
        found = Artefacts::find(question.view, Artefact::Flow, |id| id == flow.id, Versions::read(""), References::All);
    }
    let available = available(&flow, table, only);
    // Of a code list the codes that occur are what a client can choose from.
    for list in &mut found.code_lists {
        let concept = CONCEPTS.iter().find(|concept| concept.codes == Some(list.id));
        if let Some(values) = concept.and_then(|concept| available.values.get(concept.id)) {
            list.codes.retain(|code| values.contains(&code.id));
            for code in &mut list.codes {
                code.parent = code.parent.take().filter(|parent| values.contains(parent));
            }
        }
    }
    let found = Artefacts { availability: vec![available], prepared: prepared(question.view), ..found };
    write_structures(question, &found)
}

fn available(flow: &Flow, table: Table, only: Option<&str>) -> Availability {
    let Table { head, length, rows } = table;
    let dimensions: Vec<(usize, &'static str)> =
        head.with_role(Role::Dimension).filter_map(|(place, column)| Some((place, column.concept?))).collect();
    let mut values: Vec<BTreeSet<String>> = vec![BTreeSet::new(); dimensions.len()];
    let mut series = BTreeSet::new();
    for row in rows {
        let key: Vec<String> =
            dimensions.iter().map(|(place, _)| row.get(*place).map(Field::text).unwrap_or_default()).collect();
        for (set, code) in values.iter_mut().zip(&key) {
            set.insert(code.clone());
        }
        let of_series = dimensions.iter().zip(key).filter(|((_, concept), _)| *concept != "TIME_PERIOD");
        series.insert(of_series.map(|(_, code)| code).collect::<Vec<_>>());
    }
    let mut all: BTreeMap<&'static str, Vec<String>> = dimensions
        .iter()
        .map(|(_, concept)| *concept)
        .zip(values.into_iter().map(|set| set.into_iter().collect()))
        .collect();
    let periods = all.remove("TIME_PERIOD").and_then(|periods: Vec<String>| {
        let year = |period: &String| period.get(..4).map(str::to_owned);
        Some((periods.iter().filter_map(year).min()?, periods.iter().filter_map(year).max()?))
    });
    if let Some(only) = only {
        all.retain(|concept, _| *concept == only);
    }
    Availability { flow: flow.id.clone(), values: all, periods, n_series: series.len(), n_observations: length }
}

/// A dataflow with everything that describes it.
fn schema(question: &Question<'_>) -> Result<Content, ApiError> {
    let flow = flow(question)?;
    let versions = Versions::read("");
    let found = Artefacts::find(question.view, Artefact::Flow, |id| id == flow.id, versions, References::Descendants);
    write_structures(question, &Artefacts { prepared: prepared(question.view), ..found })
}

/// The dataflow an address names: by agency, identifier and version, or by one reference.
fn flow(question: &Question<'_>) -> Result<Flow, ApiError> {
    let reference = question.segment("flow");
    let parts: Vec<&str> = reference.split(',').collect();
    let (agency, id, version) = match parts.as_slice() {
        [agency, id, version] => (*agency, *id, *version),
        [agency, id] => (*agency, *id, question.segment("version")),
        _ => (question.segment("agency"), reference, question.segment("version")),
    };
    let context = question.segment("context");
    let ours =
        ["", "all", "*", AGENCY].contains(&agency) && is_version(version) && ["", "*", "dataflow"].contains(&context);
    let known = flows(question.view).into_iter().find(|flow| ours && flow.id == id);
    known.ok_or(ApiError::NoResults { what: "dataflow" })
}

fn data_query(question: &Question<'_>, flow: &Flow) -> Result<DataQuery, ApiError> {
    let query = &question.query;
    let mut wanted =
        DataQuery::default().with_key(flow.structure, question.segment("key")).map_err(|error| unread(&error))?;
    for parameter in question.route.parameters {
        let concept = parameter.name.strip_prefix("c[").and_then(|name| name.strip_suffix(']'));
        if let (Some(concept), Some(text)) = (concept, query.one(parameter.name)) {
            wanted = wanted.with_condition(flow.structure, concept, text).map_err(|error| unread(&error))?;
        }
    }
    for part in ["startPeriod", "endPeriod"] {
        if let Some(text) = query.one(part) {
            wanted = wanted.within(part, text).map_err(|error| unread(&error))?;
        }
    }
    let first = query.integer("firstNObservations", 1, 1_000_000)?;
    let last = query.integer("lastNObservations", 1, 1_000_000)?;
    Ok(wanted.ends(first, last))
}

fn unread(error: &QueryError) -> ApiError {
    refused("query", &format!("{}: {}", error.part, error.expected), &error.found)
}

fn refused(name: &'static str, expected: &str, found: &str) -> ApiError {
    ApiError::BadParameter { name, expected: expected.to_owned(), found: found.to_owned(), did_you_mean: Vec::new() }
}

/// When the newest of what is published was taken in; without a log, the day of the newest release.
fn prepared(view: &View) -> String {
    let of_release = || view.releases.values().filter_map(|release| release.reference().data_as_of).max();
    match (view.modified_at, of_release()) {
        (Some(moment), _) => moment.round(Unit::Second).unwrap_or(moment).to_string(),
        (None, Some(day)) => format!("{day}T00:00:00Z"),
        (None, None) => "1970-01-01T00:00:00Z".to_owned(),
    }
}
