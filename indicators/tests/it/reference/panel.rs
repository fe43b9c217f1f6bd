//! Five years at once.

use indicators::composite::compute;
use indicators::matrix::ScoreMatrix;
use indicators::recipe::Recipe;

use super::plain;
use crate::fixture::{Table, asem_framework, assert_close, assert_table, in_matrix, in_scores, matrix, recipe};

/// What the example of several years does: screened, treated year by year, normalised over all years.
const EXAMPLE: &str = r#"{"screen":{"method":"availability","minimum":0.9},"impute":{"method":"none"},
    "treat":{"method":"winsorise","max_points":5,"skewness_limit":2,"kurtosis_limit":3.5,"then":"log_ct"},
    "normalise":{"method":"min_max","lower":0,"upper":100},"aggregate":{"method":"arithmetic"}}"#;

/// The rows of one year, without the year.
fn year(panel: &ScoreMatrix, year: &str) -> ScoreMatrix {
    let periods = panel.periods().unwrap();
    let rows: Vec<usize> = (0..panel.n_rows()).filter(|&row| periods[row].to_string() == year).collect();
    let one = panel.select_rows(&rows);
    let values: Vec<Option<f64>> =
        (0..one.n_columns()).flat_map(|column| one.column(column).iter().map(|cell| cell.value())).collect();
    ScoreMatrix::from_columns(one.areas().to_vec(), one.indicators().to_vec(), &values).unwrap()
}

#[test]
fn from_raw_data_to_scores_of_every_year() {
    let input = matrix(&Table::read("00_input/asem_iData_panel.csv"));
    assert_table(in_matrix(&input), &Table::read("09_panel/purse_raw.csv"));
    let composite = compute(&asem_framework(), &recipe(EXAMPLE), &input).unwrap();
    let treated = Table::read("09_panel/purse_treated.csv");
    assert_eq!(composite.areas().len(), treated.rows.len());
    assert_table(in_matrix(composite.treated()), &treated);
    assert_table(in_matrix(composite.normalised()), &Table::read("09_panel/purse_normalised.csv"));
    assert_table(in_scores(&composite), &Table::read("09_panel/purse_aggregated.csv"));
}

#[test]
fn normalised_over_all_years() {
    let treated = matrix(&Table::read("09_panel/purse_treated.csv"));
    let steps = recipe(&plain(r#"{"method":"min_max","lower":0,"upper":100}"#, r#"{"method":"arithmetic"}"#));
    let composite = compute(&asem_framework(), &steps, &treated).unwrap();
    assert_table(in_matrix(composite.normalised()), &Table::read("09_panel/purse_normalised.csv"));
}

#[test]
fn a_panel_with_every_step_apart_is_its_years() {
    let input = matrix(&Table::read("00_input/asem_iData_panel.csv"));
    for aggregate in ["arithmetic", "copeland"] {
        for impute in [r#"{"method":"mean"}"#, r#"{"method":"row_mean","within_level":2}"#] {
            let mut steps: Recipe = recipe(EXAMPLE);
            steps.impute = serde_json::from_str(impute).unwrap();
            steps.aggregate = serde_json::from_str(&format!(r#"{{"method":"{aggregate}"}}"#)).unwrap();
            steps.panel = serde_json::from_str(r#"{"treat":"each_period","normalise":"each_period"}"#).unwrap();
            let all = compute(&asem_framework(), &steps, &input).unwrap();
            for name in ["2018", "2022"] {
                let one = compute(&asem_framework(), &steps, &year(&input, name)).unwrap();
                let root = one.framework().root();
                let periods = all.periods().unwrap();
                let rows: Vec<usize> = (0..all.areas().len()).filter(|&row| periods[row].to_string() == name).collect();
                assert_eq!(rows.len(), one.areas().len());
                for (at, &row) in rows.iter().enumerate() {
                    let what = format!("{aggregate} {impute} {name} {}", all.areas()[row]);
                    assert_close(all.scores_of(root)[row].value(), one.scores_of(root)[at].value(), &what);
                    assert_eq!(all.rank_at(root, row), one.rank_at(root, at), "{what}");
                }
            }
        }
    }
}
