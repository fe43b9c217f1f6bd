//! [`Selection`]: what the reader chose on a page, as it stands in the query of the address.

use std::fmt::Write;

use indicators::code::{AreaCode, CriterionCode, IndicatorCode};
use jiff::civil::Date;

use crate::scenario::Scenario;

/// What is chosen. Every page knows a part of it; the server leaves out what the page does not know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Selection {
    /// Reference year; the newest unless chosen.
    pub year: Option<i16>,
    /// Criterion; the whole index unless chosen.
    pub criterion: Option<CriterionCode>,
    /// Areas to compare, in the order chosen.
    pub areas: Vec<AreaCode>,
    /// The indicator to set another against.
    pub against: Option<IndicatorCode>,
    /// The day whose knowledge is shown; what is known now unless chosen.
    pub as_of: Option<Date>,
    /// The reader's own method.
    pub scenario: Scenario,
}

impl Selection {
    /// Reads a query, `year=2023&criterion=internet_access`. What is unknown or malformed counts as
    /// not chosen: an old or mistyped address still opens the page.
    #[must_use]
    pub fn from_query(query: &str) -> Self {
        let mut selection = Self::default();
        for pair in query.split('&') {
            match pair.split_once('=') {
                Some(("year", year)) => selection.year = year.parse().ok(),
                Some(("criterion", code)) => selection.criterion = code.parse().ok(),
                Some(("area", code)) => selection.areas.extend(code.parse()),
                Some(("against", code)) => selection.against = code.parse().ok(),
                Some(("as_of", day)) => selection.as_of = day.parse().ok(),
                Some((name, value)) => {
                    selection.scenario.take(name, value);
                }
                None => {}
            }
        }
        selection
    }

    /// The query with its question mark; empty when nothing is chosen.
    #[must_use]
    pub fn query(&self) -> String {
        let mut pairs = String::new();
        // Writing into a String cannot fail.
        if let Some(year) = self.year {
            let _ = write!(pairs, "year={year}&");
        }
        if let Some(criterion) = &self.criterion {
            let _ = write!(pairs, "criterion={criterion}&");
        }
        for area in &self.areas {
            let _ = write!(pairs, "area={area}&");
        }
        if let Some(against) = &self.against {
            let _ = write!(pairs, "against={against}&");
        }
        if let Some(day) = self.as_of {
            let _ = write!(pairs, "as_of={day}&");
        }
        pairs.push_str(&self.scenario.pairs());
        let pairs = pairs.trim_end_matches('&');
        if pairs.is_empty() { String::new() } else { format!("?{pairs}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_and_written() {
        for (query, written) in [
            ("", ""),
            ("year=2023", "?year=2023"),
            ("criterion=internet_access", "?criterion=internet_access"),
            ("criterion=internet_access&year=2019", "?year=2019&criterion=internet_access"),
            ("year=now&criterion=%3Cb%3E&other=1", ""),
            ("criterion=&year=2020", "?year=2020"),
            ("area=KZ-71&area=&area=KZ-10", "?area=KZ-71&area=KZ-10"),
            ("against=ict_skills", "?against=ict_skills"),
            ("as_of=2024-12-31&year=2022", "?year=2022&as_of=2024-12-31"),
            ("as_of=2024-13-31", ""),
            ("as_of=yesterday&year=2022", "?year=2022"),
            ("aggregate=harmonic&year=2020&w_investment=3", "?year=2020&w_investment=3&aggregate=harmonic"),
        ] {
            assert_eq!(Selection::from_query(query).query(), written, "{query}");
        }
    }
}
