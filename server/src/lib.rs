//! Sandyq: sources, schedule, store, releases, API and pages in one binary.

pub mod alerts;
mod assets;
pub mod backup;
pub mod checks;
pub mod cli;
pub mod code_lists;
pub mod compute;
pub mod config;
pub mod content_hash;
pub mod data_folder;
pub mod dcat;
pub mod definitions;
mod disk;
pub mod durable;
pub mod error;
pub mod formats;
pub mod http;
pub mod jobs;
pub mod limits;
pub mod metrics;
pub mod openapi;
pub mod pages;
pub mod publish;
pub mod release;
pub mod rescoring;
pub mod routes;
pub mod run_log;
pub mod schedule;
pub mod sdmx;
pub mod service;
#[cfg(test)]
mod simulation;
pub mod snapshots;
pub mod sources;
pub mod store;
pub mod view;
mod xml;
