//! `cargo xtask bench`: the budgets of the design, measured on this machine in one run.
//!
//! Figures are printed with their budget and are no gate: a slow machine is not a fault. What is held to its budget all
//! the same says so in its own module.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use ureq::Agent;

use crate::workspace::{self, Workspace};
use crate::{budgets, serve, wasm};

mod observations;
pub(crate) mod service;
mod tiles;

const LANGUAGES: [&str; 3] = ["kk", "ru", "en"];
const DEADLINE: Duration = Duration::from_mins(2);
const LONGEST_BODY: u64 = 64 << 20;

/// What can be said to `bench`.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line are said one by one")]
pub(crate) struct Arguments {
    /// Requests for each address
    #[arg(long, default_value_t = 2_000)]
    requests: usize,
    /// Leave out the mathematics
    #[arg(long)]
    no_mathematics: bool,
    /// Only the mathematics against its budgets
    #[arg(long)]
    only_mathematics: bool,
    /// Only a quarter of tiles, beside `DuckDB`
    #[arg(long)]
    only_tiles: bool,
    /// Only the service beside nginx and Datasette, during a refresh, and its memory
    #[arg(long)]
    only_service: bool,
    /// Seconds for which memory is watched
    #[arg(long, default_value_t = 300)]
    soak: u64,
    /// Only ten million observations through the store
    #[arg(long)]
    only_observations: bool,
}

/// Builds for speed, then measures.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    if arguments.only_mathematics {
        return budgets::measure(workspace);
    }
    if arguments.only_tiles {
        return tiles::measure(workspace);
    }
    if arguments.only_service {
        wasm::build(workspace)?;
        return service::measure(workspace, &serve::build(workspace, false)?, arguments.soak);
    }
    if arguments.only_observations {
        return observations::measure(workspace);
    }
    let modules = wasm::build(workspace)?;
    let program = serve::build(workspace, false)?;
    let data = tempfile::tempdir_in(&workspace.target).context("creating a data folder")?;

    let (first_start, server) = Server::start(&program, data.path())?;
    drop(server);
    let (filled_start, server) = Server::start(&program, data.path())?;
    println!();
    line("first start, importing the recordings", &milliseconds(first_start), "no budget");
    line("start with a filled store", &milliseconds(filled_start), "2000 ms");

    let years = 2016..=2024;
    let overviews: Vec<String> = LANGUAGES
        .iter()
        .flat_map(|language| years.clone().map(move |year| format!("/{language}/?year={year}")))
        .collect();
    let fresh = overviews.iter().map(|path| server.time(path)).collect::<Result<Vec<_>>>()?;
    line("overview, rendered for the first time", &spread(fresh), "20 ms");
    let again = |path: &str| -> Result<String> {
        Ok(spread((0..arguments.requests).map(|_| server.time(path)).collect::<Result<Vec<_>>>()?))
    };
    line("overview, from memory", &again("/kk/")?, "20 ms");
    line("a region, from memory", &again("/kk/regions/KZ-61")?, "20 ms");
    line("GET /api/v1/index", &again("/api/v1/index")?, "20 ms");

    let page = server.body("/kk/")?;
    let sent = [vec!["/kk/".to_owned()], stylesheets(&page)].concat();
    let sent = sent.iter().map(|path| Ok(server.bytes(path, "br")?.len())).collect::<Result<Vec<_>>>()?;
    let together: usize = sent.iter().sum();
    line("overview, HTML + CSS as sent, brotli", &format!("{together} bytes"), "60000 bytes");
    line("overview, HTML as it is", &format!("{} bytes", page.len()), "no budget");
    for module in &modules {
        let budget = format!("{} bytes", module.budget_bytes);
        line(&format!("{}, wasm + js, brotli", module.name), &format!("{} bytes", module.brotli_bytes), &budget);
    }
    drop(server);
    service::measure(workspace, &program, arguments.soak)?;
    tiles::measure(workspace)?;
    observations::measure(workspace)?;

    if !arguments.no_mathematics && workspace.root.join("indicators/benches").is_dir() {
        println!();
        budgets::measure(workspace)?;
        workspace::run(&mut workspace.cargo(["bench", "--package", "indicators", "--bench", "*"]))?;
    }
    Ok(())
}

fn line(what: &str, found: &str, budget: &str) {
    println!("{what:<40} {found:<40} budget {budget}");
}

/// Median, 99th percentile and the slowest, as seen by a client on the same machine.
fn spread(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
    let shown = |percent| at(percent).map_or_else(|| "-".to_owned(), |time| milliseconds(*time));
    format!("p50 {}, p99 {}", shown(50), shown(99))
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

/// Addresses of the style sheets a page links.
fn stylesheets(page: &str) -> Vec<String> {
    let tags = page.split("<link ").skip(1).filter_map(|rest| rest.split('>').next());
    let sheets = tags.filter(|tag| tag.contains("stylesheet"));
    sheets.filter_map(|tag| tag.split("href=\"").nth(1)?.split('"').next()).map(str::to_owned).collect()
}

/// The program under measurement, killed when dropped.
pub(crate) struct Server {
    child: Child,
    agent: Agent,
    base: String,
}

impl Server {
    /// Starts and returns how long it took until the first answer.
    pub(crate) fn start(program: &Path, data: &Path) -> Result<(Duration, Self)> {
        Self::start_with(program, data, &[("SANDYQ_SCHEDULE".to_owned(), "off".to_owned())])
    }

    /// The same with settings.
    fn start_with(program: &Path, data: &Path, settings: &[(String, String)]) -> Result<(Duration, Self)> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let log = data.with_extension("log");
        let output = File::create(&log).with_context(|| format!("creating {}", log.display()))?;
        let begun = Instant::now();
        let child = Command::new(program)
            .args(["serve", "--bind", &address, "--data"])
            .arg(data)
            .env("SANDYQ_PUBLIC_URL", format!("http://{address}"))
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdout(output.try_clone()?)
            .stderr(output)
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("starting {}", program.display()))?;
        let mut server = Self {
            child,
            agent: Agent::config_builder().proxy(None).build().into(),
            base: format!("http://{address}"),
        };
        while server.body("/api/v1/status").is_err() {
            if let Some(status) = server.child.try_wait()? {
                bail!("the service ended with {status}:\n{}", fs::read_to_string(&log).unwrap_or_default());
            }
            ensure!(begun.elapsed() < DEADLINE, "the service did not answer in {DEADLINE:?}");
        }
        Ok((begun.elapsed(), server))
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn body(&self, path: &str) -> Result<String> {
        let mut response = self.agent.get(format!("{}{path}", self.base)).call().with_context(|| path.to_owned())?;
        response.body_mut().read_to_string().with_context(|| path.to_owned())
    }

    /// An answer in a coding, as it is sent.
    fn bytes(&self, path: &str, coding: &str) -> Result<Vec<u8>> {
        let request = self.agent.get(self.url(path)).header("accept-encoding", coding);
        let mut response = request.call().with_context(|| path.to_owned())?;
        response.body_mut().with_config().limit(LONGEST_BODY).read_to_vec().with_context(|| path.to_owned())
    }

    /// How long an answer takes, asked for the way a browser asks: compressed. It is read, not unpacked:
    /// this program is built without optimisation, and its own work is not what is measured.
    fn time(&self, path: &str) -> Result<Duration> {
        let request = self.agent.get(format!("{}{path}", self.base)).header("accept-encoding", "br");
        let begun = Instant::now();
        request.call().with_context(|| path.to_owned())?.body_mut().read_to_vec().with_context(|| path.to_owned())?;
        Ok(begun.elapsed())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
