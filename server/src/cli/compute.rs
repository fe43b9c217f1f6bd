//! `sandyq compute` and `sandyq schema`: a caller's own tables through the engine.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use indicators::framework::{Framework, FrameworkSpec};
use indicators::recipe::Recipe;
use schemars::schema_for;

use crate::compute::{
    Computed, DataSpec, Robustness, Tables, Wishes, coin_tool, coinr, compute, read_json, read_recipe, to_csv, to_xlsx,
};

/// Tables in, scores and ranks out.
#[derive(Debug, Args)]
pub(super) struct ComputeCommand {
    /// The data: areas down, indicators across, in the layout of COINr's iData (CSV); or JSON, by its name
    #[arg(long, required_unless_present = "coin_tool")]
    idata: Option<PathBuf>,
    /// The tree: COINr's iMeta (CSV); or a framework (JSON, by its name)
    #[arg(long, required_unless_present = "coin_tool")]
    imeta: Option<PathBuf>,
    /// Data and tree from a workbook of the COIN Tool instead
    #[arg(long, conflicts_with_all = ["idata", "imeta"])]
    coin_tool: Option<PathBuf>,
    /// The recipe (JSON); see `sandyq schema recipe`
    #[arg(long)]
    recipe: PathBuf,
    /// Add every area's way from values to score (JSON)
    #[arg(long)]
    explain: bool,
    /// Add statistics, correlations, consistency, profiles and the ranks without each element
    #[arg(long)]
    analysis: bool,
    /// Add the pairs of areas whose order turns when a third is taken out
    #[arg(long)]
    rank_reversals: bool,
    /// Set other recipes beside the result: an object of recipes by name (JSON)
    #[arg(long)]
    alternatives: Option<PathBuf>,
    /// Add rank intervals: what to vary (JSON); see `sandyq schema robustness`
    #[arg(long)]
    robustness: Option<PathBuf>,
    /// Where to write: .json, .csv or .xlsx; JSON on standard output unless given
    #[arg(long)]
    out: Option<PathBuf>,
}

/// What a file holds, by its name.
fn ending(path: &Path) -> String {
    path.extension().map(|found| found.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

impl ComputeCommand {
    pub(super) fn run(&self, out: &mut impl Write) -> anyhow::Result<ExitCode> {
        let format = self.out.as_deref().map(ending);
        if let Some(format) = &format
            && !["json", "csv", "xlsx"].contains(&format.as_str())
        {
            bail!("--out ends in .{format}; expected .json, .csv or .xlsx");
        }
        let computed = self.compute()?;
        let bytes = match format.as_deref() {
            Some("csv") => to_csv(&computed.answer)?,
            Some("xlsx") => to_xlsx(&computed)?,
            _ => {
                let mut json = serde_json::to_vec_pretty(&computed.answer)?;
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

    fn compute(&self) -> anyhow::Result<Computed> {
        let recipe = read_recipe(&read(&self.recipe)?)?;
        let robustness = match &self.robustness {
            Some(path) => Some(read_json::<Robustness>("robustness", &read(path)?)?),
            None => None,
        };
        let alternatives = match &self.alternatives {
            Some(path) => read_json("alternatives", &read(path)?)?,
            None => BTreeMap::new(),
        };
        let Self { explain, analysis, rank_reversals, .. } = *self;
        let wishes = Wishes { explain, analysis, rank_reversals, robustness, alternatives };
        Ok(compute(self.tables()?, &recipe, &wishes)?)
    }

    fn tables(&self) -> anyhow::Result<Tables> {
        let (idata, imeta) = match (&self.coin_tool, &self.idata, &self.imeta) {
            (Some(workbook), _, _) => return Ok(coin_tool::read(&read(workbook)?)?),
            (None, Some(idata), Some(imeta)) => (idata, imeta),
            _ => bail!("--idata and --imeta, or --coin-tool"),
        };
        let (data, meta) = (read(idata)?, read(imeta)?);
        let is_json = |path: &Path| ending(path) == "json";
        if !is_json(imeta) {
            if is_json(idata) {
                bail!("--idata is JSON; expected --imeta to be a framework in JSON too");
            }
            return Ok(coinr::read(&data, &meta)?);
        }
        let framework: Framework = read_json("framework", &meta)?;
        if is_json(idata) {
            return Ok(read_json::<DataSpec>("data", &data)?.tables(framework)?);
        }
        Ok(coinr::read_data(&data, framework)?)
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("reading {}", path.display()))
}

/// What a schema is printed of.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum SchemaOf {
    /// The method of an index
    Recipe,
    /// The tree of an index
    Framework,
    /// Data as JSON
    Data,
    /// A study of robustness
    Robustness,
}

impl SchemaOf {
    pub(super) fn print(self, out: &mut impl Write) -> anyhow::Result<ExitCode> {
        let schema = match self {
            Self::Recipe => schema_for!(Recipe),
            Self::Framework => schema_for!(FrameworkSpec),
            Self::Data => schema_for!(DataSpec),
            Self::Robustness => schema_for!(Robustness),
        };
        serde_json::to_writer_pretty(&mut *out, &schema)?;
        writeln!(out)?;
        Ok(ExitCode::SUCCESS)
    }
}
