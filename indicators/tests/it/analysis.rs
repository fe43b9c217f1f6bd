//! An index described, its elements left out, its recipe exchanged: against the recorded numbers of
//! the reference package where there are any, else against a computation by another way.

use std::collections::BTreeMap;

use indicators::analysis::{Relation, analyse};
use indicators::code::IndicatorCode;
use indicators::composite::{Composite, compute};
use indicators::descriptive::consistency::CorrelationFlag;
use indicators::descriptive::correlation::{pairs, pearson};
use indicators::finding::Finding;
use indicators::framework::Framework;
use indicators::matrix::ScoreMatrix;
use indicators::recipe::Recipe;
use indicators::sensitivity::{Study, alternatives, removals};

use crate::fixture::{Table, asem_framework, assert_close, matrix, number, read_matrix, recipe};
use crate::reference::EXAMPLE;

fn example() -> (Framework, Recipe, ScoreMatrix, Composite) {
    let (framework, recipe, matrix) = (asem_framework(), recipe(EXAMPLE), read_matrix("00_input/asem_iData.csv"));
    let composite = compute(&framework, &recipe, &matrix).unwrap();
    (framework, recipe, matrix, composite)
}

#[test]
fn every_part_of_the_example_is_described() {
    let (framework, _, matrix, composite) = example();
    let found = analyse(&composite, &matrix);

    let raw = Table::read("06_multivariate/stats_raw.csv");
    let raw = raw.by("iCode");
    assert_eq!(found.data.len(), framework.indicators().len());
    for line in &found.data {
        // The data come before they are denominated, so only what that leaves alone is compared.
        assert_eq!(line.n_available.to_string(), raw[line.indicator.as_str()]["N.Avail"], "{}", line.indicator);
    }
    let treated = Table::read("06_multivariate/stats_treated.csv");
    let treated = treated.by("iCode");
    for line in &found.treated {
        assert_close(line.skewness, number(treated[line.indicator.as_str()]["Skew"]), line.indicator.as_str());
    }

    let units = Table::read("06_multivariate/data_avail_units.csv");
    let units = units.by("uCode");
    let groups = Table::read("06_multivariate/data_avail_groups.csv");
    let groups = groups.by("uCode");
    for line in &found.availability {
        let missing = line.indicators - line.available;
        assert_eq!(missing.to_string(), units[line.area.as_str()]["N_missing"], "{}", line.area);
        for (group, share) in &line.groups {
            assert_close(Some(*share), number(groups[line.area.as_str()][group.as_str()]), "share");
        }
    }

    let details = Table::read("01_stages/treat_points.csv");
    for line in &found.treatment {
        for (area, _) in &line.winsorised {
            let row = details.text("uCode").iter().position(|code| code == &area.as_str()).unwrap();
            let label = details.text(line.indicator.as_str())[row];
            assert!(label.starts_with("win"), "{area} {}: {label:?}", line.indicator);
        }
    }

    let pearson = Table::read("06_multivariate/corr_ind_pearson.csv");
    let kendall = Table::read("06_multivariate/corr_ind_kendall.csv");
    let recorded = |table: &Table, first: &str, second: &str| {
        table.rows.iter().find(|row| row[0] == first && row[1] == second).map(|row| number(&row[2]))
    };
    let mut compared = 0;
    for line in found.correlations.iter().filter(|line| line.relation == Relation::Siblings) {
        let (first, second) = (line.first.as_str(), line.second.as_str());
        if let Some(expected) = recorded(&pearson, first, second) {
            assert_close(line.pearson, expected, first);
            assert_close(line.kendall, recorded(&kendall, first, second).unwrap(), first);
            compared += 1;
        }
    }
    let within = |group: &usize| {
        let children = framework.nodes()[*group].children();
        let leaves = children.iter().filter(|&&child| framework.nodes()[child].indicator().is_some()).count();
        leaves * leaves.saturating_sub(1) / 2
    };
    assert_eq!(compared, framework.groups_bottom_up().iter().map(within).sum::<usize>(), "pairs inside pillars");
    let redundant = found.correlations.iter().filter(|line| line.flag == Some(CorrelationFlag::Redundant)).count();
    assert!(redundant > 0 && redundant < found.correlations.len());

    let cronbach = Table::read("06_multivariate/cronbach.csv");
    for row in cronbach.rows.iter().filter(|row| row[0] == "Normalised" && row[2] == "1") {
        let group = found.groups.iter().find(|line| line.group.as_str() == row[1]).unwrap();
        assert_close(group.indicator_alpha, number(&row[3]), &row[1]);
    }

    assert_eq!(found.profiles.len(), matrix.n_rows());
    assert!(found.trends.is_empty(), "no periods, no trends");
    let denominators: Vec<&IndicatorCode> = found.denominators.iter().map(|line| &line.denominator).collect();
    assert!(denominators.iter().any(|code| code.as_str() == "Population"), "{denominators:?}");
}

