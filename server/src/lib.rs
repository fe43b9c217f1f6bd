//! Sandyq: sources, schedule, store, releases, API and pages in one binary.

mod assets;
pub mod backup;
pub mod checks;
pub mod cli;
pub mod compute;
pub mod config;
pub mod content_hash;
pub mod data_folder;
pub mod definitions;
pub mod durable;
pub mod error;
pub mod http;
pub mod jobs;
pub mod limits;
pub mod openapi;
pub mod pages;
pub mod publish;
pub mod release;
pub mod routes;
pub mod run_log;
pub mod schedule;
pub mod service;
pub mod snapshots;
pub mod sources;
pub mod store;
pub mod view;
