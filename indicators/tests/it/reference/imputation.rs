//! Filling missing cells.

use indicators::composite::compute;
use indicators::matrix::ScoreMatrix;

use super::plain;
use crate::fixture::{Table, asem_framework, assert_table, in_matrix, matrix, read_matrix, recipe};

fn with_groups(name: &str) -> ScoreMatrix {
    let labels = Table::read("00_input/asem_iData.csv");
    let data = read_matrix(name);
    let by_area = labels.by("uCode");
    let groups = data.areas().iter().map(|area| Some(by_area[area.as_str()]["GDP_group"].to_owned())).collect();
    data.with_grouping("GDP_group", groups).unwrap()
}

#[test]
fn columns_groups_and_rows() {
    for (file, method) in [
        ("05_impute/mean.csv", r#"{"method":"mean"}"#),
        ("05_impute/median.csv", r#"{"method":"median"}"#),
        ("05_impute/mean_grp_GDP.csv", r#"{"method":"group_mean","group":"GDP_group"}"#),
        ("05_impute/row_mean_pillar.csv", r#"{"method":"row_mean","within_level":2}"#),
    ] {
        let mut steps = recipe(&plain(r#"{"method":"none"}"#, r#"{"method":"arithmetic"}"#));
        steps.impute = serde_json::from_str(method).unwrap();
        let data = with_groups("05_impute/_input_denominated.csv");
        let composite = compute(&asem_framework(), &steps, &data).unwrap();
        assert_table(in_matrix(composite.values()), &Table::read(file));
        for column in 0..data.n_columns() {
            let filled =
                composite.values().column(composite.values().column_of(data.indicators()[column].as_str()).unwrap());
            for (was, is) in data.column(column).iter().zip(filled) {
                assert!(was.is_missing() || was.value().map(f64::to_bits) == is.value().map(f64::to_bits));
            }
        }
    }
}

#[test]
fn series_in_time() {
    let data = matrix(&Table::read("05_impute/panel_input.csv"));
    for (file, method) in [
        ("05_impute/panel_latest.csv", r#"{"method":"panel_latest"}"#),
        ("05_impute/panel_linear-constant.csv", r#"{"method":"panel_linear","ends":"extend"}"#),
    ] {
        let mut steps = recipe(&plain(r#"{"method":"none"}"#, r#"{"method":"arithmetic"}"#));
        steps.impute = serde_json::from_str(method).unwrap();
        let composite = compute(&asem_framework(), &steps, &data).unwrap();
        assert_table(in_matrix(composite.values()), &Table::read(file));
    }
}
