//! The sheets of a description: statistics, correlations, groups, the ranks without each element, the
//! index by other recipes.

use indicators::Composite;
use indicators::analysis::Relation;
use indicators::descriptive::ColumnStatistics;
use indicators::descriptive::consistency::CorrelationFlag;
use indicators::sensitivity::Alternative;
use rust_xlsxwriter::Workbook;

use super::{Cell, WorkbookError, row_header, row_label, sheet};
use crate::compute::AnalysisAnswer;

const STATISTICS: [&str; 15] = [
    "stage",
    "indicator",
    "min",
    "max",
    "mean",
    "median",
    "standard deviation",
    "skewness",
    "kurtosis",
    "available",
    "share available",
    "share not zero",
    "share distinct",
    "share most frequent",
    "to look at",
];

/// The sheets of an analysis.
pub(super) fn analysis(
    book: &mut Workbook,
    composite: &Composite,
    found: &AnalysisAnswer,
) -> Result<(), WorkbookError> {
    let AnalysisAnswer { analysis, removals } = found;
    let stages = analysis.data.iter().map(|line| ("data", line));
    let lines: Vec<Vec<Cell>> =
        stages.chain(analysis.treated.iter().map(|line| ("treated", line))).map(statistics).collect();
    sheet(book, "Statistics", &STATISTICS.map(str::to_owned), lines.into_iter())?;

    let header = ["first", "second", "relation", "pairs", "pearson", "p", "spearman", "kendall", "flag"];
    let rows = analysis.correlations.iter().map(|line| {
        let relation = match line.relation {
            Relation::Siblings => "siblings",
            Relation::Ancestor => "ancestor",
        };
        vec![
            text(&line.first),
            text(&line.second),
            text(&relation),
            Cell::count(Some(line.pairs)),
            Cell::Number(line.pearson),
            Cell::Number(line.p_value),
            Cell::Number(line.spearman),
            Cell::Number(line.kendall),
            text(&line.flag.map_or("", flag)),
        ]
    });
    sheet(book, "Correlations", &header.map(str::to_owned), rows)?;

    let header = ["group", "children", "cronbach alpha", "alpha of indicators", "kmo", "bartlett chi2", "bartlett p"];
    let rows = analysis.groups.iter().map(|line| {
        vec![
            text(&line.group),
            Cell::count(Some(line.children.len())),
            Cell::Number(line.cronbach_alpha),
            Cell::Number(line.indicator_alpha),
            Cell::Number(line.sampling_adequacy),
            Cell::Number(line.sphericity.map(|test| test.chi_squared)),
            Cell::Number(line.sphericity.and_then(|test| test.p_value)),
        ]
    });
    sheet(book, "Groups", &header.map(str::to_owned), rows)?;

    // Areas down, what was left out across: read as the sheet of ranks is.
    let columns: Vec<String> = removals.iter().map(|removal| removal.removed.to_string()).collect();
    let header = [row_header(composite), columns].concat();
    let rows = (0..composite.areas().len()).map(|row| {
        let ranks = removals.iter().map(|removal| Cell::count(removal.ranks.get(row).copied().flatten()));
        row_label(composite, row).into_iter().chain(ranks).collect()
    });
    sheet(book, "Ranks without", &header, rows)
}

/// The sheet of other recipes: a score and a rank of each.
pub(super) fn alternatives(
    book: &mut Workbook,
    composite: &Composite,
    found: &[Alternative],
) -> Result<(), WorkbookError> {
    let columns = found.iter().flat_map(|other| [format!("{} score", other.name), format!("{} rank", other.name)]);
    let header = [row_header(composite), columns.collect()].concat();
    let rows = (0..composite.areas().len()).map(|row| {
        let cells = found.iter().flat_map(|other| {
            let rank = other.ranks.get(row).copied().flatten();
            [Cell::Number(other.scores.get(row).copied().flatten()), Cell::count(rank)]
        });
        row_label(composite, row).into_iter().chain(cells).collect()
    });
    sheet(book, "Alternatives", &header, rows)
}

fn statistics((stage, line): (&str, &ColumnStatistics)) -> Vec<Cell> {
    let flags = [
        (line.is_scarce, "few values"),
        (line.is_mostly_zero, "mostly zero"),
        (line.is_repetitive, "repetitive"),
        (line.has_outliers, "outliers"),
    ];
    let flags: Vec<&str> = flags.into_iter().filter(|(set, _)| *set).map(|(_, word)| word).collect();
    let numbers = [line.min, line.max, line.mean, line.median, line.standard_deviation, line.skewness, line.kurtosis];
    let shares = [line.share_available, line.share_non_zero, line.share_unique, line.share_same];
    let mut cells = vec![text(&stage), text(&line.indicator)];
    cells.extend(numbers.map(Cell::Number));
    cells.push(Cell::count(Some(line.n_available)));
    cells.extend(shares.map(|share| Cell::Number(Some(share))));
    cells.push(text(&flags.join(", ")));
    cells
}

fn flag(flag: CorrelationFlag) -> &'static str {
    match flag {
        CorrelationFlag::Conflict => "conflict",
        CorrelationFlag::Weak => "weak",
        CorrelationFlag::Fit => "fit",
        CorrelationFlag::Redundant => "redundant",
    }
}

fn text(text: &impl ToString) -> Cell {
    Cell::Text(text.to_string())
}
