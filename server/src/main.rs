//! The binary: reads the configuration, starts the log and does what the command line asks for.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use server::cli::Cli;
use server::config::{Config, LogFormat};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = cli.config().and_then(|config| {
        start_log(&config)?;
        cli.run(&config)
    });
    done.unwrap_or_else(|error| {
        // A configuration that was refused leaves no log to write to.
        _ = writeln!(io::stderr(), "sandyq: {error:#}");
        ExitCode::FAILURE
    })
}

fn start_log(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log_filter)?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        // A line that cannot be written, on a full disk, is lost. Saying so in the same place would end the program.
        .log_internal_errors(false);
    match config.log_format {
        LogFormat::Text => log.with_target(false).compact().init(),
        LogFormat::Json => log.json().init(),
    }
    for name in &config.unknown_variables {
        tracing::warn!("the variable {name} is no setting of this program");
    }
    Ok(())
}
