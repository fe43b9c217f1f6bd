//! Whether memory stays flat while answers of every kind are asked for, most of them never before.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::super::{Server, line};
use super::generator::{Asking, at_full_speed};

/// Asks for figures in formats, languages and pages that do not come again soon.
const SCRIPT: &str = include_str!("soak.lua");
const CONNECTIONS: u32 = 16;
/// What memory may grow by after the first third, in which memories fill.
const MOST: f64 = 1.05;

/// Watches the memory of a service under load for so many seconds; growth is an error.
pub(super) fn watch(program: &Path, data: &Path, seconds: u64) -> Result<()> {
    let (_, server) = Server::start(program, data)?;
    let folder = tempfile::tempdir().context("creating a folder for the script")?;
    let script = folder.path().join("soak.lua");
    fs::write(&script, SCRIPT)?;
    let over = AtomicBool::new(false);
    let (held, rate) = thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let begun = Instant::now();
            let mut held = Vec::new();
            while !over.load(Ordering::Relaxed) {
                held.push((begun.elapsed(), resident(server.child.id())));
                thread::sleep(Duration::from_millis(500));
            }
            held
        });
        let asking = Asking {
            connections: CONNECTIONS,
            seconds,
            headers: &["Accept-Encoding: identity"],
            script: Some(&script),
        };
        let rate = at_full_speed(&server.url(""), &asking);
        over.store(true, Ordering::Relaxed);
        watching.join().ok().context("the thread that watched has failed").map(|held| (held, rate))
    })?;
    let rate = rate?;
    let most_between = |from: f64, to: f64| -> Result<f64> {
        let whole = Duration::from_secs(seconds);
        let within = held.iter().filter(|(at, _)| *at >= whole.mul_f64(from) && *at < whole.mul_f64(to));
        let found: Vec<f64> = within.map(|(_, found)| *found).collect::<Option<_>>().context("no memory is told")?;
        Ok(found.into_iter().fold(0.0, f64::max))
    };
    let (early, late) = (most_between(1.0 / 3.0, 2.0 / 3.0)?, most_between(2.0 / 3.0, 1.0)?);
    let what = format!("memory over {seconds} s, {}", rate.shown());
    line(&what, &format!("{early:.0} MB, then {late:.0} MB"), "5 % more");
    ensure!(late <= early * MOST, "memory grew from {early:.0} MB to {late:.0} MB");
    Ok(())
}

/// Megabytes a process holds.
fn resident(process: u32) -> Option<f64> {
    let text = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let kilobytes = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(kilobytes.trim().trim_end_matches(" kB").parse::<f64>().ok()? / 1024.0)
}
