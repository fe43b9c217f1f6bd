//! Which figures a question asks for: a key of dimensions, conditions by component, a stretch of
//! time, the first or last of each series. Both versions of the protocol are read into the same.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use indicators::observation::TimePeriod;

use super::structure::Structure;
use crate::formats::table::Role;
use crate::formats::{Field, Head, Row};

/// A question about the figures of one dataflow. The empty one asks for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DataQuery {
    /// Any of these keys: a list of codes for each dimension, empty for all.
    keys: Vec<Vec<Vec<String>>>,
    dimensions: Vec<&'static str>,
    conditions: Vec<(String, Condition)>,
    first: Option<usize>,
    last: Option<usize>,
}

/// Any of several comparisons.
type Condition = Vec<(Operator, String)>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    ContainsNot,
    BeginsWith,
    EndsWith,
}

impl Operator {
    fn read(name: &str) -> Option<Self> {
        Some(match name {
            "eq" => Self::Equal,
            "ne" => Self::NotEqual,
            "lt" => Self::Less,
            "le" => Self::LessOrEqual,
            "gt" => Self::Greater,
            "ge" => Self::GreaterOrEqual,
            "co" => Self::Contains,
            "nc" => Self::ContainsNot,
            "sw" => Self::BeginsWith,
            "ew" => Self::EndsWith,
            _ => return None,
        })
    }

    fn holds(self, concept: &str, found: &str, wanted: &str) -> bool {
        match self {
            Self::Equal => found == wanted,
            Self::NotEqual => found != wanted,
            Self::Contains => found.contains(wanted),
            Self::ContainsNot => !found.contains(wanted),
            Self::BeginsWith => found.starts_with(wanted),
            Self::EndsWith => found.ends_with(wanted),
            Self::Less => !Self::GreaterOrEqual.holds(concept, found, wanted),
            Self::Greater => !Self::LessOrEqual.holds(concept, found, wanted),
            Self::LessOrEqual => match periods(concept, found, wanted) {
                Some((found, wanted)) => end(found) <= end(wanted),
                None => found <= wanted,
            },
            Self::GreaterOrEqual => match periods(concept, found, wanted) {
                Some((found, wanted)) => beginning(found) >= beginning(wanted),
                None => found >= wanted,
            },
        }
    }
}

fn periods(concept: &str, found: &str, wanted: &str) -> Option<(TimePeriod, TimePeriod)> {
    (concept == "TIME_PERIOD").then(|| Some((found.parse().ok()?, wanted.parse().ok()?))).flatten()
}

/// The first month of a period, so that "from 2020" takes in 2020-01 as well as 2020.
const fn beginning(period: TimePeriod) -> (i16, u8) {
    match period {
        TimePeriod::Year(year) => (year, 1),
        TimePeriod::Quarter(year, quarter) => (year, quarter * 3 - 2),
        TimePeriod::Month(year, month) => (year, month),
    }
}

/// The last month of a period.
const fn end(period: TimePeriod) -> (i16, u8) {
    match period {
        TimePeriod::Year(year) => (year, 12),
        TimePeriod::Quarter(year, quarter) => (year, quarter * 3),
        TimePeriod::Month(year, month) => (year, month),
    }
}

/// A question could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{part}: expected {expected}, found {found:?}")]
pub struct QueryError {
    /// Which part of the question.
    pub part: String,
    /// What belongs there.
    pub expected: String,
    /// What was given.
    pub found: String,
}

impl DataQuery {
    /// Asks for a key: codes of the dimensions in their order, separated by `.`; several codes by
    /// `+`, several keys by `,`; nothing or `*` for all.
    ///
    /// # Errors
    /// When it has another number of dimensions than the structure.
    pub fn with_key(mut self, structure: &Structure, key: &str) -> Result<Self, QueryError> {
        self.dimensions = structure.dimensions();
        if matches!(key, "" | "all" | "*") {
            return Ok(self);
        }
        for one in key.split(',') {
            let parts: Vec<Vec<String>> = one
                .split('.')
                .map(|part| match part {
                    "" | "*" => Vec::new(),
                    codes => codes.split('+').map(str::to_owned).collect(),
                })
                .collect();
            if parts.len() != self.dimensions.len() && one != "*" {
                return Err(QueryError {
                    part: "key".to_owned(),
                    expected: format!("{} parts: {}", self.dimensions.len(), self.dimensions.join(".")),
                    found: key.to_owned(),
                });
            }
            self.keys.push(parts);
        }
        Ok(self)
    }

