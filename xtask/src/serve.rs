//! `cargo xtask serve`: builds the browser module and the server, then becomes the server.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Error, Result};
use clap::Args;

use crate::wasm;
use crate::workspace::{self, Workspace, describe};

/// What can be said to `serve`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Build without optimisation: quicker to build, slower to answer
    #[arg(long)]
    debug: bool,
    /// Anything else goes to `sandyq serve`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Builds, then replaces this process by the server, so that signals reach it directly.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    wasm::tell(&wasm::build(workspace)?);
    let program = build(workspace, arguments.debug)?;
    let mut server = Command::new(program);
    server.current_dir(&workspace.root).arg("serve").args(&arguments.rest);
    println!("starting `{}`", describe(&server));
    Err(Error::new(server.exec()).context(describe(&server)))
}

/// Builds the server with the site folder inside and returns where it is.
pub(crate) fn build(workspace: &Workspace, debug: bool) -> Result<PathBuf> {
    let mut cargo = workspace.cargo(["build", "--package", "server", "--bin", "sandyq"]);
    if !debug {
        cargo.arg("--release");
    }
    workspace::run(&mut cargo)?;
    Ok(workspace.sandyq(if debug { "debug" } else { "release" }))
}
