//! A caller's own data through the engine: read in `COINr`'s layout, as JSON or from a workbook of
//! the COIN Tool, computed, written as JSON, CSV or XLSX. The mathematics is `indicators`'; the
//! command line and the route only call this.

pub mod coin_tool;
pub mod coinr;
mod fault;
mod json;
mod number;
mod robustness;
#[cfg(test)]
mod tests;
mod workbook;

use std::collections::BTreeMap;
use std::fmt;

use indicators::analysis::{Analysis, analyse};
use indicators::code::NodeCode;
use indicators::composite::{ComputeReport, Explanation};
use indicators::error::ComputeError;
use indicators::framework::Framework;
use indicators::matrix::ScoreMatrix;
use indicators::plan::Plan;
use indicators::recipe::Recipe;
use indicators::sensitivity::{
    Alternative, RankReversal, Removal, SensitivityError, Study, alternatives, rank_reversals, removals,
};
use indicators::{Composite, composite};
use serde::{Deserialize, Serialize};

pub use fault::{Fault, Faults, ReadFinding, TableName};
pub use json::{DataRow, DataSpec};
pub use robustness::{Robustness, RobustnessAnswer, SobolEstimator, SobolOutput, SobolSpec};
pub use workbook::{WorkbookError, to_xlsx};

/// A table and the tree it is computed by, read from whatever a caller brought.
#[derive(Debug, Clone)]
pub struct Tables {
    /// The tree.
    pub framework: Framework,
    /// The data.
    pub matrix: ScoreMatrix,
    /// What was noticed while reading.
    pub findings: Vec<ReadFinding>,
}

/// What a caller wants beside scores and ranks.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// Every area's way from values to score.
    pub explain: bool,
    /// Statistics, correlations, consistency, profiles, and the ranks without each element.
    pub analysis: bool,
    /// Pairs of areas whose order turns when a third is taken out.
    pub rank_reversals: bool,
    /// How much ranks depend on the choices made.
    pub robustness: Option<Robustness>,
    /// Other recipes to set beside the result, by name.
    pub alternatives: BTreeMap<String, Recipe>,
}

/// A caller's computation was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ComputeRequestError {
    /// Data or metadata cannot be read; every fault is listed.
    #[error(transparent)]
    Faults(#[from] Faults),
    /// A JSON part is not what belongs there.
    #[error("the {part}, line {line}, column {column}: {reason}")]
    Json {
        /// Recipe, framework, data or robustness.
        part: &'static str,
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
    /// One of the other recipes cannot be computed on the data.
    #[error("the alternative {name}: {source}")]
    Alternative {
        /// Its name.
        name: String,
        /// Why.
        source: ComputeError,
    },
    /// The study of robustness cannot be run.
    #[error("the robustness: {0}")]
    Robustness(#[from] SensitivityError),
}

/// What is answered: the engine's report and what was noticed while reading.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ComputeAnswer {
    /// Scores, ranks, effective weights, findings.
    #[serde(flatten)]
    pub report: ComputeReport,
    /// What was noticed while reading the tables.
    pub reading: Vec<ReadFinding>,
    /// Every area's way from values to score, when wished for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub explanations: Vec<Explanation>,
    /// The index described, when wished for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub analysis: Option<AnalysisAnswer>,
    /// Pairs of areas whose order turns when a third is taken out, when wished for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub rank_reversals: Option<Vec<RankReversal>>,
    /// Rank intervals and more, when wished for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub robustness: Option<RobustnessAnswer>,
    /// The index by other recipes, when wished for; in the order of their names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub alternatives: Vec<Alternative>,
}

/// The index described, and what each element is worth to the ranking.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnalysisAnswer {
    /// Statistics, availability, treatment, correlations, consistency, profiles, trends.
    #[serde(flatten)]
    pub analysis: Analysis,
    /// The ranks without each indicator and group in turn.
    pub removals: Vec<Removal>,
}

/// A computed index: every stage of it, and the answer made from it.
#[derive(Debug, Clone)]
pub struct Computed {
    /// The stages.
    pub composite: Composite,
    /// The answer.
    pub answer: ComputeAnswer,
}

/// Reads a JSON part.
///
/// # Errors
/// With the line and column of the fault.
pub fn read_json<'a, T: Deserialize<'a>>(part: &'static str, json: &'a [u8]) -> Result<T, ComputeRequestError> {
    serde_json::from_slice(json).map_err(|error| ComputeRequestError::Json {
        part,
        line: error.line(),
        column: error.column(),
        reason: without_place(&error),
    })
}

