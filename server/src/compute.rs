//! A caller's own data through the engine: read in `COINr`'s layout, computed, written as JSON or
//! CSV. The mathematics is `indicators`'; the command line and the route only call this.

pub mod coinr;
mod number;
#[cfg(test)]
mod tests;

use indicators::code::NodeCode;
use indicators::composite::{ComputeError, ComputeReport, Plan};
use indicators::framework::Framework;
use indicators::matrix::ScoreMatrix;
use indicators::recipe::Recipe;
use serde::Serialize;

use coinr::{Faults, ReadFinding};

/// A caller's computation was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ComputeRequestError {
    /// Data or metadata cannot be read; every fault is listed.
    #[error(transparent)]
    Faults(#[from] Faults),
    /// The recipe is not one.
    #[error("the recipe, line {line}, column {column}: {reason}")]
    Recipe {
        /// Line, counted from 1.
        line: usize,
        /// Column, counted from 1.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// The recipe cannot be computed on the data.
    #[error(transparent)]
    Compute(#[from] ComputeError),
}

/// What is answered: the engine's report and what was noticed while reading.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComputeAnswer {
    /// Scores, ranks, effective weights, findings.
    #[serde(flatten)]
    pub report: ComputeReport,
    /// What was noticed while reading the tables.
    pub reading: Vec<ReadFinding>,
}

/// Reads a recipe from JSON.
///
/// # Errors
/// With the line and column of the fault.
pub fn read_recipe(json: &[u8]) -> Result<Recipe, ComputeRequestError> {
    serde_json::from_slice(json).map_err(|error| ComputeRequestError::Recipe {
        line: error.line(),
        column: error.column(),
        reason: error.to_string(),
    })
}

/// Computes tables in `COINr`'s layout.
///
/// # Errors
/// With every fault of the tables, or why the recipe cannot be computed.
pub fn compute_coinr(idata: &[u8], imeta: &[u8], recipe: &[u8]) -> Result<ComputeAnswer, ComputeRequestError> {
    let recipe = read_recipe(recipe)?;
    let read = coinr::read(idata, imeta)?;
    answer(&read.framework, &recipe, &read.matrix, read.findings)
}

/// Computes what has been read already.
///
/// # Errors
/// When the recipe cannot be computed on the data.
pub fn answer(
    framework: &Framework,
    recipe: &Recipe,
    matrix: &ScoreMatrix,
    reading: Vec<ReadFinding>,
) -> Result<ComputeAnswer, ComputeRequestError> {
    let plan = Plan::new(framework, recipe).map_err(ComputeError::from)?;
    let composite = plan.compute(matrix)?;
    Ok(ComputeAnswer { report: ComputeReport::from(&composite), reading })
}

/// The answer as CSV: one row per area, a score and a rank per node, missing cells empty.
///
/// # Errors
/// When a row cannot be written, which a growing buffer never does.
pub fn to_csv(answer: &ComputeAnswer) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let has_periods = answer.report.areas.iter().any(|area| area.period.is_some());
    let nodes: Vec<&str> = answer.report.effective_weights.keys().map(NodeCode::as_str).collect();
    let mut header = vec!["area".to_owned()];
    if has_periods {
        header.push("period".to_owned());
    }
    header.extend(nodes.iter().map(|node| format!("{node}_score")));
    header.extend(nodes.iter().map(|node| format!("{node}_rank")));
    writer.write_record(&header)?;
    for area in &answer.report.areas {
        let mut row = vec![area.code.to_string()];
        if has_periods {
            row.push(area.period.map(|period| period.to_string()).unwrap_or_default());
        }
        row.extend(area.scores.values().map(|score| score.map(|score| score.to_string()).unwrap_or_default()));
        row.extend(area.ranks.values().map(|rank| rank.map(|rank| rank.to_string()).unwrap_or_default()));
        writer.write_record(&row)?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}
