//! What is due, and that runs start and are waited for.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::future;
use std::sync::Mutex;

use chrono_tz::Asia::Almaty;
use tokio::sync::{Notify, mpsc};
use tokio::task;

use super::*;

fn flow() -> DataflowId {
    "EGDI".parse().unwrap()
}

#[test]
fn what_fired_since_the_last_success_is_due() {
    fn check(cron: &str, last_success: Option<&str>, now: &str, expected: bool) {
        let last_success = last_success.map(|time| time.parse().unwrap());
        let due = fell_due(&flow(), cron, Almaty, last_success, now.parse().unwrap()).unwrap();
        assert_eq!(due, expected, "{cron} {last_success:?} {now}");
    }
    // Six in the morning in Almaty is one o'clock UTC.
    check("0 0 6 * * *", None, "2024-10-25T02:00:00Z", true);
    check("0 0 6 * * *", Some("2024-10-24T01:00:30Z"), "2024-10-25T00:59:59Z", false);
    check("0 0 6 * * *", Some("2024-10-24T01:00:30Z"), "2024-10-25T01:00:01Z", true);
    check("0 0 6 * * *", Some("2024-10-25T01:00:30Z"), "2024-10-25T02:00:00Z", false);
    check("0 0 6 * * *", Some("2024-09-01T01:00:30Z"), "2024-10-25T00:00:00Z", true);
    check("0 30 5 1 * *", Some("2024-10-02T00:00:00Z"), "2024-10-31T00:00:00Z", false);
    check("0 30 5 1 * *", Some("2024-10-02T00:00:00Z"), "2024-11-01T03:00:00Z", true);
    // The thirtieth of February.
    check("0 0 6 30 2 *", Some("2024-10-02T00:00:00Z"), "2024-11-01T03:00:00Z", false);
}

#[test]
fn a_wrong_expression_is_named() {
    for wrong in ["0 6 * * *", "0 61 6 * * *", "every day", ""] {
        let error = fell_due(&flow(), wrong, chrono_tz::UTC, None, DateTime::UNIX_EPOCH).unwrap_err();
        assert!(error.to_string().starts_with(&format!("the dataflow EGDI has the schedule {wrong:?}")), "{error}");
    }
}

/// Runs by themselves only on the first of January at midnight.
const RARELY: &str = "0 0 0 1 1 *";

fn appointment(cron: &str, last_success: Option<Timestamp>) -> Vec<Appointment> {
    vec![Appointment { dataflow: flow(), cron: cron.to_owned(), last_success }]
}

#[tokio::test]
async fn a_missed_refresh_is_caught_up_and_waited_for() {
    let (begun, mut begins) = mpsc::unbounded_channel();
    let (gate, finished) = (Arc::new(Notify::new()), Arc::new(Mutex::new(false)));
    let refresh: Refresh = {
        let (gate, finished) = (Arc::clone(&gate), Arc::clone(&finished));
        Arc::new(move |dataflow, trigger| {
            let (begun, gate, finished) = (begun.clone(), Arc::clone(&gate), Arc::clone(&finished));
            Box::pin(async move {
                begun.send((dataflow, trigger)).unwrap();
                gate.notified().await;
                *finished.lock().unwrap() = true;
            })
        })
    };
    let schedule =
        Schedule::start_with_jitter(appointment(RARELY, None), chrono_tz::UTC, refresh, Duration::ZERO).await.unwrap();
    assert_eq!(begins.recv().await, Some((flow(), Trigger::CatchUp)));
    gate.notify_one();
    assert!(schedule.shutdown(Duration::from_mins(1)).await);
    assert!(*finished.lock().unwrap());
}

#[tokio::test]
async fn a_fire_time_starts_a_run_and_none_starts_after_the_end() {
    let (begun, mut begins) = mpsc::unbounded_channel();
    let refresh: Refresh = Arc::new(move |_, trigger| {
        let begun = begun.clone();
        Box::pin(async move {
            begun.send(trigger).unwrap();
        })
    });
    let every_second = appointment("* * * * * *", Some(Timestamp::MAX));
    let schedule = Schedule::start_with_jitter(every_second, Almaty, refresh, Duration::ZERO).await.unwrap();
    assert_eq!(begins.recv().await, Some(Trigger::Schedule));
    assert!(schedule.shutdown(Duration::from_mins(1)).await);
}

#[tokio::test]
async fn a_run_that_hangs_does_not_hold_up_the_end() {
    let refresh: Refresh = Arc::new(|_, _| Box::pin(future::pending()));
    let schedule =
        Schedule::start_with_jitter(appointment(RARELY, None), chrono_tz::UTC, refresh, Duration::ZERO).await.unwrap();
    task::yield_now().await;
    time::pause();
    schedule.shutdown(Duration::from_secs(20)).await;
}
