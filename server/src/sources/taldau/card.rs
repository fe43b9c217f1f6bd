//! What the portal says of an index before its figures: the number it is kept under, its periods, its segments and its unit.
//!
//! An answer decides what is asked next, so [`Card::next`] is called with the answers there are. A segment is a set of
//! dictionaries and the term at the top of each; the dump must be asked for with all dictionaries of one. The one that is
//! taken is the smallest that begins with regions, has the country at its top, and whose other terms are a declared series.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use url::form_urlencoded::byte_serialize;

use crate::sources::catalogue::{DataflowDefinition, MeasuredIndicator, PortalIndex};
use crate::sources::delimited::unexpected;
use crate::sources::error::{SourceError, excerpt};
use crate::sources::finding::Place;
use crate::sources::request::{self, SourceRequest};

/// What is asked, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The number of an index that is known by its name.
    Search,
    /// The kinds of period it is kept for.
    Periods,
    /// Its segments.
    Segments,
    /// The periods there are.
    Dates,
    /// Its name and unit.
    Attributes,
    /// Its figures.
    Data,
}

impl Step {
    /// Its name in what is kept.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Periods => "periods",
            Self::Segments => "segments",
            Self::Dates => "dates",
            Self::Attributes => "attributes",
            Self::Data => "data",
        }
    }
}

/// The answers so far, without the figures.
#[derive(Debug, Clone, Default)]
pub(crate) struct Card {
    pub(super) search: Option<Value>,
    pub(super) periods: Option<Value>,
    pub(super) segments: Option<Value>,
    pub(super) dates: Option<Value>,
    pub(super) attributes: Option<Value>,
}

#[derive(Deserialize)]
struct Found {
    results: Vec<FoundIndex>,
}

#[derive(Deserialize)]
struct FoundIndex {
    id: Value,
    #[serde(rename = "Name")]
    name: String,
}

