//! How late answers are while a refresh takes in a revised table and computes the releases that rest on it.
//!
//! The provider is a listener of our own that lets the request wait until the quiet phase is measured, then sends the
//! recording with every value of one region a tenth higher: a vintage, and a new release of every year.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use fs_extra::dir::{self, CopyOptions};
use serde_json::Value;

use super::super::{Server, line, milliseconds};
use super::generator::{Answered, steadily};
use crate::workspace::Workspace;

const DATAFLOW: &str = "BNS_SDG_17_8_1";
const RECORDING: &str = "fixtures/sources/kz_bns/2024-10-24/indicator_17-8-1.csv";
/// The region whose values are revised, in the provider's codes.
const REVISED: &str = ",KZYUZ,";
/// What readers ask for, a page and answers of the API.
const PATHS: [&str; 6] = [
    "/kk/",
    "/api/v1/index",
    "/api/v1/index/KZ-61",
    "/api/v1/observations?indicator=internet_users&area=KZ-61",
    "/api/v1/index.csv?lang=en",
    "/en/regions/KZ-61",
];
/// Threads that ask, each so often.
const PACE: (usize, Duration) = (8, Duration::from_millis(20));
/// Until everybody is connected and was answered once.
const CONNECTING: Duration = Duration::from_secs(1);
const QUIET: Duration = Duration::from_secs(4);
const ROUNDS: usize = 10;
const LONGEST: Duration = Duration::from_mins(5);

/// Measures quiet and disturbed phases in turns, each round on a copy of the folder.
pub(super) fn disturb(workspace: &Workspace, program: &Path, filled: &Path) -> Result<()> {
    let recording = fs::read_to_string(workspace.root.join(RECORDING)).context(RECORDING)?;
    let (mut quiet, mut disturbed, mut took) = (Vec::new(), Vec::new(), Duration::ZERO);
    for _ in 0..ROUNDS {
        let data = tempfile::tempdir_in(&workspace.target).context("creating a data folder")?;
        dir::copy(filled, data.path(), &CopyOptions::new().content_only(true)).context("copying the filled folder")?;
        let (go, wait) = mpsc::channel();
        let provider = provide(revised(&recording)?, wait)?;
        let server = Server::start_with(program, data.path(), &settings(workspace, provider)?)?.1;
        for path in PATHS {
            server.bytes(path, "br")?;
        }
        let round = round(&server, &go)?;
        took += round.over.duration_since(round.begun);
        quiet.extend(round.answers_between(round.settled, round.begun));
        disturbed.extend(round.answers_between(round.begun, round.over));
    }
    let (quiet, disturbed) = (p99(quiet), p99(disturbed));
    let mean = took / u32::try_from(ROUNDS).unwrap_or(1);
    line("p99, 400 requests a second, quiet", &milliseconds(quiet), "no budget");
    line(&format!("  during a refresh of {}", milliseconds(mean)), &milliseconds(disturbed), "2 times quiet");
    let ratio = disturbed.as_secs_f64() / quiet.as_secs_f64();
    line("  times quiet", &format!("{ratio:.2}"), "2 times quiet");
    Ok(())
}

/// What was answered in a round, and when it came to what.
struct Round {
    answers: Vec<Answered>,
    /// Everybody is connected.
    settled: Instant,
    /// The refresh began.
    begun: Instant,
    /// What it brought is in force.
    over: Instant,
}

impl Round {
    fn answers_between(&self, from: Instant, until: Instant) -> impl Iterator<Item = Duration> {
        let within = self.answers.iter().filter(move |answer| (from..until).contains(&answer.due));
        within.map(|answer| answer.took)
    }
}

/// Asks at a steady pace, first quietly, then while the provider lets a refresh go on. Readers stay connected from the
/// one to the other: to connect takes longer than an answer from memory, and would be counted for the refresh.
fn round(server: &Server, go: &Sender<()>) -> Result<Round> {
    let (stop, base) = (AtomicBool::new(false), server.url(""));
    thread::scope(|scope| {
        let asking = scope.spawn(|| steadily(&base, &PATHS, PACE, &stop));
        let phases = || -> Result<[Instant; 3]> {
            thread::sleep(CONNECTING);
            let settled = Instant::now();
            thread::sleep(QUIET);
            go.send(()).context("the provider has gone")?;
            let begun = Instant::now();
            while !is_refreshed(server)? {
                ensure!(begun.elapsed() < LONGEST, "the refresh did not end in {LONGEST:?}");
                thread::sleep(Duration::from_millis(50));
            }
            Ok([settled, begun, Instant::now()])
        };
        let phases = phases();
        stop.store(true, Ordering::Relaxed);
        let answers = asking.join().ok().context("the thread that asked has failed")??;
        phases.map(|[settled, begun, over]| Round { answers, settled, begun, over })
    })
}

/// Whether the view in force holds the revised values: the run is told with the view.
fn is_refreshed(server: &Server) -> Result<bool> {
    let path = format!("/api/v1/runs?dataflow={DATAFLOW}");
    let runs: Value = serde_json::from_slice(&server.bytes(&path, "identity")?)?;
    let newest = &runs["runs"][0];
    match (newest["trigger"].as_str(), newest["outcome"].as_str()) {
        (Some("first_start"), _) => Ok(false),
        (_, Some("updated")) => Ok(true),
        _ => anyhow::bail!("the refresh went otherwise: {newest}"),
    }
}

fn p99(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() * 99 / 100).copied().unwrap_or_default()
}

/// The recording with every value of one region a tenth higher.
fn revised(recording: &str) -> Result<String> {
    let mut changed = 0;
    let lines = recording.lines().map(|line| {
        let Some((before, value)) = line.rsplit_once(',').filter(|_| line.contains(REVISED)) else {
            return line.to_owned();
        };
        let Ok(value) = value.parse::<f64>() else { return line.to_owned() };
        changed += 1;
        format!("{before},{:.1}", value - 0.1)
    });
    let text = lines.collect::<Vec<_>>().join("\n") + "\n";
    ensure!(changed > 3, "{RECORDING}: only {changed} values of {REVISED}");
    Ok(text)
}

/// Every provider is nobody; the one dataflow is asked of ours.
fn settings(workspace: &Workspace, provider: SocketAddr) -> Result<Vec<(String, String)>> {
    let catalogue = workspace.root.join("server/definitions/kz/dataflows.toml");
    let catalogue = fs::read_to_string(&catalogue).with_context(|| catalogue.display().to_string())?;
    let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    let named = catalogue.lines().filter_map(|line| line.strip_prefix("provider = \"")?.strip_suffix('"'));
    let mut settings: Vec<(String, String)> =
        named.map(|name| (format!("SANDYQ_BASE_URL_{}", name.to_uppercase()), format!("http://{nobody}"))).collect();
    settings.push((format!("SANDYQ_BASE_URL_{DATAFLOW}"), format!("http://{provider}")));
    settings.push(("SANDYQ_SCHEDULE_JITTER_S".to_owned(), "0".to_owned()));
    settings.push(("SANDYQ_SCHEDULE".to_owned(), "on".to_owned()));
    Ok(settings)
}

/// Answers the first request with a table, once it may.
fn provide(table: String, go: Receiver<()>) -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        let answer = |mut stream: TcpStream| -> Result<()> {
            let mut request = [0; 4096];
            _ = stream.read(&mut request)?;
            go.recv()?;
            let length = table.len();
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
            );
            stream.write_all(head.as_bytes())?;
            Ok(stream.write_all(table.as_bytes())?)
        };
        listener.accept().map_or(Ok(()), |(stream, _)| answer(stream))
    });
    Ok(address)
}
