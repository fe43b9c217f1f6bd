//! `/feed.atom`: what changed, for a feed reader: runs that brought something and runs set aside.

use std::fmt::Write as _;
use std::io;

use indicators::text::Language;
use indicators::wire::{RunEntry, RunOutcome};

use crate::error::ApiError;
use crate::formats::{Format, FormatError, Writing};
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route, unwritten};
use crate::routes::query::LANG;
use crate::xml::Xml;

static ATOM: Format = Format {
    name: "Atom",
    media_type: "application/atom+xml",
    also: &["application/xml", "text/xml"],
    version: None,
    content_type: "application/atom+xml; charset=utf-8",
    suffix: None,
    about: "An Atom feed.",
    writing: Writing::Standard,
};

/// Entries shown, the newest.
const LONGEST: usize = 100;

pub(super) static ROUTE: Route = Route {
    path: "/feed.atom",
    operation: "feed",
    summary: "What changed, as a feed",
    description: "An entry for each run that brought new or revised observations, and for each that was set aside or \
                  failed, newest first.",
    segments: &[],
    parameters: &[LANG],
    formats: &[&ATOM],
    caching: Caching::AskAlways,
    effort: Effort::Reading,
    refusals: &[],
    schema: SchemaOf::any_object(),
    answer,
};

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let language = question.query.language()?;
    write(question, language).map(Content::ready).map_err(unwritten)
}

fn write(question: &Question<'_>, language: Language) -> Result<Vec<u8>, FormatError> {
    let view = question.view;
    let runs: Vec<&RunEntry> =
        view.runs.iter().filter(|run| run.outcome != RunOutcome::Unchanged).take(LONGEST).collect();
    let updated = runs.first().map_or_else(|| "1970-01-01T00:00:00Z".to_owned(), |run| run.ended_at.to_string());
    let mut xml = Xml::new()?;
    let attributes = [("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", language.tag())];
    xml.within("feed", &attributes, |xml| {
        xml.text("id", &[], "urn:sandyq:feed")?;
        xml.text("title", &[], view.framework.name.get(language))?;
        xml.text("updated", &[], &updated)?;
        xml.empty("link", &[("rel", "self"), ("href", &question.public("/api/v1/feed.atom"))])?;
        xml.within("author", &[], |xml| xml.text("name", &[], "Sandyq"))?;
        runs.iter().try_for_each(|run| {
            let source = view.sources.iter().find(|source| source.dataflow == run.dataflow);
            let name = source.map_or_else(|| run.dataflow.to_string(), |source| source.name.get(language).to_owned());
            entry(xml, run, &name, &question.public(&format!("/api/v1/runs?dataflow={}", run.dataflow)))
        })
    })?;
    Ok(xml.finish())
}

fn entry(xml: &mut Xml, run: &RunEntry, name: &str, address: &str) -> io::Result<()> {
    let outcome = match run.outcome {
        RunOutcome::Updated => "updated",
        RunOutcome::Unchanged => "unchanged",
        RunOutcome::Quarantined => "quarantined",
        RunOutcome::Failed => "failed",
        RunOutcome::Unreachable => "unreachable",
    };
    xml.within("entry", &[], |xml| {
        xml.text("id", &[], &format!("urn:sandyq:run:{}", run.id))?;
        xml.text("title", &[], name)?;
        xml.text("updated", &[], &run.ended_at.to_string())?;
        xml.empty("category", &[("term", outcome)])?;
        xml.empty("link", &[("rel", "alternate"), ("href", address), ("type", "application/json")])?;
        let mut said = format!("{outcome}: {} of {} observations changed", run.changed, run.observations);
        if let Some(vintage) = &run.vintage {
            _ = write!(said, "; vintage {vintage}");
        }
        for reason in &run.reasons {
            _ = write!(said, "; {}", reason.message);
        }
        xml.text("summary", &[], &said)
    })
}
