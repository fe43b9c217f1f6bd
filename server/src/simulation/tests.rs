//! Seeds, many of them.
#![expect(clippy::panic, reason = "tests fail by panicking")]

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::ground::{Ground, Weakness};
use super::tally::Tally;
use super::world::{live, live_for};

#[expect(clippy::disallowed_methods, reason = "how long the proof may take is the caller's choice")]
fn number(name: &str) -> Option<u64> {
    env::var(name).ok().and_then(|number| number.parse().ok())
}

/// Lives a seed and panics with everything that is needed to see its fault again.
fn check(ground: &Ground, seed: u64) -> Tally {
    let lived = catch_unwind(AssertUnwindSafe(|| live(ground, seed)));
    let Ok(lived) = lived else {
        panic!("seed {seed} panics\nreplay: SANDYQ_SEED={seed} cargo test --package server simulation");
    };
    match lived {
        Ok(tally) => tally,
        Err(violation) => panic!(
            "{}\n\nseed {} breaks a law: {}\nreplay: SANDYQ_SEED={} cargo test --package server simulation",
            violation.trace.join("\n"),
            violation.seed,
            violation.law,
            violation.seed
        ),
    }
}

#[test]
fn every_seed_keeps_the_laws() {
    let ground = Ground::new();
    if let Some(seed) = number("SANDYQ_SEED") {
        check(&ground, seed);
        return;
    }
    let n_seeds = number("SANDYQ_SEEDS").unwrap_or(20);
    let first = number("SANDYQ_FIRST_SEED").unwrap_or(1);
    let next = AtomicU64::new(first);
    let total = Mutex::new(Tally::default());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + n_seeds {
                        break;
                    }
                    let tally = check(&ground, seed);
                    total.lock().unwrap_or_else(PoisonError::into_inner).add(&tally);
                }
            });
        }
    });
    let total = total.into_inner().unwrap_or_default();
    eprintln!("{total:#?}");
}

#[test]
fn a_seed_replays_exactly() {
    let ground = Ground::new();
    for seed in [3, 4] {
        assert_eq!(check(&ground, seed), check(&ground, seed));
    }
}

/// A simulation in which nothing can break proves nothing: with a wall weakened on purpose, some life must break the law
/// that this wall upholds.
fn check_weakness(weakness: Weakness, days: i64, law: &str) {
    let ground = Ground { weakness: Some(weakness), ..Ground::new() };
    let mut others = Vec::new();
    for seed in 1..=40 {
        match live_for(&ground, seed, days) {
            Err(violation) if violation.law.contains(law) => return,
            Err(violation) => others.push(violation.law),
            Ok(_) => {}
        }
    }
    panic!("40 lives with {weakness:?} and none in which {law:?}; found {others:?}");
}

#[test]
fn without_flushing_what_was_acknowledged_is_lost() {
    check_weakness(Weakness::NoFlush, 30, "is not in the log");
}

#[test]
fn without_checks_a_table_that_lost_its_newest_year_is_served() {
    check_weakness(Weakness::NoChecks, 30, "and now ends in");
}

#[test]
fn an_index_that_loses_what_it_took_is_noticed() {
    check_weakness(Weakness::LostBatches, 30, "");
}
