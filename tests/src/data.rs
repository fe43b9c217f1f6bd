//! Data folders for the service under test: an empty one, or one that a first start has filled.
//!
//! Each bears the number of the process that made it, so that several test runs do not touch each other's, and what a run
//! left behind is removed by the next.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;

use anyhow::{Context, Result};
use fs_extra::dir::{self, CopyOptions};
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::service::{Service, program};

/// A folder filled by one first start, kept for the whole run of the tests.
static FILLED: OnceCell<PathBuf> = OnceCell::const_new();

/// A new folder, removed when dropped.
///
/// # Errors
/// When the disk refuses.
pub fn empty() -> Result<TempDir> {
    fs::create_dir_all(parent())?;
    let prefix = format!("data-{}-", process::id());
    tempfile::Builder::new().prefix(&prefix).tempdir_in(parent()).context("creating a data folder")
}

/// A copy of a folder in which the bundled recordings have been imported.
///
/// # Errors
/// When the service does not start on an empty folder.
pub async fn filled() -> Result<TempDir> {
    let original = FILLED.get_or_try_init(fill).await?;
    let copy = empty()?;
    dir::copy(original, copy.path(), &CopyOptions::new().content_only(true)).context("copying the filled folder")?;
    Ok(copy)
}

async fn fill() -> Result<PathBuf> {
    sweep(&parent())?;
    let folder = parent().join(format!("filled-{}", process::id()));
    if folder.exists() {
        fs::remove_dir_all(&folder).context("removing what a process of the same number left")?;
    }
    fs::create_dir_all(&folder)?;
    Service::start(&folder).await?.stop().await?;
    Ok(folder)
}

/// Removes what runs that have ended left behind: a process of the tests cannot tell which of them is its last.
fn sweep(parent: &Path) -> Result<()> {
    for entry in fs::read_dir(parent).into_iter().flatten() {
        let path = entry?.path();
        let is_left = path.file_name().is_some_and(|name| is_left(&name.to_string_lossy()));
        if is_left {
            // Another run may be removing the same.
            _ = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        }
    }
    Ok(())
}

/// `filled-4711`, `data-4711-Xy` or a log of one, when no process has that number any more.
fn is_left(name: &str) -> bool {
    let of = name.strip_prefix("filled-").or_else(|| name.strip_prefix("data-"));
    let Some(number) = of.and_then(|rest| rest.split(['-', '.']).next()?.parse().ok()) else { return false };
    Pid::from_raw(number).is_none_or(|pid| test_kill_process(pid) == Err(Errno::SRCH))
}

/// Beside the program under test, so that no test writes outside the build folder.
fn parent() -> PathBuf {
    let beside = program();
    beside.parent().unwrap_or(Path::new(".")).join("test-data")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_process_left_is_told_from_what_one_uses() {
        let own = process::id();
        // No process has a number beyond 2²².
        for left in
            ["filled-1073741824", "data-1073741824-Xy", "data-1073741824-Xy.4711.log", "filled-1073741824.1.log"]
        {
            assert!(is_left(left), "{left}");
        }
        for used in [format!("filled-{own}"), format!("data-{own}-Xy"), "elsewhere".to_owned(), "filled-x".to_owned()] {
            assert!(!is_left(&used), "{used}");
        }
    }
}
