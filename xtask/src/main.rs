//! Everything a newcomer types: `cargo xtask serve | test | bench | prove | fixtures | pictures | tidy | wasm`.
//!
//! Only the command line is here. Each command is a module of its name.

#![expect(clippy::print_stdout, reason = "a tool of the command line talks on standard output")]

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

mod bench;
mod browser;
mod budgets;
mod clients;
mod fixtures;
mod lighthouse;
mod pictures;
mod pipeline;
mod prove;
mod serve;
mod tidy;
mod wasm;
mod workspace;

use workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, serves, checks and measures Sandyq")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds everything and serves the dashboard on <http://127.0.0.1:8080>
    Serve(serve::Arguments),
    /// Runs what the project's checks run, cheapest first
    Test(pipeline::Arguments),
    /// Measures the budgets: answers, start, sizes, mathematics
    Bench(bench::Arguments),
    /// Runs the long proofs: the same code as the tests, with larger counts
    Prove(prove::Arguments),
    /// Checks the recordings against their manifest and lists them
    Fixtures,
    /// Draws the charts anew and keeps their pictures, for the tests to compare with
    Pictures,
    /// Checks the rules of the repository that no compiler checks
    Tidy,
    /// Builds the browser module into target/site and checks its size
    Wasm,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match Workspace::discover().and_then(|workspace| run(&workspace, cli.command)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(workspace: &Workspace, command: Command) -> Result<ExitCode> {
    match command {
        Command::Serve(arguments) => serve::run(workspace, &arguments)?,
        Command::Test(arguments) => return Ok(pipeline::run(workspace, &arguments)),
        Command::Bench(arguments) => bench::run(workspace, &arguments)?,
        Command::Prove(arguments) => prove::run(workspace, &arguments)?,
        Command::Fixtures => fixtures::run(workspace)?,
        Command::Pictures => pictures::run(workspace)?,
        Command::Tidy => tidy::run(workspace)?,
        Command::Wasm => wasm::tell(&wasm::build(workspace)?),
    }
    Ok(ExitCode::SUCCESS)
}
