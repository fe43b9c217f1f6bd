//! `/runs`: how the refreshes went, and why what was refused was refused. The log only ever grows at its head, so a cursor
//! names the run it leads to by its place from the other end: newer runs do not move it.

use indicators::wire::{RunEntry, RunFinding, RunOutcome, RunsAnswer};

use crate::error::{ApiError, ErrorCode};
use crate::formats::table::{joined, shown};
use crate::formats::{self, Column, Row, Values};
use crate::limits::PUBLISHED;
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route};
use crate::routes::areas::word;
use crate::routes::cursor::{Cursor, short_hash};
use crate::routes::query::{Kind, LANG, Parameter, bad};
use crate::routes::sources::known_dataflow;
use crate::store::VintageId;

const OUTCOMES: &[&str] = &["updated", "unchanged", "quarantined", "failed", "unreachable"];

pub(super) static ROUTE: Route = Route {
    path: "/runs",
    operation: "runs",
    summary: "Runs of the dataflows",
    description: "Newest first. A quarantined run lists its reasons by row and column, with what was expected and \
                  what was found; it changed nothing that is published. `snapshots` are the bytes that a run read. JSON \
                  comes in pages; `next_cursor` and the `Link` header lead to the next, and runs that end in between \
                  stand on no later page. Other formats come whole unless `limit` is given; in CSV each reason and \
                  finding is a row.",
    segments: &[],
    parameters: &[
        Parameter {
            name: "dataflow",
            kind: Kind::Codes,
            description: "Only the runs of these dataflows.",
            example: "BNS_SDG_17_8_1",
        },
        Parameter {
            name: "outcome",
            kind: Kind::Choices(OUTCOMES),
            description: "Only runs that ended so.",
            example: "quarantined,failed",
        },
        Parameter {
            name: "vintage",
            kind: Kind::Token,
            description: "Only the runs that brought this vintage, or found that nothing had changed since it: `vintage` of \
                          an observation leads to its `snapshots`.",
            example: "BNS_SDG_17_8_1@2024-10-24.1",
        },
        Parameter {
            name: "limit",
            kind: Kind::Integer { least: 1, most: PUBLISHED.max_page_size },
            description: "Runs on a page (default 1000).",
            example: "100",
        },
        Parameter {
            name: "cursor",
            kind: Kind::Token,
            description: "`next_cursor` of the page before, every other parameter but `limit` unchanged.",
            example: "",
        },
        LANG,
    ],
    formats: formats::LIST,
    caching: Caching::AskAlways,
    effort: Effort::Reading,
    refusals: &[ErrorCode::UnknownCode, ErrorCode::ForeignCursor, ErrorCode::CursorExpired],
    schema: SchemaOf::of::<RunsAnswer>(),
    answer,
};

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let Question { view, query, service, format, .. } = question;
    let dataflows =
        query.list("dataflow").into_iter().map(|found| known_dataflow(view, found)).collect::<Result<Vec<_>, _>>()?;
    let outcomes: Vec<RunOutcome> = query.words("outcome", OUTCOMES)?;
    let vintage = query.one("vintage").map(read_vintage).transpose()?;
    let takes = |run: &RunEntry| {
        (dataflows.is_empty() || dataflows.contains(&&run.dataflow))
            && (outcomes.is_empty() || outcomes.contains(&run.outcome))
            && (vintage.is_none() || run.vintage == vintage)
    };
    let limits = service.limits();
    let limit = query.integer("limit", 1, limits.max_page_size)?;
    let limit = if format.is_own() { Some(limit.unwrap_or(limits.default_page_size)) } else { limit };
    let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let asked = short_hash(&format!("{dataflows:?} {outcomes:?} {vintage:?}"));
    let begin = match query.one("cursor") {
        Some(found) => resume(&view.runs, &Cursor::read(found, &asked)?)?,
        None => 0,
    };

    let total = view.runs.iter().filter(|run| takes(run)).count();
    let mut rest = view.runs.iter().enumerate().skip(begin).filter(|(_, run)| takes(run));
    let page: Vec<&RunEntry> = rest.by_ref().take(limit).map(|(_, run)| run).collect();
    let next = rest.next().map(|(place, run)| {
        let position = view.runs.len() - place;
        Cursor { edition: short_hash(&run.id), question: asked, position }.to_string()
    });
    if format.is_own() {
        let answer = RunsAnswer {
            total: u64::try_from(total).unwrap_or(u64::MAX),
            runs: page.into_iter().cloned().collect(),
            next_cursor: next.clone(),
        };
        return Ok(Content::json(&answer)?.followed_by(next));
    }
    Ok(question.table(COLUMNS, page.into_iter().flat_map(rows).collect())?.followed_by(next))
}