#[test]
fn trends_of_a_panel() {
    let panel = matrix(&Table::read("09_panel/purse_raw.csv"));
    let plain = r#"{"screen":{"method":"none"},"impute":{"method":"none"},"treat":{"method":"none"},
        "normalise":{"method":"min_max"},"aggregate":{"method":"arithmetic"}}"#;
    let composite = compute(&asem_framework(), &recipe(plain), &panel).unwrap();
    let found = analyse(&composite, &panel);
    for row in Table::read("09_panel/trends_CAGR.csv").rows {
        let line = found.trends.iter().find(|line| line.area.as_str() == row[0] && line.node.as_str() == row[1]);
        assert_close(line.unwrap().growth_rate, number(&row[2]), &row[1]);
    }
}

#[test]
fn leaving_out_is_computing_without() {
    let (framework, recipe, matrix, composite) = example();
    let study =
        Study { framework: &framework, recipe: &recipe, matrix: &matrix, without_substitutes: None, factors: &[] };
    let found = removals(&study, &composite).unwrap();
    assert_eq!(found.len(), framework.nodes().len() - 1);
    for removal in found.iter().step_by(7) {
        let without = framework.without(&[removal.removed.as_str()]).unwrap();
        let other = compute(&without, &recipe, &matrix).unwrap();
        assert_eq!(removal.ranks, other.ranks_of(without.root()), "{}", removal.removed);
        let shift: f64 = composite
            .ranks_of(framework.root())
            .iter()
            .zip(&removal.ranks)
            .map(|(a, b)| f64::from(u32::try_from(a.unwrap().abs_diff(b.unwrap())).unwrap()))
            .sum();
        assert_close(removal.mean_rank_shift, Some(shift / 51.0), removal.removed.as_str());
    }
}

#[test]
fn alternatives_stand_beside_the_result() {
    let (framework, _, matrix, _) = example();
    let by = |method: &str| {
        let mut recipe: serde_json::Value = serde_json::from_str(EXAMPLE).unwrap();
        recipe["normalise"] = serde_json::json!({"method": "min_max", "lower": 1, "upper": 100});
        recipe["aggregate"] = serde_json::json!({ "method": method });
        serde_json::from_value::<Recipe>(recipe).unwrap()
    };
    let nominal = compute(&framework, &recipe(EXAMPLE), &matrix).unwrap();
    let recipes = BTreeMap::from([("geometric".to_owned(), by("geometric")), ("same".to_owned(), recipe(EXAMPLE))]);
    let found = alternatives(&framework, &matrix, &nominal, &recipes).unwrap();
    assert_eq!(found[0].name, "geometric");
    let expected = Table::read("11_compare/amean_vs_gmean_ranks.csv");
    let expected = expected.by("uCode");
    let mut total = 0.0;
    for (area, rank) in nominal.areas().iter().zip(&found[0].ranks) {
        assert_eq!(rank.unwrap().to_string(), expected[area.as_str()]["coin.2"], "{area}");
        total += number(expected[area.as_str()]["Abs.diff"]).unwrap();
    }
    assert_close(found[0].mean_rank_shift, Some(total / 51.0), "mean shift");
    assert_eq!(found[1].mean_rank_shift, Some(0.0));
    assert_close(found[1].rank_correlation, Some(1.0), "with itself");
    assert_close(found[1].score_correlation, Some(1.0), "with itself");
}

