//! Where things are, and how other programs are started.
//!
//! Every cargo command goes through [`Workspace::cargo`], so that all of them agree on the
//! environment and none makes another rebuild what is already there.

use std::ffi::OsStr;
use std::iter;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// The folders the commands work on.
pub(crate) struct Workspace {
    /// The repository.
    pub(crate) root: PathBuf,
    /// Cargo's target folder, wherever the user put it.
    pub(crate) target: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn discover() -> Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let mut command = Command::new("cargo");
        command.args(["metadata", "--format-version=1", "--no-deps", "--manifest-path"]).arg(manifest);
        let metadata: Metadata = serde_json::from_slice(&capture(&mut command)?).context("reading cargo metadata")?;
        Ok(Self { root: metadata.workspace_root, target: metadata.target_directory })
    }

    /// The folder of the browser module, which the server embeds when it is built.
    pub(crate) fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// The program, as built in a profile.
    pub(crate) fn sandyq(&self, profile: &str) -> PathBuf {
        self.target.join(profile).join("sandyq")
    }

    /// A cargo command in the repository.
    pub(crate) fn cargo<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new("cargo");
        command.current_dir(&self.root).env("SANDYQ_SITE_DIR", self.site()).args(arguments);
        command
    }

    /// Files that belong to the repository: tracked ones and new ones, but none that is ignored.
    pub(crate) fn files(&self) -> Result<Vec<PathBuf>> {
        let mut command = Command::new("git");
        command.current_dir(&self.root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let listing = String::from_utf8(capture(&mut command)?).context("file names are UTF-8")?;
        let mut files: Vec<PathBuf> = listing
            .split('\0')
            .filter(|name| !name.is_empty())
            .map(PathBuf::from)
            .filter(|path| self.root.join(path).is_file())
            .collect();
        files.sort();
        files.dedup();
        Ok(files)
    }
}

/// Runs a command with its output on the terminal; an exit code other than 0 is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = describe(command);
    let status = command.status().with_context(|| format!("starting `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

/// Runs a command and returns its standard output; what it says on standard error is shown.
pub(crate) fn capture(command: &mut Command) -> Result<Vec<u8>> {
    let shown = describe(command);
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("starting `{shown}`"))?;
    ensure!(output.status.success(), "`{shown}` ended with {}", output.status);
    Ok(output.stdout)
}

/// Whether a program can be started at all.
pub(crate) fn is_installed(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// A command as a person would type it.
pub(crate) fn describe(command: &Command) -> String {
    let words = iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
