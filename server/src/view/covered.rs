//! Which period a dataflow covers, and how fresh that makes it. The newest figure of one state does not bring a table of two
//! hundred up to date.

use indicators::observation::{Observation, TimePeriod};
use indicators::wire::Freshness;
use jiff::civil::Date;

use crate::checks::areas_by_period;
use crate::sources::DataflowDefinition;
use crate::sources::catalogue::ReleaseCalendar;

/// How far a dataflow reaches.
#[derive(Debug, Clone, Copy)]
pub(super) struct Covered {
    /// The newest period that is covered.
    pub(super) period: Option<TimePeriod>,
    /// The newest period with any value.
    pub(super) last: Option<TimePeriod>,
}

impl Covered {
    /// Figures that cover no period as they must are stale, not absent.
    pub(super) fn freshness(self, calendar: ReleaseCalendar, today: Date) -> Freshness {
        match self {
            Self { period: None, last: Some(_) } => Freshness::Stale,
            Self { period, .. } => calendar.freshness(period, today),
        }
    }
}

/// The newest period in which each indicator that must have several areas has so many. A table is as old as the oldest
/// indicator it must have. Where none is declared to have several, the newest of the country itself counts, else that of
/// any area.
pub(super) fn newest<'a>(
    definition: &DataflowDefinition,
    observations: &(impl Iterator<Item = &'a Observation> + Clone),
) -> Option<TimePeriod> {
    let declared = definition.checks.coverage.iter().filter(|coverage| coverage.min_areas > 1);
    let reached = declared.map(|coverage| {
        let by_period = areas_by_period(&coverage.indicator, observations.clone());
        by_period.into_iter().rev().find(|(_, areas)| areas.len() >= coverage.min_areas).map(|(period, _)| period)
    });
    reached.min().unwrap_or_else(|| {
        let values = || observations.clone().filter(|one| one.value.is_some());
        let of_country = values().filter(|one| one.area == definition.country).map(|one| one.period).max();
        of_country.or_else(|| values().map(|one| one.period).max())
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use indicators::observation::{Breakdown, ObsStatus, SeriesKey};
    use jiff::civil::date;

    use super::*;
    use crate::sources::Catalogue;

    /// The newest period covered by values of areas in years, in the dataflow of this code.
    fn covered(dataflow: &str, values: &[(&str, &str, i16)]) -> Option<TimePeriod> {
        let observations: Vec<Observation> = values
            .iter()
            .map(|(indicator, area, year)| Observation {
                series: SeriesKey { indicator: indicator.parse().unwrap(), breakdown: Breakdown::total() },
                area: area.parse().unwrap(),
                period: TimePeriod::Year(*year),
                value: Some(1.0),
                status: ObsStatus::Normal,
            })
            .collect();
        let catalogue = Catalogue::embedded().unwrap();
        newest(catalogue.find(&dataflow.parse().unwrap()).unwrap(), &observations.iter())
    }

    const REGIONS: [&str; 18] = [
        "KZ-10", "KZ-11", "KZ-15", "KZ-19", "KZ-23", "KZ-27", "KZ-31", "KZ-33", "KZ-35", "KZ-39", "KZ-43", "KZ-47",
        "KZ-55", "KZ-59", "KZ-61", "KZ-62", "KZ-63", "KZ-71",
    ];

    #[test]
    fn one_area_in_the_newest_year_covers_no_table_that_must_have_many() {
        let of =
            |year: i16, regions: usize| REGIONS[..regions].iter().map(move |area| ("qualified_teachers", *area, year));
        let check = |newest: usize, expected: Option<i16>| {
            let values: Vec<_> = of(2022, 18).chain(of(2023, newest)).collect();
            assert_eq!(covered("BNS_SDG_4_C_1_2", &values), expected.map(TimePeriod::Year), "{newest} of 18");
        };
        check(0, Some(2022));
        check(1, Some(2022));
        check(17, Some(2022));
        check(18, Some(2023));
        assert_eq!(covered("BNS_SDG_4_C_1_2", &of(2023, 17).collect::<Vec<_>>()), None);
    }

    #[test]
    fn a_table_is_as_old_as_the_oldest_indicator_it_must_have() {
        let of = |indicator, year| REGIONS[..17].iter().map(move |area| (indicator, *area, year));
        let internet = of("schools_with_internet", 2020).chain(of("schools_with_internet", 2019));
        let values: Vec<_> = internet.chain(of("schools_with_sanitation", 2019)).collect();
        assert_eq!(covered("BNS_SDG_4_A_1", &values), Some(TimePeriod::Year(2019)));
    }

    #[test]
    fn where_no_number_of_areas_is_declared_the_country_counts_before_any_other() {
        let of = |area, year| ("wb_internet_users", area, year);
        let check = |values: &[_], expected| assert_eq!(covered("WB_INTERNET_USERS", values), expected);
        check(&[], None);
        check(&[of("DNK", 2024), of("KAZ", 2022)], Some(TimePeriod::Year(2022)));
        check(&[of("DNK", 2024), of("EST", 2023)], Some(TimePeriod::Year(2024)));
    }

    #[test]
    fn what_covers_no_period_is_stale_and_what_holds_nothing_is_empty() {
        let calendar = ReleaseCalendar { every_months: 12, lag_days: 120, stale_after_days: 365 };
        let check = |period: Option<i16>, last: Option<i16>, expected| {
            let covered = Covered { period: period.map(TimePeriod::Year), last: last.map(TimePeriod::Year) };
            assert_eq!(covered.freshness(calendar, date(2025, 1, 1)), expected, "{covered:?}");
        };
        check(Some(2023), Some(2024), Freshness::Fresh);
        check(Some(2022), Some(2024), Freshness::Late);
        check(None, Some(2024), Freshness::Stale);
        check(None, None, Freshness::Empty);
    }
}
