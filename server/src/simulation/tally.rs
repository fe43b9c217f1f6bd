//! What happened, counted over all lives.

use std::collections::BTreeMap;

/// How often each thing happened, over all seeds: a simulation that never meets a fault proves nothing.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Tally(pub(super) BTreeMap<String, u64>);

impl Tally {
    pub(super) fn count(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (what, n) in &other.0 {
            *self.0.entry(what.clone()).or_default() += n;
        }
    }
}
