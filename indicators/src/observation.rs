//! What a provider publishes: [`Observation`] and the things that identify it. Which observation a
//! score uses is decided in [`crate::assembly`], not here.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
#[cfg(feature = "openapi")]
use utoipa::openapi::{RefOr, Schema};

use crate::code::{AreaCode, IndicatorCode};

/// The span of time a value describes: a year, a quarter or a month.
///
/// Written as SDMX writes it: `2023`, `2024-Q3`, `2024-08`. Ordered by the last day, then the
/// shorter span first, so "not after 2023" takes 2023 and its quarters but not 2024-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "String"))]
pub enum TimePeriod {
    /// A calendar year.
    Year(i16),
    /// A quarter, 1 to 4.
    Quarter(i16, u8),
    /// A month, 1 to 12.
    Month(i16, u8),
}

impl TimePeriod {
    /// The calendar year the period ends in.
    #[must_use]
    pub const fn year(self) -> i16 {
        match self {
            Self::Year(year) | Self::Quarter(year, _) | Self::Month(year, _) => year,
        }
    }

    /// The last month the period covers, 1 to 12.
    const fn last_month(self) -> u8 {
        match self {
            Self::Year(_) => 12,
            Self::Quarter(_, quarter) => quarter * 3,
            Self::Month(_, month) => month,
        }
    }

    const fn length_months(self) -> u8 {
        match self {
            Self::Year(_) => 12,
            Self::Quarter(..) => 3,
            Self::Month(..) => 1,
        }
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for TimePeriod {
    fn schema() -> RefOr<Schema> {
        String::schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for TimePeriod {}

impl Ord for TimePeriod {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.year(), self.last_month(), self.length_months()).cmp(&(
            other.year(),
            other.last_month(),
            other.length_months(),
        ))
    }
}

impl PartialOrd for TimePeriod {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for TimePeriod {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(formatter, "{year:04}"),
            Self::Quarter(year, quarter) => write!(formatter, "{year:04}-Q{quarter}"),
            Self::Month(year, month) => write!(formatter, "{year:04}-{month:02}"),
        }
    }
}

/// The text is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the period {found:?}; expected YYYY, YYYY-Qn or YYYY-MM between 1800 and 2199")]
pub struct TimePeriodError {
    /// The text given.
    pub found: String,
}

impl FromStr for TimePeriod {
    type Err = TimePeriodError;

    fn from_str(text: &str) -> Result<Self, TimePeriodError> {
        let refuse = || TimePeriodError { found: text.to_owned() };
        let digits = |part: &str, length: usize| -> Option<i16> {
            (part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| part.parse().ok())
                .flatten()
        };
        let (year, rest) = match text.split_once('-') {
            Some((year, rest)) => (year, Some(rest)),
            None => (text, None),
        };
        let year = digits(year, 4).filter(|year| (1800..=2199).contains(year)).ok_or_else(refuse)?;
        let Some(rest) = rest else { return Ok(Self::Year(year)) };
        let small = |number: i16, top: i16| (1..=top).contains(&number).then(|| u8::try_from(number).ok()).flatten();
        if let Some(quarter) = rest.strip_prefix('Q') {
            let quarter = digits(quarter, 1).and_then(|number| small(number, 4)).ok_or_else(refuse)?;
            return Ok(Self::Quarter(year, quarter));
        }
        let month = digits(rest, 2).and_then(|number| small(number, 12)).ok_or_else(refuse)?;
        Ok(Self::Month(year, month))
    }
}

impl TryFrom<String> for TimePeriod {
    type Error = TimePeriodError;

    fn try_from(text: String) -> Result<Self, TimePeriodError> {
        text.parse()
    }
}

impl From<TimePeriod> for String {
    fn from(period: TimePeriod) -> Self {
        period.to_string()
    }
}

/// SDMX observation status (code list `CL_OBS_STATUS`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ObsStatus {
    /// Normal value.
    #[serde(rename = "A")]
    Normal,
    /// Break in the series: not comparable with the period before.
    #[serde(rename = "B")]
    Break,
    /// Estimated by the provider.
    #[serde(rename = "E")]
    Estimated,
    /// Provisional.
    #[serde(rename = "P")]
    Provisional,
    /// Announced by an official, not measured by a statistical office.
    #[serde(rename = "U")]
    LowReliability,
    /// Missing: the value cannot exist (the area did not exist).
    #[serde(rename = "M")]
    CannotExist,
    /// Missing: the provider publishes no value.
    #[serde(rename = "O")]
    Missing,
    /// Missing: suppressed, mostly because it is confidential. Was written `C`, a letter of another list.
    #[serde(rename = "Q", alias = "C")]
    Confidential,
    /// The magnitude is negligible; the provider printed a dash for zero.
    #[serde(rename = "N")]
    Negligible,
}

