//! What all lives share: the definitions and the tables of the providers, and where a wall is weakened on purpose.

use std::sync::Arc;

use indicators::area::AreaList;
use indicators::definition::{Derivation, OpeningRule, Panel, SeriesRef};

use super::tables;
use crate::definitions::Definitions;
use crate::release::PublishedMethod;
use crate::sources::Catalogue;

/// A fault put in on purpose: the laws must notice it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weakness {
    /// Flushing a file or a folder does nothing.
    NoFlush,
    /// Payloads that are refused for nothing but reasons of these codes are taken.
    Without(&'static [&'static str]),
    /// The index loses one batch in some while and says nothing.
    LostBatches,
}

/// What all seeds share: definitions are read once.
pub(super) struct Ground {
    pub(super) definitions: Definitions,
    pub(super) catalogue: Arc<Catalogue>,
    /// As published, but for fewer variants: what is simulated is how releases are kept, not what they say.
    pub(super) method: PublishedMethod,
    /// Where a wall is weakened on purpose.
    pub(super) weakness: Option<Weakness>,
}

impl Ground {
    pub(super) fn new() -> Self {
        let embedded = Definitions::embedded();
        let mut definitions = embedded.unwrap_or_else(|error| unreachable!("embedded definitions: {error}"));
        let areas = definitions.areas.iter().filter(|area| tables::AREAS.contains(&area.code.as_str())).cloned();
        let areas = AreaList::new(areas.collect());
        definitions.areas = areas.unwrap_or_else(|error| unreachable!("four of the areas: {error}"));
        let framework = &mut definitions.framework;
        framework.panels.retain(|panel| panel.panel == Panel::Regions);
        for panel in &mut framework.panels {
            panel.first_year = 2017;
            // The tables have one indicator.
            let reason = panel.opens.reason.clone();
            panel.opens = OpeningRule {
                min_areas_percent: 50,
                min_indicators: 1,
                min_criteria: 1,
                min_valued_criteria_percent: 100,
                reason,
            };
        }
        framework.criteria.truncate(1);
        framework.indicators.retain(|one| one.panel == Panel::Regions && one.code.as_str() == "internet_users");
        let catalogue = tables::catalogue();
        for indicator in &mut framework.indicators {
            if let Some(Derivation::Observed { of: SeriesRef { dataflow, .. } }) = &mut indicator.derivation {
                *dataflow = catalogue.iter().next().map_or_else(|| dataflow.clone(), |first| first.id.clone());
            }
        }
        let mut method = PublishedMethod::current();
        method.robustness.replicates = 8;
        Self { definitions, catalogue: Arc::new(catalogue), method, weakness: None }
    }
}
