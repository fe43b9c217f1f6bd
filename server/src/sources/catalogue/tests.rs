//! The embedded catalogue, and contradictions that end the start.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::definitions::Definitions;

#[test]
fn the_embedded_catalogue_is_sound_and_its_urls_are_allowed() {
    let catalogue = Catalogue::embedded().unwrap();
    assert_eq!(catalogue.iter().count(), 28);
    for dataflow in catalogue.iter() {
        assert!(catalogue.provider_of(dataflow).is_some());
        assert!(!dataflow.name.kk.is_empty() && !dataflow.attribution.kk.is_empty());
    }
    let world_bank = catalogue.find(&"WB_INTERNET_USERS".parse().unwrap()).unwrap();
    assert!(catalogue.outside_areas(world_bank).iter().any(|code| code == "WLD"));
}

#[test]
fn every_series_the_framework_reads_is_measured_by_its_dataflow() {
    let catalogue = Catalogue::embedded().unwrap();
    let framework = Definitions::embedded().unwrap().framework;
    let text = serde_json::to_value(&framework).unwrap();
    let mut pairs = Vec::new();
    collect(&text, &mut pairs);
    assert!(pairs.len() > 20, "{pairs:?}");
    for (dataflow, indicator) in pairs {
        let definition = catalogue.find(&dataflow.parse().unwrap());
        let measured = definition.and_then(|definition| definition.indicator(&indicator.parse().unwrap()));
        assert!(measured.is_some(), "{dataflow} does not measure {indicator}");
    }
}

/// Every `{dataflow, series: {indicator}}` in a definition.
fn collect(value: &serde_json::Value, pairs: &mut Vec<(String, String)>) {
    if let (Some(dataflow), Some(indicator)) = (
        value.get("dataflow").and_then(|one| one.as_str()),
        value.pointer("/series/indicator").and_then(|one| one.as_str()),
    ) {
        pairs.push((dataflow.to_owned(), indicator.to_owned()));
    }
    match value {
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, pairs)),
        serde_json::Value::Object(fields) => fields.values().for_each(|field| collect(field, pairs)),
        _ => {}
    }
}

#[test]
fn contradictions_are_refused() {
    let refused = |from: &str, to: &str| {
        assert!(EMBEDDED.contains(from), "{from}");
        Catalogue::read(&EMBEDDED.replacen(from, to, 1)).unwrap_err()
    };
    assert!(matches!(refused("id = \"BNS_SDG_17_6_2\"", "id = \"BNS_SDG_17_8_1\""), CatalogueError::Twice { .. }));
    assert!(matches!(
        refused("provider = \"kz_bns\"", "provider = \"nobody\""),
        CatalogueError::UnknownProvider { .. }
    ));
    assert!(matches!(
        refused("allowed_hosts = [\"stat.gov.kz\"", "allowed_hosts = [\"elsewhere.kz\""),
        CatalogueError::HostNotAllowed { .. }
    ));
    assert!(matches!(refused("range = [0.0, 100.0]", "range = [100.0, 0.0]"), CatalogueError::Limit { .. }));
    assert!(matches!(refused("schedule = \"0 5 4", "schedule = \"5 4"), CatalogueError::Limit { .. }));
    assert!(matches!(refused("pages = { ARM", "editions = []\n# { ARM"), CatalogueError::Limit { .. }));
    assert!(matches!(
        refused("needs_key = true\nclosed =", "needs_key = true\n# closed ="),
        CatalogueError::Limit { .. }
    ));
    assert!(matches!(refused("max_rows = 50000", "max_rows = 50000\nnonsense = 1"), CatalogueError::Toml(_)));
}
