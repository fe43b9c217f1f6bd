//! The harness: boots the real program, stands in for the providers, drives a browser.
//!
//! Nothing here knows what an answer should say; that is in `it/`. Nothing here reaches beyond
//! this machine.

pub mod browser;
pub mod cassette;
pub mod clients;
pub mod data;
pub mod desk;
pub mod recording;
pub mod service;
pub mod shared;
