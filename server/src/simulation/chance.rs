//! Draws from a seed. Each part of the simulation has a stream of its own, so that one more draw in one part does not
//! change what the others do.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// One stream of draws.
#[derive(Debug)]
pub(super) struct Chance(Mutex<StdRng>);

impl Chance {
    pub(super) fn new(seed: u64, stream: &str) -> Self {
        let stream = u64::from(crc32fast::hash(stream.as_bytes()));
        Self(Mutex::new(StdRng::seed_from_u64(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ stream)))
    }

    /// From 0 to `bound - 1`; 0 for no bound.
    pub(super) fn below(&self, bound: usize) -> usize {
        if bound == 0 { 0 } else { self.lock().random_range(0..bound) }
    }

    pub(super) fn between(&self, low: i64, high: i64) -> i64 {
        self.lock().random_range(low..=high)
    }

    pub(super) fn one_in(&self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// From 0 to 1.
    pub(super) fn unit(&self) -> f64 {
        self.lock().random_range(0.0..1.0)
    }

    pub(super) fn pick<T: Copy>(&self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn lock(&self) -> MutexGuard<'_, StdRng> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
