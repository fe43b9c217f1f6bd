//! A quarter of tiles to regions, beside `DuckDB` doing the same join on the same file.
//!
//! Both sides read the file, cut the outlines, join and add up; their totals must be the same to the last unit, or the
//! comparison says nothing and is an error. The time is a budget of the design, and exceeding it is an error too; it is judged last,
//! so that the figures of both sides are printed first.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::workspace::{self, Workspace, capture, run};

const TILES: &str = "1000000";

/// The budget, for the program as it is released.
const BUDGET_SECONDS: f64 = 2.0;

/// Runs of each side, taken in turns; the best of each counts, so that a busy moment of the machine falls on neither.
const RUNS: usize = 3;

const DUCKDB: &str = "duckdb==2.0.0";
const SCRIPT: &str = include_str!("tiles.py");
const LAYER: &str = "frontend/assets/geo/source/kz20_worldbank.geojson";

/// Tiles, tests, devices, and the three sums weighted by tests.
type Sums = BTreeMap<String, [u64; 6]>;

#[derive(Deserialize)]
struct Ours {
    seconds: f64,
    peak: Option<String>,
    totals: Totals,
}

#[derive(Deserialize)]
struct Totals {
    areas: Vec<Area>,
}

#[derive(Deserialize)]
struct Area {
    code: String,
    tiles: u64,
    tests: u64,
    devices: u64,
    download_kbps: Weighted,
    upload_kbps: Weighted,
    latency_ms: Weighted,
}

#[derive(Deserialize)]
struct Weighted {
    sum: u64,
}

#[derive(Deserialize)]
struct Theirs {
    seconds: f64,
    version: String,
    totals: Sums,
}

/// Makes the quarter, adds it up on both sides and compares.
pub(crate) fn measure(workspace: &Workspace) -> Result<()> {
    run(&mut workspace.cargo(["build", "--release", "--package", "tiles", "--example", "quarter", "--locked"]))?;
    let program = workspace.target.join("release/examples/quarter");
    let folder = tempfile::tempdir_in(&workspace.target).context("creating a folder for the quarter")?;
    let quarter = folder.path().join("quarter.parquet");
    run(Command::new(&program).arg("make").arg(&quarter).arg(TILES))?;
    let python = duckdb(workspace)?;
    let script = folder.path().join("tiles.py");
    fs::write(&script, SCRIPT).context("writing the script")?;

    let mut ours: Option<Ours> = None;
    let mut theirs: Option<Theirs> = None;
    for _ in 0..RUNS {
        let mine: Ours = serde_json::from_slice(&capture(Command::new(&program).arg("add-up").arg(&quarter))?)
            .context("reading the totals")?;
        ours = Some(ours.filter(|best| best.seconds <= mine.seconds).unwrap_or(mine));
        let Some(python) = &python else { continue };
        let layer = workspace.root.join(LAYER);
        let one: Theirs = serde_json::from_slice(&capture(Command::new(python).arg(&script).arg(layer).arg(&quarter))?)
            .context("reading the totals of DuckDB")?;
        theirs = Some(theirs.filter(|best| best.seconds <= one.seconds).unwrap_or(one));
    }
    let ours = ours.context("nothing was measured")?;
    let peak = ours.peak.as_deref().unwrap_or("unknown");
    let what = format!("a quarter of {TILES} tiles to 20 regions");
    println!("{what:<44} {:.2} s, at most {peak:<28} budget {BUDGET_SECONDS} s", ours.seconds);
    let Some(theirs) = theirs else {
        println!("DuckDB could not be installed: nothing to compare with");
        return within_budget(ours.seconds);
    };
    ensure!(sums_of(&ours) == theirs.totals, "the totals differ from those of DuckDB");
    let ratio = theirs.seconds / ours.seconds;
    println!(
        "the same in DuckDB {:<25} {:.2} s, the same totals; {ratio:.1} times ours",
        theirs.version, theirs.seconds
    );
    within_budget(ours.seconds)
}

fn within_budget(seconds: f64) -> Result<()> {
    ensure!(seconds <= BUDGET_SECONDS, "adding up a quarter took {seconds:.2} s, the budget is {BUDGET_SECONDS} s");
    Ok(())
}

fn sums_of(ours: &Ours) -> Sums {
    let sums = |area: &Area| {
        let Area { tiles, tests, devices, download_kbps, upload_kbps, latency_ms, .. } = area;
        [*tiles, *tests, *devices, download_kbps.sum, upload_kbps.sum, latency_ms.sum]
    };
    ours.totals.areas.iter().map(|area| (area.code.clone(), sums(area))).collect()
}

/// A Python with `DuckDB`, installed once below the target folder; `None` where that is not possible.
fn duckdb(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let place = workspace.target.join("duckdb");
    let python = place.join("bin/python");
    if capture(Command::new(&python).args(["-c", "import duckdb"])).is_ok() {
        return Ok(Some(python));
    }
    if !workspace::is_installed("python3") {
        return Ok(None);
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&place))?;
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", DUCKDB]);
    Ok(run(&mut install).is_ok().then_some(python))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_above_its_budget_is_an_error_that_names_both() {
        assert!(within_budget(BUDGET_SECONDS).is_ok());
        let told = within_budget(2.5).map_err(|error| error.to_string());
        assert_eq!(told, Err("adding up a quarter took 2.50 s, the budget is 2 s".to_owned()));
    }
}
