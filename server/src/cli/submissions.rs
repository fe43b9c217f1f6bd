//! `sandyq submissions`: what was delivered with keys, and the operator's word on it.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use indicators::wire::{SubmissionState, SubmissionVerdict};

use crate::config::Config;
use crate::jobs::Author;
use crate::run_log::{RunHistory, RunLog, Submission};
use crate::service;

#[derive(Debug, Subcommand)]
pub(super) enum SubmissionsCommand {
    /// Those that wait, newest first
    List {
        /// Also those that were decided
        #[arg(long)]
        all: bool,
    },
    /// Everything about one: findings by row and column, decisions
    Show {
        /// Its id
        submission: String,
    },
    /// Publish it
    Accept {
        /// Its id
        submission: String,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
    /// Note that it is not to be used
    Reject {
        /// Its id
        submission: String,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
    /// Take it back, held or accepted; what was known before stays on record
    Withdraw {
        /// Its id
        submission: String,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
}

impl SubmissionsCommand {
    pub(super) fn run(self, config: &Config, out: &mut impl Write) -> anyhow::Result<ExitCode> {
        let history = || RunLog::read(&config.data.join("runs.jsonl"));
        let (id, verdict, reason) = match self {
            Self::List { all } => {
                let history = history()?;
                for submission in history.submissions().iter().rev() {
                    if all || history.submission_state(&submission.id) == SubmissionState::Held {
                        line(out, &history, submission)?;
                    }
                }
                return Ok(ExitCode::SUCCESS);
            }
            Self::Show { submission } => {
                let history = history()?;
                let found = history.submission(&submission).with_context(|| format!("no submission {submission}"))?;
                in_full(out, &history, found)?;
                return Ok(ExitCode::SUCCESS);
            }
            Self::Accept { submission, reason } => (submission, SubmissionVerdict::Accepted, reason),
            Self::Reject { submission, reason } => (submission, SubmissionVerdict::Rejected, reason),
            Self::Withdraw { submission, reason } => (submission, SubmissionVerdict::Withdrawn, reason),
        };
        let author = Author { key: None, name: "operator".to_owned() };
        let jobs = service::open(config)?.jobs;
        if jobs.decide_submission(&id, verdict, author, reason)? {
            jobs.publish()?;
        }
        writeln!(out, "{id} is {}", state(verdict.state()))?;
        Ok(ExitCode::SUCCESS)
    }
}

const fn state(state: SubmissionState) -> &'static str {
    match state {
        SubmissionState::Held => "held",
        SubmissionState::Accepted => "accepted",
        SubmissionState::Rejected => "rejected",
        SubmissionState::Withdrawn => "withdrawn",
    }
}

fn line(out: &mut impl Write, history: &RunHistory, submission: &Submission) -> anyhow::Result<()> {
    let Submission { id, dataflow, received_at, observations, changed, holder, .. } = submission;
    let state = state(history.submission_state(id));
    writeln!(
        out,
        "{received_at:.0}  {id}  {dataflow:<24} {state:<10} {observations:>8} observations {changed:>8} new or changed  {holder}"
    )?;
    Ok(())
}

fn in_full(out: &mut impl Write, history: &RunHistory, submission: &Submission) -> anyhow::Result<()> {
    let Submission { id, dataflow, received_at, sha256, bytes, content_type, observations, changed, .. } = submission;
    writeln!(out, "submission    {id}")?;
    writeln!(out, "dataflow      {dataflow}")?;
    writeln!(out, "submitted by  {} (key {})", submission.holder, submission.key)?;
    writeln!(out, "received      {received_at}, {bytes} bytes of {content_type}")?;
    writeln!(out, "snapshot      {sha256}")?;
    writeln!(out, "observations  {observations}, {changed} new or changed")?;
    if let Some(note) = &submission.note {
        writeln!(out, "note          {note}")?;
    }
    writeln!(out, "state         {}", state(history.submission_state(id)))?;
    for finding in &submission.findings {
        writeln!(out, "finding       {}: {}", finding.code, finding.message)?;
    }
    for decision in history.submission_decisions(id) {
        let (verdict, by, at) = (state(decision.verdict.state()), &decision.by, decision.decided_at);
        let reason = decision.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
        writeln!(out, "decision      {verdict} by {by} at {at}{reason}")?;
    }
    Ok(())
}
