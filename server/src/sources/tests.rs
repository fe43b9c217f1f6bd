//! Every recording goes through the whole line; any bytes at all come back as a result.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::collections::BTreeMap;

use indicators::code::DataflowId;
use indicators::observation::Observation;
use jiff::civil::date;
use proptest::prelude::*;

use super::bundled::{Recording, vintages_of};
use super::catalogue::Catalogue;
use super::request::{Payload, SourceQuery};
use super::{harmonise, parse, requests};
use crate::checks::{CheckOutcome, CheckReport, check};
use crate::definitions::Definitions;

/// Takes one vintage of recordings through the line, on top of what was there.
fn take(id: &str, group: &[Recording], previous: &[Observation]) -> CheckReport {
    let catalogue = Catalogue::embedded().unwrap();
    let areas = Definitions::embedded().unwrap().areas;
    let definition = catalogue.find(&id.parse::<DataflowId>().unwrap()).unwrap();
    let parsed = group
        .iter()
        .map(|recording| parse(definition, &Payload::new(&recording.entry.part, recording.bytes)).unwrap())
        .collect();
    let harmonised = harmonise::harmonise(definition, &areas, catalogue.outside_areas(definition), parsed);
    check(definition, harmonised, previous, date(2026, 11, 22))
}

#[test]
fn every_recording_is_accepted_in_the_order_of_its_vintages() {
    for definition in Catalogue::embedded().unwrap().iter() {
        let groups = vintages_of(&definition.id).unwrap();
        assert!(!groups.is_empty(), "{} has no recording", definition.id);
        let mut known: BTreeMap<_, Observation> = BTreeMap::new();
        for (vintage, group) in groups {
            let previous: Vec<Observation> = known.values().cloned().collect();
            let report = take(definition.id.as_str(), &group, &previous);
            let reasons: Vec<String> = report.reasons.iter().map(ToString::to_string).collect();
            assert_ne!(report.outcome, CheckOutcome::Quarantined, "{} of {vintage}: {reasons:#?}", definition.id);
            for observation in report.observations {
                let key = (observation.series.clone(), observation.area.clone(), observation.period);
                known.insert(key, observation);
            }
        }
    }
}
