//! What a definition may not say: contradictions that end the start.

use std::collections::{BTreeMap, BTreeSet};

use indicators::observation::TimePeriod;

use super::{CatalogueError, DataflowDefinition, LARGEST_ANSWER_BYTES, Monitor, PortalIndex, Provider, SourceFormat};
use crate::store::UpdateMode;

impl DataflowDefinition {
    /// The first fault of a definition.
    pub(super) fn check(
        &self,
        providers: &[Provider],
        outside: &BTreeMap<String, Vec<String>>,
    ) -> Result<(), CatalogueError> {
        let limit = |what: String| CatalogueError::Limit { id: self.id.clone(), what };
        if !providers.iter().any(|provider| provider.key == self.provider) {
            return Err(CatalogueError::UnknownProvider { id: self.id.clone(), provider: self.provider.clone() });
        }
        if let Some(list) = self.outside_areas.as_ref().filter(|list| !outside.contains_key(*list)) {
            return Err(CatalogueError::UnknownOutside { id: self.id.clone(), list: list.clone() });
        }
        if let Some(base_url) = &self.base_url
            && !base_url.host_str().is_some_and(|host| self.allowed_hosts.iter().any(|allowed| allowed == host))
        {
            return Err(CatalogueError::HostNotAllowed { id: self.id.clone(), base_url: base_url.clone() });
        }
        if self.max_bytes == 0 || self.max_bytes > LARGEST_ANSWER_BYTES {
            return Err(limit(format!("max_bytes is {}; expected 1 to {LARGEST_ANSWER_BYTES}", self.max_bytes)));
        }
        let (fields, expected) =
            (self.schedule.split_whitespace().count(), if self.takes_submissions() { 0 } else { 6 });
        if fields != expected {
            return Err(limit(format!("the schedule {:?}; expected {expected} fields", self.schedule)));
        }
        if self.takes_submissions()
            && (self.update != UpdateMode::Replace || self.base_url.is_some() || self.raw_is_open())
        {
            return Err(limit("submissions replace, have no address, and are not handed out as they came".to_owned()));
        }
        if self.monitor.is_some() != (self.format == SourceFormat::PlatformMonitor) {
            return Err(limit("platforms belong to a monitor, and to nothing else".to_owned()));
        }
        if self.history.is_some_and(|history| !matches!(history.since, TimePeriod::Quarter(..)))
            || (self.history.is_some() && self.format != SourceFormat::OoklaTiles)
        {
            return Err(limit("a history begins with a quarter, and belongs to files of tiles".to_owned()));
        }
        if matches!(self.format, SourceFormat::BnsEducationFinance | SourceFormat::BnsInnovation)
            && self.table.is_none()
        {
            return Err(limit("a workbook of several tables, and none of them is named".to_owned()));
        }
        if self.portal_index.is_some() != (self.format == SourceFormat::TaldauIndex) {
            return Err(limit("an index belongs to the data portal, and to nothing else".to_owned()));
        }
        if let Some(fault) = self.portal_index.as_ref().and_then(PortalIndex::fault) {
            return Err(limit(fault));
        }
        if let Some(fault) = self.monitor.as_ref().and_then(Monitor::fault) {
            return Err(limit(fault));
        }
        if self.needs_key && self.closed.is_none() {
            return Err(limit("it needs a key and does not say how to come by one".to_owned()));
        }
        if self.pages.is_empty() == [&self.path, &self.part].iter().any(|text| text.contains("{page}")) {
            return Err(limit("pages belong to a path and a part with {page}, and to nothing else".to_owned()));
        }
        if self.indicators.is_empty() {
            return Err(limit("no indicator".to_owned()));
        }
        let mut claimed = BTreeSet::new();
        for indicator in &self.indicators {
            let (low, high) = indicator.range;
            if !(low.is_finite() && high.is_finite() && low < high) {
                return Err(limit(format!("{}: the range {low} to {high} contains nothing", indicator.code)));
            }
            if indicator.step_limit.is_some_and(|step| !step.is_sound()) {
                return Err(limit(format!(
                    "{}: a step limit wants factors above 1 and a floor above 0",
                    indicator.code
                )));
            }
            for series in &indicator.series {
                if !claimed.insert(series) {
                    return Err(CatalogueError::SeriesTwice { id: self.id.clone(), series: series.clone() });
                }
            }
        }
        Ok(())
    }
}
