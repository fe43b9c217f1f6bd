//! Who delivered what stands in a vintage of submitted figures: [`Authors`], from the log.

use std::collections::BTreeMap;

use indicators::code::DataflowId;
use indicators::text::LocalText;

use crate::run_log::{ReceivedPayload, Run, RunHistory};
use crate::store::VintageId;

/// Names by vintage, and by what is in force.
#[derive(Debug, Default)]
pub(super) struct Authors {
    by_vintage: BTreeMap<VintageId, String>,
    in_force: BTreeMap<DataflowId, Vec<String>>,
}

impl Authors {
    /// A vintage holds all accepted submissions; what it added to the one before is whose values it brought. One that
    /// only lost some brought back values of those that stayed.
    pub(super) fn read(history: &RunHistory) -> Self {
        let mut authors = Self::default();
        if history.submissions().is_empty() {
            return authors;
        }
        let mut before: BTreeMap<&DataflowId, &[ReceivedPayload]> = BTreeMap::new();
        for Run { dataflow, vintage, payloads, .. } in history.runs() {
            let Some(vintage) = vintage else { continue };
            let holder = |payload: &ReceivedPayload| history.submission(&payload.part).map(|one| one.holder.clone());
            let names = unique(payloads.iter().filter_map(holder));
            let held = before.insert(dataflow, payloads).unwrap_or_default();
            let is_fresh = |payload: &&ReceivedPayload| held.iter().all(|old| old.sha256 != payload.sha256);
            let fresh = unique(payloads.iter().filter(is_fresh).filter_map(holder));
            let brought = if fresh.is_empty() { &names } else { &fresh };
            if !brought.is_empty() {
                authors.by_vintage.entry(vintage.clone()).or_insert_with(|| brought.join(", "));
            }
            if !names.is_empty() || authors.in_force.contains_key(dataflow) {
                authors.in_force.insert(dataflow.clone(), names);
            }
        }
        authors
    }

    /// Who delivered the values that a vintage brought.
    pub(super) fn of(&self, vintage: &VintageId) -> Option<String> {
        self.by_vintage.get(vintage).cloned()
    }

    /// The attribution of a dataflow with the names of those whose figures are in force.
    pub(super) fn added_to(&self, attribution: &LocalText, dataflow: &DataflowId) -> LocalText {
        let names = self.in_force.get(dataflow).map(Vec::as_slice).unwrap_or_default();
        let added = |text: &str| {
            let others: Vec<&str> = names.iter().map(String::as_str).filter(|name| *name != text).collect();
            [&[text][..], &others].concat().join("; ")
        };
        LocalText { kk: added(&attribution.kk), ru: added(&attribution.ru), en: added(&attribution.en) }
    }
}

fn unique(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut unique: Vec<String> = Vec::new();
    for name in names {
        if !unique.contains(&name) {
            unique.push(name);
        }
    }
    unique
}
