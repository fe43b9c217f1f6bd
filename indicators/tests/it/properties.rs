//! What holds for all data.

use indicators::Composite;
use indicators::aggregation::{arithmetic, generalised, geometric, harmonic};
use indicators::composite::compute;
use indicators::framework::Framework;
use indicators::matrix::ScoreMatrix;
use indicators::recipe::Recipe;
use proptest::prelude::*;

use crate::fixture::{is_close, recipe};
use crate::reference::plain;

const N_INDICATORS: usize = 4;

/// Two groups of two indicators; `gap` is better when lower.
fn framework(order: &[usize]) -> Framework {
    let leaves = [
        ("net", "access", "higher_is_better"),
        ("gap", "access", "lower_is_better"),
        ("skill", "people", "higher_is_better"),
        ("staff", "people", "higher_is_better"),
    ];
    let mut nodes = vec![
        r#"{"code":"index","kind":"group"}"#.to_owned(),
        r#"{"code":"access","kind":"group","parent":"index","weight":2}"#.to_owned(),
        r#"{"code":"people","kind":"group","parent":"index"}"#.to_owned(),
    ];
    nodes.extend(order.iter().map(|&at| {
        let (code, parent, direction) = leaves[at];
        format!(
            r#"{{"code":"{code}","kind":"indicator","parent":"{parent}","direction":"{direction}","weight":{},"goalposts":{{"low":-50,"high":150}}}}"#,
            at + 1
        )
    }));
    serde_json::from_str(&format!(r#"{{"nodes":[{}]}}"#, nodes.join(","))).unwrap()
}

/// Rows of values, some missing.
fn rows() -> impl Strategy<Value = Vec<[Option<f64>; N_INDICATORS]>> {
    let cell = prop_oneof![4 => (-100.0..200.0_f64).prop_map(Some), 1 => Just(None)];
    prop::collection::vec(prop::array::uniform4(cell), 3..20)
}

fn matrix(rows: &[[Option<f64>; N_INDICATORS]], order: &[usize]) -> ScoreMatrix {
    let codes = ["net", "gap", "skill", "staff"];
    let areas = (0..rows.len()).map(|row| format!("A{row}").parse().unwrap()).collect();
    let values: Vec<Option<f64>> = order.iter().flat_map(|&at| rows.iter().map(move |row| row[at])).collect();
    ScoreMatrix::from_columns(areas, order.iter().map(|&at| codes[at].parse().unwrap()).collect(), &values).unwrap()
}

fn score(composite: &Composite, row: usize) -> Option<f64> {
    composite.score("index", &format!("A{row}"))
}

fn recipes() -> impl Strategy<Value = Recipe> {
    let normalise = prop::sample::select(vec![
        r#"{"method":"min_max","lower":1,"upper":100}"#,
        r#"{"method":"goalposts","lower":1,"upper":100}"#,
        r#"{"method":"percentile_rank","lower":1,"upper":100}"#,
        r#"{"method":"distance_to_max","lower":1,"upper":100}"#,
    ]);
    let aggregate = prop::sample::select(vec![
        r#"{"method":"arithmetic"}"#,
        r#"{"method":"geometric"}"#,
        r#"{"method":"harmonic"}"#,
        r#"{"method":"generalised","power":3}"#,
        r#"[{"method":"ordered_weighted","orness":0.3},{"method":"arithmetic"}]"#,
    ]);
    (normalise, aggregate).prop_map(|(normalise, aggregate)| recipe(&plain(normalise, aggregate)))
}

const ORDER: [usize; N_INDICATORS] = [0, 1, 2, 3];

proptest! {
    #[test]
    fn scores_stay_in_the_range_of_the_normaliser(rows in rows(), recipe in recipes()) {
        let composite = compute(&framework(&ORDER), &recipe, &matrix(&rows, &ORDER)).unwrap();
        for row in 0..rows.len() {
            if let Some(score) = score(&composite, row) {
                prop_assert!((1.0 - 1e-9..=100.0 + 1e-9).contains(&score), "{score}");
            }
        }
    }

    #[test]
    fn missing_never_becomes_a_number(rows in rows(), recipe in recipes()) {
        let composite = compute(&framework(&ORDER), &recipe, &matrix(&rows, &ORDER)).unwrap();
        for (at, row) in rows.iter().enumerate() {
            for (column, value) in row.iter().enumerate() {
                prop_assert_eq!(composite.normalised().value(at, column).is_some(), value.is_some());
            }
            prop_assert_eq!(score(&composite, at).is_some(), row.iter().any(Option::is_some));
        }
    }

    #[test]
    fn contributions_sum_to_scores(rows in rows(), recipe in recipes()) {
        let composite = compute(&framework(&ORDER), &recipe, &matrix(&rows, &ORDER)).unwrap();
        for row in 0..rows.len() {
            let explanation = composite.explain_row(row);
            let sum: f64 = explanation.indicators.iter().filter_map(|line| line.contribution).sum();
            prop_assert!(is_close(sum, explanation.score.unwrap_or(0.0), 1e-10), "{sum} {:?}", explanation.score);
        }
    }

    #[test]
    fn the_order_of_indicators_does_not_matter(rows in rows(), recipe in recipes()) {
        let order = [2, 0, 3, 1];
        let one = compute(&framework(&ORDER), &recipe, &matrix(&rows, &ORDER)).unwrap();
        let other = compute(&framework(&order), &recipe, &matrix(&rows, &[3, 1, 0, 2])).unwrap();
        for row in 0..rows.len() {
            match (score(&one, row), score(&other, row)) {
                (Some(a), Some(b)) => prop_assert!(is_close(a, b, 1e-10)),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }

    #[test]
    fn the_order_of_areas_does_not_matter(rows in rows(), recipe in recipes()) {
        let matrix = matrix(&rows, &ORDER);
        let backwards: Vec<usize> = (0..rows.len()).rev().collect();
        let one = compute(&framework(&ORDER), &recipe, &matrix).unwrap();
        let other = compute(&framework(&ORDER), &recipe, &matrix.select_rows(&backwards)).unwrap();
        for row in 0..rows.len() {
            match (score(&one, row), score(&other, row)) {
                (Some(a), Some(b)) => prop_assert!(is_close(a, b, 1e-10)),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }

    #[test]
    fn min_max_ignores_the_unit(rows in rows(), factor in 0.1..50.0_f64, shift in -100.0..100.0_f64) {
        let recipe = recipe(&plain(r#"{"method":"min_max","lower":0,"upper":100}"#, r#"{"method":"arithmetic"}"#));
        let scaled: Vec<_> = rows.iter().map(|row| row.map(|cell| cell.map(|value| value * factor + shift))).collect();
        let one = compute(&framework(&ORDER), &recipe, &matrix(&rows, &ORDER)).unwrap();
        let other = compute(&framework(&ORDER), &recipe, &matrix(&scaled, &ORDER)).unwrap();
        for row in 0..rows.len() {
            match (score(&one, row), score(&other, row)) {
                (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-6, "{a} {b}"),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }

    #[test]
    fn a_better_value_never_lowers_a_published_score(
        rows in rows(), row in 0_usize..3, column in 0..N_INDICATORS, rise in 0.0..80.0_f64,
    ) {
        let mut better = rows.clone();
        let sign = if column == 1 { -1.0 } else { 1.0 };
        let Some(value) = better[row][column].as_mut() else { return Ok(()) };
        *value += sign * rise;
        let recipe = Recipe::published();
        let one = compute(&framework(&ORDER), &recipe, &matrix(&rows, &ORDER)).unwrap();
        let other = compute(&framework(&ORDER), &recipe, &matrix(&better, &ORDER)).unwrap();
        prop_assert!(score(&other, row) >= score(&one, row));
        for peer in (0..rows.len()).filter(|peer| *peer != row) {
            prop_assert_eq!(score(&one, peer), score(&other, peer));
        }
    }

    #[test]
    fn means_keep_their_order(children in prop::collection::vec((0.1..5.0_f64, 0.1..100.0_f64), 1..10)) {
        let means = [harmonic(&children), geometric(&children), arithmetic(&children), generalised(2.0, &children)];
        let means: Vec<f64> = means.iter().map(|mean| mean.value().unwrap()).collect();
        for pair in means.windows(2) {
            prop_assert!(pair[0] <= pair[1] * (1.0 + 1e-12), "{means:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn nothing_panics_on_odd_tables(rows in rows(), constant in -1.0..1.0_f64) {
        let odd: Vec<[Option<f64>; N_INDICATORS]> =
            rows.iter().map(|row| [Some(constant), row[1].map(|_| 0.0), row[2], None]).collect();
        let recipes = [
            r#"{"method":"z_score"}"#, r#"{"method":"rank"}"#, r#"{"method":"fraction_of_max"}"#,
            r#"{"method":"distance_to_reference","area":"A0"}"#, r#"{"method":"min_max"}"#,
        ];
        for normalise in recipes {
            for aggregate in [
                "arithmetic", "geometric", "harmonic", "copeland", "mazziotta_pareto", "adjusted_mazziotta_pareto",
                "benefit_of_the_doubt", "wroclaw", "mean_min",
            ] {
                let recipe = recipe(&plain(normalise, &format!(r#"{{"method":"{aggregate}"}}"#)));
                let composite = compute(&framework(&ORDER), &recipe, &matrix(&odd, &ORDER)).unwrap();
                for row in 0..odd.len() {
                    let explanation = composite.explain_row(row);
                    prop_assert!(explanation.score.is_none_or(f64::is_finite));
                }
            }
        }
    }
}
