//! Five years at once.

use indicators::composite::compute;

use super::plain;
use crate::fixture::{Table, asem_framework, assert_table, in_matrix, in_scores, matrix, recipe};

#[test]
fn normalised_over_all_years() {
    let input = matrix(&Table::read("00_input/asem_iData_panel.csv"));
    assert_table(in_matrix(&input), &Table::read("09_panel/purse_raw.csv"));

    let treated = matrix(&Table::read("09_panel/purse_treated.csv"));
    let steps = recipe(&plain(r#"{"method":"min_max","lower":0,"upper":100}"#, r#"{"method":"arithmetic"}"#));
    let composite = compute(&asem_framework(), &steps, &treated).unwrap();
    assert_table(in_matrix(composite.normalised()), &Table::read("09_panel/purse_normalised.csv"));
    assert_table(in_scores(&composite), &Table::read("09_panel/purse_aggregated.csv"));
}
