//! `/runs`: how the refreshes went, and why what was refused was refused.

use indicators::wire::{RunEntry, RunFinding, RunOutcome, RunsAnswer};

use crate::error::{ApiError, ErrorCode};
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Question, Route};
use crate::routes::areas::word;
use crate::routes::negotiation::Format;
use crate::routes::query::{Kind, Parameter};
use crate::routes::sources::known_dataflow;
use crate::routes::table::{Table, shown};

const OUTCOMES: &[&str] = &["updated", "unchanged", "quarantined", "failed", "unreachable"];

pub(super) static ROUTE: Route = Route {
    path: "/runs",
    operation: "runs",
    summary: "Runs of the dataflows",
    description: "Newest first. A quarantined run lists its reasons by row and column, with what was expected and \
                  what was found; it changed nothing that is published. In CSV each reason and finding is a row.",
    segment: None,
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
    ],
    formats: &[Format::Json, Format::Csv],
    caching: Caching::AskAlways,
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
    match question.format {
        Format::Json => Content::json(&RunsAnswer { runs: runs.cloned().collect() }),
        Format::Csv => Content::csv(table(runs)),
    }
}

fn table<'a>(runs: impl Iterator<Item = &'a RunEntry>) -> Result<Vec<u8>, csv::Error> {
    let mut table = Table::new(&[
        "id",
        "dataflow",
        "trigger",
        "started_at",
        "ended_at",
        "outcome",
        "bytes",
        "observations",
        "changed",
        "snapshot",
        "vintage",
        "remark",
        "code",
        "row",
        "column",
        "expected",
        "found",
        "message",
    ])?;
    for run in runs {
        let reasons = run.reasons.iter().map(|reason| ("reason", Some(reason)));
        let findings = run.findings.iter().map(|finding| ("finding", Some(finding)));
        let nothing = run.reasons.is_empty() && run.findings.is_empty();
        for (kind, remark) in reasons.chain(findings).chain(nothing.then_some(("", None))) {
            add(&mut table, run, kind, remark)?;
        }
    }
    table.finish()
}

fn add(table: &mut Table, run: &RunEntry, kind: &str, remark: Option<&RunFinding>) -> Result<(), csv::Error> {
    table.row([
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
        shown(remark.and_then(|remark| remark.row)),
        shown(remark.and_then(|remark| remark.column.as_ref())),
        shown(remark.and_then(|remark| remark.expected.as_ref())),
        shown(remark.and_then(|remark| remark.found.as_ref())),
        shown(remark.map(|remark| &remark.message)),
    ])
}
