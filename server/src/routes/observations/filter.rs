//! Which observations a question is about.

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::ops::Range;

use indicators::observation::TimePeriod;
use indicators::wire::{ObservationEntry, RevisionEntry};

use crate::error::ApiError;
use crate::routes::cursor::short_hash;
use crate::routes::query::{Query, bad, read_period};
use crate::routes::sources::known_dataflow;
use crate::routes::suggestion::{Candidate, near};
use crate::view::View;

/// Which observations are wanted. Empty sets want all.
#[derive(Debug, Default)]
pub(in crate::routes) struct Filter<'a> {
    indicators: BTreeSet<&'a str>,
    areas: BTreeSet<String>,
    dataflows: BTreeSet<&'a str>,
    urbanisation: BTreeSet<String>,
    sex: BTreeSet<String>,
    age: BTreeSet<&'a str>,
    not_before: Option<TimePeriod>,
    not_after: Option<TimePeriod>,
}

fn among<T: Ord + Borrow<str>>(set: &BTreeSet<T>, code: &str) -> bool {
    set.is_empty() || set.contains(code)
}

impl<'a> Filter<'a> {
    pub(in crate::routes) fn read(view: &View, query: &'a Query) -> Result<Self, ApiError> {
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

    /// Whether a revision of an observation is wanted.
    pub(in crate::routes) fn takes_revision(&self, of: &RevisionEntry) -> bool {
        among(&self.indicators, of.indicator.as_str())
            && among(&self.areas, of.area.as_str())
            && among(&self.dataflows, of.dataflow.as_str())
            && self.takes_period(of.period)
    }

    fn takes_period(&self, period: TimePeriod) -> bool {
        self.not_before.is_none_or(|first| Bound::first(period).0 >= first)
            && self.not_after.is_none_or(|last| period <= last)
    }

    pub(super) fn takes(&self, entry: &ObservationEntry) -> bool {
        among(&self.areas, entry.area.as_str())
            && among(&self.dataflows, entry.dataflow.as_str())
            && among(&self.urbanisation, &entry.urbanisation)
            && among(&self.sex, &entry.sex)
            && among(&self.age, &entry.age)
            && self.takes_period(entry.period)
    }

    /// The stretches of the ordered observations in which the wanted indicators lie.
    pub(super) fn stretches(&self, view: &View) -> Vec<Range<usize>> {
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
    pub(super) fn fingerprint(&self, as_of: &str) -> String {
        short_hash(&format!("{self:?} {as_of}"))
    }
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
