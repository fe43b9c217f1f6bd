//! Filling missing cells. Observed cells are never touched; what stays missing stays missing.

mod em;
mod panel;
mod rows;

pub use em::{EmOutcome, fill_by_em};
#[cfg(feature = "distributions")]
pub(crate) use panel::years;
pub use panel::{SeriesRule, fill_series};

use crate::descriptive::{mean, median};
use crate::error::ComputeError;
use crate::finding::Finding;
use crate::matrix::{Cell, ScoreMatrix};
use crate::plan::Plan;
use crate::recipe::Impute;

/// The cells with the missing ones filled as the plan says; `None` when nothing is to be filled.
///
/// ```text
/// mean, median              of the indicator, over the areas of the same period
/// group_mean, group_median  of the areas of the same period and group
/// row_mean, row_median      of the area's other indicators, on a 0–1 scale with more better
/// panel_*                   from the area's own earlier and later values
/// em                        expected value given the area's other indicators
/// ```
///
/// A group, row or series without any value stays missing, and so does an area without a group.
///
/// # Errors
/// When the table lacks the grouping or the periods a method needs.
pub(crate) fn impute(
    plan: &Plan<'_>,
    values: &ScoreMatrix,
    findings: &mut Vec<Finding>,
) -> Result<Option<Vec<Cell>>, ComputeError> {
    if plan.impute.iter().all(|method| matches!(method, Impute::None {})) {
        return Ok(None);
    }
    let mut cells = values.cells().to_vec();
    match &plan.recipe().impute {
        Impute::RowMean { within_level } => rows::fill(plan.framework, *within_level, values, &mut cells, mean),
        Impute::RowMedian { within_level } => rows::fill(plan.framework, *within_level, values, &mut cells, median),
        Impute::Em { within_level, max_iterations, tolerance } => {
            for columns in rows::parts(plan.framework, *within_level) {
                let outcome = fill_by_em(values.n_rows(), &columns, &mut cells, *max_iterations, *tolerance);
                if outcome.change > *tolerance {
                    findings.push(Finding::ImputationUnconverged {
                        iterations: outcome.iterations,
                        change: outcome.change,
                    });
                }
            }
        }
        _ => {}
    }
    let blocks = values.blocks();
    for (indicator, method) in plan.impute.iter().enumerate() {
        let n_rows = values.n_rows();
        let column = &mut cells[indicator * n_rows..(indicator + 1) * n_rows];
        match method {
            Impute::Mean {} => blocks.iter().for_each(|block| fill_block(block, column, mean)),
            Impute::Median {} => blocks.iter().for_each(|block| fill_block(block, column, median)),
            Impute::GroupMean { group } => fill_groups(values, group, column, mean)?,
            Impute::GroupMedian { group } => fill_groups(values, group, column, median)?,
            Impute::PanelLatest { max_periods } => {
                panel::fill(values, "panel_latest", SeriesRule::Latest { max_periods: *max_periods }, column)?;
            }
            Impute::PanelConstant { ends } => {
                panel::fill(values, "panel_constant", SeriesRule::Constant { ends: *ends }, column)?;
            }
            Impute::PanelLinear { ends } => {
                panel::fill(values, "panel_linear", SeriesRule::Linear { ends: *ends }, column)?;
            }
            Impute::None {} if !matches!(plan.recipe().impute, Impute::None {}) => {
                // An indicator excepted from a method that works on whole rows.
                column.copy_from_slice(values.column(indicator));
            }
            Impute::None {} | Impute::RowMean { .. } | Impute::RowMedian { .. } | Impute::Em { .. } => {}
        }
        let filled: Vec<_> = values
            .column(indicator)
            .iter()
            .zip(column.iter())
            .zip(values.areas())
            .filter(|((was, is), _)| was.is_missing() && !is.is_missing())
            .map(|(_, area)| area.clone())
            .collect();
        if !filled.is_empty() {
            let indicator = values.indicators()[indicator].clone();
            findings.push(Finding::Imputed { indicator, areas: filled });
        }
    }
    Ok(Some(cells))
}

/// Fills the missing cells of some rows with one figure of the others.
fn fill_block(rows: &[usize], column: &mut [Cell], figure: impl Fn(&[Cell]) -> Option<f64>) {
    let part: Vec<Cell> = rows.iter().map(|&row| column[row]).collect();
    let Some(figure) = figure(&part) else { return };
    for &row in rows {
        if column[row].is_missing() {
            column[row] = Cell::computed(figure);
        }
    }
}

fn fill_groups(
    values: &ScoreMatrix,
    group: &str,
    column: &mut [Cell],
    figure: impl Fn(&[Cell]) -> Option<f64>,
) -> Result<(), ComputeError> {
    let labels = values.grouping(group).ok_or_else(|| ComputeError::GroupingMissing { name: group.to_owned() })?;
    for block in values.blocks() {
        let mut names: Vec<&String> = block.iter().filter_map(|&row| labels[row].as_ref()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let rows: Vec<usize> = block.iter().copied().filter(|&row| labels[row].as_ref() == Some(name)).collect();
            fill_block(&rows, column, &figure);
        }
    }
    Ok(())
}
