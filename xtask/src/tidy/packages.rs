//! Dependencies: which package may lead to which, and under which licences.
//!
//! `deny.toml` is the one list of licences and bans; `cargo deny` reads it too where it is
//! installed. A new machine need not build that program to be told about a wrong licence.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result};
use serde::Deserialize;
use spdx::{Expression, LicenseReq, ParseMode};

use super::Problem;
use crate::workspace::{Workspace, capture};

/// A package and names of packages it must not lead to, with the reason.
struct Wall {
    from: &'static str,
    /// A name, or the beginning of names when it ends in `*`.
    never: &'static [&'static str],
    reason: &'static str,
}

const WALLS: [Wall; 2] = [
    Wall {
        from: "indicators",
        never: &[
            "tokio*",
            "actix*",
            "async-*",
            "futures*",
            "hyper*",
            "reqwest*",
            "sled",
            "leptos*",
            "tracing*",
            "getrandom",
            "mio",
            "rustix",
            "tempfile",
            "server",
            "frontend",
        ],
        reason: "it is pure mathematics: no input, output, clock, randomness or async",
    },
    Wall {
        from: "frontend",
        never: &["sled", "reqwest*", "actix*", "server"],
        reason: "the dashboard is given everything it shows and never sees the store or the network",
    },
];

/// Walls are checked for the platform the service runs on. In the browser some packages bring what
/// passes for a clock there, without using it.
const HOST: &str = "x86_64-unknown-linux-gnu";

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    license_file: Option<String>,
    source: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    pkg: String,
    dep_kinds: Vec<EdgeKind>,
}

#[derive(Deserialize)]
struct EdgeKind {
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Policy {
    licenses: LicencePolicy,
    bans: BanPolicy,
}

#[derive(Deserialize)]
struct LicencePolicy {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct BanPolicy {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

pub(super) fn check(workspace: &Workspace) -> Result<Vec<Problem>> {
    let everywhere = read_metadata(workspace, &[])?;
    let on_the_host = read_metadata(workspace, &["--filter-platform", HOST])?;
    let policy = fs::read_to_string(workspace.root.join("deny.toml")).context("reading deny.toml")?;
    let policy: Policy = toml::from_str(&policy).context("reading deny.toml")?;

    let mut problems = Vec::new();
    for wall in &WALLS {
        problems.extend(check_wall(&on_the_host, wall));
    }
    for package in everywhere.packages.iter().filter(|package| package.source.is_some()) {
        problems.extend(check_licence(package, &policy.licenses.allow));
        if let Some(ban) = policy.bans.deny.iter().find(|ban| ban.name == package.name) {
            problems.push(Problem::fault(name(package), format!("is banned: {}", ban.reason)));
        }
    }
    Ok(problems)
}

fn read_metadata(workspace: &Workspace, more: &[&str]) -> Result<Metadata> {
    let listing = capture(workspace.cargo(["metadata", "--format-version=1", "--locked"]).args(more))?;
    serde_json::from_slice(&listing).context("reading cargo metadata")
}

/// Every forbidden package that the package leads to, by dependencies that end up in its users.
fn check_wall(metadata: &Metadata, wall: &Wall) -> Vec<Problem> {
    let names: BTreeMap<&str, &str> =
        metadata.packages.iter().map(|package| (package.id.as_str(), package.name.as_str())).collect();
    let edges: BTreeMap<&str, Vec<&str>> = metadata
        .resolve
        .nodes
        .iter()
        .map(|node| {
            let normal = node.deps.iter().filter(|edge| edge.dep_kinds.iter().any(|kind| kind.kind.is_none()));
            (node.id.as_str(), normal.map(|edge| edge.pkg.as_str()).collect())
        })
        .collect();

    let start = metadata.packages.iter().filter(|package| package.name == wall.from && package.source.is_none());
    let mut reached = BTreeSet::new();
    let mut queue: Vec<(&str, Vec<&str>)> = start.map(|package| (package.id.as_str(), vec![wall.from])).collect();
    let mut problems = Vec::new();
    while let Some((id, path)) = queue.pop() {
        for next in edges.get(id).into_iter().flatten() {
            if !reached.insert(*next) {
                continue;
            }
            let next_name = names.get(next).copied().unwrap_or(next);
            let mut path = path.clone();
            path.push(next_name);
            if wall.never.iter().any(|pattern| matches(pattern, next_name)) {
                problems.push(Problem::fault(
                    format!("{}/Cargo.toml", wall.from),
                    format!("leads to {next_name} by {}: {}", path.join(" → "), wall.reason),
                ));
            } else {
                queue.push((next, path));
            }
        }
    }
    problems
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    }
}

fn check_licence(package: &Package, allowed: &[String]) -> Option<Problem> {
    let Some(licence) = &package.license else {
        let file = package.license_file.as_deref().unwrap_or("none");
        return Some(Problem::fault(name(package), format!("states no licence expression (licence file: {file})")));
    };
    let expression = match Expression::parse_mode(licence, ParseMode::LAX) {
        Ok(expression) => expression,
        Err(error) => return Some(Problem::fault(name(package), format!("licence `{licence}`: {error}"))),
    };
    let is_allowed = expression.evaluate(|required: &LicenseReq| allowed.contains(&required.to_string()));
    (!is_allowed).then(|| Problem::fault(name(package), format!("licence `{licence}` is not allowed by deny.toml")))
}

fn name(package: &Package) -> String {
    format!("{} {}", package.name, package.version)
}