/// A vintage in the one way it is written.
fn read_vintage(found: &str) -> Result<String, ApiError> {
    let vintage: VintageId = found
        .parse()
        .map_err(|_unread| bad("vintage", "a vintage, DATAFLOW@YYYY-MM-DD.n, as beside an observation", found))?;
    Ok(vintage.to_string())
}

/// Where a page goes on. A log that was restored from the snapshots may hold another run there.
fn resume(runs: &[RunEntry], cursor: &Cursor) -> Result<usize, ApiError> {
    let place = runs.len().checked_sub(cursor.position).ok_or(ApiError::CursorExpired)?;
    match runs.get(place) {
        Some(run) if short_hash(&run.id) == cursor.edition => Ok(place),
        _ => Err(ApiError::CursorExpired),
    }
}

const COLUMNS: &[Column] = &[
    Column::attribute("id", "Identifier of the run, ordered by time."),
    Column::attribute("dataflow", "The dataflow."),
    Column::attribute("trigger", "What started it."),
    Column::attribute("started_at", "When it began.").of(Values::Instant),
    Column::attribute("ended_at", "When it ended.").of(Values::Instant),
    Column::attribute("outcome", "How it ended."),
    Column::attribute("bytes", "Bytes received.").of(Values::Count),
    Column::attribute("observations", "Observations read.").of(Values::Count),
    Column::attribute("changed", "Observations that are new or differ from the vintage before.").of(Values::Count),
    Column::attribute(
        "snapshot",
        "SHA-256 of the first payload, for `/snapshots`; empty where nothing came, and where the figures were delivered with \
         a key.",
    ),
    Column::attribute("snapshots", "SHA-256 of every payload it read, separated by spaces."),
    Column::attribute("vintage", "Vintage written, or the one that said the same already."),
    Column::attribute("remark", "`reason` of a refusal, or `finding`; empty for a run without either."),
    Column::attribute("code", "Stable code of the remark."),
    Column::attribute("row", "Row in the received file.").of(Values::Count),
    Column::attribute("column", "Column in the received file."),
    Column::attribute("expected", "What was expected."),
    Column::attribute("found", "What was found."),
    Column::attribute("message", "A sentence that can be read alone."),
];

fn rows(run: &RunEntry) -> Vec<Row> {
    let reasons = run.reasons.iter().map(|reason| ("reason", Some(reason)));
    let findings = run.findings.iter().map(|finding| ("finding", Some(finding)));
    let nothing = run.reasons.is_empty() && run.findings.is_empty();
    reasons.chain(findings).chain(nothing.then_some(("", None))).map(|(kind, remark)| row(run, kind, remark)).collect()
}

fn row(run: &RunEntry, kind: &str, remark: Option<&RunFinding>) -> Row {
    vec![
        (&run.id).into(),
        run.dataflow.as_str().into(),
        (&run.trigger).into(),
        shown(Some(run.started_at)),
        shown(Some(run.ended_at)),
        word(&run.outcome).into(),
        run.bytes.into(),
        run.observations.into(),
        run.changed.into(),
        shown(run.snapshot.as_ref()),
        joined(&run.snapshots.iter().map(|one| one.sha256.as_str()).collect::<Vec<_>>()),
        shown(run.vintage.as_ref()),
        kind.into(),
        shown(remark.map(|remark| &remark.code)),
        remark.and_then(|remark| remark.row).into(),
        shown(remark.and_then(|remark| remark.column.as_ref())),
        shown(remark.and_then(|remark| remark.expected.as_ref())),
        shown(remark.and_then(|remark| remark.found.as_ref())),
        shown(remark.map(|remark| &remark.message)),
    ]
}
