//! That runs start when they are due, once, and are waited for.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::future;

use chrono_tz::Asia::Almaty;
use tokio::sync::{Notify, mpsc};
use tokio::task;

use super::*;

const EVERY_SECOND: &str = "* * * * * *";

fn timetable(cron: &str) -> Timetable {
    let appointment = Appointment { dataflow: "EGDI".parse().unwrap(), cron: cron.to_owned() };
    Timetable::new(&[appointment], Almaty, Timestamp::now(), Duration::ZERO, 1).unwrap()
}

/// A schedule over one dataflow whose runs are what they are told to be.
async fn start(cron: &str, asked_at: Option<Timestamp>, refresh: Refresh) -> Schedule {
    let past: PastOf = Arc::new(move |_| Past { asked_at, ..Past::default() });
    Schedule::start_looking(EVERY_SECOND, timetable(cron), past, refresh, Arc::new(|| {})).await.unwrap()
}

#[tokio::test]
async fn a_missed_refresh_is_caught_up_once_and_waited_for() {
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
    let schedule = start("0 0 0 1 1 *", None, refresh).await;
    assert_eq!(begins.recv().await, Some(("EGDI".parse().unwrap(), Trigger::CatchUp)));
    // It is due at every look until it has been written down, and is not started again while it runs.
    for _ in 0..3 {
        schedule.keeper.look();
    }
    task::yield_now().await;
    assert!(begins.try_recv().is_err());
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
    let schedule = start(EVERY_SECOND, Some(Timestamp::now()), refresh).await;
    assert_eq!(begins.recv().await, Some(Trigger::Schedule));
    let keeper = Arc::clone(&schedule.keeper);
    assert!(schedule.shutdown(Duration::from_mins(1)).await);
    while begins.try_recv().is_ok() {}
    keeper.look();
    task::yield_now().await;
    assert!(begins.try_recv().is_err());
}

#[tokio::test]
async fn a_run_that_hangs_does_not_hold_up_the_end() {
    let schedule = start("0 0 0 1 1 *", None, Arc::new(|_, _| Box::pin(future::pending()))).await;
    task::yield_now().await;
    time::pause();
    assert!(!schedule.shutdown(Duration::from_secs(20)).await);
}
