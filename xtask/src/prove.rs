//! placeholder

use anyhow::{Result, bail};
use clap::Args;

use crate::workspace::Workspace;

#[derive(Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(_workspace: &Workspace, _arguments: &Arguments) -> Result<()> {
    bail!("not built yet")
}