#[derive(Deserialize)]
struct KindOfPeriod {
    id: Value,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SegmentAnswer {
    dic_id: Value,
    term_ids: Value,
    names: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dates {
    dates_to_draw: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attributes {
    measure_name: String,
}

/// Dictionaries, and the term at the top of each.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Segment {
    dictionaries: Vec<String>,
    terms: Vec<String>,
}

impl Card {
    /// Notes an answer. Keys come with spaces behind them. `false` when it is no JSON, and so no answer.
    pub(crate) fn note(&mut self, step: Step, bytes: &[u8]) -> bool {
        let bytes = without_mark(bytes);
        // The figures may be many megabytes, and are read by the parser.
        if step == Step::Data {
            return serde_json::from_slice::<IgnoredAny>(bytes).is_ok();
        }
        let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return false };
        match step {
            Step::Search => self.search = Some(value),
            Step::Periods => self.periods = Some(value),
            Step::Segments => self.segments = Some(value),
            Step::Dates => self.dates = Some(value),
            Step::Attributes => self.attributes = Some(value),
            Step::Data => {}
        }
        true
    }

    /// What is to be asked after these answers: the figures last.
    pub(crate) fn next(&self, definition: &DataflowDefinition) -> Result<Option<(Step, SourceRequest)>, SourceError> {
        let Some(portal) = &definition.portal_index else { return Ok(None) };
        let period = portal.period;
        let Some(index) = self.index(definition, portal)? else {
            let name = portal.names.first().map_or("", String::as_str);
            let keyword: String = byte_serialize(name.as_bytes()).collect();
            return ask(definition, Step::Search, &format!("Search?keyword={keyword}"));
        };
        if self.periods.is_none() {
            return ask(definition, Step::Periods, &format!("GetPeriodList?indexId={index}"));
        }
        self.check_period(definition, portal)?;
        let Some(segment) = self.segment(definition, portal)? else {
            return ask(definition, Step::Segments, &format!("GetSegmentList?indexId={index}&periodId={period}"));
        };
        let (dictionaries, terms) = (segment.dictionaries.join(","), segment.terms.join(","));
        if self.dates.is_none() {
            let path = format!(
                "GetIndexPeriods?p_measure_id=1&p_index_id={index}&p_period_id={period}&p_terms={terms}\
                 &p_term_id={}&p_dicIds={dictionaries}",
                portal.country_term
            );
            return ask(definition, Step::Dates, &path);
        }
        if self.attributes.is_none() {
            let path = format!("GetIndexAttributes?periodId={period}&measureID=1&measureKFC=1&indexId={index}");
            return ask(definition, Step::Attributes, &path);
        }
        self.check_unit(definition)?;
        ask(definition, Step::Data, &format!("GetIndexData/{index}?period={period}&dics={dictionaries}"))
    }

    /// The ends of the periods that the portal says it has; `None` when it was not asked.
    pub(super) fn dates(&self, part: &str) -> Result<Option<Vec<String>>, SourceError> {
        Ok(answer::<Dates>(self.dates.as_ref(), part, Step::Dates)?.map(|dates| dates.dates_to_draw))
    }

    /// The number of the index: declared, or that of the one result that bears a declared name.
    fn index(&self, definition: &DataflowDefinition, portal: &PortalIndex) -> Result<Option<String>, SourceError> {
        if let Some(index) = portal.index {
            return Ok(Some(index.to_string()));
        }
        let part = &definition.part;
        let Some(Found { results }) = answer(self.search.as_ref(), part, Step::Search)? else { return Ok(None) };
        let is_meant = |found: &&FoundIndex| portal.names.iter().any(|name| same_words(name, &found.name));
        let mut meant = results.iter().filter(is_meant);
        match (meant.next(), meant.next()) {
            (Some(one), None) => Ok(Some(number(&one.id, &place(part, Step::Search, "id"))?)),
            (Some(one), Some(other)) => {
                let found = format!("{} and {}", written(&one.id), written(&other.id));
                Err(unexpected(place(part, Step::Search, "Name"), "one index of this name", &found))
            }
            (None, _) => Err(SourceError::MissingLabel {
                place: Place::part(part),
                what: "index",
                expected: portal.names.join(" or "),
                found: results.iter().take(12).map(|one| excerpt(one.name.trim())).collect(),
            }),
        }
    }

    fn check_period(&self, definition: &DataflowDefinition, portal: &PortalIndex) -> Result<(), SourceError> {
        let part = &definition.part;
        let kinds: Vec<KindOfPeriod> = answer(self.periods.as_ref(), part, Step::Periods)?.unwrap_or_default();
        if kinds.iter().any(|kind| written(&kind.id) == portal.period.to_string()) {
            return Ok(());
        }
        Err(SourceError::MissingLabel {
            place: Place::part(part),
            what: "period",
            expected: portal.period.to_string(),
            found: kinds.iter().map(|kind| excerpt(&format!("{} {}", written(&kind.id), kind.name.trim()))).collect(),
        })
    }

    /// The smallest segment that holds a declared series by region; of two as small the first.
    fn segment(&self, definition: &DataflowDefinition, portal: &PortalIndex) -> Result<Option<Segment>, SourceError> {
        let part = &definition.part;
        let Some(answers) = answer::<Vec<SegmentAnswer>>(self.segments.as_ref(), part, Step::Segments)? else {
            return Ok(None);
        };
        let mut meant: Option<Segment> = None;
        for one in &answers {
            let segment = Segment {
                dictionaries: numbers(&one.dic_id, &place(part, Step::Segments, "dicId"))?,
                terms: numbers(&one.term_ids, &place(part, Step::Segments, "termIds"))?,
            };
            let is_smaller = meant.as_ref().is_none_or(|best| segment.dictionaries.len() < best.dictionaries.len());
            if is_smaller && segment.holds(definition, portal) {
                meant = Some(segment);
            }
        }
        meant.map(Some).ok_or_else(|| SourceError::MissingLabel {
            place: Place::part(part),
            what: "segment of regions with a declared series",
            expected: definition
                .indicators
                .iter()
                .flat_map(|one| &one.series)
                .cloned()
                .collect::<Vec<_>>()
                .join(" or "),
            found: answers.iter().take(12).map(SegmentAnswer::shown).collect(),
        })
    }

    /// Thousands would be read as ones. Where units are declared the portal must name one of them.
    fn check_unit(&self, definition: &DataflowDefinition) -> Result<(), SourceError> {
        let part = &definition.part;
        let Some(Attributes { measure_name }) = answer(self.attributes.as_ref(), part, Step::Attributes)? else {
            return Ok(());
        };
        let differs = |indicator: &&MeasuredIndicator| {
            let units = &indicator.upstream_units;
            !units.is_empty() && !units.iter().any(|unit| same_words(unit, &measure_name))
        };
        match definition.indicators.iter().find(differs) {
            None => Ok(()),
            Some(indicator) => {
                let expected = format!("the unit {}", indicator.upstream_units.join(" or "));
                Err(unexpected(place(part, Step::Attributes, "measureName"), expected, &measure_name))
            }
        }
    }
}

impl Segment {
    fn holds(&self, definition: &DataflowDefinition, portal: &PortalIndex) -> bool {
        let Self { dictionaries, terms } = self;
        let (Some(of_regions), Some((top, others))) = (dictionaries.first(), terms.split_first()) else { return false };
        dictionaries.len() == terms.len()
            && portal.region_dictionaries.iter().any(|known| known.to_string() == *of_regions)
            && portal.country_term.to_string() == *top
            && definition.indicator_of_series(&others.join(",")).is_some()
    }
}

impl SegmentAnswer {
    fn shown(&self) -> String {
        let names = self.names.as_deref().unwrap_or_default().trim();
        excerpt(&format!("{} with {} ({names})", written(&self.dic_id).trim(), written(&self.term_ids).trim()))
    }
}

/// A text of the portal without the byte order mark it sometimes has.
pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn ask(definition: &DataflowDefinition, step: Step, path: &str) -> Result<Option<(Step, SourceRequest)>, SourceError> {
    let path = format!("{}/{path}", definition.path.trim_end_matches('/'));
    let Some(url) = request::address(definition, &path)? else { return Ok(None) };
    let (dataflow, part) = (definition.id.clone(), definition.part.clone());
    Ok(Some((step, SourceRequest { dataflow, part, url, accept: definition.format.accept(), optional: false })))
}

fn place(part: &str, step: Step, column: &str) -> Place {
    Place { sheet: Some(step.key().to_owned()), column: Some(column.to_owned()), ..Place::part(part) }
}

/// An answer in its shape, its keys without spaces around them.
fn answer<T: DeserializeOwned>(value: Option<&Value>, part: &str, step: Step) -> Result<Option<T>, SourceError> {
    let Some(value) = value else { return Ok(None) };
    serde_json::from_value(with_bare_keys(value)).map(Some).map_err(|error| SourceError::Structure {
        part: part.to_owned(),
        expected: "what the portal says of an index",
        reason: excerpt(&format!("{}: {error}", step.key())),
    })
}

fn with_bare_keys(value: &Value) -> Value {
    match value {
        Value::Array(list) => Value::Array(list.iter().map(with_bare_keys).collect()),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, one)| (key.trim().to_owned(), with_bare_keys(one))).collect())
        }
        other => other.clone(),
    }
}

/// Numbers come as numbers and as text.
fn written(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned())
}

fn number(value: &Value, place: &Place) -> Result<String, SourceError> {
    let text = written(value);
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text);
    }
    Err(unexpected(place.clone(), "a whole number", &text))
}

/// `67 + 915`, ` 741880,741885`, `68`.
fn numbers(value: &Value, place: &Place) -> Result<Vec<String>, SourceError> {
    let text = written(value);
    text.split(['+', ',']).map(|one| number(&Value::from(one), place)).collect()
}

fn same_words(one: &str, other: &str) -> bool {
    let words = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    words(one) == words(other)
}

#[cfg(test)]
mod tests;
