//! When a provider is expected to publish: [`ReleaseCalendar`]. Freshness is judged by the periods
//! covered, never by the day of the last download.

use indicators::observation::TimePeriod;
use indicators::wire::Freshness;
use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};
use serde::Deserialize;

/// The declared rhythm of a dataflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseCalendar {
    /// Months from one period to the next: 12 for annual tables, 24 for the survey of every second year.
    pub every_months: u8,
    /// Days from the end of a period to its publication.
    pub lag_days: u16,
    /// Days after the expected publication from which the figures are no longer called current.
    pub stale_after_days: u16,
}

impl ReleaseCalendar {
    /// The day the period after this one should be out.
    #[must_use]
    pub fn next_release(self, last: TimePeriod) -> Option<Date> {
        end_of(last)
            .checked_add(Span::new().months(i32::from(self.every_months)))
            .and_then(|end| end.checked_add(i32::from(self.lag_days).days()))
            .ok()
    }

    /// How fresh a dataflow is that covers periods up to `last`. Late on the day after the expected one.
    #[must_use]
    pub fn freshness(self, last: Option<TimePeriod>, today: Date) -> Freshness {
        let Some(last) = last else { return Freshness::Empty };
        let Some(expected) = self.next_release(last) else { return Freshness::Fresh };
        if today <= expected {
            return Freshness::Fresh;
        }
        match expected.checked_add(i32::from(self.stale_after_days).days()) {
            Ok(limit) if today > limit => Freshness::Stale,
            _ => Freshness::Late,
        }
    }
}

/// The last day of a period.
pub(crate) fn end_of(period: TimePeriod) -> Date {
    let month = match period {
        TimePeriod::Year(_) => 12,
        TimePeriod::Quarter(_, quarter) => i8::try_from(quarter.clamp(1, 4) * 3).unwrap_or(12),
        TimePeriod::Month(_, month) => i8::try_from(month.clamp(1, 12)).unwrap_or(12),
    };
    date(period.year(), month, 1).last_of_month()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_comes_before_stale_and_both_count_from_the_period_covered() {
        let calendar = ReleaseCalendar { every_months: 12, lag_days: 120, stale_after_days: 365 };
        let check = |last: Option<TimePeriod>, today: Date, expected: Freshness| {
            assert_eq!(calendar.freshness(last, today), expected, "{last:?} on {today}");
        };
        let last = Some(TimePeriod::Year(2023));
        assert_eq!(calendar.next_release(TimePeriod::Year(2023)), Some(date(2025, 4, 30)));
        check(None, date(2025, 1, 1), Freshness::Empty);
        check(last, date(2024, 1, 1), Freshness::Fresh);
        check(last, date(2025, 4, 30), Freshness::Fresh);
        check(last, date(2025, 5, 1), Freshness::Late);
        check(last, date(2026, 4, 30), Freshness::Late);
        check(last, date(2026, 5, 1), Freshness::Stale);
        check(Some(TimePeriod::Month(2024, 8)), date(2025, 12, 29), Freshness::Fresh);
    }
}
