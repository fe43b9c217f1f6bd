//! Running a plan: from a table to scores, step by step.

use std::num::NonZeroU32;

use super::Composite;
use crate::aggregation::{Children, aggregate};
use crate::code::AreaCode;
use crate::columns::each_column;
use crate::error::ComputeError;
use crate::finding::{Finding, Step};
use crate::framework::Framework;
use crate::imputation::impute;
use crate::matrix::{Cell, ScoreMatrix};
use crate::normalisation::{Column, NormaliseError, normalise};
use crate::plan::{GroupPlan, Plan};
use crate::ranking::ranks_into;
use crate::recipe::{Aggregate, Normalise, Recipe, Screen, ScreenTime, Span, Treat};
use crate::screening::{denominate, screen};
use crate::treatment::{TreatmentDetail, treat_column};
use crate::weighting::{shares_in_family, shares_of};

/// A rank, 1 the best; a table of them is as small as it gets.
pub(super) type Rank = Option<NonZeroU32>;

/// What is the same for every run on one table: denominated, screened and filled values.
pub(crate) struct Run {
    pub(crate) values: ScoreMatrix,
    pub(crate) imputed: Vec<bool>,
    pub(crate) findings: Vec<Finding>,
}

impl Plan<'_> {
    /// Runs the plan on a table.
    ///
    /// # Errors
    /// When the table lacks what the recipe needs, or a value is refused.
    pub fn compute(&self, matrix: &ScoreMatrix) -> Result<Composite, ComputeError> {
        let Run { values, imputed, mut findings } = self.prepare(matrix)?;
        let n_rows = values.n_rows();

        let (treated, treatments) = self.treat_all(&values);
        let per_indicator = treatments.len() / self.framework.indicators().len().max(1);
        for (details, (at, indicator)) in
            treatments.chunks(per_indicator.max(1)).zip(self.framework.indicators().iter().enumerate())
        {
            for detail in details {
                detail.note(&indicator.code, &mut findings);
            }
            if details.iter().any(|detail| detail.transformed.is_some()) {
                let areas = lost(&values, values.column(at), treated.column(at));
                if !areas.is_empty() {
                    findings.push(Finding::Overflow { indicator: indicator.code.clone(), step: Step::Treat, areas });
                }
            }
        }
        let normalised = values.with_cells(self.normalise_all(&treated, &mut findings)?);

        let mut scores = vec![Cell::MISSING; self.framework.nodes().len() * n_rows];
        let mut shares = vec![1.0; self.framework.nodes().len()];
        aggregate_all(
            Aggregation { plan: self, values: &values, factors: None },
            normalised.cells(),
            &mut scores,
            &mut shares,
            &mut findings,
        )?;

        let ranks = rank_all(&values, &scores);
        let mut additive = vec![false; self.framework.nodes().len()];
        for group in &self.groups {
            additive[group.node] = matches!(group.aggregate, Aggregate::Arithmetic {});
        }
        Ok(Composite {
            framework: self.framework.clone(),
            treated,
            normalised,
            raw: values,
            imputed,
            treatments,
            shares,
            additive,
            scores,
            ranks,
            findings,
        })
    }

    /// Everything before treatment.
    pub(crate) fn prepare(&self, matrix: &ScoreMatrix) -> Result<Run, ComputeError> {
        if matrix.n_rows() == 0 {
            return Err(ComputeError::NoAreas);
        }
        let mut findings = Vec::new();
        let columns = columns_of(self.framework, matrix)?;
        let mut values = matrix.select_columns(&columns);
        values = denominate(self.framework, &self.recipe.denominate, matrix, values, &mut findings)?;
        let (before, after) = match screen_time(&self.recipe.screen) {
            ScreenTime::BeforeImputation => (&self.recipe.screen, &Screen::None {}),
            ScreenTime::AfterImputation => (&Screen::None {}, &self.recipe.screen),
        };
        values = screen(before, values, &mut findings)?;
        let filled = impute(self, &values, &mut findings)?;
        let mut imputed = Vec::new();
        if let Some(cells) = filled {
            imputed = values.cells().iter().zip(&cells).map(|(was, is)| was.is_missing() && !is.is_missing()).collect();
            values = values.with_cells(cells);
        }
        let rows_before = values.n_rows();
        if !matches!(after, Screen::None {}) {
            let areas_before = values.clone();
            values = screen(after, values, &mut findings)?;
            if !imputed.is_empty() && values.n_rows() != rows_before {
                imputed = keep_rows(&imputed, &areas_before, &values);
            }
        }
        if values.n_rows() == 0 {
            return Err(ComputeError::NoAreas);
        }
        Ok(Run { values, imputed, findings })
    }

    /// The rows of each period, when a step looks at periods one by one and there are several.
    fn periods_apart(span: Span, values: &ScoreMatrix) -> Option<Vec<Vec<usize>>> {
        if span == Span::AllPeriods || values.periods().is_none() {
            return None;
        }
        Some(values.blocks()).filter(|blocks| blocks.len() > 1)
    }

    /// Treated values and what was done, indicator by indicator and, in a panel treated period by
    /// period, period by period; no details when nothing is treated.
    pub(crate) fn treat_all(&self, values: &ScoreMatrix) -> (ScoreMatrix, Vec<TreatmentDetail>) {
        if self.treat.iter().all(|method| matches!(method, Treat::None {})) {
            return (values.clone(), Vec::new());
        }
        let mut cells = values.cells().to_vec();
        let n_rows = values.n_rows();
        let details = match Self::periods_apart(self.recipe.panel.treat, values) {
            None => each_column(&mut cells, n_rows, |indicator, column| treat_column(self.treat[indicator], column)),
            Some(blocks) => each_column(&mut cells, n_rows, |indicator, column| {
                let mut details = Vec::with_capacity(blocks.len());
                for rows in &blocks {
                    let mut part = pick(column, rows);
                    let mut detail = treat_column(self.treat[indicator], &mut part);
                    put(column, rows, &part);
                    detail.period = values.periods().zip(rows.first()).map(|(periods, &row)| periods[row]);
                    detail.winsorised.iter_mut().for_each(|(row, _)| *row = rows[*row]);
                    details.push(detail);
                }
                details
            })
            .into_iter()
            .flatten()
            .collect(),
        };
        (values.with_cells(cells), details)
    }

    /// Normalised scores of every indicator, column by column.
    pub(crate) fn normalise_all(
        &self,
        treated: &ScoreMatrix,
        findings: &mut Vec<Finding>,
    ) -> Result<Vec<Cell>, ComputeError> {
        let n_rows = treated.n_rows();
        let apart = Self::periods_apart(self.recipe.panel.normalise, treated);
        let mut scores = vec![Cell::MISSING; treated.cells().len()];
        let outcomes: Vec<Result<Vec<Finding>, ComputeError>> =
            each_column(&mut scores, n_rows, |indicator, scores| {
                let (method, column) = (self.normalise[indicator], treated.column(indicator));
                let mut notes = Vec::new();
                match &apart {
                    None => self.normalise_part(indicator, method, treated, None, column, scores, &mut notes)?,
                    Some(blocks) => {
                        for rows in blocks {
                            let part = pick(column, rows);
                            let mut out = part.clone();
                            self.normalise_part(indicator, method, treated, Some(rows), &part, &mut out, &mut notes)?;
                            put(scores, rows, &out);
                        }
                    }
                }
                let without = |note: &Finding| matches!(note, Finding::NoDistance { .. } | Finding::NoFraction { .. });
                if !notes.iter().any(without) {
                    let areas = lost(treated, column, scores);
                    if !areas.is_empty() {
                        let indicator = self.framework.indicators()[indicator].code.clone();
                        notes.push(Finding::Overflow { indicator, step: Step::Normalise, areas });
                    }
                }
                Ok(notes)
            });
        for outcome in outcomes {
            findings.extend(outcome?);
        }
        Ok(scores)
    }

    /// Normalises the rows given (all, unless given) of one indicator.
    #[expect(clippy::too_many_arguments, reason = "a part of a column, what it is of, and where it goes")]
    fn normalise_part(
        &self,
        indicator: usize,
        method: &Normalise,
        table: &ScoreMatrix,
        rows: Option<&[usize]>,
        values: &[Cell],
        scores: &mut [Cell],
        findings: &mut Vec<Finding>,
    ) -> Result<(), ComputeError> {
        let about = &self.framework.indicators()[indicator];
        let row_in_table = |row: usize| rows.map_or(row, |rows| rows[row]);
        let refuse = |source: NormaliseError| {
            let area = match source {
                NormaliseError::Outside { row, .. } | NormaliseError::NotPositive { row, .. } => {
                    table.areas().get(row_in_table(row - 1)).cloned()
                }
                _ => None,
            };
            ComputeError::Normalise { indicator: about.code.clone(), area, source }
        };
        let reference_row = match method {
            Normalise::DistanceToReference { area, period, .. } => {
                let area = area
                    .as_ref()
                    .or(about.reference.as_ref())
                    .ok_or(NormaliseError::ReferenceMissing)
                    .map_err(refuse)?;
                let row = table
                    .row_in_part(area, *period, &(0..values.len()).map(row_in_table).collect::<Vec<_>>())
                    .ok_or_else(|| NormaliseError::ReferenceUnknown { area: area.clone(), period: *period })
                    .map_err(refuse)?;
                Some(row)
            }
            _ => None,
        };
        normalise(method, Column { indicator: about, reference_row }, values, scores, findings).map_err(refuse)
    }
}

