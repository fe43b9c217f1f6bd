//! What the pages are rendered from: [`Site`], a plain struct the server fills with what it has
//! published. Borrowed, because a page is rendered from memory and keeps nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indicators::code::{AreaCode, CriterionCode, DataflowId, IndicatorCode};
use indicators::comparison::ScoreChange;
use indicators::definition::{FrameworkDefinition, Panel, UnitOfMeasure};
use indicators::wire::{
    AreaEntry, CriterionEntry, IndexAnswer, IndexEntry, IndicatorEntry, ObservationEntry, Profile, RevisionEntry,
    SourceEntry,
};
use jiff::civil::Date;

use crate::geography::Geography;

/// Everything published, as the pages see it.
#[derive(Debug, Clone)]
pub struct Site<'a> {
    /// The framework in force.
    pub framework: &'a FrameworkDefinition,
    /// Areas in the published order.
    pub areas: &'a [AreaEntry],
    /// Criteria in the order of the framework.
    pub criteria: &'a [CriterionEntry],
    /// Indicators of both panels.
    pub indicators: &'a [IndicatorEntry],
    /// Releases by panel and reference year.
    pub releases: BTreeMap<(Panel, i16), PublishedRelease<'a>>,
    /// Why the scores of regions differ from those of the year before: filled for the page of releases.
    pub changes: Vec<ScoreChange>,
    /// What was said of the inputs of an indicator and later said otherwise, newest first: filled for the page of the
    /// indicator.
    pub revisions: Vec<Revised>,
    /// The days on which figures came in, with what they came in; oldest first.
    pub arrivals: &'a BTreeMap<Date, BTreeSet<DataflowId>>,
    /// The learning platforms whose availability is measured, by name, with the dataflow that measures.
    pub platforms: &'a BTreeMap<String, DataflowId>,
    /// Newest observations, ordered by indicator, breakdown, area and period.
    pub observations: &'a [ObservationEntry],
    /// Provenance and freshness of every dataflow.
    pub sources: &'a [SourceEntry],
    /// The formats the API gives.
    pub formats: &'a [FormatLink],
    /// The map.
    pub geography: Arc<Geography>,
    /// Where style sheet and scripts are served.
    pub assets: AssetLinks,
    /// Scheme and host for absolute links, `https://example.org`; empty when unknown.
    pub origin: &'a str,
    /// Version of the program.
    pub version: &'a str,
}

/// A value that was revised, as it is measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Revised {
    /// Both values and both vintages.
    pub entry: RevisionEntry,
    /// The unit of both values.
    pub unit: UnitOfMeasure,
    /// Digits after the decimal point for people.
    pub decimals: u8,
    /// The day of the vintage that had brought the former value.
    pub before_since: Date,
    /// The day of the vintage that changed it.
    pub after_since: Date,
}

/// A format of a resource of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormatLink {
    /// The path of the resource below the API's own.
    pub resource: &'static str,
    /// The name of the format.
    pub name: &'static str,
    /// What asks for it behind the path.
    pub suffix: &'static str,
}

/// A release as the pages see it.
#[derive(Debug, Clone, Copy)]
pub struct PublishedRelease<'a> {
    /// Scores and ranks.
    pub answer: &'a IndexAnswer,
    /// Profiles by area, with the country's own.
    pub profiles: &'a BTreeMap<AreaCode, Profile>,
}

/// Addresses of the files a page needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AssetLinks {
    /// The style sheet.
    pub style: String,
    /// The icon.
    pub icon: String,
    /// The typeface, a file each weight.
    pub fonts: Vec<String>,
    /// The loader of the islands with the module and the program it loads; `None` when none were built.
    pub islands: Option<IslandLinks>,
    /// The same for the page of one's own weights, whose module carries the mathematics.
    pub weights: Option<IslandLinks>,
}

/// The scripts of the islands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IslandLinks {
    /// The loader.
    pub loader: String,
    /// The module that the loader imports.
    pub module: String,
    /// The program that the module starts.
    pub program: String,
}

impl<'a> Site<'a> {
    /// One area.
    #[must_use]
    pub fn area(&self, code: &AreaCode) -> Option<&'a AreaEntry> {
        self.areas.iter().find(|area| area.code == *code)
    }

    /// One criterion.
    #[must_use]
    pub fn criterion(&self, code: &CriterionCode) -> Option<&'a CriterionEntry> {
        self.criteria.iter().find(|criterion| criterion.code == *code)
    }

    /// One indicator.
    #[must_use]
    pub fn indicator(&self, panel: Panel, code: &IndicatorCode) -> Option<&'a IndicatorEntry> {
        self.indicators.iter().find(|indicator| indicator.panel == panel && indicator.code == *code)
    }

    /// One dataflow.
    #[must_use]
    pub fn source(&self, dataflow: &DataflowId) -> Option<&'a SourceEntry> {
        self.sources.iter().find(|source| source.dataflow == *dataflow)
    }

    /// The reference years of a panel, oldest first.
    #[must_use]
    pub fn years(&self, panel: Panel) -> Vec<i16> {
        self.releases.range((panel, i16::MIN)..=(panel, i16::MAX)).map(|((_, year), _)| *year).collect()
    }

    /// The release of a panel: of the given year when there is one, else the newest.
    #[must_use]
    pub fn release(&self, panel: Panel, year: Option<i16>) -> Option<PublishedRelease<'a>> {
        let named = year.and_then(|year| self.releases.get(&(panel, year)));
        named
            .or_else(|| self.releases.range((panel, i16::MIN)..=(panel, i16::MAX)).next_back().map(|(_, found)| found))
            .copied()
    }

    /// The release of a panel for a year, or the newest, and before it the one of the year before.
    #[must_use]
    pub fn pair(&self, panel: Panel, year: Option<i16>) -> Option<(PublishedRelease<'a>, PublishedRelease<'a>)> {
        let later = self.release(panel, year)?;
        let (_, earlier) = self.releases.range((panel, i16::MIN)..(panel, later.year())).next_back()?;
        Some((*earlier, later))
    }

    /// The observations of one measured indicator.
    #[must_use]
    pub fn observations_of(&self, indicator: &IndicatorCode) -> &'a [ObservationEntry] {
        let start = self.observations.partition_point(|entry| entry.indicator < *indicator);
        let end = self.observations.partition_point(|entry| entry.indicator <= *indicator);
        self.observations.get(start..end).unwrap_or_default()
    }
}

impl<'a> PublishedRelease<'a> {
    /// The reference year.
    #[must_use]
    pub fn year(&self) -> i16 {
        self.answer.release.reference_year
    }

    /// The index of one area.
    #[must_use]
    pub fn entry(&self, area: &AreaCode) -> Option<&'a IndexEntry> {
        self.answer.index.iter().find(|entry| entry.area == *area)
    }

    /// The index of one area of the panel or of the country itself.
    #[must_use]
    pub fn any_entry(&self, area: &AreaCode) -> Option<&'a IndexEntry> {
        self.entry(area).or_else(|| self.answer.national.as_ref().filter(|national| national.area == *area))
    }
}
