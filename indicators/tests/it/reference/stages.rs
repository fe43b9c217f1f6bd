//! The example of the reference package, stage by stage.

use indicators::Composite;
use indicators::composite::compute;
use indicators::screening::availability;

use super::{EXAMPLE, plain};
use crate::fixture::{
    Table, asem_framework, asem_weighing, assert_close, assert_table, in_matrix, in_ranks, in_scores, matrix, number,
    read_matrix, recipe,
};

fn example() -> Composite {
    compute(&asem_framework(), &recipe(EXAMPLE), &read_matrix("00_input/asem_iData.csv")).unwrap()
}

#[test]
fn stages_of_the_example() {
    let data = read_matrix("00_input/asem_iData.csv");
    assert_table(in_matrix(&data), &Table::read("01_stages/raw.csv"));

    let framework = asem_framework();
    let mut steps = recipe(EXAMPLE);
    let nothing = recipe(&plain(r#"{"method":"none"}"#, r#"{"method":"arithmetic"}"#));
    (steps.impute, steps.screen) = (nothing.impute, nothing.screen);
    let denominated = compute(&framework, &steps, &data).unwrap();
    assert_table(in_matrix(denominated.values()), &Table::read("01_stages/denominated.csv"));

    let composite = example();
    assert_table(in_matrix(composite.values()), &Table::read("01_stages/imputed.csv"));
    assert_table(in_matrix(composite.values()), &Table::read("01_stages/screened.csv"));
    assert_table(in_matrix(composite.treated()), &Table::read("01_stages/treated.csv"));
    assert_table(in_matrix(composite.normalised()), &Table::read("01_stages/normalised.csv"));
    assert_table(in_scores(&composite), &Table::read("01_stages/aggregated.csv"));
    assert_table(in_ranks(&composite), &Table::read("01_stages/results_full_ranks.csv"));

    let mut scores = Table::read("01_stages/results_full_scores.csv");
    let rank = scores.header.iter().position(|name| name == "Rank").unwrap();
    let areas = scores.text("uCode").iter().map(|&area| area.to_owned()).collect::<Vec<_>>();
    for (area, expected) in areas.iter().zip(scores.numbers("Rank")) {
        assert_close(in_ranks(&composite)(area, "", "Index"), expected, area);
    }
    scores.header.remove(rank);
    scores.rows.iter_mut().for_each(|row| drop(row.remove(rank)));
    assert_table(in_scores(&composite), &scores);
}

#[test]
fn summaries_are_rounded_scores() {
    let composite = example();
    let summary = Table::read("01_stages/results_summary_rounded.csv");
    for (row, area) in summary.text("uCode").into_iter().enumerate() {
        let rounded = composite.score("Index", area).map(|score| (score * 100.0).round() / 100.0);
        assert_close(rounded, summary.numbers("Index")[row], area);
        assert_close(in_ranks(&composite)(area, "", "Index"), summary.numbers("Rank")[row], area);
    }
    for file in ["01_stages/unit_summary_CHE.csv", "01_stages/unit_summary_KAZ.csv", "01_stages/unit_summary_CHN.csv"] {
        let area = &file["01_stages/unit_summary_".len()..][..3];
        let summary = Table::read(file);
        for (row, code) in summary.text("Code").into_iter().enumerate() {
            assert_close(composite.score(code, area), summary.numbers("Score")[row], &format!("{area} {code}"));
            let rank = in_ranks(&composite)(area, "", code);
            assert_close(rank, summary.numbers("Rank")[row], &format!("{area} {code}"));
        }
    }
}

#[test]
fn ranks_within_groups() {
    let composite = example();
    let expected = Table::read("01_stages/results_aggs_groupranks_EurAsia.csv");
    for code in expected.header.iter().filter(|name| !["uCode", "EurAsia_group"].contains(&name.as_str())) {
        let ranks = composite.group_ranks(code, "EurAsia_group").unwrap();
        for (row, area) in expected.text("uCode").into_iter().enumerate() {
            let found = ranks[composite.values().row_of(area).unwrap()].and_then(|rank| u32::try_from(rank).ok());
            assert_close(found.map(f64::from), expected.numbers(code)[row], &format!("{area} {code}"));
        }
    }
}

#[test]
fn the_tree_is_the_lineage() {
    let framework = asem_framework();
    let lineage = Table::read("01_stages/lineage.csv");
    for row in &lineage.rows {
        let mut at = framework.position(&row[0]);
        for code in row {
            let node = &framework.nodes()[at.unwrap()];
            assert_eq!(node.code().as_str(), code);
            at = node.parent();
        }
        assert_eq!(at, None);
    }
    let weights = Table::read("01_stages/weights_original.csv");
    for (code, cells) in weights.by("iCode") {
        let node = &framework.nodes()[framework.position(code).unwrap()];
        assert_eq!(node.level().to_string(), cells["Level"], "{code}");
        assert_eq!(node.weight().value().to_string(), cells["Weight"], "{code}");
    }
}

#[test]
fn effective_weights_multiply_down_the_tree() {
    let table = Table::read("07_weights/effective_weights.csv");
    let found = example().effective_weights();
    for (code, cells) in table.by("iCode") {
        assert_close(found.get(code).copied(), number(cells["EffWeight"]), code);
    }
    let given = Table::read("04_aggregate/weights_random.csv");
    let weights =
        given.by("iCode").into_iter().map(|(code, cells)| (code.to_owned(), cells["Weight"].parse().unwrap()));
    let uneven =
        compute(&asem_weighing(&weights.collect()), &recipe(EXAMPLE), &read_matrix("00_input/asem_iData.csv")).unwrap();
    let leaves = uneven.framework().indicators().iter();
    let sum: f64 = leaves.map(|leaf| uneven.effective_weights()[leaf.code.as_str()]).sum();
    assert_close(Some(sum), Some(1.0), "sum of effective weights");
}

#[test]
fn screening_counts_what_is_there() {
    let table = Table::read("01_stages/screen_summary.csv");
    let screened = matrix(&Table::read("01_stages/imputed.csv"));
    let counts = availability(&screened);
    for (area, cells) in table.by("uCode") {
        let count = counts[screened.row_of(area).unwrap()];
        assert_eq!((count.indicators - count.available).to_string(), cells["N_missing"], "{area}");
        assert_eq!(count.zero.to_string(), cells["N_zero"], "{area}");
        assert_close(Some(count.share_available()), number(cells["Dat_Avail"]), area);
        assert_close(Some(count.share_non_zero()), number(cells["Non_Zero"]), area);
        assert_eq!(cells["Included"], "true");
    }
    assert_eq!(example().areas().len(), table.rows.len());
}

#[test]
fn denominators_are_scaled() {
    let by = Table::read("10_denominate/denomby.csv");
    let list: Vec<String> =
        by.rows.iter().map(|row| format!(r#""{}":{{"column":"{}","scale":{}}}"#, row[0], row[1], row[2])).collect();
    let mut steps = recipe(&plain(r#"{"method":"none"}"#, r#"{"method":"arithmetic"}"#));
    steps.denominate =
        serde_json::from_str(&format!(r#"{{"method":"by","denominators":{{{}}}}}"#, list.join(","))).unwrap();
    let composite = compute(&asem_framework(), &steps, &read_matrix("00_input/asem_iData.csv")).unwrap();
    assert_table(in_matrix(composite.values()), &Table::read("10_denominate/denominated_custom.csv"));
    // The countries' denominators shipped beside the data are denominators of another data set.
    assert!(Table::read("00_input/world_denoms.csv").by("uCode").contains_key("KAZ"));
}
