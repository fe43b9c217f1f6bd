//! `/observations`: the values as published, filtered and paged. A cursor is a place in the order
//! of the observations; it carries the question it was made for and the vintages it was made from,
//! so a page can neither repeat nor skip a value without saying so.

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use indicators::observation::TimePeriod;
use indicators::text::Language;
use indicators::wire::{Citation, ObservationEntry, ObservationsAnswer};
use sha2::{Digest, Sha256};

use crate::error::{ApiError, ErrorCode};
use crate::limits::PUBLISHED;
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Question, Route};
use crate::routes::index::area_name;
use crate::routes::negotiation::Format;
use crate::routes::query::{Kind, LANG, Parameter, Query, bad, read_period};
use crate::routes::sources::known_dataflow;
use crate::routes::suggestion::{Candidate, near};
use crate::routes::table::{Table, shown};
use crate::view::View;

pub(super) static ROUTE: Route = Route {
    path: "/observations",
    operation: "observations",
    summary: "Observations, filtered and paged",
    description: "Values with status, vintage and dataflow, ordered by indicator, breakdown, area and period. JSON \
                  comes in pages; `next_cursor` and the `Link` header lead to the next. When the observations \
                  change between two pages the cursor is refused with 410. CSV comes whole unless `limit` is given. \
                  A missing value is `null` with a status that says why, never 0.",
    segment: None,
    parameters: &[
        Parameter {
            name: "indicator",
            kind: Kind::Codes,
            description: "Only these measured indicators. A derived indicator of the framework is not measured; \
                          `/frameworks` says from which it is made.",
            example: "internet_users",
        },
        Parameter { name: "area", kind: Kind::Codes, description: "Only these areas.", example: "KZ-61" },
        Parameter {
            name: "dataflow",
            kind: Kind::Codes,
            description: "Only from these dataflows.",
            example: "BNS_SDG_17_8_1",
        },
        Parameter {
            name: "period",
            kind: Kind::PeriodRange,
            description: "A period (`2023`, `2024-Q3`, `2024-08`) or a range (`2016..2024`, `2020..`, `..2019`), both \
                          ends included. A year as an end takes in its quarters and months.",
            example: "2020..2023",
        },
        Parameter { name: "start_period", kind: Kind::Period, description: "Not before this period.", example: "2020" },
        Parameter { name: "end_period", kind: Kind::Period, description: "Not after this period.", example: "2023" },
        Parameter {
            name: "urbanisation",
            kind: Kind::Choices(&["_T", "U", "R"]),
            description: "Only totals `_T`, urban `U` or rural `R`.",
            example: "_T",
        },
        Parameter {
            name: "sex",
            kind: Kind::Choices(&["_T", "M", "F"]),
            description: "Only totals `_T`, men `M` or women `F`.",
            example: "_T",
        },
        Parameter {
            name: "age",
            kind: Kind::Codes,
            description: "Only these age groups; `_T` for the total.",
            example: "_T",
        },
        Parameter {
            name: "limit",
            kind: Kind::Integer { least: 1, most: PUBLISHED.max_page_size },
            description: "Observations on a page (default 1000).",
            example: "100",
        },
        Parameter {
            name: "cursor",
            kind: Kind::Token,
            description: "`next_cursor` of the page before, every other parameter but `limit` unchanged.",
            example: "",
        },
        LANG,
    ],
    formats: &[Format::Json, Format::Csv],
    caching: Caching::Minutes,
    refusals: &[ErrorCode::UnknownCode, ErrorCode::ForeignCursor, ErrorCode::CursorExpired],
    schema: SchemaOf::of::<ObservationsAnswer>(),
    answer,
};

/// Which observations are wanted. Empty sets want all.
#[derive(Debug, Default)]
struct Filter<'a> {
    indicators: BTreeSet<&'a str>,
    areas: BTreeSet<String>,
    dataflows: BTreeSet<&'a str>,
    urbanisation: BTreeSet<String>,
    sex: BTreeSet<String>,
    age: BTreeSet<&'a str>,
    not_before: Option<TimePeriod>,
    not_after: Option<TimePeriod>,
}

