//! What was said and later said otherwise, from the observations that stood in earlier vintages. Additions and withdrawals
//! are no revisions.

use std::collections::BTreeMap;

use indicators::wire::{ObservationEntry, RevisionEntry};
use jiff::civil::Date;

use super::{View, observation_order};
use crate::store::VintageId;

/// One thing that was said of a place, since a vintage and until a day.
struct Said<'a> {
    since: VintageId,
    until: Option<Date>,
    entry: &'a ObservationEntry,
}

impl View {
    /// Every revision, by the vintage that brought it, newest first.
    #[must_use]
    pub fn revisions(&self) -> Vec<RevisionEntry> {
        self.revisions_among(|_| true).into_iter().map(|(_, _, revision)| revision).collect()
    }

    /// The revisions of some observations, each with the vintages that brought the former and the present value.
    pub(crate) fn revisions_among(
        &self,
        takes: impl Fn(&ObservationEntry) -> bool,
    ) -> Vec<(VintageId, VintageId, RevisionEntry)> {
        let mut places: BTreeMap<_, Vec<Said<'_>>> = BTreeMap::new();
        for (entry, until) in self.past.iter().filter(|(entry, _)| takes(entry)) {
            if let Ok(since) = entry.vintage.parse() {
                places.entry(place(entry)).or_default().push(Said { since, until: Some(*until), entry });
            }
        }
        for entry in &self.observations {
            // Most places were never said anything else of.
            if let Some(said) = places.get_mut(&place(entry))
                && let Ok(since) = entry.vintage.parse()
            {
                said.push(Said { since, until: None, entry });
            }
        }
        let mut found = Vec::new();
        for mut said in places.into_values() {
            said.sort_by(|one, other| one.since.cmp(&other.since));
            found.extend(said.windows(2).filter_map(|pair| revision(&pair[0], &pair[1])));
        }
        found.sort_by(|(_, one, _), (_, other, _)| {
            (other.date, other.sequence).cmp(&(one.date, one.sequence)).then_with(|| one.dataflow.cmp(&other.dataflow))
        });
        found
    }
}

/// Where an observation stands in its table.
fn place(entry: &ObservationEntry) -> impl Ord + use<'_> {
    observation_order(entry)
}

fn revision(before: &Said<'_>, after: &Said<'_>) -> Option<(VintageId, VintageId, RevisionEntry)> {
    let value = before.entry.value?;
    // Withdrawn, and said again later.
    let follows = before.until == Some(after.since.date);
    if !follows || after.entry.value.map(f64::to_bits) == Some(value.to_bits()) {
        return None;
    }
    let entry = after.entry;
    let revision = RevisionEntry {
        dataflow: entry.dataflow.clone(),
        indicator: entry.indicator.clone(),
        urbanisation: entry.urbanisation.clone(),
        sex: entry.sex.clone(),
        age: entry.age.clone(),
        area: entry.area.clone(),
        period: entry.period,
        before: value,
        before_vintage: before.entry.vintage.clone(),
        after: entry.value,
        after_vintage: entry.vintage.clone(),
    };
    Some((before.since.clone(), after.since.clone(), revision))
}
