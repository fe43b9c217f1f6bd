//! The workloads whose time and memory have a budget, compiled for the machine and for wasm. Nothing
//! is timed here: natively that is [`main`](../main.rs)'s work, in wasm that of a script under Node.

mod example;

use indicators::aggregation::copeland;
use indicators::composite::compute;
use indicators::framework::{Direction, Framework, NodeSpec};
use indicators::matrix::{Cell, ScoreMatrix};
use indicators::recipe::Recipe;
use indicators::sensitivity::{Estimator, Factor, Output, Study, sobol_indices, uncertainty};
use wasm_bindgen::prelude::wasm_bindgen;

/// The workloads: name, budget in milliseconds.
pub const WORKLOADS: [(&str, f64); 5] =
    [("example", 1.0), ("uncertainty", 250.0), ("sobol", 1000.0), ("large", 250.0), ("outranking", 500.0)];

const PLAIN: &str = r#"{
    "screen": {"method": "none"}, "impute": {"method": "none"},
    "treat": {"method": "winsorise", "max_points": 5, "skewness_limit": 2, "kurtosis_limit": 3.5, "then": "log_ct"},
    "normalise": {"method": "min_max", "lower": 0, "upper": 100}, "aggregate": {"method": "arithmetic"}}"#;

const FACTORS: &str = r#"[
    {"factor":"weights","relative":0.25},
    {"factor":"treat","alternatives":[{"method":"winsorise","max_points":1,"then":"log_ct"},
        {"method":"winsorise","max_points":3,"then":"log_ct"},{"method":"winsorise","max_points":5,"then":"log_ct"}]},
    {"factor":"normalise","alternatives":[{"method":"min_max","lower":1,"upper":100},
        {"method":"z_score","mean":10,"standard_deviation":2}]},
    {"factor":"aggregate","alternatives":[{"method":"arithmetic"},{"method":"geometric"}]}]"#;

/// One workload with its input, ready to be run.
#[wasm_bindgen]
pub struct Work {
    kind: Kind,
    framework: Framework,
    recipe: Recipe,
    matrix: ScoreMatrix,
    factors: Vec<Factor>,
}

#[derive(Clone, Copy)]
enum Kind {
    Once,
    Uncertainty,
    Sobol,
    Outranking,
}

#[wasm_bindgen]
impl Work {
    /// The workload of a name; nothing for a name that is none.
    #[must_use]
    pub fn named(name: &str) -> Option<Work> {
        let (kind, (framework, matrix), recipe) = match name {
            "example" => (Kind::Once, example::example()?, example::RECIPE),
            "uncertainty" => (Kind::Uncertainty, example::example()?, example::RECIPE),
            "sobol" => (Kind::Sobol, example::example()?, example::RECIPE),
            "large" => (Kind::Once, large(20_000, 100)?, PLAIN),
            "outranking" => (Kind::Outranking, large(1_000, 50)?, PLAIN),
            _ => return None,
        };
        let recipe = serde_json::from_str(recipe).ok()?;
        Some(Self { kind, framework, recipe, matrix, factors: serde_json::from_str(FACTORS).ok()? })
    }

    /// Runs it once and returns a number made of all results, the same wherever it runs.
    #[must_use]
    pub fn run(&self) -> f64 {
        let study = Study {
            framework: &self.framework,
            recipe: &self.recipe,
            matrix: &self.matrix,
            without_substitutes: None,
            factors: &self.factors,
        };
        match self.kind {
            Kind::Once => compute(&self.framework, &self.recipe, &self.matrix).map_or(f64::NAN, |composite| {
                let nodes = composite.framework().nodes().len();
                mixed((0..nodes).flat_map(|node| composite.scores_of(node)).filter_map(|cell| cell.value()))
            }),
            Kind::Uncertainty => uncertainty(&study, 1_000, 1)
                .map_or(f64::NAN, |found| mixed(found.scores.scores.iter().filter_map(|cell| cell.value()))),
            Kind::Sobol => {
                sobol_indices(&study, 500, Output::MeanRankShift, Estimator::Jansen, 100, 1).map_or(f64::NAN, |found| {
                    mixed(found.iter().flat_map(|index| {
                        [index.first, index.total].into_iter().flat_map(|one| [one.value, one.low, one.high])
                    }))
                })
            }
            Kind::Outranking => {
                let columns: Vec<&[Cell]> = (0..self.matrix.n_columns()).map(|at| self.matrix.column(at)).collect();
                let weights = vec![1.0; columns.len()];
                mixed(copeland(&columns, &weights).iter().filter_map(|cell| cell.value()))
            }
        }
    }
}

/// The bits of all numbers folded into one of 52 bits: any bit that differs makes it another.
fn mixed(numbers: impl Iterator<Item = f64>) -> f64 {
    let folded = numbers.fold(0xcbf2_9ce4_8422_2325_u64, |hash, number| {
        (hash ^ number.to_bits()).wrapping_mul(0x0100_0000_01b3).rotate_left(29)
    });
    let (high, low) =
        (u32::try_from(folded >> 44).unwrap_or(0), u32::try_from(folded >> 12 & 0xffff_ffff).unwrap_or(0));
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

/// A table of numbers that look random and are not, ten indicators to a group.
fn large(n_rows: usize, n_columns: usize) -> Option<(Framework, ScoreMatrix)> {
    let mut nodes = vec![NodeSpec::group("index".parse().ok()?, None)];
    for column in 0..n_columns {
        let group = format!("g{}", column / 10);
        if column % 10 == 0 {
            nodes.push(NodeSpec::group(group.parse().ok()?, "index".parse().ok()));
        }
        nodes.push(NodeSpec::indicator(
            format!("x{column}").parse().ok()?,
            group.parse().ok()?,
            Direction::HigherIsBetter,
        ));
    }
    let mut state = 1_u32;
    let values: Vec<Option<f64>> = (0..n_rows * n_columns)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let share = f64::from(state) / f64::from(u32::MAX);
            Some(1.0 / (share + 0.01))
        })
        .collect();
    let matrix = ScoreMatrix::from_columns(
        (0..n_rows).filter_map(|row| format!("A{row}").parse().ok()).collect(),
        (0..n_columns).filter_map(|column| format!("x{column}").parse().ok()).collect(),
        &values,
    )
    .ok()?;
    Some((Framework::new(nodes).ok()?, matrix))
}
