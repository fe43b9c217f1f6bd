//! Every recorded number of the reference package, at 10⁻¹⁰ relative. A departure is marked
//! `DIFFERENCE:` with the reason, and tested from both sides.

mod aggregation;
mod imputation;
mod micro;
mod multivariate;
mod normalisation;
mod panel;
mod peers;
mod sensitivity;
mod stages;
mod treatment;

use std::fs;

use crate::fixture::root;

/// What the recipe of the reference package's example does.
pub(crate) const EXAMPLE: &str = r#"{
    "denominate": {"method": "by_framework"},
    "screen": {"method": "availability", "minimum": 0.9, "when": "after_imputation"},
    "impute": {"method": "group_mean", "group": "EurAsia_group"},
    "treat": {"method": "winsorise", "max_points": 5, "skewness_limit": 2, "kurtosis_limit": 3.5, "then": "log_ct"},
    "normalise": {"method": "min_max", "lower": 0, "upper": 100},
    "aggregate": {"method": "arithmetic"}}"#;

/// A recipe that does nothing but normalise and aggregate.
pub(crate) fn plain(normalise: &str, aggregate: &str) -> String {
    format!(
        r#"{{"screen":{{"method":"none"}},"impute":{{"method":"none"}},"treat":{{"method":"none"}},
            "normalise":{normalise},"aggregate":{aggregate}}}"#
    )
}

#[test]
fn every_recorded_file_is_named_by_a_test() {
    let manifest: serde_json::Value = serde_json::from_slice(&fs::read(root().join("manifest.json")).unwrap()).unwrap();
    let folder = root().join("../../indicators/tests/it");
    let mut tests = String::new();
    for entry in [folder.clone(), folder.join("reference")].iter().flat_map(|folder| fs::read_dir(folder).unwrap()) {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            tests.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    let missing: Vec<&str> = manifest
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| entry["file"].as_str())
        .filter(|file| !tests.contains(*file))
        .collect();
    assert!(missing.is_empty(), "no test names {missing:?}");
}
