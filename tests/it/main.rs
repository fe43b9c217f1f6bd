//! Tests of the running service, one module a subject, in one binary.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod access;
mod alerts;
mod api;
mod audit;
mod bombs;
mod browser;
mod citing;
mod clients;
mod compute;
mod decisions;
mod durability;
mod every_page;
mod facts;
mod faults;
mod figures;
mod hindsight;
mod kill;
mod looks;
mod metrics;
mod platforms;
mod pointing;
mod portal;
mod providers;
mod questions;
mod reach;
mod recipes;
mod refresh;
mod rehearsal;
mod runs;
mod security;
mod submissions;
mod tiles;
mod unscripted;
mod wire;
