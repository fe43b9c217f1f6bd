//! The generator of requests: `wrk`, which asks again on every connection as soon as an answer has come, and
//! [`steadily`], which asks at fixed moments and so notices every answer that is late.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use ureq::Agent;

use crate::workspace::{capture, is_installed, run};

/// What else is measured against comes with it.
const PROGRAMS: [(&str, &str); 2] = [("wrk", "-v"), ("nginx", "-v")];
const INSTALL: [&str; 5] = ["install", "--yes", "--no-install-recommends", "wrk", "nginx"];

/// Installs what is missing when this user may.
pub(super) fn ensure_installed() -> Result<()> {
    let is_there = |(program, version): &(&str, &str)| {
        Command::new(program).arg(version).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
    };
    if PROGRAMS.iter().all(is_there) {
        return Ok(());
    }
    let by_hand = format!("apt-get {}", INSTALL.join(" "));
    let user = capture(Command::new("id").arg("-u"))?;
    if !is_installed("apt-get") || user.trim_ascii() != b"0" {
        bail!("wrk and nginx are needed; install as root with `{by_hand}`");
    }
    run(Command::new("apt-get").arg("update"))?;
    run(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(INSTALL))
        .with_context(|| format!("install by hand with `{by_hand}`"))
}

/// What came of asking as fast as answers come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    pub(super) a_second: f64,
    pub(super) p99: Duration,
}

impl Rate {
    pub(super) fn shown(self) -> String {
        format!("{:.0} a second, p99 {:.2} ms", self.a_second, self.p99.as_secs_f64() * 1e3)
    }

    /// The fastest of some turns.
    pub(super) fn best(turns: &[Self]) -> Result<Self> {
        turns.iter().max_by(|one, other| one.a_second.total_cmp(&other.a_second)).copied().context("no turn")
    }
}

/// How `wrk` asks.
pub(super) struct Asking<'a> {
    pub(super) connections: u32,
    pub(super) seconds: u64,
    pub(super) headers: &'a [&'a str],
    /// A script in Lua that chooses the paths.
    pub(super) script: Option<&'a Path>,
}

/// Asks as fast as answers come. An answer that is not good, or none at all, is an error.
pub(super) fn at_full_speed(url: &str, asking: &Asking<'_>) -> Result<Rate> {
    let mut wrk = Command::new("wrk");
    let (connections, seconds) = (asking.connections.to_string(), format!("{}s", asking.seconds));
    wrk.args([
        "--threads",
        "1",
        "--connections",
        &connections,
        "--duration",
        &seconds,
        "--timeout",
        "30s",
        "--latency",
    ]);
    for header in asking.headers {
        wrk.args(["--header", header]);
    }
    if let Some(script) = asking.script {
        wrk.arg("--script").arg(script);
    }
    let said = String::from_utf8_lossy(&capture(wrk.arg(url))?).into_owned();
    ensure!(!said.contains("Non-2xx") && !said.contains("Socket errors"), "{url}: {said}");
    let after = |label: &str| {
        let line = said.lines().map(str::trim).find_map(|line| line.strip_prefix(label));
        line.map(str::trim).with_context(|| format!("wrk does not say {label:?}: {said}"))
    };
    let a_second = after("Requests/sec:")?.parse().with_context(|| said.clone())?;
    Ok(Rate { a_second, p99: read_time(after("99%")?)? })
}

/// Reads `1.25ms`, `830.00us` or `2.01s`.
fn read_time(text: &str) -> Result<Duration> {
    let (number, unit) = text.split_at(text.find(|one: char| one.is_ascii_alphabetic()).unwrap_or(text.len()));
    let seconds = match unit {
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        _ => bail!("{text:?} is no time"),
    };
    Ok(Duration::from_secs_f64(number.parse::<f64>().with_context(|| text.to_owned())? * seconds))
}

/// An answer to [`steadily`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Answered {
    /// When it should have been asked for.
    pub(super) due: Instant,
    /// From then until it was there: one that is late makes those behind it late too.
    pub(super) took: Duration,
}

/// Asks `threads` times every `interval`, each thread for the paths in turn and on a connection of its own, until it is
/// told to stop. The threads ask one after the other and not in one instant: on two processors eight of them would wait
/// for each other, and the wait be counted for the service.
pub(super) fn steadily(
    base: &str,
    paths: &[&str],
    (threads, interval): (usize, Duration),
    stop: &AtomicBool,
) -> Result<Vec<Answered>> {
    let begun = Instant::now();
    let ask = |which: usize| -> Result<Vec<Answered>> {
        let agent: Agent = Agent::config_builder().proxy(None).build().into();
        let mut answers = Vec::new();
        let mut due = begun + interval * u32::try_from(which)? / u32::try_from(threads)?;
        for path in paths.iter().cycle().skip(which) {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            due += interval;
            thread::sleep(due.saturating_duration_since(Instant::now()));
            let request = agent.get(format!("{base}{path}")).header("accept-encoding", "br");
            request.call().with_context(|| (*path).to_owned())?.body_mut().read_to_vec()?;
            answers.push(Answered { due, took: due.elapsed() });
        }
        Ok(answers)
    };
    let all: Vec<Result<Vec<Answered>>> = thread::scope(|scope| {
        let asking: Vec<_> = (0..threads).map(|which| scope.spawn(move || ask(which))).collect();
        asking.into_iter().filter_map(|one| one.join().ok()).collect()
    });
    ensure!(all.len() == threads, "a thread that asked has failed");
    Ok(all.into_iter().collect::<Result<Vec<_>>>()?.concat())
}
