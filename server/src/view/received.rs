//! The bytes behind a vintage: [`Received`], from the log.

use std::collections::BTreeMap;

use indicators::wire::RunOutcome;

use crate::content_hash::ContentHash;
use crate::run_log::RunHistory;
use crate::store::VintageId;

/// The payload of each vintage that was read from one alone. The store keeps no payload for each value, so where there
/// were several it is not known which of them said a thing.
#[derive(Debug, Default)]
pub(super) struct Received(BTreeMap<VintageId, Option<ContentHash>>);

impl Received {
    /// A run that found nothing new names a vintage that others brought.
    pub(super) fn read(history: &RunHistory) -> Self {
        let mut received = Self::default();
        let brought = history.runs().iter().filter(|run| run.outcome == RunOutcome::Updated);
        for run in brought.filter(|run| !history.is_delivered(&run.dataflow)) {
            let Some(vintage) = &run.vintage else { continue };
            let alone = match run.payloads.as_slice() {
                [payload] => Some(payload.sha256),
                _ => None,
            };
            received.0.entry(vintage.clone()).or_insert(alone);
        }
        received
    }

    /// What a vintage was read from.
    pub(super) fn of(&self, vintage: &VintageId) -> Option<String> {
        self.0.get(vintage).copied().flatten().map(|sha256| sha256.to_string())
    }
}