    /// Asks for a condition on a component, as version 3.0 writes it: `ge:2020+le:2022`, `A,B`.
    ///
    /// # Errors
    /// When the component is none of the structure.
    pub fn with_condition(mut self, structure: &Structure, concept: &str, text: &str) -> Result<Self, QueryError> {
        let known: Vec<&str> = structure.columns.iter().filter_map(|column| column.concept).collect();
        if !known.contains(&concept) {
            return Err(QueryError {
                part: format!("c[{concept}]"),
                expected: format!("a component of {}: {}", structure.id, known.join(", ")),
                found: concept.to_owned(),
            });
        }
        // A plus sign that was not encoded arrives as a space.
        for all in text.split(['+', ' ']).filter(|all| !all.is_empty()) {
            let mut operator = Operator::Equal;
            let alternatives = all
                .split(',')
                .map(|one| match one.split_once(':').and_then(|(name, rest)| Some((Operator::read(name)?, rest))) {
                    Some((given, rest)) => {
                        operator = given;
                        (operator, rest.to_owned())
                    }
                    None => (operator, one.to_owned()),
                })
                .collect();
            self.conditions.push((concept.to_owned(), alternatives));
        }
        Ok(self)
    }

    /// Asks for nothing before, or nothing after, a period.
    ///
    /// # Errors
    /// When the text is no period.
    pub fn within(mut self, part: &str, text: &str) -> Result<Self, QueryError> {
        // An instant stands for its day, of which the month is what we know.
        let short = text.split('T').next().unwrap_or(text);
        let short = if short.len() == 10 { short.get(..7).unwrap_or(short) } else { short };
        if short.parse::<TimePeriod>().is_err() {
            return Err(QueryError {
                part: part.to_owned(),
                expected: "YYYY, YYYY-Qn or YYYY-MM".to_owned(),
                found: text.to_owned(),
            });
        }
        let operator = if part == "startPeriod" { Operator::GreaterOrEqual } else { Operator::LessOrEqual };
        self.conditions.push(("TIME_PERIOD".to_owned(), vec![(operator, short.to_owned())]));
        Ok(self)
    }

    /// Asks for the first and the last observations of each series only.
    #[must_use]
    pub fn ends(self, first: Option<u32>, last: Option<u32>) -> Self {
        let count = |number: Option<u32>| number.and_then(|number| usize::try_from(number).ok());
        Self { first: count(first), last: count(last), ..self }
    }

    /// Where among the rows those stand that answer it, in the order they are to be given.
    #[must_use]
    pub fn places<R: Borrow<Row>>(&self, head: &Head, rows: impl Iterator<Item = R>) -> Vec<usize> {
        let place = |concept: &str| head.columns.iter().position(|column| column.concept == Some(concept));
        let keys: Vec<Option<usize>> = self.dimensions.iter().map(|concept| place(concept)).collect();
        let conditions: Vec<(usize, &str, &Condition)> = self
            .conditions
            .iter()
            .filter_map(|(concept, condition)| Some((place(concept)?, concept.as_str(), condition)))
            .collect();
        let text = |row: &Row, place: usize| row.get(place).map(Field::text).unwrap_or_default();
        let takes = |row: &Row| {
            let by_key = self.keys.is_empty()
                || self.keys.iter().any(|key| {
                    keys.iter().zip(key).all(|(place, codes)| {
                        codes.is_empty() || place.is_some_and(|place| codes.contains(&text(row, place)))
                    })
                });
            by_key
                && conditions.iter().all(|(place, concept, condition)| {
                    let found = text(row, *place);
                    condition.iter().any(|(operator, wanted)| operator.holds(concept, &found, wanted))
                })
        };
        let rows = rows.enumerate().filter(|(_, row)| takes(row.borrow()));
        if self.first.is_none() && self.last.is_none() {
            return rows.map(|(at, _)| at).collect();
        }
        let mut series: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
        let dimensions: Vec<usize> = head
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| column.role == Role::Dimension && column.concept != Some("TIME_PERIOD"))
            .map(|(place, _)| place)
            .collect();
        for (at, row) in rows {
            series.entry(dimensions.iter().map(|&place| text(row.borrow(), place)).collect()).or_default().push(at);
        }
        let ends = |all: Vec<usize>| -> Vec<usize> {
            let length = all.len();
            let (first, last) = (self.first.unwrap_or(0), self.last.unwrap_or(0));
            let kept =
                all.into_iter().enumerate().filter(move |(number, _)| *number < first || *number + last >= length);
            kept.map(|(_, at)| at).collect()
        };
        series.into_values().flat_map(ends).collect()
    }
}
