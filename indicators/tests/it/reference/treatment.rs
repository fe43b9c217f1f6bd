//! Outlier treatment: values, test statistics, labels.

use indicators::composite::{Composite, compute};
use indicators::matrix::Cell;
use indicators::recipe::{Transform, WinsoriseWhile};
use indicators::treatment::{transform, winsorise};

use super::plain;
use crate::fixture::{Table, asem_framework, assert_close, assert_table, in_matrix, number, read_matrix, recipe};

fn treated(treat: &str) -> Composite {
    let mut steps = recipe(&plain(r#"{"method":"none"}"#, r#"{"method":"arithmetic"}"#));
    steps.treat = serde_json::from_str(treat).unwrap();
    compute(&asem_framework(), &steps, &read_matrix("01_stages/screened.csv")).unwrap()
}

#[test]
fn two_stage_treatment() {
    let winsorise = |points: usize, on: &str| {
        treated(&format!(
            r#"{{"method":"winsorise","max_points":{points},"skewness_limit":2,"kurtosis_limit":3.5,"then":"log_ct","then_on":"{on}"}}"#
        ))
    };
    for (composite, values, details, points) in [
        (
            winsorise(5, "original"),
            "01_stages/treated.csv",
            "01_stages/treat_details.csv",
            "01_stages/treat_points.csv",
        ),
        (
            winsorise(1, "original"),
            "02_treat/winmax1_treated.csv",
            "02_treat/winmax1_details.csv",
            "02_treat/winmax1_points.csv",
        ),
        (
            winsorise(3, "original"),
            "02_treat/winmax3_treated.csv",
            "02_treat/winmax3_details.csv",
            "02_treat/winmax3_points.csv",
        ),
        (
            winsorise(1, "winsorised"),
            "02_treat/combine_treated.csv",
            "02_treat/combine_details.csv",
            "02_treat/combine_points.csv",
        ),
    ] {
        assert_table(in_matrix(composite.treated()), &Table::read(values));
        assert_details(&composite, &Table::read(details));
        assert_labels(&composite, &Table::read(points));
    }
}

fn assert_details(composite: &Composite, expected: &Table) {
    for (code, cells) in expected.by("iCode") {
        let indicator = composite.values().column_of(code).unwrap();
        let detail = &composite.treatments()[indicator];
        let tests = [detail.before, detail.after_winsorising, detail.after_transform];
        for (stage, test) in tests.into_iter().enumerate() {
            let Some(passes) = cells.get(format!("check_SkewKurt{stage}.Pass").as_str()) else { continue };
            let what = format!("{} {code} stage {stage}", expected.name);
            let found = test.and_then(|test| test.passes).map(|passes| passes.to_string()).unwrap_or_default();
            assert_eq!(&found, passes, "{what}");
            let skewness = cells[format!("check_SkewKurt{stage}.Skew").as_str()];
            assert_close(test.and_then(|test| test.skewness), number(skewness), &what);
            let kurtosis = cells[format!("check_SkewKurt{stage}.Kurt").as_str()];
            assert_close(test.and_then(|test| test.kurtosis), number(kurtosis), &what);
        }
        if let Some(points) = number(cells["winsorise.nwin"]) {
            assert_eq!(detail.winsorised.len().to_string(), points.to_string(), "{code}");
        }
    }
}

fn assert_labels(composite: &Composite, expected: &Table) {
    for (row, area) in expected.text("uCode").into_iter().enumerate() {
        let found_row = composite.values().row_of(area).unwrap();
        for (at, code) in expected.header.iter().enumerate().skip(1) {
            let detail = &composite.treatments()[composite.values().column_of(code).unwrap()];
            let label = expected.rows[row][at].trim_start_matches('+').replace("log_CT", "log_ct");
            assert_eq!(detail.label(found_row), label, "{} {area} {code}", expected.name);
        }
    }
}

fn each_column(expected: &str, change: impl Fn(&mut [Cell])) {
    let expected = Table::read(expected);
    let screened = read_matrix("01_stages/screened.csv");
    for code in expected.header.iter().skip(1) {
        let mut column = screened.column(screened.column_of(code).unwrap()).to_vec();
        change(&mut column);
        for (row, area) in expected.text("uCode").into_iter().enumerate() {
            let found = column[screened.row_of(area).unwrap()].value();
            assert_close(found, expected.numbers(code)[row], &format!("{} {area} {code}", expected.name));
        }
    }
}

#[test]
fn single_functions_on_every_column() {
    each_column("02_treat/fn_log_CT.csv", |column| {
        transform(Transform::LogCt, column);
    });
    each_column("02_treat/fn_boxcox_0.csv", |column| {
        transform(Transform::BoxCox { lambda: 0.0 }, column);
    });
    each_column("02_treat/fn_boxcox_m1.csv", |column| {
        transform(Transform::BoxCox { lambda: -1.0 }, column);
    });
    each_column("02_treat/fn_winsorise_force3.csv", |column| {
        winsorise(column, 3, 2.0, 3.5, WinsoriseWhile::Always);
    });
}

#[test]
fn the_logarithm_of_the_innovation_index_is_taken() {
    // DIFFERENCE: the reference package's log_GII computes the logarithm and returns its input; the
    // recorded file is the input. Ours returns ln((max − 1)(x − min)/(max − min) + 1).
    each_column("02_treat/fn_log_GII.csv", |_| {});
    let screened = read_matrix("01_stages/screened.csv");
    for at in 0..screened.n_columns() {
        let mut column = screened.column(at).to_vec();
        let max = column.iter().filter_map(|cell| cell.value()).fold(f64::NEG_INFINITY, f64::max);
        let min = column.iter().filter_map(|cell| cell.value()).fold(f64::INFINITY, f64::min);
        let done = transform(Transform::LogGii, &mut column);
        assert_eq!(done.is_some(), max > 1.0);
        if done.is_some() {
            for (found, was) in column.iter().zip(screened.column(at)) {
                let expected = was.value().map(|x| ((max - 1.0) * (x - min) / (max - min) + 1.0).ln());
                assert_close(found.value(), expected, "log_gii");
            }
        }
    }
}