impl ObsStatus {
    /// The one-letter SDMX code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Normal => "A",
            Self::Break => "B",
            Self::Estimated => "E",
            Self::Provisional => "P",
            Self::LowReliability => "U",
            Self::CannotExist => "M",
            Self::Missing => "O",
            Self::Confidential => "Q",
            Self::Negligible => "N",
        }
    }
}

/// A breakdown of an indicator by place of residence, sex and age, in SDMX codes.
///
/// `_T` is the total. The three axes are all the sources in use need; a fourth is a change of
/// the stored layout.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Breakdown {
    /// `_T` total, `U` urban, `R` rural.
    #[serde(default = "total")]
    pub urbanisation: String,
    /// `_T` total, `M` male, `F` female.
    #[serde(default = "total")]
    pub sex: String,
    /// `_T` total, or an SDMX age code such as `Y15T24`, `Y_GE15`.
    #[serde(default = "total")]
    pub age: String,
}

fn total() -> String {
    "_T".to_owned()
}

impl Breakdown {
    /// The total over every axis.
    #[must_use]
    pub fn total() -> Self {
        Self { urbanisation: total(), sex: total(), age: total() }
    }

    /// Whether no axis is broken down.
    #[must_use]
    pub fn is_total(&self) -> bool {
        self.urbanisation == "_T" && self.sex == "_T" && self.age == "_T"
    }
}

/// Identifies a series over areas and periods: an indicator and its breakdown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SeriesKey {
    /// The measured indicator.
    pub indicator: IndicatorCode,
    /// Its breakdown.
    #[serde(default = "Breakdown::total")]
    pub breakdown: Breakdown,
}

impl fmt::Display for SeriesKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.indicator)?;
        if !self.breakdown.is_total() {
            let Breakdown { urbanisation, sex, age } = &self.breakdown;
            write!(formatter, ".{urbanisation}.{sex}.{age}")?;
        }
        Ok(())
    }
}

/// One value as a provider published it, in our codes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// What is measured.
    pub series: SeriesKey,
    /// Where.
    pub area: AreaCode,
    /// When.
    pub period: TimePeriod,
    /// The value in the indicator's unit of measure; `None` when missing. Always finite.
    pub value: Option<f64>,
    /// Why it is as it is.
    pub status: ObsStatus,
}

/// The day a vintage was taken: what was known then.
pub type AsOf = Date;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_read_and_write_the_sdmx_forms() {
        fn check(text: &str, expected: Option<TimePeriod>) {
            assert_eq!(text.parse::<TimePeriod>().ok(), expected, "{text:?}");
            if let Some(period) = expected {
                assert_eq!(period.to_string(), text);
            }
        }
        check("2023", Some(TimePeriod::Year(2023)));
        check("2024-Q3", Some(TimePeriod::Quarter(2024, 3)));
        check("2024-08", Some(TimePeriod::Month(2024, 8)));
        for refused in ["", "23", "2024-13", "2024-00", "2024-Q5", "2024-8", "+024", "1799", "2024-08-01", "２０２４"]
        {
            check(refused, None);
        }
    }

    #[test]
    fn periods_are_ordered_by_their_end() {
        let mut periods: Vec<TimePeriod> = ["2024-01", "2023", "2023-12", "2023-Q4", "2024", "2022"]
            .iter()
            .filter_map(|text| text.parse().ok())
            .collect();
        periods.sort_unstable();
        let written: Vec<String> = periods.iter().map(ToString::to_string).collect();
        assert_eq!(written, ["2022", "2023-12", "2023-Q4", "2023", "2024-01", "2024"]);
    }
}
