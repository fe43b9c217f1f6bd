//! The service under load: beside programs that do only a part of what it does, during a refresh, and for a while.
//!
//! Both sides of a comparison are asked by the same generator in the same run, in turns; the best turn of each counts,
//! so that a busy moment of the machine falls on neither.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Server;
use crate::workspace::Workspace;
use crate::{serve, wasm};

mod datasette;
mod generator;
mod nginx;
mod refresh;
mod soak;

/// Turns of each side.
const TURNS: usize = 3;

/// Measures everything, with memory watched for so many seconds.
pub(super) fn measure(workspace: &Workspace, program: &Path, soak_seconds: u64) -> Result<()> {
    generator::ensure_installed()?;
    println!();
    println!("load of the machine before: {}", load());
    let data = tempfile::tempdir_in(&workspace.target).context("creating a data folder")?;
    let (_, server) = Server::start(program, data.path())?;
    nginx::compare(workspace, &server)?;
    datasette::compare(workspace, &server)?;
    drop(server);
    refresh::disturb(workspace, program, data.path())?;
    soak::watch(program, data.path(), soak_seconds)?;
    println!("load of the machine after: {}", load());
    Ok(())
}

/// Watches memory alone, on a folder of its own.
pub(crate) fn soak(workspace: &Workspace, seconds: u64) -> Result<()> {
    generator::ensure_installed()?;
    wasm::tell(&wasm::build(workspace)?);
    let program = serve::build(workspace, false)?;
    let data = tempfile::tempdir_in(&workspace.target).context("creating a data folder")?;
    soak::watch(&program, data.path(), seconds)
}

/// The machine's mean load over the last minute; a dash where it says none.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("-").to_owned()
}
