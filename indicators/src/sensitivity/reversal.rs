//! Whether the order of two areas depends on a third one being there.

use serde::Serialize;

use crate::code::AreaCode;
use crate::error::ComputeError;
use crate::framework::Framework;
use crate::matrix::ScoreMatrix;
use crate::plan::Plan;
use crate::recipe::Recipe;

/// Two areas whose order turns when a third is taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RankReversal {
    /// The area taken out.
    pub removed: AreaCode,
    /// Above the other with all areas, below it without the one removed.
    pub falls: AreaCode,
    /// The other.
    pub rises: AreaCode,
}

/// Takes out each area in turn and lists every pair of others whose order turns.
///
/// With fixed goalposts and means there are none; normalisation by range, rank or standard score and
/// outranking may have some. Ties that open or close are not listed. Within periods in a panel only
/// rows of different areas are taken out one by one.
///
/// # Errors
/// When a table cannot be computed.
///
/// # Source
/// Belton and Gear (1983), on rank reversal.
pub fn rank_reversals(
    framework: &Framework,
    recipe: &Recipe,
    matrix: &ScoreMatrix,
) -> Result<Vec<RankReversal>, ComputeError> {
    let plan = Plan::new(framework, recipe)?;
    let root = framework.root();
    let all = plan.compute(matrix)?;
    let mut reversals = Vec::new();
    for removed in 0..matrix.n_rows() {
        let kept: Vec<usize> = (0..matrix.n_rows()).filter(|row| *row != removed).collect();
        if kept.is_empty() {
            break;
        }
        let without = plan.compute(&matrix.select_rows(&kept))?;
        let score = |row: usize| {
            let area = without.areas()[row].as_str();
            Some((all.score(framework.nodes()[root].code().as_str(), area)?, without.scores_of(root)[row].value()?))
        };
        let scores: Vec<Option<(f64, f64)>> = (0..without.areas().len()).map(score).collect();
        for first in 0..scores.len() {
            for second in 0..scores.len() {
                if let (Some(first_scores), Some(second_scores)) = (scores[first], scores[second])
                    && first_scores.0 > second_scores.0
                    && first_scores.1 < second_scores.1
                {
                    reversals.push(RankReversal {
                        removed: matrix.areas()[removed].clone(),
                        falls: without.areas()[first].clone(),
                        rises: without.areas()[second].clone(),
                    });
                }
            }
        }
    }
    Ok(reversals)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use crate::recipe::Normalise;

    #[test]
    fn ranges_can_turn_an_order_and_goalposts_cannot() {
        let framework: Framework = serde_json::from_str(
            r#"{"nodes":[{"code":"index","kind":"group"},
            {"code":"a","kind":"indicator","parent":"index","direction":"higher_is_better","goalposts":{"low":0,"high":100}},
            {"code":"b","kind":"indicator","parent":"index","direction":"higher_is_better","goalposts":{"low":0,"high":100}}]}"#,
        )
        .unwrap();
        let matrix = ScoreMatrix::from_columns(
            ["A", "B", "C"].iter().map(|code| code.parse().unwrap()).collect(),
            ["a", "b"].iter().map(|code| code.parse().unwrap()).collect(),
            &[10.0, 6.0, 100.0, 0.0, 5.0, 4.0].map(Some),
        )
        .unwrap();
        let mut recipe = Recipe::published();
        assert_eq!(rank_reversals(&framework, &recipe, &matrix).unwrap(), []);
        recipe.normalise = Normalise::MinMax { lower: 0.0, upper: 100.0 };
        recipe.weights = serde_json::from_str(r#"{"method":"set","values":{"a":3,"b":2}}"#).unwrap();
        let found = rank_reversals(&framework, &recipe, &matrix).unwrap();
        // With C the range of a is wide and B leads by b; without C, A leads by a.
        let names: Vec<(&str, &str, &str)> =
            found.iter().map(|r| (r.removed.as_str(), r.falls.as_str(), r.rises.as_str())).collect();
        assert_eq!(names, [("C", "B", "A")]);
    }
}
