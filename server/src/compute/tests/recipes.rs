//! Recipes written as a caller writes them, over the recorded tables in `COINr`'s layout, against the
//! numbers the reference package gave.

use std::collections::BTreeMap;

use super::*;

fn file(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/reference").join(name)).unwrap()
}

/// A table as text, by column.
fn table(bytes: &[u8]) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
    (header, reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect())
}

fn written(header: &[String], rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

/// iMeta with the rows of groupings and denominators left out, for tables that lack these columns.
fn only_tree(imeta: &[u8]) -> Vec<u8> {
    let (header, mut rows) = table(imeta);
    let kind = header.iter().position(|name| name == "Type").unwrap();
    let denominator = header.iter().position(|name| name == "Denominator").unwrap();
    rows.retain(|row| ["Indicator", "Aggregate"].contains(&row[kind].as_str()));
    for row in &mut rows {
        row[denominator].clear();
    }
    written(&header, &rows)
}

/// iMeta with other weights.
fn weighing(imeta: &[u8], weights: &str) -> Vec<u8> {
    let (header, mut rows) = table(imeta);
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let (names, rest) = table(&file(weights));
    let (code, weight) = ("iCode", "Weight");
    let place = |name: &str| names.iter().position(|column| column == name).unwrap();
    let weights: BTreeMap<&str, &str> =
        rest.iter().map(|row| (row[place(code)].as_str(), row[place(weight)].as_str())).collect();
    for row in &mut rows {
        if let Some(found) = weights.get(row[at(code)].as_str()) {
            (*found).clone_into(&mut row[at(weight)]);
        }
    }
    written(&header, &rows)
}

fn asem() -> (Vec<u8>, Vec<u8>) {
    (file("00_input/asem_iData.csv"), file("00_input/asem_iMeta.csv"))
}

fn treated() -> (Vec<u8>, Vec<u8>) {
    (file("01_stages/treated.csv"), only_tree(&file("00_input/asem_iMeta.csv")))
}

const NOTHING: &str = r#"{"screen":{"method":"none"},"impute":{"method":"none"},"treat":{"method":"none"},
    "normalise":{"method":"none"},"aggregate":{"method":"arithmetic"}}"#;

/// [`NOTHING`] with some steps.
fn recipe(steps: &str) -> Vec<u8> {
    let mut recipe: serde_json::Map<String, serde_json::Value> = serde_json::from_str(NOTHING).unwrap();
    recipe.append(&mut serde_json::from_str(steps).unwrap());
    serde_json::to_vec(&recipe).unwrap()
}

/// What the recorded numbers are.
#[derive(Clone, Copy, PartialEq)]
enum Recorded {
    Scores,
    Ranks,
    /// Values of indicators before direction is applied.
    Values,
}

#[track_caller]
fn check((idata, imeta): &(Vec<u8>, Vec<u8>), steps: &str, expected: &str, recorded: Recorded) {
    let answer = compute_coinr(idata, imeta, &recipe(steps)).unwrap();
    let (meta_header, meta) = table(imeta);
    let at = |name: &str| meta_header.iter().position(|column| column == name).unwrap();
    let sign: BTreeMap<&str, f64> = meta
        .iter()
        .map(|row| (row[at("iCode")].as_str(), if row[at("Direction")] == "-1" { -1.0 } else { 1.0 }))
        .collect();
    let areas: BTreeMap<(String, String), usize> = answer
        .report
        .areas
        .iter()
        .enumerate()
        .map(|(at, area)| {
            ((area.code.to_string(), area.period.map(|period| period.to_string()).unwrap_or_default()), at)
        })
        .collect();
    let (header, rows) = table(&file(expected));
    let (code_at, time_at) = (
        header.iter().position(|name| name == "uCode").unwrap(),
        header.iter().position(|name| name == "Time").filter(|_| answer.report.areas[0].period.is_some()),
    );
    assert_eq!(rows.len(), areas.len(), "{expected}: rows");
    let mut compared = 0;
    for row in &rows {
        let time = time_at.map(|at| row[at].clone()).unwrap_or_default();
        let area = &answer.report.areas[areas[&(row[code_at].clone(), time)]];
        for (column, text) in header.iter().zip(row) {
            let Some(score) = area.scores.get(column.as_str()) else { continue };
            let found = match recorded {
                Recorded::Scores => *score,
                Recorded::Values => score.map(|score| score * sign[column.as_str()]),
                Recorded::Ranks => area.ranks[column.as_str()].and_then(|rank| u32::try_from(rank).ok()).map(f64::from),
            };
            let wanted: Option<f64> = match text.as_str() {
                "" | "NA" | "NaN" => None,
                text => Some(text.parse().unwrap()),
            };
            let close = match (found, wanted) {
                (Some(found), Some(wanted)) => (found - wanted).abs() <= 1e-10 * wanted.abs().max(1e-3),
                (found, wanted) => found == wanted,
            };
            assert!(close, "{expected} {} {column}: {found:?}, recorded {wanted:?}", area.code);
            compared += 1;
        }
    }
    assert!(compared >= rows.len(), "{expected}: {compared} numbers compared");
}

