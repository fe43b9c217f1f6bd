//! Profiles of schools on Giga's map: which of them are known to be connected.
//!
//! Provider: Giga (UNICEF and ITU), `https://uni-ooi-giga-maps-service.azurewebsites.net/api/v1/schools_profile`, documented at
//! <https://github.com/unicef/giga-maps-api>; a key is needed, and given on request. Calendar: none; the map is filled in as
//! governments and operators report. Checked 2026-11-22 against the documentation; of Kazakhstan no answer is recorded.
//!
//! Quirks: pages of at most a thousand schools, without a total; after the last one comes an empty page or a 404; a server that
//! does not understand `page` gives the first one for ever; what is missing is the text `"null"`; a school may stand on two
//! pages; an error is `{"message", "status"}`. No period is given: the figures are those of the month they were read in.
//!
//! How regions are spelled in `admin1` is not recorded, so only the country is read, with towns and villages apart.

use std::collections::BTreeMap;

use indicators::observation::{Breakdown, ObsStatus, TimePeriod};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::catalogue::DataflowDefinition;
use super::delimited::{self, unexpected};
use super::error::{SourceError, excerpt};
use super::finding::{Finding, FindingKind, Place};
use super::parsed::{Parsed, ProviderArea, ProviderObservation};
use super::request::{Payload, SourceRequest};
use super::slices::json_error;

/// Schools asked for at once: what the provider gives at most.
pub(crate) const PAGE_SCHOOLS: usize = 1000;
/// Most pages asked for: the country has some eight thousand schools.
pub(crate) const MOST_PAGES: usize = 60;

const EXPECTED: &str = "pages of school profiles";

/// What is kept: the day, and the pages as they came.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Journal {
    read_on: Date,
    pages: Vec<Page>,
}

/// The documentation shows a list, its examples an object around it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Page {
    Wrapped { data: Vec<School> },
    List(Vec<School>),
    Refused { message: String },
}

#[derive(Deserialize)]
struct School {
    #[serde(rename = "giga_id_school")]
    id: String,
    #[serde(rename = "country_iso3_code")]
    country: String,
    #[serde(rename = "school_area_type", default)]
    kind_of_area: Value,
    connectivity: Value,
}

/// The request of one page, counted from 1.
pub(crate) fn page(first: &SourceRequest, number: usize) -> SourceRequest {
    let mut url: Url = first.url.clone();
    url.query_pairs_mut().append_pair("page", &number.to_string()).append_pair("size", &PAGE_SCHOOLS.to_string());
    SourceRequest { url, ..first.clone() }
}

/// How many schools stand on a page; `None` when it is no page.
pub(crate) fn schools_on(bytes: &[u8]) -> Option<usize> {
    match serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)) {
        Ok(Page::Wrapped { data } | Page::List(data)) => Some(data.len()),
        Ok(Page::Refused { .. }) | Err(_) => None,
    }
}

/// The payload that is kept of some pages, each byte for byte as it came.
pub(crate) fn joined(read_on: Date, pages: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = format!("{{\"read_on\":\"{read_on}\",\"pages\":[").into_bytes();
    for (index, page) in pages.iter().enumerate() {
        bytes.extend_from_slice(if index == 0 { b"\n" } else { b",\n" });
        bytes.extend_from_slice(page.strip_prefix(b"\xef\xbb\xbf").unwrap_or(page));
    }
    bytes.extend_from_slice(b"\n]}\n");
    bytes
}

