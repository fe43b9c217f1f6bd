//! The browser modules: compiled for wasm32, bound to JavaScript, measured.
//!
//! `wasm-bindgen` is used as a library of the very version the dashboard links, so there is no
//! program to install and none to disagree with.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use brotli::enc::BrotliEncoderParams;
use wasm_bindgen_cli_support::Bindgen;

use crate::workspace::{Workspace, capture, run};

/// The target of the browser module.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// A module the browser may load.
struct Module {
    /// The name of its files.
    name: &'static str,
    /// The features of the frontend it is built with.
    features: &'static str,
    /// What a reader on a slow line may be asked to load: module and script together, compressed.
    budget_bytes: usize,
}

/// First the one that nearly every page loads, then that of the page that computes in the browser: it
/// carries the mathematics, which nobody else should wait for.
const MODULES: [Module; 2] = [
    Module { name: "frontend", features: "hydrate", budget_bytes: 150_000 },
    Module { name: "weights", features: "weights", budget_bytes: 280_000 },
];

/// What the browser loads for one module.
pub(crate) struct Size {
    /// The name of its files.
    pub(crate) name: &'static str,
    /// What it may be.
    pub(crate) budget_bytes: usize,
    /// Module and scripts as they are.
    raw_bytes: usize,
    /// Module and scripts compressed with brotli 11, each by itself, as they are served.
    pub(crate) brotli_bytes: usize,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, budget_bytes, raw_bytes, brotli_bytes } = self;
        write!(f, "{name}, wasm+js: {raw_bytes} bytes, {brotli_bytes} bytes brotli (budget {budget_bytes})")
    }
}

/// Builds the modules into the site folder and refuses one above its budget.
pub(crate) fn build(workspace: &Workspace) -> Result<Vec<Size>> {
    ensure_target()?;
    // Bound into a folder of its own first: the site folder changes only when a byte does, so that
    // a build without changes does not rebuild the server that embeds it.
    let bound = workspace.target.join("site-bound");
    if bound.exists() {
        fs::remove_dir_all(&bound).context("clearing the folder of the binder")?;
    }
    for module in &MODULES {
        run(workspace.cargo(["build", "--package", "frontend", "--lib", "--profile", "wasm"]).args([
            "--target",
            TARGET,
            "--no-default-features",
            "--features",
            module.features,
        ]))?;
        let input = workspace.target.join(TARGET).join("wasm").join("frontend.wasm");
        Bindgen::new()
            .input_path(&input)
            .out_name(module.name)
            .web(true)?
            .typescript(false)
            .remove_name_section(true)
            .remove_producers_section(true)
            .generate(&bound)
            .with_context(|| format!("binding {}", input.display()))?;
    }
    mirror(&bound, &workspace.site())?;

    let sizes = MODULES.iter().map(|module| measure(module, &workspace.site())).collect::<Result<Vec<_>>>()?;
    for size in &sizes {
        ensure!(size.brotli_bytes <= size.budget_bytes, "the browser module is above its budget; {size}");
    }
    Ok(sizes)
}

/// Says how large the modules are.
pub(crate) fn tell(sizes: &[Size]) {
    for size in sizes {
        println!("{size}");
    }
}

/// Installs the wasm target when it is missing.
pub(crate) fn ensure_target() -> Result<()> {
    let installed = capture(Command::new("rustup").args(["target", "list", "--installed"]))
        .context("rustup is needed to install the wasm target")?;
    if !String::from_utf8_lossy(&installed).lines().any(|line| line == TARGET) {
        run(Command::new("rustup").args(["target", "add", TARGET]))?;
    }
    Ok(())
}

/// Size of the files of a module, together.
fn measure(module: &Module, folder: &Path) -> Result<Size> {
    let mut size = Size { name: module.name, budget_bytes: module.budget_bytes, raw_bytes: 0, brotli_bytes: 0 };
    for file in [format!("{}.js", module.name), format!("{}_bg.wasm", module.name)] {
        let file = folder.join(file);
        let bytes = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
        size.raw_bytes += bytes.len();
        size.brotli_bytes += brotli_size(&bytes)?;
    }
    Ok(size)
}

/// Length of the bytes after brotli at its best.
fn brotli_size(mut bytes: &[u8]) -> Result<usize> {
    let mut compressed = Vec::new();
    let parameters = BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut bytes, &mut compressed, &parameters).context("compressing")?;
    Ok(compressed.len())
}

/// Makes `to` hold the files of `from` and no other, touching only what differs.
fn mirror(from: &Path, to: &Path) -> Result<()> {
    let wanted = files_under(from)?;
    let inside = |file: &Path, folder: &Path| file.strip_prefix(folder).map(Path::to_path_buf);
    if to.exists() {
        for old in files_under(to)? {
            if !from.join(inside(&old, to)?).exists() {
                fs::remove_file(&old).with_context(|| format!("removing {}", old.display()))?;
            }
        }
    }
    for file in wanted {
        let target = to.join(inside(&file, from)?);
        let bytes = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
        if fs::read(&target).is_ok_and(|old| old == bytes) {
            continue;
        }
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        }
        fs::write(&target, bytes).with_context(|| format!("writing {}", target.display()))?;
    }
    Ok(())
}

/// Files in a folder and below it, in order.
fn files_under(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        let entries = fs::read_dir(&next).with_context(|| format!("reading {}", next.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}
