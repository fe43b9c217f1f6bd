//! Sandyq: sources, schedule, store, releases, API and pages in one binary.

pub mod view;
