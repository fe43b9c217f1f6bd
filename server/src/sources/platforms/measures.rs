//! From rounds to figures: one value a month for each platform and measure.

use std::collections::{BTreeMap, BTreeSet};

use indicators::observation::{Breakdown, ObsStatus, TimePeriod};
use jiff::civil::Date;

use super::rounds::{Journal, Outcome, Round, Sight};
use crate::sources::catalogue::{DataflowDefinition, Monitor, Platform};
use crate::sources::finding::{Finding, FindingKind, Place};
use crate::sources::parsed::{Parsed, ProviderArea, ProviderObservation};

/// The series of all platforms together.
const ALL: &str = "all";

pub(super) fn of(definition: &DataflowDefinition, part: &str, journal: &Journal) -> Parsed {
    let mut parsed = Parsed::new("platform_rounds");
    parsed.rows_read = journal.rounds.len();
    let mut months: BTreeMap<Date, Vec<(u32, &Round)>> = BTreeMap::new();
    for (round, row) in journal.rounds.iter().zip(1u32..) {
        months.entry(round.day.first_of_month()).or_default().push((row, round));
    }
    let newest = months.keys().next_back().copied();
    for (month, rounds) in &months {
        let status = if Some(*month) == newest { ObsStatus::Provisional } else { ObsStatus::Normal };
        let row = rounds.last().map_or(0, |(row, _)| *row);
        let keys: BTreeSet<&str> =
            rounds.iter().flat_map(|(_, round)| &round.sights).map(|sight| sight.platform.as_str()).collect();
        let of = |key: &str| -> Vec<(&Round, &Sight)> {
            let sights = rounds.iter().flat_map(|(_, round)| round.sights.iter().map(move |sight| (*round, sight)));
            sights.filter(|(_, sight)| key == ALL || sight.platform == key).collect()
        };
        for key in keys.into_iter().chain([ALL]) {
            for (measure, value) in values(&of(key)) {
                let series = format!("{key}/{measure}");
                let Some(indicator) = definition.indicator_of_series(&series) else { continue };
                parsed.observations.push(ProviderObservation {
                    place: Place::cell(part, row, &series),
                    area: ProviderArea::National,
                    indicator: indicator.code.clone(),
                    breakdown: Breakdown::total(),
                    period: TimePeriod::Month(month.year(), month.month().unsigned_abs()),
                    value,
                    status: if value.is_some() { status } else { ObsStatus::Missing },
                    raw: value.map_or_else(String::new, |value| value.to_string()),
                });
            }
        }
    }
    if let (Some(monitor), Some((row, round))) =
        (&definition.monitor, months.values().next_back().and_then(|rounds| rounds.last()))
    {
        tell(monitor, part, *row, round, &mut parsed.findings);
    }
    parsed
}

/// The measures of some sights of a month, oldest first.
fn values(sights: &[(&Round, &Sight)]) -> [(&'static str, Option<f64>); 4] {
    let answered: Vec<&Sight> =
        sights.iter().map(|(_, sight)| *sight).filter(|sight| sight.outcome == Outcome::Answered).collect();
    let share = || Some(100.0 * count(answered.len())? / count(sights.len())?);
    let available = (!sights.is_empty()).then(share).flatten();
    let mut times: Vec<u32> = answered.iter().filter_map(|sight| sight.response_ms).collect();
    times.sort_unstable();
    // With an even number of times the median is the mean of the middle two.
    let middle = |at: usize| times.get(at).copied().map(f64::from);
    let response = match times.len() {
        0 => None,
        n => middle((n - 1) / 2).zip(middle(n / 2)).map(|(low, high)| f64::midpoint(low, high)),
    };
    let certificate = sights.iter().rev().find_map(|(round, sight)| days_left(round, sight)).map(f64::from);
    let languages = answered.iter().rev().find_map(|sight| count(sight.languages.as_ref()?.len()));
    [("available", available), ("response_ms", response), ("certificate_days", certificate), ("languages", languages)]
}

fn count(n: usize) -> Option<f64> {
    u32::try_from(n).ok().map(f64::from)
}

/// Whole days from a round to the end of the certificate it met.
fn days_left(round: &Round, sight: &Sight) -> Option<i32> {
    let hours = sight.certificate_until?.duration_since(round.at).as_hours();
    i32::try_from(hours.div_euclid(24)).ok()
}

/// What is remarkable in the newest round.
fn tell(monitor: &Monitor, part: &str, row: u32, round: &Round, findings: &mut Vec<Finding>) {
    for sight in &round.sights {
        let Some(platform) = monitor.platforms.iter().find(|platform| platform.key == sight.platform) else { continue };
        let mut add = |kind, expected: String, found: String| {
            let place = Place::cell(part, row, &platform.name);
            findings.push(Finding { kind, place, expected, found, action: String::new() });
        };
        if sight.outcome != Outcome::Answered {
            let seen = sight.reason.clone().or_else(|| sight.status.map(|status| format!("status {status}")));
            add(FindingKind::NotAvailable, format!("the page {}", platform.url), seen.unwrap_or_default());
            continue;
        }
        if let Some(found) = sight.response_ms.filter(|found| *found > platform.slow_after_ms) {
            add(FindingKind::Slow, format!("an answer within {} ms", platform.slow_after_ms), format!("{found} ms"));
        }
        if let Some(left) = days_left(round, sight).filter(|left| *left <= monitor.certificate_warning_days) {
            let expected = format!("a certificate for more than {} days", monitor.certificate_warning_days);
            add(FindingKind::CertificateEnding, expected, format!("{left} days left"));
        }
        tell_language(monitor, platform, sight, &mut add);
    }
}

fn tell_language(
    monitor: &Monitor,
    platform: &Platform,
    sight: &Sight,
    add: &mut impl FnMut(FindingKind, String, String),
) {
    let (Some(wanted), Some(found)) = (monitor.languages.first(), &sight.answered_in) else { return };
    if found != wanted {
        let expected = format!("{} in {wanted}, which was asked for", platform.url);
        add(FindingKind::OtherLanguage, expected, format!("a page in {found}"));
    }
}
