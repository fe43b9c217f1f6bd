//! The command line: `sandyq serve` and everything an operator does besides. What the commands do
//! stands in [`crate::jobs`], [`crate::backup`] and [`crate::store`]; here it is asked for and told.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use indicators::code::DataflowId;
use indicators::wire::RunOutcome;
use tokio::runtime;

use crate::backup;
use crate::config::{Config, Flags};
use crate::data_folder::DataFolder;
use crate::jobs::{Compacted, JobError};
use crate::pages::Dashboard;
use crate::run_log::{Run, RunLog, Trigger};
use crate::service;
use crate::store::Store;

mod compute;
mod keys;
mod submissions;
mod tell;

/// Sandyq: the national education-digitalisation indicator service.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve pages and API, and refresh by schedule (what happens without a command)
    Serve,
    /// Ask providers now, take in what they say and publish it
    Refresh {
        /// Dataflows; see `vintages` for their codes
        #[arg(required_unless_present = "all")]
        dataflows: Vec<DataflowId>,
        /// Every dataflow of the catalogue
        #[arg(long, conflicts_with = "dataflows")]
        all: bool,
    },
    /// Look at runs, and decide on quarantined ones
    #[command(subcommand)]
    Runs(RunsCommand),
    /// Make, list, rotate and revoke keys; also while the service runs
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Look at what was delivered with keys, and decide on it
    #[command(subcommand)]
    Submissions(submissions::SubmissionsCommand),
    /// Read everything that is kept and check it against its checksums
    Verify,
    /// Build the index again from log and snapshots
    Rebuild,
    /// Copy the index without superseded releases and what interrupted writes left
    Compact,
    /// Copy log and snapshots into a folder; also while the service runs
    Backup {
        /// The folder; a second backup into it copies only what is new
        folder: PathBuf,
    },
    /// Copy a backup into an empty data folder and build the index
    Restore {
        /// The folder of the backup
        folder: PathBuf,
    },
    /// Compute an index from your own tables
    Compute(compute::ComputeCommand),
    /// Print the JSON schema of a recipe or a framework
    Schema {
        /// Which
        of: compute::SchemaOf,
    },
    /// List the vintages of every dataflow, or of one
    Vintages {
        /// The dataflow
        dataflow: Option<DataflowId>,
    },
}

#[derive(Debug, Subcommand)]
enum RunsCommand {
    /// The newest runs
    List {
        /// Only of this dataflow
        #[arg(long)]
        dataflow: Option<DataflowId>,
        /// How many
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Everything about one run: reasons and findings by row and column
    Show {
        /// Its id
        run: String,
    },
    /// Take in what a quarantined run brought, whatever the checks say
    Accept {
        /// Its id
        run: String,
    },
    /// Note that what a quarantined run brought is not to be used
    Reject {
        /// Its id
        run: String,
    },
}

impl Cli {
    /// The configuration the command line, the environment and the settings file make.
    ///
    /// # Errors
    /// When a setting is not what belongs there.
    pub fn config(&self) -> anyhow::Result<Config> {
        Ok(Config::read(self.flags.clone())?)
    }

