//! When a dataflow is next to be asked: [`Timetable`], decided from its cron expression, what came of asking before,
//! and the time; nothing here waits or starts anything.
//!
//! - Every fire time starts one run, however many passed while the service was down.
//! - A provider that gave nothing is asked again after a quarter of an hour, then after twice as long each time, at
//!   most a day: sooner than a monthly expression would, later than an hourly one; and not before the time it named.
//! - Each start is moved by a part of the jitter, so that providers do not meet all of us at once.

use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds};
use indicators::code::DataflowId;
use jiff::{SignedDuration, Timestamp};

use super::ScheduleError;
use crate::run_log::Trigger;

const FIRST_DELAY: Duration = Duration::from_mins(15);
const LONGEST_DELAY: Duration = Duration::from_hours(24);

/// A provider that asks to be left alone for longer is asked all the same: a slip of its pen must not silence a table for
/// years.
const LONGEST_SILENCE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// One dataflow and when to refresh it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// The dataflow.
    pub dataflow: DataflowId,
    /// Six fields, beginning with seconds.
    pub cron: String,
}

/// What came of asking a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Past {
    /// When it was last asked.
    pub asked_at: Option<Timestamp>,
    /// How often in a row it has given nothing.
    pub failures: u32,
    /// Until when it asked meanwhile to be left alone.
    pub not_before: Option<Timestamp>,
}

/// A run to be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The dataflow.
    pub dataflow: DataflowId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub trigger: Trigger,
}

/// The appointments of one service, from the moment it started.
#[derive(Debug)]
pub struct Timetable {
    entries: Vec<(DataflowId, Cron)>,
    zone: Tz,
    since: Timestamp,
    jitter: Duration,
    salt: u64,
}

impl Timetable {
    /// A timetable.
    ///
    /// # Errors
    /// [`ScheduleError::Cron`] for the first expression that is none.
    pub fn new(
        appointments: &[Appointment],
        zone: Tz,
        since: Timestamp,
        jitter: Duration,
        salt: u64,
    ) -> Result<Self, ScheduleError> {
        let entries = appointments
            .iter()
            .map(|appointment| Ok((appointment.dataflow.clone(), read(appointment)?)))
            .collect::<Result<_, ScheduleError>>()?;
        Ok(Self { entries, zone, since, jitter, salt })
    }

    /// The next start of every dataflow, in the order of the appointments. A time that never comes has none.
    pub fn starts<'a>(
        &'a self,
        now: Timestamp,
        past: impl Fn(&DataflowId) -> Past + 'a,
    ) -> impl Iterator<Item = Start> + 'a {
        self.entries.iter().filter_map(move |(dataflow, cron)| self.next(dataflow, cron, past(dataflow), now))
    }

    fn next(&self, dataflow: &DataflowId, cron: &Cron, past: Past, now: Timestamp) -> Option<Start> {
        // A clock that was set back must not put the next run years ahead.
        let asked_at = past.asked_at.filter(|asked_at| *asked_at <= now);
        let (due, trigger) = match asked_at {
            None => (self.since.min(now), Trigger::CatchUp),
            Some(asked_at) if past.failures > 0 => {
                let delay = SignedDuration::try_from(back_off(past.failures)).ok()?;
                let due = asked_at.checked_add(delay).ok()?;
                let longest = asked_at.checked_add(LONGEST_SILENCE).ok()?;
                (due.max(past.not_before.unwrap_or(due).min(longest)), Trigger::Retry)
            }
            Some(asked_at) => {
                let due = fires_after(cron, asked_at, self.zone)?;
                if due < self.since { (self.since, Trigger::CatchUp) } else { (due, Trigger::Schedule) }
            }
        };
        let at = due.checked_add(SignedDuration::try_from(self.jitter_of(dataflow, due)).ok()?).ok()?;
        Some(Start { dataflow: dataflow.clone(), at, trigger })
    }

    /// The same for one dataflow and time however often it is asked for.
    fn jitter_of(&self, dataflow: &DataflowId, due: Timestamp) -> Duration {
        let seed = [self.salt.to_le_bytes(), due.as_second().to_le_bytes()].concat();
        let hash = crc32fast::hash(&[dataflow.as_str().as_bytes(), &seed].concat());
        self.jitter.mul_f64(f64::from(hash) / f64::from(u32::MAX))
    }
}

/// How long to leave a provider alone that gave nothing so often in a row.
fn back_off(failures: u32) -> Duration {
    FIRST_DELAY.saturating_mul(1 << (failures - 1).min(10)).min(LONGEST_DELAY)
}

/// Reads an expression exactly as the scheduler does.
fn read(appointment: &Appointment) -> Result<Cron, ScheduleError> {
    let Appointment { dataflow, cron } = appointment;
    CronParser::builder().seconds(Seconds::Required).dom_and_dow(true).build().parse(cron).map_err(|error| {
        ScheduleError::Cron { dataflow: dataflow.clone(), found: cron.clone(), reason: error.to_string() }
    })
}

