//! What the independent clients need from the system: Python with environments, Node with its packages.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace::{capture, is_installed, run};

const INSTALL: [&str; 6] = ["install", "--yes", "--no-install-recommends", "python3-venv", "nodejs", "npm"];

/// Installs what is missing when this user may.
pub(crate) fn ensure_installed() -> Result<()> {
    if has_venv() && is_installed("node") && is_installed("npm") {
        return Ok(());
    }
    let by_hand = format!("apt-get {}", INSTALL.join(" "));
    let user = capture(Command::new("id").arg("-u"))?;
    if !is_installed("apt-get") || user.trim_ascii() != b"0" {
        bail!("python3 with venv, node and npm are needed; install as root with `{by_hand}`");
    }
    println!("python3 with venv, node or npm not found: installing");
    run(Command::new("apt-get").arg("update"))?;
    run(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(INSTALL))
        .with_context(|| format!("install by hand with `{by_hand}`"))
}

/// Python may be there without the package that makes environments.
fn has_venv() -> bool {
    let mut command = Command::new("python3");
    command.args(["-c", "import venv, ensurepip"]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
