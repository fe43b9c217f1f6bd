//! The service in a box: one seed draws the clock, the answers of the providers, the faults of the disk and the moments
//! at which the machine goes down, and drives the real timetable, client, parsers, checks, run log, snapshots, store and
//! publication through years in a few milliseconds. After every step the [`laws`] must hold. The same seed gives the
//! same run, so a failing seed is all that is needed to see a fault again:
//!
//! ```text
//! SANDYQ_SEED=4711 cargo test --package server simulation
//! ```
//!
//! The manner is that of `FoundationDB` and `TigerBeetle`. What is simulated stands behind the service's own walls: the
//! [`crate::disk`], the transport of the client, the steps of the jobs. What a provider publishes here is made up and
//! never leaves this folder.

mod chance;
mod clock;
mod disk;
mod ground;
mod index;
mod laws;
mod provider;
mod tables;
mod tally;
mod world;

mod tests;
