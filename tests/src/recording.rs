//! Recorded answers of the providers, as bytes, and the ways a test spoils them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// A recorded answer, by its path under `fixtures/sources`.
///
/// # Errors
/// When there is no such file.
pub fn read(path: &str) -> Result<Vec<u8>> {
    let file = root().join("fixtures/sources").join(path);
    fs::read(&file).with_context(|| format!("reading the recording {}", file.display()))
}

/// The recording with one piece of text replaced, which must occur exactly once: a change that hits
/// nothing, or more than was meant, would prove nothing.
///
/// # Errors
/// When the recording is no text, or holds the piece more or less often than once.
pub fn with(path: &str, from: &str, to: &str) -> Result<Vec<u8>> {
    let text = String::from_utf8(read(path)?).context("the recording is text")?;
    let n_found = text.matches(from).count();
    ensure!(n_found == 1, "{path} holds {from:?} {n_found} times; expected once");
    Ok(text.replacen(from, to, 1).into_bytes())
}

/// The providers of the catalogue, by the names their addresses are configured under.
///
/// # Errors
/// When the definitions cannot be read, or name none.
pub fn providers() -> Result<Vec<String>> {
    let folder = root().join("server/definitions/kz");
    let mut keys = Vec::new();
    for file in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
        let file = file?.path();
        let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        // Tables are told apart by their first line; platforms have keys too.
        let entries = text.split("[[provider]]").skip(1);
        let key = |entry: &str| Some(entry.trim_start().strip_prefix("key = \"")?.split_once('"')?.0.to_uppercase());
        keys.extend(entries.filter_map(key));
    }
    ensure!(keys.len() > 5, "{} names the providers {keys:?}", folder.display());
    Ok(keys)
}

/// The repository.
#[must_use]
pub fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_path_buf()
}
