//! Documents and test snapshots: what they name must exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Problem;
use crate::workspace::Workspace;

/// Documents whose paths are checked.
const DOCUMENTS: [&str; 2] = ["README.md", "docs/ARCHITECTURE.md"];

pub(super) fn check(workspace: &Workspace) -> Result<Vec<Problem>> {
    let files = workspace.files()?;
    let mut problems = Vec::new();
    for document in DOCUMENTS {
        let text = fs::read_to_string(workspace.root.join(document)).with_context(|| format!("reading {document}"))?;
        problems.extend(check_paths(document, &text, &files));
    }
    problems.extend(check_snapshots(&workspace.root, &files)?);
    Ok(problems)
}

/// Paths a document names, in backticks or as the target of a link, that are no file and no folder.
fn check_paths(document: &str, text: &str, files: &[PathBuf]) -> Vec<Problem> {
    let mut known: BTreeSet<&Path> = BTreeSet::new();
    for file in files {
        known.extend(file.ancestors());
    }
    let folder = Path::new(document).parent().unwrap_or(Path::new(""));
    let mut problems = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let quoted = line.split('`').skip(1).step_by(2).filter(|words| is_path(words)).map(PathBuf::from);
        let links = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let links = links.filter(|target| !target.contains("://") && !target.starts_with('#'));
        let linked = links.map(|target| resolve(folder, target.split('#').next().unwrap_or(target)));
        for path in quoted.chain(linked) {
            if !known.contains(path.as_path()) {
                let message = format!("names `{}`, which does not exist", path.display());
                problems.push(Problem::fault(format!("{document}:{number}"), message));
            }
        }
    }
    problems
}

/// Whether quoted words are meant as a path of the repository.
fn is_path(words: &str) -> bool {
    let ends_like_one = [".rs", ".toml", ".md", "/"].iter().any(|end| words.ends_with(end));
    let is_plain = words.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    ends_like_one && is_plain && !words.starts_with('/') && !words.starts_with("./") && !words.starts_with("target/")
}

/// A link's target, from the folder of the document that has it.
fn resolve(folder: &Path, target: &str) -> PathBuf {
    let mut path = folder.to_path_buf();
    for part in target.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => {
                path.pop();
            }
            other => path.push(other),
        }
    }
    path
}

/// Snapshots whose test is gone, and snapshots nobody accepted.
fn check_snapshots(root: &Path, files: &[PathBuf]) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| file.to_string_lossy().contains(".snap")) {
        let place = file.display().to_string();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let Some(stem) = name.strip_suffix(".snap") else {
            problems.push(Problem::fault(place, "a snapshot that nobody accepted"));
            continue;
        };
        // `it__api__areas.snap`: crate, modules, then the name given in the test or the test's own.
        let text = fs::read_to_string(root.join(file)).with_context(|| format!("reading {place}"))?;
        let source = text.lines().find_map(|line| line.strip_prefix("source: ")).unwrap_or_default();
        let last = stem.rsplit("__").next().unwrap_or(stem);
        let source_text = fs::read_to_string(root.join(source)).unwrap_or_default();
        if !source_text.contains(last) {
            problems.push(Problem::fault(place, format!("no test in `{source}` names `{last}` any more")));
        }
    }
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_that_look_like_paths_are_checked() {
        for (words, expected) in [
            ("server/src/store.rs", true),
            ("docs/", true),
            ("deny.toml", true),
            ("/api/v1/areas", false),
            ("cargo xtask test", false),
            ("indicators::wire", false),
            ("./data", false),
        ] {
            assert_eq!(is_path(words), expected, "{words}");
        }
    }

    #[test]
    fn links_are_followed_from_their_document() {
        let files = [PathBuf::from("docs/decisions/0001-a.md"), PathBuf::from("README.md")];
        let text = "[a](decisions/0001-a.md) [b](../README.md#top) [c](missing.md) [d](https://example.org)";
        let problems = check_paths("docs/ARCHITECTURE.md", text, &files);
        assert_eq!(problems.len(), 1);
    }
}
