//! `sandyq keys`: who may do more than read. Works beside a running service.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use indicators::code::DataflowId;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::config::Config;
use crate::keys::{Key, KeyBook, KeyId, NewKey, Scope};

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Make a key; it is shown once
    Create(CreateKey),
    /// Every key there ever was
    List,
    /// Give a key a new secret, shown once; its name stays
    Rotate {
        /// Its name, see `list`
        key: KeyId,
        /// How long the old secret is good besides, in hours
        #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=720))]
        overlap_hours: u16,
    },
    /// Close a key for good, from the next request on
    Revoke {
        /// Its name, see `list`
        key: KeyId,
    },
}

#[derive(Debug, Args)]
pub(super) struct CreateKey {
    /// Who will hold it; the name stands beside figures delivered with it
    #[arg(long)]
    holder: String,
    /// What it opens; may be given again
    #[arg(long = "scope", required = true)]
    scopes: Vec<Scope>,
    /// What may be delivered with it; may be given again
    #[arg(long = "dataflow")]
    dataflows: Vec<DataflowId>,
    /// Requests a minute, where it is to be other than usual
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    requests_per_minute: Option<u32>,
    /// The first day on which it opens nothing
    #[arg(long)]
    expires: Option<Date>,
}

impl KeysCommand {
    pub(super) fn run(self, config: &Config, out: &mut impl Write) -> anyhow::Result<ExitCode> {
        let book = KeyBook::of(&config.data);
        let now = Timestamp::now();
        match self {
            Self::Create(CreateKey { holder, scopes, dataflows, requests_per_minute, expires }) => {
                let zone = TimeZone::get(config.time_zone.name())?;
                let expires_at = expires.map(|day| day.to_zoned(zone)).transpose()?.map(|start| start.timestamp());
                let token = book.create(
                    NewKey {
                        holder,
                        scopes: scopes.into_iter().collect(),
                        dataflows: dataflows.into_iter().collect(),
                        requests_per_minute,
                        expires_at,
                    },
                    now,
                )?;
                writeln!(out, "{}", token.reveal())?;
            }
            Self::List => {
                let keys = book.keys()?;
                for fault in keys.faults() {
                    writeln!(out, "FAULT {fault}; no key is accepted until it is mended")?;
                }
                for key in keys.iter() {
                    line(out, key, now)?;
                }
                return Ok(super::exit_code(keys.faults().is_empty()));
            }
            Self::Rotate { key, overlap_hours } => {
                let token = book.rotate(&key, SignedDuration::from_hours(overlap_hours.into()), now)?;
                writeln!(out, "{}", token.reveal())?;
            }
            Self::Revoke { key } => {
                book.revoke(&key, now)?;
                writeln!(out, "{key} is revoked")?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn line(out: &mut impl Write, key: &Key, now: Timestamp) -> anyhow::Result<()> {
    let Key { id, holder, scopes, dataflows, created_at, expires_at, revoked_at, .. } = key;
    let state = match (revoked_at, key.is_in_force(now)) {
        (Some(_), _) => "revoked",
        (None, true) => "in force",
        (None, false) => "expired",
    };
    let scopes: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
    let dataflows: Vec<&str> = dataflows.iter().map(DataflowId::as_str).collect();
    write!(out, "{id}  {state:<8}  {created_at:.0}  {}", scopes.join(","))?;
    if !dataflows.is_empty() {
        write!(out, " to {}", dataflows.join(","))?;
    }
    if let Some(quota) = key.requests_per_minute {
        write!(out, "  {quota} requests a minute")?;
    }
    match (revoked_at, expires_at) {
        (Some(at), _) => write!(out, "  revoked {at:.0}")?,
        (None, Some(at)) => write!(out, "  until {at:.0}")?,
        (None, None) => {}
    }
    writeln!(out, "  {holder}")?;
    Ok(())
}
