#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::recipe::{Aggregate, PerLevel, Treat};
#[cfg(feature = "quasi_random")]
use crate::recipe::{Normalise, Outside};

fn framework() -> Framework {
    serde_json::from_str(
        r#"{"nodes":[
        {"code":"index","kind":"group"},
        {"code":"a","kind":"indicator","parent":"index","direction":"higher_is_better","goalposts":{"low":0,"high":10}},
        {"code":"b","kind":"indicator","parent":"index","direction":"higher_is_better","goalposts":{"low":0,"high":10}},
        {"code":"c","kind":"indicator","parent":"index","direction":"higher_is_better","goalposts":{"low":0,"high":10}}]}"#,
    )
    .unwrap()
}

fn matrix() -> ScoreMatrix {
    matrix_with(Some(2.0))
}

/// The same with another value of the first indicator for the second area.
fn matrix_with(value: Option<f64>) -> ScoreMatrix {
    let values = [
        [Some(8.0), value, Some(5.0), Some(9.0)],
        [Some(1.0), Some(7.0), Some(5.0), Some(9.5)],
        [Some(6.0), Some(6.5), None, Some(9.9)],
    ];
    ScoreMatrix::from_columns(
        ["A", "B", "C", "D"].iter().map(|code| code.parse().unwrap()).collect(),
        ["a", "b", "c"].iter().map(|code| code.parse().unwrap()).collect(),
        values.as_flattened(),
    )
    .unwrap()
}

#[test]
fn the_best_everywhere_stays_first() {
    let (framework, recipe, matrix) = (framework(), Recipe::published(), matrix());
    let found = rank_intervals(&framework, &recipe, &matrix, None, 200, 7).unwrap();
    let best = &found.intervals[3];
    assert_eq!((best.low, best.median, best.high, best.nominal), (Some(1.0), Some(1.0), Some(1.0), Some(1)));
    let others = &found.intervals[..3];
    assert!(others.iter().any(|interval| interval.low < interval.high), "{others:?}");
    assert!(found.share_above(3, 0) == Some(1.0));
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let (framework, recipe, matrix) = (framework(), Recipe::published(), matrix());
    let run = |seed| rank_intervals(&framework, &recipe, &matrix, None, 300, seed).unwrap();
    assert_eq!(run(1), run(1));
    assert_ne!(run(1).scores, run(2).scores);
    // Replicates do not depend on how many there are, so not on how they are shared out.
    let few = rank_intervals(&framework, &recipe, &matrix, None, 10, 1).unwrap();
    assert_eq!(few.scores.scores[..], run(1).scores.scores[..40]);
}

#[test]
fn slices_give_the_bits_of_one_piece() {
    let (framework, recipe, matrix) = (framework(), Recipe::published(), matrix());
    for without in [None, Some(matrix_with(None))] {
        let whole = rank_intervals(&framework, &recipe, &matrix, without.as_ref(), 300, 5).unwrap();
        for slice in [1, 7, 150, 300] {
            let mut study =
                RankStudy::begin(framework.clone(), recipe.clone(), matrix.clone(), without.clone(), 5).unwrap();
            while study.n_replicates() < 300 {
                study.advance(slice.min(300 - study.n_replicates())).unwrap();
            }
            assert_eq!(study.summarise().unwrap(), whole, "slices of {slice}");
        }
    }
}

#[cfg(feature = "parallel")]
#[test]
fn one_thread_and_several_agree() {
    let (framework, recipe, matrix) = (framework(), Recipe::published(), matrix());
    let run = |threads| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
            .install(|| rank_intervals(&framework, &recipe, &matrix, None, 500, 3).unwrap())
    };
    assert_eq!(run(1), run(4));
}

#[test]
fn replicates_run_again_give_the_same_scores() {
    let (framework, recipe, matrix) = (framework(), Recipe::published(), matrix());
    let factors = release_factors(&recipe, false);
    let study =
        Study { framework: &framework, recipe: &recipe, matrix: &matrix, without_substitutes: None, factors: &factors };
    let found = uncertainty(&study, 50, 11).unwrap();
    let stored = serde_json::to_string(&found.replicates).unwrap();
    let again: Vec<Replicate> = serde_json::from_str(&stored).unwrap();
    assert_eq!(study.replay(&again).unwrap(), found.scores);
}

#[test]
fn factors_that_do_nothing_are_refused() {
    let (framework, recipe, matrix) = (framework(), Recipe::published(), matrix());
    let check = |factor: Factor, expected: &str| {
        let factors = [factor];
        let study = Study {
            framework: &framework,
            recipe: &recipe,
            matrix: &matrix,
            without_substitutes: Some(&matrix),
            factors: &factors,
        };
        let found = uncertainty(&study, 10, 1).map(|_| ()).unwrap_err().to_string();
        assert!(found.contains(expected), "{found}");
    };
    check(Factor::Substitutes {}, "the factor substitutes changes no score");
    check(Factor::Treat { alternatives: vec![Treat::None {}, Treat::None {}] }, "the factor treat changes no score");
    check(
        Factor::Aggregate { alternatives: vec![PerLevel::All(Aggregate::Arithmetic {})] },
        "the factor aggregate changes no score",
    );
    check(Factor::Weights { relative: 0.0, levels: Vec::new() }, "relative is 0");
    check(Factor::Weights { relative: 0.2, levels: vec![7] }, "the factor weights changes no score");
}

#[cfg(feature = "quasi_random")]
#[test]
fn indices_tell_which_choice_matters() {
    let (framework, recipe, matrix) = (framework(), Recipe::published(), matrix());
    let factors = [
        Factor::Weights { relative: 0.05, levels: Vec::new() },
        Factor::Normalise {
            alternatives: vec![
                Normalise::Goalposts { lower: 0.0, upper: 100.0, outside: Outside::Clip },
                Normalise::MinMax { lower: 0.0, upper: 10.0 },
            ],
        },
    ];
    let study =
        Study { framework: &framework, recipe: &recipe, matrix: &matrix, without_substitutes: None, factors: &factors };
    let found = sobol_indices(&study, 128, Output::Score { row: 0 }, Estimator::Jansen, 100, 5).unwrap();
    assert!(found[0].first.value < 0.05, "{found:?}");
    assert!(found[1].first.value > 0.9, "{found:?}");
    assert!(found.iter().all(|index| index.total.low <= index.total.value && index.total.value <= index.total.high));
}