impl<'a> Filter<'a> {
    fn read(view: &View, query: &'a Query) -> Result<Self, ApiError> {
        let indicators = query.list("indicator");
        for found in &indicators {
            check_indicator(view, found)?;
        }
        let dataflows = query.list("dataflow");
        for found in &dataflows {
            known_dataflow(view, found)?;
        }
        let (from, to) = match query.one("period") {
            Some(range) => read_range(range)?,
            None => (None, None),
        };
        let (start, end) = (query.period("start_period")?, query.period("end_period")?);
        let not_before = from.map(Bound::first).max(start.map(Bound::first));
        let not_after = [to, end].into_iter().flatten().min();
        Ok(Self {
            indicators: indicators.into_iter().collect(),
            areas: query.areas(view)?.into_iter().map(String::from).collect(),
            dataflows: dataflows.into_iter().collect(),
            urbanisation: query.words("urbanisation", &["_T", "U", "R"])?.into_iter().collect(),
            sex: query.words("sex", &["_T", "M", "F"])?.into_iter().collect(),
            age: query.list("age").into_iter().collect(),
            not_before: not_before.map(|bound| bound.0),
            not_after,
        })
    }

    fn takes(&self, entry: &ObservationEntry) -> bool {
        fn among<T: Ord + Borrow<str>>(set: &BTreeSet<T>, code: &str) -> bool {
            set.is_empty() || set.contains(code)
        }
        among(&self.areas, entry.area.as_str())
            && among(&self.dataflows, entry.dataflow.as_str())
            && among(&self.urbanisation, &entry.urbanisation)
            && among(&self.sex, &entry.sex)
            && among(&self.age, &entry.age)
            && self.not_before.is_none_or(|first| Bound::first(entry.period).0 >= first)
            && self.not_after.is_none_or(|last| entry.period <= last)
    }

    /// The stretches of the ordered observations in which the wanted indicators lie.
    fn stretches(&self, view: &View) -> Vec<Range<usize>> {
        if self.indicators.is_empty() {
            let all = 0..view.observations.len();
            return Vec::from([all]);
        }
        let place = |code: &str, past: bool| {
            view.observations.partition_point(|entry| {
                let found = entry.indicator.as_str();
                found < code || (past && found == code)
            })
        };
        self.indicators.iter().map(|code| place(code, false)..place(code, true)).collect()
    }

    /// Identifies the question, so that a cursor cannot be taken to another.
    fn fingerprint(&self) -> String {
        short_hash(&format!("{self:?}"))
    }
}

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let Question { view, query, service, .. } = question;
    let filter = Filter::read(view, query)?;
    let language = query.language()?;
    let limits = service.limits();
    let limit = query.integer("limit", 1, limits.max_page_size)?;
    let limit = match question.format {
        Format::Json => Some(limit.unwrap_or(limits.default_page_size)),
        Format::Csv => limit,
    };
    let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let cursor = Cursor { edition: edition(view), question: filter.fingerprint(), position: 0 };
    let begin = query.one("cursor").map(|found| cursor.resume(found)).transpose()?.unwrap_or_default();

    let stretches = filter.stretches(view);
    let all = || {
        stretches
            .iter()
            .flat_map(Clone::clone)
            .filter_map(|place| view.observations.get(place).map(|entry| (place, entry)))
            .filter(|(_, entry)| filter.takes(entry))
    };
    let mut rest = all().filter(|(place, _)| *place >= begin);
    let page: Vec<&ObservationEntry> = rest.by_ref().take(limit).map(|(_, entry)| entry).collect();
    let next = rest.next().map(|(position, _)| Cursor { position, ..cursor }.to_string());

    match question.format {
        Format::Json => Content::json(&ObservationsAnswer {
            total: u64::try_from(all().count()).unwrap_or(u64::MAX),
            citations: citations(view, &page),
            observations: page.into_iter().cloned().collect(),
            next_cursor: next.clone(),
        }),
        Format::Csv => Content::csv(table(view, &page, language)),
    }
    .map(|content| content.followed_by(next))
}

/// Whom to name for the values of a page.
fn citations(view: &View, page: &[&ObservationEntry]) -> Vec<Citation> {
    let used: BTreeSet<&str> = page.iter().map(|entry| entry.dataflow.as_str()).collect();
    view.sources
        .iter()
        .filter(|source| used.contains(source.dataflow.as_str()))
        .map(|source| Citation {
            dataflow: source.dataflow.clone(),
            attribution: source.attribution.clone(),
            licence: source.licence.clone(),
            landing_url: source.landing_url.clone(),
            as_of: source.as_of,
        })
        .collect()
}

fn table(view: &View, page: &[&ObservationEntry], language: Language) -> Result<Vec<u8>, csv::Error> {
    let mut table = Table::new(&[
        "dataflow",
        "indicator",
        "urbanisation",
        "sex",
        "age",
        "area",
        "area_name",
        "period",
        "value",
        "status",
        "vintage",
    ])?;
    for entry in page {
        table.row([
            entry.dataflow.as_str().into(),
            entry.indicator.as_str().into(),
            (&entry.urbanisation).into(),
            (&entry.sex).into(),
            (&entry.age).into(),
            entry.area.as_str().into(),
            area_name(view, entry.area.as_str(), language).into(),
            shown(Some(entry.period)),
            entry.value.into(),
            entry.status.code().into(),
            (&entry.vintage).into(),
        ])?;
    }
    table.finish()
}