pub(super) fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    let part = payload.part;
    let text = delimited::text(payload, EXPECTED)?;
    let refused = |message: &str| SourceError::ProviderMessage { part: part.to_owned(), message: excerpt(message) };
    let journal: Journal = match serde_json::from_str(text) {
        Ok(journal) => journal,
        // An answer that was no page is kept as it came.
        Err(error) => match serde_json::from_str(text) {
            Ok(Page::Refused { message }) => return Err(refused(&message)),
            _ => return Err(json_error(part, EXPECTED, &error)),
        },
    };
    let mut parsed = Parsed::new("giga_schools");
    let mut schools: BTreeMap<String, (Place, Known)> = BTreeMap::new();
    for (page, number) in journal.pages.into_iter().zip(1u32..) {
        let list = match page {
            Page::Wrapped { data } | Page::List(data) => data,
            Page::Refused { message } => return Err(refused(&message)),
        };
        for (school, record) in list.into_iter().zip(1u32..) {
            parsed.rows_read += 1;
            if parsed.rows_read > definition.max_rows {
                let (limit, found) = (definition.max_rows, parsed.rows_read);
                return Err(SourceError::TooLarge { what: "schools", limit, found });
            }
            let place =
                |column: &str| Place { sheet: Some(format!("page {number}")), ..Place::cell(part, record, column) };
            let known = Known::read(definition, &school, &place)?;
            match schools.get_mut(&school.id) {
                None => _ = schools.insert(school.id, (place("giga_id_school"), known)),
                Some((_, before)) if *before == known => parsed.findings.push(Finding {
                    kind: FindingKind::RepeatedRow,
                    place: place("giga_id_school"),
                    expected: "each school once".to_owned(),
                    found: school.id,
                    action: "taken once".to_owned(),
                }),
                Some((_, before)) => {
                    parsed.findings.push(Finding {
                        kind: FindingKind::ConflictingDuplicate,
                        place: place("connectivity"),
                        expected: format!("one state of the school {}", school.id),
                        found: format!("{before:?} and {known:?}"),
                        action: "counted as not known".to_owned(),
                    });
                    before.is_connected = None;
                }
            }
        }
    }
    let period = TimePeriod::Month(journal.read_on.year(), journal.read_on.month().unsigned_abs());
    for urbanisation in ["_T", "U", "R"] {
        let of = |known: &&Known| urbanisation == "_T" || known.urbanisation == Some(urbanisation);
        let count = Count::of(schools.values().map(|(_, known)| known).filter(of));
        for indicator in &definition.indicators {
            let Some(measure) = indicator.series.iter().find_map(|series| Measure::of(series)) else {
                return Err(SourceError::Empty {
                    part: part.to_owned(),
                    expected: "a series mapped, known or connected",
                });
            };
            let value = count.value(measure);
            parsed.observations.push(ProviderObservation {
                place: Place::part(part),
                area: ProviderArea::National,
                indicator: indicator.code.clone(),
                breakdown: Breakdown { urbanisation: urbanisation.to_owned(), ..Breakdown::total() },
                period,
                value,
                status: if value.is_some() { ObsStatus::Normal } else { ObsStatus::Missing },
                raw: value.map_or_else(|| "null".to_owned(), |value| value.to_string()),
            });
        }
    }
    if schools.is_empty() {
        return Err(SourceError::Empty { part: part.to_owned(), expected: "schools" });
    }
    Ok(parsed)
}

/// What is known of a school.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    is_connected: Option<bool>,
    urbanisation: Option<&'static str>,
}

impl Known {
    fn read(
        definition: &DataflowDefinition,
        school: &School,
        place: &dyn Fn(&str) -> Place,
    ) -> Result<Self, SourceError> {
        if school.country != definition.country.as_str() {
            let expected = definition.country.to_string();
            return Err(unexpected(place("country_iso3_code"), expected, &school.country));
        }
        let connectivity = match &school.connectivity {
            Value::Bool(is_connected) => Some(*is_connected),
            Value::Null => None,
            Value::String(word) => match word.to_ascii_lowercase().as_str() {
                "true" => Some(true),
                "false" => Some(false),
                "null" | "" => None,
                _ => return Err(unexpected(place("connectivity"), "true, false or null", word)),
            },
            other => return Err(unexpected(place("connectivity"), "true, false or null", &other.to_string())),
        };
        // Some countries number their kinds of area; which number means what is not said, so those count in the total alone.
        let urbanisation = school.kind_of_area.as_str().map(str::to_ascii_lowercase);
        let urbanisation = match urbanisation.as_deref() {
            Some("urban") => Some("U"),
            Some("rural") => Some("R"),
            _ => None,
        };
        Ok(Self { is_connected: connectivity, urbanisation })
    }
}

/// Schools counted.
#[derive(Default)]
struct Count {
    mapped: u32,
    known: u32,
    connected: u32,
}

impl Count {
    fn of<'a>(schools: impl Iterator<Item = &'a Known>) -> Self {
        let mut count = Self::default();
        for school in schools {
            count.mapped += 1;
            count.known += u32::from(school.is_connected.is_some());
            count.connected += u32::from(school.is_connected == Some(true));
        }
        count
    }

    /// `None` where there is nothing to take a share of.
    fn value(&self, measure: Measure) -> Option<f64> {
        let share = |part: u32, of: u32| (of > 0).then(|| 100.0 * f64::from(part) / f64::from(of));
        match measure {
            Measure::Mapped => (self.mapped > 0).then(|| f64::from(self.mapped)),
            Measure::Known => share(self.known, self.mapped),
            Measure::Connected => share(self.connected, self.known),
        }
    }
}

/// What schools come to.
#[derive(Clone, Copy)]
enum Measure {
    /// How many there are.
    Mapped,
    /// The share of those whose connection is known of.
    Known,
    /// The share of those that are connected, among the known.
    Connected,
}

impl Measure {
    fn of(series: &str) -> Option<Self> {
        match series {
            "mapped" => Some(Self::Mapped),
            "known" => Some(Self::Known),
            "connected" => Some(Self::Connected),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
