//! Filtered observations, beside Datasette answering the same questions from the same rows in `SQLite`.
//!
//! The rows are those the service gives; Datasette gets an index on the columns asked for and a file it may take for
//! unchanging. Both must find the same number of observations for every question, or the comparison says nothing.

use std::fs::{self, File};
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use ureq::Agent;

use super::super::{Server, line};
use super::TURNS;
use super::generator::{Asking, Rate, at_full_speed};
use crate::workspace::{self, Workspace, capture, run};

const DATASETTE: &str = "datasette==0.65";
/// Makes the database.
const SCRIPT: &str = include_str!("datasette.py");
/// Rows that Datasette holds, of all that the service does.
const ROWS: usize = 20_000;
const CONNECTIONS: u32 = 16;
const SECONDS: u64 = 5;
const BUDGET: &str = "50 times Datasette";

/// Asks both sides for one area's values of one indicator, over many of either.
pub(super) fn compare(workspace: &Workspace, server: &Server) -> Result<()> {
    let python = installed(workspace).context("installing Datasette: without it there is nothing to compare with")?;
    let folder = tempfile::tempdir_in(&workspace.target).context("creating a folder for Datasette")?;
    let (csv, database) = (folder.path().join("observations.csv"), folder.path().join("observations.db"));
    fs::write(&csv, server.bytes("/api/v1/observations.csv?lang=en", "identity")?)?;
    let script = folder.path().join("datasette.py");
    fs::write(&script, SCRIPT)?;
    let mut make = Command::new(&python);
    make.arg(&script).arg(&csv).arg(&database).arg(ROWS.to_string());
    let questions: Vec<(String, String)> =
        serde_json::from_slice(&capture(&mut make)?).context("reading the questions")?;
    ensure!(questions.len() > 500, "only {} questions", questions.len());
    let datasette = Datasette::start(&python, folder.path(), &database)?;
    let theirs_path = |(indicator, area): &(String, String)| {
        format!("/observations/observations.json?_shape=objects&_size=1000&indicator={indicator}&area={area}")
    };
    let ours_path =
        |(indicator, area): &(String, String)| format!("/api/v1/observations?indicator={indicator}&area={area}");
    for question in questions.iter().step_by(97) {
        let theirs = datasette.json(&theirs_path(question))?["rows"].as_array().map(Vec::len);
        let ours: Value = serde_json::from_slice(&server.bytes(&ours_path(question), "identity")?)?;
        let ours = ours["observations"].as_array().map(Vec::len);
        ensure!(ours == theirs && ours.is_some_and(|found| found > 0), "{question:?}: {ours:?} and {theirs:?}");
    }
    let scripts = [
        script_of(folder.path(), "theirs.lua", questions.iter().map(theirs_path))?,
        script_of(folder.path(), "ours.lua", questions.iter().map(ours_path))?,
        // A question nobody asked before: the page size is one more each time.
        script_of(folder.path(), "new.lua", new_questions(&questions).into_iter())?,
    ];
    let bases = [datasette.base.clone(), server.url(""), server.url("")];
    let mut turns: [Vec<Rate>; 3] = [const { Vec::new() }; 3];
    for _ in 0..TURNS {
        for ((turns, script), base) in turns.iter_mut().zip(&scripts).zip(&bases) {
            let asking = Asking {
                connections: CONNECTIONS,
                seconds: SECONDS,
                headers: &["Accept-Encoding: identity"],
                script: Some(script),
            };
            turns.push(at_full_speed(base, &asking)?);
        }
    }
    let [theirs, ours, new] = turns;
    let (theirs, ours, new) = (Rate::best(&theirs)?, Rate::best(&ours)?, Rate::best(&new)?);
    let n = questions.len();
    line(&format!("Datasette 0.65, {ROWS} rows, {n} questions"), &theirs.shown(), "no budget");
    line("GET /api/v1/observations, the same", &ours.shown(), BUDGET);
    line("  times Datasette", &format!("{:.0}", ours.a_second / theirs.a_second), BUDGET);
    line("the same, not asked before", &new.shown(), BUDGET);
    line("  times Datasette", &format!("{:.0}", new.a_second / theirs.a_second), BUDGET);
    Ok(())
}

/// So many that none comes twice while it is measured: every question with every size of page.
fn new_questions(questions: &[(String, String)]) -> Vec<String> {
    let sizes = 100..400;
    let one = |size: u32| {
        questions.iter().map(move |(indicator, area)| {
            format!("/api/v1/observations?indicator={indicator}&area={area}&limit={size}")
        })
    };
    sizes.flat_map(one).collect()
}

/// A script for `wrk` that asks for paths in turn. It goes on where it ended in the turn before.
fn script_of(folder: &Path, name: &str, paths: impl Iterator<Item = String>) -> Result<PathBuf> {
    let (script, list) = (folder.join(name), folder.join(format!("{name}.txt")));
    let mut file = File::create(&list)?;
    for path in paths {
        writeln!(file, "{path}")?;
    }
    let text = format!(
        "local paths = {{}}\nfor path in io.lines('{list}') do paths[#paths + 1] = path end\n\
         local place = os.time() * 7919 % #paths\n\
         request = function()\n  place = place % #paths + 1\n  return wrk.format('GET', paths[place])\nend\n",
        list = list.display()
    );
    fs::write(&script, text)?;
    Ok(script)
}

/// A Datasette on a port of its own, killed when dropped.
struct Datasette {
    child: Child,
    base: String,
    agent: Agent,
}

impl Datasette {
    fn start(python: &Path, folder: &Path, database: &Path) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let log = File::create(folder.join("datasette.log"))?;
        let mut command = Command::new(python);
        command.args(["-m", "datasette", "serve", "--host", "127.0.0.1", "--port", &port.to_string(), "--immutable"]);
        command.arg(database).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let child = command.spawn().context("starting Datasette")?;
        let agent = Agent::config_builder().proxy(None).build().into();
        let started = Self { child, base: format!("http://127.0.0.1:{port}"), agent };
        let begun = Instant::now();
        while started.json("/-/versions.json").is_err() {
            ensure!(begun.elapsed() < Duration::from_mins(1), "Datasette does not answer");
            thread::sleep(Duration::from_millis(100));
        }
        Ok(started)
    }

    fn json(&self, path: &str) -> Result<Value> {
        let text = self.agent.get(format!("{}{path}", self.base)).call()?.body_mut().read_to_string()?;
        serde_json::from_str(&text).with_context(|| path.to_owned())
    }
}

impl Drop for Datasette {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// A Python with Datasette, installed once beside the other clients.
fn installed(workspace: &Workspace) -> Result<PathBuf> {
    let place = workspace.target.join("clients/datasette");
    let python = place.join("bin/python");
    if capture(Command::new(&python).args(["-c", "import datasette"])).is_ok() {
        return Ok(python);
    }
    ensure!(workspace::is_installed("python3"), "there is no python3");
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&place))?;
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", DATASETTE]);
    run(&mut install)?;
    Ok(python)
}