#[test]
fn a_group_of_nothing_but_weightless_children_has_no_score() {
    let framework: Framework = serde_json::from_str(
        r#"{"nodes":[{"code":"index","kind":"group"},{"code":"a","kind":"group","parent":"index"},
        {"code":"x","kind":"indicator","parent":"a","direction":"higher_is_better"},
        {"code":"y","kind":"indicator","parent":"index","direction":"higher_is_better"}]}"#,
    )
    .unwrap();
    let matrix = ScoreMatrix::from_columns(
        ["A", "B", "C"].map(|code| code.parse().unwrap()).to_vec(),
        ["x", "y"].map(|code| code.parse().unwrap()).to_vec(),
        &[1.0, 2.0, 3.0, 9.0, 8.0, 7.0].map(Some),
    )
    .unwrap();
    for method in ["arithmetic", "copeland", "mazziotta_pareto", "benefit_of_the_doubt", "wroclaw", "mean_min"] {
        let recipe = recipe(&format!(
            r#"{{"screen":{{"method":"none"}},"impute":{{"method":"none"}},"treat":{{"method":"none"}},
            "normalise":{{"method":"min_max","lower":1,"upper":100}},"aggregate":{{"method":"{method}"}}}}"#
        ));
        let composite = compute(&framework, &recipe, &matrix).unwrap();
        let study =
            Study { framework: &framework, recipe: &recipe, matrix: &matrix, without_substitutes: None, factors: &[] };
        for removal in removals(&study, &composite).unwrap() {
            let expected = match removal.removed.as_str() {
                "y" => [Some(3), Some(2), Some(1)],
                _ => [Some(1), Some(2), Some(3)],
            };
            assert_eq!(removal.ranks, expected, "{method} without {}", removal.removed);
        }
    }
}

/// Three areas in two periods; later rows first, so that the order of rows does not matter.
fn two_years() -> (Framework, ScoreMatrix) {
    let framework: Framework = serde_json::from_str(
        r#"{"nodes":[{"code":"index","kind":"group"},
        {"code":"x","kind":"indicator","parent":"index","direction":"higher_is_better"},
        {"code":"y","kind":"indicator","parent":"index","direction":"higher_is_better"}]}"#,
    )
    .unwrap();
    let matrix = ScoreMatrix::panel_from_columns(
        ["A", "B", "C", "A", "B", "C"].map(|code| code.parse().unwrap()).to_vec(),
        ["2021", "2021", "2021", "2020", "2020", "2020"].map(|year| year.parse().unwrap()).to_vec(),
        ["x", "y"].map(|code| code.parse().unwrap()).to_vec(),
        &[12.0, 22.0, 32.0, 10.0, 20.0, 30.0, 2.0, 3.0, 4.0, 1.0, 2.0, 3.0].map(Some),
    )
    .unwrap();
    (framework, matrix)
}

fn panel_scores(normalise: &str, aggregate: &str) -> Result<Vec<f64>, String> {
    let (framework, matrix) = two_years();
    let recipe = recipe(&format!(
        r#"{{"screen":{{"method":"none"}},"impute":{{"method":"none"}},"treat":{{"method":"none"}},
        "normalise":{normalise},"aggregate":{aggregate}}}"#
    ));
    let composite = compute(&framework, &recipe, &matrix).map_err(|error| error.to_string())?;
    Ok(composite.scores_of(framework.root()).iter().map(|cell| cell.value().unwrap()).collect())
}

