//! The recordings under `fixtures/sources` and their manifest.
//!
//! Recordings never change: a new answer of a provider is a new file in a new folder. So this
//! checks and lists; it never rewrites.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::workspace::Workspace;

const FOLDER: &str = "fixtures/sources";
const MANIFEST: &str = "fixtures/sources/manifest.toml";

#[derive(Deserialize)]
struct Manifest {
    file: Vec<Recording>,
}

#[derive(Deserialize)]
struct Recording {
    path: String,
    dataflow: String,
    licence: String,
    recorded: String,
    sha256: String,
}

/// Lists the recordings after checking them.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let problems = check(workspace)?;
    for recording in read(&workspace.root)?.file {
        println!("{:<28} {}  {}  ({})", recording.dataflow, recording.recorded, recording.path, recording.licence);
    }
    for problem in &problems {
        println!("{problem}");
    }
    ensure!(problems.is_empty(), "{} of the recordings are not what the manifest says", problems.len());
    Ok(())
}

/// Every way in which files and manifest disagree, one sentence each.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let manifest = match read(&workspace.root) {
        Ok(manifest) => manifest,
        Err(error) => return Ok(vec![format!("{error:#}")]),
    };
    let mut problems = Vec::new();
    let mut listed = BTreeSet::new();
    for recording in &manifest.file {
        let name = format!("{FOLDER}/{}", recording.path);
        match fs::read(workspace.root.join(&name)) {
            Ok(bytes) => {
                let found = hex::encode(Sha256::digest(&bytes));
                if found != recording.sha256 {
                    problems.push(format!("{name}: sha256 is {found}, the manifest says {}", recording.sha256));
                }
            }
            Err(error) => problems.push(format!("{name}: listed in the manifest, but: {error}")),
        }
        if !listed.insert(name.clone()) {
            problems.push(format!("{name}: listed twice in the manifest"));
        }
    }
    for file in workspace.files()? {
        let name = file.to_string_lossy().into_owned();
        if file.starts_with(FOLDER) && name != MANIFEST && !listed.contains(&name) {
            problems.push(format!("{name}: not listed in {MANIFEST}"));
        }
    }
    Ok(problems)
}

fn read(root: &Path) -> Result<Manifest> {
    let text = fs::read_to_string(root.join(MANIFEST)).with_context(|| format!("reading {MANIFEST}"))?;
    toml::from_str(&text).with_context(|| format!("reading {MANIFEST}"))
}
