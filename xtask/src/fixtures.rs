//! The recordings under `fixtures/sources` and `fixtures/answers`, and their manifests.
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

/// Folders with a manifest in each.
const FOLDERS: [&str; 2] = ["fixtures/sources", "fixtures/answers"];
const MANIFEST: &str = "manifest.toml";

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
    for folder in FOLDERS {
        for recording in read(&workspace.root, folder)?.file {
            println!("{:<28} {}  {}  ({})", recording.dataflow, recording.recorded, recording.path, recording.licence);
        }
    }
    for problem in &problems {
        println!("{problem}");
    }
    ensure!(problems.is_empty(), "{} of the recordings are not what the manifest says", problems.len());
    Ok(())
}

/// Every way in which files and manifest disagree, one sentence each.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for folder in FOLDERS {
        problems.extend(check_folder(workspace, folder)?);
    }
    Ok(problems)
}

fn check_folder(workspace: &Workspace, folder: &str) -> Result<Vec<String>> {
    let manifest = match read(&workspace.root, folder) {
        Ok(manifest) => manifest,
        Err(error) => return Ok(vec![format!("{error:#}")]),
    };
    let list = format!("{folder}/{MANIFEST}");
    let mut problems = Vec::new();
    let mut listed = BTreeSet::new();
    for recording in &manifest.file {
        let name = format!("{folder}/{}", recording.path);
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
        if file.starts_with(folder) && name != list && !listed.contains(&name) {
            problems.push(format!("{name}: not listed in {list}"));
        }
    }
    Ok(problems)
}

fn read(root: &Path, folder: &str) -> Result<Manifest> {
    let list = format!("{folder}/{MANIFEST}");
    let text = fs::read_to_string(root.join(&list)).with_context(|| format!("reading {list}"))?;
    toml::from_str(&text).with_context(|| format!("reading {list}"))
}
