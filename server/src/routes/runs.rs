//! `/runs`: how the refreshes went, and why what was refused was refused.

use indicators::wire::{RunEntry, RunFinding, RunOutcome, RunsAnswer};

use crate::error::{ApiError, ErrorCode};
use crate::formats::table::shown;
use crate::formats::{self, Column, Row, Values};
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route};
use crate::routes::areas::word;
use crate::routes::query::{Kind, LANG, Parameter};
use crate::routes::sources::known_dataflow;

const OUTCOMES: &[&str] = &["updated", "unchanged", "quarantined", "failed", "unreachable"];

pub(super) static ROUTE: Route = Route {
    path: "/runs",
    operation: "runs",
    summary: "Runs of the dataflows",
    description: "Newest first. A quarantined run lists its reasons by row and column, with what was expected and \
                  what was found; it changed nothing that is published. In CSV each reason and finding is a row.",
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
        LANG,
    ],
    formats: formats::LIST,
    caching: Caching::AskAlways,
    effort: Effort::Reading,
    refusals: &[ErrorCode::UnknownCode],
    schema: SchemaOf::of::<RunsAnswer>(),
    answer,
};

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let Question { view, query, .. } = question;
    let dataflows =
        query.list("dataflow").into_iter().map(|found| known_dataflow(view, found)).collect::<Result<Vec<_>, _>>()?;
    let outcomes: Vec<RunOutcome> = query.words("outcome", OUTCOMES)?;
    let runs = view.runs.iter().filter(|run| {
        (dataflows.is_empty() || dataflows.contains(&&run.dataflow))
            && (outcomes.is_empty() || outcomes.contains(&run.outcome))
    });
    if question.format.is_own() {
        return Content::json(&RunsAnswer { runs: runs.cloned().collect() });
    }
    question.table(COLUMNS, runs.flat_map(rows).collect())
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
    Column::attribute("snapshot", "Content address of the snapshot kept."),
    Column::attribute("vintage", "Vintage written."),
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
