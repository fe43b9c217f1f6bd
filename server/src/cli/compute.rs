//! `sandyq compute` and `sandyq schema`: a caller's own tables through the engine.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, ValueEnum};
use indicators::framework::{Framework, FrameworkSpec};
use indicators::recipe::Recipe;
use schemars::schema_for;

use crate::compute::{ComputeAnswer, answer, coinr, compute_coinr, read_recipe, to_csv};

/// Tables in, scores and ranks out.
#[derive(Debug, Args)]
pub(super) struct ComputeCommand {
    /// The data: areas down, indicators across, in the layout of COINr's iData (CSV)
    #[arg(long)]
    idata: PathBuf,
    /// The tree: COINr's iMeta (CSV), or a framework (JSON, by its name)
    #[arg(long)]
    imeta: PathBuf,
    /// The recipe (JSON); see `sandyq schema recipe`
    #[arg(long)]
    recipe: PathBuf,
    /// Where to write, as CSV if the name ends so; standard output unless given
    #[arg(long)]
    out: Option<PathBuf>,
}

impl ComputeCommand {
    pub(super) fn run(&self, out: &mut impl Write) -> anyhow::Result<ExitCode> {
        let computed = self.compute()?;
        let ends_in =
            |path: &Path, ending: &str| path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending));
        let bytes = match &self.out {
            Some(path) if ends_in(path, "csv") => to_csv(&computed)?,
            _ => {
                let mut json = serde_json::to_vec_pretty(&computed)?;
                json.push(b'\n');
                json
            }
        };
        match &self.out {
            Some(path) => fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))?,
            None => out.write_all(&bytes)?,
        }
        Ok(ExitCode::SUCCESS)
    }

    fn compute(&self) -> anyhow::Result<ComputeAnswer> {
        let read = |path: &Path| fs::read(path).with_context(|| format!("reading {}", path.display()));
        let (idata, imeta, recipe) = (read(&self.idata)?, read(&self.imeta)?, read(&self.recipe)?);
        if self.imeta.extension().is_some_and(|found| found.eq_ignore_ascii_case("json")) {
            let framework: Framework =
                serde_json::from_slice(&imeta).with_context(|| format!("reading {}", self.imeta.display()))?;
            let recipe = read_recipe(&recipe)?;
            let (matrix, findings) = coinr::read_data(&idata, &framework)?;
            return Ok(answer(&framework, &recipe, &matrix, findings)?);
        }
        Ok(compute_coinr(&idata, &imeta, &recipe)?)
    }
}

/// What a schema is printed of.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum SchemaOf {
    /// The method of an index
    Recipe,
    /// The tree of an index
    Framework,
}

impl SchemaOf {
    pub(super) fn print(self, out: &mut impl Write) -> anyhow::Result<ExitCode> {
        let schema = match self {
            Self::Recipe => schema_for!(Recipe),
            Self::Framework => schema_for!(FrameworkSpec),
        };
        serde_json::to_writer_pretty(&mut *out, &schema)?;
        writeln!(out)?;
        Ok(ExitCode::SUCCESS)
    }
}
