//! Where the data come from: provider, licence, freshness, the last run and why one was held back.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use indicators::wire::{Freshness, RunEntry, RunFinding, RunOutcome, SourceEntry};
use leptos::prelude::*;

use crate::components::context::PageContext;
use crate::components::sources::licence_words;
use crate::components::wide_table::{Cell, Group, Row, WideTable, dated, wide_table};
use crate::locale::{Message, message};
use crate::pages::document::Content;

/// Most reasons shown of one run; the rest are in the API.
const MOST_REASONS: usize = 20;

pub(crate) fn content(context: &PageContext<'_>) -> Content {
    let title = context.say(message::SOURCES_TITLE);
    let sources = context.site.sources;
    let of = |freshness: Freshness| sources.iter().filter(|source| source.freshness == freshness).count();
    let summary = context.fill(
        message::SOURCES_SUMMARY,
        [
            ("count", sources.len().into()),
            ("fresh", of(Freshness::Fresh).into()),
            ("late", of(Freshness::Late).into()),
            ("stale", of(Freshness::Stale).into()),
            ("empty", of(Freshness::Empty).into()),
        ],
    );
    let cards = sources.iter().map(|source| card(context, source)).collect_view();
    let body = view! {
        <div class="lead">
            <h1>{title.clone()}</h1>
            <p>{summary.clone()}</p>
            <p class="note">
                {context.say(message::SOURCES_RULE)} " " {context.say(message::SOURCES_COVERED_RULE)} " "
                <a href="/api/v1/runs">{context.say(message::SOURCES_RUNS)}</a>
            </p>
        </div>
        {overview_table(context)}
        <div class="cards">{cards}</div>
    };
    Content { title, description: summary, body: body.into_any(), found: true }
}

pub(crate) fn freshness_words(freshness: Freshness) -> (Message, &'static str) {
    match freshness {
        Freshness::Fresh => (message::FRESHNESS_FRESH, "good"),
        Freshness::Late => (message::FRESHNESS_LATE, "waiting"),
        Freshness::Stale => (message::FRESHNESS_STALE, "fault"),
        Freshness::Empty => (message::FRESHNESS_EMPTY, "fault"),
    }
}

fn outcome_words(outcome: RunOutcome) -> (Message, &'static str) {
    match outcome {
        RunOutcome::Updated => (message::OUTCOME_UPDATED, "good"),
        RunOutcome::Unchanged => (message::OUTCOME_UNCHANGED, "good"),
        RunOutcome::Quarantined => (message::OUTCOME_QUARANTINED, "fault"),
        RunOutcome::Failed => (message::OUTCOME_FAILED, "fault"),
        RunOutcome::Unreachable => (message::OUTCOME_UNREACHABLE, "waiting"),
    }
}

/// The first and the last period covered.
fn span(context: &PageContext<'_>, source: &SourceEntry) -> String {
    match (source.first_period, source.last_period) {
        (Some(first), Some(last)) if first != last => {
            format!("{}\u{2013}{}", context.formats.period(first), context.formats.period(last))
        }
        (Some(only), _) | (_, Some(only)) => context.formats.period(only),
        _ => context.missing(),
    }
}

/// How fresh it is called, and the period that says so where the table holds newer figures of too few areas.
fn judged_by(context: &PageContext<'_>, source: &SourceEntry) -> String {
    let words = context.say(freshness_words(source.freshness).0);
    if source.covered_period == source.last_period {
        return words;
    }
    let period = source.covered_period.map_or_else(|| context.missing(), |period| context.formats.period(period));
    format!("{words}; {}", context.fill(message::SOURCES_COVERED, [("period", period.into())]))
}

fn overview_table(context: &PageContext<'_>) -> AnyView {
    let columns =
        [message::DATAFLOW, message::PROVIDER, message::PERIODS, message::AS_OF, message::FRESHNESS, message::LAST_RUN];
    let rows = context.site.sources.iter().map(|source| {
        let (freshness, class) = freshness_words(source.freshness);
        let freshness = view! { <span class=format!("state {class}")>{context.say(freshness)}</span> };
        let run = source.last_run.as_ref().map(|run| {
            let (words, class) = outcome_words(run.outcome);
            view! { <span class=format!("state {class}")>{context.say(words)}</span> }
        });
        let head = view! { <a href=format!("#{}", source.dataflow)>{context.text(&source.name)}</a> };
        Row {
            head: head.into_any(),
            cells: vec![
                Cell::long(context.text(&source.provider)),
                Cell::number(span(context, source)),
                Cell::number(source.as_of.map(|day| dated(context.formats.day(day), day.to_string()))),
                Cell::words(freshness),
                Cell::words(run),
            ],
        }
    });
    let table = WideTable {
        named_by: "freshness-title",
        kind: "freshness",
        columns: columns.into_iter().map(|words| context.say(words)).collect(),
        groups: vec![Group { title: None, rows: rows.collect(), empty: None }],
    };
    view! {
        <section class="figure" aria-labelledby="freshness-title">
            <h2 id="freshness-title">{context.say(message::FRESHNESS_TITLE)}</h2>
            {wide_table(table)}
        </section>
    }
    .into_any()
}

