#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;

fn framework() -> Framework {
    serde_json::from_str(
        r#"{"nodes":[
        {"code":"index","kind":"group"},
        {"code":"p","kind":"group","parent":"index","weight":3},
        {"code":"q","kind":"group","parent":"index"},
        {"code":"a","kind":"indicator","parent":"p","direction":"higher_is_better","goalposts":{"low":0,"high":10}},
        {"code":"b","kind":"indicator","parent":"p","direction":"lower_is_better","goalposts":{"low":0,"high":10}},
        {"code":"c","kind":"indicator","parent":"q","direction":"higher_is_better","goalposts":{"low":0,"high":1}}]}"#,
    )
    .unwrap()
}

fn matrix() -> ScoreMatrix {
    ScoreMatrix::from_columns(
        ["A", "B", "C"].iter().map(|code| code.parse().unwrap()).collect(),
        ["c", "a", "b"].iter().map(|code| code.parse().unwrap()).collect(),
        &[Some(0.5), None, Some(1.0), Some(8.0), Some(2.0), None, Some(2.0), None, None],
    )
    .unwrap()
}

#[test]
fn scores_ranks_and_weights_of_a_small_index() {
    let composite = compute(&framework(), &Recipe::published(), &matrix()).unwrap();
    assert_eq!(composite.score("index", "A"), Some(72.5)); // 3/4 · 80 + 1/4 · 50
    assert_eq!(composite.score("index", "B"), Some(20.0));
    assert_eq!(composite.score("p", "C"), None);
    assert_eq!(composite.score("index", "C"), Some(100.0));
    assert_eq!(composite.rank("index", "C"), Some(1));
    let weights = composite.effective_weights();
    assert_eq!(weights.get("a"), Some(&0.375));
    assert_eq!(weights.get("c"), Some(&0.25));
}

#[test]
fn contributions_sum_to_the_score() {
    for method in ["arithmetic", "geometric", "harmonic"] {
        let mut recipe = Recipe::published();
        recipe.aggregate = serde_json::from_str(&format!(r#"{{"method":"{method}"}}"#)).unwrap();
        let composite = compute(&framework(), &recipe, &matrix()).unwrap();
        for row in 0..3 {
            let explanation = composite.explain_row(row);
            let sum: f64 = explanation.indicators.iter().filter_map(|line| line.contribution).sum();
            let weights: f64 = explanation.indicators.iter().map(|line| line.effective_weight).sum();
            assert!((sum - explanation.score.unwrap()).abs() < 1e-12, "{method} {row}: {sum} {explanation:?}");
            assert!((weights - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn a_recipe_that_does_not_fit_is_refused() {
    fn check(change: impl Fn(&mut Recipe), expected: &str) {
        let mut recipe = Recipe::published();
        change(&mut recipe);
        let found = compute(&framework(), &recipe, &matrix()).map(|_| ()).unwrap_err().to_string();
        assert!(found.contains(expected), "{found}");
    }
    check(
        |recipe| recipe.aggregate = serde_json::from_str(r#"[{"method":"arithmetic"}]"#).unwrap(),
        "aggregate has 1 entries; the framework has 2 levels",
    );
    check(
        |recipe| recipe.overrides = serde_json::from_str(r#"{"z":{}}"#).unwrap(),
        "overrides names z, which is not in the framework",
    );
    check(
        |recipe| recipe.overrides = serde_json::from_str(r#"{"p":{"treat":{"method":"none"}}}"#).unwrap(),
        "the override of p has treat; that is for indicators",
    );
    check(
        |recipe| recipe.normalise = serde_json::from_str(r#"{"method":"min_max","lower":5,"upper":5}"#).unwrap(),
        "upper is 5; expected above lower",
    );
    check(
        |recipe| recipe.normalise = serde_json::from_str(r#"{"method":"distance_to_target"}"#).unwrap(),
        "the indicator a: it has no target",
    );
}

#[test]
fn a_missing_column_is_named() {
    let matrix = matrix().select_columns(&[0, 1]);
    let found = compute(&framework(), &Recipe::published(), &matrix).map(|_| ());
    assert_eq!(found, Err(ComputeError::ColumnMissing { indicator: "b".parse().unwrap() }));
}