fn pick(column: &[Cell], rows: &[usize]) -> Vec<Cell> {
    rows.iter().map(|&row| column[row]).collect()
}

fn put(column: &mut [Cell], rows: &[usize], cells: &[Cell]) {
    for (&row, cell) in rows.iter().zip(cells) {
        column[row] = *cell;
    }
}

/// The areas whose cell was there before a step and is missing after it.
fn lost(table: &ScoreMatrix, before: &[Cell], after: &[Cell]) -> Vec<AreaCode> {
    let cells = before.iter().zip(after).zip(table.areas());
    cells.filter(|((was, is), _)| !was.is_missing() && is.is_missing()).map(|(_, area)| area.clone()).collect()
}

fn screen_time(screen: &Screen) -> ScreenTime {
    match screen {
        Screen::None {} => ScreenTime::BeforeImputation,
        Screen::Availability { when, .. } | Screen::NonZero { when, .. } | Screen::Both { when, .. } => *when,
    }
}

/// The flags of the rows of `after`, which are some of the rows of `before`.
fn keep_rows(flags: &[bool], before: &ScoreMatrix, after: &ScoreMatrix) -> Vec<bool> {
    let rows = after.rows_in(before);
    (0..before.n_columns())
        .flat_map(|column| rows.iter().map(move |&row| flags[column * before.n_rows() + row]))
        .collect()
}

