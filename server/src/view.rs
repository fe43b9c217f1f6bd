//! What is published, in memory: the [`View`] that the API and the pages answer from.
//!
//! A view is immutable. A refresh builds a new one and swaps it in; requests under way keep the
//! one they began with. Nothing here computes a score or reads the store while answering.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use indicators::area::AreaList;
use indicators::code::{AreaCode, IndicatorCode};
use indicators::definition::{FrameworkDefinition, Panel};
use indicators::wire::{
    AreaEntry, CriterionEntry, IndexAnswer, IndicatorEntry, ObservationEntry, Profile, ReleaseRef, RunEntry,
    SourceEntry,
};
use serde::{Deserialize, Serialize};

/// A release as it is stored: one panel in one reference year, immutable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// Scores and ranks.
    pub answer: IndexAnswer,
    /// The profile of every area compared, and of the country itself in the panel of regions.
    pub profiles: BTreeMap<AreaCode, Profile>,
}

impl Release {
    /// What the release is.
    #[must_use]
    pub fn reference(&self) -> &ReleaseRef {
        &self.answer.release
    }
}

/// Everything published at one moment.
#[derive(Debug)]
pub struct View {
    /// Content address of everything below: the strong part of every ETag.
    pub id: String,
    /// Code list.
    pub area_list: AreaList,
    /// The framework in force.
    pub framework: FrameworkDefinition,
    /// Areas in the published order.
    pub areas: Vec<AreaEntry>,
    /// Criteria in the order of the framework.
    pub criteria: Vec<CriterionEntry>,
    /// Indicators of both panels in the order of the framework.
    pub indicators: Vec<IndicatorEntry>,
    /// Releases by panel and reference year.
    pub releases: BTreeMap<(Panel, i16), Arc<Release>>,
    /// Newest observations, ordered by indicator, breakdown, area and period.
    pub observations: Vec<ObservationEntry>,
    /// Provenance and freshness of every dataflow.
    pub sources: Vec<SourceEntry>,
    /// Newest runs first, bounded.
    pub runs: Vec<RunEntry>,
    /// What an operator should look at, one sentence each.
    pub problems: Vec<String>,
}

impl View {
    /// The release of a panel: of the given reference year, or the newest.
    #[must_use]
    pub fn release(&self, panel: Panel, reference_year: Option<i16>) -> Option<&Arc<Release>> {
        match reference_year {
            Some(year) => self.releases.get(&(panel, year)),
            None => self.releases.range((panel, i16::MIN)..=(panel, i16::MAX)).next_back().map(|(_, release)| release),
        }
    }

    /// The reference years of a panel, oldest first.
    pub fn years(&self, panel: Panel) -> impl Iterator<Item = i16> {
        self.releases.range((panel, i16::MIN)..=(panel, i16::MAX)).map(|((_, year), _)| *year)
    }

    /// One area of the code list.
    #[must_use]
    pub fn area(&self, code: &str) -> Option<&AreaEntry> {
        self.areas.iter().find(|area| area.code.as_str() == code)
    }

    /// Observations of one measured indicator, totals and breakdowns.
    #[must_use]
    pub fn observations_of(&self, indicator: &IndicatorCode) -> &[ObservationEntry] {
        let start = self.observations.partition_point(|entry| &entry.indicator < indicator);
        let end = self.observations.partition_point(|entry| &entry.indicator <= indicator);
        self.observations.get(start..end).unwrap_or_default()
    }
}

/// The view in force. Cheap to clone and to read.
#[derive(Debug, Clone)]
pub struct ViewHandle(Arc<RwLock<Arc<View>>>);

impl ViewHandle {
    /// Starts with a view.
    #[must_use]
    pub fn new(view: View) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(view))))
    }

    /// The view in force now.
    #[must_use]
    pub fn current(&self) -> Arc<View> {
        // A writer only replaces the pointer, so a poisoned lock still holds a whole view.
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts a new view in force.
    pub fn swap(&self, view: View) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(view);
    }
}
