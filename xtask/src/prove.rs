//! `cargo xtask prove`: the proofs that take long. They run the same code as the tests, with larger
//! counts, so that nothing is proved that is not also checked at every change.

use anyhow::{Result, ensure};
use clap::Args;

use crate::workspace::{self, Workspace};
use crate::{bench, budgets, clients, lighthouse};

/// What can be said to `prove`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Moments at which a refresh is killed
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// Lives of the simulated service
    #[arg(long, default_value_t = 100_000)]
    seeds: u32,
    /// Requests drawn for each operation of the API's description
    #[arg(long, default_value_t = 100)]
    examples: u32,
    /// Random cases of every property
    #[arg(long, default_value_t = 20_000)]
    cases: u32,
    /// Only what Lighthouse says of the pages
    #[arg(long)]
    only_lighthouse: bool,
    /// Only what schemathesis finds
    #[arg(long)]
    only_schemathesis: bool,
    /// Only whether memory stays flat
    #[arg(long)]
    only_soak: bool,
    /// Seconds for which memory is watched
    #[arg(long, default_value_t = 300)]
    soak: u64,
}

/// Runs the proofs, each to its end.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    if arguments.only_lighthouse {
        return lighthouse::measure(workspace);
    }
    if arguments.only_schemathesis {
        return ask_whatever(workspace, arguments.examples);
    }
    if arguments.only_soak {
        return bench::service::soak(workspace, arguments.soak);
    }
    println!("== properties and fuzzing of every package, {} cases each", arguments.cases);
    let mut properties = workspace.cargo(["test", "--workspace", "--locked", "--lib", "--exclude", "tests"]);
    workspace::run(properties.env("PROPTEST_CASES", arguments.cases.to_string()))?;
    let mut properties = workspace.cargo(["test", "--package", "indicators", "--locked", "--test", "*"]);
    workspace::run(properties.env("PROPTEST_CASES", arguments.cases.to_string()))?;

    println!("== the same bits on one thread, on all threads and in wasm");
    ensure!(budgets::compare(workspace)?, "node is needed to run the mathematics in wasm");

    println!("== {} lives of the simulated service", arguments.seeds);
    let mut lives =
        workspace.cargo(["test", "--release", "--package", "server", "--locked", "--lib", "--", "simulation::"]);
    workspace::run(lives.env("SANDYQ_SEEDS", arguments.seeds.to_string()))?;

    println!("== kill -9 at {} moments of a refresh", arguments.kills);
    workspace::run(&mut workspace.cargo(["build", "--workspace", "--bins", "--tests", "--locked"]))?;
    let mut kills = workspace.cargo(["test", "--workspace", "--locked", "--test", "it", "--", "kill::"]);
    kills.env("SANDYQ_BIN", workspace.sandyq("debug")).env("SANDYQ_KILLS", arguments.kills.to_string());
    workspace::run(&mut kills)?;

    ask_whatever(workspace, arguments.examples)?;

    println!("== memory over {} seconds of load", arguments.soak);
    bench::service::soak(workspace, arguments.soak)?;

    println!("== the pages on a slow telephone, judged by Lighthouse");
    lighthouse::measure(workspace)
}

/// Asks the booted program whatever its description allows, and what it does not.
fn ask_whatever(workspace: &Workspace, examples: u32) -> Result<()> {
    println!("== {examples} requests for each operation, with the walk along links");
    clients::ensure_installed()?;
    workspace::run(&mut workspace.cargo(["build", "--workspace", "--bins", "--tests", "--locked"]))?;
    let mut asked = workspace.cargo(["test", "--workspace", "--locked", "--test", "it", "--", "clients::whatever"]);
    asked.env("SANDYQ_BIN", workspace.sandyq("debug")).env("SANDYQ_EXAMPLES", examples.to_string());
    workspace::run(&mut asked)
}
