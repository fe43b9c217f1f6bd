//! Aggregation on complete data, on data with gaps, and by outranking.

use std::collections::BTreeMap;

use indicators::aggregation::outranking_matrix;
use indicators::composite::{Composite, compute};
use indicators::framework::Framework;
use indicators::recipe::PerLevel;

use super::plain;
use crate::fixture::{
    Table, asem_framework, asem_weighing, assert_close, assert_table, in_matrix, in_ranks, in_scores, number,
    read_matrix, recipe,
};

fn random_weights() -> Framework {
    let table = Table::read("04_aggregate/weights_random.csv");
    let weights: BTreeMap<String, f64> =
        table.rows.iter().map(|row| (row[0].clone(), row[2].parse().unwrap())).collect();
    asem_weighing(&weights)
}

fn aggregated(framework: &Framework, lower: u8, aggregate: &str) -> Composite {
    let normalise = format!(r#"{{"method":"min_max","lower":{lower},"upper":100}}"#);
    compute(framework, &recipe(&plain(&normalise, aggregate)), &read_matrix("01_stages/treated.csv")).unwrap()
}

#[test]
fn means_at_every_level() {
    let (equal, uneven) = (asem_framework(), random_weights());
    let arithmetic = r#"{"method":"arithmetic"}"#;
    let geometric = r#"{"method":"geometric"}"#;
    let harmonic = r#"{"method":"harmonic"}"#;
    let copeland = r#"[{"method":"arithmetic"},{"method":"arithmetic"},{"method":"copeland"}]"#;
    for (framework, lower, aggregate, scores, ranks) in [
        (&equal, 0, arithmetic, "04_aggregate/amean_0_100.csv", "04_aggregate/amean_0_100_ranks.csv"),
        (&equal, 1, arithmetic, "04_aggregate/amean.csv", "04_aggregate/amean_ranks.csv"),
        (&equal, 1, geometric, "04_aggregate/gmean.csv", "04_aggregate/gmean_ranks.csv"),
        (&equal, 1, harmonic, "04_aggregate/hmean.csv", "04_aggregate/hmean_ranks.csv"),
        (
            &equal,
            1,
            r#"{"method":"generalised","power":2}"#,
            "04_aggregate/genmean_p2.csv",
            "04_aggregate/genmean_p2_ranks.csv",
        ),
        (&equal, 1, copeland, "04_aggregate/copeland_top_only.csv", "04_aggregate/copeland_top_only_ranks.csv"),
        (&uneven, 1, arithmetic, "04_aggregate/amean_wrandom.csv", "04_aggregate/amean_wrandom_ranks.csv"),
        (&uneven, 1, geometric, "04_aggregate/gmean_wrandom.csv", "04_aggregate/gmean_wrandom_ranks.csv"),
        (&uneven, 1, harmonic, "04_aggregate/hmean_wrandom.csv", "04_aggregate/hmean_wrandom_ranks.csv"),
    ] {
        let composite = aggregated(framework, lower, aggregate);
        assert_table(in_scores(&composite), &Table::read(scores));
        assert_table(in_ranks(&composite), &Table::read(ranks));
    }
}

#[test]
fn missing_children_pass_their_weight_on() {
    let normalise = r#"{"method":"min_max","lower":1,"upper":100}"#;
    let data = read_matrix("00_input/asem_iData.csv");
    for (aggregate, threshold, scores, ranks) in [
        (r#"{"method":"arithmetic"}"#, None, "04_aggregate/na_amean.csv", "04_aggregate/na_amean_ranks.csv"),
        (r#"{"method":"geometric"}"#, None, "04_aggregate/na_gmean.csv", "04_aggregate/na_gmean_ranks.csv"),
        (
            r#"{"method":"arithmetic"}"#,
            Some(PerLevel::All(0.8)),
            "04_aggregate/na_amean_thresh0.8.csv",
            "04_aggregate/na_amean_thresh0.8_ranks.csv",
        ),
    ] {
        let mut steps = recipe(&plain(normalise, aggregate));
        steps.data_threshold = threshold;
        let composite = compute(&asem_framework(), &steps, &data).unwrap();
        assert_table(in_matrix(composite.normalised()), &Table::read("04_aggregate/na_input.csv"));
        assert_table(in_scores(&composite), &Table::read(scores));
        assert_table(in_ranks(&composite), &Table::read(ranks));
    }
}

#[test]
fn outranking_of_two_criteria() {
    let composite = aggregated(&asem_framework(), 1, r#"{"method":"arithmetic"}"#);
    for (group, file) in
        [("Physical", "04_aggregate/outrank_Physical.csv"), ("Social", "04_aggregate/outrank_Social.csv")]
    {
        let node = composite.framework().position(group).unwrap();
        let children = composite.framework().nodes()[node].children();
        let columns: Vec<_> = children.iter().map(|&child| composite.scores_of(child)).collect();
        let matrix = outranking_matrix(&columns, &vec![1.0; columns.len()]);
        let expected = Table::read(file);
        let n = expected.rows.len();
        let row_of = |area: &str| composite.values().row_of(area).unwrap();
        for (row, area) in expected.text("uCode").into_iter().enumerate() {
            for (column, other) in expected.header.iter().enumerate().skip(1) {
                let value = matrix[row_of(area) * n + row_of(other)];
                assert_close(Some(value), number(&expected.rows[row][column]), &format!("{area} {other}"));
            }
        }
    }
}

#[test]
fn ranks_of_two_versions_compared() {
    let example = compute(&asem_framework(), &recipe(super::EXAMPLE), &read_matrix("00_input/asem_iData.csv")).unwrap();
    let geometric = aggregated(&asem_framework(), 1, r#"{"method":"geometric"}"#);
    let expected = Table::read("11_compare/amean_vs_gmean_ranks.csv");
    for (area, cells) in expected.by("uCode") {
        let (first, second) = (example.rank("Index", area).unwrap(), geometric.rank("Index", area).unwrap());
        assert_eq!((first.to_string(), second.to_string()), (cells["coin.1"].to_owned(), cells["coin.2"].to_owned()));
        assert_eq!(first.abs_diff(second).to_string(), cells["Abs.diff"], "{area}");
    }
}