const EXAMPLE: &str = r#""denominate":{"method":"by_framework"},
    "screen":{"method":"availability","minimum":0.9,"when":"after_imputation"},
    "impute":{"method":"group_mean","group":"EurAsia_group"},
    "treat":{"method":"winsorise","max_points":5,"skewness_limit":2,"kurtosis_limit":3.5,"then":"log_ct"}"#;

#[test]
fn the_whole_example() {
    let steps = format!(r#"{{{EXAMPLE},"normalise":{{"method":"min_max","lower":0,"upper":100}}}}"#);
    check(&asem(), &steps, "01_stages/aggregated.csv", Recorded::Scores);
    check(&asem(), &steps, "01_stages/results_full_ranks.csv", Recorded::Ranks);
    check(&asem(), &format!("{{{EXAMPLE}}}"), "01_stages/treated.csv", Recorded::Values);
}

#[test]
fn denominating_and_imputing() {
    let by = r#""denominate":{"method":"by_framework"}"#;
    check(&asem(), &format!("{{{by}}}"), "01_stages/denominated.csv", Recorded::Values);
    for (impute, expected) in [
        (r#"{"method":"mean"}"#, "05_impute/mean.csv"),
        (r#"{"method":"median"}"#, "05_impute/median.csv"),
        (r#"{"method":"group_mean","group":"GDP_group"}"#, "05_impute/mean_grp_GDP.csv"),
        (r#"{"method":"row_mean","within_level":2}"#, "05_impute/row_mean_pillar.csv"),
        (r#"{"method":"group_mean","group":"EurAsia_group"}"#, "01_stages/imputed.csv"),
    ] {
        check(&asem(), &format!(r#"{{{by},"impute":{impute}}}"#), expected, Recorded::Values);
    }
    let panel = (file("05_impute/panel_input.csv"), only_tree(&file("00_input/asem_iMeta.csv")));
    for (impute, expected) in [
        (r#"{"method":"panel_latest"}"#, "05_impute/panel_latest.csv"),
        (r#"{"method":"panel_linear"}"#, "05_impute/panel_linear-constant.csv"),
    ] {
        check(&panel, &format!(r#"{{"impute":{impute}}}"#), expected, Recorded::Values);
    }
}

#[test]
fn treating() {
    let screened = (file("01_stages/screened.csv"), only_tree(&file("00_input/asem_iMeta.csv")));
    for (treat, expected) in [
        (r#"{"method":"winsorise","max_points":1,"then":"log_ct"}"#, "02_treat/winmax1_treated.csv"),
        (r#"{"method":"winsorise","max_points":3,"then":"log_ct"}"#, "02_treat/winmax3_treated.csv"),
        (
            r#"{"method":"winsorise","max_points":1,"then":"log_ct","then_on":"winsorised"}"#,
            "02_treat/combine_treated.csv",
        ),
        (r#"{"method":"winsorise","max_points":3,"while":"always"}"#, "02_treat/fn_winsorise_force3.csv"),
        (r#"{"method":"transform","with":"log_ct","skewness_limit":0}"#, "02_treat/fn_log_CT.csv"),
        (r#"{"method":"transform","with":{"box_cox":{"lambda":0}},"skewness_limit":0}"#, "02_treat/fn_boxcox_0.csv"),
        (r#"{"method":"transform","with":{"box_cox":{"lambda":-1}},"skewness_limit":0}"#, "02_treat/fn_boxcox_m1.csv"),
    ] {
        check(&screened, &format!(r#"{{"treat":{treat}}}"#), expected, Recorded::Values);
    }
}

#[test]
fn normalising() {
    for (normalise, expected) in [
        (r#"{"method":"min_max","lower":0,"upper":100}"#, "03_normalise/minmax_0_100.csv"),
        (r#"{"method":"min_max","lower":1,"upper":100}"#, "03_normalise/minmax_1_100.csv"),
        (r#"{"method":"z_score","mean":10,"standard_deviation":2}"#, "03_normalise/zscore_10_2.csv"),
        (r#"{"method":"rank"}"#, "03_normalise/rank_min.csv"),
        (r#"{"method":"borda"}"#, "03_normalise/borda_min.csv"),
        (r#"{"method":"percentile_rank"}"#, "03_normalise/prank_min.csv"),
        (r#"{"method":"distance_to_max"}"#, "03_normalise/dist2max.csv"),
        (r#"{"method":"none"}"#, "03_normalise/none.csv"),
    ] {
        check(&treated(), &format!(r#"{{"normalise":{normalise}}}"#), expected, Recorded::Scores);
    }
    let raw = asem();
    check(&raw, r#"{"normalise":{"method":"min_max"}}"#, "03_normalise/raw_n_minmax.csv", Recorded::Scores);
    check(&raw, r#"{"normalise":{"method":"z_score"}}"#, "03_normalise/raw_n_zscore.csv", Recorded::Scores);
    let with_parameters = (raw.0, file("03_normalise/iMeta_with_parameters.csv"));
    for (normalise, expected) in [
        (r#"{"method":"goalposts","lower":0,"upper":100}"#, "03_normalise/iMeta_n_goalposts_raw.csv"),
        (r#"{"method":"scaled","lower":0,"upper":100}"#, "03_normalise/iMeta_n_scaled_raw.csv"),
        (r#"{"method":"distance_to_target","above":"clip"}"#, "03_normalise/iMeta_n_dist2targ_raw.csv"),
    ] {
        check(&with_parameters, &format!(r#"{{"normalise":{normalise}}}"#), expected, Recorded::Scores);
    }
}

#[test]
fn aggregating() {
    let scaled = r#""normalise":{"method":"min_max","lower":1,"upper":100}"#;
    let weighed = (treated().0, weighing(&treated().1, "04_aggregate/weights_random.csv"));
    for (tables, aggregate, expected) in [
        (&treated(), r#"{"method":"arithmetic"}"#, "amean"),
        (&treated(), r#"{"method":"geometric"}"#, "gmean"),
        (&treated(), r#"{"method":"harmonic"}"#, "hmean"),
        (&treated(), r#"{"method":"generalised","power":2}"#, "genmean_p2"),
        (&treated(), r#"[{"method":"arithmetic"},{"method":"arithmetic"},{"method":"copeland"}]"#, "copeland_top_only"),
        (&weighed, r#"{"method":"arithmetic"}"#, "amean_wrandom"),
        (&weighed, r#"{"method":"geometric"}"#, "gmean_wrandom"),
        (&weighed, r#"{"method":"harmonic"}"#, "hmean_wrandom"),
        (&asem(), r#"{"method":"arithmetic"}"#, "na_amean"),
        (&asem(), r#"{"method":"geometric"}"#, "na_gmean"),
    ] {
        let steps = format!(r#"{{{scaled},"aggregate":{aggregate}}}"#);
        check(tables, &steps, &format!("04_aggregate/{expected}.csv"), Recorded::Scores);
        check(tables, &steps, &format!("04_aggregate/{expected}_ranks.csv"), Recorded::Ranks);
    }
    let strict = format!(r#"{{{scaled},"data_threshold":0.8}}"#);
    check(&asem(), &strict, "04_aggregate/na_amean_thresh0.8.csv", Recorded::Scores);
    check(&asem(), &strict, "04_aggregate/na_amean_thresh0.8_ranks.csv", Recorded::Ranks);
}

#[test]
fn several_years() {
    let panel = (file("00_input/asem_iData_panel.csv"), file("00_input/asem_iMeta.csv"));
    let steps = r#""screen":{"method":"availability","minimum":0.9},
        "treat":{"method":"winsorise","max_points":5,"skewness_limit":2,"kurtosis_limit":3.5,"then":"log_ct"}"#;
    check(&panel, &format!("{{{steps}}}"), "09_panel/purse_treated.csv", Recorded::Values);
    let scored = format!(r#"{{{steps},"normalise":{{"method":"min_max","lower":0,"upper":100}}}}"#);
    check(&panel, &scored, "09_panel/purse_aggregated.csv", Recorded::Scores);
}

#[test]
fn weights_as_the_reference_package_has_them() {
    let answer = compute_coinr(&asem().0, &asem().1, &recipe("{}")).unwrap();
    let (header, rows) = table(&file("07_weights/effective_weights.csv"));
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    for row in rows {
        let found = answer.report.effective_weights[row[at("iCode")].as_str()];
        let expected: f64 = row[at("EffWeight")].parse().unwrap();
        assert!((found - expected).abs() <= 1e-12, "{}: {found}, {expected}", row[at("iCode")]);
    }
}
