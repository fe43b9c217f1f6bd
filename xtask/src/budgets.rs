//! The mathematics against its budgets, natively and in wasm under Node, and the proof that both give
//! the same bits. The workloads are the package in `xtask/budgets`.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use wasm_bindgen_cli_support::Bindgen;

use crate::wasm;
use crate::workspace::{Workspace, capture, is_installed, run};

/// Name, what it is, and its budget.
const WORKLOADS: [(&str, &str, &str); 5] = [
    ("example", "pipeline, 51 × 49", "1 ms"),
    ("uncertainty", "uncertainty, 1,000 replicates", "250 ms"),
    ("sobol", "Sobol' indices, N = 500", "1000 ms"),
    ("large", "pipeline, 20,000 × 100", "250 ms, 200 MB"),
    ("outranking", "outranking, 1,000 × 50", "500 ms"),
];

/// Runs a workload in wasm as often as natively. Arguments: the module, the workload, the longest time.
const SCRIPT: &str = "
const { Work } = require(process.argv[2]);
const work = Work.named(process.argv[3]);
const longest = Number(process.argv[4]);
const before = process.memoryUsage().rss;
const begun = performance.now();
const times = [];
let result = NaN;
do {
  const run = performance.now();
  result = work.run();
  times.push(performance.now() - run);
} while (performance.now() - begun < longest && times.length < 500);
times.sort((a, b) => a - b);
console.log(JSON.stringify({
  runs: times.length, least_ms: times[0], median_ms: times[Math.floor(times.length / 2)],
  input_kilobytes: before / 1024, peak_kilobytes: process.memoryUsage().rss / 1024, result,
}));
";

#[derive(Deserialize)]
struct Measured {
    runs: u32,
    least_ms: f64,
    median_ms: f64,
    peak_kilobytes: Option<f64>,
    result: f64,
}

/// Measures every workload and prints it beside its budget.
pub(crate) fn measure(workspace: &Workspace) -> Result<()> {
    run(&mut workspace.cargo(["build", "--release", "--package", "budgets", "--bin", "budgets"]))?;
    let program = workspace.target.join("release").join("budgets");
    let module = build_wasm(workspace)?;
    for (name, what, budget) in WORKLOADS {
        let native = read(Command::new(&program).arg(name))?;
        line(what, &native, budget);
        if let Some(module) = &module {
            let in_wasm = in_wasm(module, name, 5_000)?;
            line(&format!("{what}, wasm"), &in_wasm, "none of its own");
            same(name, &native, &in_wasm)?;
        }
    }
    Ok(())
}

/// Compares the results of the machine and of wasm, bit by bit; `false` when there is no Node.
pub(crate) fn compare(workspace: &Workspace) -> Result<bool> {
    let Some(module) = build_wasm(workspace)? else { return Ok(false) };
    run(&mut workspace.cargo(["build", "--package", "budgets", "--bin", "budgets", "--locked"]))?;
    let program = workspace.target.join("debug").join("budgets");
    for name in ["example", "uncertainty", "sobol"] {
        // Threads are as many as there are processors, and one in wasm.
        let native = read(Command::new(&program).arg(name))?;
        let single = read(Command::new(&program).arg(name).env("RAYON_NUM_THREADS", "1"))?;
        same(name, &native, &single)?;
        same(name, &native, &in_wasm(&module, name, 0)?)?;
    }
    Ok(true)
}

fn build_wasm(workspace: &Workspace) -> Result<Option<String>> {
    if !is_installed("node") {
        println!("node is not installed: nothing is run in wasm");
        return Ok(None);
    }
    wasm::ensure_target()?;
    let mut build = workspace.cargo(["build", "--package", "budgets", "--lib", "--profile", "wasm"]);
    run(build.args(["--target", wasm::TARGET, "--no-default-features", "--locked"]))?;
    let bound = workspace.target.join("budgets-bound");
    Bindgen::new()
        .input_path(workspace.target.join(wasm::TARGET).join("wasm").join("budgets.wasm"))
        .out_name("budgets")
        .nodejs(true)?
        .typescript(false)
        .generate(&bound)
        .context("binding the workloads")?;
    fs::write(bound.join("run.js"), SCRIPT).context("writing the script")?;
    Ok(Some(bound.display().to_string()))
}

fn in_wasm(folder: &str, name: &str, longest_ms: u32) -> Result<Measured> {
    let module = format!("{folder}/budgets.js");
    read(Command::new("node").args([format!("{folder}/run.js"), module, name.to_owned(), longest_ms.to_string()]))
}

fn read(command: &mut Command) -> Result<Measured> {
    serde_json::from_slice(&capture(command)?).context("reading a measurement")
}

fn same(name: &str, one: &Measured, other: &Measured) -> Result<()> {
    ensure!(one.result.is_finite(), "{name} gave no result");
    ensure!(
        one.result.to_bits() == other.result.to_bits(),
        "{name} differs between threads or between the machine and wasm: {} and {}",
        one.result,
        other.result
    );
    Ok(())
}

fn line(what: &str, found: &Measured, budget: &str) {
    let memory = found.peak_kilobytes.map_or_else(String::new, |kilobytes| format!(", peak {:.0} MB", kilobytes / 1e3));
    let shown = format!("least {:.2} ms, median {:.2} ms of {}{memory}", found.least_ms, found.median_ms, found.runs);
    println!("{what:<40} {shown:<60} budget {budget}");
}
