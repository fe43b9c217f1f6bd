//! Embeds what the pages need besides HTML: one style sheet, the typeface, the icon, the loader of the
//! islands and, when it was built before, the browser module. Writes a table of files with the hash of their
//! content, so that an address never changes its meaning.

#![expect(clippy::disallowed_methods, reason = "cargo tells a build script its folders in variables")]

use std::env;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Style sheets in the order of the cascade.
const STYLES: [&str; 6] = ["tokens.css", "page.css", "parts.css", "charts.css", "tools.css", "print.css"];

/// The typeface, regular weight first.
const FONTS: [&str; 2] = ["Inter-Regular.otf", "Inter-SemiBold.otf"];

/// Names of the browser module as the build of the islands leaves them.
const MODULE: &str = "frontend.js";
const PROGRAM: &str = "frontend_bg.wasm";

fn main() -> Result<(), Box<dyn Error>> {
    let manifest = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let workspace = manifest.parent().ok_or("the package lies in no workspace")?;
    let frontend = workspace.join("frontend");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=SANDYQ_SITE_DIR");

    let mut files = Vec::new();
    let mut table = Vec::new();
    let fonts = frontend.join("assets").join("fonts");
    println!("cargo::rerun-if-changed={}", fonts.display());
    let mut addresses = Vec::new();
    for name in FONTS {
        let path = fonts.join(name);
        let hash = hash_of(&[&path])?;
        addresses.push((format!("url(fonts/{name})"), format!("url(/assets/{hash}/{name})")));
        table.push(entry(name, &path, &hash)?);
    }
    let folder = frontend.join("style");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut style = String::new();
    for name in STYLES {
        let path = folder.join(name);
        if path.exists() {
            style.push_str(&shortened(&fs::read_to_string(path)?));
            style.push('\n');
        }
    }
    // A style sheet names files by the hash of their content, like a page.
    for (written, address) in &addresses {
        style = style.replace(written, address);
    }
    let style_path = out.join("style.css");
    fs::write(&style_path, style)?;
    files.push(("style.css".to_owned(), style_path));
    for name in ["icon.svg", "islands.js"] {
        let path = frontend.join("assets").join(name);
        println!("cargo::rerun-if-changed={}", path.display());
        files.push((name.to_owned(), path));
    }
    for (name, path) in &files {
        let hash = hash_of(&[path])?;
        table.push(entry(name, path, &hash)?);
    }

    let site = env::var_os("SANDYQ_SITE_DIR").map_or_else(|| workspace.join("target").join("site"), PathBuf::from);
    // A folder that does not exist would count as changed at every build.
    fs::create_dir_all(&site)?;
    println!("cargo::rerun-if-changed={}", site.display());
    if site.join(MODULE).exists() && site.join(PROGRAM).exists() {
        let bundle = files_below(&site)?;
        let hash = hash_of(&bundle.iter().collect::<Vec<_>>())?;
        for path in &bundle {
            let name = path.strip_prefix(&site)?.to_string_lossy().replace('\\', "/");
            table.push(entry(&name, path, &hash)?);
        }
    }
    let mut source = String::new();
    writeln!(source, "static EMBEDDED: [Embedded; {}] = [\n{}];", table.len(), table.concat())?;
    fs::write(out.join("embedded.rs"), source)?;
    Ok(())
}

fn entry(name: &str, path: &Path, hash: &str) -> Result<String, Box<dyn Error>> {
    let path = path.canonicalize()?.display().to_string();
    Ok(format!(
        "    Embedded {{ name: {name:?}, hash: {hash:?}, bytes: include_bytes!({path:?}), brotli: OnceLock::new() }},\n"
    ))
}

fn hash_of(paths: &[&PathBuf]) -> Result<String, Box<dyn Error>> {
    let mut hasher = Sha256::new();
    for path in paths {
        hasher.update(fs::read(path)?);
    }
    let digest = hasher.finalize();
    Ok(digest.iter().take(8).fold(String::new(), |text, byte| format!("{text}{byte:02x}")))
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files_below(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "js" || extension == "wasm") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Leaves out comments and indentation. Nothing else is touched, so nothing can break; compression
/// on the wire takes care of the rest.
fn shortened(style: &str) -> String {
    let mut plain = String::with_capacity(style.len());
    let mut rest = style;
    while let Some((before, after)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    plain.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
