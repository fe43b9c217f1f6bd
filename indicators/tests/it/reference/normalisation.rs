//! The normalisers.

use indicators::composite::compute;

use super::plain;
use crate::fixture::{Table, asem_framework, asem_with_goalposts, assert_table, in_matrix, read_matrix, recipe};

const ARITHMETIC: &str = r#"{"method":"arithmetic"}"#;

#[test]
fn normalisers_on_treated_data() {
    for (file, method) in [
        ("03_normalise/minmax_0_100.csv", r#"{"method":"min_max","lower":0,"upper":100}"#),
        ("03_normalise/minmax_1_100.csv", r#"{"method":"min_max","lower":1,"upper":100}"#),
        ("03_normalise/zscore_10_2.csv", r#"{"method":"z_score","mean":10,"standard_deviation":2}"#),
        ("03_normalise/rank_min.csv", r#"{"method":"rank"}"#),
        ("03_normalise/borda_min.csv", r#"{"method":"borda"}"#),
        ("03_normalise/prank_min.csv", r#"{"method":"percentile_rank"}"#),
        ("03_normalise/dist2max.csv", r#"{"method":"distance_to_max"}"#),
        ("03_normalise/none.csv", r#"{"method":"none"}"#),
    ] {
        let data = read_matrix("01_stages/treated.csv");
        let composite = compute(&asem_framework(), &recipe(&plain(method, ARITHMETIC)), &data).unwrap();
        assert_table(in_matrix(composite.normalised()), &Table::read(file));
    }
}

#[test]
fn normalisers_on_data_with_gaps() {
    for (file, method) in [
        ("03_normalise/raw_n_minmax.csv", r#"{"method":"min_max","lower":0,"upper":100}"#),
        ("03_normalise/raw_n_zscore.csv", r#"{"method":"z_score","mean":0,"standard_deviation":1}"#),
        ("03_normalise/iMeta_n_dist2targ_raw.csv", r#"{"method":"distance_to_target","above":"clip"}"#),
        ("03_normalise/iMeta_n_goalposts_raw.csv", r#"{"method":"goalposts","lower":0,"upper":100,"outside":"clip"}"#),
        ("03_normalise/iMeta_n_scaled_raw.csv", r#"{"method":"scaled","lower":0,"upper":100}"#),
    ] {
        let data = read_matrix("00_input/asem_iData.csv");
        // 03_normalise/iMeta_with_parameters.csv holds the goalposts, in natural units.
        let composite = compute(&asem_with_goalposts(), &recipe(&plain(method, ARITHMETIC)), &data).unwrap();
        assert_table(in_matrix(composite.normalised()), &Table::read(file));
    }
}
