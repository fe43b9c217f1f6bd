//! The index grows by what was superseded, and makes itself smaller.

use std::ops::Range;

use super::*;

/// The service a day later, when it reads the index from end to end.
fn a_day_later(world: &World, jobs: &Jobs) -> u64 {
    world.clock.fetch_add(24 * 60 * 60, Ordering::Relaxed);
    jobs.keep_current();
    jobs.store().verify().unwrap().releases
}

#[tokio::test]
async fn an_index_full_of_superseded_releases_compacts_itself() {
    let (folder, world) = (tempfile::tempdir().unwrap(), World::default());
    let jobs = world.open(folder.path());
    world.refresh(&jobs, payload("KZ-10=1")).await;
    let keep = |numbers: Range<u64>| {
        jobs.store().put_releases(numbers.map(|number| number.to_le_bytes().to_vec())).unwrap();
    };
    keep(0..MOST_RELEASES);
    assert_eq!(a_day_later(&world, &jobs), MOST_RELEASES, "as many as are allowed");
    keep(MOST_RELEASES..MOST_RELEASES + 1);
    assert_eq!(a_day_later(&world, &jobs), 0, "none of them is in force");
    // What counts is there, and the index can be written on.
    assert_eq!(values(&jobs, None), expected(&[("KZ-10", 1.0)]));
    assert_eq!(world.refresh(&jobs, payload("KZ-11=2")).await.outcome, RunOutcome::Updated);
    assert_eq!(values(&jobs, None), expected(&[("KZ-10", 1.0), ("KZ-11", 2.0)]));
    assert_eq!(jobs.problems(), Vec::<String>::new());
}
