//! [`Selection`]: what the reader chose on a page, as it stands in the query of the address.

use std::fmt::Write;

use indicators::code::CriterionCode;

/// The chosen reference year and criterion. `None` is the newest year and the whole index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Selection {
    /// Reference year.
    pub year: Option<i16>,
    /// Criterion.
    pub criterion: Option<CriterionCode>,
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
                _ => {}
            }
        }
        selection
    }

    /// The query with its question mark; empty when nothing is chosen.
    #[must_use]
    pub fn query(&self) -> String {
        let mut query = String::new();
        let mut sign = '?';
        if let Some(year) = self.year {
            let _ = write!(query, "{sign}year={year}");
            sign = '&';
        }
        if let Some(criterion) = &self.criterion {
            let _ = write!(query, "{sign}criterion={criterion}");
        }
        query
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
        ] {
            assert_eq!(Selection::from_query(query).query(), written, "{query}");
        }
    }
}
