//! `/citations`: how to cite a dataflow or a release, for people and for reference managers.

use std::fmt::Write as _;

use indicators::code::DataflowId;
use indicators::text::{Language, LocalText};
use indicators::wire::ReleaseEntry;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::error::{ApiError, ErrorCode};
use crate::formats::{Format, Writing};
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route};
use crate::routes::query::{Kind, LANG, Parameter};
use crate::routes::releases;
use crate::routes::sources::known_dataflow;
use crate::view::View;

static CSL: Format = Format {
    name: "CSL",
    media_type: "application/vnd.citationstyles.csl+json",
    also: &["application/json"],
    version: None,
    content_type: "application/vnd.citationstyles.csl+json",
    suffix: None,
    about: "A list of CSL items, which reference managers read.",
    writing: Writing::Standard,
};
static BIBTEX: Format = Format {
    name: "BibTeX",
    media_type: "application/x-bibtex",
    also: &["text/x-bibtex"],
    version: None,
    content_type: "application/x-bibtex; charset=utf-8",
    suffix: Some("bib"),
    about: "BibTeX entries.",
    writing: Writing::Standard,
};

/// The prefix that the registration agency sets aside for names not registered with it. Nothing
/// resolves it; it is used so that a prefix of the publisher's own can take its place.
const PREFIX: &str = "10.5072";

pub(super) static ROUTE: Route = Route {
    path: "/citations",
    operation: "citations",
    summary: "How to cite dataflows and releases",
    description: "Each item names who published it, when, under which terms, and the address that gives the same \
                  figures again. Identifiers have the shape of a DOI under the prefix set aside for names that are \
                  not registered: they do not resolve. Everything that is in force when nothing is asked for.",
    segments: &[],
    parameters: &[
        Parameter {
            name: "dataflow",
            kind: Kind::Codes,
            description: "Only these dataflows.",
            example: "BNS_SDG_17_8_1",
        },
        Parameter { name: "release", kind: Kind::Codes, description: "Only these releases.", example: "" },
        LANG,
    ],
    formats: &[&CSL, &BIBTEX],
    caching: Caching::Minutes,
    effort: Effort::Reading,
    refusals: &[ErrorCode::UnknownCode, ErrorCode::NoRelease],
    schema: SchemaOf::any_object(),
    answer,
};

/// What is cited.
struct Item {
    id: String,
    author: String,
    title: String,
    version: String,
    day: Option<Date>,
    terms: String,
    address: String,
}

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let items = items(question)?;
    if *question.format == BIBTEX {
        let all: Vec<String> = items.iter().map(in_bibtex).collect();
        return Ok(Content::ready(all.join("\n").into_bytes()));
    }
    Content::json(&items.iter().map(in_csl).collect::<Vec<Value>>())
}

fn items(question: &Question<'_>) -> Result<Vec<Item>, ApiError> {
    let Question { view, query, .. } = question;
    let language = query.language()?;
    let (dataflows, wanted) = (query.list("dataflow"), query.list("release"));
    for found in &dataflows {
        known_dataflow(view, found)?;
    }
    for found in &wanted {
        releases::find(question, found)?;
    }
    let everything = dataflows.is_empty() && wanted.is_empty();
    let text = |text: &LocalText| text.get(language).to_owned();
    let of_dataflows = view
        .sources
        .iter()
        .filter(|source| everything || dataflows.contains(&source.dataflow.as_str()))
        .map(|source| Item {
            id: format!("{PREFIX}/sandyq.{}", source.vintage.clone().unwrap_or_else(|| source.dataflow.to_string())),
            author: text(&source.attribution),
            title: text(&source.name),
            version: source.vintage.clone().unwrap_or_default(),
            day: source.as_of,
            terms: source.licence.clone(),
            address: question.public(&as_known_on(&source.dataflow, source.as_of)),
        });
    let of_releases = releases::ever(question)
        .into_iter()
        .filter(|listed| if everything { listed.in_force } else { wanted.contains(&listed.release.id.as_str()) })
        .map(|ReleaseEntry { release, published_on, .. }| Item {
            id: format!("{PREFIX}/sandyq.{}.{}", release.framework, release.id),
            author: "Sandyq".to_owned(),
            title: format!(
                "{}, {}, {}",
                text(&view.framework.name),
                panel_name(view, release.panel.code(), language),
                release.reference_year
            ),
            version: release.id.clone(),
            day: published_on.or(release.data_as_of),
            terms: "Terms of the dataflows it is computed from".to_owned(),
            address: question.public(&format!("/api/v1/releases/{}", release.id)),
        });
    Ok(of_releases.chain(of_dataflows).collect())
}

/// An address that gives the same figures again when they have been revised.
fn as_known_on(dataflow: &DataflowId, day: Option<Date>) -> String {
    let address = format!("/api/v1/observations?dataflow={dataflow}");
    day.map(|day| format!("{address}&as_of={day}")).unwrap_or(address)
}

fn panel_name(view: &View, code: &str, language: Language) -> String {
    let panel = view.framework.panels.iter().find(|panel| panel.panel.code() == code);
    panel.map_or_else(|| code.to_owned(), |panel| panel.name.get(language).to_owned())
}

fn in_csl(item: &Item) -> Value {
    let mut written = json!({
        "id": item.id,
        "type": "dataset",
        "title": item.title,
        "author": [{ "literal": item.author }],
        "publisher": "Sandyq",
        "version": item.version,
        "URL": item.address,
        "note": item.terms,
    });
    if let Some(day) = item.day {
        written["issued"] = json!({ "date-parts": [[day.year(), day.month(), day.day()]] });
    }
    written
}

fn in_bibtex(item: &Item) -> String {
    let key: String = item.version.chars().map(|one| if one.is_ascii_alphanumeric() { one } else { '_' }).collect();
    let mut entry = format!("@misc{{sandyq_{key},\n");
    let year = item.day.map(|day| day.year().to_string()).unwrap_or_default();
    for (name, value) in [
        ("author", format!("{{{}}}", in_braces(&item.author))),
        ("title", in_braces(&item.title)),
        ("year", year),
        ("publisher", "Sandyq".to_owned()),
        ("version", in_braces(&item.version)),
        ("note", in_braces(&format!("{}; {}", item.id, item.terms))),
        ("howpublished", format!("\\url{{{}}}", item.address)),
    ] {
        if !value.is_empty() {
            _ = writeln!(entry, "  {name} = {{{value}}},");
        }
    }
    entry.push_str("}\n");
    entry
}

/// Characters that mean something to TeX are escaped.
fn in_braces(text: &str) -> String {
    text.chars()
        .map(|one| match one {
            '{' | '}' | '%' | '&' | '$' | '#' | '_' => format!("\\{one}"),
            '\\' => "/".to_owned(),
            other => other.to_string(),
        })
        .collect()
}
