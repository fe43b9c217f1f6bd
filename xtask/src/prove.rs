//! `cargo xtask prove`: the proofs that take long. They run the same code as the tests, with larger
//! counts, so that nothing is proved that is not also checked at every change.

use anyhow::{Result, ensure};
use clap::Args;

use crate::workspace::{self, Workspace};
use crate::{bench, budgets, clients, lighthouse};

/// What can be said to `prove`.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line are said one by one")]
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
    /// Only the lives of the simulated service
    #[arg(long)]
    only_lives: bool,
    /// Only the kills
    #[arg(long)]
    only_kills: bool,
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
    if arguments.only_lives {
        return live(workspace, arguments.seeds);
    }
    if arguments.only_kills {
        return kill(workspace, arguments.kills);
    }
    println!("== properties and fuzzing of every package, {} cases each", arguments.cases);
    let mut properties = workspace.cargo(["test", "--workspace", "--locked", "--lib", "--exclude", "tests"]);
    workspace::run(properties.env("PROPTEST_CASES", arguments.cases.to_string()))?;
    let mut properties = workspace.cargo(["test", "--package", "indicators", "--locked", "--test", "*"]);
    workspace::run(properties.env("PROPTEST_CASES", arguments.cases.to_string()))?;

    println!("== the same bits on one thread, on all threads and in wasm");
    ensure!(budgets::compare(workspace)?, "node is needed to run the mathematics in wasm");

    live(workspace, arguments.seeds)?;
    kill(workspace, arguments.kills)?;

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

/// On all processors, saying every half minute how far it has come; a seed that breaks a law ends it and is printed.
fn live(workspace: &Workspace, seeds: u32) -> Result<()> {
    println!("== {seeds} lives of the simulated service");
    let mut lives = workspace.cargo(["test", "--profile", "prove", "--package", "server", "--locked", "--lib", "--"]);
    lives.args(["simulation::", "--nocapture"]);
    workspace::run(lives.env("SANDYQ_SEEDS", seeds.to_string()))
}

/// The program without optimisation: the slower it is, the longer each step may be met by a kill.
fn kill(workspace: &Workspace, kills: u32) -> Result<()> {
    println!("== kill -9 at {kills} moments of a refresh, and at a quarter as many of a first start");
    workspace::run(&mut workspace.cargo(["build", "--workspace", "--bins", "--tests", "--locked"]))?;
    let mut killed =
        workspace.cargo(["test", "--workspace", "--locked", "--test", "it", "--", "kill::", "--nocapture"]);
    killed.env("SANDYQ_BIN", workspace.sandyq("debug")).env("SANDYQ_KILLS", kills.to_string());
    workspace::run(&mut killed)
}
