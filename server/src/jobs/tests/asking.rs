//! What came of asking, for the timetable: counted, kept, and nothing where nobody was asked.

use super::*;

#[tokio::test]
async fn what_came_of_asking_is_counted_for_the_timetable_and_survives_a_restart() {
    let (folder, world) = (tempfile::tempdir().unwrap(), World { asking_takes: 90, ..World::default() });
    let mut jobs = world.open(folder.path());
    let nothing = |outcome| nothing(outcome, None);
    for (answer, failures) in [
        (nothing(RunOutcome::Unreachable), 1),
        (nothing(RunOutcome::Failed), 2),
        (nothing(RunOutcome::Unreachable), 3),
        // A provider that gave something is asked again at its own time, whatever it was.
        (payload("KZ-10=BAD"), 0),
        (nothing(RunOutcome::Unreachable), 1),
        (payload("KZ-10=1"), 0),
    ] {
        let run = world.refresh(&jobs, answer).await;
        let expected = Past { asked_at: Some(run.started_at), failures, not_before: None };
        assert_eq!(jobs.past(&flow()), expected, "{:?}", run.outcome);
        if run.outcome == RunOutcome::Unreachable {
            assert_eq!((run.bytes, run.ended_at.duration_since(run.started_at)), (7, SignedDuration::from_secs(90)));
        }
        drop(jobs);
        jobs = world.open(folder.path());
        assert_eq!(jobs.past(&flow()), expected, "{:?}, after a restart", run.outcome);
    }
}

#[tokio::test]
async fn the_time_a_provider_names_is_kept_until_it_gives_something_and_survives_a_restart() {
    let (folder, world) = (tempfile::tempdir().unwrap(), World::default());
    let mut jobs = world.open(folder.path());
    let (tomorrow, later): (Timestamp, Timestamp) =
        ("2026-11-23T06:00:00Z".parse().unwrap(), "2026-11-25T06:00:00Z".parse().unwrap());
    let unreachable = |not_before| nothing(RunOutcome::Unreachable, not_before);
    for (answer, not_before) in [
        (unreachable(Some(later)), Some(later)),
        // Asked by hand in between, it says less, or nothing at all.
        (unreachable(Some(tomorrow)), Some(later)),
        (unreachable(None), Some(later)),
        (payload("KZ-10=1"), None),
        (unreachable(Some(tomorrow)), Some(tomorrow)),
    ] {
        world.refresh(&jobs, answer).await;
        assert_eq!(jobs.past(&flow()).not_before, not_before);
        drop(jobs);
        jobs = world.open(folder.path());
        assert_eq!(jobs.past(&flow()).not_before, not_before, "after a restart");
    }
}

#[tokio::test]
async fn where_there_is_nobody_to_ask_no_run_is_written_and_the_next_time_is_awaited() {
    let (folder, world) = (tempfile::tempdir().unwrap(), World::default());
    let jobs = world.open(folder.path());
    let run = world.refresh(&jobs, payload("KZ-10=1")).await;
    assert_eq!(jobs.past(&flow()).asked_at, Some(run.started_at));
    world.is_deserted.store(true, Ordering::Relaxed);
    world.clock.store(7 * 86_400, Ordering::Relaxed);
    let refused = jobs.refresh(flow(), Trigger::Schedule).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "BNS_SDG_4_A_1 is not asked: it has no address, and no file of it is in the drop folder"
    );
    assert_eq!(outcomes(&jobs), [RunOutcome::Updated]);
    let looked_at = run.started_at + SignedDuration::from_secs(7 * 86_400);
    assert_eq!(jobs.past(&flow()), Past { asked_at: Some(looked_at), ..Past::default() });
    // A file dropped since is taken at the next time, and counts from then on.
    world.is_deserted.store(false, Ordering::Relaxed);
    world.clock.store(8 * 86_400, Ordering::Relaxed);
    let run = world.refresh(&jobs, payload("KZ-10=2")).await;
    assert_eq!((run.outcome, jobs.past(&flow()).asked_at), (RunOutcome::Updated, Some(run.started_at)));
}
