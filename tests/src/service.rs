//! The real program as a process of its own: started, asked, stopped, killed.

use std::env;
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::time::{interval, timeout};

use crate::recording::root;

/// Long enough for a build without optimisation on a busy machine; a wait ends as soon as it can.
const DEADLINE: Duration = Duration::from_mins(3);

/// Between two looks at something awaited.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The program under test: `SANDYQ_BIN`, or where cargo puts it.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place where the harness reads its environment")]
pub fn program() -> PathBuf {
    env::var_os("SANDYQ_BIN").map_or_else(|| root().join("target/debug/sandyq"), PathBuf::from)
}

/// What the program is told.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Name of a provider or dataflow and the address asked in its place.
    pub base_urls: Vec<(String, String)>,
    /// Further variables without their prefix, and what they say.
    pub variables: Vec<(String, String)>,
}

impl Settings {
    /// Sends the requests of one provider or dataflow elsewhere.
    #[must_use]
    pub fn at(mut self, name: &str, base_url: impl Into<String>) -> Self {
        self.base_urls.push((name.to_owned(), base_url.into()));
        self
    }

    /// Says something by a variable: `SANDYQ_` and the name.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// A running service, killed when dropped.
pub struct Service {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
    client: reqwest::Client,
}

/// An answer, whatever its status.
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header as text, empty when absent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// When it is none.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).with_context(|| format!("status {}: {}", self.status, self.text()))
    }
}

impl Service {
    /// Starts the service on a folder, with its schedule off, and waits until it answers.
    ///
    /// # Errors
    /// When it ends or does not answer in time; the error holds its log.
    pub async fn start(data: &Path) -> Result<Self> {
        Self::start_with(data, &Settings::default()).await
    }

    /// As [`Service::start`], with settings.
    ///
    /// # Errors
    /// As [`Service::start`].
    pub async fn start_with(data: &Path, settings: &Settings) -> Result<Self> {
        let mut service = Self::spawn(data, settings)?;
        service.wait_until_ready().await?;
        Ok(service)
    }

    /// As [`Service::start`], under another program: a shell that sets limits, a tool that gives up privileges.
    ///
    /// # Errors
    /// As [`Service::start`].
    pub async fn start_under(other: &str, arguments: &[&str], data: &Path) -> Result<Self> {
        let command = command_under(other, arguments, data, &Settings::default())?;
        let mut service = Self::spawn_as(command, data, &["--schedule", "off"])?;
        service.wait_until_ready().await?;
        Ok(service)
    }

    /// As [`Service::start_with`], with the schedule on: what is due is asked for at once.
    ///
    /// # Errors
    /// As [`Service::start`].
    pub async fn start_scheduled(data: &Path, settings: &Settings) -> Result<Self> {
        let mut command = command(data, settings)?;
        command.env("SANDYQ_SCHEDULE_JITTER_S", "0");
        let mut service = Self::spawn_as(command, data, &["--schedule", "on"])?;
        service.wait_until_ready().await?;
        Ok(service)
    }

    /// Starts the service without waiting for anything.
    ///
    /// # Errors
    /// When the program is not there.
    pub fn spawn(data: &Path, settings: &Settings) -> Result<Self> {
        Self::spawn_as(command(data, settings)?, data, &["--schedule", "off"])
    }

    fn spawn_as(mut command: Command, data: &Path, arguments: &[&str]) -> Result<Self> {
        let address = free_address()?;
        let log = data.with_extension(format!("{}.log", address.port()));
        command.arg("serve").args(arguments).args(["--bind", &address.to_string()]);
        let output = File::create(&log).with_context(|| format!("creating {}", log.display()))?;
        command.stdout(output.try_clone()?).stderr(output);
        let child = command.spawn().context("starting the service")?;
        // No connection outlives its request: tests of one service run on runtimes of their own.
        let client = reqwest::Client::builder().timeout(DEADLINE).no_proxy().pool_max_idle_per_host(0).build()?;
        Ok(Self { child, address, log, client })
    }

    async fn wait_until_ready(&mut self) -> Result<()> {
        let begun = Instant::now();
        let mut looks = interval(LOOK_AGAIN);
        loop {
            looks.tick().await;
            if let Some(status) = self.child.try_wait()? {
                bail!("the service ended with {status}:\n{}", self.log());
            }
            if self.get("/api/v1/status").await.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            ensure!(begun.elapsed() < DEADLINE, "the service was not ready in {DEADLINE:?}:\n{}", self.log());
        }
    }

