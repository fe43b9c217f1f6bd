//! `cargo xtask test`: every check of the project, cheapest first, stopping at the first failure.
//!
//! All steps that compile for the host ask cargo for the whole workspace, so that the packages
//! below are compiled once for checking and once for running, with one set of features.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::workspace::{self, Workspace, describe, is_installed};
use crate::{browser, clients, tidy, wasm};

/// What can be said to `test`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Leave out the tests that drive a browser
    #[arg(long)]
    no_browser: bool,
}

/// Lives of the simulated service at every change: two to three minutes on two cores.
const SEEDS: &str = "1000";

/// What a step found out.
#[derive(Default, Clone, Copy)]
struct Count {
    passed: usize,
    failed: usize,
}

/// A step: its name and what it does.
type Step<'a> = (&'a str, Box<dyn Fn() -> Result<Count> + 'a>);

/// Runs the steps. The last line printed is always `N passed, N failed`.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> ExitCode {
    let begun = Instant::now();
    let mut total = Count::default();
    let mut durations = String::new();
    let mut failure = None;
    for (name, step) in steps(workspace, arguments) {
        println!("\n== {name}");
        let step_begun = Instant::now();
        let outcome = step();
        let took = seconds(step_begun.elapsed());
        _ = writeln!(durations, "{took:>8}  {name}");
        match outcome {
            Ok(count) => {
                total.passed += count.passed;
                total.failed += count.failed;
                if count.failed > 0 {
                    failure = Some(format!("{name}: {} tests failed", count.failed));
                }
            }
            Err(error) => {
                total.failed += 1;
                failure = Some(format!("{name}: {error:#}"));
            }
        }
        println!("== {name}: {took}");
        if failure.is_some() {
            break;
        }
    }
    println!("\n{durations}{:>8}  together\n", seconds(begun.elapsed()));
    if let Some(failure) = &failure {
        println!("FAILED at {failure}");
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    if failure.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn steps<'a>(workspace: &'a Workspace, arguments: &'a Arguments) -> Vec<Step<'a>> {
    let cargo = |words: &'static str| -> Box<dyn Fn() -> Result<Count> + 'a> {
        Box::new(move || check(&mut workspace.cargo(words.split(' '))))
    };
    vec![
        ("format", cargo("fmt --all --check")),
        ("tidy", Box::new(|| tidy::run(workspace).map(|()| Count::ONE))),
        ("clippy", cargo("clippy --workspace --all-targets --locked -- -D warnings")),
        ("clippy of the browser module", Box::new(|| clippy_wasm(workspace))),
        ("browser module and its size", Box::new(|| build_wasm(workspace))),
        ("build", cargo("build --workspace --bins --tests --locked")),
        ("unit tests", Box::new(|| test(workspace, &["--lib", "--bins"], &[]))),
        ("examples in the documentation", Box::new(|| test(workspace, &["--doc"], &[]))),
        ("documentation", Box::new(|| document(workspace))),
        ("licences and advisories", Box::new(|| deny(workspace))),
        ("integration tests", Box::new(|| integration(workspace, arguments.no_browser))),
    ]
}

impl Count {
    /// One check that passed.
    const ONE: Self = Self { passed: 1, failed: 0 };
}

fn check(command: &mut Command) -> Result<Count> {
    workspace::run(command).map(|()| Count::ONE)
}

/// The wasm profile is used here too, so that macros are compiled once for this and the next step.
fn clippy_wasm(workspace: &Workspace) -> Result<Count> {
    wasm::ensure_target()?;
    let mut command = workspace.cargo(["clippy", "--package", "frontend", "--package", "indicators", "--lib"]);
    command.args(["--target", wasm::TARGET, "--profile", "wasm", "--features", "frontend/hydrate", "--locked"]);
    check(command.args(["--", "-D", "warnings"]))
}

fn build_wasm(workspace: &Workspace) -> Result<Count> {
    wasm::tell(&wasm::build(workspace)?);
    Ok(Count::ONE)
}

fn document(workspace: &Workspace) -> Result<Count> {
    let mut command = workspace.cargo(["doc", "--workspace", "--no-deps", "--locked"]);
    check(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn deny(workspace: &Workspace) -> Result<Count> {
    if !is_installed("cargo-deny") {
        println!("cargo-deny is not installed: licences and bans were checked by tidy, advisories are not checked");
        return Ok(Count::default());
    }
    check(&mut workspace.cargo(["deny", "--locked", "check"]))
}

fn integration(workspace: &Workspace, no_browser: bool) -> Result<Count> {
    clients::ensure_installed()?;
    if no_browser {
        return test(
            workspace,
            &["--test", "*"],
            &["--skip", "browser::", "--skip", "durability::each_step_is_flushed"],
        );
    }
    browser::ensure_installed()?;
    test(workspace, &["--test", "*"], &[])
}

/// Runs tests to the end and counts them.
fn test(workspace: &Workspace, targets: &[&str], to_tests: &[&str]) -> Result<Count> {
    let mut command = workspace.cargo(["test", "--workspace", "--locked", "--no-fail-fast"]);
    command.args(targets).arg("--").args(to_tests);
    command.env("SANDYQ_BIN", workspace.sandyq("debug")).env("INSTA_UPDATE", "no").env("SANDYQ_SEEDS", SEEDS);
    let shown = describe(&command);
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| format!("starting `{shown}`"))?;
    let mut count = Count::default();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line.context("reading the output of the tests")?;
            println!("{line}");
            if let Some(more) = read_result(&line) {
                count.passed += more.passed;
                count.failed += more.failed;
            }
        }
    }
    let status = child.wait().with_context(|| format!("waiting for `{shown}`"))?;
    if !status.success() && count.failed == 0 {
        bail!("`{shown}` ended with {status}");
    }
    Ok(count)
}

/// Reads `test result: ok. 3 passed; 0 failed; 0 ignored; ...`.
fn read_result(line: &str) -> Option<Count> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let number = |word: &str| {
        let part = counts.split(';').find(|part| part.trim_end().ends_with(word))?;
        part.split_whitespace().next()?.parse().ok()
    };
    Some(Count { passed: number("passed")?, failed: number("failed")? })
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_test_harness_is_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 4 filtered out; finished in 0.01s";
        let count = read_result(line).map(|count| (count.passed, count.failed));
        assert_eq!(count, Some((12, 3)));
        assert!(read_result("running 3 tests").is_none());
    }
}
