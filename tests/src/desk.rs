//! A service with keys, for tests of what may be done with them.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::interval;

use crate::data;
use crate::service::{Answer, Service, Settings, run};

/// Publishing takes long without optimisation on a busy machine.
const DEADLINE: Duration = Duration::from_mins(4);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The dataflow that takes submissions.
pub const FLOW: &str = "EDU_DIGITAL_SCHOOLS";

/// A running service on a folder of its own, and keys made while it ran.
pub struct Desk {
    /// The service.
    pub service: Service,
    /// A key that may deliver.
    pub ministry: String,
    /// Another key that may deliver.
    pub akimat: String,
    /// A key that may decide.
    pub operator: String,
    /// A key that may only read more.
    pub reader: String,
    data: TempDir,
}

impl Desk {
    /// Starts a service and makes the keys beside it.
    ///
    /// # Errors
    /// When the program fails.
    pub async fn open() -> Result<Self> {
        Self::with(&Settings::default()).await
    }

    /// As [`Desk::open`], with other names of those who deliver.
    ///
    /// # Errors
    /// When the program fails.
    pub async fn of(deliverers: [&str; 2]) -> Result<Self> {
        Self::opened(deliverers, &Settings::default()).await
    }

    /// As [`Desk::open`], with settings for the service.
    ///
    /// # Errors
    /// When the program fails.
    pub async fn with(settings: &Settings) -> Result<Self> {
        Self::opened(["Ministry of Education", "Akimat of Almaty"], settings).await
    }

    async fn opened([ministry, akimat]: [&str; 2], settings: &Settings) -> Result<Self> {
        let data = data::filled().await?;
        let service = Service::start_with(data.path(), settings).await?;
        let folder = data.path();
        let submit = ["--scope", "submit", "--dataflow", FLOW];
        Ok(Self {
            ministry: key(folder, ministry, &submit).await?,
            akimat: key(folder, akimat, &submit).await?,
            operator: key(folder, "Operator", &["--scope", "operate"]).await?,
            reader: key(folder, "Reader", &["--scope", "read-more"]).await?,
            service,
            data,
        })
    }

    /// The same after the service was ended in order and started again.
    ///
    /// # Errors
    /// When it does not end in time or not with success.
    pub async fn restarted(self) -> Result<Self> {
        let Self { service, data, ministry, akimat, operator, reader } = self;
        service.stop().await?;
        let service = Service::start(data.path()).await?;
        Ok(Self { service, ministry, akimat, operator, reader, data })
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Delivers a table.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn submit(&self, key: &str, table: &str, more: &[(&str, &str)]) -> Result<Answer> {
        let shown = format!("Bearer {key}");
        let mut headers = vec![("authorization", shown.as_str()), ("content-type", "text/csv")];
        headers.extend(more);
        self.service.post("/api/v1/submissions", &headers, table.as_bytes().to_vec()).await
    }

    /// Delivers a sound table and says what it is called.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn held(&self, key: &str, table: &str) -> Result<String> {
        let answer = self.submit(key, table, &[]).await?;
        ensure!(answer.status == 201, "{}: {}", answer.status, answer.text());
        Ok(answer.json()?["submission"]["id"].as_str().context("no id")?.to_owned())
    }

    /// Decides on a submission.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn decide(&self, key: &str, id: &str, word: &str) -> Result<Answer> {
        let shown = format!("Bearer {key}");
        let path = format!("/api/v1/submissions/{id}/{word}");
        self.service.post(&path, &[("authorization", &shown)], Vec::new()).await
    }

    /// Has a provider asked.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn refresh(&self, key: &str, dataflow: &str, body: &str) -> Result<Answer> {
        refresh(&self.service, key, dataflow, body).await
    }

    /// The run that began at this time, once it has ended and is published.
    ///
    /// # Errors
    /// When there is none for too long.
    pub async fn run_begun(&self, dataflow: &str, started_at: &Value) -> Result<Value> {
        run_begun(&self.service, dataflow, started_at).await
    }

    /// The observations of the dataflow once there are so many, each with area, value and who delivered it. Publishing
    /// follows a decision, it does not come with it.
    ///
    /// # Errors
    /// When there are others for too long.
    pub async fn published(&self, count: usize) -> Result<Vec<(String, f64, String)>> {
        let begun = Instant::now();
        let mut looks = interval(LOOK_AGAIN);
        loop {
            looks.tick().await;
            let found = self.observations().await?;
            if found.len() == count {
                return Ok(found);
            }
            ensure!(begun.elapsed() < DEADLINE, "expected {count} observations, found {found:?}");
        }
    }

    /// The observations of the dataflow as they are published now.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn observations(&self) -> Result<Vec<(String, f64, String)>> {
        let answer = self.service.get(&format!("/api/v1/observations?dataflow={FLOW}")).await?;
        let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        // A dataflow that nothing was accepted for is not there.
        let entries = answer.json()?["observations"].as_array().cloned().unwrap_or_default();
        Ok(entries
            .iter()
            .map(|entry| {
                (text(entry, "area"), entry["value"].as_f64().unwrap_or_default(), text(entry, "submitted_by"))
            })
            .collect())
    }

    /// Asks for a path with a key.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn get(&self, key: &str, path: &str) -> Result<Answer> {
        self.service.get_with(path, &[("authorization", &format!("Bearer {key}"))]).await
    }

    /// Runs a command of the program on the folder, which the service holds.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn command(&self, arguments: &[&str]) -> Result<(bool, String)> {
        let output = run(self.data(), &Settings::default(), arguments).await?;
        let said = [output.stdout, output.stderr].concat();
        Ok((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
    }
}

/// Has a provider asked by a service.
///
/// # Errors
/// When no answer comes.
pub async fn refresh(service: &Service, key: &str, dataflow: &str, body: &str) -> Result<Answer> {
    let path = format!("/api/v1/sources/{dataflow}/refresh");
    let shown = format!("Bearer {key}");
    service.post(&path, &[("authorization", &shown)], body.as_bytes().to_vec()).await
}

/// The run of a service that began at this time, once it has ended and is published.
///
/// # Errors
/// When there is none for too long.
pub async fn run_begun(service: &Service, dataflow: &str, started_at: &Value) -> Result<Value> {
    let begun = Instant::now();
    let mut looks = interval(LOOK_AGAIN);
    loop {
        looks.tick().await;
        let answer = service.json(&format!("/api/v1/runs?dataflow={dataflow}")).await?;
        let runs = answer["runs"].as_array().context("no list of runs")?;
        if let Some(run) = runs.iter().find(|run| &run["started_at"] == started_at) {
            return Ok(run.clone());
        }
        ensure!(begun.elapsed() < DEADLINE, "no run of {dataflow} began at {started_at}: {answer}");
    }
}

/// Makes a key.
///
/// # Errors
/// When the program fails.
pub async fn key(data: &Path, holder: &str, more: &[&str]) -> Result<String> {
    let arguments = [&["keys", "create", "--holder", holder], more].concat();
    let output = run(data, &Settings::default(), &arguments).await?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
