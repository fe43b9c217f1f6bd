//! How long an index takes: the example of the reference package, its uncertainty, a large table,
//! Sobol' indices, outranking.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use indicators::aggregation::copeland;
use indicators::composite::compute;
use indicators::framework::{Direction, Framework, NodeSpec};
use indicators::matrix::{Cell, ScoreMatrix};
use indicators::recipe::{Denominate, Impute, Recipe};
use indicators::sensitivity::{Estimator, Factor, Output, Study, sobol_indices, uncertainty};

const EXAMPLE: &str = r#"{
    "denominate": {"method": "by_framework"},
    "screen": {"method": "none"},
    "impute": {"method": "group_mean", "group": "EurAsia_group"},
    "treat": {"method": "winsorise", "max_points": 5, "skewness_limit": 2, "kurtosis_limit": 3.5, "then": "log_ct"},
    "normalise": {"method": "min_max", "lower": 0, "upper": 100},
    "aggregate": {"method": "arithmetic"}}"#;

const FACTORS: &str = r#"[
    {"factor":"weights","relative":0.25},
    {"factor":"treat","alternatives":[{"method":"winsorise","max_points":1,"then":"log_ct"},
        {"method":"winsorise","max_points":3,"then":"log_ct"},{"method":"winsorise","max_points":5,"then":"log_ct"}]},
    {"factor":"normalise","alternatives":[{"method":"min_max","lower":1,"upper":100},
        {"method":"z_score","mean":10,"standard_deviation":2}]},
    {"factor":"aggregate","alternatives":[{"method":"arithmetic"},{"method":"geometric"}]}]"#;

fn rows(name: &str) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/reference").join(name);
    let bytes = fs::read(path).ok()?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let header = reader.headers().ok()?.iter().map(str::to_owned).collect();
    let rows = reader.records().filter_map(Result::ok).map(|row| row.iter().map(str::to_owned).collect()).collect();
    Some((header, rows))
}

fn example() -> Option<(Framework, ScoreMatrix)> {
    let (header, meta) = rows("00_input/asem_iMeta.csv")?;
    let at = |name: &str| header.iter().position(|column| column == name);
    let (code, parent, direction, kind, denominator) =
        (at("iCode")?, at("Parent")?, at("Direction")?, at("Type")?, at("Denominator")?);
    let mut nodes = Vec::new();
    for row in &meta {
        let above = row[parent].parse().ok();
        match row[kind].as_str() {
            "Aggregate" => nodes.push(NodeSpec::group(row[code].parse().ok()?, above)),
            "Indicator" => {
                let sign = if row[direction] == "1" { Direction::HigherIsBetter } else { Direction::LowerIsBetter };
                let mut node = NodeSpec::indicator(row[code].parse().ok()?, above?, sign);
                node.denominator = row[denominator].parse().ok();
                nodes.push(node);
            }
            _ => {}
        }
    }
    let (header, data) = rows("00_input/asem_iData.csv")?;
    let column = |name: &str| header.iter().position(|column| column == name);
    let (areas, groups) = (column("uCode")?, column("EurAsia_group")?);
    let first = column("Area")?;
    let values: Vec<Option<f64>> =
        (first..header.len()).flat_map(|at| data.iter().map(move |row| row[at].parse().ok())).collect();
    let matrix = ScoreMatrix::from_columns(
        data.iter().filter_map(|row| row[areas].parse().ok()).collect(),
        header[first..].iter().filter_map(|code| code.parse().ok()).collect(),
        &values,
    )
    .ok()?
    .with_grouping("EurAsia_group", data.iter().map(|row| Some(row[groups].clone())).collect())
    .ok()?;
    Some((Framework::new(nodes).ok()?, matrix))
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

fn benches(criterion: &mut Criterion) {
    let Some((framework, matrix)) = example() else { return };
    let Ok(recipe) = serde_json::from_str::<Recipe>(EXAMPLE) else { return };
    let Ok(factors) = serde_json::from_str::<Vec<Factor>>(FACTORS) else { return };
    let mut group = criterion.benchmark_group("composite");
    group.sample_size(10);

    group.bench_function("example_51x49", |bencher| {
        bencher.iter(|| compute(black_box(&framework), &recipe, &matrix));
    });

    let study =
        Study { framework: &framework, recipe: &recipe, matrix: &matrix, without_substitutes: None, factors: &factors };
    group.bench_function("uncertainty_1000", |bencher| bencher.iter(|| uncertainty(black_box(&study), 1000, 1)));
    group.bench_function("sobol_500", |bencher| {
        bencher.iter(|| sobol_indices(black_box(&study), 500, Output::MeanRankShift, Estimator::Jansen, 100, 1));
    });

    if let Some((framework, matrix)) = large(20_000, 100) {
        let mut plain = recipe.clone();
        plain.denominate = Denominate::None {};
        plain.impute = Impute::None {};
        group.bench_function("large_20000x100", |bencher| {
            bencher.iter(|| compute(black_box(&framework), &plain, &matrix));
        });
    }
    if let Some((_, matrix)) = large(1000, 50) {
        let columns: Vec<&[Cell]> = (0..50).map(|column| matrix.column(column)).collect();
        group.bench_function("outranking_1000x50", |bencher| {
            bencher.iter(|| copeland(black_box(&columns), &[0.02; 50]));
        });
    }
    group.finish();
}

criterion_group!(composite, benches);
criterion_main!(composite);
