//! Runs one workload many times and prints a line of JSON: least and median time, greatest memory,
//! and the number made of the results. One workload a process, so that memory is its own.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use budgets::Work;
use serde_json::json;

/// How long a workload is run again and again.
const LONGEST: Duration = Duration::from_secs(5);
const MOST_RUNS: usize = 500;

fn main() -> ExitCode {
    let Some(work) = env::args().nth(1).and_then(|name| Work::named(&name)) else { return ExitCode::FAILURE };
    let before = peak_kilobytes();
    let begun = Instant::now();
    let (mut times, mut result) = (Vec::new(), f64::NAN);
    while times.len() < 5 || (begun.elapsed() < LONGEST && times.len() < MOST_RUNS) {
        let run = Instant::now();
        result = work.run();
        times.push(run.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_unstable_by(f64::total_cmp);
    let line = json!({
        "runs": times.len(),
        "least_ms": times.first(),
        "median_ms": times.get(times.len() / 2),
        "input_kilobytes": before,
        "peak_kilobytes": peak_kilobytes(),
        "result": result,
    });
    match writeln!(io::stdout(), "{line}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// The greatest resident memory of this process so far, where the system tells.
fn peak_kilobytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
