//! A computed index as an XLSX workbook: scores, ranks, weights, every stage, findings. Numbers are
//! numbers in full precision, missing cells empty, and text is only ever text: what a spreadsheet
//! could take for a formula carries the mark of literal text. The same content gives the same bytes.

mod described;

use indicators::Composite;
use indicators::code::NodeCode;
use indicators::framework::Node;
use indicators::matrix::ScoreMatrix;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use serde::Serialize;
use serde_json::Value;

use super::Computed;

/// Most rows below the header.
const MOST_ROWS: usize = 1_048_575;
/// Most columns.
const MOST_COLUMNS: usize = 16_384;
/// Characters a cell holds.
const LONGEST_TEXT: usize = 32_767;

/// A workbook could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkbookError {
    /// More than a sheet holds.
    #[error("a sheet holds {most} {what}; here are {found}")]
    TooLarge {
        /// Rows or columns.
        what: &'static str,
        /// How many fit.
        most: usize,
        /// How many there are.
        found: usize,
    },
    /// The writer refused.
    #[error("the workbook: {0}")]
    Writer(#[from] XlsxError),
}

/// One cell.
enum Cell {
    Text(String),
    Number(Option<f64>),
}

impl Cell {
    #[expect(clippy::cast_precision_loss, reason = "a spreadsheet has no other number")]
    fn count(count: Option<usize>) -> Self {
        Self::Number(count.map(|count| count as f64))
    }
}

/// Writes a computed index.
///
/// # Errors
/// When there are more areas or nodes than a sheet holds.
pub fn to_xlsx(computed: &Computed) -> Result<Vec<u8>, WorkbookError> {
    let Computed { composite, answer } = computed;
    let mut book = Workbook::new();
    // The instant of writing would make two equal workbooks differ.
    let fixed = ExcelDateTime::from_ymd(2024, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title("Composite index").set_creation_datetime(&fixed));

    let nodes: Vec<String> = answer.report.effective_weights.keys().map(NodeCode::to_string).collect();
    let areas = &answer.report.areas;
    let label = |row: usize| row_label(composite, row);
    let header = |columns: &[String]| [row_header(composite), columns.to_vec()].concat();
    sheet(
        &mut book,
        "Scores",
        &header(&nodes),
        (0..areas.len()).map(|row| {
            label(row).into_iter().chain(areas[row].scores.values().map(|score| Cell::Number(*score))).collect()
        }),
    )?;
    sheet(
        &mut book,
        "Ranks",
        &header(&nodes),
        (0..areas.len()).map(|row| {
            label(row).into_iter().chain(areas[row].ranks.values().map(|rank| Cell::count(*rank))).collect()
        }),
    )?;
    sheet(
        &mut book,
        "Weights",
        &["code", "parent", "share of parent", "effective weight"].map(str::to_owned),
        weights(computed).into_iter(),
    )?;
    for (name, stage) in
        [("Values", composite.values()), ("Treated", composite.treated()), ("Normalised", composite.normalised())]
    {
        let codes: Vec<String> = stage.indicators().iter().map(ToString::to_string).collect();
        let rows = (0..areas.len()).map(|row| label(row).into_iter().chain(values(stage, row)).collect());
        sheet(&mut book, name, &header(&codes), rows)?;
    }
    let mut noticed: Vec<Vec<Cell>> = answer.reading.iter().map(finding).collect();
    noticed.extend(answer.report.findings.iter().map(finding));
    sheet(&mut book, "Findings", &["code", "facts"].map(str::to_owned), noticed.into_iter())?;
    if let Some(analysis) = &answer.analysis {
        described::analysis(&mut book, composite, analysis)?;
    }
    if !answer.alternatives.is_empty() {
        described::alternatives(&mut book, composite, &answer.alternatives)?;
    }
    if let Some(robustness) = &answer.robustness {
        let columns = ["nominal", "mean", "median", "5 %", "95 %"].map(str::to_owned);
        let rows = robustness.intervals.iter().map(|interval| {
            let mut row = vec![Cell::Text(interval.area.to_string())];
            if composite.periods().is_some() {
                row.push(Cell::Text(interval.period.map(|period| period.to_string()).unwrap_or_default()));
            }
            row.push(Cell::count(interval.nominal));
            row.extend([interval.mean, interval.median, interval.low, interval.high].map(Cell::Number));
            row
        });
        sheet(&mut book, "Rank intervals", &header(&columns), rows)?;
    }
    Ok(book.save_to_buffer()?)
}

