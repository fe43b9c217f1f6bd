//! `cargo xtask pictures`: draws the charts and keeps what they look like in `frontend/pictures/`.
//!
//! The drawing is done by the test that compares; here its pictures only change places.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::workspace::{Workspace, run as run_command};

/// Replaces the kept pictures by those drawn now.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let (drawn, kept) = (workspace.target.join("gallery/pictures"), workspace.root.join("frontend/pictures"));
    for folder in [&drawn, &kept] {
        if folder.exists() {
            fs::remove_dir_all(folder).with_context(|| format!("clearing {}", folder.display()))?;
        }
    }
    let test = ["test", "--package", "frontend", "--lib", "--", "charts_look_as_they_did"];
    // It fails as long as a picture differs from the one kept, which is why this is run.
    let outcome = run_command(&mut workspace.cargo(test));
    fs::create_dir_all(&kept)?;
    let mut count = 0;
    for picture in fs::read_dir(&drawn).with_context(|| format!("nothing was drawn: {outcome:?}"))? {
        let picture = picture?;
        fs::copy(picture.path(), kept.join(picture.file_name()))?;
        count += 1;
    }
    ensure!(count > 0, "nothing was drawn: {outcome:?}");
    println!("{count} pictures are kept in {}; look at those that changed", kept.display());
    Ok(())
}
