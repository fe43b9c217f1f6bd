//! What the commands print. One line for one thing, so that it can be searched and cut.

use std::io::{self, Write};
use std::path::Path;

use indicators::wire::{RunFinding, RunOutcome};

use crate::backup::Copied;
use crate::run_log::{Decision, Run, Verdict};
use crate::store::Vintage;

/// The outcome as it stands in the API.
const fn name(outcome: RunOutcome) -> &'static str {
    match outcome {
        RunOutcome::Updated => "updated",
        RunOutcome::Unchanged => "unchanged",
        RunOutcome::Quarantined => "quarantined",
        RunOutcome::Failed => "failed",
        RunOutcome::Unreachable => "unreachable",
    }
}

pub(super) fn outcome(out: &mut impl Write, run: &Run) -> io::Result<()> {
    write!(out, "{}", name(run.outcome))?;
    match run.outcome {
        RunOutcome::Updated => writeln!(out, ": {} observations, {} new or changed", run.observations, run.changed),
        RunOutcome::Unchanged => writeln!(out),
        _ => writeln!(out, ": {} (run {})", first_reason(run), run.id),
    }
}

fn first_reason(run: &Run) -> &str {
    run.reasons.first().map_or("no reason was given", |reason| reason.message.as_str())
}

pub(super) fn run_line(out: &mut impl Write, run: &Run, decision: Option<&Decision>) -> io::Result<()> {
    let Run { id, dataflow, trigger, started_at, observations, changed, .. } = run;
    let (outcome, trigger) = (name(run.outcome), trigger.name());
    write!(out, "{started_at:.0}  {id}  {dataflow:<24} {trigger:<12} {outcome:<12} {observations:>8} {changed:>8}")?;
    if let Some(decision) = decision {
        write!(out, "  {}", verdict(decision))?;
    } else if !run.reasons.is_empty() {
        write!(out, "  {}", first_reason(run))?;
    }
    writeln!(out)
}

pub(super) fn run_in_full(out: &mut impl Write, run: &Run, decision: Option<&Decision>) -> io::Result<()> {
    writeln!(out, "run           {}", run.id)?;
    writeln!(out, "dataflow      {}", run.dataflow)?;
    writeln!(out, "started by    {}", run.trigger.name())?;
    writeln!(out, "from, to      {} {}", run.started_at, run.ended_at)?;
    writeln!(out, "outcome       {}", name(run.outcome))?;
    writeln!(out, "as of         {}", run.as_of)?;
    writeln!(out, "received      {} bytes", run.bytes)?;
    writeln!(out, "observations  {}, {} new or changed", run.observations, run.changed)?;
    for payload in &run.payloads {
        writeln!(out, "snapshot      {} {}", payload.sha256, payload.part)?;
    }
    if let Some(vintage) = &run.vintage {
        writeln!(out, "vintage       {vintage}")?;
    }
    if let Some(not_before) = run.not_before {
        writeln!(out, "left alone    until {not_before}")?;
    }
    if let Some(accepted) = &run.accepts {
        writeln!(out, "accepts       {accepted}")?;
    }
    if let Some(decision) = decision {
        writeln!(out, "decision      {} at {}", verdict(decision), decision.decided_at)?;
    }
    run.reasons.iter().try_for_each(|reason| finding(out, "reason", reason))?;
    run.findings.iter().try_for_each(|remark| finding(out, "finding", remark))
}

fn finding(out: &mut impl Write, kind: &str, finding: &RunFinding) -> io::Result<()> {
    writeln!(out, "{kind:<13} {}: {}", finding.code, finding.message)
}

const fn verdict(decision: &Decision) -> &'static str {
    match decision.verdict {
        Verdict::Accepted => "accepted",
        Verdict::Rejected => "rejected",
    }
}

pub(super) fn vintage(out: &mut impl Write, vintage: &Vintage) -> io::Result<()> {
    let Vintage { id, observations, changed, .. } = vintage;
    writeln!(out, "{:<40} {observations:>8} observations {changed:>8} new or changed", id.to_string())
}

pub(super) fn copied(out: &mut impl Write, copied: &Copied, folder: &Path) -> io::Result<()> {
    let Copied { files, present, bytes, runs } = copied;
    writeln!(
        out,
        "{files} files ({bytes} bytes) copied to {}, {present} were there already; the log holds {runs} runs",
        folder.display()
    )
}