    /// The address of a path of the service.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What the program wrote on its standard output and error.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Asks for a path.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.get_with(path, &[]).await
    }

    /// Asks for a path with headers.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Result<Answer> {
        let mut request = self.client.get(self.url(path));
        for (name, value) in headers {
            request = request.header(HeaderName::try_from(*name)?, HeaderValue::try_from(*value)?);
        }
        let response = request.send().await.with_context(|| format!("GET {path}"))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.with_context(|| format!("GET {path}: body"))?.to_vec();
        Ok(Answer { status, headers, body })
    }

    /// Sends something to a path, with headers.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Result<Answer> {
        let mut request = self.client.post(self.url(path)).body(body);
        for (name, value) in headers {
            request = request.header(HeaderName::try_from(*name)?, HeaderValue::try_from(*value)?);
        }
        let response = request.send().await.with_context(|| format!("POST {path}"))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.with_context(|| format!("POST {path}: body"))?.to_vec();
        Ok(Answer { status, headers, body })
    }

    /// The JSON of a path that must answer 200.
    ///
    /// # Errors
    /// When it does not.
    pub async fn json(&self, path: &str) -> Result<Value> {
        let answer = self.get(path).await?;
        ensure!(answer.status == 200, "GET {path} answered {}: {}", answer.status, answer.text());
        answer.json()
    }

    /// Ends the service the way an operator does and waits for it.
    ///
    /// # Errors
    /// When it does not end in time or not with success.
    pub async fn stop(mut self) -> Result<()> {
        if let Some(pid) = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) {
            kill_process(pid, Signal::TERM).context("asking the service to end")?;
        }
        let status = timeout(DEADLINE, self.child.wait()).await.context("the service did not end")??;
        ensure!(status.success(), "the service ended with {status}:\n{}", self.log());
        _ = fs::remove_file(&self.log);
        Ok(())
    }

    /// Ends the service without a word, as a power cut does.
    ///
    /// # Errors
    /// When it is not there any more.
    pub async fn kill(mut self) -> Result<()> {
        self.child.kill().await.context("killing the service")
    }

    /// Waits until the process ends by itself.
    ///
    /// # Errors
    /// When it does not end in time.
    pub async fn ended(&mut self) -> Result<ExitStatus> {
        timeout(DEADLINE, self.child.wait()).await.context("the service did not end")?.context("waiting")
    }
}

/// Runs a command of the program to its end.
///
/// # Errors
/// When it does not end in time. Its exit code is for the caller to judge.
pub async fn run(data: &Path, settings: &Settings, arguments: &[&str]) -> Result<Output> {
    let child = spawn_command(data, settings, arguments)?;
    timeout(DEADLINE, child.wait_with_output()).await.context("the command did not end")?.context("waiting")
}

/// Starts a command of the program; it is killed when dropped.
///
/// # Errors
/// When the program is not there.
pub fn spawn_command(data: &Path, settings: &Settings, arguments: &[&str]) -> Result<Child> {
    let mut command = command(data, settings)?;
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().with_context(|| format!("starting sandyq {}", arguments.join(" ")))
}

/// The program started by another one: a tracer, a shell that sets limits.
///
/// # Errors
/// When the program is not there.
pub fn command_under(other: &str, arguments: &[&str], data: &Path, settings: &Settings) -> Result<Command> {
    let plain = command(data, settings)?;
    let plain = plain.as_std();
    let mut command = Command::new(other);
    command.args(arguments).arg(plain.get_program()).stdin(Stdio::null()).kill_on_drop(true);
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    Ok(command)
}

/// The program with its folder and settings, and without the variables of whoever runs the tests.
#[expect(clippy::disallowed_methods, reason = "the variables of the developer are kept from the program")]
fn command(data: &Path, settings: &Settings) -> Result<Command> {
    let program = program();
    ensure!(
        program.is_file(),
        "{} is not there; `cargo xtask test` builds it, or `cargo build --package server`, or set SANDYQ_BIN",
        program.display()
    );
    let mut command = Command::new(program);
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SANDYQ_")) {
        command.env_remove(name);
    }
    command.env("SANDYQ_DATA", data).stdin(Stdio::null()).kill_on_drop(true);
    for (name, url) in &settings.base_urls {
        command.env(format!("SANDYQ_BASE_URL_{}", name.to_uppercase()), url);
    }
    for (name, value) in &settings.variables {
        command.env(format!("SANDYQ_{name}"), value);
    }
    Ok(command)
}

/// An address nobody listens on at this moment.
///
/// # Errors
/// When the machine has none.
pub fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("finding a free port")?;
    listener.local_addr().context("finding a free port")
}
