//! Seeds, many of them.
#![expect(clippy::panic, reason = "tests fail by panicking")]

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::ground::{Ground, Weakness};
use super::tally::Tally;
use super::world::{Violation, live, live_for};

#[expect(clippy::disallowed_methods, reason = "how long the proof may take is the caller's choice")]
fn number(name: &str) -> Option<u64> {
    env::var(name).ok().and_then(|number| number.parse().ok())
}

/// Lives a seed; when it breaks a law, everything that is needed to see its fault again.
fn lived(ground: &Ground, seed: u64) -> Result<Tally, String> {
    let replay = format!("replay: SANDYQ_SEED={seed} cargo test --package server simulation");
    match catch_unwind(AssertUnwindSafe(|| live(ground, seed))) {
        Err(_) => Err(format!("seed {seed} panics\n{replay}")),
        Ok(Ok(tally)) => Ok(tally),
        Ok(Err(violation)) => {
            let Violation { law, trace, .. } = violation;
            Err(format!("{}\n\nseed {seed} breaks a law: {law}\n{replay}", trace.join("\n")))
        }
    }
}

fn check(ground: &Ground, seed: u64) -> Tally {
    lived(ground, seed).unwrap_or_else(|fault| panic!("{fault}"))
}

/// Many lives, lived on all processors until one breaks a law.
struct Lives {
    first: u64,
    n_seeds: u64,
    next: AtomicU64,
    /// When it was last said how far this has come, what happened so far, and lives lived.
    told: Mutex<(Instant, Tally, u64)>,
    faults: Mutex<Vec<String>>,
}

/// A law may be broken in more than one way: so many seeds are told before the lives end.
const ENOUGH_FAULTS: usize = 8;
/// How often it is said how far many lives have come.
const TELL_EVERY: Duration = Duration::from_secs(30);

impl Lives {
    fn new(first: u64, n_seeds: u64) -> Self {
        let told = Mutex::new((Instant::now(), Tally::default(), 0));
        Self { first, n_seeds, next: AtomicU64::new(first), told, faults: Mutex::default() }
    }

    fn run(self, ground: &Ground) -> Tally {
        let begun = Instant::now();
        thread::scope(|scope| {
            for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(|| self.live_on(ground, begun));
            }
        });
        let (_, total, n_lived) = self.told.into_inner().unwrap_or_else(PoisonError::into_inner);
        let faults = self.faults.into_inner().unwrap_or_else(PoisonError::into_inner);
        assert!(faults.is_empty(), "{}\n{n_lived} other lives kept the laws", faults.join("\n\n"));
        eprintln!("{n_lived} lives in {:.1} s kept the laws: {total:#?}", begun.elapsed().as_secs_f64());
        total
    }

    fn live_on(&self, ground: &Ground, begun: Instant) {
        loop {
            let seed = self.next.fetch_add(1, Ordering::Relaxed);
            if seed >= self.first + self.n_seeds {
                return;
            }
            match lived(ground, seed) {
                Ok(tally) => self.count(&tally, begun),
                Err(fault) => {
                    eprintln!("{fault}");
                    let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
                    faults.push(fault);
                    if faults.len() >= ENOUGH_FAULTS {
                        // The others end the lives they are in and begin no more.
                        self.next.store(self.first + self.n_seeds, Ordering::Relaxed);
                    }
                }
            }
        }
    }

    fn count(&self, tally: &Tally, begun: Instant) {
        let mut so_far = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let (told, total, n_lived) = &mut *so_far;
        total.add(tally);
        *n_lived += 1;
        if told.elapsed() >= TELL_EVERY {
            *told = Instant::now();
            eprintln!("{n_lived} of {} lives in {:.0} s, no law broken", self.n_seeds, begun.elapsed().as_secs_f64());
        }
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
    let total = Lives::new(number("SANDYQ_FIRST_SEED").unwrap_or(1), n_seeds).run(&ground);
    // Lives in which nothing goes wrong would prove nothing.
    let expected = [
        "crash: Kill",
        "crash: PowerCut",
        "run: Updated",
        "run: Quarantined",
        "run: Unreachable",
        "compacted",
        "told: stale",
        "told at the start: stale",
        "served: a newest year in part",
    ];
    let absent = expected.iter().find(|what| n_seeds >= 20 && !total.0.contains_key(**what));
    assert_eq!(absent, None, "in {n_seeds} lives");
}

/// Beyond those that are lived at every change, and short enough to be.
#[test]
fn seeds_that_once_broke_a_law_keep_it() {
    let ground = Ground::new();
    for seed in [9132, 16637, 19267] {
        check(&ground, seed);
    }
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
    for seed in 1..=80 {
        match live_for(&ground, seed, days) {
            Err(violation) if violation.law.contains(law) => return,
            Err(violation) => others.push(violation.law),
            Ok(_) => {}
        }
    }
    panic!("80 lives with {weakness:?} and none in which {law:?}; found {others:?}");
}

#[test]
fn without_flushing_what_was_acknowledged_is_lost() {
    check_weakness(Weakness::NoFlush, 30, "is not in the log");
}

#[test]
fn without_checks_a_table_that_lost_its_newest_year_is_served() {
    check_weakness(Weakness::Without(&["period_vanished", "value_withdrawn"]), 120, "and now ends in");
}

#[test]
fn without_checks_a_blanked_value_is_served_as_none() {
    let walls = &["value_withdrawn", "area_vanished", "too_few_rows"];
    check_weakness(Weakness::Without(walls), 30, "takes away the value");
}

#[test]
fn without_checks_a_new_value_of_another_scale_is_served() {
    check_weakness(Weakness::Without(&["other_scale"]), 30, "which was never published");
}

#[test]
fn an_index_that_loses_what_it_took_is_noticed() {
    check_weakness(Weakness::LostBatches, 30, "");
}