fn row_header(composite: &Composite) -> Vec<String> {
    let period = composite.periods().map(|_| "period".to_owned());
    [Some("area".to_owned()), period].into_iter().flatten().collect()
}

fn row_label(composite: &Composite, row: usize) -> Vec<Cell> {
    let period = composite.periods().map(|periods| Cell::Text(periods[row].to_string()));
    [Some(Cell::Text(composite.areas()[row].to_string())), period].into_iter().flatten().collect()
}

fn values(stage: &ScoreMatrix, row: usize) -> impl Iterator<Item = Cell> {
    (0..stage.n_columns()).map(move |column| Cell::Number(stage.value(row, column)))
}

fn weights(computed: &Computed) -> Vec<Vec<Cell>> {
    let nodes = computed.composite.framework().nodes();
    let effective = &computed.answer.report.effective_weights;
    let line = |(node, share): (&Node, &f64)| {
        let parent = node.parent().map(|parent| nodes[parent].code().to_string());
        vec![
            Cell::Text(node.code().to_string()),
            Cell::Text(parent.unwrap_or_default()),
            Cell::Number(Some(*share)),
            Cell::Number(effective.get(node.code()).copied()),
        ]
    };
    nodes.iter().zip(computed.composite.shares()).map(line).collect()
}

/// The code of a finding and its facts as JSON.
fn finding(finding: &impl Serialize) -> Vec<Cell> {
    let mut facts = serde_json::to_value(finding).unwrap_or_default();
    let code = facts.as_object_mut().and_then(|facts| facts.remove("code"));
    let code = code.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
    vec![Cell::Text(code), Cell::Text(facts.to_string())]
}

fn sheet(
    book: &mut Workbook,
    name: &str,
    header: &[String],
    rows: impl ExactSizeIterator<Item = Vec<Cell>>,
) -> Result<(), WorkbookError> {
    if rows.len() > MOST_ROWS {
        return Err(WorkbookError::TooLarge { what: "rows", most: MOST_ROWS, found: rows.len() });
    }
    if header.len() > MOST_COLUMNS {
        return Err(WorkbookError::TooLarge { what: "columns", most: MOST_COLUMNS, found: header.len() });
    }
    let (bold, literal) = (Format::new().set_bold(), Format::new().set_quote_prefix());
    let sheet = book.add_worksheet();
    sheet.set_name(name)?;
    sheet.set_freeze_panes(1, 1)?;
    for (column, title) in (0..).zip(header) {
        sheet.write_string_with_format(0, column, title, &bold)?;
    }
    for (at, row) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(row) {
            write(sheet, at, column, cell, &literal)?;
        }
    }
    Ok(())
}

fn write(sheet: &mut Worksheet, row: u32, column: u16, cell: Cell, literal: &Format) -> Result<(), XlsxError> {
    match cell {
        Cell::Number(None) => {}
        Cell::Number(Some(number)) => {
            sheet.write_number(row, column, number)?;
        }
        Cell::Text(text) if text.is_empty() => {}
        Cell::Text(text) => {
            let text: String = text.chars().take(LONGEST_TEXT).collect();
            if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
                sheet.write_string_with_format(row, column, text, literal)?;
            } else {
                sheet.write_string(row, column, text)?;
            }
        }
    }
    Ok(())
}