/// The column of each indicator of the framework.
fn columns_of(framework: &Framework, matrix: &ScoreMatrix) -> Result<Vec<usize>, ComputeError> {
    framework
        .indicators()
        .iter()
        .map(|indicator| {
            matrix
                .column_of(indicator.code.as_str())
                .ok_or_else(|| ComputeError::ColumnMissing { indicator: indicator.code.clone() })
        })
        .collect()
}

/// What aggregation works with: a plan, the table it is run on, and factors on the weights.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Aggregation<'a> {
    pub(crate) plan: &'a Plan<'a>,
    pub(crate) values: &'a ScoreMatrix,
    /// One per node, multiplying its weight; 0 leaves the node out.
    pub(crate) factors: Option<&'a [f64]>,
}

/// Scores of every node from normalised indicators; `scores` has a column per node, `shares` an
/// entry per node.
pub(crate) fn aggregate_all(
    work: Aggregation<'_>,
    normalised: &[Cell],
    scores: &mut [Cell],
    shares: &mut [f64],
    findings: &mut Vec<Finding>,
) -> Result<(), ComputeError> {
    let Aggregation { plan, values, .. } = work;
    let n_rows = values.n_rows();
    for (node, about) in plan.framework.nodes().iter().enumerate() {
        if let Some(indicator) = about.indicator() {
            scores[node * n_rows..(node + 1) * n_rows]
                .copy_from_slice(&normalised[indicator * n_rows..(indicator + 1) * n_rows]);
        }
    }
    let mut out = vec![Cell::MISSING; n_rows];
    for group in &plan.groups {
        aggregate_group(work, group, scores, shares, &mut out, findings)?;
        scores[group.node * n_rows..(group.node + 1) * n_rows].copy_from_slice(&out);
    }
    Ok(())
}

