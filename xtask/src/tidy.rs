//! `cargo xtask tidy`: the rules of the repository that no compiler checks.
//!
//! Each submodule owns one kind of thing to look at and returns [`Problem`]s; a remark that is
//! worth reading but breaks no rule is a [`Severity::Remark`].

use std::fmt;

use anyhow::{Result, bail};

use crate::fixtures;
use crate::workspace::Workspace;

mod packages;
mod papers;
mod source_text;

/// Whether a problem ends the check.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    /// Breaks a rule.
    Fault,
    /// Worth a look.
    Remark,
}

/// One thing that is not as it should be.
pub(crate) struct Problem {
    severity: Severity,
    place: String,
    message: String,
}

impl Problem {
    fn fault(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Fault, place: place.into(), message: message.into() }
    }

    fn remark(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Remark, place: place.into(), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.severity {
            Severity::Fault => "fault",
            Severity::Remark => "remark",
        };
        write!(f, "{kind}: {}: {}", self.place, self.message)
    }
}

/// Checks everything and lists what is wrong.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut problems = Vec::new();
    problems.extend(source_text::check(workspace)?);
    problems.extend(packages::check(workspace)?);
    problems.extend(papers::check(workspace)?);
    problems.extend(fixtures::check(workspace)?.into_iter().map(|message| Problem::fault("fixtures", message)));

    for problem in &problems {
        println!("{problem}");
    }
    let faults = problems.iter().filter(|problem| problem.severity == Severity::Fault).count();
    if faults > 0 {
        bail!("tidy found {faults} faults");
    }
    println!("tidy: no faults");
    Ok(())
}
