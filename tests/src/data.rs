//! Data folders for the service under test: an empty one, or one that a first start has filled.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
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
    tempfile::Builder::new().prefix("data-").tempdir_in(parent()).context("creating a data folder")
}

/// A copy of a folder in which the bundled recordings have been imported.
///
/// # Errors
/// When the service does not start on an empty folder.
pub async fn filled() -> Result<TempDir> {
    let original = FILLED.get_or_try_init(fill).await?;
    let copy = empty()?;
    copy_folder(original, copy.path())?;
    Ok(copy)
}

async fn fill() -> Result<PathBuf> {
    let folder = parent().join("filled");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("removing what the last run left")?;
    }
    fs::create_dir_all(&folder)?;
    Service::start(&folder).await?.stop().await?;
    Ok(folder)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

/// Beside the program under test, so that no test writes outside the build folder.
fn parent() -> PathBuf {
    let beside = program();
    beside.parent().unwrap_or(Path::new(".")).join("test-data")
}