#[test]
fn a_base_year_is_one_hundred() {
    let ampi = |reference: &str| {
        panel_scores(
            r#"{"method":"none"}"#,
            &format!(r#"{{"method":"adjusted_mazziotta_pareto","reference":{reference}}}"#),
        )
    };
    // Rows: A, B, C of 2021, then of 2020. The mean of 2020 is area B's row of that year.
    for reference in [r#"{"mean_in":"2020"}"#, r#"{"area_in":{"area":"B","period":"2020"}}"#, r#"{"area":"B"}"#] {
        let found = ampi(reference).unwrap();
        assert_close(Some(found[4]), Some(100.0), reference);
        assert!(found[1] > 100.0 && found[3] < 100.0, "{reference}: {found:?}");
    }
    let later = ampi(r#"{"area_in":{"area":"B","period":"2021"}}"#).unwrap();
    assert_close(Some(later[1]), Some(100.0), "2021");
    assert_eq!(ampi(r#"{"mean_in":"2019"}"#).unwrap_err(), "the reference period 2019 of index has no scores");
    let found = ampi(r#"{"area_in":{"area":"B","period":"2019"}}"#).unwrap_err();
    assert_eq!(found, "the reference area B in 2019 of index has no scores");
}

#[test]
fn a_distance_is_to_the_reference_of_its_base_year() {
    let distance = |period: &str| {
        let normalise = format!(r#"{{"method":"distance_to_reference","area":"B"{period}}}"#);
        panel_scores(&normalise, r#"{"method":"arithmetic"}"#)
    };
    for (period, row) in [("", 4), (r#","period":"2020""#, 4), (r#","period":"2021""#, 1)] {
        assert_close(Some(distance(period).unwrap()[row]), Some(1.0), period);
    }
    let found = distance(r#","period":"2019""#).unwrap_err();
    assert_eq!(found, "the indicator x: the reference area B in 2019 is not in the data");
}

#[test]
fn pillars_correlate_alike_with_the_index() {
    // Level 3 holds the sub-indices; the weights of their children, the pillars, are found together.
    let (framework, _, matrix, nominal) = example();
    let mut value: serde_json::Value = serde_json::from_str(EXAMPLE).unwrap();
    value["weights"] = serde_json::json!([{"method": "given"},
        {"method": "optimised", "correlate_with": "Index", "tolerance": 1e-3}, {"method": "given"}]);
    let recipe: Recipe = serde_json::from_value(value.clone()).unwrap();
    let composite = compute(&framework, &recipe, &matrix).unwrap();
    let pillars: Vec<usize> =
        (0..framework.nodes().len()).filter(|&node| framework.nodes()[node].level() == 2).collect();
    let gap = |composite: &Composite| {
        let index = composite.scores_of(framework.root());
        let of = |&node: &usize| pearson(&pairs(composite.scores_of(node), index)).unwrap();
        let found: Vec<f64> = pillars.iter().map(of).collect();
        let total: f64 = found.iter().sum();
        found.iter().map(|r| (r / total - 1.0 / 8.0).abs()).fold(0.0, f64::max)
    };
    let (before, after) = (gap(&nominal), gap(&composite));
    // One pillar goes against the others, so that no weights of 0 and above meet the wish.
    assert!(after < 0.6 * before, "{before} {after}");
    for (node, share) in framework.nodes().iter().zip(composite.shares()) {
        assert!(*share >= 0.0, "{} {share}", node.code());
    }
    // What is told of the gap is the gap of the index itself.
    let told = composite.findings().iter().find_map(|finding| match finding {
        Finding::WeightsUnconverged { gap, .. } => Some(*gap),
        _ => None,
    });
    assert!(
        told.is_none_or(|told| (told - after).abs() < 1e-9) && (told.is_some() || after < 1e-3),
        "{told:?} {after}"
    );

    value["weights"][1]["correlate_with"] = "Physical".into();
    let refused =
        compute(&framework, &serde_json::from_value(value.clone()).unwrap(), &matrix).unwrap_err().to_string();
    assert!(refused.contains("correlate_with names Physical, which is not above"), "{refused}");
    value["weights"][1]["correlate_with"] = "Index".into();
    value["weights"][2] = serde_json::json!({"method": "pca"});
    let refused = compute(&framework, &serde_json::from_value(value).unwrap(), &matrix).unwrap_err().to_string();
    assert!(refused.ends_with("the weights between the two must be given, equal or set"), "{refused}");
}
