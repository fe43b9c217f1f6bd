//! The pages as Lighthouse judges them: on a slow telephone on a slow line, in a real browser; and how
//! long the browser studies the ranks of a reader's own weights.
//!
//! A score below the bound is a fault, and so is a time above its budget. The load of the machine is printed beside them:
//! other work on it makes every page slow.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::bench::Server;
use crate::workspace::{Workspace, capture, run};
use crate::{browser, clients, serve, wasm};

const PAGES: [&str; 3] = ["/kk/", "/kk/regions/KZ-61", "/kk/weights"];
const CATEGORIES: [&str; 4] = ["performance", "accessibility", "best-practices", "seo"];
/// Where its program lies in the folder it is installed in.
const PROGRAM: &str = "node_modules/lighthouse/cli/index.js";
/// What every category must reach, of 1.
const LEAST: f64 = 0.95;
/// Times with their budgets in milliseconds.
const TIMES: [(&str, f64); 2] = [("largest-contentful-paint", 1_500.0), ("total-blocking-time", 100.0)];
/// The benchmark index that slowing down 4 times is meant for, divided by those 4: the middle of a fast desktop's bracket, 1500
/// to 2000 (Lighthouse, docs/throttling.md, "Calibrating the CPU slowdown"). A slower machine is slowed down less, so
/// that the same telephone is meant.
const TELEPHONE_INDEX: f64 = 1_750.0 / 4.0;
/// The middle of so many runs counts.
const RUNS: usize = 3;
/// How often Lighthouse is asked for one report.
const ATTEMPTS: usize = 3;
/// How often the ranks are studied.
const STUDIES: usize = 21;
/// What one study may take, in milliseconds.
const STUDY_BUDGET: f64 = 50.0;
const FLAGS: &str = "--chrome-flags=--headless --no-sandbox --disable-gpu --disable-quic --disable-dev-shm-usage \
     --no-proxy-server";

/// Measures the pages most readers open first.
pub(crate) fn measure(workspace: &Workspace) -> Result<()> {
    browser::ensure_installed()?;
    clients::ensure_installed()?;
    let place = install(workspace)?;
    let program = place.join(PROGRAM);
    wasm::tell(&wasm::build(workspace)?);
    let sandyq = serve::build(workspace, false)?;
    let data = tempfile::tempdir_in(&workspace.target).context("creating a data folder")?;
    let (_, server) = Server::start(&sandyq, data.path())?;
    let first = report(&program, &server.url(PAGES[0]), 1.0)?;
    let index = first["environment"]["benchmarkIndex"].as_f64().context("Lighthouse says how fast the machine is")?;
    let slowdown = (index / TELEPHONE_INDEX).clamp(1.0, 4.0);
    println!("benchmark index of this machine {index:.0}: slowed down {slowdown:.1} times to be a telephone");
    let mut faults = Vec::new();
    for page in PAGES {
        let mut reports =
            (0..RUNS).map(|_| report(&program, &server.url(page), slowdown)).collect::<Result<Vec<_>>>()?;
        reports.sort_by(|left, right| score(left, CATEGORIES[0]).total_cmp(&score(right, CATEGORIES[0])));
        let report = reports.swap_remove(RUNS / 2);
        let scores: Vec<(&str, f64)> =
            CATEGORIES.iter().map(|category| (*category, score(&report, category))).collect();
        println!("{page}, load of the machine {}", load());
        for (category, score) in &scores {
            println!("  {category:<26} {:>8.0}     at least {:.0}", score * 100.0, LEAST * 100.0);
        }
        for (time, budget) in TIMES {
            let found = report["audits"][time]["numericValue"].as_f64().unwrap_or(f64::INFINITY);
            println!("  {time:<26} {found:>8.0} ms  budget {budget:.0} ms");
            if found > budget {
                faults.push(format!("{page} {time} {found:.0} ms"));
            }
        }
        let low = scores.into_iter().filter(|(_, score)| *score < LEAST);
        faults.extend(low.map(|(category, score)| format!("{page} {category} {:.0}", score * 100.0)));
    }
    let mut studies = study_ranks(workspace, &place, &server.url("/kk/weights"))?;
    studies.sort_by(f64::total_cmp);
    let median = studies.get(STUDIES / 2).copied().context("no study of the ranks was measured")?;
    let least = studies.first().copied().unwrap_or(median);
    println!("the ranks of one's own weights, 1,000 replicates, load of the machine {}", load());
    println!("  least {least:.0} ms, median {median:.0} ms  budget {STUDY_BUDGET:.0} ms");
    if median > STUDY_BUDGET {
        faults.push(format!("the study of ranks {median:.0} ms"));
    }
    ensure!(faults.is_empty(), "out of bounds: {}", faults.join(", "));
    Ok(())
}

/// Milliseconds that the page itself measured, one a study.
fn study_ranks(workspace: &Workspace, place: &Path, url: &str) -> Result<Vec<f64>> {
    let script = "rank_study.mjs";
    // The packages a script imports are looked for beside it.
    fs::copy(workspace.root.join("tests/clients/lighthouse").join(script), place.join(script))?;
    let mut command = Command::new("node");
    command.arg(place.join(script)).args([url, &STUDIES.to_string()]).stdin(Stdio::null());
    serde_json::from_slice(&capture(&mut command)?).context("reading how long the studies took")
}

fn score(report: &Value, category: &str) -> f64 {
    report["categories"][category]["score"].as_f64().unwrap_or(0.0)
}

/// The machine's mean load over the last minute; a dash where it says none.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("-").to_owned()
}

/// What Lighthouse says of a page. A browser that lost its own record of the load is asked again.
fn report(program: &Path, url: &str, slowdown: f64) -> Result<Value> {
    let mut fault = String::new();
    // Into a file: what goes through a pipe is cut off where Lighthouse ends with an error.
    let place = tempfile::NamedTempFile::new().context("creating a file for the report")?;
    let to = format!("--output-path={}", place.path().display());
    for _ in 0..ATTEMPTS {
        let mut command = Command::new("node");
        command.arg(program).args([url, "--quiet", "--output=json", &to, FLAGS]);
        command.arg(format!("--only-categories={}", CATEGORIES.join(",")));
        command.arg(format!("--throttling.cpuSlowdownMultiplier={slowdown}"));
        command.env("CHROME_PATH", "chromium").env("NO_PROXY", "127.0.0.1").stdin(Stdio::null());
        // Lighthouse ends with an error then, and has written its report all the same.
        command.stdout(Stdio::null()).status().context("running Lighthouse")?;
        let said = fs::read(place.path()).with_context(|| format!("reading what was said of {url}"))?;
        let report: Value = serde_json::from_slice(&said).with_context(|| format!("reading what was said of {url}"))?;
        let Some(code) = report["runtimeError"]["code"].as_str() else { return Ok(report) };
        code.clone_into(&mut fault);
    }
    bail!("{url}: Lighthouse ended {ATTEMPTS} times without a judgement, lastly with {fault}")
}

/// Installs Lighthouse into the build folder, once for a version, and says where.
fn install(workspace: &Workspace) -> Result<PathBuf> {
    let wanted = workspace.root.join("tests/clients/lighthouse/package.json");
    let place = workspace.target.join("clients/lighthouse");
    let list = fs::read(&wanted).with_context(|| format!("reading {}", wanted.display()))?;
    if place.join(PROGRAM).exists() && fs::read(place.join("package.json")).is_ok_and(|found| found == list) {
        return Ok(place);
    }
    fs::create_dir_all(&place)?;
    fs::write(place.join("package.json"), list)?;
    run(Command::new("npm").args(["install", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&place))?;
    Ok(place)
}