fn aggregate_group(
    work: Aggregation<'_>,
    group: &GroupPlan<'_>,
    scores: &[Cell],
    shares: &mut [f64],
    out: &mut [Cell],
    findings: &mut Vec<Finding>,
) -> Result<(), ComputeError> {
    let Aggregation { plan, values, factors } = work;
    let n_rows = values.n_rows();
    let nodes = plan.framework.nodes();
    let node = &nodes[group.node];
    let children = node.children();
    let columns: Vec<&[Cell]> = children.iter().map(|&child| &scores[child * n_rows..(child + 1) * n_rows]).collect();
    let family = plan.family(group);
    let mut weights = if family.is_empty() {
        shares_of(group.weights, plan.framework, group.node, &columns, findings)
    } else {
        let columns_of = |other: usize| -> Vec<&[Cell]> {
            nodes[other].children().iter().map(|&child| &scores[child * n_rows..(child + 1) * n_rows]).collect()
        };
        shares_in_family(group.weights, plan.framework, group.node, &family, columns_of, findings)
    };
    if let Some(factors) = factors {
        for (weight, &child) in weights.iter_mut().zip(children) {
            *weight *= factors[child];
        }
        let sum: f64 = weights.iter().sum();
        if sum > 0.0 {
            for weight in &mut weights {
                *weight /= sum;
            }
        }
    }
    for (&child, &share) in children.iter().zip(&weights) {
        shares[child] = share;
    }
    // A child of weight 0 takes no part, whatever the method.
    let (weighing, weights): (Vec<&[Cell]>, Vec<f64>) =
        columns.iter().zip(&weights).filter(|(_, weight)| **weight > 0.0).unzip();
    if weighing.is_empty() {
        out.fill(Cell::MISSING);
    } else {
        let about = Children { code: node.code(), columns: &weighing, weights: &weights, values };
        aggregate(group.aggregate, &about, out, findings)?;
    }
    if let Some(threshold) = group.threshold {
        let mut below = Vec::new();
        for (row, score) in out.iter_mut().enumerate() {
            let present = columns.iter().filter(|column| !column[row].is_missing()).count();
            if share_of(present, columns.len()) < threshold {
                *score = Cell::MISSING;
                below.push(values.areas()[row].clone());
            }
        }
        if !below.is_empty() {
            findings.push(Finding::BelowThreshold { group: node.code().clone(), areas: below });
        }
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a framework has far fewer than 2^52 nodes")]
fn share_of(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// The ranks of every node, one column per node.
fn rank_all(values: &ScoreMatrix, scores: &[Cell]) -> Vec<Rank> {
    let n_rows = values.n_rows();
    let mut ranks = vec![None; scores.len()];
    let blocks = values.blocks();
    let as_rank = |rank: usize| NonZeroU32::new(u32::try_from(rank).unwrap_or(u32::MAX));
    each_column(&mut ranks, n_rows, |node, ranks| {
        let column = &scores[node * n_rows..(node + 1) * n_rows];
        let mut order = Vec::with_capacity(n_rows);
        if let [_] = blocks.as_slice() {
            ranks_into(column, &mut order, |row, rank| ranks[row] = as_rank(rank));
            return;
        }
        for block in &blocks {
            ranks_into(&pick(column, block), &mut order, |row, rank| ranks[block[row]] = as_rank(rank));
        }
    });
    ranks
}

/// The recipe itself, for the explanation of a result.
impl Plan<'_> {
    /// The recipe this plan was made from.
    #[must_use]
    pub fn recipe(&self) -> &Recipe {
        self.recipe
    }
}
