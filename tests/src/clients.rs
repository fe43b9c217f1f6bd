//! Programs of others that read the service: installed from their registries into the build
//! folder, once for a list of versions, and run one at a time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::process::Command;
use tokio::sync::OnceCell;
use tokio::time::timeout;

use crate::recording::root;
use crate::service::program;

/// An installation from scratch fetches some eighty packages.
const INSTALLING: Duration = Duration::from_mins(10);
/// The slowest client takes seconds.
const READING: Duration = Duration::from_mins(3);

static PYTHON: OnceCell<PathBuf> = OnceCell::const_new();
static NODE: OnceCell<PathBuf> = OnceCell::const_new();

/// Runs a client written in Python against a service and reads the JSON it prints.
///
/// # Errors
/// When Python or a package cannot be had, or the client finds a fault.
pub async fn python(script: &str, base_url: &str) -> Result<Value> {
    python_for(script, base_url, &[], READING).await
}

/// The same with more arguments, for as long as it may take.
///
/// # Errors
/// As [`python`].
pub async fn python_for(script: &str, base_url: &str, more: &[&str], longest: Duration) -> Result<Value> {
    let python = PYTHON.get_or_try_init(install_python).await?;
    let mut command = Command::new(python);
    command.arg(folder().join(script)).arg(base_url).args(more);
    read(command, longest).await
}

/// Runs a client written in JavaScript, as [`python`]. It gets the place of its module too.
///
/// # Errors
/// As [`python`].
pub async fn node(script: &str, base_url: &str, module: &str) -> Result<Value> {
    let modules = NODE.get_or_try_init(install_node).await?;
    let mut command = Command::new("node");
    command.arg(folder().join(script)).arg(base_url).arg(modules.join(module));
    read(command, READING).await
}

/// The text of a file of an installed module, to be run in a page.
///
/// # Errors
/// When the module cannot be had.
pub async fn module(file: &str) -> Result<String> {
    let path = NODE.get_or_try_init(install_node).await?.join(file);
    fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
}

async fn read(command: Command, longest: Duration) -> Result<Value> {
    let output = run(command, longest).await?;
    serde_json::from_slice(&output).with_context(|| format!("not JSON: {}", String::from_utf8_lossy(&output)))
}

async fn install_python() -> Result<PathBuf> {
    let place = installed().join("python");
    let wanted = folder().join("requirements.txt");
    let python = place.join("bin/python");
    if !is_up_to_date(&place, &wanted)? {
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "--clear"]).arg(&place);
        run(venv, INSTALLING).await.context("making a Python environment; python3 with venv must be installed")?;
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(&wanted);
        run(pip, INSTALLING).await.context("installing the Python clients")?;
        mark(&place, &wanted)?;
    }
    Ok(python)
}

async fn install_node() -> Result<PathBuf> {
    let place = installed().join("node");
    let wanted = folder().join("package.json");
    if !is_up_to_date(&place, &wanted)? {
        fs::create_dir_all(&place)?;
        fs::copy(&wanted, place.join("package.json"))?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&place);
        run(npm, INSTALLING).await.context("installing the clients of npm; node and npm must be installed")?;
        mark(&place, &wanted)?;
    }
    Ok(place.join("node_modules"))
}

/// Whether the last installation was of this list.
fn is_up_to_date(place: &Path, wanted: &Path) -> Result<bool> {
    let wanted = fs::read(wanted).with_context(|| format!("reading {}", wanted.display()))?;
    Ok(fs::read(place.join("installed")).is_ok_and(|found| found == wanted))
}

fn mark(place: &Path, wanted: &Path) -> Result<()> {
    fs::copy(wanted, place.join("installed")).context("marking the installation as whole")?;
    Ok(())
}

async fn run(mut command: Command, longest: Duration) -> Result<Vec<u8>> {
    let shown = format!("{:?}", command.as_std());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
    let child = command.spawn().with_context(|| format!("starting {shown}"))?;
    let output = timeout(longest, child.wait_with_output()).await.with_context(|| format!("{shown} did not end"))??;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{shown} ended with {}:\n{said}", output.status);
    Ok(output.stdout)
}

/// Where the clients stand in the repository.
fn folder() -> PathBuf {
    root().join("tests/clients")
}

/// Beside the program under test, so that nothing is written outside the build folder.
fn installed() -> PathBuf {
    let beside = program();
    beside.parent().and_then(Path::parent).unwrap_or(Path::new(".")).join("clients")
}