/// What `serde_json` says, without the place it appends: that is said apart.
fn without_place(error: &(impl fmt::Display + ?Sized)) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text.get(..end).unwrap_or(&text).to_owned(),
        None => text,
    }
}

/// Reads a recipe from JSON.
///
/// # Errors
/// With the line and column of the fault.
pub fn read_recipe(json: &[u8]) -> Result<Recipe, ComputeRequestError> {
    read_json("recipe", json)
}

/// Computes tables in `COINr`'s layout.
///
/// # Errors
/// With every fault of the tables, or why the recipe cannot be computed.
pub fn compute_coinr(idata: &[u8], imeta: &[u8], recipe: &[u8]) -> Result<ComputeAnswer, ComputeRequestError> {
    let recipe = read_recipe(recipe)?;
    Ok(compute(coinr::read(idata, imeta)?, &recipe, &Wishes::default())?.answer)
}

/// Computes tables that have been read.
///
/// # Errors
/// When the recipe cannot be computed on the data.
pub fn compute(tables: Tables, recipe: &Recipe, wishes: &Wishes) -> Result<Computed, ComputeRequestError> {
    let Tables { framework, matrix, findings } = tables;
    let composite = composite::compute(&framework, recipe, &matrix)?;
    let explained = if wishes.explain { composite.areas().len() } else { 0 };
    let explanations = (0..explained).map(|row| composite.explain_row(row)).collect();
    let analysis = if wishes.analysis {
        let study = Study { framework: &framework, recipe, matrix: &matrix, without_substitutes: None, factors: &[] };
        Some(AnalysisAnswer { analysis: analyse(&composite, &matrix), removals: removals(&study, &composite)? })
    } else {
        None
    };
    let rank_reversals = if wishes.rank_reversals { Some(rank_reversals(&framework, recipe, &matrix)?) } else { None };
    let robustness = wishes.robustness.as_ref().map(|study| study.run(&framework, recipe, &matrix)).transpose()?;
    let alternatives = alternatives(&framework, &matrix, &composite, &wishes.alternatives)
        .map_err(|(name, source)| ComputeRequestError::Alternative { name, source })?;
    let report = ComputeReport::from(&composite);
    let answer =
        ComputeAnswer { report, reading: findings, explanations, analysis, rank_reversals, robustness, alternatives };
    Ok(Computed { composite, answer })
}

/// Elementary operations a computation takes, to an order of magnitude.
///
/// # Errors
/// When the recipe does not fit the framework.
pub fn operations(tables: &Tables, recipe: &Recipe, wishes: &Wishes) -> Result<f64, ComputeRequestError> {
    let plan = Plan::new(&tables.framework, recipe).map_err(ComputeError::from)?;
    let rows = tables.matrix.n_rows();
    let runs = wishes.robustness.as_ref().map_or(0.0, Robustness::runs);
    let reversals = if wishes.rank_reversals { number(rows) } else { 0.0 };
    let mut total = plan.operations(rows) * (1.0 + runs + reversals);
    if wishes.analysis {
        total += plan.analysis_operations(rows);
    }
    for (name, recipe) in &wishes.alternatives {
        let plan = Plan::new(&tables.framework, recipe)
            .map_err(|error| ComputeRequestError::Alternative { name: name.clone(), source: error.into() })?;
        total += plan.operations(rows);
    }
    Ok(total)
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn number(count: usize) -> f64 {
    count as f64
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
    header.extend(nodes.iter().map(|node| as_text(&format!("{node}_score"))));
    header.extend(nodes.iter().map(|node| as_text(&format!("{node}_rank"))));
    writer.write_record(&header)?;
    for area in &answer.report.areas {
        let mut row = vec![as_text(area.code.as_str())];
        if has_periods {
            row.push(area.period.map(|period| period.to_string()).unwrap_or_default());
        }
        row.extend(area.scores.values().map(|score| score.map(|score| score.to_string()).unwrap_or_default()));
        row.extend(area.ranks.values().map(|rank| rank.map(|rank| rank.to_string()).unwrap_or_default()));
        writer.write_record(&row)?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// A code as a cell of text: of the characters a code may hold a spreadsheet takes a leading minus
/// for a formula, so it gets an apostrophe.
fn as_text(code: &str) -> String {
    if code.starts_with('-') { format!("'{code}") } else { code.to_owned() }
}
