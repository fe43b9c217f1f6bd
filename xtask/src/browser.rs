//! The browser that the tests drive, and the tracer that watches the service flush its files, from the packages of the
//! system.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace::{capture, is_installed, run};

const PROGRAMS: [&str; 3] = ["chromium", "chromedriver", "strace"];
const INSTALL: [&str; 7] =
    ["install", "--yes", "--no-install-recommends", "chromium", "chromium-driver", "fonts-noto-core", "strace"];

/// Installs browser, driver and tracer when one is missing and this user may.
pub(crate) fn ensure_installed() -> Result<()> {
    let missing: Vec<&str> = PROGRAMS.into_iter().filter(|program| !is_installed(program)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!("apt-get {}", INSTALL.join(" "));
    let user = capture(Command::new("id").arg("-u"))?;
    if !is_installed("apt-get") || user.trim_ascii() != b"0" {
        bail!("{} not found; install as root with `{by_hand}`, or run with --no-browser", missing.join(" and "));
    }
    println!("{} not found: installing", missing.join(" and "));
    run(Command::new("apt-get").arg("update"))?;
    run(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(INSTALL))
        .with_context(|| format!("install by hand with `{by_hand}`, or run with --no-browser"))
}