fn fires_after(cron: &Cron, after: Timestamp, zone: Tz) -> Option<Timestamp> {
    let after: DateTime<Utc> = DateTime::from_timestamp(after.as_second(), 0)?;
    let fires = cron.find_next_occurrence(&after.with_timezone(&zone), false).ok()?;
    Timestamp::from_second(fires.timestamp()).ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use std::collections::BTreeSet;

    use chrono_tz::Asia::Almaty;
    use chrono_tz::Europe::Berlin;

    use super::*;
    use crate::sources::Catalogue;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn timetable(cron: &str, since: &str, jitter: Duration) -> Result<Timetable, ScheduleError> {
        let appointment = Appointment { dataflow: "EGDI".parse().unwrap(), cron: cron.to_owned() };
        Timetable::new(&[appointment], Almaty, time(since), jitter, 7)
    }

    fn next(cron: &str, since: &str, asked_at: Option<&str>, failures: u32, now: &str) -> Option<(String, Trigger)> {
        next_after(cron, since, Past { asked_at: asked_at.map(time), failures, not_before: None }, now)
    }

    fn next_after(cron: &str, since: &str, past: Past, now: &str) -> Option<(String, Trigger)> {
        let timetable = timetable(cron, since, Duration::ZERO).unwrap();
        let start = timetable.starts(time(now), |_| past).next();
        start.map(|start| (start.at.to_string(), start.trigger))
    }

    #[test]
    fn a_fire_time_starts_one_run_and_missed_ones_are_caught_up_once() {
        let check = |asked_at: Option<&str>, expected: (&str, Trigger)| {
            let found = next("0 0 6 * * *", "2024-10-20T00:00:00Z", asked_at, 0, "2024-10-25T00:30:00Z");
            assert_eq!(found, Some((expected.0.to_owned(), expected.1)), "{asked_at:?}");
        };
        // Six in the morning in Almaty is one o'clock UTC.
        check(None, ("2024-10-20T00:00:00Z", Trigger::CatchUp));
        check(Some("2024-09-01T01:00:30Z"), ("2024-10-20T00:00:00Z", Trigger::CatchUp));
        check(Some("2024-10-24T01:00:30Z"), ("2024-10-25T01:00:00Z", Trigger::Schedule));
        check(Some("2024-10-24T00:59:59Z"), ("2024-10-24T01:00:00Z", Trigger::Schedule));
        // Written down by a clock that was wrong.
        check(Some("2031-01-01T00:00:00Z"), ("2024-10-20T00:00:00Z", Trigger::CatchUp));
    }

    #[test]
    fn each_dataflow_keeps_its_own_time_and_what_came_of_asking_it() {
        let appointment = |dataflow: &str, cron: &str| {
            let (dataflow, cron) = (dataflow.parse().unwrap(), cron.to_owned());
            Appointment { dataflow, cron }
        };
        let of_each = [
            appointment("DAILY", "0 0 6 * * *"),
            appointment("MONTHLY", "0 30 4 1 * *"),
            appointment("SILENT", "0 0 6 * * *"),
        ];
        let asked_at = time("2024-10-25T01:00:10Z");
        let past = |dataflow: &DataflowId| Past {
            asked_at: Some(asked_at),
            failures: u32::from(dataflow.as_str() == "SILENT"),
            not_before: None,
        };
        let expected = |zone: Tz, times: [&str; 3]| {
            let timetable = Timetable::new(&of_each, zone, time("2024-10-20T00:00:00Z"), Duration::ZERO, 7).unwrap();
            let starts: Vec<_> = timetable.starts(time("2024-10-25T02:00:00Z"), past).collect();
            let found = starts.iter().map(|start| (start.dataflow.to_string(), start.at.to_string(), start.trigger));
            let [daily, monthly, silent] = times.map(str::to_owned);
            assert!(
                found.eq([
                    ("DAILY".to_owned(), daily, Trigger::Schedule),
                    ("MONTHLY".to_owned(), monthly, Trigger::Schedule),
                    ("SILENT".to_owned(), silent, Trigger::Retry),
                ]),
                "{starts:?}"
            );
        };
        let retry = "2024-10-25T01:15:10Z";
        expected(Almaty, ["2024-10-26T01:00:00Z", "2024-10-31T23:30:00Z", retry]);
        // The same expressions by another clock, which is put back in between.
        expected(Berlin, ["2024-10-25T04:00:00Z", "2024-11-01T03:30:00Z", retry]);
    }

    #[test]
    fn every_dataflow_of_the_catalogue_comes_round_within_a_year() {
        let catalogue = Catalogue::embedded().unwrap();
        let asked: Vec<Appointment> = catalogue
            .iter()
            .filter(|dataflow| !dataflow.takes_submissions())
            .map(|dataflow| Appointment { dataflow: dataflow.id.clone(), cron: dataflow.schedule.clone() })
            .collect();
        let now = time("2024-10-25T00:00:00Z");
        let timetable = Timetable::new(&asked, Almaty, now, Duration::ZERO, 7).unwrap();
        let starts: Vec<Start> = timetable.starts(now, |_| Past { asked_at: Some(now), ..Past::default() }).collect();
        assert!(starts.len() == asked.len() && starts.len() > 20, "{} of {}", starts.len(), asked.len());
        for start in starts {
            assert!(start.at.duration_since(now) <= SignedDuration::from_hours(24 * 366), "{start:?}");
        }
    }

    #[test]
    fn a_time_that_never_comes_starts_nothing() {
        let asked_at = Some("2024-10-02T00:00:00Z");
        assert_eq!(next("0 0 6 30 2 *", "2024-10-01T00:00:00Z", asked_at, 0, "2024-11-01T03:00:00Z"), None);
    }

    #[test]
    fn a_provider_that_gives_nothing_is_left_alone_for_longer_each_time() {
        let waits = |failures| {
            let now = "2024-10-25T00:00:00Z";
            // An expression of every month and one of every minute: both wait the same.
            ["0 0 6 1 * *", "0 * * * * *"].map(|cron| {
                let (at, trigger) = next(cron, "2024-10-01T00:00:00Z", Some(now), failures, now).unwrap();
                assert_eq!(trigger, Trigger::Retry);
                time(&at).duration_since(time(now)).as_mins()
            })
        };
        assert_eq!(waits(1), [15; 2]);
        assert_eq!(waits(2), [30; 2]);
        assert_eq!(waits(5), [240; 2]);
        assert_eq!(waits(8), [1440; 2]);
        assert_eq!(waits(u32::MAX), [1440; 2]);
    }

    #[test]
    fn a_provider_that_names_a_time_is_not_asked_before_it_and_not_left_alone_for_years() {
        let asked_at = "2024-10-25T00:00:00Z";
        let waits = |failures: u32, not_before: &str| {
            let past = Past { asked_at: Some(time(asked_at)), failures, not_before: Some(time(not_before)) };
            // The process may have been started anew since.
            ["2024-10-01T00:00:00Z", "2024-10-25T12:00:00Z"].map(|since| {
                let (at, _) = next_after("0 0 * * * *", since, past, "2024-10-25T12:00:00Z").unwrap();
                time(&at).duration_since(time(asked_at)).as_mins()
            })
        };
        let hours = |hours: i64| [60 * hours; 2];
        assert_eq!(waits(1, "2024-10-25T06:00:00Z"), hours(6));
        assert_eq!(waits(1, "2024-10-28T00:00:00Z"), hours(72));
        // What it named is over before we should ask anyway.
        assert_eq!(waits(1, "2024-10-25T00:01:00Z"), [15; 2]);
        assert_eq!(waits(8, "2024-10-25T06:00:00Z"), hours(24));
        assert_eq!(waits(1, "2031-01-01T00:00:00Z"), hours(7 * 24));
        assert_eq!(waits(1, &Timestamp::MAX.to_string()), hours(7 * 24));
    }

    #[test]
    fn the_jitter_moves_a_start_by_a_part_of_itself_and_always_the_same() {
        let now = time("2024-10-25T00:00:00Z");
        let jitter = Duration::from_mins(10);
        let timetable = timetable("0 0 6 * * *", "2024-10-20T00:00:00Z", jitter).unwrap();
        let asked = |day: i64| Past { asked_at: Some(now - SignedDuration::from_hours(24 * day)), ..Past::default() };
        let moved: Vec<i64> = (0..20)
            .map(|day| {
                let at = timetable.starts(now, |_| asked(day)).next().unwrap().at;
                assert_eq!(timetable.starts(now, |_| asked(day)).next().unwrap().at, at);
                (at.as_second() - 3600).rem_euclid(24 * 3600)
            })
            .collect();
        let catch_up = 23 * 3600;
        assert!(moved.iter().all(|seconds| *seconds <= 600 || *seconds - catch_up <= 600), "{moved:?}");
        assert!(moved.iter().collect::<BTreeSet<_>>().len() > 3, "{moved:?}");
    }

    #[test]
    fn a_wrong_expression_is_named() {
        for wrong in ["0 6 * * *", "0 61 6 * * *", "every day", ""] {
            let error = timetable(wrong, "2024-10-20T00:00:00Z", Duration::ZERO).unwrap_err();
            assert!(error.to_string().starts_with(&format!("the dataflow EGDI has the schedule {wrong:?}")), "{error}");
        }
    }
}