/// Refuses an indicator without observations. One that the framework derives is answered with the
/// measured ones it is made from.
fn check_indicator(view: &View, found: &str) -> Result<(), ApiError> {
    let place = view.observations.partition_point(|entry| entry.indicator.as_str() < found);
    if view.observations.get(place).is_some_and(|entry| entry.indicator.as_str() == found) {
        return Ok(());
    }
    let parts: BTreeSet<String> = view
        .framework
        .indicators
        .iter()
        .filter(|indicator| indicator.code.as_str() == found)
        .flat_map(|indicator| indicator.derivation.iter().chain(&indicator.national_derivation))
        .flat_map(|derivation| derivation.inputs())
        .map(|input| input.series.indicator.to_string())
        .collect();
    let did_you_mean = if parts.is_empty() {
        let measured: BTreeSet<&str> = view.observations.iter().map(|entry| entry.indicator.as_str()).collect();
        near(found, measured.into_iter().map(|code| Candidate { code, names: [""; 3] }))
    } else {
        parts.into_iter().collect()
    };
    Err(ApiError::UnknownCode {
        name: "indicator",
        list: "measured indicators, which /api/v1/frameworks names in each derivation",
        found: found.to_owned(),
        did_you_mean,
    })
}

/// Reads `2023`, `2016..2024`, `2020..` or `..2019`.
fn read_range(found: &str) -> Result<(Option<TimePeriod>, Option<TimePeriod>), ApiError> {
    let Some((from, to)) = found.split_once("..") else {
        let period = read_period("period", found)?;
        return Ok((Some(period), Some(period)));
    };
    let end = |text: &str| (!text.is_empty()).then(|| read_period("period", text)).transpose();
    let (from, to) = (end(from)?, end(to)?);
    match (from, to) {
        (None, None) => Err(bad("period", "a period on at least one side of `..`", found)),
        (Some(first), Some(last)) if Bound::first(first).0 > last => {
            Err(bad("period", "a range whose first period is not after its last", found))
        }
        ends => Ok(ends),
    }
}

/// The beginning of a period as a period, so that "from 2020" takes in 2020-01 as well as 2020.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Bound(TimePeriod);

impl Bound {
    const fn first(period: TimePeriod) -> Self {
        Self(match period {
            TimePeriod::Year(year) => TimePeriod::Month(year, 1),
            TimePeriod::Quarter(year, quarter) => TimePeriod::Month(year, quarter * 3 - 2),
            month @ TimePeriod::Month(..) => month,
        })
    }
}

/// A place in the ordered observations. Written as three hexadecimal parts, opaque to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cursor {
    edition: String,
    question: String,
    position: usize,
}

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}{:x}", self.edition, self.question, self.position)
    }
}

impl Cursor {
    /// The position of a cursor that was made for this question and these observations.
    fn resume(&self, found: &str) -> Result<usize, ApiError> {
        let refuse = || bad("cursor", "the next_cursor of an earlier answer, unchanged", found);
        if !found.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(refuse());
        }
        let (edition, rest) = found.split_at_checked(HASH_LENGTH).ok_or_else(refuse)?;
        let (question, position) = rest.split_at_checked(HASH_LENGTH).ok_or_else(refuse)?;
        let position = usize::from_str_radix(position, 16).map_err(|_not_a_number| refuse())?;
        if question != self.question {
            return Err(ApiError::ForeignCursor);
        }
        if edition != self.edition {
            return Err(ApiError::CursorExpired);
        }
        Ok(position)
    }
}

const HASH_LENGTH: usize = 16;

fn short_hash(text: &str) -> String {
    let mut hash = hex::encode(Sha256::digest(text));
    hash.truncate(HASH_LENGTH);
    hash
}

/// Identifies the observations in force by the vintages they come from. A view is also replaced
/// when a run brings nothing new; that must not break a download under way.
fn edition(view: &View) -> String {
    let vintages: Vec<String> = view
        .sources
        .iter()
        .map(|source| format!("{}={}", source.dataflow, source.vintage.as_deref().unwrap_or_default()))
        .collect();
    short_hash(&format!("{} {}", view.observations.len(), vintages.join(" ")))
}

#[cfg(test)]
mod tests;
