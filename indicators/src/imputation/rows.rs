//! Filling from the other indicators of the same area.

use crate::framework::Framework;
use crate::matrix::{Cell, ScoreMatrix};

/// The indicators filled from each other: those below each group of a level, or all.
pub(super) fn parts(framework: &Framework, within_level: Option<usize>) -> Vec<Vec<usize>> {
    let Some(level) = within_level else { return vec![(0..framework.indicators().len()).collect()] };
    (0..framework.nodes().len())
        .filter(|&node| framework.nodes()[node].level() == level)
        .map(|node| framework.indicators_below(node))
        .collect()
}

/// Fills each missing cell with a figure of the area's other indicators.
///
/// ```text
/// z = (d·x − min)/(max − min)     per indicator, d the sign of its direction
/// filled = d·(figure(z of the row)·(max − min) + min)
/// ```
///
/// `min` and `max` are of the area's period. A constant indicator neither gives nor takes.
///
/// # Source
/// R package `COINr` 1.1.14, `Impute` with `impute_by = "row"`.
pub(super) fn fill(
    framework: &Framework,
    within_level: Option<usize>,
    values: &ScoreMatrix,
    cells: &mut [Cell],
    figure: impl Fn(&[Cell]) -> Option<f64>,
) {
    let n_rows = values.n_rows();
    let blocks = values.blocks();
    let works = parts(framework, within_level)
        .into_iter()
        .flat_map(|part| blocks.iter().map(move |block| (part.clone(), block)));
    for (columns, block) in works {
        let ranges: Vec<(f64, f64, f64)> = columns
            .iter()
            .map(|&column| {
                let sign = framework.indicators()[column].direction.sign();
                let mine = values.column(column);
                let (min, max) = block
                    .iter()
                    .filter_map(|&row| mine[row].value())
                    .fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), value| {
                        (min.min(value * sign), max.max(value * sign))
                    });
                (sign, min, max)
            })
            .collect();
        for &row in block {
            let scaled: Vec<Cell> = columns
                .iter()
                .zip(&ranges)
                .map(|(&column, &(sign, min, max))| {
                    values.column(column)[row].map(|value| (value * sign - min) / (max - min))
                })
                .collect();
            let Some(level) = figure(&scaled) else { continue };
            for (&column, &(sign, min, max)) in columns.iter().zip(&ranges) {
                let cell = &mut cells[column * n_rows + row];
                if cell.is_missing() && min < max {
                    *cell = Cell::computed((level * (max - min) + min) * sign);
                }
            }
        }
    }
}
