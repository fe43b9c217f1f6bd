//! What is told about a payload: [`Finding`], with row, column, expected and found. An error that
//! ends the reading is a [`super::SourceError`]; it turns into a finding to be shown.

use std::fmt;

use indicators::wire::RunFinding;
use serde::{Deserialize, Serialize};

/// Where in a payload something stands. Rows count from 1 and include the header, as a
/// spreadsheet shows them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// The part of the dataflow.
    #[serde(default)]
    pub part: String,
    /// The sheet of a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The row.
    #[serde(default)]
    pub row: Option<u32>,
    /// The column, by its name in the payload.
    #[serde(default)]
    pub column: Option<String>,
}

impl Place {
    /// The payload as a whole.
    #[must_use]
    pub fn part(part: &str) -> Self {
        Self { part: part.to_owned(), ..Self::default() }
    }

    /// A cell of a table.
    #[must_use]
    pub fn cell(part: &str, row: u32, column: &str) -> Self {
        Self { part: part.to_owned(), sheet: None, row: Some(row), column: Some(column.to_owned()) }
    }
}

/// The kinds of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A decimal comma was read as a decimal point.
    DecimalComma,
    /// A row lacks the area column; read as the national value, by the rule of the dataflow.
    ShortRow,
    /// A column bears a name it had in an older or passed-on copy.
    RenamedColumn,
    /// The same cell stands twice with the same value.
    RepeatedRow,
    /// The same cell stands twice with different values.
    ConflictingDuplicate,
    /// The published figures do not fit each other.
    PublishedInconsistency,
    /// A period before the area existed: computed back by the provider.
    BackCast,
    /// The area is not in the code list.
    UnknownArea,
    /// A known area outside the code list, left out by declaration.
    OutsideArea,
    /// Periods before those the service can hold, left out by the rule of the format.
    OutsidePeriod,
    /// A period after the area had ceased to exist.
    AfterEnd,
    /// A value outside the range declared for its indicator.
    #[serde(rename = "value_out_of_range")]
    OutOfRange,
    /// A period after the day of the refresh.
    FuturePeriod,
    /// Fewer values than declared.
    TooFewRows,
    /// Fewer areas with a value than declared, or none of an area that the last vintage had.
    AreaVanished,
    /// The newest period of the last vintage is not there any more.
    PeriodVanished,
    /// A value of the last vintage is there no more.
    #[serde(rename = "value_withdrawn")]
    Withdrawn,
    /// A value far from the one of the last vintage.
    Jump,
    /// A value many times larger or smaller than the one it follows.
    OtherScale,
    /// A platform did not give its front page.
    NotAvailable,
    /// A platform answered later than it should.
    Slow,
    /// The certificate of a platform ends soon.
    CertificateEnding,
    /// A platform answered in another language than the one asked for.
    OtherLanguage,
    /// The payload could not be read.
    Unreadable,
    /// A column is missing.
    #[serde(rename = "column_missing")]
    MissingColumn,
    /// A code, number or period that is none.
    Malformed,
    /// The provider answered with an error or with a page instead of data.
    NotData,
    /// The payload ends too early.
    Truncated,
    /// The payload exceeds a limit.
    TooLarge,
}

impl FindingKind {
    /// The stable code shown in `/runs`; the same as in the run log.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::DecimalComma => "decimal_comma",
            Self::ShortRow => "short_row",
            Self::RenamedColumn => "renamed_column",
            Self::RepeatedRow => "repeated_row",
            Self::ConflictingDuplicate => "conflicting_duplicate",
            Self::PublishedInconsistency => "published_inconsistency",
            Self::BackCast => "back_cast",
            Self::UnknownArea => "unknown_area",
            Self::OutsideArea => "outside_area",
            Self::OutsidePeriod => "outside_period",
            Self::AfterEnd => "after_end",
            Self::OutOfRange => "value_out_of_range",
            Self::FuturePeriod => "future_period",
            Self::TooFewRows => "too_few_rows",
            Self::AreaVanished => "area_vanished",
            Self::PeriodVanished => "period_vanished",
            Self::Withdrawn => "value_withdrawn",
            Self::Jump => "jump",
            Self::OtherScale => "other_scale",
            Self::NotAvailable => "not_available",
            Self::Slow => "slow",
            Self::CertificateEnding => "certificate_ending",
            Self::OtherLanguage => "other_language",
            Self::Unreadable => "unreadable",
            Self::MissingColumn => "column_missing",
            Self::Malformed => "malformed",
            Self::NotData => "not_data",
            Self::Truncated => "truncated",
            Self::TooLarge => "too_large",
        }
    }
}

/// Something worth telling about a payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind.
    pub kind: FindingKind,
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What was expected.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// What was done about it; empty when nothing was.
    #[serde(default)]
    pub action: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.place.part)?;
        if let Some(sheet) = &self.place.sheet {
            write!(formatter, ", sheet {sheet}")?;
        }
        if let Some(row) = self.place.row {
            write!(formatter, ", row {row}")?;
        }
        if let Some(column) = &self.place.column {
            write!(formatter, ", column {column}")?;
        }
        write!(formatter, ": expected {}, found {}", self.expected, self.found)?;
        if !self.action.is_empty() {
            write!(formatter, "; {}", self.action)?;
        }
        Ok(())
    }
}

impl From<&Finding> for RunFinding {
    fn from(finding: &Finding) -> Self {
        Self {
            code: finding.kind.code().to_owned(),
            row: finding.place.row.map(u64::from),
            column: finding.place.column.clone(),
            expected: Some(finding.expected.clone()),
            found: Some(finding.found.clone()),
            message: finding.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_run_log_and_messages_say_where() {
        let finding = Finding {
            kind: FindingKind::OutOfRange,
            place: Place::cell("a.csv", 7, "Value"),
            expected: "0 to 100".to_owned(),
            found: "368.9".to_owned(),
            action: "withheld".to_owned(),
        };
        let wire = RunFinding::from(&finding);
        assert_eq!(wire.message, "a.csv, row 7, column Value: expected 0 to 100, found 368.9; withheld");
        assert_eq!(serde_json::to_value(finding.kind).ok(), Some(serde_json::Value::from(finding.kind.code())));
        let text = serde_json::to_string(&finding).unwrap_or_default();
        assert_eq!(serde_json::from_str::<Finding>(&text).ok(), Some(finding));
    }
}
