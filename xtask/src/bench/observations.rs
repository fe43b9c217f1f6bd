//! Ten million made-up observations through the real store: written as one vintage, opened again by another process, read
//! back and compared.
//!
//! Time depends on the machine and memory does not; both are budgets of the design, and exceeding one is an error here.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::workspace::{Workspace, capture, run};

const THOUSANDS: &str = "10000";

const IMPORT_SECONDS: f64 = 15.0;
const REOPEN_SECONDS: f64 = 1.0;
const PEAK_MEGABYTES: u64 = 600;

#[derive(Deserialize)]
struct Imported {
    seconds: f64,
    observations: u64,
    bytes: u64,
    peak_kilobytes: Option<u64>,
}

#[derive(Deserialize)]
struct Reopened {
    seconds: f64,
    read_seconds: f64,
    peak_kilobytes: Option<u64>,
}

/// Imports, reopens, reads back.
pub(crate) fn measure(workspace: &Workspace) -> Result<()> {
    run(&mut workspace.cargo(["build", "--release", "--package", "server", "--example", "observations", "--locked"]))?;
    let program = workspace.target.join("release/examples/observations");
    let folder = tempfile::tempdir_in(&workspace.target).context("creating a folder for the store")?;
    let asked = |what: &str| capture(Command::new(&program).arg(what).arg(folder.path()).arg(THOUSANDS));
    let imported: Imported = serde_json::from_slice(&asked("import")?).context("reading what the import said")?;
    let reopened: Reopened = serde_json::from_slice(&asked("reopen")?).context("reading what the reopening said")?;

    let Imported { seconds, observations, bytes, .. } = imported;
    let megabytes = bytes >> 20;
    println!(
        "{:<44} {:<40} budget {IMPORT_SECONDS} s",
        format!("{observations} observations, imported"),
        format!("{seconds:.2} s, {megabytes} MB on the disk")
    );
    println!("{:<44} {:<40} budget {REOPEN_SECONDS} s", "reopened", format!("{:.3} s", reopened.seconds));
    println!(
        "{:<44} {:<40} no budget",
        "read back, every value as it was written",
        format!("{:.2} s", reopened.read_seconds)
    );
    let peak = imported.peak_kilobytes.max(reopened.peak_kilobytes).map(|kilobytes| kilobytes >> 10);
    let shown = |kilobytes: Option<u64>| kilobytes.map_or_else(|| "unknown".to_owned(), |kb| (kb >> 10).to_string());
    println!(
        "{:<44} {:<40} budget {PEAK_MEGABYTES} MB",
        "resident at most, importing and reading",
        format!("{} and {} MB", shown(imported.peak_kilobytes), shown(reopened.peak_kilobytes))
    );
    ensure!(seconds <= IMPORT_SECONDS, "importing took {seconds:.2} s");
    ensure!(reopened.seconds <= REOPEN_SECONDS, "reopening took {:.2} s", reopened.seconds);
    ensure!(peak.is_none_or(|peak| peak <= PEAK_MEGABYTES), "{peak:?} MB were held");
    Ok(())
}