fn card(context: &PageContext<'_>, source: &SourceEntry) -> AnyView {
    let id = source.dataflow.to_string();
    let title_id = format!("{id}-title");
    let recording = source.bundled.then(|| view! { <span class="tag">{context.say(message::RECORDING)}</span> });
    let as_of = source.as_of.map_or_else(|| context.missing(), |day| context.formats.day(day));
    let raw = context.say(if source.raw_open { message::RAW_OPEN } else { message::RAW_CLOSED });
    let facts = [
        (message::PROVIDER, context.text(&source.provider).into_any()),
        (message::LICENCE, view! { {licence_words(source.licence.trim_end_matches('.'))} ". " {raw} }.into_any()),
        (message::ATTRIBUTION, context.text(&source.attribution).into_any()),
        (message::PERIODS, span(context, source).into_any()),
        (message::OBSERVATIONS, context.formats.count(source.observations).into_any()),
        (message::AS_OF, as_of.into_any()),
        (message::FRESHNESS, judged_by(context, source).into_any()),
    ];
    let closed = source.closed.as_ref().map(|why| (message::NOT_ASKED, context.text(why).into_any()));
    let facts = facts
        .into_iter()
        .chain(closed)
        .map(|(term, words)| view! { <div><dt>{context.say(term)}</dt><dd>{words}</dd></div> })
        .collect_view();
    let run = source.last_run.as_ref().map(|run| last_run(context, run));
    let snapshot = source.last_run.as_ref().and_then(|run| run.snapshot.as_ref()).filter(|_| source.raw_open);
    let file = snapshot.map(|snapshot| {
        view! { <a href=format!("/api/v1/snapshots/{snapshot}")>{context.say(message::RAW_FILE)}</a> }
    });
    view! {
        <section class="card" id=id aria-labelledby=title_id.clone()>
            <h2 id=title_id.clone()>{context.text(&source.name)} " " {recording}</h2>
            <p class="code">{source.dataflow.to_string()}</p>
            <dl class="facts">{facts}{run}</dl>
            <p class="places"><a href=source.landing_url.clone() rel="external noreferrer">{context.say(message::LANDING_PAGE)}</a> {file}</p>
        </section>
    }
    .into_any()
}

fn last_run(context: &PageContext<'_>, run: &RunEntry) -> AnyView {
    let (words, class) = outcome_words(run.outcome);
    let trigger = match run.trigger.as_str() {
        "first_start" => context.say(message::TRIGGER_FIRST_START),
        "schedule" | "retry" => context.say(message::TRIGGER_SCHEDULE),
        "catch_up" => context.say(message::TRIGGER_CATCH_UP),
        "manual" => context.say(message::TRIGGER_MANUAL),
        other => other.to_owned(),
    };
    let when = format!("{} \u{b7} {trigger}", context.formats.moment(run.ended_at));
    view! {
        <div>
            <dt>{context.say(message::LAST_RUN)}</dt>
            <dd>
                <span class=format!("state {class}")>{context.say(words)}</span>
                " "
                {when}
                {findings(context, message::REASONS, &run.reasons, true)}
                {findings(context, message::REPAIRS, &run.findings, false)}
            </dd>
        </div>
    }
    .into_any()
}

/// Row, column, expected and found of every reason.
fn findings(context: &PageContext<'_>, title: Message, found: &[RunFinding], open: bool) -> AnyView {
    if found.is_empty() {
        return ().into_any();
    }
    let columns = [message::FILE_ROW, message::FILE_COLUMN, message::EXPECTED, message::FOUND, message::WHAT];
    let head = columns.into_iter().map(|words| view! { <th scope="col">{context.say(words)}</th> }).collect_view();
    let rows = found
        .iter()
        .take(MOST_REASONS)
        .map(|finding| {
            view! {
                <tr>
                    <td class="number">{finding.row.map(|row| row.to_string())}</td>
                    <td>{finding.column.clone()}</td>
                    <td>{finding.expected.clone()}</td>
                    <td>{finding.found.clone()}</td>
                    <td lang="en">{finding.message.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    let name =
        format!("{} ({})", context.say(title), context.formats.count(u64::try_from(found.len()).unwrap_or(u64::MAX)));
    view! {
        <details class="as-table" open=open>
            <summary>{name.clone()}</summary>
            <div class="wide-table" tabindex="0" role="group" aria-label=name>
                <table class="findings"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>
            </div>
        </details>
    }
    .into_any()
}