    /// Does what was asked for.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn run(self, config: &Config) -> anyhow::Result<ExitCode> {
        let mut out = io::stdout().lock();
        match self.command.unwrap_or(Command::Serve) {
            Command::Serve => {
                drop(out);
                service::run(config, &Dashboard::at(config.public_url.clone()))?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Refresh { dataflows, all } => refresh(config, dataflows, all, &mut out),
            Command::Runs(command) => runs(config, command, &mut out),
            Command::Keys(command) => command.run(config, &mut out),
            Command::Submissions(command) => command.run(config, &mut out),
            Command::Verify => verify(config, &mut out),
            Command::Rebuild => rebuild(config, &mut out),
            Command::Compact => compact(config, &mut out),
            Command::Backup { folder } => {
                let copied = backup::back_up(&config.data, &folder)?;
                tell::copied(&mut out, &copied, &folder)?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Compute(command) => command.run(&mut out),
            Command::Schema { of } => of.print(&mut out),
            Command::Restore { folder } => restore(config, &folder, &mut out),
            Command::Vintages { dataflow } => vintages(config, dataflow.as_ref(), &mut out),
        }
    }
}

fn refresh(
    config: &Config,
    mut dataflows: Vec<DataflowId>,
    all: bool,
    out: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let jobs = service::open(config)?.jobs;
    if all {
        let asked = jobs.plans().iter().filter(|plan| plan.is_asked && !plan.takes_submissions());
        dataflows = asked.map(|plan| plan.id.clone()).collect();
    }
    let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut good = true;
    let total = dataflows.len();
    for (dataflow, number) in dataflows.into_iter().zip(1usize..) {
        write!(out, "[{number}/{total}] {dataflow} … ")?;
        out.flush()?;
        match runtime.block_on(jobs.refresh(dataflow, Trigger::Manual)) {
            Ok(run) => {
                tell::outcome(out, &run)?;
                good &= is_good(&run);
            }
            // Among all, one that waits for a file by hand is none that went wrong.
            Err(error @ JobError::NobodyToAsk { .. }) => {
                writeln!(out, "{error}")?;
                good &= all;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(exit_code(good))
}

fn runs(config: &Config, command: RunsCommand, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    match command {
        RunsCommand::List { dataflow, limit } => {
            let history = RunLog::read(&config.data.join("runs.jsonl"))?;
            let chosen = history.newest().filter(|run| dataflow.as_ref().is_none_or(|chosen| chosen == &run.dataflow));
            for run in chosen.take(limit) {
                tell::run_line(out, run, history.decision(&run.id))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        RunsCommand::Show { run } => {
            let history = RunLog::read(&config.data.join("runs.jsonl"))?;
            let found = history.find(&run).with_context(|| format!("no run {run}"))?;
            tell::run_in_full(out, found, history.decision(&run))?;
            Ok(ExitCode::SUCCESS)
        }
        RunsCommand::Accept { run } => {
            let taken = service::open(config)?.jobs.accept(&run)?;
            tell::outcome(out, &taken)?;
            Ok(ExitCode::SUCCESS)
        }
        RunsCommand::Reject { run } => {
            service::open(config)?.jobs.reject(&run)?;
            writeln!(out, "{run} is rejected; its payload stays among the snapshots")?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Log and snapshots need no lock; the index is checked too unless a service holds it.
fn verify(config: &Config, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let truth = backup::check_truth(&config.data)?;
    writeln!(
        out,
        "snapshots: {} sound; run log: {} runs; releases: {} published",
        truth.payloads, truth.runs, truth.releases
    )?;
    let mut faults = truth.faults;
    match DataFolder::open(&config.data) {
        Ok(folder) => match Store::open(&folder.store()).and_then(|store| store.verify()) {
            Ok(index) => {
                writeln!(
                    out,
                    "index: {} vintages, {} blocks, {} releases; {} blocks unused",
                    index.vintages, index.blocks, index.releases, index.unused_blocks
                )?;
                faults.extend(index.faults);
            }
            Err(error) => faults.push(format!("{error}; the next start rebuilds the index")),
        },
        Err(error) => writeln!(out, "index: not checked, {error}")?,
    }
    for fault in &faults {
        writeln!(out, "FAULT {fault}")?;
    }
    writeln!(out, "{}", if faults.is_empty() { "no fault found" } else { "see docs/OPERATIONS.md, Damage" })?;
    Ok(exit_code(faults.is_empty()))
}

fn rebuild(config: &Config, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let jobs = service::open(config)?.jobs;
    let replayed = jobs.rebuild()?;
    jobs.publish()?;
    writeln!(out, "{} vintages built from the snapshots, releases published", replayed.vintages)?;
    for failure in &replayed.failures {
        writeln!(out, "FAULT {failure}")?;
    }
    Ok(exit_code(replayed.failures.is_empty()))
}

fn compact(config: &Config, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let jobs = service::open(config)?.jobs;
    // What is published must be known before the rest is left behind.
    jobs.publish()?;
    let Compacted { copied, bytes_before, bytes_after } = jobs.compact()?;
    writeln!(
        out,
        "{} vintages, {} blocks, {} releases kept; {} releases and {} blocks left behind; {bytes_before} bytes before, \
         {bytes_after} now",
        copied.vintages, copied.blocks, copied.releases, copied.left_releases, copied.left_blocks
    )?;
    Ok(ExitCode::SUCCESS)
}

fn restore(config: &Config, folder: &Path, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    {
        let _locked = DataFolder::open(&config.data)?;
        let copied = backup::restore(folder, &config.data)?;
        tell::copied(out, &copied, &config.data)?;
    }
    let jobs = service::open(config)?.jobs;
    jobs.publish()?;
    writeln!(out, "index built, {} vintages, releases published", jobs.store().all_vintages()?.len())?;
    let problems = jobs.problems();
    for problem in &problems {
        writeln!(out, "{problem}")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn vintages(config: &Config, dataflow: Option<&DataflowId>, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let folder = DataFolder::open(&config.data)?;
    let store = Store::open(&folder.store())?;
    for vintage in store.all_vintages()? {
        if dataflow.is_none_or(|chosen| chosen == &vintage.id.dataflow) {
            tell::vintage(out, &vintage)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

const fn is_good(run: &Run) -> bool {
    matches!(run.outcome, RunOutcome::Updated | RunOutcome::Unchanged)
}

fn exit_code(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
