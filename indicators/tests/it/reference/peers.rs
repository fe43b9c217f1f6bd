//! Methods the reference package lacks, from their formulas.

use indicators::aggregation::{
    Benefit, adjusted_mazziotta_pareto, benefit_of_the_doubt, mazziotta_pareto, wroclaw_distance,
};
use indicators::descriptive::mean;
use indicators::matrix::{Cell, ScoreMatrix};
use indicators::recipe::{Penalty, Quantity};

use crate::fixture::{Table, assert_close, number, read_matrix};

fn columns(data: &ScoreMatrix) -> (Vec<&[Cell]>, Vec<f64>) {
    ((0..data.n_columns()).map(|column| data.column(column)).collect(), vec![0.125; data.n_columns()])
}

#[track_caller]
fn assert_scores(found: &[Cell], data: &ScoreMatrix, expected: &Table, column: &str) {
    for (row, area) in expected.text("uCode").into_iter().enumerate() {
        let found = found[data.row_of(area).unwrap()].value();
        assert_close(found, expected.numbers(column)[row], &format!("{column} {area}"));
    }
}

#[test]
fn mazziotta_pareto_both_ways() {
    let data = read_matrix("12_peers/input_physical_treated.csv");
    let expected = Table::read("12_peers/mpi.csv");
    let (columns, weights) = columns(&data);
    for (penalty, deviation, column) in [
        (Penalty::Subtract, Quantity::Sample, "mpi_pos_compind"),
        (Penalty::Add, Quantity::Sample, "mpi_neg_compind"),
        (Penalty::Subtract, Quantity::Population, "mpi_pos_popsd"),
        (Penalty::Add, Quantity::Population, "mpi_neg_popsd"),
    ] {
        assert_scores(&mazziotta_pareto(&columns, &weights, penalty, deviation), &data, &expected, column);
    }
}

#[test]
fn adjusted_index_against_the_mean() {
    let data = read_matrix("12_peers/input_physical_treated.csv");
    let expected = Table::read("12_peers/ampi.csv");
    let goalposts = Table::read("12_peers/ampi_goalposts.csv");
    let (columns, weights) = columns(&data);
    let posts = goalposts.by("iCode");
    let references: Vec<f64> = columns.iter().map(|column| mean(column).unwrap()).collect();
    for (code, reference) in data.indicators().iter().zip(&references) {
        assert_close(Some(*reference), number(posts[code.as_str()]["goalpost_ref"]), code.as_str());
    }
    for (penalty, column) in [(Penalty::Subtract, "ampi_minus"), (Penalty::Add, "ampi_plus")] {
        let found = adjusted_mazziotta_pareto(&columns, &weights, &references, penalty);
        assert_scores(&found, &data, &expected, column);
    }
    // DIFFERENCE: Compind 3.4 rounds to three decimals; ours does not.
    let found = adjusted_mazziotta_pareto(&columns, &weights, &references, Penalty::Subtract);
    let rounded: Vec<Cell> = found.iter().map(|cell| cell.map(|x| (x * 1000.0).round() / 1000.0)).collect();
    assert_scores(&rounded, &data, &expected, "ampi_compind_rounded");
}

#[test]
fn distance_to_the_ideal() {
    let data = read_matrix("12_peers/input_physical_minmax01.csv");
    let (columns, weights) = columns(&data);
    assert_scores(&wroclaw_distance(&columns, &weights), &data, &Table::read("12_peers/wroclaw.csv"), "wroclaw");
}

#[test]
fn benefit_of_the_doubt_without_limits() {
    let data = read_matrix("12_peers/input_physical_minmax01.csv");
    let (columns, _) = columns(&data);
    let scores: Vec<Cell> = benefit_of_the_doubt(&columns, None)
        .into_iter()
        .map(|found| match found {
            Benefit::Score { score, .. } => Cell::computed(score),
            other => panic!("{other:?}"),
        })
        .collect();
    // Weights are not unique, so only scores are compared.
    assert_scores(&scores, &data, &Table::read("12_peers/bod_unrestricted.csv"), "bod");
}
