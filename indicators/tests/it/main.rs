//! Tests of the whole library: against the reference package, and of properties that hold for all
//! data.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod analysis;
mod fixture;
mod official;
mod properties;
mod reference;
